"""Law 11: what cannot be worked out is not denied. It is named, and somebody else decides; it never grants either."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from remit.deciding.compiled import Compiled
from remit.deciding.policy import reference_decision
from remit.decision.decision import Decision
from remit.decision.inputs import check_request
from remit.policy.loader import read_model
from remit.policy.model import Model
from remit.readings.numbers.reference import Scope
from support.plain_policy import ask, policy, rule, size
from support.small_policy import full_facts, policies, requests, text_of
from support.trials import trials

#: What makes ``10 / (level - 1)`` a division by zero.
LEVEL_1 = full_facts().map(lambda facts: {**facts, "level": 1})


def both(model: Model, request: dict[str, Any]) -> Decision:
    """The decision by definition; the compiled functions say the same."""
    request = {**request, "evidence": [name for name in request.get("evidence", ()) if name in model.evidence]}
    decision = reference_decision(model, request)
    assert Compiled(model).decide(request).to_json() == decision.to_json()
    return decision


# What holds for any policy, by an account of its own


class Account:
    """What a policy comes to for a request, told without the laws."""

    def __init__(self, model: Model, request: dict[str, Any]) -> None:
        self.model = model
        inputs = check_request(model, {**request, "evidence": []})
        self.scope = Scope(model, inputs.facts, employee="e-1", role=inputs.role, asked=inputs.asked, occurred=None)

    def value(self, when: Any) -> Any:
        return True if when is None else self.scope.evaluate(when.node)

    def rules(self, remedy: str) -> list[tuple[str, Any, list[Any]]]:
        """Of each rule for the remedy: its id, its condition, and its amounts."""
        out = []
        for each in self.model.rules:
            amounts = [*each.may.get(remedy, {}).values(), *([each.owed[remedy]] if remedy in each.owed else [])]
            if amounts:
                out.append((each.id, self.value(each.when), [self.scope.evaluate(amount.node) for amount in amounts]))
        return out

    def undetermined(self, remedy: str) -> set[str]:
        return {name for name, holds, amounts in self.rules(remedy) if holds is None or (holds is True and None in amounts)}

    def spoken(self, remedy: str) -> bool:
        return any(holds is True and any(each is not None for each in amounts) for _, holds, amounts in self.rules(remedy))

    def guarded(self, remedy: str, effect: str, *values: Any) -> bool:
        named = (each for each in self.model.guardrails if not each.remedies or remedy in each.remedies)
        return any(each.effect == effect and any(self.value(each.when) is value for value in values) for each in named)


@trials(400)
@given(policies(), requests(full_facts(), idle=False))
def test_nothing_is_denied_because_it_cannot_be_worked_out(written: dict[str, Any], request: dict[str, Any]) -> None:
    model = read_model(text_of(written), "small.yaml")
    decision, account = both(model, request), Account(model, request)
    assume(decision.asked)
    refused = [name for name, each in decision.remedies.items() if not each.within and each.asked]
    denied = [name for name in refused if account.guarded(name, "deny", True)]
    silent = [name for name in refused if not account.spoken(name) and not account.undetermined(name)]
    event(f"{decision.outcome}, undetermined: {any(account.undetermined(name) for name in refused)}")
    if decision.outcome == "deny":
        assert denied or (silent and model.otherwise == "deny")
    if decision.outcome == "grant":
        assert not refused
        for name in decision.asked:
            owed = decision.remedies[name].owed
            assert size(decision.remedies[name].asked) <= size(owed) or not account.guarded(name, "deny", True, None)
    stopped = [name for name in refused if any(account.guarded(name, each, True, None) for each in ("deny", "escalate"))]
    for name in refused:
        if name not in stopped and account.undetermined(name) and not decision.missing.facts:
            told = {each.id for each in decision.reasons if each.kind == "undetermined"}
            limited = {each.id for each in decision.reasons if each.kind == "guardrail"}
            assert told >= account.undetermined(name) or limited


@trials(200)
@given(
    policies(), requests(full_facts().map(lambda facts: {**facts, "level": 1}), idle=False), st.sampled_from(["when", "may"])
)
def test_a_rule_that_cannot_be_worked_out_turns_a_silence_into_a_question(
    written: dict[str, Any], request: dict[str, Any], where: str
) -> None:
    """And nothing else: what was granted stays granted, and what a guardrail denies stays denied."""
    condition = {"when": "10 / (level - 1) > 4", "may": {"credit": "5 EUR", "points": 5, "upgrade": True}}
    amounts = {"may": {"credit": "price / (level - 1)", "points": "10 / (level - 1)", "upgrade": "10 / (level - 1) > 4"}}
    without = read_model(text_of({**written, "otherwise": "deny"}), "small.yaml")
    more = {"because": "It is fair.", **(condition if where == "when" else amounts)}
    with_it = read_model(text_of({**written, "otherwise": "deny", "rules": [*written["rules"], more]}), "small.yaml")
    before, after = both(without, request), both(with_it, request)
    assume(before.asked)
    assert after.limits == before.limits
    assert after.outcome == (before.outcome if before.outcome != "deny" or _denied(without, request) else "escalate")
    assert not after.gap


def _denied(model: Model, request: dict[str, Any]) -> bool:
    account, decision = Account(model, request), reference_decision(model, {**request, "evidence": []})
    parts = (name for name, each in decision.remedies.items() if each.asked and not each.within)
    return any(account.guarded(name, "deny", True) for name in parts)


@trials(200)
@given(policies(), requests(LEVEL_1), st.sampled_from(["deny", "escalate"]))
def test_a_guardrail_that_cannot_be_worked_out_applies_and_denies_nothing(
    written: dict[str, Any], request: dict[str, Any], effect: str
) -> None:
    more = {"when": "10 / (level - 1) > 4", "then": effect, "say": "No."}
    guardrails = [*written.get("guardrails", ()), more]
    without, with_it = (read_model(text_of(each), "small.yaml") for each in (written, {**written, "guardrails": guardrails}))
    before, after = both(without, request), both(with_it, request)
    goodwill = [name for name, each in after.remedies.items() if size(each.asked) > size(each.owed)]
    assert after.outcome != "grant" or not goodwill
    assert after.outcome != "deny" or before.outcome == "deny"
    assert "No." not in after.say


# What it is called

CALENDAR = {"uk": {"from": "2024-01-01", "to": "2025-01-01", "holidays": ["2024-12-25"]}}
FACTS = {
    "paid": {"type": "money"},
    "n": {"type": "integer"},
    "items": {"type": "list of money"},
    "many": {"type": "list of integer"},
    "word": {"type": "text"},
    "day": {"type": "date"},
}
VALUES = {
    "rate": {"dated": [{"from": "2026-04-01", "value": "5 EUR"}]},
    "none": {"table": {"inputs": ["n"], "rows": [[">= 1", "5 EUR"]]}},
    "two": {"table": {"inputs": ["n"], "hit": "unique", "rows": [["< 1", "5 EUR"], ["< 2", "6 EUR"]]}},
    "apart": {"table": {"inputs": ["n"], "hit": "any", "rows": [["< 1", "5 EUR"], ["< 2", "6 EUR"]]}},
    "inner": {"table": {"inputs": ["n"], "rows": [["< 1", "paid / n"]]}},
    "half": "paid / n * 50%",
}
KNOWN = {"paid": "50 EUR", "n": 0, "items": [], "many": list(range(400)), "word": "ten", "day": "2026-11-01"}
CAUSES = {
    "paid / n": "`paid / n` cannot be worked out: a division by zero",
    "10 EUR + paid / n": "`paid / n` cannot be worked out: a division by zero",
    "items[1]": "`items[1]` cannot be worked out: the list is empty",
    "max(items)": "`max(items)` cannot be worked out: the list is empty",
    "paid * number(word)": "`number(word)` cannot be worked out",
    "paid * sqrt(n - 1)": "`sqrt(n - 1)` cannot be worked out",
    "if n = 0 then paid / n else paid": "`paid / n` cannot be worked out: a division by zero",
    "rate": "`rate` cannot be worked out: it has no entry for a day before 2026-04-01",
    "none": "`none` cannot be worked out: no row of its table matches",
    "two": "`two` cannot be worked out: more than one row of its table matches",
    "apart": "`apart` cannot be worked out: the rows of its table that match do not agree",
    "inner": "`paid / n` cannot be worked out: a division by zero",
    "half": "`paid / n` cannot be worked out: a division by zero",
    "paid * count(many[count(many[item > 5]) = 1])": (
        "`many[count(many[item > 5]) = 1]` cannot be worked out: it takes too many steps"
    ),
    'paid * working days between(day, day, "uk")': (
        '`working days between(day, day, "uk")` cannot be worked out: '
        "the calendar `uk` only has the days from 2024-01-01 to 2024-12-31"
    ),
}


def undetermined(**sections: Any) -> Model:
    return policy(facts=FACTS, values=VALUES, calendars=CALENDAR, otherwise="deny", **sections)


def asked(model: Model, **more: Any) -> Decision:
    return both(model, ask({"credit": "5 EUR"}, facts=KNOWN, occurred="2026-01-01", **more))


@pytest.mark.parametrize("amount", CAUSES)
@pytest.mark.parametrize("given_as", ["may", "owed"])
def test_an_amount_without_a_value_is_named_and_escalated(amount: str, given_as: str) -> None:
    decision = asked(undetermined(rules=[rule(**{given_as: {"credit": amount}})]))
    assert (decision.outcome, decision.escalate_to, decision.gap) == ("escalate", "owner:tests", False)
    assert [(each.kind, each.id, each.text) for each in decision.reasons] == [("undetermined", "r", CAUSES[amount])]


@pytest.mark.parametrize("amount", CAUSES)
def test_a_condition_without_a_value_is_named_and_escalated(amount: str) -> None:
    compared = f"({amount}) > 5 EUR" if amount.startswith("if") else f"{amount} > 5 EUR"
    model = undetermined(rules=[rule(when=compared, may={"credit": "10 EUR"})])
    decision = asked(model)
    assert decision.outcome == "escalate"
    assert [(each.kind, each.id, each.text) for each in decision.reasons] == [("undetermined", "r", CAUSES[amount])]


def test_a_unary_test_without_a_value_is_named() -> None:
    model = undetermined(rules=[rule(when={"none": "> 5 EUR", "n": 0}, may={"credit": "10 EUR"})])
    assert asked(model).reasons[0].text == CAUSES["none"]


@pytest.mark.parametrize("effect", ["deny", "escalate", {"limit": {"credit": "paid / n"}}])
def test_a_guardrail_without_a_value_applies_and_says_why(effect: Any) -> None:
    when = None if isinstance(effect, dict) else "paid / n > 5 EUR"
    guardrail = {"id": "g", "because": "Too much.", "then": effect, "say": "No.", **({"when": when} if when else {})}
    decision = asked(undetermined(rules=[rule(may={"credit": "10 EUR"})], guardrails=[guardrail]))
    to = "senior" if effect == "escalate" else "owner:tests"
    assert (decision.outcome, decision.escalate_to, decision.say) == ("escalate", to, ())
    assert decision.reasons[0].text == "`g` may apply: `paid / n` cannot be worked out: a division by zero"


def test_where_it_cannot_change_the_outcome_it_is_not_told() -> None:
    """A general question tells it, as more may be open; what another rule grants is granted."""
    model = undetermined(rules=[rule(may={"credit": "paid / n"}), {**rule(may={"credit": "10 EUR"}), "id": "r2"}])
    decision = asked(model)
    assert (decision.outcome, [each.kind for each in decision.reasons]) == ("grant", ["rule"])
    more = both(model, ask({}, facts=KNOWN))
    assert (more.outcome, [each.kind for each in more.reasons]) == ("grant", ["undetermined", "rule"])


def test_a_question_for_anything_goes_up_where_all_is_undetermined() -> None:
    decision = both(undetermined(rules=[rule(may={"credit": "paid / n"})]), ask({}, facts=KNOWN))
    assert (decision.outcome, decision.escalate_to, decision.gap) == ("escalate", "owner:tests", False)


def test_a_missing_fact_is_asked_for_all_the_same() -> None:
    model = undetermined(rules=[rule(may={"credit": "paid / n"})])
    decision = both(model, ask({"credit": "5 EUR"}, facts={**KNOWN, "n": None}, occurred="2026-01-01"))
    assert (decision.outcome, decision.missing.facts) == ("ask", ("n",))


def test_a_higher_role_that_has_a_rule_of_its_own_can_approve() -> None:
    rules = [rule(may={"credit": "paid / n"}), {**rule(may={"credit": {"manager": "10 EUR"}}), "id": "m", "when": "n >= 0"}]
    decision = asked(undetermined(rules=rules))
    assert (decision.outcome, decision.escalate_to) == ("escalate", "manager")


# What was found by trying


@pytest.mark.parametrize(
    ("kinds", "values"),
    [("money", ("10 EUR", "0 EUR")), ("duration", ("2 hours", "0 hours")), ("number", (3, 0))],
)
def test_a_division_by_zero_is_one_whatever_is_divided(kinds: str, values: tuple[Any, Any]) -> None:
    facts = {"p": {"type": kinds}, "q": {"type": kinds}}
    model = policy(facts=facts, rules=[rule(when="p / q > 2", may={"credit": "10 EUR"})], otherwise="deny")
    decision = both(model, ask({"credit": "5 EUR"}, facts=dict(zip("pq", values, strict=True))))
    assert decision.reasons[0].text == "`p / q` cannot be worked out: a division by zero"


def test_a_rule_that_a_lower_role_has_is_undetermined_for_the_higher_one_too() -> None:
    """Which has its authority (law 1)."""
    rules = [rule(when='employee.role = "clerk" and 10 / n > 2', may={"credit": "10 EUR"})]
    model = policy(facts=FACTS, rules=rules, otherwise="deny")
    for role in ("clerk", "senior", "manager"):
        assert both(model, ask({"credit": "5 EUR"}, role, facts={"n": 0})).outcome == "escalate"
        assert both(model, ask({"credit": "5 EUR"}, role, facts={"n": 1})).outcome == "grant"


@pytest.mark.parametrize("asked", [{"credit": "5 EUR"}, {}])
def test_a_deny_that_cannot_matter_changes_nothing(asked: dict[str, Any]) -> None:
    """No rule speaks, so it is denied whether or not the guardrail holds."""
    stop = [{"id": "g", "because": "x", "when": "10 / n > 2", "then": "deny", "say": "No."}]
    model = policy(facts=FACTS, rules=[rule(when={"n": 9}, may={"credit": "10 EUR"})], guardrails=stop, otherwise="deny")
    assert [both(model, ask(asked, facts={"n": n})).outcome for n in (0, 1)] == ["deny", "deny"]


def test_a_limit_without_a_value_says_nothing_of_the_others() -> None:
    only = {
        "id": "g",
        "because": "Only so much.",
        "say": "We stop at 20.",
        "then": {"limit": {"credit": "20 EUR", "points": "10 / n"}},
    }
    model = policy(facts=FACTS, rules=[rule(may={"credit": "100 EUR", "points": 50})], guardrails=[only])
    decision = both(model, ask({"credit": "50 EUR"}, facts={"n": 0}))
    assert (decision.reasons[0].text, decision.say) == ("Only so much.", ("We stop at 20.",))
    decision = both(model, ask({"points": 5}, facts={"n": 0}))
    assert decision.reasons[0].text == "`g` may apply: `10 / n` cannot be worked out: a division by zero"
