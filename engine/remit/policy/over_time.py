"""What a ledger counts for a policy: over which time, at which rates, what histories read, and what caps, claims and
discretion hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from remit.language.fast_dataclass import dataclass
from remit.language.source import Source
from remit.language.values import Money, minor_digits

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["Cap", "Claim", "Discretion", "History", "Rates", "Window", "rates_on"]


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time that a cap, a discretion or a history looks back over.

    ``rolling``: ``length`` back from now. ``calendar``: the current ``unit`` in the policy's time zone; years begin in
    ``start_month`` (1 to 12). ``case``: all with the same case. ``lifetime``: all.
    """

    kind: Literal["rolling", "calendar", "case", "lifetime"]
    length: timedelta | None = None
    unit: Literal["day", "week", "month", "quarter", "year"] | None = None
    start_month: int = 1
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class History:
    """A fact that the ledger reads, of what has the same keys within the window: how many records or cases there were (with
    ``of``: of this remedy), how much was given of one remedy (``sum``), or the sum of what other cases stated as a ``fact``."""

    count: Literal["grants", "voids", "cases", "requests", "escalations", "denials"] | None
    sum: str | None
    per: tuple[str, ...]
    over: Window
    of: str | None = None
    fact: str | None = None

    @property
    def by_case(self) -> bool:
        """Whether each case counts once, and the case of the request not at all."""
        return self.count == "cases" or self.fact is not None

    @property
    def kept_by(self) -> tuple[str, ...]:
        """What a request must say so that it can be read."""
        return (*self.per, "case") if self.by_case or self.over.kind == "case" else self.per


@dataclass(frozen=True, slots=True)
class Rates:
    """``of`` says for each currency of the policy what one unit of it is in the first; that of the first is 1. They hold from
    ``start`` on (``None``: from the beginning) until the next."""

    start: date | None
    of: Mapping[str, Decimal]

    def ratio(self, code: str, into: str) -> Fraction:
        """How many smallest units of the currency ``into`` one smallest unit of ``code`` is."""
        from fractions import Fraction  # only where there are several currencies

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


@dataclass(frozen=True, slots=True)
class Cap:
    """A bound over time. ``max[role]`` holds for that role and those above until the next listed one; every ladder has its
    lowest role in it. ``measure``: ``amount`` (money; other remedies count at their cost), ``units`` (of count remedies) or
    ``grants``. ``counts`` are the remedies that it counts. Under a ``shared`` name, caps of several policies count together.
    ``together`` is ``max`` in the policy's first currency, where the cap counts what was given in all of them."""

    id: str
    per: tuple[str, ...]
    over: Window
    measure: Literal["amount", "units", "grants"]
    max: Mapping[str, Money | Decimal]
    counts: tuple[str, ...]
    say: str | None = None
    source: Source | None = field(default=None, compare=False, repr=False)
    shared: str | None = None
    together: Mapping[str, Money] = field(default_factory=dict)

    def at(self, rates: Rates, currency: str) -> Cap:
        """The cap in another currency of its policy, at these rates."""
        if not self.together:
            return self
        return replace(self, max={role: rates.most(most, currency) for role, most in self.together.items()})


@dataclass(frozen=True, slots=True)
class Claim:
    """What a customer is owed for one incident, and paid once: all that is given of ``remedies`` counts as received under it.

    ``name`` is that of its balance. ``per`` are the facts that tell one claim from another, or ``case``. ``rules`` are the
    ids of those whose amounts are totals of it: they owe something, or name it. Under a ``shared`` name, claims of several
    policies are one.
    """

    name: str
    per: tuple[str, ...]
    remedies: tuple[str, ...]
    rules: frozenset[str]
    shared: str | None = None


@dataclass(frozen=True, slots=True)
class Discretion:
    """A personal allowance beyond the rules: at most ``each`` in one grant, at most ``max`` in the window. ``together`` are
    both in the policy's first currency, where it counts what was given in all of them."""

    role: str
    each: Money
    max: Money
    over: Window
    together: tuple[Money, Money] | None = None

    def at(self, rates: Rates, currency: str) -> Discretion:
        """The allowance in another currency of its policy, at these rates."""
        if self.together is None:
            return self
        each, most = (rates.most(amount, currency) for amount in self.together)
        return replace(self, each=each, max=most)
