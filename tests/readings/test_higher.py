"""What roles above could do, worked out by functions of their own: the same as by definition, on a long ladder."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from remit.deciding.compiled import Compiled
from remit.deciding.policy import reference_decision
from remit.policy.loader import read_model
from remit.policy.model import Model

ROLES = ("trainee", "clerk", "senior", "lead", "chief", "director")
POLICY = """
policy: ladder
title: A long ladder
version: "1"
owner: service
currency: EUR
ladder: [trainee, clerk, senior, lead, chief, director]
facts:
  kind: {type: choice, of: [noise, dirt, theft]}
  bad: {type: integer, min: 1, max: 5}
  vip: {type: boolean}
remedies:
  credit: {type: money, title: Credit}
  points: {type: count, title: Points}
  upgrade: {type: exception, title: Upgrade}
  nothing: {type: money, title: Nothing}
caps:
  - {id: own, per: employee.id, over: calendar month, max: {trainee: 50 EUR, lead: 400 EUR}, counts: [credit]}
  - {id: all, per: kind, over: calendar month, max: 3 grants}
discretion:
  clerk: {each: 10 EUR, max: 20 EUR, over: calendar month}
  chief: {each: 100 EUR, max: 200 EUR, over: calendar month}
rules:
  - {id: noise, because: Noise., when: {kind: noise}, may: {credit: {trainee: 10 EUR, senior: 40 EUR, director: 90 EUR}}}
  - {id: dirt, because: Dirt., when: {kind: dirt, bad: ">2"}, may: {credit: {clerk: 20 EUR, chief: 60 EUR}, points: {lead: 50}}}
  - {id: theft, because: Theft., when: {kind: theft}, owed: {credit: 15 EUR}, may: {upgrade: {chief: true}}}
  - {id: vip, because: A guest we know., when: {vip: true}, may: {points: {trainee: 5, lead: 100}, upgrade: {senior: true}}}
guardrails:
  - {id: twice, when: {bad: 5}, then: escalate}
  - {id: thief, when: {kind: theft, vip: true}, then: escalate, to: lead}
  - {id: never, when: {kind: theft, bad: 4}, then: {deny: [upgrade]}}
  - {id: low, when: {bad: 1}, then: {limit: {credit: {trainee: 5 EUR, lead: 30 EUR}}}}
"""


@cache
def model() -> Model:
    return read_model(POLICY, "ladder.yaml")


@cache
def compiled() -> Compiled:
    return Compiled(model())


@st.composite
def asks(draw: Any) -> dict[str, Any]:
    facts = {
        "kind": draw(st.sampled_from(("noise", "dirt", "theft"))),
        "bad": draw(st.integers(1, 5)),
        "vip": draw(st.booleans()),
    }
    for name in draw(st.sets(st.sampled_from(sorted(facts)), max_size=1)):
        del facts[name]
    amounts = {
        "credit": st.integers(0, 100).map("{} EUR".format),
        "points": st.integers(0, 101),
        "upgrade": st.booleans(),
        "nothing": st.just("1 EUR"),
    }
    asked = {name: draw(amounts[name]) for name in draw(st.sets(st.sampled_from(sorted(amounts)), max_size=3))}
    return {"employee": {"id": "e-1", "role": draw(st.sampled_from(ROLES))}, "asked": asked, "facts": facts}


@given(asks(), st.none() | st.sampled_from(ROLES), st.sampled_from((None, {"own": "30 EUR", "all": 3}, {"all": 2})))
def test_every_role_on_a_long_ladder(request: dict[str, Any], requester: str | None, balances: dict[str, Any] | None) -> None:
    decision = compiled().decide(request, balances, None, requester)
    defined = reference_decision(model(), request, balances=balances, requester=requester)
    assert decision.to_json() == defined.to_json()


def test_a_role_s_function_does_not_grow_with_the_ladder() -> None:
    """The lowest role looks at one role in place; of those beyond, some functions are shared by all who ask for them."""
    program = Compiled(model()).program
    program.warm()
    sizes = [len(program.function("whole", rank, rank).__code__.co_code) for rank in range(len(ROLES))]
    assert max(sizes) < 2 * min(sizes[:-1])
    assert len(program.higher_made) <= 2 * 3 * len(ROLES)
