"""Functions that never give null for arguments of their types, or only for some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from remit.language.types import Kind

__all__ = ["OF_SOME", "ROUNDINGS", "TOTAL", "TOTAL_FOR"]

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
