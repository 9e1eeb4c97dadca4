"""Which of two temporal values is earlier or shorter, and when they are the same.

Values with a zone are compared as instants. One with a zone and one without are not equal, and have no order: null, never
a guess.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from remit.language.temporal.zones import offset_of, zone_name
from remit.language.values import Months

__all__ = ["clock", "comparable", "compare", "equal", "identical", "instant", "written_alike"]


def clock(value: time) -> timedelta:
    """Time since midnight on the clock that ``value`` was read from."""
    return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)


def comparable(a: Any, b: Any) -> tuple[Any, Any] | None:
    """``a`` and ``b`` in a form that Python orders rightly; ``None`` where the language does not order them."""
    match a, b:
        case (datetime(), datetime()):
            return _date_times(a, b)
        case (datetime(), _) | (_, datetime()):
            return None
        case (date(), date()) | (timedelta(), timedelta()):
            return a, b
        case (time(), time()):
            return _times(a, b)
        case (Months(), Months()):
            return a.months, b.months
    return None


def _date_times(a: datetime, b: datetime) -> tuple[datetime, datetime] | tuple[timedelta, timedelta] | None:
    if a.tzinfo is None and b.tzinfo is None:
        return a, b
    first, second = instant(a), instant(b)
    return None if first is None or second is None else (first, second)


def instant(value: datetime) -> timedelta | None:
    """The time since the calendar began, in UTC, which may lie beyond either end of it; ``None`` where there is no zone."""
    offset = value.utcoffset()
    return None if offset is None else value.replace(tzinfo=None) - datetime.min - offset


def _times(a: time, b: time) -> tuple[timedelta, timedelta] | None:
    if a.tzinfo is None and b.tzinfo is None:
        return clock(a), clock(b)
    first, second = offset_of(a), offset_of(b)
    if first is None or second is None:
        return None
    return clock(a) - first, clock(b) - second


def compare(a: Any, b: Any) -> Literal[-1, 0, 1] | None:
    """-1 where ``a`` is earlier or shorter, 1 where later or longer, 0 where neither; ``None`` where they do not compare."""
    pair = comparable(a, b)
    if pair is None:
        return None
    first, second = pair
    return -1 if first < second else 1 if first > second else 0


def equal(a: Any, b: Any) -> bool | None:
    """FEEL's ``=`` on temporal values: the same instant, day, time or length; ``None`` for values of different kinds."""
    order = compare(a, b)
    zoned = (isinstance(a, datetime) and isinstance(b, datetime)) or (isinstance(a, time) and isinstance(b, time))
    return order == 0 if order is not None or zoned else None


def identical(a: Any, b: Any) -> bool:
    """FEEL's ``is``: the same kind, the same fields, and the same offset or the same named zone: two ways of writing one
    instant differ."""
    return written_alike(a, b) and (not isinstance(a, datetime | time) or zone_name(a) == zone_name(b))


def written_alike(a: Any, b: Any) -> bool:
    """The same, but for zones of different names that have the same offset."""
    if type(a) is not type(b):
        return False
    if isinstance(a, datetime | time):
        return offset_of(a) == offset_of(b) and a.replace(tzinfo=None) == b.replace(tzinfo=None)
    return bool(a == b)
