"""Two rankings become one: in order, between 0 and 1, and the same every time."""

from __future__ import annotations

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from search.fusion import FUSION, Fusion, fuse

_SCORES = st.floats(-1e6, 1e6, allow_nan=False)
_RANKED = st.dictionaries(st.integers(0, 50), _SCORES, max_size=20).map(
    lambda scores: sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
)


@given(_RANKED, _RANKED, st.floats(0, 1), st.booleans())
def test_every_key_comes_once_in_order_with_a_score_from_0_to_1(
    dense: list[tuple[int, float]], lexical: list[tuple[int, float]], weight: float, by_rank: bool
) -> None:
    fused = fuse(dense, lexical, Fusion(weight, by_rank))
    assert sorted(f.key for f in fused) == sorted(dict(dense) | dict(lexical))
    assert [(-f.score, f.key) for f in fused] == sorted((-f.score, f.key) for f in fused)
    assert all(0 <= f.score <= 1 + 1e-9 for f in fused)
    for f in fused:
        assert f.dense == dict(dense).get(f.key)
        assert f.lexical == dict(lexical).get(f.key)
        assert f.dense_rank is None or dense[f.dense_rank - 1][0] == f.key
        assert f.lexical_rank is None or lexical[f.lexical_rank - 1][0] == f.key


@given(_RANKED)
def test_with_one_side_empty_the_other_decides_alone(ranked: list[tuple[int, float]]) -> None:
    for fused in (fuse(ranked, []), fuse([], ranked)):
        place = {f.key: n for n, f in enumerate(fused)}
        for (a, high), (b, low) in itertools.pairwise(ranked):
            assert place[a] < place[b] or high == low or high - low < 1e-9 * 2e6
        assert not fused or fused[0].score == 1


@given(_RANKED, _RANKED)
def test_what_both_sides_put_first_comes_first(
    dense: list[tuple[int, float]], lexical: list[tuple[int, float]]
) -> None:
    both = fuse([(99, 2e6), *dense], [(99, 2e6), *lexical])
    assert (both[0].key, both[0].score) == (99, 1)


@given(_RANKED, _RANKED, st.randoms())
def test_the_order_in_which_keys_were_given_does_not_matter(
    dense: list[tuple[int, float]], lexical: list[tuple[int, float]], rng: random.Random
) -> None:
    mixed_dense, mixed_lexical = rng.sample(dense, len(dense)), rng.sample(lexical, len(lexical))
    assert [(f.key, f.score) for f in fuse(mixed_dense, mixed_lexical)] == [
        (f.key, f.score) for f in fuse(dense, lexical)
    ]


def test_scores_are_scaled_between_worst_and_best_and_added_with_the_weight() -> None:
    fused = {f.key: f.score for f in fuse([(1, 0.9), (2, 0.8), (3, 0.7)], [(2, 12.0), (4, 4.0)])}
    assert fused[1] == FUSION.dense_weight
    assert abs(fused[2] - (FUSION.dense_weight * 0.5 + (1 - FUSION.dense_weight))) < 1e-9
    assert fused[3] == fused[4] == 0


def test_nothing_gives_nothing() -> None:
    assert fuse([], []) == []
