"""How far the language's value may be from the exact fraction that stands for it: for proofs only, never for compiled code.

The language cuts numbers off after 34 digits (half even, so by at most half a unit of the last of them). A quotient without an
end is therefore no fraction that terms could say; but it is one that is wrong by a hair, as is what becomes of it further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import Final

from remit.core.lowering.opaque import Outside
from remit.core.lowering.quantity import Blur, Whole
from remit.core.lowering.roundings import Rounding
from remit.core.terms import Term, Terms

__all__ = ["Bracket", "Brackets", "hair_of", "inexact", "size_of"]

#: One operation changes a number by no more than this part of it: half a unit of the last of 34 digits is half as much.
_CUT: Final = Fraction(1, 10**33)
#: What the language holds exactly: 34 digits.
_EXACT: Final = 10**34


@dataclass(frozen=True, slots=True)
class Bracket:
    """The lowest and highest whole number that a value can be rounded to, and ``sure``: where it is ``number``."""

    low: Term
    high: Term
    number: Term
    sure: Term


class Brackets:
    """The part of :class:`remit.core.lowering.reckoning.Reckoning` that knows how far values may be off."""

    terms: Terms
    #: Whether values may be off by a hair; else such values are left to the evaluator.
    proofs: bool

    def sure(self, of: Whole) -> Term:
        """Where the value is exact."""
        return self.terms.const(of.exact) if of.blur is None else of.blur.sure

    def product(self, a: Whole, b: Whole, found: Whole) -> Whole:
        """``found``, which is ``a * b``."""
        one, other = hair_of(a), hair_of(b)
        carried = one * _magnitude(b) + other * _magnitude(a) + one * other
        return self.cut(found, carried, self.terms.and_(self.sure(a), self.sure(b)))

    def cut(self, found: Whole, carried: Fraction, sure: Term, *, loose: bool = True) -> Whole:
        """``found`` as the result of an operation whose parts are together off by ``carried``."""
        if _magnitude(found) * 10 ** _places(found.over) >= _EXACT:
            sure = self.terms.const(False)
        return replace(found, exact=False, blur=Blur(carried + _magnitude(found) * _CUT, sure, loose))

    def chosen(self, found: Whole, parts: Sequence[Whole], sure: Term, *, loose: bool = False) -> Whole:
        """``found``, which is one of ``parts``."""
        if not self.proofs or all(each.exact for each in parts):
            return found
        loose = loose or any(each.blur is not None and each.blur.loose for each in parts)
        return replace(found, exact=False, blur=Blur(max(map(hair_of, parts)), sure, loose))

    def bracket(self, of: Whole, round_: Rounding, factor: int = 1, by: int = 1) -> Bracket | None:
        """``factor * of / by``, rounded; ``None`` where that is known to be what comes of the fraction: one that is half way
        between two whole numbers, or whole, is not cut off, and any other is at least half of one over its denominator away."""
        if of.blur is None or (not of.blur.loose and 2 * of.blur.hair * of.over * factor < 1):
            return None
        T, hair = self.terms, ceil(of.blur.hair * of.over * factor)
        middle, over = T.scale(factor, of.number), of.over * by
        low, high = (round_(T, T.add(middle, each), over) for each in (-hair, hair))
        return Bracket(low, high, round_(T, middle, over), of.blur.sure)

    def decided(self, a: Whole, b: Whole) -> Term:
        """Whether ``a`` and ``b`` compare as the fractions do: they are exact, or farther apart than they may be off."""
        T, blurs = self.terms, [each.blur for each in (a, b) if each.blur is not None]
        if not blurs or (
            len(blurs) == 1 and not blurs[0].loose and blurs[0].hair * a.over * b.over < 1
        ):  # two different fractions are farther apart
            return T.const(True)
        hair = ceil((hair_of(a) + hair_of(b)) * a.over * b.over)
        apart = T.sub(T.scale(b.over, a.number), T.scale(a.over, b.number))
        nulls = T.or_(a.null, b.null)
        return T.or_(nulls, T.and_(self.sure(a), self.sure(b)), T.lt(hair, apart), T.lt(apart, -hair))


def hair_of(of: Whole) -> Fraction:
    """How far the language's value may be from ``number`` / ``over``."""
    return Fraction(0) if of.blur is None else of.blur.hair


def inexact(values: Sequence[Whole]) -> int:
    """How many of them are not exact."""
    return sum(not each.exact for each in values)


def size_of(term: Term) -> int:
    """How far from 0 it can be. Raises :class:`Outside` where nothing bounds it."""
    if term.low is None or term.high is None:
        raise Outside
    return max(-term.low, term.high)


def _magnitude(of: Whole) -> Fraction:
    return Fraction(size_of(of.number), of.over)


def _places(over: int) -> int:
    """How many decimals a fraction over ``over`` has at the most, if it has an end."""
    counts = []
    for prime in (2, 5):
        count = 0
        while over % prime == 0:
            over, count = over // prime, count + 1
        counts.append(count)
    return max(counts)
