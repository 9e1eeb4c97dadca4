"""Why not: the nearest rule, and the one condition of it that does not hold, against a search that looks at every rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, event, given

from remit.deciding.compiled import Compiled
from remit.deciding.policy import reference_decision
from remit.decision.decision import Decision
from remit.decision.inputs import check_request
from remit.language.values import Money, Unknown
from remit.policy.loader import read_model
from remit.policy.model import Model
from remit.policy.phrases import parts
from remit.readings.numbers.reference import Scope
from support.plain_policy import ask, policy, rule
from support.small_policy import full_facts, policies, requests, text_of
from support.trials import trials


def both(model: Model, request: dict[str, Any]) -> Decision:
    decision = reference_decision(model, request)
    assert Compiled(model).decide(request).to_json() == decision.to_json()
    return decision


def bare(value: Any) -> Any:
    return value.amount if isinstance(value, Money) else value


def nearest(model: Model, request: dict[str, Any], remedy: str) -> str | None:
    """The first rule of which one condition fails and the others hold, and which gives what is asked; else any such rule."""
    inputs = check_request(model, request)
    scope = Scope(model, inputs.facts, employee="e-1", role=inputs.role, asked=inputs.asked, occurred=None)
    ladder, found = model.ladder[: model.ladder.index(inputs.role) + 1], []
    for each in model.rules:
        if each.when is None:
            continue
        holds = [scope.evaluate(node) for node, _ in parts(each.when)]
        if sum(value is not True for value in holds) != 1 or any(isinstance(value, Unknown) for value in holds):
            continue
        amounts = [amount for role, amount in each.may.get(remedy, {}).items() if role in ladder]
        amounts += [each.owed[remedy]] if remedy in each.owed else []
        worth = [bare(value) for amount in amounts if (value := scope.evaluate(amount.node)) is not None]
        if max(worth, default=0) > 0:
            found.append((max(worth) >= bare(scope[f"asked.{remedy}"]), each.id))
    return next((name for enough, name in found if enough), found[0][1] if found else None)


@trials(400)
@given(policies(), requests(full_facts(), idle=False))
def test_the_nearest_rule_is_the_one_that_a_search_finds(written: dict[str, Any], request: dict[str, Any]) -> None:
    model = read_model(text_of(written), "small.yaml")
    request = {**request, "evidence": []}
    decision = both(model, request)
    assume(decision.asked)
    told = {name: each.id for each in decision.reasons if each.kind == "near" for name in each.remedies}
    gaps = [name for each in decision.reasons if each.kind == "gap" for name in each.remedies]
    assert told.keys() <= set(gaps)
    for name in gaps:
        expected = nearest(model, request, name)
        event(f"near: {expected is not None}")
        assert told.get(name) == expected


TEXTS = [
    ({"n": ">= 3"}, "It is fair: only where n is at least 3; here it is 1"),
    ({"a": True, "n": 3}, "It is fair: only where n is 3; here it is 1"),
    ({"a": False}, "It is fair: only where a is false"),
    ("n + 1 > 4", "It is fair: only where n + 1 is above 4"),
    ("a and n > 4", "It is fair: only where n is above 4; here it is 1"),
    ("twice > 4", "It is fair: only where twice is above 4"),
    (["b", {"n": "> 4"}], "It is fair: only where n is above 4; here it is 1"),
]


@pytest.mark.parametrize(("when", "text"), TEXTS, ids=[str(when) for when, _ in TEXTS])
def test_how_it_is_said(when: Any, text: str) -> None:
    decision = both(
        policy(values={"twice": "n * 2"}, rules=[rule(when=when, may={"credit": "10 EUR"})]), ask({"credit": "5 EUR"})
    )
    assert [each.text for each in decision.reasons] == ["no rule that applies here speaks of credit", text]


def test_two_conditions_are_too_many() -> None:
    model = policy(rules=[rule(when={"a": False, "n": 3}, may={"credit": "10 EUR"})])
    assert [each.kind for each in both(model, ask({"credit": "5 EUR"})).reasons] == ["gap"]


@pytest.mark.parametrize("key", ["personal", "mask"])
def test_what_is_about_a_person_is_not_repeated(key: str) -> None:
    facts = {"a": {"type": "choice", "of": ["yes", "no"], key: True}}
    model = policy(facts=facts, rules=[rule(when={"a": "no"}, may={"credit": "10 EUR"})])
    assert both(model, ask({"credit": "5 EUR"}, facts={"a": "yes"})).reasons[1].text == "It is fair: only where a is no"


def test_what_is_not_known_is_not_guessed() -> None:
    model = policy(rules=[rule(when={"a": False, "n": "> 3"}, may={"credit": "10 EUR"})])
    assert "near" not in [each.kind for each in both(model, ask({"credit": "5 EUR"}, facts={"a": True})).reasons]


def test_a_general_question_that_nothing_covers_is_not_a_bare_no() -> None:
    rules = [rule(when={"n": "> 3"}, may={"credit": "10 EUR"}), {**rule(when={"a": False}, may={"points": 5}), "id": "p"}]
    decision = both(policy(rules=rules, otherwise="deny"), ask({}))
    assert (decision.outcome, [each.id for each in decision.reasons]) == ("deny", ["otherwise", "r", "p"])


def test_of_several_the_one_that_gives_enough_comes_first() -> None:
    rules = [{**rule(when={"n": f"> {number}"}, may={"credit": f"{number} EUR"}), "id": f"r{number}"} for number in (3, 5, 7)]
    assert both(policy(rules=rules), ask({"credit": "5 EUR"})).reasons[1].id == "r5"
    assert both(policy(rules=rules), ask({"credit": "50 EUR"})).reasons[1].id == "r3"


@pytest.mark.parametrize("when", ["code != pin", "code < pin", "pin > code", "code between pin + 1 and 9000", "code > secret"])
def test_a_comparison_with_what_is_about_a_person_is_not_repeated_either(when: str) -> None:
    facts = {"pin": {"type": "number", "personal": True}, "code": {"type": "number"}}
    model = policy(facts=facts, values={"secret": "pin * 2"}, rules=[rule(when=when, may={"credit": "10 EUR"})])
    told = both(model, ask({"credit": "5 EUR"}, facts={"pin": 4711, "code": 4711})).to_json()
    assert '"near"' in told
    assert "4711" not in told
