"""Arithmetic on whole numbers over a denominator, exact as long as the language's own is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import gcd, lcm
from typing import Final

from remit.core.lowering.brackets import Bracket, Brackets, hair_of, size_of
from remit.core.lowering.opaque import Native, Outside
from remit.core.lowering.quantity import Whole
from remit.core.lowering.roundings import FUNCTIONS
from remit.core.regions import Spans, span
from remit.core.terms import Term

__all__ = ["DAY", "MOST_CUT", "Reckoning", "shift", "terminates"]

#: Microseconds.
DAY: Final = 86_400_000_000
#: A quotient without an end is cut off after 34 digits. As long as its numerator is smaller than this, that is too little to
#: change how it is rounded.
MOST_CUT: Final = 10**32


class Reckoning(Brackets):
    """The operations of :class:`remit.core.lowering.whole.Wholes`. Each raises :class:`remit.core.lowering.opaque.Outside` for
    what terms do not say."""

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
            case "*" if (exact or self.proofs) and "number" in units and not {"day", "duration"} & {*units}:
                unit = a.unit if b.unit == "number" else b.unit
                found = Whole(self.terms.mul(a.number, b.number), a.over * b.over, unit, null)
                return found if exact else self.product(a, b, found)
            case "/" if (exact or (self.proofs and b.exact)) and b.unit == "number" and a.unit in ("number", "money"):
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
        found = Whole(number, over, a.unit, null, terminates(over))
        if not self.proofs or (a.exact and found.exact):
            return found
        sure = self.sure(a) if terminates(divisor.numerator) else self.terms.const(False)
        return self.cut(found, hair_of(a) / divisor, sure, loose=not a.exact)

    def rounded(self, function: str, a: Whole, places: int, worked_out: Callable[[Bracket, int], Term]) -> Whole:
        """``a`` with so many decimals of its unit (tens, hundreds, ... where negative). Where only a bracket is known of it,
        ``worked_out`` makes the term for what it really is, in so many parts of a unit."""
        factor, by = (10**places, 1) if places >= 0 else (1, 10**-places)
        if a.exact and factor % (a.over * by) == 0:
            return a
        within = self.bracket(a, FUNCTIONS[function], factor, by)
        if within is not None:
            low, high, middle = (self.terms.scale(by, each) for each in (within.low, within.high, within.number))
            number = self.terms.ite(within.sure, middle, worked_out(Bracket(low, high, middle, within.sure), factor))
            return Whole(number, factor, a.unit, a.null)
        if not a.exact and size_of(a.number) * factor >= MOST_CUT:
            raise Outside
        common = gcd(factor, a.over)
        number = FUNCTIONS[function](self.terms, self.terms.scale(factor // common, a.number), a.over // common * by)
        return Whole(self.terms.scale(by, number), factor, a.unit, a.null)

    def absolute(self, a: Whole) -> Whole:
        """``abs``."""
        if a.unit not in ("number", "money", "duration"):
            raise Outside
        return replace(a, number=self.terms.max(a.number, self.terms.scale(-1, a.number)))

    def remainder(self, a: Whole, by: Whole) -> Whole:
        """``modulo`` by a constant: ``a - by * floor(a / by)``."""
        if a.unit != "number" or by.unit != "number" or not (a.exact and by.exact) or by.number.kind != "const":
            raise Outside
        divisor = Fraction(by.number.value, by.over)
        if not divisor or size_of(a.number) >= abs(divisor) * a.over * MOST_CUT:
            raise Outside
        sign = 1 if divisor > 0 else -1
        times = self.terms.div(self.terms.scale(sign * divisor.denominator, a.number), a.over * abs(divisor.numerator))
        over = lcm(a.over, divisor.denominator)
        taken = self.terms.scale(divisor.numerator * (over // divisor.denominator), times)
        return Whole(self.terms.sub(self.terms.scale(over // a.over, a.number), taken), over, "number", self.nulls(a, by))

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
                return self._added(sign, a, b, null)
            case ("number", "number") | ("money", "money") if self.proofs:
                return self._added(sign, a, b, null)
            case "day", "day" if op == "-":
                return Whole(T.scale(DAY, T.sub(a.number, b.number)), 1, "duration", null)
            case "day", "duration" if b.over == 1 and _divides(DAY, b.number):
                day = T.add(a.number, T.scale(sign, T.div(b.number, DAY)))
                outside = T.not_(T.inside(day, span(1, date.max.toordinal())))
                return Whole(day, 1, "day", T.or_(null, outside))
            case "day", "months":
                return self.native(Native("months"), "day", null, a.number, T.scale(sign, b.number))
        raise Outside

    def _added(self, sign: int, a: Whole, b: Whole, null: Term) -> Whole:
        (left, right), over = self.aligned(a, b)
        exact, sure = a.exact and b.exact, self.terms.and_(self.sure(a), self.sure(b))
        found = Whole(self.terms.add(left, self.terms.scale(sign, right)), over, a.unit, null, exact)
        if exact or not self.proofs:
            return found
        loose = not (a.exact or b.exact) or any(each.blur is not None and each.blur.loose for each in (a, b))
        return self.cut(found, hair_of(a) + hair_of(b), sure, loose=loose)

    def either(self, condition: Term, yes: Whole, no: Whole) -> Whole:
        if yes.unit != no.unit:
            raise Outside
        (one, other), over = self.aligned(yes, no)
        T = self.terms
        null, exact = T.ite(condition, yes.null, no.null), yes.exact and no.exact
        found = Whole(T.ite(condition, one, other), over, yes.unit, null, exact)
        return self.chosen(found, (yes, no), T.ite(condition, self.sure(yes), self.sure(no)))

    def nulls(self, *values: Whole) -> Term:
        return self.terms.or_(*(each.null for each in values))


def terminates(over: int) -> bool:
    """Whether a number over ``over`` has an end in decimals."""
    for prime in (2, 5):
        while over % prime == 0:
            over //= prime
    return over == 1


def shift(over: int) -> int:
    """How many times as large the digits of a number over ``over`` can be as its numerator: 125 for eighths. Digits without end
    are cut off, and the number is only rounded or compared: for that, two are spare."""
    if not terminates(over):
        return 100
    power = 1
    while power % over:
        power *= 10
    return power // over


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
