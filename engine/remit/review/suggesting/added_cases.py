"""Cases for a changed policy: taken from recorded requests, with made-up people, and what the new text answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from remit.authoring.proposing.case_maker import CaseMaker, Proposal
from remit.authoring.proposing.writing import as_case, as_file
from remit.authoring.testing.case_reader import read_cases
from remit.authoring.testing.case_run import run_case
from remit.deciding.policy import Policy
from remit.decision.detail import Quantity
from remit.language import words
from remit.language.values import Money, minor_digits
from remit.ledger.recorded_facts import read_plain
from remit.policy.model import Model
from remit.policy.reading.yaml_reader import read_yaml
from remit.policy.reading.yaml_tree import YamlList
from remit.review.actions import Action
from remit.review.suggesting.policy_edits import line_end, tidy, written_end

__all__ = ["AddedCases", "NewLimit", "add_cases", "quantity_of", "stale_cases"]

#: The types of facts that a case takes from a record. Texts and days may say who it was, and are made up.
_TAKEN = ("choice", "boolean", "number", "money")


@dataclass(frozen=True, slots=True)
class AddedCases:
    """The ``text`` of a test file with new cases, by their ``names``."""

    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewLimit:
    """What a changed policy lets ``role`` give of ``remedy``, by ``rule``: ``amount``, in smallest units."""

    role: str
    remedy: str
    rule: str
    amount: int


def quantity_of(model: Model, remedy: str, amount: int) -> Quantity:
    """An amount in smallest units as requests have it."""
    kind = model.remedies[remedy].kind
    if kind == "money":
        return Money.from_minor(amount, model.currency_code)
    return bool(amount) if kind == "exception" else amount


def add_cases(model: Model, file: Path, before: str | None, examples: Sequence[Action], limit: NewLimit) -> AddedCases | None:
    """The test file with two cases for a new ``limit``: just that is granted, and one unit more (1 EUR, 1 point) is not.
    ``before`` is its text, where there is one. ``None`` where no example makes cases that come out so."""
    maker = CaseMaker(Policy(model))
    for example in examples:
        found = list(_proposals(maker, model, example, limit))
        if not found or found[0].decision.outcome != "grant":
            continue
        short = list(maker.told_short(found))
        for some in (short, found):
            added = _written(model, file, before, some)
            if added is not None:
                return added
    return None


def _proposals(maker: CaseMaker, model: Model, example: Action, limit: NewLimit) -> Iterator[Proposal]:
    facts, role, remedy, rule = _plain_facts(model, example), limit.role, limit.remedy, limit.rule
    who, title = words.capital(words.the(model.ladder, role)), model.remedies[remedy].title
    kind = model.remedies[remedy].kind
    may = quantity_of(model, remedy, limit.amount)
    found = maker.proposal(f"{who} may give {words.amount(title, may)} by {rule}", rule, facts, role, {remedy: may})
    if found is None:
        return
    yield found
    if kind != "exception":
        unit = 10 ** minor_digits(model.currency_code) if kind == "money" else 1
        beyond = quantity_of(model, remedy, limit.amount + unit)
        name = f"{who} asks before giving {words.amount(title, beyond)}"
        more = maker.proposal(name, rule, found.facts, role, {remedy: beyond})  # what was asked for the first is known, too
        if more is not None and more.decision.outcome != "grant":
            yield more


def _plain_facts(model: Model, example: Action) -> dict[str, Any]:
    """The facts of a record that say nothing of who it was."""
    taken = {
        name: value
        for name, value in example.facts.items()
        if name in model.facts
        and not (model.facts[name].personal or model.facts[name].mask or model.facts[name].is_id)
        and model.facts[name].type.kind in _TAKEN
        and not isinstance(value, Mapping)
    }
    return read_plain(model.facts, taken)


def _written(model: Model, file: Path, before: str | None, proposals: Sequence[Proposal]) -> AddedCases | None:
    """The file with the cases, where they come out as they say."""
    known = _names(before, file, model)
    told = [replace(each, name=_free(each.name, known)) for each in proposals]
    name = Path(model.file).name
    text = tidy("", as_file(model, name, told), str(file)) if before is None else _appended(model, before, file, told)
    if text is None:
        return None
    cases, _ = read_cases(text, file, model)
    if cases is None:
        return None
    own = [case for case in cases.cases if case.name in {each.name for each in told}]
    passed = len(own) == len(told) and all(run_case(Policy(model), case, explain=False).passed for case in own)
    return AddedCases(text, tuple(each.name for each in told)) if passed else None


def _names(text: str | None, file: Path, model: Model) -> set[str]:
    cases = read_cases(text, file, model)[0] if text is not None else None
    return {case.name for case in cases.cases} if cases is not None else set()


def _free(name: str, known: set[str]) -> str:
    return next(each for each in (name, *(f"{name} ({number})" for number in range(2, len(known) + 3))) if each not in known)


def _appended(model: Model, before: str, file: Path, proposals: Sequence[Proposal]) -> str | None:
    root, _ = read_yaml(before, str(file))
    cases = root.get("cases") if root is not None else None
    if not isinstance(cases, YamlList) or cases.flow or not cases.items:
        return None
    text = before.removeprefix("\ufeff")
    line = text.rfind("\n", 0, cases.items[-1].start) + 1
    indent = re.match(r"[ ]*", text[line:])
    assert indent is not None
    lines = [f"{indent[0]}{each[2:]}" for proposal in proposals for each in as_case(model, proposal)]
    end = line_end(text, written_end(cases.items[-1]))
    new = "\r\n" if "\r\n" in text else "\n"
    rest = text[end:] if text[end:].strip() else new
    mark = before[: len(before) - len(text)]
    return tidy(before, mark + text[:end] + "".join(new + each for each in lines) + rest, str(file))


def stale_cases(before: Model, after: Model, file: Path, text: str | None) -> list[str]:
    """The names of cases that hold today and would not any more: what they expect is to be changed, too."""
    if text is None:
        return []
    cases, _ = read_cases(text, file, before)
    again, _ = read_cases(text, file, after)
    if cases is None or again is None:
        return []
    old, new = Policy(before), Policy(after)
    pairs = zip(cases.cases, again.cases, strict=True)
    return [
        was.name
        for was, now in pairs
        if run_case(old, was, explain=False).passed and not run_case(new, now, explain=False).passed
    ]
