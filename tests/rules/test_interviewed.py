"""For each shipped policy, ten escalations that an interview sends up, each answered by whom it goes to."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import remit
from remit.deciding.interview import Interview, Question
from remit.errors import NotGranted
from remit.ledger import Entry
from remit.policy.model import Fact, Model
from remit.policy.phrases import question
from support.answering import NOTHING_GOES_UP, answer_task, plausible
from support.command import REMIT, Terminal, environment, run
from support.desk import Clock
from support.rules import POLICIES, load

MOST_TRIES = 90
#: What these owe is owed by whoever is asked; hardly anything else can be asked for.
LITTLE_GOES_UP = {"canada-air-passenger-rights", "eu-air-passenger-rights"}


def said(dice: Random, question: Question, today: date, name: str = "x-1") -> str:
    """What somebody might type; ``name`` is what they call whom it is about."""
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
            return name


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


def asked_all(interview: Interview, dice: Random, today: date, name: str = "x-1") -> dict[str, str]:
    """Answer whatever is asked, and return what was said, by fact; what cannot be said is not known."""
    answers: dict[str, str] = {}
    for _ in range(60):
        question = interview.next()
        if question is None:
            break
        text = said(dice, question, today, name)
        try:
            interview.answer(question, text)
        except ValueError:
            interview.skip(question)
        else:
            answers[question.fact.name] = text
    return answers


def interviewed(policy: remit.Policy, dice: Random, today: date, name: str = "x-1") -> tuple[Interview | None, dict[str, str]]:
    """An interview whose answer is to send it up, or ``None``, and what was said in it. Nothing was given before."""
    model = policy.model
    history = {name: 0 if each.history.count else f"0 {model.currency}" for name, each in model.facts.items() if each.history}
    request: dict[str, Any] = {
        "employee": {"id": "asker", "role": dice.choice(model.ladder)},
        "asked": wanted(dice, model),
        "facts": {},
        "occurred": today.isoformat(),
    }
    interview = Interview(model, lambda told: policy.decide(told, history=history), request, today=today, recorded=True)
    answers = asked_all(interview, dice, today, name)
    return (interview if interview.decision().outcome == "escalate" else None), answers


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
        interview, _ = interviewed(policy, dice, today)
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


# The same in a terminal


def ask_in_a_terminal(path: Path, home: Path, interview: Interview, answers: dict[str, str], name: str) -> None:
    """Ask at the counter what was asked in an interview, say there what was said in it, and send it up."""
    request, model = interview.request, load(path).model
    questions = {" ".join(question(each).split()): each for each in model.facts.values()}
    ((remedy, amount),) = request["asked"].items()
    give = remedy if amount is True else f"{remedy}={amount}"
    options = ["--employee", "asker", "--role", request["employee"]["role"], "--occurred", request["occurred"], "--give", give]
    with Terminal([*REMIT, "ask", str(path), *options], environment(home), columns=200) as terminal:
        for _ in range(60):
            if (shown := terminal.prompt()) is None:
                break
            words = " ".join(shown.split())
            said = sorted((each for each in questions if each in words), key=words.find)
            asked = questions[said[0]] if said else None  # of several on one line, the first is answered
            if words.endswith("q stop >"):  # the counter's screen
                terminal.type("a")
            elif asked is not None:
                terminal.type(answers.get(asked.name, name if asked.is_id else ""))
            else:
                terminal.type("n" if "[y/N]" in words else "")
        code, text = terminal.finish()
    assert (code, "Sent to" in text) == (3, True), text


def is_answered_in_a_terminal(home: Path, model: Model) -> bool:
    """Whether whom the task goes to approves it, after they have looked up what it says is missing; or else they decline it."""
    with remit.open_ledger(home / "data" / "remit" / "remit.db") as ledger:
        (task,) = ledger.tasks()
    facts = [f"--fact={name}={written(plausible(model.facts.get(name)))}" for name in task.missing if name != "case"]
    case = ["--fact", "case=C-1"] if "case" in task.missing else []
    evidence = [f"--evidence={name}" for name in task.entry.decision.obligations] if task.entry.decision else []
    for signature in range(task.count):
        who = ["--employee", f"boss-{signature}", "--role", task.addressee]
        given = run(home, "approve", str(task.entry.seq), *who, *facts, *case, *evidence)
        if given.code == 0:
            return True
        if given.code != 3:  # 3: they agree, and somebody else must, too
            break
    declined = run(home, "decline", str(task.entry.seq), *who, "--reason", "Not so.")
    assert declined.code == 0, (given, declined)
    return False


def written(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


@pytest.mark.slow
@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_ten_that_are_sent_up_in_a_terminal_are_answered_there(path: Path, tmp_path: Path) -> None:
    policy, sent, approved = load(path), 0, 0
    today = datetime.now(ZoneInfo(policy.model.timezone)).date()  # it may be yesterday there
    for number in range(MOST_TRIES):
        dice, name = Random(number), f"x-{number}"
        interview, answers = interviewed(policy, dice, today, name)
        if interview is not None:
            ask_in_a_terminal(path, tmp_path, interview, answers, name)
            sent += 1
            approved += is_answered_in_a_terminal(tmp_path, policy.model)
            assert run(tmp_path, "tasks").out == ""
        if sent == 10:
            break
    assert sent == 10 or path.stem in {*NOTHING_GOES_UP, *LITTLE_GOES_UP}, f"only {sent} of {MOST_TRIES} went up"
    assert approved >= sent / 2
