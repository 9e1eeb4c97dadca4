"""The most of a remedy alone without trying amounts (:mod:`remit.core.alone`), where only conditions of guardrails read what is
asked: those that hold above some amount leave no more than that, and no other is in the way of what is then left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from remit.core.alone import asking_guardrails
from remit.core.laws import Bundle
from remit.core.lowering.lowered import Lowered, TermView
from remit.core.lowering.lowering import Lowering
from remit.core.lowering.opaque import Opaque
from remit.core.regions import Spans
from remit.core.term import every_term
from remit.core.terms import Term, Terms
from remit.core.views import INFINITE, GuardrailView, RuleView, UndeterminedView
from remit.policy.model import Guardrail, Model
from remit.policy.trees import reads

__all__ = ["most_at_once", "required_at_once"]


def most_at_once(lowered: Lowered, taken: Bundle, remedy: str) -> tuple[Term, Term] | None:
    """Whether that is so, and then how much it is; ``None`` where terms do not say it."""
    T, model, policy = lowered.terms, lowered.model, taken.policy
    numbers = asking_guardrails(model, remedy)
    if numbers is None:
        return None
    bundle = Bundle(T, policy, taken.request, _Without(taken.view, numbers), taken.rank)
    most = T.const(bundle.left_of(remedy)[0])
    binding = [each for number in numbers if policy.binds(each := model.guardrails[number], taken.rank, taken.request.asker)]
    bounds = T.const(taken.request.asked(remedy))
    asked, others = T.var("@tried", "i", bounds.low, bounds.high), []
    for guardrail in binding:
        applies = _applies(lowered, taken, guardrail, {remedy: asked})
        if applies is None:
            return None
        under = _holds_above(T, applies, asked)
        if under is None:
            others.append(guardrail)
        else:
            most = T.max(0, T.min(most, under))
    stands = [_applies(lowered, taken, guardrail, {remedy: most}) for guardrail in others]
    return T.and_(T.not_(T.or_(*stands)), T.le(bundle.share(remedy)[1], most)), most  # less than is owed: law 4 decides


def _applies(lowered: Lowered, taken: Bundle, guardrail: Guardrail, amounts: Mapping[str, Term]) -> Term | None:
    """Whether a guardrail applies where these amounts are asked; ``None`` where terms do not say it."""
    truth = _asking(lowered, taken.rank, amounts).condition(None if guardrail.when is None else guardrail.when.node)
    if _asks_evaluator(lowered.model, (truth.yes, truth.no, truth.open)):
        return None  # which knows what was really asked
    assert isinstance(taken.view, TermView)
    return taken.view.applies(truth)


def _holds_above(T: Terms, term: Term, asked: Term) -> Term | None:
    """The largest amount ``asked`` for which ``term`` does not hold, where it holds for all larger ones; ``None`` where it does
    not, or where that is not plain to see."""
    if not _has(term, asked):
        return T.ite(term, 0, INFINITE)
    if term.kind in ("and", "or"):
        parts = [_holds_above(T, each, asked) for each in term.args]
        known = [each for each in parts if each is not None]
        if len(known) < len(parts):
            return None
        return T.max(*known) if term.kind == "and" else T.min(*known)
    if term.kind != "in" or not isinstance(term.value, Spans) or len(term.value.spans) != 1:
        return None
    ((low, high),), of = term.value.spans, term.args[0]
    weights, total = of.value if of.kind == "sum" else ((1,), 0)
    terms = dict(zip(of.args if of.kind == "sum" else (of,), weights, strict=True))
    weight = terms.pop(asked, 0)
    if any(_has(each, asked) for each in terms):
        return None
    rest = T.add(total, *(T.scale(factor, each) for each, factor in terms.items()))
    if weight > 0 and low is not None and high is None:  # weight * asked + rest >= low
        return T.div(T.sub(low - 1, rest), weight)
    if weight < 0 and low is None and high is not None:  # weight * asked + rest <= high
        return T.div(T.sub(rest, high + 1), -weight)
    return None


def _has(term: Term, variable: Term) -> bool:
    return any(each is variable for each in every_term(term))


def required_at_once(lowered: Lowered, rank: int, number: int, amounts: Mapping[str, Term]) -> Term | None:
    """Whether a requirement surely holds where these amounts are asked; ``None`` where terms do not say it."""
    T, when = lowered.terms, lowered.model.requires[number].when
    truth = _asking(lowered, rank, amounts).condition(None if when is None else when.node)
    if _asks_evaluator(lowered.model, (truth.yes, truth.no, truth.open)):
        return None
    return T.and_(T.not_(truth.no), T.not_(truth.open))


def _asking(lowered: Lowered, rank: int, amounts: Mapping[str, Term]) -> Lowering:
    """The lowering for a request that asks for these amounts and nothing else."""
    T, model = lowered.terms, lowered.model
    given = {f"asked.{name}": amounts.get(name, T.const(0)) for name in model.remedies}
    return Lowering(T, model, model.ladder[rank] if lowered.by_role else None, partial=lowered.partial, given=given)


def _asks_evaluator(model: Model, terms: Iterable[Term]) -> bool:
    """Whether a call of the evaluator reads what is asked."""
    calls = (term.value for term in every_term(*terms) if isinstance(term.value, Opaque))
    nodes = (node for call in calls for node in (call.node, call.tested) if node is not None)
    return any(name.startswith("asked.") for node in nodes for name in reads(model, node))


class _Without(TermView):
    """A view without some guardrails."""

    def __init__(self, of: Any, numbers: Collection[int]) -> None:
        super().__init__(of.lowered, of.reads)
        self._of = of
        self._numbers = numbers

    def rules(self, rank: int) -> Iterable[Sequence[RuleView]]:
        found: Iterable[Sequence[RuleView]] = self._of.rules(rank)
        return found

    def undetermined(self, rank: int) -> Sequence[UndeterminedView]:
        found: Sequence[UndeterminedView] = self._of.undetermined(rank)
        return found

    def guardrails(self, rank: int) -> Sequence[GuardrailView]:
        return [each for each in self._of.guardrails(rank) if each.number not in self._numbers]
