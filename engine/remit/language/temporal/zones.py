"""Time zones: fixed offsets (``Z``, ``+02:00``) and named zones (``@Europe/Paris``).

A time of day with a named zone has no date that would say whether summer time holds: it counts with the zone's standard
time, so that the same expression means the same on every day.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

__all__ = ["as_utc", "in_zone", "offset_of", "parse_zone", "settled", "zone_name", "zone_text"]

_Clock = TypeVar("_Clock", time, datetime)

_OFFSET: Final = re.compile(r"([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?\Z")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*\Z")
#: XML Schema stops at 14 hours; the zones of history and the tools of DMN go to 18.
_FARTHEST: Final = timedelta(hours=18)


@lru_cache(maxsize=256)
def parse_zone(text: str) -> tzinfo | None:
    """The zone of ``Z``, ``+02:00`` or ``@Europe/Paris``; ``None`` where there is none such."""
    if text in ("Z", "z"):
        return UTC
    if text.startswith("@"):
        return _named(text[1:])
    match = _OFFSET.match(text)
    if match is None:
        return None
    sign, hours, minutes, seconds = match.groups()
    if int(minutes) > 59 or int(seconds or 0) > 59:
        return None
    offset = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    if offset > _FARTHEST:
        return None
    return timezone(-offset if sign == "-" else offset)


def _named(name: str) -> tzinfo | None:
    if not _NAME.match(name) or len(name) > 64:
        return None
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return None


def offset_of(value: time | datetime) -> timedelta | None:
    """How far ahead of UTC the clock of ``value`` is; ``None`` where it has no zone."""
    if isinstance(value, time) and isinstance(value.tzinfo, ZoneInfo):
        return _standard_offset(value.tzinfo)
    return value.utcoffset()


@lru_cache(maxsize=256)
def _standard_offset(zone: ZoneInfo) -> timedelta:
    day = datetime(2000, 1, 1, tzinfo=zone)
    return (day.utcoffset() or timedelta()) - (day.dst() or timedelta())


def settled(value: _Clock) -> _Clock:
    """The same with its offset in place of a named zone: it means the same whatever later becomes of that zone's rules.

    >>> settled(datetime(2026, 7, 1, 14, tzinfo=ZoneInfo("Europe/Paris"))).isoformat()
    '2026-07-01T14:00:00+02:00'
    """
    if value.tzinfo is None or isinstance(value.tzinfo, timezone):
        return value
    offset = offset_of(value)
    return value.replace(tzinfo=None if offset is None else timezone(offset))


def in_zone(value: datetime, zone: str, *, local: bool = False) -> datetime:
    """The same moment by the clocks of ``zone``, with the offset that they have then. Without a zone of its own it is as it is,
    or (``local``) what those clocks say.

    >>> in_zone(datetime.fromisoformat("2026-03-02T07:30:00+00:00"), "America/Los_Angeles").isoformat()
    '2026-03-01T23:30:00-08:00'
    >>> in_zone(datetime(2026, 3, 1, 23, 30), "America/Los_Angeles", local=True).isoformat()
    '2026-03-01T23:30:00-08:00'
    """
    if value.tzinfo is None:
        return settled(value.replace(tzinfo=ZoneInfo(zone))) if local else value
    try:
        return settled(value.astimezone(ZoneInfo(zone)))
    except OverflowError:  # the first or the last day that there is
        return value


def zone_name(value: time | datetime) -> str | None:
    """The id of a named zone (``Europe/Paris``); ``None`` for an offset or no zone."""
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def zone_text(value: time | datetime) -> str:
    """The zone as it is written: ``Z``, ``+02:00``, ``@Europe/Paris`` or nothing."""
    name = zone_name(value)
    if name is not None:
        return f"@{name}"
    offset = value.utcoffset()
    if offset is None:
        return ""
    if not offset:
        return "Z"
    seconds = round(abs(offset).total_seconds())
    text = f"{'-' if offset < timedelta() else '+'}{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


def as_utc(value: datetime) -> datetime | None:
    """The same instant in UTC; ``None`` where that leaves the calendar or ``value`` has no zone."""
    if value.utcoffset() is None:
        return None
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return None
