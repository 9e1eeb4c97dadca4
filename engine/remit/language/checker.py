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
from remit.language.checking import calls, comparing, computing, conditions, lists, membership, names
from remit.language.checking.choices import adapt
from remit.language.checking.codes import CODES
from remit.language.checking.context import Checking, Rules, failed
from remit.language.checking.hints import constant, instead
from remit.language.checking.mismatches import NO_CONVERSION, mismatch_code
from remit.language.checking.nullability import nullable
from remit.language.checking.rules import accepts
from remit.language.checking.words import a_type, any_of
from remit.language.nodes import Node
from remit.language.source import Source
from remit.language.types import BOOLEAN, Type

__all__ = ["CODES", "check", "nullable"]

#: What each kind of node is checked by.
_RULES: Final[Rules] = {
    nodes.Literal: names.check_literal,
    nodes.Name: names.check_name,
    nodes.Input: names.check_input,
    nodes.Path: names.check_path,
    nodes.Arithmetic: computing.check_arithmetic,
    nodes.Negate: computing.check_negate,
    nodes.Compare: comparing.check_compare,
    nodes.Between: comparing.check_between,
    nodes.And: conditions.check_logic,
    nodes.Or: conditions.check_logic,
    nodes.In: membership.check_in,
    nodes.RangeLiteral: membership.check_range,
    nodes.If: conditions.check_if,
    nodes.ListLiteral: lists.check_list,
    nodes.Filter: lists.check_filter,
    nodes.Quantified: lists.check_quantified,
    nodes.Call: calls.check_call,
    nodes.InstanceOf: conditions.check_instance,
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
        return node if conditions.condition(checking, node) else failed(node)
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
