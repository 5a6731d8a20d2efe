"""The sentences that were looked at for an answer: each where it stands in its document."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from indexer.document import Document, Passage
from indexer.sentences import sentences

LOOKED_AT = 200  # passages, best first, in which members of a list and other accounts of the same event are looked for
_CYRILLIC, _LATIN = re.compile("[а-яёәғқңөұүһі]", re.I), re.compile("[a-z]", re.I)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence: ``text_of(document)[start:end] == text``. ``foreign`` to a question in another script."""

    document: Document
    start: int
    end: int
    text: str
    foreign: bool = False

    @property
    def place(self) -> tuple[str, int]:
        """What tells it from others: the document's id and where it begins."""
        return self.document.id, self.start


def statements(
    found: Sequence[tuple[Document, Passage]], question: str, holds: Callable[[str, str | None], bool]
) -> list[Statement]:
    """Return the sentences of passages for which ``holds`` is true, called with a text and its language; each once.

    A passage for which it is false is not cut into sentences at all.
    """
    read: dict[tuple[str, int], Statement] = {}
    for document, passage in found:
        if not holds(passage.text, document.language):
            continue
        for start, end in _cut(passage.text):
            text = passage.text[start:end]
            if holds(text, document.language):
                at = passage.char_start + start
                statement = Statement(document, at, passage.char_start + end, text, foreign(question, text))
                read.setdefault(statement.place, statement)
    return list(read.values())


@lru_cache(maxsize=2_000)
def _cut(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(sentences(text))


def foreign(question: str, text: str) -> bool:
    """Whether a question and a text are in different scripts, so that they can share no words."""
    return _is_cyrillic(question) != _is_cyrillic(text)


@lru_cache(maxsize=20_000)
def _is_cyrillic(text: str) -> bool:
    return len(_CYRILLIC.findall(text)) > len(_LATIN.findall(text))
