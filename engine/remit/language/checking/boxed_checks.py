"""Contexts and ``for``; and which expressions are not first-order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from remit.errors import Problem
from remit.language.checking.check_context import Checking, failed, typed
from remit.language.checking.replacements import instead
from remit.language.checking.type_rules import element_of, is_open, join
from remit.language.checking.type_words import a_type, quoted
from remit.language.nodes import (
    Call,
    ContextLiteral,
    For,
    FunctionLiteral,
    If,
    Invocation,
    Name,
    Node,
    Quantified,
    children,
    names_in,
)
from remit.language.source import Source
from remit.language.types import ANY, DATE, INTEGER, Type, context_of, list_of

__all__ = ["bind", "check_context", "check_for", "higher_order"]

_PARTIAL: Final = "partial"


def check_context(checking: Checking, node: ContextLiteral) -> Node:
    """Each entry has a name of its own, and may read those before it."""
    entries: list[tuple[str, Node]] = []
    inner, names = checking, set[str]()
    for name, each in node.entries:
        entry = inner.infer(each)
        if name in names:
            checking.report("types/duplicate-entry", f"there are two entries {quoted(name)}", each, "give one another name")
        names.add(name)
        inner = inner.with_names({name: entry.type})
        entries.append((name, entry))
    if len(names) < len(entries):
        return failed(node, entries=tuple(entries))
    return typed(node, context_of((name, entry.type) for name, entry in entries), entries=tuple(entries))


def bind(checking: Checking, node: For | Quantified, word: str) -> tuple[Checking, tuple[tuple[str, Node], ...]]:
    """The scope within a loop, and its checked bindings: each name goes through a list."""
    bindings: list[tuple[str, Node]] = []
    for name, each in node.bindings:
        source = checking.infer(each)
        if not _can_be_gone_through(source.type):
            message = f"`{word}` goes through a list, but {checking.name(source)} is {a_type(source.type)}"
            checking.report("types/not-a-list", message, source, instead(checking, source, list_of(ANY)))
            source = failed(source)
        element = ANY if source.type.kind in ("any", "null") else element_of(source.type)
        checking = checking.with_names({name: element})
        bindings.append((name, source))
    return checking, tuple(bindings)


def _can_be_gone_through(of: Type) -> bool:
    """Lists, and ranges of whole numbers or days."""
    return of.kind in ("list", "any", "null") or (of.kind == "range" and element_of(of) in (ANY, INTEGER, DATE))


def check_for(checking: Checking, node: For) -> Node:
    """Each name goes through a list; all results are of one type."""
    inner, bindings = bind(checking, node, "for")
    result = _with_partial(inner, node.result) if _PARTIAL in names_in(node.result) else inner.infer(node.result)
    return typed(node, list_of(result.type), bindings=bindings, result=result)


def _with_partial(checking: Checking, node: Node) -> Node:
    """A result that reads those before it: they are of the type that it has where it reads none of them."""
    result, attempt = _tried(checking, node, ANY)
    if attempt.problems:
        checking.problems.extend(attempt.problems)
        return result
    guess = next((of for of in _first_types(result) if not is_open(of)), None)
    while guess is not None:
        result, attempt = _tried(checking, node, guess)
        joined = join(guess, result.type)
        if attempt.problems or joined is None or joined == guess:
            checking.problems.extend(attempt.problems)
            if not attempt.problems and joined is None:
                _report(checking, node)
            return result
        guess = joined
    _report(checking, node)
    return failed(node)


def _tried(checking: Checking, node: Node, of: Type) -> tuple[Node, Checking]:
    attempt = replace(checking.with_names({_PARTIAL: list_of(of)}), problems=[])
    return attempt.infer(node), attempt


def _first_types(node: Node) -> Iterator[Type]:
    """The types that a result can have without those before it."""
    if isinstance(node, If):
        yield from _first_types(node.yes)
        yield from _first_types(node.no)
    else:
        yield node.type


def _report(checking: Checking, node: Node) -> None:
    message = "the results of `for` are of no one type"
    hint = "say what the first one is: `if partial = [] then 1 else partial[-1] * 2`"
    checking.report("types/mixed-list", message, node, hint)


# What only a named value may have: all else stays first-order, so that it can be proved

_WORDS: Final[dict[type[Node], str]] = {
    ContextLiteral: "a context `{ }`",
    For: "`for`",
    FunctionLiteral: "a function",
    Invocation: "a call of a function that is a value",
}
#: Kinds of values that have no place in terms.
_KINDS: Final = ("context", "function")


def higher_order(node: Node, source: Source) -> Problem | None:
    """The problem that ``node``, which has been checked, has something that only ``values`` may have, if it has."""
    found = _first(node)
    if found is None:
        return None
    what = _WORDS.get(type(found)) or f"`{source.text[slice(*found.span)]}`"
    if isinstance(found, Name):
        message = f"{what} is a {_kind(found.type)}, which only other `values` can use"
        hint = "give what you need of it a name under `values`, and use that name here"
    else:
        message = f"{what} can only be used in `values`"
        hint = "give the formula a name under `values`, and use that name here"
    return Problem("types/first-order", message, source.place(found.span), hint=hint)


def _first(node: Node) -> Node | None:
    """The outermost part that is not first-order; of a path, what it begins with."""
    if type(node) in _WORDS or (isinstance(node, Name | Call) and _kind(node.type) in _KINDS):
        return node
    return next((found for found in map(_first, children(node)) if found is not None), None)


def _kind(of: Type) -> str:
    """The kind of a value, or of the items of lists."""
    return _kind(element_of(of)) if of.kind == "list" else of.kind
