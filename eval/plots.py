"""Plots as inline SVG: no script, no font, no request. Colours and text sizes come from the page's style.

A plot is 360 units wide, so that its text is as large as the page's on a phone. A system keeps its number ``n`` in
every plot: colour (class ``s{n}``) and shape of its marks both tell it apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from eval.risk_coverage import Curve, Point

WIDTH = 360.0
COLOURS = 8
Scale = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Mark:
    """One system in a plot of quality against latency: a mean with its interval, and milliseconds."""

    n: int
    name: str
    ms: float
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Frame:
    """The area within the axes, in units of the plot."""

    left: float = 40
    right: float = 348
    top: float = 14
    bottom: float = 190

    def x(self, low: float, high: float) -> Scale:
        """Scale of values from ``low`` to ``high`` across."""
        return lambda value: self.left + (value - low) / (high - low) * (self.right - self.left)

    def y(self, low: float, high: float) -> Scale:
        """Scale of values from ``low`` to ``high`` upwards."""
        return lambda value: self.bottom - (value - low) / (high - low) * (self.bottom - self.top)


def quality_latency(marks: Sequence[Mark], measure: str) -> str:
    """Mean with its interval against median latency (log scale); a line joins those that no other beats in both."""
    frame = Frame(bottom=206)
    low, high = _padded(min(m.low for m in marks), max(m.high for m in marks))
    first, last = math.log10(min(m.ms for m in marks)) - 0.25, math.log10(max(m.ms for m in marks)) + 0.25
    x_log, y = frame.x(first, last), frame.y(low, high)
    body = _grid_y(frame, y, low, high)
    for tick in _decades(first, last):
        body += _tick_x(frame, x_log(math.log10(tick)), f"{tick:g}")
    body.append(_text(frame.right, frame.bottom + 30, "median milliseconds a question", "end", "axis"))
    body.append(_text(frame.left - 34, frame.top - 4, measure, "start", "axis"))
    placed = [(m, x_log(math.log10(m.ms)), y(m.mean)) for m in marks]
    best = [(px, py) for m, px, py in placed if not any(_beats(other, m) for other in marks)]
    body.append(f'<polyline class="frontier" points="{_points(sorted(best))}"/>')
    for m, px, py in placed:
        body.append(f'<line class="s{m.n}" x1="{px:.1f}" x2="{px:.1f}" y1="{y(m.low):.1f}" y2="{y(m.high):.1f}"/>')
        body.append(_shape(m.n, px, py, f"{m.name}: {m.mean:.3f} ({m.low:.3f} to {m.high:.3f}), {m.ms:.3g} ms"))
    body += _labels(frame, placed)
    return _svg(frame.bottom + 38, f"{measure} against latency", body)


def risk_coverage(curves: Sequence[tuple[int, str, Curve, Point | None]]) -> str:
    """Risk at each coverage, one line a system, with a mark where its own decisions put it; dashed: without fault."""
    frame = Frame(bottom=206)
    highest = max(
        max((*held.risk[len(held.risk) // 20 :], point.risk if point else 0.0)) for _, _, held, point in curves
    )
    top = min(1.0, max(0.1, highest * 1.1))
    x, y = frame.x(0, 1), frame.y(0, top)
    body = _grid_y(frame, y, 0, top)
    for tick in (0, 0.25, 0.5, 0.75, 1):
        body += _tick_x(frame, x(tick), f"{tick:g}")
    body.append(_text(frame.right, frame.bottom + 30, "coverage: share of questions answered", "end", "axis"))
    body.append(_text(frame.left - 34, frame.top - 4, "risk: share of the answers that are wrong", "start", "axis"))
    for n, name, held, _ in curves:
        size = len(held.risk)
        best = [max(0.0, 1 - (1 - held.risk[-1]) / c) for c in held.coverage]
        body.append(f'<polyline class="s{n} ideal" points="{_line(x, y, held.coverage, best, top)}"/>')
        body.append(
            f'<polyline class="s{n} curve" points="{_line(x, y, held.coverage, held.risk, top)}">'
            f"<title>{escape(name)}: area under the curve {held.auc:.3f}, {size} questions</title></polyline>"
        )
    for n, name, _, point in curves:
        if point:
            told = f"{name} as it is set: risk {point.risk:.3f} at coverage {point.coverage:.3f}"
            body.append(_shape(n, x(point.coverage), y(min(point.risk, top)), told))
    return _svg(frame.bottom + 38, "Risk against coverage", body)


def kind_bars(kinds: Sequence[tuple[str, int, Mapping[int, float]]], names: Mapping[int, str]) -> str:
    """A group of bars for each kind of question ``(kind, questions, {system number: mean})``, from 0 to 1."""
    frame = Frame(left=104, top=6)
    x = frame.x(0, 1)
    body: list[str] = []
    at = frame.top
    rows: list[str] = []
    for kind, count, means in kinds:
        begin = at
        for n, mean in means.items():
            told = f"{names[n]}, {kind}: {mean:.3f}"
            rows.append(_bar(n, frame.left, at, x(mean) - frame.left, 8, told))
            rows.append(_text(x(mean) + 3, at + 7.5, f"{mean:.2f}", "start", "small"))
            at += 10
        middle = (begin + at) / 2
        rows.append(_text(frame.left - 6, middle - 1, kind, "end", "label"))
        rows.append(_text(frame.left - 6, middle + 10, f"{count} question{'s' * (count != 1)}", "end", "small"))
        at += max(8.0, 26 - (at - begin))
    frame = Frame(frame.left, frame.right, frame.top, at - 2)
    for tick in (0, 0.25, 0.5, 0.75, 1):
        body += _tick_x(frame, x(tick), f"{tick:g}")
    return _svg(frame.bottom + 20, "Means by kind of question", body + rows)


def waterfall(differences: Sequence[float], ours: tuple[int, str], other: tuple[int, str], measure: str) -> str:
    """One bar a question, from the greatest win of ``ours`` (number, name) to its greatest loss, ties between them."""
    ordered = sorted(differences, reverse=True)
    frame = Frame(top=20, bottom=150)
    reach = max(0.05, max(map(abs, ordered)))
    y = frame.y(-reach, reach)
    body = _grid_y(frame, y, -reach, reach)
    width = (frame.right - frame.left) / len(ordered)
    for n, rows in ((ours[0], [max(0.0, d) for d in ordered]), (other[0], [min(0.0, d) for d in ordered])):
        steps = [f"M{frame.left:.1f} {y(0):.1f}"]
        for place, value in enumerate(rows):
            if place == 0 or value != rows[place - 1]:
                steps.append(f"V{y(value):.1f}")
            if place + 1 == len(rows) or value != rows[place + 1]:
                steps.append(f"H{frame.left + (place + 1) * width:.2f}")
        body.append(f'<path class="s{n} area" d="{"".join(steps)}V{y(0):.1f}Z"/>')
    wins, losses = sum(d > 1e-6 for d in ordered), sum(d < -1e-6 for d in ordered)
    body.append(f'<line class="zero" x1="{frame.left}" x2="{frame.right}" y1="{y(0):.1f}" y2="{y(0):.1f}"/>')
    body.append(_text(frame.left, frame.top - 7, f"{_short(ours[1])} better on {wins}", "start", "label"))
    body.append(_text(frame.right, frame.bottom + 13, f"{_short(other[1])} better on {losses}", "end", "label"))
    body.append(_text(frame.left, frame.bottom + 13, f"equal on {len(ordered) - wins - losses}", "start", "label"))
    return _svg(frame.bottom + 20, f"{measure} by question: {ours[1]} against {other[1]}", body)


def shape(n: int) -> str:
    """The mark of a system, alone, for a legend."""
    return f'<svg class="key" viewBox="0 0 14 14" aria-hidden="true">{_shape(n, 7, 7, "")}</svg>'


def _svg(height: float, title: str, body: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{escape(title)}">{"".join(body)}</svg>'


def _text(x: float, y: float, text: str, anchor: str, style: str) -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _bar(n: int, x: float, y: float, width: float, height: float, told: str) -> str:
    return (
        f'<rect class="s{n}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{height:g}">'
        f"<title>{escape(told)}</title></rect>"
    )


_SHAPES = (
    "M-5 0A5 5 0 1 0 5 0A5 5 0 1 0 -5 0Z",
    "M-4.4 -4.4H4.4V4.4H-4.4Z",
    "M0 -5.6L5.4 4.2H-5.4Z",
    "M0 -6L6 0L0 6L-6 0Z",
    "M0 5.6L5.4 -4.2H-5.4Z",
    "M-5.5 -1.8H-1.8V-5.5H1.8V-1.8H5.5V1.8H1.8V5.5H-1.8V1.8H-5.5Z",
    "M0 -5.6L5.3 -1.7L3.3 4.5H-3.3L-5.3 -1.7Z",
    "M-5.5 -2.6H5.5V2.6H-5.5Z",
)


def _shape(n: int, x: float, y: float, told: str) -> str:
    title = f"<title>{escape(told)}</title>" if told else ""
    return f'<path class="s{n}" transform="translate({x:.1f} {y:.1f})" d="{_SHAPES[n % len(_SHAPES)]}">{title}</path>'


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _line(x: Scale, y: Scale, across: Sequence[float], up: Sequence[float], top: float) -> str:
    """Points of a curve, some 300 at most, the last among them; what is above the plot lies on its edge."""
    step = max(1, len(across) // 300)
    kept = sorted({*range(0, len(across), step), len(across) - 1})
    return _points([(x(across[at]), y(min(top, up[at]))) for at in kept])


def _beats(a: Mark, b: Mark) -> bool:
    return a.ms <= b.ms and a.mean >= b.mean and (a.ms, a.mean) != (b.ms, b.mean)


def _padded(low: float, high: float) -> tuple[float, float]:
    margin = max(0.02, (high - low) * 0.12)
    return max(0.0, low - margin), min(1.0, high + margin)


def _grid_y(frame: Frame, y: Scale, low: float, high: float) -> list[str]:
    body: list[str] = []
    step = _step((high - low) / 4)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    for place in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1):
        at = y(place * step)
        body.append(f'<line class="grid" x1="{frame.left}" x2="{frame.right}" y1="{at:.1f}" y2="{at:.1f}"/>')
        body.append(_text(frame.left - 5, at + 3.5, f"{place * step:.{decimals}f}".replace("-", "−"), "end", "tick"))
    return body


def _tick_x(frame: Frame, at: float, text: str) -> list[str]:
    line = f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{frame.top}" y2="{frame.bottom}"/>'
    return [line, _text(at, frame.bottom + 14, text, "middle", "tick")]


def _step(rough: float) -> float:
    """The next round step, 1, 2 or 5 times a power of ten, at or above ``rough``."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= rough - 1e-12)


def _decades(first: float, last: float) -> list[float]:
    factors = (1, 2, 5) if last - first < 1.8 else (1, 3) if last - first < 2.6 else (1,)
    ticks = [m * 10.0**power for power in range(math.floor(first), math.ceil(last) + 1) for m in factors]
    return [tick for tick in ticks if first <= math.log10(tick) <= last]


def _labels(frame: Frame, placed: Sequence[tuple[Mark, float, float]]) -> list[str]:
    """Names beside the marks, on the side where there is room, moved down where they would cover one another."""
    taken: list[tuple[float, float, float]] = []
    body: list[str] = []
    for mark, x, y in sorted(placed, key=lambda item: item[2]):
        name = _short(mark.name)
        length = 5.6 * len(name)
        left = x + 9 + length > frame.right + 10
        begin = x - 9 - length if left else x + 9
        at = y + 3.5
        while any(abs(at - other) < 11 and begin < end and start < begin + length for start, end, other in taken):
            at += 2
        taken.append((begin, begin + length, at))
        body.append(_text(x - 9 if left else x + 9, at, name, "end" if left else "start", "label"))
    return body


def _short(name: str, most: int = 24) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"
