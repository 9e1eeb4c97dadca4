"""Small rewritings of typed trees: nothing here evaluates anything that reads a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from remit.language.calendars import Calendar
from remit.language.evaluator import evaluate
from remit.language.nodes import (
    And,
    Between,
    Call,
    Compare,
    Filter,
    In,
    Input,
    ListLiteral,
    Literal,
    Name,
    Node,
    Or,
    Quantified,
    RangeLiteral,
    children,
    walk,
)
from remit.language.values import Money, Months

__all__ = ["compares", "conjuncts", "fold", "rebuild", "with_input", "words_of"]

_COMPARING = (And, Or, Between, Compare, In, Input, ListLiteral, Literal, Name, RangeLiteral)
_PLAIN = (Decimal, str, bool, Money, date, timedelta, Months, type(None))


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """``node`` with every node directly below it put through ``change``."""
    changed: dict[str, Any] = {}
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, Node):
            changed[each.name] = change(value)
        elif isinstance(value, tuple) and each.name not in ("names", "span"):
            changed[each.name] = tuple(_item(item, change) for item in value)
    return replace(node, **changed) if changed else node


def _item(item: Any, change: Callable[[Node], Node]) -> Any:
    if isinstance(item, Node):
        return change(item)
    if isinstance(item, tuple):
        return tuple(_item(part, change) for part in item)
    return item


def fold(node: Node, calendars: Mapping[str, Calendar]) -> Node:
    """``node`` with every part that reads nothing replaced by its value: ``-5``, ``2 * 30 EUR``, ``50% + 10%``."""
    node = rebuild(node, lambda child: fold(child, calendars))
    if isinstance(node, Literal) or not _constant(node):
        return node
    value = evaluate(node, {}, calendars=calendars)
    return Literal(value, span=node.span, type=node.type) if isinstance(value, _PLAIN) else node


def _constant(node: Node) -> bool:
    return bool(next(children(node), None)) and all(
        not isinstance(each, Name | Input | Quantified | Filter) for each in walk(node)
    )


def conjuncts(node: Node) -> Iterator[Node]:
    """The parts of a conjunction, nested ones included; any other node is its own only part."""
    if isinstance(node, And):
        for operand in node.operands:
            yield from conjuncts(operand)
    else:
        yield node


def with_input(test: Node, tested: Node) -> Node:
    """A unary test as an expression: ``tested`` stands where the test reads its input."""
    if isinstance(test, Input):
        return tested
    if isinstance(test, In) and not isinstance(test.value, Input):
        return replace(test, value=with_input(test.value, tested))  # its own tests read its own value
    return rebuild(test, lambda child: with_input(child, tested))


def compares(test: Node) -> bool:
    """Whether ``test``, which reads one name, depends only on how that name's value compares with the constants in it."""
    return all(isinstance(each, _COMPARING) or (isinstance(each, Call) and each.function == "not") for each in walk(test))


def words_of(test: Node) -> frozenset[str] | None:
    """The words that ``test`` tells from all others; ``None`` where it does more with a text than compare it for equality."""
    if not compares(test) or any(
        isinstance(each, Between | RangeLiteral) or (isinstance(each, Compare) and each.op not in ("=", "!="))
        for each in walk(test)
    ):
        return None
    return frozenset(each.value for each in walk(test) if isinstance(each, Literal) and isinstance(each.value, str))
