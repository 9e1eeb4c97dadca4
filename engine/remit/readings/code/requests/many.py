"""The reader of many facts at once, by what is given rather than by what there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from remit.policy.model import Fact, Model
from remit.readings.code.requests.native_values import Reader, Unusual, bounds, fact_reader, native_of

__all__ = ["many_reader", "side_by_side"]

#: Of more facts in one mapping, those that are given are read, rather than each looked for.
_MOST_LOOKED_FOR: Final = 40


def side_by_side(model: Model, tree: Mapping[str, Any]) -> dict[str, Fact]:
    """The facts of a mapping, by key, if there are too many to look for each and the policy has them side by side."""
    facts = {key: fact for key, fact in tree.items() if isinstance(fact, Fact) and fact.history is None}
    order = list(model.facts)
    places = [order.index(fact.name) for fact in facts.values()] if len(facts) > _MOST_LOOKED_FOR else []
    if not places or places != list(range(places[0], places[0] + len(places))):
        return {}
    try:
        for fact in facts.values():
            if fact.default is not None:
                native_of(fact.type, fact.default)
    except Unusual:
        return {}
    return facts


def _quick_reader(fact: Fact, money_text: Reader) -> Reader:
    """The same as a short function of its own, for facts that are not worth code of theirs. ``money_text`` reads money of the
    policy's currency."""
    kind, otherwise = fact.type, fact_reader(fact)
    if kind.kind == "number" and kind.integer:
        low, high = bounds(fact)
        return lambda raw: raw if type(raw) is int and low <= raw <= high else otherwise(raw)  # type: ignore[operator]
    if kind.kind == "boolean":
        return lambda raw: raw if type(raw) is bool else otherwise(raw)
    if kind.kind == "choice":
        known = frozenset(kind.choices)
        return lambda raw: raw if type(raw) is str and raw in known else otherwise(raw)
    if kind.kind != "money" or fact.low is not None or fact.high is not None:
        return otherwise

    def read(raw: Any) -> Any:
        amount = money_text(raw)
        return otherwise(raw) if amount is None else amount

    return read


def many_reader(facts: Mapping[str, Fact], money_text: Reader) -> Callable[[Mapping[str, Any]], tuple[int, list[Any]]]:
    """The reader of many facts of one mapping, by their keys: how many are there, and the values of all in a row. It looks only
    at what is given. Raises :class:`Unusual` at once where a default has no native form."""
    readers = {key: (place, _quick_reader(fact, money_text)) for place, (key, fact) in enumerate(facts.items())}
    defaults = [None if fact.default is None else native_of(fact.type, fact.default) for fact in facts.values()]

    def read(given: Mapping[str, Any]) -> tuple[int, list[Any]]:
        values, found = defaults.copy(), 0
        for key, raw in given.items():
            known = readers.get(key)
            if known is not None and raw is not None:
                place, reader = known
                values[place] = reader(raw)
                found += 1
        return found, values

    return read
