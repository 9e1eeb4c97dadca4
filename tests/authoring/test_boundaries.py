"""Where a policy changes its mind, however the constant is written."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from remit.authoring.boundaries import boundaries, candidates
from remit.language.values import Money
from remit.policy.loader import read_model

POLICY = """
policy: x
title: X
version: "1"
owner: o
currency: EUR
ladder: [a]
facts:
  number: {{type: number}}
  day: {{type: date}}
  wait: {{type: duration}}
  price: {{type: money}}
  other: {{type: money}}
values:
  most: 100 EUR + 20 EUR
  double: 2 * price
remedies:
  credit: {{type: money, title: C}}
  points: {{type: count, title: P}}
  upgrade: {{type: exception, title: U}}
rules:
  - {{id: r, because: B, when: '{when}', may: {{credit: 1 EUR}}}}
"""


@pytest.mark.parametrize(
    ("when", "value", "side"),
    [
        ("number < -5", Decimal(-5), "below"),
        ("number > 2 * 30", Decimal(60), "above"),
        ('day < date("2026-03-01")', date(2026, 3, 1), "below"),
        ('day <= @"2026-03-01" + 2 days', date(2026, 3, 3), "above"),
        ('wait > duration("PT90M")', timedelta(minutes=90), "above"),
        ("price >= 2 * 30 EUR", Money(Decimal(60), "EUR"), "below"),
        ("price >= most", Money(Decimal(120), "EUR"), "below"),
        ("price between 10 EUR and max(20 EUR, 30 EUR)", Money(Decimal(30), "EUR"), "above"),
        ("price * 2 > 100 EUR", Money(Decimal(50), "EUR"), "above"),
        ("price < most / 4", Money(Decimal(30), "EUR"), "below"),
        ("double > 100 EUR", Money(Decimal(50), "EUR"), "above"),
        ("number + 3 >= 2 * number - 7", Decimal(10), "above"),
        ('day - @"2026-03-01" > 14 days', date(2026, 3, 15), "above"),
    ],
)
def test_constants_that_are_worked_out(when: str, value: object, side: str) -> None:
    found = boundaries(read_model(POLICY.format(when=when)))
    assert (value, side) in [(each.value, each.side) for each in found]


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("asked.credit > 20 EUR", [("asked.credit", Money(Decimal(20), "EUR"), "above")]),
        ("most <= asked.credit", [("asked.credit", Money(Decimal(120), "EUR"), "below")]),
        ("asked.points >= 500", [("asked.points", Decimal(500), "below")]),
        ("asked.points > 0", [("asked.points", Decimal(0), "above")]),
        ("asked.points >= 0", []),  # nobody asks for less than nothing
        ("asked.upgrade = true", []),  # yes and no have nothing beside them
    ],
)
def test_what_is_asked_for_is_compared_too(when: str, found: list[object]) -> None:
    model = read_model(POLICY.format(when=when))
    assert [(each.fact, each.value, each.side) for each in boundaries(model)] == found
    assert set(candidates(model)) == set(model.facts)


@pytest.mark.parametrize("when", ["price > 2 * other", "number * number > 4", "modulo(number, 3) = 1"])
def test_what_has_no_one_value_is_no_boundary(when: str) -> None:
    assert boundaries(read_model(POLICY.format(when=when))) == ()


def test_a_fact_compared_with_itself_may_have_a_boundary() -> None:
    """Only a price below nothing is more than twice itself."""
    (found,) = boundaries(read_model(POLICY.format(when="price > 2 * price")))
    assert (found.fact, found.value, found.side) == ("price", Money(Decimal(0), "EUR"), "below")


@pytest.mark.parametrize(
    ("when", "texts"),
    [
        ("number in (3, > 5)", ["3", "5"]),
        ("number between 2 and 2 + 2", ["2", "2 + 2"]),
        ("price >= most", ["most"]),
        ("price * 2 > 100 EUR", ["price * 2 > 100 EUR"]),
        ("number in (1 + 1, ? * 2 = 12)", ["1 + 1", "? * 2 = 12"]),
    ],
)
def test_a_boundary_is_where_its_value_is_written_or_else_where_the_test_is(when: str, texts: list[str]) -> None:
    found = boundaries(read_model(POLICY.format(when=when)))
    assert [each.source.text[slice(*each.span)] for each in found if each.source] == texts
