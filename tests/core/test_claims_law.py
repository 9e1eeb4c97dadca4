"""Law 9 for generated policies: within a claim, what is owed and the limit are totals."""

from __future__ import annotations

from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

import remit
from remit.policy.loader import read_model
from remit.policy.model import Claim, Model
from support.policies import policies
from support.requests import requests
from support.trials import trials


def size(quantity: object) -> int:
    return quantity.minor if isinstance(quantity, remit.Money) else int(quantity)  # type: ignore[call-overload, no-any-return]


def balances(model: Model, received: dict[str, int]) -> dict[str, Any]:
    """What the claims have had, as a ledger hands it over."""
    units = model.balances
    return {
        name: amount if units[name] == "units" else remit.Money.from_minor(amount, units[name])
        for name, amount in received.items()
    }


def shares(decision: remit.Decision, claim: Claim) -> dict[str, int]:
    return {name: size(decision.asked[name]) for name in claim.remedies if name in decision.asked}


@trials(60)
@given(st.data())
def test_law_9_what_is_owed_and_the_limit_are_totals(data: st.DataObject) -> None:
    policy = remit.Policy(read_model(data.draw(policies(wild=False)), "generated.yaml"))
    request = data.draw(requests(policy.model, complete=True))
    received = {claim.name: 0 for claim in policy.model.claims}
    history = {name: 0 for name, fact in policy.model.facts.items() if fact.history is not None}
    for _ in range(6):
        asked = data.draw(requests(policy.model, complete=True))["asked"]
        wanted = {**request, "asked": asked}
        fresh = policy.decide(wanted, history=history)
        now = policy.decide(wanted, history=history, balances=balances(policy.model, received))
        for claim in policy.model.claims:
            for name in claim.remedies:
                had = received[claim.name]
                if size(fresh.owed[name]) and len([each for each in policy.model.claims if name in each.remedies]) == 1:
                    assert size(now.owed[name]) == max(0, size(fresh.owed[name]) - had)
                    assert size(now.limits[name]) <= max(0, size(fresh.limits[name]) - had)
        if now.outcome != "grant":
            continue
        beyond = size(now.discretion) if now.discretion is not None else 0
        for claim in policy.model.claims:
            mine = shares(now, claim)
            for name, amount in mine.items():
                if size(fresh.owed[name]):
                    event("something owed is granted")
                    assert received[claim.name] + sum(mine.values()) <= size(fresh.limits[name]) + beyond, (name, amount)
            received[claim.name] += sum(mine.values())


@trials(40)
@given(st.data())
def test_law_1_a_higher_role_has_at_least_as_much_of_a_claim(data: st.DataObject) -> None:
    policy = remit.Policy(read_model(data.draw(policies(wild=False)), "generated.yaml"))
    request = data.draw(requests(policy.model, complete=True))
    given_before = {claim.name: data.draw(st.integers(0, 12_000)) for claim in policy.model.claims}
    history = {name: 0 for name, fact in policy.model.facts.items() if fact.history is not None}
    last: dict[str, int] = {}
    for role in policy.model.ladder:
        decision = policy.decide(
            {**request, "employee": {**request["employee"], "role": role}},
            history=history,
            balances=balances(policy.model, given_before),
        )
        if any(reason.kind == "guardrail" for reason in decision.reasons):
            return  # an escalate binds the lower roles and not the higher ones; a limit may be by role
        limits = {name: size(amount) for name, amount in decision.limits.items()}
        assert all(limits[name] >= amount for name, amount in last.items())
        last = limits


@trials(40)
@given(st.data())
def test_law_9_more_received_never_gives_more(data: st.DataObject) -> None:
    policy = remit.Policy(read_model(data.draw(policies(wild=False)), "generated.yaml"))
    request = data.draw(requests(policy.model, complete=True))
    some = {claim.name: data.draw(st.integers(0, 9_000)) for claim in policy.model.claims}
    more = {name: amount + data.draw(st.integers(0, 3_000)) for name, amount in some.items()}
    less, fuller = (policy.decide(request, balances=balances(policy.model, each)) for each in (some, more))
    for name in policy.model.remedies:
        assert size(fuller.owed[name]) <= size(less.owed[name])
        assert size(fuller.remedies[name].available) <= size(less.remedies[name].available)
