"""Guardrails that read what is asked: compiled code works out what they leave; the definition finds it by trying."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.core.alone import LargestAlone
from remit.deciding.policy import reference_decision
from remit.errors import PolicyError
from support import small_policy as small

_SIDE = st.sampled_from(
    [
        "asked.credit",
        "asked.credit + price",
        "asked.credit * 3",
        "asked.credit * 0.3",
        "2 * asked.credit - price",
        "price - asked.credit",
        "asked.credit / 3",
        "asked.credit + asked.points * 0.37 EUR",
        "max(asked.credit, price)",
        "asked.credit * level",
        "asked.points * 1 EUR",
    ]
)
_OTHER = st.sampled_from(["30 EUR", "50.01 EUR", "price", "price + 20 EUR", "0 EUR", "33.33 EUR"])
_TEST = st.builds("{} {} {}".format, _SIDE, st.sampled_from([">", ">=", "<", "<=", "="]), _OTHER)
_CONDITION = st.recursive(
    st.one_of(_TEST, st.sampled_from(["hurt", "level > 2"])),
    lambda inner: st.one_of(
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["and", "or"]), inner), st.builds("not({})".format, inner)
    ),
    max_leaves=4,
)
_GUARDRAIL = st.fixed_dictionaries(
    {
        "when": _CONDITION,
        "then": st.sampled_from(["deny", "escalate", {"escalate": ["credit"]}, {"limit": {"credit": "25 EUR"}}]),
        "say": st.just("Sorry."),
    }
)
_RULES = [
    {"when": {"level": "> 1"}, "because": "Fair.", "may": {"credit": {"clerk": "50 EUR", "senior": "100 EUR"}, "points": 40}},
    {"when": {"hurt": True}, "because": "Fair.", "may": {"credit": "price * 0.5 + 10 EUR"}},
    {"when": {"level": 3}, "because": "Due.", "owed": {"credit": "20 EUR"}},
]


_REQUEST = st.one_of(small.requests(small.full_facts()), small.requests()).map(lambda request: {**request, "evidence": []})
_REQUESTS = st.lists(_REQUEST, min_size=8, max_size=16)


@given(st.lists(_GUARDRAIL, min_size=1, max_size=3), _REQUESTS, st.booleans())
def test_what_is_left_is_what_trying_finds(guardrails: list[Any], requests: list[dict[str, Any]], cap: bool) -> None:
    caps = [{"per": "tier", "over": "lifetime", "max": "60 EUR"}] if cap else []
    try:
        policy = remit.loads(small.text_of({"rules": _RULES, "guardrails": guardrails, "caps": caps}))
    except PolicyError:
        return  # a condition that is always the same
    policy.compile()
    for request in requests:
        assert policy.decide(request).to_json() == reference_decision(policy.model, request).to_json()


@pytest.mark.parametrize(
    "when", ["asked.credit + price > 60 EUR", "hurt and asked.credit > 30 EUR", "asked.credit > 60 EUR - price"]
)
def test_no_amount_is_tried_where_terms_say_what_is_left(when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    guardrail = {"when": when, "then": "deny", "say": "Sorry."}
    policy = remit.loads(small.text_of({"rules": _RULES[:2], "guardrails": [guardrail]}))
    policy.compile()
    monkeypatch.setattr(LargestAlone, "of", None)
    facts = {"tier": "none", "kind": "late", "level": 2, "price": "20 EUR", "hurt": True}
    request = {"employee": {"id": "e-1", "role": "senior"}, "asked": {"credit": "70 EUR"}, "facts": facts}
    (credit,) = (each for each in policy.decide(request).offers if each.remedy == "credit")
    most = {"asked.credit + price > 60 EUR": 40, "hurt and asked.credit > 30 EUR": 30, "asked.credit > 60 EUR - price": 40}
    assert credit.amount == remit.Money(Decimal(most[when]), "EUR")
