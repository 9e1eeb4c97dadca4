"""The goodwill matrix as a careful programmer writes it: the checks that all of it shares, and the short answers.

Every function takes the nested request that remit takes and checks what remit checks in a complete one: unknown and missing
keys, types (true is no integer), ranges, choices, roles, remedies, money, the day. Rules are looked up by kind, tier and
channel; texts that do not change are made once; nothing is remembered from one request to the next. The whole answers are in
``by_hand_rules.py`` and ``by_hand_table.py``. Equal to remit: tests/test_benchmarks.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from itertools import product
from typing import Any, Final, NoReturn, TypeAlias

from goodwill import CHANNELS, ROLES, TIERS, Rule, Workload

__all__ = [
    "BadRequest",
    "Cells",
    "amounts",
    "behind_checks",
    "cells",
    "cents",
    "credit_only",
    "outcome_and_limits",
    "outcome_and_rule",
    "reader",
    "written",
]

#: For each kind, tier and channel, what may match it.
Cells: TypeAlias = Mapping[tuple[str, str, str], tuple[Any, ...]]

_KEYS: Final = frozenset(("employee", "asked", "facts", "case", "occurred", "evidence", "story", "use_discretion", "key"))
_USUAL: Final = frozenset(("employee", "asked", "facts", "case", "occurred"))
_RANKS: Final = {role: rank for rank, role in enumerate(ROLES)}
_FROM: Final = "2020-01-01"
_CENTS: Final = (" EUR", *(f".{number:02} EUR" for number in range(1, 100)))
_MOST_TEXT: Final = 10_000
_NOTHING: Final = ((),) * len(ROLES)


class BadRequest(Exception):
    """The request does not fit."""


def cents(text: Any) -> int:
    """Cents of ``"45 EUR"``, ``"45.5 EUR"`` or ``"45.50 EUR"``."""
    if type(text) is str and text[-4:] == " EUR" and text.isascii():
        if text[-7:-6] == ".":
            digits = text[:-7] + text[-6:-4]
            if digits.isdigit() and 2 < len(digits) < 18:
                return int(digits)
        else:
            whole, dot, tenths = text[:-4].partition(".")
            if whole.isdigit() and len(whole) < 16 and (not dot or (len(tenths) == 1 and tenths.isdigit())):
                return int(whole) * 100 + int(tenths or 0) * 10
    raise BadRequest("not an amount in EUR")


def written(amount: int) -> str:
    """Cents as remit writes them: ``45 EUR`` or ``45.50 EUR``."""
    return f"{amount // 100}{_CENTS[amount % 100]}"


def reader(of: Workload, found: Cells, nothing: tuple[Any, ...] = _NOTHING) -> Callable[[Any], tuple[Any, ...]]:
    """``read(request)``: checks all but what is asked. It gives the employee's id and rank, the case, the day, what was asked,
    kind, severity, rate, whether the guest threatens, and what ``found`` has for the kind, the tier and the channel.

    Raises :class:`BadRequest`.
    """
    kinds, tiers, channels, usual, ranks = frozenset(of.kinds), frozenset(TIERS), frozenset(CHANNELS), _USUAL, _RANKS
    is_day = date.fromisoformat

    def read(request: Any) -> tuple[Any, ...]:
        try:
            employee, asked, facts = request["employee"], request["asked"], request["facts"]
            if type(employee) is not dict or type(asked) is not dict or type(facts) is not dict or len(employee) != 2:
                raise BadRequest("not a mapping")
            if not usual.issuperset(request):
                _unusual(request)
            identity, rank, case, day = employee["id"], ranks[employee["role"]], request.get("case"), request["occurred"]
            if type(identity) is not str or not identity or identity.isspace() or len(identity) > _MOST_TEXT:
                raise BadRequest("employee.id")
            if case is not None and (type(case) is not str or len(case) > _MOST_TEXT):
                raise BadRequest("case")
            if type(day) is not str or len(day) != 10 or day[4] != "-" or day[7] != "-" or day < _FROM:
                raise BadRequest("occurred")
            is_day(day)
            guest, stay, incident = facts["guest"], facts["stay"], facts["incident"]
            if type(guest) is not dict or type(stay) is not dict or type(incident) is not dict:
                raise BadRequest("facts")
            if len(facts) != 3 or len(guest) != 3 or len(stay) != 2 or len(incident) != 3:
                raise BadRequest("facts")
            ident, tier, threatening = guest["id"], guest["tier"], guest["threatening"]
            rate, nights = cents(stay["nightly_rate"]), stay["nights"]
            kind, severity, channel = incident["kind"], incident["severity"], incident["channel"]
            if type(ident) is not str or len(ident) > _MOST_TEXT or tier not in tiers or type(threatening) is not bool:
                raise BadRequest("guest")
            if type(nights) is not int or not 1 <= nights <= 60:
                raise BadRequest("stay.nights")
            if kind not in kinds or channel not in channels or type(severity) is not int or not 1 <= severity <= 5:
                raise BadRequest("incident")
        except (KeyError, TypeError, ValueError) as error:
            raise BadRequest(str(error)) from None
        return identity, rank, case, day, asked, kind, severity, rate, threatening, found.get((kind, tier, channel), nothing)

    return read


def _unusual(request: Mapping[str, Any]) -> None:
    """Keys that a request may have, and those of this desk do not."""
    if not _KEYS.issuperset(request):
        raise BadRequest("unknown key")
    for name, most in (("story", _MOST_TEXT), ("key", 200)):
        text = request.get(name)
        if text is not None and (type(text) is not str or len(text) > most):
            raise BadRequest(name)
    if request.get("use_discretion") not in (None, False, True) or request.get("evidence"):
        raise BadRequest("no discretion and no evidence here")


def credit_only(asked: Mapping[str, Any]) -> int:
    """Cents of the credit that is asked for, where nothing else may be."""
    if len(asked) != 1 or "credit" not in asked:
        _other_remedies(asked)
    amount = cents(asked["credit"])
    if not amount:
        raise BadRequest("nothing is asked for")
    return amount


def _other_remedies(asked: Mapping[str, Any]) -> NoReturn:
    raise BadRequest(f"the matrix gives credit, not {', '.join(map(str, asked))}")


def cells(of: Workload, entry: Callable[[Rule, int], Any]) -> Cells:
    """What :func:`reader` finds: for each rank ``entry(rule, rank)`` of the rules that fit, in the order of the rules."""
    out: dict[tuple[str, str, str], list[Rule]] = {}
    for rule in of.rules:
        for key in product(rule.kinds, rule.tiers or TIERS, rule.channels or CHANNELS):
            out.setdefault(key, []).append(rule)
    made = {rule.id: tuple(entry(rule, rank) for rank in range(len(ROLES))) for rule in of.rules}
    return {key: tuple(zip(*(made[rule.id] for rule in each), strict=True)) for key, each in out.items()}


def amounts(rule: Rule, rank: int) -> tuple[int, int, int, int]:
    """Severity and rate from which a rule holds, the amount for a rank, and how much half the rate may make of it at most."""
    low = rule.amounts[0]
    fixed, most = (low, rule.amounts[rank] if rank else 0) if rule.half_rate else (rule.amounts[rank], 0)
    return rule.severity, rule.rate_from, fixed, most


def outcome_and_limits(of: Workload) -> Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]:
    """``decide(request)``: the outcome, and how much of each remedy this employee may give (money in cents)."""
    read = reader(of, cells(of, amounts))

    def decide(request: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        _, rank, _, _, asked, kind, severity, rate, threatening, found = read(request)
        credit, limit, half = credit_only(asked), 0, (rate + 1) // 2
        for least, rate_from, amount, most in found[rank]:
            if severity >= least and rate >= rate_from:
                if most:
                    if half < most:
                        most = half
                    if most > amount:
                        amount = most
                if amount > limit:
                    limit = amount
        if threatening:
            return "deny", {"credit": 0, "points": 0, "late_checkout": False}
        if kind == "injury" and rank < 2:
            return "escalate", {"credit": 0, "points": 0, "late_checkout": False}
        outcome = "grant" if credit <= limit else "escalate"
        return outcome, {"credit": limit, "points": 0, "late_checkout": False}

    return decide


def outcome_and_rule(of: Workload) -> Callable[[dict[str, Any]], tuple[str, int, str | None, str]]:
    """``decide(request)``: the outcome, the limit in cents, the rule that gives most, and the id of the first reason."""
    read = reader(of, cells(of, lambda rule, rank: (*amounts(rule, rank), rule.id)))

    def decide(request: dict[str, Any]) -> tuple[str, int, str | None, str]:
        _, rank, _, _, asked, kind, severity, rate, threatening, found = read(request)
        credit, limit, rule, half = credit_only(asked), 0, None, (rate + 1) // 2
        for least, rate_from, amount, most, name in found[rank]:
            if severity >= least and rate >= rate_from:
                if most:
                    if half < most:
                        most = half
                    if most > amount:
                        amount = most
                if amount > limit:
                    limit, rule = amount, name
        if threatening:
            return "deny", 0, rule, "threats"
        if kind == "injury" and rank < 2:
            return "escalate", 0, rule, "injury"
        return "grant" if credit <= limit else "escalate", limit, rule, rule or "otherwise"

    return decide


def behind_checks(of: Workload, decide: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    """The same checks, and then another engine, which takes a flat dict with money in cents."""
    read = reader(of, {key: key for key in product(of.kinds, TIERS, CHANNELS)})

    def checked(request: dict[str, Any]) -> Any:
        _, rank, _, _, asked, kind, severity, rate, threatening, (_, tier, channel) = read(request)
        facts = {"kind": kind, "severity": severity, "tier": tier, "channel": channel, "rate": rate, "rank": rank}
        facts["threatening"], facts["asked"] = threatening, credit_only(asked)
        return decide(facts)

    return checked
