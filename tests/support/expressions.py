"""Hypothesis strategies for well-typed FEEL: texts that an author could have written, over the names of a scope.

``expressions(SCOPE, of)`` gives texts of expressions of a type, ``unary_tests(SCOPE, of)`` texts of tests for an input of a
type; ``typed_expressions`` and ``typed_tests`` give the checked trees. ``facts(SCOPE)`` (of :mod:`support.values`) gives
matching facts. To add a construct, write a maker and add it to a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from remit.language.builtins import BUILTINS
from remit.language.checker import check
from remit.language.checking.type_rules import is_open
from remit.language.nodes import Node
from remit.language.parser import parse_expression, parse_unary_tests
from remit.language.source import Source
from remit.language.types import BOOLEAN, INTEGER, Type, list_of
from support.boxed_makers import BOXED
from support.conditions import CONDITIONS, write_tests
from support.makers import VALUES
from support.values import facts
from support.writer import SCOPE, TYPES, Maker, Makers, Writer, types

__all__ = ["SCOPE", "TYPES", "expressions", "facts", "typed_expressions", "typed_tests", "types", "unary_tests"]


@st.composite
def expressions(draw: Any, scope: Mapping[str, Type], of: Type, *, depth: int = 3, boxed: bool = True) -> str:
    """Texts of expressions of type ``of`` over ``scope``; ``boxed``: with contexts, ``for`` and functions."""
    return Writer(draw, scope, _MAKERS_WITH_BOXED if boxed else _MAKERS).write(of, depth)


@st.composite
def unary_tests(draw: Any, scope: Mapping[str, Type], of: Type, *, depth: int = 2) -> str:
    """Texts of unary tests for an input of type ``of``."""
    return write_tests(Writer(draw, scope, _MAKERS), of, depth)


@st.composite
def typed_expressions(draw: Any, scope: Mapping[str, Type], of: Type, *, depth: int = 3) -> Node:
    """Checked trees of expressions of type ``of``."""
    source = Source(draw(expressions(scope, of, depth=depth)))
    node, problems = check(parse_expression(source, scope), source, scope, expect=of)
    assert not problems, f"{source.text}\n{problems[0]}"
    return node


@st.composite
def typed_tests(draw: Any, scope: Mapping[str, Type], of: Type, *, depth: int = 2) -> Node:
    """Checked trees of unary tests for an input of type ``of``."""
    source = Source(draw(unary_tests(scope, of, depth=depth)))
    node, problems = check(parse_unary_tests(source, scope, words=of.choices), source, scope, expect=BOOLEAN, input=of)
    assert not problems, f"{source.text}\n{problems[0]}"
    return node


def _conditional(w: Writer, of: Type, depth: int) -> str:
    return f"if {w.write(BOOLEAN, depth)} then {w.write(of, depth)} else {w.write(of, depth)}"


def _some_function(w: Writer, of: Type, depth: int) -> str:
    """A call of any function whose result is such a value; its first argument is no constant, lest it be plainly null."""
    name, parameters = w.pick(_FUNCTIONS[of.kind])
    first, *rest = parameters
    if not depth:
        return w.leaf(of)
    return w.call(name, f"({_conditional(w, first, depth - 1)})", *(w.write(each, depth - 1) for each in rest))


def _item(w: Writer, of: Type, depth: int) -> str:
    position = w.pick(["1", "-1", "2", f"1 + {w.part(INTEGER, depth - 1)}"])
    return f"{w.part(list_of(of), depth)}[{position}]"


def _plain_functions() -> dict[str, list[tuple[str, tuple[Type, ...]]]]:
    """The functions whose types are all fixed, by the kind of what they give."""
    out: dict[str, list[tuple[str, tuple[Type, ...]]]] = {}
    for builtin in BUILTINS.values():
        for signature in () if builtin.needs_calendars else builtin.signatures:
            types_of = tuple(parameter.type for parameter in signature.parameters if not parameter.optional)
            if isinstance(signature.result, Type) and not any(is_open(of) for of in (signature.result, *types_of)):
                out.setdefault(signature.result.kind, []).append((builtin.name, types_of))
    return out


_FUNCTIONS = _plain_functions()

_FUNCTION: tuple[Maker, ...] = (_some_function,)
_MAKERS: Makers = {
    **VALUES,
    **{kind: (*VALUES[kind], *_FUNCTION) for kind in ("text", "date", "date-time", "time", "months")},
    "number": (*VALUES["number"], *_FUNCTION, *_FUNCTION),
    "boolean": (*CONDITIONS, *_FUNCTION),
    "any": (_conditional, _item),
}
_MAKERS_WITH_BOXED: Makers = {kind: (*makers, *BOXED.get(kind, ())) for kind, makers in _MAKERS.items()}
