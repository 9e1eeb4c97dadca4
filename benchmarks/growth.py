"""What becomes of load, compile and answer times as a policy grows: rules, rows, facts, roles, remedies.

Every request is new. "Compile" is ``policy.compile()``; where a policy has none, the second decision, which compiles.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

import by_hand_rules
import by_hand_table
import yaml
from goodwill import money, rule_lines, workload
from timing import goal, seconds_of, settle, spread_over

import remit

__all__ = ["growth"]

_KINDS = tuple(f"kind_{number}" for number in range(6))


@dataclass(frozen=True)
class Grown:
    """A policy of one size, and its requests."""

    what: str
    size: int
    text: str
    requests: Callable[[random.Random], dict[str, Any]]
    by_hand: Callable[[dict[str, Any]], str] | None = None


def _head(facts: dict[str, Any], roles: tuple[str, ...], remedies: dict[str, Any]) -> str:
    head = {"policy": "grown", "title": "A grown policy", "version": "1", "owner": "service", "currency": "EUR"}
    return yaml.safe_dump({**head, "ladder": list(roles), "facts": facts, "remedies": remedies}, sort_keys=False)


def _request(chance: random.Random, role: str, asked: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    employee, case = {"id": f"e-{chance.randrange(10**6)}", "role": role}, f"C-{chance.getrandbits(40):010x}"
    return {
        "employee": employee,
        "asked": asked,
        "facts": facts,
        "case": case,
        "occurred": f"2026-07-{chance.randrange(1, 32):02}",
    }


def _credit(chance: random.Random, roles: tuple[str, ...], named: int = 3) -> dict[str, Any]:
    """Amounts that rise with the roles."""
    ranks = sorted(chance.sample(range(len(roles)), min(named, len(roles))))
    amount, out = 0, {}
    for rank in ranks:
        amount += chance.randrange(1000, 6000, 500)
        out[roles[rank]] = money(amount)
    return out


def _matrix(size: int, *, table: bool) -> Grown:
    of = workload(size, table=table)
    whole = (by_hand_table.whole_table if table else by_hand_rules.whole)(of)
    return Grown("rows" if table else "rules", size, of.policy, lambda chance: next(of.asks(chance, 1)).request, whole)


def _facts(count: int, *, all_given: bool) -> Grown:
    """``count`` facts, five for each kind of incident, each read by one rule for that kind."""
    chance, roles, kinds = random.Random(count), ("agent", "manager"), tuple(f"kind_{at}" for at in range(max(2, count // 5)))
    names = [f"f_{at}" for at in range(count)]
    facts: dict[str, Any] = {"incident.kind": {"type": "choice", "of": list(kinds)}}
    facts |= {f"detail.{name}": {"type": "integer", "min": 0, "max": 1000} for name in names}
    rules = [
        {
            "id": f"rule-{at}",
            "because": "We put it right.",
            "when": {"incident.kind": kinds[at // 5 % len(kinds)], f"detail.{name}": f">= {chance.randrange(100, 900)}"},
            "may": {"credit": _credit(chance, roles)},
        }
        for at, name in enumerate(names)
    ]
    text = _head(facts, roles, {"credit": {"type": "money", "title": "Credit"}}) + rule_lines(iter(rules))

    def request(chance: random.Random) -> dict[str, Any]:
        at = chance.randrange(len(kinds))
        given = names if all_given else names[at * 5 : at * 5 + 5]
        detail = {name: chance.randrange(1001) for name in given}
        asked = {"credit": money(chance.randrange(500, 15000))}
        return _request(chance, chance.choice(roles), asked, {"incident": {"kind": kinds[at]}, "detail": detail})

    return Grown("facts, all given" if all_given else "facts, those of the case given", count, text, request)


def _small(what: str, count: int, roles: tuple[str, ...], remedies: tuple[str, ...]) -> Grown:
    """24 rules for six kinds of incident, with so many roles and remedies."""
    chance = random.Random(count)
    facts = {
        "incident.kind": {"type": "choice", "of": list(_KINDS)},
        "incident.severity": {"type": "integer", "min": 1, "max": 5},
    }
    rules = [
        {
            "id": f"rule-{at}",
            "because": "We put it right.",
            "when": {"incident.kind": chance.sample(_KINDS, 2), "incident.severity": f">= {chance.randrange(1, 6)}"},
            "may": {name: _credit(chance, roles, 10) for name in chance.sample(remedies, min(3, len(remedies)))},
        }
        for at in range(24)
    ]
    text = _head(facts, roles, {name: {"type": "money", "title": name.capitalize()} for name in remedies})

    def request(chance: random.Random) -> dict[str, Any]:
        names = sorted(chance.sample(remedies, min(len(remedies), chance.choice((1, 1, 2)))))
        asked = {name: money(chance.randrange(500, 15000)) for name in names}
        incident = {"kind": chance.choice(_KINDS), "severity": chance.randrange(1, 6)}
        return _request(chance, chance.choice(roles), asked, {"incident": incident})

    return Grown(what, count, text + rule_lines(iter(rules)), request)


def _grown(quick: bool) -> Iterator[Grown]:
    sizes = (10, 100) if quick else (10, 100, 1000, 10_000)
    yield from (_matrix(size, table=False) for size in sizes)
    yield from (_matrix(size, table=True) for size in sizes)
    for all_given in (False, True):
        yield from (_facts(count, all_given=all_given) for count in ((10, 50) if quick else (10, 50, 500)))
    for count in (3, 10) if quick else (3, 10, 50):
        yield _small("roles", count, tuple(f"role_{at}" for at in range(count)), ("credit", "voucher", "refund"))
    for count in (1, 10) if quick else (1, 10, 50):
        yield _small("remedies", count, ("agent", "manager", "owner"), tuple(f"gift_{at}" for at in range(count)))


def growth(quick: bool) -> Iterator[str]:
    """The rows of a Markdown table, and the goals below it; what the loader refuses counts as endless."""
    yield "| what grows | | load, ms | compile, ms | µs per whole answer | hand-written, µs |"
    yield "|---|---:|---:|---:|---:|---:|"
    answers: dict[tuple[str, int], float] = {}
    ready: dict[int, float] = {}
    remit.loads(workload(10).policy).decide(next(workload(10).asks(random.Random(), 1)).request)  # imports what it needs
    for each in _grown(quick):
        try:
            load, compiled, micros = _measure(each)
        except remit.RemitError as error:
            yield f"| {each.what} | {each.size:,} | refused: {' '.join(str(error).split())[:80]} | | | |"
            load, compiled, micros = inf, inf, inf
        else:
            own = f"{spread_over(each.by_hand, _maker(each)):.1f}" if each.by_hand else ""
            yield f"| {each.what} | {each.size:,} | {load * 1e3:.0f} | {compiled * 1e3:.0f} | {micros:.1f} | {own} |"
        answers[each.what, each.size] = micros
        if each.what == "rows":
            ready[each.size] = load + compiled
    yield ""
    for what in dict.fromkeys(name for name, _ in answers):
        sizes = sorted(size for name, size in answers if name == what and size >= 10)
        if len(sizes) > 1 and what not in ("facts, all given", "remedies"):
            ratio = answers[what, sizes[-1]] / answers[what, sizes[0]]
            yield goal(f"an answer at {sizes[-1]:,} {what} / at {sizes[0]}", 1.5, ratio)
    if 10_000 in ready and 1000 in ready:
        yield goal("a table of 10,000 rows ready / one of 1,000", 10, ready[10_000] / ready[1000])
    rows = max(ready, default=0)
    if rows:
        text = workload(min(rows, 1000), table=True).policy
        parsing = seconds_of(lambda: yaml.compose(text))[0]
        yield goal(f"a table of {min(rows, 1000):,} rows ready / yaml.compose on its text", 3, ready[min(rows, 1000)] / parsing)


def _maker(of: Grown) -> Callable[[int], Iterator[dict[str, Any]]]:
    chance = random.Random()
    return lambda count: (of.requests(chance) for _ in range(count))


def _measure(of: Grown) -> tuple[float, float, float]:
    """Seconds to load and to compile, microseconds an answer."""
    make = _maker(of)
    settle()
    load, policy = seconds_of(lambda: remit.loads(of.text))
    if hasattr(policy, "compile"):
        compiled, _ = seconds_of(policy.compile)
    else:
        first, second = make(2)
        policy.decide(first).to_json()
        compiled, _ = seconds_of(lambda: policy.decide(second).to_json())
    return load, compiled, spread_over(lambda request: policy.decide(request).to_json(), make)
