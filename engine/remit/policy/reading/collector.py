"""Python's search for cycles, which has nothing to find in a policy."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collector_paused"]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without Python's search for cycles that nobody needs. A large policy becomes a million objects, which all stay; going
    through them time and again takes as long as making them, and longer than in proportion to their number."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
