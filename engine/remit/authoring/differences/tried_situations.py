"""The situations in which two policies are tried (:mod:`remit.authoring.differences.examples`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice, product
from typing import Any, Final

from remit.authoring.boundaries import boundaries, within
from remit.authoring.proposing.situations import Facts, Situations
from remit.authoring.tested import Boundary
from remit.authoring.thresholds import Threshold
from remit.language.nodes import Name
from remit.language.values import Money
from remit.policy.model import Condition, Model, Table
from remit.policy.trees import applied, conjunction

__all__ = ["situations"]

_MOST_PER_CONDITION: Final = 3
_MIXTURES: Final = 120
#: In how many situations where a condition holds, and in how many mixtures, boundaries are tried.
_MOST_BASES: Final = 2
_MOST_SAMPLES: Final = 16
#: How many cents more: half of 1, a quarter of 2, a fifth or a tenth of 5, a twentieth of 10, ... is half a cent.
_ODD: Final = (1, 2, 3, 4, 5, 6, 10, 15, 20, 30, 50)


def situations(old: Model, new: Model) -> Iterator[Facts]:
    """Whole situations, each once."""
    of = Situations(new), Situations(old)
    usual = {**of[1].usual, **of[0].usual}
    seen: set[str] = set()
    for facts in _made(of, usual):
        for silent in ({}, _told_nothing(old, new)):
            whole = {**usual, **facts, **silent}
            text = repr(whole)
            if text not in seen:
                seen.add(text)
                yield whole


def _told_nothing(old: Model, new: Model) -> Facts:
    """The facts that stand for something else in each where they are not told, without a value."""
    both = (name for name in new.facts if name in old.facts)
    return {name: None for name in both if old.facts[name].default != new.facts[name].default}


def _made(of: Sequence[Situations], usual: Facts) -> Iterator[Facts]:
    yield {}
    holding = [list(islice(each.holding(when), _MOST_PER_CONDITION)) for each in of for when in _conditions(each.model)]
    for facts in holding:
        yield from facts
    for each in of:
        for name, values in each.worth.items():
            for value in values:
                yield {name: value}
    yield from _thresholds(of, usual, [facts[0] for facts in holding if facts])
    if of[0].model.rounding != of[1].model.rounding:
        yield from _odd(of[0].model, usual, [{}, *(facts[0] for facts in holding if facts)])
    for one in holding:  # two at a time: a rule within the reach of a guardrail, another rule, a row
        for other in holding:
            if one and other and one is not other:
                yield {**one[0], **other[0]}
    for each in of:
        mixed = list(each.sampled(_MIXTURES))
        yield from mixed
        for at, rule in enumerate(each.model.rules):  # each where no other gives the same
            yield from (each.only(rule, base) for base in mixed[at % _MOST_SAMPLES :: _MOST_SAMPLES])


def _thresholds(of: Sequence[Situations], usual: Facts, bases: Sequence[Facts]) -> Iterator[Facts]:
    """What is worked out from several facts, what is asked, and the day, each where it matters: usually, and where a condition
    holds; those that are in one of the two only, in a number of mixtures too."""
    day = max(each.day for each in of)
    crossed: list[list[Boundary | Threshold]]
    crossed = [[*boundaries(each.model, everywhere=True), *each.thresholds] for each in of]
    for each, own, other in zip(of, crossed, reversed(crossed), strict=True):
        same = {(one.called(), one.side, one.text) for one in other}
        new = [one for one in own if (one.called(), one.side, one.text) not in same]
        mixed = [*each.sampled(_MOST_SAMPLES)] if new else []
        for one in own:
            is_new = one in new
            if is_new or isinstance(one, Threshold) or one.fact not in each.model.facts:
                for base in ({}, *bases[:_MOST_BASES], *(mixed if is_new else ())):
                    for points in one.around_point({"occurred": day, **usual, **base}):
                        for point in points.values():
                            yield {name: value for name, value in point.items() if name != "occurred" or value != day}


def _odd(model: Model, usual: Facts, bases: Sequence[Facts]) -> Iterator[Facts]:
    """The same situations with a few cents more, or a few of what is counted: where a share of them is no whole cent."""
    kinds: tuple[type, ...] = (Money, Decimal)
    for kind, more, base in product(kinds, _ODD, bases):
        whole = {**usual, **base}
        moved = {name: _plus(value, more) for name, value in whole.items() if name in model.facts and isinstance(value, kind)}
        yield {**base, **{name: value for name, value in moved.items() if within(model.facts[name], value)}}


def _plus(value: Any, more: int) -> Any:
    return Money.from_minor(value.minor + more, value.currency) if isinstance(value, Money) else value + more


def _conditions(model: Model) -> Iterator[Condition | None]:
    yield from (rule.when for rule in model.rules)
    yield from (guardrail.when for guardrail in model.guardrails)
    yield from (requirement.when for requirement in model.requires)
    for value in model.values.values():
        if isinstance(value.definition, Table):
            for row in value.definition.rows:
                pairs = zip(value.definition.inputs, row.tests, strict=True)
                nodes = [applied(test.node, on.node.name, on.node.type) for on, test in pairs if isinstance(on.node, Name)]
                yield Condition(conjunction(nodes)) if nodes else None
