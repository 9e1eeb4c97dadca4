"""Functions that read or make a value of another kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

from remit.language import temporal, text
from remit.language.builtins.addable import whole
from remit.language.builtins.table import Builtin, Parameter, Signature
from remit.language.evaluating import relations
from remit.language.text import parse_number
from remit.language.types import ANY, DATE, DATE_TIME, DURATION, MONTHS, NUMBER, TEXT, TIME, range_of
from remit.language.values import Money, Months, Range

__all__ = ["FUNCTIONS"]

_QUOTED: Final = r'"((?:[^"\\]|\\.)*)"'
_RANGE: Final = re.compile(rf'\s*([\[(\]])\s*((?:{_QUOTED}|(?!\.\.)[^"])*?)\s*\.\.\s*((?:{_QUOTED}|[^"])*?)\s*([\])\[])\s*')
_TEXT: Final = re.compile(_QUOTED)
_AT: Final = re.compile(rf"@\s*{_QUOTED}")
_CALL: Final = re.compile(rf"(date and time|date|time|duration)\s*\(\s*{_QUOTED}\s*\)")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}
_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "date": temporal.parse_date,
    "time": temporal.parse_time,
    "date and time": temporal.parse_date_time,
    "duration": temporal.parse_duration,
}
#: The longest text that is read as a range.
_LONGEST: Final = 1_000


def read_range(written: str) -> Range | None:
    """The range, or ``None`` where the text is none.

    >>> read_range("[18..)")
    Range(low=Decimal('18'), high=None, low_closed=True, high_closed=False, operator='')
    """
    found = _RANGE.fullmatch(written) if len(written) <= _LONGEST else None
    if found is None:
        return None
    low_closed, high_closed = found[1] == "[", found[6] == "]"
    low, high = _end(found[2]), _end(found[4])
    if (low is None and (found[2] or low_closed)) or (high is None and (found[4] or high_closed)):
        return None
    if low is None and high is None:
        return None
    if low is not None and high is not None and not _in_order(low, high):
        return None
    return Range(low, high, low_closed, high_closed)


def _in_order(low: Any, high: Any) -> bool:
    return relations.kind_of(low) == relations.kind_of(high) and relations.compare("<=", low, high) is True


def _end(written: str) -> Any:
    """A literal: a number, money, text in quotes, a date, time or duration."""
    number = parse_number(written)
    if number is not None:
        return number
    if quoted := _TEXT.fullmatch(written):
        return _ESCAPE.sub(_unescaped, quoted[1])
    if at := _AT.fullmatch(written):
        return temporal.parse_at(at[1])
    if call := _CALL.fullmatch(written):
        return _READERS[call[1]](call[2])
    try:
        return Money.of(written)
    except ValueError:
        return None


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    if code:
        return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else found[0]
    return _ESCAPES.get(found[3], found[3])


_FARTHEST: Final = timedelta(hours=18)
_SEPARATORS: Final = {"grouping": (" ", ",", "."), "decimal": (",", ".")}


def _date(year: Decimal, month: Decimal, day: Decimal) -> date | None:
    parts = (whole(year), whole(month), whole(day))
    try:
        return date(*(part for part in parts if part is not None)) if None not in parts else None
    except ValueError:
        return None


def _date_of(value: datetime) -> date:
    return value.date()


def _as_it_is(value: Any) -> Any:
    return value


def _time(hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None) -> time | None:
    hours, minutes, seconds = whole(hour), whole(minute), int(second)
    micros = whole((Decimal(second) - seconds) * 1_000_000)
    if hours is None or minutes is None or micros is None or (offset is not None and abs(offset) > _FARTHEST):
        return None
    zone = None if offset is None else timezone(offset)
    try:
        return time(hours, minutes, seconds, micros, UTC if zone == UTC else zone)
    except ValueError:
        return None


def _time_of(value: datetime) -> time:
    return value.timetz()


def _midnight(value: date) -> time:
    return time(tzinfo=UTC)


def _date_and_time(day: date | datetime, clock: time) -> datetime:
    return datetime.combine(date(day.year, day.month, day.day), clock)


def _number(written: str, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    if grouping is not None and grouping not in _SEPARATORS["grouping"]:
        return None
    if point is not None and point not in _SEPARATORS["decimal"]:
        return None
    if grouping is not None and grouping == point:
        return None
    if grouping is not None:
        written = written.replace(grouping, "")
    if point == ",":
        if "." in written:
            return None
        written = written.replace(",", ".")
    return text.parse_number(written)


def _days(written: str) -> timedelta | Months | None:
    return temporal.parse_duration(written)


_FROM_TEXT: Final = (Parameter("from", TEXT),)
_CLOCK: Final = tuple(Parameter(name, NUMBER) for name in ("hour", "minute", "second"))

FUNCTIONS: Final = (
    Builtin(
        "string",
        "The value as text.",
        (Signature((Parameter("from"),), TEXT, text.string),),
        (("string(1.50)", '"1.5"'), ("string(30 EUR)", '"30 EUR"'), ('string(@"PT49H")', '"P2DT1H"')),
    ),
    Builtin(
        "number",
        "The number that a text writes, with a separator of thousands and one of decimals if wanted.",
        (
            Signature(_FROM_TEXT, NUMBER, _number),
            Signature((Parameter("from", NUMBER),), NUMBER, _as_it_is),
            Signature(
                (*_FROM_TEXT, *(Parameter(f"{name} separator", TEXT, null=True) for name in _SEPARATORS)), NUMBER, _number
            ),
        ),
        (('number("1 000,50", " ", ",")', "1000.5"), ('number("12.5")', "12.5"), ('number("ten")', "null")),
    ),
    Builtin(
        "date",
        "The date that a text writes, of a date and time, or of a year, month and day.",
        (
            Signature(_FROM_TEXT, DATE, temporal.parse_date),
            Signature((Parameter("from", DATE_TIME),), DATE, _date_of),
            Signature((Parameter("from", DATE),), DATE, _as_it_is),
            Signature(tuple(Parameter(name, NUMBER) for name in ("year", "month", "day")), DATE, _date),
        ),
        (('date("2026-02-28")', '@"2026-02-28"'), ("date(2026, 2, 28)", '@"2026-02-28"'), ("date(2026, 2, 29)", "null")),
    ),
    Builtin(
        "time",
        "The time of day that a text writes, of a date and time, or of an hour, minute, second and offset from UTC.",
        (
            Signature(_FROM_TEXT, TIME, temporal.parse_time),
            Signature((Parameter("from", DATE_TIME),), TIME, _time_of),
            Signature((Parameter("from", TIME),), TIME, _as_it_is),
            Signature((Parameter("from", DATE),), TIME, _midnight),
            Signature((*_CLOCK, Parameter("offset", DURATION, optional=True, null=True)), TIME, _time),
        ),
        (('time("10:30:00+02:00")', '@"10:30:00+02:00"'), ('time(10, 30, 0, @"PT2H")', '@"10:30:00+02:00"')),
    ),
    Builtin(
        "date and time",
        "The date and time that a text writes, or of a date and a time.",
        (
            Signature(_FROM_TEXT, DATE_TIME, temporal.parse_date_time),
            Signature((Parameter("from", DATE_TIME),), DATE_TIME, _as_it_is),
            Signature((Parameter("date", DATE), Parameter("time", TIME)), DATE_TIME, _date_and_time),
            Signature((Parameter("date", DATE_TIME), Parameter("time", TIME)), DATE_TIME, _date_and_time),
        ),
        (
            ('date and time("2026-02-28T10:30:00Z")', '@"2026-02-28T10:30:00Z"'),
            ('date and time(@"2026-02-28", @"10:30:00")', '@"2026-02-28T10:30:00"'),
        ),
    ),
    Builtin(
        "duration",
        "The duration that a text writes: of days and time (`PT36H`), or of years and months (`P1Y6M`).",
        (Signature(_FROM_TEXT, ANY, _days),),
        (('duration("PT36H")', '@"P1DT12H"'), ('duration("P18M")', '@"P1Y6M"'), ('duration("P1M1D")', "null")),
    ),
    Builtin(
        "years and months duration",
        "The whole months from one date to another.",
        tuple(
            Signature((Parameter("from", first), Parameter("to", last)), MONTHS, temporal.months_between)
            for first in (DATE, DATE_TIME)
            for last in (DATE, DATE_TIME)
        ),
        (('years and months duration(@"2011-12-22", @"2013-08-24")', '@"P1Y8M"'),),
    ),
    Builtin(
        "range",
        "The range that a text writes.",
        (Signature(_FROM_TEXT, range_of(ANY), read_range),),
        (('range("[1..3)")', "[1..3)"), ('40 in range("[18..)")', "true"), ('range("[3..1]")', "null")),
    ),
)
