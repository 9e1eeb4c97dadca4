"""Dates, times and durations: forms, arithmetic, order, properties, and the laws between them."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from remit.language import temporal
from remit.language.builtins import fits
from remit.language.temporal import parse_at
from remit.language.temporal.temporal_arithmetic import as_number
from remit.language.text import string
from remit.language.types import Kind
from remit.language.values import Months, Range

PARIS: Final = ZoneInfo("Europe/Paris")


def at(text: str) -> Any:
    """The value of ``@"text"``, which must be one."""
    value = parse_at(text)
    assert value is not None, text
    return value


FORMS: Final = [
    ("2026-02-28", date(2026, 2, 28)),
    ("0001-01-01", date.min),
    ("9999-12-31", date.max),
    ("10:30:00", time(10, 30)),
    ("10:30:00.5", time(10, 30, 0, 500_000)),
    ("10:30:00.1234560", time(10, 30, 0, 123_456)),
    ("10:30:00Z", time(10, 30, tzinfo=UTC)),
    ("10:30:00-03:30", time(10, 30, tzinfo=timezone(-timedelta(hours=3, minutes=30)))),
    ("10:30:00+18:00", time(10, 30, tzinfo=timezone(timedelta(hours=18)))),
    ("10:30:00+05:00:01", time(10, 30, tzinfo=timezone(timedelta(hours=5, seconds=1)))),
    ("10:30:00@Europe/Paris", time(10, 30, tzinfo=PARIS)),
    ("10:30:00@UTC", time(10, 30, tzinfo=ZoneInfo("UTC"))),
    ("2026-02-28T10:30:00", datetime(2026, 2, 28, 10, 30)),
    ("2026-02-28T24:00:00Z", datetime(2026, 3, 1, tzinfo=UTC)),
    ("2026-02-28T10:30:00@Europe/Paris", datetime(2026, 2, 28, 10, 30, tzinfo=PARIS)),
    ("PT0S", timedelta()),
    ("P1DT2H3M4.5S", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
    ("-PT36H", -timedelta(hours=36)),
    ("PT0.1234560S", timedelta(microseconds=123_456)),
    ("P1Y6M", Months(18)),
    ("-P25M", Months(-25)),
    ("P0Y", Months(0)),
]
NOT_FORMS: Final = """
2026-2-28 26-02-28 2026-02-29 2026-13-01 2026-00-01 +2026-02-28 -2026-02-28 02026-02-28 10000-01-01 0000-01-01 20260228
2026-02-28Z 10:30 1:30:00 10:3:00 10:30:0 24:00:01 24:00:00.1 10:60:00 10:30:60 10:30:00. 10:30:00+2:00 10:30:00+02
10:30:00+18:01 10:30:00+02:60 10:30:00@ 10:30:00@Moon/Sea 10:30:00@../etc/passwd 10:30:00@/etc/localtime 10:30:00@Europe
10:30:00+02:00@Europe/Paris 10:30:00ZZ T10:30:00 2026-02-28T 2026-02-28T10:30 2026-02-28t10:30:00 2026-02-28T10:30:00T
9999-12-31T24:00:00 P -P PT P1 P1DT PT5 1D P1W P1.5D PT1.5H PT1.5M P1Y1D P1M2D P1YT1H P-1D +P1D p1d P1D2H PT1S1M P1D1Y
PT.5S P999999999999D \u0661\u0660:30:00 \u0662026-02-28 P\u0661D tomorrow
"""


@pytest.mark.parametrize(("text", "value"), FORMS)
def test_a_form_is_read(text: str, value: Any) -> None:
    found = parse_at(text)
    assert found == value
    assert type(found) is type(value)
    assert getattr(found, "tzinfo", None) == getattr(value, "tzinfo", None)


@pytest.mark.parametrize("text", [*NOT_FORMS.split(), "", " ", "2026-02-28 ", "2026-02-28\n", "10:30:00@UTC\n", "P1D\n"])
def test_anything_else_is_not(text: str) -> None:
    assert parse_at(text) is None


def test_what_is_far_too_long_is_not_even_tried() -> None:
    assert parse_at("PT" + "1" * 10**6 + "S") is None
    assert parse_at("10:30:00." + "1" * 10**6) is None
    assert parse_at("10:30:00@" + "A" * 10**6) is None


ZONES: Final = st.sampled_from(
    [None, UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=11)), PARIS, ZoneInfo("America/St_Johns")]
)
TIMES: Final = st.times(timezones=ZONES)
DATE_TIMES: Final = st.builds(datetime.combine, st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.times(), ZONES).map(
    lambda value: value.replace(fold=0)
)
DURATIONS: Final = st.timedeltas(-timedelta(days=40_000), timedelta(days=40_000))
MONTHS: Final = st.builds(Months, st.integers(-1200, 1200))
DATES: Final = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@given(st.one_of(st.dates(), TIMES, DATE_TIMES, st.timedeltas(), st.builds(Months, st.integers(-(10**9), 10**9))))
def test_what_is_written_is_read_back(value: Any) -> None:
    text = string(value)
    assert text is not None
    found = parse_at(text)
    assert found == value
    assert string(found) == text


SUMS: Final = [
    ("2026-01-31", "P1M", "2026-02-28"),
    ("2024-01-31", "P1M", "2024-02-29"),
    ("2024-02-29", "P1Y", "2025-02-28"),
    ("2024-02-29", "P4Y", "2028-02-29"),
    ("2026-03-31", "-P1M", "2026-02-28"),
    ("2026-12-15", "P1M", "2027-01-15"),
    ("2026-01-15", "-P1M", "2025-12-15"),
    ("2026-01-01", "P1D", "2026-01-02"),
    ("2026-01-01", "PT36H", "2026-01-02"),
    ("2026-01-01", "-PT1S", "2025-12-31"),
    ("2026-01-31T10:30:00", "P1M", "2026-02-28T10:30:00"),
    ("2026-01-31T23:30:00", "PT45M", "2026-02-01T00:15:00"),
    ("2026-01-31T23:30:00-05:00", "PT45M", "2026-02-01T00:15:00-05:00"),
    # the clocks of Paris go forward on 29 March 2026, and back on 25 October
    ("2026-03-28T12:00:00@Europe/Paris", "P1D", "2026-03-29T13:00:00@Europe/Paris"),
    ("2026-10-24T12:00:00@Europe/Paris", "P1D", "2026-10-25T11:00:00@Europe/Paris"),
    ("2026-02-28T12:00:00@Europe/Paris", "P1M", "2026-03-28T12:00:00@Europe/Paris"),
    ("2026-03-28T12:00:00@Europe/Paris", "P1M", "2026-04-28T12:00:00@Europe/Paris"),
    ("10:30:00", "PT14H", "00:30:00"),
    ("10:30:00+02:00", "-P1DT11H", "23:30:00+02:00"),
    ("10:30:00@Europe/Paris", "P2D", "10:30:00@Europe/Paris"),
    ("PT90M", "PT30M", "PT2H"),
    ("P1Y", "-P13M", "-P1M"),
]


@pytest.mark.parametrize(("a", "b", "total"), SUMS)
def test_a_sum_is_the_same_both_ways_round(a: str, b: str, total: str) -> None:
    assert string(temporal.add(at(a), at(b))) == total
    assert string(temporal.add(at(b), at(a))) == total


NO_SUMS: Final = [
    ("2026-01-01", "2026-01-01"),
    ("10:00:00", "10:00:00"),
    ("10:00:00", "P1M"),
    ("P1D", "P1M"),
    ("9999-12-31", "P1D"),
    ("9999-12-31", "P1M"),
    ("0001-01-01", "-P1D"),
    ("9999-12-31T23:00:00Z", "PT2H"),
    ("P999999999D", "P1D"),
]


@pytest.mark.parametrize(("a", "b"), NO_SUMS)
def test_what_does_not_add_up_is_null(a: str, b: str) -> None:
    assert temporal.add(at(a), at(b)) is None


@pytest.mark.parametrize("other", [None, 1, Decimal(1), "P1D", True, [timedelta(1)]])
def test_other_values_do_not_take_part(other: Any) -> None:
    for value in (date(2026, 1, 1), time(10), datetime(2026, 1, 1), timedelta(1), Months(1)):
        assert temporal.add(value, other) is None
        assert temporal.add(other, value) is None
        assert temporal.subtract(value, other) is None
        assert temporal.subtract(other, value) is None
        assert temporal.compare(value, other) is None
        assert temporal.equal(value, other) is None


DIFFERENCES: Final = [
    ("2026-03-01", "2026-02-01", "P28D"),
    ("2026-02-01", "2026-03-01", "-P28D"),
    ("2026-03-31", "P1M", "2026-02-28"),
    ("2026-03-01", "PT1H", "2026-02-28"),
    ("2026-02-01T00:00:00Z", "2026-01-31", "P1D"),
    ("2026-02-01", "2026-01-31T12:00:00Z", "PT12H"),
    ("2026-02-01T10:00:00+02:00", "2026-02-01T10:00:00Z", "-PT2H"),
    ("2026-03-29T12:00:00@Europe/Paris", "2026-03-28T12:00:00@Europe/Paris", "PT23H"),
    ("2026-07-01T12:00:00@Europe/Paris", "2026-07-01T12:00:00@America/New_York", "-PT6H"),
    ("10:00:00", "12:30:00", "-PT2H30M"),
    ("10:00:00+02:00", "10:00:00Z", "-PT2H"),
    ("10:00:00@Europe/Paris", "10:00:00Z", "-PT1H"),
    ("PT1H", "PT90M", "-PT30M"),
    ("P1Y", "P1M", "P11M"),
]


@pytest.mark.parametrize(("a", "b", "difference"), DIFFERENCES)
def test_a_difference(a: str, b: str, difference: str) -> None:
    assert string(temporal.subtract(at(a), at(b))) == difference


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("10:00:00", "10:00:00Z"),
        ("2026-01-01T00:00:00", "2026-01-01T00:00:00Z"),
        ("2026-01-02T00:00:00", "2026-01-01"),  # a date is a midnight in UTC
        ("10:00:00", "2026-01-01"),
        ("P1D", "P1M"),
    ],
)
def test_a_clock_with_a_zone_and_one_without_have_no_difference(a: str, b: str) -> None:
    assert temporal.subtract(at(a), at(b)) is None


SCALED: Final = [
    ("P1D", "1.5", "P1DT12H"),
    ("PT1S", "0.0000015", "PT0.000001S"),
    ("-PT1S", "0.0000015", "-PT0.000001S"),
    ("P5M", "1.5", "P7M"),
    ("-P5M", "1.5", "-P7M"),
    ("P1Y", "0", "P0M"),
    ("P1D", "-2", "-P2D"),
]


@pytest.mark.parametrize(("duration", "factor", "product"), SCALED)
def test_a_product_is_cut_off_towards_zero(duration: str, factor: str, product: str) -> None:
    assert string(temporal.multiply(at(duration), Decimal(factor))) == product
    assert string(temporal.multiply(Decimal(factor), at(duration))) == product


def test_division() -> None:
    assert temporal.divide(at("P1D"), Decimal(5)) == at("PT4H48M")
    assert temporal.divide(at("P11M"), Decimal(-2)) == Months(-5)
    assert temporal.divide(at("P1D"), at("PT5H")) == Decimal("4.8")
    assert temporal.divide(at("P1Y"), at("P5M")) == Decimal("2.4")
    for divisor in (Decimal(0), timedelta(), Months(1), True, None, "2"):
        assert temporal.divide(at("P1D"), divisor) is None
    assert temporal.multiply(at("P1D"), at("P1D")) is None
    assert temporal.multiply(at("P999999999D"), Decimal(2)) is None
    assert temporal.multiply(at("P1D"), True) is None
    assert temporal.negate(at("P1DT1H")) == at("-P1DT1H")
    assert temporal.negate(date(2026, 1, 1)) is None


@given(DATE_TIMES, DURATIONS)
def test_what_a_duration_moved_it_moves_back(start: datetime, by: timedelta) -> None:
    moved = temporal.add(start, by)
    assert isinstance(moved, datetime)
    assert temporal.subtract(moved, start) == by
    assert temporal.equal(temporal.subtract(moved, by), start)


@given(TIMES, DURATIONS)
def test_a_clock_goes_round(start: time, by: timedelta) -> None:
    moved = temporal.add(start, by)
    assert temporal.subtract(moved, by) == start
    assert temporal.add(start, by + timedelta(days=1)) == moved


@given(DATES, st.integers(-20_000, 20_000))
def test_days_are_counted_as_python_counts_them(day: date, count: int) -> None:
    assert temporal.add(day, timedelta(days=count)) == day + timedelta(days=count)


@given(DATES, st.integers(-1200, 1200))
def test_months_keep_the_day_or_take_the_last(day: date, count: int) -> None:
    moved = temporal.add(day, Months(count))
    assert isinstance(moved, date)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == count
    last = temporal.days_in_month(moved.year, moved.month)
    assert moved.day == min(day.day, last)
    if day.day <= 28:
        assert temporal.subtract(moved, Months(count)) == day
        assert temporal.months_between(day, moved) == Months(count)


@given(st.integers(1, 9999), st.integers(1, 12))
def test_a_month_has_as_many_days_as_python_says(year: int, month: int) -> None:
    assert temporal.days_in_month(year, month) == calendar.monthrange(year, month)[1]


@given(DATES, DATES)
def test_months_between_are_as_many_as_fit(first: date, last: date) -> None:
    months = temporal.months_between(first, last).months
    assert temporal.months_between(last, first) == Months(-months)
    assume(first <= last)
    reached, beyond = temporal.add(first, Months(months)), temporal.add(first, Months(months + 1))
    assert isinstance(reached, date)
    assert reached <= last
    assert isinstance(beyond, date)
    assert beyond > last or beyond.day < first.day


@given(st.one_of(st.tuples(DURATIONS, DURATIONS), st.tuples(MONTHS, MONTHS)))
def test_durations_add_up_as_numbers_do(pair: tuple[Any, Any]) -> None:
    a, b = pair
    assert temporal.add(a, b) == temporal.add(b, a)
    assert temporal.subtract(temporal.add(a, b), b) == a
    assert temporal.add(a, temporal.negate(b)) == temporal.subtract(a, b)
    if b != type(b)(0):
        quotient = temporal.divide(a, b)
        assert isinstance(quotient, Decimal)
        assert abs(as_number(a) - quotient * as_number(b)) < Decimal("1e-10")


@given(DATE_TIMES, DATE_TIMES)
def test_date_times_are_ordered_as_instants(a: datetime, b: datetime) -> None:
    order = temporal.compare(a, b)
    if (a.tzinfo is None) != (b.tzinfo is None):
        assert order is None
        assert temporal.equal(a, b) is False
        return
    gap = temporal.subtract(a, b)
    assert isinstance(gap, timedelta)
    assert order == (gap > timedelta()) - (gap < timedelta())
    assert temporal.compare(b, a) == -order
    assert temporal.equal(a, b) is (order == 0)
    if temporal.identical(a, b):
        assert order == 0


@pytest.mark.parametrize(
    ("a", "b", "order"),
    [
        ("2026-10-25T02:30:00@Europe/Paris", "2026-10-25T02:30:00+02:00", 0),
        ("2026-07-01T12:00:00@Europe/Paris", "2026-07-01T12:00:00@Africa/Lagos", -1),
        ("10:00:00@Europe/Paris", "09:00:00Z", 0),
        ("10:00:00+02:00", "09:00:00Z", -1),
        ("00:30:00+14:00", "23:30:00-11:00", -1),
        ("P1D", "PT24H", 0),
        ("P12M", "P1Y", 0),
        ("-P1D", "PT0S", -1),
        ("P30D", "P1M", None),
        ("10:00:00", "10:00:00Z", None),
        ("2026-01-01", "2026-01-01T00:00:00", None),
        ("2026-01-01", "10:00:00", None),
    ],
)
def test_order(a: str, b: str, order: int | None) -> None:
    assert temporal.compare(at(a), at(b)) == order
    assert temporal.compare(at(b), at(a)) == (None if order is None else -order)


DAY_TIME: Final = at("2026-07-13T10:30:15.75@Europe/Paris")


@pytest.mark.parametrize(
    ("value", "name", "found"),
    [
        (date(2026, 7, 13), "year", 2026),
        (date(2026, 7, 13), "month", 7),
        (date(2026, 7, 13), "day", 13),
        (date(2026, 7, 13), "weekday", 1),
        (date(2026, 7, 19), "weekday", 7),
        (date(2026, 7, 13), "hour", None),
        (DAY_TIME, "year", 2026),
        (DAY_TIME, "weekday", 1),
        (DAY_TIME, "hour", 10),
        (DAY_TIME, "minute", 30),
        (DAY_TIME, "second", 15),
        (DAY_TIME, "time offset", timedelta(hours=2)),
        (DAY_TIME, "timezone", "Europe/Paris"),
        (at("10:30:00@Europe/Paris"), "time offset", timedelta(hours=1)),
        (at("10:30:00@Australia/Melbourne"), "time offset", timedelta(hours=10)),
        (at("10:30:00+05:00"), "time offset", timedelta(hours=5)),
        (at("10:30:00+05:00"), "timezone", None),
        (at("10:30:00"), "time offset", None),
        (at("10:30:00"), "year", None),
        (at("P1DT2H3M4.5S"), "days", 1),
        (at("P1DT2H3M4.5S"), "hours", 2),
        (at("P1DT2H3M4.5S"), "minutes", 3),
        (at("P1DT2H3M4.5S"), "seconds", 4),
        (at("-P1DT2H"), "days", -1),
        (at("-P1DT2H"), "hours", -2),
        (at("PT50H"), "days", 2),
        (at("PT50H"), "years", None),
        (at("-P14M"), "years", -1),
        (at("-P14M"), "months", -2),
        (at("P14M"), "days", None),
        (Range(Decimal(1), None, True, False), "start", 1),
        (Range(Decimal(1), None, True, False), "end", None),
        (Range(Decimal(1), None, True, False), "start included", True),
        (Range(Decimal(1), None, True, False), "end included", False),
        ("text", "year", None),
        (None, "year", None),
    ],
)
def test_a_property(value: Any, name: str, found: Any) -> None:
    assert temporal.get(value, name) == found


@given(DURATIONS)
def test_the_parts_of_a_duration_are_the_whole(duration: timedelta) -> None:
    parts = [int(temporal.get(duration, name)) for name in ("days", "hours", "minutes", "seconds")]
    days, hours, minutes, seconds = parts
    whole = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    assert abs(duration - whole) < timedelta(seconds=1)
    assert all(part <= 0 for part in parts) or all(part >= 0 for part in parts)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", date(2026, 7, 13)),
        ("date-time", DAY_TIME),
        ("time", at("10:30:00@Europe/Paris")),
        ("duration", timedelta(hours=30)),
        ("months", Months(14)),
        ("range", Range(Decimal(1), Decimal(2))),
    ],
)
def test_every_property_is_of_its_declared_type(kind: Kind, value: Any) -> None:
    for name, of in temporal.PROPERTIES[kind].items():
        assert fits(of, temporal.get(value, name)), name
