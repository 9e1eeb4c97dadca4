"""The short form of a decision: always less than 1,000 bytes, and enough to act on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.decision.decision import Decision
from remit.decision.detail import Detail, Missing, Offer, Reason
from remit.language.values import Money
from support.plain_policy import ask, decide, policy, rule

_NAMES = st.text(min_size=1, max_size=60)
_TEXTS = st.text(min_size=1, max_size=400)


@st.composite
def details(draw: Any) -> Detail:
    """Decisions of any length, in any language."""
    outcome = draw(st.sampled_from(["grant", "escalate", "deny", "ask"]))
    facts = draw(st.lists(_NAMES, max_size=20, unique=True))
    offers = tuple(Offer(name, name, 5, 0) for name in draw(st.lists(_NAMES, max_size=30, unique=True)))
    return Detail(
        *(outcome, "p", "1", "sha256:0", "e-1", "clerk", None, None),
        asked={name: Money.of("5 EUR") for name in draw(st.lists(_NAMES, max_size=20, unique=True))},
        remedies={},
        reasons=tuple(Reason("rule", "r", text) for text in draw(st.lists(_TEXTS, max_size=10))),
        offers=offers,
        approver=None,
        escalate_to=draw(st.none() | st.text(min_size=1, max_size=2000)),
        unlocks=(),
        missing=Missing(tuple(facts), tuple(draw(st.lists(_NAMES, max_size=20))), False, dict.fromkeys(facts, draw(_TEXTS))),
        obligations=(),
        say=tuple(draw(st.lists(_TEXTS, max_size=5))),
        still_owed={},
        charges={},
        discretion=None,
        gap=False,
    )


@given(details())
def test_it_is_always_short(detail: Detail) -> None:
    decision = Decision.of(detail)
    told = decision.short()
    assert len(json.dumps(told, ensure_ascii=False).encode()) < 1000
    assert told["outcome"] == detail.outcome
    assert all(told.values())
    if "more" not in told:
        refused = detail.outcome in ("escalate", "deny")
        assert told.get("why", []) == ([each.text for each in decision.reasons] if refused else [])
        assert (told.get("say", []), told.get("ask", {})) == (list(decision.say), dict(decision.missing.questions))
        assert list(told.get("offers", {})) == [each.remedy for each in decision.offers]


@pytest.mark.parametrize(
    ("asked", "facts", "told"),
    [
        (
            {"credit": "5 EUR"},
            {"a": True, "b": True, "n": 1},
            {"outcome": "grant", "asked": {"credit": "5 EUR"}, "offers": {"credit": "10 EUR"}},
        ),
        (
            {"credit": "50 EUR"},
            {"a": True, "b": True, "n": 1},
            {
                "outcome": "escalate",
                "asked": {"credit": "50 EUR"},
                "offers": {"credit": "10 EUR"},
                "escalate_to": "owner:tests",
                "why": ["50 EUR is more than the 10 EUR that a clerk may give here", "It is fair."],
            },
        ),
        ({"credit": "5 EUR"}, {"b": True}, {"outcome": "ask", "asked": {"credit": "5 EUR"}, "ask": {"a": "A?"}}),
    ],
    ids=["grant", "escalate", "ask"],
)
def test_what_it_says(asked: dict[str, Any], facts: dict[str, Any], told: dict[str, Any]) -> None:
    model = policy(rules=[rule(when={"a": True}, may={"credit": "10 EUR"})])
    assert decide(model, ask(asked, facts=facts)).short() == told


def test_a_missing_fact_has_its_question_beside_it() -> None:
    found = remit.load(remit.shipped("hotel-guest-recovery"))
    missing = found.decide({"employee": {"id": "e-1", "role": "associate"}, "asked": {"credit": "20 EUR"}}).missing
    assert missing.questions == {"incident.kind": "What went wrong?"}
    assert missing.to_dict() == {"facts": ["incident.kind"], "questions": missing.questions, "evidence": [], "story": False}
