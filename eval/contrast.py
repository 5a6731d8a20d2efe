"""One system against the baseline on one measure: how far apart, how sure, and on which questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from eval.entrants import Entrant
from eval.results import Stage
from eval.significance import (
    PERMUTATIONS,
    bootstrap_interval,
    detectable_difference,
    effect_size,
    holm,
    randomisation_test,
)

_EQUAL = 1e-6  # values are kept with six decimals


@dataclass(frozen=True, slots=True)
class Change:
    """One question's value under the baseline and under the system, and the stage that lost it for the worse one.

    ``ranked`` says that the worse one did rank the passage, only lower.
    """

    question: str
    baseline: float
    system: float
    stage: Stage | None
    ranked: bool

    @property
    def difference(self) -> float:
        """System minus baseline."""
        return self.system - self.baseline

    @property
    def where(self) -> str:
        """Return that stage in words."""
        return self.stage or ("ranked lower" if self.ranked else "not told")


@dataclass(frozen=True, slots=True)
class Contrast:
    """System minus baseline over the same questions; ``p_holm`` is corrected for all systems against that baseline.

    ``changes`` are sorted from the greatest loss to the greatest win.
    """

    dataset: str
    measure: str
    baseline: str
    system: str
    questions: int
    baseline_mean: float
    mean: float
    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    effect: float | None
    detectable: float | None
    changes: tuple[Change, ...]

    @property
    def losses(self) -> list[Change]:
        """Questions on which the system is worse, the worst first."""
        return [change for change in self.changes if change.difference < -_EQUAL]

    @property
    def wins(self) -> list[Change]:
        """Questions on which the system is better, the best last."""
        return [change for change in self.changes if change.difference > _EQUAL]

    @property
    def ties(self) -> int:
        """How many questions are equal."""
        return self.questions - len(self.losses) - len(self.wins)

    def mark(self, alpha: float = 0.05) -> str:
        """▲ for significantly better than the baseline after correction, ▼ for worse, nothing otherwise."""
        if self.p_holm >= alpha:
            return ""
        return "▲" if self.difference > 0 else "▼"


def contrasts(
    baseline: Entrant, systems: Sequence[Entrant], measure: str, *, permutations: int = PERMUTATIONS, seed: int = 0
) -> list[Contrast]:
    """Each system against the baseline, corrected over those systems. Raises ValueError if no question has both."""
    plain = [_contrast(baseline, system, measure, permutations, seed) for system in systems]
    corrected = holm([contrast.p for contrast in plain])
    return [replace(contrast, p_holm=p) for contrast, p in zip(plain, corrected, strict=True)]


def _contrast(baseline: Entrant, system: Entrant, measure: str, permutations: int, seed: int) -> Contrast:
    pairs = paired(baseline, system, measure)
    if not pairs:
        raise ValueError(f"{baseline.name} and {system.name} share no question with {measure} on {baseline.dataset}")
    there = np.array([was for _, was, _ in pairs])
    here = np.array([now for _, _, now in pairs])
    differences = here - there
    low, high = bootstrap_interval(differences, seed=seed)
    changes = [_change(q, was, now, system if now < was else baseline) for q, was, now in pairs]
    p = randomisation_test(differences, permutations=permutations, seed=seed)
    return Contrast(
        dataset=baseline.dataset,
        measure=measure,
        baseline=baseline.name,
        system=system.name,
        questions=len(pairs),
        baseline_mean=float(there.mean()),
        mean=float(here.mean()),
        difference=float(differences.mean()),
        low=low,
        high=high,
        p=p,
        p_holm=p,
        effect=effect_size(differences),
        detectable=detectable_difference(differences),
        changes=tuple(sorted(changes, key=lambda change: change.difference)),
    )


def _change(question: str, was: float, now: float, worse: Entrant) -> Change:
    ranked = any(of.get(question, 0.0) > 0 for of in worse.values.values())
    return Change(question, was, now, worse.lost.get(question), ranked)


def lost_at(changes: Iterable[Change]) -> dict[str, int]:
    """How many questions each stage lost, the most first."""
    return dict(Counter(change.where for change in changes).most_common())


def paired(baseline: Entrant, system: Entrant, measure: str) -> list[tuple[str, float, float]]:
    """Question, value of the baseline, value of the system, for the questions that both have."""
    there, here = baseline.values.get(measure, {}), system.values.get(measure, {})
    return [(q, there[q], here[q]) for q in sorted(there.keys() & here.keys())]
