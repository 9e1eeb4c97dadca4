"""Ranges read from text, as ``range("[1..3]")`` takes them: both ends are literals, in order, and of one kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from remit.language import temporal
from remit.language.evaluating import relations
from remit.language.text import parse_number
from remit.language.values import Money, Range

__all__ = ["read_range"]

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
    Range(low=Decimal('18'), high=None, low_closed=True, high_closed=False)
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
