"""Constants, names and the dots after them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Final

from remit.language.builtins import BUILTINS, UNSUPPORTED
from remit.language.checking.check_context import Checking, failed, typed
from remit.language.checking.type_rules import element_of, properties, type_of
from remit.language.checking.type_words import a_type, any_of, quoted
from remit.language.nodes import Input, Literal, Name, Node, Path
from remit.language.parsing.literals import SECONDS
from remit.language.suggestions import closest
from remit.language.text import literal, too_exact
from remit.language.types import Type
from remit.language.values import Money

__all__ = ["check_input", "check_literal", "check_name", "check_path"]

#: More than six digits of a second.
_TOO_EXACT: Final = re.compile(r"\.\d{6}\d*[1-9]")
_WITH_UNIT: Final = re.compile(r"-?\s*([0-9.]+)\s*([a-z]+)")
#: What people write for a constant of the language.
_CONSTANTS: Final = {
    **dict.fromkeys(("True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"), "true"),
    **dict.fromkeys(("False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"), "false"),
    **dict.fromkeys(("None", "none", "Null", "NULL", "nil", "undefined"), "null"),
}


def check_literal(checking: Checking, node: Literal) -> Node:
    """A constant has the type of its value. What is more exact than that is not cut in silence."""
    if isinstance(node.value, time | datetime | timedelta) and _is_cut(checking.text(node), node.value):
        message = f"{checking.name(node)} is more exact than a microsecond"
        checking.report("types/too-exact", message, node, f"write {quoted(literal(node.value))}")
    if isinstance(node.value, Money) and node.value.is_too_exact:
        message, hint = too_exact(node.value)
        checking.report("types/too-exact", message, node, hint)
    return Literal(node.value, span=node.span, type=type_of(node.value))


def _is_cut(written: str, value: time | datetime | timedelta) -> bool:
    """Whether a constant has more digits than are kept: in quotes behind ``@``, or a number with a unit."""
    if written.startswith("@"):
        return _TOO_EXACT.search(written) is not None
    number, unit = _WITH_UNIT.fullmatch(written), 0
    if number is None or not isinstance(value, timedelta):
        return False
    unit = SECONDS[number[2].removesuffix("s")]
    return Decimal(number[1]) * unit != Decimal(abs(value) // timedelta(microseconds=1)) / 1_000_000


def check_input(checking: Checking, node: Input) -> Node:
    """``?`` has the type of what is tested."""
    if checking.input is not None:
        return typed(node, checking.input)
    message = "`?` stands for what is tested, and nothing is tested here"
    checking.report("names/no-input", message, node, "write the name itself")
    return failed(node)


def check_name(checking: Checking, node: Name) -> Node:
    """A name has the type that it is declared with."""
    known = checking.scope.get(node.name)
    if known is not None:
        return typed(node, known)
    checking.report("names/unknown", f"unknown name {quoted(node.name)}", node, _hint(checking, node.name))
    return failed(node)


def check_path(checking: Checking, node: Path) -> Node:
    """A property, or the rest of a dotted name that is not declared."""
    root, dotted = _dotted(node)
    if dotted and root not in checking.scope:
        checking.report("names/unknown", f"unknown name {quoted(dotted)}", node, _hint(checking, dotted))
        return failed(node)
    source = checking.infer(node.source)
    if source.type.kind == "any" or (source.type.kind == "list" and element_of(source.type).kind == "any"):
        return failed(node, source=source)
    found = properties(source.type).get(node.name)
    if found is not None:
        return typed(node, found, source=source)
    message = f"{checking.name(source)} is {a_type(source.type)}: it has no {quoted(node.name)}"
    checking.report("names/unknown-property", message, node, _property_hint(checking, source.type, node.name, dotted))
    return failed(node, source=source)


def _dotted(node: Node) -> tuple[str, str]:
    """The name at the root of ``a.b.c``, and the whole; both empty where ``node`` is more than names and dots."""
    parts: list[str] = []
    while isinstance(node, Path):
        parts.append(node.name)
        node = node.source
    return (node.name, ".".join([node.name, *reversed(parts)])) if isinstance(node, Name) else ("", "")


def _hint(checking: Checking, name: str) -> str | None:
    """What to write instead of an unknown ``name``."""
    return next((hint for hint in _hints(checking, name) if hint), None)


def _hints(checking: Checking, name: str) -> Iterator[str | None]:
    scope = checking.scope
    if any(name in each.choices for each in scope.values()):
        yield f"a word of a choice stands in quotes: {quoted(literal(name))}"
    yield f"did you mean {quoted(_CONSTANTS[name])}?" if name in _CONSTANTS else None
    meant = _meant(name, scope)
    yield f"did you mean {quoted(meant)}?" if meant else None
    yield _within(name, scope)
    yield f"{quoted(name)} is a function: write `{name}(...)`" if name in BUILTINS else None
    yield UNSUPPORTED.get(name)
    word = closest(name, (word for each in scope.values() for word in each.choices))
    yield f"did you mean {quoted(literal(word))}, in quotes?" if word else None
    yield "declare it under `facts` or `values`; if it is text, put it in quotes"


def _meant(name: str, scope: Mapping[str, Type]) -> str | None:
    """The declared name that ``name`` is near to, or that its beginning is near to, with the property that follows."""
    found = None if _is_group(name, scope) else closest(name, scope)
    before, _, last = name.rpartition(".")
    if found or not before or _is_group(before, scope):
        return found
    start = _meant(before, scope)
    return f"{start}.{last}" if start and last in properties(scope[start]) else start


def _is_group(name: str, scope: Mapping[str, Type]) -> bool:
    """Whether ``name`` is what stands before the dots of declared names."""
    return any(each.startswith(name + ".") for each in scope)


def _within(name: str, scope: Mapping[str, Type]) -> str | None:
    """The names that begin as a dotted ``name`` does."""
    while name:
        below = sorted(each for each in scope if each.startswith(name + "."))
        if below:
            return f"{quoted(name)} has {any_of(below, 'and')}"
        name = name.rpartition(".")[0]
    return None


def _property_hint(checking: Checking, of: Type, name: str, dotted: str) -> str | None:
    known = properties(of)
    meant = closest(name, known)
    if meant:
        return f"did you mean {quoted(meant)}?"
    whole = closest(dotted, checking.scope) if dotted else None
    if whole and "." in whole:
        return f"did you mean {quoted(whole)}?"
    return f"it has {any_of(known, 'and')}" if known else None
