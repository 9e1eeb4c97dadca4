"""The interview as a law: what is asked, what may wait, what is assumed, and that nothing said is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.deciding.compiled import Compiled
from remit.deciding.interview import Interview
from remit.deciding.question_order import QuestionOrder
from remit.decision.decision import Decision
from remit.decision.inputs import check_request
from remit.language.values import Money
from remit.policy.model import Model
from remit.readings.code.requests.value_row import values_of
from remit.readings.numbers.definition import NumberCase
from support.plain_policy import ask, decide, policy, rule, size
from support.trials import trials

TODAY = date(2026, 7, 1)
FACTS: Mapping[str, Any] = {
    "guest.vip": {"type": "boolean"},
    "guest.calm": {"type": "boolean", "default": True},
    "incident.level": {"type": "integer", "min": 1, "max": 3},
    "incident.kind": {"type": "choice", "of": ["noise", "dirt", "cold"]},
    "seat.row": {"type": "choice", "of": ["front", "back"], "default": "front"},
    "bag.late": {"type": "integer", "min": 0, "max": 2, "default": 0},
}
#: All that each fact can be.
VALUES: Mapping[str, tuple[Any, ...]] = {
    "guest.vip": (True, False),
    "guest.calm": (True, False),
    "incident.level": (1, 2, 3),
    "incident.kind": ("noise", "dirt", "cold"),
    "seat.row": ("front", "back"),
    "bag.late": (0, 1, 2),
}
TESTS = [
    *("guest.vip", "not(guest.vip)", "guest.calm", "not(guest.calm)", "incident.level >= 2", "incident.level = 1"),
    *('incident.kind = "noise"', 'incident.kind in ["dirt", "cold"]', 'seat.row = "back"', "bag.late > 0", "bag.late = 2"),
]
CONDITIONS = st.lists(st.sampled_from(TESTS), min_size=1, max_size=3, unique=True).map(" and ".join)


@st.composite
def rules(draw: Any, number: int) -> dict[str, Any]:
    amount = draw(st.sampled_from(["10 EUR", "30 EUR", "if guest.vip then 40 EUR else 20 EUR"]))
    gives = draw(st.sampled_from([{"may": {"credit": amount}}, {"owed": {"credit": amount}}, {"may": {"points": 500}}]))
    return rule(id=f"r{number}", **gives, **({"when": draw(CONDITIONS)} if draw(st.booleans()) or number else {}))


@st.composite
def models(draw: Any) -> Model:
    made = [draw(rules(number)) for number in range(draw(st.integers(1, 4)))]
    effects: list[Any] = ["deny", {"deny": ["credit"]}, "escalate", {"limit": {"credit": "15 EUR"}}]
    guardrails = [
        {"id": f"g{number}", "when": draw(CONDITIONS), "then": deepcopy(draw(st.sampled_from(effects))), "say": "No."}
        for number in range(draw(st.integers(0, 2)))
    ]
    return policy(facts=FACTS, rules=made, guardrails=guardrails, otherwise=draw(st.sampled_from(["deny", "escalate"])))


#: What each fact really is.
SOME = st.frozensets(st.sampled_from(sorted(VALUES)))
TRUTHS = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()})


def interview(model: Model, asked: Mapping[str, Any] | None = None) -> Interview:
    return Interview(model, lambda request: decide(model, request), ask(asked or {}, facts={}), today=TODAY)


def typed(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def talk(talking: Interview, truth: Mapping[str, Any], unknown: frozenset[str] = frozenset()) -> Iterator[str]:
    """Answer each question as it is; yields the name of each before it is answered."""
    for _ in range(2 * len(VALUES)):
        question = talking.next()
        if question is None:
            return
        yield question.name
        if question.name in unknown:
            talking.skip(question)
        else:
            talking.answer(question, typed(truth[question.name]))
    raise AssertionError("it never ends")


def offered(decision: Decision) -> dict[str, int]:
    return {each.remedy: size(each.amount) for each in decision.offers}


def told(decision: Decision) -> tuple[str, dict[str, int]]:
    return decision.outcome, offered(decision)


def completed(model: Model, facts: Mapping[str, Any]) -> Decision:
    return decide(model, ask({}, facts=facts))


def all_of(names: list[str]) -> Iterator[dict[str, Any]]:
    for values in product(*(VALUES[name] for name in names)):
        yield dict(zip(names, values, strict=True))


@trials(60)
@given(models(), TRUTHS)
def test_what_is_asked_matters_and_the_situation_comes_first(model: Model, truth: Mapping[str, Any]) -> None:
    plain = replace(model, facts={name: replace(fact, default=None) for name, fact in model.facts.items()})
    usual = {name: fact.default for name, fact in model.facts.items() if fact.default is not None and name != "seat.row"}
    situation, talking = QuestionOrder(model).situation, interview(model)
    before: list[str] = []
    for name in talk(talking, truth):
        missing = decide(plain, ask({}, facts={**usual, **talking.request["facts"]})).missing.facts
        assert name in missing or name in usual  # what is usual is asked where nothing else may be given
        if not before and situation in missing:
            assert name == situation
        before.append(name)
    assert len(set(before)) == len(before)


@trials(60)
@given(models(), TRUTHS)
def test_the_answer_is_that_of_all_the_facts(model: Model, truth: Mapping[str, Any]) -> None:
    """Where nothing more would be opened by what was not asked, and what is assumed is so, the answer is final."""
    talking = interview(model)
    asked = set(talk(talking, truth))
    decision = talking.decision()
    by_default = {name: fact.default for name, fact in model.facts.items() if fact.default is not None and name not in asked}
    whole = offered(completed(model, {**truth, **by_default}))
    assert all(amount <= whole.get(remedy, 0) for remedy, amount in offered(decision).items())
    if not talking.more():
        assert offered(decision) == whole
    if not decision.offers:
        assert talking.more() == ()


@trials(40)
@given(models(), TRUTHS)
def test_what_is_neither_asked_nor_assumed_makes_no_difference(model: Model, truth: Mapping[str, Any]) -> None:
    talking = interview(model)
    asked = set(talk(talking, truth))
    if talking.decision().missing.facts:
        return  # then it may depend on these, too
    assumed = {fact.name: value for fact, value in talking.assumed()}
    assert not assumed.keys() & asked
    assert all(model.facts[name].default == value for name, value in assumed.items())
    quiet = [name for name, fact in model.facts.items() if fact.default is not None and name not in {*asked, *assumed}]
    facts = talking.request["facts"]
    for name in quiet:
        for value in VALUES[name]:
            assert told(completed(model, {**facts, name: value})) == told(talking.decision())


@trials(40)
@given(models(), TRUTHS)
def test_nothing_that_could_open_something_is_left_out(model: Model, truth: Mapping[str, Any]) -> None:
    """Where nothing may be given, no other value of what was not asked would change that."""
    talking = interview(model)
    asked = set(talk(talking, truth))
    if talking.decision().offers:
        return
    left = [name for name in VALUES if name not in asked]
    assert all(not completed(model, {**talking.request["facts"], **facts}).offers for facts in all_of(left))


@trials(40)
@given(models(), TRUTHS, SOME)
def test_back_restores_exactly(model: Model, truth: Mapping[str, Any], unknown: frozenset[str]) -> None:
    talking = interview(model)
    seen: list[Any] = []
    for name in talk(talking, truth, unknown):
        seen.append((name, talking.request, talking.answers))
    while seen:
        name, request, answers = seen.pop()
        question = talking.back()
        assert question is not None
        following = talking.next()
        assert following is not None
        assert (question.name, following.name, talking.request, talking.answers) == (name, name, request, answers)
    assert talking.back() is None


@trials(40)
@given(models(), TRUTHS, TRUTHS, st.data())
def test_a_changed_answer_loses_no_other_that_matters(
    model: Model, truth: Mapping[str, Any], other: Mapping[str, Any], data: st.DataObject
) -> None:
    talking = interview(model)
    names = list(talk(talking, truth))
    if not names:
        return
    before, decided = talking.answers, told(talking.decision())
    name = data.draw(st.sampled_from(names))
    question = talking.change(name)
    following = talking.next()
    assert following is not None
    assert question.name == following.name == name
    assert [each for each in before if each.question.name != name] == list(talking.answers)
    talking.answer(question, typed(truth[name]))
    assert told(talking.decision()) == decided
    assert all(each in before for each in talking.answers)
    talking.change(name)
    talking.answer(question, typed(other[name]))
    for _ in talk(talking, {**truth, name: other[name]}):
        pass
    fresh = interview(model)
    for _ in talk(fresh, {**truth, name: other[name]}):
        pass
    if not talking.more() and not fresh.more():
        assert offered(talking.decision()) == offered(fresh.decision())


def test_changing_what_was_not_asked_is_an_error() -> None:
    with pytest.raises(KeyError):
        interview(policy(facts=FACTS, rules=[rule(may={"credit": "10 EUR"})])).change("incident.kind")


@trials(60)
@given(models(), TRUTHS, SOME)
def test_not_knowing_is_safe(model: Model, truth: Mapping[str, Any], unknown: frozenset[str]) -> None:
    """Whatever was not known turns out to be: never is more offered than with all the facts."""
    talking = interview(model)
    asked = set(talk(talking, truth, unknown))
    given_now = offered(talking.decision())
    known = {name: fact.default for name, fact in model.facts.items() if fact.default is not None and name not in asked}
    known |= {each.question.name: each.question.fact.default for each in talking.answers if each.value is None}
    known = {name: value for name, value in known.items() if value is not None} | talking.request["facts"]
    for facts in all_of([name for name in VALUES if name not in known]):
        whole = offered(completed(model, {**known, **facts}))
        assert all(amount <= whole.get(remedy, 0) for remedy, amount in given_now.items())


def test_after_i_do_not_know_nothing_is_asked_that_needs_it() -> None:
    """Whatever the level is and whoever the guest: without the kind, neither rule surely holds."""
    ways = ['incident.kind = "noise" and guest.vip', 'incident.kind = "dirt" and incident.level >= 2']
    model = policy(facts=FACTS, rules=[rule(id=f"r{n}", when=when, may={"credit": "10 EUR"}) for n, when in enumerate(ways)])
    assert list(talk(interview(model), {}, frozenset(VALUES))) == ["incident.kind"]


def test_after_i_do_not_know_what_still_helps_is_asked() -> None:
    ways = ['incident.kind = "noise" and guest.vip', "incident.level >= 2"]
    model = policy(facts=FACTS, rules=[rule(id=f"r{n}", when=when, may={"credit": "10 EUR"}) for n, when in enumerate(ways)])
    truth = {name: values[-1] for name, values in VALUES.items()}
    assert list(talk(interview(model), truth, frozenset(("incident.kind",)))) == ["incident.kind", "incident.level"]


def test_what_is_usual_is_asked_where_nothing_may_be_given_otherwise() -> None:
    model = policy(facts=FACTS, rules=[rule(when="guest.vip or bag.late = 2", may={"points": 500})])
    truth = {name: values[-1] for name, values in VALUES.items()}
    assert list(talk(interview(model), {**truth, "bag.late": 0})) == ["guest.vip", "bag.late"]


@trials(60)
@given(
    models(), TRUTHS, st.frozensets(st.sampled_from(sorted(VALUES))), st.frozensets(st.sampled_from(sorted(VALUES))), st.data()
)
def test_what_is_still_useful_is_the_same_compiled(
    model: Model, truth: Mapping[str, Any], given_now: frozenset[str], unknown: frozenset[str], data: st.DataObject
) -> None:
    asked = data.draw(st.sampled_from([{}, {"credit": "20 EUR"}, {"points": 400}]))
    plain = replace(model, facts={name: replace(fact, default=None) for name, fact in model.facts.items()})
    inputs = check_request(plain, ask(asked, facts={name: truth[name] for name in given_now}))
    unknown -= given_now
    case = NumberCase(plain, inputs)
    compiled = Compiled(plain).program.incomplete(values_of(plain, inputs), 0, 0)
    bits = {name: 1 << place for place, name in enumerate(plain.facts)}
    found = compiled.still_useful(sum(bits[name] for name in unknown))
    assert case.is_promising == compiled.is_promising
    assert case.still_useful(unknown) == {name for name, bit in bits.items() if bit & found}


def test_a_refused_answer_loses_nothing() -> None:
    talking = interview(policy(facts=FACTS, rules=[rule(when="incident.level >= 2", may={"credit": "10 EUR"})]))
    question = talking.next()
    assert question is not None
    with pytest.raises(ValueError, match="whole number from 1 to 3"):
        talking.answer(question, "9")
    assert (talking.answers, talking.request["facts"]) == ((), {})
    following = talking.next()
    assert following is not None
    assert following.name == question.name


def test_a_request_may_be_put_in_place_of_another() -> None:
    """What was answered stays answered, and can be taken back."""
    talking = interview(policy(facts=FACTS, rules=[rule(when="incident.level >= 2", may={"credit": "10 EUR"})]))
    for _ in talk(talking, {name: values[-1] for name, values in VALUES.items()}):
        pass
    talking.request = {**talking.request, "asked": {"credit": Money.of("5 EUR")}}
    assert talking.decision().outcome == "grant"
    assert talking.back() is not None
    assert talking.request["facts"] == {}
    assert talking.request["asked"] == {"credit": Money.of("5 EUR")}
