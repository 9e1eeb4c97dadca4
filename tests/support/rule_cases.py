"""Runs a ``NAME_test.yaml`` beside a policy: the cases that its author reads. Knows nothing of ``remit test``, on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import remit

__all__ = ["Case", "cases_of", "mismatches", "request_of"]

_REQUEST_KEYS = ("asked", "evidence", "story", "use_discretion", "case", "occurred")


@dataclass(frozen=True)
class Case:
    """One case of a test file, with the file's defaults merged in."""

    file: str
    name: str
    body: Mapping[str, Any]

    @property
    def steps(self) -> list[Mapping[str, Any]]:
        """The steps of a sequence; empty for a single request."""
        return list(self.body.get("steps", ()))


def cases_of(path: Path) -> Iterator[Case]:
    """All cases of one file."""
    file = yaml.safe_load(path.read_text(encoding="utf-8"))
    defaults = file.get("defaults", {})
    for body in file["cases"]:
        unknown = set(body) - {"name", "given", "role", "expect", "balances", "history", "employee", "steps", *_REQUEST_KEYS}
        assert not unknown, f"{path.name}: {body['name']}: unknown keys {unknown}"
        merged = {**defaults, **body, "history": {**defaults.get("history", {}), **body.get("history", {})}, "given": {**_dotted(defaults.get("facts", {})), **_dotted(body.get("given", {}))}}
        merged["given"] = {name: value for name, value in merged["given"].items() if value is not None}  # null: not known
        yield Case(path.name, body["name"], merged)


def request_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The request that a case makes."""
    employee = dict(body.get("employee", {"id": "e-1"}))
    if "role" in body:
        employee["role"] = body["role"]
    request = {key: body[key] for key in _REQUEST_KEYS if key in body}
    return {**request, "employee": employee, "facts": dict(body["given"])}


def mismatches(policy: Any, body: Mapping[str, Any]) -> list[str]:
    """What differs between what the case expects and what the policy decides, in words; empty when all is well."""
    decision = policy.decide(request_of(body), balances=body.get("balances"), history=body.get("history"))
    return compare(policy, decision, body["expect"])


def compare(policy: Any, decision: Any, expect: Mapping[str, Any]) -> list[str]:
    """What differs between ``expect`` and ``decision``."""
    unknown = set(expect) - {"outcome", "limits", "owed", "reasons", "offers", "missing", "evidence", "approver", "say"}
    assert not unknown, f"unknown expectations {unknown}"
    wrong = []

    def check(what: str, wanted: Any, got: Any) -> None:
        if wanted != got:
            wrong.append(f"{what}: expected {wanted}, got {got}")

    if "outcome" in expect:
        check("outcome", expect["outcome"], decision.outcome)
    for what, got in (("limits", decision.limits), ("owed", decision.owed)):
        for remedy, amount in expect.get(what, {}).items():
            check(f"{what}.{remedy}", _quantity(amount), got[remedy])
    offers = {offer.remedy: offer.amount for offer in decision.offers}
    for remedy, amount in expect.get("offers", {}).items():
        check(f"offers.{remedy}", _quantity(amount), offers.get(remedy))
    found = {reason.id for reason in decision.reasons}
    for reason in expect.get("reasons", ()):
        if reason not in found:
            wrong.append(f"reason {reason} is not among {sorted(found)}")
    if "missing" in expect:
        check("missing", set(expect["missing"]), set(decision.missing.facts))
    if "evidence" in expect:
        check("evidence", set(expect["evidence"]), set(decision.missing.evidence))
    if "approver" in expect:
        check("approver", expect["approver"], decision.approver)
    words = {each.id: each.say for each in (*policy.model.rules, *policy.model.guardrails, *policy.model.caps)}
    for said in expect.get("say", ()):
        if words.get(said, said) not in decision.say:
            wrong.append(f"does not say {said}: says {decision.say}")
    return wrong


def _quantity(amount: Any) -> Any:
    return remit.Money.of(amount) if isinstance(amount, str) else amount


def _dotted(facts: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, Mapping):
            out |= _dotted(value, f"{prefix}{name}.")
        else:
            out[f"{prefix}{name}"] = value
    return out
