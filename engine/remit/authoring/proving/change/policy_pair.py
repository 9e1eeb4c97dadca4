"""Two policies as one question sees them: terms of both, one case for both, and what the definition says in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

from remit.authoring.boundaries import candidates
from remit.authoring.proving.change.common_ground import CommonGround, common_ground
from remit.authoring.proving.meaning import Meaning
from remit.authoring.proving.proof_cases import ProofCase, ProofFrame
from remit.authoring.proving.redecided import Redecided
from remit.core.authorities import Authority
from remit.core.laws import Bundle
from remit.core.lowering.lowering import Lowering
from remit.core.lowering.opaque import Item, Native
from remit.core.term import Term
from remit.core.terms import Terms
from remit.errors import RequestError
from remit.policy.model import Fact, Model
from remit.readings.smt.encoding import Codes
from remit.readings.smt.script import Script

__all__ = ["SIDES", "PairDecided", "PolicyPair", "Side"]

Side: TypeAlias = Literal["old", "new"]
SIDES: Final[tuple[Side, Side]] = ("old", "new")

#: Marks what only the evaluator of the new policy works out.
_NEW: Final = "'"


@dataclass(frozen=True, slots=True)
class PairDecided:
    """One case as the definition decides it for ``role`` under both policies."""

    case: ProofCase
    role: str
    bundles: Mapping[Side, Bundle]

    def authority(self, side: Side, remedy: str) -> Authority:
        """What may be given of the remedy."""
        return self.bundles[side].authority(remedy)


class PolicyPair:
    """``old`` and ``new``, with the terms of both in one graph, so that what is equal is the same object.

    Nothing has been received yet: so claims, which only count what was, change nothing here.
    """

    def __init__(self, old: Model, new: Model) -> None:
        self.models: Mapping[Side, Model] = {"old": old, "new": new}
        self.ground: CommonGround = common_ground(old, new)
        self.terms = Terms()
        self.distinct = "" if self.ground.evaluates_alike else _NEW

    @cached_property
    def meanings(self) -> Mapping[Side, Meaning]:
        """The two in terms."""
        old, new = (replace(each, claims=()) for each in (self.ground.old, self.ground.new))
        return {"old": Meaning(old, self.terms), "new": Meaning(new, self.terms, self.distinct)}

    @cached_property
    def redecided(self) -> Mapping[Side, Redecided]:
        """The two by definition."""
        return {side: Redecided(model) for side, model in self.models.items()}

    @cached_property
    def joint(self) -> Redecided:
        """Everyday values for the facts of both, by the rules in which they differ: of 500 rules that takes ten times as long
        as the questions."""
        old, new = ({rule.id: rule for rule in each.rules} for each in (self.ground.old, self.ground.new))
        apart = [rule for mine, other in ((new, old), (old, new)) for name, rule in mine.items() if other.get(name) != rule]
        return Redecided(replace(self.ground.joint, rules=tuple(apart)))

    @property
    def usual(self) -> Mapping[str, Any]:
        """An everyday value for every fact."""
        return self.joint.usual

    def rank(self, side: Side, role: str) -> int:
        """How high the role is on the ladder of this side."""
        return self.models[side].ladder.index(role)

    def authority(self, side: Side, role: str, remedy: str) -> Authority:
        """In terms, what the role may give of the remedy."""
        return self.meanings[side].authority(self.rank(side, role), remedy)

    def frame(self) -> PairFrame:
        """One case for both, in a script of its own. Any amount of any remedy may be asked."""
        return PairFrame(self)

    def decided(self, case: ProofCase, role: str) -> PairDecided | None:
        """The case under both policies, decided by the definition; ``None`` where one of them does not accept it."""
        day = case.occurred or self.joint.situations.day
        bundles = {}
        for side, model in self.models.items():
            facts = {name: value for name, value in case.facts.items() if name in model.facts}
            asked = {name: amount for name, amount in case.asked.items() if name in model.remedies}
            try:
                bundles[side] = self.redecided[side].bundle(ProofCase(facts, day, asked), role)
            except RequestError:
                return None
        return PairDecided(case, role, bundles)

    def differing_calendars(self, frame: ProofFrame) -> list[str]:
        """The calendars that a question reads and that are not the same in both."""
        old, new = (self.models[side].calendars for side in SIDES)
        read = {call.term.value.calendar for call in frame.encoding.calls if isinstance(call.term.value, Native)}
        return sorted(name for name in read if name and old.get(name) != new.get(name))


class PairFrame(ProofFrame):
    """The constants for one request, which both policies are asked."""

    def __init__(self, pair: PolicyPair) -> None:
        joint = pair.ground.joint
        wholes = Lowering(pair.terms, joint, None, partial=False).wholes
        super().__init__(Script(), joint, wholes, Codes(), asked=tuple(joint.remedies))
        self._pair = pair

    def model_of(self, term: Term) -> Model:
        scope = term.args[0].args[0] if isinstance(term.value, Item) else term.args[0]
        name = str(scope.value).partition(".")[0]
        return self._pair.ground.new if name.endswith(_NEW) else self._own(name)

    def _own(self, scope: str) -> Model:
        """Both work it out alike, or it is of the old one."""
        return self._pair.ground.joint if not self._pair.distinct else self._pair.ground.old

    def _worth(self, fact: Fact) -> tuple[Any, ...]:
        found = {repr(each): each for each in super()._worth(fact)}
        of = fact.type.element
        if (of is None or of.kind != "choice") and fact.name in self._pair.ground.old.facts:
            found.update({repr(each): each for each in candidates(self._pair.ground.old)[fact.name]})
        return tuple(found.values())
