"""Constants, conditions, branches, lists, filters, ``some`` and ``every``."""

from __future__ import annotations

from typing import Final

from remit.language.checking.context import Checking, failed, typed
from remit.language.checking.hints import constant, instead
from remit.language.checking.rules import element_of, join, type_of
from remit.language.checking.words import a_type, quoted
from remit.language.instances import TYPE_NAMES
from remit.language.nodes import (
    And,
    Filter,
    If,
    InstanceOf,
    ListLiteral,
    Literal,
    Node,
    Or,
    Quantified,
)
from remit.language.suggestions import closest
from remit.language.types import ANY, BOOLEAN, DATE, INTEGER, Type, list_of

__all__ = [
    "check_filter",
    "check_if",
    "check_instance",
    "check_list",
    "check_literal",
    "check_logic",
    "check_quantified",
    "condition",
]

#: What facts are declared with -> what the standard calls it.
_TYPE_WORDS: Final = {
    "text": "string",
    "choice": "string",
    "integer": "number",
    "date-time": "date and time",
    "duration": "days and time duration",
    "months": "years and months duration",
}

#: The name that a filter gives to the item that is looked at.
_ITEM: Final = "item"


def check_literal(checking: Checking, node: Literal) -> Node:
    """A constant has the type of its value."""
    return typed(node, type_of(node.value))


def condition(checking: Checking, node: Node, what: str = "a condition") -> bool:
    """Whether ``node`` is true or false (or null); if not, that is reported."""
    if node.type.kind in ("boolean", "any", "null"):
        return True
    hint = instead(checking, node, BOOLEAN) or _condition_hint(checking, node)
    message = f"{what} must be true or false, but {checking.name(node)} is {a_type(node.type)}"
    checking.report("types/condition", message, node, hint)
    return False


def _condition_hint(checking: Checking, node: Node) -> str | None:
    text = checking.text(node)
    if constant(node) is not None or not text:
        return None
    match node.type.kind:
        case "number" | "money" | "duration" | "months":
            zeros = {"money": f"0 {node.type.currency or 'EUR'}", "duration": "0 days", "months": "0 months"}
            return f"compare it with something: `{text} > {zeros.get(node.type.kind, '0')}`"
        case "choice":
            return f'compare it with a word: `{text} = "{node.type.choices[0]}"`' if node.type.choices else None
        case "list":
            return f"ask how many it holds: `count({text}) > 0`"
        case _:
            return "compare it with something"


def check_logic(checking: Checking, node: And | Or) -> Node:
    """``and`` and ``or`` join conditions."""
    operands = tuple(checking.infer(operand) for operand in node.operands)
    word = "and" if isinstance(node, And) else "or"
    fine = [condition(checking, operand, f"each side of `{word}`") for operand in operands]
    return typed(node, BOOLEAN, operands=operands) if all(fine) else failed(node, operands=operands)


def check_if(checking: Checking, node: If) -> Node:
    """The condition is true or false, and both branches are of one type."""
    test, yes, no = (checking.infer(part) for part in (node.condition, node.yes, node.no))
    condition(checking, test, "what follows `if`")
    parts = {"condition": test, "yes": yes, "no": no}
    result = join(yes.type, no.type)
    if result is not None:
        return typed(node, result, **parts)
    message = f"`then` gives {a_type(yes.type)}, but `else` gives {a_type(no.type)}"
    checking.report("types/branches", message, _unlike(yes, no) or node, _branch_hint(checking, yes, no))
    return failed(node, **parts)


def _unlike(yes: Node, no: Node) -> Node | None:
    """The branch that is the easier to change: the constant one, or else the last."""
    return yes if constant(yes) is not None and constant(no) is None else no


def _branch_hint(checking: Checking, yes: Node, no: Node) -> str | None:
    pairs = ((yes, no), (no, yes)) if _unlike(yes, no) is yes else ((no, yes), (yes, no))
    hints = (instead(checking, one, other.type) for one, other in pairs if constant(one) is not None)
    if yes.type.kind == no.type.kind == "money":
        return "both branches must be in one currency"
    return next((hint for hint in hints if hint), "both branches must be of one type")


def check_list(checking: Checking, node: ListLiteral) -> Node:
    """The items are of one type."""
    items = tuple(checking.infer(item) for item in node.items)
    element = Type("null")
    for item in items:
        joined = join(element, item.type)
        if joined is None:
            first = next(each for each in items if each.type.kind != "null")
            message = f"{checking.name(first)} is {a_type(first.type)}, but {checking.name(item)} is {a_type(item.type)}"
            hint = instead(checking, item, first.type) or "the items of a list are of one type"
            checking.report("types/mixed-list", message, item, hint)
            return failed(node, items=items)
        element = joined
    return typed(node, list_of(element), items=items)


def check_filter(checking: Checking, node: Filter) -> Node:
    """``list[position]`` or ``list[condition on item]``."""
    source = checking.infer(node.source)
    if source.type.kind not in ("list", "any", "null"):
        message = f"{checking.name(source)} is {a_type(source.type)}: only a list has items"
        checking.report("types/not-a-list", message, source, instead(checking, source, list_of(ANY)))
        source = failed(source)
    element = element_of(source.type) if source.type.kind == "list" else ANY
    inner = checking.with_names({_ITEM: element})
    test = inner.infer(node.condition)
    parts = {"source": source, "condition": test}
    match test.type.kind:
        case "any":
            return failed(node, **parts)
        case "boolean":
            return typed(node, source.type, **parts)
        case "number":
            return typed(node, element, **parts) if _position(checking, test) else failed(node, **parts)
    message = f"a filter is a position or a condition on `item`, but {checking.name(test)} is {a_type(test.type)}"
    checking.report("types/condition", message, test, f"`item = {checking.text(test)}` keeps the items that are equal to it")
    return failed(node, **parts)


def _position(checking: Checking, node: Node) -> bool:
    found = constant(node)
    if not node.type.integer:
        message = f"a position in a list is a whole number, but {checking.name(node)} may have decimals"
        checking.report("types/position", message, node, "round it: " + f"`floor({checking.text(node)})`")
        return False
    if found is not None and found[0] == 0:
        checking.report("types/position", "no item stands at `0`", node, "the first is `1`, the last is `-1`")
        return False
    return True


def check_quantified(checking: Checking, node: Quantified) -> Node:
    """Each name goes through a list; the condition is true or false."""
    inner = checking
    bindings: list[tuple[str, Node]] = []
    for name, each in node.bindings:
        source = inner.infer(each)
        if not _can_be_gone_through(source.type):
            message = f"`{node.kind}` goes through a list, but {checking.name(source)} is {a_type(source.type)}"
            checking.report("types/not-a-list", message, source, instead(checking, source, list_of(ANY)))
            source = failed(source)
        element = ANY if source.type.kind in ("any", "null") else element_of(source.type)
        inner = inner.with_names({name: element})
        bindings.append((name, source))
    test = inner.infer(node.condition)
    condition(inner, test, "what follows `satisfies`")
    return typed(node, BOOLEAN, bindings=tuple(bindings), condition=test)


def _can_be_gone_through(of: Type) -> bool:
    """Lists, and ranges of whole numbers or days."""
    return of.kind in ("list", "any", "null") or (of.kind == "range" and element_of(of) in (INTEGER, DATE))


def check_instance(checking: Checking, node: InstanceOf) -> Node:
    """``instance of`` asks of any value; the type must be one of the standard's, or ``money``."""
    value = checking.infer(node.value)
    if _is_type(node.type_name):
        return typed(node, BOOLEAN, value=value)
    meant = _TYPE_WORDS.get(node.type_name) or closest(node.type_name, TYPE_NAMES)
    hint = f"did you mean {quoted(meant)}?" if meant else f"the types are {', '.join(map(quoted, TYPE_NAMES))}"
    checking.report("names/unknown-type", f"there is no type {quoted(node.type_name)}", node, hint)
    return failed(node, value=value)


def _is_type(name: str) -> bool:
    for outer in ("list<", "range<"):
        if name.startswith(outer) and name.endswith(">"):
            return _is_type(name[len(outer) : -1].strip())
    return name == "Any" or name in TYPE_NAMES
