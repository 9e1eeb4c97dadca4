"""Counting in months: the day of the month is kept, or is the last of a shorter month (DMN 1.4, 10.3.2.3.8; XQuery)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, TypeVar

from remit.language.values import Months

__all__ = ["days_in_month", "months_between", "shift"]

DateOrDateTime = TypeVar("DateOrDateTime", date, datetime)


_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def days_in_month(year: int, month: int) -> int:
    """How many days the month has, in the Gregorian calendar."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if leap and month == 2 else _DAYS[month - 1]


def shift(day: DateOrDateTime, months: int) -> DateOrDateTime | None:
    """``day`` moved by so many months; 31 January plus one month is the last day of February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return day.replace(year=year, month=month + 1, day=min(day.day, days_in_month(year, month + 1)))


def months_between(first: date, last: date) -> Months:
    """The whole months from ``first`` to ``last``, negative where ``last`` is earlier.

    Calendar days count, on the clock each was written with; the time of day and the zone do not.
    """
    if (last.year, last.month, last.day) < (first.year, first.month, first.day):
        return Months(-months_between(last, first).months)
    months = (last.year - first.year) * 12 + last.month - first.month
    return Months(months - (last.day < first.day))
