"""One request under one policy, read twice where facts are missing: the outcome, and what stands in its way.

This is the definition of steps 6 to 8 in docs/decisions.md. It is pure: no clock, no I/O, nothing but its arguments (law 7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from remit.backends.findings import Amount, Findings, GuardrailFinding, RequirementFinding, RuleFinding
from remit.decision.detail import Missing, Outcome
from remit.decision.inputs import Inputs
from remit.decision.reading import HOPING, SURE, Hope
from remit.decision.verdict import Bundle, Verdict, available, bundle
from remit.language.values import Unknown
from remit.policy.model import Cap, Model

__all__ = ["Case"]


class Case:
    """One request under one policy, and what is worked out about it on the way."""

    def __init__(self, model: Model, inputs: Inputs, find: Callable[[str], Findings]) -> None:
        self.model = model
        self.inputs = inputs
        self._find = find
        self._found: dict[str, Findings] = {}

    def find(self, role: str) -> Findings:
        """The findings for ``role``, once."""
        if role not in self._found:
            self._found[role] = self._find(role)
        return self._found[role]

    def bundle(self, hope: Hope, role: str | None = None) -> Bundle:
        """The bundle that was asked for, under one reading."""
        return bundle(self.model, self.find, self.inputs, role or self.inputs.role, hope)

    @cached_property
    def sure(self) -> Bundle:
        """With nothing that is open read in the customer's favour."""
        return self.bundle(SURE)

    @cached_property
    def hoping(self) -> Bundle:
        """With everything that is open read in the customer's favour."""
        return self.bundle(HOPING) if self.waits else self.sure

    @cached_property
    def waits(self) -> frozenset[str]:
        """Every missing fact that anything matching hangs on, whether or not it matters."""
        if self._complete:
            return frozenset()
        out: set[str] = set()
        for role in self.model.ladder[: self.model.ladder.index(self.inputs.role) + 1]:
            out.update(*_waiting(self.find(role)))
        out.update(*(each.missing for each in self.inputs.balances.values() if isinstance(each, Unknown)))
        return frozenset(out)

    @property
    def _complete(self) -> bool:
        """Whether all that a condition could read is known: then nothing can wait, and no other role need be looked at."""
        inputs = self.inputs
        return (
            inputs.occurred is not None
            and len(inputs.facts) == len(self.model.facts)
            and not any(isinstance(each, Unknown) for each in inputs.balances.values())
        )

    @cached_property
    def evidence(self) -> tuple[tuple[str, ...], frozenset[str]]:
        """The evidence that is surely required, and the facts that may add to it."""
        needed: dict[str, None] = {}
        for each in self._requirements:
            if not each.missing:
                needed.update(dict.fromkeys(each.requirement.evidence))
        on_file = {*needed, *self.inputs.evidence}
        open_facts = frozenset[str]().union(
            *(each.missing for each in self._requirements if not on_file.issuperset(each.requirement.evidence))
        )
        return tuple(needed), open_facts

    @property
    def _requirements(self) -> tuple[RequirementFinding, ...]:
        return self.find(self.inputs.role).requirements

    @cached_property
    def missing(self) -> Missing:
        """What stands between this request and a final answer."""
        facts = self._facts_that_matter()
        evidence: tuple[str, ...] = ()
        story = False
        if self.inputs.asked and self.hoping.verdict >= Verdict.WAIT:
            needed, open_facts = self.evidence
            facts = facts | open_facts
            evidence = tuple(name for name in needed if name not in self.inputs.evidence)
            story = self.hoping.needs_story
        for name in facts & self.inputs.waiting.keys():
            facts = facts - {name} | self.inputs.waiting[name]
        order = (*self.model.facts, "occurred", "case")
        return Missing(tuple(name for name in order if name in facts), evidence, story)

    def _facts_that_matter(self) -> frozenset[str]:
        """The facts that can still change the answer (law 5).

        A fact matters if reading its pieces unfavourably spoils the most favourable reading, or if reading them favourably
        betters the reading in which only what narrows is read favourably. Where facts matter in combination only, all that
        the answer waits for are asked.
        """
        if not self.waits:
            return frozenset()
        best, worst = self._answer(HOPING), self._answer(SURE)
        if best == worst:
            return frozenset()
        base = self._answer(lambda missing, widens: not widens)
        out = set()
        for fact in self.waits:

            def without(missing: frozenset[str], widens: bool, fact: str = fact) -> bool:
                return fact not in missing

            def only(missing: frozenset[str], widens: bool, fact: str = fact) -> bool:
                return not widens or fact in missing

            if self._answer(without) != best or self._answer(only) != base:
                out.add(fact)
        return frozenset(out) or self.waits

    @cached_property
    def available(self) -> Mapping[str, tuple[int, Cap | None]]:
        """For each remedy, the most of it alone that could surely be granted now, and the cap that holds it down."""
        of = self.sure.authority
        return {name: available(self.model, self.inputs, of, name, SURE) for name in self.model.remedies}

    @cached_property
    def openers(self) -> tuple[str, ...]:
        """The missing facts without which less can be offered than if all of them turned out well (law 6)."""
        if not self.waits:
            return ()

        def offers(hope: Hope) -> tuple[int, ...]:
            of = self.bundle(hope).authority
            return tuple(available(self.model, self.inputs, of, name, hope)[0] for name in self.model.remedies)

        best = offers(HOPING)
        if best == offers(SURE):
            return ()

        def but(fact: str) -> Hope:
            return lambda missing, widens: fact not in missing

        order = (*self.model.facts, "occurred")
        return tuple(fact for fact in order if fact in self.waits and offers(but(fact)) != best)

    def _answer(self, hope: Hope) -> object:
        """What is compared between readings: the verdict on the bundle, or, where nothing is asked, what can be offered."""
        taken = self.bundle(hope)
        if self.inputs.asked:
            return taken.verdict
        return tuple(
            available(self.model, self.inputs, taken.authority, name, hope)[0] for name in self.model.remedies
        ), self._idle(taken, hope)

    def _idle(self, taken: Bundle, hope: Hope) -> Verdict:
        """The verdict on asking for nothing: whether there is anything to offer, or what stands in the way."""
        standings = taken.authority.standings
        if any(available(self.model, self.inputs, taken.authority, name, hope)[0] for name in standings):
            return Verdict.GRANT
        whole = {each.effect for each in taken.authority.guardrails if not each.remedies}
        silent = not any(each.spoken for each in standings.values())
        if "deny" in whole or (silent and self.model.otherwise == "deny"):
            return Verdict.DENY
        return Verdict.ESCALATE

    @cached_property
    def outcome(self) -> Outcome:
        """The outcome: what both readings agree on, or else ``ask``."""
        if self.missing:
            return "ask"
        verdict = self.sure.verdict if self.inputs.asked else self._idle(self.sure, SURE)
        return _OUTCOMES[verdict]

    @cached_property
    def approver(self) -> str | None:
        """The lowest role above the employee's that could grant the bundle (those who could not are skipped)."""
        if self.outcome != "escalate":
            return None
        ladder = self.model.ladder
        for role in ladder[ladder.index(self.inputs.role) + 1 :]:
            taken = self.bundle(HOPING, role)
            verdict = taken.verdict if self.inputs.asked else self._idle(taken, HOPING)
            if verdict is Verdict.GRANT:
                return role
        return None

    @cached_property
    def gap(self) -> bool:
        """Whether no rule, not even one that may match, speaks of something that was asked (or of anything at all)."""
        if self.inputs.asked:
            return any(part.gap for part in self.hoping.parts)
        return not any(each.spoken for each in self.hoping.authority.standings.values())


_OUTCOMES: dict[Verdict, Outcome] = {
    Verdict.DENY: "deny",
    Verdict.ESCALATE: "escalate",
    Verdict.WAIT: "ask",
    Verdict.GRANT: "grant",
}


def _waiting(findings: Findings) -> Iterable[frozenset[str]]:
    for rule in findings.rules:
        yield rule.missing
        yield from (amount.missing for amount in _rule_amounts(rule))
    for guardrail in findings.guardrails:
        yield guardrail.missing
        yield from (amount.missing for amount in _ceilings(guardrail))


def _rule_amounts(found: RuleFinding) -> Iterable[Amount]:
    for amounts in found.may.values():
        yield from amounts.values()
    yield from found.owed.values()


def _ceilings(found: GuardrailFinding) -> Iterable[Amount]:
    for amounts in found.limits.values():
        yield from amounts.values()
