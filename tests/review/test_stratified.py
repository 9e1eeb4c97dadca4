"""Differences within strata are those of statsmodels, and chance is what drawing labels anew shows."""

from __future__ import annotations

import doctest
import random
from collections.abc import Callable, Sequence
from math import comb, sqrt

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from remit.review import stratified
from remit.review.stratified import (
    StratifiedDifference,
    Stratum,
    chance,
    clustered,
    difference,
    pairs,
    rate_difference,
    t_chance,
)

#: Of each stratum, the values of the group and those of the rest.
Cases = list[tuple[list[int], list[int]]]


def cases(values: st.SearchStrategy[int]) -> st.SearchStrategy[Cases]:
    some = st.lists(values, max_size=8)
    return st.lists(st.tuples(some, some), min_size=1, max_size=6).filter(lambda found: any(a and b for a, b in found))


def summed(found: Cases) -> list[Stratum]:
    return [stratum(*each) for each in found]


def stratum(group: Sequence[int], rest: Sequence[int]) -> Stratum:
    both = [*group, *rest]
    powers = (sum(each**power for each in both) for power in (1, 2, 3))
    return Stratum(len(group), sum(group), sum(each * each for each in group), len(both), *powers)


def regression(found: Cases) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The values, the group of each, and the stratum of each, for those strata that have both sides."""
    rows = [
        (y, x, number)
        for number, each in enumerate(found)
        if all(each)
        for x, side in ((1, each[0]), (0, each[1]))
        for y in side
    ]
    y, x, number = (np.array(column) for column in zip(*rows, strict=True))
    return y, x, number


def fitted(found: Cases) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    y, x, number = regression(found)
    dummies = (number[:, None] == np.unique(number)[None, :]).astype(float)
    model = sm.OLS(y, np.column_stack([x, dummies])).fit()
    centred = x - np.array([x[number == each].mean() for each in number])
    return model.resid, centred, number, float(model.params[0])


def test_the_examples() -> None:
    assert doctest.testmod(stratified).failed == 0


@given(cases(st.integers(-500, 500)))
def test_a_difference_is_that_of_a_regression_with_strata(found: Cases) -> None:
    told = difference(summed(found))
    assert told is not None
    resid, centred, number, slope = fitted(found)
    assert told.estimate == pytest.approx(slope, abs=1e-6)
    counted = np.array([(number == each).sum() for each in number])
    meat = (centred**2 * resid**2 * counted / (counted - 1)).sum()
    assert told.variance == pytest.approx(meat / (centred**2).sum() ** 2, rel=1e-6, abs=1e-6)


@given(cases(st.integers(0, 1)))
def test_a_difference_of_rates_is_the_same_difference(found: Cases) -> None:
    strata = summed(found)
    rates, means = rate_difference(strata), difference(strata)
    assert rates is not None
    assert means is not None
    assert rates.estimate == pytest.approx(means.estimate)
    assert -1 <= rates.estimate <= 1


def test_satos_variance() -> None:
    """For one stratum it is nearly the textbook variance of a difference of two rates."""
    found = rate_difference([Stratum(2000, 600, 600, 5000, 1200, 1200, 1200)])
    assert found is not None
    assert found.estimate == pytest.approx(0.3 - 0.2)
    assert sqrt(found.variance) == pytest.approx(sqrt(0.3 * 0.7 / 2000 + 0.2 * 0.8 / 3000), rel=0.01)


@pytest.mark.parametrize(("of", "rates"), [(2, (0.3, 0.5)), (6, (0.1, 0.3)), (60, (0.6, 0.5))], ids=["pairs", "small", "large"])
@pytest.mark.parametrize("estimate", [rate_difference, difference])
def test_an_interval_holds_the_truth_as_often_as_it_says(
    of: int, rates: tuple[float, float], estimate: Callable[[Sequence[Stratum]], StratifiedDifference | None]
) -> None:
    dice, runs, held = random.Random(1), 1_000, 0
    for _ in range(runs):
        strata = []
        for _ in range(240 // of):
            shift = dice.choice((-0.1, 0.1))
            sides = [[int(dice.random() < rate + shift) for _ in range(of // 2)] for rate in rates]
            strata.append(stratum(*sides))
        found = estimate(strata)
        assert found is not None
        span = found.interval()
        held += span.low <= rates[0] - rates[1] <= span.high
    assert 0.93 <= held / runs <= 0.97


@given(cases(st.integers(0, 40)))
def test_chance_has_the_moments_of_all_ways_to_draw_the_group(found: Cases) -> None:
    """One stratum at a time, against all subsets; several add up."""
    group, rest = next(each for each in found if each[0] and each[1])
    both = [*group, *rest]
    if comb(len(both), len(group)) > 3_000:
        both = both[:10]
        group = both[: min(5, len(group))]
    from itertools import combinations

    sums = np.array([sum(each) for each in combinations(both, len(group))], dtype=float)
    told = chance([stratum(group, both[len(group) :])])
    if sums.std() == 0:
        assert told is None
        return
    skew = float(stats.skew(sums))
    score = (sum(group) - sums.mean()) / sums.std()
    assert told is not None
    if abs(skew) > 1e-6 and 1 + skew * score / 2 > 0.05:
        tails = float(stats.pearson3.sf(score, skew)), float(stats.pearson3.cdf(score, skew))
        # The smaller one: between the mean and the median of what is skewed, the outer tail holds more than half.
        assert told == pytest.approx(2 * min(tails), abs=0.03)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
def test_chance_is_never_told_too_small_for_what_is_rare(rate: float) -> None:
    """Against the hypergeometric distribution, far out, where a normal tail is too small by a factor of ten and more."""
    inside, both = 40, 1_000
    yes = int(rate * both)
    for seen in range(min(inside, yes) + 1):
        exact = stats.hypergeom.sf(seen - 1, both, yes, inside)
        if 1e-5 < exact < 0.05 and seen > inside * rate:
            told = chance([Stratum(inside, seen, seen, both, yes, yes, yes)], step=1)
            assert told is not None
            assert 0.95 < told / (2 * exact) < 5, seen


@given(st.lists(st.tuples(st.booleans(), st.lists(st.integers(-9, 9), min_size=1, max_size=5)), min_size=4, max_size=9))
def test_clusters_have_the_variance_of_statsmodels(people: list[tuple[bool, list[int]]]) -> None:
    sides = [sum(side is wanted for side, _ in people) for wanted in (True, False)]
    strata = [
        {name: (side, len(own[place::2]), sum(own[place::2])) for name, (side, own) in enumerate(people) if own[place::2]}
        for place in (0, 1)
    ]
    found = clustered(strata)
    if found is None:
        return
    assert min(sides) >= 2
    kept = [each for each in strata if len({side for side, _, _ in each.values()}) == 2]
    whole: Cases = [([], []) for _ in strata]
    for place in (0, 1):
        for side, own in people:
            whole[place][0 if side else 1].extend(own[place::2])
    resid, centred, _, slope = fitted(whole)
    assert found.estimate == pytest.approx(slope, abs=1e-9)
    names = [
        name
        for place in (0, 1)
        if strata[place] in kept
        for wanted in (True, False)
        for name, (side, own) in enumerate(people)
        if side is wanted
        for _ in own[place::2]
    ]
    meat = 0.0
    for wanted in (True, False):
        scores: dict[int, float] = {}
        for name, pull, rest in zip(names, centred, resid, strict=True):
            if people[name][0] is wanted:
                scores[name] = scores.get(name, 0.0) + pull * rest
        meat += len(scores) / (len(scores) - 1) * sum(each**2 for each in scores.values())
    assert found.variance == pytest.approx(meat / (centred**2).sum() ** 2, abs=1e-9)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 12, 31, 200])
@pytest.mark.parametrize("t", [0.0, 0.3, -1.7, 4.9, 12.0])
def test_students_t(t: float, freedom: int) -> None:
    assert t_chance(t, freedom) == pytest.approx(2 * stats.t.sf(abs(t), freedom), abs=1e-12)
    reach = StratifiedDifference(0, 0, 1, freedom).interval(0.99).high
    assert reach == pytest.approx(stats.t.ppf(0.995, freedom), rel=1e-6)


def test_nothing_to_compare() -> None:
    alone = [Stratum(3, 1, 1, 3, 1, 1, 1)]
    assert difference(alone) is None
    assert rate_difference(alone) is None
    assert chance(alone) is None
    assert pairs(alone) == 0
    assert chance([Stratum(3, 3, 3, 6, 6, 6, 6)]) is None
    assert pairs([Stratum(3, 3, 3, 5, 6, 6, 6)]) == 2
