"""The built-in functions, one module a family, each a table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from remit.language.builtins import (
    aggregates,
    context_functions,
    conversion,
    days,
    list_functions,
    numeric,
    ranges,
    strings,
    truth_functions,
)
from remit.language.builtins.table import Builtin, Parameter, Signature, fits, table

__all__ = ["BUILTINS", "BUILTINS_OF_MEANING_2", "FAMILIES", "UNSUPPORTED", "Builtin", "Parameter", "Signature", "fits"]

_CLOCK = "a decision never reads a clock: use `requested`, the time of the request, or `occurred`"

#: Name -> what to do instead.
UNSUPPORTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "now": _CLOCK,
        "today": _CLOCK,
        "random number": "a decision is the same every time it is taken: chance has no place in it",
        # what other engines have beyond the standard
        "get or else": "write `if x = null then y else x`",
        "is defined": "every name is declared: write `x != null`",
        "is empty": "write `count(list) = 0`",
        "trim": 'write `replace(text, "^\\s+|\\s+$", "")`',
        "uuid": "a decision is the same every time it is taken: chance has no place in it",
    }
)


#: The functions by family, in the order of the page on them.
FAMILIES: Final[Mapping[str, tuple[Builtin, ...]]] = MappingProxyType(
    {
        "Numbers": numeric.FUNCTIONS,
        "Many values": aggregates.FUNCTIONS,
        "Dates and working days": days.FUNCTIONS,
        "Text": strings.FUNCTIONS,
        "Lists": list_functions.FUNCTIONS,
        "Contexts": context_functions.FUNCTIONS,
        "Ranges": ranges.FUNCTIONS,
        "Truth": truth_functions.FUNCTIONS,
        "Conversion": conversion.FUNCTIONS,
    }
)
#: Every function by its name.
BUILTINS: Final[Mapping[str, Builtin]] = MappingProxyType(table(*FAMILIES.values()))
#: The same as they were up to the second meaning (``remit.core.views.MEANING``), by which old records are decided again.
BUILTINS_OF_MEANING_2: Final[Mapping[str, Builtin]] = MappingProxyType(
    {**BUILTINS, **table(truth_functions.SUPERSEDED, list_functions.SUPERSEDED)}
)
