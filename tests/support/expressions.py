"""Hypothesis strategies for well-typed FEEL: texts that an author could have written, over the names of a scope.

``expressions(SCOPE, of)`` gives texts of expressions of a type, ``unary_tests(SCOPE, of)`` texts of tests for an input of a
type; ``typed_expressions`` and ``typed_tests`` give the checked trees. ``facts(SCOPE)`` (of :mod:`support.values`) gives
matching facts. Adding a construct is adding a method and a row to a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from remit.language.checker import check
from remit.language.checking.rules import accepts
from remit.language.nodes import Node
from remit.language.parser import parse_expression, parse_unary_tests
from remit.language.source import Source
from remit.language.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DURATION,
    INTEGER,
    MONTHS,
    NUMBER,
    TEXT,
    TIME,
    Type,
    choice,
    list_of,
    money,
)
from support.values import constants, facts

__all__ = ["SCOPE", "TYPES", "expressions", "facts", "typed_expressions", "typed_tests", "types", "unary_tests"]

TIER = choice(("none", "silver", "gold", "diamond"))
EUR = money("EUR")

#: A scope with names of every type that a fact can have.
SCOPE: Mapping[str, Type] = {
    "guest.vip": BOOLEAN,
    "guest.new": BOOLEAN,
    "stay.nights": INTEGER,
    "incident.severity": INTEGER,
    "flight.distance": NUMBER,
    "delay": NUMBER,
    "guest.id": TEXT,
    "guest.tier": TIER,
    "asked for": TIER,
    "stay.rate": EUR,
    "paid": EUR,
    "fare": money("JPY"),
    "occurred": DATE,
    "bought": DATE,
    "seen at": DATE_TIME,
    "opens": TIME,
    "waited": DURATION,
    "membership": MONTHS,
    "tags": list_of(TEXT),
    "delays": list_of(NUMBER),
    "payments": list_of(EUR),
    "tiers": list_of(TIER),
    "visits": list_of(DATE),
}

#: The types that a single value can have.
TYPES: tuple[Type, ...] = (BOOLEAN, INTEGER, NUMBER, TEXT, TIER, EUR, money("JPY"), DATE, TIME, DATE_TIME, DURATION, MONTHS)

_ORDERED = tuple(of for of in TYPES if of.kind not in ("boolean", "text", "choice"))


def types() -> st.SearchStrategy[Type]:
    """Types of values and of lists."""
    return st.sampled_from(TYPES) | st.sampled_from(TYPES).map(list_of)


@st.composite
def expressions(draw: Any, scope: Mapping[str, Type], of: Type, *, depth: int = 3) -> str:
    """Texts of expressions of type ``of`` over ``scope``."""
    return _Writer(draw, scope).write(of, depth)


@st.composite
def unary_tests(draw: Any, scope: Mapping[str, Type], of: Type, *, depth: int = 2) -> str:
    """Texts of unary tests for an input of type ``of``."""
    return _Writer(draw, scope).tests(of, depth)


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


class _Writer:
    """Writes one text, part by part; what stands within an operator is in parentheses unless it is a name or a constant."""

    def __init__(self, draw: Any, scope: Mapping[str, Type]) -> None:
        self.draw = draw
        self.scope = dict(scope)

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def write(self, of: Type, depth: int) -> str:
        """An expression of type ``of``."""
        if depth <= 0 or self.draw(st.integers(0, 5)) == 0:
            return self.leaf(of)
        makers = [*_MAKERS.get(of.kind, ()), *_ANY_KIND]
        if of.kind == "number" and of.integer:
            makers = [*_INTEGER_MAKERS, *_ANY_KIND]
        return self.pick(makers)(self, of, depth - 1)

    def part(self, of: Type, depth: int) -> str:
        """An expression that can stand beside an operator."""
        text = self.write(of, depth)
        return text if text in self.scope or text.isalnum() else f"({text})"

    def leaf(self, of: Type) -> str:
        """A name or a constant."""
        names = self.names(of)
        if names and self.draw(st.booleans()):
            return self.pick(names)
        if of.kind == "list":
            assert of.element is not None
            return self.items([self.leaf(of.element) for _ in range(self.draw(st.integers(1, 3)))])
        return self.draw(constants(of))

    def bound(self, name: str, of: Type, what: Callable[[], str]) -> str:
        """What is written while ``name`` is also in scope."""
        before = self.scope
        self.scope = {**before, name: of}
        try:
            return what()
        finally:
            self.scope = before

    def untested(self, what: Callable[[], str]) -> str:
        """What is written where `?` would stand for something else."""
        before = self.scope
        self.scope = {name: of for name, of in before.items() if name != "?"}
        try:
            return what()
        finally:
            self.scope = before

    def call(self, function: str, *arguments: str) -> str:
        return f"{function}({', '.join(arguments)})"

    def ends(self, of: Type) -> tuple[str, str]:
        """Two ends of a range, at least one of which is a name, so that it is not plainly empty."""
        pair = [self.pick(self.names(of)), self.leaf(of)]
        return tuple(pair if self.draw(st.booleans()) else pair[::-1])  # type: ignore[return-value]

    def range(self, of: Type) -> str:
        low, high = self.ends(of)
        return f"{self.pick('[(')}{low}..{high}{self.pick('])')}"

    # Any type

    def conditional(self, of: Type, depth: int) -> str:
        return f"if {self.write(BOOLEAN, depth)} then {self.write(of, depth)} else {self.write(of, depth)}"

    def item(self, of: Type, depth: int) -> str:
        position = self.pick(["1", "-1", "2", f"1 + {self.part(INTEGER, depth - 1)}"])
        return f"{self.part(list_of(of), depth)}[{position}]"

    # Conditions

    def compare(self, _: Type, depth: int) -> str:
        of = self.pick(_ORDERED)
        return f"{self.part(of, depth)} {self.pick(['<', '<=', '>', '>=', '=', '!='])} {self.part(of, depth)}"

    def equal(self, _: Type, depth: int) -> str:
        of = self.draw(types())
        other = self.pick(["null", self.part(of, depth)])
        return f"{self.part(of, depth)} {self.pick(['=', '!='])} {other}"

    def logic(self, _: Type, depth: int) -> str:
        word = self.pick(["and", "or"])
        return f" {word} ".join(self.part(BOOLEAN, depth) for _ in range(self.draw(st.integers(2, 3))))

    def negation(self, _: Type, depth: int) -> str:
        return f"not({self.write(BOOLEAN, depth)})"

    def between(self, _: Type, depth: int) -> str:
        of = self.pick(_ORDERED)
        low, high = self.ends(of)
        return f"{self.part(of, depth)} between {low} and {high}"

    def membership(self, _: Type, depth: int) -> str:
        of = self.pick(TYPES)
        tests = self.untested(lambda: self.tests_for(of, depth))
        return f"{self.part(of, depth)} in {self.pick(['({})', '[{}]']).format(tests)}"

    def list_membership(self, _: Type, depth: int) -> str:
        of = self.pick(TYPES)
        return f"{self.part(of, depth)} in {self.untested(lambda: self.part(list_of(of), depth))}"

    def quantified(self, _: Type, depth: int) -> str:
        of = self.pick(TYPES)
        source = self.write(list_of(of), depth)
        condition = self.bound("each", of, lambda: self.write(BOOLEAN, depth))
        return f"{self.pick(['some', 'every'])} each in {source} satisfies {condition}"

    def list_contains(self, _: Type, depth: int) -> str:
        of = self.pick(TYPES)
        return self.call("list contains", self.write(list_of(of), depth), self.write(of, depth))

    def text_test(self, _: Type, depth: int) -> str:
        return self.call(self.pick(["contains", "starts with", "ends with"]), self.write(TEXT, depth), self.write(TEXT, depth))

    def odd_or_even(self, _: Type, depth: int) -> str:
        return self.call(self.pick(["odd", "even"]), self.write(INTEGER, depth))

    def instance(self, _: Type, depth: int) -> str:
        kinds = ["number", "string", "boolean", "date", "time", "date and time", "days and time duration"]
        return f"{self.part(self.pick(TYPES), depth)} instance of {self.pick(kinds)}"

    # Unary tests

    def tests_for(self, of: Type, depth: int) -> str:
        """Tests as they stand in ``in ( )``: values, ranges, comparisons."""
        return ", ".join(self.test(of, depth, bare=False) for _ in range(self.draw(st.integers(1, 3))))

    def tests(self, of: Type, depth: int) -> str:
        """A whole cell."""
        kind = self.draw(st.integers(0, 5))
        if kind == 0:
            return "-"
        tests = ", ".join(self.test(of, depth, bare=True) for _ in range(self.draw(st.integers(1, 3))))
        return f"not({tests})" if kind == 1 else tests

    def test(self, of: Type, depth: int, *, bare: bool) -> str:
        options = ["value", "list"]
        if of in _ORDERED:
            options += ["range", "range"] + (["comparison", "comparison"] if bare else [])
        if bare:
            options.append("condition")
        match self.pick(options):
            case "range":
                return self.range(of)
            case "comparison":
                return f"{self.pick(['<', '<=', '>', '>='])} {self.part(of, depth - 1)}"
            case "condition":
                return self.bound("?", of, lambda: f"? = {self.part(of, depth)}")
            case "list" if of.kind != "list":
                return self.leaf(list_of(of))
        return self.pick(of.choices) if bare and of.kind == "choice" else self.leaf(of)

    # Numbers

    def arithmetic(self, of: Type, depth: int) -> str:
        return f"{self.part(of, depth)} {self.pick('+-*')} {self.part(of, depth)}"

    def quotient(self, of: Type, depth: int) -> str:
        alike = self.pick([NUMBER, EUR, DURATION, MONTHS])
        divisor = self.part(alike, depth) if self.draw(st.booleans()) else _NOT_ZERO[alike]
        return f"{self.part(alike, depth)} / {divisor}"

    def power(self, of: Type, depth: int) -> str:
        return f"{self.part(NUMBER, depth)} ** {self.pick(['2', '3', '0', '-1', '0.5'])}"

    def minus(self, of: Type, depth: int) -> str:
        return f"-{self.part(of, depth)}"

    def rounded(self, of: Type, depth: int) -> str:
        return self.call(self.pick(["floor", "ceiling"]), self.write(NUMBER, depth))

    def rounded_to(self, of: Type, depth: int) -> str:
        names = ["round up", "round down", "round half up", "round half down"]
        return self.call(self.pick(names), self.write(of, depth), self.pick("0123"))

    def absolute(self, of: Type, depth: int) -> str:
        return self.call("abs", self.write(of, depth))

    def remainder(self, of: Type, depth: int) -> str:
        return self.call("modulo", self.write(of, depth), self.pick(["1", "7", "-3"]))

    def extreme(self, of: Type, depth: int) -> str:
        function = self.pick(["min", "max"])
        if self.draw(st.booleans()):
            return self.call(function, self.write(list_of(of), depth))
        return self.call(function, *(self.write(of, depth) for _ in range(self.draw(st.integers(2, 3)))))

    def total(self, of: Type, depth: int) -> str:
        return self.call("sum", self.write(list_of(of), depth))

    def average(self, of: Type, depth: int) -> str:
        return self.call(self.pick(["mean", "median"]), self.write(list_of(of), depth))

    def counted(self, of: Type, depth: int) -> str:
        return self.call("count", self.write(list_of(self.pick(TYPES)), depth))

    def length(self, of: Type, depth: int) -> str:
        return self.call("string length", self.write(TEXT, depth))

    def property(self, of: Type, depth: int) -> str:
        kind, names = self.pick(_PROPERTIES)
        return f"{self.part(kind, depth)}.{self.pick(names)}"

    # Text

    def joined(self, of: Type, depth: int) -> str:
        return f"{self.part(TEXT, depth)} + {self.part(TEXT, depth)}"

    def worded(self, of: Type, depth: int) -> str:
        return f"{self.part(TIER, depth)} + {self.part(TEXT, depth)}"

    def recased(self, of: Type, depth: int) -> str:
        return self.call(self.pick(["upper case", "lower case"]), self.write(TEXT, depth))

    def substring(self, of: Type, depth: int) -> str:
        start = self.pick(["1", "2", "-1"])
        return self.call("substring", self.pick(self.names(TEXT)), start, *self.pick([(), ("1",), ("3",)]))

    def around(self, of: Type, depth: int) -> str:
        function = self.pick(["substring before", "substring after"])
        return self.call(function, self.write(TEXT, depth), self.write(TEXT, depth))

    def spelled(self, of: Type, depth: int) -> str:
        return self.call("string", self.write(self.pick(TYPES), depth))

    # Money

    def added(self, of: Type, depth: int) -> str:
        return f"{self.part(of, depth)} {self.pick('+-')} {self.part(of, depth)}"

    def scaled(self, of: Type, depth: int) -> str:
        amount, factor = self.part(of, depth), self.part(NUMBER, depth)
        return self.pick([f"{amount} * {factor}", f"{factor} * {amount}", f"{amount} / {self.pick(['2', '0.3', factor])}"])

    # Dates and durations

    def moved(self, of: Type, depth: int) -> str:
        length = DURATION if of == TIME else self.pick([DURATION, MONTHS])
        return f"{self.part(of, depth)} {self.pick('+-')} {self.part(length, depth)}"

    def gap(self, of: Type, depth: int) -> str:
        point = self.pick([DATE, DATE_TIME, TIME])
        return f"{self.part(point, depth)} - {self.part(point, depth)}"

    def day_of(self, of: Type, depth: int) -> str:
        return self.call("date", self.write(DATE_TIME, depth))

    def made_date(self, of: Type, depth: int) -> str:
        parts = [f"{self.part(DATE, depth)}.{name}" for name in ("year", "month", "day")]
        return self.call("date", parts[0], self.pick(["1", "2", parts[1]]), self.pick(["28", "31", parts[2]]))

    def moment(self, of: Type, depth: int) -> str:
        return self.call("date and time", self.write(DATE, depth), self.write(TIME, depth))

    def clock_of(self, of: Type, depth: int) -> str:
        return self.call("time", self.write(DATE_TIME, depth))

    def months_between(self, of: Type, depth: int) -> str:
        return self.call("years and months duration", self.write(DATE, depth), self.write(DATE, depth))

    # Lists

    def listed(self, of: Type, depth: int) -> str:
        assert of.element is not None
        return self.items([self.write(of.element, depth) for _ in range(self.draw(st.integers(1, 3)))])

    def names(self, of: Type) -> list[str]:
        """The names that can stand for ``of``. A choice is text too, but held against a text it only takes its own words."""
        return [
            name
            for name, known in self.scope.items()
            if accepts(of, known) and ("choice" in str(of)) == ("choice" in str(known))
        ]

    def items(self, written: list[str]) -> str:
        """A list, sometimes an empty one; `[]` itself would be a list of nothing, with no type to expect."""
        return f"[{', '.join(written)}]" + ("[false]" if self.draw(st.integers(0, 5)) == 0 else "")

    def filtered(self, of: Type, depth: int) -> str:
        assert of.element is not None
        element = of.element
        return f"{self.part(of, depth)}[{self.bound('item', element, lambda: self.write(BOOLEAN, depth))}]"

    def combined(self, of: Type, depth: int) -> str:
        return self.call(self.pick(["concatenate", "union"]), self.write(of, depth), self.write(of, depth))

    def appended(self, of: Type, depth: int) -> str:
        assert of.element is not None
        return self.call("append", self.write(of, depth), self.write(of.element, depth))

    def tidied(self, of: Type, depth: int) -> str:
        return self.call(self.pick(["reverse", "distinct values"]), self.write(of, depth))

    def sliced(self, of: Type, depth: int) -> str:
        return self.call("sublist", self.write(of, depth), self.pick(["1", "2", "-1"]))


_NOT_ZERO = {NUMBER: "4", EUR: "3 EUR", DURATION: "36 hours", MONTHS: "5 months"}
_PROPERTIES = (
    (DATE, ("year", "month", "day", "weekday")),
    (DATE_TIME, ("year", "hour", "minute", "second")),
    (TIME, ("hour", "minute")),
    (DURATION, ("days", "hours", "minutes")),
    (MONTHS, ("years", "months")),
)

_Maker = Callable[[_Writer, Type, int], str]
_ANY_KIND: tuple[_Maker, ...] = (_Writer.conditional, _Writer.item)
_INTEGER_MAKERS: tuple[_Maker, ...] = (
    _Writer.arithmetic,
    _Writer.minus,
    _Writer.rounded,
    _Writer.absolute,
    _Writer.extreme,
    _Writer.counted,
    _Writer.length,
    _Writer.property,
)
_MAKERS: dict[str, tuple[_Maker, ...]] = {
    "boolean": (
        _Writer.compare,
        _Writer.compare,
        _Writer.equal,
        _Writer.logic,
        _Writer.logic,
        _Writer.negation,
        _Writer.between,
        _Writer.membership,
        _Writer.membership,
        _Writer.list_membership,
        _Writer.quantified,
        _Writer.list_contains,
        _Writer.text_test,
        _Writer.odd_or_even,
        _Writer.instance,
    ),
    "number": (
        *_INTEGER_MAKERS,
        _Writer.quotient,
        _Writer.power,
        _Writer.rounded_to,
        _Writer.remainder,
        _Writer.total,
        _Writer.average,
    ),
    "text": (_Writer.joined, _Writer.worded, _Writer.recased, _Writer.substring, _Writer.around, _Writer.spelled),
    "money": (
        _Writer.added,
        _Writer.scaled,
        _Writer.minus,
        _Writer.absolute,
        _Writer.extreme,
        _Writer.total,
        _Writer.rounded_to,
    ),
    "date": (_Writer.moved, _Writer.day_of, _Writer.made_date, _Writer.extreme),
    "date-time": (_Writer.moved, _Writer.moment),
    "time": (_Writer.moved, _Writer.clock_of),
    "duration": (_Writer.added, _Writer.scaled, _Writer.gap, _Writer.minus, _Writer.absolute),
    "months": (_Writer.added, _Writer.scaled, _Writer.minus, _Writer.months_between),
    "list": (_Writer.listed, _Writer.filtered, _Writer.combined, _Writer.appended, _Writer.tidied, _Writer.sliced),
}
