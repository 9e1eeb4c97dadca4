"""The goodwill matrix as a careful programmer writes it by hand, for the very shape of request that remit takes.

``validated`` checks all that remit checks in such a request: unknown and missing keys, types (true is no integer), ranges,
choices, roles, remedies, money. ``trusting`` checks nothing. Both are linear: one ``if`` per rule; ``grouped`` first jumps to
the rules of the kind of incident. ``behind_checks`` puts the same checks before another engine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from goodwill import CHANNELS, ROLES, TIERS, Rule, Workload

__all__ = ["behind_checks", "grouped", "trusting", "validated"]

#: Takes a request, gives the outcome and the limit.
Decide: TypeAlias = Callable[[dict[str, Any]], Any]

_KEYS = frozenset(("employee", "asked", "facts", "case", "occurred", "evidence", "story", "use_discretion", "key"))
_ROLES = {role: rank for rank, role in enumerate(ROLES)}
_TIERS = frozenset(TIERS)
_CHANNELS = frozenset(CHANNELS)
_REMEDIES = frozenset(("credit", "points", "late_checkout"))


class BadRequest(Exception):
    """The request does not fit."""


def _money(text: Any) -> int:
    """Cents of ``"45 EUR"`` or ``"45.50 EUR"``."""
    if not isinstance(text, str) or not text.endswith(" EUR"):
        raise BadRequest("not an amount in EUR")
    whole, dot, fraction = text[:-4].partition(".")
    if not whole.isdigit() or not whole.isascii() or len(whole) > 15:
        raise BadRequest("not an amount")
    if not dot:
        return int(whole) * 100
    if not fraction.isdigit() or not fraction.isascii() or len(fraction) > 2:
        raise BadRequest("not an amount")
    return int(whole) * 100 + int(fraction.ljust(2, "0"))


def _trusted_money(text: str) -> int:
    whole, dot, fraction = text[:-4].partition(".")
    return int(whole) * 100 + int(fraction) if dot else int(whole) * 100


def validated(of: Workload) -> Decide:
    """``decide(request)`` with all checks: the outcome and the limit in cents. Raises :class:`BadRequest`."""
    return _checking(of, _linear(of.rules))


def grouped(of: Workload) -> Decide:
    """As :func:`validated`, with the rules grouped by the kind of incident."""
    by_kind = {kind: _linear(tuple(rule for rule in of.rules if kind in rule.kinds)) for kind in of.kinds}

    def answer(kind: str, severity: int, tier: str, channel: str, rate: int, rank: int, threatening: bool, asked: int) -> Any:
        return by_kind[kind](kind, severity, tier, channel, rate, rank, threatening, asked)

    return _checking(of, answer)


def behind_checks(of: Workload, decide: Callable[[dict[str, Any]], str]) -> Decide:
    """The same checks, and then an engine that takes what it needs as a flat dict."""

    def answer(kind: str, severity: int, tier: str, channel: str, rate: int, rank: int, threatening: bool, asked: int) -> Any:
        facts = {"kind": kind, "severity": severity, "tier": tier, "channel": channel, "rate": rate, "rank": rank}
        return decide({**facts, "threatening": threatening, "asked": asked}), None

    return _checking(of, answer)


def _checking(of: Workload, answer: Callable[..., Any]) -> Decide:
    """``decide(request)``: check everything, then ``answer``."""
    kinds = frozenset(of.kinds)

    def decide(request: dict[str, Any]) -> Any:
        if not isinstance(request, dict):
            raise BadRequest("not a mapping")
        for key in request:
            if key not in _KEYS:
                raise BadRequest(f"unknown key {key}")
        employee, asked, facts, case = request["employee"], request["asked"], request["facts"], request.get("case")
        if not isinstance(employee, dict) or not isinstance(asked, dict) or not isinstance(facts, dict):
            raise BadRequest("not a mapping")
        identity, role = employee["id"], employee["role"]
        if len(employee) != 2 or not isinstance(identity, str) or not identity or role not in _ROLES:
            raise BadRequest("employee")
        rank = _ROLES[role]
        if case is not None and not isinstance(case, str):
            raise BadRequest("case")
        guest, stay, incident = facts["guest"], facts["stay"], facts["incident"]
        if not isinstance(guest, dict) or not isinstance(stay, dict) or not isinstance(incident, dict):
            raise BadRequest("facts")
        if len(facts) != 3 or len(guest) != 3 or len(stay) != 2 or len(incident) != 3:
            raise BadRequest("facts")
        if not isinstance(guest["id"], str):
            raise BadRequest("guest.id")
        tier = guest["tier"]
        if tier not in _TIERS:
            raise BadRequest("guest.tier")
        threatening = guest["threatening"]
        if not isinstance(threatening, bool):
            raise BadRequest("guest.threatening")
        rate = _money(stay["nightly_rate"])
        nights = stay["nights"]
        if type(nights) is not int or not 1 <= nights <= 60:
            raise BadRequest("stay.nights")
        kind = incident["kind"]
        if kind not in kinds:
            raise BadRequest("incident.kind")
        severity = incident["severity"]
        if type(severity) is not int or not 1 <= severity <= 5:
            raise BadRequest("incident.severity")
        channel = incident["channel"]
        if channel not in _CHANNELS:
            raise BadRequest("incident.channel")
        credit = 0
        for remedy, amount in asked.items():
            if remedy not in _REMEDIES:
                raise BadRequest(f"unknown remedy {remedy}")
            if remedy != "credit":
                raise BadRequest(f"no rule of the matrix gives {remedy}")
            credit = _money(amount)
        return answer(kind, severity, tier, channel, rate, rank, threatening, credit)

    return decide


def trusting(of: Workload) -> Decide:
    """As :func:`validated`, without any check."""
    answer = _linear(of.rules)

    def decide(request: dict[str, Any]) -> Any:
        facts = request["facts"]
        guest, incident = facts["guest"], facts["incident"]
        return answer(
            incident["kind"],
            incident["severity"],
            guest["tier"],
            incident["channel"],
            _trusted_money(facts["stay"]["nightly_rate"]),
            _ROLES[request["employee"]["role"]],
            guest["threatening"],
            _trusted_money(request["asked"]["credit"]),
        )

    return decide


def _linear(rules: tuple[Rule, ...]) -> Callable[..., Any]:
    """The guardrails, then the rules written out, one ``if`` after another: the outcome and the limit."""
    lines = [
        "def answer(kind, severity, tier, channel, rate, rank, threatening, asked):",
        "    if threatening:",
        "        return 'deny', 0",
        "    if kind == 'injury' and rank < 2:",
        "        return 'escalate', 0",
        "    limit = 0",
    ]
    for rule in rules:
        tests = [f"kind == {rule.kinds[0]!r}" if len(rule.kinds) == 1 else f"kind in {rule.kinds!r}"]
        tests += [f"severity >= {rule.severity}"] if rule.severity else []
        tests += [f"tier == {rule.tiers[0]!r}" if len(rule.tiers) == 1 else f"tier in {rule.tiers!r}"] if rule.tiers else []
        tests += [f"channel in {rule.channels!r}"] if rule.channels else []
        tests += [f"rate >= {rule.rate_from}"] if rule.rate_from else []
        low, middle, high = rule.amounts
        lines.append(f"    if {' and '.join(tests)}:")
        if rule.half_rate:
            lines.append(f"        most = {middle} if rank == 1 else {high}")
            lines.append(f"        amount = {low} if rank == 0 else max({low}, min((rate + 1) // 2, most))")
        else:
            lines.append(f"        amount = {low} if rank == 0 else {middle} if rank == 1 else {high}")
        lines += ["        if amount > limit:", "            limit = amount"]
    lines.append("    return ('grant' if asked <= limit else 'escalate'), limit")
    namespace: dict[str, Any] = {}
    exec("\n".join(lines), namespace)
    answer: Callable[..., Any] = namespace["answer"]
    return answer
