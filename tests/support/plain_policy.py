"""A small policy of which a test of the laws says only what it is about, and requests for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from remit.deciding.policy import reference_decision
from remit.decision.decision import Decision
from remit.decision.detail import Quantity
from remit.language.values import Money
from remit.policy.loader import read_model
from remit.policy.model import Model

__all__ = ["ask", "decide", "policy", "rule", "size", "written"]


def decide(model: Model, request: Mapping[str, Any], **given_with: Any) -> Decision:
    evidence = [name for name in request.get("evidence", ()) if name in model.evidence]
    return reference_decision(model, {**request, "evidence": evidence}, **given_with)


def size(quantity: Quantity) -> int:
    return quantity.minor if isinstance(quantity, Money) else int(quantity)


def written(quantity: Quantity) -> Any:
    return str(quantity) if isinstance(quantity, Money) else quantity


def policy(**sections: Any) -> Model:
    """A small one: money, points at half a cent each, and an upgrade."""
    whole = {
        "policy": "laws",
        "title": "Laws",
        "version": "1",
        "owner": "tests",
        "currency": "EUR",
        "ladder": ["clerk", "senior", "manager"],
        "facts": {"a": {"type": "boolean"}, "b": {"type": "boolean"}, "n": {"type": "integer", "min": 0, "max": 9}},
        "remedies": {
            "credit": {"type": "money", "title": "Credit"},
            "points": {"type": "count", "title": "Points", "cost": "0.005 EUR"},
            "upgrade": {"type": "exception", "title": "Upgrade", "cost": "20 EUR"},
        },
        **sections,
    }
    some = {name: section for name, section in whole.items() if section != []}
    return read_model(yaml.safe_dump(some, sort_keys=False), "laws.yaml")


def rule(**more: Any) -> dict[str, Any]:
    return {"id": "r", "because": "It is fair.", **more}


def ask(asked: Mapping[str, Any], role: str = "clerk", facts: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    known = {"a": True, "b": True, "n": 1} if facts is None else facts
    return {"employee": {"id": "e-1", "role": role}, "asked": asked, "facts": known, **more}
