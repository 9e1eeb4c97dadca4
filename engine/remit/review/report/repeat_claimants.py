"""Customers who receive most: a small group that claims again and again. They are named by the ledger's token only.

What is kept does not grow with the number of customers: of two thousand and more, those with the least are dropped, and what
each sum may lack by that is known and said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, TypeVar

from remit.authoring.show import Section
from remit.review.actions import Action
from remit.review.report.figure import BRIEF, Chart, Context, money, percent, plain_money, rows_of

__all__ = ["Heaviest", "RepeatClaimantFigures", "RepeatClaimants"]

K = TypeVar("K", bound=Hashable)
_TOP: Final = 10
#: So much of a token is shown: enough to tell customers apart, and to find the records by.
_SHOWN: Final = 10


class Heaviest(Generic[K]):
    """The heaviest of any number of keys, with at most twice ``room`` kept. A sum found is too low by at most ``lacking``.

    Source: D. Anderson and others, "A high-performance algorithm for identifying frequent items in data streams", IMC 2017.
    """

    def __init__(self, room: int) -> None:
        self.room, self.lacking, self.total = room, 0, 0
        self._sums: dict[K, int] = {}

    def add(self, key: K, weight: int) -> None:
        """Count ``weight`` (above 0) for a key."""
        self.total += weight
        self._sums[key] = self._sums.get(key, 0) + weight
        if len(self._sums) > 2 * self.room:
            least = sorted(self._sums.values(), reverse=True)[self.room]
            self._sums = {each: found - least for each, found in self._sums.items() if found > least}
            self.lacking += least

    def top(self, count: int) -> list[tuple[K, int]]:
        """The heaviest, and the least that each sum is."""
        return sorted(self._sums.items(), key=lambda item: (-item[1], str(item[0])))[:count]


@dataclass(frozen=True, slots=True)
class RepeatClaimantFigures:
    """By currency: what all goodwill cost (``total``), the ``top`` customers with at least how much each received (by token),
    and how much those sums may lack."""

    by_currency: tuple[tuple[str, int, tuple[tuple[str, int], ...], int], ...]

    def to_dict(self) -> dict[str, Any]:
        """For JSON; money as text."""
        return {
            "by_currency": [
                {
                    "currency": currency,
                    "goodwill_cost": plain_money(total, currency),
                    "share_of_top": sum(found for _, found in top) / total if total else 0.0,
                    "top": [{"customer": token, "at_least": plain_money(found, currency)} for token, found in top],
                    "lacking_at_most": plain_money(lacking, currency),
                }
                for currency, total, top, lacking in self.by_currency
            ]
        }

    def headlines(self) -> Iterator[str]:
        """The share of the top ten."""
        for currency, total, top, lacking in self.by_currency:
            if len(top) >= _TOP and total:
                least = "at least " if lacking else ""
                part = percent(sum(found for _, found in top) / total)
                yield f"The {_TOP} customers who received most got {least}{part} of the goodwill in {currency}."

    def sections(self, rows: int) -> Iterator[Section]:
        """The customers who received most."""
        for currency, total, top, lacking in self.by_currency if rows > BRIEF else ():
            table = [(token[:_SHOWN], money(found, currency), percent(found / total)) for token, found in top if found]
            if not table:
                continue
            shown, more = rows_of(table, rows)
            notes = (f"Each sum may lack up to {money(lacking, currency)}.",) if lacking else ()
            columns = ("Customer (token)", "Goodwill cost", "Of all")
            yield Section(f"Customers who received most ({currency})", columns, shown, (*more, *notes))

    def charts(self) -> Iterator[Chart]:
        """None: a table says it."""
        return iter(())


class RepeatClaimants:
    """The fold."""

    kinds: ClassVar[frozenset[str]] = frozenset(("grant", "approve", "settle"))

    def __init__(self, context: Context, room: int = 2000) -> None:
        self._costs = context.costs
        self._heaviest: defaultdict[str, Heaviest[str]] = defaultdict(lambda: Heaviest(room))

    def add(self, action: Action) -> None:
        """Count an action."""
        if action.customer is not None:
            cost = self._costs.goodwill(action)
            if cost:
                self._heaviest[self._costs.currency(action)].add(action.customer, cost)

    def result(self) -> RepeatClaimantFigures:
        """What was found."""
        found = sorted(self._heaviest.items())
        return RepeatClaimantFigures(tuple((name, each.total, tuple(each.top(_TOP)), each.lacking) for name, each in found))
