"""Fusion: two rankings become one, each side's scores on a scale that the question itself sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

Ranked = Sequence[tuple[int, float]]

RANK_CONSTANT = 60  # of reciprocal rank fusion


@dataclass(frozen=True, slots=True)
class Fusion:
    """How two rankings become one.

    ``keyword_weight`` is what a passage that holds all of the question's words gains, in standard deviations of the
    question's cosine with passages at large; measured on six collections, see docs/quality.md. ``by_rank`` takes
    reciprocal ranks instead of scores, with equal weights, as most hybrid search does.
    """

    keyword_weight: float = 2.5
    by_rank: bool = False


FUSION = Fusion()


@dataclass(frozen=True, slots=True)
class Scale:
    """What scores mean for one question: the ``mean`` and ``deviation`` of its cosine with passages at large, and the
    sum of the inverse document frequencies of its ``words``, which BM25 comes near where a passage holds them all."""

    mean: float = 0.0
    deviation: float = 1.0
    words: float = 1.0


@dataclass(frozen=True, slots=True)
class Fused:
    """A passage key with its fused score and what each side gave (None: not in its list, or not asked).

    ``late`` is the late interaction of reranking, ``before`` the score that it changed.
    """

    key: int
    score: float
    dense: float | None
    lexical: float | None
    dense_rank: int | None
    lexical_rank: int | None
    late: float | None = None
    before: float | None = None


def fuse(dense: Ranked, lexical: Ranked, scale: Scale, how: Fusion = FUSION) -> list[Fused]:
    """Merge two rankings (key, score), best first: the standard score of the cosine, and BM25 as a share of its most.

    So weak evidence of one side stays weak, where scaling between the best and the worst found makes it as strong as
    any. A key that the vectors do not list gets the lowest score that they gave, one without the words gets nothing.
    Or by reciprocal ranks (Cormack, Clarke and Büttcher 2009). Ties are broken by key.
    """
    cosine, words = (_ranks, _ranks) if how.by_rank else (_standard, _share)
    by_meaning, by_words = cosine(dense, scale), words(lexical, scale)
    weight = 1.0 if how.by_rank or not dense else how.keyword_weight
    least = 0.0 if how.by_rank else min(by_meaning.values(), default=0.0)
    raw_dense, raw_lexical = dict(dense), dict(lexical)
    ranks_dense = {key: rank for rank, (key, _) in enumerate(dense, 1)}
    ranks_lexical = {key: rank for rank, (key, _) in enumerate(lexical, 1)}
    fused = [
        Fused(
            key, by_meaning.get(key, least) + weight * by_words.get(key, 0.0),
            raw_dense.get(key), raw_lexical.get(key), ranks_dense.get(key), ranks_lexical.get(key),
        )
        for key in raw_dense | raw_lexical
    ]  # fmt: skip
    return sorted(fused, key=lambda f: (-f.score, f.key))


def scaled(fused: Sequence[Fused]) -> list[Fused]:
    """Return the same with scores in [0, 1], in the same order: what is shown."""
    scores = np.array([f.score for f in fused])
    span = float(np.ptp(scores)) if len(scores) else 0.0
    shown = (scores - scores.min()) / span if span > 0 else np.ones_like(scores)
    return [replace(f, score=float(score)) for f, score in zip(fused, shown, strict=True)]


def _standard(ranked: Ranked, scale: Scale) -> dict[int, float]:
    return {key: (score - scale.mean) / scale.deviation for key, score in ranked}


def _share(ranked: Ranked, scale: Scale) -> dict[int, float]:
    return {key: score / scale.words for key, score in ranked}


def _ranks(ranked: Ranked, _: Scale) -> dict[int, float]:
    return {key: (RANK_CONSTANT + 1) / (RANK_CONSTANT + rank) for rank, (key, _) in enumerate(ranked, 1)}
