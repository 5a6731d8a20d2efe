"""Near-duplicates: reprints and copied teasers take one place in the results."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

from indexer.words import split

SAME = 0.8  # Jaccard similarity of word triples from which two passages count as one
_SHINGLE = 3

T = TypeVar("T")


def fold(
    items: Sequence[T], text_of: Callable[[T], str], enough: float = math.inf, least: int = 0
) -> list[tuple[T, list[T]]]:
    """Group ``items``, best first, into (first, its near-duplicates), keeping the order of the firsts.

    Once there are ``enough`` groups, only the first ``least`` items are still looked at.
    """
    groups: list[tuple[T, list[T]]] = []
    seen: list[frozenset[tuple[str, ...]]] = []
    for at, item in enumerate(items):
        if at >= least and len(groups) >= enough:
            break
        own = shingles(text_of(item))
        twin = next((i for i, other in enumerate(seen) if _jaccard(own, other) >= SAME), None)
        if twin is None:
            groups.append((item, []))
            seen.append(own)
        else:
            groups[twin][1].append(item)
    return groups


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the word triples of a text, for telling near-duplicates."""
    words = split(text)
    if len(words) < _SHINGLE:
        return frozenset([tuple(words)])
    return frozenset(tuple(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1))


def _jaccard(a: frozenset[tuple[str, ...]], b: frozenset[tuple[str, ...]]) -> float:
    if min(len(a), len(b)) < SAME * max(len(a), len(b)):
        return 0.0
    return len(a & b) / len(a | b)
