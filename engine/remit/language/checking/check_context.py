"""What the checks share: the scope, the text that was written, and the problems found so far."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import field, replace
from typing import Any, TypeAlias, TypeVar

from remit.errors import Problem
from remit.language.checking.type_words import bare, capped, quoted
from remit.language.fast_dataclass import dataclass
from remit.language.nodes import Input, Node, changed
from remit.language.source import Source, Span
from remit.language.types import ANY, Type

__all__ = ["Checking", "Rules", "failed", "typed"]

#: How each kind of node is checked: takes the node, gives it back rebuilt with types.
Rules: TypeAlias = Mapping[type[Node], Callable[["Checking", Any], Node]]

NodeT = TypeVar("NodeT", bound=Node)


@dataclass(frozen=True, slots=True)
class Checking:
    """One check under way. ``problems`` is shared with the inner scopes made by :meth:`with_names` and :meth:`with_input`."""

    rules: Rules
    source: Source
    scope: Mapping[str, Type]
    input: Type | None
    input_name: str | None
    calendars: Collection[str]
    problems: list[tuple[Span, Problem]] = field(default_factory=list)

    def infer(self, node: Node) -> Node:
        """``node`` with its type."""
        return self.rules[type(node)](self, node)

    def with_names(self, names: Mapping[str, Type]) -> Checking:
        """The same with more names in scope (bound by ``some``, ``every`` or a filter)."""
        return replace(self, scope={**self.scope, **names})

    def with_input(self, tested: Node) -> Checking:
        """The same where ``?`` stands for ``tested``, which has its type."""
        name = self.input_name if isinstance(tested, Input) else self.text(tested)
        return Checking(self.rules, self.source, self.scope, tested.type, name, self.calendars, self.problems)

    def text(self, node: Node) -> str:
        """What the author wrote for ``node``, without parentheses around all of it."""
        start, end = node.span
        return bare(self.source.text[start:end])

    def name(self, node: Node) -> str:
        """``node`` in a message: what was written, in backticks."""
        if isinstance(node, Input):
            return quoted(self.input_name) if self.input_name else "what is tested"
        return quoted(capped(self.text(node)))

    def report(self, code: str, message: str, where: Node | Span, hint: str | None = None) -> None:
        """Note a problem at ``where``."""
        span = where.span if isinstance(where, Node) else where
        self.problems.append((span, Problem(code, message, self.source.place(span), hint=hint)))


def typed(node: NodeT, of: Type, **parts: Any) -> NodeT:
    """``node`` with its type, and its parts replaced by checked ones."""
    return changed(node, type=of, **parts)


def failed(node: NodeT, **parts: Any) -> NodeT:
    """``node`` after a problem was found in it: its type is not known, and fits everywhere."""
    return changed(node, type=ANY, **parts)
