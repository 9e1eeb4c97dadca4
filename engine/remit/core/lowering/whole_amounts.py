"""From the value of an expression to a whole amount of a remedy (step 8: rounding is explicit)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.core.lowering.brackets import Bracket
from remit.core.lowering.lowering import Lowering
from remit.core.lowering.opaque import Item, Opaque, Outside
from remit.core.lowering.roundings import ROUNDINGS
from remit.core.terms import Term, Terms
from remit.core.views import INFINITE
from remit.language.checking.nullability import nullable
from remit.language.nodes import Node
from remit.policy.model import Remedy
from remit.policy.trees import budget_of

__all__ = ["MOST", "Amount", "amount_of"]

#: No amount is larger: what is beyond counts as this much.
MOST: Final = 10**24


@dataclass(frozen=True, slots=True)
class Amount:
    """What a rule gives of a remedy, in both views: whole units, and whether it says anything; and the bits of the facts that
    it waits for, where that is open."""

    low: Term
    high: Term
    said: Term
    may_say: Term
    waits: Term


def amount_of(lowering: Lowering, remedy: Remedy, node: Node) -> Amount:
    """What an expression gives of ``remedy``: money in smallest units by the policy's rounding, counts rounded down, exceptions
    1 or 0."""
    T = lowering.terms
    try:
        found: _Found | None = _rounded(lowering, remedy, node)
    except Outside:
        found = None
    known = lowering.present(node)
    if found is not None and known.kind == "const":
        number, within = found.number, found.within
        if within is not None:
            call = T.call(Opaque("amount", node, None, remedy.name), lowering.scope)
            ends = within.low, within.high
            given = T.call(Item(0), call, *ends, found.said, sort="i", low=within.low.low, high=within.high.high)
            number = T.ite(found.said, T.ite(within.sure, number, given), 0)
        return Amount(number, number, found.said, found.said, T.const(0))
    call = T.call(Opaque("amount", node, None, remedy.name), lowering.scope)
    items = [T.call(Item(place), call, sort=sort) for place, sort in enumerate("iibbi")]
    items[0].low, items[0].high = 0, MOST
    items[1].low, items[1].high = 0, INFINITE
    if not nullable(node, lowering.nullable_names, budget=budget_of(lowering.model)):
        items[3] = T.const(True)
        items[2] = items[2] if lowering.partial else T.const(True)
    if found is None:
        low, _, said, *_ = items
        return Amount(*items) if lowering.partial else Amount(low, low, said, said, T.const(0))
    number, says = found.number, found.said
    natives = (number, number, says, says, T.const(0))
    return Amount(*(T.ite(known, one, two) for one, two in zip(natives, items, strict=True)))


@dataclass(frozen=True, slots=True)
class _Found:
    """A whole amount, and whether it is not null; ``within`` is set where only a bracket is known."""

    number: Term
    said: Term
    within: Bracket | None = None


def _rounded(lowering: Lowering, remedy: Remedy, node: Node) -> _Found:
    """A whole amount, never below 0; all that it reads is known."""
    T = lowering.terms
    if remedy.kind == "exception":
        if node.type.kind != "boolean":
            raise Outside
        truth = lowering.truth(node)
        return _Found(T.ite(truth.yes, 1, 0), T.or_(truth.yes, truth.no))
    found = lowering.wholes.of(node)
    if found.unit != ("money" if remedy.kind == "money" else "number"):
        raise Outside
    round_ = ROUNDINGS[lowering.model.rounding if remedy.kind == "money" else "down"]
    number = found.number if found.over == 1 else round_(T, found.number, found.over)
    number, said = T.ite(found.null, 0, _within_bounds(T, number)), T.not_(found.null)
    within = lowering.wholes.bracket(found, round_)
    if within is not None:
        low, high = _within_bounds(T, within.low), _within_bounds(T, within.high)
        within = Bracket(low, high, number, within.sure)
    return _Found(number, said, within)


def _within_bounds(T: Terms, number: Term) -> Term:
    return T.max(0, T.min(MOST, number))
