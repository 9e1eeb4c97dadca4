"""Step 6: what a grant takes from a cap, in the algebra of :mod:`remit.core.laws`."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd
from typing import Any

from remit.core.views import Value
from remit.language.values import minor_digits
from remit.policy.model import Cap, Model, Remedy

__all__ = ["charge", "cost", "minor_cost"]


def charge(A: Any, model: Model, cap: Cap, given: Mapping[str, Value]) -> Value:
    """What giving these amounts (of goodwill: beyond what is owed) takes from ``cap``.

    By grants: 1 if anything counted is given. By units: the sum of counts. By amount: money as it is, other remedies at their
    cost, rounded half up to the smallest unit.
    """
    counted = [(model.remedies[name], given[name]) for name in cap.counts if name in given]
    if cap.measure == "grants":
        return A.ite(A.or_(*(A.lt(0, amount) for _, amount in counted)), 1, 0)
    taken = [(amount, amount if cap.measure == "units" else cost(A, remedy, amount)) for remedy, amount in counted]
    return A.add(0, *(A.ite(A.lt(0, amount), each, 0) for amount, each in taken))


def cost(A: Any, remedy: Remedy, amount: Value) -> Value:
    """What an amount of a remedy costs the company, in smallest units."""
    if remedy.kind == "money":
        return amount
    each, over = minor_cost(remedy)
    return A.div(A.add(A.scale(2 * each, amount), over), 2 * over)


def minor_cost(remedy: Remedy) -> tuple[int, int]:
    """What one unit costs, in smallest units of the currency: a fraction in lowest terms."""
    assert remedy.cost is not None  # the loader demands a cost where a cap counts it
    whole, over = remedy.cost.amount.as_integer_ratio()
    whole *= 10 ** minor_digits(remedy.cost.currency)
    common = gcd(whole, over)
    return whole // common, over // common
