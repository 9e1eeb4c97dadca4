"""What a solver is told of working days is true of every two days, in and around a calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from remit.readings.smt.calendar_days import counted_days

from remit.core.lowering.opaque import Native
from remit.core.terms import Terms
from remit.deciding.loading import loads
from remit.readings.code.evaluator_calls import native
from remit.readings.smt.encoding import EncodedCall
from remit.readings.smt.script import number
from remit.readings.smt.solver import Solver
from support.trials import trials

_POLICY: Final = """
policy: days
title: Days
version: "1"
owner: us
ladder: [clerk]
currency: EUR
facts:
  told: {type: date}
  came: {type: date}
remedies:
  credit: {type: money, title: Credit}
rules:
  - {id: late, because: Late., when: 'working days between(told, came, "shop") > 2', may: {credit: 5 EUR}}
calendars:
  shop: {from: 2026-01-01, to: 2027-01-01, holidays: [2026-01-01, 2026-05-01, 2026-12-25], weekend: [sunday]}
"""
_DAYS: Final = st.dates(date(2025, 12, 20), date(2027, 1, 12))


@trials(20)
@given(st.lists(st.tuples(_DAYS, _DAYS | st.just(date(2026, 12, 31))), min_size=1, max_size=30))
def test_what_is_said_of_working_days_is_true(pairs: list[tuple[date, date]]) -> None:
    model = loads(_POLICY, "days.yaml").model
    of = Native("working days", "shop")
    term = Terms().call(of, sort="i")
    said = []
    for first, last in (*pairs, *((last, first + timedelta(days=1)) for first, last in pairs)):
        ends = first.toordinal(), last.toordinal()
        found = native(model, of)(*ends)
        call = EncodedCall(term, number(found or 0), "true" if found is None else "false", tuple(map(number, ends)))
        said.append(counted_days(model, call))
    assert "true" not in said
    with Solver(60) as solver:
        assert solver.check("".join(f"(assert {each})\n" for each in said)) == "sat"
    wrong = EncodedCall(term, "1", "false", (number(pairs[0][0].toordinal()),) * 2)
    with Solver(60) as solver:
        assert solver.check(f"(assert {counted_days(model, wrong)})\n") == "unsat"
