"""How long a decision may take: steps, counted the same way wherever an expression is evaluated.

A loop is a ``some``, ``every``, ``for`` or filter, or a call of a function that is a value. Each that is in no other has a
budget for itself and everything in it, so that the count depends only on the loop and on the values it reads: not on what
else is evaluated, in which order, or how often. So has each call outside loops that reads a text by a pattern or a list
longer than those of facts. These budgets are equal shares of that of the decision (:func:`share`).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from remit.language.nodes import (
    Call,
    Filter,
    For,
    FunctionLiteral,
    If,
    Input,
    Invocation,
    ListLiteral,
    Literal,
    Name,
    Node,
    Path,
    Quantified,
    RangeLiteral,
    children,
    walk,
)
from remit.language.values import Unknown

__all__ = [
    "CHARACTERS_OF_FACTS",
    "ITEMS_OF_FACTS",
    "MOST_STEPS",
    "PATTERNS",
    "PER_CHARACTER",
    "Budget",
    "Meter",
    "OutOfSteps",
    "is_long",
    "longest",
    "may_run_out",
    "share",
]

#: The steps of one decision: about a tenth of a second. What takes more than its share is null (law 11). Part of the meaning of
#: a decision: a record is decided again with what held when it was made (``remit.core.views.MEANING``).
MOST_STEPS: Final = 100_000
#: No share is less.
_LEAST_STEPS: Final = 1_000
#: How many amounts of a remedy are tried (:mod:`remit.core.alone`): in all policies, and where each takes steps.
_MOST_TRIALS: Final = 100
_FEW_TRIALS: Final = 25
#: By how much the share is less where expressions are evaluated again for amounts that are tried.
_FOR_TRIALS: Final = 10
#: Functions that read a text character by character, in Python, and the steps that each character takes.
PATTERNS: Final = frozenset(("matches", "replace", "split"))
PER_CHARACTER: Final = 4

#: What facts hold at most: items of a list, characters of a text (:mod:`remit.policy.fact_values`).
ITEMS_OF_FACTS: Final = 1_000
CHARACTERS_OF_FACTS: Final = 10_000
#: The longest range that is gone through (:mod:`remit.language.evaluating.list_steps`).
_RANGE: Final = 10_001
#: So many characters of a text count as one step.
_CHUNK: Final = 1_000


class Budget(NamedTuple):
    """``steps`` are for each loop, and for each call outside loops; ``trials`` are the amounts of a remedy that are tried.
    ``whole``: whether work in functions and the sizes of what is made are bounded too. They were not up to the second meaning,
    in which each loop had the steps of a decision."""

    steps: int
    trials: int = _MOST_TRIALS
    whole: bool = True


def share(costly: int = 1, *, tried: bool = False) -> Budget:
    """The budget of each of ``costly`` loops and calls. ``tried``: whether they are evaluated again for amounts that are tried.

    >>> share().steps, share(40).steps, share(40, tried=True)
    (100000, 2500, Budget(steps=1000, trials=25, whole=True))
    """
    tried = tried and costly > 0
    parts = max(1, costly) * (_FOR_TRIALS if tried else 1)
    return Budget(min(MOST_STEPS, max(_LEAST_STEPS, MOST_STEPS // parts)), _FEW_TRIALS if tried else _MOST_TRIALS)


class OutOfSteps(Exception):
    """A loop has used its budget."""


class Meter:
    """What is left of the budget of a loop, and the missing facts it has met."""

    __slots__ = ("calls", "left", "missing")

    def __init__(self, steps: float) -> None:
        #: How many calls of functions are under way within each other.
        self.calls = 0
        self.left = steps
        self.missing = frozenset[str]()

    def take(self, steps: int) -> None:
        """Use some. Raises :class:`OutOfSteps` where there are not so many left."""
        self.left -= steps
        if self.left < 0:
            raise OutOfSteps

    def gave(self, value: Any) -> None:
        """Count a node that gave ``value``: a step, and one for each item of a list, entry of a context or 1,000
        characters of a text."""
        kind = type(value)
        steps = 1
        if kind is list or kind is dict:
            steps += len(value)
        elif kind is str:
            steps += len(value) // _CHUNK
        self.left -= steps
        if self.left < 0:
            raise OutOfSteps
        if kind is Unknown:
            self.missing |= value.missing


def may_run_out(loop: Node, budget: Budget) -> bool:
    """Whether some values make ``loop``, which has been checked, use more than ``budget``. ``False`` is a promise as long as no
    name in it is of a list or text that is longer than those of facts (:func:`is_long`)."""
    if budget.whole and any(isinstance(each, Call) and each.function in PATTERNS for each in walk(loop)):
        return True  # what a pattern takes is known when it is read
    return _steps(loop, MappingProxyType({})) > min(budget.steps, MOST_STEPS)


def is_long(node: Node) -> bool:
    """Whether the list or text that ``node`` gives may be longer than those of facts."""
    return (
        longest(node) > ITEMS_OF_FACTS
        if node.type.kind == "list"
        else node.type.kind == "text" and _characters(node) > CHARACTERS_OF_FACTS
    )


def longest(node: Node, bound: Mapping[str, float] = MappingProxyType({})) -> float:
    """The most items that ``node`` can have. ``bound`` has the names that are not facts.

    >>> from remit.language.types import NUMBER, list_of
    >>> prices = Name("prices", type=list_of(NUMBER))
    >>> longest(prices), longest(Call("append", (prices, Literal(1))))
    (1000, 1001)
    """
    match node:
        case Name(name=name):
            return bound.get(name, ITEMS_OF_FACTS)
        case Literal(value=value):
            return len(value) if isinstance(value, list) else 1
        case ListLiteral(items=items):
            return len(items)
        case RangeLiteral():
            return _RANGE
        case If(yes=yes, no=no):
            return max(longest(yes, bound), longest(no, bound))
        case For(bindings=bindings):
            times = 1.0
            for name, source in bindings:
                times *= longest(source, bound)
                bound = {**bound, name: inf}
            return times
        case Filter(source=source) | Path(source=source):
            return longest(source, bound)
        case Call(function=function, arguments=arguments) if function not in ("flatten", "split"):
            return sum(longest(each, bound) if each.type.kind == "list" else 1 for each in arguments)
    return inf


def _steps(node: Node, bound: Mapping[str, float]) -> float:
    """The most steps that ``node`` takes."""
    match node:
        case Invocation() | FunctionLiteral():
            return inf  # what a function does is not known here
        case Quantified(bindings=bindings, condition=condition) | For(bindings=bindings, result=condition):
            total, times = _gives(node, bound), 1.0
            for name, source in bindings:
                total += times * _steps(source, bound)
                times *= longest(source, bound)
                # What is an item of a list is a text or a number; a list in a list may be of any length.
                bound = {**bound, name: inf}
            if isinstance(node, For):
                bound = {**bound, "partial": times}
            return total + times * _steps(condition, bound)
        case Filter(source=source, condition=condition):
            times = 0 if isinstance(condition, Literal) else max(1, longest(source, bound))
            inner = {**bound, "item": inf}
            return _gives(node, bound) + _steps(source, bound) + times * _steps(condition, inner)
        case Call(function=function, arguments=arguments):
            # Of a list that is written out, the items are evaluated once more where a fact is missing.
            again = sum(_steps(each, bound) for only in arguments[:1] for each in children(only) if len(arguments) == 1)
            read = PER_CHARACTER * sum(map(_characters, arguments)) if function in PATTERNS else 0
            return _gives(node, bound) + read + again + sum(_steps(each, bound) for each in arguments)
    return _gives(node, bound) + sum(_steps(each, bound) for each in children(node))


def _gives(node: Node, bound: Mapping[str, float]) -> float:
    """What :meth:`Meter.gave` counts at most."""
    kind = node.type.kind
    if kind == "list":
        return 1 + longest(node, bound)
    return 1 + _characters(node) // _CHUNK if kind == "text" else 1


def _characters(node: Node) -> float:
    """The most characters that a text can have."""
    match node:
        case Literal(value=str() as value):
            return len(value)
        case Call(function="substring" | "substring before" | "substring after"):
            return CHARACTERS_OF_FACTS
        case Call(function="upper case" | "lower case", arguments=arguments):
            return 3 * sum(map(_characters, arguments))  # one small letter can be three capitals
        case If(yes=yes, no=no):
            return max(_characters(yes), _characters(no))
    return CHARACTERS_OF_FACTS if isinstance(node, Input | Name | Path) else inf
