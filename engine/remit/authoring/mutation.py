"""Small changes of a policy, and which of them no case notices.

A change that no case notices is a line that nobody has said anything about: either a case is missing, or the line does not
matter. Changes are made in the author's own text, so that what is shown is what would stand there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from remit.authoring.mutation_edits import edits
from remit.authoring.testing.case_run import run_case
from remit.authoring.testing.casefile import Case
from remit.deciding.policy import Policy
from remit.errors import Place, PolicyError
from remit.language.nodes import Literal
from remit.language.source import Source, place_of
from remit.policy import phrases
from remit.policy.loader import read_model
from remit.policy.model import Approval, Condition, Dated, Model, Table

__all__ = ["Mutation", "mutations", "noticed"]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One small change. ``make`` gives the changed policy, or ``None`` where the change makes it invalid."""

    kind: str
    before: str
    after: str
    place: Place | None
    make: Callable[[], Model | None]

    def __str__(self) -> str:
        return f"{self.before} became {self.after}" if self.after else f"{self.before} was left out"


#: The kinds of expressions of which parts are changed.
_CHANGED: Final = ("condition", "amount", "limit", "formula", "input", "cell", "otherwise", "entry")
#: How many cases are run one by one, each without compiling the policy first.
_LIKELY: Final = 8


def noticed(model: Model, cases: Sequence[Case]) -> Case | None:
    """The first case that fails under the changed policy ``model``; ``None`` where no case notices.

    Quickest where a case that is likely to fail is among the first, which are run before the policy is compiled.
    """
    whole = Policy(model)
    for number, case in enumerate(cases):
        policy = Policy(model) if number < _LIKELY else whole
        if not run_case(policy, case, explain=False).passed:
            return case
    return None


def mutations(model: Model) -> Iterator[Mutation]:
    """Every small change that is tried, in the order of the file."""
    found = [*_left_out(model), *_in_values(model), *_in_approvals(model), *_in_texts(model)]
    yield from sorted(found, key=lambda each: (each.place.line, each.place.column) if each.place else (10**9, 0))


def _left_out(model: Model) -> Iterator[Mutation]:
    """A whole rule, guardrail, cap or requirement less; the other answer to a case that no rule covers."""
    for what, section in (("rule", "rules"), ("guardrail", "guardrails"), ("cap", "caps")):
        items = getattr(model, section)
        for index, each in enumerate(items):
            rest = (*items[:index], *items[index + 1 :])
            if rest or section != "rules":
                yield Mutation(
                    f"no {what}", f"{what} `{each.id}`", "", place_of(each.source), _changed(model, **{section: rest})
                )
    for index, requirement in enumerate(model.requires):
        rest = (*model.requires[:index], *model.requires[index + 1 :])
        what = f"the requirement of {', '.join(requirement.evidence)}"
        yield Mutation("no requirement", what, "", _condition_place(requirement.when), _changed(model, requires=rest))
    other = "deny" if model.otherwise == "escalate" else "escalate"
    yield Mutation("otherwise", f"`otherwise: {model.otherwise}`", f"`{other}`", None, _changed(model, otherwise=other))


def _in_values(model: Model) -> Iterator[Mutation]:
    """A dated entry less, or from another day; a table without what it works out for all other cases."""
    for name, value in model.values.items():

        def put(definition: Dated | Table, name: str = name) -> Callable[[], Model]:
            values: Mapping[str, Any] = {**model.values, name: replace(model.values[name], definition=definition)}
            return _changed(model, values=values)

        definition = value.definition
        if isinstance(definition, Dated):
            entries = definition.entries
            for index, (day, entry) in enumerate(entries):
                place, what = place_of(entry.source), f"`{name}` from {day}"
                rest = (*entries[:index], *entries[index + 1 :])
                if rest:
                    yield Mutation("no entry", what, "", place, put(replace(definition, entries=rest)))
                later = day + timedelta(days=1)
                is_first_day = definition.by == "occurred" and not model.effective.covers(day - timedelta(days=1))
                if later not in dict(entries) and not is_first_day:
                    moved = (*entries[:index], (later, entry), *entries[index + 1 :])
                    yield Mutation("entry", what, f"`{name}` from {later}", place, put(replace(definition, entries=moved)))
        elif isinstance(definition, Table) and definition.otherwise is not None:
            place, what = place_of(definition.otherwise.source), f"`otherwise` of `{name}`"
            if not isinstance(definition.otherwise.node, Literal):  # a constant is changed instead
                yield Mutation("no otherwise", what, "", place, put(replace(definition, otherwise=None)))


def _in_approvals(model: Model) -> Iterator[Mutation]:
    """An approval less; by one person more, by the next role, within twice the time."""
    for index, each in enumerate(model.approvals):
        place = _condition_place(each.when)

        def put(*others: Approval, index: int = index) -> Callable[[], Model]:
            return _changed(model, approvals=(*model.approvals[:index], *others, *model.approvals[index + 1 :]))

        yield Mutation("no approval", f"the approval of {phrases.approval(each)}", "", place, put())
        more = replace(each, count=each.count + 1)
        yield Mutation("approval", f"`count: {each.count}`", f"`count: {more.count}`", place, put(more))
        if each.by is not None and len(model.ladder) > 1:
            rank = model.rank(each.by)
            other = model.ladder[rank + 1 if rank + 1 < len(model.ladder) else rank - 1]
            yield Mutation("approval", f"`by: {each.by}`", f"`by: {other}`", place, put(replace(each, by=other)))
        if each.within is not None:
            number, unit = each.text.split()
            longer = replace(each, within=2 * each.within, text=f"{2 * int(number)} {unit.removesuffix('s')}s")
            yield Mutation("approval", f"`within: {each.text}`", f"`within: {longer.text}`", place, put(longer))


def _changed(model: Model, **changes: Any) -> Callable[[], Model]:
    return lambda: replace(model, **changes)


def _in_texts(model: Model) -> Iterator[Mutation]:
    seen: set[tuple[int, int, str]] = set()
    for each in (expression for one in model.each for expression in one.expressions()):
        source = each.source
        if source is None or each.kind not in _CHANGED:
            continue
        for start, end, text in edits(each.node, source.text):
            at = (_offset(source, start), _offset(source, end - 1) + 1)
            if (*at, text) not in seen:
                seen.add((*at, text))
                before, place = f"`{source.text[start:end].strip()}`", source.place((start, end))
                yield Mutation(each.kind, before, f"`{text.strip()}`", place, _edited(model, *at, text))


def _edited(model: Model, start: int, end: int, text: str) -> Callable[[], Model | None]:
    def make() -> Model | None:
        try:
            return read_model(model.text[:start] + text + model.text[end:], model.file)
        except PolicyError:
            return None

    return make


def _offset(source: Source, index: int) -> int:
    return source.offsets[index] if source.offsets is not None else index


def _condition_place(when: Condition | None) -> Place | None:
    if when is None:
        return None
    return place_of(when.rest.source if when.rest is not None else when.tests[0][1].source)
