"""What a ledger found, put into the row of a request that was read before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from remit.decision.request import Used
from remit.policy.model import Fact, Model
from remit.readings.code.requests.native_values import Unusual, bounds, fact_reader
from remit.readings.code.requests.value_row import HEADER, layout

__all__ = ["build_completer"]


def build_completer(model: Model) -> Callable[..., tuple[Any, ...]]:
    """The function ``complete(values, balances, history)`` of a policy: the row of a request that was read without these, with
    what a ledger found. It raises :class:`Unusual`, too."""
    names, first = layout(model), len(HEADER) + len(model.remedies) + len(model.facts)
    kept = {name: first + number for number, name in enumerate(model.balances)}
    facts = {
        name: (names[name], fact_reader(fact), *_whole_bounds(fact))
        for name, fact in model.facts.items()
        if fact.history is not None
    }
    until, pairs = HEADER.index("until"), HEADER.index("balances")

    def complete(values: tuple[Any, ...], balances: Any, history: Any) -> tuple[Any, ...]:
        row = list(values)
        used, days = [], {}
        for name, found in (balances or {}).items():
            if type(found) is not Used or name not in kept:
                raise Unusual
            row[kept[name]], day = found
            used.append((name, found.amount))
            if day is not None:
                days[name] = day
        for name, raw in (history or {}).items():
            if name not in facts:
                raise Unusual
            place, read, low, high = facts[name]
            row[place] = raw if type(raw) is int and low <= raw <= high else read(raw)
        row[pairs], row[until] = tuple(used), days
        return tuple(row)

    return complete


def _whole_bounds(fact: Fact) -> tuple[int, int]:
    """The lowest and the highest whole number that is its own native value; none where the fact is not a whole number."""
    low, high = bounds(fact) if fact.type.integer else (None, None)
    return (0, -1) if low is None or high is None else (low, high)
