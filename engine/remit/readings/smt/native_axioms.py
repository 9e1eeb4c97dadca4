"""What is true of days that are moved by months or counted in working days, told to the solver where it meets them.

Working days are told exactly (:mod:`remit.readings.smt.working_days`); of a move by months, how many days it can be. All of it
is true (tests try every day), so what is proved with it is proved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Final

from remit.core.lowering.opaque import Native
from remit.language.calendars import Calendar
from remit.language.temporal.months import days_in_month
from remit.readings.smt.script import Script, all_of, any_of, negated, number
from remit.readings.smt.working_days import working_days_after, working_days_between

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
    _moved: list[tuple[str, str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.beside is not None:
            self._moved = self.beside._moved

    def say(self, of: Native, calendar: Calendar | None, value: str, null: str, arguments: tuple[str, ...]) -> None:
        """What is true of a call that gives ``value``, or nothing where ``null``."""
        first, second = arguments
        if of.kind == "months":
            self._months(first, second, value, null)
        elif calendar is not None:
            says = working_days_between if of.kind == "working days" else working_days_after
            self.script.require(says(self.script, calendar, first, second, value, null))

    def _where(self, condition: str, *facts: str) -> None:
        self.script.require(any_of((negated(condition), all_of(facts))))

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
