"""The sections of a policy file, in the order in which they are written. The loader and the schema both read this."""

from __future__ import annotations

from typing import Final

from remit.policy.sections import (
    calendars,
    caps,
    discretion,
    facts,
    guardrails,
    header,
    promises,
    remedies,
    requires,
    rules,
    values,
)
from remit.policy.shapes.records import Record

__all__ = ["POLICY"]

POLICY: Final = Record(
    "a policy",
    (
        *header.KEYS,
        calendars.KEY,
        facts.KEY,
        remedies.KEY,
        values.KEY,
        rules.KEY,
        guardrails.KEY,
        caps.KEY,
        discretion.KEY,
        requires.EVIDENCE_KEY,
        requires.KEY,
        promises.KEY,
        header.OTHERWISE,
    ),
    "policy: hotel-guest-recovery",
    "A policy of remit: who may give what to a customer, and when.",
    listed={
        "rules": rules.RULE,
        "guardrails": guardrails.GUARDRAIL,
        "caps": caps.CAP,
        "requires": requires.REQUIREMENT,
        "promises": promises.PROMISE,
    },
)
