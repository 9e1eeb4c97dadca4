"""A service hears of tasks that arrive or become overdue: after the commit, without a fact, and whatever its function does."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.ledger import TaskNotice
from remit.ledger.people import task_notice
from support.desk import SUPERVISOR, Clock, desk, request
from support.ledgers import new_ledger, place_of

WITHIN = "\napprovals:\n  - {when: asked.credit > 100 EUR, count: 1, within: 4 hours}\n"
SECRETS = ("g-77", "Ada Byron", "555-0100", "stay-9", "123", "C-55", "Their cat", "e-1")


def policy() -> remit.Policy:
    return remit.loads(desk().model.text + WITHIN)


def sent(amount: str = "123 EUR", **more: Any) -> dict[str, Any]:
    facts = {"guest.name": "Ada Byron", "guest.phone": "555-0100", "stay.id": "stay-9"}
    return request(amount, "g-77", facts=facts, case="C-55", story="Their cat.", **more)


@pytest.fixture
def heard() -> list[TaskNotice]:
    return []


@pytest.fixture
def listening(backend: str, tmp_path: Path, clock: Clock, heard: list[TaskNotice]) -> Iterator[remit.Ledger]:
    opened = new_ledger(backend, tmp_path, clock=clock, on_task=heard.append)
    yield opened
    assert opened.verify(thorough=True).ok
    opened.close()


def test_a_task_that_arrives_is_told_once_and_nothing_else_is(listening: remit.Ledger, heard: list[TaskNotice]) -> None:
    listening.grant(policy(), request("10 EUR"))
    listening.decide(policy(), sent())
    assert listening.escalate(policy(), request("10 EUR", key="small")).kind == "decide"
    assert heard == []
    task = listening.escalate(policy(), sent(key="k"))
    assert listening.escalate(policy(), sent(key="k")).repeated
    listening.approve(task.id, employee=SUPERVISOR)
    (notice,) = heard
    assert notice == TaskNotice(
        event="task",
        id=task.id,
        number=task.seq,
        policy="desk",
        to="supervisor",
        since=task.recorded,
        due=notice.due,
        ledger=listening.id,
        ledger_name=listening.name,
        link=f"remit tasks {task.seq}",
    )
    assert notice.to_dict()["due"] == "2026-07-01T16:00:00+00:00"


def test_nothing_of_the_customer_or_the_case_is_told(listening: remit.Ledger, heard: list[TaskNotice], clock: Clock) -> None:
    listening.escalate(policy(), sent())
    clock.go(hours=5)
    listening.balances(policy(), request())
    said = json.dumps([{**notice.to_dict(), "ledger_name": ""} for notice in heard])
    assert [notice.event for notice in heard] == ["task", "overdue"]
    assert [word for word in SECRETS if word in said.replace(heard[0].id, "").replace(heard[0].ledger, "")] == []


def test_a_task_that_is_overdue_is_told_to_the_next_role_up(
    listening: remit.Ledger, heard: list[TaskNotice], clock: Clock
) -> None:
    task = listening.escalate(policy(), sent())
    heard.clear()
    clock.go(hours=9)
    listening.grant(policy(), request("10 EUR"))
    told = [(notice.event, notice.id, notice.number, notice.to) for notice in heard]
    assert told == [("overdue", task.id, 1, "manager"), ("overdue", task.id, 1, "owner:guest-relations")]
    heard.clear()
    listening.grant(policy(), request("11 EUR"))
    assert heard == []


def test_the_task_is_on_record_when_it_is_told(backend: str, tmp_path: Path, clock: Clock) -> None:
    found, place = [], place_of(backend, tmp_path)

    def look(notice: TaskNotice) -> None:
        with remit.open_ledger(**place, clock=clock) as other:
            found.append(other.record(notice.id).kind)

    with remit.open_ledger(**place, clock=clock, on_task=look) as opened:
        opened.escalate(policy(), sent())
    assert found == ["escalate"]


def test_a_hook_that_fails_breaks_nothing_and_its_words_are_not_logged(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(notice: TaskNotice) -> None:
        raise ConnectionError("https://hooks.example/secret-token")

    with new_ledger("sqlite", tmp_path, clock=clock, on_task=fails) as ledger, caplog.at_level(logging.WARNING):
        assert ledger.escalate(policy(), sent()).kind == "escalate"
    assert caplog.messages == ["on_task failed for task 1 with ConnectionError; what was put on record stays"]


def test_a_hook_that_hangs_is_left_behind(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_notice, "_PATIENCE", 0.01)
    monkeypatch.setattr(task_notice, "_MOST_HANGING", 2)
    forever, begun = threading.Event(), []

    def hangs(notice: TaskNotice) -> None:
        begun.append(notice.number)
        forever.wait()

    with new_ledger("sqlite", tmp_path, clock=clock, on_task=hangs) as ledger, caplog.at_level(logging.WARNING):
        assert [ledger.escalate(policy(), sent()).kind for _ in range(3)] == ["escalate"] * 3
        assert begun == [1, 2]
        forever.set()
    assert caplog.messages[0].startswith("on_task has not come back for task 1 after 0 seconds")
    assert caplog.messages[2].startswith("on_task was not called for task 3: 2 earlier calls have not come back")
