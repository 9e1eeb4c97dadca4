"""Comparisons: whether two values can be held against each other, and ``= != < <= > >=`` and ``between``."""

from __future__ import annotations

from typing import Final

from remit.language.checking.choices import adapt, impossible
from remit.language.checking.context import Checking, failed, typed
from remit.language.checking.hints import constant, instead
from remit.language.checking.rules import ORDERED, comparable, element_of
from remit.language.checking.words import a_type, plural, quoted, spell
from remit.language.nodes import Between, Compare, Input, Literal, Node
from remit.language.relations import compare
from remit.language.types import BOOLEAN, Kind, Type
from remit.language.values import Money, plain

__all__ = ["both", "check_between", "check_compare", "check_ends", "has_order", "mismatch", "mismatch_code", "pair"]

_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}

_CODES: Final[dict[frozenset[Kind], str]] = {
    frozenset(("money",)): "types/currencies",
    frozenset(("money", "number")): "types/money-and-number",
    frozenset(("duration", "number")): "types/duration-units",
    frozenset(("months", "number")): "types/duration-units",
    frozenset(("months", "duration")): "types/duration-units",
    frozenset(("date", "number")): "types/duration-units",
    frozenset(("date-time", "number")): "types/duration-units",
    frozenset(("time", "number")): "types/duration-units",
    frozenset(("date", "date-time")): "types/date-kinds",
    frozenset(("date", "time")): "types/date-kinds",
    frozenset(("date-time", "time")): "types/date-kinds",
    frozenset(("date", "text")): "types/date-kinds",
    frozenset(("date-time", "text")): "types/date-kinds",
    frozenset(("time", "text")): "types/date-kinds",
}


def mismatch_code(left: Type, right: Type, otherwise: str) -> str:
    """The code that says best why the two types do not go together."""
    return _CODES.get(frozenset((left.kind, right.kind)), otherwise)


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
        texts = name + '("a", "b")'
        return {
            "text": f"name the texts: {quoted(texts)}; numbers and dates must be declared as such",
            "boolean": "use it as it is, or with `not(...)`",
            "list": "compare how many it holds, with `count(...)`",
        }.get(of.type.kind, "only numbers, money, dates, times and durations have one")
    words = _words_meant(nodes, of, op) or of.type.choices[-2:]
    return f"name the words: {quoted(name + '(' + ', '.join(spell(word) for word in words) + ')')}"


def _words_meant(nodes: tuple[Node, ...], of: Node, op: str | None) -> tuple[str, ...]:
    """The words that ``choice op "word"`` would hold for, if the order of the declaration counted."""
    words = of.type.choices
    other = next((node for node in nodes if node is not of), None)
    if op is None or not isinstance(other, Literal) or other.value not in words:
        return ()
    at = words.index(other.value)
    slices = {"<": slice(0, at), "<=": slice(0, at + 1), ">": slice(at + 1, None), ">=": slice(at, None)}
    return words[slices[op if nodes[0] is of else _FLIPPED[op]]]


def mismatch(checking: Checking, left: Node, right: Node, where: Node, why: str = "they cannot be compared") -> None:
    """Report that the two do not go together; a constant is underlined rather than the whole, for it is what can be changed."""
    constants = [node for node in (right, left) if constant(node) is not None]
    checking.report(
        mismatch_code(left.type, right.type, "types/comparison"),
        both(checking, left, right, why),
        constants[0] if len(constants) == 1 else where,
        _mismatch_hint(checking, left, right, constants),
    )


def both(checking: Checking, left: Node, right: Node, why: str) -> str:
    """What the two are, and ``why`` that is wrong, in a sentence."""
    if (left.type.kind, right.type.kind) == ("money", "money") and left.type.currency != right.type.currency:
        if constant(left) and constant(right):
            return f"{checking.name(left)} and {checking.name(right)} are in different currencies"
        return f"{checking.name(left)} is in {left.type.currency}, but {checking.name(right)} is in {right.type.currency}"
    if left.type.kind == right.type.kind and a_type(left.type) == a_type(right.type):
        return f"{checking.name(left)} and {checking.name(right)} are both {plural(left.type)}: {why}"
    return f"{checking.name(left)} is {a_type(left.type)}, {checking.name(right)} is {a_type(right.type)}: {why}"


def _mismatch_hint(checking: Checking, left: Node, right: Node, constants: list[Node]) -> str | None:
    if left.type.kind == right.type.kind == "money":
        return _currency_hint(left, right)
    for one, other in ((left, right), (right, left)):
        if one.type.kind == "list" and other.type.kind != "list" and comparable(element_of(one.type), other.type):
            texts = [checking.text(node) if not isinstance(node, Input) else "?" for node in (one, other)]
            contains = f"list contains({texts[0]}, {texts[1]})"
            return f"ask whether it is in the list: {quoted(contains)}"
    candidates = [*constants, *(node for node in (right, left) if node not in constants)]
    others = [left if node is right else right for node in candidates]
    hints = (instead(checking, node, other.type) for node, other in zip(candidates, others, strict=True))
    return next((hint for hint in hints if hint), None)


def _currency_hint(left: Node, right: Node) -> str:
    for one, other in ((right, left), (left, right)):
        found = constant(one)
        if found and isinstance(found[0], Money) and constant(other) is None:
            return f"did you mean {quoted(f'{plain(found[0].amount)} {other.type.currency}')}? remit never converts currencies"
    return "remit never converts currencies: keep each amount in its own"


def check_ends(checking: Checking, low: Node, high: Node, where: Node, *, closed: bool = True) -> bool:
    """Whether something can lie between two ends of one type; if they are constants and nothing can, that is reported."""
    first, last = constant(low), constant(high)
    if first is None or last is None:
        return True
    if compare(">", first[0], last[0]):
        message = f"{checking.name(low)} is more than {checking.name(high)}: nothing lies between"
        hint = f"the lower end comes first: {checking.name(high)}, then {checking.name(low)}"
        checking.report("types/empty-range", message, where, hint)
        return False
    if not closed and compare("=", first[0], last[0]):
        message = f"nothing lies in {checking.name(where)}"
        checking.report("types/empty-range", message, where, f"to include {checking.name(low)}, write `[` and `]`")
        return False
    return True
