"""Where a window begins and ends. Times are microseconds since 1970, UTC; months, weeks and days are those of a time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from remit.language.fast_dataclass import dataclass
from remit.policy.model import Window

__all__ = ["LAST_MOMENT", "Span", "as_datetime", "as_micros", "day_in", "length_in_micros", "span_of"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO: Final = timedelta(microseconds=1)

#: The last moment that can be written, in microseconds since 1970: the end of the year 9999.
LAST_MOMENT: Final = 253_402_300_799_999_999


def as_micros(moment: datetime) -> int:
    """A moment with a time zone as microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICRO


@lru_cache(maxsize=256)
def length_in_micros(length: timedelta) -> int:
    """A length of time in microseconds, exactly."""
    return length // _MICRO


def as_datetime(micros: int) -> datetime:
    """Microseconds since 1970 as a moment in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


@lru_cache(maxsize=1024)
def day_in(micros: int, timezone: str) -> date:
    """The day it is in a time zone; no later one than the calendar has."""
    try:
        return as_datetime(micros).astimezone(_zone(timezone)).date()
    except OverflowError:
        return date.max


@dataclass(frozen=True, slots=True)
class Span:
    """One window at one moment. What was charged at ``after`` or before lies outside (``None``: nothing does).

    ``end`` is when a calendar window gives way to the next; ``length`` is how long a charge stays in a rolling one.
    """

    after: int | None
    end: int | None = None
    length: int | None = None


_ALWAYS: Final = Span(None)


def span_of(window: Window, now: int, timezone: str) -> Span:
    """The window as it stands at ``now``.

    A rolling window of 90 days is 90 times 24 hours, whatever the clocks do: what was charged exactly so long ago is out. A
    calendar window begins at midnight of its first day in ``timezone``; where the clocks skip midnight, when the day begins.
    """
    match window.kind:
        case "rolling":
            assert window.length is not None
            length = length_in_micros(window.length)
            return Span(max(-1, now - length), length=length)  # nothing was charged before 1970
        case "calendar":
            return _calendar_span(window, now, timezone)
        case _:
            return _ALWAYS


#: The calendar window that was asked for last, by unit, first month and time zone: most often it is still the one.
_recent: Final[dict[tuple[str | None, int, str], Span]] = {}


def _calendar_span(window: Window, now: int, timezone: str) -> Span:
    key = window.unit, window.start_month, timezone
    span = _recent.get(key)
    if span is None or span.after is None or span.end is None or not span.after < now < span.end:
        first = _first_day(day_in(now, timezone), window)
        following = _next_first(first, window)
        span = Span(_midnight(first, timezone) - 1, end=None if following is None else _midnight(following, timezone))
        _recent[key] = span
    return span


@lru_cache(maxsize=64)
def _zone(timezone: str) -> ZoneInfo:
    return ZoneInfo(timezone)


@lru_cache(maxsize=1024)
def _midnight(day: date, timezone: str) -> int:
    # In a gap, fold=0 reads the clock by the offset before it, which is the moment of the change: where the day begins. Where
    # midnight comes twice, fold=0 is the first.
    return as_micros(datetime.combine(day, time(), _zone(timezone)).astimezone(UTC))


def _months(window: Window) -> int:
    return {"month": 1, "quarter": 3, "year": 12}[window.unit or "month"]


def _first_day(today: date, window: Window) -> date:
    if window.unit == "day":
        return today
    if window.unit == "week":
        return today - timedelta(days=today.weekday())
    months = today.year * 12 + today.month - 1
    return _month(months - (months - (window.start_month - 1)) % _months(window))


def _next_first(first: date, window: Window) -> date | None:
    """``None`` where the calendar ends before, with the year 9999."""
    try:
        if window.unit in ("day", "week"):
            return first + timedelta(days=1 if window.unit == "day" else 7)
        return _month(first.year * 12 + first.month - 1 + _months(window))
    except (ValueError, OverflowError):
        return None


def _month(months: int) -> date:
    year, month = divmod(months, 12)
    return date(year, month + 1, 1)
