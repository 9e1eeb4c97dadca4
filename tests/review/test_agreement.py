"""Kappas are those of statsmodels; the interval is the same every time, and holds the truth about as often as it says."""

from __future__ import annotations

import doctest
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats import inter_rater  # type: ignore[import-untyped]

from remit.ledger import Calibration, Rating
from remit.review import agreement
from remit.review.agreement import LEAST, agreement_of, cohen_kappa, fleiss_kappa

WORDS = ("agree", "praise", "coach", "policy")


def rows(raters: st.SearchStrategy[int]) -> st.SearchStrategy[list[list[str]]]:
    return raters.flatmap(
        lambda many: st.lists(st.lists(st.sampled_from(WORDS), min_size=many, max_size=many), min_size=2, max_size=30)
    )


def counts(table: list[list[str]]) -> list[list[int]]:
    return [[row.count(word) for word in WORDS] for row in table]


def test_the_examples() -> None:
    assert doctest.testmod(agreement).failed == 0


@given(rows(st.just(2)))
def test_cohens_kappa(table: list[list[str]]) -> None:
    mine = cohen_kappa(table)
    assume(mine is not None)
    square = [[sum(row == [one, other] for row in table) for other in WORDS] for one in WORDS]
    assert mine == pytest.approx(inter_rater.cohens_kappa(square, return_results=False), abs=1e-9)


@given(rows(st.integers(2, 6)))
def test_fleiss_kappa(table: list[list[str]]) -> None:
    mine = fleiss_kappa(table)
    if len({word for row in table for word in row}) == 1:
        assert mine is None
    else:
        assert mine == pytest.approx(inter_rater.fleiss_kappa(counts(table)), abs=1e-9)


def calibration(table: list[list[str]]) -> Calibration:
    reviewers = tuple(f"s-{number}" for number in range(len(table[0])))
    records = tuple(f"r-{number}" for number in range(len(table)))
    ratings = [
        Rating(record, reviewer, verdict)
        for record, row in zip(records, table, strict=True)
        for reviewer, verdict in zip(reviewers, row, strict=True)
        if verdict
    ]
    until = datetime(2026, 1, 1, tzinfo=UTC)
    return Calibration("c", 1, "m-1", until, records, reviewers, is_closed=True, ratings=tuple(ratings))


def test_the_agreement_of_a_calibration() -> None:
    table: list[list[Any]] = [["agree"] * 3] * 6 + [["coach"] * 3] * 4 + [["agree", "agree", "coach"], ["agree", "coach", ""]]
    found = agreement_of(calibration(table))
    assert (found.reviewers, found.cases, found.left_out) == (("s-0", "s-1", "s-2"), 11, 1)
    assert found.kappa is not None
    assert 0 < found.kappa.low < found.kappa.estimate < found.kappa.high <= 1
    assert found.split == ("r-11", "r-10")  # one against one is more divided than two against one
    assert found == agreement_of(calibration(table))


def test_too_little_is_said() -> None:
    few = agreement_of(calibration([["agree", "coach"]] * (LEAST - 1)))
    assert (few.cases, few.kappa) == (LEAST - 1, None)
    alone = agreement_of(calibration([["agree", ""]] * 9))
    assert (alone.reviewers, alone.cases, alone.same, alone.kappa) == (("s-0",), 0, None, None)
    always = agreement_of(calibration([["agree", "agree"]] * 9))
    assert (always.same, always.kappa) == (1.0, None)


@pytest.mark.slow
def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Reviewers who agree with the truth in four of five cases; the true kappa comes from very many cases."""
    dice = random.Random(3)

    def judged(cases: int) -> list[list[str]]:
        truth = [dice.choice(("agree", "coach")) for _ in range(cases)]
        other = {"agree": "coach", "coach": "agree"}
        return [[each if dice.random() < 0.8 else other[each] for _ in range(3)] for each in truth]

    true = fleiss_kappa(judged(200_000))
    assert true is not None
    held = 0
    for _ in range(100):
        found = agreement_of(calibration(judged(40))).kappa
        held += found is not None and found.low <= true <= found.high
    assert held >= 85
