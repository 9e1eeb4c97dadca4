"""Tree to value: what an expression is worth, given the values of its names (DMN 1.4, chapter 10.3).

Nothing here raises on what an expression or its values can be: where the standard speaks of an error, the value is ``None``,
FEEL's null. Facts that are not known stand in the scope as :class:`~remit.language.values.Unknown`; they make unknown only
what depends on them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from remit.language import temporal
from remit.language.builtins import BUILTINS
from remit.language.calendars import Calendar
from remit.language.evaluating.arithmetic import arithmetic, negate
from remit.language.evaluating.budget import MOST_STEPS, PATTERNS, PER_CHARACTER, Meter, OutOfSteps, may_run_out
from remit.language.evaluating.instances import is_instance
from remit.language.evaluating.list_steps import iterable, picked
from remit.language.evaluating.membership import among, matches, related, within
from remit.language.evaluating.relations import kind_of
from remit.language.evaluating.three_valued import all_of, any_of, negation
from remit.language.evaluating.unknown import bounded_arithmetic, bounded_call, bounded_negate, either, waiting
from remit.language.nodes import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    Filter,
    If,
    In,
    Input,
    InstanceOf,
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
from remit.language.values import Range, Unknown

__all__ = ["evaluate", "runs_out"]


def evaluate(
    node: Node,
    scope: Mapping[str, Any],
    input: Any = None,  # noqa: A002 - FEEL's word for what is tested
    *,
    calendars: Mapping[str, Calendar] = MappingProxyType({}),
    steps: int = MOST_STEPS,
) -> Any:
    """The value of ``node``.

    ``scope`` has the values of names, by their full names; a name that is not there is null. ``input`` is the value that
    unary tests test. ``calendars`` are those that working-day functions may be given. A ``some``, ``every`` or filter that
    takes more than ``steps`` is null (:mod:`remit.language.evaluating.budget`).

    >>> from remit.language.parser import parse_expression
    >>> from remit.language.source import Source
    >>> evaluate(parse_expression(Source("1 + 2 * 3")), {})
    Decimal('7')
    """
    return run(node, _Frame(scope, input, calendars, steps))


def runs_out(loop: Filter | Quantified, scope: Mapping[str, Any], *, calendars: Mapping[str, Calendar], steps: int) -> bool:
    """Whether ``loop`` is null because it takes more than ``steps``."""
    frame = _Frame(scope, None, calendars, steps)
    try:
        _LOOPS[type(loop)](loop, frame.counting(Meter(steps)))
    except OutOfSteps:
        return True
    return False


class _Layer:
    """Names bound nearby, before those around them."""

    __slots__ = ("names", "outer")

    def __init__(self, names: Mapping[str, Any], outer: _Scope) -> None:
        self.names = names
        self.outer = outer

    def get(self, name: str) -> Any:
        """The value of ``name``; ``None`` where it has none."""
        return self.names[name] if name in self.names else self.outer.get(name)


_Scope: TypeAlias = Mapping[str, Any] | _Layer


class _Frame:
    """What a node is evaluated in. ``meter`` counts the steps of the loop that it is in."""

    __slots__ = ("calendars", "input", "meter", "scope", "steps")

    def __init__(
        self, scope: _Scope, tested: Any, calendars: Mapping[str, Calendar], steps: int, meter: Meter | None = None
    ) -> None:
        self.scope = scope
        self.input = tested
        self.calendars = calendars
        self.steps = steps
        self.meter = meter

    def binding(self, names: Mapping[str, Any]) -> _Frame:
        """The same with more names; they hide those of the same name."""
        return _Frame(_Layer(names, self.scope), self.input, self.calendars, self.steps, self.meter)

    def testing(self, tested: Any) -> _Frame:
        """The same with another value under test."""
        return _Frame(self.scope, tested, self.calendars, self.steps, self.meter)

    def counting(self, meter: Meter) -> _Frame:
        """The same within a loop."""
        return _Frame(self.scope, self.input, self.calendars, self.steps, meter)


def run(node: Node, frame: _Frame) -> Any:
    """The value of ``node`` in ``frame``."""
    value = _RULES[type(node)](node, frame)
    if frame.meter is not None:
        frame.meter.gave(value)
    return value


def _loop(node: Filter | Quantified, frame: _Frame) -> Any:
    """A filter or a quantifier. One that is in no other has a budget of steps."""
    work = _LOOPS[type(node)]
    if frame.meter is not None:
        return work(node, frame)
    meter = Meter(frame.steps)
    try:
        value = work(node, frame.counting(meter))
    except OutOfSteps:
        value = None
    if meter.missing and may_run_out(node):  # with the missing facts it may take more steps than without
        return Unknown(meter.missing)
    return value


# Operators


def _arithmetic(node: Arithmetic, frame: _Frame) -> Any:
    left, right = run(node.left, frame), run(node.right, frame)
    if type(left) is Unknown or type(right) is Unknown:
        return bounded_arithmetic(node.op, left, right)
    return arithmetic(node.op, left, right)


def _negate(node: Negate, frame: _Frame) -> Any:
    value = run(node.operand, frame)
    return bounded_negate(value) if type(value) is Unknown else negate(value)


def _compare(node: Compare, frame: _Frame) -> Any:
    return related(node.op, run(node.left, frame), run(node.right, frame))


def _and(node: And, frame: _Frame) -> Any:
    return all_of(run(operand, frame) for operand in node.operands)


def _or(node: Or, frame: _Frame) -> Any:
    return any_of(run(operand, frame) for operand in node.operands)


def _if(node: If, frame: _Frame) -> Any:
    condition = run(node.condition, frame)
    if type(condition) is Unknown:
        return either(condition, run(node.yes, frame), run(node.no, frame))
    return run(node.yes if condition is True else node.no, frame)


def _between(node: Between, frame: _Frame) -> Any:
    value = run(node.value, frame)
    return all_of((related(">=", value, run(node.low, frame)), related("<=", value, run(node.high, frame))))


# Names, lists, ranges


def _name(node: Name, frame: _Frame) -> Any:
    return frame.scope.get(node.name)


def _list(node: ListLiteral, frame: _Frame) -> Any:
    items = [run(item, frame) for item in node.items]
    return waiting(items) if any(type(item) is Unknown for item in items) else items


def _range(node: RangeLiteral, frame: _Frame) -> Any:
    low = None if node.low is None else run(node.low, frame)
    high = None if node.high is None else run(node.high, frame)
    if type(low) is Unknown or type(high) is Unknown:
        return waiting((low, high))
    if (low is None and node.low is not None) or (high is None and node.high is not None):
        return None  # an end that is null is not an end that is open
    return Range(low, high, node.low_closed, node.high_closed)


def _path(node: Path, frame: _Frame) -> Any:
    return _property(run(node.source, frame), node.name)


def _property(value: Any, name: str) -> Any:
    match value:
        case Unknown():
            return waiting((value,))
        case Mapping():
            return value.get(name)
        case list():
            return [_property(item, name) for item in value]
    return temporal.get(value, name)


def _filter(node: Filter, frame: _Frame) -> Any:
    source = run(node.source, frame)
    if type(source) is Unknown:
        return waiting((source,))
    items = source if isinstance(source, list) else [] if source is None else [source]
    if isinstance(node.condition, Literal):
        return picked(items, node.condition.value)
    results = [run(node.condition, _item_frame(frame, item)) for item in items or (None,)]
    if any(type(result) is Unknown for result in results):
        return waiting(results)
    if kind_of(results[0]) == "number" or node.condition.type.kind == "number":  # a position, checked to be one, may be null
        return picked(items, results[0])
    return [item for item, result in zip(items, results, strict=False) if result is True]


def _item_frame(frame: _Frame, item: Any) -> _Frame:
    """The item under its name; the entries of a context are names in its filter too."""
    return frame.binding({"item": item, **item} if isinstance(item, Mapping) else {"item": item})


# Membership


def _in(node: In, frame: _Frame) -> Any:
    value = run(node.value, frame)
    truth = isinstance(value, bool) or (type(value) is Unknown and node.value.type.kind in ("boolean", "any"))
    return any_of(_passes(value, test, frame, truth) for test in node.tests)


def _passes(value: Any, test: Node, frame: _Frame, truth: bool) -> Any:
    """Whether ``value``, which may be a ``truth`` value, meets one test."""
    if isinstance(test, RangeLiteral):
        low = None if test.low is None else run(test.low, frame)
        high = None if test.high is None else run(test.high, frame)
        ends = (test.low is not None, low, test.low_closed), (test.high is not None, high, test.high_closed)
        return within(value, *ends)
    if reads_input(test):
        return run(test, frame.testing(value))
    if isinstance(test, ListLiteral):
        return among(value, [run(item, frame) for item in test.items])
    expected = run(test, frame)
    if isinstance(expected, bool) and not isinstance(test, Literal) and not truth:
        return expected  # a condition that does not name what is tested
    return matches(value, expected)


# Quantifiers, types, calls


def _quantified(node: Quantified, frame: _Frame) -> Any:
    results = _each(node, 0, frame)
    return any_of(results) if node.kind == "some" else all_of(results)


def _each(node: Quantified, depth: int, frame: _Frame) -> Iterator[Any]:
    """The condition under every combination of the bindings from ``depth`` on."""
    name, source = node.bindings[depth]
    items = iterable(run(source, frame))
    if not isinstance(items, list):
        yield items
        return
    names: dict[str, Any] = {}
    inner = frame.binding(names)  # one for all items: a result keeps nothing of the frame that it comes from
    last = depth + 1 == len(node.bindings)
    for item in items:
        names[name] = item
        if last:
            yield run(node.condition, inner)
        else:
            yield from _each(node, depth + 1, inner)


def _instance(node: InstanceOf, frame: _Frame) -> Any:
    value = run(node.value, frame)
    return waiting((value,)) if type(value) is Unknown else is_instance(value, node.type_name)


def _call(node: Call, frame: _Frame) -> Any:
    if node.function == "not" and len(node.arguments) == 1:
        return negation(run(node.arguments[0], frame))
    builtin = BUILTINS.get(node.function)
    if builtin is None:
        return None
    arguments = [run(each, frame) for each in node.arguments]
    if any(type(value) is Unknown for value in arguments):
        return waiting(arguments) if node.names else bounded_call(node.function, _spread(node, arguments, frame))
    if frame.meter is not None and node.function in PATTERNS:
        frame.meter.take(PER_CHARACTER * sum(len(each) for each in arguments if isinstance(each, str)))
    return builtin.run(*arguments, names=node.names, calendars=frame.calendars)


def _spread(node: Call, arguments: list[Any], frame: _Frame) -> list[Any]:
    """The arguments; of a list that is written out (``min([a, b])``), its items, since something is known of each."""
    only = node.arguments[0]
    if len(node.arguments) == 1 and isinstance(only, ListLiteral):
        return [run(item, frame) for item in only.items]
    return arguments


_RULES: Final[dict[type[Node], Callable[[Any, _Frame], Any]]] = {
    And: _and,
    Arithmetic: _arithmetic,
    Between: _between,
    Call: _call,
    Compare: _compare,
    Filter: _loop,
    If: _if,
    In: _in,
    Input: lambda node, frame: frame.input,
    InstanceOf: _instance,
    ListLiteral: _list,
    Literal: lambda node, frame: node.value,
    Name: _name,
    Negate: _negate,
    Or: _or,
    Path: _path,
    Quantified: _loop,
    RangeLiteral: _range,
}
_LOOPS: Final[dict[type[Node], Callable[[Any, _Frame], Any]]] = {Filter: _filter, Quantified: _quantified}
