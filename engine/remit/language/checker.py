"""Types: whether an expression makes sense, before it ever runs.

>>> from remit.language.checker import check
>>> from remit.language.nodes import Compare, Literal, Name
>>> from remit.language.source import Source
>>> from remit.language.types import choice
>>> text = 'guest.tier = "gld"'
>>> tree = Compare("=", Name("guest.tier", span=(0, 10)), Literal("gld", span=(13, 18)), span=(0, 18))
>>> typed, problems = check(tree, Source(text), {"guest.tier": choice(("silver", "gold"))})
>>> print(problems[0])
expression:1:14: error: `"gld"` is not one of the choices of `guest.tier` [types/impossible-choice]
  1 | guest.tier = "gld"
    |              ^^^^^
  help: did you mean `"gold"`?
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from remit.errors import Problem
from remit.language import nodes
from remit.language.checking import (
    branch_checks,
    call_checks,
    comparison_checks,
    computing,
    function_checks,
    list_checks,
    name_checks,
)
from remit.language.checking.check_context import Checking, Rules, failed
from remit.language.checking.checker_codes import CODES
from remit.language.checking.choices import adapt
from remit.language.checking.nullability import nullable
from remit.language.checking.replacements import NO_CONVERSION, constant, instead, mismatch_code
from remit.language.checking.type_rules import accepts
from remit.language.checking.type_words import a_type, any_of
from remit.language.nodes import Node
from remit.language.source import Source
from remit.language.types import BOOLEAN, Type

__all__ = ["CODES", "check", "nullable"]

#: What each kind of node is checked by.
_RULES: Final[Rules] = {
    nodes.Literal: name_checks.check_literal,
    nodes.Name: name_checks.check_name,
    nodes.Input: name_checks.check_input,
    nodes.Path: name_checks.check_path,
    nodes.Arithmetic: computing.check_arithmetic,
    nodes.Negate: computing.check_negate,
    nodes.Compare: comparison_checks.check_compare,
    nodes.Between: comparison_checks.check_between,
    nodes.And: branch_checks.check_logic,
    nodes.Or: branch_checks.check_logic,
    nodes.In: list_checks.check_in,
    nodes.RangeLiteral: list_checks.check_range,
    nodes.If: branch_checks.check_if,
    nodes.ListLiteral: list_checks.check_list,
    nodes.Filter: list_checks.check_filter,
    nodes.Quantified: list_checks.check_quantified,
    nodes.Call: call_checks.check_call,
    nodes.InstanceOf: branch_checks.check_instance,
    nodes.ContextLiteral: list_checks.check_context,
    nodes.For: list_checks.check_for,
    nodes.FunctionLiteral: function_checks.check_function,
    nodes.Invocation: function_checks.check_invocation,
}


def check(
    node: Node,
    source: Source,
    scope: Mapping[str, Type],
    *,
    expect: Type | None = None,
    input: Type | None = None,  # noqa: A002 - FEEL's word for what is tested
    input_name: str | None = None,
    calendars: Collection[str] = (),
) -> tuple[Node, tuple[Problem, ...]]:
    """Give every node of ``node`` its type, and say all that is wrong with it.

    ``scope`` maps every name that may be used (``guest.tier``) to its type. ``expect`` is the type that the whole must have
    (``None``: any; for a unary test, boolean). ``input`` is the type of what a unary test tests, which stands in the tree as
    ``Input()``; ``None`` where there is nothing to test. ``input_name`` is what messages call it (the name of the fact).
    ``calendars`` are the names that working-day functions may be given.

    Returns the tree rebuilt with ``type`` filled in, and the problems in reading order. A part in which an error was found has
    type ``ANY``, which fits everywhere, so that one mistake is told once. With no problems, evaluating the tree on facts of
    the declared types gives a value of its type or null. Never raises.
    """
    checking = Checking(_RULES, source, scope, input, input_name, calendars)
    try:
        node = checking.infer(node)
        wanted = BOOLEAN if expect is None and input is not None else expect
        if wanted is not None:
            node = _fit(checking, node, wanted)
    except RecursionError:
        checking.problems.clear()
        checking.report("types/too-deep", "this is too long to be read at once", node, "split it into several named values")
    found = sorted(checking.problems, key=lambda each: each[0])
    return node, tuple(problem for _, problem in found)


def _fit(checking: Checking, node: Node, expected: Type) -> Node:
    """``node`` where ``expected`` is needed; what does not fit is reported."""
    if expected.kind == "boolean":
        return node if branch_checks.condition(checking, node) else failed(node)
    node = adapt(checking, node, expected)
    if accepts(expected, node.type):
        return node
    if expected.kind == "number" == node.type.kind:
        fixed = constant(node) is not None
        message = f"{checking.name(node)} {'has' if fixed else 'may have'} decimals, but a whole number is needed here"
        checking.report("types/whole-number", message, node, None if fixed else f"round it: `floor({checking.text(node)})`")
    else:
        code = mismatch_code(node.type, expected, "types/expected")
        message = f"{checking.name(node)} is {a_type(node.type)}, but {a_type(expected, exact=True)} is needed here"
        checking.report(code, message, node, _expected_hint(checking, node, expected))
    return failed(node)


def _expected_hint(checking: Checking, node: Node, expected: Type) -> str | None:
    kinds = {node.type.kind, expected.kind}
    if kinds == {"money"}:
        return NO_CONVERSION
    if kinds == {"choice"}:
        others = [word for word in node.type.choices if word not in expected.choices]
        return f"it can also be {any_of(others)}"
    return instead(checking, node, expected)
