"""The most of a remedy alone without trying amounts (:mod:`remit.core.alone`), where only conditions of guardrails read what is
asked and none of them stands in the way of all that there would be without them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from remit.core.alone import asking_guardrails
from remit.core.laws import Bundle
from remit.core.lowering.lowered import Lowered, TermView
from remit.core.lowering.lowering import Lowering
from remit.core.lowering.opaque import Opaque
from remit.core.terms import Term
from remit.core.views import GuardrailView, RuleView, UndeterminedView
from remit.policy.model import Model
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
    lowering = _asking(lowered, taken.rank, {remedy: most})
    stands = []
    for number in numbers:
        guardrail = model.guardrails[number]
        if policy.binds(guardrail, taken.rank, taken.request.asker):
            truth = lowering.condition(None if guardrail.when is None else guardrail.when.node)
            if _asks_evaluator(model, (truth.yes, truth.no, truth.open)):
                return None  # which knows what was really asked
            assert isinstance(taken.view, TermView)
            stands.append(taken.view.applies(truth))
    return T.not_(T.or_(*stands)), most


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
    waiting, seen = list(terms), set[Term]()
    while waiting:
        term = waiting.pop()
        if term not in seen:
            seen.add(term)
            waiting += term.args
            if isinstance(term.value, Opaque):
                nodes = (each for each in (term.value.node, term.value.tested) if each is not None)
                if any(name.startswith("asked.") for node in nodes for name in reads(model, node)):
                    return True
    return False


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
