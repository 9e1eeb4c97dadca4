"""Whatever the shipped policies send up can be answered: each escalation of their own cases, given to whom it names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.authoring.testing.case_reader import read_case_file
from remit.authoring.testing.casefile import test_file_of as cases_beside
from support.answering import NOTHING_GOES_UP, answer_task
from support.desk import Clock
from support.rules import POLICIES, load


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
