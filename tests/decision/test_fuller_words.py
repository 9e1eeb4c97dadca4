"""What the page says more fully than the record: what of an amount is beyond the rules, and who comes first."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from support.golden import CASES

HOTEL = remit.load(CASES / "cli" / "policies" / "hotel-guest-recovery.yaml")
KNOWN = {"incident.severity": 4, "guest.tier": "none", "guest.id": "g-1", "stay.id": "s-1"}


def decided(amount: str, **more: Any) -> remit.Decision:
    facts = {**KNOWN, "incident.kind": more.pop("kind", "billing_error")}
    request = {"employee": {"id": "e-1", "role": more.pop("role", "associate")}, "asked": {"credit": amount}, "facts": facts}
    return HOTEL.decide({**request, **more}, history={"guest.recoveries": 0})


def page(decision: remit.Decision, language: str | None = None) -> str:
    return " ".join(HOTEL.text(decision, language=language).split())


@given(cents=st.integers(3001, 5500))
def test_the_page_says_exactly_what_discretion_would_take(cents: int) -> None:
    amount = remit.Money.from_minor(cents, "EUR")
    first = decided(str(amount))
    taken = decided(str(amount), story="The second night.", use_discretion=True, evidence=["note"])
    assert taken.outcome == "grant"
    assert f"your own discretion covers the {taken.discretion} beyond the rules (25 EUR at a time, 100 EUR per" in page(first)


def test_the_record_says_it_as_ever() -> None:
    (unlock,) = (each for each in decided("45 EUR").unlocks if each.kind == "discretion")
    assert unlock.text == "your own discretion covers it (25 EUR at a time, 100 EUR per calendar month); tell the story"


def test_what_discretion_does_not_cover_is_not_said_to_be() -> None:
    assert "own discretion" not in page(decided("56 EUR"))


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            None,
            "This one is for the duty manager, who may give up to 30 EUR folio credit. No role can approve this: 50 EUR folio "
            "credit. It goes to guest-relations, who own the policy.",
        ),
        ("fr", "Ce cas revient à : duty manager. Il est possible d'y accorder : jusqu'à 30 EUR (folio credit)."),
    ],
)
def test_the_role_that_a_guardrail_names_comes_first_and_the_owner_after_it(language: str | None, told: str) -> None:
    decision = decided("50 EUR", kind="injury")
    assert decision.escalate_to == "owner:guest-relations"
    assert page(decision, language).startswith(told)


@pytest.mark.parametrize(("amount", "kind", "role"), [("25 EUR", "injury", "associate"), ("900 EUR", "noise", "associate")])
def test_no_role_is_named_where_one_can_approve_it_or_no_guardrail_sends_it(amount: str, kind: str, role: str) -> None:
    more = {"facts": {**KNOWN, "incident.kind": kind, "stay.nightly_rate": "180 EUR", "stay.nights": 2}, "role": role}
    assert "who may give" not in page(decided(amount, **more))


def refused(kind: str = "billing_error", severity: int = 1, remedy: str = "upgrade") -> remit.Decision:
    facts = {**KNOWN, "incident.kind": kind, "incident.severity": severity}
    request = {"employee": {"id": "e-1", "role": "associate"}, "asked": {remedy: True}, "facts": facts}
    return HOTEL.decide(request, history={"guest.recoveries": 0})


RULES = {
    None: "bad-night A night that did not work is a night the guest should not pay in full: only where incident kind is noise "
    "or cleanliness, and incident severity is at least 3 best-guests Guests who keep coming back are known by name and looked "
    "after: only where guest tier is gold or diamond, and incident severity is at least 2",
    "es": "solo si (incident kind = noise o incident kind = cleanliness) y incident severity \u2265 3",
}


@pytest.mark.parametrize("language", RULES)
def test_where_several_conditions_fail_the_rules_that_give_it_are_told(language: str | None) -> None:
    decision = refused()
    assert [each.kind for each in decision.reasons] == ["gap"]
    assert RULES[language] in page(decision, language)


def test_where_one_condition_fails_the_nearest_rule_of_the_record_is_told_alone() -> None:
    text = page(refused(severity=4))
    assert "only where incident kind is noise or cleanliness; here it is billing error" in text
    assert "and incident severity" not in text


def test_rules_are_told_only_of_this_role_and_where_there_are_few() -> None:
    text = """
policy: desk
title: A front desk
version: "1"
owner: us
currency: EUR
ladder: [clerk, manager]
facts: {noise: {type: boolean}, night: {type: boolean}, alone: {type: boolean}}
remedies: {seat: {type: exception}}
rules:
  - {id: own, when: {noise: true, night: true}, may: {seat: {clerk: true}}}
  - {id: higher, when: {noise: true, night: true}, may: {seat: {manager: true}}}
MORE
"""
    many = "".join(f"  - {{id: more-{n}, when: {{noise: true, alone: true}}, may: {{seat: true}}}}\n" for n in range(2))
    told = []
    for more in ("", many):
        policy = remit.loads(text.replace("MORE", more), "desk.yaml")
        facts = {"noise": False, "night": False, "alone": False}
        request = {"employee": {"id": "e-1", "role": "clerk"}, "asked": {"seat": True}, "facts": facts}
        told.append(" ".join(policy.text(policy.decide(request)).split()))
    assert "own Only where noise is true, and night is true" in told[0]
    assert "higher" not in told[0]
    assert "Only where" not in told[1]
