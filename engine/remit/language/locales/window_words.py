"""Windows of time in words: as their author wrote them, and as other languages have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from remit.language.locales.messages import Message

__all__ = ["window"]

_WINDOWS: Final[Mapping[str, Message]] = {
    "case": Message("case"),
    "lifetime": Message("lifetime"),
    "calendar day": Message("calendar day"),
    "calendar week": Message("calendar week"),
    "calendar month": Message("calendar month"),
    "calendar quarter": Message("calendar quarter"),
    "calendar year": Message("calendar year"),
}
_MONTHS: Final[Mapping[str, Message]] = {
    "january": Message("january"),
    "february": Message("february"),
    "march": Message("march"),
    "april": Message("april"),
    "may": Message("may"),
    "june": Message("june"),
    "july": Message("july"),
    "august": Message("august"),
    "september": Message("september"),
    "october": Message("october"),
    "november": Message("november"),
    "december": Message("december"),
}


def window(text: str) -> Message:
    """A window, which is said as its author wrote it."""
    number, _, unit = text.partition(" ")
    if number.isdigit():
        return _span(int(number), unit.rstrip("s"), text)
    start, _, month = text.partition(" from ")
    return Message("calendar year from {month}", month=_MONTHS[month]) if month else _WINDOWS[start]


def _span(count: int, unit: str, written: str) -> Message:
    match unit:
        case "second":
            return Message.plural("{count} second", "{count} seconds", count, written=written)
        case "minute":
            return Message.plural("{count} minute", "{count} minutes", count, written=written)
        case "hour":
            return Message.plural("{count} hour", "{count} hours", count, written=written)
        case "day":
            return Message.plural("{count} day", "{count} days", count, written=written)
        case "month":
            return Message.plural("{count} month", "{count} months", count, written=written)
        case "year":
            return Message.plural("{count} year", "{count} years", count, written=written)
        case _:
            return Message.plural("{count} week", "{count} weeks", count, written=written)
