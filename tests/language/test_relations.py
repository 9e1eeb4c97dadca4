"""Equality and order: laws on generated values, and the corners."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit import feel
from remit.language import temporal
from remit.language.evaluating.relations import compare, equal, kind_of
from remit.language.types import Type
from remit.language.values import Money, Months, Range, Unknown
from support.expressions import TYPES, types
from support.values import values


@st.composite
def of_one_type(draw: Any, count: int) -> tuple[Any, ...]:
    of: Type = draw(types())
    return tuple(draw(values(of)) for _ in range(count))


@given(of_one_type(1))
def test_a_value_equals_itself(value: tuple[Any]) -> None:
    assert equal(value[0], value[0]) is True
    assert compare("!=", value[0], value[0]) is False
    assert equal(value[0], None) is False


@given(of_one_type(2))
def test_equality_and_order_are_the_same_both_ways(pair: tuple[Any, Any]) -> None:
    a, b = pair
    assert equal(a, b) is equal(b, a)
    assert compare("<", a, b) is compare(">", b, a)
    assert compare("<=", a, b) is compare(">=", b, a)


@given(of_one_type(2))
def test_what_is_ordered_is_less_equal_or_greater(pair: tuple[Any, Any]) -> None:
    a, b = pair
    answers = [compare(op, a, b) for op in ("<", "=", ">")]
    if answers[0] is not None:
        assert sorted(map(bool, answers)) == [False, False, True]
        assert compare("<=", a, b) is (answers[0] or answers[1])


@given(of_one_type(3))
def test_order_is_transitive(three: tuple[Any, Any, Any]) -> None:
    a, b, c = three
    if compare("<=", a, b) and compare("<=", b, c):
        assert compare("<=", a, c) is True
    if equal(a, b) and equal(b, c):
        assert equal(a, c) is True


@given(data=st.data(), one=st.sampled_from(TYPES), other=st.sampled_from(TYPES))
def test_kinds_do_not_mix(data: st.DataObject, one: Type, other: Type) -> None:
    a, b = data.draw(values(one)), data.draw(values(other))
    if kind_of(a) != kind_of(b) and {kind_of(a), kind_of(b)} != {"date", "date-time"}:
        assert equal(a, b) is None
        assert all(compare(op, a, b) is None for op in ("=", "!=", "<", "<=", ">", ">="))


class Shout(str):
    """A subclass of a value's type."""


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "boolean"),
        (1, "number"),
        (Shout("a"), "text"),
        (Money(1, "EUR"), "money"),  # type: ignore[arg-type]
        (Months(1), "months"),
        ([], "list"),
        (Range(1, 2), "range"),
        ({}, "context"),
        (None, "null"),
        (Unknown(frozenset()), "unknown"),
        (object(), "any"),
    ],
)
def test_every_value_has_a_kind(value: Any, kind: str) -> None:
    assert kind_of(value) == kind


_POINTS = st.one_of(values(Type("date")), values(Type("date-time")), values(Type("date-time")).map(lambda when: when.date()))


@given(_POINTS, _POINTS)
def test_what_can_be_compared_can_be_subtracted_and_the_other_way_round(a: Any, b: Any) -> None:
    """A date beside a date-time is midnight in UTC, in both; without a zone, a date-time has neither order nor distance."""
    between, later = temporal.subtract(a, b), compare(">", a, b)
    assert (between is None) is (later is None)
    if isinstance(between, timedelta):
        assert (between > timedelta()) is later
        assert (between == timedelta()) is (equal(a, b) is True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('@"2026-03-01" = @"2026-03-01T00:00:00Z"', True),
        ('@"2026-03-01" = @"2026-03-01T02:00:00+02:00"', True),
        ('@"2026-03-01T10:00:00Z" - @"2026-03-01" = 10 hours', True),
        ('@"2026-03-01" < @"2026-03-01T00:00:00+02:00"', False),
        ('@"2026-03-01" < @"2026-03-02T10:00:00"', None),
        ('@"2026-03-02T10:00:00" - @"2026-03-01"', None),
        ('@"2026-03-01" = @"2026-03-01T00:00:00"', False),
        ('@"2026-03-01T00:00:00" = @"2026-03-01T00:00:00Z"', False),
        ('date(@"2026-03-02T10:00:00") - @"2026-03-01" = 1 day', True),
    ],
)
def test_dates_beside_date_times(text: str, value: Any) -> None:
    assert feel.evaluate(text) is value
