"""All systems on one data set: means with intervals, who differs from the baseline, and what each costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval import entrants
from eval.compare import against
from eval.contrast import Contrast, contrasts
from eval.entrants import Entrant
from eval.measures import mean
from eval.plots import COLOURS
from eval.results import STAGES, QuestionResult
from eval.significance import bootstrap_interval

OURS = "pincite"
PRIMARY = "nDCG@10"


@dataclass(frozen=True, slots=True)
class Cell:
    """A mean with its 95 % interval (None where values per question are not kept), and how it stands."""

    mean: float
    low: float | None
    high: float | None
    mark: str
    best: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One system; ``n`` is its number in every table and plot of a report."""

    n: int
    entrant: Entrant
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Board:
    """One data set; rows are sorted by ``primary``, ``against`` holds the others' contrasts with the baseline in it."""

    dataset: str
    baseline: Row
    primary: str
    measures: tuple[str, ...]
    questions: int
    rows: tuple[Row, ...]
    against: tuple[Contrast, ...]

    def row(self, name: str) -> Row:
        """Return the row of a system."""
        return next(row for row in self.rows if row.entrant.name == name)


def boards(given: Sequence[Entrant], baseline: str | None = None, primary: str = PRIMARY, seed: int = 0) -> list[Board]:
    """One board for each data set. Raises ValueError if the named baseline is not on every one of them."""
    groups = entrants.by_dataset(given)
    first = {dataset: _baseline(group, baseline) for dataset, group in groups.items()}
    numbers = {name: n % COLOURS for n, name in enumerate(_names([*first.values(), *given]))}
    return [_board(group, first[dataset], primary, numbers, seed) for dataset, group in groups.items()]


def by_group(
    board: Board, key: Callable[[QuestionResult], str], most: int = 5
) -> list[tuple[str, int, dict[int, float]]]:
    """Mean of the primary measure by kind (or whatever ``key`` says) for the baseline and the best of the others.

    ``(kind, questions, {system number: mean})``, in the order of the data set; empty if there are not two kinds.
    """
    rows = [board.baseline, *(row for row in board.rows if row is not board.baseline)][:most]
    counts: Counter[str] = Counter()
    values: dict[str, dict[int, list[float]]] = {}
    for row in rows:
        for question in row.entrant.result.questions if row.entrant.result else ():
            if board.primary in question.values and key(question):
                counts[key(question)] += row is rows[0]
                values.setdefault(key(question), {}).setdefault(row.n, []).append(question.values[board.primary])
    if len(values) < 2:
        return []
    return [(kind, counts[kind], {n: mean(held) for n, held in of.items()}) for kind, of in values.items()]


def lost_at(entrant: Entrant) -> dict[str, int]:
    """How many questions each stage lost, in the order of the stages; empty if the result does not say."""
    counts = Counter(entrant.lost.values())
    return {stage: counts[stage] for stage in STAGES if counts[stage]}


def _names(given: Sequence[Entrant]) -> list[str]:
    return list(dict.fromkeys(entrant.name for entrant in given))


def _baseline(group: Sequence[Entrant], baseline: str | None) -> Entrant:
    if baseline is None and any(e.result and e.result.system == OURS for e in group):
        baseline = OURS
    return against(group, baseline)


def _board(group: Sequence[Entrant], first: Entrant, primary: str, numbers: Mapping[str, int], seed: int) -> Board:
    measures = tuple(dict.fromkeys(name for entrant in group for name in (*entrant.values, *_kept(entrant))))
    chosen = primary if primary in first.values else next(iter(first.values), primary)
    others = [entrant for entrant in group if entrant is not first]
    found = {m: _contrasts(first, others, m, seed) for m in measures}
    marks = {(m, contrast.system): contrast.mark() for m, held in found.items() for contrast in held}
    cells = {entrant.name: {m: _cell(entrant, m, marks, group, seed) for m in measures} for entrant in group}
    rows = [Row(numbers[e.name], e, {m: cell for m, cell in cells[e.name].items() if cell is not None}) for e in group]
    rows.sort(key=lambda row: -row.cells[chosen].mean if chosen in row.cells else 1.0)
    return Board(
        dataset=first.dataset,
        baseline=next(row for row in rows if row.entrant is first),
        primary=chosen,
        measures=measures,
        questions=max(len(e.result.questions) if e.result else len(e.values.get(chosen, ())) for e in group),
        rows=tuple(rows),
        against=tuple(sorted(found.get(chosen, ()), key=lambda contrast: -contrast.mean)),
    )


def _contrasts(first: Entrant, others: Sequence[Entrant], measure: str, seed: int) -> list[Contrast]:
    having = [e for e in others if e.values.get(measure)] if first.values.get(measure) else []
    return contrasts(first, having, measure, seed=seed)


def _kept(entrant: Entrant) -> Mapping[str, float]:
    return entrant.result.measures if entrant.result else {}


def _mean(entrant: Entrant, measure: str) -> float | None:
    if measure in entrant.values:
        return mean(entrant.values[measure].values())
    return _kept(entrant).get(measure)


def _cell(
    entrant: Entrant, measure: str, marks: Mapping[tuple[str, str], str], group: Sequence[Entrant], seed: int
) -> Cell | None:
    value = _mean(entrant, measure)
    if value is None:
        return None
    held = entrant.values.get(measure)
    low, high = bootstrap_interval(np.array(list(held.values())), seed=seed) if held else (None, None)
    best = max(other for one in group if (other := _mean(one, measure)) is not None)
    return Cell(value, low, high, marks.get((measure, entrant.name), ""), value >= best and len(group) > 1)
