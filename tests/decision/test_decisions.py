"""Requests and what must come out of them, by example (tests/cases/decision)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from remit.deciding.loading import load
from remit.deciding.policy import Policy, reference_decision

CASES = Path(__file__).parent.parent / "cases" / "decision"


@cache
def policy(name: str) -> Policy:
    return load(CASES / f"{name}.policy.yaml")


def cases() -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name}: {case['name']}")
        for name in ("hotel", "airline", "fee")
        for case in yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    ]


def part(decision: dict[str, Any], path: str) -> Any:
    match path:
        case "reasons.ids":
            return [each["id"] for each in decision["reasons"]]
        case "offers.by":
            return {each["remedy"]: each["amount"] for each in decision["offers"]}
        case "offers.left":
            return {each["remedy"]: each["left"] for each in decision["offers"] if each["left"]}
        case "limits.waiver":
            return decision["remedies"]["waiver"]["limit"]
    if path.startswith("shown."):
        found = next(each for each in decision["shown"] if each["name"] == path.removeprefix("shown."))
        return found.get("missing") or found.get("cause") or found["value"]
    out: Any = decision
    for key in path.split("."):
        out = out[key]
    return out


@pytest.mark.parametrize(("name", "case"), cases())
@pytest.mark.parametrize("how", ["reference", "compiled"])
def test_decision(name: str, case: dict[str, Any], how: str) -> None:
    given = {"balances": case.get("balances"), "history": case.get("history")}
    model = policy(name)
    decision = (
        model.decide(case["request"], **given)
        if how == "compiled"
        else reference_decision(model.model, case["request"], **given)
    )
    plain = decision.to_dict()
    assert decision.outcome == plain["outcome"]
    assert {path: part(plain, path) for path in case["expect"]} == case["expect"]
