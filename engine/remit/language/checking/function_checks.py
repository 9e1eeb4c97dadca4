"""Functions that are values, and the built-in functions that ask more of contexts and functions than signatures can say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from remit.errors import Problem
from remit.language.checking.branch_checks import TYPE_WORDS
from remit.language.checking.check_context import Checking, failed, typed
from remit.language.checking.replacements import constant
from remit.language.checking.type_rules import accepts, element_of, join_all, properties
from remit.language.checking.type_words import a_type, any_of, quoted
from remit.language.evaluating.instances import TYPE_NAMES, type_parts
from remit.language.nodes import Call, ContextLiteral, For, FunctionLiteral, Invocation, Name, Node, Path, children
from remit.language.source import Source
from remit.language.suggestions import closest
from remit.language.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DURATION,
    MONTHS,
    NULL,
    NUMBER,
    TEXT,
    TIME,
    Type,
    context_of,
    function_of,
    list_of,
    money,
    range_of,
)
from remit.language.words import plural

__all__ = [
    "GIVEN",
    "OF_CONTEXTS",
    "check_context_call",
    "check_function",
    "check_given",
    "check_invocation",
    "higher_order",
    "with_functions",
]

_TYPES: Final[Mapping[str, Type]] = {
    "number": NUMBER,
    "string": TEXT,
    "boolean": BOOLEAN,
    "date": DATE,
    "time": TIME,
    "date and time": DATE_TIME,
    "days and time duration": DURATION,
    "years and months duration": MONTHS,
    "Null": NULL,
}


# Function literals and calls


def check_function(checking: Checking, node: FunctionLiteral, given: tuple[Type, ...] = ()) -> Node:
    """A parameter says its type, unless it is known what it is ``given``."""
    known: dict[str, Type] = {}
    before = len(checking.problems)
    for at, (name, type_name) in enumerate(node.parameters):
        if name in known:
            checking.report("types/duplicate-entry", f"there are two parameters {quoted(name)}", node, "give one another name")
        known[name] = _parameter(checking, node, name, type_name, given[at] if at < len(given) else None)
    body = checking.with_names(known).infer(node.body)
    if len(checking.problems) > before:
        return failed(node, body=body)
    return typed(node, function_of(known.items(), body.type), body=body)


def _parameter(checking: Checking, node: FunctionLiteral, name: str, type_name: str | None, given: Type | None) -> Type:
    if type_name is None:
        if given is None:
            message = f"the type of the parameter {quoted(name)} is not known here"
            checking.report("types/parameter-type", message, node, f"say it: {quoted(f'{name}: number')}")
        return given or ANY
    parts = type_parts(type_name)
    of = None if parts is None else _named(checking, parts)
    if of is None:
        _report_type(checking, node, type_name)
        return ANY
    if given is not None and not accepts(of, given):
        message = f"{quoted(name)} is given {a_type(given)}, but is declared as {quoted(type_name)}"
        checking.report("types/argument", message, node)
    return of


def _report_type(checking: Checking, node: FunctionLiteral, type_name: str) -> None:
    if "money" in type_name:
        message = f"{quoted(type_name)} does not say which currency"
        hint = "let the function take a number, and multiply it by an amount"
    else:
        message = f"{quoted(type_name)} is no type that a parameter can have"
        meant = TYPE_WORDS.get(type_name) or (None if type_parts(type_name) else closest(type_name, TYPE_NAMES))
        hint = f"did you mean {quoted(meant)}?" if meant else f"the types are {any_of([*_TYPES, 'money'], 'and')}"
    checking.report("names/unknown-type", message, node, hint)


def _named(checking: Checking, parts: tuple[object, ...]) -> Type | None:
    """The type of a name that has been read; ``None`` where it does not say enough, or money has several currencies."""
    match parts:
        case ("money",):
            currencies = {of.currency for of in checking.scope.values() if of.kind == "money" and of.currency}
            return money(currencies.pop()) if len(currencies) == 1 else None
        case ("list" | "range" as kind, tuple() as inner):
            element = _named(checking, inner)
            return element and (list_of(element) if kind == "list" else range_of(element))
        case ("context", tuple() as entries):
            known = [(name, _named(checking, of)) for name, of in entries]
            return context_of((name, of) for name, of in known if of) if all(of for _, of in known) else None
        case ("function", tuple() as parameters, tuple() as result):
            taken, gives = [_named(checking, each) for each in parameters], _named(checking, result)
            named = ((str(at), of) for at, of in enumerate(taken) if of)
            return function_of(named, gives) if gives and all(taken) else None
        case (str() as name,):
            return _TYPES.get(name)
    return None


def check_invocation(checking: Checking, node: Invocation) -> Node:
    """What is called is a function, and the arguments fit its parameters."""
    function = checking.infer(node.function)
    arguments = tuple(checking.infer(each) for each in node.arguments)
    parts = {"function": function, "arguments": arguments}
    of = function.type
    if of.kind == "any":
        return failed(node, **parts)
    if of.kind != "function":
        hint = f"to multiply, write {quoted(f'{checking.text(function)} * (...)')}"
        message = f"{checking.name(function)} is {a_type(of)}, not a function"
        checking.report("types/not-a-function", message, function, hint)
        return failed(node, **parts)
    if not _fit(checking, node, of, arguments):
        return failed(node, **parts)
    return typed(node, element_of(of), **parts)


def _fit(checking: Checking, node: Invocation, of: Type, arguments: tuple[Node, ...]) -> bool:
    """Whether the arguments fit; if not, that is reported."""
    known = dict(of.entries)
    names = node.names or tuple(known)
    call = f"{checking.text(node.function)}({', '.join(known)})"
    usage = f"write {quoted(call)}" if isinstance(node.function, Name | Path) else f"it is given {any_of(known, 'and')}"
    if len(arguments) != len(known) or set(names) != known.keys():
        message = f"{checking.name(node.function)} takes {len(known)} {plural('value', len(known))}"
        message += (
            f", but {len(arguments)} {'is' if len(arguments) == 1 else 'are'} given" if len(arguments) != len(known) else ""
        )
        checking.report("types/argument-count", message, node, usage)
        return False
    for name, argument in zip(names, arguments, strict=True):
        if not accepts(known[name], argument.type):
            given = f"{checking.name(argument)} is {a_type(argument.type)}"
            message = f"{checking.name(node.function)} needs {a_type(known[name], exact=True)} for {quoted(name)}, but {given}"
            checking.report("types/argument", message, argument)
            return False
    return True


# Built-in functions


def _pair(node: Call, first: Type) -> tuple[Type, ...]:
    return (first, first)


def _item_and_new(node: Call, first: Type) -> tuple[Type, ...]:
    new = node.names.index("newItem") if node.names and "newItem" in node.names else len(node.arguments) - 1
    return (first, node.arguments[new].type)


#: The functions that take a function: what they give it, from the call (whose other arguments are checked) and the type of
#: the items of its list. Each must give a truth value.
GIVEN: Final[Mapping[str, Callable[[Call, Type], tuple[Type, ...]]]] = {"sort": _pair, "list replace": _item_and_new}


def _value(checking: Checking, node: Call, of: Type, key: str | None) -> Type | None:
    if key is None:
        return _of_all(checking, node, of)
    found = properties(of).get(key)
    if found is None:
        meant = closest(key, properties(of))
        hint = f"did you mean {quoted(meant)}?" if meant else f"it has {any_of(properties(of), 'and')}" if of.entries else None
        message = f"{checking.name(node.arguments[0])} has no entry {quoted(key)}"
        checking.report("names/unknown-property", message, node, hint)
    return found


def _of_all(checking: Checking, node: Call, of: Type) -> Type | None:
    found = join_all(each for _, each in of.entries)
    if found.kind != "any":
        return found
    checking.report("types/mixed-list", f"the entries of {checking.name(node.arguments[0])} are of different types", node)
    return None


def _entries(checking: Checking, node: Call, of: Type, key: str | None) -> Type | None:
    found = _of_all(checking, node, of)
    return found and list_of(context_of((("key", TEXT), ("value", found))))


def _put(checking: Checking, node: Call, of: Type, key: str | None) -> Type | None:
    value = next(arg.type for name, arg in _named_arguments(node, ("context", "key", "value")) if name == "value")
    if key is not None:
        return context_of({**dict(of.entries), key: value}.items())
    checking.report("types/argument", "the name of the entry must be a text in quotes here", node, 'write it: `"total"`')
    return None


#: The functions on contexts whose type depends on the names of entries.
OF_CONTEXTS: Final[Mapping[str, Callable[[Checking, Call, Type, str | None], Type | None]]] = {
    "get value": _value,
    "get entries": _entries,
    "context put": _put,
}


def _named_arguments(node: Call, names: tuple[str, ...]) -> list[tuple[str, Node]]:
    return list(zip(node.names or names, node.arguments, strict=False))


def check_context_call(checking: Checking, node: Call) -> Node:
    """A call of one of :data:`OF_CONTEXTS` whose arguments fit."""
    given = dict(_named_arguments(node, ("context" if node.function == "context put" else "m", "key", "value")))
    of = given.get("m", given.get("context", node.arguments[0])).type
    key = constant(given["key"]) if "key" in given else None
    if any(each.type.kind == "any" for each in node.arguments):
        return failed(node)
    found = OF_CONTEXTS[node.function](checking, node, of, key[0] if key and isinstance(key[0], str) else None)
    return failed(node) if found is None else typed(node, found)


def with_functions(checking: Checking, node: Call) -> Call:
    """``node`` with its arguments checked, function literals knowing what they are given."""
    literals = [each for each in node.arguments if isinstance(each, FunctionLiteral)]
    arguments = tuple(each if each in literals else checking.infer(each) for each in node.arguments)
    node = replace(node, arguments=arguments)
    if not literals:
        return node
    of = dict(_named_arguments(node, ("list",))).get("list", arguments[0]).type
    given = GIVEN[node.function](node, element_of(of) if of.kind == "list" else ANY)
    checked = (check_function(checking, each, given) if isinstance(each, FunctionLiteral) else each for each in arguments)
    return replace(node, arguments=tuple(checked))


def check_given(checking: Checking, node: Call) -> bool:
    """Whether the functions among the arguments of one of :data:`GIVEN` take what they are given, and give a truth value."""
    of = dict(_named_arguments(node, ("list",))).get("list", node.arguments[0]).type
    wanted = GIVEN[node.function](node, element_of(of))
    for each in (each for each in node.arguments if each.type.kind == "function"):
        if not accepts(function_of(((str(at), taken) for at, taken in enumerate(wanted)), BOOLEAN), each.type):
            message = f"{quoted(node.function)} needs a function of two values that is true or false"
            hint = "write `function(a, b) a < b`" if node.function == "sort" else "write `function(item, newItem) item > 3`"
            checking.report("types/argument", message, each, hint)
            return False
    return True


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
        message = f"{what} is {a_type(found.type)}, which only other `values` can use"
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
