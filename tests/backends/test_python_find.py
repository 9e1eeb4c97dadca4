"""The index finds what the reference finds: all of it, in the same order, and what it waits for."""

from __future__ import annotations

from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

from remit.backends import reference
from remit.backends.python import Compiled
from remit.decision.inputs import check_request
from remit.policy.loader import read_model
from support.policies import policies, requests


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
