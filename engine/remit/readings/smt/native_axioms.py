"""What is true of days that are moved by months or counted in working days, told to the solver where it meets them.

The solver does not know a calendar. It knows of each day that is asked about how many working days lie before it, as a number
that it may choose within what holds of any two days of that calendar: so several questions about one calendar fit together.
All of it is true (tests try every day of a calendar), so what is proved with it is proved.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Final

from remit.core.lowering.opaque import Native
from remit.language.calendars import Calendar
from remit.language.temporal.months import days_in_month
from remit.readings.smt.script import Script, all_of, any_of, negated, number

__all__ = ["NativeAxioms"]

_LAST: Final = date.max.toordinal()
#: Months since the year 0 (January is 0) up to the last of the year 9999.
_MOST_MONTHS: Final = 12 * 10_000 - 1
#: After so many months, and days, the Gregorian calendar repeats.
_CYCLE: Final = 4_800


@dataclass(slots=True)
class NativeAxioms:
    """Writes into one script; those of two cases in it share what they know (``beside``)."""

    script: Script
    beside: NativeAxioms | None = None
    _counts: dict[Calendar, dict[str, str]] = field(default_factory=dict)
    _moved: list[tuple[str, str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.beside is not None:
            self._counts, self._moved = self.beside._counts, self.beside._moved

    def say(self, of: Native, calendar: Calendar | None, value: str, null: str, arguments: tuple[str, ...]) -> None:
        """What is true of a call that gives ``value``, or nothing where ``null``."""
        first, second = arguments
        if of.kind == "months":
            self._months(first, second, value, null)
        elif calendar is not None and of.kind == "working days":
            self._between(calendar, first, second, value, null)
        elif calendar is not None:
            self._added(calendar, first, second, value, null)

    def _where(self, condition: str, *facts: str) -> None:
        self.script.require(any_of((negated(condition), all_of(facts))))

    # Working days

    def _between(self, calendar: Calendar, first: str, last: str, value: str, null: str) -> None:
        start, end = calendar.start.toordinal(), calendar.end.toordinal()
        self.script.require(f"(= {null} {negated(all_of((_within(first, start, end - 1), _within(last, start, end - 1))))})")
        before, after = self._count(calendar, first), self._count(calendar, last)
        self._where(negated(null), f"(= {value} (- {after} {before}))")

    def _added(self, calendar: Calendar, day: str, by: str, value: str, null: str) -> None:
        start, end = calendar.start.toordinal(), calendar.end.toordinal()
        there, known = negated(null), _constant(by)
        if known is None or known == 0:
            none = all_of((f"(= {by} 0)", _within(day, 1, _LAST)))
            self._where(none, there, f"(= {value} {day})")
        if known:
            low, high = _reach(calendar, known)
            self._where(there, f"(>= (- {value} {day}) {number(low)})", f"(<= (- {value} {day}) {number(high)})")
        if known is None or known > 0:
            ahead, so_far = f"(> {by} 0)", self._count(calendar, day)
            enough = f"(<= (+ {so_far} {by}) {sum(_working(calendar))})"
            self._where(ahead, f"(= {there} {all_of((_within(day, start - 1, end - 1), enough))})")
            count = self._count(calendar, value)
            moved = f"(= {count} (+ {so_far} {by}))", f"(>= {value} (+ {day} {by}))"
            self._where(all_of((ahead, there)), *moved, self._works(calendar, value), _within(value, start, end - 1))
        if known is None or known < 0:
            back, so_far = f"(< {by} 0)", self._count(calendar, f"(- {day} 1)")
            enough = f"(>= (+ {so_far} {by}) 0)"
            self._where(back, f"(= {there} {all_of((_within(day, start, end), enough))})")
            count = self._count(calendar, value)
            moved = f"(= {count} (+ {so_far} {by} 1))", f"(<= {value} (+ {day} {by}))"
            self._where(all_of((back, there)), *moved, self._works(calendar, value), _within(value, start, end - 1))

    def _works(self, calendar: Calendar, day: str) -> str:
        """That it is a working day."""
        return f"(= {self._count(calendar, day)} (+ {self._count(calendar, f'(- {day} 1)')} 1))"

    def _count(self, calendar: Calendar, day: str) -> str:
        """How many working days the calendar has up to ``day``, where that lies in it or right before it."""
        start, end = calendar.start.toordinal(), calendar.end.toordinal()
        if calendar not in self._counts:
            self._counts[calendar] = {str(start - 1): "0", str(end - 1): str(sum(_working(calendar)))}
        known = self._counts[calendar]
        day = self.script.define(day, "Int")
        if day not in known:
            count = self.script.fresh("Int", "worked")
            for other, so_far in known.items():
                inside = all_of((_within(day, start - 1, end - 1), _within(other, start - 1, end - 1)))
                self._where(all_of((inside, f"(<= {other} {day})")), *_apart(calendar, other, so_far, day, count))
                self._where(all_of((inside, f"(<= {day} {other})")), *_apart(calendar, day, count, other, so_far))
            known[day] = count
        return known[day]

    # Months

    def _months(self, day: str, by: str, value: str, null: str) -> None:
        there, known, gone = negated(null), _constant(by), f"(- {value} {day})"
        if known is not None:
            low, high = _moves(known)
            first, last = _first_of(12 - min(known, 0)), _first_of(_MOST_MONTHS + 1 - max(known, 0)) - 1
            self.script.require(f"(= {there} {_within(day, max(first, 1), last)})")
            self._where(there, f"(>= {gone} {number(low)})", f"(<= {gone} {number(high)})")
        else:
            ahead, back = f"(>= {by} 0)", f"(<= {by} 0)"
            most, valid = f"(+ {day} (* 31 {by}))", _within(day, 1, _LAST)
            self._where(all_of((valid, _within(most, 1, _LAST))), there)
            self._where(all_of((there, ahead)), f"(>= {gone} (* 28 {by}))", f"(<= {gone} (* 31 {by}))")
            self._where(all_of((there, back)), f"(<= {gone} (* 28 {by}))", f"(>= {gone} (* 31 {by}))")
        for other in self._moved:
            self._in_order(other, (day, by, value, null))
            self._in_order((day, by, value, null), other)
        self._moved.append((day, by, value, null))

    def _in_order(self, one: tuple[str, str, str, str], other: tuple[str, str, str, str]) -> None:
        """A later day, moved by no fewer months, is no earlier."""
        both = negated(one[3]), negated(other[3])
        self._where(all_of((*both, f"(<= {one[0]} {other[0]})", f"(<= {one[1]} {other[1]})")), f"(<= {one[2]} {other[2]})")


def _within(day: str, low: int, high: int) -> str:
    return all_of((f"(>= {day} {number(low)})", f"(<= {day} {number(high)})"))


def _constant(text: str) -> int | None:
    plain = text.strip("()").replace("- ", "-")
    return int(plain) if plain.removeprefix("-").isdecimal() else None


def _apart(calendar: Calendar, first: str, before: str, last: str, after: str) -> tuple[str, ...]:
    """Between two days in this order: no more working days than days, and about so many of each seven."""
    days, worked = f"(- {last} {first})", f"(- {after} {before})"
    each, low, high = _of_seven(calendar)
    usual, sevenfold = f"(* {each} {days})", f"(* 7 {worked})"
    return (
        f"(>= {worked} 0)",
        f"(<= {worked} {days})",
        f"(>= {sevenfold} (+ {usual} {number(low)}))",
        f"(<= {sevenfold} (+ {usual} {number(high)}))",
    )


@cache
def _working(calendar: Calendar) -> tuple[bool, ...]:
    """Whether each day of the calendar is a working day."""
    days = range(calendar.start.toordinal(), calendar.end.toordinal())
    return tuple(bool(calendar.is_working(date.fromordinal(day))) for day in days)


@cache
def _reach(calendar: Calendar, count: int) -> tuple[int, int]:
    """The fewest and the most days to the working day so many (not 0) after a day, within the calendar."""
    start = calendar.start.toordinal()
    worked = [start + place for place, works in enumerate(_working(calendar)) if works]
    found = []
    for day in range(start - 1, calendar.end.toordinal() + 1):
        place = bisect_right(worked, day) + count - 1 if count > 0 else bisect_left(worked, day) + count
        if 0 <= place < len(worked):
            found.append(worked[place] - day)
    return min(found, default=0), max(found, default=0)


@cache
def _of_seven(calendar: Calendar) -> tuple[int, int, int]:
    """How many of seven days are worked, and how far seven times the count can be from that between any two days."""
    each, off, lowest, highest, low, high = 7 - len(calendar.weekend), 0, 0, 0, 0, 0
    for works in _working(calendar):
        off += 7 * works - each
        low, high = min(low, off - highest), max(high, off - lowest)
        lowest, highest = min(lowest, off), max(highest, off)
    return each, low, high


@cache
def _first_days() -> tuple[int, ...]:
    """The first day of each month of a cycle, from the year 0 on, as an ordinal."""
    found = [-365]  # 1 January of the year 0, a leap year, is 366 days before that of the year 1
    for month in range(_CYCLE):
        found.append(found[-1] + days_in_month(month // 12, month % 12 + 1))
    return tuple(found)


def _first_of(month: int) -> int:
    """The first day of a month, counted from the year 0."""
    cycles, rest = divmod(month, _CYCLE)
    days = _first_days()
    return cycles * (days[-1] - days[0]) + days[rest]


@cache
def _moves(months: int) -> tuple[int, int]:
    """The fewest and the most days that a day can move by so many months: the 28th, and the last of a month."""
    found = []
    for month, (first, after) in enumerate(pairwise(_first_days())):
        target = _first_of(month + months)
        length, other = after - first, _first_of(month + months + 1) - target
        found += [target - first, target - first + min(length, other) - length]
    return min(found), max(found)
