"""Which rule of the matrix would nearly have given the credit, hand-written: the reason beside `no rule speaks of credit`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from goodwill import Rule, Workload

__all__ = ["nearest"]

#: So many near rules are looked at.
_MOST: Final = 16


def nearest(of: Workload) -> Callable[[Mapping[str, Any], int, int, int, int], str]:
    """``near(facts, severity, rate, rank, asked)``: the reason as JSON after a comma, or nothing."""
    rules = of.rules

    def near(facts: Mapping[str, Any], severity: int, rate: int, rank: int, asked: int) -> str:
        incident, tier = facts["incident"], facts["guest"]["tier"]
        kind, channel = incident["kind"], incident["channel"]
        found, first = 0, None
        for rule in rules:
            failing = kind not in rule.kinds
            if rule.severity > severity:
                if failing:
                    continue
                failing = True
            if rule.tiers and tier not in rule.tiers:
                if failing:
                    continue
                failing = True
            if rule.channels and channel not in rule.channels:
                if failing:
                    continue
                failing = True
            if rule.rate_from > rate and failing:
                continue
            found += 1
            if found > _MOST:
                break
            if _twice(rule, rank, rate) >= 2 * asked:
                return _told(rule, facts, severity, rate)
            first = first or rule
        return _told(first, facts, severity, rate) if first else ""

    return near


def _twice(rule: Rule, rank: int, rate: int) -> int:
    """Twice what a rule gives, as half the rate may be half a cent."""
    amounts = [2 * cents for cents in rule.amounts[: rank + 1]]
    if rule.half_rate:
        amounts = [amounts[0], *(min(rate, each) for each in amounts[1:])]
    return max(amounts)


def _told(rule: Rule, facts: Mapping[str, Any], severity: int, rate: int) -> str:
    incident, tier = facts["incident"], facts["guest"]["tier"]
    if incident["kind"] not in rule.kinds:
        kinds = [f'\\"{each}\\"' for each in rule.kinds]
        here = incident["kind"] if incident["kind"] == "injury" else f'\\"{incident["kind"]}\\"'
        said = f"incident kind is {_either(kinds)}; here it is {here}"
    elif rule.severity > severity:
        said = f"incident severity is at least {rule.severity}; here it is {severity}"
    elif rule.tiers and tier not in rule.tiers:
        said = f"guest tier is {_either(list(rule.tiers))}; here it is {tier}"
    elif rule.channels and incident["channel"] not in rule.channels:
        said = f"incident channel is {_either(list(rule.channels))}; here it is {incident['channel']}"
    else:
        said = f"stay nightly rate is at least {rule.rate_from // 100} EUR; here it is {_money(rate)}"
    text = f"We put it right: only where {said}"
    return f',{{"kind":"near","id":"{rule.id}","text":"{text}","remedies":["credit"]}}'


def _either(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])}{',' if len(words) > 2 else ''} or {words[-1]}"


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02} EUR" if cents % 100 else f"{cents // 100} EUR"
