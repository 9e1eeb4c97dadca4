"""One case for each rule and each guardrail; for each boundary one just below, one at it, one just above.

What is expected is what the policy says today: the author reads the table and decides whether that is what was meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain, islice, product
from typing import Any

from remit.authoring.boundaries import Boundary, boundaries
from remit.authoring.proposing.situations import Facts, Situations
from remit.authoring.testing.case_run import Taken
from remit.authoring.testing.coverage import CoverageItem, items, reached
from remit.deciding.policy import Policy
from remit.decision.decision import Decision
from remit.decision.detail import Quantity
from remit.decision.inputs import check_request
from remit.errors import RequestError
from remit.language.values import Money
from remit.language.words import show_value
from remit.policy.model import Guardrail, Model, Rule

__all__ = ["Proposal", "propose"]


#: How many situations are sampled for what nothing has reached, and how many are tried for one boundary.
_SAMPLES = 400
_BASES = 60
#: How many of the facts under which a rule holds are tried together with others.
_HOLDING = 3
#: What facts alone reach, whatever is asked for.
_BY_FACTS = ("rule", "guardrail", "row", "entry")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A case to confirm: a name, the request, and what the policy answers today."""

    name: str
    about: str
    facts: Facts
    role: str
    asked: Mapping[str, Any]
    evidence: tuple[str, ...]
    decision: Decision
    occurred: Any


def propose(policy: Policy) -> Iterator[Proposal]:
    """Cases for ``policy``, in the order of the file."""
    maker = _Maker(policy)
    found: list[Proposal] = []
    for rule in policy.model.rules:
        found.extend(maker.for_rule(rule))
    for guardrail in policy.model.guardrails:
        found.extend(maker.for_guardrail(guardrail))
    found.extend(maker.for_the_rest(found))
    found.extend(maker.for_requirements(found))
    yield from found
    for boundary in boundaries(policy.model):
        yield from maker.for_boundary(boundary)


class _Maker:
    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.model: Model = policy.model
        self.situations = Situations(policy.model)
        self.found: list[Facts] = []

    def decide(self, facts: Facts, role: str, asked: Mapping[str, Any], evidence: tuple[str, ...] = ()) -> Decision:
        request, history = self.request(facts, role, asked, evidence)
        return self.policy.decide(request, history=history)

    def request(
        self, facts: Facts, role: str, asked: Mapping[str, Any], evidence: tuple[str, ...]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The request, and the facts that a ledger would read."""
        known = {name: value for name, value in facts.items() if self.model.facts[name].history is None}
        history = {name: value for name, value in facts.items() if name not in known}
        request: dict[str, Any] = {
            "employee": {"id": "e-1", "role": role},
            "asked": {name: str(amount) if isinstance(amount, Money) else amount for name, amount in asked.items()},
            "facts": known,
            "occurred": self.situations.day,
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
        return Proposal(name, about, whole, role, asked, evidence, decision, self.situations.day)

    def for_rule(self, rule: Rule) -> Iterator[Proposal]:
        """The first situation in which the rule decides something: its own id is among the reasons."""
        fallback: Proposal | None = None
        first = islice(self.situations.holding(rule.when), _HOLDING)
        mixed = product(self.situations.sampled(_BASES, calm=True), first)
        for facts in chain(self.situations.holding(rule.when), ({**base, **facts} for base, facts in mixed)):
            for remedy in (*rule.owed, *rule.may):
                roles = list(rule.may.get(remedy, {})) or [self.model.ladder[0]]
                role = next((each for each in self.model.ladder if each in roles), self.model.ladder[0])
                asked = self.most(facts, role, remedy)
                if not asked:
                    continue
                found = self.proposal(f"{rule.id}: {self.words(asked, remedy)}", rule.id, facts, role, asked)
                if found is not None and rule.id in [reason.id for reason in found.decision.reasons]:
                    self.found.append(found.facts)
                    yield from self.told_short([found])
                    return
                fallback = fallback or found
        if fallback is not None:
            self.found.append(fallback.facts)
            yield fallback

    def most(self, facts: Facts, role: str, remedy: str) -> dict[str, Any]:
        """The most of ``remedy`` that the role may give under ``facts``; empty where nothing."""
        try:
            decision = self.settled(facts, role, {})[1]
        except RequestError:
            return {}
        limit = decision.remedies[remedy].limit
        return {remedy: limit} if _size(limit) else {}

    def for_guardrail(self, guardrail: Guardrail) -> Iterator[Proposal]:
        """A situation in which it applies, with a request that it bears on."""
        named = guardrail.remedies or tuple(guardrail.limits) or tuple(self.model.remedies)
        bases: list[Facts] = [*self.found, {}]
        for facts in self.situations.holding(guardrail.when):
            for base in bases:
                merged = {**base, **facts}
                for remedy in named:
                    asked = {remedy: self.little(remedy)}
                    name = f"{guardrail.id}: {self.words(asked, remedy)}"
                    found = self.proposal(name, guardrail.id, merged, self.model.ladder[0], asked)
                    if found is not None and guardrail.id in [reason.id for reason in found.decision.reasons]:
                        yield from self.told_short([found])
                        return

    def for_the_rest(self, before: Iterable[Proposal]) -> Iterator[Proposal]:
        """Sampled situations that reach a row, a rule or a requirement that nothing has reached yet."""
        seen = {item for proposal in before for item in self.reached(proposal)}
        every = {item for item in items(self.model) if item.kind in _BY_FACTS}
        for facts in chain(self.situations.sampled(_SAMPLES, calm=True), self.situations.sampled(_SAMPLES)):
            if every <= seen:
                return
            found = self.proposal("", "", facts, self.model.ladder[0], {})
            new = self.reached(found) - seen if found is not None else set()
            if found is not None and new:
                seen |= new
                self.found.append(found.facts)
                first = min(new, key=lambda item: (item.place.line if item.place else 0, item.name))
                yield from self.told_short([replace(found, name=f"{first.kind} {first.name}")], reach=new)

    def told_short(
        self, proposals: Sequence[Proposal], keep: str = "", reach: Set[CoverageItem] = frozenset()
    ) -> Iterator[Proposal]:
        """The same cases without the facts that change nothing in any of them, as long as each reaches ``reach``; the fact to
        ``keep`` stays."""
        short = list(proposals)
        for name in short[0].facts:
            fewer = [self.without(each, name) for each in short] if name != keep else []
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
        shorter = replace(proposal, facts=facts, decision=decision)
        return shorter if _told(shorter) == _told(proposal) else None

    def for_requirements(self, before: Iterable[Proposal]) -> Iterator[Proposal]:
        """Requests large enough for the evidence that nothing has needed yet."""
        seen = {item for proposal in before for item in self.reached(proposal)}
        for role in reversed(self.model.ladder):
            for facts in tuple(self.found):
                for remedy in self.model.remedies:
                    asked = self.most(facts, role, remedy)
                    found = self.proposal("", "", facts, role, asked) if asked else None
                    new = (
                        {item for item in self.reached(found) - seen if item.kind == "requirement"}
                        if found is not None
                        else set()
                    )
                    if found is not None and new:
                        seen |= new
                        yield replace(
                            found,
                            name=" and ".join(f"{item.kind} {item.name}" for item in sorted(new, key=lambda item: item.name)),
                        )

    def reached(self, proposal: Proposal) -> set[CoverageItem]:
        """What a proposed case reaches of the policy, as ``remit coverage`` counts it."""
        request, history = self.request(proposal.facts, proposal.role, proposal.asked, proposal.evidence)
        inputs = check_request(self.model, request, history=history)
        return set(reached(self.model, Taken(proposal.decision, request, None, history), inputs))

    def little(self, remedy: str) -> Quantity:
        """A small amount of ``remedy``."""
        kind = self.model.remedies[remedy].kind
        return Money.of(f"10 {self.model.currency}") if kind == "money" else True if kind == "exception" else 100

    def for_boundary(self, boundary: Boundary) -> Iterator[Proposal]:
        """Just below, at and just above, in the first known situation in which it makes a difference (within the limits if
        there is such a one)."""
        fact, values = boundary.fact, {"just below": boundary.around[0], "at": boundary.value, "just above": boundary.around[1]}
        asked_for = fact.removeprefix("asked.") if fact not in self.model.facts else ""
        beyond: list[Proposal] = []
        for base, role, beside in product(self.bases(), self.model.ladder, self.beside(asked_for)):
            answers: dict[str, Proposal] = {}
            for where, value in values.items():
                facts, asked = ({**base, fact: value}, beside) if not asked_for else (base, {**beside, asked_for: value})
                name = f"{fact} {where} {show_value(boundary.value)}"
                found = self.proposal(name, fact, facts, role, asked, proven=not asked_for)
                if found is not None:
                    answers[where] = found
            if _makes_a_difference(boundary, answers):
                if not any(map(_is_too_much, answers.values())):
                    yield from self.told_short([*answers.values()], fact)
                    return
                beyond = beyond or [*answers.values()]
        if beyond:
            yield from self.told_short(beyond, fact)

    def bases(self) -> Iterator[Facts]:
        """The situations in which a boundary is tried, what is known first."""
        yield from (*self.found, self.situations.usual, *self.situations.sampled(_BASES))

    def beside(self, remedy: str) -> Iterator[Mapping[str, Any]]:
        """What is asked for beside ``remedy``: nothing, or a little of another; nothing where no ``remedy`` is meant."""
        yield {}
        yield from ({name: self.little(name)} for name in self.model.remedies if remedy and name != remedy)

    def words(self, asked: Mapping[str, Any], remedy: str) -> str:
        amount, title = asked[remedy], self.model.remedies[remedy].title
        return title if isinstance(amount, bool) else f"{amount} {title[:1].lower()}{title[1:]}"


def _makes_a_difference(boundary: Boundary, answers: Mapping[str, Proposal]) -> bool:
    """Whether the answer changes where the boundary says that it does."""

    def beside(where: str) -> bool:
        return where in answers and "at" in answers and _summary(answers[where]) != _summary(answers["at"])

    below, above = beside("just below"), beside("just above")
    return {"below": below, "above": above, "both": below or above}[boundary.side]


def _size(quantity: Quantity) -> int:
    return quantity.minor if isinstance(quantity, Money) else int(quantity)


def _told(proposal: Proposal) -> tuple[object, ...]:
    """All that a case says of it, and what is missing."""
    return *_summary(proposal), proposal.decision.approver, [reason.id for reason in proposal.decision.reasons]


def _summary(proposal: Proposal) -> tuple[object, ...]:
    """The answer to it, of the remedies asked for or of all."""
    decision, asked = proposal.decision, proposal.asked
    limits = tuple((name, limit) for name, limit in decision.limits.items() if name in asked or not asked)
    return (decision.outcome, decision.missing, limits, tuple(decision.owed.items()))


def _is_too_much(proposal: Proposal) -> bool:
    """Whether more is asked for than the limit, which tells nothing of what else the amount is compared with."""
    return any(reason.kind == "limit" for reason in proposal.decision.reasons)
