"""Functions that ask more of their arguments than signatures can say: ``min(30 EUR, 5)`` fits and still makes no sense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from remit.language.checking.check_context import Checking
from remit.language.checking.choices import adapt
from remit.language.checking.replacements import NO_CONVERSION, both, constant, instead, mismatch_code
from remit.language.checking.type_rules import ORDERED, comparable, element_of
from remit.language.checking.type_words import a_type, quoted
from remit.language.nodes import Call, Node
from remit.language.types import Kind, Type, list_of

__all__ = ["ALIKE", "ITEMS", "check_alike", "check_items", "item_type"]

#: Their arguments, or the items of those that are lists or ranges, are compared, added or put together: all of one type.
ALIKE: Final = frozenset(
    (
        "min",
        "max",
        "sum",
        "mean",
        "median",
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

#: Parameters of these functions that say where, not what.
_PLACES: Final = frozenset(("position", "start position", "length", "match"))

#: Function -> the kinds of which what it goes through must be, and what it does with them.
ITEMS: Final[Mapping[str, tuple[frozenset[Kind], str]]] = {
    **dict.fromkeys(("min", "max"), (ORDERED, "compares numbers, money, dates, times or durations")),
    **dict.fromkeys(("all", "any"), (frozenset[Kind](("boolean",)), "asks whether conditions are true")),
    "string join": (frozenset[Kind](("text", "choice")), "joins texts"),
}


def item_type(argument: Node, parameter: Type) -> Type:
    """What an argument contributes: itself, or its items where the parameter is a list or a range."""
    if argument.type.kind == "range" or (argument.type.kind == "list" and parameter.kind == "list"):
        return element_of(argument.type)
    return argument.type


def check_items(checking: Checking, node: Call, parameters: tuple[tuple[str, Type], ...]) -> bool:
    """Whether the items that ``node`` goes through are of a kind that it can work with; if not, that is reported."""
    kinds, does = ITEMS[node.function]
    for argument, (name, parameter) in zip(node.arguments, parameters, strict=True):
        found = item_type(argument, parameter).kind
        if name != "delimiter" and found not in kinds and found not in ("any", "null"):
            message = f"{quoted(node.function)} {does}, but {checking.name(argument)} is {a_type(argument.type)}"
            checking.report("types/argument", message, argument)
            return False
    return True


def check_alike(checking: Checking, node: Call, parameters: tuple[tuple[str, Type], ...]) -> tuple[Call, bool]:
    """``node``, with text literals as words of a choice, and whether its arguments are of one type with each other.

    ``parameters`` are the name and the type of the parameter that each argument is for.
    """
    arguments = list(node.arguments)
    places = _alike(parameters)
    first = max(places, key=lambda at: _strength(item_type(arguments[at], parameters[at][1])))
    wanted = item_type(arguments[first], parameters[first][1])
    for at in places:
        if at == first:
            continue
        of = parameters[at][1]
        as_list = arguments[at].type.kind == "list" and of.kind == "list"
        before = len(checking.problems)
        arguments[at] = adapt(checking, arguments[at], list_of(wanted) if as_list else wanted, arguments[first])
        if len(checking.problems) > before:
            return node, False
        if not comparable(wanted, item_type(arguments[at], of)):
            places = sorted((first, at))
            items = [item_type(arguments[each], parameters[each][1]) for each in places]
            _report_unlike(checking, node, [arguments[each] for each in places], items)
            return node, False
    return replace(node, arguments=tuple(arguments)), True


def _report_unlike(checking: Checking, node: Call, pair: list[Node], items: list[Type]) -> None:
    """Report two arguments that do not go together because of what they contribute; a constant is underlined."""
    sides = zip(pair, reversed(items), strict=True)
    advised = [(one, instead(checking, one, of)) for one, of in sides if constant(one) is not None]
    where, hint = advised[0] if len(advised) == 1 else (node, None)
    code = mismatch_code(items[0], items[1], "types/argument")
    if code == "types/currencies":
        hint = NO_CONVERSION
    checking.report(code, both(checking, pair[0], pair[1], "they do not go together"), where, hint)


def _alike(parameters: tuple[tuple[str, Type], ...]) -> list[int]:
    return [at for at, (name, _) in enumerate(parameters) if name not in _PLACES]


def _strength(of: Type) -> int:
    """The argument that tells the most about the others: a choice tells what a text must be."""
    return {"any": 0, "null": 0, "choice": 2}.get(of.kind, 1)
