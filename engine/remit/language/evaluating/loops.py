"""Filters, ``some`` and ``every``, ``for``: what goes through a list, with a budget of steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from remit.language.evaluating.budget import Meter, OutOfSteps, may_run_out
from remit.language.evaluating.frame import Frame
from remit.language.evaluating.list_steps import iterable, picked
from remit.language.evaluating.relations import kind_of
from remit.language.evaluating.three_valued import all_of, any_of
from remit.language.evaluating.unknown import waiting
from remit.language.nodes import Filter, For, Literal, Node, Quantified, names_in
from remit.language.values import Unknown

__all__ = ["LOOPS", "Loop", "budgeted", "loop", "overruns"]

Loop: TypeAlias = Filter | For | Quantified


def loop(node: Loop, frame: Frame) -> Any:
    """The value of a loop. One that is in no other has a budget of steps."""
    return budgeted(node, frame, LOOPS[type(node)])


def budgeted(node: Node, frame: Frame, work: Callable[[Any, Frame], Any]) -> Any:
    """``work`` on ``node`` with a budget of steps, its own where ``node`` is in no loop; null where they do not suffice."""
    if frame.meter is not None:
        return work(node, frame)
    meter = Meter(frame.setting.budget.steps)
    try:
        value = work(node, frame.counting(meter))
    except OutOfSteps:
        value = None
    if meter.missing and may_run_out(node, frame.setting.budget):  # with the missing facts it may take more steps than without
        return Unknown(meter.missing)
    return value


def overruns(node: Node, frame: Frame, work: Callable[[Any, Frame], Any]) -> bool:
    """Whether ``node`` is null because it takes too many steps."""
    try:
        work(node, frame.counting(Meter(frame.setting.budget.steps)))
    except OutOfSteps:
        return True
    return False


def _filter(node: Filter, frame: Frame) -> Any:
    source = frame.value(node.source)
    if type(source) is Unknown:
        return waiting((source,))
    items = source if isinstance(source, list) else [] if source is None else [source]
    if isinstance(node.condition, Literal):
        return picked(items, node.condition.value)
    results = [_item_frame(frame, item).value(node.condition) for item in items or (None,)]
    if any(type(result) is Unknown for result in results):
        return waiting(results)
    if kind_of(results[0]) == "number" or node.condition.type.kind == "number":  # a position, checked to be one, may be null
        return picked(items, results[0])
    return [item for item, result in zip(items, results, strict=False) if result is True]


def _item_frame(frame: Frame, item: Any) -> Frame:
    """The item under its name; the entries of a context are names in its filter too."""
    return frame.binding({"item": item, **item} if isinstance(item, Mapping) else {"item": item})


def _quantified(node: Quantified, frame: Frame) -> Any:
    results = _each(node, node.condition, 0, frame)
    return any_of(results) if node.kind == "some" else all_of(results)


def _for(node: For, frame: Frame) -> Any:
    results: list[Any] = []
    reads_partial = "partial" in names_in(node.result)
    partial: dict[str, Any] = {"partial": []}
    for result in _each(node, node.result, 0, frame.binding(partial)):
        if result is _NOT_A_LIST:
            return None
        results.append(result)
        if reads_partial:
            partial["partial"] = list(results)
    return waiting(results) if any(type(result) is Unknown for result in results) else frame.made(results)


def _each(node: For | Quantified, last: Node, depth: int, frame: Frame) -> Iterator[Any]:
    """``last`` under every combination of the bindings from ``depth`` on."""
    name, source = node.bindings[depth]
    items = iterable(frame.value(source))
    if not isinstance(items, list):
        yield _NOT_A_LIST if items is None and isinstance(node, For) else items
        return
    names: dict[str, Any] = {}
    inner = frame.binding(names)  # one for all items: a result keeps nothing of the frame that it comes from
    innermost = depth + 1 == len(node.bindings)
    for item in items:
        names[name] = item
        if innermost:
            yield inner.value(last)
        else:
            yield from _each(node, last, depth + 1, inner)


_NOT_A_LIST: Final = object()
LOOPS: Final[dict[type[Node], Callable[[Any, Frame], Any]]] = {Filter: _filter, For: _for, Quantified: _quantified}
