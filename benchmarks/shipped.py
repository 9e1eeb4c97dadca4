"""The shipped policies, on requests as their own test cases have them, with ids, amounts, numbers and days drawn anew.

Facts are missing where the authors of the cases left them out; evidence, discretion, balances and history are as in the case.
What no longer fits the policy is drawn again.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

import yaml
from timing import seconds_of, settle

import remit

__all__ = ["shipped"]

_MONEY: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?) ([A-Z]{3})")
_GIVEN: Final = ("case", "occurred", "evidence", "story", "use_discretion")
_TRIES: Final = 20


def shipped(each: int, only: int | None = None) -> Iterator[str]:
    """The rows of a Markdown table: ``each`` requests from every case of the first ``only`` policies."""
    yield "| policy | cases | requests | median, µs | worst case, µs | its name | left out |"
    yield "|---|---:|---:|---:|---:|---|---:|"
    folder = Path(remit.shipped("hotel-guest-recovery")).parent
    medians, worst = [], []
    for path in sorted(folder.glob("*_test.yaml"))[:only]:
        name, cases = path.stem.removesuffix("_test"), list(_cases(path))
        policy, other, chance = remit.load(remit.shipped(name)), remit.load(remit.shipped(name)), random.Random()
        drawn = [(title, [_fitting(other, chance, case) for _ in range(each + 1)]) for title, case in cases]
        _warm(policy, [asks.pop() for _, asks in drawn])
        timed = {title: _time(policy, [one for one in asks if one is not None]) for title, asks in drawn}
        known = {title: times for title, times in timed.items() if times}
        everything = [time for times in known.values() for time in times]
        slowest = max(known, key=lambda title: median(known[title]))
        medians.append(median(everything))
        worst.append(median(known[slowest]))
        figures = f"{len(cases)} | {len(everything)} | {medians[-1]:.0f} | {worst[-1]:.0f}"
        yield f"| {name} | {figures} | {slowest[:50]} | {sum(one is None for _, asks in drawn for one in asks)} |"
    yield f"| **all: median of medians, worst of all** | | | {median(medians):.0f} | {max(worst):.0f} | | |"


def _time(policy: Any, asks: list[tuple[Any, Any, Any]]) -> list[float]:
    """Microseconds of each whole answer."""
    settle()
    out = []
    for request, balances, history in asks:
        seconds, _ = seconds_of(lambda: policy.decide(request, balances=balances, history=history).to_json())  # noqa: B023
        out.append(seconds * 1e6)
    return out


def _warm(policy: Any, asks: list[tuple[Any, Any, Any] | None]) -> None:
    """Compile all there is to compile: one request from every case, which is not timed."""
    for request, balances, history in filter(None, asks):
        policy.decide(request, balances=balances, history=history).to_json()


def _cases(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The cases that ask once, with the defaults filled in."""
    file = yaml.safe_load(path.read_text(encoding="utf-8"))
    defaults = file.get("defaults") or {}
    for case in file["cases"]:
        if "steps" in case:
            continue
        facts = {
            **_flat(defaults.get("facts")),
            **_flat(defaults.get("given")),
            **_flat(case.get("facts")),
            **_flat(case.get("given")),
        }
        whole = {**defaults, **case}
        employee = {**(defaults.get("employee") or {}), **(case.get("employee") or {})}
        if "role" in whole:
            employee["role"] = whole["role"]
        asked = whole.get("asked") or {}
        more = {name: whole[name] for name in _GIVEN if whole.get(name) is not None}
        yield (
            str(case["name"]),
            {
                "request": {"employee": {"id": "e-1", **employee}, "asked": asked, "facts": facts, **more},
                "balances": whole.get("balances"),
                "history": whole.get("history"),
            },
        )


def _flat(facts: Any, prefix: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in (facts or {}).items():
        out |= _flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {f"{prefix}{name}": value}
    return out


def _fitting(policy: Any, chance: random.Random, case: dict[str, Any]) -> tuple[Any, Any, Any] | None:
    """A request drawn from ``case`` that the policy accepts."""
    for attempt in range(_TRIES):
        bold, shift = attempt < _TRIES // 2, timedelta(days=chance.randrange(-5, 6) if attempt < _TRIES // 2 else 0)
        request, balances, history = (
            _drawn(chance, case[part], "", shift, bold) for part in ("request", "balances", "history")
        )
        request["facts"] = _nested(request["facts"])
        try:
            policy.decide(request, balances=balances, history=history)
        except remit.RequestError:
            continue
        return request, balances, history
    return None


def _nested(facts: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in facts.items():
        *groups, last = name.split(".")
        place = out
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = value
    return out


def _drawn(chance: random.Random, value: Any, name: str, shift: timedelta, bold: bool) -> Any:
    """``value`` with amounts between a half and one and a half of what they were; ``bold`` also changes whole numbers."""
    if isinstance(value, Mapping):
        return {key: _drawn(chance, each, str(key), shift, bold) for key, each in value.items()}
    if isinstance(value, list):
        return [_drawn(chance, each, "", shift, bold) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return (value + shift).isoformat()
    if isinstance(value, str):
        found = _MONEY.fullmatch(value)
        if found:
            return f"{float(found[1]) * chance.uniform(0.5, 1.5):.2f} {found[2]}"
        return f"{value}-{chance.getrandbits(32):08x}" if name == "case" or name.split(".")[-1] == "id" else value
    if isinstance(value, int) and not isinstance(value, bool) and bold and chance.random() < 0.5:
        return max(0, value + chance.randrange(-2, 3)) if value < 20 else int(value * chance.uniform(0.8, 1.2))
    return value
