"""Intervals and corrections are those of statsmodels, and hold what they promise."""

from __future__ import annotations

import doctest
import random
from statistics import fmean, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]
from statsmodels.stats.proportion import proportion_confint  # type: ignore[import-untyped]

from remit.review import estimates
from remit.review.estimates import Interval, Moments, adjusted, mean_interval, p_value, share

NUMBERS = st.lists(st.integers(-10_000, 10_000), min_size=2, max_size=60)


def test_the_examples() -> None:
    assert doctest.testmod(estimates).failed == 0


@given(st.integers(1, 5_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_a_share_has_wilsons_interval(pair: tuple[int, int]) -> None:
    count, of = pair
    found = share(count, of)
    assert found is not None
    assert (found.low, found.high) == pytest.approx(proportion_confint(count, of, method="wilson"), abs=1e-9)
    assert 0 <= found.low <= found.estimate <= found.high <= 1


def test_nothing_has_no_share() -> None:
    assert share(0, 0) is None
    assert mean_interval(Moments(1, 3.0)) is None


@pytest.mark.parametrize(("rate", "of"), [(0.02, 50), (0.3, 40), (0.5, 20), (0.9, 200)])
def test_the_interval_of_a_share_holds_the_truth_as_often_as_it_says(rate: float, of: int) -> None:
    dice = random.Random(1)
    runs = 2_000
    held = 0
    for _ in range(runs):
        found = share(sum(dice.random() < rate for _ in range(of)), of)
        held += found is not None and found.low <= rate <= found.high
    assert 0.92 <= held / runs <= 1


@given(NUMBERS, st.integers(0, 60))
def test_moments_are_those_of_all_numbers_however_they_are_joined(numbers: list[int], at: int) -> None:
    def of(some: list[int]) -> Moments:
        found = Moments()
        for each in some:
            found.add(each)
        return found

    for found in (of(numbers), of(numbers[:at]).join(of(numbers[at:]))):
        assert found.count == len(numbers)
        assert found.mean == pytest.approx(fmean(numbers), abs=1e-6)
        assert found.variance == pytest.approx(variance(numbers), rel=1e-6, abs=1e-6)
    interval = mean_interval(of(numbers))
    assert isinstance(interval, Interval)
    assert interval.low <= interval.estimate <= interval.high


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_many_comparisons_are_corrected(p_values: list[float]) -> None:
    assert adjusted(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1], abs=1e-12)


def test_p_values() -> None:
    assert p_value(0) == 1
    assert p_value(-3) == pytest.approx(0.0027, abs=1e-4)
