"""Values as an author writes them: FEEL's ``string()``, and literals. As people say them: :mod:`remit.language.words`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from remit.language.temporal import zone_text
from remit.language.values import Function, Money, Months, Range, minor_digits, plain

__all__ = ["duration_text", "literal", "parse_number", "string", "too_exact"]

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
        case Money() | Months() | Function():
            return str(value)
        case list() | tuple():
            return "[" + ", ".join(map(literal, value)) + "]"
        case Range():
            return _range(value)
        case Mapping():
            return "{" + ", ".join(f"{_name(key)}: {literal(item)}" for key, item in value.items()) + "}"
    return None


def too_exact(amount: Money, *, in_formula: bool = True) -> tuple[str, str]:
    """What is wrong with an amount that was written with more decimals than its currency has, and what may be meant; a rate can
    only be written ``in_formula``.

    >>> too_exact(Money.of("1.000 EUR"))
    ('`1.000 EUR` has 3 decimals, but EUR has 2', 'did you mean `1000 EUR`, or `1 EUR`?')
    >>> too_exact(Money.of("10.5 JPY"))
    ('`10.5 JPY` has 1 decimal, but JPY has none', 'write `11 JPY`, or a rate as a division: `105 JPY / 10`')
    """
    currency, rounded = amount.currency, amount.rounded()
    written = f"{amount.amount:f}"
    whole, _, fraction = written.partition(".")
    has = minor_digits(currency)
    decimals = "1 decimal" if len(fraction) == 1 else f"{len(fraction)} decimals"
    message = f"`{written} {currency}` has {decimals}, but {currency} has {has or 'none'}"
    if len(fraction) == 3 and whole.strip("-0"):
        return message, f"did you mean `{whole}{fraction} {currency}`, or `{rounded}`?"
    if not in_formula:
        return message, f"write `{rounded}`"
    rate = f"`{int(whole + fraction)} {currency} / {10 ** len(fraction)}`"
    return (
        message,
        f"write `{rounded}`, or a rate as a division: {rate}" if rounded.amount else f"write a rate as a division: {rate}",
    )


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
    if value.operator:
        return f"({value.operator} {literal(value.low)})"
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
