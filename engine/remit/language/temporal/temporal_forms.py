"""Reading dates, times and durations: the lexical forms of XML Schema and XPath, as FEEL takes them (DMN 1.4, 10.3.4.1).

Seconds have microseconds. What is more exact has no value here (``None``); ``cut`` reads it nevertheless, without the further
digits.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final, TypeAlias

from remit.language.temporal.zones import parse_zone
from remit.language.values import Months

__all__ = ["Temporal", "parse_at", "parse_date", "parse_date_time", "parse_duration", "parse_time"]

#: Any value of this module.
Temporal: TypeAlias = date | time | datetime | timedelta | Months

_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_TIME: Final = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?([Zz@+-].*)?\Z")
_DAYS: Final = re.compile(
    r"(-)?P(?=[0-9T])(?:([0-9]+)D)?(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]*))?S)?)?\Z"
)
_MONTHS: Final = re.compile(r"(-)?P(?=[0-9])(?:([0-9]+)Y)?(?:([0-9]+)M)?\Z")
#: Longest text that can be a temporal value; far beyond any that is meant.
_LONGEST: Final = 128


def parse_date(text: str) -> date | None:
    """``2026-02-28``."""
    match = _DATE.match(text)
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


def parse_time(text: str, *, cut: bool = False) -> time | None:
    """``10:30:00``, with a fraction of the second and a zone if wanted: ``10:30:00.25+02:00``, ``10:30:00@Europe/Paris``.

    ``24:00:00`` is midnight too.
    """
    found = _clock(text, cut)
    return found[0] if found else None


def _clock(text: str, cut: bool) -> tuple[time, int] | None:
    """A time of day, and how many days later: 1 for ``24:00:00``, the end of a day."""
    match = _TIME.match(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    hour, minute, second, fraction, zone = match.groups()
    tz = parse_zone(zone) if zone else None
    if zone and tz is None:
        return None
    micros = _micros(fraction, cut)
    if micros is None:
        return None
    end_of_day = (hour, minute, second) == ("24", "00", "00") and not micros
    try:
        clock = time(0 if end_of_day else int(hour), int(minute), int(second), micros, tz)
    except ValueError:
        return None
    return clock, int(end_of_day)


def parse_date_time(text: str, *, cut: bool = False) -> datetime | None:
    """``2026-02-28T10:30:00``, with fraction and zone as :func:`parse_time`; a date alone is its midnight."""
    day_text, separator, time_text = text.partition("T")
    day = parse_date(day_text)
    found = _clock(time_text, cut) if separator else (time(), 0)
    if day is None or found is None:
        return None
    clock, days = found
    try:
        return datetime.combine(day + timedelta(days=days), clock)
    except OverflowError:
        return None


def parse_duration(text: str, *, cut: bool = False) -> timedelta | Months | None:
    """``P1DT2H30M`` (days and time) or ``P1Y6M`` (years and months), either with a minus before it; never both kinds in one."""
    if len(text) > _LONGEST:
        return None
    return _parse_months(text) or _parse_days(text, cut)


def _parse_months(text: str) -> Months | None:
    match = _MONTHS.match(text)
    if match is None:
        return None
    sign, years, months = match.groups()
    total = int(years or 0) * 12 + int(months or 0)
    return Months(-total if sign else total)


def _parse_days(text: str, cut: bool) -> timedelta | None:
    match = _DAYS.match(text)
    if match is None:
        return None
    sign, days, hours, minutes, seconds, fraction = match.groups()
    micros = _micros(fraction, cut)
    if micros is None:
        return None
    try:
        total = timedelta(
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=int(seconds or 0),
            microseconds=micros,
        )
        return -total if sign else total
    except OverflowError:
        return None


def _micros(fraction: str | None, cut: bool) -> int | None:
    """A fraction of a second; ``None`` where it is more exact and is not to be cut."""
    if fraction and not cut and fraction[6:].strip("0"):
        return None
    return int(fraction[:6].ljust(6, "0")) if fraction else 0


def parse_at(text: str, *, cut: bool = False) -> Temporal | None:
    """What ``@"text"`` stands for: a date, a time, a date-time or a duration, whichever the form says."""
    if text.startswith(("P", "-P")):
        return parse_duration(text, cut=cut)
    if "T" in text.partition("@")[0]:
        return parse_date_time(text, cut=cut)
    return parse_date(text) or parse_time(text, cut=cut)
