"""England's working days, from the public holidays that the holidays package knows."""

from __future__ import annotations

from datetime import date, timedelta

import holidays

__all__ = ["is_working", "nth_after", "passed"]

_ENGLAND = holidays.country_holidays("GB", subdiv="ENG", years=range(2018, 2031))


def is_working(day: date) -> bool:
    """Monday to Friday, and no public holiday."""
    return day.weekday() < 5 and day not in _ENGLAND


def nth_after(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``."""
    while count:
        day += timedelta(days=1)
        count -= is_working(day)
    return day


def passed(first: date, last: date) -> int:
    """Working days after ``first`` up to and including ``last``; negative where ``last`` is the earlier one."""
    if last < first:
        return -passed(last, first)
    return sum(is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
