"""The gate: a new result against values committed before, so that no change makes search worse unnoticed.

The baseline is one JSON file, ``{"datasets": {dataset: {measure: {question: value}}}, ...}`` and where it came from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from eval import entrants
from eval.entrants import Entrant
from eval.measures import PerQuestion
from eval.significance import PERMUTATIONS, randomisation_test
from eval.tables import markdown, number, p_value

MAX_DROP = 0.05  # three or four questions of a shipped set: processors round differently, which moves one or two
GATED = ("nDCG@10", "answer cites gold", "quotes verbatim")
ALPHA = 0.05
_EQUAL = 1e-6


@dataclass(frozen=True, slots=True)
class Limits:
    """What a measure may lose, and how a significant loss is found."""

    max_drop: float = MAX_DROP
    alpha: float = ALPHA
    permutations: int = PERMUTATIONS
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Gated:
    """One gated measure: ``worse`` holds the questions that got worse, as (id, was, is), the most first."""

    dataset: str
    measure: str
    questions: int
    baseline: float
    now: float
    p: float
    faults: tuple[str, ...]
    worse: tuple[tuple[str, float, float], ...]


def gate(
    result: Path,
    baseline: Path,
    *,
    max_drop: float = MAX_DROP,
    alpha: float = ALPHA,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    as_json: bool = False,
) -> tuple[int, str]:
    """Hold the results below ``result`` against ``baseline``; exit code 1 and the reasons if one measure fails.

    A measure fails if its mean drops by more than ``max_drop``, or if the drop is significant (paired randomisation
    test, one-sided, p < ``alpha``). A question that the result lacks counts as zero. Raises FileNotFoundError or
    ValueError, in words for the user, if there is no baseline, or no single result for one of its data sets.
    """
    limits = Limits(max_drop, alpha, permutations, seed)
    committed = read_baseline(baseline)
    held = {name: _single(name, group) for name, group in entrants.by_dataset(entrants.load([result])).items()}
    if absent := committed.keys() - held.keys():
        raise ValueError(f"{result} has no result on {', '.join(sorted(absent))}, which the gate asks for")
    found = [
        _gated(dataset, measure, before, held[dataset].values.get(measure, {}), limits)
        for dataset, measures in committed.items()
        for measure, before in measures.items()
    ]
    failed = any(one.faults for one in found)
    if as_json:
        return int(failed), json.dumps({"passed": not failed, "measures": [asdict(one) for one in found]})
    return int(failed), _text(found)


def write_baseline(result: Path, baseline: Path, measures: Sequence[str]) -> None:
    """Freeze the named measures of the results below ``result`` as what later ones are held against.

    Raises ValueError if a data set has several systems or lacks one of the measures.
    """
    groups = entrants.by_dataset(entrants.load([result]))
    single = {name: _single(name, group) for name, group in sorted(groups.items())}
    for name, entrant in single.items():
        if missing := [measure for measure in measures if measure not in entrant.values]:
            raise ValueError(f"{name} has no {', '.join(missing)}; it has {', '.join(entrant.values)}")
    origin = next(entrant.result for entrant in single.values())
    record = {
        "commit": origin.commit if origin else "",
        "date": origin.date if origin else "",
        "model": origin.model if origin else "",
        "datasets": {
            name: {measure: dict(sorted(entrant.values[measure].items())) for measure in measures}
            for name, entrant in single.items()
        },
    }
    baseline.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def read_baseline(path: Path) -> Mapping[str, Mapping[str, PerQuestion]]:
    """Return data set, measure, question, value. Raises FileNotFoundError or ValueError if it is not a baseline."""
    try:
        datasets = json.loads(path.read_text(encoding="utf-8"))["datasets"]
        committed = {
            str(dataset): {str(m): {str(q): float(v) for q, v in of.items()} for m, of in measures.items()}
            for dataset, measures in datasets.items()
        }
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is no baseline: {error}") from None
    if not committed or not all(of for measures in committed.values() for of in (measures, *measures.values())):
        raise ValueError(f"{path} is no baseline: it holds no values to gate by")
    return committed


def _single(dataset: str, group: Sequence[Entrant]) -> Entrant:
    if len(group) > 1:
        raise ValueError(f"{dataset} has several results: {', '.join(e.name for e in group)}; name one folder")
    return group[0]


def _gated(dataset: str, measure: str, before: PerQuestion, after: PerQuestion, limits: Limits) -> Gated:
    pairs = [(question, value, after.get(question, 0.0)) for question, value in sorted(before.items())]
    differences = np.array([is_ - was for _, was, is_ in pairs])
    differences[np.abs(differences) <= _EQUAL] = 0.0  # values are kept with six decimals
    drop = -float(differences.mean())
    p = randomisation_test(differences, alternative="less", permutations=limits.permutations, seed=limits.seed)
    faults = []
    if drop > limits.max_drop + _EQUAL:
        faults.append(f"drops by {drop:.3f}, more than {limits.max_drop:g}")
    if p < limits.alpha:
        faults.append(f"drops significantly (p {p_value(p)})")
    worse = sorted((pair for pair in pairs if pair[1] - pair[2] > _EQUAL), key=lambda pair: pair[2] - pair[1])
    mean_before, mean_now = (float(np.mean([pair[side] for pair in pairs])) for side in (1, 2))
    return Gated(dataset, measure, len(pairs), mean_before, mean_now, p, tuple(faults), tuple(worse))


def _text(found: Sequence[Gated]) -> str:
    header = ("data set", "measure", "questions", "baseline", "now", "difference", "p (drop)", "")
    rows = [
        [
            one.dataset,
            one.measure,
            str(one.questions),
            number(one.baseline),
            number(one.now),
            number(one.now - one.baseline, signed=True),
            p_value(one.p),
            "FAILED" if one.faults else "ok",
        ]
        for one in found
    ]
    failures = [_failure(one) for one in found if one.faults]
    closing = "The gate is passed." if not failures else "The gate is NOT passed."
    return "\n\n".join([markdown(header, rows), *failures, closing])


def _failure(one: Gated) -> str:
    lines = [f"{one.measure} on {one.dataset} {' and '.join(one.faults)}. Questions that got worse:"]
    return "\n".join([*lines, *(f"- {question}: {number(was)} to {number(now)}" for question, was, now in one.worse)])
