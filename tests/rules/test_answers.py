"""Laws 6, 10 and 11 on every shipped policy: an offer that is taken is granted, a refusal is never bare, and what cannot be
worked out is never denied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

import remit
from remit.decision.inputs import check_request
from remit.policy.model import REPEATS, Model
from remit.readings.numbers.reference import Scope
from support.requests import requests
from support.rules import POLICIES, load
from support.trials import trials

each_policy = pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)


def complete(data: st.DataObject, model: Model) -> tuple[dict[str, Any], dict[str, Any]]:
    """A request with all its facts and all evidence on file, and balances with something used."""
    request = {**data.draw(requests(model, complete=True)), "evidence": sorted(model.evidence), "use_discretion": False}
    request.pop("key", None)
    request.setdefault("occurred", str(model.effective.start or "2026-06-30"))
    if request["occurred"] is None:
        request["occurred"] = str(model.effective.start or "2026-06-30")
    balances = {}
    for name, unit in model.balances.items():
        if name not in (REPEATS, "discretion"):
            amount = data.draw(st.integers(0, 60))
            balances[name] = amount if unit in ("units", "grants") else f"{amount} {unit}"
    history = {name: 0 if fact.history.count else f"0 {model.currency}" for name, fact in model.facts.items() if fact.history}
    return request, {"balances": balances, "history": history}


def size(amount: Any) -> int:
    return amount.minor if isinstance(amount, remit.Money) else int(amount)


@each_policy
def test_every_offer_that_is_taken_is_granted_and_not_a_cent_more(path: Path) -> None:
    policy = load(path)

    @trials(25)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        request, more = complete(data, policy.model)
        first = policy.decide(request, **more)
        assume(not first.missing.facts)
        event(f"{first.outcome}, {len(first.offers)} offers")
        for offer in first.offers:
            asked = {offer.remedy: offer.amount, **dict.fromkeys(offer.beside, True)}
            assert policy.decide({**request, "asked": asked}, **more).outcome == "grant", offer
        for name, each in first.remedies.items():
            kind = policy.model.remedies[name].kind
            if kind != "exception":
                beyond = size(each.available) + data.draw(st.sampled_from([1, 100, 12345]))
                amount = remit.Money.from_minor(beyond, str(policy.model.currency)) if kind == "money" else beyond
                assert policy.decide({**request, "asked": {name: amount}}, **more).outcome != "grant", name

    law()


@each_policy
def test_a_refusal_is_never_bare_and_nothing_undetermined_is_denied(path: Path) -> None:
    policy = load(path)

    @trials(25)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        request, more = complete(data, policy.model)
        no = policy.decide(request, **more)
        assume(no.outcome in ("escalate", "deny") and no.asked)
        assert no.reasons
        assert no.outcome == "deny" or no.escalate_to
        event(f"{no.outcome}: {sorted({each.kind for each in no.reasons})}")
        if no.outcome == "deny" and not any(each.kind == "guardrail" for each in no.reasons):
            refused = [name for name, each in no.remedies.items() if each.asked and not each.within]
            assert any(not undetermined(policy.model, request, name, more["history"]) for name in refused)

    law()


def undetermined(model: Model, request: dict[str, Any], remedy: str, history: dict[str, Any]) -> bool:
    """Whether a rule for the remedy has no value, told without the laws."""
    inputs = check_request(model, request, history=history)
    scope = Scope(model, inputs.facts, employee=inputs.employee, role=inputs.role, asked=inputs.asked, occurred=inputs.occurred)
    for rule in model.rules:
        amounts = [*rule.may.get(remedy, {}).values(), *([rule.owed[remedy]] if remedy in rule.owed else [])]
        holds = True if rule.when is None else scope.evaluate(rule.when.node)
        if amounts and (holds is None or (holds is True and None in [scope.evaluate(each.node) for each in amounts])):
            return True
    return False
