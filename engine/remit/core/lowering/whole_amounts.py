"""From the value of an expression to a whole amount of a remedy (step 8: rounding is explicit)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.core.lowering.lowering import Lowering
from remit.core.lowering.opaque import Item, Opaque, Outside
from remit.core.lowering.roundings import ROUNDINGS
from remit.core.terms import Term
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
        found: tuple[Term, Term] | None = _rounded(lowering, remedy, node)
    except Outside:
        found = None
    known = lowering.present(node)
    if found is not None and known.kind == "const":
        return Amount(found[0], found[0], found[1], found[1], T.const(0))
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
    number, says = found
    natives = (number, number, says, says, T.const(0))
    return Amount(*(T.ite(known, one, two) for one, two in zip(natives, items, strict=True)))


def _rounded(lowering: Lowering, remedy: Remedy, node: Node) -> tuple[Term, Term]:
    """A whole amount, never below 0, and whether it is not null; all that it reads is known."""
    T = lowering.terms
    if remedy.kind == "exception":
        if node.type.kind != "boolean":
            raise Outside
        truth = lowering.truth(node)
        return T.ite(truth.yes, 1, 0), T.or_(truth.yes, truth.no)
    found = lowering.wholes.of(node)
    if found.unit != ("money" if remedy.kind == "money" else "number"):
        raise Outside
    round_ = ROUNDINGS[lowering.model.rounding if remedy.kind == "money" else "down"]
    number = found.number if found.over == 1 else round_(T, found.number, found.over)
    return T.ite(found.null, 0, T.max(0, T.min(MOST, number))), T.not_(found.null)
