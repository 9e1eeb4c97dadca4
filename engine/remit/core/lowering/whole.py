"""Values as terms: whole numbers over a fixed denominator, and texts.

Money counts in smallest units, a day as its ordinal, a duration in microseconds. ``+``, ``-`` and ``*`` of such numbers are
exact, as they are in the language as long as they have no more than 34 digits; a quotient by a constant is exact too, or is
only rounded or compared with what is exact. Everything else is :class:`Outside`, and is left to the evaluator.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Final

from remit.core.lowering.brackets import Bracket, inexact, size_of
from remit.core.lowering.opaque import Item, Native, Opaque, Outside
from remit.core.lowering.quantity import Conditions, Whole, evaluated
from remit.core.lowering.reckoning import Reckoning, shift
from remit.core.lowering.roundings import places_of
from remit.core.lowering.table_terms import Tables
from remit.core.regions import Spans, one_of
from remit.core.terms import Term
from remit.language.evaluating.evaluator import evaluate
from remit.language.nodes import (
    Arithmetic,
    Call,
    If,
    Input,
    ListLiteral,
    Literal,
    Name,
    Negate,
    Node,
    Path,
    walk,
)
from remit.language.values import Money, Months, minor_digits
from remit.policy.model import Fact, Formula, Table

__all__ = ["LARGEST", "SCALE", "Wholes"]

#: Numbers that need not be whole are read in millionths.
SCALE: Final = 10**6
#: No native number of a request is larger; requests with larger ones are left to the definition.
LARGEST: Final = 10**15
#: No duration is longer, in microseconds.
_LONGEST: Final = 10**20
#: What the language holds exactly: 34 digits.
_EXACT: Final = 10**34


class Wholes(Reckoning):
    """Lowers values for one :class:`remit.core.lowering.lowering.Lowering`."""

    def __init__(self, of: Conditions) -> None:
        self.lowering = of
        self.terms = of.terms
        self.model = of.model
        self.proofs = of.proofs
        self.tables = Tables(self)
        self._named: dict[str, Any] = {}

    # Variables

    def variable(self, name: str) -> Term:
        """A fact, ``occurred``, ``asked.REMEDY``, ``employee.id`` or ``employee.role`` as a term."""
        if name in self.lowering.given:
            return self.lowering.given[name]
        optional = self.lowering.partial
        if name in self.model.facts:
            return self._fact(self.model.facts[name], optional)
        if name == "occurred":
            return self.terms.var(name, "i", 1, date.max.toordinal(), optional=optional)
        if name == "employee.id":
            return self.terms.var(name, "s")
        if name == "requested" and self.model.reads_requested:  # may be null, so that only the evaluator reckons with it
            return self.terms.var(name, "x")
        if name == "employee.role" and self.lowering.role is not None:
            return self.terms.const(self.lowering.role)
        remedy = self.model.remedies.get(name.removeprefix("asked."))
        if remedy is not None and name.startswith("asked."):
            return self.terms.var(name, "i", 0, 1 if remedy.kind == "exception" else LARGEST * 10**4)
        raise Outside

    def _fact(self, fact: Fact, optional: bool) -> Term:
        kind, optional = fact.type.kind, optional and fact.default is None
        if kind in ("boolean", "text", "choice"):
            return self.terms.var(fact.name, "b" if kind == "boolean" else "s", optional=optional)
        if kind not in ("number", "money", "date", "duration") or (
            kind == "money" and fact.type.currency != self.model.currency
        ):
            return self.terms.var(fact.name, "x", optional=optional)
        low, high = (None if end is None else self._end(fact, end) for end in (fact.low, fact.high))
        if kind == "date":
            return self.terms.var(fact.name, "i", low or 1, high or date.max.toordinal(), optional=optional)
        most = _LONGEST if kind == "duration" else LARGEST
        return self.terms.var(
            fact.name,
            "i",
            -most if low is None else max(low, -most),
            most if high is None else min(high, most),
            optional=optional,
        )

    def ends(self, name: str) -> tuple[Whole | None, Whole | None]:
        """The declared bounds of a fact as values."""
        fact = self.model.facts[name]
        low, high = (None if end is None else self._literal(end) for end in (fact.low, fact.high))
        return low, high

    def _end(self, fact: Fact, end: Any) -> int:
        value = self._literal(end)
        factor = SCALE if fact.type.kind == "number" and not fact.type.integer else 1
        return int(Fraction(value.number.value * factor, value.over))

    # Numbers, money, days, durations

    def of(self, node: Node, tested: Node | None = None) -> Whole:
        """The value of ``node``, where all that it reads is known. Raises :class:`Outside`."""
        found = self._of(node, tested)
        if self.proofs and not found.exact:
            return found
        if size_of(found.number) * shift(found.over) >= _EXACT:
            if not self.proofs:
                raise Outside
            return self.cut(found, Fraction(0), self.terms.const(False))
        return found

    def _of(self, node: Node, tested: Node | None) -> Whole:
        match node:
            case Literal(value=value):
                return self._literal(value)
            case Input() if tested is not None:
                return self.of(tested)
            case Name(name=name) if name in self.model.values:
                return self._value(name)
            case Name(name=name):
                return self._named_fact(name)
            case Negate(operand=operand):
                inner = self.of(operand, tested)
                if inner.unit == "day":
                    raise Outside
                return self._with(inner, self.terms.scale(-1, inner.number))
            case Arithmetic(op=op, left=left, right=right):
                return self.arithmetic(op, self.of(left, tested), self.of(right, tested))
            case If(condition=condition, yes=yes, no=no):
                chosen = self.lowering.truth(condition, tested)
                return self.either(chosen.yes, self.of(yes, tested), self.of(no, tested))
            case Call(names=None):
                return self._call(node, tested)
            case Path(source=source, name="days"):
                inner = self.of(source, tested)
                if inner.unit == "duration" and inner.over == 1:
                    return Whole(self.whole_days(inner.number), 1, "number", inner.null)
        return self._called(node, tested)

    def _literal(self, value: Any) -> Whole:
        null = self.terms.const(False)
        match value:
            case bool() | datetime():
                raise Outside
            case Decimal() | int():
                return self._constant(Fraction(value), "number")
            case Money(amount=amount, currency=currency) if currency == self.model.currency:
                return self._constant(Fraction(amount) * 10 ** minor_digits(currency), "money")
            case date():
                return Whole(self.terms.const(value.toordinal()), 1, "day", null)
            case Months(months=months):
                return Whole(self.terms.const(months), 1, "months", null)
            case timedelta():
                return Whole(self.terms.const(value // timedelta(microseconds=1)), 1, "duration", null)
        raise Outside

    def _constant(self, value: Fraction, unit: str) -> Whole:
        return Whole(self.terms.const(value.numerator), value.denominator, unit, self.terms.const(False))

    def _named_fact(self, name: str) -> Whole:
        """A fact as it is reckoned with: where it is missing, and so nothing that is reckoned counts, it is 0."""
        var = self.variable(name)
        if var.sort != "i":
            raise Outside
        return self.fact(name, self.terms.ite(self.lowering.missing(name), 0, var) if var.optional else var)

    def fact(self, name: str, var: Term) -> Whole:
        """``var`` in the unit of the fact ``name``."""
        null = self.terms.const(False)
        if name in self.model.facts:
            kind = self.model.facts[name].type
            unit = {"date": "day", "duration": "duration", "money": "money"}.get(kind.kind, "number")
            return Whole(var, SCALE if unit == "number" and not kind.integer else 1, unit, null)
        if name == "occurred":
            return Whole(var, 1, "day", null)
        remedy = self.model.remedies[name.split(".")[1]]  # asked.REMEDY; of a promise limit.REMEDY.ROLE and owed.REMEDY too
        if remedy.kind == "exception":
            raise Outside
        return Whole(var, 1, "money" if remedy.kind == "money" else "number", null)

    def _with(self, of: Whole, number: Term) -> Whole:
        return replace(of, number=number)

    def _call(self, node: Call, tested: Node | None) -> Whole:
        try:
            return self._function(node, tested)
        except Outside:
            return self._called(node, tested)

    def _function(self, node: Call, tested: Node | None) -> Whole:
        """A function that terms say, of values that they say."""
        arguments = node.arguments
        if node.function in ("min", "max"):
            if len(arguments) == 1 and isinstance(arguments[0], ListLiteral):
                arguments = arguments[0].items
            values = [self.of(each, tested) for each in arguments]
            if len({each.unit for each in values}) == 1 and (self.proofs or inexact(values) <= 1):
                numbers, over = self.aligned(*values)
                extreme = self.terms.min if node.function == "min" else self.terms.max
                found = Whole(extreme(*numbers), over, values[0].unit, self.nulls(*values), not inexact(values))
                sure = self.terms.and_(*map(self.sure, values))
                return self.chosen(found, values, sure, loose=inexact(values) > 1)
        places = places_of(node)
        if places is not None:
            inner = self.of(arguments[0], tested)
            if inner.unit in ("number", "money"):
                digits = minor_digits(self.model.currency_code) if inner.unit == "money" else 0
                worked_out = partial(self._parts, node, tested, self.terms.not_(inner.null))
                return self.rounded(node.function, inner, places - digits, worked_out)
        match node:
            case Call(function="abs", arguments=(amount,)):
                return self.absolute(self.of(amount, tested))
            case Call(function="modulo", arguments=(dividend, divisor)):
                return self.remainder(self.of(dividend, tested), self.of(divisor, tested))
            case Call(function="add working days", arguments=(start, by, Literal(value=str() as calendar))):
                day, count = self.of(start, tested), self.of(by, tested)
                if (day.unit, count.unit, count.over) == ("day", "number", 1) and calendar in self.model.calendars:
                    nulls = self.nulls(day, count)
                    return self.native(Native("add working days", calendar), "day", nulls, day.number, count.number)
            case Call(function="working days between", arguments=(start, end, Literal(value=str() as calendar))):
                first, last = self.of(start, tested), self.of(end, tested)
                if first.unit == last.unit == "day" and calendar in self.model.calendars:
                    nulls = self.nulls(first, last)
                    return self.native(Native("working days", calendar), "number", nulls, first.number, last.number)
        raise Outside

    def _parts(self, node: Node, tested: Node | None, there: Term, within: Bracket, over: int) -> Term:
        """What the evaluator gives of a rounded number, in so many parts of a unit."""
        call = evaluated(self.lowering, Opaque("parts", node, tested, over=over))
        low, high = within.low.low, within.high.high
        return self.terms.call(Item(0), call, within.low, within.high, there, sort="i", low=low, high=high)

    def _called(self, node: Node, tested: Node | None) -> Whole:
        """A whole number, a day or a duration that the evaluator works out: now, where no name is read."""
        if not any(isinstance(each, Name | Input) for each in walk(node)):
            return self._literal(evaluate(node, {}, calendars=self.model.calendars))
        unit = {"date": "day", "duration": "duration"}.get(node.type.kind, "number")
        if unit == "number" and not (node.type.kind == "number" and node.type.integer):
            raise Outside
        most = LARGEST * 10**6
        call = evaluated(self.lowering, Opaque("whole", node, tested), sort="i", low=-most, high=most)
        call.optional = True
        null = self.terms.inside(call, Spans((), missing=True))
        return Whole(self.terms.ite(null, 0, call), 1, unit, null)

    # Named values

    def _value(self, name: str) -> Whole:
        if name not in self._named:
            try:
                self._named[name] = self._defined(name)
            except Outside:
                self._named[name] = None
        found: Whole | None = self._named[name]
        if found is None:
            raise Outside
        return found

    def _defined(self, name: str) -> Whole:
        definition = self.model.values[name].definition
        if isinstance(definition, Formula):
            return self.of(definition.expression.node)
        if isinstance(definition, Table) and definition.hit.startswith("collect"):
            return self.tables.collected(definition)
        place, outputs = self.tables.choice(name)
        values = [None if each is None else self.of(each.node) for each in outputs]
        known = [each for each in values if each is not None]
        if len({each.unit for each in known}) != 1 or (inexact(known) and not self.proofs):
            raise Outside
        numbers, over = self.aligned(*known)
        rest = iter(numbers)
        none = self.terms.const(0)
        number = self.at(place, [none if each is None else next(rest) for each in values])
        null = self.at(place, [self.terms.const(True) if each is None else each.null for each in values])
        found = Whole(number, over, known[0].unit, null)
        return self.chosen(
            found, known, self.at(place, [self.terms.const(True) if each is None else self.sure(each) for each in values])
        )

    def at(self, place: Term, values: Sequence[Term]) -> Term:
        """One of ``values``; the last is for -1."""
        known = [each.value if each.kind == "const" else each for each in values]
        return self.terms.at(place, known[:-1], known[-1])

    # Texts

    def text(self, node: Node, tested: Node | None = None) -> tuple[Term, Term]:
        """A text, and whether it is null."""
        false = self.terms.const(False)
        match node:
            case Literal(value=str() as value):
                return self.terms.const(value), false
            case Literal(value=None):
                return self.terms.const(""), self.terms.const(True)
            case Input() if tested is not None:
                return self.text(tested)
            case Name(name=name) if name in self.model.values:
                return self._named_text(name)
            case Name(name=name) if name == "employee.role" or self.variable(name).sort == "s":
                return self.variable(name), false
            case If(condition=condition, yes=yes, no=no):
                chosen = self.lowering.truth(condition, tested).yes
                (one, null), (other, empty) = self.text(yes, tested), self.text(no, tested)
                return self.terms.ite(chosen, one, other), self.terms.ite(chosen, null, empty)
        if node.type.kind not in ("text", "choice"):
            raise Outside
        call = evaluated(self.lowering, Opaque("text", node, tested), sort="s")
        call.optional = True
        return call, self.terms.inside(call, one_of((None,)))

    def _named_text(self, name: str) -> tuple[Term, Term]:
        definition = self.model.values[name].definition
        if isinstance(definition, Formula):
            return self.text(definition.expression.node)
        place, outputs = self.tables.choice(name)
        texts = [(self.terms.const(""), self.terms.const(True)) if each is None else self.text(each.node) for each in outputs]
        return self.at(place, [text for text, _ in texts]), self.at(place, [null for _, null in texts])
