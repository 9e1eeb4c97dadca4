"""Typed trees, put together and changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from remit.language.evaluating.budget import PATTERNS, Budget, is_long, share
from remit.language.nodes import (
    And,
    Call,
    Filter,
    For,
    FunctionLiteral,
    In,
    Input,
    Invocation,
    Name,
    Node,
    Or,
    Quantified,
    changed,
    children,
    names_in,
    parts_of,
    walk,
)
from remit.language.source import Source
from remit.language.types import BOOLEAN, Type
from remit.policy.model import Dated, Expression, Formula, Model, Table

__all__ = [
    "all_of",
    "any_of",
    "applied",
    "budget_of",
    "conjunction",
    "long_values",
    "nullable_values",
    "reads",
    "replaced",
    "shifted",
]


def shifted(node: Node, by: int) -> Node:
    """``node`` as it stands ``by`` characters further on."""
    start, end = node.span
    return _rebuilt(node, lambda child: shifted(child, by), span=(start + by, end + by))


def applied(test: Node, name: str, of: Type) -> Node:
    """A unary test as a condition on the value called ``name``: it stands where the test says :class:`Input`."""
    if isinstance(test, Input):
        return Name(name, span=test.span, type=of)
    if isinstance(test, In):  # inside its tests, `?` is what *they* test
        return changed(test, value=applied(test.value, name, of))
    return _rebuilt(test, lambda child: applied(child, name, of))


def replaced(node: Node, by: Mapping[str, Node]) -> Node:
    """``node`` with other nodes in the places of some names."""
    if isinstance(node, Name) and node.name in by:
        return changed(by[node.name], span=node.span)
    return _rebuilt(node, lambda child: replaced(child, by))


def conjunction(conditions: list[Node]) -> Node:
    """All of ``conditions`` as one."""
    return conditions[0] if len(conditions) == 1 else And(tuple(conditions), type=BOOLEAN)


class Reads:
    """Says which names a node of one policy reads, those that values are worked out from too. Each value is read once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._of_value: dict[str, frozenset[str]] = {}

    def __call__(self, node: Node) -> frozenset[str]:
        direct = names_in(node)
        return direct.union(*(self._below(name) for name in direct if name in self.model.values))

    def _below(self, value: str) -> frozenset[str]:
        found = self._of_value.get(value)
        if found is None:
            found = frozenset[str]().union(*(self(each.node) for each in self.model.values[value].expressions()))
            self._of_value[value] = found
        return found


def reads(model: Model, node: Node) -> frozenset[str]:
    """As :class:`Reads`, for one node."""
    return Reads(model)(node)


def nullable_values(model: Model) -> frozenset[str]:
    """The named values that may be null though all facts are known; on the safe side, as
    :func:`remit.language.checking.nullability.nullable`."""
    always = {"requested"} if model.reads_requested else set[str]()
    found = long = long_values(model) | always
    budget = budget_of(model)
    while True:
        more = long | {name for name, value in model.values.items() if _may_be_null(value.definition, found, budget)}
        if more == found:
            return found
        found = more


def long_values(model: Model) -> frozenset[str]:
    """The named values that may be lists or texts longer than those of facts: going through one may take too many steps."""
    nodes = {name: [each.node for each in _outputs(value.definition)] for name, value in model.values.items()}
    found: frozenset[str] = frozenset()
    while True:
        more = frozenset(name for name, some in nodes.items() if any(_may_be_long(each, found) for each in some))
        if more == found:
            return found
        found = more


def _may_be_long(node: Node, names: frozenset[str]) -> bool:
    return node.type.kind in ("list", "text") and (any(map(is_long, walk(node))) or not names.isdisjoint(names_in(node)))


def budget_of(model: Model) -> Budget:
    """The budget of each loop and costly call of a policy: an equal share of that of a decision. Where the role is read, each
    is evaluated for each role."""
    if not model.budget:
        long, nodes = long_values(model), [each.node for each in model.expressions()]
        costly = sum(_costly(each, long) for each in nodes)
        names = frozenset[str]().union(*map(names_in, nodes)) if costly else frozenset[str]()
        times = len(model.ladder) if "employee.role" in names else 1
        tried = any(name.startswith("asked.") for name in names)
        model.budget.append(share(costly * times, tried=tried))
    return model.budget[0]


def _costly(node: Node, long: frozenset[str]) -> int:
    """How many loops in no other, and calls outside loops that take steps, are in ``node``."""
    match node:
        case Filter() | For() | Invocation() | Quantified():
            return 1
        case FunctionLiteral():
            return 0  # its calls are counted
        case Call(function=function, arguments=arguments):
            reads = any(each.type.kind in ("function", "any") or _may_be_long(each, long) for each in arguments)
            return (reads or function in PATTERNS) + sum(_costly(each, long) for each in arguments)
    return sum(_costly(each, long) for each in children(node))


def _outputs(definition: Formula | Table | Dated) -> list[Expression]:
    match definition:
        case Formula(expression):
            return [expression]
        case Dated(entries=entries):
            return [entry for _, entry in entries]
    return [*(row.output for row in definition.rows), *([definition.otherwise] if definition.otherwise is not None else [])]


def _may_be_null(definition: Formula | Table | Dated, names: frozenset[str], budget: Budget) -> bool:
    from remit.language.checking.nullability import nullable  # one decision does without

    match definition:
        case Formula(expression):
            return nullable(expression.node, names, budget=budget)
        case Dated():
            return True
        case Table(hit=hit, otherwise=otherwise):
            sure = hit in ("first", "priority") and otherwise is not None
            return not sure or any(nullable(each.node, names, budget=budget) for each in _outputs(definition))


def all_of(parts: list[Expression]) -> Expression:
    """Several conditions as one, each in brackets so that the text keeps its meaning."""
    return _joined(parts, And, " and ", "()") if len(parts) > 1 else parts[0]


def any_of(parts: list[Expression]) -> Expression:
    """Several unary tests as one, with commas between."""
    return _joined(parts, Or, ", ", "") if len(parts) > 1 else parts[0]


def _joined(parts: list[Expression], node: type[And] | type[Or], between: str, brackets: str) -> Expression:
    """The source of the whole has the texts of all; what stands between them is placed beside them."""
    text = ""
    offsets: list[int] = []
    nodes: list[Node] = []
    opening, closing = brackets[:1], brackets[1:]
    for part in parts:
        if text:
            text += between
            offsets += [offsets[-1]] * len(between)
        own = list(part.source.offsets or range(len(part.text)))
        nodes.append(shifted(part.node, len(text) + len(opening)))
        text += opening + part.text + closing
        offsets += own[:1] * len(opening) + own + own[-1:] * len(closing)
    whole = node(tuple(nodes), span=(0, len(text)), type=BOOLEAN)
    return Expression(whole, Source(text, parts[0].source.document, offsets))


def _rebuilt(node: Node, change: Callable[[Node], Node], **more: Any) -> Node:
    """``node`` with every node directly below it changed."""
    for name in parts_of(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            more[name] = change(value)
        elif isinstance(value, tuple) and value:
            more[name] = tuple(_changed(item, change) for item in value)
    return changed(node, **more) if more else node


def _changed(item: Any, change: Callable[[Node], Node]) -> Any:
    if isinstance(item, Node):
        return change(item)
    return tuple(_changed(part, change) for part in item) if isinstance(item, tuple) else item
