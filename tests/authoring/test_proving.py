"""Coverage, mutation, proposals and starters: each must be able to say no."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from remit.authoring.boundaries import boundaries, candidates
from remit.authoring.industries import INDUSTRIES
from remit.authoring.mutation import mutations, noticed
from remit.authoring.proposing.proposing import propose
from remit.authoring.proposing.writing import as_file
from remit.authoring.starting import Wishes, starter
from remit.authoring.tested import neighbours
from remit.authoring.testing.case_reader import read_cases
from remit.authoring.testing.case_run import run_file
from remit.authoring.testing.casefile import CaseFile
from remit.authoring.testing.coverage import Coverage, measure
from remit.deciding.loading import loads, shipped
from remit.deciding.policy import Policy
from remit.language.nodes import names_in
from remit.language.types import INTEGER, NUMBER, money
from remit.language.values import Money
from remit.policy.model import Condition

POLICY = """
policy: small
title: Small
version: "1"
owner: us
currency: EUR
ladder: [clerk, boss]
facts:
  level: {type: integer, min: 1, max: 5}
  tier: {type: choice, of: [none, gold]}
remedies:
  credit: {type: money, title: Credit}
values:
  much:
    table:
      inputs: [tier]
      hit: unique
      rows:
        - [none, 10 EUR]
        - [gold, 20 EUR]
rules:
  - {id: some, because: Yes., when: {level: ">= 3"}, may: {credit: much}}
guardrails:
  - {id: top, when: {level: 5}, then: escalate, say: One moment.}
caps:
  - {id: month, per: employee.id, over: calendar month, max: 100 EUR}
"""
FIRST = "  - {name: one, given: {level: 3, tier: gold}, asked: {credit: 20 EUR}, expect: {limits: {credit: 20 EUR}}}\n"
SECOND = "  - {name: two, given: {level: 2, tier: gold}, asked: {credit: 1 EUR}, expect: {outcome: escalate}}\n"


@pytest.fixture
def policy() -> Policy:
    return loads(POLICY, "small.yaml")


def cases_of(policy: Policy, text: str) -> CaseFile:
    whole = "policy: small.yaml\ndefaults: {employee: {id: e, role: clerk}}\ncases:\n" + text
    file, problems = read_cases(whole, Path("small_test.yaml"), policy.model)
    assert file is not None, problems
    return file


def coverage_of(policy: Policy, text: str) -> Coverage:
    return measure(policy.model, run_file(policy, cases_of(policy, text)))


def test_coverage_tells_what_is_missed(policy: Policy) -> None:
    one = coverage_of(policy, FIRST)
    assert [(item.kind, item.name) for item in one.missed] == [
        ("row", "much, row 1"),
        ("boundary", "level at 3, from below"),
        ("guardrail", "top"),
        ("boundary", "level at 5"),
    ]
    assert [(item.kind, item.name) for item in coverage_of(policy, FIRST + SECOND).missed] == [
        ("row", "much, row 1"),
        ("guardrail", "top"),
        ("boundary", "level at 5"),
    ]
    assert all(item.place is not None for item in one.missed)


def test_coverage_is_whole_with_the_proposed_cases(policy: Policy) -> None:
    text = as_file(policy.model, "small.yaml", propose(policy))
    file, problems = read_cases(text, Path("small_test.yaml"), policy.model)
    assert file is not None, problems
    results = list(run_file(policy, file))
    assert all(result.passed for result in results)
    assert measure(policy.model, results).missed == ()


def test_mutations_that_no_case_notices(policy: Policy) -> None:
    found = list(mutations(policy.model))
    assert {"condition", "cell", "no guardrail", "no cap", "otherwise"} <= {each.kind for each in found}

    def unnoticed(text: str) -> set[str]:
        cases = cases_of(policy, text).cases
        return {str(each) for each in found if (model := each.make()) is not None and noticed(model, cases) is None}

    assert "`>=` became `>`" in unnoticed(SECOND)
    assert "`>=` became `>`" not in unnoticed(FIRST)
    assert "`20 EUR` became `21 EUR`" not in unnoticed(FIRST)
    assert "guardrail `top` was left out" in unnoticed(FIRST + SECOND)


def test_every_mutation_is_a_change_of_the_text_at_its_place(policy: Policy) -> None:
    for each in mutations(policy.model):
        model = each.make()
        if each.place is not None and each.after and model is not None:
            line = policy.model.text.splitlines()[each.place.line - 1]
            assert each.before.strip("`") in line
            assert model != policy.model


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["hotel-guest-recovery", "eu-air-passenger-rights", "uk-rail-delay-repay", "bank-fee-courtesy"]
)
def test_proposed_cases_of_real_policies_hold_and_reach_most(name: str) -> None:
    path = shipped(name)
    real = loads(path.read_text(encoding="utf-8"), str(path))
    text = as_file(real.model, path.name, propose(real))
    file, problems = read_cases(text, path.with_name(f"{name}_test.yaml"), real.model)
    assert file is not None, problems
    results = list(run_file(real, file))
    assert [result.case.name for result in results if not result.passed] == []
    by_facts = {
        each.id for each in (*real.model.rules, *real.model.guardrails) if each.when is None or reads_facts_only(each.when)
    }
    missed = [item.name for item in measure(real.model, results).missed if item.name in by_facts]
    assert missed == []


def reads_facts_only(when: Condition) -> bool:
    """Whether a condition looks at the case alone, not at who asks or for what."""
    return not any(name.startswith(("asked.", "employee.")) for name in names_in(when.node))


@pytest.mark.parametrize("industry", INDUSTRIES)
@pytest.mark.parametrize("currency", ["EUR", "JPY"])
def test_starters_load_and_their_proposed_cases_reach_everything(industry: str, currency: str) -> None:
    line = INDUSTRIES[industry]
    wishes = Wishes("my-policy", industry, currency, line.ladder, tuple(map(Decimal, line.amounts)), "me", "2026-01-01")
    assert wishes.problems() == []
    real = loads(starter(wishes), "my-policy.yaml")
    text = as_file(real.model, "my-policy.yaml", propose(real))
    file, problems = read_cases(text, Path("my-policy_test.yaml"), real.model)
    assert file is not None, problems
    results = list(run_file(real, file))
    assert all(result.passed for result in results)
    assert measure(real.model, results).missed == ()


def test_wishes_that_do_not_fit_are_all_told() -> None:
    wishes = Wishes("1x", "circus", "EURO", ("a",), (Decimal(5), Decimal(3)), "me", "2026-01-01")
    assert len(wishes.problems()) == 6


def test_neighbours() -> None:
    assert neighbours(INTEGER, Decimal(3)) == (2, 4)
    assert neighbours(NUMBER, Decimal("2.50")) == (Decimal("2.49"), Decimal("2.51"))
    assert neighbours(money("EUR"), Money.of("30 EUR")) == (Money.of("29.99 EUR"), Money.of("30.01 EUR"))
    assert neighbours(money("JPY"), Money.of("30 JPY")) == (Money.of("29 JPY"), Money.of("31 JPY"))


def test_boundaries_and_candidates(policy: Policy) -> None:
    assert [(each.fact, each.value, each.side) for each in boundaries(policy.model)] == [
        ("level", 3, "below"),
        ("level", 5, "both"),
    ]  # choices have nothing between them
    assert candidates(policy.model) == {"level": (2, 3, 4, 5, 1), "tier": ("none", "gold")}
