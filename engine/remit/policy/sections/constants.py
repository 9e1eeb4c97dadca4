"""Constants of a declared type, as an author writes them: ``min: 0 EUR``, ``default: gold``, ``max: 2026-12-31``."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from remit.language.types import Type
from remit.policy.facts import read_value
from remit.policy.reading.report import Report
from remit.policy.reading.tree import YamlList, YamlNode, YamlScalar

__all__ = ["raw", "read_constant"]

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


def read_constant(node: YamlNode, of: Type, report: Report) -> Any:
    """The constant, or ``None`` after reporting why it is not one of type ``of``."""
    if of.kind == "any" or (of.kind == "money" and of.currency is None):
        return None
    try:
        return read_value(of, raw(node))
    except ValueError as error:
        message, _, advice = str(error).partition("; ")  # its advice is for JSON, where amounts stand in quotes
        report.error("policy/constant", message, node, advice if advice.startswith("did you mean") else _EXAMPLES.get(of.kind))
        return None


_EXAMPLES: Final = {
    "number": "write a number, without quotes and without a unit",
    "money": "write the amount with its currency: `30 EUR`",
    "boolean": "write `true` or `false`, without quotes",
    "date": "write year-month-day: `2026-06-01`",
    "duration": "write `90 days` or `72 hours`",
    "list": "write a list: `[a, b]`",
}
