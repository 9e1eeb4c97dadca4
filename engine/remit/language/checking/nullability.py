"""Which expressions may be null although all facts are known."""

from __future__ import annotations

from collections.abc import Collection

from remit.language.nodes import Node

__all__ = ["nullable"]


def nullable(node: Node, nullable_names: Collection[str] = (), *, input_nullable: bool = False) -> bool:
    """Whether ``node`` may evaluate to null (or to a list that holds one) although all facts are known.

    ``node`` has been checked without problems. ``nullable_names`` are the names in scope that may themselves be null (a value
    from a table without ``otherwise``); ``input_nullable`` says the same of what a unary test tests. The answer is on the safe
    side: ``False`` is a promise, ``True`` is not.
    """
    return True
