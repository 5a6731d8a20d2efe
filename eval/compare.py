"""Compare results on the same judgements: `pincite eval compare A B ...`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval import entrants
from eval.contrast import Change, Contrast, contrasts, lost_at
from eval.entrants import Entrant
from eval.significance import PERMUTATIONS
from eval.tables import markdown, number, p_value

_HEADER = (
    "measure",
    "system",
    "mean",
    "baseline",
    "difference",
    "95 % interval",
    "p",
    "Holm p",
    "",
    "effect d",
    "detectable",
    "win/tie/loss",
)
_LEGEND = (
    "p: paired randomisation test, two-sided; Holm p: corrected for the systems in the table; ▲ ▼: better, worse at "
    "Holm p < .05; interval: bootstrap over questions; d: mean difference in standard deviations; detectable: the "
    "smallest true difference that these questions would show four times in five."
)


def compare(
    paths: Sequence[Path],
    *,
    qrels: Path | None = None,
    measures: Sequence[str] | None = None,
    baseline: str | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    worst: int = 10,
    as_json: bool = False,
) -> tuple[int, str]:
    """Compare every system with the baseline, data set by data set; exit code 0, and the text to print.

    ``paths`` are folders with results, or TREC runs if ``qrels`` names their judgements. The baseline is the system of
    the first path, or the one named. Raises FileNotFoundError or ValueError, in words for the user, if they cannot be
    compared.
    """
    found = found_contrasts(
        entrants.load(paths, qrels, measures), measures, baseline=baseline, permutations=permutations, seed=seed
    )
    if as_json:
        return 0, json.dumps({"contrasts": [_plain(contrast) for contrast in found]}, ensure_ascii=False)
    return 0, "\n\n".join([*_sections(found, worst), _LEGEND])


def found_contrasts(
    given: Sequence[Entrant],
    measures: Sequence[str] | None = None,
    *,
    baseline: str | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> list[Contrast]:
    """Contrasts of every data set that has at least two systems, by data set, measure and system."""
    found: list[Contrast] = []
    for group in entrants.by_dataset(given).values():
        first = against(group, baseline)
        others = [entrant for entrant in group if entrant is not first]
        for measure in measures or first.values if others else ():
            having = [entrant for entrant in others if entrant.values.get(measure)]
            found += contrasts(first, having, measure, permutations=permutations, seed=seed)
    if not found:
        raise ValueError("nothing to compare: no data set has two systems with a measure in common")
    return found


def against(group: Sequence[Entrant], baseline: str | None) -> Entrant:
    """Return the baseline of one data set's systems: the one named, by its whole name or its system's, or the first."""
    if baseline is None:
        return group[0]
    named = [e for e in group if baseline in (e.name, e.result.system if e.result else e.name)]
    if not named:
        raise ValueError(f"no system is called {baseline!r}; there are {', '.join(e.name for e in group)}")
    return named[0]


def _sections(found: Sequence[Contrast], worst: int) -> list[str]:
    sections: list[str] = []
    for dataset in dict.fromkeys(contrast.dataset for contrast in found):
        held = [contrast for contrast in found if contrast.dataset == dataset]
        sections.append(f"## {dataset}: against {held[0].baseline}, {held[0].questions} questions")
        sections.append(markdown(_HEADER, [_row(contrast) for contrast in held]))
        sections += [_lost(contrast, worst) for contrast in held if contrast.measure == held[0].measure]
    return sections


def _row(contrast: Contrast) -> list[str]:
    return [
        contrast.measure,
        contrast.system,
        number(contrast.mean),
        number(contrast.baseline_mean),
        number(contrast.difference, signed=True),
        f"{number(contrast.low, signed=True)} to {number(contrast.high, signed=True)}",
        p_value(contrast.p),
        p_value(contrast.p_holm),
        contrast.mark(),
        number(contrast.effect, 2, signed=True),
        number(contrast.detectable),
        f"{len(contrast.wins)}/{contrast.ties}/{len(contrast.losses)}",
    ]


def _lost(contrast: Contrast, worst: int) -> str:
    """Questions that either loses to the other, and where: the baseline's losses are what is left to gain."""
    sides = (
        (contrast.system, contrast.baseline, contrast.losses),
        (contrast.baseline, contrast.system, contrast.wins[::-1]),
    )
    return "\n\n".join(_losses(loser, winner, changes, contrast.measure, worst) for loser, winner, changes in sides)


def _losses(loser: str, winner: str, changes: Sequence[Change], measure: str, worst: int) -> str:
    if not changes:
        return f"{loser} loses no question to {winner} on {measure}."
    stages = ", ".join(f"{stage} {count}" for stage, count in lost_at(changes).items())
    lines = [f"{loser} loses {len(changes)} questions to {winner} on {measure} ({stages})"]
    lines[0] += f"; the worst {worst}:" if len(changes) > worst else ":"
    for c in changes[:worst]:
        low, high = sorted((c.baseline, c.system))
        lines.append(f"- {c.question}: {number(low)} instead of {number(high)}, {c.where}")
    return "\n".join(lines)


def _plain(contrast: Contrast) -> dict[str, Any]:
    record = asdict(contrast)
    del record["changes"]
    return record | {
        "ties": contrast.ties,
        "wins": [asdict(change) for change in contrast.wins],
        "losses": [asdict(change) for change in contrast.losses],
        "lost_at": lost_at(contrast.losses),
        "won_at": lost_at(contrast.wins),
    }
