"""Where windows begin and end: time zones, clocks that change, leap days, months of all lengths."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.ledger.caps.windows import as_datetime, as_micros, day_in, span_of
from remit.policy.model import Window


def micros(text: str) -> int:
    return as_micros(datetime.fromisoformat(text))


def calendar(unit: str, start_month: int = 1) -> Window:
    return Window("calendar", unit=unit, start_month=start_month)  # type: ignore[arg-type]


AMSTERDAM = "Europe/Amsterdam"

CALENDAR = [
    # unit, start month, zone, now, first moment in, first moment of the next
    ("day", 1, "UTC", "2026-02-28T23:59:59.999999Z", "2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"),
    ("day", 1, "UTC", "2028-02-29T12:00:00Z", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"),
    ("week", 1, AMSTERDAM, "2026-03-29T12:00:00Z", "2026-03-23T00:00:00+01:00", "2026-03-30T00:00:00+02:00"),
    ("month", 1, AMSTERDAM, "2026-06-30T22:00:00Z", "2026-07-01T00:00:00+02:00", "2026-08-01T00:00:00+02:00"),
    ("month", 1, AMSTERDAM, "2026-06-30T21:59:59.999999Z", "2026-06-01T00:00:00+02:00", "2026-07-01T00:00:00+02:00"),
    ("month", 1, AMSTERDAM, "2026-03-31T00:00:00Z", "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"),
    ("quarter", 1, "UTC", "2026-12-31T12:00:00Z", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z"),
    ("quarter", 2, "UTC", "2026-01-15T12:00:00Z", "2025-11-01T00:00:00Z", "2026-02-01T00:00:00Z"),
    ("year", 1, "UTC", "2028-02-29T12:00:00Z", "2028-01-01T00:00:00Z", "2029-01-01T00:00:00Z"),
    ("year", 4, "Europe/London", "2026-03-31T22:59:59Z", "2025-04-01T00:00:00+01:00", "2026-04-01T00:00:00+01:00"),
    ("year", 4, "Europe/London", "2026-03-31T23:00:00Z", "2026-04-01T00:00:00+01:00", "2027-04-01T00:00:00+01:00"),
    # The day of a change of clocks has 23 or 25 hours.
    ("day", 1, AMSTERDAM, "2026-03-29T10:00:00Z", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"),
    ("day", 1, AMSTERDAM, "2026-10-25T10:00:00Z", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"),
    # Midnight is skipped in Beirut: the day begins at one o'clock summer time.
    ("day", 1, "Asia/Beirut", "2026-03-29T10:00:00Z", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"),
    # Midnight comes twice in Havana: the day begins at the first.
    ("day", 1, "America/Havana", "2026-11-01T10:00:00Z", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
]


@pytest.mark.parametrize(("unit", "start_month", "zone", "now", "first", "following"), CALENDAR)
def test_calendar_windows(unit: str, start_month: int, zone: str, now: str, first: str, following: str) -> None:
    span = span_of(calendar(unit, start_month), micros(now), zone)
    assert span.after is not None
    assert span.end is not None
    assert as_datetime(span.after + 1) == datetime.fromisoformat(first)
    assert as_datetime(span.end) == datetime.fromisoformat(following)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)),
    st.sampled_from(["day", "week", "month", "quarter", "year"]),
    st.integers(1, 12),
    st.sampled_from([AMSTERDAM, "America/New_York", "Asia/Beirut", "Pacific/Apia", "Australia/Lord_Howe", "UTC"]),
)
def test_calendar_windows_hold_now_and_follow_each_other_without_a_gap(
    moment: datetime, unit: str, start: int, zone: str
) -> None:
    window, now = calendar(unit, start), as_micros(moment.replace(tzinfo=UTC))
    span = span_of(window, now, zone)
    assert span.after is not None
    assert span.end is not None
    assert span.after < now < span.end
    assert span_of(window, span.after + 1, zone) == span
    assert span_of(window, span.end - 1, zone) == span
    assert span_of(window, span.end, zone).after == span.end - 1
    if unit in ("month", "quarter", "year"):
        assert day_in(span.after + 1, zone).day == 1


def test_a_rolling_window_is_so_many_hours_whatever_the_clocks_do() -> None:
    now = micros("2026-03-30T12:00:00+02:00")
    span = span_of(Window("rolling", length=timedelta(days=2)), now, AMSTERDAM)
    assert span.after == micros("2026-03-28T11:00:00+01:00")
    assert span.end is None


@pytest.mark.parametrize("kind", ["case", "lifetime"])
def test_lifetime_and_case_hold_everything(kind: str) -> None:
    assert span_of(Window(kind), 0, "UTC").after is None  # type: ignore[arg-type]
