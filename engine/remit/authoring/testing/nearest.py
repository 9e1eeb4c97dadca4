"""The smallest change of facts under which a failed case would have met its expectation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, product
from typing import Any

from remit.authoring.boundaries import candidates
from remit.authoring.testing.casefile import Expectation, Step
from remit.authoring.testing.comparing import compare
from remit.decision.policy import Policy
from remit.errors import RequestError
from remit.language.values import Money

__all__ = ["Change", "nearest_change"]

#: How many decisions are tried before giving up (well under a second).
_MOST_TRIES = 4_000


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that would have to be otherwise. ``was`` is ``None`` where it was not given."""

    fact: str
    was: Any
    becomes: Any


def nearest_change(policy: Policy, step: Step) -> tuple[Change, ...] | None:
    """The fewest facts, and of those the ones that move least, that make every expectation of ``step`` true; at most two facts.
    ``None`` where there is no such change."""
    facts: Mapping[str, Any] = step.request.get("facts", {})
    worth = {name: values for name, values in candidates(policy.model).items() if values}
    tries = 0
    for count in (1, 2):
        for names in combinations(worth, count):
            for changes in _changes(names, worth, facts):
                tries += 1
                if tries > _MOST_TRIES:
                    return None
                if _meets(policy, step, changes, step.expect):
                    return changes
    return None


def _changes(
    names: tuple[str, ...], worth: Mapping[str, tuple[Any, ...]], facts: Mapping[str, Any]
) -> Iterator[tuple[Change, ...]]:
    options = [
        [
            Change(name, facts.get(name), value)
            for value in sorted(worth[name], key=lambda value: _distance(facts.get(name), value))
        ]
        for name in names
    ]
    for changes in product(*options):
        if all(_spoken(change.was) != _spoken(change.becomes) for change in changes):
            yield changes


def _meets(policy: Policy, step: Step, changes: tuple[Change, ...], expect: Iterable[Expectation]) -> bool:
    facts = {**step.request.get("facts", {}), **{change.fact: change.becomes for change in changes}}
    history = {name: value for name, value in (step.history or {}).items() if name not in facts}
    try:
        decision = policy.decide({**step.request, "facts": facts}, balances=step.balances, history=history)
    except RequestError:
        return False
    return not compare(policy.model, decision, expect)


def _distance(was: Any, becomes: Any) -> Decimal:
    """How far a value moves; words and truth values are all equally far."""
    numbers = [_number(was), _number(becomes)]
    if numbers[0] is None or numbers[1] is None:
        return Decimal(0)
    return abs(numbers[0] - numbers[1])


def _number(value: Any) -> Decimal | None:
    if isinstance(value, str):
        try:
            value = Money.of(value)
        except ValueError:
            return None
    if isinstance(value, Money):
        return value.amount
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def _spoken(value: Any) -> str:
    return str(value).lower()
