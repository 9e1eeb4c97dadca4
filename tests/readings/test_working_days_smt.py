"""Working days as a solver knows them are those of the calendar, whichever day is asked."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from remit.language.calendars import Calendar
from remit.readings.smt.script import Script, number
from remit.readings.smt.solver import Solver
from remit.readings.smt.working_days import working_days_after, working_days_between
from support.trials import trials

FIRST = date(2026, 1, 1)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    start = FIRST + timedelta(days=draw(st.integers(0, 10)))
    end = start + timedelta(days=draw(st.integers(1, 40)))
    off = draw(st.lists(st.integers(0, 60), max_size=6))
    weekend = draw(st.sampled_from([frozenset((6, 7)), frozenset((5, 6)), frozenset((7,)), frozenset[int]()]))
    return Calendar("c", frozenset(FIRST + timedelta(days=each) for each in off), start, end, weekend)


def said(calendar: Calendar, one: int, other: int, *, after: bool) -> int | None:
    """What the solver says, which must be able to say nothing else."""
    script = Script()
    value, null = script.fresh("Int"), script.fresh("Bool")
    of = working_days_after if after else working_days_between
    script.require(of(script, calendar, number(one), number(other), value, null))
    with Solver(20) as solver:
        assert solver.check(script.text) == "sat"
        found = solver.values([value, null])
        other_value = f"(or (not (= {null} {str(found[null]).lower()})) (and (not {null}) (not (= {value} {found[value]}))))"
        assert solver.check(f"(assert {other_value})") == "unsat"
    return None if found[null] else int(found[value])


@trials(150)
@given(calendars(), st.integers(-5, 60), st.integers(-5, 60))
def test_working_days_between(calendar: Calendar, one: int, other: int) -> None:
    first, last = (FIRST + timedelta(days=each) for each in (one, other))
    assert said(calendar, first.toordinal(), last.toordinal(), after=False) == calendar.between(first, last)


@trials(150)
@given(calendars(), st.integers(-5, 60), st.integers(-30, 30))
def test_working_days_after(calendar: Calendar, one: int, by: int) -> None:
    day = FIRST + timedelta(days=one)
    found = calendar.add(day, by)
    assert said(calendar, day.toordinal(), by, after=True) == (None if found is None else found.toordinal())
