"""Types: whether an expression makes sense, before it ever runs.

>>> from remit.language.checker import check
>>> from remit.language.nodes import Compare, Literal, Name
>>> from remit.language.source import Source
>>> from remit.language.types import choice
>>> text = 'guest.tier = "gld"'
>>> tree = Compare("=", Name("guest.tier", span=(0, 10)), Literal("gld", span=(13, 18)), span=(0, 18))
>>> typed, problems = check(tree, Source(text), {"guest.tier": choice(("silver", "gold"))})
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from remit.errors import Problem
from remit.language.nodes import Node
from remit.language.source import Source
from remit.language.types import Type

__all__ = ["check", "nullable"]


def check(
    node: Node,
    source: Source,
    scope: Mapping[str, Type],
    *,
    expect: Type | None = None,
    input: Type | None = None,  # noqa: A002 - FEEL's word for what is tested
    calendars: Collection[str] = (),
) -> tuple[Node, tuple[Problem, ...]]:
    """Give every node of ``node`` its type, and say all that is wrong with it.

    ``scope`` maps every name that may be used (``guest.tier``) to its type. ``expect`` is the type that the whole must have
    (``None``: any). ``input`` is the type of what a unary test tests, which stands in the tree as ``Input()``; ``None`` where
    there is nothing to test. ``calendars`` are the names that working-day functions may be given.

    Returns the tree rebuilt with ``type`` filled in, and the problems in reading order. A part in which an error was found has
    type ``ANY``, which fits everywhere, so that one mistake is told once. With no problems, evaluating the tree on facts of
    the declared types gives a value of its type or null. Never raises.
    """
    return node, ()


def nullable(node: Node, nullable_names: Collection[str] = (), *, input_nullable: bool = False) -> bool:
    """Whether ``node`` may evaluate to null (or to a list that holds one) although all facts are known.

    ``node`` has been checked without problems. ``nullable_names`` are the names in scope that may themselves be null (a value
    from a table without ``otherwise``); ``input_nullable`` says the same of what a unary test tests. The answer is on the safe
    side: ``False`` is a promise, ``True`` is not.
    """
    return True
