"""The order in which offers are shown to the person who chooses one. A decision and its record keep the policy's order.

First what the customer is owed. Then what may be offered, the best fit first: what a rule gives because of this situation is
nearer to it than what a rule without conditions gives in any case. Among offers that fit equally, the one that costs the
company least comes first; one whose cost is not known follows those whose cost is. What can be given only together with
something else comes after what can be given alone, and last what is given only if the customer asks for it.
"""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Final

from remit.decision.decision import Decision
from remit.decision.detail import Offer, Quantity
from remit.language import words
from remit.language.values import Money
from remit.policy.model import Model

__all__ = ["EXACT", "house_cost", "ranked"]

#: Exact for every amount, cost and share that can be written.
EXACT: Final = Context(prec=60)


def ranked(decision: Decision, model: Model) -> list[Offer]:
    """The offers of ``decision``, taken under ``model``, in the order in which to show them.

    >>> import remit
    >>> policy = remit.load(remit.shipped("hotel-guest-recovery"))
    >>> decision = policy.decide({"employee": {"id": "e-1", "role": "associate"}, "facts": {
    ...     "incident.kind": "noise", "incident.severity": 3, "guest.tier": "gold", "guest.recoveries": 0}})
    >>> [offer.remedy for offer in decision.offers]
    ['credit', 'points', 'late_checkout', 'upgrade']
    >>> [offer.remedy for offer in ranked(decision, policy.model)]
    ['points', 'late_checkout', 'credit', 'upgrade']
    """
    conditional = {rule.id for rule in model.rules if rule.when is not None}

    def place(offer: Offer) -> tuple[bool, bool, bool, bool, bool, Decimal]:
        detail = decision.remedies[offer.remedy]
        fits = not conditional.isdisjoint((detail.rule, detail.owed_rule))
        cost = _cost_of(offer, model)
        owed = not words.nothing(offer.owed)
        return offer.on_request, bool(offer.beside), not owed, not fits, cost is None, cost or Decimal(0)

    return sorted(decision.offers, key=place)


def house_cost(model: Model, remedy: str, amount: Quantity) -> Decimal | None:
    """What ``amount`` of ``remedy`` costs the company itself, exactly and in units of the policy's currency; ``None`` where the
    policy does not say. Caps do not count this, but the whole ``cost``."""
    known = model.remedies[remedy]
    if isinstance(amount, Money):
        return EXACT.multiply(amount.amount, known.borne)
    if known.cost is None:
        return None if amount else Decimal(0)
    return EXACT.multiply(EXACT.multiply(known.cost.amount, int(amount)), known.borne)


def _cost_of(offer: Offer, model: Model) -> Decimal | None:
    """Of all that is given with the offer."""
    total = house_cost(model, offer.remedy, offer.amount)
    for name in offer.beside:
        each = house_cost(model, name, True)
        total = None if total is None or each is None else EXACT.add(total, each)
    return total
