"""``+ - * /`` on dates, times and durations (DMN 1.4, tables 55 to 57).

Adding a days duration to a date-time with a zone moves the instant; adding months moves the calendar day and keeps the
clock. A date counts as its midnight in UTC where a date-time is needed, and what is added to it is cut back to a date.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal, DecimalException
from typing import Any, Final

from remit.language.temporal.months import shift
from remit.language.temporal.order import comparable
from remit.language.temporal.zones import as_utc
from remit.language.values import CONTEXT, Months

__all__ = ["add", "as_number", "divide", "multiply", "negate", "subtract"]

_DAY: Final = timedelta(days=1)
_MICRO: Final = timedelta(microseconds=1)
_MICROS_IN_SECOND: Final = 1_000_000


def add(a: Any, b: Any) -> date | time | datetime | timedelta | Months | None:
    """``a + b``: two durations of one kind, or a duration and what it moves, either way round."""
    try:
        match a, b:
            case (timedelta(), timedelta()):
                return a + b
            case (Months(), Months()):
                return Months(a.months + b.months)
            case (date() | time(), timedelta() | Months()):
                return _move(a, b)
            case (timedelta() | Months(), date() | time()):
                return _move(b, a)
    except OverflowError:
        pass
    return None


def subtract(a: Any, b: Any) -> date | time | datetime | timedelta | Months | None:
    """``a - b``: two durations of one kind, a duration taken from what it moves, or the time between two of a kind."""
    try:
        match a, b:
            case (timedelta(), timedelta()):
                return a - b
            case (Months(), Months()):
                return Months(a.months - b.months)
            case (date() | time(), timedelta()):
                return _move(a, -b)
            case (date() | time(), Months()):
                return _move(a, Months(-b.months))
            case (date() | time(), date() | time()):
                return _between(a, b)
    except OverflowError:
        pass
    return None


def _move(start: date | time, by: timedelta | Months) -> date | time | datetime | None:
    if isinstance(by, Months):
        return None if isinstance(start, time) else shift(start, by.months)
    match start:
        case time():
            moved = datetime.combine(date(2000, 1, 1), start.replace(tzinfo=None)) + by % _DAY
            return moved.time().replace(tzinfo=start.tzinfo)
        case datetime():
            instant = as_utc(start)
            return start + by if instant is None else (instant + by).astimezone(start.tzinfo)
    return (datetime.combine(start, time()) + by).date()


def _between(end: date | time, start: date | time) -> timedelta | None:
    if isinstance(end, datetime) != isinstance(start, datetime):
        end, start = _midnight(end, start), _midnight(start, end)
    pair = comparable(end, start)
    return None if pair is None else pair[0] - pair[1]


def _midnight(value: date | time, other: date | time) -> date | time:
    """A date beside a date-time is its midnight in UTC (which says nothing beside one that has no zone)."""
    if isinstance(value, date) and not isinstance(value, datetime) and isinstance(other, datetime):
        return datetime.combine(value, time(tzinfo=UTC))
    return value


def negate(value: Any) -> timedelta | Months | None:
    """``-value`` of a duration."""
    return multiply(value, Decimal(-1))


def multiply(duration: Any, factor: Any) -> timedelta | Months | None:
    """A duration times a number, either way round; cut off to whole microseconds or whole months."""
    if isinstance(factor, (timedelta, Months)):
        duration, factor = factor, duration
    return _scale(duration, factor, CONTEXT.multiply)


def divide(duration: Any, divisor: Any) -> timedelta | Months | Decimal | None:
    """A duration by a number, cut off as in :func:`multiply`; or by a duration of its kind, which gives a number."""
    if isinstance(divisor, (timedelta, Months)):
        if type(duration) is not type(divisor) or not as_number(divisor):
            return None
        return CONTEXT.divide(as_number(duration), as_number(divisor))
    return _scale(duration, divisor, CONTEXT.divide)


def _scale(duration: Any, number: Any, operation: Any) -> timedelta | Months | None:
    if not isinstance(duration, (timedelta, Months)) or isinstance(number, bool) or not isinstance(number, (Decimal, int)):
        return None
    try:
        scaled = int(operation(as_number(duration), Decimal(number)).to_integral_value(rounding=ROUND_DOWN))
        return Months(scaled) if isinstance(duration, Months) else _MICRO * scaled
    except (DecimalException, OverflowError):
        return None


def as_number(duration: timedelta | Months) -> Decimal:
    """The length in microseconds, or in months."""
    if isinstance(duration, Months):
        return Decimal(duration.months)
    whole_seconds = duration.days * 86_400 + duration.seconds
    return Decimal(whole_seconds * _MICROS_IN_SECOND + duration.microseconds)
