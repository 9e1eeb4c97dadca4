"""For each shipped policy, ten situations, each said in one sentence, reach the right answer through the interview alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from remit.decision.page.counter_page import CounterState, counter_page
from remit.language import words
from support.rules import POLICIES, RULES, load
from support.situations import Counter, Situation, amounts, situations

ALL = situations()
#: How the counter refuses.
REFUSED = [
    ("stop", "Nothing is given in this case. You are right to say so: the policy stands behind you."),
    ("stop", "Nothing is owed here, and the rules give nothing."),
]


def parametrized(some: Sequence[Situation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("situation", some, ids=[each.name for each in some])


def whom(counter: Counter) -> list[str]:
    """The questions about who and which case it is."""
    ids = {fact.name for fact in counter.interview.model.facts.values() if fact.is_id} | {"case"}
    return [name for name in counter.asked if name in ids]


def told_by(counter: Counter) -> dict[str, Any]:
    """What a situation may say about the right answer."""
    first, last = counter.first, counter.last
    return {
        "owed": {name: amount for name, amount in first.owed.items() if not words.nothing(amount)},
        "may": {offer.remedy: offer.amount for offer in first.offers},
        "outcome": last.outcome,
        "to": last.escalate_to,
        "shows": {each.name: str(each.value) for each in first.shown},
    }


def check(counter: Counter) -> None:
    situation, model, told = counter.situation, counter.interview.model, told_by(counter)
    unheard = {*situation.answers, *situation.changes}.difference(counter.asked)
    assert unheard == set(), "was said, but nobody asked, nor was it shown as assumed"
    right = {"owed": {}, "may": {}, **situation.right}
    says = right.pop("says", "")
    right |= {name: amounts(model, right[name]) for name in ("owed", "may")}
    assert {name: told[name] for name in right} == right
    assert says in "\n".join([*counter.last.say, *(reason.text for reason in counter.last.reasons)])
    assert len(counter.asked) - len(whom(counter)) <= situation.prompts, counter.asked


def test_there_are_ten_situations_of_each_policy() -> None:
    for path in POLICIES:
        told = [each.sentence for each in ALL if each.policy == path.stem]
        assert len(set(told)) == len(told) >= 10, path.stem


@parametrized([each for each in ALL if each.ledger != "only"])
def test_a_situation_said_in_one_sentence_reaches_the_right_answer(situation: Situation) -> None:
    check(situation.without_ledger(load(RULES / f"{situation.policy}.yaml")))


@parametrized([each for each in ALL if each.ledger == "only"])
def test_what_was_given_earlier_counts(situation: Situation) -> None:
    check(situation.with_ledger(load(RULES / f"{situation.policy}.yaml")))


@parametrized([each for each in ALL if each.right.get("outcome") == "deny" and not each.right.get("may")])
def test_what_is_denied_whatever_is_asked_is_refused_on_the_screen(situation: Situation) -> None:
    """Also where the answer to nothing in particular is for the owner: the employee is not sent there for nothing."""
    counter = situation.without_ledger(load(RULES / f"{situation.policy}.yaml"))
    interview = counter.interview
    interview.request = {**interview.request, "asked": {}}
    page = counter_page(interview.decision(), interview.model, CounterState(offers=()))
    assert (page.tone, page.headline) in REFUSED


@pytest.mark.slow
@parametrized([each for each in ALL if each.ledger == "yes"])
def test_a_ledger_without_a_past_changes_nothing(situation: Situation) -> None:
    check(situation.with_ledger(load(RULES / f"{situation.policy}.yaml")))
