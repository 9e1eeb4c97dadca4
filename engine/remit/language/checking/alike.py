"""Functions whose arguments must be of one type with each other: ``min(30 EUR, 5)`` fits the signature and still makes no
sense."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from remit.language.checking.choices import adapt
from remit.language.checking.comparing import mismatch
from remit.language.checking.context import Checking
from remit.language.checking.rules import comparable, element_of
from remit.language.nodes import Call, Node
from remit.language.types import Type, list_of

__all__ = ["ALIKE", "check_alike"]

#: Their arguments, or the items of their arguments that are lists or ranges, are compared, added or put together.
ALIKE: Final = frozenset(
    (
        "min",
        "max",
        "sum",
        "mean",
        "median",
        "stddev",
        "mode",
        "product",
        "list contains",
        "append",
        "concatenate",
        "union",
        "insert before",
        "index of",
        "list replace",
        "before",
        "after",
        "meets",
        "met by",
        "overlaps",
        "overlaps before",
        "overlaps after",
        "finishes",
        "finished by",
        "includes",
        "during",
        "starts",
        "started by",
        "coincides",
        "is",
    )
)


def check_alike(checking: Checking, node: Call, parameters: tuple[Type, ...]) -> Call:
    """``node``, whose arguments are for parameters of these types, with text literals as words of a choice."""
    arguments = list(node.arguments)
    open_ended = [at for at, of in enumerate(parameters) if _is_open(of)]
    if not open_ended:
        return node
    first = max(open_ended, key=lambda at: _strength(_item(arguments[at], parameters[at])))
    wanted = _item(arguments[first], parameters[first])
    for at in open_ended:
        if at == first:
            continue
        as_list = arguments[at].type.kind == "list" and parameters[at].kind != "any"
        arguments[at] = adapt(checking, arguments[at], list_of(wanted) if as_list else wanted, arguments[first])
        if not comparable(wanted, _item(arguments[at], parameters[at])):
            mismatch(checking, arguments[first], arguments[at], node, "they do not go together")
            break
    return replace(node, arguments=tuple(arguments))


def _is_open(of: Type) -> bool:
    return of.kind == "any" or (of.kind in ("list", "range") and element_of(of).kind == "any")


def _item(argument: Node, parameter: Type) -> Type:
    """What an argument contributes: itself, or its items where the parameter is a list or range."""
    if argument.type.kind == "range" or (argument.type.kind == "list" and parameter.kind == "list"):
        return element_of(argument.type)
    return argument.type


def _strength(of: Type) -> int:
    """The argument that tells the most about the others: a choice tells what a text must be."""
    return {"any": 0, "null": 0, "text": 1, "choice": 2}.get(of.kind, 1)
