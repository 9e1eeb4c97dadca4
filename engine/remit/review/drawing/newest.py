"""A mapping of bounded size."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["Newest"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Newest(OrderedDict[K, V], Generic[K, V]):
    """A mapping that makes what is missing, and forgets what was not asked for longest: at most ``most`` are kept."""

    def __init__(self, make: Callable[[], V], most: int) -> None:
        super().__init__()
        self._make, self._most = make, most

    def at(self, key: K) -> V:
        """The value of a key, made where there is none."""
        if key in self:
            self.move_to_end(key)
            return self[key]
        found = self[key] = self._make()
        if len(self) > self._most:
            self.popitem(last=False)
        return found
