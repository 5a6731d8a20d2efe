"""Sources that are one: a reprint, or a body that quotes another, is marked as a repetition of what it repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.words import split
from search.folding import SAME, shingles
from search.results import Quote

LEAST = 10  # word triples: a shorter sentence may be the same by chance


def marked_repeats(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """Say of each quote which one of another document it repeats, if any: the earliest of those that say the same.

    Of two that hold each other's words, the one dated later repeats the earlier one; where no dates tell, the one whose
    words stand in quoted speech repeats the other, else the one that comes later in the answer.
    """
    order = sorted(quotes, key=lambda q: (q.document.date or "9999", bool(q.said and q.said.quoted), q.n))
    firsts: list[Quote] = []
    repeats: dict[int, int] = {}
    for quote in order:
        first = next((f for f in firsts if f.document.id != quote.document.id and _same(f, quote)), None)
        if first is None:
            firsts.append(quote)
        else:
            repeats[quote.n] = first.n
    return tuple(replace(quote, repeats=repeats.get(quote.n)) for quote in quotes)


def _same(a: Quote, b: Quote) -> bool:
    """Whether nearly all words of the shorter quote stand in the longer one, in the same order."""
    x, y = shingles(a.citation.text), shingles(b.citation.text)
    least = min(len(x), len(y))
    return least >= LEAST and len(x & y) >= SAME * least and not _numbers_differ(a.citation.text, b.citation.text)


def _numbers_differ(a: str, b: str) -> bool:
    """Whether each of two texts has a number that the other has not: then neither repeats the other."""
    x, y = ({word for word in split(text) if any(c.isdigit() for c in word)} for text in (a, b))
    return bool(x - y and y - x)
