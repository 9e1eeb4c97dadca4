"""The published JSON Schemas: every decision and every request that remit takes fit them, and they say no."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft7Validator
from jsonschema.validators import validator_for

import remit
from remit.deciding.policy import reference_decision
from remit.policy.loader import read_model
from remit.schemas import SCHEMAS
from support.small_policy import policies, requests, text_of


def validator(name: str) -> Draft7Validator:
    schema = remit.schema(name)
    assert schema == json.loads(files("remit.decision").joinpath(f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)


DECISION, REQUEST = validator("decision"), validator("request")


@given(policies(), requests())
def test_every_decision_and_every_request_fits(policy: dict[str, Any], request: dict[str, Any]) -> None:
    model = read_model(text_of(policy), "small.yaml")
    request = {**request, "evidence": [name for name in request.get("evidence", ()) if name in model.evidence]}
    decision = reference_decision(model, {**request, "occurred": "2026-07-01", "case": "C-1"})
    assert list(DECISION.iter_errors(json.loads(decision.to_json()))) == []
    assert list(REQUEST.iter_errors(request)) == []


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"employee": {"id": "e"}},
        {"employee": {"id": "e", "role": "r"}, "asked": {"credit": 4.5}},
        {"employee": {"id": "e", "role": "r"}, "reqest": 1},
        {"employee": {"id": "e", "role": "r"}, "use_discretion": "yes"},
    ],
)
def test_requests_that_never_fit(bad: dict[str, Any]) -> None:
    assert list(REQUEST.iter_errors(bad))


def test_decisions_that_never_fit() -> None:
    assert list(DECISION.iter_errors({"outcome": "maybe"}))


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one_and_has_an_id_of_its_own(name: str) -> None:
    schema = remit.schema(name)
    validator_for(schema).check_schema(schema)
    assert schema["$id"] == f"urn:remit:{name}:1"
    schema["title"] = "changed by a caller"
    assert remit.schema(name)["title"] != schema["title"]


def test_an_unknown_schema_is_told_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="there are policy, cases, roster, request, decision, record, allow"):
        remit.schema("remedy")
