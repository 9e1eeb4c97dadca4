"""Proposals as a test file that the author can go on writing in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from remit.authoring.proposing.case_maker import Proposal
from remit.authoring.testing.expectations import parts_of_approval
from remit.authoring.thresholds import usual_time
from remit.language.text import string
from remit.language.values import Money, plain
from remit.policy.model import Model

__all__ = ["as_case", "as_file"]

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_.\- ]*[A-Za-z0-9_]|[A-Za-z_]")
#: No line is longer, unless a single value is.
_WIDTH = 100
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"}


def as_file(model: Model, policy_name: str, proposals: Iterable[Proposal]) -> str:
    """A whole test file."""
    found = list(proposals)
    day = next((each.occurred for each in found if "occurred" not in each.facts), None)
    lines = [f"policy: {policy_name}", "defaults:", "  employee: {id: e-1, role: " + model.ladder[0] + "}"]
    lines += [f"  occurred: {day.isoformat()}"] if day else []
    lines += ["cases:"]
    for each in found:
        lines += ["", *as_case(model, each)] if lines[-1] != "cases:" else as_case(model, each)
    return "\n".join(lines) + "\n"


def as_case(model: Model, proposal: Proposal) -> list[str]:
    """The lines of one case, as an item of ``cases:``."""
    told = {name: value for name, value in proposal.facts.items() if name in model.facts}
    history = {name: value for name, value in told.items() if model.facts[name].history is not None}
    given = {name: value for name, value in told.items() if name not in history}
    lines = [f"  - name: {_scalar(proposal.name)}", *_written("    ", "given", given)]
    if history:
        lines += _written("    ", "history", history)
    if "occurred" in proposal.facts:
        lines.append(f"    occurred: {proposal.occurred.isoformat()}")
    if model.currencies:
        lines.append(f"    currency: {model.currency}")
    at = usual_time(model, proposal.occurred)
    if at is not None:
        lines.append(f"    at: {at.isoformat()}")
    if proposal.role != model.ladder[0]:
        lines.append(f"    role: {proposal.role}")
    if proposal.asked:
        lines += _written("    ", "asked", proposal.asked)
    if proposal.evidence:
        lines.append(f"    evidence: [{', '.join(proposal.evidence)}]")
    lines.append("    expect:")
    return [*lines, *_expected(proposal)]


def _expected(proposal: Proposal) -> Iterator[str]:
    decision, indent = proposal.decision, " " * 6
    yield f"{indent}outcome: {decision.outcome}"
    shown = list(proposal.asked) or [name for name, each in decision.remedies.items() if each.limit or each.owed]
    limits = {name: decision.remedies[name].limit for name in shown}
    owed = {name: each.owed for name, each in decision.remedies.items() if _some(each.owed)}
    if limits:
        yield from _written(indent, "limits", limits)
    if owed:
        yield from _written(indent, "owed", owed)
    if proposal.about in [reason.id for reason in decision.reasons]:
        yield f"{indent}reasons: [{proposal.about}]"
    if decision.outcome == "escalate":
        yield f"{indent}approver: {decision.approver or 'none'}"
    if proposal.wanted is not None:
        parts = {name: each for name, each in parts_of_approval(proposal.wanted).items() if each is not None}
        yield from _written(indent, "approvals", parts) if len(parts) > 1 else (f"{indent}approvals: {parts['count']}",)
    if decision.missing.evidence:
        yield f"{indent}evidence: [{', '.join(decision.missing.evidence)}]"


def _some(value: Any) -> bool:
    return bool(value.amount) if isinstance(value, Money) else bool(value)


def _written(indent: str, key: str, values: Mapping[str, Any]) -> list[str]:
    """A mapping under its key: in one line where that is short, else a line for each entry."""
    line = f"{indent}{key}: {_mapping(values)}"
    if len(line) <= _WIDTH:
        return [line]
    return [f"{indent}{key}:", *(f"{indent}  {name}: {_value(value)}" for name, value in values.items())]


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
