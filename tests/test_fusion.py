"""Two rankings become one: in order, between 0 and 1, and the same every time."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.fusion import Fusion, Scale, fuse, scaled

_SCORES = st.floats(-1e6, 1e6, allow_nan=False)
_RANKED = st.dictionaries(st.integers(0, 50), _SCORES, max_size=20).map(
    lambda scores: sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
)


_HOW = st.builds(Fusion, st.floats(0.1, 10), st.booleans())
_SCALE = Scale(mean=0.7, deviation=0.02, words=12.0)


@given(_RANKED, _RANKED, _HOW)
def test_every_key_comes_once_in_order_with_what_each_side_gave(
    dense: list[tuple[int, float]], lexical: list[tuple[int, float]], how: Fusion
) -> None:
    fused = fuse(dense, lexical, _SCALE, how)
    assert sorted(f.key for f in fused) == sorted(dict(dense) | dict(lexical))
    assert [(-f.score, f.key) for f in fused] == sorted((-f.score, f.key) for f in fused)
    for f in fused:
        assert f.dense == dict(dense).get(f.key)
        assert f.lexical == dict(lexical).get(f.key)
        assert f.dense_rank is None or dense[f.dense_rank - 1][0] == f.key
        assert f.lexical_rank is None or lexical[f.lexical_rank - 1][0] == f.key


@given(_RANKED, st.booleans())
def test_with_one_side_empty_the_other_decides_alone(ranked: list[tuple[int, float]], by_rank: bool) -> None:
    how = Fusion(by_rank=by_rank)
    for fused in (fuse(ranked, [], _SCALE, how), fuse([], ranked, _SCALE, how)):
        place = {f.key: n for n, f in enumerate(fused)}
        for (a, high), (b, low) in itertools.pairwise(ranked):
            assert place[a] < place[b] or high == low or high - low < 1e-9 * 2e6


@given(_RANKED, _RANKED, _HOW)
def test_what_both_sides_put_first_comes_first(
    dense: list[tuple[int, float]], lexical: list[tuple[int, float]], how: Fusion
) -> None:
    both = fuse([(99, 2e6), *dense], [(99, 2e6), *lexical], _SCALE, how)
    assert both[0].key == 99


@given(_RANKED, _RANKED, st.randoms())
def test_the_order_in_which_keys_were_given_does_not_matter(
    dense: list[tuple[int, float]], lexical: list[tuple[int, float]], rng: random.Random
) -> None:
    mixed_dense, mixed_lexical = rng.sample(dense, len(dense)), rng.sample(lexical, len(lexical))
    mixed, ordered = fuse(mixed_dense, mixed_lexical, _SCALE), fuse(dense, lexical, _SCALE)
    assert [(f.key, f.score) for f in mixed] == [(f.key, f.score) for f in ordered]


@given(_RANKED, _RANKED)
def test_what_is_shown_lies_between_0_and_1_in_the_same_order(
    dense: list[tuple[int, float]], lexical: list[tuple[int, float]]
) -> None:
    fused = fuse(dense, lexical, _SCALE)
    shown = scaled(fused)
    assert [f.key for f in shown] == [f.key for f in fused]
    assert [f.score for f in shown] == sorted((f.score for f in shown), reverse=True)
    assert not shown or (shown[0].score == 1 and all(0 <= f.score <= 1 for f in shown))


def test_a_cosine_counts_in_standard_deviations_and_words_by_their_share() -> None:
    fused = {f.key: f.score for f in fuse([(1, 0.76), (2, 0.72)], [(2, 12.0), (4, 6.0)], _SCALE, Fusion(3.0))}
    assert fused == pytest.approx({1: 3.0, 2: 1.0 + 3.0, 4: 1.0 + 1.5})


def test_words_that_a_passage_shares_by_chance_do_not_outweigh_what_is_near() -> None:
    """The best keyword hit holds one common word of many: scaled by the best hit, it would be as good as can be."""
    near, far = (1, 0.80), (2, 0.74)
    assert fuse([near, far], [(2, 1.0)], _SCALE)[0].key == 1


def test_nothing_gives_nothing() -> None:
    assert fuse([], [], _SCALE) == []
    assert scaled([]) == []
