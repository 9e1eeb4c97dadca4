"""Lists, filters, ``some`` and ``every``."""

from __future__ import annotations

from typing import Final

from remit.language.checking.branch_checks import condition
from remit.language.checking.check_context import Checking, failed, typed
from remit.language.checking.replacements import NO_CONVERSION, both, constant, instead
from remit.language.checking.type_rules import element_of, join
from remit.language.checking.type_words import a_type
from remit.language.nodes import Filter, ListLiteral, Node, Quantified
from remit.language.types import ANY, BOOLEAN, DATE, INTEGER, Type, list_of

__all__ = ["check_filter", "check_list", "check_quantified"]

#: The name that a filter gives to the item that is looked at.
_ITEM: Final = "item"


def check_list(checking: Checking, node: ListLiteral) -> Node:
    """The items are of one type."""
    items = tuple(checking.infer(item) for item in node.items)
    element = Type("null")
    for item in items:
        joined = join(element, item.type)
        if joined is None:
            first = next(each for each in items if each.type.kind != "null")
            _report_mixed(checking, first, item)
            return failed(node, items=items)
        element = joined
    return typed(node, list_of(element), items=items)


def _report_mixed(checking: Checking, first: Node, item: Node) -> None:
    wrong, right = (first, item) if constant(first) is not None and constant(item) is None else (item, first)
    code = "types/currencies" if first.type.kind == item.type.kind == "money" else "types/mixed-list"
    advice = instead(checking, wrong, right.type) if constant(wrong) is not None else None
    if code == "types/currencies":
        advice = NO_CONVERSION
    checking.report(code, both(checking, first, item, "the items of a list are of one type"), wrong, advice)


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
