"""The largest value of a number, between what a case reaches and what is proved to be out of reach.

No ``maximize`` of a solver: that took 38 s of processor time where this takes one, at 500 rules. A ceiling is known beforehand
from the bounds of the terms; between it and the best case so far the middle is asked, and every case moves the lower end up to
what the definition says of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from remit.authoring.proving.question import FoundCase, Inquiry, Open, ProofQuestion, Proved
from remit.readings.smt.script import number
from remit.readings.smt.solver import SolverFailure

__all__ = ["Largest", "climb"]

Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class Largest(Generic[Shown]):
    """``reached`` is the value of the best case, ``at_most`` what no case exceeds; they are the same where it is proved.
    ``shown`` is that case, ``None`` where nothing above 0 is reached. ``reason`` says why they differ."""

    reached: int
    at_most: int
    shown: Shown | None
    reason: str = ""

    @property
    def exact(self) -> bool:
        """Whether it is known to be the largest."""
        return self.reached == self.at_most


def climb(
    question: ProofQuestion[Shown],
    symbol: str,
    ceiling: int,
    value: Callable[[Shown], int],
    seconds: float,
    start: Largest[Shown] | None = None,
) -> Largest[Shown]:
    """The largest value of the number ``symbol``, which is at most ``ceiling``; ``value`` says what a case reaches, and
    ``start`` what was reached before. Raises :class:`remit.authoring.proving.question.Disagreement`."""
    best, shown, above = (0, None, ceiling) if start is None else (start.reached, start.shown, ceiling)
    try:
        with Inquiry(question, seconds) as inquiry:
            aim = ceiling  # which is often reached
            while best < above:
                answer = inquiry.seek(inquiry.step(f"(>= {symbol} {number(aim)})"))
                match answer:
                    case FoundCase(found):
                        best, shown = max(aim, value(found)), found
                    case Proved():
                        above = aim - 1
                    case Open(reason):
                        return Largest(best, above, shown, reason)
                aim = best + 1 if not best else (best + above + 1) // 2
    except SolverFailure as failure:
        return Largest(best, above, shown, str(failure))
    return Largest(best, best, shown)
