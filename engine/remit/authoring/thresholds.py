"""Thresholds of what is worked out from facts: ``c - p <= 60 days``, ``asked.more > now * 25%``, ``count(delays) >= 3``.

No value of a single fact is the threshold: that depends on the others. So values are chosen together. With all facts but one as
they are, that one is moved until the two sides of the comparison are equal, and then by its smallest step. How far it has to be
moved is found by trying, whatever the comparison is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeAlias

from remit.authoring.moving import Line, Moves
from remit.authoring.tested import Side, constants, ordered_names, tested
from remit.errors import Place
from remit.language.nodes import Between, Compare, In, Input, ListLiteral, Name, Node, RangeLiteral, names_in, walk
from remit.language.source import Source, Span
from remit.language.temporal import in_zone
from remit.language.values import Money, Months, Unknown
from remit.policy.model import Clause, Fact, Model
from remit.policy.trees import Reads
from remit.readings.numbers.reference import Scope

__all__ = ["Point", "Threshold", "scope_at", "thresholds", "usual_time"]

#: Values of facts, of ``asked.REMEDY``, of ``occurred`` and ``requested``, and of the employee's id and role, by name.
Point: TypeAlias = Mapping[str, Any]

#: Where one fact is moved so far, a line through two points of a comparison tells where it turns.
_FAR: Final = 64
#: How often a step is doubled to find the other side, where that line does not tell.
_DOUBLINGS: Final = 24


@dataclass(frozen=True, slots=True)
class Threshold:
    """The answer may change where ``left`` comes to ``right``, as the comparison at ``source`` has it; ``side`` says where.
    ``fact`` and ``value`` are the two as written. ``facts`` are those that can be moved, the best first."""

    model: Model
    left: Node
    right: Node
    side: Side
    fact: str
    value: str
    facts: Mapping[str, Fact]
    moves: Moves
    source: Source | None
    span: Span

    @property
    def place(self) -> Place | None:
        """Where the comparison is written."""
        return None if self.source is None else self.source.place(self.span)

    @property
    def text(self) -> str:
        """The expression in which the comparison is written."""
        return "" if self.source is None else self.source.text

    def called(self, where: str = "at") -> str:
        """``c - p just above 60 days``, where ``where`` says on which side."""
        return f"{self.fact} {where} {self.value}"

    def gap(self, scope: Scope) -> Fraction | None:
        """By how much the left side is more than the right; ``None`` where that is not known."""
        return _apart(*(scope.evaluate(each) for each in (self.left, self.right)))

    def around_point(self, point: Point) -> Iterator[Mapping[str, Point]]:
        """``point`` with one fact moved to the threshold, ``just below``, ``at`` and ``just above``, for each fact with which
        that can be done; a side on which the fact can have no value is left out."""
        for name, fact in self.facts.items():
            value = point.get(name, None if name in self.model.facts else fact.low)  # nothing is asked, unless it is
            if value is not None:
                for line in self.moves.far(fact, value):
                    turn = self._turn(point, name, line)
                    if turn is not None:
                        yield self._beside(point, name, line, turn)

    def is_beside(self, point: Point, scope: Scope) -> frozenset[bool]:
        """On which side of the threshold ``point`` is, where one fact moved by its smallest step is on the other."""
        gap = self.gap(scope)
        if gap is None:
            return frozenset()
        here = self._is_over(gap)
        for name, fact in self.facts.items():
            if point.get(name) is not None:
                for line in self.moves.near(fact, point[name]):
                    for steps in (1, -1):
                        moved = self._at(point, name, line, steps)
                        if moved is not None and self._is_over(moved) is not here:
                            return frozenset((here,))
        return frozenset()

    def _is_over(self, gap: Fraction) -> bool:
        return {"below": gap >= 0, "above": gap > 0, "both": gap == 0}[self.side]

    def _at(self, point: Point, name: str, line: Line, steps: int) -> Fraction | None:
        value = line(steps)
        return None if value is None else self.gap(scope_at(self.model, {**point, name: value}))

    def _beside(self, point: Point, name: str, line: Line, turn: int) -> Mapping[str, Point]:
        """The three points of a turn; with the one nearest to the threshold at it."""
        gaps = {steps: self._at(point, name, line, steps) for steps in range(turn - 1, turn + 3)}
        first, second = gaps[turn], gaps[turn + 1]
        at = turn if second is None or (first is not None and abs(first) <= abs(second)) else turn + 1
        up = first is not None and second is not None and second > first
        found = {"just below": at - 1 if up else at + 1, "at": at, "just above": at + 1 if up else at - 1}
        return {where: {**point, name: line(steps)} for where, steps in found.items() if gaps[steps] is not None}

    def _turn(self, point: Point, name: str, line: Line) -> int | None:
        """Between which number of steps and the next the gap turns from below (or at) the threshold to above it, or back."""

        def over(steps: int) -> bool | None:
            gap = self._at(point, name, line, steps)
            return None if gap is None else gap > 0 if self.side == "above" else gap >= 0

        here = over(0)
        if here is None:
            return None
        guess = self._guess(point, name, line)
        for steps in range(guess - 2, guess + 2) if guess is not None else ():
            one, other = over(steps), over(steps + 1)
            if one is not None and other is not None and one is not other:
                return steps
        for way in (1, -1):
            low = 0
            for power in range(_DOUBLINGS):
                there = over(way << power)
                if there is None:
                    break
                if there is not here:
                    return _halved(over, here, low, way << power)
                low = way << power
        return None

    def _guess(self, point: Point, name: str, line: Line) -> int | None:
        """Where the gap would be nothing, if it went on as it goes from here."""
        here = self._at(point, name, line, 0)
        for far in (_FAR, -_FAR, 1, -1):
            there = self._at(point, name, line, far)
            if here is not None and there is not None and there != here:
                return int(-here * far / (there - here) // 1)
        return None


def _halved(over: Callable[[int], bool | None], here: bool, low: int, high: int) -> int:
    """Where between ``low``, where it is as it is ``here``, and ``high`` it turns; the lower of the two numbers."""
    while abs(high - low) > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if over(middle) is here else (low, middle)
    return min(low, high)


def _apart(left: Any, right: Any) -> Fraction | None:
    match left, right:
        case Unknown(), _:
            return None
        case Money(amount=amount, currency=currency), Money(amount=other) if right.currency == currency:
            return Fraction(amount - other)
        case bool(), _:
            return None
        case Decimal(), Decimal():
            return Fraction(left - right)
        case Months(months=months), Months(months=other):
            return Fraction(months - other)
        case (datetime(), datetime()) if (left.tzinfo is None) == (right.tzinfo is None):
            return Fraction((left - right) // timedelta(microseconds=1))
        case (timedelta(), timedelta()):
            return Fraction((left - right) // timedelta(microseconds=1))
        case (date(), date()) if not isinstance(left, datetime) and not isinstance(right, datetime):
            return Fraction((left - right).days)
    return None


def scope_at(model: Model, point: Point) -> Scope:
    """What conditions read at ``point``; of the lowest role, where it names none."""
    amounts: dict[str, int] = {}
    for name in model.remedies:
        asked = point.get(f"asked.{name}")
        amounts[name] = asked.minor if isinstance(asked, Money) else int(asked or 0)
    facts = {name: value for name, value in point.items() if name in model.facts}
    employee, role, day = point.get("employee.id", "e-1"), point.get("employee.role", model.ladder[0]), point.get("occurred")
    requested = point.get("requested", usual_time(model, day))
    return Scope(model, facts, employee=employee, role=role, asked=amounts, occurred=day, requested=requested)


def usual_time(model: Model, day: date | None) -> datetime | None:
    """When something is requested that happened on ``day``, where nothing else is said and the policy reads it: at noon."""
    if day is None or not model.reads_requested:
        return None
    return in_zone(datetime.combine(day, time(12)), model.timezone, local=True)


def thresholds(model: Model, *, everywhere: bool = False) -> tuple[Threshold, ...]:
    """Every one, in reading order, each once, or ``everywhere`` it is written."""
    names, reads = ordered_names(model), Reads(model)
    inputs = {id(each.node): each.source for value in model.values.values() for each in _inputs(value.definition)}
    found: dict[tuple[Node, Node, str, int], Threshold] = {}
    for each in tested(model):
        if each.reckons:
            for left, right, side in _sides(each.test, each.clause.tested):
                facts = {name: names[name] for name in _order(model, reads(left) | reads(right), names)}
                is_single = isinstance(left, Name) and left.name in names and not names_in(right)
                if facts and not is_single:
                    fact, value = (_text(node, each.clause, inputs) for node in (left, right))
                    moves = Moves([value for part in (left, right) for value, _ in constants(part)], model.currency_code)
                    place = each.clause.source, each.test.span
                    one = Threshold(model, left, right, side, fact, value, facts, moves, *place)
                    found.setdefault((left, right, side, id(each.clause.source) if everywhere else 0), one)
    return tuple(found.values())


def _inputs(definition: Any) -> tuple[Any, ...]:
    return getattr(definition, "inputs", ())


def _order(model: Model, read: frozenset[str], names: Mapping[str, Fact]) -> Iterator[str]:
    """What can be moved: first what is asked, then the facts, those that are declared last first, and the day."""
    known = [name for name in names if name in read and names[name].type.kind not in ("boolean", "choice", "text", "time")]
    yield from (name for name in known if name not in model.facts and name != "occurred")
    yield from (name for name in reversed(known) if name in model.facts)
    yield from (name for name in known if name == "occurred")


def _text(node: Node, clause: Clause, inputs: Mapping[int, Source]) -> str:
    """``node`` as the author wrote it."""
    if isinstance(node, Name):  # of a test in the mapping form, it is not where it says
        return node.name
    if id(node) in inputs:
        return inputs[id(node)].text
    assert clause.source is not None, "what is implied is a name"
    start, end = node.span
    return " ".join(clause.source.text[start:end].split())


def _sides(test: Node, tested: Node | None) -> Iterator[tuple[Node, Node, Side]]:
    """The two sides of each comparison that a test makes, and where it turns."""

    def put(node: Node) -> Node:
        return tested if isinstance(node, Input) and tested is not None else node

    match test:
        case Compare(op=op, left=left, right=right):
            yield put(left), put(right), _SIDES[op]
        case Between(value=value, low=low, high=high):
            yield put(value), put(low), "below"
            yield put(value), put(high), "above"
        case In(value=value, tests=tests):
            for each in tests:
                yield from ((put(value), end, side) for end, side in _ends(each))


def _ends(test: Node) -> Iterator[tuple[Node, Side]]:
    match test:
        case RangeLiteral(low=low, high=high, low_closed=low_closed, high_closed=high_closed):
            if low is not None:
                yield low, "below" if low_closed else "above"
            if high is not None:
                yield high, "above" if high_closed else "below"
        case ListLiteral(items=items):
            for each in items:
                yield from _ends(each)
        case Compare(op=op, left=Input(), right=right):
            yield right, _SIDES[op]
        case _ if not any(isinstance(each, Input) for each in walk(test)):
            yield test, "both"


_SIDES: Final[Mapping[str, Side]] = {">=": "below", "<": "below", ">": "above", "<=": "above", "=": "both", "!=": "both"}
