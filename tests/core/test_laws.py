"""The laws on the definition, where they are hard: at exact edges, with balances, and with facts that matter only together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from remit.language.values import Money
from remit.policy.loader import read_model
from remit.policy.model import REPEATS, Model
from support.plain_policy import ask, decide, policy, rule, size, written
from support.small_policy import LADDER, full_facts, policies, requests, text_of
from support.trials import trials

EVIDENCE = ["note", "report"]


@st.composite
def used(draw: Any, model: Model) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, unit in model.balances.items():
        amount = draw(st.integers(0, 45))
        if name not in (REPEATS, "discretion"):
            out[name] = amount if unit in ("grants", "units") else f"{amount}.{draw(st.sampled_from(['00', '50', '99']))} EUR"
    return out


# Law 6 and 10: offers, and who could


@trials(80)
@given(policies(), requests(full_facts()), st.data())
def test_every_offer_is_granted_now_exactly_as_stated_and_not_a_cent_more(
    small: dict[str, Any], request: dict[str, Any], data: Any
) -> None:
    model = read_model(text_of(small), "small.yaml")
    balances = data.draw(used(model))
    first = decide(model, request, balances=balances)
    alone = {**request, "evidence": EVIDENCE, "use_discretion": False}
    for offer in first.offers:
        assert size(offer.amount) > 0
        asked = {offer.remedy: written(offer.amount)}
        taken = {**alone, "asked": asked | dict.fromkeys(offer.beside, True)}
        on_file = [*request.get("evidence", ()), *offer.evidence]
        assert decide(model, {**taken, "evidence": on_file}, balances=balances).outcome == "grant", offer
        for each in offer.evidence:
            less = decide(model, {**taken, "evidence": [name for name in on_file if name != each]}, balances=balances)
            assert (less.outcome, less.missing.evidence) == ("ask", (each,))
        assert not offer.beside or decide(model, {**alone, "asked": asked}, balances=balances).outcome != "grant"
    assert len({offer.remedy for offer in first.offers}) == len(first.offers)
    offered = {offer.remedy for offer in first.offers if not offer.beside}
    for name, each in first.remedies.items():
        assert (size(each.available) > 0) == (name in offered)
        if model.remedies[name].kind != "exception":
            for step in (1, data.draw(st.integers(2, 20)), data.draw(st.integers(21, 6000))):
                more = size(each.available) + step
                asked = {name: written(Money.from_minor(more, "EUR") if name == "credit" else more)}
                assert decide(model, {**alone, "asked": asked}, balances=balances).outcome != "grant", (name, step)


@trials(80)
@given(policies(), requests(full_facts()), st.data())
def test_every_refusal_names_all_that_would_be_granted(small: dict[str, Any], request: dict[str, Any], data: Any) -> None:
    """Whoever asks for nothing learns the same of what there is as whoever is told no, and goes to somebody."""
    model = read_model(text_of(small), "small.yaml")
    balances = data.draw(used(model))
    no = decide(model, {**request, "evidence": EVIDENCE}, balances=balances)
    assume(no.asked and no.outcome in ("escalate", "deny"))
    idle = decide(model, {**request, "asked": {}, "evidence": EVIDENCE}, balances=balances)
    assert {(each.remedy, each.amount) for each in no.offers} == {(each.remedy, each.amount) for each in idle.offers}
    assert no.reasons
    assert no.outcome == "deny" or no.escalate_to


def test_an_offer_holds_where_a_guardrail_reads_what_is_asked() -> None:
    model = policy(
        rules=[rule(may={"credit": "50 EUR"})],
        guardrails=[{"id": "large", "when": "asked.credit > 30 EUR", "then": "escalate", "say": "That is much."}],
    )
    for offer in decide(model, ask({"credit": "60 EUR"})).offers:
        assert decide(model, ask({offer.remedy: written(offer.amount)})).outcome == "grant"
    assert decide(model, ask({})).offers[0].amount == Money.of("30 EUR")


@pytest.mark.parametrize(
    ("rules", "most"),
    [
        ([("true", "10 EUR + asked.credit / 2")], "20.01 EUR"),  # 20.005 EUR, rounded half up
        ([("true", "90 EUR"), ("asked.credit + 7 EUR > 97 EUR", "200 EUR")], "200 EUR"),
        ([("true", "20 EUR"), ("asked.credit * 2 - 7 EUR >= 97 EUR", "200 EUR")], "200 EUR"),
        ([("true", "20 EUR"), ("50 EUR <= asked.credit", "60 EUR")], "60 EUR"),
        ([("true", "20 EUR"), ("asked.credit in (50 EUR..60 EUR]", "100 EUR")], "60 EUR"),
    ],
)
def test_the_largest_is_found_where_what_may_be_given_depends_on_it(rules: list[tuple[str, str]], most: str) -> None:
    model = policy(
        rules=[{"id": f"r{n}", "because": "Good.", "when": when, "may": {"credit": may}} for n, (when, may) in enumerate(rules)]
    )
    largest = Money.of(most)
    for request in (ask({}), ask({"credit": "300 EUR"})):
        assert [offer.amount for offer in decide(model, request).offers] == [largest]
    assert decide(model, ask({"credit": most})).outcome == "grant"
    assert decide(model, ask({"credit": written(Money.from_minor(largest.minor + 1, "EUR"))})).outcome == "escalate"


def test_what_is_offered_without_an_end_is_granted() -> None:
    model = policy(rules=[rule(may={"credit": "asked.credit * 2"})])
    (offer,) = decide(model, ask({})).offers
    assert size(offer.amount) > 10**8
    assert decide(model, ask({"credit": written(offer.amount)})).outcome == "grant"


@trials(80)
@given(policies(), requests(full_facts()), st.data())
def test_nobody_is_sent_to_somebody_who_could_not_grant_it(small: dict[str, Any], request: dict[str, Any], data: Any) -> None:
    """With what is used of the caps that all share; an approver answers what another asked."""
    caps = [{**cap, "per": "tier"} for cap in small.get("caps", [])]
    model = read_model(text_of({**small, "caps": caps, "discretion": {}}), "small.yaml")
    balances = data.draw(used(model))
    no = decide(model, {**request, "evidence": EVIDENCE}, balances=balances)
    assume(no.outcome == "escalate" and no.asked and "employee.role" not in repr(small))
    own = request["employee"]["role"]
    could = []
    for role in LADDER[LADDER.index(own) + 1 :]:
        answers = {**request, "employee": {"id": "e-2", "role": role}, "evidence": EVIDENCE}
        if decide(model, answers, balances=balances, requester=own).outcome == "grant":
            could.append(role)
    assert no.approver == (could[0] if could else None)
    assert no.escalate_to == (no.approver or "owner:tests")


def test_an_approver_who_could_not_grant_it_is_skipped() -> None:
    """The senior's limit would do, but the cap has less left for a senior than for the manager."""
    cap = {"id": "c", "per": "a", "over": "lifetime", "max": {"clerk": "10 EUR", "senior": "40 EUR", "manager": "200 EUR"}}
    model = policy(rules=[rule(may={"credit": {"clerk": "5 EUR", "senior": "100 EUR"}})], caps=[cap])
    assert decide(model, ask({"credit": "40 EUR"})).approver == "senior"
    assert decide(model, ask({"credit": "40.01 EUR"})).approver == "manager"
    assert decide(model, ask({"credit": "40 EUR"}), balances={"c": "0.01 EUR"}).approver == "manager"
    owner = decide(model, ask({"credit": "100.01 EUR"}))
    assert (owner.outcome, owner.approver, owner.escalate_to) == ("escalate", None, "owner:tests")


# Law 3 and 8: caps to the cent


@pytest.mark.parametrize(("points", "outcome"), [(2, "grant"), (3, "escalate"), (4, "escalate")])
def test_half_a_cent_at_the_edge_of_a_cap_is_rounded_up(points: int, outcome: str) -> None:
    """One cent is left: 2 points at half a cent cost 1 cent, and 3 cost 1.5 cents, which count as 2."""
    cap = {"id": "c", "per": "a", "over": "lifetime", "max": "0.03 EUR"}
    model = policy(rules=[rule(may={"points": 100})], caps=[cap])
    decision = decide(model, ask({"points": points}), balances={"c": "0.02 EUR"})
    assert decision.outcome == outcome
    assert decision.remedies["points"].available == 2
    assert [offer.amount for offer in decision.offers] == [2]


@trials(60)
@given(st.integers(1, 2000), st.integers(0, 40), st.integers(0, 60))
def test_the_most_that_a_cap_leaves_costs_no_more_than_that(thousandths: int, left: int, asked: int) -> None:
    cost = f"{thousandths / 1000:g} EUR"  # a rate is written without zeros at its end
    remedies = {"points": {"type": "count", "title": "Points", "cost": cost}}
    cap = {"id": "c", "per": "a", "over": "lifetime", "max": "0.40 EUR"}
    model = policy(remedies=remedies, rules=[rule(may={"points": 50})], caps=[cap])
    decision = decide(model, ask({"points": asked}), balances={"c": f"0.{40 - left:02} EUR"})
    most = size(decision.remedies["points"].available)
    charge = [(2 * thousandths * points + 10) // 20 for points in range(52)]  # cents, rounded half up
    assert most == max(points for points in range(51) if charge[points] <= left)
    assert (decision.outcome == "grant") == (asked <= most) or not asked
    if decision.outcome == "grant" and asked:
        assert size(decision.charges.get("c", 0)) == charge[asked]


@pytest.mark.parametrize(("asked", "outcome"), [("7.50 EUR", "grant"), ("7.51 EUR", "escalate")])
def test_the_exact_edge_of_a_cap(asked: str, outcome: str) -> None:
    cap = {"id": "c", "per": "a", "over": "lifetime", "max": "20 EUR"}
    model = policy(rules=[rule(may={"credit": "50 EUR"})], caps=[cap])
    decision = decide(model, ask({"credit": asked}), balances={"c": "12.50 EUR"})
    assert decision.outcome == outcome
    assert decision.remedies["credit"].binding == "cap:c"
    assert decide(model, ask({"credit": "0.01 EUR"}), balances={"c": "20 EUR"}).outcome == "escalate"


def test_a_bundle_takes_all_its_parts_from_a_cap_together() -> None:
    cap = {"id": "c", "per": "a", "over": "lifetime", "max": "30 EUR"}
    model = policy(rules=[rule(may={"credit": "50 EUR", "upgrade": True, "points": 100})], caps=[cap])
    assert decide(model, ask({"credit": "10 EUR", "upgrade": True})).charges == {"c": Money.of("30.00 EUR")}
    assert decide(model, ask({"credit": "10.01 EUR", "upgrade": True})).outcome == "escalate"
    assert decide(model, ask({"credit": "10 EUR", "upgrade": True, "points": 1})).outcome == "escalate"  # half a cent is one


# Law 4: owed


@pytest.mark.parametrize("otherwise", ["escalate", "deny"])
def test_what_is_owed_under_a_general_deny(otherwise: str) -> None:
    """A guardrail for everything stops goodwill; only one that names the remedy stops what is owed."""
    rules = [rule(owed={"credit": "20 EUR"}, may={"credit": "50 EUR", "points": 10})]
    general = {"id": "g", "when": {"a": True}, "then": "deny", "say": "No."}
    model = policy(rules=rules, guardrails=[general], otherwise=otherwise)
    assert decide(model, ask({"credit": "20 EUR"})).outcome == "grant"
    more = decide(model, ask({"credit": "20.01 EUR"}))
    assert (more.outcome, more.limits["credit"], more.owed["credit"]) == ("deny", Money.of("20.00 EUR"), Money.of("20.00 EUR"))
    assert [(each.remedy, each.amount) for each in more.offers] == [("credit", Money.of("20.00 EUR"))]
    named = policy(rules=rules, guardrails=[{**general, "then": {"deny": ["credit"]}}], otherwise=otherwise)
    denied = decide(named, ask({"credit": "1 EUR"}))
    assert (denied.outcome, denied.limits["credit"], denied.owed["credit"]) == ("deny", *[Money.of("0.00 EUR")] * 2)
    assert decide(named, ask({"points": 10})).outcome == "grant"


def test_a_cap_that_is_used_up_leaves_what_is_owed() -> None:
    cap = {"id": "c", "per": "a", "over": "lifetime", "max": "5 EUR"}
    model = policy(rules=[rule(owed={"credit": "20 EUR"}, may={"credit": "50 EUR"})], caps=[cap])
    full = {"c": "5 EUR"}
    assert decide(model, ask({"credit": "20 EUR"}), balances=full).outcome == "grant"
    assert decide(model, ask({"credit": "20.01 EUR"}), balances=full).outcome == "escalate"
    assert decide(model, ask({"credit": "25 EUR"})).charges == {"c": Money.of("5.00 EUR")}
    assert decide(model, ask({"credit": "25.01 EUR"})).outcome == "escalate"


def test_what_can_only_be_given_together_is_offered_together() -> None:
    rules = [
        {**rule(when={"a": True}, may={"upgrade": True}), "id": "u"},
        {**rule(when="asked.upgrade", may={"credit": "50 EUR", "points": 5}), "id": "c"},
        {**rule(when={"b": False}, may={"points": 3}), "id": "p"},
    ]
    model = policy(rules=rules, otherwise="deny")
    for asked in ({"credit": "10 EUR"}, {}):
        offers = decide(model, ask(asked)).offers
        assert [(each.remedy, written(each.amount), each.beside) for each in offers] == [
            ("upgrade", True, ()),
            ("credit", "50 EUR", ("upgrade",)),
            ("points", 5, ("upgrade",)),
        ]
    assert decide(model, ask({"credit": "10 EUR"}, facts={"a": False, "b": True, "n": 1})).offers == ()
    alone = decide(model, ask({}, facts={"a": True, "b": False, "n": 1})).offers
    assert ("points", 3, ()) in [(each.remedy, written(each.amount), each.beside) for each in alone]


@pytest.mark.parametrize(
    ("when", "most"),
    [
        ("asked.credit > 30 EUR", "30 EUR"),
        ("asked.credit >= 30 EUR", "29.99 EUR"),
        ("asked.credit > 10 EUR * n", "10 EUR"),
        ("asked.credit * 2 > 30 EUR", "15 EUR"),
        ("asked.credit in [20 EUR..60 EUR]", "19.99 EUR"),
        ("asked.credit < 20 EUR", "50 EUR"),
        ("asked.credit + asked.points * 1 EUR <= 20 EUR", "50 EUR"),
        ("max(asked.credit, 10 EUR) <= 20 EUR", "50 EUR"),
        ("asked.credit > 0 EUR and asked.upgrade", "50 EUR"),
        ("asked.credit > 0 EUR", None),
    ],
)
def test_the_largest_amount_that_a_guardrail_lets_through_is_offered(when: str, most: str | None) -> None:
    stop = [{"id": "g", "when": when, "then": "deny", "say": "No."}]
    model = policy(rules=[rule(may={"credit": "50 EUR"})], guardrails=stop)
    for asked in ({}, {"credit": "60 EUR"}, {"credit": "25 EUR"}):
        offers = [written(each.amount) for each in decide(model, ask(asked)).offers]
        assert offers == ([] if most is None else [most])


def test_remedies_that_exclude_each_other_are_each_offered_alone() -> None:
    stop = [{"id": "g", "when": "asked.credit > 0 EUR and asked.points > 0", "then": "deny", "say": "One of the two."}]
    model = policy(rules=[rule(may={"credit": "50 EUR", "points": 9})], guardrails=stop)
    no = decide(model, ask({"credit": "5 EUR", "points": 5}))
    assert (no.outcome, [(each.remedy, written(each.amount)) for each in no.offers]) == (
        "deny",
        [("credit", "50 EUR"), ("points", 9)],
    )
