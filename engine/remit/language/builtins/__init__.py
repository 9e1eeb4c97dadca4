"""The built-in functions, one module a family, each a table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from remit.language.builtins import aggregates, conversion, days, list_functions, numeric, ranges, strings, truth_functions
from remit.language.builtins.table import Builtin, Parameter, Signature, fits, table
from remit.language.builtins.unsupported import UNSUPPORTED

__all__ = ["BUILTINS", "FAMILIES", "UNSUPPORTED", "Builtin", "Parameter", "Signature", "fits"]

#: The functions by family, in the order of the page on them.
FAMILIES: Final[Mapping[str, tuple[Builtin, ...]]] = MappingProxyType(
    {
        "Numbers": numeric.FUNCTIONS,
        "Many values": aggregates.FUNCTIONS,
        "Dates and working days": days.FUNCTIONS,
        "Text": strings.FUNCTIONS,
        "Lists": list_functions.FUNCTIONS,
        "Ranges": ranges.FUNCTIONS,
        "Truth": truth_functions.FUNCTIONS,
        "Conversion": conversion.FUNCTIONS,
    }
)
#: Every function by its name.
BUILTINS: Final[Mapping[str, Builtin]] = MappingProxyType(table(*FAMILIES.values()))
