"""Constants in a policy, as the values that they are."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from remit.language.parsing.separators import mixed_number
from remit.language.text import too_exact
from remit.language.types import Type
from remit.language.values import Money
from remit.policy.fact_values import read_value
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlList, YamlNode, YamlScalar

__all__ = ["is_exact", "raw", "read_constant"]

_NUMBER: Final = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")


def raw(node: YamlNode) -> Any:
    """What a request would say for it: unquoted numbers and truth values as such, everything else as text."""
    if isinstance(node, YamlList):
        return [raw(item) for item in node.items]
    if not isinstance(node, YamlScalar):
        return None
    if node.plain and node.text in ("true", "false"):
        return node.text == "true"
    return Decimal(node.text) if node.plain and _NUMBER.fullmatch(node.text) else node.text


def read_constant(node: YamlNode, of: Type, report: ProblemReport) -> Any:
    """The constant, or ``None`` after reporting why it is not one of type ``of``."""
    if of.kind == "any" or (of.kind == "money" and of.currency is None):
        return None
    try:
        value = read_value(of, raw(node))
    except ValueError as error:
        message, _, advice = str(error).partition("; ")  # its advice is for JSON, where amounts stand in quotes
        mixed = mixed_number(node.text) if isinstance(node, YamlScalar) and of.kind in ("money", "number") else None
        hint = mixed.hint if mixed else advice if advice.startswith("did you mean") else _EXAMPLES.get(of.kind)
        report.error("policy/constant", message, node, hint)
        return None
    pairs = zip(value, node.items, strict=True) if isinstance(node, YamlList) else ((value, node),)
    exact = [is_exact(each, at, report) for each, at in pairs if isinstance(each, Money)]
    return value if all(exact) else None


def is_exact(money: Money, at: YamlNode, report: ProblemReport, *, is_rate: bool = False) -> bool:
    """Whether an amount has no more decimals than its currency, or was accepted before; if not, that is reported. A rate may be
    finer, unless it is nothing but a whole amount whose point may be meant to part thousands."""
    if not money.is_too_exact or (is_rate and (money.amount < 1 or money.rounded() != money)):
        return True
    problem, hint = too_exact(money)
    report.error("types/too-exact", problem, at, hint)
    return report.is_stored


_EXAMPLES: Final = {
    "number": "write a number, without quotes and without a unit",
    "money": "write the amount with its currency: `30 EUR`",
    "boolean": "write `true` or `false`, without quotes",
    "date": "write year-month-day: `2026-06-01`",
    "duration": "write `90 days` or `72 hours`",
    "list": "write a list: `[a, b]`",
}
