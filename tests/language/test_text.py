"""Values written as text and read from it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit import feel
from remit.language.evaluating.relations import equal
from remit.language.temporal import parse_date, parse_duration
from remit.language.text import literal, parse_number, string
from remit.language.values import Money, Months, Range

WRITTEN: Final = [
    (None, None),
    (True, "true"),
    ('as "it" is', 'as "it" is'),
    (7, "7"),
    (Decimal("1E+3"), "1000"),
    (Decimal("1.500"), "1.5"),
    (Decimal("-0.0"), "0"),
    (Decimal("1E-7"), "0.0000001"),
    (Money(Decimal("12.5"), "EUR"), "12.50 EUR"),
    (Money(Decimal(500), "JPY"), "500 JPY"),
    (date(33, 4, 3), "0033-04-03"),
    (time(10, 30, 0, 250_000, UTC), "10:30:00.25Z"),
    (time(0, 0, 0, 1), "00:00:00.000001"),
    (datetime(2026, 7, 13, 10, 30), "2026-07-13T10:30:00"),
    (timedelta(days=2, seconds=3), "P2DT3S"),
    (-timedelta(minutes=61), "-PT1H1M"),
    (timedelta(), "PT0S"),
    (Months(-25), "-P2Y1M"),
    ([], "[]"),
    ([Decimal(1), "a", None, [True, Months(1)]], '[1, "a", null, [true, @"P1M"]]'),
    (Range(Decimal(1), Decimal(2), True, False), "[1..2)"),
    (Range(None, date(2026, 1, 1), False, True), '(..@"2026-01-01"]'),
    ({"a b": Decimal(1), "c-d": {"e": "f"}}, '{a b: 1, "c-d": {e: "f"}}'),
]


@pytest.mark.parametrize(("value", "text"), WRITTEN)
def test_string(value: Any, text: str | None) -> None:
    assert string(value) == text


def test_what_is_no_value_has_no_text() -> None:
    assert string(object()) is None
    assert literal(object()) == "null"


SCALARS: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=20),
    st.decimals(-(10**12), 10**12, places=5).map(lambda number: number.normalize()),
    st.builds(Money, st.decimals(-(10**6), 10**6, places=2), st.sampled_from(["EUR", "GBP"])),
    st.dates(),
    st.times(timezones=st.sampled_from([None, UTC])),
    st.datetimes(timezones=st.sampled_from([None, UTC])),
    st.timedeltas(),
    st.builds(Months, st.integers(-(10**6), 10**6)),
)


@given(st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=5))
def test_a_literal_evaluates_to_its_value(value: Any) -> None:
    found = feel.evaluate(literal(value))
    assert found == value
    assert found is None or equal(found, value) is True


@given(st.decimals(-(10**12), 10**12, places=4), st.timedeltas(), st.dates())
def test_what_is_written_can_be_read(number: Decimal, duration: timedelta, day: date) -> None:
    assert parse_number(string(number) or "") == number
    assert parse_duration(string(duration) or "") == duration
    assert parse_date(string(day) or "") == day


def test_a_number_of_endless_digits_is_not_read() -> None:
    assert parse_number("9" * 200) is not None
    assert parse_number("9" * 201) is None
