"""The core of the generator of well-typed FEEL: writes one text part by part, by drawing among the makers of each type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from hypothesis import strategies as st

from remit.language.checking.type_rules import accepts
from remit.language.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DURATION,
    INTEGER,
    MONTHS,
    NUMBER,
    TEXT,
    TIME,
    Type,
    choice,
    list_of,
    money,
)
from support.values import constants

__all__ = ["EUR", "ORDERED", "SCOPE", "TIER", "TYPES", "Maker", "Makers", "Writer", "types"]

TIER = choice(("none", "silver", "gold", "diamond"))
EUR = money("EUR")

#: A scope with names of every type that a fact can have.
SCOPE: Mapping[str, Type] = {
    "guest.vip": BOOLEAN,
    "guest.new": BOOLEAN,
    "stay.nights": INTEGER,
    "incident.severity": INTEGER,
    "flight.distance": NUMBER,
    "delay": NUMBER,
    "guest.id": TEXT,
    "guest.tier": TIER,
    "asked for": TIER,
    "stay.rate": EUR,
    "paid": EUR,
    "fare": money("JPY"),
    "occurred": DATE,
    "bought": DATE,
    "seen at": DATE_TIME,
    "opens": TIME,
    "waited": DURATION,
    "membership": MONTHS,
    "tags": list_of(TEXT),
    "delays": list_of(NUMBER),
    "payments": list_of(EUR),
    "tiers": list_of(TIER),
    "visits": list_of(DATE),
}

#: The types that a single value can have.
TYPES: tuple[Type, ...] = (BOOLEAN, INTEGER, NUMBER, TEXT, TIER, EUR, money("JPY"), DATE, TIME, DATE_TIME, DURATION, MONTHS)

ORDERED = tuple(of for of in TYPES if of.kind not in ("boolean", "text", "choice"))


def types() -> st.SearchStrategy[Type]:
    """Types of values and of lists."""
    return st.sampled_from(TYPES) | st.sampled_from(TYPES).map(list_of)


#: Writes an expression of a type, its parts with so much depth left.
Maker: TypeAlias = "Callable[[Writer, Type, int], str]"
#: What can be made of each kind (``integer`` for whole numbers, ``any`` for every kind).
Makers: TypeAlias = Mapping[str, Sequence[Maker]]


class Writer:
    """Writes one text, part by part; what stands within an operator is in parentheses unless it is a name or a constant."""

    def __init__(self, draw: Any, scope: Mapping[str, Type], makers: Makers) -> None:
        self.draw = draw
        self.makers = makers
        self.scope = dict(scope)

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def write(self, of: Type, depth: int) -> str:
        """An expression of type ``of``."""
        if depth <= 0 or self.draw(st.integers(0, 5)) == 0:
            return self.leaf(of)
        kind = "integer" if of.integer else of.kind
        return self.pick([*self.makers[kind], *self.makers["any"]])(self, of, depth - 1)

    def part(self, of: Type, depth: int) -> str:
        """An expression that can stand beside an operator."""
        text = self.write(of, depth)
        return text if text in self.scope or text.isalnum() else f"({text})"

    def leaf(self, of: Type) -> str:
        """A name or a constant."""
        names = self.names(of)
        if names and self.draw(st.booleans()):
            return self.pick(names)
        if of.kind == "list":
            assert of.element is not None
            return self.items([self.leaf(of.element) for _ in range(self.draw(st.integers(1, 3)))])
        return self.draw(constants(of))

    def bound(self, name: str, of: Type, what: Callable[[], str]) -> str:
        """What is written while ``name`` is also in scope."""
        before = self.scope
        self.scope = {**before, name: of}
        try:
            return what()
        finally:
            self.scope = before

    def untested(self, what: Callable[[], str]) -> str:
        """What is written where `?` would stand for something else."""
        before = self.scope
        self.scope = {name: of for name, of in before.items() if name != "?"}
        try:
            return what()
        finally:
            self.scope = before

    def call(self, function: str, *arguments: str) -> str:
        return f"{function}({', '.join(arguments)})"

    def ends(self, of: Type) -> tuple[str, str]:
        """Two ends of a range, at least one of which is no constant, so that it is not plainly empty."""
        names = self.names(of)
        pair = [self.pick(names) if names else f"({self.leaf(of)} + {self.leaf(of)})", self.leaf(of)]
        return tuple(pair if self.draw(st.booleans()) else pair[::-1])  # type: ignore[return-value]

    def range(self, of: Type) -> str:
        low, high = self.ends(of)
        return f"{self.pick('[(')}{low}..{high}{self.pick('])')}"

    def names(self, of: Type) -> list[str]:
        """The names that can stand for ``of``. A choice is text too, but held against a text it only takes its own words."""
        return [
            name
            for name, known in self.scope.items()
            if accepts(of, known) and ("choice" in str(of)) == ("choice" in str(known))
        ]

    def items(self, written: list[str]) -> str:
        """A list, sometimes an empty one; `[]` itself would be a list of nothing, with no type to expect."""
        return f"[{', '.join(written)}]" + ("[false]" if self.draw(st.integers(0, 5)) == 0 else "")
