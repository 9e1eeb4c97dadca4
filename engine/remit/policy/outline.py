"""The sections of a policy file, in the order in which they are written. The loader and the schema both read this."""

from __future__ import annotations

from typing import Final

from remit.policy.sections import (
    calendar_section,
    caps,
    fact_section,
    guardrails,
    header,
    remedies,
    requires,
    rule_section,
    value_section,
)
from remit.policy.shapes.mappings import Record

__all__ = ["POLICY"]

POLICY: Final = Record(
    "a policy",
    (
        *header.KEYS,
        calendar_section.KEY,
        fact_section.KEY,
        remedies.KEY,
        value_section.KEY,
        value_section.SHOWS_KEY,
        rule_section.KEY,
        guardrails.KEY,
        rule_section.CLAIM_KEY,
        caps.KEY,
        caps.DISCRETION_KEY,
        requires.EVIDENCE_KEY,
        requires.KEY,
        requires.APPROVALS_KEY,
        requires.PROMISES_KEY,
        header.OTHERWISE,
    ),
    "policy: hotel-guest-recovery",
    "A policy of remit: who may give what to a customer, and when.",
    needs={"rates": "currencies"},
    exclusive=("currency", "currencies"),
    listed={
        "rules": rule_section.RULE,
        "guardrails": guardrails.GUARDRAIL,
        "caps": caps.CAP,
        "requires": requires.REQUIREMENT,
        "approvals": requires.APPROVAL,
        "promises": requires.PROMISE,
    },
)
