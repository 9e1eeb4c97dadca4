"""The modules of examples/hotel_year, for benchmarks."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "examples" / "hotel_year"))

houses: Any = importlib.import_module("houses")
staff: Any = importlib.import_module("staff")
year: Any = importlib.import_module("year")
