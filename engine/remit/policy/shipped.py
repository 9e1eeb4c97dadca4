"""Where the policies are that come with remit."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

__all__ = ["shipped_policies"]


def shipped_policies() -> dict[str, Path]:
    """Every ready-to-use policy by the name of its file (``hotel-guest-recovery``); test files beside them are left out."""
    try:
        folders = [Path(each) for each in import_module("remit.rules").__path__]
    except ModuleNotFoundError:  # a checkout that is not installed
        folders = [Path(__file__).resolve().parents[3] / "rules"]
    found: dict[str, Path] = {}
    for folder in folders:
        files = (Path(inside, name) for inside, _, names in os.walk(folder) for name in names if name.endswith(".yaml"))
        for path in sorted(each for each in files if not each.stem.endswith("_test")):
            found.setdefault(path.stem, path)
    return found
