"""Cases made: a request with all the facts that it needs, and the answer; then without the facts that change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from remit.authoring.proposing.situations import Facts, Situations
from remit.authoring.testing.coverage import CoverageItem, reached
from remit.authoring.testing.expectations import Taken
from remit.authoring.thresholds import usual_time
from remit.deciding.policy import Policy
from remit.decision.decision import Decision
from remit.decision.detail import Quantity
from remit.decision.inputs import Inputs, check_request
from remit.errors import RequestError
from remit.language.values import Money
from remit.ledger.people.agreeing import Wanted, wanted
from remit.policy.model import Model

__all__ = ["CaseMaker", "Proposal", "size_of", "summary"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case to confirm: a name, the request, and what the policy answers today. ``facts`` have the day of the incident,
    ``occurred``, where it is not the usual one; ``wanted`` says who must agree to what is sent up, where the policy does."""

    name: str
    about: str
    facts: Facts
    role: str
    asked: Mapping[str, Any]
    evidence: tuple[str, ...]
    decision: Decision
    occurred: Any
    wanted: Wanted | None = None


class CaseMaker:
    """Makes cases for one policy. ``found`` are the situations that the cases so far are about."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.model: Model = policy.model
        self.situations = Situations(policy.model)
        self.found: list[Facts] = []

    def decide(self, facts: Facts, role: str, asked: Mapping[str, Any], evidence: tuple[str, ...] = ()) -> Decision:
        request, history = self.request(facts, role, asked, evidence)
        return self.policy.decide(request, history=history, at=usual_time(self.model, request["occurred"]))

    def request(
        self, facts: Facts, role: str, asked: Mapping[str, Any], evidence: tuple[str, ...]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The request, and the facts that a ledger would read."""
        told = {name: value for name, value in facts.items() if name in self.model.facts}
        known = {name: value for name, value in told.items() if self.model.facts[name].history is None}
        history = {name: value for name, value in told.items() if name not in known}
        request: dict[str, Any] = {
            "employee": {"id": "e-1", "role": role},
            "asked": {name: str(amount) if isinstance(amount, Money) else amount for name, amount in asked.items()},
            "facts": known,
            "occurred": facts.get("occurred", self.situations.day),
            "evidence": evidence,
        }
        return request, history

    def settled(
        self, facts: Facts, role: str, asked: Mapping[str, Any], *, proven: bool = True
    ) -> tuple[Facts, Decision, tuple[str, ...]]:
        """``facts`` with the missing ones added, and the evidence too if it is to be ``proven``, until nothing is missing."""
        facts = dict(facts)
        evidence: tuple[str, ...] = ()
        decision = self.decide(facts, role, asked)
        for _ in range(len(self.model.facts) + 1):
            if decision.outcome != "ask" or not (proven or decision.missing.facts):
                break
            facts |= {name: self.situations.usual[name] for name in decision.missing.facts if name in self.situations.usual}
            evidence = (*evidence, *decision.missing.evidence) if proven else ()
            decision = self.decide(facts, role, asked, evidence)
        return facts, decision, evidence

    def proposal(
        self, name: str, about: str, facts: Facts, role: str, asked: Mapping[str, Any], *, proven: bool = True
    ) -> Proposal | None:
        try:
            whole, decision, evidence = self.settled(facts, role, asked, proven=proven)
        except RequestError:
            return None
        day = whole.get("occurred", self.situations.day)
        return Proposal(name, about, whole, role, asked, evidence, decision, day, self.agreeing(whole, role, asked, decision))

    def agreeing(self, facts: Facts, role: str, asked: Mapping[str, Any], decision: Decision) -> Wanted | None:
        """Who must agree to what is sent up."""
        if not self.model.approvals or decision.outcome != "escalate":
            return None
        return wanted(self.model, self._inputs(*self.request(facts, role, asked, ())), {})

    def _inputs(self, request: Mapping[str, Any], history: Mapping[str, Any]) -> Inputs:
        return check_request(self.model, request, history=history, at=usual_time(self.model, request["occurred"]))

    def most(self, facts: Facts, role: str, remedy: str) -> dict[str, Any]:
        """The most of ``remedy`` that the role may give under ``facts``; empty where nothing."""
        try:
            decision = self.settled(facts, role, {})[1]
        except RequestError:
            return {}
        limit = decision.remedies[remedy].limit
        return {remedy: limit} if size_of(limit) else {}

    def told_short(
        self, proposals: Sequence[Proposal], keep: Set[str] = frozenset(), reach: Set[CoverageItem] = frozenset()
    ) -> Iterator[Proposal]:
        """The same cases without the facts that change nothing in any of them, as long as each reaches ``reach``; the facts to
        ``keep`` stay."""
        short = list(proposals)
        for name in short[0].facts:
            fewer = [self.without(each, name) for each in short] if name not in keep else []
            less = [each for each in fewer if each is not None]
            if len(less) == len(short) and (not reach or all(reach <= self.reached(each) for each in less)):
                short = less
        return iter(short)

    def without(self, proposal: Proposal, name: str) -> Proposal | None:
        """The same case without one fact, where the answer is the same and nothing is asked for."""
        facts = {each: value for each, value in proposal.facts.items() if each != name}
        try:
            decision = self.decide(facts, proposal.role, proposal.asked, proposal.evidence)
        except RequestError:
            return None
        want = self.agreeing(facts, proposal.role, proposal.asked, decision)
        day = facts.get("occurred", self.situations.day)
        shorter = replace(proposal, facts=facts, decision=decision, wanted=want, occurred=day)
        return shorter if _told(shorter) == _told(proposal) else None

    def reached(self, proposal: Proposal) -> set[CoverageItem]:
        """What a proposed case reaches of the policy, as ``remit coverage`` counts it."""
        request, history = self.request(proposal.facts, proposal.role, proposal.asked, proposal.evidence)
        return set(reached(self.model, Taken(proposal.decision, request, None, history), self._inputs(request, history)))

    def little(self, remedy: str) -> Quantity:
        """A small amount of ``remedy``."""
        kind = self.model.remedies[remedy].kind
        return Money.of(f"10 {self.model.currency}") if kind == "money" else True if kind == "exception" else 100

    def words(self, asked: Mapping[str, Any], remedy: str) -> str:
        amount, title = asked[remedy], self.model.remedies[remedy].title
        return title if isinstance(amount, bool) else f"{amount} {title[:1].lower()}{title[1:]}"


def size_of(quantity: Quantity) -> int:
    """As a whole number."""
    return quantity.minor if isinstance(quantity, Money) else int(quantity)


def _told(proposal: Proposal) -> tuple[object, ...]:
    """All that a case says of it, and what is missing."""
    return *summary(proposal), proposal.decision.approver, [reason.id for reason in proposal.decision.reasons]


def summary(proposal: Proposal) -> tuple[object, ...]:
    """The answer to it, of the remedies asked for or of all."""
    decision, asked = proposal.decision, proposal.asked
    limits = tuple((name, limit) for name, limit in decision.limits.items() if name in asked or not asked)
    return (decision.outcome, decision.missing, limits, tuple(decision.owed.items()), proposal.wanted)
