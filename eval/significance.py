"""Whether two systems differ: paired tests over questions, the size of the difference, and what could have been seen.

Arrays are values per question, float64 of shape (questions,); a difference is system minus baseline on one question.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Alternative = Literal["two-sided", "less"]
PERMUTATIONS = 20_000
RESAMPLES = 10_000
_CELLS = 4_000_000  # numbers drawn at a time, so that memory stays flat however many questions there are


def randomisation_test(
    differences: Values,
    *,
    alternative: Alternative = "two-sided",
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> float:
    """p-value of a mean difference under random exchange of the two systems' names on each question.

    Fisher's paired randomisation test, as Smucker, Allan and Carterette (CIKM 2007) advise for retrieval. If all ways
    to exchange them are no more than ``permutations``, each is counted and p is exact; else that many are drawn and
    the observed one is counted among them, so that p is never 0 (Phipson and Smyth 2010). "less" asks for a drop only.
    """
    moved = differences[differences != 0]  # exchanging equals changes nothing
    if not moved.size:
        return 1.0
    exact = moved.size < 63 and 2**moved.size <= permutations
    observed = float(moved.sum())
    tolerance = 1e-9 * float(np.abs(moved).sum())
    extreme = 0
    for exchanged in _all_exchanges(moved.size) if exact else _drawn_exchanges(moved.size, permutations, seed):
        sums = observed - 2 * (exchanged @ moved)
        hits = sums <= observed + tolerance if alternative == "less" else np.abs(sums) >= abs(observed) - tolerance
        extreme += int(hits.sum())
    return extreme / 2**moved.size if exact else (extreme + 1) / (permutations + 1)


def bootstrap_interval(
    values: Values, *, level: float = 0.95, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float, float]:
    """Interval of the mean of ``values`` (of one system, or differences): percentiles of resampled means.

    The percentile bootstrap of Efron and Tibshirani (1993, ch. 13), over questions as in Sakai (SIGIR 2006).
    Raises ValueError without values.
    """
    if not values.size:
        raise ValueError("no values, no interval")
    rng = np.random.default_rng(seed)
    resampled = np.concatenate(
        [
            values[rng.integers(values.size, size=(rows, values.size))].mean(axis=1)
            for rows in _rows(values.size, resamples)
        ]
    )
    low, high = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values corrected for being several, in the order given (Holm 1979): family-wise error stays below alpha."""
    count = len(p_values)
    adjusted = [0.0] * count
    highest = 0.0
    for place, index in enumerate(sorted(range(count), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (count - place) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def effect_size(differences: Values) -> float | None:
    """Cohen's d of paired values: mean difference over the standard deviation of the differences (Cohen 1988, d_z).

    None where it is not defined: fewer than two questions, or the same difference, not 0, on every one.
    """
    if differences.size < 2:
        return None
    spread = float(differences.std(ddof=1))
    centre = float(differences.mean())
    if spread <= 1e-12 * max(1.0, abs(centre)):
        return 0.0 if abs(centre) <= 1e-12 else None
    return centre / spread


def detectable_difference(differences: Values, *, alpha: float = 0.05, power: float = 0.8) -> float | None:
    """Smallest true mean difference that so many questions, varying so much, show with this power (two-sided).

    (z(1 - alpha/2) + z(power)) * s / sqrt(n), the normal approximation (Cohen 1988, ch. 2; Webber, Moffat and Zobel,
    CIKM 2008, for retrieval); somewhat too small below 20 questions. None below two.
    """
    if differences.size < 2:
        return None
    normal = NormalDist()
    deviations = normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)
    return deviations * float(differences.std(ddof=1)) / math.sqrt(differences.size)


def _rows(columns: int, total: int) -> Iterator[int]:
    """How many rows to draw at a time, until there are ``total``."""
    most = max(1, _CELLS // columns)
    while total > 0:
        yield min(most, total)
        total -= most


def _drawn_exchanges(questions: int, permutations: int, seed: int) -> Iterator[npt.NDArray[np.uint8]]:
    rng = np.random.default_rng(seed)
    for rows in _rows(questions, permutations):
        bits = np.frombuffer(rng.bytes(rows * questions // 8 + 1), dtype=np.uint8)
        yield np.unpackbits(bits)[: rows * questions].reshape(rows, questions)


def _all_exchanges(questions: int) -> Iterator[npt.NDArray[np.uint8]]:
    codes = np.arange(2**questions, dtype=np.int64)
    yield ((codes[:, None] >> np.arange(questions)) & 1).astype(np.uint8)
