"""Values as text and text as values: FEEL's ``string()``, and the words in which people give a fact."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from remit.language.temporal import parse_date, parse_date_time, parse_duration, parse_time, zone_text
from remit.language.types import Kind, Type
from remit.language.values import Money, Months, Range, plain

__all__ = ["duration_text", "literal", "parse_number", "read", "string"]

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?|[+-]?\.[0-9]+")
_MOST_DIGITS: Final = 200
_PLAIN_NAME: Final = re.compile(r"[^\W\d][\w ]*")


def string(value: Any) -> str | None:
    """FEEL's ``string(value)``: ``1.5``, ``2026-01-31``, ``P1DT2H``, ``[1, "a"]``, ``30 EUR``; null has no text."""
    match value:
        case None:
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal() | int():
            return plain(value)
        case datetime():
            return f"{_day(value)}T{_clock(value)}{zone_text(value)}"
        case date():
            return _day(value)
        case time():
            return f"{_clock(value)}{zone_text(value)}"
        case timedelta():
            return duration_text(value)
        case Money() | Months():
            return str(value)
        case list() | tuple():
            return "[" + ", ".join(map(literal, value)) + "]"
        case Range():
            return _range(value)
        case Mapping():
            return "{" + ", ".join(f"{_name(key)}: {literal(item)}" for key, item in value.items()) + "}"
    return None


def literal(value: Any) -> str:
    """``value`` as it would be written in an expression: text in quotes, dates and durations as ``@"..."``."""
    match value:
        case None:
            return "null"
        case str():
            return '"' + "".join(_ESCAPES.get(char, char) for char in value) + '"'
        case date() | time() | timedelta() | Months():
            return f'@"{string(value)}"'
    return string(value) or "null"


_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _name(key: str) -> str:
    return key if _PLAIN_NAME.fullmatch(key) else literal(key)


def _range(value: Range) -> str:
    low = "" if value.low is None else literal(value.low)
    high = "" if value.high is None else literal(value.high)
    return f"{'[' if value.low_closed else '('}{low}..{high}{']' if value.high_closed else ')'}"


def _day(value: date) -> str:
    return f"{value.year:04}-{value.month:02}-{value.day:02}"


def _clock(value: time | datetime) -> str:
    return f"{value.hour:02}:{value.minute:02}:{value.second:02}{_fraction(value.microsecond)}"


def _fraction(micros: int) -> str:
    return f".{micros:06}".rstrip("0") if micros else ""


def duration_text(value: timedelta) -> str:
    """A days duration in its one normal form: ``P1DT2H3M4.5S``; ``PT0S`` where it is nothing."""
    sign, left = ("-", -value) if value < timedelta() else ("", value)
    hours, rest = divmod(left.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = _fraction(left.microseconds)
    days = f"{left.days}D" if left.days else ""
    clock = (
        (f"{hours}H" if hours else "")
        + (f"{minutes}M" if minutes else "")
        + (f"{seconds}{fraction}S" if seconds or fraction else "")
    )
    if not days and not clock:
        return "PT0S"
    return f"{sign}P{days}" + (f"T{clock}" if clock else "")


def parse_number(text: str) -> Decimal | None:
    """``12``, ``-3.50`` or ``.5``: digits and one point, no exponent, no separators."""
    if len(text) > _MOST_DIGITS or not _NUMBER.fullmatch(text):
        return None
    return Decimal(text)


_UNITS: Final[dict[str, timedelta]] = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_MONTH_UNITS: Final[dict[str, int]] = {"month": 1, "year": 12}
_PLAIN_DURATION: Final = re.compile(r"(-?[0-9]{1,9}) *([a-z]+?)s?")


def _plain_duration(text: str) -> timedelta | Months | None:
    """``90 days``, ``1 month``."""
    match = _PLAIN_DURATION.fullmatch(text)
    if match is None:
        return None
    count, unit = int(match[1]), match[2]
    if unit in _MONTH_UNITS:
        return Months(count * _MONTH_UNITS[unit])
    try:
        return _UNITS[unit] * count if unit in _UNITS else None
    except OverflowError:
        return None


def _read_number(text: str, expected: Type) -> Decimal | None:
    number = parse_number(text)
    if number is None or (expected.integer and number != number.to_integral_value()):
        return None
    return number


def _read_money(text: str, expected: Type) -> Money | None:
    """``30 EUR``; the currency may be left out where only one is possible."""
    number = parse_number(text)
    if number is not None:
        return Money(number, expected.currency) if expected.currency else None
    try:
        money = Money.of(text)
    except ValueError:
        return None
    return money if expected.currency in (None, money.currency) else None


def _read_duration(text: str, expected: Type) -> timedelta | Months | None:
    value = parse_duration(text) if text.startswith(("P", "-P")) else _plain_duration(text)
    wanted = Months if expected.kind == "months" else timedelta
    return value if isinstance(value, wanted) else None


_READERS: Final[Mapping[Kind, Callable[[str, Type], Any]]] = {
    "boolean": lambda text, _: {"true": True, "false": False}.get(text),
    "number": _read_number,
    "choice": lambda text, expected: text if text in expected.choices else None,
    "money": _read_money,
    "date": lambda text, _: parse_date(text),
    "time": lambda text, _: parse_time(text),
    "date-time": lambda text, _: parse_date_time(text),
    "duration": _read_duration,
    "months": _read_duration,
}


def read(text: str, expected: Type) -> Any:
    """The value of type ``expected`` that a person meant by ``text``; ``None`` where it is none.

    Takes what :func:`string` writes, and also ``90 days`` for a duration and ``30`` for money of a known currency. Spaces
    around do not count, except in text, which is taken as it is. Lists are not read: read their elements.

    >>> read("72 hours", Type("duration"))
    datetime.timedelta(days=3)
    """
    if expected.kind == "text":
        return text
    reader = _READERS.get(expected.kind)
    return reader(text.strip(), expected) if reader else None
