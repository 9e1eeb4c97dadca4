"""How one name is checked and placed: the pieces of code for each type of fact."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final

from remit.backends.compiled import templates
from remit.backends.compiled.building import constant, expression, name, statements
from remit.backends.compiled.domains import Dimension, Domain
from remit.backends.compiled.readers import Memo, Reader
from remit.language.values import CONTEXT, minor_digits

__all__ = ["Lookup"]

#: Whole numbers beyond this are left to the general path.
_MOST: Final = 10**15
_LONGEST_TEXT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Lookup:
    """One name: its domain, its dimension if it has one, and its reader. ``integer``: its numbers are always whole.

    ``default`` is what it counts as where it is missing, in the form that compiled formulas count with.
    """

    domain: Domain
    dimension: Dimension | None
    read: Reader | None = None
    integer: bool = False
    default: Any = None

    @property
    def missing(self) -> int:
        """What a missing value adds to the key."""
        return 0 if self.dimension is None else self.dimension.class_of(None) * self.dimension.stride

    def check(self, raw: str, into: str, holes: dict[str, Any]) -> tuple[list[ast.stmt], str]:
        """Code that makes sure of the value in the variable ``raw``, and the variable that has it as read."""
        kind = self.domain.type
        if kind == "boolean":
            return statements("if type(RAW) is not bool: raise Unusual", RAW=raw), raw
        if kind in ("choice", "text"):
            return self._words(raw, holes), raw
        if kind == "number" and (self.integer or self.domain.kind == "finite"):
            return self._whole(raw), raw
        if kind == "number":
            own = self._own(holes, "R", self.read)
            code = (
                "if type(RAW) is int:\n    if not LOW <= RAW <= HIGH: raise Unusual\n    READ = RAW\nelse:\n    READ = OWN(RAW)"
            )
            low, high = self._bounds()
            return statements(code, RAW=raw, READ=into, OWN=own, LOW=constant(low), HIGH=constant(high)), into
        if kind == "list":
            return statements("RAW = OWN(RAW)", RAW=raw, OWN=self._own(holes, "R", self.read)), raw
        return self._memorised(raw, into, holes), into

    def _memorised(self, raw: str, into: str, holes: dict[str, Any]) -> list[ast.stmt]:
        """A text is read once; where its value makes a difference to the key, its place is kept with it."""
        assert self.read is not None
        read: Reader = _pair(self.read, self._place_of()) if self._places() else self.read
        memo = Memo(read)
        own = {
            "OWN": self._own(holes, "R", read),
            "MEMO": self._own(holes, "M", memo),
            "KNOWN": self._own(holes, "K", memo.known),
        }
        template = templates.MEMORISED_PLACE if self._places() else templates.MEMORISED
        return statements(template, RAW=raw, READ=into, PLACE=_place_name(into), **own)

    def _place_of(self) -> Callable[[Any], int]:
        """The function from a value to what it adds to the key."""
        dim = self.dimension
        assert dim is not None
        if self.domain.type == "money":
            starts, places = self.whole_numbers()
            return lambda value: places[bisect_right(starts, value)]
        class_of, stride = dim.class_of, dim.stride
        return lambda value: class_of(value) * stride

    def _words(self, raw: str, holes: dict[str, Any]) -> list[ast.stmt]:
        if self.domain.kind == "text":
            code = "if type(RAW) is not str or len(RAW) > MOST: raise Unusual"
            return statements(code, RAW=raw, MOST=constant(_LONGEST_TEXT))
        if self._places():
            return statements("if type(RAW) is not str: raise Unusual", RAW=raw)  # placing it finds the words that are none
        words = self._own(holes, "W", frozenset(self.domain.values))
        return statements("if type(RAW) is not str or RAW not in WORDS: raise Unusual", RAW=raw, WORDS=words)

    def _whole(self, raw: str) -> list[ast.stmt]:
        if self.domain.kind == "finite" and self._places():
            return statements("if type(RAW) is not int: raise Unusual", RAW=raw)
        low, high = self._bounds()
        code = "if type(RAW) is not int or not LOW <= RAW <= HIGH: raise Unusual"
        return statements(code, RAW=raw, LOW=constant(low), HIGH=constant(high))

    def _bounds(self) -> tuple[int, int]:
        low, high = self.domain.low, self.domain.high
        return (
            -_MOST if low is None else max(-_MOST, int(low.to_integral_value(rounding=ROUND_CEILING))),
            _MOST if high is None else min(_MOST, int(high.to_integral_value(rounding=ROUND_FLOOR))),
        )

    def _places(self) -> bool:
        """Whether its value makes a difference to the key."""
        if self.dimension is None:
            return False
        present = {*self.dimension.by_value.values(), *self.dimension.cells}
        return self.domain.kind != "opaque" and present != {0}

    def place(self, variable: str, holes: dict[str, Any]) -> ast.expr | None:
        """Code for what the value in ``variable`` adds to the key; ``None`` where that is always nothing."""
        if not self._places():
            return None
        dim = self.dimension
        assert dim is not None
        if self.domain.kind != "ordered":
            table = self._own(holes, "D", {_plain(value): at * dim.stride for value, at in dim.by_value.items()})
            if self.domain.kind == "text":
                return expression(
                    "TABLE.get(VALUE, OTHER)", TABLE=table, VALUE=variable, OTHER=constant(dim.other * dim.stride)
                )
            return expression("TABLE[VALUE]", TABLE=table, VALUE=variable)
        if self.domain.type != "number":
            return name(_place_name(variable))
        starts, places = self.whole_numbers()
        own: dict[str, ast.expr | str] = {
            "VALUE": variable,
            "STARTS": self._own(holes, "S", starts),
            "PLACES": self._own(holes, "P", places),
            "CELLS": self._own(holes, "C", [at * dim.stride for at in dim.cells]),
            "EDGES": self._own(holes, "T", dim.thresholds),
        }
        whole = "PLACES[bisect_right(STARTS, VALUE)]"
        anywhere = "CELLS[bisect_left(EDGES, VALUE) + bisect_right(EDGES, VALUE)]"
        return expression(whole if self.integer else f"{whole} if type(VALUE) is int else {anywhere}", **own)

    def whole_numbers(self) -> tuple[list[int], list[int]]:
        """For values that are whole numbers (money: smallest units): where each run of one place starts, and the places."""
        dim = self.dimension
        assert dim is not None
        if self.domain.kind == "finite":  # an exception that is asked for, or not
            return [1], [dim.by_value[False] * dim.stride, dim.by_value[True] * dim.stride]
        starts: list[int] = []
        places = [dim.cells[0] * dim.stride]
        if self.domain.type in ("date", "duration"):
            return [], places
        for index, threshold in enumerate(dim.thresholds):
            exact = self._minor(threshold)
            first = int(exact.to_integral_value(rounding=ROUND_CEILING))
            at, above = (dim.cells[2 * index + each] * dim.stride for each in (1, 2))
            for start, place in ((first, at), (first + 1, above)) if first == exact else ((first, above),):
                if place != places[-1]:
                    starts.append(start)
                    places.append(place)
        return starts, places

    def _minor(self, threshold: Decimal) -> Decimal:
        if self.domain.type != "money":
            return Decimal(threshold)
        return CONTEXT.scaleb(threshold, minor_digits(self.domain.currency or "XXX"))

    def _own(self, holes: dict[str, Any], letter: str, value: Any) -> str:
        """A name in the function's namespace for ``value``."""
        identifier = f"{letter}{len(holes)}"
        holes[identifier] = value
        return identifier


def _place_name(variable: str) -> str:
    """The variable for the place of what is in ``variable``."""
    return f"{variable}_place"


def _pair(read: Reader, place_of: Callable[[Any], int]) -> Reader:
    """A reader that gives the value and its place."""

    def pair(raw: Any) -> tuple[Any, int]:
        value = read(raw)
        return value, place_of(value)

    return pair


def _plain(value: Any) -> Any:
    """A value as it comes in a request."""
    return int(value) if isinstance(value, Decimal) else value
