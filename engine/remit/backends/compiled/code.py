"""Pieces of code that count: what each gives, and how two are put together.

Wherever the size of a number can be bounded when the policy is loaded, it is a plain ``int``: a whole number of ``10**-scale``
(of smallest units, for money), so that ``stay.nightly_rate * 50%`` is one multiplication of integers. Beyond 33 digits, after a
division, and for facts that may have any number of decimals, numbers are ``int`` or ``Decimal`` and go through
:mod:`remit.backends.compiled.arithmetic`. Both ways are exact where the reference is, and round where it rounds.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from remit.backends.amounts import MOST
from remit.backends.compiled.building import constant, expression
from remit.language.values import CONTEXT

__all__ = ["Code", "NotCompiled", "all_of", "any_of", "combine", "compare", "either", "extreme", "fixed", "whole_amount"]

_MOST_DIGITS: Final = 33
_MOST_SCALE: Final = 9
_COMPARISONS: Final[Mapping[str, type[ast.cmpop]]] = {
    "=": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
}
_COMBINATIONS: Final[Mapping[str, tuple[type[ast.operator], str]]] = {
    "+": (ast.Add, "add"),
    "-": (ast.Sub, "subtract"),
    "*": (ast.Mult, "multiply"),
}
#: The nearest whole number to a positive count ``N`` of ``1/P``, where ``H`` is half of ``P``.
_ROUNDINGS: Final[Mapping[str, str]] = {
    "half up": "(N + H) // P",
    "half down": "-((H - N) // P)",
    "down": "N // P",
    "up": "-(-N // P)",
}


class NotCompiled(Exception):
    """This expression is left to the reference evaluator."""


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of code and what it gives. ``kind`` as in :class:`remit.language.types.Type`.

    ``digits`` bounds the length of a number that is surely an ``int``, of which ``10**scale`` make one; it is 0 where the
    number may be a ``Decimal``. ``most`` is an upper bound of the number, if one is known.
    """

    tree: ast.expr
    kind: str
    digits: int = 0
    scale: int = 0
    currency: str | None = None
    most: Decimal | None = None


def fixed(value: Decimal, kind: str, currency: str | None) -> Code | None:
    """A constant number as an integer; ``None`` where it is too long for that."""
    if not value:
        return Code(constant(0), kind, 1, 0, currency, Decimal(0))
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    while exponent < 0 and digits[-1] == 0:
        digits, exponent = digits[:-1], exponent + 1
    length = len(digits) + max(0, exponent)
    if length > 15 or -exponent > _MOST_SCALE:
        return None
    scale = max(0, -exponent)
    return Code(constant(int(CONTEXT.scaleb(value, scale))), kind, length, scale, currency, value)


def loose(code: Code) -> ast.expr:
    """The number as an ``int`` or ``Decimal`` of its own unit."""
    if code.scale == 0:
        return code.tree
    return expression("unscaled(N, SCALE)", N=code.tree, SCALE=constant(code.scale))


def _scaled(code: Code, scale: int) -> Code:
    """The same number, counted in ``10**-scale``."""
    more = scale - code.scale
    if not more:
        return code
    if isinstance(code.tree, ast.Constant) and isinstance(code.tree.value, int):
        tree: ast.expr = constant(code.tree.value * 10**more)
    else:
        tree = expression("N * FACTOR", N=code.tree, FACTOR=constant(10**more))
    return replace(code, tree=tree, scale=scale, digits=code.digits + more)


def _aligned(*codes: Code) -> Sequence[Code] | None:
    """The numbers counted in the same unit, as integers; ``None`` where that cannot be."""
    if not all(code.digits for code in codes):
        return None
    scale = max(code.scale for code in codes)
    out = [_scaled(code, scale) for code in codes]
    return out if max(code.digits for code in out) <= _MOST_DIGITS else None


def combine(op: str, left: Code, right: Code) -> Code:
    """``left op right`` for ``+``, ``-`` and ``*``. Raises :class:`NotCompiled` for kinds that do not go together."""
    kinds = {left.kind, right.kind}
    if op == "*":
        if not kinds <= {"money", "number"} or left.kind == right.kind == "money":
            raise NotCompiled
    elif kinds not in ({"money"}, {"number"}) or left.currency != right.currency:
        raise NotCompiled
    kind, currency = "money" if "money" in kinds else "number", left.currency or right.currency
    operator, function = _COMBINATIONS[op]
    if op == "*" and left.digits and right.digits:
        digits, scale = left.digits + right.digits, left.scale + right.scale
        if digits <= _MOST_DIGITS and scale <= _MOST_SCALE:
            return Code(ast.BinOp(left.tree, operator(), right.tree), kind, digits, scale, currency)
    aligned = _aligned(left, right) if op != "*" else None
    if aligned is not None:
        digits = max(code.digits for code in aligned) + 1
        if digits <= _MOST_DIGITS:
            tree = ast.BinOp(aligned[0].tree, operator(), aligned[1].tree)
            most = left.most + right.most if op == "+" and left.most is not None and right.most is not None else None
            return Code(tree, kind, digits, aligned[0].scale, currency, most)
    call = expression(f"{function}(LEFT, RIGHT)", LEFT=loose(left), RIGHT=loose(right))
    return Code(call, kind, currency=currency)


def compare(left: Code, op: str, right: Code) -> Code:
    """``left op right`` for the six comparisons."""
    same = {"text" if code.kind == "choice" else code.kind for code in (left, right)}
    if len(same) != 1 or left.currency != right.currency or (same == {"boolean"} and op not in ("=", "!=")):
        raise NotCompiled
    if same <= {"number", "money"}:
        first, second = (code.tree for code in aligned) if (aligned := _aligned(left, right)) else (loose(left), loose(right))
    else:
        first, second = left.tree, right.tree
    return Code(ast.Compare(first, [_COMPARISONS[op]()], [second]), "boolean")


def extreme(function: str, codes: Sequence[Code]) -> Code:
    """``min`` or ``max`` of numbers or money."""
    if len({(code.kind, code.currency) for code in codes}) != 1 or codes[0].kind not in ("number", "money"):
        raise NotCompiled
    known = [code.most for code in codes if code.most is not None]
    most = None
    if known and (function == "min" or len(known) == len(codes)):
        most = min(known) if function == "min" else max(known)
    aligned = _aligned(*codes)
    shape = aligned[0] if aligned else Code(codes[0].tree, codes[0].kind)
    trees = [code.tree for code in aligned] if aligned else [loose(code) for code in codes]
    tree = trees[0] if len(trees) == 1 else ast.Call(ast.Name(function, ast.Load()), trees, [])
    digits = max(code.digits for code in aligned) if aligned else 0
    return Code(tree, codes[0].kind, digits, shape.scale if aligned else 0, codes[0].currency, most)


def either(condition: ast.expr, yes: Code, no: Code) -> Code:
    """``yes if condition else no``."""
    if (yes.kind, yes.currency) != (no.kind, no.currency):
        raise NotCompiled
    most = max(yes.most, no.most) if yes.most is not None and no.most is not None else None
    aligned = _aligned(yes, no)
    if aligned:
        first, second = aligned
        digits = max(first.digits, second.digits)
        return Code(ast.IfExp(condition, first.tree, second.tree), yes.kind, digits, first.scale, yes.currency, most)
    if yes.kind in ("number", "money"):
        return Code(ast.IfExp(condition, loose(yes), loose(no)), yes.kind, currency=yes.currency, most=most)
    return Code(ast.IfExp(condition, yes.tree, no.tree), yes.kind)


def all_of(trees: Sequence[ast.expr]) -> Code:
    """Whether all hold."""
    return Code(trees[0] if len(trees) == 1 else ast.BoolOp(ast.And(), list(trees)), "boolean")


def any_of(trees: Sequence[ast.expr]) -> Code:
    """Whether one holds."""
    return Code(trees[0] if len(trees) == 1 else ast.BoolOp(ast.Or(), list(trees)), "boolean")


def whole_amount(code: Code, rounding: str) -> ast.expr:
    """The amount as a whole number, never below zero: step 8 of a decision. ``rounding`` is the policy's."""
    if code.kind == "boolean":
        return expression("1 if HELD else 0", HELD=code.tree)
    if not code.digits or code.digits > len(str(MOST)) - 1 or (code.scale and rounding not in _ROUNDINGS):
        return expression("whole(N, ROUNDING)", N=loose(code), ROUNDING=constant(rounding))
    if not code.scale:
        return expression("n if (n := N) > 0 else 0", N=code.tree)
    power = 10**code.scale
    nearest = expression(_ROUNDINGS[rounding], N="n", P=constant(power), H=constant(power // 2))
    return expression("NEAREST if (n := N) > 0 else 0", NEAREST=nearest, N=code.tree)
