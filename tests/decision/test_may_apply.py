"""A guardrail that may apply: the record has one sentence for all, and the page says on which facts it depends."""

from __future__ import annotations

from typing import Any

import pytest

import remit
from remit.cli.counter.screen import Screen
from remit.decision.detail import Offer
from remit.decision.page.counter_page import CounterState

TEXT = """
policy: desk
title: {en: A front desk, de: Empfang}
languages: [en, de]
version: "1"
owner: guest-relations
timezone: Europe/Amsterdam
currency: EUR
ladder: [associate, manager]
facts:
  guest.id: {type: text}
  hurt: {type: boolean, ask: {en: "Is anybody hurt?", de: "Ist jemand verletzt?"}}
  night: {type: boolean, ask: {en: "Was it at night?", de: "War es nachts?"}}
  floor: {type: integer, title: {en: Floor, de: Stockwerk}}
  room: {type: integer}
  often: {type: integer, history: {count: grants, per: guest.id, over: 90 days}}
values:
  lost: hurt and night
remedies:
  credit: {type: money, title: {en: Credit, de: Gutschrift}}
  refund: {type: money, title: {en: Refund, de: Erstattung}}
rules:
  - {id: gesture, may: {credit: 50 EUR, refund: 50 EUR}}
guardrails:
  - GUARDRAIL
  - {id: never, then: {deny: [refund]}}
otherwise: escalate
"""
ONE = "{id: care, when: {hurt: true}, then: deny}"
TWO = "{id: care, when: {hurt: true, night: true}, then: deny}"
NAMED = "{id: care, when: lost, then: deny}"
REASON = "{id: care, when: {hurt: true}, then: deny, because: {en: Somebody looks after them first., de: Zuerst hilft jemand.}}"
PAST = "{id: care, when: 'often > 3', then: deny}"
MANY = "{id: care, when: 'hurt and floor > 3 and room > 9', then: deny}"
CASES = {
    "one fact": (ONE, {}, "en", "`care` may apply, depending on this: Is anybody hurt?"),
    "German": (ONE, {}, "de", "`care` könnte zutreffen; das hängt davon ab: Ist jemand verletzt?"),
    "two facts": (TWO, {}, "en", "`care` may apply, depending on this: Is anybody hurt? Was it at night?"),
    "one of two is known": (TWO, {"hurt": True}, "en", "`care` may apply, depending on this: Was it at night?"),
    "through a value": (NAMED, {"night": True}, "en", "`care` may apply, depending on this: Is anybody hurt?"),
    "three facts": (MANY, {}, "en", "`care` may apply, depending on this: hurt, floor, and room."),
    "the author's reason": (
        REASON,
        {},
        "en",
        "`care` may apply: Somebody looks after them first. It depends on this: Is anybody hurt?",
    ),
    "the author's reason in German": (
        REASON,
        {},
        "de",
        "`care` könnte zutreffen: Zuerst hilft jemand. Das hängt davon ab: Ist jemand verletzt?",
    ),
    "what a ledger knows": (
        PAST,
        {},
        "en",
        "`care` may apply, depending on this: How many grants were there for the same guest id (90 days)?",
    ),
}


def decided(guardrail: str, facts: dict[str, Any]) -> tuple[remit.Policy, remit.Decision]:
    """Both remedies are asked for, and one is denied for certain: what is not known cannot change that."""
    policy = remit.loads(TEXT.replace("GUARDRAIL", guardrail), "desk.yaml")
    request = {
        "employee": {"id": "e-1", "role": "associate"},
        "facts": facts,
        "asked": {"credit": "60 EUR", "refund": "10 EUR"},
    }
    return policy, policy.decide(request)


@pytest.mark.parametrize(("guardrail", "facts", "language", "told"), CASES.values(), ids=CASES)
def test_the_page_names_the_facts(guardrail: str, facts: dict[str, Any], language: str, told: str) -> None:
    policy, decision = decided(guardrail, facts)
    text = " ".join(policy.text(decision, language=language).split())
    assert told in text, (decision.outcome, text)


@pytest.mark.parametrize("guardrail", [ONE, TWO, NAMED])
def test_the_record_says_it_as_ever(guardrail: str) -> None:
    _, decision = decided(guardrail, {})
    assert decision.reasons[0].text == "`care` may apply, depending on what is not known yet"


@pytest.fixture
def screen() -> Screen:
    policy, decision = decided(TWO, {"hurt": True})
    offer = Offer("credit", "Credit", remit.Money.of("50 EUR"), remit.Money.of("0 EUR"))
    return Screen(decision, policy.model, CounterState(offers=[offer]), recorded=True, notes=False)


def test_the_counter_says_it_of_a_line_and_of_the_answer(screen: Screen) -> None:
    for typed in ("?", "? 1"):
        page = screen.explanation(typed)
        assert page is not None
        assert "depending on this: Was it at night?" in " ".join(page.plain().split())
