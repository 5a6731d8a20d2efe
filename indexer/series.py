"""Marks that count up in order: the series of a document, and which marks belong to none."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from indexer.document import Kind
from indexer.marks import Mark

SUB_STYLES = frozenset({"(a)", "(i)", "a)", "i)", "(1)", "1)"})


@dataclass(slots=True)
class Piece:
    """A stretch of text that may be a paragraph; ``soft`` if only a line break, no layout, sets it apart."""

    start: int
    end: int
    text: str
    kind: Kind
    level: int
    page: int | None
    soft: bool = False


@dataclass(slots=True)
class Series:
    """Marks of one style in ascending order, below the paragraph labelled ``parent``."""

    style: str
    prefix: tuple[int, ...]
    last: int
    parent: int | None
    nested: bool
    items: list[tuple[int, Mark]] = field(default_factory=list)


def line_of_its_own(text: str) -> str | None:
    """The last line of a text, if it is no end of the sentence on the line before; None if it is."""
    before, _, last = text.rstrip().rpartition("\n")
    return last.strip() if not before or before.rstrip().endswith((".", ";", "!", "?", "…")) else None


def find_series(pieces: Sequence[Piece], claims: Sequence[Sequence[Mark]]) -> list[Series]:
    """The series that the marks of the pieces form, by where each begins.

    ``claims`` holds the ways to read the mark of each piece. A mark that fits nowhere (a year, a cross-reference, a
    number out of order) is in no series.
    """
    return sorted(_Walk(pieces, claims).run(), key=lambda series: series.items[0][0])


class _Walk:
    """One reading of the marks from first to last, with the series that are open at each point."""

    def __init__(self, pieces: Sequence[Piece], claims: Sequence[Sequence[Mark]]) -> None:
        self.pieces = pieces
        self.claims = claims
        self.open: list[Series] = []
        self.closed: list[Series] = []
        self.placed: set[int] = set()  # the pieces that are in a series
        self._places: defaultdict[tuple[str, tuple[int, ...], int], list[int]] = defaultdict(list)
        for at, found in enumerate(claims):
            for mark in found:
                if mark.weak:
                    continue
                self._places[mark.style, mark.prefix, mark.value].append(at)

    def run(self) -> list[Series]:
        for at, found in enumerate(self.claims):
            if self.pieces[at].kind is Kind.HEADING and not found:
                while self.open and self.open[-1].style in SUB_STYLES:
                    self._close()
            if found:
                self._place(at, found)
        while self.open:
            self._close()
        return self.closed

    def _close(self) -> None:
        self.closed.append(self.open.pop())

    def _next(self, mark: Mark, value: int, after: int) -> int | None:
        """Where the next mark with this number stands, after position ``after``."""
        places = self._places.get((mark.style, mark.prefix, value), [])
        at = bisect_right(places, after)
        return places[at] if at < len(places) else None

    def _place(self, at: int, found: Sequence[Mark]) -> None:
        best: tuple[int, int, Mark] | None = None
        for mark in found:
            for depth in reversed(range(len(self.open))):
                series = self.open[depth]
                if (series.style, series.prefix) == (mark.style, mark.prefix):
                    rank = self._fit(series, mark, at)
                    if rank and (best is None or rank > best[0]):
                        best = (rank, depth, mark)
            if (best is None or best[0] < 2) and self._may_start(mark, at):
                best = (2, -1, mark)
        if best is None and found[0].prefix:
            best = self._misprint(found[0], at)
        if best is None:
            return
        _, depth, mark = best
        if depth >= 0:
            while len(self.open) > depth + 1:
                self._close()
            self.open[depth].last = mark.value
            self.open[depth].items.append((at, mark))
        else:
            self._start(at, mark)
        self.placed.add(at)

    def _misprint(self, mark: Mark, at: int) -> tuple[int, int, Mark] | None:
        """A mark whose first number is wrong and whose last is the next: "85.75" between 86.74 and 86.76."""
        top = self.open[-1] if self.open else None
        if top is None or len(top.prefix) != len(mark.prefix) or mark.value != top.last + 1:
            return None
        following = self._places.get((mark.style, top.prefix, mark.value + 1), [])
        expected = self._places.get((mark.style, top.prefix, mark.value), [])
        fits = any(place > at for place in following) and not any(place > at for place in expected)
        return (1, len(self.open) - 1, mark) if fits else None

    def _fit(self, series: Series, mark: Mark, at: int) -> int:
        """3 if the mark is the next in the series, 1 if it may follow after a gap, else 0."""
        following = self._next(mark, mark.value + 1, at)
        if mark.weak:
            again = self._next(mark, mark.value, at)
            nearer = following is not None and (again is None or following < again)
            return 3 if mark.value == series.last + 1 and nearer else 0
        if mark.value == series.last + 1:
            again = self._next(mark, mark.value, at)
            crossed = self.pieces[at].soft and again is not None and (following is None or again < following)
            return 0 if crossed else 3
        if mark.value <= series.last:
            return 0
        expected = self._next(mark, series.last + 1, at)
        if following is None:
            return int(mark.value - series.last <= 3 and expected is None and not self.pieces[at].soft)
        return int(expected is None or following < expected)

    def _may_start(self, mark: Mark, at: int) -> bool:
        if mark.style == "-" or mark.weak:
            return False
        following = self._next(mark, mark.value + 1, at)
        if mark.value == 1:
            return following is not None or (mark.style == "1.1" and self._holder(mark) is not None)
        if any(series.style == mark.style and not mark.prefix for series in self.open) or mark.style in SUB_STYLES:
            return False
        beyond = self._next(mark, mark.value + 2, at)
        if mark.prefix and mark.value <= 3 and following is not None and self._holder(mark) is not None:
            return True
        if mark.style in ("1.", "1.1", "[1]"):  # a document may begin in the middle: three in a row, close together
            return following is not None and beyond is not None and following - at < 8 and beyond - following < 8
        return False

    def _holder(self, mark: Mark) -> int | None:
        """The depth of the series whose last paragraph bears the number in front of the point: 124 for 124.40."""
        for depth in reversed(range(len(self.open))):
            series = self.open[depth]
            if (*series.prefix, series.last) == mark.prefix and series.style in ("1.", "1.1", "1"):
                return depth
        return None

    def _start(self, at: int, mark: Mark) -> None:
        nested = False
        if mark.prefix:
            holder = self._holder(mark)
            keep = holder + 1 if holder is not None else self._depth_without(mark)
            while len(self.open) > keep:
                self._close()
        else:
            same = [depth for depth, series in enumerate(self.open) if series.style == mark.style]
            if same:
                nested = self._is_inner(self.open[same[-1]], mark, at)
                while len(self.open) > same[-1] + nested:
                    self._close()
        parent = self.open[-1].items[-1][0] if self.open else None
        self.open.append(Series(mark.style, mark.prefix, mark.value, parent, nested, [(at, mark)]))

    def _depth_without(self, mark: Mark) -> int:
        for depth, series in enumerate(self.open):
            if series.style == "1.1" and len(series.prefix) >= len(mark.prefix):
                return depth
        return len(self.open)

    def _is_inner(self, outer: Series, mark: Mark, at: int) -> bool:
        """Whether a series that begins anew stands inside ``outer``: announced by a colon, or ``outer`` resumes."""
        if mark.style in SUB_STYLES:
            return False
        if self._is_announced(outer, at):
            return True
        resumed = self._next(mark, outer.last + 1, at)
        anew = self._next(mark, 1, at)
        if resumed is None or (anew is not None and anew < resumed):
            return False
        # A list that has come as far as ``outer`` goes on with that number itself.
        return self._count(mark, at, resumed) < outer.last

    def _is_announced(self, outer: Series, at: int) -> bool:
        """Whether the last item of ``outer``, or an item below it, stands right before ``at`` and ends in a colon.

        A line between the lists ("To the European Union:") is no item: it opens a list beside the other one.
        """
        before = at - 1
        while before > 0 and self.pieces[before].soft and before not in self.placed:
            before -= 1  # a line of the piece before it, which only looked as if it began with a mark
        if before < 0 or self.pieces[before].kind is Kind.HEADING:
            return False
        text = self.pieces[at - 1].text
        if not text.rstrip().endswith(":") or ("\n" in text.strip() and line_of_its_own(text)):
            return False
        inside = self.open[next(depth for depth, series in enumerate(self.open) if series is outer) :]
        return any(series.items[-1][0] == before for series in inside)

    def _count(self, mark: Mark, at: int, end: int) -> int:
        """How far the series that begins at ``at`` counts before ``end``."""
        value, place = mark.value, at
        while (following := self._next(mark, value + 1, place)) is not None and following < end:
            value, place = value + 1, following
        return value
