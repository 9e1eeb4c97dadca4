"""One case for each rule and each guardrail; for each boundary one just below, one at it, one just above.

What is expected is what the policy says today: the author reads the table and decides whether that is what was meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from functools import cached_property
from itertools import chain, islice, product
from typing import Final

from remit.authoring.proposing.boundary_cases import BoundaryCases, written_in
from remit.authoring.proposing.case_maker import CaseMaker, Proposal, size_of
from remit.authoring.proposing.situations import Facts
from remit.authoring.testing.coverage import CoverageItem, items
from remit.deciding.policy import Policy
from remit.policy.model import Guardrail, Rule
from remit.policy.trees import Reads

__all__ = ["propose"]


#: How many situations are sampled for what nothing has reached, and how many are tried for one rule.
_SAMPLES: Final = 400
_BASES: Final = 60
#: How many of the facts under which a rule holds are tried together with others.
_HOLDING: Final = 3
#: What facts alone reach, whatever is asked for.
_BY_FACTS: Final = ("rule", "guardrail", "row", "entry")
#: What large requests reach.
_BY_AMOUNT: Final = ("requirement", "approval")


def propose(policy: Policy) -> Iterator[Proposal]:
    """Cases for ``policy``, in the order of the file."""
    maker = _RuleCases(policy)
    found: list[Proposal] = []
    for rule in policy.model.rules:
        found.extend(maker.for_rule(rule))
    for guardrail in policy.model.guardrails:
        found.extend(maker.for_guardrail(guardrail))
    found.extend(maker.for_the_rest(found))
    found.extend(maker.for_requirements(found))
    yield from found
    yield from BoundaryCases(maker).all()


class _RuleCases(CaseMaker):
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
        """Sampled situations that reach a row, a rule or a requirement that nothing has reached yet; if there is one, such that
        what is worked out with it decides."""
        seen = {item for proposal in before for item in self.reached(proposal)}
        every = {item for item in items(self.model) if item.kind in _BY_FACTS}
        sampled = (*self.situations.sampled(_SAMPLES, calm=True), *self.situations.sampled(_SAMPLES))
        alone = (self.situations.only(rule, base) for rule in self.model.rules for base in sampled[:_BASES])
        tried = ((decides, facts) for decides in (True, False) for facts in chain(sampled, alone if decides else ()))
        for decides, facts in tried:
            if every <= seen:
                return
            found = self.proposal("", "", facts, self.model.ladder[0], {})
            new = self.reached(found) - seen if found is not None else set()
            if found is not None and new and decides:
                found, new = self.deciding(found, new)
            if found is not None and new:
                seen |= new
                self.found.append(found.facts)
                first = min(new, key=lambda item: (item.place.line if item.place else 0, item.name))
                yield from self.told_short([replace(found, name=f"{first.kind} {first.name}")], reach=new)

    def deciding(self, proposal: Proposal, new: set[CoverageItem]) -> tuple[Proposal | None, set[CoverageItem]]:
        """The same with a remedy asked for, as much as there is, that a rule gives by a table or a dated value of which it
        reaches something ``new``; and what that is."""
        for remedy, detail in proposal.decision.remedies.items():
            if size_of(detail.limit):
                asked = self.proposal("", "", proposal.facts, proposal.role, {remedy: detail.limit})
                reasons = {reason.id for reason in asked.decision.reasons} if asked is not None else set()
                told = {item for item in new if self.readers.get(item.name.rpartition(", ")[0], reasons) & reasons}
                if asked is not None and told:
                    return asked, told & self.reached(asked)
        return None, set()

    @cached_property
    def readers(self) -> Mapping[str, Set[str]]:
        """The rules and guardrails by the values that they read."""
        reads, out = Reads(self.model), dict[str, set[str]]()
        owners: list[Rule | Guardrail] = [*self.model.rules, *self.model.guardrails]
        for owner in owners:
            for name in frozenset[str]().union(*(reads(each.node) for each in written_in(owner))):
                out.setdefault(name, set()).add(owner.id)
        return out

    def for_requirements(self, before: Iterable[Proposal]) -> Iterator[Proposal]:
        """Requests large enough for the evidence and the approvals that nothing has needed yet."""
        seen = {item for proposal in before for item in self.reached(proposal)}
        ladder, every = self.model.ladder, {item for item in items(self.model) if item.kind in _BY_AMOUNT}
        for role, is_own, facts, remedy in product(reversed(ladder), (True, False), tuple(self.found), self.model.remedies):
            if every <= seen:
                return
            asked = self.most(facts, role, remedy)
            found = self.proposal("", "", facts, role if is_own else ladder[0], asked) if asked else None
            new = {item for item in self.reached(found) - seen if item.kind in _BY_AMOUNT} if found is not None else set()
            if found is not None and new:
                seen |= new
                names = (f"{item.kind} {item.name}" for item in sorted(new, key=lambda item: item.name))
                yield replace(found, name=" and ".join(names))
