"""What each name that a condition may read can turn out to be, and how its values fall into classes.

Two values of a fact are in the same class if no test in the policy tells them apart. A decision then depends on the classes
of its facts and on nothing else of them, save where a formula counts with a value. Whether a test holds in a class is not
worked out here by another reading of the language: the reference evaluator is asked once per class, when a policy is loaded.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, Literal

from remit.backends.compiled.trees import words_of
from remit.language.calendars import Calendar
from remit.language.evaluator import evaluate
from remit.language.nodes import Literal as Constant
from remit.language.nodes import Node, walk
from remit.language.values import CONTEXT, Money, Unknown
from remit.policy.model import Fact, Model

__all__ = ["ROLE", "Dimension", "Domain", "Need", "dimension", "domains"]

ROLE: Final = "employee.role"

#: An integer fact with at most this many values is told apart value by value where a formula counts with it.
MOST_VALUES: Final = 64


@dataclass(frozen=True, slots=True)
class Need:
    """What must be known of a name: whether ``test`` holds for it, or, without a test, which value it is."""

    name: str
    test: Node | None


@dataclass(frozen=True, slots=True)
class Domain:
    """The values of a name. ``finite``: those in ``values``. ``ordered``: told apart by thresholds of ``kind``. ``text``: told
    apart by equality. ``opaque``: not told apart at all. ``default`` stands in for a value that is missing; without one (and
    with ``optional``) it is unknown, within ``low`` and ``high``."""

    name: str
    kind: Literal["finite", "ordered", "text", "opaque"]
    type: str
    values: tuple[Any, ...] = ()
    currency: str | None = None
    optional: bool = True
    default: Any = None
    low: Any = None
    high: Any = None

    @property
    def unknown(self) -> Unknown:
        """What the name is while it is missing."""
        return Unknown(frozenset((self.name,)), self.low, self.high)


def domains(model: Model) -> dict[str, Domain]:
    """The domain of every name that a condition may read, values of the policy aside."""
    out = {
        "employee.id": Domain("employee.id", "text", "text", optional=False),
        ROLE: Domain(ROLE, "finite", "text", model.ladder, optional=False),
        "occurred": Domain("occurred", "ordered", "date"),
    }
    for name, remedy in model.remedies.items():
        asked = f"asked.{name}"
        if remedy.kind == "exception":
            out[asked] = Domain(asked, "finite", "boolean", (False, True), optional=False)
        else:
            kind = "money" if remedy.kind == "money" else "number"
            out[asked] = Domain(asked, "ordered", kind, currency=model.currency, optional=False)
    for name, fact in model.facts.items():
        out[name] = _of_fact(fact)
    return out


def _of_fact(fact: Fact) -> Domain:
    kind, values = _shape(fact)
    return Domain(
        fact.name,
        kind,
        fact.type.kind,
        values,
        currency=fact.type.currency,
        default=fact.default,
        low=fact.low,
        high=fact.high,
    )


def _shape(fact: Fact) -> tuple[Literal["finite", "ordered", "text", "opaque"], tuple[Any, ...]]:
    match fact.type.kind:
        case "boolean":
            return "finite", (False, True)
        case "choice":
            return "finite", fact.type.choices
        case "text":
            return "text", ()
        case "number":
            if fact.type.integer and fact.low is not None and fact.high is not None and fact.high - fact.low < MOST_VALUES:
                return "finite", tuple(Decimal(n) for n in range(int(fact.low), int(fact.high) + 1))
            return "ordered", ()
        case "money" | "date" | "duration":
            return "ordered", ()
        case _:
            return "opaque", ()  # date-times and times may or may not name an offset: their order has gaps


@dataclass(slots=True)
class Dimension:
    """One name and the classes of its values. ``samples`` has a value for each class; the last is :class:`Unknown` where the
    name may be missing. ``results[test]`` says, class by class, what the test gives."""

    domain: Domain
    samples: list[Any]
    results: dict[Node, list[Any]]
    #: Whether each class has only one value.
    whole: bool = False
    stride: int = 1
    #: finite and text: value to class.
    by_value: dict[Any, int] = field(default_factory=dict)
    other: int = 0
    #: ordered: thresholds (money in major units) and the class of each cell: below, at, between, at, ... above.
    thresholds: list[Any] = field(default_factory=list)
    cells: list[int] = field(default_factory=list)

    def class_of(self, value: Any) -> int:
        """The class of a value as the language has it; ``None`` where it is missing."""
        if value is None:
            return len(self.samples) - 1 if self.domain.default is None else self.class_of(self.domain.default)
        if self.domain.kind == "ordered":
            plain = value.amount if isinstance(value, Money) else value
            return self.cells[bisect_left(self.thresholds, plain) + bisect_right(self.thresholds, plain)]
        return 0 if self.domain.kind == "opaque" else self.by_value.get(value, self.other)

    def within(self, number: int) -> Any:
        """What can be said of every value of a class: the value itself, or :class:`Unknown` within bounds."""
        sample = self.samples[number]
        if self.whole or isinstance(sample, Unknown):
            return sample
        if self.domain.kind == "finite" and list(self.by_value.values()).count(number) == 1:
            return sample
        if self.domain.kind != "ordered" or not self.thresholds:
            return self.domain.unknown
        cells = [cell for cell, each in enumerate(self.cells) if each == number]
        ends = [None, *self.thresholds, None]  # cell 2n lies between the ends n and n + 1, cell 2n + 1 is the end n + 1
        low, high = (ends[(cell + extra) // 2] for cell, extra in ((cells[0], 1), (cells[-1], 2)))
        if cells[0] == cells[-1] and cells[0] % 2:
            return _sample(self.domain, low)
        return Unknown(
            frozenset((self.domain.name,)),
            self.domain.low if low is None else _sample(self.domain, low),
            self.domain.high if high is None else _sample(self.domain, high),
        )


def dimension(domain: Domain, needs: Sequence[Need], calendars: Mapping[str, Calendar]) -> Dimension:
    """Group the values of ``domain`` into the classes that ``needs`` tell apart."""
    tests = [need.test for need in needs if need.test is not None]
    whole = any(need.test is None for need in needs)
    probes, thresholds = _probes(domain, tests)
    missing = [domain.unknown] if domain.optional and domain.default is None else []
    columns = [_column(test, domain, [*probes, *missing], calendars) for test in tests]
    classes: dict[tuple[Any, ...], int] = {}
    first: list[int] = []
    places = []
    for row, probe in enumerate(probes):
        signature = (probe if whole else None, *((type(column[row]), repr(column[row])) for column in columns))
        if signature not in classes:
            classes[signature] = len(first)
            first.append(row)
        places.append(classes[signature])
    rows = [*first, *range(len(probes), len(probes) + len(missing))]
    out = Dimension(domain, [[*probes, *missing][row] for row in rows], {}, whole=whole, thresholds=thresholds)
    out.results.update((test, [column[row] for row in rows]) for test, column in zip(tests, columns, strict=True))
    if domain.kind == "ordered":
        out.cells = places
    else:
        out.by_value = dict(zip(probes, places, strict=True))
        out.other = places[-1]
    return out


def _column(test: Node, domain: Domain, probes: Sequence[Any], calendars: Mapping[str, Calendar]) -> list[Any]:
    """What ``test`` gives for each probe. Words that it does not name are all one to it, and tried once."""
    named = words_of(test) if domain.kind == "finite" and domain.type == "choice" else None
    others: list[Any] = []
    out = []
    for probe in probes:
        if named is not None and isinstance(probe, str) and probe not in named:
            if not others:
                others.append(evaluate(test, {domain.name: probe}, calendars=calendars))
            out.append(others[0])
        else:
            out.append(evaluate(test, {domain.name: probe}, calendars=calendars))
    return out


def _probes(domain: Domain, tests: Sequence[Node]) -> tuple[list[Any], list[Any]]:
    """A value for everything that the tests may tell apart; for ordered domains with the thresholds between them."""
    constants = [each.value for test in tests for each in walk(test) if isinstance(each, Constant)]
    match domain.kind:
        case "finite":
            return list(domain.values), []
        case "text":
            words = list(dict.fromkeys(each for each in constants if isinstance(each, str)))
            return [*words, "\0".join(["other", *words])], []
        case "ordered":
            thresholds = sorted({plain for each in constants if (plain := _plain(domain, each)) is not None})
            return [_sample(domain, each) for each in _spread(domain, thresholds)], thresholds
        case _:
            return [_ANYTHING], []


_ANYTHING: Final = object()


def _plain(domain: Domain, value: Any) -> Any:
    """``value`` as a threshold of ``domain``, or ``None`` where it is of another kind."""
    if domain.type == "money":
        return value.amount if isinstance(value, Money) and value.currency == domain.currency else None
    if domain.type == "number":
        return value if isinstance(value, Decimal | int) and not isinstance(value, bool) else None
    wanted = date if domain.type == "date" else timedelta
    return value if type(value) is wanted else None


def _sample(domain: Domain, plain: Any) -> Any:
    return Money(plain, domain.currency or "XXX") if domain.type == "money" else plain


def _spread(domain: Domain, thresholds: Sequence[Any]) -> list[Any]:
    """Below the first threshold, at it, between it and the next, ... above the last."""
    down, up, middle = _STEPS[domain.type]
    if not thresholds:
        return [_ORIGINS[domain.type]]
    out = [_stepped(thresholds[0], down)]
    for low, high in pairwise(thresholds):
        out += [low, middle(low, high)]
    return [*out, thresholds[-1], _stepped(thresholds[-1], up)]


def _stepped(value: Any, step: Any) -> Any:
    try:
        return CONTEXT.add(value, step) if isinstance(value, Decimal) else value + step
    except (OverflowError, ArithmeticError):
        return value  # nothing lies beyond


def _between(low: Decimal, high: Decimal) -> Decimal:
    return CONTEXT.divide(CONTEXT.add(low, high), Decimal(2))


_STEPS: Final[dict[str, tuple[Any, Any, Callable[[Any, Any], Any]]]] = {
    "number": (Decimal(-1), Decimal(1), _between),
    "money": (Decimal(-1), Decimal(1), _between),
    "date": (timedelta(days=-1), timedelta(days=1), lambda low, high: low + (high - low) // 2),
    "duration": (timedelta(seconds=-1), timedelta(seconds=1), lambda low, high: low + (high - low) / 2),
}
_ORIGINS: Final[dict[str, Any]] = {
    "number": Decimal(0),
    "money": Decimal(0),
    "date": date(2000, 1, 1),
    "duration": timedelta(0),
}
