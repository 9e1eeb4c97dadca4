"""A decision is what it was: nothing of it can be changed, and it copies and pickles whole."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import remit

POLICY = remit.load(remit.shipped("hotel-guest-recovery"))
REQUEST: dict[str, Any] = {
    "employee": {"id": "e-1", "role": "associate"},
    "asked": {"credit": "25 EUR"},
    "facts": {"incident": {"kind": "noise", "severity": 3}, "guest": {"tier": "gold", "recoveries": 0}},
}
MAPPINGS = ("asked", "remedies", "limits", "owed", "still_owed", "charges")


def first_and_compiled() -> list[remit.Decision]:
    fresh = remit.loads(POLICY.model.text)
    return [fresh.decide(REQUEST), fresh.decide(REQUEST), fresh.decide(REQUEST, balances={})]


@pytest.mark.parametrize("decision", first_and_compiled())
def test_nothing_of_a_decision_can_be_changed(decision: Any) -> None:
    before = decision.to_json()
    for name in (*MAPPINGS, "outcome", "reasons", "detail", "anything"):
        with pytest.raises(AttributeError):
            setattr(decision, name, "grant")
    with pytest.raises(AttributeError):
        del decision.outcome
    for name in MAPPINGS:
        for mapping in (getattr(decision, name), getattr(decision.detail, name, getattr(decision, name))):
            with pytest.raises(TypeError):
                mapping["credit"] = remit.Money.of("900 EUR")
    with pytest.raises(TypeError):
        decision.detail.balances["per-guest"] = 0
    for part in (decision.detail, decision.missing, decision.remedies["credit"], decision.reasons[0], decision.offers[0]):
        with pytest.raises(AttributeError):
            part.text = part.facts = part.limit = part.outcome = part.amount = 0
    assert decision.to_json() == before


@pytest.mark.parametrize("decision", first_and_compiled())
def test_a_decision_copies_and_pickles_whole(decision: remit.Decision) -> None:
    for again in (pickle.loads(pickle.dumps(decision)), copy.deepcopy(decision)):
        assert again == decision
        assert again.to_json() == decision.to_json()
        assert hash(again) == hash(decision)
        with pytest.raises(TypeError):
            again.limits["credit"] = 0
    assert pickle.loads(pickle.dumps(decision.detail)) == decision.detail


def test_what_the_caller_changes_later_changes_no_decision() -> None:
    request = copy.deepcopy(REQUEST)
    for decide in (remit.loads(POLICY.model.text).decide, POLICY.decide):
        decision = decide(request)
        request["asked"]["credit"], request["facts"]["incident"]["severity"] = "1 EUR", 1
        assert decision.asked == {"credit": remit.Money.of("25 EUR")}
        request = copy.deepcopy(REQUEST)


def test_a_policy_tells_its_own_decisions_to_people_and_no_others() -> None:
    decision = POLICY.decide(REQUEST)
    page = POLICY.text(decision, width=40)
    assert page.startswith("Yes. You may give this: 25 EUR folio")
    assert max(map(len, page.splitlines())) <= 40
    assert page == POLICY.text(pickle.loads(pickle.dumps(decision)), width=40)
    other = remit.loads(POLICY.model.text.replace("30 EUR", "31 EUR"))
    with pytest.raises(ValueError, match="took this decision"):
        other.text(decision)
