"""Terms: what an answer is worked out from, as a graph that shares what is equal and folds what is known.

About twenty kinds. Sorts are ``b`` (true or false), ``i`` (a whole number), ``s`` (text) and ``x`` (any other value, only
handed on). Every reading of a policy other than the definition is a fold over terms.

=========  ==========================================================================================================
kind       what it is
=========  ==========================================================================================================
const      ``value``
var        the value of the name in ``value``; the declared bounds are its ``low`` and ``high``
sum        ``value`` is (coefficients, constant): a weighted sum of whole numbers
mul        the product of two whole numbers
div        the quotient by the constant ``value``, rounded down
min, max   of whole numbers
in         whether the argument lies in the region ``value``
same       whether two texts are equal
and or not of truth values
ite        if, then, else; of any sort
best       ``args`` are (holds, amount) pairs, ``value`` their numbers: the greatest amount among those that hold, and 0
least      the same with a start first: the least amount among those that hold, and the start
amount     of a ``best`` or ``least``: what was found
winner     of a ``best`` or ``least``: the number of the first pair that has it, -1 where none does
pick       the place of the first argument that holds, -1 where none does; ``value`` ``unique``: their count where several do
at         ``args[1:]`` by the place ``args[0]``; the last is for -1
look       the constant ``value`` at the place in the argument; the last one is for -1
has        whether the set in the argument has ``value``
bits       the bits that are set in any of the arguments
meets      whether the argument has any of the bits ``value``
favours    whether a piece that waits for the facts whose bits these are is read in the customer's favour; ``value`` is whether
           the piece widens
call       ``value`` called with the arguments: anything outside these kinds
cat        texts one after another
money      whole units as text of money; ``value`` is (digits, currency)
digits     a whole number as text
quote      a text as JSON
listing    ``args`` are (holds, number, text) triples, ``value`` their groups: the texts that hold, with commas; of those
           with the same number in the same group the first
=========  ==========================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

__all__ = ["BOUNDS", "Term", "every_term"]


class Term:
    """One node. Terms of one :class:`Terms` are the same object where they are equal."""

    __slots__ = ("args", "high", "kind", "low", "number", "optional", "sort", "value")

    kind: str
    args: tuple[Term, ...]
    value: Any
    sort: str
    #: The lowest and highest whole number that it can be, as far as that is known.
    low: int | None
    high: int | None
    #: Whether the value may be missing; only variables are.
    optional: bool
    number: int

    def __repr__(self) -> str:
        parts = [repr(self.value)] if self.value is not None else []
        return f"{self.kind}({', '.join([*parts, *map(repr, self.args)])})"


def every_term(*roots: Term) -> Iterator[Term]:
    """The terms that others are made of, and these themselves, each once."""
    seen, waiting = set[Term](), [*roots]
    while waiting:
        term = waiting.pop()
        if term not in seen:
            seen.add(term)
            waiting += term.args
            yield term


# The lowest and highest whole number that a term can be, from the bounds of its variables alone


def _plus(values: Iterable[int | None]) -> int | None:
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _sum_bounds(term: Term) -> tuple[int | None, int | None]:
    weights, total = term.value

    def end(low: bool) -> int | None:
        ends = []
        for weight, each in zip(weights, term.args, strict=True):
            bound = each.low if (weight > 0) == low else each.high
            ends.append(None if bound is None else weight * bound)
        return _plus((*ends, total))

    return end(True), end(False)


def _mul_bounds(term: Term) -> tuple[int | None, int | None]:
    a, b = term.args
    if None not in (a.low, a.high, b.low, b.high):
        corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]  # type: ignore[operator]
        return min(corners), max(corners)
    if a.low is not None and a.low >= 0 and b.low is not None and b.low >= 0:
        return a.low * b.low, None
    return None, None


def _div_bounds(term: Term) -> tuple[int | None, int | None]:
    of = term.args[0]
    return (None if of.low is None else of.low // term.value), (None if of.high is None else of.high // term.value)


def _extremes(pick: Callable[[Iterable[int]], int], ends: Sequence[int | None], *, some: bool) -> int | None:
    known = [each for each in ends if each is not None]
    return pick(known) if known and (some or len(known) == len(ends)) else None


def _min_bounds(term: Term) -> tuple[int | None, int | None]:
    lows, highs = [each.low for each in term.args], [each.high for each in term.args]
    return _extremes(min, lows, some=False), _extremes(min, highs, some=True)


def _max_bounds(term: Term) -> tuple[int | None, int | None]:
    lows, highs = [each.low for each in term.args], [each.high for each in term.args]
    return _extremes(max, lows, some=True), _extremes(max, highs, some=False)


def _branches(term: Term) -> tuple[int | None, int | None]:
    lows, highs = [each.low for each in term.args[1:]], [each.high for each in term.args[1:]]
    return _extremes(min, lows, some=False), _extremes(max, highs, some=False)


def _amount_bounds(term: Term) -> tuple[int | None, int | None]:
    node = term.args[0]
    if node.kind == "best":
        return 0, _extremes(max, [0, *(each.high for each in node.args[1::2])], some=False)
    if node.kind != "least":
        return None, None  # of a reading's own kind, which says its bounds
    ends = (node.args[0], *node.args[2::2])
    return _extremes(min, [each.low for each in ends], some=False), node.args[0].high


#: By kind of term.
BOUNDS: Final[Mapping[str, Callable[[Term], tuple[int | None, int | None]]]] = {
    "const": lambda term: (term.value, term.value) if type(term.value) is int else (None, None),
    "sum": _sum_bounds,
    "mul": _mul_bounds,
    "div": _div_bounds,
    "min": _min_bounds,
    "max": _max_bounds,
    "ite": _branches,
    "at": _branches,
    "amount": _amount_bounds,
    "winner": lambda term: (-1, max(term.args[0].value) if isinstance(term.args[0].value, tuple) else None),
    "pick": lambda term: (-1, len(term.args) - (0 if term.value else 1)),
}
