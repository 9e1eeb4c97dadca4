"""The values at which a policy changes its mind: for each fact, and for what is asked of each remedy, every value at which a
test starts or stops holding, and its neighbours.

Used wherever a policy is tried out: proposing cases, finding the nearest change that helps, measuring what cases reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice, product
from typing import Any, Final, TypeAlias
from typing import Literal as Lit

from remit.core.distinctions import Distinctions, sharp
from remit.core.lowering.opaque import Outside
from remit.core.regions import Region, Spans, cuts_of
from remit.errors import Place
from remit.language.evaluating.evaluator import evaluate
from remit.language.nodes import Between, Compare, In, Input, Literal, Name, Node, changed, children, names_in, walk
from remit.language.source import Source, Span
from remit.language.types import INTEGER, Type, money
from remit.language.values import Money, minor_digits
from remit.policy.model import Fact, Model
from remit.policy.trees import replaced

__all__ = ["Boundary", "Side", "bare", "boundaries", "candidates", "neighbours", "within"]


#: On which side of the value the answer changes: between what is just below and the value, between the value and what is just
#: above, or on both.
Side: TypeAlias = Lit["below", "above", "both"]


@dataclass(frozen=True, slots=True)
class Boundary:
    """The answer may change at ``value`` of ``fact`` (its name, or ``asked.REMEDY``), as the test at ``source`` has it;
    ``side`` says where. ``around`` are the values just below and just above."""

    fact: str
    value: Any
    side: Side
    around: tuple[Any, Any] = field(default=(None, None), compare=False)
    source: Source | None = field(default=None, compare=False)
    span: Span = field(default=(0, 0), compare=False)

    @property
    def place(self) -> Place | None:
        """Where the test is written."""
        return None if self.source is None else self.source.place(self.span)


def boundaries(model: Model) -> tuple[Boundary, ...]:
    """Where a fact, or what is asked for, can be on both sides of a value that matters: in reading order, each once."""
    names = _ordered_names(model)
    found: dict[tuple[str, str, str], Boundary] = {}
    for each in _tested(model):
        fact = names.get(each.fact)
        if fact is not None and None not in each.around and _can_cross(fact, each):
            found.setdefault((each.fact, repr(each.value), each.side), each)
    return tuple(found.values())


def candidates(model: Model) -> Mapping[str, tuple[Any, ...]]:
    """For each fact, the values worth trying: all choices, both truth values, and each boundary with its neighbours, within
    the declared bounds."""
    tested: dict[str, list[Boundary]] = {name: [] for name in model.facts}
    for boundary in _tested(model):
        tested.setdefault(boundary.fact, []).append(boundary)
    return {name: tuple(_distinct(_worth_trying(fact, tested[name]))) for name, fact in model.facts.items()}


def _ordered_names(model: Model) -> Mapping[str, Fact]:
    """The facts, and ``asked.REMEDY`` for each amount as if it were a fact from 0 up."""
    names = dict(model.facts)
    for remedy in model.remedies.values():
        name, currency = f"asked.{remedy.name}", model.currency_code
        if remedy.kind == "money":
            names[name] = Fact(name, money(currency), Money(Decimal(0), currency))
        elif remedy.kind == "count":
            names[name] = Fact(name, INTEGER, Decimal(0))
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


def _can_cross(fact: Fact, boundary: Boundary) -> bool:
    """Whether ``fact`` can be on both sides: its bounds leave room for the neighbours."""
    below, above = (within(fact, each) for each in boundary.around)
    beside = {"below": below, "above": above, "both": below or above}[boundary.side]
    return beside and within(fact, boundary.value)


def _worth_trying(fact: Fact, tested: Iterable[Boundary]) -> Iterator[Any]:
    kind = fact.type
    if kind.kind == "choice":
        yield from kind.choices
    elif kind.kind == "boolean":
        yield from (False, True)
    else:
        for each in tested:
            around = (each.value,) if None in each.around else (each.around[0], each.value, each.around[1])
            yield from (value for value in around if within(fact, value))
        yield from (each for each in (fact.low, fact.high) if each is not None)


def within(fact: Fact, value: Any) -> bool:
    """Whether ``value`` is within the bounds of ``fact``."""
    amount = bare(value)
    try:
        return not ((fact.low is not None and amount < bare(fact.low)) or (fact.high is not None and amount > bare(fact.high)))
    except TypeError:
        return False


def bare(value: Any) -> Any:
    """Money as its bare amount (within a policy there is one currency), everything else as it is."""
    return value.amount if isinstance(value, Money) else value


def _distinct(values: Iterable[Any]) -> Iterator[Any]:
    seen: set[str] = set()
    for value in values:
        if repr(value) not in seen:
            seen.add(repr(value))
            yield value


# What is tested

#: The kinds of expressions whose tests have boundaries.
_KINDS: Final = ("condition", "cell", "formula", "amount")
#: In how many ways the named constants of one test are put in.
_MOST_VARIANTS: Final = 100


def _tested(model: Model) -> Iterator[Boundary]:
    """Where each test starts and stops holding, test by test."""
    reading, names = Distinctions(model), _ordered_names(model)
    for clause in model.expressions():
        if clause.kind not in _KINDS:
            continue
        for test in _tests_in(clause.node):
            for variant in _variants(model, test):
                truth = reading.truth(variant, clause.tested)
                for name, regions in reading.uses((truth.yes,), deep=False).regions.items():
                    if name in names:
                        for value, side, span in _ends(reading, name, regions, variant):
                            around = neighbours(names[name].type, value) or (None, None)
                            yield Boundary(name, value, side, around, clause.source, span)


def _tests_in(node: Node) -> Iterator[Node]:
    """The comparisons in ``node``, each test of an ``in`` alone; not of truth values, whose own tests are elsewhere."""
    if isinstance(node, In):
        yield from (changed(node, tests=(test,), span=test.span) for test in node.tests)
        return
    if isinstance(node, Between) or (
        isinstance(node, Compare) and "boolean" not in (node.left.type.kind, node.right.type.kind)
    ):
        yield node
    for child in children(node):
        yield from _tests_in(child)


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
            for value, _ in _constants(clause.node) if not names_in(clause.node) else ():
                yield Literal(value, type=clause.node.type)


def _ends(reading: Distinctions, name: str, regions: Iterable[Region], test: Node) -> Iterator[tuple[Any, Side, Span]]:
    """Values of ``name`` at which ``test`` starts or stops holding, and where they are written, else where the test is."""
    constants = list(_constants(test))
    numbers = [(reading.number(name, value), value, span) for value, span in reversed(constants)]
    written = {number: (value, span) for number, value, span in numbers if number is not None}
    for region in regions:
        if not isinstance(region, Spans):
            yield from ((value, "both", span) for value, span in constants if value in region.words)
            continue
        for number, side in _sides(region, written):
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


def _constants(node: Node) -> Iterator[tuple[Any, Span]]:
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
        yield from _constants(child)
