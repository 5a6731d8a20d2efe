"""Reranking by late interaction: each word of the question looks for its nearest word in the passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indexer.tokenvectors import TokenVectors


@dataclass(frozen=True, slots=True)
class Reranking:
    """How many passages are ranked again, and what late interaction counts beside the cosine. Both were measured, see
    docs/quality.md."""

    candidates: int = 12
    weight: float = 2.0


RERANKING = Reranking()


def maxsim(question: TokenVectors, passage: TokenVectors) -> float:
    """Return the mean over the question's tokens of the best cosine with a token of the passage (ColBERT's MaxSim)."""
    if not len(question.vectors) or not len(passage.vectors):
        return 0.0
    return float((question.vectors @ passage.vectors.T.astype(np.float32)).max(axis=1).mean())


def reranked(
    fused: Sequence[float], similarities: Sequence[float], deviation: float, how: Reranking = RERANKING
) -> list[float]:
    """Return new scores: a candidate gains what it is nearer than the farthest of them, in the cosine's ``deviation``.

    No score falls, so no candidate comes below what was not ranked again.
    """
    least = min(similarities, default=0.0)
    return [
        score + how.weight * (similarity - least) / deviation
        for score, similarity in zip(fused, similarities, strict=True)
    ]
