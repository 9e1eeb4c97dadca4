"""The smallest change under which a failed case would have met its expectation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, product
from typing import Any, Final

from remit.authoring.boundaries import candidates, within
from remit.authoring.testing.casefile import Step
from remit.authoring.testing.expectations import Taken, compare
from remit.deciding.policy import Policy
from remit.errors import RequestError
from remit.language.values import Money, minor_digits
from remit.policy.fact_values import read_fact
from remit.policy.model import Fact

__all__ = ["NearestChange", "nearest_change"]

#: How many decisions are tried before giving up (well under a second).
_MOST_TRIES: Final = 4_000
#: How often a step is doubled: to a day 2,800 years away, or ten thousand euros.
_DOUBLINGS: Final = 20


@dataclass(frozen=True, slots=True)
class NearestChange:
    """One thing that would have to be otherwise: a fact, ``employee.role`` or ``evidence``. ``was`` is ``None`` where it was
    not given."""

    fact: str
    was: Any
    becomes: Any


def nearest_change(policy: Policy, step: Step) -> tuple[NearestChange, ...] | None:
    """What makes every expectation of ``step`` true: one fact (those that were given first), by as little as it takes; else the
    lowest role, or evidence; else two facts. ``None`` where nothing of these does."""
    try:
        return _Search(policy, step).found()
    except _Enough:
        return None


class _Enough(Exception):
    """Enough has been tried."""


class _Search:
    def __init__(self, policy: Policy, step: Step) -> None:
        self.policy, self.step = policy, step
        self.model = policy.model
        self.given: Mapping[str, Any] = {**(step.history or {}), **step.request.get("facts", {})}
        self.tries = 0

    def found(self) -> tuple[NearestChange, ...] | None:
        worth = {name: self._by_distance(name, values) for name, values in candidates(self.model).items()}
        for name in sorted(self.model.facts, key=lambda name: self.given.get(name) is None):
            fact = self.model.facts[name]
            change = self._one(fact, [*self._list(fact), *worth[name]])
            if change is not None:
                return (change,)
        for change in (*self._roles(), *self._evidence()):
            if self._meets(change):
                return (change,)
        for one, other in combinations((name for name, values in worth.items() if values), 2):
            for values in product(worth[one], worth[other]):
                changes = [self._change(name, value) for name, value in zip((one, other), values, strict=True)]
                if None not in changes and self._meets(*(each for each in changes if each)):
                    return tuple(each for each in changes if each)
        return None

    def _one(self, fact: Fact, worth: list[Any]) -> NearestChange | None:
        """The least change of ``fact`` alone: to one of the values ``worth`` trying, or by so many steps."""
        found = [self._change(fact.name, value) for value in worth]
        best = next((each for each in found if each is not None and self._meets(each)), None)
        for way in (1, -1):
            moved = self._moved(fact, way)
            if moved is not None and (best is None or self._far(moved) < self._far(best)):
                best = moved
        return best

    def _moved(self, fact: Fact, way: int) -> NearestChange | None:
        """The first value on one side that helps: steps are doubled until one does, then halved."""
        was = self._was(fact.name)
        unit = _unit(fact, was)
        if unit is None:
            return None

        def helps(steps: int) -> NearestChange | None:
            try:
                change = NearestChange(fact.name, self.given.get(fact.name), _plus(was, unit, way * steps))
            except OverflowError:
                return None
            return change if within(fact, change.becomes) and self._meets(change) else None

        high = next((1 << power for power in range(_DOUBLINGS) if helps(1 << power)), None)
        if high is None:
            return None
        low = high >> 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if helps(middle) else (middle, high)
        return helps(high)

    def _list(self, fact: Fact) -> Iterator[list[Any]]:
        """The list with one of its choices more, one less, or two more."""
        inner = fact.type.element
        if inner is None or inner.kind != "choice":
            return
        was = self._was(fact.name) or []
        more = [each for each in inner.choices if each not in was]
        yield from ([*was, each] for each in more)
        yield from ([each for each in was if each != gone] for gone in dict.fromkeys(was))
        yield from ([*was, *pair] for pair in combinations(more, 2))

    def _roles(self) -> Iterator[NearestChange]:
        role = self.step.request.get("employee", {}).get("role")
        if role in self.model.ladder:
            above = self.model.ladder[self.model.ladder.index(role) + 1 :]
            yield from (NearestChange("employee.role", role, each) for each in above)

    def _evidence(self) -> Iterator[NearestChange]:
        there = list(self.step.request.get("evidence", ()))
        missing = [name for name in self.model.evidence if name not in there]
        yield from (NearestChange("evidence", there or None, [*there, name]) for name in missing)
        if len(missing) > 1:
            yield NearestChange("evidence", there or None, [*there, *missing])

    def _change(self, name: str, value: Any) -> NearestChange | None:
        return None if value == self._was(name) else NearestChange(name, self.given.get(name), value)

    def _meets(self, *changes: NearestChange) -> bool:
        self.tries += 1
        if self.tries > _MOST_TRIES:
            raise _Enough
        facts = dict(self.step.request.get("facts", {}))
        request = {**self.step.request, "facts": facts}
        for change in changes:
            if change.fact == "employee.role":
                request["employee"] = {**request["employee"], "role": change.becomes}
            elif change.fact == "evidence":
                request["evidence"] = change.becomes
            else:
                facts[change.fact] = change.becomes
        history = {name: value for name, value in (self.step.history or {}).items() if name not in facts}
        try:
            decision = self.policy.decide(request, balances=self.step.balances, history=history, at=self.step.at)
        except RequestError:
            return False
        return not compare(self.model, Taken(decision, request, self.step.balances, history, self.step.at), self.step.expect)

    def _was(self, name: str) -> Any:
        """The value that the fact had, as its type; ``None`` where it had none."""
        fact = self.model.facts[name]
        try:
            return fact.default if self.given.get(name) is None else read_fact(fact, self.given[name])
        except ValueError:
            return None

    def _by_distance(self, name: str, values: tuple[Any, ...]) -> list[Any]:
        was = self._was(name)
        return sorted(values, key=lambda value: _distance(was, value))

    def _far(self, change: NearestChange) -> Decimal:
        return _distance(self._was(change.fact), change.becomes)


def _unit(fact: Fact, was: Any) -> Any:
    """The least by which a value is moved; ``None`` where it has no order."""
    match was:
        case bool() | None:
            return None
        case Money(_, currency):
            return Decimal(1).scaleb(-minor_digits(currency))
        case int() | Decimal():
            return Decimal(1) if fact.type.integer else Decimal("0.01")
        case datetime() | timedelta():
            return timedelta(minutes=1)
        case date():
            return timedelta(days=1)
        case _:
            return None


def _plus(was: Any, unit: Any, steps: int) -> Any:
    return Money(was.amount + unit * steps, was.currency) if isinstance(was, Money) else was + unit * steps


def _distance(was: Any, becomes: Any) -> Decimal:
    """How far a value moves; words and truth values are all equally far."""
    if isinstance(was, Money) and isinstance(becomes, Money):
        return abs(was.amount - becomes.amount)
    if isinstance(was, bool) or isinstance(becomes, bool):
        return Decimal(0)
    try:
        gap = abs(becomes - was)
    except TypeError:
        return Decimal(0)
    return Decimal(str(gap.total_seconds())) if isinstance(gap, timedelta) else Decimal(gap)
