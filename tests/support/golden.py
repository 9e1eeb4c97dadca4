"""Golden texts: what people read, kept in files. ``REMIT_GOLDEN=write`` writes them anew, to be looked at in the diff."""

from __future__ import annotations

import os
from pathlib import Path

CASES = Path(__file__).resolve().parents[1] / "cases"


def same_as(path: str, text: str) -> None:
    """Assert that ``text`` is what stands in ``tests/cases/<path>``."""
    file = CASES / path
    if os.environ.get("REMIT_GOLDEN") == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.exists(), f"{file} is missing; REMIT_GOLDEN=write makes it"
    assert text == file.read_text(encoding="utf-8")
