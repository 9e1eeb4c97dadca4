"""Proofs agree with deciding every request: nothing is called proved that has a counterexample, and nothing refuted without."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.proof_run import prove
from remit.errors import PolicyError
from remit.policy.loader import read_model
from remit.policy.model import Model, Table
from support.exhausted import Exhausted
from support.provable import ProvablePolicies, provable_text
from support.trials import trials

__all__ = ["disagreements"]


def disagreements(model: Model) -> list[str]:
    """What is said of a policy though deciding every request says otherwise."""
    known, found = Exhausted(model), []
    failing = known.failing()
    said = [each for each, _ in prove(model, seconds=30)]
    found += [f"{name} can fail, and it is not said" for name in failing - {each.of for each in said if each.code == "fails"}]
    for each in said:
        why = "" if each.verdict == "open" and each.code != "edge" else _otherwise(known, each, failing)
        if why:
            found.append(f"{each.code} {each.of} {each.verdict} {each.told}: {why}")
    return found


def _otherwise(known: Exhausted, result: ProofResult, failing: set[str]) -> str:
    """Why the verdict is wrong, or nothing."""
    model, proved = known.model, result.verdict == "proved"
    against: Any
    match result.code:
        case "promise":
            against = known.broken(next(each for each in model.promises if each.id == result.of))
        case "ladder":
            against = known.falls(result.of)
        case "floor":
            against = known.below(result.of)
        case "fails":
            against = result.of if result.of in failing else None
        case "edge":
            return _edge(known, result)
        case "dead":
            return _dead(known, result)
        case _:
            return ""
    return "" if proved == (against is None) else f"deciding every request found {against}"


def _edge(known: Exhausted, result: ProofResult) -> str:
    remedy, role = result.of.split(".")
    most, told = known.most(remedy, role), str(result.details["most"])
    if result.verdict == "open":
        low, high = (_number(each) for each in told.removeprefix("between ").split(" and "))
        return "" if low <= most <= high else f"it is {most}"
    return "" if _number(told) == most else f"{told} is told and it is {most}"


def _number(told: str) -> int:
    known = {"nothing": 0, "no": 0, "yes": 1}
    return known[told] if told in known else int(told.split()[0].replace(",", ""))


def _dead(known: Exhausted, result: ProofResult) -> str:
    model = known.model
    value = model.values.get(result.of)
    if value is not None and isinstance(value.definition, Table):
        rows = known.rows(value.definition)
        dead = set(range(1, len(value.definition.rows) + 1)) - rows
        claimed = set(result.details.get("rows", ()))
        return "" if claimed == dead else f"{claimed} is told and {dead} are"
    rule = next((each for each in model.rules if each.id == result.of), None)
    part = rule or next(each for each in model.guardrails if each.id == result.of)
    if any(said in "".join(result.told) for said in ("never holds", "never applies")):
        return "it holds in some case" if part.id in known.applying() else ""
    if "is subsumed" in "".join(result.told) and part.id not in known.applying():
        return "it never holds"
    if result.verdict == "refuted":
        against = known.changes(part)
        return f"without it, {against} is decided otherwise" if against else ""
    if known.reads_asked or (rule is None and part.id in known.applying()):
        return ""
    if rule is None:
        return "it never applies"
    return "" if known.gives_more(rule) else "no case shows that it gives anything"


@st.composite
def _policies(draw: Any) -> str:
    return ProvablePolicies(lambda low, high: draw(st.integers(low, high))).text()


@pytest.mark.slow
@given(_policies())
@trials(30)
def test_proofs_agree_with_every_request(text: str) -> None:
    try:
        model = read_model(text, "provable.yaml")
    except PolicyError:
        reject()
    assert disagreements(model) == []


@pytest.mark.parametrize("seed", range(3))
def test_proofs_agree_with_every_request_of_known_policies(seed: int) -> None:
    assert disagreements(read_model(provable_text(seed), "provable.yaml")) == []
