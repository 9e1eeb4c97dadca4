"""The questions about a change: is there a case in which one side is higher, and what is it that lifts it there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from remit.authoring.proving.change.change_cause import ChangeCause, cause_of, excluded
from remit.authoring.proving.change.comparison import ChangeComparison, RuleAmount
from remit.authoring.proving.change.policy_pair import PairDecided, PairFrame, PolicyPair
from remit.authoring.proving.proof_cases import ProofCase
from remit.authoring.proving.question import Disagreement, FoundCase, Open, ProofQuestion, Proved, ask
from remit.core.term import Term
from remit.readings.smt.script import all_of, negated

__all__ = ["FoundChange", "LookedAt", "decided_cases", "look_at", "sought"]

#: So many causes are looked for; then it is only said that there are more.
MOST_CAUSES: Final = 20

Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class FoundChange:
    """A case in which the high side gives ``high`` and the low one ``low``, in smallest units, and the cause, where one alone
    makes the difference."""

    comparison: ChangeComparison
    decided: PairDecided
    cause: ChangeCause | None
    high: int
    low: int


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What came of one comparison. ``open`` is why it is not known whether there is more; ``more``: there is, but it was not
    looked at. ``query`` is what was asked where the answer
    shows a fault of remit."""

    comparison: ChangeComparison
    found: tuple[FoundChange, ...]
    open: str = ""
    more: bool = False
    query: str = ""


def sought(
    comparison: ChangeComparison, frame: PairFrame, apart: Mapping[RuleAmount, Term], never: Sequence[Term], by: str = ""
) -> str:
    """That the high side is higher than the low one: there is an amount that the high side has more than (``by`` so much) and
    the low one has not. The two are compared with it one after the other, which keeps both flat."""
    encoding, between = frame.encoding, frame.script.fresh("Int", "between")
    frame.script.require(f"(>= {between} 0)")
    above = f"(+ {between} {by})" if by else between
    parts = [encoding.at_least([(1, comparison.lifted(apart))], 0 if by else 1, above)]
    parts.append(negated(encoding.at_least([(1, comparison.term(comparison.low))], 1, between)))
    parts += [negated(encoding.truth(each)) for each in never]
    return all_of(parts)


def decided_cases(
    pair: PolicyPair, frame: PairFrame, what: str, role: str, confirm: Callable[[PairDecided], Shown | None]
) -> ProofQuestion[Shown]:
    """Looks for a case that is ``what`` is sought; ``confirm`` takes it as both policies decide it by the definition."""

    def confirmed(values: Mapping[str, Any]) -> Shown | None:
        decided = pair.decided(frame.case(values, pair.usual), role)
        return None if decided is None else confirm(decided)

    return ProofQuestion(frame.script, (frame,), what, confirmed, lambda values: frame.lessons(values, pair.joint))


def look_at(comparison: ChangeComparison, seconds: float, *, most: int = MOST_CAUSES) -> LookedAt:
    """Find a case, what lifts it, and then another that something else lifts, until there is none."""
    pair, role = comparison.pair, comparison.roles[0]
    causes: dict[ChangeCause, None] = {}
    found: list[FoundChange] = []

    def confirm(decided: PairDecided) -> FoundChange | None:
        high, low = (comparison.decided(side, decided) for side in (comparison.high, comparison.low))
        return FoundChange(comparison, decided, cause_of(comparison, decided, causes), high, low) if high > low else None

    while True:
        frame = pair.frame()
        what = sought(comparison, frame, *excluded(comparison, causes))
        calendars = pair.differing_calendars(frame)
        if calendars:
            return LookedAt(comparison, tuple(found), f"the calendar `{calendars[0]}` is not the same in both")
        try:
            answer = ask(decided_cases(pair, frame, what, role, confirm), seconds)
        except Disagreement as fault:
            return LookedAt(comparison, tuple(found), str(fault), query=fault.script)
        match answer:
            case Proved():
                return LookedAt(comparison, tuple(found))
            case Open(reason):
                return LookedAt(comparison, tuple(found), reason)
            case FoundCase(change):
                if len(found) == most or (change.cause is None and found):
                    return LookedAt(comparison, tuple(found), more=True)
                found.append(_short(pair, change, confirm))
                if change.cause is None:
                    return LookedAt(comparison, tuple(found), more=True)
                causes[change.cause] = None


def _short(pair: PolicyPair, change: FoundChange, confirm: Callable[[PairDecided], FoundChange | None]) -> FoundChange:
    """The change told with everyday values and without the facts that do not matter: what is left out would decide the same
    with its everyday value."""

    def shown(case: ProofCase) -> FoundChange | None:
        decided = pair.decided(case, change.decided.role)
        found = None if decided is None else confirm(decided)
        return found if found is not None and found.cause == change.cause else None

    def confirms(case: ProofCase) -> bool:
        short = shown(case)
        if short is None or case.facts.keys() >= pair.usual.keys():
            return short is not None
        whole = shown(replace(case, facts={**pair.usual, **case.facts}))
        return whole is not None and (short.high, short.low) == (whole.high, whole.low)

    case = change.decided.case
    for _ in range(2):  # what mattered beside an odd value may not beside an everyday one
        case = pair.joint.shortened(case, confirms)
    for remedy in case.asked:
        fewer = replace(case, asked={name: each for name, each in case.asked.items() if name != remedy})
        if confirms(fewer):
            case = fewer
    return shown(case) or change
