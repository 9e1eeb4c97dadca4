"""Gates for a change: what must be proved of it. What is open is never proved, so it passes no gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from remit.authoring.proving.change.change_proof import ChangeProof, GateOutcome
from remit.authoring.proving.change.comparison import Direction
from remit.authoring.proving.change.largest_increase import Increase
from remit.authoring.proving.statements.edges import UNBOUNDED
from remit.language import words
from remit.language.values import Money

__all__ = ["GATES", "Gate", "gated"]

Gate: TypeAlias = Literal["no-wider", "no-narrower", "equal"]

#: What each gate rules out.
GATES: Final[Mapping[Gate, tuple[Direction, ...]]] = {
    "no-wider": ("wider",),
    "no-narrower": ("narrower",),
    "equal": ("wider", "narrower"),
}

#: Sections that bound or delay what is given over time, and never make a single grant larger.
_NOT_AT_ONCE: Final = ("Caps over time", "What is paid once", "What must be on file first", "Who must agree")


def gated(
    proof: ChangeProof, gate: Gate | None = None, most: Money | None = None, allowed: Mapping[str, str] | None = None
) -> ChangeProof:
    """``proof`` with what comes of ``gate`` and of the largest increase ``most``. ``allowed`` are regions that may be there,
    each with who allows it."""
    outcomes = []
    if gate is not None:
        reasons = tuple(_against(proof, gate, allowed or {}))
        known = {each.key for each in proof.regions if each.direction in GATES[gate]}
        meant = tuple(f"allowed by {by}: {key}" for key, by in (allowed or {}).items() if key in known)
        outcomes.append(GateOutcome(gate, not reasons, (*reasons, *meant)))
    if most is not None:
        reasons = tuple(_against_increase(proof, most))
        outcomes.append(GateOutcome(f"max-increase {words.quantity(most)}", not reasons, reasons))
    return replace(proof, gates=tuple(outcomes))


def _against(proof: ChangeProof, gate: Gate, allowed: Mapping[str, str]) -> Iterator[str]:
    for direction in GATES[gate]:
        mine = [each for each in proof.regions if each.direction == direction and each.key not in allowed]
        if mine:
            yield f"{'more' if direction == 'wider' else 'less'} is given: {'; '.join(each.key for each in mine)}"
        if direction in proof.more:
            yield "there are more regions than were looked at"
        yield from (f"not proved: {told}" for way, told in proof.open if way in (direction, None))
    for part in proof.not_covered:
        if gate == "equal" or (part.may_widen if gate == "no-wider" else part.may_narrow):
            yield f"not covered by the proof: {part.told}"


def _against_increase(proof: ChangeProof, most: Money) -> Iterator[str]:
    yield from (f"not proved: {each}" for each in proof.pair.ground.obstacles)
    for each in proof.largest_increases:
        if each.at_most is None or each.at_most > most.minor:
            yield _rises(proof, each, most)
    for part in proof.not_covered:
        if part.may_widen and part.heading not in _NOT_AT_ONCE:
            yield f"not covered by the proof: {part.told}"


def _rises(proof: ChangeProof, each: Increase, most: Money) -> str:
    of, reached = each.comparison, each.largest.reached
    title = words.in_sentence(proof.pair.models["new"].remedies[of.remedy].title)
    if reached >= UNBOUNDED:
        return f"{title} rises without a bound"
    if reached > most.minor:
        return f"{title} rises by up to {words.quantity(Money.from_minor(reached, most.currency))}"
    return f"not proved: whether {title} rises by more ({each.largest.reason or 'it may have no bound'})"
