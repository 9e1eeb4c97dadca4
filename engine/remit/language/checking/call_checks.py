"""Calls of built-in functions: the name, the number of arguments, their names and types, and calendars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from remit.language.builtins import BUILTINS, UNSUPPORTED, Builtin, Parameter, Signature
from remit.language.checking.alike import ALIKE, ITEMS, check_alike, check_items
from remit.language.checking.check_context import Checking, failed, typed
from remit.language.checking.function_checks import (
    GIVEN,
    OF_CONTEXTS,
    check_context_call,
    check_given,
    with_functions,
)
from remit.language.checking.nullability import ROUNDINGS
from remit.language.checking.replacements import constant, instead
from remit.language.checking.type_rules import accepts, is_open, type_of
from remit.language.checking.type_words import a_type, any_of, quoted
from remit.language.nodes import Call, Node
from remit.language.source import Span
from remit.language.suggestions import closest
from remit.language.types import INTEGER, NUMBER, TEXT, Type
from remit.language.words import listing, plural

__all__ = ["arranged", "check_call"]

#: What a function reads from text, and how to write it as a constant instead.
_READS: Final = {
    "date": ("a date", 'write it like `@"2026-01-31"`'),
    "time": ("a time", 'write it like `@"14:30:00"`'),
    "date and time": ("a date and time", 'write it like `@"2026-01-31T14:30:00"`'),
    "duration": ("a duration", "write it like `90 days`, `36 hours` or `3 months`, without quotes"),
    "number": ("a number", "write it like `1000.50`, without quotes"),
    "range": ("a range", "write it like `[1..10]`, without quotes"),
}


#: Functions that give a context of any entries: of no use where everything has a type.
_UNTYPED: Final = frozenset(("context", "context merge"))


def check_call(checking: Checking, node: Call) -> Node:
    """A call must fit one signature of the function."""
    node = with_functions(checking, node) if node.function in GIVEN else _inferred(checking, node)
    arguments = node.arguments
    builtin = BUILTINS.get(node.function)
    if builtin is None:
        _unknown(checking, node)
        return failed(node)
    signatures = _that_take(checking, node, builtin)
    if not signatures:
        return failed(node)
    fitting = [each for each in signatures if _misfit(each, node) is None]
    if not fitting:
        _report_argument(checking, node, signatures)
        return failed(node)
    checked = _checked(checking, node, builtin, fitting[0])
    open_ended = any(is_open(argument.type) for argument in arguments)
    if open_ended and any(each.result != fitting[0].result or callable(each.result) for each in fitting):
        return failed(checked)  # which signature it is depends on an argument that is wrong itself
    return checked


def _inferred(checking: Checking, node: Call) -> Call:
    return replace(node, arguments=tuple(checking.infer(argument) for argument in node.arguments))


def _checked(checking: Checking, node: Call, builtin: Builtin, signature: Signature) -> Node:
    """What is left to check once the arguments fit a signature, and the type of the call."""
    parameters = tuple((parameter.name, parameter.type) for parameter, _ in arranged(signature, node))
    if builtin.name in _UNTYPED:
        message = f"{quoted(builtin.name)} gives entries that are not known before it runs"
        checking.report("names/unsupported-function", message, node, "write the context out: `{name: value}`")
        return failed(node)
    if builtin.name in OF_CONTEXTS:
        return check_context_call(checking, node)
    fine = builtin.name not in ITEMS or check_items(checking, node, parameters)
    if fine and builtin.name in GIVEN:
        fine = check_given(checking, node)
    if fine and builtin.name in ALIKE:
        node, fine = check_alike(checking, node, parameters)
    if fine and builtin.needs_calendars:
        fine = _check_calendar(checking, node, signature)
    elif fine:
        fine = _check_constant(checking, node, builtin)
    if not fine:
        return failed(node)
    return typed(node, _result(signature, node))


def _result(signature: Signature, node: Call) -> Type:
    """The type of the call."""
    types = tuple(argument.type for argument in node.arguments)
    if node.names is not None:
        given = dict(zip(node.names, types, strict=True))
        types = tuple(given[parameter.name] for parameter in signature.parameters if parameter.name in given)
    result = signature.result_type(types)
    if is_open(result) and node.function not in ALIKE:
        return _of_constants(node) or result
    if result == NUMBER and node.function in ROUNDINGS:
        scale = constant(arranged(signature, node)[-1][1])
        return INTEGER if scale is not None and isinstance(scale[0], Decimal) and scale[0] <= 0 else NUMBER
    return result


def _of_constants(node: Call) -> Type | None:
    """The type of the value of a call of constants, where the signature leaves it open: ``duration("P1Y")`` is in months."""
    values = [constant(argument) for argument in node.arguments]
    known = [found[0] for found in values if found is not None]
    return type_of(BUILTINS[node.function].run(*known, names=node.names)) if known and len(known) == len(values) else None


def arranged(signature: Signature, node: Call) -> list[tuple[Parameter, Node]]:
    """Each argument with the parameter that it is for, in the order of the call."""
    if node.names is None:
        return [(signature.parameter(index), argument) for index, argument in enumerate(node.arguments)]
    known = {parameter.name: parameter for parameter in signature.parameters}
    return [(known[name], argument) for name, argument in zip(node.names, node.arguments, strict=True)]


def _unknown(checking: Checking, node: Call) -> None:
    span = (node.span[0], node.span[0] + len(node.function))
    if node.function in UNSUPPORTED:
        message = f"remit has no function {quoted(node.function)}"
        checking.report("names/unsupported-function", message, span, UNSUPPORTED[node.function])
        return
    meant = closest(node.function, BUILTINS)
    hint = f"did you mean {quoted(meant)}?" if meant else None
    checking.report("names/unknown-function", f"there is no function {quoted(node.function)}", span, hint)


def _usage(builtin: Builtin, signatures: Sequence[Signature] | None = None) -> str:
    """``substring(string, start position, length)``, one for each signature."""
    shapes = [
        f"{builtin.name}({', '.join(parameter.name for parameter in each.parameters)}{', ...' if each.variadic else ''})"
        for each in signatures or builtin.signatures
    ]
    return f"write {any_of(dict.fromkeys(shapes))}"


def _that_take(checking: Checking, node: Call, builtin: Builtin) -> list[Signature]:
    """The signatures that take as many arguments, or arguments of these names; none is reported."""
    if node.names is not None:
        found = [each for each in builtin.signatures if each.order(node.names) is not None]
        if not found:
            _report_names(checking, node, builtin, node.names)
        return found
    found = [each for each in builtin.signatures if each.takes(len(node.arguments))]
    if not found:
        count = len(node.arguments)
        given = f"{count or 'none'} {'are' if count > 1 else 'is'} given"
        message = f"{quoted(node.function)} takes {_numbers(builtin)}, but {given}"
        checking.report("types/argument-count", message, node, _usage(builtin))
    return found


def _numbers(builtin: Builtin) -> str:
    """``1 value``, ``2 or 3 values``, ``at least 1 value``."""
    if any(each.variadic for each in builtin.signatures):
        fewest = min(each.fewest for each in builtin.signatures)
        return f"at least {fewest} {plural('value', fewest)}"
    counts = sorted({count for each in builtin.signatures for count in range(each.fewest, len(each.parameters) + 1)})
    return f"{listing(map(str, counts), 'or', comma=False) if counts[-1] else 'no'} {plural('value', counts[-1])}"


def _report_names(checking: Checking, node: Call, builtin: Builtin, names: tuple[str, ...]) -> None:
    known = dict.fromkeys(parameter.name for each in builtin.signatures for parameter in each.parameters)
    wrong = [(name, argument) for name, argument in zip(names, node.arguments, strict=True) if name not in known]
    for name, argument in wrong:
        meant = closest(name, known)
        hint = f"did you mean {quoted(meant)}?" if meant else _usage(builtin)
        where = _span_of_name(checking, name, argument)
        checking.report("names/unknown-parameter", f"{quoted(node.function)} has no argument {quoted(name)}", where, hint)
    if not wrong:
        message = f"{quoted(node.function)} also needs {any_of(_left_out(builtin, names), 'and')}"
        if len(set(names)) < len(names):
            message = f"an argument of {quoted(node.function)} is named twice"
        checking.report("types/argument-count", message, node, _usage(builtin))


def _span_of_name(checking: Checking, name: str, argument: Node) -> Span:
    """Where the name before an argument stands."""
    start = argument.span[0]
    before = checking.source.text[:start].rstrip().removesuffix(":").rstrip()
    return (len(before) - len(name), len(before)) if before.endswith(name) else argument.span


def _left_out(builtin: Builtin, names: tuple[str, ...]) -> list[str]:
    """The parameters that a call by these names lacks, for the signature that lacks the fewest."""
    lacking = [
        [parameter.name for parameter in each.parameters if not parameter.optional and parameter.name not in names]
        for each in builtin.signatures
        if set(names) <= {parameter.name for parameter in each.parameters}
    ]
    return min(lacking, key=len, default=[])


def _misfit(signature: Signature, node: Call) -> int | None:
    """The index of the first argument that the signature cannot take."""
    pairs = arranged(signature, node)
    return next((at for at, (parameter, argument) in enumerate(pairs) if not accepts(parameter.type, argument.type)), None)


def _report_argument(checking: Checking, node: Call, signatures: list[Signature]) -> None:
    """Report the argument that keeps the signature that fits furthest from fitting."""
    misfits = [(_misfit(each, node) or 0, each) for each in signatures]
    furthest = max(at for at, _ in misfits)
    candidates = [arranged(each, node)[furthest][0] for at, each in misfits if at == furthest]
    argument = node.arguments[furthest]
    needed = list(dict.fromkeys(a_type(parameter.type, exact=True) for parameter in candidates))
    name = candidates[0].name
    given = f"{checking.name(argument)} is {a_type(argument.type)}"
    message = f"{quoted(node.function)} needs {listing(needed, 'or', comma=False)} for {quoted(name)}, but {given}"
    hint = instead(checking, argument, candidates[0].type) if len(needed) == 1 else None
    checking.report("types/argument", message, argument, hint)


def _check_calendar(checking: Checking, node: Call, signature: Signature) -> bool:
    """Whether the calendar is named and declared; if not, that is reported."""
    before = len(checking.problems)
    for parameter, argument in arranged(signature, node):
        if parameter.name != "calendar" or argument.type.kind == "any":
            continue
        found = constant(argument)
        if found is None or not isinstance(found[0], str):
            message = f"the calendar must be named in quotes, but {checking.name(argument)} is worked out"
            checking.report("names/unknown-calendar", message, argument, _calendars_hint(checking, None))
        elif found[0] not in checking.calendars:
            message = f"unknown calendar {quoted(found[0])}"
            checking.report("names/unknown-calendar", message, argument, _calendars_hint(checking, found[0]))
    return len(checking.problems) == before


def _calendars_hint(checking: Checking, name: str | None) -> str:
    meant = closest(name, checking.calendars) if name else None
    if meant:
        return f"did you mean {quoted(meant)}?"
    if checking.calendars:
        return f"the calendars are {any_of(sorted(checking.calendars), 'and')}"
    return "declare it under `calendars`"


def _check_constant(checking: Checking, node: Call, builtin: Builtin) -> bool:
    """Whether a function of constants gives something; if not the constants are wrong, and that is reported."""
    values = [constant(argument) for argument in node.arguments]
    known = [found[0] for found in values if found is not None and found[0] is not None]
    if not values or len(known) < len(values) or builtin.run(*known, names=node.names) is not None:
        return True
    if builtin.name in _READS and node.arguments[0].type == TEXT:
        what, example = _READS[builtin.name]
        message = f"{checking.name(node.arguments[0])} cannot be read as {what}"
        checking.report("types/no-value", message, node.arguments[0], example)
    else:
        checking.report("types/no-value", f"{checking.name(node)} is always null", node, _usage(builtin))
    return False
