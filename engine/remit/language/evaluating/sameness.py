"""A key for every value, so that equal values are found by hashing and not by comparing each with each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import date, datetime
from typing import Any, Final

from remit.language.evaluating.relations import kind_of
from remit.language.temporal.order import clock, instant
from remit.language.temporal.zones import offset_of

__all__ = ["key_of"]


def key_of(value: Any) -> Hashable:
    """Two values have the same key where :func:`remit.language.evaluating.relations.equal` says ``True`` of them, and only
    there.

    >>> from decimal import Decimal
    >>> key_of([Decimal("1.0"), None]) == key_of([1, None]), key_of(True) == key_of(1)
    (True, False)
    """
    kind = kind_of(value)
    special = _KEYS.get(kind)
    return (kind, value) if special is None else special(value)


def _moment(value: date) -> Hashable:
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


#: The kinds whose equality is not Python's.
_KEYS: Final[dict[str, Callable[[Any], Hashable]]] = {
    "date": _moment,
    "date-time": _moment,
    "time": _clock,
    "list": lambda value: ("list", *map(key_of, value)),
    "range": lambda value: ("range", key_of(value.low), key_of(value.high), value.low_closed, value.high_closed),
    "context": _entries,
}
