"""The decisions of ``tests/cases/cli/answers.yaml``: one for each thing that can be said about a decision."""

from __future__ import annotations

from datetime import date
from typing import Any

import yaml

import remit
from remit.decision.decision import Decision
from remit.decision.giving import parse_amount
from remit.decision.typed import parse_fact
from remit.policy.model import Model
from support.golden import CASES

__all__ = ["ALL", "decided"]

#: Copies that stand still: the texts below change only when what is said changes.
POLICIES = CASES / "cli" / "policies"
ALL: list[dict[str, Any]] = yaml.load((CASES / "cli" / "answers.yaml").read_text(), yaml.BaseLoader)


def decided(case: dict[str, Any]) -> tuple[Decision, Model]:
    """The decision of a case, and the policy that took it."""
    policy = remit.load(POLICIES / f"{case['policy']}.yaml")
    model = policy.model
    request = {
        "employee": {"id": "e-17", "role": case.get("role", "associate")},
        "asked": {name: parse_amount(model, model.remedies[name], text) for name, text in case.get("asked", {}).items()},
        "facts": {name: parse_fact(model.facts[name], text) for name, text in case.get("facts", {}).items()},
        "occurred": date(2026, 7, 1),
        "evidence": case.get("evidence", []),
        "story": case.get("story"),
        "use_discretion": case.get("use_discretion") == "true",
    }
    history = {name: int(text) for name, text in case.get("history", {}).items()}
    return policy.decide(request, balances=case.get("balances"), history=history), model
