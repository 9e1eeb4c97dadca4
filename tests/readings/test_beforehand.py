"""``policy.compile()``: afterwards nothing is compiled any more for any role, also where missing facts do not matter."""

from __future__ import annotations

from typing import Any

import pytest

import remit
from remit.readings.code import python_syntax

POLICY = """
policy: beforehand
title: Compiled beforehand
version: "1"
owner: service
currency: EUR
ladder: [clerk, senior, lead, chief]
facts:
  kind: {type: choice, of: [noise, dirt]}
  bad: {type: integer, min: 1, max: 5}
remedies: {credit: {type: money, title: Credit}}
rules:
  - {id: noise, because: Noise., when: {kind: noise}, may: {credit: {clerk: 10 EUR, chief: 90 EUR}}}
  - {id: dirt, because: Dirt., when: {kind: dirt, bad: ">= 3"}, may: {credit: {senior: 20 EUR, lead: 60 EUR}}}
"""


def test_nothing_is_compiled_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    policy, made = remit.loads(POLICY), []
    original = python_syntax.function

    def counted(*given: Any) -> Any:
        made.append(given[0])
        return original(*given)

    monkeypatch.setattr(python_syntax, "function", counted)
    policy.compile()
    assert len(made) >= 4 * len(policy.model.ladder)
    made.clear()
    for role in policy.model.ladder:
        for amount in (0, 5, 30, 75, 200):
            for facts in ({"kind": "noise", "bad": 1}, {"kind": "dirt", "bad": 4}, {"kind": "noise"}):
                decision = policy.decide(
                    {"employee": {"id": "e", "role": role}, "asked": {"credit": f"{amount} EUR"}, "facts": facts}
                )
                assert decision.limits
                assert decision.to_json()
    assert made == []
