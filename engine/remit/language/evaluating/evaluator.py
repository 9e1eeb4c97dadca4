"""Tree to value: what an expression is worth, given the values of its names (DMN 1.4, chapter 10.3).

Nothing here raises on what an expression or its values can be: where the standard speaks of an error, the value is ``None``,
FEEL's null. Facts that are not known stand in the scope as :class:`~remit.language.values.Unknown`; they make unknown only
what depends on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from remit.language import temporal
from remit.language.builtins import BUILTINS, Builtin
from remit.language.calendars import Calendar
from remit.language.evaluating.arithmetic import arithmetic, negate
from remit.language.evaluating.budget import ITEMS_OF_FACTS, PATTERNS, PER_CHARACTER, Budget, share
from remit.language.evaluating.closures import call_with_functions, function_literal, invocation, invoke
from remit.language.evaluating.frame import Frame, NodeRules, Setting
from remit.language.evaluating.instances import is_instance
from remit.language.evaluating.loops import LOOPS, Loop, loop, overruns
from remit.language.evaluating.membership import among, matches, related, within
from remit.language.evaluating.sizes import would_be_too_long
from remit.language.evaluating.three_valued import all_of, any_of, negation
from remit.language.evaluating.unknown import bounded_arithmetic, bounded_call, bounded_negate, either, waiting
from remit.language.nodes import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    If,
    In,
    Input,
    InstanceOf,
    Invocation,
    ListLiteral,
    Literal,
    Name,
    Negate,
    Node,
    Or,
    Path,
    Quantified,
    RangeLiteral,
    reads_input,
)
from remit.language.values import Function, Range, Unknown

__all__ = ["evaluate", "runs_out"]


def evaluate(
    node: Node,
    scope: Mapping[str, Any],
    input: Any = None,  # noqa: A002 - FEEL's word for what is tested
    *,
    calendars: Mapping[str, Calendar] = MappingProxyType({}),
    budget: Budget | None = None,
    functions: Mapping[str, Builtin] = BUILTINS,
) -> Any:
    """The value of ``node``.

    ``scope`` has the values of names, by their full names; a name that is not there is null. ``input`` is the value that
    unary tests test. ``calendars`` are those that working-day functions may be given. A ``some``, ``every``, ``for`` or
    filter, or a call, is null where it takes more than the steps of ``budget`` (:mod:`remit.language.evaluating.budget`).
    ``functions`` are the built-in ones.

    >>> from remit.language.parser import parse_expression
    >>> from remit.language.source import Source
    >>> evaluate(parse_expression(Source("1 + 2 * 3")), {})
    Decimal('7')
    """
    return Frame(Setting(_RULES, functions, calendars, budget or share()), scope, input).value(node)


def runs_out(
    node: Call | Loop | Invocation,
    scope: Mapping[str, Any],
    *,
    calendars: Mapping[str, Calendar],
    budget: Budget | None = None,
    functions: Mapping[str, Builtin] = BUILTINS,
) -> bool:
    """Whether a loop or a call is null because it takes more than the steps of ``budget``."""
    frame = Frame(Setting(_RULES, functions, calendars, budget or share()), scope, None)
    if isinstance(node, Call):
        return not _affords(node, [frame.value(each) for each in node.arguments], frame)
    return overruns(node, frame, invoke if isinstance(node, Invocation) else LOOPS[type(node)])


# Operators


def _arithmetic(node: Arithmetic, frame: Frame) -> Any:
    left, right = frame.value(node.left), frame.value(node.right)
    if type(left) is Unknown or type(right) is Unknown:
        return bounded_arithmetic(node.op, left, right)
    value = arithmetic(node.op, left, right)
    return frame.made(value) if type(value) is str else value


def _negate(node: Negate, frame: Frame) -> Any:
    value = frame.value(node.operand)
    return bounded_negate(value) if type(value) is Unknown else negate(value)


def _compare(node: Compare, frame: Frame) -> Any:
    return related(node.op, frame.value(node.left), frame.value(node.right))


def _and(node: And, frame: Frame) -> Any:
    return all_of(frame.value(operand) for operand in node.operands)


def _or(node: Or, frame: Frame) -> Any:
    return any_of(frame.value(operand) for operand in node.operands)


def _if(node: If, frame: Frame) -> Any:
    condition = frame.value(node.condition)
    if type(condition) is Unknown:
        return either(condition, frame.value(node.yes), frame.value(node.no))
    return frame.value(node.yes if condition is True else node.no)


def _between(node: Between, frame: Frame) -> Any:
    value = frame.value(node.value)
    return all_of((related(">=", value, frame.value(node.low)), related("<=", value, frame.value(node.high))))


# Names, lists, contexts, ranges


def _name(node: Name, frame: Frame) -> Any:
    return frame.names.get(node.name)


def _list(node: ListLiteral, frame: Frame) -> Any:
    items = [frame.value(item) for item in node.items]
    return waiting(items) if any(type(item) is Unknown for item in items) else frame.made(items)


def _context(node: ContextLiteral, frame: Frame) -> Any:
    entries: dict[str, Any] = {}
    inner = frame.binding(entries)
    for name, each in node.entries:
        if name in entries:
            return None  # the keys of a context are distinct
        entries[name] = inner.value(each)
    return waiting(entries.values()) if any(type(value) is Unknown for value in entries.values()) else frame.made(entries)


def _range(node: RangeLiteral, frame: Frame) -> Any:
    low = None if node.low is None else frame.value(node.low)
    high = None if node.high is None else frame.value(node.high)
    if type(low) is Unknown or type(high) is Unknown:
        return waiting((low, high))
    if (low is None and node.low is not None) or (high is None and node.high is not None):
        return None  # an end that is null is not an end that is open
    return Range(low, high, node.low_closed, node.high_closed, node.operator)


def _path(node: Path, frame: Frame) -> Any:
    return _property(frame.value(node.source), node.name, exact=node.type.kind == "any")


def _property(value: Any, name: str, *, exact: bool) -> Any:
    match value:
        case Unknown():
            return waiting((value,))
        case Mapping():
            return value.get(name)
        case list():
            return [_property(item, name, exact=exact) for item in value]
    return temporal.get(value, name, exact=exact)


# Membership


def _in(node: In, frame: Frame) -> Any:
    value = frame.value(node.value)
    truth = isinstance(value, bool) or (type(value) is Unknown and node.value.type.kind in ("boolean", "any"))
    return any_of(_passes(value, test, frame, truth) for test in node.tests)


def _passes(value: Any, test: Node, frame: Frame, truth: bool) -> Any:
    """Whether ``value``, which may be a ``truth`` value, meets one test."""
    if isinstance(test, RangeLiteral) and not test.operator:
        low = None if test.low is None else frame.value(test.low)
        high = None if test.high is None else frame.value(test.high)
        ends = (test.low is not None, low, test.low_closed), (test.high is not None, high, test.high_closed)
        return within(value, *ends)
    if reads_input(test):
        return frame.testing(value).value(test)
    if isinstance(test, ListLiteral):
        if isinstance(value, list):
            return among(value, [frame.value(item) for item in test.items])
        ranges = [_passes(value, item, frame, truth) for item in test.items if isinstance(item, RangeLiteral)]
        others = among(value, [frame.value(item) for item in test.items if not isinstance(item, RangeLiteral)])
        return any_of((*(False if each is None else each for each in ranges), others))
    expected = frame.value(test)
    if isinstance(expected, bool) and not isinstance(test, Literal) and not truth:
        return expected  # a condition that does not name what is tested
    return matches(value, expected)


# Types, calls


def _instance(node: InstanceOf, frame: Frame) -> Any:
    value = frame.value(node.value)
    return waiting((value,)) if type(value) is Unknown else is_instance(value, node.type_name)


def _call(node: Call, frame: Frame) -> Any:
    if node.function == "not" and len(node.arguments) == 1:
        return negation(frame.value(node.arguments[0]))
    builtin = frame.setting.functions.get(node.function)
    if builtin is None:
        return None
    arguments = [frame.value(each) for each in node.arguments]
    if any(type(value) is Unknown for value in arguments):
        return waiting(arguments) if node.names else bounded_call(node.function, _spread(node, arguments, frame))
    if not _affords(node, arguments, frame) or (frame.setting.budget.whole and would_be_too_long(node.function, arguments)):
        return None
    run = partial(builtin.run, names=node.names, calendars=frame.setting.calendars)
    if any(isinstance(value, Function) for value in arguments):
        return frame.made(call_with_functions(run, arguments, frame))
    return frame.made(run(*arguments))


def _affords(node: Call, arguments: list[Any], frame: Frame) -> bool:
    """Whether there are the steps that a call takes beside those of its arguments. In a loop, they are used."""
    budget = frame.setting.budget
    reads = node.function in PATTERNS and (budget.whole or frame.meter is not None)
    steps = _reading(node, arguments, budget) if reads else 0
    if frame.meter is not None:
        frame.meter.take(steps)
        return True
    if budget.whole:
        steps += sum(len(each) for each in arguments if isinstance(each, list) and len(each) > ITEMS_OF_FACTS)
    return steps <= budget.steps


def _reading(node: Call, arguments: list[Any], budget: Budget) -> int:
    """The steps for reading a text by a pattern."""
    if not budget.whole:
        return PER_CHARACTER * sum(len(each) for each in arguments if isinstance(each, str))
    from remit.language import pattern  # loaded by the first call that needs it

    names = [each.name for each in BUILTINS[node.function].signatures[0].parameters]
    given = dict(zip(names if node.names is None else node.names, arguments, strict=False))
    text, wanted, flags = given.get(names[0]), given.get(names[1]), given.get("flags") or ""
    if not (isinstance(text, str) and isinstance(wanted, str) and isinstance(flags, str)):
        return 0
    return pattern.work(text, wanted, flags)


def _spread(node: Call, arguments: list[Any], frame: Frame) -> list[Any]:
    """The arguments; of a list that is written out (``min([a, b])``), its items, since something is known of each."""
    only = node.arguments[0]
    if len(node.arguments) == 1 and isinstance(only, ListLiteral):
        return [frame.value(item) for item in only.items]
    return arguments


_RULES: Final[NodeRules] = {
    And: _and,
    Arithmetic: _arithmetic,
    Between: _between,
    Call: _call,
    Compare: _compare,
    ContextLiteral: _context,
    Filter: loop,
    For: loop,
    FunctionLiteral: function_literal,
    If: _if,
    In: _in,
    Input: lambda node, frame: frame.input,
    InstanceOf: _instance,
    Invocation: invocation,
    ListLiteral: _list,
    Literal: lambda node, frame: node.value,
    Name: _name,
    Negate: _negate,
    Or: _or,
    Path: _path,
    Quantified: loop,
    RangeLiteral: _range,
}
