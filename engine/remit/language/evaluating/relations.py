"""Equality and order of values (DMN 1.4, tables 51 to 54): ``True``, ``False``, or ``None`` where the question has no answer.

Values of different kinds are never equal and never ordered: the answer is ``None``. ``null`` equals only itself. A date
beside a date-time is its midnight in UTC. Points in time with and without a zone have no order, and are not equal.

:func:`key_of` is a key for every value, so that equal values are found by hashing and not by comparing each with each.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any, Final

from remit.language import temporal
from remit.language.temporal.order import clock, comparable, instant
from remit.language.temporal.zones import offset_of
from remit.language.values import Function, Money, Months, Range, Unknown

__all__ = ["compare", "equal", "key_of", "kind_of"]

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
    Range: "range",
    dict: "context",
    Function: "function",
    type(None): "null",
    Unknown: "unknown",
}


def kind_of(value: Any) -> str:
    """What kind of value this is: the words of :data:`remit.language.types.Kind`, or ``context`` or ``unknown``."""
    found = _KINDS.get(type(value))
    if found is not None:
        return found
    for each, name in _KINDS.items():  # a subclass; the narrower types stand first
        if isinstance(value, each):
            return name
    return "context" if isinstance(value, Mapping) else "any"


def equal(a: Any, b: Any) -> bool | None:
    """Whether ``a = b``. Lists are equal item by item, ranges end by end."""
    if a is None or b is None:
        return a is b
    kind = kind_of(a)
    if kind != kind_of(b):
        if not _day_and_moment(a, b):
            return None
        kind, a, b = "date-time", _moment(a), _moment(b)
    special = _EQUAL.get(kind)
    return bool(a == b) if special is None else special(a, b)


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
        if not _day_and_moment(a, b):
            return None
        kind, a, b = "date-time", _moment(a), _moment(b)
    ordered = _ORDER.get(kind)
    keys = None if ordered is None else ordered(a, b)
    return None if keys is None else bool(_OPERATORS[op](*keys))


def _day_and_moment(a: Any, b: Any) -> bool:
    return {kind_of(a), kind_of(b)} == {"date", "date-time"}


def _moment(value: date) -> datetime:
    """A date beside a date-time as the date-time that it stands for."""
    return value if isinstance(value, datetime) else datetime.combine(value, time(tzinfo=UTC))


_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def _as_is(a: Any, b: Any) -> tuple[Any, Any]:
    return a, b


def _amounts(a: Money, b: Money) -> tuple[Decimal, Decimal] | None:
    return (a.amount, b.amount) if a.currency == b.currency else None


#: What Python orders as the language orders two values of a kind.
_ORDER: Final[dict[str, Callable[[Any, Any], tuple[Any, Any] | None]]] = {
    "number": _as_is,
    "text": _as_is,
    "date": _as_is,
    "duration": _as_is,
    "money": _amounts,
    "months": comparable,
    "date-time": comparable,
    "time": comparable,
}


def _same_amount(a: Money, b: Money) -> bool | None:
    return a.amount == b.amount if a.currency == b.currency else None


def _all(answers: Iterable[bool | None]) -> bool | None:
    """Whether all parts are equal: not if one is not, unanswered if one is."""
    whole: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        whole = whole and answer
    return whole


def _lists(a: list[Any], b: list[Any]) -> bool | None:
    return len(a) == len(b) and _all(map(equal, a, b))


def _ranges(a: Range, b: Range) -> bool | None:
    """Ranges are equal that have the same ends, operator and inclusion of the ends (DMN 1.5, table 42)."""
    alike = (a.operator, a.low_closed, a.high_closed) == (b.operator, b.low_closed, b.high_closed)
    return alike and _all((equal(a.low, b.low), equal(a.high, b.high)))


def _contexts(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool | None:
    return a.keys() == b.keys() and _all(equal(a[key], b[key]) for key in a)


#: Kinds whose equality is not Python's.
_EQUAL: Final[dict[str, Callable[[Any, Any], bool | None]]] = {
    "money": _same_amount,
    "date-time": temporal.equal,
    "time": temporal.equal,
    "list": _lists,
    "range": _ranges,
    "context": _contexts,
    "function": lambda a, b: a.key() == b.key(),
}


def key_of(value: Any) -> Hashable:
    """Two values have the same key where :func:`equal` says ``True`` of them, and only there.

    >>> from decimal import Decimal
    >>> key_of([Decimal("1.0"), None]) == key_of([1, None]), key_of(True) == key_of(1)
    (True, False)
    """
    kind = kind_of(value)
    special = _KEYS.get(kind)
    return (kind, value) if special is None else special(value)


def _point_in_time(value: date) -> Hashable:
    """The instant of a date-time with a zone, and of a date, which counts from midnight in UTC; else what the clock says."""
    if not isinstance(value, datetime):
        return "instant", datetime(value.year, value.month, value.day) - datetime.min
    since = instant(value)
    return ("local", value) if since is None else ("instant", since)


def _clock(value: Any) -> Hashable:
    offset = offset_of(value)
    return ("time", clock(value)) if offset is None else ("zoned time", clock(value) - offset)


def _entries(value: Mapping[str, Any]) -> Hashable:
    return "context", frozenset((name, key_of(entry)) for name, entry in value.items())


#: The keys of the same kinds, and of days.
_KEYS: Final[dict[str, Callable[[Any], Hashable]]] = {
    "date": _point_in_time,
    "date-time": _point_in_time,
    "time": _clock,
    "list": lambda value: ("list", *map(key_of, value)),
    "range": lambda value: (
        "range",
        key_of(value.low),
        key_of(value.high),
        value.low_closed,
        value.high_closed,
        value.operator,
    ),
    "context": _entries,
    "function": lambda value: ("function", value.key()),
}
