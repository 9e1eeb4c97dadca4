"""Functions that the standard or its tools have and remit has not, each with what to do instead."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["UNSUPPORTED"]

_CLOCK = "a decision never reads a clock: use `occurred`, or a declared fact that the caller fills in"
_CONTEXT = "remit has no contexts: use dotted facts such as `guest.tier`"
_FUNCTION = "remit has no functions as values: use a filter, `min`, `max`, `some` or `every`"

#: Name -> what to do instead.
UNSUPPORTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "now": _CLOCK,
        "today": _CLOCK,
        "random number": "a decision is the same every time it is taken: chance has no place in it",
        "sort": _FUNCTION,
        "context": _CONTEXT,
        "context put": _CONTEXT,
        "context merge": _CONTEXT,
        "get value": _CONTEXT,
        "get entries": _CONTEXT,
        # what other engines have beyond the standard
        "get or else": "write `if x = null then y else x`",
        "is defined": "every name is declared: write `x != null`",
        "is empty": "write `count(list) = 0`",
        "trim": 'write `replace(text, "^\\s+|\\s+$", "")`',
        "uuid": "a decision is the same every time it is taken: chance has no place in it",
    }
)
