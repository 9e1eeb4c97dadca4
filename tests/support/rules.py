"""The policies in ``rules/``, each loaded once for all tests: what is compiled for one is there for the others."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import remit

__all__ = ["POLICIES", "RULES", "load"]

RULES: Final = Path(__file__).parents[2] / "rules"
POLICIES: Final = sorted(path for path in RULES.glob("*.yaml") if not path.stem.endswith("_test"))


@cache
def load(path: Path) -> remit.Policy:
    """The policy of a file."""
    return remit.load(path)
