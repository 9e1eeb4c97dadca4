"""Functions on days: their place in week and year, and working days on the calendars that a policy declares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from remit.language.builtins.addable import whole
from remit.language.builtins.table import Builtin, Example, Parameter, Signature
from remit.language.calendars import Calendar
from remit.language.types import BOOLEAN, DATE, DATE_TIME, INTEGER, NUMBER, TEXT, Type, choice

__all__ = ["FUNCTIONS"]

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

Calendars = Mapping[str, Calendar]


def _day_of_year(day: date) -> Decimal:
    return Decimal(day.timetuple().tm_yday)


def _day_of_week(day: date) -> str:
    return _WEEKDAYS[day.weekday()]


def _month_of_year(day: date) -> str:
    return _MONTHS[day.month - 1]


def _week_of_year(day: date) -> Decimal:
    return Decimal(day.isocalendar().week)


def _only_day(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def _add_working_days(day: date, count: Decimal, calendar: str, *, calendars: Calendars) -> date | None:
    found, days = calendars.get(calendar), whole(count)
    return None if found is None or days is None else found.add(_only_day(day), days)


def _working_days_between(first: date, last: date, calendar: str, *, calendars: Calendars) -> Decimal | None:
    found = calendars.get(calendar)
    count = None if found is None else found.between(_only_day(first), _only_day(last))
    return None if count is None else Decimal(count)


def _is_working_day(day: date, calendar: str, *, calendars: Calendars) -> bool | None:
    found = calendars.get(calendar)
    return None if found is None else found.is_working(_only_day(day))


_DAYS: Final = (DATE, DATE_TIME)
_CALENDAR: Final = Parameter("calendar", TEXT)


def _of_day(name: str, summary: str, body: Callable[[date], Any], result: Type, *examples: Example) -> Builtin:
    return Builtin(name, summary, tuple(Signature((Parameter("date", kind),), result, body) for kind in _DAYS), examples)


FUNCTIONS: Final = (
    _of_day("day of year", "The number of the day in its year.", _day_of_year, INTEGER, ('day of year(@"2026-02-01")', "32")),
    _of_day(
        "day of week",
        "The day of the week, in English.",
        _day_of_week,
        choice(_WEEKDAYS),
        ('day of week(@"2026-02-01")', '"Sunday"'),
    ),
    _of_day(
        "month of year",
        "The month, in English.",
        _month_of_year,
        choice(_MONTHS),
        ('month of year(@"2026-02-01")', '"February"'),
    ),
    _of_day(
        "week of year",
        "The number of the week (ISO 8601: weeks start on Monday; week 1 holds the year's first Thursday).",
        _week_of_year,
        INTEGER,
        ('week of year(@"2027-01-01")', "53"),
        ('week of year(@"2027-01-04")', "1"),
    ),
    Builtin(
        "add working days",
        "The working day so many working days after a date (before it where negative), on a calendar of the policy.",
        tuple(
            Signature((Parameter("date", kind), Parameter("days", NUMBER), _CALENDAR), DATE, _add_working_days)
            for kind in _DAYS
        ),
        (('add working days(@"2026-12-24", 1, "office")', '@"2026-12-28"'),),
        needs_calendars=True,
    ),
    Builtin(
        "working days between",
        "How many working days lie after the first date, up to the last; null where the calendar does not reach.",
        tuple(
            Signature((Parameter("from", first), Parameter("to", last), _CALENDAR), INTEGER, _working_days_between)
            for first in _DAYS
            for last in _DAYS
        ),
        (('working days between(@"2026-12-24", @"2026-12-31", "office")', "4"),),
        needs_calendars=True,
    ),
    Builtin(
        "is working day",
        "Whether a date is a working day on a calendar of the policy.",
        tuple(Signature((Parameter("date", kind), _CALENDAR), BOOLEAN, _is_working_day) for kind in _DAYS),
        (('is working day(@"2026-12-25", "office")', "false"),),
        needs_calendars=True,
    ),
)
