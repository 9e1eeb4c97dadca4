"""The cells of a column as sets, so that overlaps, gaps and unreachable rows can be worked out instead of guessed.

An input is cut into *pieces* on which no cell of its column can tell values apart: each choice, both truth values, or, for what
can be ordered, every value that is named in the column and every stretch between two of them. A cell is the set of pieces that
it accepts, kept as a whole number with a bit for each piece. Exact for cells that compare the input with constants; a column
with any other cell is *open*, and nothing is said about it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, TypeAlias

from remit.authoring.boundaries import bare
from remit.language.evaluator import evaluate
from remit.language.nodes import (
    And,
    Between,
    Call,
    Compare,
    In,
    Input,
    ListLiteral,
    Literal,
    Name,
    Negate,
    Node,
    Or,
    RangeLiteral,
    walk,
)
from remit.language.text import literal
from remit.language.types import Type
from remit.language.values import CONTEXT, Money, minor_digits
from remit.policy.model import Fact

__all__ = ["Column", "Pieces", "column_of", "constants_in", "pieces_in", "runs"]

#: A set of pieces: bit ``i`` is set where piece ``i`` is in.
Pieces: TypeAlias = int

_ORDERED: Final = ("number", "money", "date", "date-time", "duration")


class _Open(Exception):
    """A cell does something else than compare its input with constants."""


@dataclass(frozen=True)
class Column:
    """One input: its pieces in order, as ``values`` that stand for them.

    ``points``: for an ordered column, whether each piece is one value (else the stretch between its neighbours); empty for
    others. ``text``: the last value stands for any text that is not named.
    """

    name: str
    values: tuple[Any, ...]
    points: tuple[bool, ...] = ()
    text: bool = False

    @property
    def everything(self) -> Pieces:
        """All that can come."""
        return (1 << len(self.values)) - 1

    @cached_property
    def _keys(self) -> list[Any]:
        return [bare(value) for value in self.values]

    def accepted(self, test: Node) -> Pieces:
        """The pieces that a unary test accepts."""
        if self.points:
            return self._ordered(test)
        found = (1 << index for index, value in enumerate(self.values) if evaluate(test, {}, value) is True)
        return sum(found)

    def _ordered(self, test: Node) -> Pieces:
        """As :meth:`accepted`, without trying every piece: a long column has thousands of both."""
        match test:
            case Literal(value=value):
                return self.everything if value is True else 0
            case Call(function="not", arguments=arguments):
                return self.everything & ~self._any(arguments)
            case Or(operands=operands):
                return self._any(operands)
            case And(operands=operands):
                out = self.everything
                for operand in operands:
                    out &= self._ordered(operand)
                return out
            case Compare(op=op, left=Input(), right=right):
                return self._compared(op, _constant(right))
            case Compare(op=op, left=left, right=Input()):
                return self._compared(op.translate(_TURNED), _constant(left))
            case Between(value=Input(), low=low, high=high):
                return self._between(RangeLiteral(low, high, True, True))
            case In(value=Input(), tests=tests):
                return self._any(tests)
            case RangeLiteral():
                return self._between(test)
            case ListLiteral(items=items):
                return self._any(items)
        raise _Open

    def _any(self, tests: Sequence[Node]) -> Pieces:
        out = 0
        for test in tests:
            constant = isinstance(test, Literal | Negate)
            out |= self._compared("=", _constant(test)) if constant else self._ordered(test)
        return out

    def _between(self, limits: RangeLiteral) -> Pieces:
        out = self.everything
        if limits.low is not None:
            out &= self._compared(">=" if limits.low_closed else ">", _constant(limits.low))
        if limits.high is not None:
            out &= self._compared("<=" if limits.high_closed else "<", _constant(limits.high))
        return out

    def _compared(self, op: str, value: Any) -> Pieces:
        if value is None:
            return {"=": 0, "!=": self.everything}.get(op, 0)
        below = (1 << bisect_left(self._keys, bare(value))) - 1
        upto = (1 << bisect_right(self._keys, bare(value))) - 1
        chosen = {"<": below, "<=": upto, "=": upto & ~below, "!=": ~(upto & ~below), ">": ~upto, ">=": ~below}[op]
        return chosen & self.everything

    def locate(self, value: Any) -> int:
        """The piece that ``value`` is in. Raises ``ValueError`` for what cannot come."""
        if self.points == (False,):  # no constants, no bounds
            return 0
        if self.text and value not in self.values:
            return len(self.values) - 1
        if not self.points:
            return self.values.index(value)
        after = bisect_right(self._keys, bare(value))
        if after and self.points[after - 1] and self._keys[after - 1] == bare(value):
            return after - 1
        # Between two points (or outside of all) there is one stretch; what stands for it may be on either side of ``value``.
        for index in (after - 1, after):
            if 0 <= index < len(self.values) and not self.points[index]:
                return index
        raise ValueError(value)

    def say(self, pieces: Pieces) -> str:
        """A set of pieces as one would write it in a cell."""
        if pieces == self.everything:
            return '"-"'
        if self.points:
            written = [_quoted(self._run(first, last)) for first, last in runs(pieces)]
        elif self.text:
            others = bool(pieces >> (len(self.values) - 1))
            named = [literal(self.values[index]) for index in pieces_in(self.everything & ~pieces if others else pieces)]
            return _quoted(f"not({', '.join(named)})" if others else ", ".join(named))
        else:
            written = [_word(self.values[index]) for index in pieces_in(pieces)]
        return written[0] if len(written) == 1 else f"[{', '.join(written)}]"

    def _run(self, first: int, last: int) -> str:
        low, low_in = (first, True) if self.points[first] else (first - 1, False)
        high, high_in = (last, True) if self.points[last] else (last + 1, False)
        if low < 0:
            return f"{'<=' if high_in else '<'} {literal(self.values[high])}"
        if high >= len(self.values):
            return f"{'>=' if low_in else '>'} {literal(self.values[low])}"
        if low == high:
            return literal(self.values[low])
        ends = literal(self.values[low]), literal(self.values[high])
        return f"{'[' if low_in else '('}{ends[0]}..{ends[1]}{']' if high_in else ')'}"


_TURNED: Final = str.maketrans("<>", "><")


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


def column_of(name: str, on: Node, fact: Fact | None, cells: Sequence[Node], extra: Sequence[Any] = ()) -> Column | None:
    """The pieces of the input ``on`` that ``cells`` (and comparisons with the values in ``extra``) tell apart.

    ``None`` where a cell is open. ``fact``: what is declared, where the input is a fact (bounds; money in whole cents).
    """
    kind = on.type
    if any(isinstance(node, Name) for cell in cells for node in walk(cell)):
        return None
    if kind.kind == "choice":
        return Column(name, kind.choices)
    if kind.kind == "boolean":
        return Column(name, (True, False))
    constants = [*constants_in(cells), *extra]
    if kind.kind == "text":
        simple = all(_plain_text(cell) for cell in cells)
        return Column(name, (*dict.fromkeys(constants), "\0"), text=True) if simple else None
    try:
        column = _ordered_column(name, kind, fact, constants) if kind.kind in _ORDERED else None
        for cell in set(cells) if column else ():
            assert column is not None
            column.accepted(cell)
    except (_Open, TypeError, ArithmeticError):  # not comparable: a time zone here and none there, another kind of value
        return None
    return column


def constants_in(cells: Sequence[Node]) -> list[Any]:
    """The values that the tests compare with."""
    found: dict[Any, Any] = {}
    for cell in cells:
        for node in walk(cell):
            value = _negated(node) if isinstance(node, Negate) else node.value if isinstance(node, Literal) else None
            if value is not None and not isinstance(value, bool):
                found[bare(value)] = value
    return list(found.values())


def _constant(node: Node) -> Any:
    if isinstance(node, Literal) and not isinstance(node.value, bool):
        return node.value
    if isinstance(node, Negate):
        value = _negated(node)
        if value is not None:
            return value
    raise _Open


def _negated(node: Negate) -> Any:
    return evaluate(node, {}) if isinstance(node.operand, Literal) else None


def _plain_text(cell: Node) -> bool:
    """Whether a test of text does nothing but compare with texts for being the same."""
    return all(
        isinstance(node, Literal | Input | Or | And | ListLiteral | In)
        or (isinstance(node, Compare) and node.op in ("=", "!="))
        or (isinstance(node, Call) and node.function == "not")
        for node in walk(cell)
    )


def _ordered_column(name: str, kind: Type, fact: Fact | None, constants: Sequence[Any]) -> Column:
    low, high = (fact.low, fact.high) if fact is not None else (None, None)
    bounds = [each for each in (low, high) if each is not None]
    if not constants and not bounds:
        return Column(name, (Decimal(0),), (False,))
    named = sorted({bare(each): each for each in (*constants, *bounds)}.values(), key=bare)
    inside = [value for value in named if _within(value, low, high)]
    step = _step(kind, named[0], fact is not None)
    pieces: list[tuple[Any, bool]] = []
    before = None
    for value in inside:
        pieces += [(each, False) for each in _between(before, value, step)] if before is not None or low is None else []
        pieces.append((value, True))
        before = value
    if high is None and before is not None:
        pieces += [(each, False) for each in _between(before, None, step)]
    return Column(name, tuple(value for value, _ in pieces), tuple(point for _, point in pieces))


def _within(value: Any, low: Any, high: Any) -> bool:
    return (low is None or bare(value) >= bare(low)) and (high is None or bare(value) <= bare(high))


def _step(kind: Type, value: Any, declared: bool) -> Any:
    """The smallest difference between two values, or ``None``. Facts are given in whole cents; a third of a price is not."""
    match value:
        case Money(currency=currency):
            return Decimal(1).scaleb(-minor_digits(currency)) if declared else None
        case datetime() | timedelta():
            return timedelta(microseconds=1)
        case date():
            return timedelta(days=1)
        case _:
            return Decimal(1) if kind.integer else None


def _between(low: Any, high: Any, step: Any) -> Iterator[Any]:
    """A value between the two (``None``: there is no end), if there is one: not between 1 and 2 of whole numbers."""
    size = Decimal(1) if step is None else step
    if low is None:
        yield from _moved(high, -1, size)
    elif high is None or step is not None:
        yield from (each for each in _moved(low, 1, size) if high is None or bare(each) < bare(high))
    else:
        middle = CONTEXT.divide(CONTEXT.add(bare(low), bare(high)), Decimal(2))
        if bare(low) < middle < bare(high):
            yield Money(middle, low.currency) if isinstance(low, Money) else middle


def _moved(value: Any, direction: int, step: Any) -> Iterator[Any]:
    """The neighbour of ``value``; none before the first day and after the last."""
    plain = bare(value)
    try:
        if isinstance(plain, Decimal):
            moved: Any = CONTEXT.add(plain, step) if direction > 0 else CONTEXT.subtract(plain, step)
        else:
            moved = plain + step if direction > 0 else plain - step
    except (OverflowError, ArithmeticError):
        return
    if moved != plain:
        yield Money(moved, value.currency) if isinstance(value, Money) else moved
