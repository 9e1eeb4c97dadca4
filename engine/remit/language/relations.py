"""Equality and order of values (DMN 1.4, tables 51 to 54): ``True``, ``False``, or ``None`` where the question has no answer.

Values of different kinds are never equal and never ordered: the answer is ``None``. ``null`` equals only itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any, Final

from remit.language.values import Money, Months, Range, Unknown

__all__ = ["compare", "equal", "kind_of"]

_KINDS: Final[dict[type, str]] = {
    bool: "boolean",
    Decimal: "number",
    int: "number",
    str: "text",
    Money: "money",
    datetime: "date-time",
    date: "date",
    time: "time",
    timedelta: "duration",
    Months: "months",
    list: "list",
    tuple: "list",
    Range: "range",
    dict: "context",
    type(None): "null",
    Unknown: "unknown",
}


def kind_of(value: Any) -> str:
    """What kind of value this is: the words of :data:`remit.language.types.Kind`, or ``context`` or ``unknown``."""
    found = _KINDS.get(type(value))
    if found is not None:
        return found
    for each, name in _KINDS.items():  # a subclass: the most special types stand first
        if isinstance(value, each):
            return name
    return "context" if isinstance(value, Mapping) else "any"


def equal(a: Any, b: Any) -> bool | None:
    """Whether ``a = b``. Lists are equal item by item, ranges end by end."""
    if a is None or b is None:
        return a is b
    kind = kind_of(a)
    if kind != kind_of(b):
        return None
    special = _EQUAL.get(kind)
    return special(a, b) if special is not None else bool(a == b)


def compare(op: str, a: Any, b: Any) -> bool | None:
    """Whether ``a op b``, ``op`` being one of ``= != < <= > >=``.

    Only numbers, text, money, durations, dates, times and date-times have an order.
    """
    if op == "=":
        return equal(a, b)
    if op == "!=":
        same = equal(a, b)
        return None if same is None else not same
    kind = kind_of(a)
    if kind != kind_of(b):
        return None
    key = _ORDER.get(kind)
    if key is None:
        return None
    keys = key(a, b)
    return None if keys is None else bool(_OPERATORS[op](*keys))


_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def _as_is(a: Any, b: Any) -> tuple[Any, Any]:
    return a, b


def _amounts(a: Money, b: Money) -> tuple[Decimal, Decimal] | None:
    return (a.amount, b.amount) if a.currency == b.currency else None


def _months(a: Months, b: Months) -> tuple[int, int]:
    return a.months, b.months


def _instants(a: datetime, b: datetime) -> tuple[datetime, datetime] | None:
    """Two date-times can be ordered if both name their offset, or neither does."""
    return (a, b) if (a.utcoffset() is None) == (b.utcoffset() is None) else None


def _clock(a: time) -> timedelta:
    """Time since midnight, UTC where the time names its offset."""
    passed = timedelta(hours=a.hour, minutes=a.minute, seconds=a.second, microseconds=a.microsecond)
    return passed - (a.utcoffset() or timedelta(0))


def _clocks(a: time, b: time) -> tuple[timedelta, timedelta] | None:
    return (_clock(a), _clock(b)) if (a.tzinfo is None) == (b.tzinfo is None) else None


_ORDER: Final[dict[str, Callable[[Any, Any], tuple[Any, Any] | None]]] = {
    "number": _as_is,
    "text": _as_is,
    "date": _as_is,
    "duration": _as_is,
    "money": _amounts,
    "months": _months,
    "date-time": _instants,
    "time": _clocks,
}


def _keyed(key: Callable[[Any, Any], tuple[Any, Any] | None]) -> Callable[[Any, Any], bool | None]:
    def same(a: Any, b: Any) -> bool | None:
        keys = key(a, b)
        return None if keys is None else bool(keys[0] == keys[1])

    return same


def _lists(a: list[Any], b: list[Any]) -> bool | None:
    return len(a) == len(b) and all(equal(x, y) is True for x, y in zip(a, b, strict=True))


def _ranges(a: Range, b: Range) -> bool | None:
    return (
        (a.low_closed, a.high_closed) == (b.low_closed, b.high_closed)
        and equal(a.low, b.low) is True
        and equal(a.high, b.high) is True
    )


def _contexts(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool | None:
    return a.keys() == b.keys() and all(equal(a[key], b[key]) is True for key in a)


_EQUAL: Final[dict[str, Callable[[Any, Any], bool | None]]] = {
    "money": _keyed(_amounts),
    "date-time": _keyed(_instants),
    "time": _keyed(_clocks),
    "list": _lists,
    "range": _ranges,
    "context": _contexts,
}
