"""What only the evaluator works out: little is left to it, promises that read it are proved and refuted all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from remit.authoring.proving.meaning import Meaning
from remit.authoring.proving.prover import Prover
from remit.authoring.proving.statements.promised import promises
from remit.core.lowering.opaque import Item, Native, Opaque
from remit.core.term import Term, every_term
from remit.deciding.loading import load, loads
from remit.language.nodes import names_in
from remit.policy.model import Model
from remit.policy.shipped import shipped_policies

SHIPPED = dict(sorted(shipped_policies().items()))

#: All that a proof about what may be given, and about promises, leaves to the evaluator or to a calendar.
LEFT = {
    "canada-air-passenger-rights": {"months"},
    "uk-air-passenger-rights": {"months"},
    "uk-energy-guaranteed-standards": {"working days, england"},
    "uk-parcel-claims": {"working days, england"},
    "uk-rail-delay-repay": {"amount of one_journey, share, within a bracket"},
    "uk-telecom-automatic-compensation": {"add working days, england"},
    "uk-water-guaranteed-standards": {"months"},
    "us-telecom-service-credit": {"amount of outage_worth, within a bracket"},
}


def left(model: Model) -> set[str]:
    meaning, found = Meaning(model), set[str]()
    bracketed = set[Term]()
    calls = [each for each in _terms(meaning) if each.kind == "call"]
    for call in calls:
        if isinstance(call.value, Item) and len(call.args) > 1:
            bracketed.add(call.args[0])
    for call in calls:
        match call.value:
            case Opaque(kind=kind, node=node):
                within = ", within a bracket" if call in bracketed else ""
                found.add(f"{kind} of {', '.join(sorted(names_in(node)))}{within}")
            case Native(kind=kind, calendar=calendar):
                found.add(f"{kind}, {calendar}" if calendar else kind)
            case Item():
                assert call.args[0] in calls
            case _:
                found.add(str(call.value))
    return found


def _terms(meaning: Meaning) -> Iterator[Term]:
    """All terms of limits, of what is owed, and of promises."""
    model, roots = meaning.model, list[Term]()
    for rank in range(len(model.ladder)):
        for remedy in model.remedies:
            authority = meaning.authority(rank, remedy)
            roots += map(meaning.terms.const, (authority.limit, authority.claim))
    for promise in model.promises:
        roots.append(meaning.promise(promise))
    return every_term(*roots)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_left_to_the_evaluator(name: str) -> None:
    assert left(load(SHIPPED[name]).model) == LEFT.get(name, set())


@pytest.mark.parametrize("name", SHIPPED)
def test_every_promise_of_a_shipped_policy_is_proved(name: str) -> None:
    results = [each() for each in promises(Prover(load(SHIPPED[name]).model, 20))]
    assert [each for each in results if each.verdict != "proved" or each.told] == []


POLICY = """
policy: small
title: Small
version: "1"
owner: us
currency: EUR
rounding: {rounding}
ladder: [clerk]
facts:
  price: {{type: money, min: 0 EUR, max: 1000 EUR}}
  days: {{type: integer, min: 0, max: 30}}
  bought: {{type: date, min: 2026-02-01, max: 2026-11-30}}
  sent: {{type: date, min: 2026-02-01, max: 2026-11-30}}
calendars:
  office: {{from: 2026-01-01, to: 2026-12-31, holidays: [2026-05-01, 2026-12-25]}}
remedies:
  credit: {{type: money, title: Credit}}
  points: {{type: count, title: Points}}
rules:
  - {{id: some, because: Yes., may: {{credit: '{formula}', points: days}}}}
promises:
  - {{id: it, always: '{promise}'}}
"""
_MONTH = "if sent <= bought + 1 month then 5 EUR else 0 EUR"
PROVED = {
    "a quotient without an end, times something": ("price / 464 * 50%", "limit.credit.clerk <= price", "up"),
    "reckoned back": ("price / 3 * 3", "limit.credit.clerk <= price", "half up"),
    "never more than a unit more": ("price / 3 * 3", "limit.credit.clerk <= price + 0.01 EUR", "up"),
    "a rounded part": ("round half up(price / 3 * 2, 2) * days", "limit.credit.clerk <= price * 20.1 + 1 EUR", "half up"),
    "a condition that is near": ("if price / 3 * 3 < price - 1 EUR then 1 EUR else 2 EUR", "limit.credit.clerk = 2 EUR", "up"),
    "what the promise reads": ("price", "floor(sqrt(limit.points.clerk)) <= 5", "up"),
    "a promise within a cent": ("price", "limit.credit.clerk / 3 * 3 <= price + 1 EUR", "up"),
    "rounded half up": ("round half up(price * 25%, 0)", "limit.credit.clerk <= price * 25% + 0.50 EUR", "half up"),
    "left of a division": ("modulo(days, 7) * 1 EUR", "limit.credit.clerk < 7 EUR", "half up"),
    "working days": (
        'max(0, working days between(bought, sent, "office")) * 1 EUR',
        "sent > bought or limit.credit.clerk = 0 EUR",
        "half up",
    ),
    "ten working days": (
        'if sent <= add working days(bought, 10, "office") then 5 EUR else 0 EUR',
        "limit.credit.clerk = 0 EUR or sent <= bought + 17 days",
        "half up",
    ),
    "months": (
        _MONTH,
        "limit.credit.clerk = 0 EUR or sent <= bought + 31 days",
        "up",
    ),
}
REFUTED = {
    "a unit above": ("price / 3 * 3", "limit.credit.clerk <= price", "up"),
    "a unit below": ("price / 3 * 3", "limit.credit.clerk >= price", "down"),
    "only where it was cut off": ("if price / 3 * 3 < price then 1 EUR else 2 EUR", "limit.credit.clerk = 2 EUR", "down"),
    "too little promised": ("price / 464 * 50%", "limit.credit.clerk <= price / 929", "down"),
    "what the promise reads": ("price", "floor(sqrt(limit.points.clerk)) <= 4", "up"),
    "rounded half up": ("round half up(price * 25%, 0)", "limit.credit.clerk < price * 25% + 0.50 EUR", "half up"),
    "ten working days": (
        'if sent <= add working days(bought, 10, "office") then 5 EUR else 0 EUR',
        "limit.credit.clerk = 0 EUR or sent <= bought + 12 days",
        "half up",
    ),
    "months": (
        _MONTH,
        "limit.credit.clerk = 0 EUR or sent <= bought + 30 days",
        "up",
    ),
}


def verdict(formula: str, promise: str, rounding: str) -> str:
    policy = loads(POLICY.format(formula=formula, promise=promise, rounding=rounding), "small.yaml")
    (only,) = (each() for each in promises(Prover(policy.model, 30)))
    return only.verdict


@pytest.mark.parametrize("case", PROVED.values(), ids=PROVED)
def test_what_holds_is_proved(case: tuple[str, str, str]) -> None:
    assert verdict(*case) == "proved"


@pytest.mark.parametrize("case", REFUTED.values(), ids=REFUTED)
def test_what_does_not_hold_is_refuted(case: tuple[str, str, str]) -> None:
    assert verdict(*case) == "refuted"


def test_the_credit_for_an_outage_is_bounded() -> None:
    """By what the days are worth: though only the evaluator works it out to the last digit."""
    text = Path(SHIPPED["us-telecom-service-credit"]).read_text(encoding="utf-8").partition("\npromises:")[0]
    bound = "limit.outage_credit.supervisor <= max(5 USD, service.monthly / 30 * outage.days) + 0.01 USD"
    holds = loads(f"{text}\npromises: [{{id: it, always: '{bound}'}}]\n", "holds.yaml")
    broken = loads(
        f"{text}\npromises: [{{id: it, always: 'limit.outage_credit.supervisor <= 5 USD'}}]\n",
        "broken.yaml",
    )
    found = [each().verdict for policy in (holds, broken) for each in promises(Prover(policy.model, 30))]
    assert found == ["proved", "refuted"]
