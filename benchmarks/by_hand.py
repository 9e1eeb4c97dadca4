"""The goodwill matrix as a careful programmer writes it by hand, for the very shape of request that remit takes.

``validated`` checks all that remit checks in such a request: unknown and missing keys, types (true is no integer), ranges,
choices, roles, remedies, money. ``trusting`` checks nothing. Both are linear: one ``if`` per rule; ``grouped`` first jumps to
the rules of the kind of incident.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from goodwill import CHANNELS, ROLES, TIERS, Rule, Workload

__all__ = ["grouped", "trusting", "validated"]

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


def validated(of: Workload) -> Callable[[dict[str, Any]], tuple[str, int]]:
    """``decide(request)`` with all checks: the outcome and the limit in cents. Raises :class:`BadRequest`."""
    return _validated(of, _linear(of.rules))


def grouped(of: Workload) -> Callable[[dict[str, Any]], tuple[str, int]]:
    """As :func:`validated`, with the rules grouped by the kind of incident."""
    by_kind = {kind: _linear(tuple(rule for rule in of.rules if kind in rule.kinds)) for kind in of.kinds}

    def limit_of(kind: str, severity: int, tier: str, channel: str, rate: int, rank: int) -> int:
        return by_kind[kind](kind, severity, tier, channel, rate, rank)

    return _validated(of, limit_of)


def _validated(of: Workload, limit_of: Callable[..., int]) -> Callable[[dict[str, Any]], tuple[str, int]]:
    kinds = frozenset(of.kinds)

    def decide(request: dict[str, Any]) -> tuple[str, int]:
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
            if remedy == "credit":
                credit = _money(amount)
            elif remedy not in _REMEDIES:
                raise BadRequest(f"unknown remedy {remedy}")
            else:
                raise NotImplementedError
        limit = limit_of(kind, severity, tier, channel, rate, rank)
        if threatening:
            return "deny", 0
        if kind == "injury" and rank < 2:
            return "escalate", 0
        return ("grant" if credit <= limit else "escalate"), limit

    return decide


def trusting(of: Workload) -> Callable[[dict[str, Any]], tuple[str, int]]:
    """As :func:`validated`, without any check."""
    limit_of = _linear(of.rules)

    def decide(request: dict[str, Any]) -> tuple[str, int]:
        facts = request["facts"]
        guest, incident = facts["guest"], facts["incident"]
        kind, rank = incident["kind"], _ROLES[request["employee"]["role"]]
        rate = _trusted_money(facts["stay"]["nightly_rate"])
        limit = limit_of(kind, incident["severity"], guest["tier"], incident["channel"], rate, rank)
        if guest["threatening"]:
            return "deny", 0
        if kind == "injury" and rank < 2:
            return "escalate", 0
        return ("grant" if _trusted_money(request["asked"]["credit"]) <= limit else "escalate"), limit

    return decide


def _linear(rules: tuple[Rule, ...]) -> Callable[..., int]:
    """The rules written out, one ``if`` after another."""
    lines = ["def limit_of(kind, severity, tier, channel, rate, rank):", "    limit = 0"]
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
    lines.append("    return limit")
    namespace: dict[str, Any] = {}
    exec("\n".join(lines), namespace)
    limit_of: Callable[..., int] = namespace["limit_of"]
    return limit_of
