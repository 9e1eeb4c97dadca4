"""Whatever the shipped policies send up can be answered: each escalation of their own cases, given to whom it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.authoring.testing.case_reader import read_case_file
from remit.authoring.testing.casefile import test_file_of as cases_beside
from remit.policy.model import Fact
from support.desk import Clock
from support.rules import POLICIES, load

#: Policies in whose cases nothing that is asked for goes up: what they owe is owed by whoever is asked.
NOTHING_GOES_UP = {
    "eu-rail-delay-compensation",
    "uk-air-passenger-rights",
    "uk-parcel-claims",
    "uk-rail-delay-repay",
    "uk-telecom-automatic-compensation",
    "uk-water-guaranteed-standards",
    "us-air-refunds",
    "us-parcel-claims",
}


def sent_up(policy: remit.Policy, path: Path) -> Iterator[dict[str, Any]]:
    """The requests of a policy's cases for something, as somebody sends them up who does not know who the customer is."""
    file, _ = read_case_file(cases_beside(path), policy.model)
    assert file is not None
    kept = {name for name, fact in policy.model.facts.items() if fact.is_id}
    for step in (step for case in file.cases for step in case.steps if step.request.get("asked")):
        facts = {
            name: value
            for name, value in dict(step.request.get("facts", {})).items()
            if name not in kept and policy.model.facts[name].history is None
        }
        yield {**step.request, "facts": facts}


def plausible(fact: Fact | None) -> Any:
    """What somebody would say who looks it up: nothing out of the ordinary."""
    if fact is None:
        return "C-1"
    match fact.type.kind:
        case "boolean":
            return False
        case "choice":
            return fact.type.choices[0]
        case "money":
            return fact.low or f"10 {fact.type.currency}"
        case "number":
            return fact.low if fact.low is not None else 1
        case "date":
            return "2026-07-01"
        case _:
            return "x-1"


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_whoever_it_goes_to_can_answer_it(path: Path) -> None:
    policy = load(path)
    model, answered, refused = policy.model, 0, []
    for request in sent_up(policy, path):
        day = request.get("occurred") or date(2026, 7, 1)
        now = datetime.combine(day if isinstance(day, date) else date.fromisoformat(day), time(12), UTC) + timedelta(hours=6)
        with remit.open_ledger(":memory:", clock=Clock(now.isoformat())) as ledger:
            task = ledger.escalate(policy, {**request, "employee": {**request["employee"], "id": "asker"}})
            if task.kind != "escalate" or task.decision is None:
                continue
            try:
                entry = answer_task(ledger, task, model.facts)
            except remit.errors.NotGranted as error:
                refused.append((request, error))
                continue
            answered += 1
            assert ledger.redecide(entry.id).same
    assert refused == []
    assert bool(answered) == (path.stem not in NOTHING_GOES_UP)


def answer_task(ledger: remit.Ledger, task: Any, facts: Mapping[str, Fact]) -> Any:
    """Approve it as whom it goes to, who finds out what is missing: first what the task says, then what the answer asks for."""
    known: dict[str, Any] = {}
    (open_task,) = ledger.tasks()
    missing, evidence = open_task.missing, tuple(task.decision.obligations)
    for _ in range(4):
        known |= {name: plausible(facts.get(name)) for name in missing}
        try:
            for number in range(open_task.count):
                who = {"id": f"boss-{number}", "role": open_task.addressee}
                entry = ledger.approve(task.id, employee=who, facts=known, evidence=evidence, story="It is fair.")
                if entry.granted:
                    return entry
        except remit.errors.NotGranted as error:
            lacks = error.decision.missing
            missing, evidence = lacks.facts, (*evidence, *lacks.evidence)
            if not (lacks.facts or lacks.evidence):
                raise
    raise AssertionError(f"it goes on asking: {missing}")
