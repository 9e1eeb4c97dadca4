"""Functions that are values: what ``function(x) x + 1`` gives, and calling it (DMN 1.4, 10.3.2.13)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from remit.language.evaluating.budget import Meter, OutOfSteps
from remit.language.evaluating.frame import Frame, Layer, Names
from remit.language.evaluating.instances import is_instance
from remit.language.evaluating.loops import budgeted
from remit.language.evaluating.unknown import waiting
from remit.language.nodes import FunctionLiteral, Invocation, names_in
from remit.language.values import Function, Unknown

__all__ = ["Closure", "call_with_functions", "function_literal", "invocation", "invoke"]

#: How many calls may be under way within each other.
_MOST_CALLS: Final = 50


class Closure(Function):
    """A function together with the names around it when it was made. ``frame`` also has the budget that its calls use."""

    __slots__ = ("frame", "node")

    def __init__(self, node: FunctionLiteral, frame: Frame) -> None:
        super().__init__(node.parameters)
        self.node = node
        self.frame = frame

    def __call__(self, *values: Any) -> Any:
        return budgeted(self.node, self.frame, lambda _, frame: self.applied(values, None, frame.meter))

    def key(self) -> Any:
        """What two functions that are equal have in common: the parameters, the body and the names around it."""
        names = self.frame.names
        own = names.names if isinstance(names, Layer) else {}
        return self.node, tuple(sorted((name, repr(value)) for name, value in own.items()))

    def result(self) -> tuple[Any] | None:
        """What it gives, in a tuple, where that does not depend on its parameters."""
        if not names_in(self.node.body).isdisjoint(name for name, _ in self.parameters):
            return None
        return (self(*(None for _ in self.parameters)),)

    def applied(self, values: Sequence[Any], names: Sequence[str] | None, meter: Meter | None) -> Any:
        """What it gives for arguments; null where they do not fit. A parameter that is not named is null."""
        bound = _bound(self.parameters, values, names)
        if bound is None or meter is None:
            return None
        if meter.calls >= _MOST_CALLS:
            raise OutOfSteps
        meter.calls += 1
        try:
            return self.frame.counting(meter).binding(bound).value(self.node.body)
        except RecursionError:
            raise OutOfSteps from None
        finally:
            meter.calls -= 1


def _bound(
    parameters: Sequence[tuple[str, str | None]], values: Sequence[Any], names: Sequence[str] | None
) -> dict[str, Any] | None:
    """The parameters with their values; ``None`` where arguments are too many, too few or of the wrong type."""
    known = dict(parameters)
    if names is None and len(known) != len(values):
        return None
    given = dict(zip(known if names is None else names, values, strict=True))
    if len(given) < len(values) or not given.keys() <= known.keys():
        return None
    bound = {name: _conformed(given.get(name), type_name) for name, type_name in known.items()}
    return None if any(value is _MISFIT for value in bound.values()) else bound


def _conformed(value: Any, type_name: str | None) -> Any:
    """``value`` as a type needs it: a list of one stands for its item."""
    if type_name is None or value is None or type(value) is Unknown or is_instance(value, type_name):
        return value
    if isinstance(value, list) and len(value) == 1 and is_instance(value[0], type_name):
        return value[0]
    return _MISFIT


_MISFIT: Final = object()


def function_literal(node: FunctionLiteral, frame: Frame) -> Closure:
    """A closure over the names that it reads; it keeps nothing else of the loops around it, whose names change."""
    free = names_in(node)
    kept: dict[str, Any] = {}
    names: Names = frame.names
    while isinstance(names, Layer):
        nearby = names.names
        kept.update((name, nearby[name]) for name in free if name in nearby and name not in kept)
        names = names.outer
    return Closure(node, Frame(frame.setting, Layer(kept, names), frame.input))


def invocation(node: Invocation, frame: Frame) -> Any:
    """The value of a call."""
    return budgeted(node, frame, invoke)


def invoke(node: Invocation, frame: Frame) -> Any:
    """The value of a call within a budget; null where what is called is no function."""
    function = frame.value(node.function)
    values = [frame.value(each) for each in node.arguments]
    if type(function) is Unknown:
        return waiting((function, *values))
    return function.applied(values, node.names, frame.meter) if isinstance(function, Closure) else None


def call_with_functions(run: Callable[..., Any], arguments: Sequence[Any], frame: Frame) -> Any:
    """What a built-in function gives for arguments some of which are functions; all their calls count in one budget."""
    meter = frame.meter or Meter(frame.setting.budget.steps)
    given = [Closure(each.node, each.frame.counting(meter)) if isinstance(each, Closure) else each for each in arguments]
    try:
        value = run(*given)
    except OutOfSteps:
        if frame.meter is not None:
            raise
        value = None
    if type(value) is Unknown or (meter.missing and frame.meter is None):
        return Unknown(meter.missing)
    return value
