"""A goodwill matrix of any size, as it grows in a service company: what each role may give for which kind of incident.

The same matrix is written as rules, or as a decision table in which the first matching row counts; without caps, or with two
caps, a fact that a ledger keeps (what the guest had in the last 90 days), and a guardrail on a sum. ``Workload.asks`` makes
requests that never repeat: ids, amounts to the cent, days and facts are drawn anew for each one.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import yaml

__all__ = ["CHANNELS", "DESK_CAP", "ROLES", "TIERS", "Ask", "Rule", "Workload", "money", "rule_lines", "workload"]

ROLES: Final = ("associate", "supervisor", "duty_manager")
TIERS: Final = ("none", "silver", "gold", "diamond")
CHANNELS: Final = ("desk", "phone", "app", "email")
#: Cents that one employee may give in a calendar month, by rank.
DESK_CAP: Final = (50000, 200000, 200000)

_FIRST_DAY: Final = date(2026, 1, 1)
_DUMPER: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True)
class Rule:
    """One rule, or one row. Empty tuples and zeros test nothing. ``amounts`` are cents by rank. In rules, ``half_rate`` gives
    supervisors half the nightly rate instead, up to their amount. In a table, a row gives the supervisor's amount or, where
    there is a ``percent``, that share of the rate, up to the amount."""

    id: str
    kinds: tuple[str, ...]
    severity: int
    tiers: tuple[str, ...]
    channels: tuple[str, ...]
    rate_from: int
    amounts: tuple[int, int, int]
    half_rate: bool
    percent: int


class Ask(NamedTuple):
    """One request as a web framework hands it over, and what a ledger would say about it."""

    request: dict[str, Any]
    balances: dict[str, Any] | None = None
    history: dict[str, Any] | None = None

    def flat(self) -> dict[str, Any]:
        """What the peers are given: checked already, flat, money in cents, the role as a number."""
        facts, asked = self.request["facts"], self.request["asked"]
        return {
            "kind": facts["incident"]["kind"],
            "severity": facts["incident"]["severity"],
            "channel": facts["incident"]["channel"],
            "tier": facts["guest"]["tier"],
            "threatening": facts["guest"]["threatening"],
            "rate": _cents(facts["stay"]["nightly_rate"]),
            "rank": ROLES.index(self.request["employee"]["role"]),
            "asked": _cents(asked["credit"]),
            "voucher": _cents(asked.get("voucher", "0 EUR")),
            "points": asked.get("points", 0),
            "late": asked.get("late_checkout", False),
        }


@dataclass(frozen=True)
class Workload:
    """One matrix. ``rules`` are its rules or, where it is a ``table``, its rows in order; ``policy`` is the text for remit."""

    size: int
    kinds: tuple[str, ...]
    rules: tuple[Rule, ...]
    table: bool
    capped: bool
    policy: str

    @property
    def name(self) -> str:
        """What it is called in the tables."""
        return f"{self.size:,} {'rows' if self.table else 'rules'}{', caps and a sum' if self.capped else ''}"

    def asks(self, chance: random.Random, count: int) -> Iterator[Ask]:
        """``count`` new requests, each parsed from JSON, so that no text is shared between them."""
        for _ in range(count):
            request = _request(chance, self.kinds, self.table)
            told = _balances(chance, request) if self.capped else (None, None)
            yield Ask(*json.loads(json.dumps((request, *told))))


def workload(size: int, *, table: bool = False, capped: bool = False) -> Workload:
    """The matrix with ``size`` rules or rows; the same for the same arguments."""
    chance = random.Random(size)
    groups = range(min(330, max(2, size // 8)))  # a choice has at most 1,000 words
    kinds = tuple(f"{what}_{number}" for number in groups for what in ("noise", "cleanliness", "billing"))
    rules = [_rule(chance, number, kinds) for number in range(size)]
    if table:
        rules.sort(key=lambda rule: -rule.amounts[1])  # the first row counts, so the most generous come first
    kinds = (*kinds, "injury")
    return Workload(size, kinds, tuple(rules), table, capped, _policy(kinds, rules, table, capped))


def money(cents: int) -> str:
    """``"45 EUR"`` or ``"45.50 EUR"``."""
    return f"{cents // 100}.{cents % 100:02} EUR" if cents % 100 else f"{cents // 100} EUR"


def _cents(text: str) -> int:
    whole, _, fraction = text.removesuffix(" EUR").partition(".")
    return int(whole) * 100 + int(fraction or 0)


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
        percent=chance.choice((0, 0, 25, 40, 75)),
    )


def _request(chance: random.Random, kinds: tuple[str, ...], bundle: bool) -> dict[str, Any]:
    asked: dict[str, Any] = {"credit": money(chance.randrange(500, 20000, chance.choice((1, 1, 1, 500))))}
    if bundle and chance.random() < 0.25:
        asked["voucher"] = money(chance.randrange(500, 15000))
    if bundle and chance.random() < 0.25:
        asked["points"] = chance.randrange(100, 6000)
    if bundle and chance.random() < 0.2:
        asked["late_checkout"] = True
    kind = "injury" if chance.random() < 0.03 else kinds[chance.randrange(len(kinds) - 1)]
    return {
        "employee": {"id": f"e-{chance.randrange(10**6)}", "role": chance.choice(ROLES)},
        "asked": asked,
        "facts": {
            "guest": {
                "id": f"g-{chance.getrandbits(40):010x}",
                "tier": chance.choice(TIERS),
                "threatening": chance.random() < 0.03,
            },
            "stay": {"nightly_rate": money(chance.randrange(6000, 40000)), "nights": chance.randrange(1, 9)},
            "incident": {"kind": kind, "severity": chance.randrange(1, 6), "channel": chance.choice(CHANNELS)},
        },
        "case": f"C-{chance.getrandbits(40):010x}",
        "occurred": (_FIRST_DAY + timedelta(days=chance.randrange(365))).isoformat(),
    }


def _balances(chance: random.Random, request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is used of the two caps, and what the guest had before, as a ledger knows it."""
    day = date.fromisoformat(request["occurred"])
    next_month = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    most = DESK_CAP[ROLES.index(request["employee"]["role"])]
    grants = {"used": chance.choice((0, 0, 1, 1, 2, 2, 3, 3, 3, 4))}
    if grants["used"]:
        grants["until"] = (day + timedelta(days=chance.randrange(1, 90))).isoformat()
    desk = {"used": money(chance.randrange(most + most // 20)), "until": next_month.isoformat()}
    goodwill = chance.choice((0, chance.randrange(35000), chance.randrange(35000)))
    return {"guest-quarter": grants, "desk-month": desk}, {"guest.goodwill": money(goodwill)}


def _policy(kinds: tuple[str, ...], rules: list[Rule], table: bool, capped: bool) -> str:
    facts: dict[str, Any] = {
        "guest.id": {"type": "text", "personal": True},
        "guest.tier": {"type": "choice", "of": list(TIERS)},
        "guest.threatening": {"type": "boolean"},
        "stay.nightly_rate": {"type": "money", "min": "0 EUR"},
        "stay.nights": {"type": "integer", "min": 1, "max": 60},
        "incident.kind": {"type": "choice", "of": list(kinds)},
        "incident.severity": {"type": "integer", "min": 1, "max": 5},
        "incident.channel": {"type": "choice", "of": list(CHANNELS)},
    }
    if capped:
        history = {"sum": "credit", "per": "guest.id", "over": "90 days"}
        facts["guest.goodwill"] = {"type": "money", "min": "0 EUR", "history": history}
    head = {
        "policy": "goodwill-matrix",
        "title": "Goodwill matrix",
        "version": "1",
        "owner": "guest-relations",
        "effective": {"from": "2020-01-01"},
        "currency": "EUR",
        "ladder": list(ROLES),
        "facts": facts,
        "remedies": _remedies(table),
    }
    tail = {"guardrails": _guardrails(capped), **({"caps": _caps(table)} if capped else {}), "otherwise": "escalate"}
    body = _table(rules) if table else rule_lines(_as_rule(rule) for rule in rules)
    return f"{yaml.dump(head, Dumper=_DUMPER, sort_keys=False)}{body}{yaml.dump(tail, Dumper=_DUMPER, sort_keys=False)}"


def _remedies(table: bool) -> dict[str, Any]:
    voucher = {"voucher": {"type": "money", "title": "Voucher"}} if table else {}
    return {
        "credit": {"type": "money", "title": "Credit"},
        **voucher,
        "points": {"type": "count", "title": "Points", "cost": "0.006 EUR"},
        "late_checkout": {"type": "exception", "title": "Late checkout", "cost": "20 EUR"},
    }


def _guardrails(capped: bool) -> list[dict[str, Any]]:
    words = "I want to help when we can speak calmly."
    out: list[dict[str, Any]] = [{"id": "threats", "when": {"guest.threatening": True}, "then": "deny", "say": words}]
    send = {"then": "escalate", "to": "duty_manager"}
    out.append({"id": "injury", "when": {"incident.kind": "injury"}, **send, "say": "I am calling my manager."})
    if capped:
        why = "This guest has had much goodwill lately."
        out.append({"id": "goodwill-sum", "when": "guest.goodwill + asked.credit > 300 EUR", **send, "because": why})
    return out


def _caps(table: bool) -> list[dict[str, Any]]:
    counts = ["credit", "voucher"] if table else ["credit"]
    by_role = {role: money(most) for role, most in zip(ROLES[:2], DESK_CAP, strict=False)}
    return [
        {"id": "guest-quarter", "per": "guest.id", "over": "90 days", "max": "4 grants", "say": "My manager will call you."},
        {"id": "desk-month", "per": "employee.id", "over": "calendar month", "max": by_role, "counts": counts},
    ]


def rule_lines(rules: Iterator[dict[str, Any]]) -> str:
    """``rules:`` with one line for each."""
    return "".join(("rules:\n", *(f"  - {_flow(rule)}\n" for rule in rules)))


def _flow(value: Any) -> str:
    text: str = yaml.dump(value, Dumper=_DUMPER, sort_keys=False, default_flow_style=True, width=2**31 - 1)
    return text.rstrip("\n")


def _as_rule(rule: Rule) -> dict[str, Any]:
    when: dict[str, Any] = {"incident.kind": list(rule.kinds)}
    if rule.severity:
        when["incident.severity"] = f">= {rule.severity}"
    if rule.tiers:
        when["guest.tier"] = list(rule.tiers)
    if rule.channels:
        when["incident.channel"] = list(rule.channels)
    if rule.rate_from:
        when["stay.nightly_rate"] = f">= {rule.rate_from // 100} EUR"
    amounts = {role: money(cents) for role, cents in zip(ROLES, rule.amounts, strict=True)}
    if rule.half_rate:
        for role, cents in zip(ROLES[1:], rule.amounts[1:], strict=True):
            amounts[role] = f"min(stay.nightly_rate * 50%, {money(cents)})"
    return {"id": rule.id, "because": "We put it right.", "when": when, "may": {"credit": amounts}}


def _table(rules: list[Rule]) -> str:
    inputs = ["incident.kind", "incident.severity", "guest.tier", "incident.channel", "stay.nightly_rate"]
    rows = "".join(f"        - {_flow(_as_row(rule))}\n" for rule in rules)
    base = f"values:\n  base:\n    table:\n      inputs: {_flow(inputs)}\n      hit: first\n      rows:\n{rows}"
    credit = {"associate": "base * 35%", "supervisor": "base", "duty_manager": "base * 300%"}
    voucher = {"associate": "base * 50%", "supervisor": "base * 125%", "duty_manager": "base * 375%"}
    points = {"associate": 1000, "supervisor": 3000, "duty_manager": 20000}
    steady: list[dict[str, Any]] = [
        {"id": "by-table", "because": "The table says it.", "may": {"credit": credit, "voucher": voucher}},
        {"id": "points", "because": "A small thank-you.", "when": {"incident.severity": ">= 2"}, "may": {"points": points}},
        {"id": "late", "because": "It was bad.", "when": "base >= 60 EUR", "may": {"late_checkout": {"supervisor": True}}},
    ]
    return base + rule_lines(iter(steady))


def _as_row(rule: Rule) -> list[Any]:
    most = money(rule.amounts[1])
    return [
        list(rule.kinds),
        f">= {rule.severity}" if rule.severity else "-",
        list(rule.tiers) or "-",
        list(rule.channels) or "-",
        f">= {rule.rate_from // 100} EUR" if rule.rate_from else "-",
        f"min(stay.nightly_rate * {rule.percent}%, {most})" if rule.percent else most,
    ]
