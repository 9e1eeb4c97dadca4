"""A policy in several currencies is in each of them the policy that is written in that one alone."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

import remit
from remit.errors import RequestError
from remit.language.values import Money, minor_digits
from remit.policy.loader import inspect_model, read_model
from remit.policy.model import Model
from remit.policy.over_time import Rates
from support.golden import CASES
from support.policies import policies
from support.requests import requests
from support.trials import trials

TEXT = (CASES / "currencies" / "two-shores.yaml").read_text(encoding="utf-8")
SHORES = remit.loads(TEXT, "two-shores.yaml")
MIXED = "there are amounts in EUR and USD, and a request is in one currency"
DATELESS = "the rates of `two-shores` change; the day of the incident says which ones hold"
WHO = {"id": "e-1", "role": "agent"}


def asking(**parts: Any) -> dict[str, Any]:
    return {"employee": WHO, "occurred": "2026-07-02", "facts": {"stay.id": "s-1", "delay": 1}, **parts}


def in_both(data: Any) -> Any:
    """The same data with each text that has euros in it by currency."""
    if isinstance(data, dict):
        return {key: in_both(value) for key, value in data.items()}
    if isinstance(data, list):
        return [in_both(each) for each in data]
    return {"EUR": data, "USD": data.replace("EUR", "USD")} if isinstance(data, str) and "EUR" in data else data


def as_text(data: Any) -> str:
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in data.items())


def answer(policy: remit.Policy, request: dict[str, Any]) -> Any:
    """The decision, or what is wrong with the request."""
    try:
        return policy.decide(request).to_dict()
    except RequestError as refused:
        return refused.problems


def alone(model: Model) -> Model:
    """What a policy in one currency says, without what tells it from one in several."""
    return replace(model, currencies=(), others=(), rates=(), rate=None, digest="", reads_requested=model.reads_requested)


@trials(60)
@given(text=policies())
def test_it_is_in_each_what_it_would_be_alone(text: str) -> None:
    data = yaml.safe_load(text)
    data["effective"] = json.loads(json.dumps(data["effective"], default=str))
    data.pop("currency")
    whole = as_text({"currencies": ["EUR", "USD"], "rates": [{"USD": 0.92}], **in_both(data)})
    model = read_model(whole)
    Draft7Validator(remit.schema("policy")).validate(yaml.safe_load(whole))
    for each in model.each:
        other = read_model(text.replace("EUR", str(each.currency)))
        assert alone(each) == alone(other)


@trials(60)
@given(data=st.data())
def test_it_decides_in_each_as_it_would_alone(data: st.DataObject) -> None:
    """But for its digest and the currency that it names; the request says which, or its amounts do."""
    text = data.draw(policies())
    written = yaml.safe_load(text)
    written["effective"] = json.loads(json.dumps(written["effective"], default=str))
    written.pop("currency")
    both = remit.loads(as_text({"currencies": ["EUR", "USD"], "rates": [{"USD": 0.92}], **in_both(written)}))
    request = data.draw(requests(read_model(text)))
    for code in ("EUR", "USD"):
        single = remit.loads(text.replace("EUR", code))
        asked = json.loads(json.dumps(request, default=str).replace("EUR", code))
        expected = answer(single, asked)
        for _ in range(2):  # by definition, and compiled
            found = answer(both, {**asked, "currency": code})
            if isinstance(expected, dict) and isinstance(found, dict):
                named = {**expected["policy"], "digest": both.digest, "currency": code}
                assert found == {**expected, "policy": named}
            else:
                assert found == expected


@pytest.mark.parametrize(
    ("request_", "currency"),
    [
        (asking(asked={"credit": "5 USD"}), "USD"),
        (asking(asked={"credit": Money(Decimal(5), "EUR")}), "EUR"),
        (asking(facts={"stay": {"rate": "9000 JPY"}, "delay": 0}), "JPY"),
        (asking(currency="USD"), "USD"),
        (asking(currency="EUR", asked={"credit": "5 EUR"}), "EUR"),
    ],
)
def test_the_amounts_of_a_request_say_its_currency(request_: dict[str, Any], currency: str) -> None:
    assert SHORES.decide(request_).currency == currency
    assert SHORES.decide(SHORES.check(request_)).currency == currency
    assert SHORES.for_request(request_).model.currency == currency
    plain = {name: value for name, value in request_.items() if name != "currency"}
    assert SHORES.decide(remit.Request(**plain, currency=currency)).currency == currency


@pytest.mark.parametrize(
    ("request_", "path", "message"),
    [
        (asking(), "currency", "in which currency: EUR, USD or JPY?"),
        (asking(currency="GBP"), "currency", "`GBP` is not a currency of this policy"),
        (asking(currency=3), "currency", "`3` is not a currency of this policy"),
        (asking(asked={"credit": "5 USD", "cash": "5 EUR"}), "currency", MIXED),
        (asking(currency="USD", asked={"credit": "5 EUR"}), "asked.credit", "`5 EUR` is in EUR, but this policy pays in USD"),
        (asking(currency="USD", occurred=None), "occurred", DATELESS),
        (asking(currency="USD", occurred="30.6.2026"), "occurred", "`30.6.2026` is not a day such as `2026-07-01`"),
        (asking(asked={"credit": "5 GBP"}), "asked.credit", "an amount in `GBP` is in no currency of this policy"),
        (asking(asked={"cradit": "5 USD"}), "asked.cradit", "unknown remedy `cradit`"),
    ],
)  # fmt: skip
def test_currencies_do_not_mix(request_: dict[str, Any], path: str, message: str) -> None:
    for decide in (SHORES.decide, SHORES.check):
        with pytest.raises(RequestError) as told:
            decide(request_)
        assert [(each.path, each.message) for each in told.value.problems] == [(path, message)]


def test_a_policy_in_one_currency_refuses_another() -> None:
    policy = remit.shipped("hotel-guest-recovery")
    loaded = remit.load(policy)
    assert (loaded.currencies, loaded.in_currency("EUR")) == (("EUR",), loaded)
    request = {"employee": {"id": "e-1", "role": "associate"}, "currency": "USD"}
    for asked in (request, remit.Request(**request)):
        for _ in range(3):
            with pytest.raises(RequestError, match="`USD` is not a currency of this policy"):
                loaded.decide(asked)
    assert loaded.decide({**request, "currency": "EUR"}) == loaded.decide({**request, "currency": None})


def test_the_rates_of_the_day_of_the_incident_hold() -> None:
    early, late = (SHORES.for_request({"currency": "USD", "occurred": day}).model for day in ("2026-06-30", "2026-07-01"))
    assert [each.caps[0].max["agent"] for each in (early, late)] == [Money.of("65.21 USD"), Money.of("66.66 USD")]
    assert [each.discretion["agent"].max for each in (early, late)] == [Money.of("21.73 USD"), Money.of("22.22 USD")]
    assert [each.caps[1].max["agent"] for each in (early, late)] == [Money.of("55 USD")] * 2
    begun = remit.loads(TEXT.replace("- {USD: 0.92", "- {from: 2026-01-01, USD: 0.92"))
    with pytest.raises(RequestError, match="`two-shores` has no rates for 2025-12-31"):
        begun.decide(asking(currency="USD", occurred="2025-12-31"))


def test_the_text_of_a_decision_is_in_its_currency() -> None:
    decision = SHORES.decide(asking(asked={"credit": "31 USD"}, facts={"stay.id": "s-1", "stay.rate": "80 USD", "delay": 0}))
    assert "30 USD" in SHORES.text(decision)
    assert remit.Decision.from_json(decision.to_json()).currency == "USD"
    Draft7Validator(remit.schema("decision")).validate(decision.to_dict())


@trials(200)
@given(
    minor=st.integers(0, 10**12),
    worth=st.decimals("0.000001", "5000", places=6, allow_nan=False),
    codes=st.permutations(["EUR", "USD", "JPY", "KWD"]),
)
def test_a_maximum_in_another_currency_never_comes_to_more(minor: int, worth: Decimal, codes: list[str]) -> None:
    first, other = codes[:2]
    rates = Rates(None, {first: Decimal(1), other: worth})
    most = Money.from_minor(minor, first)
    there = rates.most(most, other)
    value = Fraction(there.amount) * Fraction(worth)
    assert value <= Fraction(most.amount) < value + Fraction(worth) / 10 ** minor_digits(other)


def test_what_is_wrong_in_all_is_told_once_and_what_is_wrong_in_one_says_in_which() -> None:
    _, problems = inspect_model(
        TEXT.replace("small, stay.rate", "smal, stay.rate").replace("USD: 30 USD", "USD: 30 USD + delay")
    )
    assert [(each.code, "(in USD)" in each.message or "USD" in each.message) for each in problems] == [
        ("types/money-and-number", True),
        ("names/unknown", False),
    ]


def test_a_request_that_was_checked_in_one_currency_is_decided_in_no_other() -> None:
    checked = SHORES.check(asking(asked={"credit": "5 EUR"}))
    for other in (
        SHORES.in_currency("USD"),
        SHORES.in_currency("USD").for_request(asking()),
        remit.load(remit.shipped("hotel-guest-recovery")),
    ):
        for _ in range(3):
            with pytest.raises(ValueError, match="was checked by another policy, or in another currency"):
                other.decide(checked)
    for same in (SHORES, SHORES.in_currency("EUR")):
        assert same.decide(SHORES.in_currency("EUR").check(asking(asked={"credit": "5 EUR"}))).currency == "EUR"


def test_names_that_are_currencies_are_names_where_the_policy_is_in_one() -> None:
    """Turkish lira, Lek and Tala are ISO codes, and TOP is a remedy of somebody."""
    text = (
        TEXT.partition("currencies:")[0]
        + """currency: EUR
ladder: [agent]
remedies:
  TOP: {type: money, title: Top}
rules:
  - {id: a, because: Any., may: {TOP: 5 EUR}}
guardrails:
  - {id: g, because: Any., then: {limit: {TOP: 3 EUR}}}
"""
    )
    for is_stored in (False, True):
        assert inspect_model(text, is_stored=is_stored)[1] == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("policy: two-shores", "policy: {EUR: one, USD: two, JPY: three}", "policy"),
        ("claim: {per: stay.id}", "claim: {per: {EUR: stay.id, USD: stay.id, JPY: stay.id}}", "per"),
        ("claim: {per: stay.id}", "claim: {EUR: {per: stay.id}, USD: {per: case}, JPY: {per: case}}", "claim"),
        ("id: all, per: stay.id", "id: all, per: stay.id, shared: {EUR: a, USD: b, JPY: c}", "shared"),
        ("caps:\n", "caps: {EUR: [], USD: [], JPY: []}\nevidence:\n", "caps"),
        ("ladder: [agent, lead]", "ladder: {EUR: [agent, lead], USD: [agent, lead], JPY: [agent]}", "ladder"),
    ],
)  # fmt: skip
def test_who_and_what_is_the_same_in_all_currencies(old: str, new: str, told: str) -> None:
    text = TEXT.partition("discretion:")[0].replace(old, new)
    if "evidence" in new:
        text = text.partition("evidence:")[0]
    assert text != TEXT
    _, problems = inspect_model(text)
    assert f"`{told}` is the same in all currencies" in [each.message for each in problems]


def test_a_policy_in_one_of_its_currencies_pickles_as_its_text() -> None:
    again = pickle.loads(pickle.dumps(SHORES))
    assert (again.currencies, again.digest) == (SHORES.currencies, SHORES.digest)
    for policy in (SHORES.in_currency("USD"), SHORES.for_request({"currency": "USD", "occurred": "2026-01-02"})):
        assert pickle.loads(pickle.dumps(policy)).model == policy.model
