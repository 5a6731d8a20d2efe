"""Measures over spans of the source, which stay true when passages are cut in another way.

A span is ``(source, start, end)`` in characters of the document's text, end excluded. Gold spans are the judged ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from eval.measures import mean


class Span(NamedTuple):
    """Characters ``start`` to ``end`` of one source."""

    source: str
    start: int
    end: int


Twins = Sequence[Span]
"""What one hit shows: its own span first, then those of the near-duplicates folded into it."""


def span_measures(gold: Sequence[Span], hits: Sequence[Twins], cutoffs: Sequence[int] = (1, 5)) -> dict[str, float]:
    """``paragraph hit@k`` for each cutoff, ``span precision@k`` and ``span recall@k`` for the last; {} without gold."""
    if not gold:
        return {}
    last = max(cutoffs)
    found = {f"paragraph hit@{k}": paragraph_hit(gold, hits[:k]) for k in cutoffs}
    shown = [max(twins, key=lambda span: _shared(gold, [span])) for twins in hits[:last] if twins]
    return found | {
        f"span precision@{last}": span_precision(gold, shown),
        f"span recall@{last}": span_recall(gold, [span for twins in hits[:last] for span in twins]),
    }


def paragraph_hit(gold: Sequence[Span], hits: Sequence[Twins]) -> float:
    """1 if a hit holds the whole of a gold span, or is itself a part of one (a long paragraph is cut), else 0."""
    return float(any(_holds(span, wanted) or _holds(wanted, span) for t in hits for span in t for wanted in gold))


def span_precision(gold: Iterable[Span], shown: Iterable[Span]) -> float:
    """Share of the characters shown, each counted once, that are gold; 0 if nothing is shown."""
    spans = list(shown)
    return _share(_shared(gold, spans), _length(spans))


def span_recall(gold: Iterable[Span], shown: Iterable[Span]) -> float:
    """Share of the gold characters, each counted once, that are shown; 0 without gold."""
    spans = list(gold)
    return _share(_shared(spans, shown), _length(spans))


def citation_precision(gold: Sequence[Span], cited: Sequence[Span]) -> float:
    """Share of the cited quotes that touch a gold span; 0 if nothing is cited.

    After Gao et al. (EMNLP 2023), who ask a model whether a citation supports; here a judged span decides.
    """
    return mean(float(any(_touch(quote, wanted) for wanted in gold)) for quote in cited)


def citation_recall(gold: Sequence[Span], cited: Sequence[Span]) -> float:
    """Share of the gold spans that a cited quote touches; 0 without gold."""
    return mean(float(any(_touch(quote, wanted) for quote in cited)) for wanted in gold)


def verbatim_share(quotes: Sequence[tuple[str, Span]], text_of: Callable[[str], str]) -> float | None:
    """Share of the quotes ``(words, span)`` that are the source's own words at that place; None without quotes."""
    held = [float(text_of(span.source)[span.start : span.end] == words) for words, span in quotes]
    return mean(held) if held else None


def _holds(outer: Span, inner: Span) -> bool:
    return outer.source == inner.source and outer.start <= inner.start < inner.end <= outer.end


def _touch(a: Span, b: Span) -> bool:
    return a.source == b.source and max(a.start, b.start) < min(a.end, b.end)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _merged(spans: Iterable[Span]) -> Mapping[str, list[tuple[int, int]]]:
    """Spans of each source in order, those that touch made one, so that no character counts twice."""
    merged: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for source, start, end in sorted(spans):
        if start >= end:
            continue
        held = merged[source]
        if held and start <= held[-1][1]:
            held[-1] = (held[-1][0], max(held[-1][1], end))
        else:
            held.append((start, end))
    return merged


def _length(spans: Iterable[Span]) -> int:
    return sum(end - start for held in _merged(spans).values() for start, end in held)


def _shared(a: Iterable[Span], b: Iterable[Span]) -> int:
    left, right = _merged(a), _merged(b)
    return sum(
        max(0, min(end, other_end) - max(start, other_start))
        for source, held in left.items()
        for start, end in held
        for other_start, other_end in right.get(source, ())
    )
