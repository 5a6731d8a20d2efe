"""Tests of significance: known cases, the nominal error rate under no difference, and scipy's opinion."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.significance import (
    bootstrap_interval,
    detectable_difference,
    effect_size,
    holm,
    randomisation_test,
)

SMALL = st.lists(st.integers(-3, 3).map(float), min_size=1, max_size=8)


@given(SMALL)
def test_the_test_counts_every_way_to_exchange_two_systems_on_a_few_questions(values: list[float]) -> None:
    signs = itertools.product((1, -1), repeat=len(values))
    sums = [sum(s * v for s, v in zip(chosen, values, strict=True)) for chosen in signs]
    extreme = sum(abs(total) >= abs(sum(values)) for total in sums) / len(sums)
    lower = sum(total <= sum(values) for total in sums) / len(sums)
    assert randomisation_test(np.array(values)) == pytest.approx(extreme)
    assert randomisation_test(np.array(values), alternative="less") == pytest.approx(lower)


def test_drawn_exchanges_give_nearly_the_exact_p_value() -> None:
    values = np.random.default_rng(5).normal(0.35, 1, 16)
    exact = randomisation_test(values, permutations=2**16)
    drawn = randomisation_test(values, permutations=40_000, seed=3)
    assert exact == pytest.approx(drawn, abs=0.01)
    assert exact != drawn


def test_a_p_value_is_the_same_for_one_seed_and_never_zero() -> None:
    values = np.full(400, 0.5)
    assert randomisation_test(values, permutations=10_000, seed=7) == 1 / 10_001
    mixed = np.random.default_rng(1).normal(0.05, 1, 400)
    assert randomisation_test(mixed, seed=7) == randomisation_test(mixed, seed=7)


def test_equal_systems_do_not_differ() -> None:
    assert randomisation_test(np.zeros(50)) == 1
    assert randomisation_test(np.zeros(50), alternative="less") == 1


def test_a_rise_is_no_drop() -> None:
    values = np.random.default_rng(2).normal(0.5, 1, 200)
    assert randomisation_test(values) < 0.001
    assert randomisation_test(values, alternative="less") > 0.99
    assert randomisation_test(-values, alternative="less") < 0.001


def test_without_a_difference_one_test_in_twenty_says_there_is_one() -> None:
    rng = np.random.default_rng(11)
    # values of a retrieval measure: most questions tie, the others move far
    trials = rng.normal(0, 0.4, (600, 60)) * (rng.random((600, 60)) < 0.5)
    share = np.mean([randomisation_test(trial, permutations=400, seed=n) < 0.05 for n, trial in enumerate(trials)])
    assert 0.03 < share < 0.07  # 600 trials: the standard error is 0.009


def test_p_values_agree_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(8).normal(0.2, 1, 80)
    theirs = stats.permutation_test(
        (values,), lambda v, axis: v.mean(axis=axis), permutation_type="samples", n_resamples=20_000, rng=1
    )
    assert randomisation_test(values) == pytest.approx(theirs.pvalue, abs=0.01)


def test_the_bootstrap_interval_agrees_with_scipy_and_holds_the_mean() -> None:
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(9).beta(0.5, 0.5, 120)
    low, high = bootstrap_interval(values, seed=1)
    theirs = stats.bootstrap((values,), np.mean, method="percentile", rng=2).confidence_interval
    assert (low, high) == (pytest.approx(theirs.low, abs=0.005), pytest.approx(theirs.high, abs=0.005))
    assert low < values.mean() < high
    with pytest.raises(ValueError, match="no values"):
        bootstrap_interval(np.array([]))


def test_the_interval_holds_the_true_mean_as_often_as_it_says() -> None:
    rng = np.random.default_rng(12)
    held = 0
    for n in range(300):
        low, high = bootstrap_interval(rng.normal(0.1, 0.4, 80), resamples=400, seed=n)
        held += low <= 0.1 <= high
    assert 0.91 < held / 300 < 0.98


def test_holm_multiplies_the_smallest_most_and_never_reorders() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.5, 0.6]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=6))
def test_a_corrected_p_value_is_at_least_the_plain_one_and_at_most_bonferroni_s(p_values: list[float]) -> None:
    found = holm(p_values)
    for plain, corrected in zip(p_values, found, strict=True):
        assert plain <= corrected <= min(1.0, plain * len(p_values)) + 1e-12
    in_order = [found[i] for i in sorted(range(len(p_values)), key=lambda i: p_values[i])]
    assert in_order == sorted(in_order)


def test_the_effect_is_the_mean_difference_in_standard_deviations() -> None:
    assert effect_size(np.array([1.0, 2.0, 3.0])) == pytest.approx(2.0)
    assert effect_size(np.zeros(5)) == 0
    assert effect_size(np.full(5, 0.2)) is None
    assert effect_size(np.array([1.0])) is None


def test_a_difference_of_the_detectable_size_is_found_four_times_in_five() -> None:
    rng = np.random.default_rng(13)
    size = detectable_difference(rng.normal(0, 0.3, 10_000))
    assert size is not None
    size *= 10  # it shrinks with the root of the number of questions: 100 here
    samples = rng.normal(size, 0.3, (300, 100))
    found = [randomisation_test(sample, permutations=400, seed=n) < 0.05 for n, sample in enumerate(samples)]
    assert 0.74 < np.mean(found) < 0.86
    assert detectable_difference(np.array([1.0])) is None
