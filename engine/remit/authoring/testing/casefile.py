"""A test file (``NAME_test.yaml``): cases that a policy author writes, each with what was given, asked and expected.

.. code-block:: yaml

    policy: hotel-guest-recovery.yaml
    defaults:
      employee: {id: e-1, role: associate}
      occurred: 2026-07-01
      facts: {guest.tier: none}
    cases:
      - name: noise at night, an associate may give 30 euros
        given: {incident.kind: noise, incident.severity: 3}
        asked: {credit: 30 EUR}
        expect: {outcome: grant, limits: {credit: 30 EUR}, reasons: [small-gesture]}
      - name: the fifth grant in ninety days is one too many
        steps:
          - {at: 2026-07-01T10:00:00+02:00, do: grant, asked: {points: 100}, expect: {outcome: grant}}
          - {at: 2026-07-02T10:00:00+02:00, do: grant, asked: {points: 100}, expect: {outcome: escalate}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from remit.errors import Place

__all__ = [
    "ACTIONS",
    "EXPECTATIONS",
    "GIVEN_KEYS",
    "OUTCOMES",
    "Case",
    "CaseFile",
    "Expectation",
    "Step",
    "test_file_of",
    "is_case_file",
]

#: What a step can do. ``decide`` asks only; the others are the ledger's operations of the same name.
ACTIONS: Final = ("decide", "grant", "hold", "settle", "release", "void")

#: What a decision can be, with what people call it elsewhere.
OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = {
    "grant": (
        "granted",
        "approve",
        "approved",
        "accept",
        "accepted",
        "allow",
        "allowed",
        "permit",
        "permitted",
        "ok",
        "yes",
        "true",
    ),
    "escalate": ("escalated", "escalation", "refer", "referred", "review", "manager"),
    "deny": ("denied", "decline", "declined", "refuse", "refused", "reject", "rejected", "forbid", "forbidden", "no", "false"),
    "ask": ("asked", "incomplete", "missing", "pending", "unknown", "undecided"),
}

#: What can be expected, and what each means.
EXPECTATIONS: Final[Mapping[str, str]] = {
    "outcome": "grant, escalate, deny or ask",
    "limits": "the most of each remedy by rules and guardrails",
    "owed": "what the customer is owed of each remedy",
    "available": "what is left of each remedy after caps",
    "offers": "what can be given now, by remedy",
    "reasons": "ids that must be among the reasons",
    "not_reasons": "ids that must not be among the reasons",
    "missing": "the facts that are asked for, exactly",
    "evidence": "the evidence that is missing, exactly",
    "obligations": "the evidence that must be on file, exactly",
    "approver": "the lowest role that could approve, or `none`",
    "approvals": "who must agree to what goes up: `{count: 2, by: manager, within: 4 hours}`, or how many",
    "say": "the ids of the rules, guardrails and caps whose words are said, or the words themselves",
    "still_owed": "what is owed beyond what was asked",
    "discretion": "how much of the employee's discretion is used",
    "charges": "what is taken from each cap",
    "gap": "whether no rule speaks of it",
    "shown": "what each of the values under `shows` is; `null` where it is not known or has none",
}

#: What a case, a step or the defaults can give.
GIVEN_KEYS: Final[Mapping[str, str]] = {
    "given": "facts",
    "facts": "facts, another word for given",
    "employee": "id and role",
    "role": "the employee's role, in short",
    "asked": "what the employee wants to give",
    "case": "the case's number",
    "occurred": "the day of the incident",
    "currency": "in which currency, where the policy is in several and no amount says it",
    "sources": "where facts come from that no system gave: `stated` or `evidence`",
    "evidence": "what is on file",
    "story": "why discretion is used",
    "use_discretion": "true to use discretion",
    "balances": "what is used of each cap",
    "history": "facts that a ledger would read",
}


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that is expected, and where it is written."""

    name: str
    value: Any
    place: Place


@dataclass(frozen=True, slots=True)
class Step:
    """One request with what is expected of it. ``request`` has the shape of :class:`remit.Request`. ``of`` is the number of the
    step that a ``settle``, ``release`` or ``void`` resolves; without it, the last that gave something."""

    do: str
    request: Mapping[str, Any]
    expect: tuple[Expectation, ...]
    place: Place
    at: datetime | None = None
    of: int | None = None
    balances: Mapping[str, Any] | None = None
    history: Mapping[str, Any] | None = None
    places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A named case: one step decided by the policy alone, or a sequence on a fresh ledger with its clock held still."""

    name: str
    steps: tuple[Step, ...]
    sequence: bool
    place: Place


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All cases of one file. ``policy`` is the path of the policy that they are about."""

    path: Path
    policy: Path
    cases: tuple[Case, ...]


def test_file_of(policy: Path) -> Path:
    """Where the cases of a policy file stand: ``NAME_test.yaml`` beside it."""
    return policy.with_name(f"{policy.stem}_test.yaml")


def is_case_file(path: Path) -> bool:
    """Whether ``path`` is named like a test file of a policy."""
    return path.suffix in (".yaml", ".yml") and path.stem.endswith("_test")
