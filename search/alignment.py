"""Where in a corpus a quotation comes from although its words were changed, and what was changed.

Windows of the corpus that share words with the quotation at the same distances are aligned with it word by word. A
quotation that two windows explain much better than any one was stitched together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from search.concordance import Concordance

_RARE = 48  # words of the quotation that vote, the rarest first
_FREQUENT = 50_000  # a word that stands more often than this does not vote where others can
_WINDOWS = 8
_SWITCH = 3  # words that a change of place must gain
_STRAY = 6  # words by which a pair may be off the distance of the others
_LEAST_PART = 3  # words that a part of a stitched quotation has
_LONGEST = 1_500  # words of a quotation that are aligned


@dataclass(frozen=True, slots=True)
class Window:
    """A part of one document aligned with the quotation: ``pairs`` of (quotation word, corpus position), ascending."""

    first: int
    last: int
    pairs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Words ``first`` to ``last`` (exclusive) of a quotation, taken from a window."""

    first: int
    last: int
    window: Window

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The pairs of the window within this part, without strays far from where most of it stands."""
        inside = [pair for pair in self.window.pairs if self.first <= pair[0] < self.last]
        middle = sorted(at - i for i, at in inside)[len(inside) // 2] if inside else 0
        return [(i, at) for i, at in inside if abs(at - i - middle) <= _STRAY]


def windows(concordance: Concordance, ids: Sequence[int]) -> list[Window]:
    """Return the windows that explain the words ``ids``, each next one what those before leave unexplained."""
    found: list[Window] = []
    left = [i for i in range(min(len(ids), _LONGEST)) if ids[i] >= 0]
    while len(left) >= min(2, len(ids)) and len(found) < _WINDOWS:
        best = [_aligned(concordance, ids, at) for at in _voted(concordance, ids, left)]
        fresh = [w for w in best if w.pairs and w not in found]
        if not fresh:
            break
        remaining = set(left)
        gain, window = max(((sum(i in remaining for i, _ in w.pairs), w) for w in fresh), key=lambda pair: pair[0])
        if gain < min(2, len(ids)):
            break
        found += [window, *(w for w in fresh if w is not window and not found)]
        explained = {i for i, _ in window.pairs}
        left = [i for i in left if i not in explained]
    return found


def parts(found: Sequence[Window], length: int) -> list[Part]:
    """Cut a quotation of ``length`` words into parts so that each comes from one window and most words are explained.

    A change of window costs some words, so that a stray word found elsewhere is no part of its own.
    """
    if not found:
        return []
    has = [{i for i, _ in window.pairs} for window in found]
    score = np.zeros((length + 1, len(found)))
    came = np.zeros((length + 1, len(found)), dtype=int)
    for i in range(length):
        best = int(score[i].argmax())
        for w in range(len(found)):
            stay, change = score[i, w], score[i, best] - _SWITCH
            came[i + 1, w] = w if stay >= change else best
            score[i + 1, w] = max(stay, change) + (i in has[w])
    at = int(score[length].argmax())
    cut: list[Part] = []
    end = length
    for i in range(length, 0, -1):
        before = int(came[i, at])
        if before != at or i == 1:
            cut.append(Part(i - 1, end, found[at]))
            end, at = i - 1, before
    return cut[::-1]


def stitched(cut: Sequence[Part], best: Window, length: int) -> bool:
    """Whether parts from several places explain a quotation much better than its best window alone."""
    if len(cut) < 2:
        return False
    whole = all(len(p.pairs) >= max(_LEAST_PART, 0.75 * (p.last - p.first)) for p in cut)
    gained = sum(len(p.pairs) for p in cut) - len(best.pairs)
    return whole and gained >= max(_LEAST_PART, 0.08 * length)


def _voted(concordance: Concordance, ids: Sequence[int], left: Sequence[int]) -> list[int]:
    """Guess positions of the quotation's first word: where most of its rarest words stand at their distances."""
    voters = sorted(left, key=lambda i: concordance.frequency(ids[i]))[:_RARE]
    rare = [i for i in voters if concordance.frequency(ids[i]) <= _FREQUENT] or voters[:1]
    places = [concordance.positions(ids[i]) - i for i in rare]
    weights = [np.full(len(p), 1 / np.log(2 + len(p))) for p in places]
    diagonals, weight = np.concatenate(places), np.concatenate(weights)
    if not len(diagonals):
        return []
    width = max(4, len(ids) // 4)
    low = diagonals.min()
    guesses: dict[int, float] = {}
    for shift in (0, width // 2):  # two grids, so that no true place is cut in two by both
        _, cell_of = np.unique((diagonals - low + shift) // width, return_inverse=True)
        votes = np.bincount(cell_of, weights=weight)
        for cell in np.argsort(-votes, kind="stable")[:4]:
            inside = diagonals[cell_of == cell]
            guesses[int(np.median(inside))] = max(guesses.get(int(np.median(inside)), 0.0), float(votes[cell]))
    return sorted(guesses, key=lambda at: -guesses[at])[:6]


def _aligned(concordance: Concordance, ids: Sequence[int], at: int) -> Window:
    """Align the quotation with the words around ``at``, within one document."""
    slack = max(6, len(ids) // 3)
    middle = min(max(at + len(ids) // 2, 0), len(concordance.words) - 1)
    begin, end = concordance.bounds_at(middle)
    first, last = max(begin, at - slack), min(end, at + len(ids) + slack)
    source = concordance.words[first:last].tolist()
    matcher = SequenceMatcher(None, source, list(ids[:_LONGEST]), autojunk=False)
    pairs = [(b + k, first + a + k) for a, b, size in matcher.get_matching_blocks() for k in range(size)]
    return Window(first, last, tuple(pairs))
