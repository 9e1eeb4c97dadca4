"""What is given of each remedy, and to whom: under ``may``, ``owed`` and ``limit``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from remit.language.checking.replacements import constant
from remit.language.nodes import Node
from remit.language.values import Money
from remit.policy.load_context import Context
from remit.policy.model import Expression
from remit.policy.reading.yaml_tree import YamlScalar
from remit.policy.shapes.collections import ByKind, MapOf
from remit.policy.shapes.scalar_shapes import FormulaShape
from remit.policy.shapes.word_forms import NAME

__all__ = ["BY_ROLE", "FLAT", "read_amount", "read_amounts"]

_AMOUNT: Final = FormulaShape("an amount or a formula", "30 EUR")
#: One amount for each remedy.
FLAT: Final = MapOf(
    NAME,
    ByKind("one amount", scalar=_AMOUNT, hint="write `30 EUR`; what is owed is the same whichever role is asked"),
    "a mapping of remedies to amounts",
    "{credit: 30 EUR}",
    least=1,
)
#: One amount for each remedy, or one for each role.
BY_ROLE: Final = MapOf(
    NAME,
    ByKind(
        "an amount, or a mapping of roles to amounts",
        scalar=_AMOUNT,
        mapping=MapOf(NAME, _AMOUNT, "a mapping of roles to amounts", "{associate: 30 EUR}", least=1),
        hint="write `30 EUR`, or `{associate: 30 EUR, supervisor: 150 EUR}`",
    ),
    "a mapping of remedies to amounts",
    "{credit: 30 EUR}",
    least=1,
)


def read_amounts(written: list[tuple[YamlScalar, Any]] | None, context: Context) -> dict[str, dict[str, Expression]]:
    """Remedy to role to amount. An amount without a role is for the lowest, and so for all."""
    out: dict[str, dict[str, Expression]] = {}
    for remedy, amount in written or []:
        if not context.is_remedy(remedy) or amount is None:
            continue
        if not isinstance(amount, YamlScalar):
            out[remedy.text] = _by_role(remedy, amount, context)
        elif context.ladder and (found := read_amount(remedy, amount, context)):
            out[remedy.text] = {context.ladder[0]: found}
    return out


def _by_role(remedy: YamlScalar, amounts: list[tuple[YamlScalar, Any]], context: Context) -> dict[str, Expression]:
    """In the order of the ladder, whatever the order in the file."""
    found = {role.text: read_amount(remedy, amount, context) for role, amount in amounts if context.is_role(role)}
    return {role: amount for role in context.ladder if (amount := found.get(role))}


def read_amount(remedy: YamlScalar, amount: YamlScalar | None, context: Context) -> Expression | None:
    """One amount, of the type that the remedy asks for."""
    if amount is None or not context.is_remedy(remedy):
        return None
    found = context.expressions.formula(amount, context.amount_type(remedy.text))
    if found and _is_negative(found.node):
        context.report.error("policy/negative", f"`{amount.text}` is less than nothing", amount, "write 0 or more")
    return found


def _is_negative(node: Node) -> bool:
    match constant(node):
        case (Money(amount=amount),):
            return amount < 0
        case (Decimal() as number,):
            return number < 0
        case _:
            return False
