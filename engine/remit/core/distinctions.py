"""Which values of a fact some tests tell apart: the regions of the terms that conditions become.

Here, a time of day and a date-time count in microseconds too, as no request is decided with these terms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any, Final

from remit.core.lowering.lowering import Lowering
from remit.core.lowering.opaque import Opaque, Outside
from remit.core.lowering.quantity import Whole
from remit.core.lowering.whole import SCALE, Wholes
from remit.core.regions import Region, Spans, one_of
from remit.core.terms import Term, Terms
from remit.language.nodes import Name, Node, walk
from remit.language.types import Type
from remit.language.values import CONTEXT, Money, minor_digits
from remit.policy.model import Fact, Model

__all__ = ["Distinctions", "Uses", "sharp"]

#: The name of a value that is not a fact and whose tests are read alone. No fact can be called that.
_INPUT: Final = "?"
_MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TRUTHS: Final = ("and", "or", "not", "ite")
_MOMENTS: Final = ("date-time", "time")


@dataclass(frozen=True, slots=True)
class Uses:
    """What terms do with variables, by name: ``regions`` that they are tested for, and those ``reckoned`` with otherwise."""

    regions: dict[str, list[Region]]
    reckoned: frozenset[str]


class Distinctions(Lowering):
    """The tests of ``model``, one at a time. ``of``: the type of an input that is not a fact (:attr:`input`)."""

    scalar = Lowering.scalar | {"date-time", "time"}

    def __init__(self, model: Model, of: Type | None = None) -> None:
        facts = model.facts if of is None else {**model.facts, _INPUT: Fact(_INPUT, of)}
        super().__init__(Terms(), replace(model, facts=facts), None, partial=False)
        self.input = None if of is None else Name(_INPUT, type=of)

    @cached_property
    def wholes(self) -> _Wholes:
        return _Wholes(self)

    def uses(self, roots: Iterable[Term], *, deep: bool = True) -> Uses:
        """What ``roots`` do with variables; ``deep``: also to work out what else they compare."""
        regions: dict[str, list[Region]] = {}
        reckoned: set[str] = set()
        waiting, seen = list(roots), set[Term]()
        while waiting:
            term = waiting.pop()
            if term in seen:
                continue
            seen.add(term)
            if term.kind == "in" and term.args[0].kind == "var":
                regions.setdefault(term.args[0].value, []).append(term.value)
                continue
            if deep or term.kind in _TRUTHS:
                waiting += reversed(term.args)
            if term.kind == "var" and term.sort == "b":
                regions.setdefault(term.value, []).append(one_of((True,)))
            elif term.kind == "var":
                reckoned.add(term.value)
            elif isinstance(term.value, Opaque):
                reckoned |= self.reads(term.value.node) | self.reads(term.value.tested)
        return Uses(regions, frozenset(reckoned))

    def region(self, test: Node, of: Name) -> Region:
        """The values of ``of`` that pass ``test``. Raises :class:`~remit.core.lowering.opaque.Outside` where it does more than
        compare its input with what is fixed."""
        if any(isinstance(each, Name) and each.name == of.name for each in walk(test)):
            raise Outside
        found = self._passing(self.truth(test, of).yes, self.wholes.variable(of.name))
        if len(self.wholes.zoned) > 1:  # which have no order
            raise Outside
        return found

    def passing(self, condition: Node, name: str) -> Region:
        """The values of the fact ``name`` for which ``condition``, which reads nothing else, holds. Raises
        :class:`~remit.core.lowering.opaque.Outside` where it does more than compare it with what is fixed."""
        return self._passing(self.truth(condition).yes, self.wholes.variable(name))

    def _passing(self, term: Term, var: Term) -> Region:
        nothing: Region = Spans(()) if var.sort == "i" else one_of(())
        if term.kind == "const":
            return ~nothing if term.value else nothing
        if term.kind == "in" and term.args[0] is var:
            found: Region = term.value
            return found
        if term.kind == "not":
            return ~self._passing(term.args[0], var)
        if term.kind not in ("and", "or"):
            raise Outside
        join: Any = or_ if term.kind == "or" else and_  # regions of one variable are of one kind
        joined: Region = reduce(join, (self._passing(each, var) for each in term.args))
        return joined

    def number(self, name: str, value: Any) -> int | None:
        """``value`` as the variable ``name`` has it; ``None`` where it can have no such value."""
        try:
            var = self.wholes.fact(name, self.wholes.variable(name))
            found = self.wholes.of_value(value)
        except Outside:
            return None
        number = Fraction(found.number.value * var.over, found.over)
        return int(number) if number.denominator == 1 and found.unit == var.unit else None

    def value(self, name: str, number: int) -> Any:
        """The value of the fact or input ``name`` (or ``asked.REMEDY``) that ``number`` stands for."""
        of = self.wholes.fact(name, self.wholes.variable(name))
        match of.unit:
            case "money":
                currency = self.model.currency_code
                return Money(_decimal(number, of.over * 10 ** minor_digits(currency)), currency)
            case "number":
                return _decimal(number, of.over)
            case "day":
                return date.fromordinal(number)
            case "duration":
                return number * _MICROSECOND
            case "date-time":
                return _EPOCH.replace(tzinfo=None if False in self.wholes.zoned else UTC) + number * _MICROSECOND
        raise Outside


def sharp(cut: int, constants: Iterable[int]) -> tuple[int, bool]:
    """What to call the step from ``cut - 1`` to ``cut``: at ``cut`` itself, or (false) just above ``cut - 1``. What somebody
    wrote, or else the rounder number of the two."""
    if cut in constants:
        return cut, True
    if cut - 1 in constants or _zeros(cut - 1) > _zeros(cut):
        return cut - 1, False
    return cut, True


def _zeros(number: int) -> int:
    text = str(number)
    return len(text) - len(text.rstrip("0"))


def _decimal(number: int, over: int) -> Decimal:
    return CONTEXT.divide(Decimal(number), Decimal(over))


class _Wholes(Wholes):
    """``zoned``: whether date-times that were met have a zone."""

    def __init__(self, of: Distinctions) -> None:
        super().__init__(of)
        self.zoned: set[bool] = set()

    def of_value(self, value: Any) -> Whole:
        """A constant."""
        return self._literal(value)

    def variable(self, name: str) -> Term:
        return self.terms.var(name, "s") if name == "employee.role" else super().variable(name)

    def _fact(self, fact: Fact, optional: bool) -> Term:
        if fact.type.kind in _MOMENTS:
            return self.terms.var(fact.name, "i", -(10**18), 10**18)
        return super()._fact(fact, optional)

    def fact(self, name: str, var: Term) -> Whole:
        found = super().fact(name, var)
        if name == _INPUT and found.unit == "money":  # worked out, and so perhaps a part of a cent
            return Whole(var, SCALE, "money", found.null)
        kind = self.model.facts[name].type.kind if name in self.model.facts else ""
        return Whole(var, 1, kind, found.null) if kind in _MOMENTS else found

    def _literal(self, value: Any) -> Whole:
        if isinstance(value, datetime):
            self.zoned.add(value.tzinfo is not None)
            return self._moment(((value if value.tzinfo else value.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND, "date-time")
        if isinstance(value, time):
            past = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
            return self._moment(past // _MICROSECOND, "time")
        return super()._literal(value)

    def _moment(self, number: int, unit: str) -> Whole:
        return Whole(self.terms.const(number), 1, unit, self.terms.const(False))
