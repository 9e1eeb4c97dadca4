"""What the shipped policies owe is paid once: every grant of something owed in their own cases, asked for twice on a ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.authoring.testing.case_reader import read_case_file
from remit.authoring.testing.casefile import test_file_of as cases_beside
from support.rules import POLICIES, load

IDS = {"booking.id": "B-1", "flight.number": "KL1", "stay.id": "S-1"}


def size(amount: object) -> int:
    return amount.minor if isinstance(amount, remit.Money) else int(amount)  # type: ignore[call-overload, no-any-return]


def owed_requests(policy: remit.Policy, path: Path) -> Iterator[Mapping[str, Any]]:
    """The requests of a policy's cases, for just what is owed of the remedies that they ask for."""
    file, _ = read_case_file(cases_beside(path), policy.model)
    assert file is not None
    for case in file.cases:
        step = case.steps[0]
        request = {"case": "C-1", **step.request}
        known = {name: value for name, value in IDS.items() if name in policy.model.facts}
        nothing = f"0 {policy.model.currency}"
        history = {
            name: nothing if fact.type.kind == "money" else 0
            for name, fact in policy.model.facts.items()
            if fact.history is not None
        }
        facts = {name: value for name, value in {**known, **dict(request.get("facts", {}))}.items() if name not in history}
        request["facts"] = facts
        try:
            found = policy.decide(request, history=history)
        except remit.RequestError:
            continue
        asked = {name: amount for name, amount in found.owed.items() if found.asked.get(name) and size(amount)}
        if asked:
            yield {**request, "asked": asked}


@pytest.mark.parametrize("path", [path for path in POLICIES if load(path).model.claims], ids=lambda path: path.stem)
def test_a_second_key_gives_nothing_more(path: Path) -> None:
    policy, paid = load(path), 0
    for request in owed_requests(policy, path):
        day = request.get("occurred") or date(2026, 7, 1)
        day = day if isinstance(day, date) else date.fromisoformat(day)
        now = datetime.combine(day, time(12), UTC) + timedelta(hours=6)
        with remit.open_ledger(":memory:", clock=lambda now=now: now) as ledger:  # type: ignore[misc]
            first = ledger.grant(policy, {**request, "key": "a"})
            if not first.granted:
                continue  # its history is another one than the case gives
            paid += 1
            again = ledger.grant(policy, {**request, "key": "b"})
            for name, amount in first.decision.asked.items():
                total, had = first.decision.limits[name], size(amount)
                assert size(again.decision.owed[name]) == 0
                assert size(again.decision.limits[name]) <= size(total) - had
                assert not again.granted or 2 * had <= size(total), (request, again.decision.reasons)
    assert paid > 0


def test_every_policy_that_owes_something_names_its_claims_and_every_one_says_how_old_an_incident_may_be() -> None:
    for path in POLICIES:
        model = load(path).model
        assert model.incidents is not None, path.name
        assert bool(model.claims) == any(rule.owed for rule in model.rules)
        assert not model.claims or "\nclaim:" in model.text
