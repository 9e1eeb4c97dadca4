"""The built-in functions, one module a family, each a table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from remit.language.builtins import truth
from remit.language.builtins.table import Builtin, Parameter, Signature, fits, table
from remit.language.builtins.unsupported import UNSUPPORTED

__all__ = ["BUILTINS", "UNSUPPORTED", "Builtin", "Parameter", "Signature", "fits"]

#: Every function by its name.
BUILTINS: Final[Mapping[str, Builtin]] = MappingProxyType(table(truth.FUNCTIONS))
