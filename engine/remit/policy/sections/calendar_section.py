"""``calendars``: the working days that formulas count by."""

from __future__ import annotations

from datetime import date
from typing import Final

from remit.language.calendars import Calendar
from remit.policy.load_context import Context
from remit.policy.reading.yaml_tree import YamlScalar
from remit.policy.shapes.collections import ListOf, Located, MapOf
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.scalar_shapes import Day, OneOf
from remit.policy.shapes.word_forms import ID

__all__ = ["KEY", "read_calendars"]

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY: Final = Day()

CALENDAR: Final = Record(
    "a calendar",
    (
        Key("from", _DAY, "The first day that the calendar knows about.", True, examples=("2025-01-01",)),
        Key("to", _DAY, "The day after the last that it knows about.", True, examples=("2028-01-01",)),
        Key(
            "weekend",
            ListOf(
                Located(OneOf({day: f"No work on {day.capitalize()}s." for day in _WEEKDAYS}, "a day of the week")),
                "a list of days of the week",
                "a day of the weekend",
                "[saturday, sunday]",
                least=0,
            ),
            "The days of the week on which nobody works.",
            default=["saturday", "sunday"],
        ),
        Key(
            "holidays",
            ListOf(Located(_DAY), "a list of days", "a holiday", "[2025-12-25, 2025-12-26]", least=0),
            "The holidays, each as a day. All that fall between `from` and `to`.",
            True,
            examples=("[2025-12-25, 2025-12-26]",),
        ),
    ),
    "england: {from: 2025-01-01, to: 2028-01-01, holidays: [2025-12-25]}",
    "Working days of one place, as explicit days, so that the same case decides the same for ever.",
)

KEY: Final = Key(
    "calendars",
    MapOf(ID, CALENDAR, "a mapping of names to calendars", CALENDAR.example),
    'Calendars of working days, for `add working days(date, 5, "england")`.',
)


def read_calendars(policy: Fields, context: Context) -> dict[str, Calendar]:
    """The calendars by name."""
    out: dict[str, Calendar] = {}
    for name, fields in policy.get("calendars") or []:
        out[name.text] = _calendar(name, fields, context)
    return out


def _calendar(name: YamlScalar, fields: Fields | None, context: Context) -> Calendar:
    start: date | None = fields.get("from") if fields else None
    end: date | None = fields.get("to") if fields else None
    if fields is None or start is None or end is None:
        return Calendar(name.text, frozenset(), date.min, date.max)
    if start >= end:
        context.report.error(
            "policy/period", f"the calendar ends on {end}, before it begins", fields.at("to"), "swap the two days"
        )
    holidays: set[date] = set()
    for node, day in fields.get("holidays") or []:
        if day is None:
            continue
        if day in holidays:
            context.report.error("policy/duplicate", f"the holiday {day} is there twice", node, "delete one of them")
        elif not start <= day < end and start < end:
            hint = "delete it, or let the calendar reach further"
            context.report.error("policy/holiday", f"{day} is not between {start} and {end}", node, hint)
        holidays.add(day)
    return Calendar(name.text, frozenset(holidays), start, end, _weekend(fields, context))


def _weekend(fields: Fields, context: Context) -> frozenset[int]:
    if not fields.given("weekend"):
        return frozenset((6, 7))
    days = frozenset(_WEEKDAYS.index(day) + 1 for _, day in fields.get("weekend") or [] if day)
    if len(days) == 7:
        context.report.error("policy/holiday", "every day is weekend; there would be no working day", fields.at("weekend"))
    return days
