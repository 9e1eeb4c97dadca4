"""Compiled decisions are those of the definition, byte for byte; what is told first, and cheaply, is what is told in full."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import currently_in_test_context, given, note
from hypothesis import strategies as st

from remit.deciding.compiled import Compiled
from remit.decision.decision import Decision
from remit.decision.inputs import check_request
from remit.errors import RequestError
from remit.policy.loader import load_model, read_model
from remit.policy.model import REPEATS, Model
from remit.policy.shipped import shipped_policies
from remit.readings.numbers.definition import NumberCase
from support.policies import policies
from support.requests import histories, personals, requests, wrong_requests
from support.trials import trials

RULES = list(shipped_policies().values())
WITH_HISTORY = [path for path in RULES if "history:" in path.read_text(encoding="utf-8")]


@cache
def program(path: Path) -> Compiled:
    return Compiled(load_model(path))


def by_definition(model: Model, request: Any, **more: Any) -> Any:
    """The decision by definition, or the problems."""
    try:
        return NumberCase(model, check_request(model, request, **more)).to_json()
    except RequestError as error:
        return error.problems


def by_compiled(compiled: Compiled, request: Any, **more: Any) -> Any:
    """The compiled decision, or the problems."""
    try:
        decision, brief = compiled.decide(request, **more), compiled.decide(request, **more)
    except RequestError as error:
        return error.problems
    outcome, limits, owed = brief.outcome, brief.limits, brief.owed  # before anything else is read
    text = decision.to_json()
    told = Decision.from_json(text).detail
    assert outcome == told.outcome
    assert limits == {name: each.limit for name, each in told.remedies.items()}
    assert owed == {name: each.owed for name, each in told.remedies.items()}
    return text


def agree(compiled: Compiled, request: Any, **more: Any) -> None:
    if currently_in_test_context():
        note(f"request: {request!r} {more}\n{compiled.model.text}")
    expected = by_definition(compiled.model, request, **more)
    assert by_compiled(compiled, request, **more) == expected


@st.composite
def balances(draw: Any, model: Model) -> dict[str, Any]:
    """What may be used of some caps and of the discretion."""
    out: dict[str, Any] = {}
    for name, unit in model.balances.items():
        money = unit not in ("grants", "units")
        if draw(st.booleans()) if name != REPEATS else draw(st.integers(0, 5)) == 0:
            minor = draw(st.integers(0, 70) | st.integers(5990, 6010))
            used: Any = f"{minor // 100}.{minor % 100:02} {model.currency}" if money else minor % 1000
            out[name] = {"used": used, "until": "2026-09-01"} if draw(st.integers(0, 3)) == 0 else used
    return out


MOMENTS = [datetime(year, 7, 1, 12, tzinfo=UTC) for year in (2021, 2026, 2027)]


@st.composite
def given_with(draw: Any, model: Model, role: str) -> dict[str, Any]:
    """What an application or a ledger hands over beside the request."""
    lower = model.ladder[: model.ladder.index(role) + 1]
    return {
        "history": draw(st.none() | histories(model)),
        "balances": draw(st.none() | balances(model)),
        "at": draw(st.none() | st.sampled_from(MOMENTS)),
        "requester": draw(st.none() | st.none() | st.sampled_from(lower)),
        "personal": draw(st.none() | st.none() | personals(model)),
    }


def for_one_role(data: st.DataObject, model: Model, *, complete: bool | None = None) -> dict[str, Any]:
    """A request; all of one policy come from one role, so that little must be compiled."""
    role = data.draw(st.shared(st.sampled_from(model.ladder), key="role"))
    return {**data.draw(requests(model, complete=complete)), "employee": {"id": "e-17", "role": role}}


@trials(12)
@given(st.data())
def test_generated_policies(data: st.DataObject) -> None:
    compiled = Compiled(read_model(data.draw(policies()), "generated.yaml"))
    for _ in range(4):
        request = for_one_role(data, compiled.model)
        agree(compiled, request, **data.draw(given_with(compiled.model, request["employee"]["role"])))


@trials(15)
@given(st.data())
def test_complete_requests_under_plain_policies(data: st.DataObject) -> None:
    compiled = Compiled(read_model(data.draw(policies(wild=False)), "generated.yaml"))
    for _ in range(4):
        request = for_one_role(data, compiled.model, complete=True)
        agree(compiled, request, **data.draw(given_with(compiled.model, request["employee"]["role"])))


@trials(6)
@given(st.data())
def test_one_request_with_any_of_its_facts_left_out(data: st.DataObject) -> None:
    """Between all that is known and nothing, where the two views part and meet again."""
    compiled = Compiled(read_model(data.draw(policies(wild=False)), "generated.yaml"))
    request = for_one_role(data, compiled.model, complete=True)
    for name in [None, *request["facts"]]:
        agree(compiled, {**request, "facts": {key: each for key, each in request["facts"].items() if key != name}})


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
@trials(10)
@given(data=st.data())
def test_the_policies_of_rules(path: Path, data: st.DataObject) -> None:
    request = data.draw(requests(program(path).model))
    agree(program(path), request, **data.draw(given_with(program(path).model, request["employee"]["role"])))


@trials(60)
@given(data=st.data())
def test_what_a_ledger_tells_of_the_past(data: st.DataObject) -> None:
    compiled = program(data.draw(st.sampled_from(WITH_HISTORY)))
    agree(compiled, data.draw(requests(compiled.model)), history=data.draw(histories(compiled.model)))


@trials(80)
@given(data=st.data())
def test_wrong_requests_have_the_same_problems(data: st.DataObject) -> None:
    compiled = program(data.draw(st.sampled_from(RULES)))
    agree(compiled, data.draw(wrong_requests(compiled.model)))


@trials(40)
@given(data=st.data())
def test_a_checked_request_decides_as_the_plain_one(data: st.DataObject) -> None:
    """What a ledger keeps and decides again."""
    compiled = program(data.draw(st.sampled_from(RULES)))
    request = data.draw(requests(compiled.model))
    inputs = check_request(compiled.model, request)
    assert compiled.decide(inputs).to_json() == compiled.decide(request).to_json()


def test_it_is_the_compiled_functions_that_are_compared() -> None:
    """Were everything left to the definition, nothing above would fail: complete requests of shipped policies never are."""
    facts = {"guest": {"id": "g", "tier": "gold", "recoveries": 0}, "stay": {"id": "s", "nightly_rate": "100 EUR", "nights": 2}}
    facts["incident"] = {"kind": "noise", "severity": 3}
    compiled = program(next(path for path in RULES if path.stem == "hotel-guest-recovery"))
    before = compiled.left
    for role in compiled.model.ladder:
        request = {"employee": {"id": "e", "role": role}, "asked": {"credit": "40 EUR"}, "facts": facts}
        agree(compiled, {**request, "occurred": "2026-07-01", "case": "C-1"})
        agree(compiled, {**request, "occurred": "2026-07-01", "case": "C-1"}, requester="associate")
        agree(compiled, {**request, "occurred": "2026-07-01"}, personal={"ceiling": {"credit": "10 EUR"}, "own_account": True})
    assert compiled.left == before


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-30", "0001-01-01", "0001-01-02"])
def test_there_is_a_first_and_a_last_day(day: str) -> None:
    """Working days beyond them cannot be counted, by the evaluator or by its compiled form: that is null, and no error."""
    compiled = program(next(path for path in RULES if path.stem == "uk-telecom-automatic-compensation"))
    for repaired in (day, "2026-01-05", None):
        fault = {name: value for name, value in (("reported", day), ("repaired", repaired)) if value is not None}
        agree(compiled, {"employee": {"id": "e", "role": "adviser"}, "facts": {"failed": ["repair"], "fault": fault}})
