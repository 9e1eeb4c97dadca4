"""Small rewritings of typed trees: nothing here evaluates anything that reads a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from remit.language.calendars import Calendar
from remit.language.evaluator import evaluate
from remit.language.nodes import And, Filter, In, Input, Literal, Name, Node, Quantified, children, walk
from remit.language.values import Money, Months

__all__ = ["conjuncts", "fold", "rebuild", "with_input"]

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
