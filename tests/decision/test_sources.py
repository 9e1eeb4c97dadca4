"""Law 12: a fact counts only where its source is as good as the policy wants."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.deciding.policy import reference_decision
from remit.decision.inputs import owns_account
from remit.errors import RequestError
from remit.policy.loader import read_model
from support.policies import policies
from support.requests import requests
from support.trials import trials

TEXT = """
policy: delays
title: Late parcels
version: "1"
owner: parcels
currency: EUR
ladder: [agent, lead]
facts:
  parcel.id: {type: text, source: system}
  days.late: {type: integer, min: 0, source: evidence, ask: "How many days late was it?"}
  insured: {type: boolean, default: false, source: system}
  words: {type: text}
remedies:
  refund: {type: money, title: Refund}
rules:
  - {id: late, when: "days.late > 2", may: {refund: 20 EUR}}
  - {id: very-late, when: "days.late > 9 and insured", may: {refund: 90 EUR}}
caps:
  - {id: once, per: parcel.id, over: lifetime, max: 100 EUR}
evidence:
  photo: {title: A photo}
"""
POLICY = remit.loads(TEXT)
STRONG = {"parcel.id": "p-1", "days.late": 12, "insured": True}


def ask(amount: str = "20 EUR", **more: Any) -> remit.Decision:
    return POLICY.decide({"employee": {"id": "e-1", "role": "agent"}, "asked": {"refund": amount}, "facts": STRONG, **more})


def test_what_a_program_says_comes_from_a_system() -> None:
    assert ask("90 EUR").outcome == "grant"


@pytest.mark.parametrize(
    ("sources", "outcome", "missing"),
    [
        ({"days.late": "stated"}, "ask", ("days.late",)),
        ({"days": {"late": "stated"}}, "ask", ("days.late",)),
        ({"days.late": "evidence"}, "grant", ()),
        ({"days.late": "system"}, "grant", ()),
        ({"words": "stated"}, "grant", ()),
        (dict.fromkeys(STRONG, "stated"), "ask", ("days.late",)),
    ],
)
def test_a_weaker_source_does_not_count(sources: Any, outcome: str, missing: tuple[str, ...]) -> None:
    decision = ask(sources=sources, evidence=["photo"], facts={**STRONG, "words": "late"})
    assert (decision.outcome, decision.missing.facts) == (outcome, missing)


def test_where_there_is_a_default_that_counts() -> None:
    """Nobody insures a parcel by saying so."""
    decision = ask("90 EUR", sources={"insured": "stated"})
    assert (decision.outcome, str(decision.limits["refund"])) == ("escalate", "20 EUR")


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ({"days.late": "evidence"}, "`days.late` is read from evidence, and none is on file"),
        ({"days.late": "sistem"}, "unknown source `sistem`"),
        ({"days.lat": "stated"}, "unknown fact `days.lat`"),
        ({"days": "stated"}, "`days` is a group of facts"),
        ("stated", "`sources` must be a mapping"),
        ({"days.late": None}, None),
        ({"days.late": 3}, "unknown source `3`"),
    ],
)
def test_what_is_wrong_with_sources_is_told(sources: Any, message: str | None) -> None:
    if message is None:
        with pytest.raises(RequestError):
            ask(sources=sources)
        return
    with pytest.raises(RequestError, match=message):
        ask(sources=sources)


def test_who_filed_what() -> None:
    decision = ask(evidence=[{"name": "photo", "by": "e-3", "reference": "DOC-12"}], sources={"days.late": "evidence"})
    assert decision.outcome == "grant"
    for wrong, message in (
        ([{"name": "photograph"}], "unknown evidence `photograph`"),
        ([{"by": "e-3"}], "`null` is not the name of a piece of evidence"),
        ([{"name": "photo", "from": "e-3"}], "unknown key `from`"),
        ([{"name": "photo", "by": "e\u200b3"}], "a character in it that cannot be seen"),
        ({"name": "photo"}, "`evidence` must be a list of names"),
    ):
        with pytest.raises(RequestError, match=message):
            ask(evidence=wrong)


@trials(60)
@given(st.data())
def test_law_12_a_weak_word_is_no_word(data: st.DataObject) -> None:
    """A fact from a weaker source than the policy wants decides nothing: it could as well not have been said. But who says
    that an account is their own is believed."""
    model = read_model(data.draw(policies(wild=False)), "generated.yaml")
    request = data.draw(requests(model, complete=True))
    request.pop("sources", None)
    flat = dict(_flat(request["facts"], "", set(model.facts)))
    stated = data.draw(st.sets(st.sampled_from(sorted(flat)))) if flat else set()
    weak = {name for name in stated if model.facts[name].weakest_source != "stated"}
    said = reference_decision(model, {**request, "facts": flat, "sources": dict.fromkeys(stated, "stated")})
    own = owns_account(model, request["employee"]["id"], {name: flat[name] for name in weak})
    rest = {name: each for name, each in flat.items() if name not in weak}
    unsaid = reference_decision(model, {**request, "facts": rest}, personal={"own_account": own})
    assert said.to_json() == unsaid.to_json()


def _flat(group: dict[str, Any], prefix: str, known: set[str]) -> Any:
    for key, value in group.items():
        if f"{prefix}{key}" in known:
            yield f"{prefix}{key}", value
        else:
            yield from _flat(value, f"{prefix}{key}.", known)
