"""The regions of a fact's values that a policy tells apart, as like cases are told apart by them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from remit.authoring.boundaries import bare, boundaries
from remit.authoring.tested import tested
from remit.language.nodes import Between, Compare, In, Name, Node, children
from remit.language.types import DATE
from remit.language.words import show_value
from remit.ledger.recorded_facts import read_plain
from remit.policy.model import Fact
from remit.policy.trees import Reads

if TYPE_CHECKING:
    from remit.authoring.tested import Boundary
    from remit.policy.model import Model

__all__ = ["Regions"]

_UNKNOWN: Final = "?"
_OCCURRED: Final = "occurred"
#: The kinds whose values have an order; the others are alike where they are the same.
_ORDERED: Final = ("number", "money", "date", "date-time", "time", "duration")
#: How many values are kept at hand with their regions.
_MOST_AT_HAND: Final = 100_000


class Regions:
    """Choices, truth values and texts are alike where they are the same, lists where they hold the same. Numbers, money, days
    and durations are alike between two values at which a test of the policy starts or stops holding. Where the policy
    calculates with a number or an amount, or reads it in no such test, it is also cut into bands: from 1, 2, 5, 10, 20, 50 and
    so on; days into months."""

    def __init__(self, model: Model) -> None:
        self._facts = {**model.facts, _OCCURRED: Fact(_OCCURRED, DATE)}
        cuts: dict[str, list[Boundary]] = {}
        for each in boundaries(model):
            if not each.item:
                cuts.setdefault(each.fact, []).append(each)
        self._cuts = {name: _Cuts(some) for name, some in cuts.items()}
        self._reckoned = frozenset(_reckoned(model))
        self._known: dict[tuple[str, Any], str] = {}

    @property
    def splits_days(self) -> bool:
        """Whether the policy tells days of incidents apart."""
        return _OCCURRED in self._cuts

    def region(self, name: str, plain: Any) -> str:
        """The region of a fact's value as it is on record."""
        if plain is None:
            plain = self._facts[name].default
            if plain is None:
                return _UNKNOWN
        if self._facts[name].type.kind not in _ORDERED:
            return ",".join(sorted(map(str, plain))) if isinstance(plain, list | tuple) else str(plain)
        key = name, str(plain)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > _MOST_AT_HAND:
                self._known.clear()
            found = self._known[key] = self._of(name, self._read(name, plain))
        return found

    def words(self, name: str, plain: Any) -> str:
        """The region in words: ``gold``, ``at least 3``, ``100 to 200``."""
        if self._facts[name].type.kind not in _ORDERED:
            return show_value(plain) if not isinstance(plain, list | tuple) else ", ".join(sorted(map(str, plain)))
        value = self._read(name, plain)
        cuts = self._cuts.get(name)
        parts = [cuts.words(bare(value))] if cuts is not None else []
        if self._bands(name):
            parts.append(_band_words(bare(value)))
        return ", ".join(parts)

    def _read(self, name: str, plain: Any) -> Any:
        return read_plain({name: self._facts[name]}, {name: plain})[name] if isinstance(plain, str | int | list) else plain

    def _of(self, name: str, value: Any) -> str:
        cuts, amount = self._cuts.get(name), bare(value)
        inside = "" if cuts is None else str(cuts.place(amount))
        return f"{inside}:{_band(amount)}" if self._bands(name) else inside

    def _bands(self, name: str) -> bool:
        return name != _OCCURRED and (name in self._reckoned or name not in self._cuts)


class _Cuts:
    """Between which of the boundaries of a fact a value is."""

    def __init__(self, found: list[Boundary]) -> None:
        self._at = sorted({bare(each.value) for each in found if each.side in ("below", "both")})
        self._above = sorted({bare(each.value) for each in found if each.side in ("above", "both")})
        self._shown = {bare(each.value): show_value(each.value) for each in found}

    def place(self, value: Any) -> tuple[int, int]:
        """How many boundaries it has reached, and how many it has passed."""
        try:
            return bisect_right(self._at, value), bisect_left(self._above, value)
        except TypeError:  # a moment with a time zone, and a boundary without
            return -1, -1

    def words(self, value: Any) -> str:
        """The same in words."""
        reached, passed = self.place(value)
        low = max([(each, 0) for each in self._at[:reached]] + [(each, 1) for each in self._above[:passed]], default=None)
        high = min([(each, 0) for each in self._at[reached:]] + [(each, 1) for each in self._above[passed:]], default=None)
        said = []
        if low is not None:
            said.append(f"{('at least', 'above')[low[1]]} {self._shown[low[0]]}")
        if high is not None:
            said.append(f"{('below', 'at most')[high[1]]} {self._shown[high[0]]}")
        return " and ".join(said) or "any"


def _reckoned(model: Model) -> Iterator[str]:
    """The names that are read other than in a comparison with what is fixed."""
    reads = Reads(model)
    for test in tested(model):
        if test.reckons:
            yield from reads(test.test)
            if test.clause.tested is not None:
                yield from reads(test.clause.tested)
    for clause in model.expressions():
        if clause.kind not in ("promise", "input"):
            yield from _outside_comparisons(clause.node)


def _outside_comparisons(node: Node) -> Iterator[str]:
    if isinstance(node, Name):
        yield node.name
    elif not isinstance(node, Compare | Between | In):
        for child in children(node):
            yield from _outside_comparisons(child)


def _band(value: Any) -> str:
    if isinstance(value, date | datetime):
        return f"{value:%Y-%m}"
    if isinstance(value, time):
        return f"{value:%H}"
    low, high = _band_of(value)
    return f"{low}..{high}"


def _band_of(value: Any) -> tuple[Decimal, Decimal]:
    """The two of 0, 1, 2, 5, 10, 20, 50, ... that the size of a number (of a duration in hours) lies between."""
    amount = Decimal(value // timedelta(seconds=1)) / 3600 if isinstance(value, timedelta) else Decimal(value)
    size = abs(amount)
    if size < 1:
        return (Decimal(0), Decimal(1)) if amount >= 0 else (Decimal(-1), Decimal(0))
    ten = Decimal(10) ** size.adjusted()
    low, high = next((one, two) for one, two in ((5, 10), (2, 5), (1, 2)) if size >= one * ten)
    return (low * ten, high * ten) if amount > 0 else (-high * ten, -low * ten)


def _band_words(value: Any) -> str:
    if isinstance(value, date | datetime | time):
        return _band(value)
    low, high = _band_of(value)
    return f"{low:f} to {high:f}"
