"""Operators and functions, from typed trees to code: what is compiled natively. All else the reference evaluates."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, Protocol

from remit.backends.compiled.building import expression
from remit.backends.compiled.code import Code, NotCompiled, all_of, any_of, combine, compare, either, extreme, loose
from remit.backends.compiled.trees import with_input
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
    Negate,
    Node,
    Or,
    RangeLiteral,
    walk,
)

__all__ = ["BUILDERS", "Builds"]


class Builds(Protocol):
    """What an operator needs of the compiler: the code of its operands."""

    def part(self, node: Node) -> Code:
        """The code for an operand."""

    def boolean(self, node: Node) -> ast.expr:
        """The code for an operand that is surely true or false."""

    def folded(self, node: Node) -> Node:
        """A tree that was just made, with its constant parts worked out."""


def _arithmetic(of: Builds, node: Node) -> Code:
    assert isinstance(node, Arithmetic)
    left, right = of.part(node.left), of.part(node.right)
    if node.op == "/":
        return _divide(left, right)
    if node.op == "**":
        raise NotCompiled
    return combine(node.op, left, right)


def _divide(left: Code, right: Code) -> Code:
    kinds = left.kind, right.kind
    if kinds not in (("number", "number"), ("money", "number"), ("money", "money")) or (
        kinds == ("money", "money") and left.currency != right.currency
    ):
        raise NotCompiled
    kind = "money" if right.kind == "number" and left.kind == "money" else "number"
    tree = expression("divide(LEFT, RIGHT)", LEFT=loose(left), RIGHT=loose(right))
    return Code(tree, kind, currency=left.currency if kind == "money" else None)


def _negate(of: Builds, node: Node) -> Code:
    assert isinstance(node, Negate)
    code = of.part(node.operand)
    if code.kind not in ("number", "money"):
        raise NotCompiled
    return replace(code, tree=expression("negate(N)", N=code.tree), most=None)


def _comparison(of: Builds, node: Node) -> Code:
    assert isinstance(node, Compare)
    return compare(of.part(node.left), node.op, of.part(node.right))


def _between(of: Builds, node: Node) -> Code:
    assert isinstance(node, Between)
    value = of.part(node.value)
    low = compare(value, ">=", of.part(node.low))
    return all_of([low.tree, compare(value, "<=", of.part(node.high)).tree])


def _and(of: Builds, node: Node) -> Code:
    assert isinstance(node, And)
    return all_of([of.boolean(each) for each in node.operands])


def _or(of: Builds, node: Node) -> Code:
    assert isinstance(node, Or)
    return any_of([of.boolean(each) for each in node.operands])


def _if(of: Builds, node: Node) -> Code:
    assert isinstance(node, If)
    return either(of.boolean(node.condition), of.part(node.yes), of.part(node.no))


def _in(of: Builds, node: Node) -> Code:
    assert isinstance(node, In)
    value = of.part(node.value)
    return any_of([_membership(of, node.value, value, test).tree for test in node.tests])


def _membership(of: Builds, tested: Node, value: Code, test: Node) -> Code:
    match test:
        case RangeLiteral():
            ends = []
            if test.low is not None:
                ends.append(compare(value, ">=" if test.low_closed else ">", of.part(test.low)))
            if test.high is not None:
                ends.append(compare(value, "<=" if test.high_closed else "<", of.part(test.high)))
            if not ends:
                raise NotCompiled
            return all_of([end.tree for end in ends])
        case ListLiteral(items=items):
            each = [_membership(of, tested, value, item) for item in items]
            if not each:
                raise NotCompiled
            return any_of([one.tree for one in each])
        case _ if any(isinstance(each, Input) for each in walk(test)):
            return of.part(of.folded(with_input(test, tested)))
        case _:
            return compare(value, "=", of.part(test))


def _call(of: Builds, node: Node) -> Code:
    assert isinstance(node, Call)
    if node.names is not None:
        raise NotCompiled
    arguments = node.arguments
    if node.function == "not" and len(arguments) == 1:
        return Code(ast.UnaryOp(ast.Not(), of.boolean(arguments[0])), "boolean")
    if node.function in ("min", "max"):
        if len(arguments) == 1 and isinstance(arguments[0], ListLiteral):
            arguments = arguments[0].items
        return extreme(node.function, [of.part(each) for each in arguments])
    if node.function in ("floor", "ceiling", "abs") and len(arguments) == 1:
        code = of.part(arguments[0])
        if code.kind != "number" and not (code.kind == "money" and node.function == "abs"):
            raise NotCompiled
        if node.function == "abs":
            return replace(code, tree=expression("absolute(N)", N=code.tree), most=None)
        return code if code.digits and not code.scale else Code(expression(f"{node.function}(N)", N=loose(code)), "number")
    raise NotCompiled


BUILDERS: Final[Mapping[type[Node], Callable[[Builds, Node], Code]]] = {
    Arithmetic: _arithmetic,
    Negate: _negate,
    Compare: _comparison,
    Between: _between,
    And: _and,
    Or: _or,
    If: _if,
    In: _in,
    Call: _call,
}
