"""The evaluator's view of compiled values: what a call from compiled code reads, each name converted when it is first read."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Any, Final

from remit.core.lowering.opaque import NO, NULL, OPEN, YES, CauseText, Native, Opaque
from remit.core.views import INFINITE
from remit.language.calendars import Calendar
from remit.language.temporal.months import shift
from remit.language.values import Money, Unknown, minor_digits
from remit.policy.model import Model
from remit.readings.code.requests.native_values import known_value
from remit.readings.numbers.causes import guardrail_cause, rule_cause
from remit.readings.numbers.number_amounts import amount_of
from remit.readings.numbers.reference import Scope

__all__ = ["NativeScope", "Scopes", "caller", "native", "teller"]

_MICRO: Final = timedelta(microseconds=1)
_LAST_DAY: Final = date.max.toordinal()


class NativeScope(Scope):
    """The names of a request whose values are a row (:mod:`remit.readings.code.requests.value_row`); ``role`` is who reads.
    ``more`` are values of the language by name."""

    def __init__(self, model: Model, places: Mapping[str, int], values: tuple[Any, ...], role: str, **more: Any) -> None:
        self._model = model
        self._places = places
        self.row = values
        self._known = {"employee.role": role, **more}
        self.causes = {}
        #: What calls gave, so that each is worked out once.
        self.worked_out: dict[Any, Any] = {}

    def _value(self, name: str) -> Any:
        place = self._places.get(name)
        remedy = self._model.remedies.get(name[6:]) if name.startswith("asked.") else None
        if remedy is not None and place is not None:
            amount = self.row[place]
            if remedy.kind == "money":
                return Money.from_minor(amount, self._model.currency_code)
            return bool(amount) if remedy.kind == "exception" else Decimal(amount)
        fact = self._model.facts.get(name)
        if fact is not None and place is not None:
            native = self.row[place]
            return Unknown(frozenset((name,)), fact.low, fact.high) if native is None else known_value(fact, native)
        if name == "occurred" and place is not None:
            native = self.row[place]
            return Unknown(frozenset((name,))) if native is None else date.fromordinal(native)
        if place is not None and (name == "employee.id" or (name == "requested" and self._model.reads_requested)):
            return self.row[place]
        return super()._value(name)


class Scopes:
    """The scopes of one request, one for each role that reads, each made once; what was worked out in them is kept."""

    def __init__(self, model: Model, places: Mapping[str, int], values: tuple[Any, ...]) -> None:
        self._of = model, places, values
        self._known: dict[str, NativeScope] = {}

    def of(self, role: str) -> NativeScope:
        """The scope of a role."""
        found = self._known.get(role)
        if found is None:
            found = self._known[role] = NativeScope(*self._of, role)
        return found


def caller(model: Model, of: Opaque) -> Callable[[NativeScope], Any]:
    """The function that compiled code calls for ``of``."""
    work = _Calls(model, of)
    function: Callable[[NativeScope], Any] = getattr(work, of.kind.replace(" ", "_"))

    def called(scope: NativeScope) -> Any:
        found = scope.worked_out.get(work)
        if found is None:
            found = scope.worked_out[work] = function(scope)
        return found

    return called


def teller(model: Model, of: CauseText) -> Callable[[NativeScope], str]:
    """The function that tells why something cannot be worked out."""

    def told(scope: NativeScope) -> str:
        if of.remedy:
            found = rule_cause(model, scope, model.rules[of.number], of.remedy)
        else:
            found = guardrail_cause(model, scope, model.guardrails[of.number])
        return found.text if found else ""

    return told


def native(model: Model, of: Native) -> Callable[..., int | None]:
    """The function that compiled code calls for ``of``. Where a fact is missing, it may be called with what is no day; then
    nothing comes of it."""
    match of.kind:
        case "months":
            return _moved
        case "add working days":
            return _moved_on(model.calendars[of.calendar])
    return _working_days(model.calendars[of.calendar])


def _moved(day: int, months: int) -> int | None:
    found = shift(date.fromordinal(day), months) if 1 <= day <= _LAST_DAY else None
    return None if found is None else found.toordinal()


def _moved_on(calendar: Calendar) -> Callable[[int, int], int | None]:
    def moved(day: int, count: int) -> int | None:
        try:
            found = calendar.add(date.fromordinal(day), count)
        except (OverflowError, ValueError):  # beyond the first or the last day that there is
            return None
        return None if found is None else found.toordinal()

    return moved


def _working_days(calendar: Calendar) -> Callable[[int, int], int | None]:
    """By the working days that the calendar has before each of its days, counted once."""
    start, end = calendar.start.toordinal(), calendar.end.toordinal()
    works = (bool(calendar.is_working(date.fromordinal(day))) for day in range(start, end))
    before = array("l", accumulate(works))

    def between(first: int, last: int) -> int | None:
        if start <= first < end and start <= last < end:
            return before[last - start] - before[first - start]
        return None

    return between


class _Calls:
    def __init__(self, model: Model, of: Opaque) -> None:
        self._model = model
        self._of = of
        self._bits = {name: 1 << place for place, name in enumerate((*model.facts, "occurred"))}

    def _value(self, scope: NativeScope) -> Any:
        node, tested = self._of.node, self._of.tested
        return scope.evaluate(node) if tested is None else scope.test(node, scope.evaluate(tested))

    def _waits(self, missing: frozenset[str]) -> int:
        return sum(self._bits[name] for name in missing)

    def truth(self, scope: NativeScope) -> int:
        return self.open_truth(scope)[0]

    def open_truth(self, scope: NativeScope) -> tuple[int, int]:
        found = self._value(scope)
        if isinstance(found, bool):
            return YES if found else NO, 0
        return (OPEN, self._waits(found.missing)) if isinstance(found, Unknown) else (NULL, 0)

    def whole(self, scope: NativeScope) -> int | None:
        match self._value(scope):
            case date() as day:
                return day.toordinal()
            case timedelta() as duration:
                return duration // _MICRO
            case Decimal() | int() as number:
                return int(number)
        return None

    def parts(self, scope: NativeScope) -> tuple[int]:
        match self._value(scope):
            case Money(amount=amount, currency=currency):
                return (int(Fraction(amount) * 10 ** minor_digits(currency) * self._of.over),)
            case Decimal() | int() as number:
                return (int(Fraction(number) * self._of.over),)
        return (0,)

    def text(self, scope: NativeScope) -> str | None:
        found = self._value(scope)
        return found if isinstance(found, str) else None

    def amount(self, scope: NativeScope) -> tuple[int, int, bool, bool, int]:
        found = amount_of(self._model, self._model.remedies[self._of.remedy], self._value(scope))
        if found is None:
            return 0, 0, False, False, 0
        high = INFINITE if found.high is None else found.high
        return found.low, high, found.said, True, self._waits(found.missing)
