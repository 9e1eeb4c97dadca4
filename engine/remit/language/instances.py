"""``instance of``: the names of types (DMN 1.4, table 47), and remit's money."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from remit.language.relations import kind_of
from remit.language.values import Range

__all__ = ["TYPE_NAMES", "is_instance"]

#: Names of types, and the kinds of value that are of them.
TYPE_NAMES: Final[Mapping[str, str]] = {
    "number": "number",
    "string": "text",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date-time",
    "days and time duration": "duration",
    "years and months duration": "months",
    "list": "list",
    "range": "range",
    "context": "context",
    "money": "money",
}
_OF: Final = re.compile(r"(list|range)<(.*)>\Z", re.DOTALL)


def is_instance(value: Any, type_name: str) -> bool | None:
    """Whether ``value`` is of the type; null is of none but ``Any``'s own, and a name that is no type gives ``None``."""
    kind = kind_of(value)
    if type_name == "Any":
        return kind != "null"
    if type_name in TYPE_NAMES:
        return kind == TYPE_NAMES[type_name]
    found = _OF.match(type_name)
    if found is None:
        return None
    if kind != found.group(1):
        return False
    parts = [value.low, value.high] if isinstance(value, Range) else value
    return all(is_instance(part, found.group(2)) is True for part in parts)
