"""A case that a solver found, decided again by the definition: only what that confirms is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property
from typing import Any, Final

from remit.authoring.boundaries import within
from remit.authoring.differences.saying import goes_without_saying
from remit.authoring.proposing.situations import Situations
from remit.authoring.proving.proof_cases import EMPLOYEE, ProofCase
from remit.authoring.thresholds import scope_at, usual_time
from remit.core.authorities import Authority
from remit.core.laws import Bundle
from remit.core.texts import Texts
from remit.core.views import PolicyView
from remit.deciding.policy import reference_decision
from remit.decision.decision import Decision
from remit.decision.detail import Quantity
from remit.decision.inputs import Inputs, check_request
from remit.decision.quantities import as_quantity
from remit.errors import RequestError
from remit.language.evaluating.evaluator import evaluate
from remit.language.nodes import names_in
from remit.language.values import Money
from remit.policy.model import Model, Promise
from remit.policy.trees import budget_of
from remit.readings.numbers.definition import NumberCase
from remit.readings.numbers.number_views import SURE

__all__ = ["Redecided"]

#: Texts that no policy speaks of.
_OTHER_TEXTS: Final = ("other-1", "other-2")
_DAY: Final = timedelta(days=1)
#: How many values of a fact are tried that make a case plainer.
_MOST_VALUES: Final = 16
#: Amounts and numbers as people like them in an example, the smallest first.
_SMALL: Final = tuple(map(Decimal, (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000)))


class Redecided:
    """Decides cases of one policy by the definition."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._texts = Texts(PolicyView.of(model))

    @cached_property
    def situations(self) -> Situations:
        """Everyday values, for what nothing reads."""
        return Situations(self.model)

    @property
    def usual(self) -> Mapping[str, Any]:
        """An everyday value for every fact."""
        return self.situations.usual

    def request(self, case: ProofCase, role: str, asked: Mapping[str, Quantity] | None = None) -> dict[str, Any]:
        """The request as it is sent."""
        amounts = {name: as_quantity(self.model, self.model.remedies[name], each) for name, each in case.asked.items() if each}
        facts = {name: value for name, value in case.facts.items() if self.model.facts[name].history is None}
        graded = {name: "system" for name in facts if self.model.facts[name].weakest_source != "stated"}
        return {
            "employee": {"id": case.employee, "role": role},
            "asked": amounts if asked is None else asked,
            "facts": facts,
            "occurred": case.occurred or self.situations.day,
            **({"sources": graded} if graded else {}),
        }

    def inputs(self, case: ProofCase, role: str) -> Inputs:
        """The checked request. Raises :class:`remit.RequestError`."""
        request = self.request(case, role)
        return check_request(self.model, request, history=self._history(case), at=usual_time(self.model, request["occurred"]))

    def refused(self, case: ProofCase) -> list[str]:
        """The facts for which a case is no request."""
        try:
            self.inputs(case, self.model.ladder[0])
        except RequestError as error:
            paths = [(each.path or "").partition(".") for each in error.problems]
            return [name if head == "facts" else head for head, _, name in paths]
        return []

    def _history(self, case: ProofCase) -> dict[str, Any]:
        return {name: value for name, value in case.facts.items() if self.model.facts[name].history is not None}

    def bundle(self, case: ProofCase, role: str) -> Bundle:
        """What the laws say of it, for somebody of this role who asks."""
        return NumberCase(self.model, self.inputs(case, role), self._texts).bundle(SURE)

    def stretched(self, case: ProofCase, role: str) -> Bundle:
        """The same with all the discretion that this role has, and its story told."""
        inputs = replace(self.inputs(case, role), use_discretion=True, story="A story.", row=None)
        return NumberCase(self.model, inputs, self._texts).bundle(SURE)

    def authority(self, case: ProofCase, role: str, remedy: str) -> Authority:
        """What the role may give of the remedy. Raises :class:`remit.RequestError`."""
        return self.bundle(case, role).authority(remedy)

    def needed(self, case: ProofCase, role: str) -> tuple[str, ...]:
        """The evidence that must be on file before what is asked is given. Raises :class:`remit.RequestError`."""
        return NumberCase(self.model, self.inputs(case, role), self._texts).needed

    def decision(self, case: ProofCase, role: str) -> Decision:
        """The whole decision, as it would be told."""
        request = self.request(case, role)
        when = usual_time(self.model, request["occurred"])
        return reference_decision(self.model, request, history=self._history(case), at=when)

    def amounts(self, case: ProofCase, promise: Promise, asker: str) -> dict[str, Quantity]:
        """What the promise reads of what is given and owed, when somebody of the role ``asker`` asks."""
        names = filter(_is_amount, sorted(names_in(promise.always.node)))
        return {name: self._amount(case, name, asker) for name in names}

    def _amount(self, case: ProofCase, name: str, asker: str) -> Quantity:
        kind, remedy, *role = name.split(".")
        known = self.authority(case, role[0] if role else asker, remedy)
        return as_quantity(self.model, self.model.remedies[remedy], known.limit if kind == "limit" else known.claim)

    def kept(self, case: ProofCase, promise: Promise, asker: str) -> bool | None:
        """Whether the promise holds here, when somebody of this role asks; ``None`` where that cannot be worked out. Raises
        :class:`remit.RequestError`."""
        day = case.occurred or self.situations.day
        point = {"occurred": day, "employee.id": case.employee, "employee.role": asker, **case.facts}
        scope = scope_at(self.model, point)
        given = {
            name: Decimal(each) if type(each) is int else each for name, each in self.amounts(case, promise, asker).items()
        }
        known = {name: scope[name] for name in names_in(promise.always.node) if name not in given}
        found = evaluate(promise.always.node, {**known, **given}, calendars=self.model.calendars, budget=budget_of(self.model))
        return found if isinstance(found, bool) else None

    # Told short

    def shortened(self, case: ProofCase, confirms: Callable[[ProofCase], bool]) -> ProofCase:
        """The case with plainer values where ``confirms`` says that it shows the same. Facts of which every value that is tried
        shows it need not be said."""
        for name in case.facts:
            for value in self.plainer(name, case.facts[name]):
                plain = replace(case, facts={**case.facts, name: value})
                if confirms(plain):
                    case = plain
                    break
        if case.occurred is not None and confirms(replace(case, occurred=None)):
            case = replace(case, occurred=None)
        if case.employee != EMPLOYEE and confirms(replace(case, employee=EMPLOYEE)):
            case = replace(case, employee=EMPLOYEE)
        return replace(case, untold=frozenset(name for name in case.facts if self._whatever(case, name, confirms)))

    def _whatever(self, case: ProofCase, name: str, confirms: Callable[[ProofCase], bool]) -> bool:
        """Whether it is so whatever the value of a fact: some others are tried, those at which the policy changes its mind."""
        fact = self.model.facts[name]
        more = (self.usual.get(name), *_elsewhere(case.facts[name]), *(_OTHER_TEXTS if fact.type.kind == "text" else ()))
        others = {repr(each): each for each in (*self.situations.worth[name], *more) if each is not None}
        others.pop(repr(case.facts[name]), None)
        cases = [replace(case, facts={**case.facts, name: each}) for each in others.values() if within(fact, each)]
        requests = [each for each in cases if not self.refused(each)]
        return bool(requests) and all(map(confirms, requests))

    def plainer(self, name: str, now: Any) -> Iterator[Any]:
        """Values of a fact that are plainer than the one it has ``now``, the plainest first."""
        fact = self.model.facts[name]
        plain = (fact.default, self.usual.get(name), *self.situations.worth[name][:_MOST_VALUES], *_rounder(now))
        known = {repr(value): value for value in plain if value is not None and within(fact, value)}
        if fact.type.kind in ("number", "money"):  # the smallest first
            known = dict(sorted(known.items(), key=lambda each: abs(_number(each[1]))))
        for key, value in known.items():
            if key == repr(now):
                return  # as plain as it gets
            yield value

    def worth_saying(self, case: ProofCase) -> dict[str, Any]:
        """The facts of the case, without those that go without saying."""
        facts = ((name, each) for name, each in case.facts.items() if name not in case.untold)
        known = {name: each for name, each in facts if not goes_without_saying(self.model.facts[name], each)}
        who = {"employee.id": case.employee} if case.employee != EMPLOYEE else {}
        return {**known, **({"occurred": case.occurred} if case.occurred is not None else {}), **who}


def _number(value: Any) -> Decimal:
    return value.amount if isinstance(value, Money) else Decimal(value)


def _elsewhere(value: Any) -> Iterator[Any]:
    """Values further up, which the policy may never name."""
    match value:
        case bool():
            return
        case Money():
            yield from (Money(each, value.currency) for each in _elsewhere(value.amount))
        case Decimal():
            yield from (value + 1, value * 2 + 10)
        case date():
            yield from (value + _DAY, value + 40 * _DAY)
        case timedelta():
            yield from (value + timedelta(hours=1), value + 40 * _DAY)


def _rounder(value: Any) -> Iterator[Any]:
    """Small round numbers below ``value``, and rounder ones near it."""
    number = value.amount if isinstance(value, Money) else value
    if isinstance(value, timedelta):
        for length in (_DAY, timedelta(hours=1)):
            yield from (value // length * length, -(-value // length) * length)
    if isinstance(number, Decimal):
        for small in _SMALL:
            if small < number:
                yield Money(small, value.currency) if isinstance(value, Money) else small
        for step in (Decimal(1000), Decimal(100), Decimal(10), Decimal(1)):
            for rounding in (ROUND_FLOOR, ROUND_CEILING):
                found = (number / step).to_integral_value(rounding) * step
                yield Money(found, value.currency) if isinstance(value, Money) else found


def _is_amount(name: str) -> bool:
    """Whether a promise reads this of what is given or owed."""
    return name.startswith(("limit.", "owed."))
