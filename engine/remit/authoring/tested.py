"""The tests of a policy, one by one: what each looks at, and the values of single facts at which it starts or stops holding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice, product
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from typing import Literal as Lit

from remit.core.distinctions import Distinctions, sharp
from remit.core.lowering.opaque import Outside
from remit.core.regions import Region, Spans, cuts_of
from remit.errors import Place
from remit.language.evaluating.evaluator import evaluate
from remit.language.nodes import (
    Between,
    Compare,
    Filter,
    In,
    Input,
    Literal,
    Name,
    Node,
    Quantified,
    changed,
    children,
    names_in,
    walk,
)
from remit.language.source import Source, Span
from remit.language.types import DATE, INTEGER, Type, money
from remit.language.values import Money, minor_digits
from remit.language.words import show_value
from remit.policy.model import Clause, Dated, Fact, Model
from remit.policy.trees import replaced

__all__ = ["Boundary", "Side", "Tested", "constants", "dated", "neighbours", "ordered_names", "tested"]


#: In how many ways the named constants of one test are put in.
_MOST_VARIANTS: Final = 100
_NONE: Final[Mapping[str, str]] = MappingProxyType({})

#: On which side of the value the answer changes: between what is just below and the value, between the value and what is just
#: above, or on both.
Side: TypeAlias = Lit["below", "above", "both"]


@dataclass(frozen=True, slots=True)
class Boundary:
    """The answer may change at ``value`` of ``fact`` (a name, ``asked.REMEDY`` or ``occurred``), as the test at ``source`` has
    it; ``side`` says where. ``around`` are the values just below and just above. ``item``: it is a value of one item of the
    list ``fact``."""

    fact: str
    value: Any
    side: Side
    item: bool = False
    around: tuple[Any, Any] = field(default=(None, None), compare=False)
    source: Source | None = field(default=None, compare=False)
    span: Span = field(default=(0, 0), compare=False)

    @property
    def place(self) -> Place | None:
        """Where the test is written."""
        return None if self.source is None else self.source.place(self.span)

    @property
    def text(self) -> str:
        """The expression in which the test is written."""
        return "" if self.source is None else self.source.text

    def around_point(self, point: Mapping[str, Any]) -> Iterator[Mapping[str, Mapping[str, Any]]]:
        """``point`` with the fact ``just below``, ``at`` and ``just above`` the value."""
        values = {"just below": self.around[0], "at": self.value, "just above": self.around[1]}
        yield {where: {**point, self.fact: [value] if self.item else value} for where, value in values.items()}

    def called(self, where: str = "at") -> str:
        """``days just above 90``, where ``where`` says on which side."""
        return f"{'an item of ' if self.item else ''}{self.fact} {where} {show_value(self.value)}"


@dataclass(frozen=True, slots=True)
class Tested:
    """One ``test`` in a ``clause``: the values of single facts at which it changes, in ``boundaries``; and whether it compares
    what is worked out from facts in another way (``reckons``)."""

    clause: Clause
    test: Node
    boundaries: tuple[Boundary, ...]
    reckons: bool


def ordered_names(model: Model) -> Mapping[str, Fact]:
    """The facts, and as if they were facts ``asked.REMEDY`` for each amount, from 0 up, and the days of incidents."""
    names, effective = dict(model.facts), model.effective
    for remedy in model.remedies.values():
        name, currency = f"asked.{remedy.name}", model.currency_code
        if remedy.kind == "money":
            names[name] = Fact(name, money(currency), Money(Decimal(0), currency))
        elif remedy.kind == "count":
            names[name] = Fact(name, INTEGER, Decimal(0))
    last = None if effective.end is None else effective.end - timedelta(days=1)
    names["occurred"] = Fact("occurred", DATE, effective.start, last)
    return names


def neighbours(kind: Type, value: Any) -> tuple[Any, Any] | None:
    """The values just below and just above; ``None`` where a type has no such thing.

    One for whole numbers, one in the last decimal place for others (at least a hundredth where the value is not whole), the
    smallest unit for money, a day for dates, a minute for durations and times of day.
    """
    match value:
        case bool() | str():
            return None
        case Money(amount, currency):
            step = Decimal(1).scaleb(-minor_digits(currency))
            return Money(amount - step, currency), Money(amount + step, currency)
        case int() | Decimal():
            exponent = Decimal(value).as_tuple().exponent
            step = Decimal(1) if kind.integer or not isinstance(exponent, int) or exponent >= 0 else Decimal(1).scaleb(exponent)
            return Decimal(value) - step, Decimal(value) + step
        case datetime() | timedelta():
            return value - timedelta(minutes=1), value + timedelta(minutes=1)
        case date():
            return value - timedelta(days=1), value + timedelta(days=1)
        case _:
            return None


def tested(model: Model) -> Iterator[Tested]:
    """What each test of the policy looks at, test by test; promises, by which nothing is decided, left out."""
    names, readings = ordered_names(model), _Readings(model)
    for clause in model.expressions():
        if clause.kind != "promise":
            for test, items in _tests_in(model, clause.node):
                yield _tested(names, readings, clause, test, items)


class _Readings:
    """The tests of facts, and those of the items of each list, where they stand for names."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._of: dict[str, Distinctions] = {"": Distinctions(model)}

    def of(self, name: str = "") -> Distinctions:
        """Of the items of the list ``name``, or of the facts."""
        if name not in self._of:
            self._of[name] = Distinctions(self.model, self.model.facts[name].type.element)
        return self._of[name]


def _tested(names: Mapping[str, Fact], readings: _Readings, clause: Clause, test: Node, items: Mapping[str, str]) -> Tested:
    found: list[Boundary] = []
    reckons = False
    read = names_in(test)
    item = next((name for name in items if name in read), "")
    reading, fact = readings.of(items.get(item, "")), items.get(item, "")
    for variant in _variants(readings.model, test):
        node = replaced(variant, {item: reading.input}) if item and reading.input else variant
        yes = reading.truth(node, clause.tested).yes
        is_reckoned = bool(reading.uses((yes,)).reckoned)
        for name, regions in reading.uses((yes,), deep=False).regions.items():
            is_item = reading.input is not None and name == reading.input.name
            of = Fact(fact, reading.input.type) if is_item and reading.input else names.get(name)
            if of is not None:
                for value, side, span in _ends(reading, name, regions, node, only_written=is_reckoned):
                    around = neighbours(of.type, value) or (None, None)
                    found.append(Boundary(of.name, value, side, is_item, around, clause.source, span))
        reckons = reckons or is_reckoned
    return Tested(clause, test, tuple(found), reckons)


def dated(model: Model) -> Iterator[Boundary]:
    """The days on which a constant changes."""
    for value in model.values.values():
        if isinstance(value.definition, Dated):
            for day, entry in value.definition.entries:
                around = (day - timedelta(days=1), day + timedelta(days=1))
                yield Boundary(value.definition.by, day, "below", False, around, entry.source)


def _tests_in(model: Model, node: Node, items: Mapping[str, str] = _NONE) -> Iterator[tuple[Node, Mapping[str, str]]]:
    """The comparisons in ``node``, each test of an ``in`` alone; not of truth values, whose own tests are elsewhere. With
    each, the names that stand in it for an item of a list of the case, and that list."""
    if isinstance(node, In):
        yield from ((changed(node, tests=(test,), span=test.span), items) for test in node.tests)
        return
    if isinstance(node, Between) or (
        isinstance(node, Compare) and "boolean" not in (node.left.type.kind, node.right.type.kind)
    ):
        yield node, items
    bound = {name: source.name for name, source in _bindings(node) if isinstance(source, Name) and source.name in model.facts}
    for child in children(node):
        yield from _tests_in(model, child, {**items, **bound} if bound else items)


def _bindings(node: Node) -> tuple[tuple[str, Node], ...]:
    if isinstance(node, Filter):
        return (("item", node.source),)
    return node.bindings if isinstance(node, Quantified) else ()


def _variants(model: Model, test: Node) -> Iterator[Node]:
    """``test`` with each constant that its named values can be."""
    choices: dict[str, list[Literal | None]] = {
        name: [*_constant_outputs(model, name)] for name in sorted(names_in(test)) if name in model.values
    }
    for chosen in islice(product(*(some or [None] for some in choices.values())), _MOST_VARIANTS):
        put = {name: constant for name, constant in zip(choices, chosen, strict=True) if constant is not None}
        yield replaced(test, put) if put else test


def _constant_outputs(model: Model, name: str) -> Iterator[Literal]:
    for clause in model.values[name].expressions():
        if clause.tested is None and clause.kind in ("formula", "cell", "otherwise", "entry"):
            for value, _ in constants(clause.node) if not names_in(clause.node) else ():
                yield Literal(value, type=clause.node.type)


def _ends(
    reading: Distinctions, name: str, regions: Iterable[Region], test: Node, *, only_written: bool
) -> Iterator[tuple[Any, Side, Span]]:
    """Values of ``name`` at which ``test`` starts or stops holding, and where they are written, else where the test is;
    ``only_written`` leaves out the others (the last day that there is, where days are reckoned with)."""
    said = list(constants(test))
    numbers = [(reading.number(name, value), value, span) for value, span in reversed(said)]
    written = {number: (value, span) for number, value, span in numbers if number is not None}
    for region in regions:
        if not isinstance(region, Spans):
            yield from ((value, "both", span) for value, span in said if value in region.words)
            continue
        for number, side in _sides(region, written):
            if only_written and number not in written:
                continue
            try:
                value, span = written[number] if number in written else (reading.value(name, number), test.span)
            except (Outside, ValueError):  # no day has this number
                continue
            yield value, side, span


def _sides(region: Spans, written: Mapping[int, Any]) -> Iterator[tuple[int, Side]]:
    runs = (*region.spans, *(~region).spans)
    alone = {low for low, high in runs if low is not None and low == high and not {low - 1, low + 1} & written.keys()}
    for cut in cuts_of((region,)):
        if cut in alone:
            yield cut, "both"
        elif cut - 1 not in alone:
            number, at = sharp(cut, written)
            yield number, "below" if at else "above"


def constants(node: Node) -> Iterator[tuple[Any, Span]]:
    """The constants in ``node`` with where they are written: ``date("2026-03-01")`` and ``2 * 30 EUR`` are one each."""
    if isinstance(node, Literal):
        yield node.value, node.span
        return
    if not any(isinstance(each, Name | Input) for each in walk(node)):
        value = evaluate(node, {})
        if isinstance(value, Money | Decimal | date | timedelta | time):
            yield value, node.span
            return
    for child in children(node):
        yield from constants(child)
