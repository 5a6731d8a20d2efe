"""Near-duplicates: reprints and copied teasers take one place in the results."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from indexer.words import split

SAME = 0.8  # Jaccard similarity of word triples from which two passages count as one
SHORT = (
    29  # words; in fewer, a changed word within makes more than a fifth of the triples differ, and at an end it may not
)
_SHINGLE = 3
_DENIES = frozenset("no not never nor without не нет ни никогда без".split())

T = TypeVar("T")


def fold(
    items: Sequence[T], text_of: Callable[[T], str], enough: float = math.inf, least: int = 0
) -> list[tuple[T, list[T]]]:
    """Group ``items``, best first, into (first, its near-duplicates), keeping the order of the firsts.

    Once there are ``enough`` groups, only the first ``least`` items are still looked at.
    """
    groups: list[tuple[T, list[T]]] = []
    seen: list[tuple[frozenset[tuple[str, ...]], list[str]]] = []
    for at, item in enumerate(items):
        if at >= least and len(groups) >= enough:
            break
        words = split(text_of(item))
        own = _triples(words)
        twin = next((i for i, (t, w) in enumerate(seen) if _jaccard(own, t) >= SAME and not _differ(words, w)), None)
        if twin is None:
            groups.append((item, []))
            seen.append((own, words))
        else:
            groups[twin][1].append(item)
    return groups


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the word triples of a text, for telling near-duplicates."""
    return _triples(split(text))


def _triples(words: Sequence[str]) -> frozenset[tuple[str, ...]]:
    if len(words) < _SHINGLE:
        return frozenset([tuple(words)])
    return frozenset(tuple(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1))


def _differ(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two short texts of nearly the same triples may say two things: a word exchanged, a number, a denial."""
    if min(len(a), len(b)) >= SHORT or a == b:
        return False
    only_a, only_b = Counter(a) - Counter(b), Counter(b) - Counter(a)
    if only_a and only_b:
        return True
    return any(word in _DENIES or any(c.isdigit() for c in word) for word in (*only_a, *only_b))


def _jaccard(a: frozenset[tuple[str, ...]], b: frozenset[tuple[str, ...]]) -> float:
    if min(len(a), len(b)) < SAME * max(len(a), len(b)):
        return 0.0
    return len(a & b) / len(a | b)
