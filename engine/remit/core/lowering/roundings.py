"""Roundings of ``number`` over ``over`` to a whole number, as terms: of amounts, and the functions of the language.

Each is exactly what its namesake in :mod:`remit.language.builtins.numeric` does, for positive and negative numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from remit.core.terms import Term, Terms
from remit.language.nodes import Call, Literal, Negate, Node

__all__ = ["FUNCTIONS", "ROUNDINGS", "Rounding", "places_of"]

Rounding: TypeAlias = Callable[[Terms, Term, int], Term]

#: To more decimals, or to larger powers of ten, nobody rounds.
_MOST_PLACES: Final = 20


def _quotient(T: Terms, factor: int, number: Term, plus: int, by: int) -> Term:
    return T.div(T.add(T.scale(factor, number), plus), by)


def _floor(T: Terms, number: Term, over: int) -> Term:
    return _quotient(T, 1, number, 0, over)


def _ceiling(T: Terms, number: Term, over: int) -> Term:
    return T.scale(-1, _quotient(T, -1, number, 0, over))


def _half_up(T: Terms, number: Term, over: int) -> Term:
    return _quotient(T, 2, number, over, 2 * over)


def _half_down(T: Terms, number: Term, over: int) -> Term:
    return T.scale(-1, _quotient(T, -2, number, over, 2 * over))


def _half_even(T: Terms, number: Term, over: int) -> Term:
    """Half up, and one less where that was half way to an odd number."""
    up = _half_up(T, number, over)
    tied = T.eq(T.add(T.scale(2, number), over), T.scale(2 * over, up))
    odd = T.eq(T.sub(up, T.scale(2, T.div(up, 2))), 1)
    return T.sub(up, T.ite(T.and_(tied, odd), 1, 0))


def _mirrored(above: Rounding, below: Rounding) -> Rounding:
    """``above`` from 0 on, and ``below``, its mirror image, for negative numbers."""

    def rounded(T: Terms, number: Term, over: int) -> Term:
        return T.ite(T.lt(number, 0), below(T, number, over), above(T, number, over))

    return rounded


#: From 0 on, by the name in a policy; below 0 only the sign is right.
ROUNDINGS: Final[Mapping[str, Rounding]] = {
    "half up": _half_up,
    "half down": _half_down,
    "half even": _half_even,
    "up": _ceiling,
    "down": _floor,
}

#: By the name of the function in the language, for all numbers.
FUNCTIONS: Final[Mapping[str, Rounding]] = {
    "decimal": _half_even,
    "floor": _floor,
    "ceiling": _ceiling,
    "round up": _mirrored(_ceiling, _floor),
    "round down": _mirrored(_floor, _ceiling),
    "round half up": _mirrored(_half_up, _half_down),
    "round half down": _mirrored(_half_down, _half_up),
}


def places_of(call: Call) -> int | None:
    """To how many decimals a call rounds (a fraction of that is cut off); ``None`` where that is no constant of usual size."""
    if call.function not in FUNCTIONS or call.names is not None or not call.arguments:
        return None
    places = 0 if len(call.arguments) == 1 else _constant(call.arguments[1])
    return places if places is not None and abs(places) <= _MOST_PLACES else None


def _constant(node: Node) -> int | None:
    match node:
        case Negate(operand=operand):
            inner = _constant(operand)
            return None if inner is None else -inner
        case Literal(value=Decimal() | int() as value) if not isinstance(value, bool):
            return int(value)
    return None
