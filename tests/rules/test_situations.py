"""For each shipped policy, ten situations, each said in one sentence, reach the right answer through the interview alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import remit
from remit.deciding.interview import Interview, Question, facts_named
from remit.decision.decision import Decision
from remit.decision.giving import parse_amount, parse_bundle
from remit.decision.typed import parse_fact
from remit.language import words
from remit.language.types import DATE
from remit.policy.model import Fact, Model
from remit.policy.phrases import question
from support.command import REMIT, Terminal, environment
from support.desk import Clock
from support.golden import CASES
from support.rules import POLICIES, load

SITUATIONS = CASES / "situations"
TOP = {"today", "known", "situations"}
KEYS = {
    "situation",
    "role",
    "known",
    "occurred",
    "answers",
    "changes",
    "earlier",
    "give",
    "evidence",
    "story",
    "right",
    "prompts",
    "today",
    "ledger",
}
RIGHT = {"owed", "may", "outcome", "to", "says", "shows"}
#: More than any situation may take: an interview that never ends is stopped.
MOST_PROMPTS = 20


@cache
def situations_of(path: Path) -> Mapping[str, Any]:
    """The situations of a policy. Everything is text, as it is typed: ``y`` is no truth value, and ``10`` no number."""
    text = (SITUATIONS / f"{path.stem}.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return found


@dataclass
class Counter:
    """An employee who was told one sentence: what they answer, and how often they were asked."""

    model: Model
    answers: Mapping[str, str]
    known: Mapping[str, str]
    asked_for: list[str] = field(default_factory=list)
    gave: list[str] = field(default_factory=list)

    def talk(self, interview: Interview) -> None:
        """Answer until nothing more is asked."""
        while (question := interview.next()) is not None:
            self.asked_for.append(question.name)
            assert len(self.asked_for) <= MOST_PROMPTS, self.asked_for
            self.put(interview, question)

    def tell_more(self, interview: Interview) -> None:
        """Answer what need not be answered but would open more, where the sentence says it."""
        while more := [each for each in interview.more() if self.answers.get(each.name) and each.name not in self.gave]:
            self.asked_for.append(more[0].name)
            self.put(interview, more[0])
            self.talk(interview)

    def change(self, interview: Interview, changes: Mapping[str, str]) -> None:
        """Change what is assumed and can be seen to be, and answer what is asked then."""
        while wrong := [fact for fact, _ in interview.assumed() if fact.name in changes and fact.name not in self.gave]:
            self.asked_for.append(wrong[0].name)
            self.put(interview, interview.about(wrong[0]))
            self.talk(interview)

    def put(self, interview: Interview, question: Question) -> None:
        """One question. Enter is for what the sentence does not say: then what is usual is assumed, or it is not known."""
        text = self.said(question)
        if text == "":
            interview.skip(question)
        else:
            interview.answer(question, text)
            self.gave.append(question.name)

    def said(self, question: Question) -> str:
        for source in (self.answers, self.known):
            if question.name in source:
                return source[question.name]
        assert question.fact.default is not None, f"nobody said: {question.text} ({question.name})"
        return ""


def at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def request_of(model: Model, situation: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What is known before the first question: who asks, and on which day it happened (``remit ask --occurred``)."""
    role = situation.get("role", model.ladder[0])
    occurred = parse_fact(Fact("occurred", DATE), situation.get("occurred", "today"), today=today)
    return {"employee": {"id": f"{role}-1", "role": role}, "asked": {}, "facts": {}, "occurred": occurred.isoformat()}


def today_of(policy: remit.Policy, situation: Mapping[str, Any]) -> date:
    return date.fromisoformat(situation.get("today", situations_of(Path(f"{policy.id}.yaml"))["today"]))


def counter_of(policy: remit.Policy, situation: Mapping[str, Any]) -> Counter:
    file = situations_of(Path(f"{policy.id}.yaml"))
    answers = {**situation.get("answers", {}), **situation.get("changes", {})}
    return Counter(policy.model, answers, {**file.get("known", {}), **situation.get("known", {})})


def outcome_of(
    policy: remit.Policy, situation: Mapping[str, Any], ledger: remit.Ledger | None
) -> tuple[Decision, Decision, Counter]:
    """The answer to what may be done, the answer to what is then given, and who was asked."""
    model, today, changes = policy.model, today_of(policy, situation), situation.get("changes", {})
    counter = counter_of(policy, situation)

    def decide(told: Mapping[str, Any]) -> Decision:
        return ledger.preview(policy, told) if ledger is not None else policy.decide(told, at=at_noon(today))

    request = request_of(model, situation, today)
    interview = Interview(model, decide, request, today=today, recorded=ledger is not None)
    counter.talk(interview)
    counter.tell_more(interview)
    counter.change(interview, changes)
    first = interview.decision()
    if "give" not in situation:
        return first, first, counter
    counter.asked_for.append("give")
    asked = parse_bundle(model, situation["give"])
    more = {"story": situation["story"], "use_discretion": True} if "story" in situation else {}
    interview.request = {**interview.request, "asked": asked, "evidence": situation.get("evidence", []), **more}
    counter.talk(interview)
    counter.change(interview, changes)
    counter.asked_for.extend(more.keys() - {"use_discretion"})
    return first, interview.decision(), counter


def amounts(model: Model, told: Mapping[str, str]) -> dict[str, Any]:
    return {name: parse_amount(model, model.remedies[name], text) for name, text in told.items()}


def told_by(first: Decision, last: Decision) -> dict[str, Any]:
    """What a situation may say about the right answer."""
    return {
        "owed": {name: amount for name, amount in first.owed.items() if not words.nothing(amount)},
        "may": {offer.remedy: offer.amount for offer in first.offers},
        "outcome": last.outcome,
        "to": last.escalate_to,
        "shows": {each.name: str(each.value) for each in first.shown},
    }


def check(policy: remit.Policy, situation: Mapping[str, Any], came_out: tuple[Decision, Decision, Counter]) -> None:
    assert set(situation) <= KEYS
    right = {"owed": {}, "may": {}, **situation["right"]}
    assert set(right) <= RIGHT
    first, last, counter = came_out
    said = {*situation.get("answers", {}), *situation.get("changes", {})}
    assert sorted(said - set(counter.asked_for)) == [], "was said, but nobody asked, nor was it shown as assumed"
    told = told_by(first, last)
    wanted = {**right, "owed": amounts(policy.model, right["owed"]), "may": amounts(policy.model, right["may"])}
    says = wanted.pop("says", None)
    assert {name: told[name] for name in wanted} == wanted
    assert says is None or any(says in text for text in (*last.say, *(reason.text for reason in last.reasons))), last.say
    whom = [name for name in counter.asked_for if name == "case" or ((fact := policy.model.facts.get(name)) and fact.is_id)]
    assert len(counter.asked_for) - len(whom) <= int(situation["prompts"]), counter.asked_for


def gave_earlier(policy: remit.Policy, ledger: remit.Ledger, situation: Mapping[str, Any], earlier: Mapping[str, Any]) -> None:
    """What a colleague gave, for the same facts unless ``earlier`` says otherwise: on record before the interview begins."""
    model, file = policy.model, situations_of(Path(f"{policy.id}.yaml"))
    when = datetime.fromisoformat(earlier["at"])
    told = {
        **file.get("known", {}),
        **situation.get("known", {}),
        **situation.get("answers", {}),
        **situation.get("changes", {}),
    }
    told |= earlier.get("facts", {}) | ({"case": earlier["case"]} if "case" in earlier else {})
    request = request_of(model, situation, when.date())
    if "occurred" in situation:
        request["occurred"] = request_of(model, situation, today_of(policy, situation))["occurred"]
    request["employee"] |= {"id": "colleague"}
    request |= {"asked": parse_bundle(model, earlier["give"]), "evidence": earlier.get("evidence", [])}
    telling = Interview(model, policy.decide, request, today=when.date(), recorded=True)
    for fact in facts_named(model, (name for name, text in told.items() if text)):
        if fact.history is None:
            telling.answer(telling.about(fact), told[fact.name])
    entry = ledger.grant(policy, telling.request)
    assert entry.granted, entry.decision


def with_a_ledger(policy: remit.Policy, situation: Mapping[str, Any]) -> tuple[Decision, Decision, Counter]:
    clock = Clock()
    with remit.open_ledger(":memory:", clock=clock) as ledger:
        for each in situation.get("earlier", []):
            clock.set(each["at"])
            gave_earlier(policy, ledger, situation, each)
        clock.now = at_noon(today_of(policy, situation))
        return outcome_of(policy, situation, ledger)


# One after the other, without a ledger and with one

ALL = [(path, each) for path in POLICIES for each in situations_of(path)["situations"]]
WITHOUT = [(path, each) for path, each in ALL if "earlier" not in each]
LATER = [(path, each) for path, each in ALL if "earlier" in each]
WITH = [(path, each) for path, each in WITHOUT if each.get("ledger") != "no"]


def names(situations: list[tuple[Path, Mapping[str, Any]]]) -> list[str]:
    return [f"{path.stem}: {each['situation']}" for path, each in situations]


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_there_are_ten_situations_of_each_policy(path: Path) -> None:
    file = situations_of(path)
    assert set(file) <= TOP
    told = [each["situation"] for each in file["situations"]]
    assert len(set(told)) == len(told) >= 10


@pytest.mark.parametrize(("path", "situation"), WITHOUT, ids=names(WITHOUT))
def test_a_situation_said_in_one_sentence_reaches_the_right_answer(path: Path, situation: Mapping[str, Any]) -> None:
    check(load(path), situation, outcome_of(load(path), situation, None))


@pytest.mark.parametrize(("path", "situation"), LATER, ids=names(LATER))
def test_what_was_given_earlier_counts(path: Path, situation: Mapping[str, Any]) -> None:
    check(load(path), situation, with_a_ledger(load(path), situation))


@pytest.mark.slow
@pytest.mark.parametrize(("path", "situation"), WITH, ids=names(WITH))
def test_a_ledger_without_a_past_changes_nothing(path: Path, situation: Mapping[str, Any]) -> None:
    check(load(path), situation, with_a_ledger(load(path), situation))


# At a terminal

#: A situation on a day of its own cannot be told at a terminal, where today is today.
DATED = re.compile(r"\b20[12]\d\b|\b\d{1,2} (January|February|March|April|May|June|July|August|October|November|December)")
TOLD_TODAY = [
    next(
        (path, each)
        for path, each in WITH
        if path == policy and "give" in each and not DATED.search(str({**each, "right": ""}))
    )
    for policy in POLICIES
]


def typed_at(terminal: Terminal, counter: Counter) -> str:
    """Answer every question, and whether something is on file, up to the next screen or the end; returns that."""
    questions = {" ".join(question(fact).split()): fact for fact in counter.model.facts.values()}
    while (shown := terminal.prompt()) is not None and "explain" not in shown:
        words_shown = " ".join(shown.split())
        asked = next((fact for text, fact in questions.items() if text in words_shown), None)
        if asked is not None:
            terminal.type(counter.answers.get(asked.name, counter.known.get(asked.name, "x-1" if asked.is_id else "")))
        else:
            terminal.type("y" if "Is this on file" in words_shown else "K-1")
    return terminal.text if shown is None else shown


@pytest.mark.slow
@pytest.mark.parametrize(("path", "situation"), TOLD_TODAY, ids=names(TOLD_TODAY))
def test_a_situation_is_told_at_a_terminal(path: Path, situation: Mapping[str, Any], tmp_path: Path) -> None:
    model, changes = load(path).model, situation.get("changes", {})
    counter = counter_of(load(path), situation)
    role = situation.get("role", model.ladder[0])
    options = ["--employee", "tester", "--role", role, "--occurred", situation.get("occurred", "today")]
    with Terminal([*REMIT, "ask", str(path), *options], environment(tmp_path), columns=200) as terminal:
        screen = typed_at(terminal, counter)
        for name in (each for each in changes if question(model.facts[each]) not in terminal.text):
            terminal.type("c")
            terminal.answer("Which answer?", words.name(name))
            screen = typed_at(terminal, counter)
        for name, amount in amounts(model, situation["right"].get("may", {})).items():
            assert (model.remedies[name].title if amount is True else words.quantity(amount)) in screen
        terminal.type(situation["give"])
        screen = typed_at(terminal, counter)
        outcome = situation["right"]["outcome"]
        if outcome != "grant":
            terminal.type({"escalate": "a", "deny": "d"}[outcome])
            typed_at(terminal, counter)
        _, text = terminal.finish()
    assert {"grant": "Done: ", "escalate": "Sent to ", "deny": "Declined"}[outcome] in text
