"""Observed against expected: held equal to a second definition, and the error rate that the report states."""

from __future__ import annotations

import random
from statistics import fmean, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.review.report.funnel import LEAST_CASES, Compared, Sums, compared, ratio_of, spread

AMOUNTS = st.lists(st.integers(0, 60), max_size=60)


def sums(values: list[float]) -> Sums:
    out = Sums()
    for value in values:
        out.add(value)
    return out


def together(*some: Sums) -> Sums:
    out = Sums()
    for each in some:
        out.plus(each)
    return out


@given(st.dictionaries(st.sampled_from("abc"), st.tuples(AMOUNTS, AMOUNTS), min_size=1))
def test_what_is_expected(situations: dict[str, tuple[list[float], list[float]]]) -> None:
    own = {name: sums(mine) for name, (mine, _) in situations.items()}
    everybody = {name: together(sums(mine), sums(others)) for name, (mine, others) in situations.items()}
    found = compared(own, everybody)
    known = [(mine, others) for mine, others in situations.values() if len(others) >= 20]
    cases = sum(len(mine) for mine, _ in known)
    expected = sum(len(mine) * fmean(others) for mine, others in known)
    spread_ = sum(len(mine) * variance(others) * (1 + len(mine) / len(others)) for mine, others in known)
    if cases < LEAST_CASES or expected <= 0 or spread_ <= 1e-9:
        assert found is None or found.cases >= LEAST_CASES
        return
    assert found is not None
    assert found.cases == cases
    assert found.left_out == sum(len(mine) for mine, others in situations.values() if len(others) < 20)
    assert found.observed == pytest.approx(sum(sum(mine) for mine, _ in known))
    assert found.expected == pytest.approx(expected)
    assert found.deviation**2 == pytest.approx(spread_)


def test_somebody_may_be_the_only_one() -> None:
    own, others = sums([1.0] * 12 + [0.0] * 48), sums([0.0] * 400)
    found = compared({"x": own}, {"x": together(own, others)}, yes_or_no=True)
    assert found is not None
    assert ratio_of(found, looks=300).low > 1


def test_nobody_is_notable_for_having_none_of_what_is_rare() -> None:
    own, others = sums([0.0] * 60), sums([0.0] * 990 + [1.0] * 10)
    found = compared({"x": own}, {"x": together(own, others)}, yes_or_no=True)
    assert found is not None
    assert ratio_of(found, looks=1).low <= 1 <= ratio_of(found, looks=1).high


def test_the_usual_spread_widens() -> None:
    def at(z: float) -> Compared:
        return Compared(100, 0, 100 + 5 * z, 100, 5, 0)

    assert spread([at(3), at(-3)] * 8) == pytest.approx(3 / 0.6745, rel=1e-3)
    assert spread([at(0.1)] * 20) == 1.0  # never narrower than chance
    assert spread([at(9)] * 9) == 1.0  # too few to tell


@pytest.mark.slow
@pytest.mark.parametrize("style", [0.0, 0.2], ids=["everybody does the same", "everybody is a little different"])
def test_at_most_so_many_reports_list_anybody(style: float) -> None:
    """Skewed amounts and few cases: 100 reports of 40 employees. Of 100, 13 or more would come by chance once in a thousand
    times where the rate is 5%."""
    dice = random.Random(5)
    listed = 0
    for _ in range(100):
        own = [
            {"x": sums([dice.lognormvariate(usual, 0.8) for _ in range(50)])}
            for usual in (dice.gauss(0, style) for _ in range(40))
        ]
        everybody = {"x": together(*(each["x"] for each in own))}
        found = [each for each in (compared(one, everybody) for one in own) if each is not None]
        assert len(found) == 40
        wider = spread(found)
        listed += any(not each.low <= 1 <= each.high for each in (ratio_of(one, len(found), wider) for one in found))
    assert listed < 13
