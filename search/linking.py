"""Links between sources: one names another by its title, as where a report on a film names the actress who has her own.

An answer that takes two sources is found by such links: what the first sentence names is looked up by its title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from indexer.words import split

MOST_WORDS = 8  # of a title that is looked for in a sentence
LEAST = 6  # letters of a title of one word: shorter ones are found in any text
_ASIDE = re.compile(r"\([^)]*\)")
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")

Spoken = tuple[str, ...]


def spoken(title: str) -> Spoken:
    """Return the words that a title is spoken of with, without what is added in brackets."""
    return tuple(split(_ASIDE.sub("", title)))


def linked_to(heads: Sequence[tuple[str, str]], title: str, text: str, question: str) -> bool:
    """Whether a document has its title in one of the sentences ``heads`` (each with its own title) or in the question,
    or one of theirs in ``text``."""
    own = _within(spoken(title))
    if any(own in _within(tuple(split(said))) for said in (question, *(said for _, said in heads)) if own):
        return True
    words = _within(tuple(split(text)))
    return any(theirs in words for theirs, _ in ((_within(spoken(t)), s) for t, s in heads) if theirs)


def _within(words: Spoken) -> str:
    joined = " ".join(words)
    return f" {joined} " if len(joined) > 1 else ""


def titles_in(text: str, known: Mapping[Spoken, Sequence[str]], question: str) -> Iterator[str]:
    """Yield the titles that ``text`` names with a capital letter and ``question`` does not, the longest first."""
    asked = _within(tuple(split(question)))
    words = list(_WORD.finditer(text))
    at = 0
    while at < len(words):
        step = 1
        for n in range(min(MOST_WORDS, len(words) - at), 0, -1):
            piece = spoken(text[words[at].start() : words[at + n - 1].end()])
            if piece in known and words[at][0][0].isupper() and (n > 1 or len(words[at][0]) >= LEAST):
                if _within(piece) not in asked:
                    yield from known[piece]
                step = n
                break
        at += step
