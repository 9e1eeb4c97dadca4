"""What the cases of a policy reach: rules, guardrails, requirements, approvals, rows, dated entries, caps and boundaries.

A rule is reached when it surely matches in some case, a guardrail when it surely applies, an approval when it holds for what is
sent up, a row when it gives its table's value. A cap is reached when a case takes from it, or finds it full. A boundary, of a
fact or of what is asked for, is reached when a case stands on either side of it, no further from it than the next value; a
threshold of what is worked out, when a case stands on either side of it from which one fact moved by its smallest step leads to
the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from remit.authoring.boundaries import bare, boundaries
from remit.authoring.proposing.situations import reachable
from remit.authoring.tested import Boundary, ordered_names
from remit.authoring.testing.case_run import Result
from remit.authoring.testing.expectations import Taken
from remit.authoring.thresholds import Threshold
from remit.decision.inputs import Inputs, check_request
from remit.errors import Place
from remit.language.source import place_of
from remit.language.values import Unknown
from remit.policy import phrases
from remit.policy.model import Condition, Dated, Model, Table
from remit.readings.numbers.definition import find_by_reference
from remit.readings.numbers.reference import Scope
from remit.readings.numbers.table_choice import entry_in_force, rows_that_count

__all__ = ["Coverage", "CoverageItem", "items", "measure", "reached"]


@dataclass(frozen=True, slots=True)
class CoverageItem:
    """One thing that cases can reach. ``place`` is where it stands in the policy."""

    kind: Literal["rule", "guardrail", "requirement", "approval", "row", "entry", "cap", "discretion", "boundary"]
    name: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """``items`` are all that can be reached, in the order of the file; ``reached`` says how many cases reach each."""

    items: tuple[CoverageItem, ...]
    reached: dict[CoverageItem, int]

    @property
    def missed(self) -> tuple[CoverageItem, ...]:
        """What no case reaches."""
        return tuple(item for item in self.items if not self.reached[item])

    @property
    def share(self) -> float:
        """How much is reached, from 0 to 1; 1 where there is nothing to reach."""
        return 1 - len(self.missed) / len(self.items) if self.items else 1.0


def measure(model: Model, results: Collection[Result]) -> Coverage:
    """What ``results`` reach of ``model``; where it is in several currencies, of what is in each of them."""
    if model.others:
        return _together([measure(each, [_in_currency(result, each) for result in results]) for each in model.each])
    everything = tuple(sorted(dict.fromkeys(items(model)), key=_where))
    counts = dict.fromkeys(everything, 0)
    crossed = list(_boundaries(model))
    values: dict[str, set[Any]] = {boundary.fact: set() for boundary, _ in crossed if isinstance(boundary, Boundary)}
    sides: dict[CoverageItem, set[bool]] = {item: set() for each, item in crossed if isinstance(each, Threshold)}
    for result in results:
        seen: set[CoverageItem] = set()
        for taken in result.taken:
            inputs = check_request(model, taken.request, balances=taken.balances, history=taken.history, at=taken.at)
            seen.update(reached(model, taken, inputs))
            scope = Scope.of(model, inputs)
            for name in values:
                if not isinstance(value := scope[name], Unknown):
                    values[name].update(map(bare, value) if isinstance(value, list) else (bare(value),))
            names = (*ordered_names(model), "employee.id", "employee.role", *(["requested"] if model.reads_requested else []))
            point = {name: value for name in names if not isinstance(value := scope[name], Unknown)}
            for each, item in crossed:
                if isinstance(each, Threshold):
                    sides[item].update(each.is_beside(point, scope))
        for item in seen:
            counts[item] += 1
    for each, item in crossed:
        counts[item] = int(len(sides[item]) == 2) if isinstance(each, Threshold) else _both_sides(values[each.fact], each)
    return Coverage(everything, counts)


def _in_currency(result: Result, model: Model) -> Result:
    return replace(result, taken=tuple(each for each in result.taken if each.decision.currency == model.currency))


def _together(parts: Iterable[Coverage]) -> Coverage:
    counts: dict[CoverageItem, int] = {}
    for part in parts:
        for item, count in part.reached.items():
            counts[item] = counts.get(item, 0) + count
    return Coverage(tuple(sorted(counts, key=_where)), counts)


def _where(item: CoverageItem) -> tuple[int, int]:
    return (item.place.line, item.place.column) if item.place else (10**9, 0)


def items(model: Model) -> Iterator[CoverageItem]:
    """Everything in the policy that cases can reach, boundaries last."""
    for rule in model.rules:
        yield CoverageItem("rule", rule.id, place_of(rule.source))
    for guardrail in model.guardrails:
        yield CoverageItem("guardrail", guardrail.id, place_of(guardrail.source))
    for index, _ in enumerate(model.requires, 1):
        yield _requirement(model, index)
    for index, _ in enumerate(model.approvals, 1):
        yield _approval(model, index)
    for name, value in model.values.items():
        definition = value.definition
        if isinstance(definition, Table):
            for index in range(1, len(definition.rows) + 1):
                yield _row(model, name, index)
            if definition.otherwise is not None:
                yield CoverageItem("row", f"{name}, otherwise", place_of(definition.otherwise.source))
        elif isinstance(definition, Dated):
            for index in range(1, len(definition.entries) + 1):
                yield _entry(model, name, index)
    for cap in model.caps:
        yield CoverageItem("cap", cap.id, place_of(cap.source))
    for role in model.discretion:
        yield CoverageItem("discretion", role, None)
    for _, item in _boundaries(model):
        yield item


def _requirement(model: Model, index: int) -> CoverageItem:
    requirement = model.requires[index - 1]
    return CoverageItem("requirement", f"{index} ({', '.join(requirement.evidence)})", _place(requirement.when))


def _approval(model: Model, index: int) -> CoverageItem:
    approval = model.approvals[index - 1]
    return CoverageItem("approval", f"{index} ({phrases.approval(approval)})", _place(approval.when))


def _place(when: Condition | None) -> Place | None:
    part = when.rest or (when.tests[0][1] if when.tests else None) if when is not None else None
    return place_of(part.source) if part is not None else None


def _row(model: Model, name: str, index: int) -> CoverageItem:
    table = model.values[name].definition
    assert isinstance(table, Table)
    return CoverageItem("row", f"{name}, row {index}", place_of(table.rows[index - 1].output.source))


def _entry(model: Model, name: str, index: int) -> CoverageItem:
    dated = model.values[name].definition
    assert isinstance(dated, Dated)
    start, expression = dated.entries[index - 1]
    return CoverageItem("entry", f"{name}, from {start}", place_of(expression.source))


def _boundaries(model: Model) -> Iterator[tuple[Boundary | Threshold, CoverageItem]]:
    found: list[Boundary | Threshold] = [*boundaries(model), *reachable(model)]
    for each in found:
        where = {"below": ", from below", "above": ", from above", "both": ""}[each.side]
        yield each, CoverageItem("boundary", each.called() + where, each.place)


def reached(model: Model, taken: Taken, inputs: Inputs) -> Iterator[CoverageItem]:
    """What one decision reaches, boundaries left out (they take several)."""
    findings = find_by_reference(model, inputs, inputs.role)
    for rule in findings.rules:
        if not rule.missing:
            yield CoverageItem("rule", rule.rule.id, place_of(rule.rule.source))
    for guardrail in findings.guardrails:
        if not guardrail.missing:
            yield CoverageItem("guardrail", guardrail.guardrail.id, place_of(guardrail.guardrail.source))
    for requirement in findings.requirements:
        if not requirement.missing:
            yield _requirement(model, 1 + model.requires.index(requirement.requirement))
    if taken.decision.outcome == "escalate":
        scope = Scope.of(model, inputs)
        for index, approval in enumerate(model.approvals, 1):
            if approval.when is None or scope.evaluate(approval.when.node) is True:
                yield _approval(model, index)
    yield from _values_reached(model, inputs)
    for cap in model.caps:
        if cap.id in taken.decision.charges or any(
            f"cap:{cap.id}" == each.binding for each in taken.decision.remedies.values()
        ):
            yield CoverageItem("cap", cap.id, place_of(cap.source))
    if taken.decision.discretion is not None:
        listed = [role for role in model.ladder[: model.ladder.index(inputs.role) + 1] if role in model.discretion]
        yield CoverageItem("discretion", listed[-1], None)


def _values_reached(model: Model, inputs: Inputs) -> Iterator[CoverageItem]:
    scope = Scope.of(model, inputs)
    for name, value in model.values.items():
        definition = value.definition
        if isinstance(definition, Dated):
            place = entry_in_force(definition, scope[definition.by])
            if place is not None:
                yield _entry(model, name, place + 1)
        elif isinstance(definition, Table):
            counting = {id(row) for row in rows_that_count(definition, scope)}
            yield from (_row(model, name, index) for index, row in enumerate(definition.rows, 1) if id(row) in counting)
            if not counting and definition.otherwise is not None:
                yield CoverageItem("row", f"{name}, otherwise", place_of(definition.otherwise.source))


def _both_sides(seen: set[Any], boundary: Boundary) -> int:
    """1 where cases stand on both sides of the boundary: at the value, and beside it where the answer changes (on either side
    for equality), no further away than its neighbour."""
    low, at, high = (bare(each) for each in (boundary.around[0], boundary.value, boundary.around[1]))
    below, above = any(low <= each < at for each in seen), any(at < each <= high for each in seen)
    beside = {"below": below, "above": above, "both": below or above}[boundary.side]
    return int(at in seen and beside)
