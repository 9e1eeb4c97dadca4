"""Where a guardrail denies everything and nothing in particular is asked for, the page says so as the counter does."""

from __future__ import annotations

from typing import Any

import remit

TEXT = """
policy: desk
title: A front desk
version: "1"
owner: guest-relations
currency: EUR
ladder: [associate, manager]
facts:
  threats: {type: boolean, default: false}
remedies:
  credit: {type: money}
rules:
  - {id: gesture, because: A small thing is put right at once., may: {credit: {associate: 50 EUR}}}
guardrails:
  - {id: calm, when: {threats: true}, then: DENY, say: I will help when we can speak calmly.}
otherwise: escalate
"""
REFUSED = "Nothing is given in this case. You are right to say so: the policy stands behind you."


def page(then: str, asked: dict[str, Any]) -> tuple[str, str]:
    policy = remit.loads(TEXT.replace("DENY", then), "desk.yaml")
    request = {"employee": {"id": "e-1", "role": "associate"}, "facts": {"threats": True}, "asked": asked}
    decision = policy.decide(request)
    return decision.outcome, str(policy.text(decision)).replace("\n", " ")


def test_nothing_asked_for_is_refused_and_does_not_go_to_the_owner():
    outcome, text = page("{deny: [credit]}", {})
    assert outcome == "escalate"  # as it was decided, and is on record
    assert text.startswith(REFUSED)
    assert "Nobody" not in text


def test_what_is_asked_for_is_named():
    assert page("{deny: [credit]}", {"credit": "20 EUR"})[1].startswith("This cannot be given: 20 EUR credit.")


def test_all_denied_is_said_in_the_same_words():
    outcome, text = page("deny", {})
    assert (outcome, text.startswith(REFUSED)) == ("deny", True)
