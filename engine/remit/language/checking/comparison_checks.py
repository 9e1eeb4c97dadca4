"""Comparisons: whether two values can be held against each other, and ``= != < <= > >=`` and ``between``."""

from __future__ import annotations

from typing import Final

from remit.language.checking.check_context import Checking, failed, typed
from remit.language.checking.choices import adapt, impossible
from remit.language.checking.replacements import constant, mismatch
from remit.language.checking.type_rules import ORDERED, comparable
from remit.language.checking.type_words import a_type, quoted
from remit.language.evaluating.relations import compare
from remit.language.nodes import Between, Compare, Input, Literal, Node
from remit.language.text import literal
from remit.language.types import BOOLEAN

__all__ = ["check_between", "check_compare", "check_ends", "has_order", "pair"]

_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def check_compare(checking: Checking, node: Compare) -> Node:
    """Both sides must be of one type, and for more or less, of one that has an order."""
    left, right, fine = pair(checking, checking.infer(node.left), checking.infer(node.right), node, node.op)
    return typed(node, BOOLEAN, left=left, right=right) if fine else failed(node, left=left, right=right)


def check_between(checking: Checking, node: Between) -> Node:
    """The value must have an order and be of one type with both ends."""
    value, low, high = (checking.infer(part) for part in (node.value, node.low, node.high))
    fine = has_order(checking, (value, low, high), node)
    if fine:
        value, low, first = pair(checking, value, low, node, "<=")
        value, high, second = pair(checking, value, high, node, ">=")
        fine = first and second and check_ends(checking, low, high, node)
    parts = {"value": value, "low": low, "high": high}
    return typed(node, BOOLEAN, **parts) if fine else failed(node, **parts)


def pair(checking: Checking, left: Node, right: Node, where: Node, op: str) -> tuple[Node, Node, bool]:
    """Hold two checked values against each other with ``op``: both again, text literals as words of a choice, and whether they
    go together; if not, that is reported."""
    if op in _FLIPPED:
        if not has_order(checking, (left, right), where, op):
            return left, right, False
    else:
        before = len(checking.problems)
        left, right = adapt(checking, left, right.type, right), adapt(checking, right, left.type, left)
        if len(checking.problems) > before or impossible(checking, left, right, where):
            return left, right, False
    if comparable(left.type, right.type):
        return left, right, True
    mismatch(checking, left, right, where)
    return left, right, False


def has_order(checking: Checking, nodes: tuple[Node, ...], where: Node, op: str | None = None) -> bool:
    """Whether more and less mean something among ``nodes``, as far as each tells for itself; if not, that is reported."""
    for node in nodes:
        if node.type.kind == "null":
            message = f"{checking.name(node)} is neither more nor less than anything"
            checking.report("types/no-value", message, where, "only `=` and `!=` say something about null")
            return False
    kinds = {"text" if node.type.kind == "choice" else node.type.kind for node in nodes}
    if len(kinds) != 1 or kinds & (ORDERED | {"any"}):
        return True
    of = next((node for node in nodes if node.type.kind == "choice"), nodes[0])
    message = f"{checking.name(of)} is {a_type(of.type)}, which has no order"
    checking.report("types/order", message, where, _order_hint(checking, nodes, of, op))
    return False


def _order_hint(checking: Checking, nodes: tuple[Node, ...], of: Node, op: str | None) -> str:
    name = "" if isinstance(of, Input) else f"{checking.text(of)} in "
    if of.type.kind != "choice":
        return {
            "text": f"name the texts: {_listed(name, ('a', 'b'))}; what has an order is declared as a number or a date",
            "boolean": "use it as it is, or with `not(...)`",
            "list": "compare how many it holds, with `count(...)`",
        }.get(of.type.kind, "only numbers, money, dates, times and durations have one")
    return f"name the words: {_listed(name, _words_meant(nodes, of, op) or of.type.choices[-2:])}"


def _listed(name: str, words: tuple[str, ...]) -> str:
    """The words as tests: ``name in ("a", "b")``, or without a name as they stand in a cell."""
    tests = ", ".join(literal(word) for word in words)
    return quoted(f"{name}({tests})" if name else tests)


def _words_meant(nodes: tuple[Node, ...], of: Node, op: str | None) -> tuple[str, ...]:
    """The words that ``choice op "word"`` would hold for, if the order of the declaration counted."""
    words = of.type.choices
    ends = [words.index(node.value) for node in nodes if isinstance(node, Literal) and node.value in words]
    if op is None and len(ends) == 2:
        return words[min(ends) : max(ends) + 1]
    if op is None or len(ends) != 1:
        return ()
    at = ends[0]
    slices = {"<": slice(0, at), "<=": slice(0, at + 1), ">": slice(at + 1, None), ">=": slice(at, None)}
    return words[slices[op if nodes[0] is of else _FLIPPED[op]]]


def check_ends(checking: Checking, low: Node, high: Node, where: Node, *, closed: bool = True) -> bool:
    """Whether something can lie between two ends of one type; if they are constants and nothing can, that is reported."""
    first, last = constant(low), constant(high)
    if first is None or last is None:
        return True
    if compare(">", first[0], last[0]):
        message = f"{checking.name(low)} comes after {checking.name(high)}: nothing lies between"
        hint = f"the lower end comes first: {checking.name(high)}, then {checking.name(low)}"
        checking.report("types/empty-range", message, where, hint)
        return False
    if not closed and compare("=", first[0], last[0]):
        message = f"nothing lies in {checking.name(where)}"
        ends = f"[{checking.text(low)}..{checking.text(high)}]"
        checking.report("types/empty-range", message, where, f"to include {checking.name(low)} itself, write {quoted(ends)}")
        return False
    return True
