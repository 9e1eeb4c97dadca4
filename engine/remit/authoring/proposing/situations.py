"""Facts under which something happens: found by trying the values at which the policy changes its mind.

A situation may also say on which day it ``occurred``; where it does not, that is :attr:`Situations.day`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, islice, product
from random import Random
from typing import Any

from remit.authoring.boundaries import bare, boundaries, candidates
from remit.authoring.thresholds import Threshold, scope_at, thresholds
from remit.language.nodes import Node
from remit.language.values import Money, Unknown
from remit.policy.fact_values import in_zone_of
from remit.policy.model import Condition, Dated, Fact, Guardrail, Model, Rule
from remit.policy.trees import reads

__all__ = ["Facts", "Situations", "reachable", "usual_day"]

Facts = Mapping[str, Any]

#: How many combinations are tried for one condition.
_MOST_TRIES = 3_000
#: In how many of them facts are moved to thresholds, and from how many samples it is tried to reach one.
_MOST_MOVED = 40
_SAMPLES = 20
#: How many results are kept at once.
_MOST_KEPT = 20_000
#: How many of the days on which something changes are tried.
_MOST_DAYS = 12


class Situations:
    """Finds facts for one policy. ``usual`` is an everyday value for every fact."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._known: dict[tuple[int, tuple[tuple[str, str], ...]], tuple[object, Any]] = {}
        self.worth = candidates(model)
        self.thresholds = thresholds(model)
        self.day = usual_day(model)
        #: Where single facts, what is asked, and the day matter.
        self.crossed = boundaries(model)
        #: Other days worth trying, where a constant or a condition goes by the day of the incident.
        self.days = tuple(self._days())
        self.usual = {name: _usual(fact, self.worth[name], self.day) for name, fact in model.facts.items()}
        for guardrail in model.guardrails:
            self._keep_clear_of(guardrail.when)

    def _keep_clear_of(self, when: Condition | None) -> None:
        """Make the usual values such that a guardrail does not apply, if a change of the facts that it reads can do that."""
        if when is not None and self.evaluate(when.node, self.usual) is True:
            self.usual = {**self.usual, **next(self._where(when.node, False), {})}

    def holding(self, when: Condition | None) -> Iterator[Facts]:
        """Facts under which ``when`` surely holds, the most usual first; only those facts that it reads."""
        return iter(({},)) if when is None else self._where(when.node, True)

    def _where(self, node: Node, wanted: bool) -> Iterator[Facts]:
        names = [name for name in self.reads(node) if name in self.model.facts]
        options = [self._options(name) for name in names]
        near = [each for each in self.thresholds if each.facts.keys() & self.model.facts.keys() <= set(names)]
        for tries, values in enumerate(islice(product(*options), _MOST_TRIES)):
            facts = dict(zip(names, values, strict=True))
            moved = self._moved(near, facts) if near and tries < _MOST_MOVED else ()
            yield from (each for each in chain((facts,), moved) if self.evaluate(node, each) is wanted)

    def _moved(self, near: Iterable[Threshold], facts: Facts) -> Iterator[Facts]:
        """``facts`` at and beside each threshold, and from there also at and beside another."""
        for each in near:
            for point in self.beside(each, facts):
                yield point
                for other in near:
                    if other is not each:
                        yield from self.beside(other, point)

    def beside(self, threshold: Threshold, facts: Facts) -> tuple[Facts, ...]:
        """``facts`` just below, at and just above a threshold, if one of them can be moved there."""
        found: tuple[Facts, ...] = self._kept(threshold, facts, lambda: tuple(self._beside(threshold, facts)))
        return found

    def _beside(self, threshold: Threshold, facts: Facts) -> Iterator[Facts]:
        for points in threshold.around_point({"occurred": self.day, **facts}):
            for point in points.values():
                moved = {name: value for name, value in point.items() if name != "occurred" or value != self.day}
                if all(name in self.model.facts or name == "occurred" for name in moved):  # nothing is asked
                    yield moved

    def only(self, owner: Rule | Guardrail, base: Facts) -> Facts:
        """``base`` changed such that ``owner`` holds and, as far as can be, no other rule does that gives the same."""
        facts = base
        if owner.when is not None and self.evaluate(owner.when.node, facts) is not True:
            facts = {**base, **next(self.holding(owner.when), {})}
        given = {*owner.may, *owner.owed} if isinstance(owner, Rule) else set()
        for other in self.model.rules:
            if other is not owner and other.when is not None and given & {*other.may, *other.owed}:
                facts = self._without(other.when, owner.when, facts)
        return facts

    def _without(self, when: Condition, keep: Condition | None, facts: Facts) -> Facts:
        """``facts`` changed such that ``when`` does not hold, if that can be while what to ``keep`` still holds."""
        if self.evaluate(when.node, facts) is True:
            for changed in islice(self._where(when.node, False), _MOST_MOVED):
                there = {**facts, **changed}
                if keep is None or self.evaluate(keep.node, there) is True:
                    return there
        return facts

    def evaluate(self, node: Node, facts: Facts) -> Any:
        """``node`` with ``facts`` and nothing else known."""
        value = self._kept(node, facts, lambda: scope_at(self.model, {"occurred": self.day, **facts}).evaluate(node))
        return None if isinstance(value, Unknown) else value

    def _kept(self, of: object, facts: Facts, work: Callable[[], Any]) -> Any:
        """What ``work`` gives for ``of`` under ``facts``, worked out once: many thresholds lead to the same facts."""
        key = (id(of), tuple((name, repr(value)) for name, value in facts.items()))
        if key not in self._known:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[key] = (of, work())  # with ``of``, whose identity is then nobody else's
        return self._known[key][1]

    def _days(self) -> Iterator[date]:
        """The days on which something changes, and those beside them, without the usual one."""
        for each in islice((each for each in self.crossed if each.fact == "occurred"), _MOST_DAYS):
            for day in (each.value, *each.around):
                if day != self.day and self.model.effective.covers(day):
                    yield day

    def reads(self, node: Node) -> tuple[str, ...]:
        """The facts that ``node`` reads, through named values too, in the order of the policy."""
        read = reads(self.model, node)
        return tuple(name for name in self.model.facts if name in read)

    def sampled(self, count: int, *, calm: bool = False) -> Iterator[Facts]:
        """``count`` whole situations, the same every time, each of values that may matter; ``calm``: with everyday values of
        what guardrails go by."""
        random = Random(0)
        options = {name: self._wider(name) for name in self.model.facts}
        if calm:
            conditions = (guardrail.when for guardrail in self.model.guardrails if guardrail.when is not None)
            options |= {name: (self.usual[name],) for when in conditions for name in self.reads(when.node)}
        for _ in range(count):
            facts = {name: random.choice(values) for name, values in options.items()}
            if self.days and random.random() < 0.5:
                facts["occurred"] = random.choice(self.days)
            if self.thresholds and random.random() < 0.5:
                moved = list(self.beside(random.choice(self.thresholds), facts))
                facts = dict(random.choice(moved)) if moved else facts
            yield facts

    def _wider(self, name: str) -> tuple[Any, ...]:
        """Values to sample from: where nothing names one, some of different size."""
        options, kind = self._options(name), self.model.facts[name].type.kind
        if kind == "date":
            return (*options, *(self.day + timedelta(days=days) for days in (-40, -20, -10, -4, -2, -1, 1, 2, 4, 10, 20, 40)))
        if len(options) <= 2 and kind in ("number", "money"):
            more = [_inside(Decimal(number), self.model.facts[name]) for number in (1, 3, 10, 50, 1000)]
            currency = self.model.currency_code
            return (*options, *(Money(number, currency) if kind == "money" else number for number in more))
        return options

    def _options(self, name: str) -> tuple[Any, ...]:
        usual = self.usual[name]
        return (usual, *(value for value in self.worth[name] if value != usual))


def reachable(model: Model) -> Iterator[Threshold]:
    """The thresholds that a case can be on both sides of."""
    situations = Situations(model)
    for each in situations.thresholds:
        tried = chain((situations.usual,), situations.sampled(_SAMPLES))
        points = (each.around_point({"occurred": situations.day, **facts}) for facts in tried)
        if any(len(found) > 1 for around in points for found in around):
            yield each


def usual_day(model: Model) -> date:
    """A day on which the policy is in force, in its middle where it ends."""
    start, end = model.effective.start, model.effective.end
    if start is None:
        return date(2026, 7, 1) if end is None or end > date(2026, 7, 1) else end - timedelta(days=1)
    latest = start
    for value in model.values.values():
        if isinstance(value.definition, Dated):
            latest = max(latest, *(day for day, _ in value.definition.entries))
    return latest if end is None or latest < end else start


def _usual(fact: Fact, worth: tuple[Any, ...], day: date) -> Any:
    """An everyday value: the default, the first choice, the middle of the values that matter, or something plain."""
    if fact.default is not None:
        return fact.default
    kind = fact.type
    if fact.history is not None and kind.kind == "number":
        return Decimal(0)
    if kind.kind == "list":
        return []
    inner = [value for value in worth if value not in (fact.low, fact.high)] or list(worth)
    if inner and kind.kind in ("choice", "boolean", "text"):
        return inner[0]
    if len(inner) > 1:
        return inner[len(inner) // 2]
    made: Mapping[str, Callable[[], Any]] = {
        "text": lambda: "x-1",
        "money": lambda: Money(_inside(Decimal(100), fact), kind.currency or "XXX"),
        "number": lambda: _inside(Decimal(1), fact),
        "date": lambda: day,
        "date-time": lambda: datetime.combine(day, time(12)),
        "time": lambda: time(12),
        "duration": lambda: timedelta(days=1),
    }
    return in_zone_of(fact, made.get(kind.kind, lambda: None)())


def _inside(number: Decimal, fact: Fact) -> Decimal:
    low, high = bare(fact.low), bare(fact.high)
    number = number if low is None else max(low, number)
    return number if high is None else min(high, number)
