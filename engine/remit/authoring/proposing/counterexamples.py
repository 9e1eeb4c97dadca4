"""Cases in which a promise does not hold. What is found refutes it; where nothing is found, nothing is proved.

``limit.REMEDY.ROLE`` is what the decision for a request of that role, with nothing asked for yet, calls the limit: by the rules
and guardrails, before caps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from random import Random
from typing import Final

from remit.authoring.proposing.boundary_cases import written_in
from remit.authoring.proposing.case_maker import CaseMaker
from remit.authoring.proposing.situations import Facts
from remit.authoring.thresholds import scope_at
from remit.deciding.policy import Policy
from remit.decision.detail import Quantity
from remit.errors import RequestError
from remit.language.evaluating.evaluator import evaluate
from remit.language.nodes import names_in
from remit.policy.model import Guardrail, Promise, Rule
from remit.policy.trees import budget_of

__all__ = ["Counterexample", "Refuter"]

#: How many of the situations in which a rule holds are tried, and how many variations of each.
_HOLDING: Final = 3
_VARIED: Final = 16
_SAMPLES: Final = 100
#: How many situations are tried for one promise.
_MOST: Final = 600


@dataclass(frozen=True, slots=True)
class Counterexample:
    """``amounts`` are what is given and owed, by the names of the promise; ``facts`` are those that make a difference."""

    amounts: Mapping[str, Quantity]
    facts: Facts


class Refuter:
    """Looks for counterexamples in one policy."""

    def __init__(self, policy: Policy) -> None:
        self.maker = CaseMaker(policy)
        self.model = policy.model
        self.situations = self.maker.situations
        owners: list[Rule | Guardrail] = [*self.model.rules, *self.model.guardrails]
        self._read = {owner.id: self._reads(owner) for owner in owners}

    def refute(self, promise: Promise) -> Counterexample | None:
        """A case in which ``promise`` does not hold, if one of those tried is one."""
        relevant = self._relevant(promise)
        for facts in islice(self._situations(promise, relevant), _MOST):
            amounts = self._broken(promise, facts)
            if amounts is not None:
                return self._told_short(promise, facts, relevant)
        return None

    def _situations(self, promise: Promise, relevant: frozenset[str]) -> Iterator[Facts]:
        """Whole situations: those of the usual case, of each rule that may give something that the promise is about, with all
        that matters at its highest, at its lowest, and mixed; then some of all sorts."""
        random = Random(0)
        usual = self.situations.usual
        worth = {name: self.situations.worth[name] or (usual[name],) for name in usual if name in relevant}
        yield usual
        for rule in self.model.rules:
            if rule.may.keys() & self._remedies(promise) or rule.owed.keys() & self._remedies(promise):
                for holding in islice(self.situations.holding(rule.when), _HOLDING):
                    yield {**usual, **{name: some[-1] for name, some in worth.items()}, **holding}
                    yield {**usual, **{name: some[0] for name, some in worth.items()}, **holding}
                    for _ in range(_VARIED):
                        yield {**usual, **{name: random.choice(some) for name, some in worth.items()}, **holding}
        yield from self.situations.sampled(_SAMPLES, calm=True)
        yield from self.situations.sampled(_SAMPLES)

    def _broken(self, promise: Promise, facts: Facts) -> dict[str, Quantity] | None:
        """The amounts that the promise reads, where it is false; what cannot be worked out refutes nothing."""
        names = names_in(promise.always.node)
        try:
            amounts = {name: self._amount(name, facts) for name in sorted(names) if name.partition(".")[0] in ("limit", "owed")}
        except RequestError:
            return None  # facts that do not go together
        given = {name: Decimal(each) if type(each) is int else each for name, each in amounts.items()}
        scope = scope_at(self.model, {"occurred": self.situations.day, **facts})
        known = {name: scope[name] for name in names if name not in given}
        found = evaluate(promise.always.node, {**known, **given}, calendars=self.model.calendars, budget=budget_of(self.model))
        return amounts if found is False else None

    def _amount(self, name: str, facts: Facts) -> Quantity:
        kind, remedy, *role = name.split(".")
        decision = self.maker.decide(facts, role[0] if role else self.model.ladder[0], {})
        detail = decision.remedies[remedy]
        return detail.limit if kind == "limit" else detail.owed

    def _told_short(self, promise: Promise, facts: Facts, relevant: frozenset[str]) -> Counterexample:
        """With everyday values where these do, and without the facts that make no difference, whatever they are."""
        for name in sorted(relevant & facts.keys()):
            plain = {**facts, name: self.situations.usual[name]}
            facts = plain if self._broken(promise, plain) is not None else facts
        matter = {}
        for name in sorted(relevant & facts.keys(), key=list(facts).index):
            others = (self._broken(promise, {**facts, name: value}) for value in self.situations.worth[name][:_VARIED])
            if any(each is None for each in others):
                matter[name] = facts[name]
        if "occurred" in facts:
            matter["occurred"] = facts["occurred"]
        return Counterexample(self._broken(promise, facts) or {}, matter)

    def _relevant(self, promise: Promise) -> frozenset[str]:
        """The facts that the promise reads, and those by which its amounts go."""
        read = set(self.situations.reads(promise.always.node))
        for rule in self.model.rules:
            if (rule.may.keys() | rule.owed.keys()) & self._remedies(promise):
                read |= self._read[rule.id]
        for guardrail in self.model.guardrails:
            read |= self._read[guardrail.id]
        return frozenset(read)

    def _remedies(self, promise: Promise) -> frozenset[str]:
        names = (name.split(".") for name in names_in(promise.always.node))
        return frozenset(parts[1] for parts in names if parts[0] in ("limit", "owed") and len(parts) > 1)

    def _reads(self, owner: Rule | Guardrail) -> frozenset[str]:
        return frozenset(name for clause in written_in(owner) for name in self.situations.reads(clause.node))
