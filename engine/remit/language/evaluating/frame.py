"""What a node is evaluated in: the names around it, the value under test, and the budget of the loop that it is in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from remit.language.builtins import Builtin
from remit.language.calendars import Calendar
from remit.language.evaluating.budget import Budget, Meter
from remit.language.evaluating.sizes import is_too_large
from remit.language.nodes import Node

__all__ = ["Frame", "Layer", "Names", "NodeRules", "Setting"]

#: How each kind of node is evaluated.
NodeRules: TypeAlias = Mapping[type[Node], Callable[[Any, "Frame"], Any]]


class Setting(NamedTuple):
    """What is the same for all nodes: the rules, the built-in functions, the calendars, the budget of each loop."""

    rules: NodeRules
    functions: Mapping[str, Builtin]
    calendars: Mapping[str, Calendar]
    budget: Budget


class Layer:
    """Names bound nearby, before those around them."""

    __slots__ = ("names", "outer")

    def __init__(self, names: Mapping[str, Any], outer: Names) -> None:
        self.names = names
        self.outer = outer

    def get(self, name: str) -> Any:
        """The value of ``name``; ``None`` where it has none."""
        return self.names[name] if name in self.names else self.outer.get(name)


Names: TypeAlias = Mapping[str, Any] | Layer


class Frame:
    """What a node is evaluated in. ``meter`` counts the steps of the loop that it is in."""

    __slots__ = ("_rules", "input", "meter", "names", "setting")

    def __init__(self, setting: Setting, names: Names, tested: Any, meter: Meter | None = None) -> None:
        self.setting = setting
        self._rules = setting.rules
        self.names = names
        self.input = tested
        self.meter = meter

    def value(self, node: Node) -> Any:
        """The value of ``node`` here."""
        value = self._rules[type(node)](node, self)
        meter = self.meter
        if meter is not None:
            meter.gave(value)
        return value

    def made(self, value: Any) -> Any:
        """``value``, which a node has made, or null where it is too large."""
        return None if self.setting.budget.whole and is_too_large(value) else value

    def binding(self, names: Mapping[str, Any]) -> Frame:
        """The same with more names; they hide those of the same name."""
        return Frame(self.setting, Layer(names, self.names), self.input, self.meter)

    def testing(self, tested: Any) -> Frame:
        """The same with another value under test."""
        return Frame(self.setting, self.names, tested, self.meter)

    def counting(self, meter: Meter) -> Frame:
        """The same within a loop."""
        return Frame(self.setting, self.names, self.input, meter)
