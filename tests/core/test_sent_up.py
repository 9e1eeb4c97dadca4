"""``then: escalate`` with ``to``: it goes before ``otherwise``, and the named role may agree, within ``most``."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.deciding.compiled import Compiled
from remit.deciding.policy import reference_decision
from remit.decision.decision import Decision
from remit.policy.loader import read_model
from remit.policy.model import Model
from support.plain_policy import ask, policy, rule, size
from support.small_policy import LADDER, full_facts, policies, requests, text_of
from support.trials import trials

#: No rule that holds for these facts speaks of anything.
NO_RULE = [rule(when={"b": False}, may={"credit": "10 EUR", "upgrade": True})]


def made(**guardrail: Any) -> Model:
    sent = {"id": "g", "because": "Only somebody else can help.", "when": {"a": True}, "then": "escalate", **guardrail}
    return policy(rules=NO_RULE, guardrails=[{"to": "senior", **sent}], otherwise="deny")


def told(
    model: Model, asked: dict[str, Any], role: str = "clerk", facts: dict[str, Any] | None = None, sent: bool = True
) -> Decision:
    """The decision; for a higher role, on what a clerk ``sent`` up."""
    request, requester = ask(asked, role, facts), "clerk" if sent and role != "clerk" else None
    decision = reference_decision(model, request, requester=requester)
    assert Compiled(model).decide(request, requester=requester).to_json() == decision.to_json()
    return decision


def test_it_goes_up_although_no_rule_speaks_of_it() -> None:
    decision = told(made(), {"upgrade": True})
    assert (decision.outcome, decision.approver, decision.gap) == ("escalate", "senior", True)
    assert [each.id for each in decision.reasons] == ["g"]


@pytest.mark.parametrize("role", ["senior", "manager"])
def test_the_named_role_and_those_above_give_an_exception(role: str) -> None:
    decision = told(made(), {"upgrade": True}, role)
    assert (decision.outcome, [each.id for each in decision.reasons]) == ("grant", ["g"])
    assert [each.remedy for each in decision.offers] == ["upgrade"]


@pytest.mark.parametrize("role", ["senior", "manager"])
def test_it_takes_two_people(role: str) -> None:
    assert told(made(most={"credit": "60 EUR"}), {"upgrade": True}, role, sent=False).outcome == "deny"
    assert told(made(most={"credit": "60 EUR"}), {"credit": "5 EUR"}, role, sent=False).outcome == "deny"
    assert told(made(), {}, role, sent=False).offers == ()


def test_where_it_does_not_hold_nothing_is_changed() -> None:
    facts = {"a": False, "b": True, "n": 1}
    assert [told(made(), {"upgrade": True}, role, facts).outcome for role in LADDER] == ["deny"] * 3


def test_a_fact_that_decides_whether_it_is_sent_is_asked_for_by_who_could_give_it() -> None:
    facts = {"b": True, "n": 1}
    assert told(made(), {"upgrade": True}, "senior", facts).missing.facts == ("a",)
    assert told(made(), {"upgrade": True}, "clerk", facts).missing.facts == ("a",)


def test_money_needs_a_most() -> None:
    assert told(made(), {"credit": "5 EUR"}).escalate_to == "owner:tests"
    assert told(made(), {"credit": "5 EUR"}, "senior").outcome == "deny"  # agree to it


@pytest.mark.parametrize(
    ("amount", "role", "outcome", "to"),
    [
        ("60 EUR", "clerk", "escalate", "senior"),
        ("60.01 EUR", "clerk", "escalate", "owner:tests"),
        ("60 EUR", "senior", "grant", None),
        ("60.01 EUR", "senior", "escalate", "owner:tests"),
        ("60 EUR", "manager", "grant", None),
    ],
)
def test_the_most_is_the_most(amount: str, role: str, outcome: str, to: str | None) -> None:
    decision = told(made(most={"credit": "60 EUR"}), {"credit": amount}, role)
    assert (decision.outcome, decision.escalate_to) == (outcome, to)


def test_an_exception_that_a_rule_keeps_for_a_higher_role_stays_there() -> None:
    rules = [rule(may={"upgrade": {"manager": True}})]
    sent = {"id": "g", "because": "x", "then": "escalate", "to": "senior"}
    assert told(policy(rules=rules, guardrails=[sent]), {"upgrade": True}).escalate_to == "manager"
    named = {**sent, "most": {"upgrade": True}}
    assert told(policy(rules=rules, guardrails=[named]), {"upgrade": True}).escalate_to == "senior"


@pytest.mark.parametrize("then", ["deny", {"limit": {"credit": "20 EUR"}}])
def test_other_guardrails_bind_the_named_role(then: Any) -> None:
    sent = {"id": "g", "because": "x", "then": "escalate", "to": "senior", "most": {"credit": "60 EUR"}}
    other = {"id": "h", "because": "x", "then": then, "say": "No."}
    decision = told(policy(rules=NO_RULE, guardrails=[sent, other], otherwise="deny"), {"credit": "30 EUR"}, "senior")
    assert decision.outcome != "grant"


def test_a_question_for_anything_goes_up_too() -> None:
    assert told(made(), {}).outcome == "escalate"
    assert told(made(), {}, facts={"a": False, "b": True, "n": 1}).outcome == "deny"


@trials(200)
@given(policies(), requests(full_facts()), st.sampled_from(LADDER))
def test_what_is_sent_gives_lower_roles_nothing(written: dict[str, Any], request: dict[str, Any], requester: str) -> None:
    """And no role less than without ``most``."""
    bare = [{key: value for key, value in each.items() if key != "most"} for each in written.get("guardrails", ())]
    models = [read_model(text_of(each), "small.yaml") for each in ({**written, "guardrails": bare}, written)]
    request = {**request, "evidence": []}
    without, with_most = (reference_decision(model, request, requester=requester) for model in models)
    rank = LADDER.index(request["employee"]["role"])
    named = [LADDER.index(each["to"]) for each in written.get("guardrails", ()) if "most" in each]
    for name, limit in with_most.limits.items():
        assert size(limit) >= size(without.limits[name])
        assert size(limit) == size(without.limits[name]) or LADDER.index(requester) < min(named) <= rank


# What was found by trying

STORY = {"use_discretion": True, "story": "She had waited for an hour."}
DISCRETION = {"senior": {"each": "20 EUR", "max": "100 EUR", "over": "calendar month"}}


def sent(model: Model, asked: dict[str, Any], role: str = "senior", n: int = 0, **more: Any) -> Decision:
    """What a role that answers says to what a clerk asked."""
    request = {**ask(asked, role, {"a": True, "b": True, "n": n}), **more}
    requester = "clerk" if role != "clerk" else None
    decision = reference_decision(model, request, requester=requester)
    assert Compiled(model).decide(request, requester=requester).to_json() == decision.to_json()
    return decision


@pytest.mark.parametrize(
    ("most", "asked"), [({"upgrade": "10 / n > 2"}, {"upgrade": True}), ({"credit": "5 EUR / n"}, {"credit": "5 EUR"})]
)
@pytest.mark.parametrize("more", [{}, STORY])
def test_a_most_without_a_value_is_a_most_of_nothing(most: dict[str, Any], asked: dict[str, Any], more: dict[str, Any]) -> None:
    model = policy(
        rules=NO_RULE,
        guardrails=[{"id": "g", "because": "x", "when": {"a": True}, "then": "escalate", "to": "senior", "most": most}],
        otherwise="deny",
        discretion=DISCRETION,
    )
    assert sent(model, asked, **more).outcome == "escalate"
    assert sent(model, asked, "clerk").escalate_to == "owner:tests"


@pytest.mark.parametrize("most", ["60 EUR", "0 EUR"])
def test_discretion_does_not_go_beyond_the_most(most: str) -> None:
    for rules in (NO_RULE, [rule(may={"credit": "10 EUR"})]):
        model = policy(
            rules=rules,
            guardrails=[
                {"id": "g", "because": "x", "when": {"a": True}, "then": "escalate", "to": "senior", "most": {"credit": most}}
            ],
            otherwise="deny",
            discretion=DISCRETION,
        )
        if most == "60 EUR" or rules is NO_RULE:
            assert sent(model, {"credit": "75 EUR" if most == "60 EUR" else "15 EUR"}, **STORY).outcome != "grant"


@pytest.mark.parametrize(("role", "outcome"), [("clerk", "grant"), ("senior", "escalate")])
def test_whether_it_was_sent_is_for_the_role_that_asked_to_say(role: str, outcome: str) -> None:
    model = policy(
        rules=[rule(may={"credit": "10 EUR"})],
        guardrails=[
            {
                "id": "g",
                "because": "x",
                "when": f'employee.role = "{role}" and a',
                "then": "escalate",
                "to": "senior",
                "most": {"credit": "60 EUR"},
            }
        ],
    )
    assert sent(model, {"credit": "50 EUR"}).outcome == outcome
    assert sent(model, {"credit": "50 EUR"}, "clerk").escalate_to == ("senior" if role == "clerk" else "owner:tests")


def test_whether_it_was_sent_cannot_be_worked_out() -> None:
    model = policy(
        rules=NO_RULE,
        guardrails=[
            {"id": "g", "because": "x", "when": "10 / n > 2", "then": "escalate", "to": "senior", "most": {"credit": "60 EUR"}}
        ],
        otherwise="deny",
    )
    for asked in ({"credit": "50 EUR"}, {"upgrade": True}):
        decision = sent(model, asked)
        assert (decision.outcome, decision.gap) == ("escalate", False)
        assert decision.reasons[0].text == "`g` may apply: `10 / n` cannot be worked out: a division by zero"
