"""Single cases of the laws that mutations of them once survived: each names what would go wrong."""

from __future__ import annotations

from typing import Any

import pytest

from remit.core.texts import someone
from support.plain_policy import ask, decide, policy, rule, size

SENIOR_LIMIT = {"id": "g", "when": {"a": True}, "then": {"limit": {"credit": {"clerk": "10 EUR", "manager": "40 EUR"}}}}


@pytest.mark.parametrize(("role", "limit"), [("clerk", 1000), ("senior", 1000), ("manager", 4000)])
def test_a_limit_holds_for_the_role_that_it_names_and_those_above_until_the_next(role: str, limit: int) -> None:
    model = policy(rules=[rule(may={"credit": "90 EUR"})], guardrails=[SENIOR_LIMIT])
    assert size(decide(model, ask({}, role)).remedies["credit"].limit) == limit


def test_a_limit_that_names_only_higher_roles_leaves_the_lower_ones_nothing() -> None:
    guardrail: dict[str, Any] = {"id": "g", "then": {"limit": {"credit": {"senior": "10 EUR"}}}}
    model = policy(rules=[rule(may={"credit": "90 EUR"})], guardrails=[guardrail])
    limits = {role: size(decide(model, ask({}, role)).remedies["credit"].limit) for role in model.ladder}
    assert limits == {"clerk": 0, "senior": 1000, "manager": 1000}


@pytest.mark.parametrize(("used", "left"), [(0, True), (1, True), (2, False), (3, False)])
def test_the_last_grant_of_a_cap_by_grants_can_still_be_given(used: int, left: bool) -> None:
    cap = {"id": "often", "per": "employee.id", "over": "90 days", "max": "2 grants"}
    model = policy(rules=[rule(may={"credit": "90 EUR"})], caps=[cap])
    assert bool(decide(model, ask({}), balances={"often": used}).offers) is left


@pytest.mark.parametrize(("used", "left"), [("0 EUR", True), ("10 EUR", True), ("10.01 EUR", False)])
def test_an_exception_fits_a_cap_as_long_as_its_cost_does(used: str, left: bool) -> None:
    cap = {"id": "cost", "per": "employee.id", "over": "90 days", "max": "30 EUR"}
    model = policy(rules=[rule(may={"upgrade": True})], caps=[cap])
    decision = decide(model, ask({"upgrade": True}), balances={"cost": used})
    assert decision.outcome == ("grant" if left else "escalate")
    assert [offer.amount for offer in decision.offers] == ([True] if left else [])


@pytest.mark.parametrize(("otherwise", "outcome"), [("deny", "deny"), ("escalate", "escalate")])
def test_where_nothing_is_asked_and_no_rule_covers_anything_otherwise_decides(otherwise: str, outcome: str) -> None:
    model = policy(rules=[rule(when={"n": 9}, may={"credit": "10 EUR"})], otherwise=otherwise)
    assert decide(model, ask({})).outcome == outcome


@pytest.mark.parametrize("otherwise", ["deny", "escalate"])
def test_where_nothing_is_asked_a_general_deny_denies_and_one_of_a_remedy_does_not(otherwise: str) -> None:
    rules = [rule(may={"credit": "10 EUR"})]
    whole = policy(rules=rules, guardrails=[{"id": "g", "then": "deny"}], otherwise=otherwise)
    some = policy(rules=rules, guardrails=[{"id": "g", "then": {"deny": ["credit"]}}], otherwise=otherwise)
    assert decide(whole, ask({})).outcome == "deny"
    assert decide(some, ask({})).outcome == "escalate"


def test_a_role_with_a_capital_is_told_as_old_records_tell_it() -> None:
    assert [someone(each) for each in ("associate", "Owner", "clerk")] == ["an associate", "a Owner", "a clerk"]
