"""For each shipped policy, ten escalations that an interview sends up, each answered by whom it goes to."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

import remit
from remit.deciding.interview import Interview, Question
from remit.errors import NotGranted
from remit.ledger import Entry
from remit.policy.model import Fact, Model
from support.answering import NOTHING_GOES_UP, answer_task
from support.desk import Clock
from support.rules import POLICIES, load

MOST_TRIES = 90
#: What these owe is owed by whoever is asked; hardly anything else can be asked for.
LITTLE_GOES_UP = {"canada-air-passenger-rights", "eu-air-passenger-rights"}


def said(dice: Random, question: Question, today: date) -> str:
    """What somebody might type."""
    fact = question.fact
    if question.choices:
        return dice.choice(question.choices)
    match fact.type.kind:
        case "boolean":
            return dice.choice(["y", "n"])
        case "money":
            return f"{dice.choice([10, 80, 250, 900])}"
        case "number":
            return str(_number(dice, fact))
        case "date":
            return (today - timedelta(days=dice.choice([0, 1, 3, 9, 20, 60]))).isoformat()
        case "duration":
            return dice.choice(["90 min", "3 h", "2 days"])
        case _:
            return "x-1"


def _number(dice: Random, fact: Fact) -> int:
    low = int(fact.low) if fact.low is not None else 0
    high = int(fact.high) if fact.high is not None else low + 20
    return dice.choice([low, low + 1, (low + high) // 2, high]) if high > low else low


def wanted(dice: Random, model: Model) -> dict[str, Any]:
    """One remedy, often more than anybody below the owner may give."""
    name = dice.choice(list(model.remedies))
    kind = model.remedies[name].kind
    if kind == "exception":
        return {name: True}
    amount = dice.choice([20, 60, 150, 400, 900, 5000])
    return {name: f"{amount} {model.currency}" if kind == "money" else amount}


def asked_all(interview: Interview, dice: Random, today: date) -> None:
    """Answer whatever is asked; what cannot be said is not known."""
    for _ in range(60):
        question = interview.next()
        if question is None:
            return
        try:
            interview.answer(question, said(dice, question, today))
        except ValueError:
            interview.skip(question)


def interviewed(policy: remit.Policy, dice: Random, today: date) -> Interview | None:
    """An interview whose answer is to send it up, or ``None``. Nothing was given before."""
    model = policy.model
    history = {name: 0 if each.history.count else f"0 {model.currency}" for name, each in model.facts.items() if each.history}
    request: dict[str, Any] = {
        "employee": {"id": "asker", "role": dice.choice(model.ladder)},
        "asked": wanted(dice, model),
        "facts": {},
        "occurred": today.isoformat(),
    }
    interview = Interview(model, lambda told: policy.decide(told, history=history), request, today=today, recorded=True)
    asked_all(interview, dice, today)
    return interview if interview.decision().outcome == "escalate" else None


def sent_up(policy: remit.Policy, ledger: remit.Ledger, interview: Interview) -> Entry | None:
    """The task, after what whoever answers must know was asked for, too."""
    for name in ledger.missing_to_answer(policy, interview.request):
        fact = policy.model.facts.get(name)
        if fact is not None and fact.is_id and fact.weakest_source == "stated":
            interview.answer(interview.about(fact), "x-1")
    task = ledger.escalate(policy, interview.request)
    return task if task.kind == "escalate" else None


def is_approved(ledger: remit.Ledger, task: Entry, model: Model) -> bool:
    try:
        return bool(answer_task(ledger, task, model.facts).granted)
    except NotGranted:
        return False


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_ten_that_an_interview_sends_up_are_answered(path: Path) -> None:
    policy, answered, approved = load(path), 0, 0
    for number in range(MOST_TRIES):
        dice, today = Random(number), date(2026, 7, 1)
        interview = interviewed(policy, dice, today)
        if interview is None:
            continue
        with remit.open_ledger(":memory:", clock=Clock("2026-07-01T12:00:00+00:00")) as ledger:
            task = sent_up(policy, ledger, interview)
            if task is None:
                continue
            (waiting,) = ledger.tasks()
            if is_approved(ledger, task, policy.model):
                approved += 1
            else:  # what was not known before makes it a no: then the same person may say so
                assert waiting.missing
                ledger.decline(task.id, employee={"id": "boss-0", "role": waiting.addressee}, reason="Not so.")
            assert ledger.tasks() == []
            answered += 1
        if answered == 10:
            break
    assert answered == 10 or path.stem in {*NOTHING_GOES_UP, *LITTLE_GOES_UP}, f"only {answered} of {MOST_TRIES} went up"
    assert approved >= answered / 2
