"""A lowered policy as the laws take it: a view and a request of terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

from remit.core.lowering.lowering import Lowering
from remit.core.lowering.opaque import AloneAmount, AloneRequirement, CauseText, Helper, Item, NearestText
from remit.core.lowering.quantity import Truth
from remit.core.lowering.shown_terms import shown_term
from remit.core.lowering.whole_amounts import Amount, amount_of
from remit.core.terms import Term, Terms
from remit.core.views import INFINITE, OUTSIDE, UNCHECKED, GuardrailView, RequirementView, RuleView, UndeterminedView, totals_of
from remit.language.nodes import Node
from remit.policy.model import Cap, Condition, Model

__all__ = ["Lowered", "TermRequest", "TermView"]


@dataclass(frozen=True, slots=True)
class _Rule:
    holds: Truth
    may: Mapping[str, Sequence[tuple[int, Amount]]]
    owed: Mapping[str, Amount]


@dataclass(frozen=True, slots=True)
class _Guardrail:
    holds: Truth
    limits: Mapping[str, Sequence[tuple[int, Amount]]]
    most: Mapping[str, Amount]


class Lowered:
    """One model in terms: for complete requests, or (``partial``) for those that leave facts out.

    Where anything reads the role of the employee (``by_role``), all is lowered for each role, else once.
    """

    def __init__(
        self,
        model: Model,
        *,
        by_role: bool,
        partial: bool,
        terms: Terms | None = None,
        distinct: str = "",
        proofs: bool = False,
    ) -> None:
        self.model = model
        self.proofs = proofs
        self.partial = partial
        #: Those of another policy too, where two are compared; ``distinct`` then keeps apart what the evaluator works out.
        self.terms = terms or Terms()
        self.distinct = distinct
        self.by_role = by_role
        self.totals = totals_of(model)
        self._roles: dict[int | None, _Role] = {}
        sure = TermView(self, "sure")
        #: Sure, and hopeful: the same where nothing may be missing.
        self.views = sure, TermView(self, "hopeful") if partial else sure
        self.asked = TermView(self, "asked")

    def role(self, rank: int) -> _Role:
        """What the role of ``rank`` meets."""
        key = rank if self.by_role else None
        if key not in self._roles:
            role = self.model.ladder[rank] if self.by_role else None
            self._roles[key] = _Role(
                self, Lowering(self.terms, self.model, role, partial=self.partial, distinct=self.distinct, proofs=self.proofs)
            )
        return self._roles[key]

    def waits(self, rank: int) -> Term:
        """The bits of all facts that anything matching hangs on, for the role of ``rank`` and those below."""
        T, found = self.terms, []
        for lower in self.ranks(rank):
            role = self.role(lower)
            for rule in role.rules:
                amounts = [*(each for some in rule.may.values() for _, each in some), *rule.owed.values()]
                found.append(self._waits(rule.holds, T.or_(rule.holds.yes, rule.holds.open), amounts))
            for guardrail in role.guardrails:
                limits = [amount for some in guardrail.limits.values() for _, amount in some] + [*guardrail.most.values()]
                found.append(self._waits(guardrail.holds, T.not_(guardrail.holds.no), limits))
        return T.bits(*found)

    def _waits(self, holds: Truth, may: Term, amounts: Sequence[Amount]) -> Term:
        T = self.terms
        return T.bits(T.ite(holds.open, holds.waits, 0), T.ite(may, T.bits(*(each.waits for each in amounts)), 0))

    def ranks(self, rank: int) -> Iterable[int]:
        """The ranks, from this one down, whose conditions may differ."""
        return range(rank, -1, -1) if self.by_role else (rank,)


class _Role:
    """All conditions and amounts, each lowered when it is first needed."""

    def __init__(self, of: Lowered, lowering: Lowering) -> None:
        self.model = of.model
        self.lowering = lowering
        self._ranks = {role: rank for rank, role in enumerate(of.model.ladder)}

    def _condition(self, when: Condition | None) -> Truth:
        return self.lowering.condition(None if when is None else when.node)

    def _amount(self, remedy: str, node: Node) -> Amount:
        return amount_of(self.lowering, self.model.remedies[remedy], node)

    def _ladder(self, amounts: Mapping[str, Mapping[str, Any]]) -> dict[str, list[tuple[int, Amount]]]:
        return {
            remedy: [(self._ranks[role], self._amount(remedy, each.node)) for role, each in by_role.items()]
            for remedy, by_role in amounts.items()
        }

    @cached_property
    def rules(self) -> list[_Rule]:
        """By number."""
        return [
            _Rule(
                self._condition(rule.when),
                self._ladder(rule.may),
                {remedy: self._amount(remedy, each.node) for remedy, each in rule.owed.items()},
            )
            for rule in self.model.rules
        ]

    @cached_property
    def guardrails(self) -> list[_Guardrail]:
        """By number."""
        return [
            _Guardrail(
                self._condition(each.when),
                self._ladder(each.limits),
                {remedy: self._amount(remedy, most.node) for remedy, most in each.most.items()},
            )
            for each in self.model.guardrails
        ]

    @cached_property
    def requirements(self) -> list[RequirementView]:
        """A requirement that is null holds."""
        out, T = [], self.lowering.terms
        for each in self.model.requires:
            truth = self._condition(each.when)
            out.append(RequirementView(each, T.and_(T.not_(truth.no), T.not_(truth.open)), truth.open, truth.waits))
        return out


#: How a view reads what is open.
Reads: TypeAlias = Literal["sure", "hopeful", "asked"]


class TermView:
    """A :class:`remit.core.views.View` of terms: sure; hopeful, with everything open read in the customer's favour; or as the
    one asks who calls the function (``Terms.favours``).

    The convention for null is here, once for all: a rule needs a condition that is true, a guardrail applies unless its
    condition is false.
    """

    def __init__(self, lowered: Lowered, reads: Reads) -> None:
        self.lowered = lowered
        self.reads = reads
        self._rules: dict[int, list[RuleView]] = {}
        self._guardrails: dict[int, list[GuardrailView]] = {}
        self._undetermined: dict[int, list[UndeterminedView]] = {}

    def _favoured(self, waits: Term, *, widens: bool) -> Term:
        """Whether something open is read in the customer's favour."""
        terms = self.lowered.terms
        return terms.favours(waits, widens=widens) if self.reads == "asked" else terms.const(self.reads == "hopeful")

    def rules(self, rank: int) -> Iterable[Sequence[RuleView]]:
        for lower in self.lowered.ranks(rank):
            key = lower if self.lowered.by_role else 0
            if key not in self._rules:
                self._rules[key] = self._rules_of(lower)
            yield self._rules[key]

    def _rules_of(self, rank: int) -> list[RuleView]:
        out = []
        for number, (rule, each) in enumerate(zip(self.lowered.model.rules, self.lowered.role(rank).rules, strict=True)):
            holds = self._surely(each.holds)
            may = {name: [(lowest, *self._widens(amount)) for lowest, amount in some] for name, some in each.may.items()}
            owed = {name: self._widens(amount) for name, amount in each.owed.items()}
            claims = {name: self._claims(each, name) for name in self.lowered.totals.get(rule.id, ())}
            out.append(RuleView(number, rule, holds, may, owed, claims))
        return out

    def applies(self, truth: Truth) -> Term:
        """Whether a condition that narrows holds."""
        T = self.lowered.terms
        if self.reads == "hopeful" and not truth.nullable:
            return truth.yes
        return T.and_(T.not_(truth.no), T.not_(T.and_(truth.open, self._favoured(truth.waits, widens=False))))

    def _surely(self, truth: Truth) -> Term:
        """Whether a condition that widens holds."""
        T = self.lowered.terms
        if self.reads == "hopeful" and not truth.nullable:
            return T.not_(truth.no)
        return T.or_(truth.yes, T.and_(truth.open, self._favoured(truth.waits, widens=True)))

    def _widens(self, amount: Amount) -> tuple[Term, Term]:
        T, favoured = self.lowered.terms, self._favoured(amount.waits, widens=True)
        return T.ite(favoured, amount.high, amount.low), T.ite(favoured, amount.may_say, amount.said)

    def _claims(self, rule: _Rule, remedy: str) -> Term:
        T, holds, amount = self.lowered.terms, rule.holds, rule.owed.get(remedy)
        may = T.or_(holds.yes, T.and_(holds.open, T.not_(self._favoured(holds.waits, widens=False))))
        if amount is None:
            return may
        return T.and_(may, T.lt(0, T.ite(self._favoured(amount.waits, widens=False), amount.low, amount.high)))

    def undetermined(self, rank: int) -> Sequence[UndeterminedView]:
        key = rank if self.lowered.by_role else 0
        if key not in self._undetermined:
            own = next(iter(self.rules(rank)))
            pairs = zip(own, self.lowered.role(rank).rules, strict=True)
            found = (UndeterminedView(view.number, view.rule, self._failing(rank, view, rule)) for view, rule in pairs)
            self._undetermined[key] = [each for each in found if each.remedies]
        return self._undetermined[key]

    def _failing(self, rank: int, view: RuleView, rule: _Rule) -> dict[str, tuple[Term, Term]]:
        """By remedy whether the rule cannot be worked out, where that can be."""
        T, out = self.lowered.terms, {}
        null = rule.holds.null(T)
        for name in dict.fromkeys((*rule.may, *rule.owed)):
            amounts = [amount for _, amount in rule.may.get(name, ())] + ([rule.owed[name]] if name in rule.owed else [])
            fails = T.or_(null, T.and_(view.holds, T.or_(*(T.not_(each.may_say) for each in amounts))))
            if fails.kind != "const" or fails.value:
                out[name] = fails, self._cause(rank, CauseText(view.number, name))
        return out

    def _cause(self, rank: int, of: CauseText) -> Term:
        return self.lowered.terms.call(of, self.lowered.role(rank).lowering.scope, sort="s")

    def guardrails(self, rank: int) -> Sequence[GuardrailView]:
        key = rank if self.lowered.by_role else 0
        if key not in self._guardrails:
            self._guardrails[key] = self._guardrails_of(rank)
        return self._guardrails[key]

    def _guardrails_of(self, rank: int) -> list[GuardrailView]:
        T, out = self.lowered.terms, []
        pairs = zip(self.lowered.model.guardrails, self.lowered.role(rank).guardrails, strict=True)
        for number, (guardrail, each) in enumerate(pairs):
            limits = {
                name: [(lowest, T.ite(self._favoured(most.waits, widens=False), most.high, most.low)) for lowest, most in some]
                for name, some in each.limits.items()
            }
            holds = self.applies(each.holds)
            nulls = {name: [(lowest, T.not_(most.may_say)) for lowest, most in some] for name, some in each.limits.items()}
            null = each.holds.null(T)
            cause, most = (
                self._cause(rank, CauseText(number)),
                {name: self._widens(some)[0] for name, some in each.most.items()},
            )
            out.append(GuardrailView(number, guardrail, holds, limits, null, cause, self._surely(each.holds), most, nulls))
        return out

    def used(self, balance: str) -> Term:
        return self.lowered.terms.var(f"@used.{balance}", "i", 0)


class TermRequest:
    """A :class:`remit.core.views.Told` of variables, for one role that asks (or answers what the role ``asker`` asked)."""

    def __init__(self, lowered: Lowered, rank: int, asker: int, *, personal: bool = False) -> None:
        self.rank = rank
        self.asker = asker
        T = self._terms = lowered.terms
        self._lowered = lowered
        self._wholes = lowered.role(rank).lowering.wholes
        self.story = T.var("@story", "b")
        self.use_discretion = T.var("@use_discretion", "b")
        self.age = T.var("@age", "i", UNCHECKED, OUTSIDE)
        self.own_account = T.var("@own_account", "b")
        self.is_personal = personal
        self._order = {name: number for number, name in enumerate(lowered.model.remedies)}
        self.employee = T.var("employee.id", "s")
        self.case = T.var("@case", "s", optional=True)
        self.occurred = T.call(Helper("day"), T.var("@occurred", "i", optional=True), sort="s")
        self.balances = T.call(Helper("balances"), T.var("@balances", "x"), sort="s")

    def asked(self, remedy: str) -> Term:
        return self._wholes.variable(f"asked.{remedy}")

    def ceiling(self, remedy: str) -> Term:
        return self._own(2 * self._order[remedy])

    def trust(self, remedy: str) -> Term:
        return self._own(2 * self._order[remedy] + 1)

    def _own(self, place: int) -> Term:
        T = self._terms
        return T.call(Item(place), T.var("@personal", "x"), sort="i", low=0, high=INFINITE)

    def beyond(self, fact: str) -> bool:
        """Requests with such a value are left to the definition."""
        return False

    def alone(self, remedy: str, taken: Any, beside: str | None = None) -> Term:
        from remit.core.lowering.at_once import most_at_once  # which makes bundles of terms

        T, reads = self._terms, taken.view.reads
        tried = T.call(
            AloneAmount(remedy, reads, self.rank, self.asker, self.is_personal, beside), sort="i", low=0, high=INFINITE
        )
        quick = most_at_once(self._lowered, taken, remedy) if beside is None else None
        return tried if quick is None else T.ite(quick[0], quick[1], tried)

    def requires(self, number: int, amounts: Mapping[str, Any]) -> Term:
        from remit.core.lowering.at_once import required_at_once  # which makes bundles of terms

        T = self._terms
        given = {name: T.const(amount) for name, amount in amounts.items()}
        known = required_at_once(self._lowered, self.rank, number, given)
        if known is not None:
            return known
        scope = self._wholes.lowering.scope
        return T.call(AloneRequirement(number, tuple(given)), scope, *given.values(), sort="b")

    def nearest(self, remedies: Sequence[str], shown: Term) -> Term:
        return self._terms.call(NearestText(tuple(remedies), self.rank), sort="s")

    def shown(self, value: str) -> Term:
        return shown_term(self._lowered.role(self.rank).lowering, value)

    def on_file(self, evidence: str) -> Term:
        return self._terms.has(self._terms.var("@evidence", "x"), evidence)

    def until(self, cap: str) -> Term:
        return self._terms.call(Helper("until", cap), self._terms.var("@until", "x"), sort="s")

    def left_text(self, cap: Cap, total: str, known: Term) -> Term:
        """What is used is known: requests whose balances are not are left to the definition."""
        return known
