"""What a dot reaches in dates, times, durations and ranges: ``occurred.weekday``, ``duration.hours`` (DMN 1.4, table 65)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from remit.language.temporal.zones import offset_of, zone_name
from remit.language.types import ANY, BOOLEAN, DURATION, INTEGER, TEXT, Kind, Type
from remit.language.values import Months, Range

__all__ = ["PROPERTIES", "get"]

_Reader: TypeAlias = Callable[[Any], Any]


def _whole(read: Callable[[Any], int]) -> _Reader:
    return lambda value: Decimal(read(value))


def _part(micros_in_unit: int, units_in_next: int | None) -> _Reader:
    """One part of a days duration, with the sign of the whole."""

    def read(value: timedelta) -> Decimal:
        total = abs(value) // timedelta(microseconds=1) // micros_in_unit
        part = total if units_in_next is None else total % units_in_next
        return Decimal(-part if value < timedelta() else part)

    return read


def _months_part(take: Callable[[int], int]) -> _Reader:
    return _whole(lambda value: take(abs(value.months)) * (-1 if value.months < 0 else 1))


_SECOND: Final = 1_000_000

_DAY: Final[dict[str, tuple[Type, _Reader]]] = {
    "year": (INTEGER, _whole(lambda value: value.year)),
    "month": (INTEGER, _whole(lambda value: value.month)),
    "day": (INTEGER, _whole(lambda value: value.day)),
    "weekday": (INTEGER, _whole(date.isoweekday)),
}
_CLOCK: Final[dict[str, tuple[Type, _Reader]]] = {
    "hour": (INTEGER, _whole(lambda value: value.hour)),
    "minute": (INTEGER, _whole(lambda value: value.minute)),
    "second": (INTEGER, _whole(lambda value: value.second)),
    "time offset": (DURATION, offset_of),
    "timezone": (TEXT, zone_name),
}
_TABLE: Final[dict[Kind, dict[str, tuple[Type, _Reader]]]] = {
    "date": _DAY,
    "date-time": _DAY | _CLOCK,
    "time": _CLOCK,
    "months": {
        "years": (INTEGER, _months_part(lambda months: months // 12)),
        "months": (INTEGER, _months_part(lambda months: months % 12)),
    },
    "duration": {
        "days": (INTEGER, _part(86_400 * _SECOND, None)),
        "hours": (INTEGER, _part(3_600 * _SECOND, 24)),
        "minutes": (INTEGER, _part(60 * _SECOND, 60)),
        "seconds": (INTEGER, _part(_SECOND, 60)),
    },
    "range": {
        "start": (ANY, lambda value: value.low),
        "end": (ANY, lambda value: value.high),
        "start included": (BOOLEAN, lambda value: value.low_closed),
        "end included": (BOOLEAN, lambda value: value.high_closed),
    },
}

#: Kind of value -> property -> its type. The ends of a range have the type of its elements.
PROPERTIES: Final[Mapping[Kind, Mapping[str, Type]]] = MappingProxyType(
    {kind: MappingProxyType({name: row[0] for name, row in rows.items()}) for kind, rows in _TABLE.items()}
)


def _kind(value: Any) -> Kind | None:
    match value:
        case datetime():
            return "date-time"
        case date():
            return "date"
        case time():
            return "time"
        case timedelta():
            return "duration"
        case Months():
            return "months"
        case Range():
            return "range"
    return None


def get(value: Any, name: str, *, exact: bool = False) -> Any:
    """The property ``name`` of ``value``; ``None`` where it has no such, or has none set (the zone of a time without).

    Seconds are whole, as facts and positions are; ``exact``: with their fraction, as in the standard.
    """
    kind = _kind(value)
    row = _TABLE[kind].get(name) if kind else None
    if row is None:
        return None
    found: Any = row[1](value)
    return found + _fraction(value) if exact and name in ("second", "seconds") else found


def _fraction(value: Any) -> Decimal:
    micros = abs(value).microseconds if isinstance(value, timedelta) else value.microsecond
    return Decimal(-micros if isinstance(value, timedelta) and value < timedelta() else micros).scaleb(-6)
