"""Regions of whole policies: values in one piece of all regions of a fact come to the same answer everywhere."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from remit.core.distinctions import Distinctions, sharp
from remit.core.regions import Spans, cuts_of
from remit.language.values import Money, Unknown
from remit.policy.loader import read_model
from remit.policy.model import Model
from remit.readings.numbers.reference import Scope
from support.policies import policies

DAY = date(2026, 7, 1)


def conditions(model: Model) -> list[Any]:
    every = [*(each.when for each in model.rules), *(each.when for each in model.guardrails)]
    return [when.node for when in (*every, *(each.when for each in model.requires)) if when is not None]


def answer(model: Model, node: Any, facts: dict[str, Any]) -> Any:
    scope = Scope(model, facts, employee="e", role=model.ladder[0], asked={}, occurred=DAY)
    value = scope.evaluate(node)
    return "open" if isinstance(value, Unknown) else value


def pair_of(draw: Any, reading: Distinctions, name: str, regions: list[Any]) -> tuple[Any, Any] | None:
    """Two values of a fact that no region tells apart."""
    fact = reading.model.facts[name]
    if fact.type.kind not in ("number", "money", "date", "duration"):
        return None
    cuts = cuts_of(each for each in regions if isinstance(each, Spans))
    ends = (date.min, date.max) if fact.type.kind == "date" else (None, None)
    ends = tuple(own if own is not None else end for own, end in zip((fact.low, fact.high), ends, strict=True))
    low, high = (None if end is None else reading.number(name, end) for end in ends)
    near = [each for each in (*cuts, *(each - 1 for each in cuts), low, high) if each is not None]
    known = [each for each in near if (low is None or low <= each) and (high is None or each <= high)]
    if not known:
        return None
    one = draw(st.sampled_from(sorted(known)))
    below = max((each for each in (*cuts, low) if each is not None and each <= one), default=one - 1000)
    above = min((each - 1 for each in cuts if each > one), default=one + 1000)
    other = draw(st.integers(below, above if high is None else min(above, high)))
    return reading.value(name, one), reading.value(name, other)


@given(st.data())
def test_values_in_one_piece_of_all_regions_of_a_fact_have_the_same_outcome(data: st.DataObject) -> None:
    model = read_model(data.draw(policies()))
    for node in conditions(model):
        reading = Distinctions(model)
        truth = reading.truth(node)
        uses = reading.uses((truth.yes, truth.no))
        for name, regions in uses.regions.items():
            if name in uses.reckoned or name not in model.facts:
                continue
            pair = pair_of(data.draw, reading, name, regions)
            if pair is None:
                continue
            event(f"a pair of a {model.facts[name].type.kind}")
            others = {"guest.tier": "gold", "stay.rate": Money(Decimal(120), "EUR"), "incident.severity": Decimal(3)}
            assert answer(model, node, {**others, name: pair[0]}) == answer(model, node, {**others, name: pair[1]}), (
                name,
                pair,
            )


POLICY = """
policy: x
title: X
version: "1"
owner: o
currency: EUR
ladder: [a]
facts:
  level: {type: integer}
  number: {type: number}
  price: {type: money}
  day: {type: date}
  wait: {type: duration}
  moment: {type: date-time}
  hour: {type: time}
remedies:
  credit: {type: money, title: C}
  points: {type: count, title: P}
rules:
  - {id: r, because: B, may: {credit: 1 EUR}}
"""


@given(
    st.sampled_from(["level", "number", "price", "day", "wait", "moment", "asked.credit", "asked.points"]),
    st.integers(1, 10**6),
)
def test_a_number_stands_for_one_value(name: str, number: int) -> None:
    reading = Distinctions(read_model(POLICY))
    assert reading.number(name, reading.value(name, number)) == number


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("level", Decimal("1.5")),
        ("price", Money(Decimal(1), "USD")),
        ("day", timedelta(1)),
        ("price", Decimal(1)),
        ("level", "one"),
    ],
)
def test_what_a_fact_can_never_be_has_no_number(name: str, value: Any) -> None:
    assert Distinctions(read_model(POLICY)).number(name, value) is None


@pytest.mark.parametrize(
    ("cut", "written", "expected"),
    [
        (3, {3}, (3, True)),
        (3, {2}, (2, False)),
        (3, {2, 3}, (3, True)),
        (60_000_001, set(), (60_000_000, False)),
        (60_000_000, set(), (60_000_000, True)),
        (8, set(), (8, True)),
    ],
)
def test_a_step_is_named_by_what_is_written_or_else_by_the_rounder_number(cut: int, written: set[int], expected: Any) -> None:
    assert sharp(cut, written) == expected
