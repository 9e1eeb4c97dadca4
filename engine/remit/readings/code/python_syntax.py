"""Small makers of Python syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, TypeVar, cast

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
    "call_of",
    "choose",
    "compare",
    "constant",
    "empty_list",
    "filled",
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
    "without_first",
]

Name = ast.Name
Constant = ast.Constant
Expression = ast.expr
Statement = ast.stmt


_Node = TypeVar("_Node", bound=ast.AST)


def _placed(kind: type[_Node]) -> type[_Node]:
    """The same kind of node, all of them on line 1: Python wants to know, and finding out afterwards takes long."""
    place = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}
    return cast(type[_Node], type(kind.__name__, (kind,), place))


_Name = _placed(ast.Name)
_Slice = _placed(ast.Slice)
_Constant = _placed(ast.Constant)
_BinOp = _placed(ast.BinOp)
_Compare = _placed(ast.Compare)
_BoolOp = _placed(ast.BoolOp)
_UnaryOp = _placed(ast.UnaryOp)
_IfExp = _placed(ast.IfExp)
_Call = _placed(ast.Call)
_Attribute = _placed(ast.Attribute)
_Subscript = _placed(ast.Subscript)
_JoinedStr = _placed(ast.JoinedStr)
_FormattedValue = _placed(ast.FormattedValue)
_Assign = _placed(ast.Assign)
_NamedExpr = _placed(ast.NamedExpr)
_If = _placed(ast.If)
_While = _placed(ast.While)
_Expr = _placed(ast.Expr)
_Return = _placed(ast.Return)
_List = _placed(ast.List)
_Tuple = _placed(ast.Tuple)
_FunctionDef = _placed(ast.FunctionDef)
_arg = _placed(ast.arg)

_BINARY: dict[str, type[ast.operator]] = {
    "+": ast.Add,
    "-": ast.Sub,
    "*": ast.Mult,
    "//": ast.FloorDiv,
    "%": ast.Mod,
    "&": ast.BitAnd,
    "|": ast.BitOr,
    "^": ast.BitXor,
    "<<": ast.LShift,
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
    return _Name(of, ast.Load())


def constant(value: Any) -> ast.Constant:
    """A constant."""
    return _Constant(value)


def binary(left: Expression, op: str, right: Expression) -> Expression:
    """``left op right``."""
    return _BinOp(left, _BINARY[op](), right)


def compare(left: Expression, *rest: Any) -> Expression:
    """``left op right op right ...``."""
    return _Compare(left, [_COMPARE[op]() for op in rest[::2]], list(rest[1::2]))


def all_of(parts: Sequence[Expression]) -> Expression:
    """``a and b``."""
    return parts[0] if len(parts) == 1 else _BoolOp(ast.And(), list(parts))


def any_of(parts: Sequence[Expression]) -> Expression:
    """``a or b``."""
    return parts[0] if len(parts) == 1 else _BoolOp(ast.Or(), list(parts))


def negation(of: Expression) -> Expression:
    """``not x``."""
    return _UnaryOp(ast.Not(), of)


def negative(of: Expression) -> Expression:
    """``-x``."""
    return _UnaryOp(ast.USub(), of)


def choose(test: Expression, yes: Expression, no: Expression) -> Expression:
    """``yes if test else no``."""
    return _IfExp(test, yes, no)


def call(function: str, *arguments: Expression) -> Expression:
    """``function(arguments)``."""
    return _Call(name(function), list(arguments), [])


def call_of(function: Expression, *arguments: Expression) -> Expression:
    """A call of what an expression gives."""
    return _Call(function, list(arguments), [])


def method(of: Expression, called: str, *arguments: Expression) -> Expression:
    """``of.called(arguments)``."""
    return _Call(_Attribute(of, called, ast.Load()), list(arguments), [])


def item(of: Expression, key: Expression) -> Expression:
    """``of[key]``."""
    return _Subscript(of, key, ast.Load())


def text(parts: Sequence[str | Expression]) -> Expression:
    """An f-string; what is an f-string itself becomes part of it."""
    out: list[Expression] = []
    for part in parts:
        for each in part.values if isinstance(part, ast.JoinedStr) else (part,):
            if isinstance(each, (str, ast.Constant)):
                word = str(each.value) if isinstance(each, ast.Constant) else each
                before = out.pop() if out and isinstance(out[-1], ast.Constant) else None
                out.append(_Constant(str(before.value) + word if isinstance(before, ast.Constant) else word))
            else:
                out.append(each if isinstance(each, ast.FormattedValue) else _FormattedValue(each, -1, None))
    return _JoinedStr(out)


def assign(target: str, value: Expression) -> Statement:
    """``target = value``."""
    return _Assign([_Name(target, ast.Store())], value)


def filled(target: str, value: Expression) -> Expression:
    """``target or (target := value)``."""
    return _BoolOp(ast.Or(), [name(target), _NamedExpr(_Name(target, ast.Store()), value)])


def when(test: Expression, body: Sequence[Statement], orelse: Sequence[Statement] = ()) -> Statement:
    """``if test: body else: orelse``."""
    return _If(test, list(body), list(orelse))


def while_(test: Expression, body: Sequence[Statement]) -> Statement:
    """``while test: body``."""
    return _While(test, list(body), [])


def without_first(of: Expression) -> Expression:
    """``of[1:]``."""
    return item(of, _Slice(constant(1), None, None))


def empty_list() -> Expression:
    """``[]``."""
    return _List([], ast.Load())


def row(values: Sequence[Expression]) -> Expression:
    """A tuple."""
    return _Tuple(list(values), ast.Load())


def give(value: Expression) -> Statement:
    """``return value``."""
    return _Return(value)


def padded(value: Expression, digits: int) -> Expression:
    """A whole number with at least so many digits, as a part of an f-string."""
    return _FormattedValue(value, -1, _JoinedStr([_Constant(f"0{digits}")]))


def run(value: Expression) -> Statement:
    """An expression as a statement."""
    return _Expr(value)


def function(called: str, arguments: Sequence[str], body: Sequence[Statement], namespace: dict[str, Any]) -> Any:
    """The function with this body, made in ``namespace``."""
    parameters = ast.arguments([], [_arg(each) for each in arguments], None, [], [], None, [])
    tree = ast.Module([_FunctionDef(called, parameters, list(body), [])], [])
    exec(compile(tree, f"<remit {called}>", "exec"), namespace)
    return namespace[called]
