"""Reranking by late interaction: each word of the question looks for its nearest word in the passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.tokenvectors import TokenVectors


@dataclass(frozen=True, slots=True)
class Reranking:
    """How many passages are ranked again, and the share of late interaction in their new score; the fused score has
    the rest. Both were measured, see docs/quality.md."""

    candidates: int = 8
    share: float = 0.5


RERANKING = Reranking()


def maxsim(question: TokenVectors, passage: TokenVectors) -> float:
    """Return the mean over the question's tokens of the best cosine with a token of the passage (ColBERT's MaxSim)."""
    if not len(question.vectors) or not len(passage.vectors):
        return 0.0
    return float((question.vectors @ passage.vectors.T.astype(np.float32)).max(axis=1).mean())


def reranked(fused: Sequence[float], similarities: Sequence[float], how: Reranking = RERANKING) -> list[float]:
    """Return new scores for candidates given best first: both scores scaled to [0, 1] among them and mixed.

    The result lies between the lowest and the highest fused score, so that no candidate falls below what was
    not ranked again.
    """
    if len(fused) < 2:
        return list(fused)
    mixed = how.share * scaled(similarities) + (1 - how.share) * scaled(fused)
    low, high = min(fused), max(fused)
    return [float(low + (high - low) * value) for value in mixed]


def scaled(scores: Sequence[float]) -> npt.NDArray[np.float64]:
    """Scale scores to [0, 1] between the lowest and the highest; all 1 if they are the same."""
    values = np.asarray(scores, dtype=np.float64)
    span = np.ptp(values) if len(values) else 0.0
    return (values - values.min()) / span if span > 0 else np.ones_like(values)
