"""Formulas that differ only in the digits of their numbers: the first is read and checked, the others are filled in.

A table of ten thousand rows has ten thousand different ranges, and three dozen forms of them. ``[12 EUR..30 EUR)`` and
``[45 EUR..99 EUR)`` have the same tokens, the same tree and the same spans; only what depends on the value of a number can tell
them apart. A template is made only where all of that is known: which numbers are whole, and which end of a range is the lower.
Anything else (a function, a division, a date) is read in full.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

from remit.language.checking.type_rules import type_of
from remit.language.nodes import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    If,
    In,
    Input,
    ListLiteral,
    Literal,
    Name,
    Node,
    Or,
    RangeLiteral,
    parts_of,
    walk,
)
from remit.language.source import Span
from remit.language.types import Type
from remit.language.values import CONTEXT, Money

__all__ = ["Template", "outline"]

#: A number that is written plainly. What is longer has its digits in the outline.
_NUMBER: Final = re.compile(r"(?<!\w)([0-9]{1,15}(?:\.[0-9]{1,15})?)(?![0-9])")
_ZEROS: Final = str.maketrans("123456789", "000000000")
#: Signs that make the digits beside them part of something else: of ``1/2/2026``, of ``1,000``.
_RISKY: Final = re.compile(r"/|,[0-9]")
#: Nodes of which no check looks at the value of a number, beside those that :func:`_is_open` leaves out.
_FORMS: Final = frozenset((And, Between, Compare, If, In, Input, ListLiteral, Literal, Name, Or, RangeLiteral))
_FUNCTIONS: Final = frozenset(("max", "min", "not"))

#: Makes a node from the numbers.
_Filling: TypeAlias = Callable[[Sequence[Decimal]], Node]


def outline(text: str) -> tuple[str, list[str]]:
    """``text`` with a nought for each digit of its numbers, and the numbers.

    >>> outline("f.n3 * 12.5% + 3")
    ('f.n3 * 00.0% + 0', ['12.5', '3'])
    """
    parts = _NUMBER.split(text)
    numbers = parts[1::2]
    parts[1::2] = [number.translate(_ZEROS) for number in numbers]
    return "".join(parts), numbers


class Template:
    """A checked tree whose numbers can be exchanged for others with as many digits.

    >>> from remit.language.checker import check
    >>> from remit.language.parser import parse_expression
    >>> from remit.language.source import Source
    >>> source = Source("12.5 + 3")
    >>> node, _ = check(parse_expression(source), source, {})
    >>> template = Template.of(source.text, node)
    >>> template.fill(["20.5", "4"])
    Arithmetic(op='+', left=Literal(value=Decimal('20.5')), right=Literal(value=Decimal('4')))
    >>> template.fill(["20.0", "4"])  # which is whole, so that the types are others
    """

    __slots__ = ("_fill", "_percent", "_ranges", "_types")

    def __init__(
        self,
        fill: _Filling,
        percent: Sequence[int],
        types: Sequence[tuple[int, Type]],
        ranges: Sequence[tuple[int, int, bool]],
    ) -> None:
        self._fill, self._percent, self._types, self._ranges = fill, percent, types, ranges

    @classmethod
    def of(cls, text: str, node: Node) -> Template | None:
        """The template of ``text``, whose tree ``node`` was checked without problems; ``None`` where it has to be read anew
        for other numbers."""
        found = list(_NUMBER.finditer(text))
        nodes = list(walk(node))
        if not found or _RISKY.search(text) or not all(map(_is_settled, nodes)):
            return None
        literals = {each.span[0]: each for each in nodes if isinstance(each, Literal)}
        numbers = [_number(literals.get(match.start())) for match in found]
        places = {match.start(): index for index, match in enumerate(found)}
        fill = _filling(node, places)
        ranges = _ranges(nodes, places)
        if fill is None or ranges is None or None in numbers:
            return None
        percent = [index for index, match in enumerate(found) if text[match.end() :].lstrip().startswith("%")]
        types = [
            (index, literals[match.start()].type)
            for index, match in enumerate(found)
            if numbers[index] is Decimal and ("." in match[1] or index in percent)
        ]
        template = cls(fill, percent, types, ranges)
        return template if template.fill([match[1] for match in found]) == node else None

    def fill(self, numbers: Sequence[str]) -> Node | None:
        """The tree with these numbers, as checked; ``None`` where checking them may find something else."""
        amounts = [*map(Decimal, numbers)]
        for index in self._percent:
            amounts[index] = CONTEXT.scaleb(amounts[index], -2)
        for index, of in self._types:
            if type_of(amounts[index]) != of:
                return None
        for low, high, closed in self._ranges:
            if amounts[low] > amounts[high] or (amounts[low] == amounts[high] and not closed):
                return None
        return self._fill(amounts)


def _is_settled(node: Node) -> bool:
    """Whether no check of ``node`` looks at the value of a number in it (those of ranges are known here)."""
    match node:
        case Arithmetic(op=op):
            return op in ("+", "-", "*")
        case Call(function=function, arguments=arguments):
            return function in _FUNCTIONS and not all(isinstance(each, Literal) for each in arguments)
        case _:
            return type(node) in _FORMS


def _number(literal: Literal | None) -> type | None:
    """``Decimal`` or ``Money``, if a constant is that."""
    of = type(literal.value) if literal is not None else None
    return of if of in (Decimal, Money) else None


def _ranges(nodes: Sequence[Node], places: Mapping[int, int]) -> list[tuple[int, int, bool]] | None:
    """The numbers that are the ends of ranges, and whether both ends are in; ``None`` where one end alone is such a number."""
    out = []
    for node in nodes:
        if isinstance(node, RangeLiteral | Between) and isinstance(node.low, Literal) and isinstance(node.high, Literal):
            low, high = places.get(node.low.span[0]), places.get(node.high.span[0])
            if low is None or high is None:
                return None
            out.append((low, high, isinstance(node, Between) or (node.low_closed and node.high_closed)))
    return out


def _filling(node: Node, places: Mapping[int, int]) -> _Filling | None:
    """What makes ``node`` anew; ``None`` where there is no number in it, so that it can stay."""
    if isinstance(node, Literal):
        at = places.get(node.span[0])
        return None if at is None else _filled_literal(node, at)
    parts = [getattr(node, name) for name in parts_of(type(node))]
    changing: list[tuple[int, Callable[[Sequence[Decimal]], Any]]] = []
    for index, part in enumerate(parts):
        made = _filled_tuple(part, places) if isinstance(part, tuple) else None
        if isinstance(part, Node):
            made = _filling(part, places)
        if made is not None:
            changing.append((index, made))
    return _filled_node(node, parts, changing) if changing else None


def _filled_literal(node: Literal, at: int) -> _Filling:
    span, of = node.span, node.type
    if isinstance(node.value, Money):
        currency = node.value.currency
        return lambda amounts: Literal(Money(amounts[at], currency), span=span, type=of)
    return lambda amounts: Literal(amounts[at], span=span, type=of)


def _filled_tuple(items: tuple[Any, ...], places: Mapping[int, int]) -> Callable[[Sequence[Decimal]], Any] | None:
    made = [_filling(item, places) if isinstance(item, Node) else None for item in items]
    if not any(made):
        return None
    pairs = list(zip(items, made, strict=True))
    return lambda amounts: tuple([item if fill is None else fill(amounts) for item, fill in pairs])


def _filled_node(node: Node, parts: list[Any], changing: list[tuple[int, Callable[[Sequence[Decimal]], Any]]]) -> _Filling:
    kind: Any = type(node)
    span: Span = node.span
    of = node.type

    def fill(amounts: Sequence[Decimal]) -> Node:
        new = parts.copy()
        for index, made in changing:
            new[index] = made(amounts)
        return kind(*new, span=span, type=of)  # type: ignore[no-any-return]

    return fill
