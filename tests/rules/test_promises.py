"""What the policies promise holds in every case that Hypothesis finds, most of them on a boundary (this is not yet a proof)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, SearchStrategy

import remit
from remit.authoring.boundaries import candidates
from remit.language.evaluating.evaluator import evaluate
from remit.policy.model import Fact
from remit.readings.numbers.reference import Scope
from support.rules import POLICIES, load
from support.trials import trials

PROMISING = [policy for policy in map(load, POLICIES) if policy.model.promises]


def anything(fact: Fact, known: Sequence[Any]) -> SearchStrategy[Any]:
    """Any value of a fact, often one of those ``known`` at which the policy changes its mind."""
    match fact.type.kind:
        case "number":
            low = 0 if fact.low is None else int(fact.low)
            more: SearchStrategy[Any] = st.integers(low, low + 10_000 if fact.high is None else int(fact.high))
        case "money":
            currency = str(fact.type.currency)
            low, high = (0 if fact.low is None else fact.low.minor), (2_000_000 if fact.high is None else fact.high.minor)
            more = st.integers(low, high).map(lambda minor: remit.Money.from_minor(minor, currency))
        case "date":
            more = st.integers(-400, 400).map(lambda days: date(2026, 7, 1) + timedelta(days=days))
        case "text":
            more = st.sampled_from(["a", "b"])
        case "list":
            assert fact.type.element is not None
            return st.lists(st.sampled_from(fact.type.element.choices), unique=True)
        case _:
            return st.sampled_from(known)
    return st.one_of(st.sampled_from(known), more) if known else more


@cache
def any_facts(policy: remit.Policy) -> dict[str, SearchStrategy[Any]]:
    known = candidates(policy.model)
    return {name: anything(fact, known[name]) for name, fact in policy.model.facts.items()}


@pytest.mark.parametrize("policy", PROMISING, ids=lambda policy: policy.id)
@trials(60)
@given(data=st.data())
def test_promises_hold(policy: remit.Policy, data: DataObject) -> None:
    model, day = policy.model, date(2026, 7, 1)
    facts = {name: data.draw(strategy, label=name) for name, strategy in any_facts(policy).items()}
    history = {name: facts.pop(name) for name, fact in model.facts.items() if fact.history}
    names: dict[str, Any] = dict(Scope(model, {**facts, **history}, employee="e", role=model.ladder[0], asked={}, occurred=day))
    for role in model.ladder:
        request = {"employee": {"id": "e", "role": role}, "facts": facts, "occurred": day}
        for name, detail in policy.decide(request, history=history).remedies.items():
            names |= {f"limit.{name}.{role}": detail.limit, f"owed.{name}": detail.owed}
    for promise in model.promises:
        assert evaluate(promise.always.node, names, calendars=model.calendars) is True, promise.id


def test_some_policies_promise_something() -> None:
    assert len(PROMISING) >= 10
