"""The values at which a policy changes its mind: for each fact, for what is asked of each remedy, and for the day of the
incident, every value at which a test starts or stops holding, and its neighbours.

Used wherever a policy is tried out: proposing cases, finding the nearest change that helps, measuring what cases reach. What is
worked out from several facts, and only then compared, has no such values: :mod:`remit.authoring.thresholds`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from remit.authoring.tested import Boundary, constants, dated, ordered_names, tested
from remit.language.identities import refuse_id
from remit.language.nodes import names_in
from remit.language.types import Type
from remit.language.values import Money
from remit.policy.model import Fact, Model

__all__ = ["bare", "boundaries", "candidates", "within"]

#: How many items of a list are tried alone.
_MOST_ITEMS: Final = 8


def boundaries(model: Model, *, everywhere: bool = False) -> tuple[Boundary, ...]:
    """Where a fact, what is asked, or the day, can be on both sides of a value that matters: in reading order, each once, or
    ``everywhere`` it is written."""
    names = ordered_names(model)
    found: dict[tuple[str, str, str, int], Boundary] = {}
    for each in _every(model):
        fact = names.get(each.fact)
        if fact is not None and None not in each.around and _can_cross(fact, each):
            place = id(each.source) if everywhere else 0
            found.setdefault((each.fact, repr(each.value), each.side, place), each)
    return tuple(found.values())


def candidates(model: Model) -> Mapping[str, tuple[Any, ...]]:
    """For each fact, the values worth trying: all choices, both truth values, and each boundary with its neighbours, within
    the declared bounds; of a list, each of these alone and all together."""
    found: dict[str, list[Boundary]] = {name: [] for name in model.facts}
    for boundary in _every(model):
        found.setdefault(boundary.fact, []).append(boundary)
    return {name: tuple(_distinct(_worth_trying(model, fact, found[name]))) for name, fact in model.facts.items()}


def _every(model: Model) -> Iterator[Boundary]:
    for each in tested(model):
        yield from each.boundaries
    yield from dated(model)


def _can_cross(fact: Fact, boundary: Boundary) -> bool:
    """Whether ``fact`` can be on both sides: its bounds leave room for the neighbours."""
    below, above = (within(fact, each) for each in boundary.around)
    beside = {"below": below, "above": above, "both": below or above}[boundary.side]
    return beside and within(fact, boundary.value)


def _worth_trying(model: Model, fact: Fact, tested: Iterable[Boundary]) -> Iterator[Any]:
    kind = fact.type
    if kind.kind == "choice":
        yield from kind.choices
    elif kind.kind == "boolean":
        yield from (False, True)
    elif kind.element is not None:
        items = list(_distinct(_worth_trying(model, Fact(fact.name, kind.element), tested)))
        items = items or list(_distinct(_constants_beside(model, fact.name, kind.element)))
        yield from ([], *([each] for each in items[:_MOST_ITEMS]))
        if len(items) > 1:
            yield items[:_MOST_ITEMS]
    else:
        for each in tested:
            around = (each.value,) if None in each.around else (each.around[0], each.value, each.around[1])
            yield from (value for value in around if within(fact, value))
        yield from (each for each in (fact.low, fact.high) if each is not None)


def _constants_beside(model: Model, name: str, kind: Type) -> Iterator[Any]:
    """The constants of a ``kind`` in what reads the list ``name``."""
    for clause in model.expressions():
        if name in names_in(clause.node) or (clause.tested is not None and name in names_in(clause.tested)):
            yield from (value for value, _ in constants(clause.node) if _is_of(kind, value))


def _is_of(kind: Type, value: Any) -> bool:
    types = {"text": str, "choice": str, "number": Decimal, "money": Money, "date": date, "duration": timedelta}
    return kind.kind in types and isinstance(value, types[kind.kind])


def within(fact: Fact, value: Any) -> bool:
    """Whether ``value`` is within the bounds of ``fact``, and not refused where that is an id."""
    amount = bare(value)
    try:
        if fact.is_id and isinstance(value, str):
            refuse_id(value)
        return not ((fact.low is not None and amount < bare(fact.low)) or (fact.high is not None and amount > bare(fact.high)))
    except (TypeError, ValueError):
        return False


def bare(value: Any) -> Any:
    """Money as its bare amount (within a policy there is one currency), everything else as it is."""
    return value.amount if isinstance(value, Money) else value


def _distinct(values: Iterable[Any]) -> Iterator[Any]:
    seen: set[str] = set()
    for value in values:
        if repr(value) not in seen:
            seen.add(repr(value))
            yield value
