"""Regions of change: where more or less may be given than before, what makes it so, and a case of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from remit.authoring.differences.changes import ChangeDetail, Difference
from remit.authoring.differences.saying import goes_without_saying, situation
from remit.authoring.proving.change.change_cause import ChangeCause, changed_values
from remit.authoring.proving.change.change_questions import FoundChange
from remit.authoring.proving.change.comparison import Aspect, Direction
from remit.authoring.proving.change.policy_pair import SIDES, PolicyPair, Side
from remit.authoring.proving.proof_cases import ProofCase
from remit.decision.detail import Quantity
from remit.decision.quantities import as_quantity
from remit.language import words
from remit.language.source import place_of
from remit.policy import phrases
from remit.policy.model import Guardrail, Model, Rule, Table

__all__ = ["ChangeRegion", "ResponsibleLine", "regions", "situation_of"]


@dataclass(frozen=True, slots=True)
class ResponsibleLine:
    """Where something is written: ``what`` it is, in the ``side`` policy."""

    side: Side
    what: str
    line: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"policy": self.side, "what": self.what, "line": self.line}


@dataclass(frozen=True, slots=True)
class ChangeRegion:
    """One region. ``what`` makes the difference (a rule, say), and applies ``when``; ``changes`` are what is written otherwise,
    and ``lines`` where. ``roles`` may give more or less; ``situation`` and ``facts`` tell one ``case``, in which ``role`` had
    ``before`` and has ``after``."""

    direction: Direction
    aspect: Aspect
    remedy: str
    cause: ChangeCause | None
    what: str
    when: str
    changes: tuple[ChangeDetail, ...]
    lines: tuple[ResponsibleLine, ...]
    roles: tuple[str, ...]
    situation: str
    facts: Mapping[str, Any]
    case: ProofCase
    role: str
    before: Quantity
    after: Quantity

    @property
    def key(self) -> str:
        """What it is called in a file of allowed changes: ``wider limit credit: rule small``."""
        of = "" if self.cause is None else f": {self.cause.kind} {self.cause.id}"
        row = "" if self.cause is None or not self.cause.table else f", {self.cause.table} row {self.cause.row + 1}"
        return f"{self.direction} {self.aspect} {self.remedy}{of}{row}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "region": self.key,
            "direction": self.direction,
            "of": self.aspect,
            "remedy": self.remedy,
            "roles": list(self.roles),
            "by": self.what,
            "when": self.when,
            "changes": [{"label": each.label, "before": each.before, "after": each.after} for each in self.changes],
            "lines": [each.to_dict() for each in self.lines],
            "example": {
                "situation": self.situation,
                "facts": dict(self.facts),
                "role": self.role,
                "before": words.quantity(self.before),
                "after": words.quantity(self.after),
            },
        }


def regions(pair: PolicyPair, found: Iterable[FoundChange], difference: Difference) -> tuple[ChangeRegion, ...]:
    """The regions; the same cause for several roles is one of them."""
    together: dict[tuple[object, ...], list[FoundChange]] = {}
    for each in found:
        of = each.comparison
        key = (of.direction, of.aspect, of.remedy, each.cause if each.cause is not None else id(each))
        together.setdefault(key, []).append(each)
    return tuple(_without_followers([_region(pair, each, difference) for each in together.values()]))


def _without_followers(found: Sequence[ChangeRegion]) -> Iterator[ChangeRegion]:
    """Without limits that only follow: what is owed may be given."""
    owed = {(each.direction, each.remedy, each.cause): each for each in found if each.aspect == "owed"}
    for each in found:
        before = owed.get((each.direction, each.remedy, each.cause))
        follows = before is not None and (before.before, before.after) == (each.before, each.after)
        if each.aspect == "owed" or each.cause is None or not follows:
            yield each


def _region(pair: PolicyPair, found: Sequence[FoundChange], difference: Difference) -> ChangeRegion:
    first, of = found[0], found[0].comparison
    case, role = first.decided.case, first.decided.role
    model, remedy = pair.models["new"], pair.models["new"].remedies[of.remedy]
    before, after = (first.low, first.high) if of.direction == "wider" else (first.high, first.low)
    what, when, changes, lines = _responsible(pair, first, difference)
    named = {role for each in found for role in each.comparison.roles}
    facts = _worth_saying(pair, case)
    return ChangeRegion(
        of.direction,
        of.aspect,
        of.remedy,
        first.cause,
        what,
        when,
        changes,
        lines,
        tuple(each for each in pair.ground.roles if each in named),
        situation_of(pair, case),
        {name: words.value(value) for name, value in facts.items()},
        case,
        role,
        as_quantity(model, remedy, before),
        as_quantity(model, remedy, after),
    )


def _worth_saying(pair: PolicyPair, case: ProofCase) -> dict[str, Any]:
    joint = pair.ground.joint
    facts = ((name, each) for name, each in case.facts.items() if name not in case.untold)
    known = {name: each for name, each in facts if not goes_without_saying(joint.facts[name], each)}
    asked = {f"asked.{name}": as_quantity(joint, joint.remedies[name], each) for name, each in case.asked.items() if each}
    day = {"occurred": case.occurred} if case.occurred is not None else {}
    return {**known, **day, **asked}


def situation_of(pair: PolicyPair, case: ProofCase) -> str:
    """The case in words."""
    return situation(pair.ground.joint, _worth_saying(pair, case))


# What is responsible


def _responsible(
    pair: PolicyPair, found: FoundChange, difference: Difference
) -> tuple[str, str, tuple[ChangeDetail, ...], tuple[ResponsibleLine, ...]]:
    cause, of = found.cause, found.comparison
    if cause is None:
        return "several changes together", "", (), ()
    if cause.kind == "guardrail":
        guardrail = pair.models[cause.side].guardrails[cause.number]
        details = _details(difference, ("guardrails",), cause.id, of.remedy, pair)
        others = changed_values(pair, cause.side, guardrail)
        details += _details_of_values(difference, others)
        lines = [*_lines(pair, "guardrail", cause.id), *_value_lines(pair, others)]
        return f"guardrail `{cause.id}`", phrases.condition(guardrail.when), details, tuple(lines)
    rule = pair.models[cause.side].rules[cause.number]
    lines = [*_lines(pair, "rule", cause.id)]
    if cause.table:
        counting = {side: cause.row if side == cause.side else _same_row(pair, cause, side) for side in SIDES}
        lines += _row_lines(pair, cause.table, counting)
        what = f"rule `{cause.id}`, by row {cause.row + 1} of `{cause.table}`"
        return what, _row_words(pair.models[cause.side], cause), (_row_change(pair, cause, counting),), tuple(lines)
    details = _details(difference, ("owed", "may"), cause.id, of.remedy, pair)
    others = changed_values(pair, cause.side, rule)
    details += _details_of_values(difference, others)
    lines += _value_lines(pair, others)
    return f"rule `{cause.id}`", phrases.condition(rule.when), details, tuple(lines)


def _details(
    difference: Difference, sections: Sequence[str], name: str, remedy: str, pair: PolicyPair
) -> tuple[ChangeDetail, ...]:
    """What is written otherwise in the rule or guardrail of this name, as far as it is about ``remedy``."""
    titles = {each.title for model in pair.models.values() for key, each in model.remedies.items() if key != remedy}
    titles -= {model.remedies[remedy].title for model in pair.models.values() if remedy in model.remedies}
    known = (change for part, change in difference.changes() if part.name in sections and change.name == name)
    details = dict.fromkeys(each for change in known for each in change.details)
    return tuple(
        each for each in details if each.label not in _WORDS and not any(_is_about(each.label, title) for title in titles)
    )


#: What is only said to people.
_WORDS = ("because", "say", "name")


def _is_about(label: str, title: str) -> bool:
    return label == title or label.startswith(f"{title}, ")


def _details_of_values(difference: Difference, names: Sequence[str]) -> tuple[ChangeDetail, ...]:
    said = {words.name(name): name for name in names}
    out = []
    for part, change in difference.changes():
        if part.name == "values" and change.name in said:
            for each in change.details:
                out.append(ChangeDetail(f"{change.name}, {each.label}", each.before, each.after))
    return tuple(out)


def _lines(pair: PolicyPair, kind: str, name: str) -> Iterator[ResponsibleLine]:
    for side, model in pair.models.items():
        owners: Sequence[Rule | Guardrail] = model.rules if kind == "rule" else model.guardrails
        for owner in owners:
            place = place_of(owner.source)
            if owner.id == name and place is not None:
                yield ResponsibleLine(side, f"{kind} `{name}`", place.line)


def _value_lines(pair: PolicyPair, names: Sequence[str]) -> Iterator[ResponsibleLine]:
    for name in names:
        for side, model in pair.models.items():
            clauses = list(model.values[name].expressions()) if name in model.values else []
            place = next((found for each in clauses if (found := place_of(each.source)) is not None), None)
            if place is not None:
                yield ResponsibleLine(side, f"value `{name}`", place.line)


# Rows of tables


def _table(model: Model, name: str) -> Table | None:
    definition = model.values[name].definition if name in model.values else None
    return definition if isinstance(definition, Table) else None


def _same_row(pair: PolicyPair, cause: ChangeCause, side: Side) -> int | None:
    """The row of the other policy with the same tests."""
    own, other = _table(pair.models[cause.side], cause.table), _table(pair.models[side], cause.table)
    if own is None or other is None or own.inputs != other.inputs:
        return None
    tests = own.rows[cause.row].tests
    return next((number for number, row in enumerate(other.rows) if row.tests == tests), None)


def _row_words(model: Model, cause: ChangeCause) -> str:
    table = _table(model, cause.table)
    assert table is not None
    pairs = zip(table.rows[cause.row].tests, table.inputs, strict=True)
    said = (phrases.unary(test, phrases.formula(on)) for test, on in pairs if test.text != "-")
    return ", and ".join(each for each in said if each) or "always"


def _row_change(pair: PolicyPair, cause: ChangeCause, counting: Mapping[Side, int | None]) -> ChangeDetail:
    outputs = {}
    for side, row in counting.items():
        table = _table(pair.models[side], cause.table)
        outputs[side] = None if table is None or row is None else phrases.formula(table.rows[row].output)
    return ChangeDetail(f"row {cause.row + 1} of {words.name(cause.table)}", outputs["old"], outputs["new"])


def _row_lines(pair: PolicyPair, name: str, counting: Mapping[Side, int | None]) -> Iterator[ResponsibleLine]:
    for side, row in counting.items():
        table = _table(pair.models[side], name)
        place = place_of(table.rows[row].output.source) if table is not None and row is not None else None
        if place is not None and row is not None:
            yield ResponsibleLine(side, f"row {row + 1} of `{name}`", place.line)
