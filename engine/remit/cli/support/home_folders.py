"""Where this person's own files are, whatever folder they stand in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["cache_folder", "data_folder"]


def data_folder() -> Path:
    """For what must be kept: ``$XDG_DATA_HOME/remit`` (``~/.local/share`` if that is not set); on macOS
    ``~/Library/Application Support/remit``; on Windows ``%LOCALAPPDATA%\\remit``."""
    return _base("XDG_DATA_HOME", ".local/share", "Library/Application Support") / "remit"


def cache_folder() -> Path:
    """For what can be made again: ``$XDG_CACHE_HOME/remit`` (``~/.cache``); on macOS ``~/Library/Caches/remit``; on Windows
    ``%LOCALAPPDATA%\\remit\\cache``."""
    found = _base("XDG_CACHE_HOME", ".cache", "Library/Caches") / "remit"
    return found / "cache" if sys.platform == "win32" else found


def _base(variable: str, elsewhere: str, on_macos: str) -> Path:
    home = Path(os.path.expanduser("~"))  # Path.home() raises where there is none
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / on_macos
    return Path(os.environ.get(variable) or home / elsewhere)
