"""When something was requested, and whether the policy still covers the incident then (``incidents: {within: 90 days}``)."""

from __future__ import annotations

from calendar import monthrange
from datetime import MINYEAR, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from remit.core.views import OUTSIDE, UNCHECKED, WITHIN
from remit.language.temporal import in_zone
from remit.policy.model import Incidents, Model

__all__ = ["incident_age", "is_moment", "request_time"]


def incident_age(model: Model, occurred: date | None, at: datetime | None) -> int:
    """Whether the incident of the day ``occurred`` is ``WITHIN`` what the policy covers at the moment ``at``, or ``OUTSIDE``:
    too old, or still to come. ``UNCHECKED`` where either is not known, or the policy does not say.

    Days are those of the policy's time zone. An incident exactly as old as the policy allows is within.
    """
    if model.incidents is None or occurred is None or at is None:
        return UNCHECKED
    today = at.astimezone(ZoneInfo(model.timezone)).date()
    return WITHIN if _first_day(model.incidents, today) <= occurred <= today else OUTSIDE


def request_time(model: Model, at: datetime) -> datetime | None:
    """What ``requested`` is at the moment ``at``: the day and the time of day of the policy's time zone."""
    return in_zone(at, model.timezone) if model.reads_requested else None


def is_moment(value: Any) -> bool:
    """Whether it is a date-time with its offset from UTC."""
    return isinstance(value, datetime) and value.utcoffset() is not None


def _first_day(incidents: Incidents, today: date) -> date:
    """The day that long before ``today``; in a month that is too short, its last day."""
    months = today.year * 12 + today.month - 1 - incidents.months
    year, month = divmod(months, 12)
    if year < MINYEAR:
        return date.min
    day = date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
    return day - timedelta(days=min(incidents.days, day.toordinal() - 1))
