"""A pattern that was read, as a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from remit.language.pattern.classes import Chars

__all__ = [
    "Class",
    "Either",
    "End",
    "Expression",
    "Group",
    "Groups",
    "PatternError",
    "Reference",
    "Repeat",
    "PatternRow",
    "Search",
    "Start",
    "Tree",
]

#: Up to so many times, a repeat takes a short stretch of text only.
_SHORT: Final = 3

#: Start and end of the whole match and of each group; ``None`` for a group that took no part.
Groups: TypeAlias = Sequence[tuple[int, int] | None]
#: Finds the first match in a text from a position on.
Search: TypeAlias = Callable[[str, int], Groups | None]


class PatternError(ValueError):
    """A pattern that is not valid; the text says why."""


@dataclass(frozen=True, slots=True)
class Class:
    """One character of a set, or not of it, and not of another set."""

    chars: Chars
    negated: bool = False
    without: Class | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """``^``: the start of the text, or of a line."""


@dataclass(frozen=True, slots=True)
class End:
    """``$``: the end of the text, or of a line."""


@dataclass(frozen=True, slots=True)
class Reference:
    """``\\1``: what a group has matched."""

    group: int


@dataclass(frozen=True, slots=True)
class Group:
    """``(...)``, numbered from 1 by its opening bracket."""

    number: int
    inner: Expression


@dataclass(frozen=True, slots=True)
class PatternRow:
    """One part after the other."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """``a|b``."""

    options: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """``a*``, ``a{2,5}?``; ``most`` is ``None`` where there is no end to it."""

    inner: Expression
    least: int
    most: int | None
    lazy: bool


Expression: TypeAlias = Class | Start | End | Reference | Group | PatternRow | Either | Repeat


@dataclass(frozen=True, slots=True)
class Tree:
    """A pattern that was read."""

    root: Expression
    groups: int
    ignore_case: bool
    lines: bool

    @property
    def has_references(self) -> bool:
        """Whether any part refers back to a group."""
        return any(isinstance(node, Reference) for node in _walk(self.root))

    @property
    def nested(self) -> bool:
        """Whether a choice stands within a repeat: then backtracking may try exponentially many ways."""
        return any(
            isinstance(inner, Either) or (isinstance(inner, Repeat) and inner.most != inner.least)
            for node in _walk(self.root)
            if isinstance(node, Repeat) and (node.most is None or node.most > 1)
            for inner in _walk(node.inner)
        )

    @property
    def open_repeats(self) -> int:
        """How many repeats can take a long stretch of text: backtracking tries at most text length to this power, plus one."""
        return sum(isinstance(node, Repeat) and (node.most is None or node.most > _SHORT) for node in _walk(self.root))


def _walk(node: Expression) -> Iterator[Expression]:
    yield node
    match node:
        case Group(inner=inner) | Repeat(inner=inner):
            yield from _walk(inner)
        case PatternRow(parts=parts) | Either(options=parts):
            for part in parts:
                yield from _walk(part)
