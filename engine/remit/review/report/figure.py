"""What a figure is: a fold over actions, whose result says itself as data, as sentences, as tables and as charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from remit.authoring.show import Section
from remit.language import words
from remit.language.values import Money
from remit.ledger.caps.windows import as_micros
from remit.review.actions import Action, Actor
from remit.review.estimates import Interval, share
from remit.review.report.costs import NO_CURRENCY, Costs

if TYPE_CHECKING:
    from remit.ledger.people.people_reader import PeopleReader

__all__ = [
    "BRIEF",
    "DAY",
    "Chart",
    "Context",
    "Figure",
    "Period",
    "Result",
    "Scope",
    "as_share",
    "average",
    "giver",
    "money",
    "number",
    "percent",
    "plain_money",
    "rate",
    "rows_of",
    "span",
]

#: A table of at most so many rows is for a terminal, where what the headlines say is not said again.
BRIEF: Final = 10
#: A day in microseconds.
DAY: Final = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` (included) to ``until`` (not included)."""

    since: datetime
    until: datetime

    @property
    def begin(self) -> int:
        """In microseconds since 1970."""
        return as_micros(self.since)

    @property
    def end(self) -> int:
        """In microseconds since 1970."""
        return as_micros(self.until)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which actions count: under one policy, at one site, or by one employee; ``None``: any. What answers an action counts
    where that action does."""

    policy: str | None = None
    site: str | None = None
    employee: str | None = None

    def accepts(self, action: Action) -> bool:
        """Whether it counts."""
        first = action
        while first.target is not None:
            first = first.target
        who = first.asker
        return (
            self.policy in (None, action.policy or first.policy)
            and (self.site is None or (who is not None and who.site == self.site))
            and (self.employee is None or (who is not None and who.id == self.employee))
        )

    @property
    def is_everybody(self) -> bool:
        """Whether nobody is left out."""
        return self.site is None and self.employee is None


@dataclass(frozen=True, slots=True)
class Context:
    """What figures need beside the actions. ``ledger`` is for what only it can say, as it is now; ``None`` where the time of
    the report does not reach to now."""

    period: Period
    scope: Scope
    costs: Costs
    ledger: PeopleReader | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers to be drawn: ``bars`` (one value for each label), ``line`` (values over days), or ``ratios`` (observed against
    expected, with an interval each, around 1). ``unit`` is what the values are; ``marked`` are the places to be noticed."""

    kind: str
    title: str
    about: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    unit: str = ""
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    marked: frozenset[int] = frozenset()


class Result(Protocol):
    """What a figure found."""

    def to_dict(self) -> dict[str, Any]:
        """For JSON; money as text, shares from 0 to 1."""

    def headlines(self) -> Iterator[str]:
        """The most important of it, as sentences."""

    def sections(self, rows: int) -> Iterator[Section]:
        """Its tables, each of at most so many ``rows``."""

    def charts(self) -> Iterator[Chart]:
        """What is drawn of it."""


class Figure(Protocol):
    """A fold. ``kinds`` are the kinds of records that it counts."""

    kinds: ClassVar[frozenset[str]]

    def add(self, action: Action) -> None:
        """Count an action."""

    def result(self) -> Result:
        """What was found so far."""


def percent(part: float) -> str:
    """A share as people say it: more exactly where it is small.

    >>> percent(0.314), percent(0.0042), percent(0.0), percent(1.0)
    ('31%', '0.4%', '0%', '100%')
    """
    if 0 < part < 0.0005:
        return "under 0.1%"
    return f"{part:.1%}" if 0 < part < 0.0995 else f"{part:.0%}"


def rate(count: int, of: int) -> str:
    """A share with its interval, in words.

    >>> rate(31, 100), rate(0, 0)
    ('31% (23% to 41%)', 'none')
    """
    found = share(count, of)
    return f"{percent(found.estimate)} ({percent(found.low)} to {percent(found.high)})" if found is not None else "none"


def as_share(count: int, of: int) -> dict[str, Any]:
    """A share for JSON: ``count``, ``of``, and the estimate with its interval, where there is any."""
    found = share(count, of)
    return {"count": count, "of": of, **(found.to_dict() if found is not None else {})}


def average(found: Interval | None, digits: int = 1) -> str:
    """A mean with its interval, in words."""
    return "none" if found is None else f"{found.estimate:.{digits}f} ({found.low:.{digits}f} to {found.high:.{digits}f})"


def number(count: int) -> str:
    """A count, its thousands set apart where it is long."""
    return words.grouped(count)


def money(minor: int, currency: str) -> str:
    """An amount of smallest units in words; a plain number where there is no currency.

    >>> money(123450, "EUR"), money(3, "")
    ('1234.50 EUR', '3')
    """
    if currency in ("", NO_CURRENCY):
        return number(minor)
    return words.quantity(Money.from_minor(minor, currency)) if minor >= 0 else f"-{money(-minor, currency)}"


def plain_money(minor: int, currency: str) -> Any:
    """An amount for JSON: text, or a number where there is no currency."""
    return minor if currency in ("", NO_CURRENCY) else str(Money.from_minor(minor, currency))


def span(micros: float) -> str:
    """A length of time, roughly.

    >>> span(90e6), span(7200e6), span(200_000e6)
    ('2 minutes', '2 hours', '2 days')
    """
    for noun, each in (("day", 86_400e6), ("hour", 3600e6), ("minute", 60e6)):
        if micros >= 1.5 * each or noun == "minute":
            count = max(1, round(micros / each))
            return f"{count} {words.plural(noun, count)}"
    raise AssertionError


def rows_of(table: Sequence[tuple[str, ...]], most: int) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """At most so many rows, and a note that says how many more there are."""
    more = len(table) - most
    return tuple(table[:most]), (f"And {more} more.",) if more > 0 else ()


def giver(action: Action) -> Actor | None:
    """Who faced the customer in what an action does, or answers."""
    return action.target.asker if action.kind == "void" and action.target is not None else action.asker
