"""Which words of a passage match the query, as spans of its text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from indexer.words import fold_accents, normalise, stem

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

Span = tuple[int, int]


def highlights(text: str, stems: Iterable[str], language: str | None) -> tuple[Span, ...]:
    """Return the (start, end) of each word of ``text`` whose stem is among ``stems``; neighbours are joined."""
    wanted = frozenset(stems)
    found: list[Span] = []
    for match in _WORD.finditer(text):
        word = fold_accents(normalise(match[0])).replace("’", "'").removesuffix("'s")
        if stem(word, language) not in wanted:
            continue
        if found and text[found[-1][1] : match.start()] == " ":
            found[-1] = (found[-1][0], match.end())
        else:
            found.append(match.span())
    return tuple(found)
