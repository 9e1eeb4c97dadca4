"""What currencies are worth in the first currency of a policy, from a day on. Only what is counted over time is converted: a
decision is in one currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from remit.language.fast_dataclass import dataclass
from remit.language.values import Money, minor_digits

__all__ = ["Rates", "rates_on"]


@dataclass(frozen=True, slots=True)
class Rates:
    """``of`` says for each currency of the policy what one unit of it is in the first; that of the first is 1. They hold from
    ``start`` on (``None``: from the beginning) until the next."""

    start: date | None
    of: Mapping[str, Decimal]

    def ratio(self, code: str, into: str) -> Fraction:
        """How many smallest units of the currency ``into`` one smallest unit of ``code`` is."""
        worth = Fraction(self.of[code]) / Fraction(self.of[into])
        return worth * Fraction(10) ** minor_digits(into) / Fraction(10) ** minor_digits(code)

    def most(self, money: Money, into: str) -> Money:
        """A maximum in another currency: rounded down, so that it never comes to more."""
        ratio = self.ratio(money.currency, into)
        return Money.from_minor(money.minor * ratio.numerator // ratio.denominator, into)


def rates_on(table: Sequence[Rates], day: date | None) -> Rates | None:
    """Those of ``table``, in the order of their days, that hold on ``day``; ``None`` where none do, or where they change and
    the day is not known."""
    if day is None:
        return table[0] if len(table) == 1 and table[0].start is None else None
    return next((each for each in reversed(table) if each.start is None or each.start <= day), None)
