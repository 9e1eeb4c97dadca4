"""The shipped policies, asked as at a counter: which questions, in which order, and what comes of them."""

from __future__ import annotations

from datetime import date
from itertools import takewhile
from typing import Any

import pytest
import yaml

import remit
from remit.deciding.answer_line import take_line
from remit.deciding.interview import Interview
from remit.deciding.question_order import is_about_whom
from support.desk import Clock
from support.golden import CASES
from support.rules import RULES, load

TODAY = date(2026, 7, 1)
WANTED = yaml.safe_load((CASES / "interview" / "policies.yaml").read_text("utf-8"))
#: Prompts of a plain grant, with the one that gives. In two policies an answer opens a question that was not open beside it;
#: five are enough where that one is answered in advance.
MOST_PROMPTS = {"eu-air-passenger-rights": 6, "insurance-claims-authority": 6}
TYPED_AHEAD = {
    "eu-air-passenger-rights": ["cancelled", "900, , airline, 2, 2", "n, , , 120", "x-1, x-2"],
    "insurance-claims-authority": ["motor", "3000, y, yesterday, 20000, 500", "2024-01-01, 4000", "x-1"],
}


def start(policy: remit.Policy, ledger: remit.Ledger, facts: dict[str, Any] | None = None) -> Interview:
    request = {
        "employee": {"id": "e-1", "role": policy.model.ladder[0]},
        "asked": {},
        "facts": facts or {},
        "occurred": "2026-06-25",
    }
    return Interview(policy.model, lambda each: ledger.preview(policy, each), request, today=TODAY, recorded=True)


def shown(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("wanted", WANTED, ids=lambda each: each["policy"])
def test_an_interview(wanted: dict[str, Any]) -> None:
    policy = load(RULES / f"{wanted['policy']}.yaml")
    with remit.open_ledger(":memory:", clock=Clock("2026-07-01T12:00:00+00:00")) as ledger:
        interview = start(policy, ledger)
        for each in wanted["asks"]:
            name, text = each.split(": ")
            question = interview.next()
            assert question is not None
            assert question.name == name
            if text == "Enter":
                interview.skip(question)
            else:
                interview.answer(question, text)
        assert interview.next() is None
        decision = interview.decision()
        assert [f"{each.remedy} {shown(each.amount)}" for each in decision.offers] == wanted["offers"]
        assert [f"{fact.name}: {shown(value)}" for fact, value in interview.assumed()] == wanted["assumed"]
        assert [each.name for each in interview.more()] == wanted["more"]


@pytest.mark.parametrize("wanted", WANTED, ids=lambda each: each["policy"])
def test_a_plain_grant_takes_at_most_five_prompts(wanted: dict[str, Any]) -> None:
    """What is open beside a question is answered on the same line."""
    policy, said = load(RULES / f"{wanted['policy']}.yaml"), dict(each.split(": ") for each in wanted["asks"])
    prompts = 1
    with remit.open_ledger(":memory:", clock=Clock("2026-07-01T12:00:00+00:00")) as ledger:
        interview = start(policy, ledger)
        while questions := interview.together():
            prompts += 1
            known = takewhile(said.__contains__, (each.name for each in questions))
            if line := ", ".join(said[name].replace("Enter", "") for name in known):
                assert take_line(interview, questions, line) == []
            else:
                interview.skip(questions[0])
        decision = interview.decision()
    assert [f"{each.remedy} {shown(each.amount)}" for each in decision.offers] == wanted["offers"]
    assert prompts <= MOST_PROMPTS.get(wanted["policy"], 5)


@pytest.mark.parametrize("wanted", [each for each in WANTED if each["policy"] in TYPED_AHEAD], ids=lambda each: each["policy"])
def test_what_is_asked_next_can_be_typed_in_advance(wanted: dict[str, Any]) -> None:
    policy = load(RULES / f"{wanted['policy']}.yaml")
    with remit.open_ledger(":memory:", clock=Clock("2026-07-01T12:00:00+00:00")) as ledger:
        interview = start(policy, ledger)
        for line in TYPED_AHEAD[wanted["policy"]]:
            assert take_line(interview, interview.together(), line) == []
        assert interview.together() == ()
        decision = interview.decision()
    assert [f"{each.remedy} {shown(each.amount)}" for each in decision.offers] == wanted["offers"]
    assert len(TYPED_AHEAD[wanted["policy"]]) + 1 <= 5


@pytest.mark.parametrize("wanted", WANTED, ids=lambda each: each["policy"])
def test_i_do_not_know(wanted: dict[str, Any]) -> None:
    policy = load(RULES / f"{wanted['policy']}.yaml")
    with remit.open_ledger(":memory:", clock=Clock("2026-07-01T12:00:00+00:00")) as ledger:
        interview = start(policy, ledger)
        asked = []
        while (question := interview.next()) is not None:
            asked.append(question.name)
            interview.skip(question)
        assert asked == wanted["skips"]
        assert len(asked) <= 3


def test_every_shipped_policy_is_here() -> None:
    policies = sorted(path.stem for path in RULES.glob("*.yaml") if not path.stem.endswith("_test"))
    assert [each["policy"] for each in WANTED] == policies


@pytest.mark.parametrize("wanted", WANTED, ids=lambda each: each["policy"])
def test_who_it_is_about_comes_last(wanted: dict[str, Any]) -> None:
    facts = load(RULES / f"{wanted['policy']}.yaml").model.facts
    whom = [name == "case" or is_about_whom(facts[name]) for name in (each.split(": ")[0] for each in wanted["asks"])]
    assert whom == sorted(whom)


def test_not_yet_is_an_answer() -> None:
    """A fault that is not repaired yet: nothing else about it needs to be known."""
    policy = load(RULES / "uk-telecom-automatic-compensation.yaml")
    with remit.open_ledger(":memory:", clock=Clock("2026-07-01T12:00:00+00:00")) as ledger:
        facts = {"failed": ["repair"], "account.joined": "2020-01-01", "fault.reported": "2026-06-10"}
        interview = start(policy, ledger, facts)
        question = interview.next()
        assert question is not None
        assert question.name == "fault.repaired"
        interview.answer(question, "not yet")
        assert [(each.question.name, each.value) for each in interview.answers] == [("fault.repaired", None)]
        assert "fault.repaired" not in interview.request["facts"]
        assert interview.next() is None


def test_words_without_commas_answer_what_is_asked_next_or_nothing_is_taken() -> None:
    policy = load(RULES / "hotel-guest-recovery.yaml")
    with remit.open_ledger(":memory:", clock=Clock("2026-07-01T12:00:00+00:00")) as ledger:
        interview = start(policy, ledger)
        with pytest.raises(ValueError, match="noise 9"):
            take_line(interview, interview.together(), "noise 9")
        assert interview.answers == ()
        assert take_line(interview, interview.together(), "noise 4") == []
        assert [each.question.name for each in interview.answers] == ["incident.kind", "incident.severity"]
