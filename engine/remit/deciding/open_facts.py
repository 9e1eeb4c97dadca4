"""Which facts can still change an answer, whatever they are by default, and which of them may wait.

A fact with a default is never missing to a decision. So the policy is read here as if it had no defaults, and is given those
that are not in question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from remit.core.texts import Texts
from remit.core.views import PolicyView
from remit.decision.decision import Decision
from remit.decision.inputs import Inputs, check_request
from remit.decision.quantities import whole_amounts
from remit.decision.request import Used
from remit.language.fast_dataclass import dataclass
from remit.language.values import Unknown
from remit.policy.model import Fact, Model
from remit.readings.numbers.definition import NumberCase
from remit.readings.numbers.findings import Findings

if TYPE_CHECKING:
    from remit.deciding.compiled import Compiled
    from remit.readings.code.missing_facts import Incomplete

__all__ = ["Known", "OpenFacts"]

_NONE: Final = frozenset[str]()


@dataclass(frozen=True, slots=True)
class Known:
    """What a ledger says beside the request: ``balances`` and ``history`` as for :meth:`remit.Policy.decide`, and the moment
    ``at`` which it is asked, where that counts."""

    balances: Mapping[str, Any]
    history: Mapping[str, Any]
    at: datetime | None = None


class OpenFacts:
    """One policy, read without its defaults."""

    def __init__(self, model: Model) -> None:
        self._model = model
        facts = {name: replace(fact, default=None) for name, fact in model.facts.items()}
        self._undefaulted = replace(model, facts=facts)

    @cached_property
    def _compiled(self) -> Compiled:
        from remit.deciding.compiled import Compiled  # only for an interview, which decides often

        return Compiled(self._undefaulted)

    @cached_property
    def _texts(self) -> Texts:
        return Texts(PolicyView.of(self._undefaulted))

    def inputs(self, request: Mapping[str, Any], known: Known, lifted: frozenset[str] = _NONE) -> Inputs:
        """The request with what its facts are by default, but for those ``lifted``. Raises :class:`remit.RequestError`."""
        inputs = check_request(self._model, request, balances=known.balances, history=known.history, at=known.at)
        return self.without(inputs, lifted)

    def without(self, inputs: Inputs, facts: frozenset[str]) -> Inputs:
        """The request without some facts."""
        return replace(inputs, facts={name: value for name, value in inputs.facts.items() if name not in facts})

    def decided(self, inputs: Inputs) -> Decision:
        """The decision on what is known, without defaults. What a ledger does not know for want of an id counts as unused."""
        inputs = _counted(inputs)
        used = {name: Used(amount, None) for name, amount in inputs.balances.items() if isinstance(amount, int)}
        return self._compiled.decide(inputs, used)

    def missing(self, inputs: Inputs) -> frozenset[str]:
        """The facts that can still change the answer (law 5)."""
        return frozenset(self.decided(inputs).missing.facts)

    def usual(self, inputs: Inputs, fact: Fact) -> frozenset[str] | None:
        """The facts that can still change the answer for at least half of the values of ``fact``; ``None`` where these cannot
        be counted."""
        values = (True, False) if fact.type.kind == "boolean" else fact.type.choices
        if not values:
            return None
        then = [self.missing(replace(inputs, facts={**inputs.facts, fact.name: each})) for each in values]
        return frozenset(name for name in frozenset().union(*then) if 2 * sum(name in each for each in then) >= len(then))

    def useful(self, inputs: Inputs, unknown: frozenset[str], *, with_ids: bool) -> frozenset[str]:
        """The facts that can still change the answer although ``unknown`` stay unknown. ``with_ids``: not only by what the
        policy says, but also by what a ledger keeps by some of them."""
        kept_by = frozenset[str]().union(*(each.missing for each in inputs.balances.values() if isinstance(each, Unknown)))
        kept_by = kept_by.union(*inputs.waiting.values())
        case = None if with_ids or unknown & kept_by else self._incomplete(_counted(inputs))
        if case is None:
            return NumberCase(self._undefaulted, inputs, self._texts).still_useful(unknown)
        bits = {name: 1 << place for place, name in enumerate((*self._model.facts, "occurred"))}
        found = case.still_useful(sum(bits.get(name, 0) for name in unknown))
        return frozenset(name for name, bit in bits.items() if found & bit)

    def opens(self, inputs: Inputs) -> bool:
        """Whether anything that is missing could lead to something that may be given, or to what was asked."""
        inputs = _counted(inputs)
        return (self._incomplete(inputs) or NumberCase(self._undefaulted, inputs, self._texts)).is_promising

    def _incomplete(self, inputs: Inputs) -> Incomplete | None:
        """What compiled functions say of it; ``None`` where it has values that they cannot read."""
        from remit.readings.code.requests.native_values import Unusual
        from remit.readings.code.requests.value_row import values_of

        rank = self._model.rank(inputs.role)
        try:
            return self._compiled.program.incomplete(values_of(self._undefaulted, inputs), rank, rank)
        except Unusual:
            return None

    def holding_back(self, inputs: Inputs, unknown: frozenset[str]) -> frozenset[str]:
        """What must be known before as much can be offered as the rules give: a guardrail that reads how much is asked hangs on
        it, so that no decision on nothing misses it. Nothing of a remedy that also hangs on ``unknown``."""
        out: set[str] = set()
        for name, each in self.decided(inputs).remedies.items() if not inputs.asked else ():
            if each.available != each.limit and each.binding is None:
                missing = self.missing(replace(inputs, asked=whole_amounts(self._model, {name: each.limit})))
                out |= missing if missing.isdisjoint(unknown) else set()
        return frozenset(out)

    def pressing(self, inputs: Inputs, group: frozenset[str]) -> frozenset[str]:
        """The facts that more than goodwill hangs on: what is owed, a guardrail, or whether any money at all may be given
        unasked; and those of ``group`` that could widen what may be given with no other. All others may wait."""
        case = NumberCase(self._undefaulted, inputs, self._texts)
        rank = self._model.rank(inputs.role)
        out: set[str] = set()
        for each in range(rank + 1):
            found = case.find(each)
            out.update(*self._beyond_goodwill(found, rank))
            out.update(*(waits for _, waits in self._goodwill(found, rank) if waits <= group))
        return frozenset(out)

    def _goodwill(self, found: Findings, rank: int) -> Iterator[tuple[str, frozenset[str]]]:
        """What may be given, remedy by remedy, and what that waits for."""
        for rule in found.rules:
            for remedy, amounts in rule.may.items():
                own = (amount for role, amount in amounts.items() if self._model.rank(role) <= rank)
                yield from ((remedy, rule.missing | amount.missing) for amount in own)

    def _beyond_goodwill(self, found: Findings, rank: int) -> Iterator[frozenset[str]]:
        for guardrail in found.guardrails:
            yield guardrail.missing
            for limits in (*guardrail.limits.values(), guardrail.most):
                yield from (each.missing for each in limits.values())
        yield from (each.missing for each in found.requirements)
        settled = set[str]()
        for rule in found.rules:
            own = [
                (remedy, each) for remedy, by in rule.may.items() for role, each in by.items() if self._model.rank(role) <= rank
            ]
            amounts = [*rule.owed.items(), *own]
            settled.update(remedy for remedy, amount in amounts if not rule.missing and not amount.missing and amount.low > 0)
            yield from (rule.missing | amount.missing for amount in rule.owed.values())
        for remedy, waits in self._goodwill(found, rank):
            of = self._model.remedies[remedy]
            if of.kind == "money" and of.offer == "always" and remedy not in settled:
                yield waits


def _counted(inputs: Inputs) -> Inputs:
    """The request where what a ledger does not know for want of an id counts as unused."""
    balances = {name: used for name, used in inputs.balances.items() if not isinstance(used, Unknown)}
    return replace(inputs, balances=balances, waiting={})
