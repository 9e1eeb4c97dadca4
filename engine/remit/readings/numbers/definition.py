"""The decision by definition: nothing compiled, everything at once. Slow and plain; every other way must agree with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, cached_property
from typing import Any

from remit.core.alone import LargestAlone
from remit.core.laws import Bundle
from remit.core.sentences import CAP_UNKNOWN, UNTIL
from remit.core.tell import Answer
from remit.core.texts import Texts, near_reason, quoted
from remit.core.views import INFINITE, WAIT, PolicyView
from remit.decision.inputs import Inputs
from remit.language.builtins import BUILTINS, Builtin
from remit.language.evaluating.budget import Budget
from remit.language.fast_dataclass import dataclass
from remit.language.values import Unknown
from remit.language.words import long_day, money_text
from remit.policy.model import Cap, Model
from remit.readings.numbers import reference
from remit.readings.numbers.algebra import NUMBERS
from remit.readings.numbers.findings import Findings
from remit.readings.numbers.number_views import HOPEFUL, SURE, FoundView, Hope, requirements
from remit.readings.numbers.shown_values import shown_text
from remit.readings.numbers.why_not import WhyNot

__all__ = ["NumberCase", "balances_text", "find_by_reference", "until_text"]


def find_by_reference(
    model: Model, inputs: Inputs, role: str, budget: Budget | None = None, functions: Mapping[str, Builtin] = BUILTINS
) -> Findings:
    """What the policy's trees come to for a checked request and one role."""
    return reference.find(model, reference.Scope.of(model, inputs, role=role, budget=budget, functions=functions))


@dataclass(frozen=True, slots=True)
class _Asked:
    """The request as the laws read it: :class:`remit.core.tell.Told` on plain values."""

    texts: Texts
    inputs: Inputs
    rank: int
    asker: int

    @property
    def story(self) -> bool:
        return bool(self.inputs.story)

    @property
    def use_discretion(self) -> bool:
        return self.inputs.use_discretion

    @property
    def age(self) -> int:
        return self.inputs.age

    @property
    def own_account(self) -> bool:
        return self.inputs.own_account

    @property
    def is_personal(self) -> bool:
        return bool(self.inputs.ceiling or self.inputs.trust)

    def ceiling(self, remedy: str) -> int:
        return self.inputs.ceiling.get(remedy, INFINITE)

    def trust(self, remedy: str) -> int:
        return self.inputs.trust.get(remedy, 0)

    @property
    def employee(self) -> str:
        return self.inputs.employee

    @property
    def case(self) -> str | None:
        return self.inputs.case

    @property
    def occurred(self) -> str:
        return f'"{self.inputs.occurred.isoformat()}"' if self.inputs.occurred else "null"

    @property
    def balances(self) -> str:
        return balances_text(self.texts, self.inputs.balances.items())

    def asked(self, remedy: str) -> int:
        return self.inputs.asked.get(remedy, 0)

    def beyond(self, fact: str) -> bool:
        return fact in self.inputs.beyond

    def alone(self, remedy: str, taken: Bundle, beside: str | None = None) -> int:
        model, policy, known = self.texts.policy.model, self.texts.policy, self.inputs
        assert isinstance(taken.view, FoundView)
        hope = taken.view.hope

        def trial(amount: int) -> tuple[bool, int]:
            wanted = {remedy: amount, **({} if beside is None else {beside: 1})}
            some = {name: wanted[name] for name in model.remedies if wanted.get(name)}
            inputs = replace(known, asked=some, use_discretion=False, row=None)
            asked = replace(self, inputs=inputs)
            found = cache(lambda rank: find_by_reference(model, inputs, model.ladder[rank], policy.budget, policy.functions))
            tried = Bundle(NUMBERS, policy, asked, FoundView(policy, inputs, found, hope), self.rank)
            return tried.grantable, tried.left_of(remedy)[0]

        nothing = reference.Scope.of(model, known, asked={}, budget=policy.budget)
        return LargestAlone(model, policy.budget.trials).of(remedy, nothing, trial)

    def requires(self, number: int, amounts: Mapping[str, int]) -> bool:
        found = reference.requirement_finding(self._scope(amounts), self.texts.policy.model.requires[number])
        return found is not None and not found.missing

    def _scope(self, asked: Mapping[str, int]) -> reference.Scope:
        """What the role that decides reads, where so much is asked."""
        policy, model = self.texts.policy, self.texts.policy.model
        setting: dict[str, Any] = {"budget": policy.budget, "functions": policy.functions}
        return reference.Scope.of(model, self.inputs, role=model.ladder[self.rank], asked=asked, **setting)

    def on_file(self, evidence: str) -> bool:
        return evidence in self.inputs.evidence

    def nearest(self, remedies: Sequence[str], shown: bool) -> str:
        if not shown or self.texts.policy.meaning < 2:
            return ""
        model = self.texts.policy.model
        scope = reference.Scope.of(model, self.inputs, budget=self.texts.policy.budget)
        return "".join(map(near_reason, WhyNot(model).nearest(remedies, self.rank, scope)))

    def shown(self, value: str) -> str:
        return shown_text(self.texts.policy.model, self._scope(self.inputs.asked), value)

    def until(self, cap: str) -> str:
        return until_text(self.inputs.until.get(cap))

    def left_text(self, cap: Cap, total: str, known: str) -> str:
        used = self.inputs.balances.get(cap.id)
        if not isinstance(used, Unknown):
            return known
        waits = ", ".join(sorted(used.missing)) or "the ledger"
        return CAP_UNKNOWN.of(id=quoted(cap.id)[1:-1], total=total, facts=waits)


class NumberCase:
    """One checked request under one policy. ``texts`` are those of the policy, where somebody keeps them."""

    def __init__(self, model: Model, inputs: Inputs, texts: Texts | None = None) -> None:
        self.model = model
        self.inputs = inputs
        self._texts = texts or Texts(PolicyView.of(model))
        self._laws = self._texts.policy
        self._found: dict[int, Findings] = {}
        self._bundles: dict[Hope, Bundle] = {}
        ranks = self._laws.ranks
        self.request = _Asked(self._texts, inputs, ranks[inputs.role], ranks[inputs.asker])

    def find(self, rank: int) -> Findings:
        """The findings for the role of ``rank``, once; what does not read the role is found once for all."""
        key = rank if self._laws.by_role else 0
        if key not in self._found:
            laws, role = self._laws, self.model.ladder[rank]
            self._found[key] = find_by_reference(self.model, self.inputs, role, laws.budget, laws.functions)
        return self._found[key]

    def view(self, hope: Hope) -> FoundView:
        """The findings, read in one way."""
        return FoundView(self._laws, self.inputs, self.find, hope)

    def bundle(self, hope: Hope) -> Bundle:
        """The bundle that was asked for, read in one way."""
        found = self._bundles.get(hope)
        if found is None:
            found = self._bundles[hope] = Bundle(NUMBERS, self._laws, self.request, self.view(hope), self.request.rank)
        return found

    def asked_by(self, role: str) -> Bundle:
        """The bundle as though somebody of that role had asked, with nothing open read in the customer's favour."""
        rank = self._laws.ranks[role]
        return Bundle(NUMBERS, self._laws, replace(self.request, rank=rank, asker=rank), self.view(SURE), rank)

    @property
    def needed(self) -> tuple[str, ...]:
        """The evidence that is surely required."""
        found = self.find(self.request.rank).requirements
        return tuple(dict.fromkeys(name for each in found if not each.missing for name in each.requirement.evidence))

    @cached_property
    def case(self) -> Answer:
        """The whole case, with the facts that matter."""
        sure = self.bundle(SURE).view
        hopeful = self.bundle(HOPEFUL).view if self.waits else sure
        needs = requirements(self.find(self.request.rank))
        missing = [(name, True) for name in self.missing_facts]
        openers = [(name, True) for name in self.openers]
        return Answer(NUMBERS, self._texts, self.request, sure, hopeful, needs, missing, openers)

    def to_json(self) -> str:
        """The decision."""
        text: str = self.case.whole()
        return text

    # What is not known

    @cached_property
    def waits(self) -> frozenset[str]:
        """Every missing fact that anything matching hangs on, whether or not it matters."""
        out: set[str] = set()
        for rank in range(self.request.rank + 1) if self._laws.by_role else (0,):
            out.update(*_waiting(self.find(rank)))
        out.update(*(each.missing for each in self.inputs.balances.values() if isinstance(each, Unknown)))
        return frozenset(out)

    @cached_property
    def missing_facts(self) -> tuple[str, ...]:
        """The facts that can still change the outcome or the evidence, in the order of the policy."""
        facts = self._facts_that_matter()
        if self.inputs.asked and self.bundle(HOPEFUL).verdict >= WAIT:
            facts |= self._open_evidence()
        for name in facts & self.inputs.waiting.keys():
            facts = facts - {name} | self.inputs.waiting[name]
        order = (*self.model.facts, "occurred", "case")
        return tuple(name for name in order if name in facts)

    def _open_evidence(self) -> frozenset[str]:
        """The facts that may ask for more evidence than is required or on file."""
        found = self.find(self.request.rank).requirements
        sure = (each.requirement.evidence for each in found if not each.missing)
        on_file = self.inputs.evidence.union(*sure)
        return frozenset[str]().union(*(each.missing for each in found if not on_file.issuperset(each.requirement.evidence)))

    def _facts_that_matter(self) -> frozenset[str]:
        """The facts that can still change the answer (law 5).

        A fact matters if reading its pieces unfavourably spoils the most favourable reading, or if reading them favourably
        improves the reading in which only what narrows is read favourably. Where facts matter in combination only, all that
        the answer waits for are asked.
        """
        if not self.waits:
            return frozenset()
        best = self._answer(HOPEFUL)
        if best == self._answer(SURE):
            return frozenset()
        base = self._answer(lambda missing, widens: not widens)
        out = frozenset(
            fact for fact in self.waits if self._answer(_without(fact)) != best or self._answer(_only(fact)) != base
        )
        return out or self.waits

    def _answer(self, hope: Hope) -> object:
        """What is compared between readings: the verdict on the bundle, or, where nothing is asked, what can be offered."""
        taken = self.bundle(hope)
        return taken.verdict if self.inputs.asked else (self._offers(taken), taken.idle)

    def _offers(self, taken: Bundle) -> tuple[int, ...]:
        return tuple(taken.available(name)[0] for name in self.model.remedies)

    @cached_property
    def openers(self) -> tuple[str, ...]:
        """The missing facts without which less can be offered than if all of them turned out well (law 6)."""
        if not self.waits:
            return ()
        best = self._offers(self.bundle(HOPEFUL))
        if best == self._offers(self.bundle(SURE)):
            return ()
        order = (*self.model.facts, "occurred")
        return tuple(fact for fact in order if fact in self.waits and self._offers(self.bundle(_without(fact))) != best)

    @property
    def is_promising(self) -> bool:
        """Whether what was asked could be granted, or more could be offered, if all that is missing turned out well."""
        best = self.bundle(HOPEFUL)
        if self.inputs.asked:
            return bool(best.verdict >= WAIT)
        return self._offers(best) != self._offers(self.bundle(SURE))

    def still_useful(self, unknown: frozenset[str]) -> frozenset[str]:
        """The missing facts that can change the answer although those in ``unknown`` stay unknown.

        The best that can still come out is what comes out if each piece that waits for one of ``unknown`` is read unfavourably,
        and every other favourably. Where that is no more than is sure, nothing is useful any more. A fact is useful if it would
        be less without it; where facts are useful in combination only, all are.
        """
        stuck = unknown.union(name for name, keys in self.inputs.waiting.items() if keys & unknown)
        best = self._answer(_apart_from(stuck))
        if not self.waits or best == self._answer(SURE):
            return frozenset()
        others = self.waits - stuck
        useful = frozenset(fact for fact in others if self._answer(_apart_from(stuck | {fact})) != best) or others
        return useful.union(*(self.inputs.waiting.get(name, ()) for name in useful)) - unknown


def _apart_from(facts: frozenset[str]) -> Hope:
    return lambda missing, widens: facts.isdisjoint(missing)


def _without(fact: str) -> Hope:
    return lambda missing, widens: fact not in missing


def _only(fact: str) -> Hope:
    return lambda missing, widens: not widens or fact in missing


def _waiting(findings: Findings) -> Iterator[frozenset[str]]:
    for rule in findings.rules:
        yield rule.missing
        for amounts in rule.may.values():
            yield from (amount.missing for amount in amounts.values())
        yield from (amount.missing for amount in rule.owed.values())
    for guardrail in findings.guardrails:
        yield guardrail.missing
        for amounts in guardrail.limits.values():
            yield from (amount.missing for amount in amounts.values())
        yield from (amount.missing for amount in guardrail.most.values())


def until_text(day: date | None) -> str:
    """`` until 3 December 2026``."""
    return UNTIL.of(day=long_day(day)) if day else ""


def balances_text(texts: Texts, balances: Iterable[tuple[str, Any]]) -> str:
    """The balances that were given, as the inside of a JSON object."""
    out = []
    for name, used in balances:
        if isinstance(used, int):
            start, digits = texts.balances[name]
            amount = str(used) if digits is None else f'"{money_text(used, digits, texts.policy.model.currency_code)}"'
            out.append(start + amount)
    return ",".join(out)
