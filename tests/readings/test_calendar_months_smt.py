"""Days moved by months, as a solver knows them, are those of the calendar, whichever day is asked."""

from __future__ import annotations

from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from remit.language.temporal.months import shift
from remit.readings.smt.calendar_months import moved_by_months
from remit.readings.smt.script import Script, number
from remit.readings.smt.solver import Solver
from support.trials import trials


@trials(200)
@given(
    st.one_of(st.dates(), st.dates(date(1999, 12, 25), date(2004, 3, 5))),
    st.one_of(st.integers(-30, 30), st.integers(-130_000, 130_000)),
)
@example(date(2000, 1, 31), 1)
@example(date(1900, 1, 31), 1)
@example(date(2024, 2, 29), 12)
@example(date(2024, 2, 29), -48)
@example(date(1, 1, 1), -1)
@example(date(9999, 12, 31), 1)
def test_a_day_moved_by_months(day: date, months: int) -> None:
    script = Script()
    value, null = script.fresh("Int"), script.fresh("Bool")
    script.require(moved_by_months(script, number(day.toordinal()), number(months), value, null))
    with Solver(20) as solver:
        assert solver.check(script.text) == "sat"
        found = solver.values([value, null])
        others = (
            f"(or (not (= {null} {str(found[null]).lower()})) (and (not {null}) (not (= {value} {number(int(found[value]))}))))"
        )
        assert solver.check(f"(assert {others})") == "unsat"
    moved = shift(day, months)
    assert (None if found[null] else found[value]) == (None if moved is None else moved.toordinal())
