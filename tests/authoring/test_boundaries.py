"""Where a policy changes its mind, however the constant is written."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from remit.authoring.boundaries import boundaries, can_cross, candidates, compared_names
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
values:
  most: 100 EUR + 20 EUR
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
    ],
)
def test_constants_that_are_worked_out(when: str, value: object, side: str) -> None:
    found = boundaries(read_model(POLICY.format(when=when)))
    assert (value, side) in [(each.value, each.side) for each in found]


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("asked.credit > 20 EUR", [("asked.credit", Money(Decimal(20), "EUR"), "above", True)]),
        ("most <= asked.credit", [("asked.credit", Money(Decimal(120), "EUR"), "below", True)]),
        ("asked.points >= 500", [("asked.points", Decimal(500), "below", True)]),
        ("asked.points > 0", [("asked.points", Decimal(0), "above", True)]),
        ("asked.points >= 0", [("asked.points", Decimal(0), "below", False)]),  # nobody asks for less than nothing
        ("asked.upgrade = true", [("asked.upgrade", True, "both", False)]),  # yes and no have nothing beside them
    ],
)
def test_what_is_asked_for_is_compared_too(when: str, found: list[object]) -> None:
    model = read_model(POLICY.format(when=when))
    names = compared_names(model)
    assert [(each.fact, each.value, each.side, can_cross(names[each.fact], each)) for each in boundaries(model)] == found
    assert set(candidates(model)) == set(model.facts)


def test_what_has_no_constant_is_no_boundary() -> None:
    assert boundaries(read_model(POLICY.format(when="price > 2 * price"))) == ()
