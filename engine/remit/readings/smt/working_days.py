"""Working days on a calendar, exactly: how many there are up to a day is a sum of whole numbers.

Of the days from the first of a calendar up to ``day``, each full week has the same number of working days, the rest of a week
as many as its weekdays say, and every holiday on such a weekday takes one away. So a solver needs no table of days, and none
of its cases depends on a day of which it knows nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from remit.language.calendars import Calendar
from remit.readings.smt.script import Script, all_of, any_of, number

__all__ = ["working_days_after", "working_days_between"]


def _count(script: Script, calendar: Calendar) -> Callable[[str], str]:
    """A function for how many working days there are from the first day of the calendar up to a day, that day included; below 0
    before the first day. What is beyond the end counts weekdays."""
    first = calendar.start.toordinal()
    monday = first - calendar.start.weekday()
    works = [day for day in range(1, 8) if day not in calendar.weekend]
    off = sorted(each.toordinal() for each in calendar.holidays if calendar.covers(each) and each.isoweekday() in works)
    before = sum(1 for day in works if monday + day - 1 < first)

    def count(day: str) -> str:
        since = f"(- {day} {monday})"
        week, rest = (script.define(f"({of} {since} 7)", "Int") for of in ("div", "mod"))
        parts = [f"(* {len(works)} {week})", *(f"(ite (>= {rest} {each - 1}) 1 0)" for each in works)]
        parts += [f"(ite (>= {day} {each}) (- 1) 0)" for each in off]
        return script.define(f"(- (+ {' '.join(parts)} 0) {before})", "Int")

    return count


def working_days_between(script: Script, calendar: Calendar, first: str, last: str, value: str, null: str) -> str:
    """That ``value`` is how many working days there are after ``first`` up to ``last``, below 0 where that is earlier; ``null``
    where the calendar does not cover one of the two."""
    count = _count(script, calendar)
    covered = all_of(_within(calendar, day) for day in (first, last))
    return all_of((f"(= {null} (not {covered}))", f"(=> {covered} (= {value} (- {count(last)} {count(first)})))"))


def working_days_after(script: Script, calendar: Calendar, day: str, by: str, value: str, null: str) -> str:
    """That ``value`` is the working day so many after ``day``, or before it where ``by`` is below 0; ``null`` where the
    calendar ends first."""
    count = _count(script, calendar)
    start, end = calendar.start.toordinal(), calendar.end.toordinal()
    yesterday, found, previous = f"(- {day} 1)", count(value), count(f"(- {value} 1)")
    works = f"(= {found} (+ {previous} 1))"
    ends = any_of((f"(< {day} {start - 1})", f"(> (+ {count(day)} {by}) {count(number(end - 1))})"))
    starts = any_of((f"(> {day} {end})", f"(< (+ {count(yesterday)} {by}) 0)"))
    after = all_of((_within(calendar, value), f"(> {value} {day})", works, f"(= {found} (+ {count(day)} {by}))"))
    earlier = all_of((_within(calendar, value), f"(< {value} {day})", works, f"(= {previous} (+ {count(yesterday)} {by}))"))
    return all_of(
        (
            f"(=> (= {by} 0) {all_of((f'(not {null})', f'(= {value} {day})'))})",
            f"(=> (> {by} 0) {all_of((f'(= {null} {ends})', f'(or {null} {after})'))})",
            f"(=> (< {by} 0) {all_of((f'(= {null} {starts})', f'(or {null} {earlier})'))})",
        )
    )


def _within(calendar: Calendar, day: str) -> str:
    return f"(and (>= {day} {calendar.start.toordinal()}) (< {day} {calendar.end.toordinal()}))"
