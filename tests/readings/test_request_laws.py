"""The generated readers read every request as step 1 does: of generated policies, of every type, of the shipped ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.authoring.testing.case_reader import read_case_file
from remit.authoring.testing.casefile import test_file_of as case_file_of
from remit.decision.inputs import check_request
from remit.language.values import Money
from remit.policy.loader import read_model
from remit.policy.model import Model
from remit.policy.shipped import shipped_policies
from remit.readings.code.requests.native_values import Unusual
from remit.readings.code.requests.request_reader import build_reader
from remit.readings.code.requests.value_row import inputs_of, values_of
from support.policies import policies
from support.reading import MODEL, reading
from support.requests import histories, requests, wrong_requests
from support.trials import trials

SHIPPED = shipped_policies()


@cache
def shipped(name: str) -> Model:
    return read_model(SHIPPED[name].read_text(encoding="utf-8"), name)


def balances_for(model: Model) -> st.SearchStrategy[dict[str, Any] | None]:
    amounts = st.sampled_from(["0 EUR", "30 EUR", "12.50 EUR", "5 USD", Money(Decimal(3), "EUR"), 0, 1, 900, -1, True, None])
    back = st.sampled_from([None, "2026-08-01", date(2026, 8, 1), "soon"])
    used = amounts | st.fixed_dictionaries({"used": amounts}, optional={"until": back})
    return st.none() | st.dictionaries(st.sampled_from([*(cap.id for cap in model.caps), "discretion", "else"]), used)


@trials(60)
@given(st.data())
def test_law_nothing_is_read_otherwise_for_random_policies(data: st.DataObject) -> None:
    model = read_model(data.draw(policies()), "generated.yaml")
    request = data.draw(st.one_of(requests(model), wrong_requests(model)))
    reading(request, model, data.draw(balances_for(model)), data.draw(st.none() | histories(model)))


@trials(40)
@given(st.data())
def test_law_nothing_is_read_otherwise_with_every_type(data: st.DataObject) -> None:
    request = data.draw(st.one_of(requests(MODEL), wrong_requests(MODEL)))
    reading(request, MODEL, data.draw(balances_for(MODEL)), data.draw(st.none() | histories(MODEL)))


@pytest.mark.parametrize("name", SHIPPED)
@trials(15)
@given(st.data())
def test_law_only_values_without_a_native_form_are_unusual(name: str, data: st.DataObject) -> None:
    """Requests that fit, complete or partial, nested or dotted, as JSON has them."""
    model = shipped(name)
    request = json.loads(json.dumps(data.draw(requests(model)), default=float))
    request.pop("sources", None)  # the word of a person is the counter's, where nothing is read twice
    try:
        values_of(model, check_request(model, request))
    except (Unusual, remit.RequestError):
        assert reading(request, model) is None
    else:
        assert reading(request, model) is not None
    reading(data.draw(wrong_requests(model)), model)


def test_every_request_of_the_shipped_cases_is_read() -> None:
    count = 0
    for name, path in SHIPPED.items():
        model = shipped(name)
        read = build_reader(model)
        cases, _ = read_case_file(case_file_of(path))
        assert cases is not None
        for step in (step for case in cases.cases for step in case.steps if step.request):
            request = json.loads(json.dumps(plain(step.request)))
            values = read(request, plain(step.balances), plain(step.history))
            expected = check_request(model, request, balances=step.balances, history=step.history)
            assert inputs_of(model, values) == expected
            assert values_of(model, expected) == values
            count += 1
    assert count > 500


def plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, str | int | None) else str(value)
