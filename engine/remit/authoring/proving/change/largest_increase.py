"""How much more may be given than before, at the most."""

from __future__ import annotations

from dataclasses import dataclass

from remit.authoring.proving.change.change_questions import decided_cases, sought
from remit.authoring.proving.change.comparison import ChangeComparison
from remit.authoring.proving.change.policy_pair import PairDecided
from remit.authoring.proving.climbing import Largest, climb
from remit.authoring.proving.question import Disagreement, FoundCase, Inquiry, Proved
from remit.authoring.proving.statements.edges import UNBOUNDED
from remit.readings.smt.script import number
from remit.readings.smt.solver import SolverFailure

__all__ = ["Increase", "Increased", "largest_increase"]


@dataclass(frozen=True, slots=True)
class Increased:
    """A case, and how much more is given there."""

    decided: PairDecided
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Increase:
    """The largest one of ``comparison``; from :data:`remit.authoring.proving.statements.edges.UNBOUNDED` on, there is no
    bound."""

    comparison: ChangeComparison
    largest: Largest[Increased]

    @property
    def at_most(self) -> int | None:
        """What it never exceeds; ``None`` where that is not known, or there is no bound."""
        return None if self.largest.at_most >= UNBOUNDED else self.largest.at_most


def largest_increase(comparison: ChangeComparison, seconds: float, *, allowed: int | None = None) -> Increase:
    """Climb to the largest increase; where it is proved first that it is not above ``allowed``, no higher."""
    pair, frame, role = comparison.pair, comparison.pair.frame(), comparison.roles[0]
    by = frame.script.fresh("Int", "by")
    frame.script.require(f"(>= {by} 1)")
    what = sought(comparison, frame, {}, (), by)

    def confirm(decided: PairDecided) -> Increased | None:
        after, before = (comparison.decided(side, decided) for side in (comparison.high, comparison.low))
        return Increased(decided, before, after) if after > before else None

    high, low = comparison.term(comparison.high).high, comparison.term(comparison.low).low or 0
    ceiling = UNBOUNDED if high is None else min(high - low, UNBOUNDED)
    calendars = pair.differing_calendars(frame)
    if calendars:
        return Increase(comparison, Largest(0, UNBOUNDED, None, f"the calendar `{calendars[0]}` is not the same in both"))
    question = decided_cases(pair, frame, what, role, confirm)
    try:
        if allowed is not None and allowed < ceiling:
            with Inquiry(question, seconds) as inquiry:
                answer = inquiry.seek(inquiry.step(f"(>= {by} {number(allowed + 1)})"))
            if isinstance(answer, Proved):
                ceiling = allowed
            elif isinstance(answer, FoundCase) and answer.shown.after - answer.shown.before <= allowed:
                return Increase(comparison, Largest(0, ceiling, None, "the definition says otherwise"))
        if ceiling <= 0:
            return Increase(comparison, Largest(0, 0, None))
        return Increase(comparison, climb(question, by, ceiling, _value, seconds))
    except (SolverFailure, Disagreement) as failure:
        return Increase(comparison, Largest(0, ceiling, None, str(failure)))


def _value(shown: Increased) -> int:
    return min(shown.after - shown.before, UNBOUNDED)
