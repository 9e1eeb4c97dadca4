"""What is not known, on the definition: what can matter is asked, alone or together, and what cannot matter is not."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.language.values import Money
from remit.policy.model import Model
from support.plain_policy import ask, decide, policy, rule
from support.trials import trials

#: All that a missing fact can turn out to be.
VALUES: Mapping[str, tuple[Any, ...]] = {"a": (True, False), "b": (True, False), "n": tuple(range(10))}
CONDITIONS = [
    "a and b",
    "a or b",
    "a = b",
    "a and n > 3",
    "not(a) or n in [2..5]",
    "if a then b else n > 3",
    "(if a then n else 0) > 3",
    "a and not(a)",
]


def completions(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    free = [name for name in VALUES if name not in facts]
    return [{**facts, **dict(zip(free, each, strict=True))} for each in product(*(VALUES[name] for name in free))]


def matter(model: Model, request: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Which outcomes can come out, and which of the missing facts alone can change the one into another."""
    every = [(facts, decide(model, {**request, "facts": facts}).outcome) for facts in completions(request["facts"])]
    changing = {
        name
        for name in VALUES.keys() - request["facts"].keys()
        for one, outcome in every
        for other, another in every
        if outcome != another and all(one[each] == other[each] for each in VALUES if each != name)
    }
    return {outcome for _, outcome in every}, changing


@trials(120)
@given(st.sampled_from(CONDITIONS), st.sampled_from(["rule", "deny", "limit"]), st.data())
def test_what_is_asked_can_matter_and_an_answer_is_final(when: str, kind: str, data: st.DataObject) -> None:
    rules = [rule(may={"credit": "50 EUR"}, **({"when": when} if kind == "rule" else {}))]
    then = "deny" if kind == "deny" else {"limit": {"credit": "10 EUR"}}
    guardrails = [] if kind == "rule" else [{"id": "g", "when": when, "then": then, "say": "No."}]
    model = policy(rules=rules, guardrails=guardrails)
    facts = {name: data.draw(st.sampled_from(values)) for name, values in VALUES.items() if data.draw(st.booleans())}
    request = ask({"credit": "30 EUR"}, facts=facts)
    decision = decide(model, request)
    outcomes, changing = matter(model, request)
    assert set(decision.missing.facts) <= VALUES.keys() - facts.keys()
    if decision.outcome != "ask":
        assert outcomes == {decision.outcome}
    if len(outcomes) > 1:
        assert decision.outcome == "ask"
        assert changing <= set(decision.missing.facts)


@pytest.mark.parametrize(
    ("rules", "facts"),
    [
        (["a and b"], ("a", "b")),
        (["a", "b"], ("a", "b")),
        (["a and n > 3", "b and n > 3"], ("a", "b", "n")),
        (["a and b", "true"], ()),
    ],
)
def test_facts_that_matter_only_together_are_all_asked(rules: list[str], facts: tuple[str, ...]) -> None:
    """Of two rules that give the same, each for another fact, neither fact is needed for sure; but one of them is."""
    model = policy(rules=[rule(id=f"r{n}", when=when, may={"credit": "50 EUR"}) for n, when in enumerate(rules)])
    request = ask({"credit": "30 EUR"}, facts={})
    decision = decide(model, request)
    assert decision.missing.facts == facts
    assert decision.outcome == ("ask" if facts else "grant")


def test_two_guardrails_that_wait_for_different_facts() -> None:
    """Either of them stands in the way, so that knowing one fact alone opens nothing: both are asked."""
    guardrails = [{"id": f"g-{name}", "when": {name: True}, "then": "deny", "say": "No."} for name in "ab"]
    model = policy(rules=[rule(may={"credit": "50 EUR"})], guardrails=guardrails)
    assert decide(model, ask({"credit": "30 EUR"}, facts={})).missing.facts == ("a", "b")
    assert decide(model, ask({"credit": "30 EUR"}, facts={"a": False})).missing.facts == ("b",)
    assert decide(model, ask({"credit": "30 EUR"}, facts={"a": True})).outcome == "deny"


#: What may be nothing at all has no bounds by definition; it is asked for also where no amount that it can be is enough.
NO_BOUNDS = pytest.mark.xfail(strict=True, reason="a table that may give nothing is taken for one that may give anything")
_ROWS = [[True, "<= 4", "30 EUR"], [False, "> 4", "10 EUR"]]
UNIQUE: dict[str, Any] = {"amount": {"table": {"inputs": ["a", "n"], "hit": "unique", "rows": _ROWS}}}


@pytest.mark.parametrize(
    ("facts", "outcome", "missing"),
    [
        ({"a": True, "n": 4}, "grant", ()),
        ({"a": False, "n": 5}, "escalate", ()),  # 10 EUR
        ({"a": True, "n": 5}, "escalate", ()),  # no row: null says nothing
        ({}, "ask", ("a", "n")),  # both rows are open
        ({"a": True}, "ask", ("n",)),
        ({"n": 4}, "ask", ("a",)),
        pytest.param({"n": 5}, "escalate", (), marks=NO_BOUNDS),  # whatever `a` is, 20 EUR is too much
        pytest.param({"a": False}, "escalate", (), marks=NO_BOUNDS),
    ],
)
def test_a_unique_table_with_two_open_rows(facts: dict[str, Any], outcome: str, missing: tuple[str, ...]) -> None:
    model = policy(values=UNIQUE, rules=[rule(may={"credit": "amount"})])
    decision = decide(model, ask({"credit": "20 EUR"}, facts=facts))
    assert (decision.outcome, decision.missing.facts) == (outcome, missing)


def test_a_unique_table_in_which_two_open_rows_may_both_match() -> None:
    """Then it cannot be worked out, and somebody else decides (law 11); where one is known not to match, the other counts."""
    rows = [[True, "-", "30 EUR"], ["-", "<= 4", "40 EUR"]]
    model = policy(
        values={"amount": {"table": {"inputs": ["a", "n"], "hit": "unique", "rows": rows}}},
        rules=[rule(may={"credit": "amount"})],
        otherwise="deny",
    )
    assert decide(model, ask({"credit": "20 EUR"}, facts={"a": True, "n": 4})).outcome == "escalate"
    assert decide(model, ask({"credit": "20 EUR"}, facts={})).missing.facts == ("a", "n")
    assert decide(model, ask({"credit": "20 EUR"}, facts={"a": True})).missing.facts == ("n",)
    assert decide(model, ask({"credit": "20 EUR"}, facts={"a": False, "n": 4})).limits["credit"] == Money.of("40.00 EUR")


@NO_BOUNDS
def test_nothing_is_asked_where_a_table_gives_too_little_or_nothing() -> None:
    model = policy(values=UNIQUE, rules=[rule(may={"credit": "amount"})])
    assert decide(model, ask({"credit": "35 EUR"}, facts={"a": True})).missing.facts == ()


def test_nothing_is_asked_where_a_table_gives_too_little_in_any_case() -> None:
    table = {**UNIQUE["amount"]["table"], "otherwise": "0 EUR"}
    model = policy(values={"amount": {"table": table}}, rules=[rule(may={"credit": "amount"})])
    for facts in ({"n": 5}, {"a": False}):
        decision = decide(model, ask({"credit": "20 EUR"}, facts=facts))
        assert (decision.outcome, decision.missing.facts) == ("escalate", ())


# Discretion


DISCRETION = {"clerk": {"each": "15 EUR", "max": "40 EUR", "over": "calendar month"}}
STORY = "She had waited for an hour."


@pytest.mark.parametrize(
    ("asked", "more", "used", "outcome"),
    [
        ("65 EUR", {"use_discretion": True, "story": STORY}, "0 EUR", "grant"),
        ("65.01 EUR", {"use_discretion": True, "story": STORY}, "0 EUR", "escalate"),
        ("65 EUR", {"use_discretion": True, "story": STORY}, "25 EUR", "grant"),
        ("65 EUR", {"use_discretion": True, "story": STORY}, "25.01 EUR", "escalate"),
        ("65 EUR", {"use_discretion": True}, "0 EUR", "ask"),
        ("65.01 EUR", {"use_discretion": True}, "0 EUR", "escalate"),
        ("65 EUR", {"story": STORY}, "0 EUR", "escalate"),
        ("50 EUR", {"use_discretion": True}, "0 EUR", "grant"),  # within the limit: no story is needed
    ],
)
def test_discretion_with_and_without_the_story(asked: str, more: dict[str, Any], used: str, outcome: str) -> None:
    model = policy(rules=[rule(may={"credit": "50 EUR"})], discretion=DISCRETION)
    decision = decide(model, ask({"credit": asked}, **more), balances={"discretion": used})
    assert decision.outcome == outcome
    assert decision.missing.story is (outcome == "ask")
    if outcome == "grant":
        beyond = Money.of(asked).amount - 50
        assert decision.discretion == (Money.of(f"{beyond} EUR") if beyond else None)
    offered = [unlock for unlock in decision.unlocks if unlock.kind == "discretion"]
    assert bool(offered) is (outcome == "escalate" and not more.get("use_discretion"))


def test_discretion_lifts_no_guardrail_and_is_the_asker_s_own() -> None:
    limit = {"id": "g", "when": {"a": True}, "then": {"limit": {"credit": "50 EUR"}}, "say": "Not more."}
    told = {"use_discretion": True, "story": STORY}
    rules = [rule(may={"credit": {"clerk": "50 EUR", "manager": "55 EUR"}})]
    held = policy(rules=rules, guardrails=[limit], discretion=DISCRETION)
    assert decide(held, ask({"credit": "51 EUR"}, **told)).outcome == "escalate"
    assert decide(held, ask({"credit": "51 EUR"}, facts={"a": False, "b": True, "n": 1}, **told)).outcome == "grant"
    model = policy(rules=rules, discretion={"manager": DISCRETION["clerk"]})
    no = decide(model, ask({"credit": "60 EUR"}, **told))
    assert (no.outcome, no.approver) == ("escalate", None)  # a manager could grant it only by the manager's own discretion
    assert decide(model, ask({"credit": "55 EUR"}, **told)).approver == "manager"
