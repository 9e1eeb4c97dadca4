"""The order of offers on a screen: the best fit first, then what costs the company least; and no decision depends on it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from remit.deciding.policy import reference_decision
from remit.decision.page.ranking import house_cost, ranked
from remit.language import words
from remit.language.values import Money
from remit.policy.loader import read_model
from remit.policy.model import Model
from support.small_policy import full_facts, policies, requests, text_of

SHARES = st.sampled_from(["0%", "12.5%", "30%", "99.99%", "100%"])


def with_shares(policy: dict[str, Any], shares: dict[str, str]) -> dict[str, Any]:
    remedies = yaml.safe_load(text_of(policy))["remedies"].items()
    return {**policy, "remedies": {name: {**each, "borne": shares[name]} for name, each in remedies}}


@given(policies(), requests(full_facts()), st.fixed_dictionaries(dict.fromkeys(("credit", "points", "upgrade"), SHARES)))
def test_what_the_company_bears_changes_no_decision(policy: Any, request: Any, shares: dict[str, str]) -> None:
    plain, shared = (read_model(text_of(each), "small.yaml") for each in (policy, with_shares(policy, shares)))
    request["evidence"] = [name for name in request.get("evidence", ()) if name in plain.evidence]
    one, other = (reference_decision(model, request).to_dict() for model in (plain, shared))
    assert one["policy"].pop("digest") != other["policy"].pop("digest")
    assert one == other


@given(policies(), requests(full_facts()), st.fixed_dictionaries(dict.fromkeys(("credit", "points", "upgrade"), SHARES)))
def test_the_order(policy: Any, request: Any, shares: dict[str, str]) -> None:
    model = read_model(text_of(with_shares(policy, shares)), "small.yaml")
    request["evidence"] = [name for name in request.get("evidence", ()) if name in model.evidence]
    decision = reference_decision(model, request)
    found, rules = ranked(decision, model), {rule.id: rule for rule in model.rules}
    assert sorted(map(decision.offers.index, found)) == list(range(len(decision.offers)))
    for before, after in pairwise(found):
        alike = [(each.on_request, bool(each.beside), words.nothing(each.owed)) for each in (before, after)]
        assert alike[0] <= alike[1]
        if alike[0] < alike[1]:
            continue
        fits = []
        for offer in (before, after):
            of = decision.remedies[offer.remedy]
            fits.append(any(rules[name].when is not None for name in (of.rule, of.owed_rule) if name))
        assert fits[0] >= fits[1]
        if fits[0] == fits[1] and not before.beside:
            costs = [by_hand(model, each.remedy, each.amount) for each in (before, after)]
            assert costs[0] <= costs[1]
            if costs[0] == costs[1]:
                assert decision.offers.index(before) < decision.offers.index(after)


def by_hand(model: Model, remedy: str, amount: Any) -> Fraction:
    """The cost of an amount of a remedy that has one."""
    known = model.remedies[remedy]
    of = Fraction(amount.amount) if isinstance(amount, Money) else Fraction(known.cost.amount) * int(amount)  # type: ignore[union-attr]
    return of * Fraction(known.borne)


@pytest.mark.parametrize(
    ("remedy", "amount", "cost"),
    [
        ("credit", Money.of("50 EUR"), "50"),
        ("voucher", Money.of("50.01 EUR"), "15.003"),
        ("points", 10**14 + 1, "300000000000.003"),
        ("late", True, "20"),
        ("late", False, "0"),
        ("seat", True, None),
        ("seat", False, "0"),
    ],
)
def test_what_an_amount_costs_the_company(remedy: str, amount: Any, cost: str | None) -> None:
    assert house_cost(_DESK, remedy, amount) == (None if cost is None else Decimal(cost))


def test_an_unknown_cost_comes_after_the_known_ones_and_what_is_asked_for_last() -> None:
    decision = reference_decision(_DESK, {"employee": {"id": "e", "role": "clerk"}, "facts": {"level": 3}})
    assert [each.remedy for each in decision.offers] == ["credit", "seat", "points", "voucher", "late"]
    assert [each.remedy for each in ranked(decision, _DESK)] == ["voucher", "credit", "points", "seat", "late"]


def test_two_that_fit_and_cost_the_same_keep_the_order_of_the_policy() -> None:
    decision = reference_decision(_DESK, {"employee": {"id": "e", "role": "clerk"}, "facts": {"level": 1}})
    assert [each.remedy for each in ranked(decision, _DESK)] == ["credit", "points", "seat"]


_DESK = read_model(
    """
policy: desk
title: Desk
version: "1"
owner: us
currency: EUR
ladder: [clerk]
facts: {level: {type: integer}}
remedies:
  credit:  {type: money}
  seat:    {type: exception}
  points:  {type: count, cost: 0.01 EUR, borne: 30%}
  late:    {type: exception, cost: 20 EUR, offer: on_request}
  voucher: {type: money, borne: 30%}
rules:
  - {id: any, may: {credit: 3 EUR, points: 1000, seat: true}}
  - {id: worse, when: level >= 2, may: {voucher: 100 EUR, late: true}}
""",
    "desk.yaml",
)
