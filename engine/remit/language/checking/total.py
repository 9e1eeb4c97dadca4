"""Functions that never give null for arguments of their types."""

from __future__ import annotations

from typing import Final

__all__ = ["TOTAL"]

#: Left out on purpose: conversions of text, what takes a list that may be empty, what takes a position or a scale, what may
#: leave the calendar, and what is only defined for some numbers (``sqrt``, ``log``, ``modulo``).
TOTAL: Final = frozenset(
    (
        "not",
        "abs",
        "odd",
        "even",
        "count",
        "contains",
        "starts with",
        "ends with",
        "string length",
        "upper case",
        "lower case",
        "substring before",
        "substring after",
        "list contains",
        "concatenate",
        "append",
        "union",
        "distinct values",
        "reverse",
        "flatten",
        "index of",
    )
)
