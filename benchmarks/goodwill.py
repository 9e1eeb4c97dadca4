"""A goodwill matrix of any size, as it grows in a service company: which situations an associate or a supervisor may put right,
and with how much. The same rules as a remit policy, as Python by hand, and as data for the peers."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import Any

import yaml

__all__ = ["CHANNELS", "ROLES", "TIERS", "Rule", "Workload", "flat", "workload"]

ROLES = ("associate", "supervisor", "duty_manager")
TIERS = ("none", "silver", "gold", "diamond")
CHANNELS = ("desk", "phone", "app", "email")


@dataclass(frozen=True)
class Rule:
    """One rule. Empty tuples and zeros test nothing. Amounts are cents by rank; ``half_rate`` gives supervisors half the rate
    instead, up to their amount."""

    id: str
    kinds: tuple[str, ...]
    severity: int
    tiers: tuple[str, ...]
    channels: tuple[str, ...]
    rate_from: int
    amounts: tuple[int, int, int]
    half_rate: bool


@dataclass(frozen=True)
class Workload:
    """The rules, the policy's text, and requests as a web framework hands them over (each one parsed from JSON)."""

    size: int
    kinds: tuple[str, ...]
    rules: tuple[Rule, ...]
    policy: str
    requests: tuple[dict[str, Any], ...]


def workload(size: int, count: int = 4096, *, cents: bool = False) -> Workload:
    """The matrix with ``size`` rules, and ``count`` different requests. ``cents``: hardly any price occurs twice."""
    chance = random.Random(size)
    kinds = tuple(f"{what}_{number}" for number in range(max(2, size // 8)) for what in ("noise", "cleanliness", "billing"))
    kinds = (*kinds, "injury")
    rules = tuple(_rule(chance, number, kinds[:-1]) for number in range(size))
    requests = tuple(_request(chance, number, kinds, cents) for number in range(count))
    return Workload(size, kinds, rules, _policy(kinds, rules), requests)


def _rule(chance: random.Random, number: int, kinds: tuple[str, ...]) -> Rule:
    associate = chance.randrange(1000, 6000, 500)
    supervisor = associate + chance.randrange(2000, 15000, 500)
    return Rule(
        id=f"matrix-{number}",
        kinds=tuple(sorted(chance.sample(kinds, chance.choice((1, 1, 2, 3))))),
        severity=chance.choice((0, 2, 3, 3, 4, 5)),
        tiers=chance.choice(((), (), ("gold", "diamond"), ("silver", "gold", "diamond"), ("diamond",))),
        channels=chance.choice(((), (), (), ("desk",), ("desk", "phone"))),
        rate_from=chance.choice((0, 0, 0, 10000, 20000)),
        amounts=(associate, supervisor, supervisor * 3),
        half_rate=chance.random() < 0.15,
    )


def _request(chance: random.Random, number: int, kinds: tuple[str, ...], cents: bool) -> dict[str, Any]:
    fraction = f"{chance.randrange(100):02}" if cents else chance.choice(("00", "50", "95"))
    request = {
        "employee": {"id": f"e-{chance.randrange(60)}", "role": chance.choice(ROLES)},
        "asked": {"credit": f"{chance.randrange(5, 200, 5)} EUR"},
        "facts": {
            "guest": {"id": f"g-{number}", "tier": chance.choice(TIERS), "threatening": chance.random() < 0.03},
            "stay": {"nightly_rate": f"{chance.randrange(60, 400)}.{fraction} EUR", "nights": chance.randrange(1, 9)},
            "incident": {"kind": chance.choice(kinds), "severity": chance.randrange(1, 6), "channel": chance.choice(CHANNELS)},
        },
        "case": f"C-{number}",
    }
    parsed: dict[str, Any] = json.loads(json.dumps(request))
    return parsed


def _policy(kinds: tuple[str, ...], rules: tuple[Rule, ...]) -> str:
    model = {
        "policy": "goodwill-matrix",
        "title": "Goodwill matrix",
        "version": "1",
        "owner": "guest-relations",
        "effective": {"from": "2020-01-01"},
        "currency": "EUR",
        "ladder": list(ROLES),
        "facts": {
            "guest.id": {"type": "text", "personal": True},
            "guest.tier": {"type": "choice", "of": list(TIERS)},
            "guest.threatening": {"type": "boolean"},
            "stay.nightly_rate": {"type": "money", "min": "0 EUR"},
            "stay.nights": {"type": "integer", "min": 1, "max": 60},
            "incident.kind": {"type": "choice", "of": list(kinds)},
            "incident.severity": {"type": "integer", "min": 1, "max": 5},
            "incident.channel": {"type": "choice", "of": list(CHANNELS)},
        },
        "remedies": {
            "credit": {"type": "money", "title": "Credit"},
            "points": {"type": "count", "title": "Points", "cost": "0.006 EUR"},
            "late_checkout": {"type": "exception", "title": "Late checkout", "cost": "20 EUR"},
        },
        "rules": [_as_policy(rule) for rule in rules],
        "guardrails": [
            {
                "id": "threats",
                "when": {"guest.threatening": True},
                "then": "deny",
                "say": "I want to help when we can speak calmly.",
            },
            {
                "id": "injury",
                "when": {"incident.kind": "injury"},
                "then": "escalate",
                "to": "duty_manager",
                "say": "My manager comes.",
            },
        ],
        "otherwise": "escalate",
    }
    return yaml.safe_dump(model, sort_keys=False, allow_unicode=True, width=120)


def _as_policy(rule: Rule) -> dict[str, Any]:
    when: dict[str, Any] = {"incident.kind": list(rule.kinds)}
    if rule.severity:
        when["incident.severity"] = f">= {rule.severity}"
    if rule.tiers:
        when["guest.tier"] = list(rule.tiers)
    if rule.channels:
        when["incident.channel"] = list(rule.channels)
    if rule.rate_from:
        when["stay.nightly_rate"] = f">= {rule.rate_from // 100} EUR"
    amounts: dict[str, Any] = {role: f"{cents // 100} EUR" for role, cents in zip(ROLES, rule.amounts, strict=True)}
    if rule.half_rate:
        for role, cents in zip(ROLES[1:], rule.amounts[1:], strict=True):
            amounts[role] = f"min(stay.nightly_rate * 50%, {cents // 100} EUR)"
    return {"id": rule.id, "because": "A thing that went wrong is put right.", "when": when, "may": {"credit": amounts}}


def flat(request: dict[str, Any]) -> dict[str, Any]:
    """What the peers are given: checked already, flat, money in cents, the role as a number."""
    facts = request["facts"]
    return {
        "kind": facts["incident"]["kind"],
        "severity": facts["incident"]["severity"],
        "channel": facts["incident"]["channel"],
        "tier": facts["guest"]["tier"],
        "threatening": facts["guest"]["threatening"],
        "rate": _cents(facts["stay"]["nightly_rate"]),
        "rank": ROLES.index(request["employee"]["role"]),
        "asked": _cents(request["asked"]["credit"]),
    }


def _cents(text: str) -> int:
    whole, _, fraction = text.removesuffix(" EUR").partition(".")
    return int(whole) * 100 + int(fraction or 0)
