"""The index finds what the reference finds: all of it, in the same order, and what it waits for."""

from __future__ import annotations

from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

from remit.backends import reference
from remit.backends.python import Compiled
from remit.decision.inputs import check_request
from remit.policy.loader import read_model
from support.policies import policies
from support.requests import requests


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_findings_are_those_of_the_reference(data: st.DataObject) -> None:
    compiled = Compiled(read_model(data.draw(policies()), "generated.yaml"))
    for _ in range(3):
        request = data.draw(requests(compiled.model))
        inputs = check_request(compiled.model, request)
        note(f"{request!r}\n{compiled.model.text}")
        for role in compiled.model.ladder:
            asked: dict[str, Any] = {
                "employee": inputs.employee,
                "role": role,
                "asked": inputs.asked,
                "occurred": inputs.occurred,
            }
            found = compiled.find(inputs.facts, **asked)
            assert found == reference.find(compiled.model, inputs.facts, **asked)


def test_what_cannot_match_is_never_looked_at() -> None:
    """Of many rules on one choice, only those of its word are candidates."""
    kinds = [f"kind_{number}" for number in range(40)]
    rules = "".join(
        f"  - {{id: r-{kind}, because: So., when: {{kind: {kind}}}, may: {{credit: {number} EUR}}}}\n"
        for number, kind in enumerate(kinds)
    )
    text = f"""
policy: many
title: Many
version: "1"
owner: nobody
effective: {{from: 2020-01-01}}
currency: EUR
ladder: [clerk]
facts:
  kind: {{type: choice, of: [{", ".join(kinds)}]}}
remedies:
  credit: {{type: money, title: Credit}}
rules:
{rules}otherwise: deny
"""
    compiled = Compiled(read_model(text, "many.yaml"))
    sure, maybe = compiled.index.match(compiled.index.classes({"kind": "kind_7", "employee.role": "clerk"}))
    assert sure == maybe == 1 << 7
    sure, maybe = compiled.index.match(compiled.index.classes({"employee.role": "clerk"}))
    assert (sure, maybe) == (0, (1 << 40) - 1)


def test_what_rules_gave_is_remembered_for_what_is_the_same_to_them_only() -> None:
    """Two equal moments in different time zones read differently, and so do sizes of one amount that look alike."""
    text = """
policy: remembers
title: Remembers
version: "1"
owner: nobody
effective: {from: 2020-01-01}
currency: EUR
ladder: [clerk]
facts:
  seen: {type: date-time}
  rate: {type: money}
remedies:
  credit: {type: money, title: Credit}
rules:
  - {id: r, because: So., may: {credit: 'if contains(string(seen), "+02:00") then rate else rate * 2'}}
otherwise: deny
"""
    model = read_model(text, "remembers.yaml")
    compiled = Compiled(model)
    for seen, rate, most in [
        ("2026-07-01T10:00:00+02:00", "5 EUR", 500),
        ("2026-07-01T08:00:00+00:00", "5 EUR", 1000),
        ("2026-07-01T10:00:00+02:00", "5.00 EUR", 500),
        ("2026-07-01T10:00:00+02:00", "7 EUR", 700),
    ]:
        asked: dict[str, Any] = {"employee": "e", "role": "clerk", "asked": {}, "occurred": None}
        facts = check_request(model, {"employee": {"id": "e", "role": "clerk"}, "facts": {"seen": seen, "rate": rate}}).facts
        found = compiled.find(facts, **asked)
        assert found == reference.find(model, facts, **asked)
        assert found.rules[0].may["credit"]["clerk"].low == most
