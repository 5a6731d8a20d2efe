"""Fusion: the scores of both sides, scaled per query, added with a weight that the query's own words set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Ranked = Sequence[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Fusion:
    """How two rankings become one: ``dense_weight`` of the scaled scores is best or near best on six collections, see
    docs/quality.md; ``by_rank`` takes reciprocal ranks instead of scores, as most hybrid search does."""

    dense_weight: float = 0.7
    by_rank: bool = False


FUSION = Fusion()
RANK_CONSTANT = 60  # of reciprocal rank fusion


@dataclass(frozen=True, slots=True)
class Fused:
    """A passage key with its fused score in [0, 1] and what each side gave (None: not in its list, or not asked)."""

    key: int
    score: float
    dense: float | None
    lexical: float | None
    dense_rank: int | None
    lexical_rank: int | None
    late: float | None = None
    before: float | None = None  # the score that reranking changed


def fuse(dense: Ranked, lexical: Ranked, how: Fusion = FUSION) -> list[Fused]:
    """Merge two rankings (key, score), best first, by weighted min-max scaled scores (Fox and Shaw's CombSUM), or by
    weighted reciprocal ranks (Cormack, Clarke and Büttcher 2009).

    A key that a side does not list gets its lowest score there. With one side empty the other decides alone.
    Ties are broken by key, so that the order is the same every time.
    """
    weight = how.dense_weight if dense and lexical else float(bool(dense))
    scale = _reciprocal if how.by_rank else _scaled
    scaled_dense, scaled_lexical = scale(dense), scale(lexical)
    ranks_dense = {key: rank for rank, (key, _) in enumerate(dense, 1)}
    ranks_lexical = {key: rank for rank, (key, _) in enumerate(lexical, 1)}
    raw_dense, raw_lexical = dict(dense), dict(lexical)
    fused = [
        Fused(
            key,
            weight * scaled_dense.get(key, 0.0) + (1 - weight) * scaled_lexical.get(key, 0.0),
            raw_dense.get(key), raw_lexical.get(key), ranks_dense.get(key), ranks_lexical.get(key),
        )
        for key in raw_dense | raw_lexical
    ]  # fmt: skip
    return sorted(fused, key=lambda f: (-f.score, f.key))


def _scaled(ranked: Ranked) -> dict[int, float]:
    """Scale scores to [0, 1] between the worst and the best of the list."""
    if not ranked:
        return {}
    scores = [score for _, score in ranked]
    low, high = min(scores), max(scores)
    span = high - low
    return {key: (score - low) / span if span > 0 else 1.0 for key, score in ranked}


def _reciprocal(ranked: Ranked) -> dict[int, float]:
    return {key: (RANK_CONSTANT + 1) / (RANK_CONSTANT + rank) for rank, (key, _) in enumerate(ranked, 1)}
