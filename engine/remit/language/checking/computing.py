"""Arithmetic: ``+ - * / **`` and the minus sign."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from remit.language.checking.check_context import Checking, failed, typed
from remit.language.checking.replacements import NO_CONVERSION, both, constant, instead, is_zero, mismatch_code
from remit.language.checking.type_rules import arithmetic
from remit.language.checking.type_words import a_type
from remit.language.nodes import Arithmetic, Negate, Node
from remit.language.types import Type
from remit.language.values import plain

__all__ = ["check_arithmetic", "check_negate"]

_MOMENTS: Final = ("date", "date-time", "time")

_CANNOT: Final = {
    "+": "they cannot be added",
    "-": "one cannot be taken from the other",
    "*": "they cannot be multiplied",
    "/": "one cannot be divided by the other",
    "**": "only plain numbers have powers",
}


def check_arithmetic(checking: Checking, node: Arithmetic) -> Node:
    """The operands must go together; see :func:`remit.language.checking.type_rules.arithmetic`."""
    left, right = checking.infer(node.left), checking.infer(node.right)
    parts = {"left": left, "right": right}
    if node.op == "/" and is_zero(right):
        checking.report("types/division-by-zero", f"{checking.name(right)} is zero: nothing can be divided by it", right)
        return failed(node, **parts)
    if "any" in (left.type.kind, right.type.kind):
        return failed(node, **parts)
    if "null" in (left.type.kind, right.type.kind):
        empty = left if left.type.kind == "null" else right
        checking.report(
            "types/no-value", f"nothing can be computed with {checking.name(empty)}: the result is always null", empty
        )
        return failed(node, **parts)
    result = arithmetic(node.op, left.type, right.type)
    if result is not None:
        return typed(node, result, **parts)
    _report(checking, node, left, right)
    return failed(node, **parts)


def _report(checking: Checking, node: Arithmetic, left: Node, right: Node) -> None:
    constants = [side for side in (right, left) if constant(side) is not None]
    checking.report(
        _code(node, left, right),
        both(checking, left, right, _CANNOT[node.op]),
        constants[0] if len(constants) == 1 and node.op in ("+", "-") else node,
        _hint(checking, node, left, right),
    )


def _code(node: Arithmetic, left: Node, right: Node) -> str:
    kinds = (left.type.kind, right.type.kind)
    if node.op in ("+", "-") and kinds[0] in _MOMENTS and kinds[1] == "number":
        return "types/duration-units"
    code = mismatch_code(left.type, right.type, "types/operands")
    return "types/operands" if code == "types/currencies" and left.type == right.type else code


def _hint(checking: Checking, node: Arithmetic, left: Node, right: Node) -> str | None:
    kinds = (left.type.kind, right.type.kind)
    if kinds == ("money", "money") and left.type != right.type:
        return NO_CONVERSION
    if kinds == ("money", "money"):
        return "multiply an amount by a plain number, such as `3` or `25%`"
    if node.op not in ("+", "-"):
        return _scaling_hint(kinds) if node.op != "**" else None
    if "text" in kinds or "choice" in kinds:
        return _text_hint(checking, node, left, right)
    if kinds[0] in _MOMENTS and kinds[1] == "number" and constant(right):
        return f"write the unit: `{checking.text(right)} {'hours' if kinds[0] == 'time' else 'days'}`"
    if kinds[0] in _MOMENTS and kinds[0] == kinds[1]:
        return "`-` gives the time between the two"
    if "money" in kinds and checking.text(right).endswith("%"):
        share = _share_after(node.op, right)
        return f"take a share of it: `{checking.text(left)} * {plain(share)}%`"
    for one, other in _by_constant(left, right):
        hint = instead(checking, one, other.type)
        if hint:
            return hint
    return None


def _share_after(op: str, share: Node) -> Decimal:
    """What is left of a hundred percent after a share was added or taken."""
    found = constant(share)
    percent = Decimal(found[0]).scaleb(2) if found else Decimal(0)
    return 100 + percent if op == "+" else 100 - percent


def _by_constant(left: Node, right: Node) -> list[tuple[Node, Node]]:
    """Each operand with the other, the one that is a constant first."""
    pairs = [(right, left), (left, right)]
    return pairs if constant(right) is not None or constant(left) is None else pairs[::-1]


def _text_hint(checking: Checking, node: Arithmetic, left: Node, right: Node) -> str | None:
    text, other = (left, right) if left.type.kind in ("text", "choice") else (right, left)
    advice = instead(checking, text, other.type) if constant(text) else None
    return advice or (instead(checking, other, Type("text")) if node.op == "+" else None)


def _scaling_hint(kinds: tuple[str, str]) -> str | None:
    if "money" in kinds:
        return "money is multiplied and divided by plain numbers, and money by money gives a number"
    if "duration" in kinds or "months" in kinds:
        return "durations are multiplied and divided by plain numbers, and a duration by one of its kind gives a number"
    return None


def check_negate(checking: Checking, node: Negate) -> Node:
    """A minus sign stands before numbers, money and durations."""
    operand = checking.infer(node.operand)
    kind = operand.type.kind
    if kind in ("number", "money", "duration", "months"):
        return typed(node, operand.type, operand=operand)
    if kind != "any":
        message = f"{checking.name(operand)} is {a_type(operand.type)}: it has no negative"
        advice = instead(checking, operand, Type("number")) if constant(operand) else None
        checking.report("types/operands", message, node, advice)
    return failed(node, operand=operand)
