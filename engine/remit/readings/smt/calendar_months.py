"""A day moved by months, exactly: its year, month and day of the month are whole numbers that a solver reckons with.

The Gregorian calendar, as :mod:`datetime` has it; 31 January plus one month is the last day of February
(:func:`remit.language.temporal.months.shift`).
"""

from __future__ import annotations

from datetime import date
from typing import Final

from remit.readings.smt.script import Script, all_of

__all__ = ["moved_by_months"]

_LAST: Final = date.max.toordinal()
#: The days of a common year before each month but January, with the month.
_BEFORE: Final = [(month, date(2001, month, 1).timetuple().tm_yday - 1) for month in range(2, 13)]


def moved_by_months(script: Script, day: str, by: str, value: str, null: str) -> str:
    """That ``value`` is the day ``by`` months after ``day``, or before it where that is below 0; ``null`` where there is no
    such year."""
    year, month, of_month = (script.fresh("Int", each) for each in ("year", "month", "of_month"))
    length = script.define(_length(year, month), "Int")
    script.require(f"(= {day} {_ordinal(script, year, month, of_month)})")
    script.require(all_of((f"(>= {month} 1)", f"(<= {month} 12)", f"(>= {of_month} 1)", f"(<= {of_month} {length})")))
    months = script.define(f"(+ (* 12 {year}) {month} {by} (- 1))", "Int")
    then = script.define(f"(div {months} 12)", "Int"), script.define(f"(+ (mod {months} 12) 1)", "Int")
    shorter = script.define(_length(*then), "Int")
    last = script.define(f"(ite (<= {of_month} {shorter}) {of_month} {shorter})", "Int")
    there = all_of((f"(>= {day} 1)", f"(<= {day} {_LAST})", f"(>= {then[0]} 1)", f"(<= {then[0]} 9999)"))
    return all_of((f"(= {null} (not {there}))", f"(or {null} (= {value} {_ordinal(script, *then, last)}))"))


def _leap(year: str) -> str:
    return f"(and (= (mod {year} 4) 0) (or (not (= (mod {year} 100) 0)) (= (mod {year} 400) 0)))"


def _length(year: str, month: str) -> str:
    """How many days a month has."""
    short = " ".join(f"(= {month} {each})" for each in (4, 6, 9, 11))
    return f"(ite (= {month} 2) (ite {_leap(year)} 29 28) (ite (or {short}) 30 31))"


def _ordinal(script: Script, year: str, month: str, of_month: str) -> str:
    """The number of a day, as :meth:`datetime.date.toordinal` counts."""
    past = script.define(f"(- {year} 1)", "Int")
    years = f"(* 365 {past}) (div {past} 4) (- (div {past} 100)) (div {past} 400)"
    months = "0"
    for first, days in _BEFORE:
        months = f"(ite (>= {month} {first}) {days} {months})"
    leaps = f"(ite (and (> {month} 2) {_leap(year)}) 1 0)"
    return script.define(f"(+ {years} {months} {leaps} {of_month})", "Int")
