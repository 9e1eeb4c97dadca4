"""A situation of each shipped policy, told at a real terminal, with a real ledger."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from remit.language import words
from remit.policy.model import Fact
from remit.policy.phrases import question
from support.command import REMIT, Terminal, environment
from support.rules import POLICIES, RULES, load
from support.situations import Counter, Situation, amounts, situations

#: At a terminal today is today: a situation with a day of its own cannot be told there.
DATED = re.compile(r"\b20[12]\d\b|\b\d{1,2} (January|February|March|April|May|June|July|August|October|November|December)")
#: What is shown at the end of each way.
ENDS = {"grant": "Done: ", "escalate": "Sent to ", "deny": "Declined"}
#: The key that ends it where nothing can be given.
KEYS = {"escalate": "a", "deny": "d"}


def can_be_told_today(situation: Situation) -> bool:
    said = (situation.sentence, *situation.answers.values(), *situation.changes.values())
    undated = situation.occurred == situation.today and not DATED.search(" ".join(said))
    return undated and situation.ledger == "yes" and situation.give is not None and situation.story is None


TOLD = [next(each for each in situations() if each.policy == path.stem and can_be_told_today(each)) for path in POLICIES]


def said(counter: Counter, fact: Fact, *, alone: bool) -> str:
    """What is typed for a question; nothing where it only stands beside another one, and the sentence does not say it."""
    if fact.is_id:
        return "x-1"
    told = counter.situation
    return counter.said(fact) if alone or fact.name in {**told.answers, **told.changes, **told.known} else ""


def answer_all(terminal: Terminal, counter: Counter) -> str:
    """Answer every question, and that everything is on file, up to the next screen or the end; returns that."""
    questions = {" ".join(question(fact).split()): fact for fact in counter.interview.model.facts.values()}
    while (shown := terminal.prompt()) is not None and "explain" not in shown:
        line = " ".join(shown.split())
        asked = sorted((line.index(text), fact.name) for text, fact in questions.items() if text in line)
        if asked:
            facts = [counter.interview.model.facts[name] for _, name in asked]  # several may be answered on one line
            terminal.type(", ".join(said(counter, fact, alone=len(facts) == 1) for fact in facts))
        else:
            terminal.type("y" if "Is this on file" in line else "K-1")
    return shown or ""


@pytest.mark.slow
@pytest.mark.parametrize("situation", TOLD, ids=[each.name for each in TOLD])
def test_a_situation_is_told_at_a_terminal(situation: Situation, tmp_path: Path) -> None:
    path = RULES / f"{situation.policy}.yaml"
    model, counter = load(path).model, situation.without_ledger(load(path))
    options = ["--employee", "tester", "--role", situation.role]
    with Terminal([*REMIT, "ask", str(path), *options], environment(tmp_path), columns=200) as terminal:
        screen = answer_all(terminal, counter)
        for name in (each for each in situation.changes if question(model.facts[each]) not in terminal.text):
            terminal.type("c")
            terminal.answer("Which answer?", words.name(name))
            screen = answer_all(terminal, counter)
        for name, amount in amounts(model, situation.right.get("may", {})).items():
            assert (model.remedies[name].title if amount is True else words.quantity(amount)) in screen
        terminal.type(situation.give or "")
        answer_all(terminal, counter)
        if situation.right["outcome"] in KEYS:
            terminal.type(KEYS[situation.right["outcome"]])
            answer_all(terminal, counter)
        _, text = terminal.finish()
    assert ENDS[situation.right["outcome"]] in text
