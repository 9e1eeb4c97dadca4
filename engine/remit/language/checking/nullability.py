"""Which expressions may be null although all facts are known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from remit.language import nodes
from remit.language.builtins import BUILTINS
from remit.language.checking.replacements import constant, is_zero
from remit.language.checking.type_rules import is_open
from remit.language.evaluating.budget import ITEMS_OF_FACTS, Budget, is_long, longest, may_run_out, share
from remit.language.evaluating.sizes import may_be_too_large
from remit.language.fast_dataclass import dataclass
from remit.language.nodes import Node, children, walk
from remit.language.types import Kind, Type

__all__ = ["OF_SOME", "ROUNDINGS", "TOTAL", "TOTAL_FOR", "nullable"]

#: Never null. Left out on purpose: conversions of text, positions, what may leave the calendar, and what is only defined for
#: some numbers (``sqrt``, ``log``, ``modulo``; ``odd`` and ``even`` of very large ones).
TOTAL: Final = frozenset(
    (
        "not",
        "all",
        "any",
        "abs",
        "count",
        "contains",
        "starts with",
        "ends with",
        "string length",
        "upper case",
        "lower case",
        "substring before",
        "substring after",
        "string join",
        "list contains",
        "index of",
        "append",
        "concatenate",
        "union",
        "distinct values",
        "duplicate values",
        "reverse",
        "flatten",
        "string",
    )
)

#: Never null for arguments of these kinds.
_POINTS: Final = frozenset[Kind](("date", "date-time"))
TOTAL_FOR: Final[Mapping[str, frozenset[Kind]]] = {
    "date": _POINTS,
    "time": _POINTS | {"time"},
    "date and time": _POINTS | {"time"},
    "number": frozenset(("number",)),
    **dict.fromkeys(("day of year", "day of week", "month of year", "week of year"), _POINTS),
}

#: Never null if the scale is left out or a constant.
ROUNDINGS: Final = frozenset(("decimal", "floor", "ceiling", "round up", "round down", "round half up", "round half down"))

#: Never null for at least one number, amount of money, or other value with an order.
OF_SOME: Final = frozenset(("min", "max", "sum", "mean", "median"))


#: Of these some values name their offset from UTC and some do not; the two cannot be compared.
_ZONED: Final[frozenset[Kind]] = frozenset(("time", "date-time"))
#: Properties that not every value has.
_UNSURE: Final = frozenset(("time offset", "timezone", "start", "end"))


def nullable(
    node: Node, nullable_names: Collection[str] = (), *, input_nullable: bool = False, budget: Budget | None = None
) -> bool:
    """Whether ``node`` may evaluate to null (or to a list or range that holds one) although all facts are known.

    ``node`` has been checked without problems. ``nullable_names`` are the names in scope that may themselves be null (a value
    from a table without ``otherwise``); ``input_nullable`` says the same of what a unary test tests; ``budget`` is that of
    each loop and call. The answer is on the safe side: ``False`` is a promise, ``True`` is not. Only numbers that outgrow the
    decimals (10 to the power 6144) are left out of account.

    >>> from decimal import Decimal
    >>> from remit.language.nodes import Arithmetic, Literal, Name
    >>> from remit.language.types import NUMBER
    >>> amount, two = Name("amount", type=NUMBER), Literal(Decimal(2), type=NUMBER)
    >>> nullable(Arithmetic("/", amount, two)), nullable(Arithmetic("/", two, amount))
    (False, True)
    """
    return _Question(frozenset(nullable_names), input_nullable, budget or share()).asks(node)


@dataclass(frozen=True, slots=True)
class _Question:
    names: frozenset[str]
    input: bool
    budget: Budget

    def asks(self, node: Node) -> bool:
        rule = _RULES.get(type(node))
        if rule is not None:
            return rule(self, node) or may_be_too_large(node)
        return self.any_below(node) or may_be_too_large(node)

    def any_below(self, node: Node) -> bool:
        return any(self.asks(child) for child in children(node)) or _untyped(*children(node))


def _untyped(*parts: Node) -> bool:
    return any(is_open(part.type) for part in parts)


def _zoned(of: Type) -> bool:
    """Whether a comparison of such values may have no answer."""
    if of.kind in ("list", "range"):
        return of.element is None or _zoned(of.element)
    return of.kind in _ZONED or (of.kind == "money" and of.currency is None)


def _literal(_: _Question, node: nodes.Literal) -> bool:
    return node.value is None


def _name(question: _Question, node: nodes.Name) -> bool:
    return node.name in question.names


def _input(question: _Question, node: nodes.Input) -> bool:
    return question.input


def _arithmetic(question: _Question, node: nodes.Arithmetic) -> bool:
    if question.any_below(node) or node.op == "**" or (node.op == "/" and not _divides(node.right)):
        return True
    kinds = {node.left.type.kind, node.right.type.kind}
    if kinds <= {"number", "money", "months", "text", "choice"}:
        return any(_zoned(part.type) for part in (node.left, node.right))
    if node.op == "-" and kinds == {"date"}:
        return False
    return node.type.kind != "number"  # dates and durations may leave the calendar


def _divides(node: Node) -> bool:
    """Whether ``node`` is a constant that is not zero."""
    return constant(node) is not None and not is_zero(node)


def _negate(question: _Question, node: nodes.Negate) -> bool:
    return node.operand.type.kind == "duration" or question.any_below(node)


def _compare(question: _Question, node: nodes.Compare) -> bool:
    parts = (node.left, node.right)
    if _untyped(*parts) or any(_zoned(part.type) for part in parts):
        return True
    return node.op not in ("=", "!=") and question.any_below(node)  # null is equal to null, and to nothing else


def _compares_all(question: _Question, node: Node) -> bool:
    return question.any_below(node) or any(_zoned(part.type) for part in children(node))


def _in(question: _Question, node: nodes.In) -> bool:
    return question.asks(node.value) or _compares_all(replace(question, input=False), node)


def _if(question: _Question, node: nodes.If) -> bool:
    return question.asks(node.yes) or question.asks(node.no)  # a null condition takes `else`


def _call(question: _Question, node: nodes.Call) -> bool:
    builtin = BUILTINS.get(node.function)
    if builtin is None:
        return True
    values = [constant(argument) for argument in node.arguments]
    known = [found[0] for found in values if found is not None]
    if len(known) == len(values) and not builtin.needs_calendars:
        return builtin.run(*known, names=node.names) is None
    if question.any_below(node) or _is_costly(node, question.budget):
        return True
    if node.function in ROUNDINGS:
        return len(node.arguments) > 1 and constant(node.arguments[1]) is None
    if node.function in TOTAL_FOR:
        return not {argument.type.kind for argument in node.arguments} <= TOTAL_FOR[node.function]
    return not _of_some(node) if node.function in OF_SOME else node.function not in TOTAL


def _is_costly(node: nodes.Call, budget: Budget) -> bool:
    """Whether reading the lists that it is given may take more steps than a call has."""
    lists = (longest(each) for each in node.arguments if each.type.kind in ("list", "any"))
    return sum(items for items in lists if items > ITEMS_OF_FACTS) > budget.steps


def _of_some(node: nodes.Call) -> bool:
    """Whether a call that needs at least one value has one, of a kind that always compares and adds up."""
    first = node.arguments[0]
    if isinstance(first, nodes.ListLiteral):
        return bool(first.items) and all(_adds_up(node.function, item.type) for item in first.items)
    return first.type.kind != "list" and all(_adds_up(node.function, each.type) for each in node.arguments)


def _adds_up(function: str, of: Type) -> bool:
    always = {"number", "money", "months"} | ({"date", "duration"} if function in ("min", "max") else set())
    return of.kind in always and not _zoned(of)


def _quantified(question: _Question, node: nodes.Quantified) -> bool:
    names = question.names
    for name, source in node.bindings:
        inner = replace(question, names=names)
        names = names | {name} if inner.asks(source) or _has_long(source) else names - {name}
    bound = {name for name, _ in node.bindings}
    if names & bound or replace(question, names=names).asks(node.condition) or _untyped(*children(node)):
        return True
    return may_run_out(node, question.budget)


def _has_long(node: Node) -> bool:
    """Whether a list or text in ``node`` may be longer than those of facts."""
    return any(is_long(each) for each in walk(node))


def _filter(question: _Question, node: nodes.Filter) -> bool:
    if node.condition.type.kind != "boolean" or question.asks(node.source) or _untyped(node.source):
        return True
    return _has_long(node.source) or may_run_out(node, question.budget)


def _path(question: _Question, node: nodes.Path) -> bool:
    return node.name in _UNSURE or question.any_below(node)


_RULES: Final[Mapping[type[Node], Callable[[_Question, Any], bool]]] = {
    nodes.Literal: _literal,
    nodes.Name: _name,
    nodes.Input: _input,
    nodes.Arithmetic: _arithmetic,
    nodes.Negate: _negate,
    nodes.Compare: _compare,
    nodes.Between: _compares_all,
    nodes.In: _in,
    nodes.If: _if,
    nodes.Call: _call,
    nodes.Quantified: _quantified,
    nodes.Filter: _filter,
    nodes.Path: _path,
    nodes.InstanceOf: lambda _, node: False,  # null is of no type
    nodes.ContextLiteral: lambda _, node: True,  # an entry may be
    nodes.For: lambda _, node: True,
    nodes.Invocation: lambda _, node: True,
}
