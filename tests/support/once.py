"""Work that is done once for each of the things that it was last asked about."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

__all__ = ["once_for_each"]

T = TypeVar("T")


def once_for_each(work: Callable[[Any], T]) -> Callable[[Any], T]:
    """Remember what ``work`` gives for a thing that never changes: the very same one, for it need not be hashable (a model)."""
    kept: dict[int, tuple[Any, T]] = {}

    @wraps(work)
    def remembered(thing: Any) -> T:
        if id(thing) not in kept:
            if len(kept) == 64:
                del kept[next(iter(kept))]
            kept[id(thing)] = thing, work(thing)  # with the thing, or another could get its id
        return kept[id(thing)][1]

    return remembered
