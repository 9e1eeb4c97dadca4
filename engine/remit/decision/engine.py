"""The decision itself: a case, told in full."""

from __future__ import annotations

from collections.abc import Callable

from remit.backends.findings import Findings
from remit.decision.case import Case
from remit.decision.detail import Detail
from remit.decision.explain import reasons_for, words_for
from remit.decision.inputs import Inputs
from remit.decision.offers import offers_for, remedy_details, still_owed, unlocks_for
from remit.decision.quantities import as_cap_quantity, as_quantity
from remit.language.values import Money
from remit.policy.model import Model

__all__ = ["decide", "tell"]


def decide(model: Model, inputs: Inputs, find: Callable[[str], Findings]) -> Detail:
    """Take one decision. ``find`` gives a backend's findings for a role (asked once for each role it is needed for)."""
    return tell(Case(model, inputs, find))


def tell(case: Case) -> Detail:
    """All there is to say about ``case``."""
    model, inputs, outcome = case.model, case.inputs, case.outcome
    caps = {cap.id: cap for cap in model.caps}
    owner = f"owner:{model.owner}"
    return Detail(
        outcome=outcome,
        policy=model.id,
        version=model.version,
        digest=model.digest,
        employee=inputs.employee,
        role=inputs.role,
        case=inputs.case,
        occurred=inputs.occurred,
        asked={name: as_quantity(model, model.remedies[name], amount) for name, amount in inputs.asked.items()},
        remedies=remedy_details(case),
        reasons=reasons_for(case),
        offers=offers_for(case),
        approver=case.approver,
        escalate_to=(case.approver or owner) if outcome == "escalate" else None,
        unlocks=unlocks_for(case),
        missing=case.missing,
        obligations=case.evidence[0] if inputs.asked else (),
        say=words_for(case),
        still_owed=still_owed(case),
        charges={name: as_cap_quantity(model, caps[name], amount) for name, amount in case.sure.charges.items()},
        discretion=Money.from_minor(case.sure.discretion, model.currency or "XXX") if case.sure.discretion else None,
        gap=case.gap,
        balances={
            name: Money.from_minor(used, model.currency or "XXX")
            if name == "discretion"
            else as_cap_quantity(model, caps[name], used)
            for name, used in inputs.balances.items()
            if isinstance(used, int)
        },
    )
