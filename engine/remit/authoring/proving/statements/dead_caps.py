"""No cap is dead: something counts against it, and no other cap is always at least as strict. Whether several caps together, or
the limits of rules, make one needless is not looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.prover import Prover, because
from remit.authoring.proving.question import Open
from remit.core.views import PolicyView
from remit.language.source import place_of
from remit.policy.model import Cap, Model, Window

__all__ = ["contains_window", "dead_caps", "is_subsumed"]

#: In days, the most that a calendar window takes, and one more for a change of the clocks.
_LONGEST: Final = {"day": 2, "week": 8, "month": 32, "quarter": 93, "year": 367}
#: The calendar windows that a calendar window lies within; quarters and years, where they begin in the same month.
_PARTS: Final = {
    "day": ("day", "week", "month", "quarter", "year"),
    "week": ("week",),
    "month": ("month", "quarter", "year"),
    "quarter": ("quarter", "year"),
    "year": ("year",),
}


def dead_caps(prover: Prover) -> Iterator[Callable[[], ProofResult]]:
    """One statement for each cap."""
    for number in range(len(prover.model.caps)):
        yield partial(_cap, prover, number)


def _cap(prover: Prover, number: int) -> ProofResult:
    model, cap = prover.model, prover.model.caps[number]
    says = f"something counts against cap `{cap.id}`, and no other cap is always at least as strict"
    result = ProofResult("dead", cap.id, says, "open", place=place_of(cap.source))
    for place, other in enumerate(model.caps):
        # Of two that are the same, one is needed: the first.
        if other is not cap and is_subsumed(model, cap, other) and (place < number or not is_subsumed(model, other, cap)):
            told = f"cap `{cap.id}` is subsumed: `{other.id}` counts all that it counts, and never leaves more"
            return result.ending("refuted", [told])
    T = prover.terms
    known = [prover.meaning.authority(rank, name) for rank in range(len(model.ladder)) for name in cap.counts]
    verdict = prover.exists(T.or_(*(T.lt(each.owed, each.limit) for each in known)))
    if verdict is None:
        return result.ending("proved")
    if isinstance(verdict, Open):
        return result.ending("open", because(verdict))
    if _is_given_otherwise(model, cap):
        return result.ending("open", ["not proved: only discretion or an approval may give what it counts"])
    return result.ending("refuted", [f"nothing ever counts against cap `{cap.id}`: no role may give more than is owed"])


def _is_given_otherwise(model: Model, cap: Cap) -> bool:
    """Whether what the cap counts may be given though no rule gives it."""
    if model.discretion and any(model.remedies[name].kind == "money" for name in cap.counts):
        return True
    return any(each.effect == "escalate" and any(map(each.covers, cap.counts)) for each in model.guardrails)


def is_subsumed(model: Model, cap: Cap, other: Cap) -> bool:
    """Whether ``other`` has nothing left wherever ``cap`` has nothing left: it counts at least as much, together for at least
    as many, over at least as long, up to no more. What several policies or currencies count together is not compared."""
    if any(each.shared or each.together for each in (cap, other)) or cap.measure != other.measure:
        return False
    view, ranks = PolicyView.of(model), range(len(model.ladder))
    return (
        set(cap.counts) <= set(other.counts)
        and _keys(other) <= _keys(cap)
        and contains_window(other.over, cap.over)
        and all(view.cap_limit(other, rank) <= view.cap_limit(cap, rank) for rank in ranks)
    )


def _keys(cap: Cap) -> set[str]:
    return {*cap.per, *(["case"] if cap.over.kind == "case" else [])}


def contains_window(longer: Window, window: Window) -> bool:
    """Whether what counts in ``window`` surely counts in ``longer`` at the same moment."""
    if longer == window or longer.kind in ("case", "lifetime"):
        return True  # all that has the same keys
    if longer.kind == "rolling" and window.kind == "rolling":
        return _length(longer) >= _length(window)
    if longer.kind == "rolling" and window.kind == "calendar":
        return _length(longer) >= timedelta(days=_LONGEST[window.unit or "year"])
    if longer.kind == "calendar" and window.kind == "calendar":
        ends_alike = window.unit in ("day", "week", "month") or longer.start_month == window.start_month
        return ends_alike and longer.unit in _PARTS[window.unit or "year"]
    return False


def _length(window: Window) -> timedelta:
    return window.length or timedelta(0)
