"""Arithmetic on whole numbers over a denominator, exact as long as the language's own is."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import lcm
from typing import Final

from remit.core.lowering.opaque import Native, Outside
from remit.core.lowering.quantity import Whole
from remit.core.regions import Spans, span
from remit.core.terms import Term, Terms

__all__ = ["DAY", "Reckoning", "terminates"]

#: Microseconds.
DAY: Final = 86_400_000_000


class Reckoning:
    """The operations of :class:`remit.core.lowering.whole.Wholes`. Each raises :class:`remit.core.lowering.opaque.Outside` for
    what terms do not say."""

    terms: Terms

    def aligned(self, *values: Whole) -> tuple[list[Term], int]:
        """The numbers over one denominator."""
        over = lcm(*(each.over for each in values))
        return [self.terms.scale(over // each.over, each.number) for each in values], over

    def arithmetic(self, op: str, a: Whole, b: Whole) -> Whole:
        null, exact = self.nulls(a, b), a.exact and b.exact
        units = a.unit, b.unit
        match op:
            case "+" | "-":
                return self._moved(op, a, b)
            case "*" if exact and "number" in units and not {"day", "duration"} & {*units}:
                unit = a.unit if b.unit == "number" else b.unit
                return Whole(self.terms.mul(a.number, b.number), a.over * b.over, unit, null)
            case "/" if exact and b.unit == "number" and a.unit in ("number", "money"):
                return self._quotient(a, b.number, b.over, null)
        raise Outside

    def _quotient(self, a: Whole, by: Term, over: int, null: Term) -> Whole:
        """A quotient by a constant, or by one of some."""
        if by.kind == "ite":
            condition, one, other = by.args
            yes, no = self._quotient(a, one, over, null), self._quotient(a, other, over, null)
            return self.either(condition, yes, no)
        if by.kind != "const" or by.value <= 0:
            raise Outside
        divisor = Fraction(by.value, over)
        number, over = self.terms.scale(divisor.denominator, a.number), a.over * divisor.numerator
        return Whole(number, over, a.unit, null, terminates(over))

    def whole_days(self, duration: Term) -> Term:
        """The days of a duration, without its sign and then with it again."""
        T = self.terms
        back = T.scale(-1, T.div(T.scale(-1, duration), DAY))
        return T.ite(T.lt(duration, 0), back, T.div(duration, DAY))

    def native(self, of: Native, unit: str, null: Term, *arguments: Term) -> Whole:
        """A function of whole numbers that may have no value."""
        T = self.terms
        days = date.max.toordinal()
        call = T.call(of, *arguments, sort="i", low=1 if unit == "day" else -days, high=days)
        call.optional = True
        none = T.inside(call, Spans((), missing=True))
        return Whole(T.ite(none, 0, call), 1, unit, T.or_(null, none))

    def _moved(self, op: str, a: Whole, b: Whole) -> Whole:
        """Sums and differences, of days too."""
        T = self.terms
        sign = 1 if op == "+" else -1
        null = self.nulls(a, b)
        match a.unit, b.unit:
            case ("number", "number") | ("money", "money") | ("duration", "duration") if a.exact or b.exact:
                (left, right), over = self.aligned(a, b)
                return Whole(T.add(left, T.scale(sign, right)), over, a.unit, null, a.exact and b.exact)
            case "day", "day" if op == "-":
                return Whole(T.scale(DAY, T.sub(a.number, b.number)), 1, "duration", null)
            case "day", "duration" if b.over == 1 and _divides(DAY, b.number):
                day = T.add(a.number, T.scale(sign, T.div(b.number, DAY)))
                outside = T.not_(T.inside(day, span(1, date.max.toordinal())))
                return Whole(day, 1, "day", T.or_(null, outside))
            case "day", "months":
                return self.native(Native("months"), "day", null, a.number, T.scale(sign, b.number))
        raise Outside

    def either(self, condition: Term, yes: Whole, no: Whole) -> Whole:
        if yes.unit != no.unit:
            raise Outside
        (one, other), over = self.aligned(yes, no)
        T = self.terms
        return Whole(T.ite(condition, one, other), over, yes.unit, T.ite(condition, yes.null, no.null), yes.exact and no.exact)

    def nulls(self, *values: Whole) -> Term:
        return self.terms.or_(*(each.null for each in values))


def terminates(over: int) -> bool:
    """Whether a number over ``over`` has an end in decimals."""
    for prime in (2, 5):
        while over % prime == 0:
            over //= prime
    return over == 1


def _divides(by: int, term: Term) -> bool:
    """Whether all constants that ``term`` can be are multiples of ``by``."""
    match term.kind:
        case "const":
            return bool(term.value % by == 0)
        case "look":
            return all(each % by == 0 for each in term.value)
        case "ite" | "at":
            return all(_divides(by, each) for each in term.args[1:])
    return False
