"""Proposals as a test file that the author can go on writing in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from remit.authoring.proposing.proposing import Proposal
from remit.language.text import string
from remit.language.values import Money, plain
from remit.policy.model import Model

__all__ = ["as_case", "as_file"]

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_.\- ]*[A-Za-z0-9_]|[A-Za-z_]")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"}


def as_file(model: Model, policy_name: str, proposals: Iterable[Proposal]) -> str:
    """A whole test file."""
    found = list(proposals)
    day = found[0].occurred if found else None
    lines = [f"policy: {policy_name}", "defaults:", "  employee: {id: e-1, role: " + model.ladder[0] + "}"]
    lines += [f"  occurred: {day.isoformat()}"] if day else []
    lines += ["cases:"]
    for each in found:
        lines += ["", *as_case(model, each)] if lines[-1] != "cases:" else as_case(model, each)
    return "\n".join(lines) + "\n"


def as_case(model: Model, proposal: Proposal) -> list[str]:
    """The lines of one case, as an item of ``cases:``."""
    history = {name: value for name, value in proposal.facts.items() if model.facts[name].history is not None}
    given = {name: value for name, value in proposal.facts.items() if name not in history}
    lines = [f"  - name: {_scalar(proposal.name)}", f"    given: {_mapping(given)}"]
    if history:
        lines.append(f"    history: {_mapping(history)}")
    if proposal.role != model.ladder[0]:
        lines.append(f"    role: {proposal.role}")
    if proposal.asked:
        lines.append(f"    asked: {_mapping(proposal.asked)}")
    if proposal.evidence:
        lines.append(f"    evidence: [{', '.join(proposal.evidence)}]")
    lines.append("    expect:")
    lines += [f"      {key}: {value}" for key, value in _expected(proposal)]
    return lines


def _expected(proposal: Proposal) -> Iterable[tuple[str, str]]:
    decision = proposal.decision
    yield "outcome", decision.outcome
    shown = list(proposal.asked) or [name for name, each in decision.remedies.items() if each.limit or each.owed]
    limits = {name: decision.remedies[name].limit for name in shown}
    owed = {name: each.owed for name, each in decision.remedies.items() if _some(each.owed)}
    if limits:
        yield "limits", _mapping(limits)
    if owed:
        yield "owed", _mapping(owed)
    if proposal.about in [reason.id for reason in decision.reasons]:
        yield "reasons", f"[{proposal.about}]"
    if decision.outcome == "escalate":
        yield "approver", decision.approver or "none"
    if decision.missing.evidence:
        yield "evidence", f"[{', '.join(decision.missing.evidence)}]"


def _some(value: Any) -> bool:
    return bool(value.amount) if isinstance(value, Money) else bool(value)


def _mapping(values: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{name}: {_value(value)}" for name, value in values.items()) + "}"


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return plain(value)
        case Money():
            return str(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return string(value) or ""
        case list():
            return "[" + ", ".join(_value(item) for item in value) + "]"
        case _:
            return _scalar(str(value))


def _scalar(text: str) -> str:
    """Text as a YAML scalar: bare where nothing can be mistaken, else in double quotes."""
    if _BARE.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
