"""A value above the highest of its fact: words and somebody else, where the policy has words; else an error."""

from __future__ import annotations

from typing import Any

import pytest

import remit
from remit.deciding.compiled import Compiled
from remit.deciding.policy import reference_decision
from remit.decision.decision import Decision
from remit.decision.typed import parse_fact
from remit.policy.model import Model
from support.desk import Clock
from support.plain_policy import ask, policy, rule

WORDS = "We plan groups of this size one by one."
FACTS = {
    "n": {"type": "integer", "min": 1, "max": 9, "above": WORDS},
    "price": {"type": "money", "max": "100 EUR"},
    "a": {"type": "boolean"},
}
RULES = [rule(may={"credit": "10 EUR * n"}, owed={"points": "n"})]


def made(**more: Any) -> Model:
    return policy(**{"facts": FACTS, "rules": RULES, **more})


def told(model: Model, asked: dict[str, Any], facts: dict[str, Any], **more: Any) -> Decision:
    request = ask(asked, facts=facts)
    decision = reference_decision(model, request, **more)
    assert Compiled(model).decide(request, **more).to_json() == decision.to_json()
    return decision


@pytest.mark.parametrize("asked", [{"credit": "5 EUR"}, {"points": 3}, {"upgrade": True}, {}])
@pytest.mark.parametrize("otherwise", ["escalate", "deny"])
def test_the_owner_decides_and_there_are_words(asked: dict[str, Any], otherwise: str) -> None:
    decision = told(made(otherwise=otherwise), asked, {"n": 12, "a": True})
    assert (decision.outcome, decision.escalate_to, decision.offers) == ("escalate", "owner:tests", ())
    assert decision.say == (WORDS,)
    (reason,) = [each for each in decision.reasons if each.kind == "guardrail"]
    assert (reason.id, reason.text) == ("n", "n is above 9, the highest that this policy speaks of")


def test_no_role_may_guess() -> None:
    for role in ("clerk", "senior", "manager"):
        request = ask({"credit": "5 EUR"}, role, {"n": 12, "a": True})
        assert reference_decision(made(), request, requester="clerk").outcome == "escalate"


def test_up_to_the_highest_all_is_as_ever() -> None:
    assert told(made(), {"credit": "90 EUR"}, {"n": 9, "a": True}).outcome == "grant"


def test_a_guardrail_that_denies_still_denies() -> None:
    stop = [{"id": "stop", "when": {"a": True}, "then": "deny", "say": "No."}]
    assert told(made(guardrails=stop), {"credit": "5 EUR"}, {"n": 12, "a": True}).outcome == "deny"


@pytest.mark.parametrize("facts", [{"n": 0}, {"n": 12.5}, {"n": "many"}, {"n": 3, "price": "101 EUR"}])
def test_what_else_is_wrong_is_an_error_as_ever(facts: dict[str, Any]) -> None:
    for decide in (reference_decision, lambda model, request: Compiled(model).decide(request)):
        with pytest.raises(remit.RequestError):
            decide(made(), ask({"credit": "5 EUR"}, facts=facts))


def test_it_can_be_typed_as_an_answer() -> None:
    model = made()
    assert parse_fact(model.facts["n"], "12") == 12
    with pytest.raises(ValueError, match="is not an amount"):
        parse_fact(model.facts["price"], "101 EUR")


def test_the_record_has_what_was_said_and_is_decided_again() -> None:
    loaded = remit.loads(made().text)
    with remit.open_ledger(":memory:", clock=Clock()) as ledger:
        entry = ledger.escalate(loaded, ask({"credit": "5 EUR"}, facts={"n": 12, "a": True}))
        assert (entry.kind, entry.facts()["n"]) == ("escalate", 12)
        assert ledger.redecide(entry.id).same
        given = ledger.approve(entry.id, employee={"id": "o-1", "role": "owner:tests"})
        assert given.granted
        assert ledger.redecide(given.id).same
        assert ledger.verify(thorough=True).ok


def test_words_need_a_highest_value() -> None:
    with pytest.raises(remit.PolicyError, match="`above` says what holds above `max`"):
        made(facts={**FACTS, "m": {"type": "integer", "above": WORDS}})
