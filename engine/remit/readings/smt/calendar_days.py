"""What is known of working days without counting them: where a calendar has none to say, and how many there can be."""

from __future__ import annotations

from remit.core.lowering.opaque import Native
from remit.policy.model import Model
from remit.readings.smt.encoding import EncodedCall
from remit.readings.smt.script import TRUE, all_of

__all__ = ["counted_days"]


def counted_days(model: Model, call: EncodedCall) -> str:
    """A sentence that is true of a call that counts the working days between two days: it has a value if both are days of its
    calendar, and there are no more working days than days, in the same direction."""
    of = call.term.value
    if not isinstance(of, Native) or of.kind != "working days" or len(call.arguments) != 2 or call.null is None:
        return TRUE
    calendar, (first, last) = model.calendars[of.calendar], call.arguments
    start, end = calendar.start.toordinal(), calendar.end.toordinal()
    inside = all_of(f"(and (<= {start} {day}) (< {day} {end}))" for day in (first, last))
    onwards = f"(and (>= {call.value} 0) (<= {call.value} (- {last} {first})))"
    backwards = f"(and (<= {call.value} 0) (>= {call.value} (- {last} {first})))"
    return all_of((f"(= {call.null} (not {inside}))", f"(or {call.null} (ite (<= {first} {last}) {onwards} {backwards}))"))
