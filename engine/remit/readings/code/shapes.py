"""Amounts that differ in their constants only, as one formula and a row of numbers each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from remit.core.terms import Term
from remit.readings.code import python_syntax as py

__all__ = ["Rows", "Shape", "rows_of", "written"]

#: A formula: its kind, and its parts; numbers are places in a row, or the places of leaves.
Shape: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Rows:
    """``rows[bit]`` is (number of the shape, position, numbers...)."""

    shapes: tuple[Shape, ...]
    rows: Sequence[tuple[int, ...] | None]


def rows_of(entries: Mapping[int, tuple[int, Term]], size: int) -> tuple[Rows, list[Term], set[int]]:
    """The rows of (position, amount) by bit, the leaves that the shapes read, and the positions of those that must not be
    worked out without need, because they call the evaluator."""
    shapes: dict[Shape, int] = {}
    leaves: dict[Term, int] = {}
    rows: list[tuple[int, ...] | None] = [None] * size
    refused: set[int] = set()
    calls: dict[Term, bool] = {}
    for bit, (position, amount) in entries.items():
        if _calls(amount, calls):
            refused.add(position)
            continue
        numbers: list[int] = []
        shape = _shape(amount, numbers, leaves)
        rows[bit] = (shapes.setdefault(shape, len(shapes)), position, *numbers)
    return Rows(tuple(shapes), rows), list(leaves), refused


def _calls(term: Term, known: dict[Term, bool]) -> bool:
    if term not in known:
        known[term] = term.kind == "call" or any(_calls(each, known) for each in term.args)
    return known[term]


def _shape(term: Term, numbers: list[int], leaves: dict[Term, int]) -> Shape:
    match term.kind:
        case "const":
            return "number", _next(numbers, term.value)
        case "sum":
            weights, total = term.value
            parts = [
                (_next(numbers, weight), _shape(each, numbers, leaves)) for weight, each in zip(weights, term.args, strict=True)
            ]
            return "sum", _next(numbers, total), *parts
        case "div":
            return "div", _shape(term.args[0], numbers, leaves), _next(numbers, term.value)
        case "min" | "max":
            first, *rest = (_shape(each, numbers, leaves) for each in term.args)
            for each in rest:
                first = (term.kind, first, each)
            return first
    return "leaf", leaves.setdefault(term, len(leaves))


def _next(numbers: list[int], value: int) -> int:
    numbers.append(value)
    return len(numbers) + 1  # behind the number of the shape and the position


class written:  # noqa: N801 - called like a function, and keeps its statements
    """A shape as statements, and the expression for its value; ``row`` is the name of the row."""

    def __init__(self, shape: Shape, row: str, leaf: Callable[[int], py.Expression]) -> None:
        self.statements: list[py.Statement] = []
        self._row = row
        self._leaf = leaf
        self._names = 0
        self.value = self._write(shape)

    def _number(self, place: int) -> py.Expression:
        return py.item(py.name(self._row), py.constant(place))

    def _write(self, shape: Shape) -> py.Expression:
        match shape:
            case ("number", place):
                return self._number(place)
            case ("leaf", place):
                return self._leaf(place)
            case ("sum", total, *parts):
                out = self._number(total)
                for weight, part in parts:
                    out = py.binary(out, "+", py.binary(self._write(part), "*", self._number(weight)))
                return out
            case ("div", part, by):
                return py.binary(self._write(part), "//", self._number(by))
            case (kind, one, two):
                a, b = self._named(one), self._named(two)
                return py.choose(py.compare(a, "<" if kind == "min" else ">", b), a, b)
        raise AssertionError(shape)

    def _named(self, shape: Shape) -> py.Expression:
        value = self._write(shape)
        if isinstance(value, py.Name):
            return value
        self._names += 1
        called = f"y{self._names}"
        self.statements.append(py.assign(called, value))
        return py.name(called)
