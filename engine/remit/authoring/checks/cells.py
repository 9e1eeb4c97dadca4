"""The cells of a column as sets, so that overlaps, gaps and unreachable rows can be worked out instead of guessed.

An input is cut into *pieces* on which no cell of its column can tell values apart: each choice, both truth values, the texts
that are named, or stretches of what can be ordered. A cell is the set of pieces that it accepts, kept as a whole number with a
bit for each piece.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from remit.core.distinctions import Distinctions, sharp
from remit.core.lowering.opaque import Outside
from remit.core.regions import Region, Spans, Words, cuts_of, pieces, span
from remit.language.evaluating.evaluator import evaluate
from remit.language.nodes import Literal, Name, Negate, Node, walk
from remit.language.text import literal
from remit.policy.model import Fact, Model

__all__ = ["Column", "Pieces", "cells_of", "column_of_fact", "pieces_in", "runs"]

#: A set of pieces: bit ``i`` is set where piece ``i`` is in.
Pieces: TypeAlias = int

_ORDERED: Final = ("number", "money", "date", "date-time", "duration")


@dataclass(frozen=True)
class _Scale:
    """Something with an order: its ``pieces`` are cut at ``cuts``, between ``low`` and ``high``, in whole numbers. ``written``
    are the numbers that are named somewhere, and ``value`` gives what a number stands for."""

    cuts: Sequence[int]
    low: int | None
    high: int | None
    written: frozenset[int]
    number: Callable[[Any], int | None]
    value: Callable[[int], Any]

    @property
    def values(self) -> tuple[Any, ...]:
        """One value of each piece."""
        first = self.low if self.low is not None else self.cuts[0] - 1 if self.cuts else self.high or 1
        return tuple(map(self.value, (first, *self.cuts)))

    def say(self, first: int, last: int) -> str:
        """The pieces from ``first`` to ``last`` as a unary test."""
        low = self.cuts[first - 1] if first else self.low
        high = self.cuts[last] - 1 if last < len(self.cuts) else self.high
        if low is not None and low == high and low in self.written:
            return literal(self.value(low))
        start, end = (None if low is None else self._start(low)), (None if high is None else self._end(high))
        if start is None or end is None:
            number, closed = start or end or (0, False)
            sign = ">" if end is None else "<"
            return f"{sign}{'=' if closed else ''} {literal(self.value(number))}"
        ends = f"{literal(self.value(start[0]))}..{literal(self.value(end[0]))}"
        return f"{'[' if start[1] else '('}{ends}{']' if end[1] else ')'}"

    def _start(self, low: int) -> tuple[int, bool]:
        return sharp(low, self.written)

    def _end(self, high: int) -> tuple[int, bool]:
        number, above = sharp(high + 1, self.written) if high not in self.written else (high, False)
        return number, not above


@dataclass(frozen=True)
class Column:
    """One input: its pieces in order, as ``values`` that stand for them. ``text``: the last value stands for any text that is
    not named. ``scale``: for what has an order."""

    name: str
    values: tuple[Any, ...]
    text: bool = False
    scale: _Scale | None = field(default=None, compare=False)

    @property
    def everything(self) -> Pieces:
        """All that can come."""
        return (1 << len(self.values)) - 1

    def locate(self, value: Any) -> int:
        """The piece that ``value`` is in."""
        if self.scale is not None:
            number = self.scale.number(value)
            assert number is not None, value
            return bisect_right(self.scale.cuts, number)
        if self.text and value not in self.values:
            return len(self.values) - 1
        return self.values.index(value)

    def accepted(self, region: Region) -> Pieces:
        """The pieces that lie in ``region``."""
        if isinstance(region, Words):
            return sum(1 << index for index, value in enumerate(self.values) if value in region)
        assert self.scale is not None
        within = region & span(self.scale.low, self.scale.high)
        return sum((1 << run.stop) - (1 << run.start) for run in pieces(within, self.scale.cuts))

    def say(self, pieces: Pieces) -> str:
        """A set of pieces as one would write it in a cell."""
        if pieces == self.everything:
            return '"-"'
        if self.scale is not None:
            written = [_quoted(self.scale.say(first, last)) for first, last in runs(pieces)]
        elif self.text:
            others = bool(pieces >> (len(self.values) - 1))
            named = [literal(self.values[index]) for index in pieces_in(self.everything & ~pieces if others else pieces)]
            return _quoted(f"not({', '.join(named)})" if others else ", ".join(named))
        else:
            written = [_word(self.values[index]) for index in pieces_in(pieces)]
        return written[0] if len(written) == 1 else f"[{', '.join(written)}]"


def _quoted(test: str) -> str:
    """In YAML's quotes; days and texts have double ones of their own."""
    return "'" + test.replace("'", "''") + "'" if '"' in test else f'"{test}"'


def _word(value: Any) -> str:
    """A choice as it stands in a cell: as FEEL text in quotes, where YAML or FEEL could take it for something else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    plain = value.replace("_", "a").isalnum() and value[:1].isalpha() and value.lower() not in _YAML_WORDS
    return str(value) if plain else _quoted(literal(value))


_YAML_WORDS: Final = frozenset(("yes", "no", "on", "off", "true", "false", "null", "y", "n", "not", "and", "or", "in", "if"))


def pieces_in(pieces: Pieces) -> Iterator[int]:
    """The indices of the pieces in a set."""
    while pieces:
        lowest = pieces & -pieces
        yield lowest.bit_length() - 1
        pieces ^= lowest


def runs(pieces: Pieces) -> Iterator[tuple[int, int]]:
    """The stretches of neighbouring pieces in a set: first and last."""
    offset = 0
    while pieces:
        skipped = (pieces & -pieces).bit_length() - 1
        pieces >>= skipped
        length = ((pieces + 1) & ~pieces).bit_length() - 1
        yield offset + skipped, offset + skipped + length - 1
        pieces >>= length
        offset += skipped + length


def cells_of(model: Model, name: str, on: Node, tests: Sequence[Node]) -> tuple[Column, dict[Node, Pieces]] | None:
    """The column of the input ``on``, and the pieces that each of ``tests`` accepts; ``None`` where one of them does more than
    compare its input with what is fixed."""
    if on.type.kind in ("choice", "boolean"):
        if any(isinstance(node, Name) for test in tests for node in walk(test)):
            return None
        words = Column(name, on.type.choices or (True, False))
        held = {test: [evaluate(test, {}, value) is True for value in words.values] for test in tests}
        return words, {test: sum(1 << index for index, each in enumerate(held[test]) if each) for test in tests}
    fact = model.facts.get(on.name) if isinstance(on, Name) else None
    reading = Distinctions(model, None if fact else on.type)
    of = reading.input or Name(fact.name if fact else "", type=on.type)
    try:
        regions = {test: reading.region(test, of) for test in tests}
    except Outside:
        return None
    if on.type.kind == "text":
        meant = (word for region in regions.values() if isinstance(region, Words) for word in sorted(region.words - {None}))
        named = dict.fromkeys((*(value for test in tests for value in _constants(test)), *meant))
        column: Column | None = Column(name, (*named, "\0"), text=True)
    else:
        column = _ordered(name, reading, of, fact, list(regions.values()), tests)
    return None if column is None else (column, {test: column.accepted(region) for test, region in regions.items()})


def column_of_fact(reading: Distinctions, fact: Fact, regions: Sequence[Region]) -> Column | None:
    """The pieces of ``fact`` that ``regions`` tell apart; ``None`` for texts, and where there is one piece only."""
    if fact.type.kind in ("choice", "boolean"):
        return Column(fact.name, fact.type.choices or (True, False))
    column = _ordered(fact.name, reading, Name(fact.name, type=fact.type), fact, regions, ())
    return column if column is not None and len(column.values) > 1 else None


def _ordered(
    name: str, reading: Distinctions, of: Name, fact: Fact | None, regions: Sequence[Region], tests: Sequence[Node]
) -> Column | None:
    if of.type.kind not in _ORDERED:
        return None
    ends = (None, None) if fact is None else (fact.low, fact.high)
    low, high = (None if end is None else reading.number(of.name, end) for end in ends)
    within = span(low, high)
    cuts = [
        cut
        for cut in cuts_of(region for region in regions if isinstance(region, Spans))
        if cut in within and (low is None or cut > low)
    ]
    numbers = (reading.number(of.name, value) for test in tests for value in _constants(test))
    written = frozenset(each for each in (*numbers, low, high) if each is not None)
    scale = _Scale(
        cuts, low, high, written, lambda value: reading.number(of.name, value), lambda at: reading.value(of.name, at)
    )
    return Column(name, scale.values, scale=scale)


def _constants(test: Node) -> Iterator[Any]:
    """The values that a test names."""
    for node in walk(test):
        if isinstance(node, Literal) or (isinstance(node, Negate) and isinstance(node.operand, Literal)):
            value = evaluate(node, {})
            if value is not None and not isinstance(value, bool):
                yield value
