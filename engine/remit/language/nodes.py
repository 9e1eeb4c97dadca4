"""The one tree. The parser builds it, the checker fills in the types, everything else reads it.

Unary tests are desugared by the parser: a test is an expression over the input, which stands in it as ``Input()`` (FEEL's
``?``). ``[4..5]`` becomes ``In(Input(), (RangeLiteral(...),))``; ``>= 3`` becomes ``Compare(">=", Input(), Literal(3))``;
``-`` becomes ``Literal(True)``; ``not(a, b)`` becomes ``Not(...)``; several tests become ``Or``.

Spans and types take no part in equality, so that two readings of the same words are equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, fields
from types import MappingProxyType
from typing import Any, Final, TypeVar
from typing import Literal as Lit

from remit.language.fast_dataclass import dataclass
from remit.language.source import Span
from remit.language.types import ANY, Type

__all__ = [
    "And",
    "Arithmetic",
    "Between",
    "Call",
    "Compare",
    "ContextLiteral",
    "Filter",
    "For",
    "FunctionLiteral",
    "If",
    "In",
    "Input",
    "InstanceOf",
    "Invocation",
    "ListLiteral",
    "Literal",
    "Name",
    "Negate",
    "Node",
    "Or",
    "Path",
    "Quantified",
    "RangeLiteral",
    "changed",
    "children",
    "levels",
    "names_in",
    "parts_of",
    "reads_input",
    "walk",
]

NodeT = TypeVar("NodeT", bound="Node")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every node has: where it stands in its source, and its type once checked."""

    span: Span = field(default=(0, 0), compare=False, repr=False)
    type: Type = field(default=ANY, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A constant: Decimal, str, bool, None, Money, date, time, datetime, timedelta or Months (percent is a Decimal)."""

    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable: the full dotted name as declared (``guest.tier``), a name with spaces, or one that is bound nearby."""

    name: str


@dataclass(frozen=True, slots=True)
class Input(Node):
    """The value under test in a unary test (FEEL's ``?``)."""


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """``+ - * / **`` on numbers, money, durations, dates, and ``+`` on text."""

    op: Lit["+", "-", "*", "/", "**"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """Unary minus."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """``= != < <= > >=``."""

    op: Lit["=", "!=", "<", "<=", ">", ">="]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class And(Node):
    """Three-valued conjunction (DMN 1.4 table 50)."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Three-valued disjunction."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """``value between low and high``, both ends included."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """``value in tests``: each test is a range, a list, a value to equal, or a boolean expression over :class:`Input`."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """``if condition then yes else no``; a null condition takes ``no``."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """``[a, b, c]``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """``[a..b]``, ``(a..b]``; ``None`` for an end open to infinity (``(>= 3)``); ``operator`` as for :class:`values.Range`."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A built-in function by its full name (``round half up``); ``names`` are given where the call names its parameters.
    ``not(x)`` is a call of ``not``."""

    function: str
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """``some x in xs, y in ys satisfies condition`` or ``every ...``."""

    kind: Lit["some", "every"]
    bindings: tuple[tuple[str, Node], ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """``list[1]`` (counts from 1, negative from the end) or ``list[item > 2]``."""

    source: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A property of a value: ``date.year``, ``duration.days``, ``range.start``, an entry of an untyped context."""

    source: Node
    name: str


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """``value instance of type``."""

    value: Node
    type_name: str


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """``{a: 1, b: a + 1}``: each entry may read those before it."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class For(Node):
    """``for x in xs, y in ys return result``: in ``result``, ``partial`` is the list of the results so far."""

    bindings: tuple[tuple[str, Node], ...]
    result: Node


@dataclass(frozen=True, slots=True)
class FunctionLiteral(Node):
    """``function(x, y: number) body``: the names of the parameters, each with the name of its type if one is given."""

    parameters: tuple[tuple[str, str | None], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Invocation(Node):
    """A call of a function that is a value: ``f(1)``, ``rates.late(2)``, ``(function(x) x + 1)(2)``."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None = None


#: Remembered, for a large policy has many nodes: the fields beside span and type; all fields; those that hold nodes.
_PARTS, _FIELDS, _BELOW = (dict[type, tuple[str, ...]]() for _ in range(3))


def parts_of(kind: type[Node]) -> tuple[str, ...]:
    """The names of a node's fields, beside its span and type."""
    if (found := _PARTS.get(kind)) is None:
        found = _PARTS[kind] = tuple(each.name for each in fields(kind) if each.name not in ("span", "type"))
    return found


def changed(node: NodeT, **parts: Any) -> NodeT:
    """``node`` with some of its fields changed: :func:`dataclasses.replace`, several times as fast."""
    kind = type(node)
    if (names := _FIELDS.get(kind)) is None:
        names = _FIELDS[kind] = ("span", "type", *parts_of(kind))
    new = object.__new__(kind)
    put = object.__setattr__
    for name in names:
        put(new, name, parts[name] if name in parts else getattr(node, name))
    return new


def _below(kind: type[Node]) -> tuple[str, ...]:
    if (found := _BELOW.get(kind)) is None:
        found = _BELOW[kind] = tuple(each.name for each in fields(kind) if "Node" in str(each.type))
    return found


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below ``node``, in reading order."""
    out: list[Any] = []
    for name in _below(type(node)):
        value = getattr(node, name)
        if not isinstance(value, tuple):
            if value is not None:
                out.append(value)
        elif value and isinstance(value[0], Node):
            out += value
        else:
            out += (source for _, source in value)  # names, and what they are bound to
    return iter(out)


def walk(node: Node) -> Iterator[Node]:
    """``node`` and all below it, in reading order."""
    yield node
    for child in children(node):
        yield from walk(child)


#: Nodes with none below them.
_LEAVES: Final = (Literal, Input, Name)
_NONE: Final = frozenset[str]()


def levels(node: Node, beneath: Mapping[str, int] = MappingProxyType({})) -> int:
    """How many levels the tree has; where it reads a name, those ``beneath`` that name count too. Without recursion.

    >>> levels(Negate(Name("a"))), levels(Negate(Name("a")), {"a": 5})
    (2, 7)
    """
    most = depth = 0
    row = [node]
    while row:
        depth += 1
        below: list[Node] = []
        for each in row:
            if isinstance(each, Name):
                most = max(most, depth + beneath.get(each.name, 0))
            elif not isinstance(each, _LEAVES):
                below += children(each)
        row = below
    return max(most, depth)


def names_in(node: Node) -> frozenset[str]:
    """The free names that ``node`` reads."""
    if isinstance(node, Name):
        return frozenset((node.name,))
    match node:
        case Quantified(bindings=bindings, condition=last):
            return _free(bindings, names_in(last))
        case For(bindings=bindings, result=last):
            return _free(bindings, names_in(last) - {"partial"})
        case ContextLiteral(entries=entries):
            return _free(entries, _NONE)
        case FunctionLiteral(parameters=parameters, body=body):
            return names_in(body).difference(name for name, _ in parameters)
    return _NONE if isinstance(node, _LEAVES) else _NONE.union(*map(names_in, children(node)))


def _free(bound: tuple[tuple[str, Node], ...], last: frozenset[str]) -> frozenset[str]:
    """The free names of sources that are bound one after the other, and of what reads all of them ``last``."""
    for name, source in reversed(bound):
        last = (last - {name}) | names_in(source)
    return last


def reads_input(node: Node) -> bool:
    """Whether ``node`` is a condition on the :class:`Input` around it (the one inside the tests of an ``in`` is another)."""
    if isinstance(node, Input):
        return True
    if isinstance(node, _LEAVES):
        return False
    if isinstance(node, In):
        return reads_input(node.value)
    return any(map(reads_input, children(node)))
