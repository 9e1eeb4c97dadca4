"""Small makers of Python syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

__all__ = [
    "Constant",
    "Expression",
    "Name",
    "Statement",
    "all_of",
    "any_of",
    "assign",
    "binary",
    "call",
    "choose",
    "compare",
    "constant",
    "empty_list",
    "function",
    "give",
    "item",
    "method",
    "name",
    "negation",
    "negative",
    "padded",
    "row",
    "run",
    "text",
    "when",
    "while_",
]

Name = ast.Name
Constant = ast.Constant
Expression = ast.expr
Statement = ast.stmt

_BINARY: dict[str, type[ast.operator]] = {
    "+": ast.Add,
    "-": ast.Sub,
    "*": ast.Mult,
    "//": ast.FloorDiv,
    "%": ast.Mod,
    "&": ast.BitAnd,
    "|": ast.BitOr,
    "^": ast.BitXor,
}
_COMPARE: dict[str, type[ast.cmpop]] = {
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
    "==": ast.Eq,
    "!=": ast.NotEq,
    "in": ast.In,
    "not in": ast.NotIn,
    "is": ast.Is,
    "is not": ast.IsNot,
}


def name(of: str) -> ast.Name:
    """A name that is read."""
    return ast.Name(of, ast.Load())


def constant(value: Any) -> ast.Constant:
    """A constant."""
    return ast.Constant(value)


def binary(left: Expression, op: str, right: Expression) -> Expression:
    """``left op right``."""
    return ast.BinOp(left, _BINARY[op](), right)


def compare(left: Expression, *rest: Any) -> Expression:
    """``left op right op right ...``."""
    return ast.Compare(left, [_COMPARE[op]() for op in rest[::2]], list(rest[1::2]))


def all_of(parts: Sequence[Expression]) -> Expression:
    """``a and b``."""
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.And(), list(parts))


def any_of(parts: Sequence[Expression]) -> Expression:
    """``a or b``."""
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.Or(), list(parts))


def negation(of: Expression) -> Expression:
    """``not x``."""
    return ast.UnaryOp(ast.Not(), of)


def negative(of: Expression) -> Expression:
    """``-x``."""
    return ast.UnaryOp(ast.USub(), of)


def choose(test: Expression, yes: Expression, no: Expression) -> Expression:
    """``yes if test else no``."""
    return ast.IfExp(test, yes, no)


def call(function: str, *arguments: Expression) -> Expression:
    """``function(arguments)``."""
    return ast.Call(name(function), list(arguments), [])


def method(of: Expression, called: str, *arguments: Expression) -> Expression:
    """``of.called(arguments)``."""
    return ast.Call(ast.Attribute(of, called, ast.Load()), list(arguments), [])


def item(of: Expression, key: Expression) -> Expression:
    """``of[key]``."""
    return ast.Subscript(of, key, ast.Load())


def text(parts: Sequence[str | Expression]) -> Expression:
    """An f-string."""
    return ast.JoinedStr([_part(each) for each in parts])


def _part(part: str | Expression) -> Expression:
    if isinstance(part, str):
        return ast.Constant(part)
    return part if isinstance(part, ast.FormattedValue) else ast.FormattedValue(part, -1, None)


def assign(target: str, value: Expression) -> Statement:
    """``target = value``."""
    return ast.Assign([ast.Name(target, ast.Store())], value, lineno=1)


def when(test: Expression, body: Sequence[Statement], orelse: Sequence[Statement] = ()) -> Statement:
    """``if test: body else: orelse``."""
    return ast.If(test, list(body), list(orelse))


def while_(test: Expression, body: Sequence[Statement]) -> Statement:
    """``while test: body``."""
    return ast.While(test, list(body), [])


def empty_list() -> Expression:
    """``[]``."""
    return ast.List([], ast.Load())


def row(values: Sequence[Expression]) -> Expression:
    """A tuple."""
    return ast.Tuple(list(values), ast.Load())


def give(value: Expression) -> Statement:
    """``return value``."""
    return ast.Return(value)


def padded(value: Expression, digits: int) -> Expression:
    """A whole number with at least so many digits, as a part of an f-string."""
    return ast.FormattedValue(value, -1, ast.JoinedStr([ast.Constant(f"0{digits}")]))


def run(value: Expression) -> Statement:
    """An expression as a statement."""
    return ast.Expr(value)


def function(called: str, arguments: Sequence[str], body: Sequence[Statement], namespace: dict[str, Any]) -> Any:
    """The function with this body, made in ``namespace``."""
    parameters = ast.arguments([], [ast.arg(each) for each in arguments], None, [], [], None, [])
    tree = ast.Module([ast.FunctionDef(called, parameters, list(body), [], lineno=1)], [])
    exec(compile(ast.fix_missing_locations(tree), f"<remit {called}>", "exec"), namespace)
    return namespace[called]
