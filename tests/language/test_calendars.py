"""Working days: against a plain count, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.language.calendars import Calendar
from support.builtin_cases import OFFICE

DAYS: Final = [OFFICE.start + timedelta(days=count) for count in range((OFFICE.end - OFFICE.start).days)]
WORKING: Final = [day for day in DAYS if day.isoweekday() < 6 and day not in OFFICE.holidays]
EVERY_DAY: Final = st.sampled_from(DAYS)


@given(EVERY_DAY)
def test_a_day_is_working_unless_it_is_off(day: date) -> None:
    assert OFFICE.is_working(day) is (day in WORKING)


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2028, 1, 1)])
def test_beyond_its_ends_a_calendar_knows_nothing(day: date) -> None:
    assert not OFFICE.covers(day)
    assert OFFICE.is_working(day) is None
    assert OFFICE.between(day, date(2026, 3, 1)) is None
    assert OFFICE.between(date(2026, 3, 1), day) is None


@given(EVERY_DAY, EVERY_DAY)
def test_between_counts_the_working_days_after_the_first_up_to_the_last(first: date, last: date) -> None:
    wanted = sum(min(first, last) < day <= max(first, last) for day in WORKING)
    assert OFFICE.between(first, last) == (wanted if first <= last else -wanted)


@given(EVERY_DAY, st.integers(-300, 300))
def test_add_gives_the_working_day_that_many_working_days_away(day: date, count: int) -> None:
    later = [each for each in WORKING if each > day]
    earlier = [each for each in reversed(WORKING) if each < day]
    side = later if count > 0 else earlier
    wanted = day if count == 0 else side[abs(count) - 1] if abs(count) <= len(side) else None
    assert OFFICE.add(day, count) == wanted


@given(EVERY_DAY, st.integers(0, 200))
def test_what_was_added_lies_between(day: date, count: int) -> None:
    found = OFFICE.add(day, count)
    if found is not None:
        assert OFFICE.between(day, found) == count


def test_a_week_without_working_days_never_gets_anywhere_and_ends() -> None:
    idle = Calendar("idle", frozenset(), date(2026, 1, 1), date(2027, 1, 1), frozenset(range(1, 8)))
    assert idle.add(date(2026, 1, 1), 1) is None
    assert idle.between(date(2026, 1, 1), date(2026, 12, 31)) == 0


def test_a_weekend_is_what_the_calendar_says() -> None:
    gulf = Calendar("gulf", frozenset(), date(2026, 1, 1), date(2027, 1, 1), frozenset((5, 6)))
    assert gulf.add(date(2026, 1, 1), 1) == date(2026, 1, 4), "Friday and Saturday are off"
