"""The compiled backend is the reference, only faster: same outcomes, same details, same findings, same problems."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from remit.backends import reference
from remit.decision.engine import decide as definition
from remit.decision.inputs import check_request
from remit.decision.quick import Quick
from remit.errors import RequestError
from remit.policy.loader import load_model, read_model
from remit.policy.model import Model
from support.policies import policies
from support.requests import histories, requests, wrong_requests

RULES = sorted(path for path in (Path(__file__).parents[2] / "rules").glob("*.yaml") if not path.stem.endswith("_test"))

WITH_HISTORY = [path for path in RULES if "history:" in path.read_text(encoding="utf-8")]


@cache
def quick(path: Path) -> Quick:
    return Quick(load_model(path))


def by_definition(model: Model, request: Any, **more: Any) -> Any:
    """The details by the reference, or the problems."""
    try:
        inputs = check_request(model, request, **more)
    except RequestError as error:
        return error.problems

    def find(role: str) -> Any:
        return reference.find(
            model, inputs.facts, employee=inputs.employee, role=role, asked=inputs.asked, occurred=inputs.occurred
        )

    return definition(model, inputs, find)


def by_compiled(compiled: Quick, request: Any, **more: Any) -> Any:
    """The details by the compiled backend, or the problems."""
    try:
        decision = compiled.decide(request, **more)
    except RequestError as error:
        return error.problems
    limits, owed = decision.limits, decision.owed  # before the details are told: the shorter way to them
    assert decision.outcome == decision.detail.outcome
    assert limits == {name: each.limit for name, each in decision.detail.remedies.items()}
    assert owed == {name: each.owed for name, each in decision.detail.remedies.items()}
    return decision.detail


def agree(compiled: Quick, request: Any, **more: Any) -> None:
    note(f"request: {request!r}")
    note(f"text:\n{compiled.model.text}")
    expected = by_definition(compiled.model, request, **more)
    assert by_compiled(compiled, request, **more) == expected
    assert by_compiled(compiled, request, **more) == expected, "the second time"


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_generated_policies_decide_as_the_reference(data: st.DataObject) -> None:
    compiled = Quick(read_model(data.draw(policies()), "generated.yaml"))
    for _ in range(4):
        agree(compiled, data.draw(requests(compiled.model)), history=data.draw(st.none() | histories(compiled.model)))


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_complete_requests_under_plain_policies(data: st.DataObject) -> None:
    compiled = Quick(read_model(data.draw(policies(wild=False)), "generated.yaml"))
    for _ in range(6):
        agree(compiled, data.draw(requests(compiled.model, complete=True)))


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_the_policies_of_rules(path: Path, data: st.DataObject) -> None:
    agree(quick(path), data.draw(requests(quick(path).model)))


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_what_a_ledger_tells_of_the_past(data: st.DataObject) -> None:
    compiled = quick(data.draw(st.sampled_from(WITH_HISTORY)))
    agree(compiled, data.draw(requests(compiled.model)), history=data.draw(histories(compiled.model)))


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_wrong_requests_have_the_same_problems(data: st.DataObject) -> None:
    compiled = quick(data.draw(st.sampled_from(RULES)))
    agree(compiled, data.draw(wrong_requests(compiled.model)))
