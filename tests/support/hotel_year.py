"""The example's year, for tests: its modules by name, and years that are made once."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from pathlib import Path
from typing import Any

from remit.review.actions import Action

FOLDER = Path(__file__).parents[2] / "examples" / "hotel_year"
sys.path.insert(0, str(FOLDER))

houses: Any = importlib.import_module("houses")
year: Any = importlib.import_module("year")
ALL: tuple[str, ...] = tuple(year.PLANTS)


@cache
def actions(seed: int, decisions: int, plants: tuple[str, ...] = ALL) -> list[Action]:
    """All that is done in a year."""
    found: list[Action] = houses.actions_of(year.Year(seed, decisions, plants))
    return found
