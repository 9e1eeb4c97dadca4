"""Facts moved by their smallest step: a cent, a day, a minute, one item of a list more or less."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

from remit.authoring.boundaries import within
from remit.language.types import Type
from remit.language.values import Money, minor_digits
from remit.policy.model import Fact

__all__ = ["Line", "Moves", "moved"]

#: How many items a list has at most.
_LONGEST: Final = 40

#: A fact as it is moved by a number of steps; ``None`` where it cannot have such a value.
Line: TypeAlias = Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class Moves:
    """How facts are moved beside some ``constants``: in steps as fine as these are."""

    constants: Sequence[Any]
    currency: str

    def far(self, fact: Fact, value: Any) -> Iterator[Line]:
        """Ways to move ``fact`` from ``value``: by its smallest step; a list by its length, and by its only item."""
        if fact.type.element is None:
            yield self._line(fact, value)
            return
        sample = value[0] if value else self._sample(fact.type.element)
        if sample is not None:
            yield lambda steps: [sample] * steps if 0 <= steps <= _LONGEST else None
            yield self._item(fact, [sample], 0)

    def near(self, fact: Fact, value: Any) -> Iterator[Line]:
        """Ways to move ``fact`` by one step: of a list, the number of its items, or one of them."""
        if fact.type.element is None:
            yield self._line(fact, value)
            return
        yield lambda steps: value[:-1] if steps < 0 else [*value, *(value[-1:] or [self._sample(fact.type.element)])]
        yield from (self._item(fact, value, place) for place in range(len(value)))

    def _line(self, fact: Fact, value: Any) -> Line:
        unit = self._unit(fact.type)

        def there(steps: int) -> Any:
            found = moved(value, unit, steps)
            return found if found is not None and within(fact, found) else None

        return there

    def _item(self, fact: Fact, values: Sequence[Any], place: int) -> Line:
        """A list of which one item is moved."""
        assert fact.type.element is not None
        line = self._line(Fact(fact.name, fact.type.element), values[place])

        def there(steps: int) -> Any:
            item = line(steps)
            return None if item is None else [*values[:place], item, *values[place + 1 :]]

        return there

    def _sample(self, kind: Type | None) -> Any:
        """An item of a list."""
        match "" if kind is None else kind.kind:
            case "choice" if kind is not None:
                return kind.choices[0]
            case "money":
                return Money.from_minor(0, self.currency)
            case "number":
                return Decimal(0)
            case "text":
                return next((each for each in self.constants if isinstance(each, str)), "x-1")
            case "boolean":
                return True
            case "duration":
                return timedelta(0)
            case "date":
                return next((each for each in self.constants if type(each) is date), None)
        return None

    def _unit(self, kind: Type) -> Any:
        """The smallest step of a fact of this kind; ``None`` where it has none."""
        match kind.kind:
            case "money":
                return Decimal(1).scaleb(-minor_digits(self.currency))
            case "number":
                exponents = (each.as_tuple().exponent for each in self.constants if isinstance(each, Decimal))
                finest = min((each for each in exponents if isinstance(each, int)), default=0)
                return Decimal(1) if kind.integer else Decimal(1).scaleb(min(0, finest))
            case "date":
                return timedelta(days=1)
            case "duration" | "date-time":
                odd = (each % timedelta(minutes=1) for each in self.constants if isinstance(each, timedelta))
                return timedelta(seconds=1) if any(odd) else timedelta(minutes=1)
        return None


def moved(value: Any, unit: Any, steps: int) -> Any:
    """``value`` and so many times ``unit``; ``None`` where there is no such value."""
    try:
        match value:
            case bool() | str() | None:
                return None
            case Money(amount, currency):
                return Money(amount + unit * steps, currency)
            case _ if unit is None:
                return None
            case datetime() | date() | timedelta() | Decimal() | int():
                return value + unit * steps
    except OverflowError:  # no day is so far away
        pass
    return None
