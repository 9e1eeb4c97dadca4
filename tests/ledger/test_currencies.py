"""A ledger under a policy in several currencies: what is counted together is never more than its maximum, whatever the
currencies; a claim is paid once; and every record is decided again in its currency, at its rates."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import remit
from remit.errors import KeyConflict, LedgerCorrupt, NotPublished
from remit.language.values import Money
from support.golden import CASES
from support.trials import trials

TEXT = (CASES / "currencies" / "two-shores.yaml").read_text(encoding="utf-8")
SHORES = remit.loads(TEXT, "two-shores.yaml")
AGENT, LEAD = ({"id": f"e-{role}", "role": role} for role in ("agent", "lead"))
CODES = ("EUR", "USD", "JPY")
#: What one unit is in euros on the day of :func:`asking`.
WORTH = {"EUR": Fraction(1), "USD": Fraction("0.9"), "JPY": Fraction("0.0061")}
OWED = {"EUR": "250 EUR", "USD": "272 USD", "JPY": "41000 JPY"}


def asking(asked: dict[str, Any] | None = None, delay: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "employee": AGENT,
        "occurred": "2026-07-02",
        "facts": {"stay.id": "s-1", "delay": delay},
        "asked": asked or {},
        **more,
    }


def rated(asked: dict[str, Any], code: str) -> dict[str, Any]:
    """With a rate that holds nothing down."""
    most = {"EUR": "900 EUR", "USD": "900 USD", "JPY": "90000 JPY"}[code]
    return {**asked, "facts": {**asked["facts"], "stay.rate": most}}


def value(money: Any) -> Fraction:
    return Fraction(money.amount) * WORTH[money.currency]


#: A currency, a remedy, and how much in percent of what is left; more than that: what the rules give, and discretion on top.
GRANTS = st.tuples(st.sampled_from(CODES), st.sampled_from(["credit", "cash"]), st.sampled_from([100, 150, 150, 60]))
EACH = {"EUR": 1000, "USD": 1111, "JPY": 1639}


@trials(40)
@given(wanted=st.lists(GRANTS, min_size=4, max_size=12))
@example(wanted=[(code, "cash", 150) for code in CODES])
def test_what_is_counted_together_never_comes_to_more(wanted: list[tuple[str, str, int]]) -> None:
    given_: list[tuple[str, Any]] = []
    with remit.open_ledger(":memory:", repeat_within=timedelta(0)) as ledger:
        for code, remedy, percent in wanted:
            request = rated(asking(delay=3, currency=code), code)
            found = ledger.preview(SHORES, request).remedies[remedy]
            available, limit = found.available, found.limit
            assert isinstance(available, Money)
            assert isinstance(limit, Money)
            minor = available.minor * percent // 100 if percent <= 100 else limit.minor + EACH[code]
            if not minor:
                continue
            amount = Money.from_minor(minor, code)
            more = {"use_discretion": True, "story": "They had waited for hours."} if percent > 100 else {}
            entry = ledger.grant(SHORES, {**request, "asked": {remedy: amount}, **more})
            if entry.granted:
                given_.append((remedy, amount))
                _holds(ledger, given_)
        verified = ledger.verify(thorough=True, decide=True)
        assert verified.ok, verified.findings


def _holds(ledger: remit.Ledger, given_: list[tuple[str, Any]]) -> None:
    """In euros: the cap's 60, the discretion's 20, and of the claim no more than the most that it is in any currency."""
    decisions = [entry.decision for entry in ledger.records(kind="grant") if entry.decision is not None]
    charges = (each.charges.get("all") for each in decisions if each.outcome == "grant")
    counted = sum((value(each) for each in charges if isinstance(each, Money)), Fraction(0))
    freely = sum((value(each.discretion) for each in decisions if each.discretion is not None), Fraction(0))
    cash = sum((value(amount) for remedy, amount in given_ if remedy == "cash"), Fraction(0))
    assert counted <= 60
    assert freely <= 20
    assert cash <= max(value(Money.of(each)) for each in OWED.values()) + counted  # what is beyond the claim is goodwill


def test_a_claim_is_paid_once_whatever_the_currency(ledger: remit.Ledger) -> None:
    first = ledger.grant(SHORES, asking({"cash": "100 EUR"}, delay=3))
    assert first.decision is not None
    assert first.decision.still_owed == {"cash": Money.of("150 EUR")}
    left = {code: ledger.preview(SHORES, asking(delay=3, currency=code)).owed["cash"] for code in CODES}
    assert {code: str(each) for code, each in left.items()} == {"EUR": "150 EUR", "USD": "160.88 USD", "JPY": "24606 JPY"}
    assert ledger.grant(SHORES, asking({"cash": "160.88 USD"}, delay=3)).granted
    assert ledger.preview(SHORES, asking(delay=3, currency="JPY")).owed["cash"] == Money.of("870 JPY")
    again = ledger.grant(SHORES, asking({"cash": "272 USD"}, delay=3))
    assert not again.granted


def test_each_currency_has_its_own_balance_where_the_maximum_is_by_currency(ledger: remit.Ledger) -> None:
    for code, amount in (("EUR", "25 EUR"), ("USD", "30 USD")):
        assert ledger.grant(SHORES, rated(asking({"credit": amount}), code)).granted
    shown = {
        code: {name: str(each.left) for name, each in ledger.balances(SHORES, rated(asking(currency=code), code)).items()}
        for code in CODES
    }
    assert shown == {
        "EUR": {"all": "8 EUR", "apart": "25 EUR", "often": "7", "discretion": "20 EUR"},
        "USD": {"all": "8.88 USD", "apart": "25 USD", "often": "7", "discretion": "22.22 USD"},
        "JPY": {"all": "1311 JPY", "apart": "9000 JPY", "often": "7", "discretion": "3278 JPY"},
    }


def test_every_step_keeps_its_currency(ledger: remit.Ledger) -> None:
    lead = {"employee": LEAD}
    task = ledger.escalate(SHORES, rated(asking({"credit": "45 USD"}), "USD"))
    (waiting,) = ledger.tasks(role="lead")
    assert (waiting.entry.id, ledger.policy_of(task).model.currency) == (task.id, "USD")
    less = ledger.approve(task.id, **lead, asked={"credit": "40 USD"})
    assert (less.granted, less.decision and less.decision.currency) == (True, "USD")
    assert str(ledger.balances(SHORES, asking(currency="EUR"))["all"].used) == "36 EUR"
    ledger.void(less.id, **lead, reason="It was another guest", part={"credit": "10 USD"})
    assert str(ledger.balances(SHORES, asking(currency="EUR"))["all"].used) == "27 EUR"
    permitted = ledger.escalate(SHORES, rated(asking({"credit": "5000 JPY"}, key="k-1"), "JPY"))
    ledger.approve(
        permitted.id, **lead, give=False, until=datetime.fromisoformat(permitted.body["recorded"]) + timedelta(days=1)
    )
    assert ledger.grant(SHORES, rated(asking({"credit": "5000 JPY"}, key="k-1"), "JPY")).granted
    ledger.void(
        ledger.grant(SHORES, rated(asking({"credit": "5000 JPY"}, key="k-1"), "JPY")).id, **lead, reason="Another guest"
    )
    hold = ledger.hold(SHORES, rated(asking({"credit": "20 EUR"}), "EUR"), lasts=timedelta(hours=1))
    ledger.settle(hold.id, employee=AGENT, given={"credit": "5 EUR"})
    assert str(ledger.balances(SHORES, asking(currency="EUR"))["all"].used) == "32 EUR"
    declined = ledger.escalate(SHORES, rated(asking({"credit": "50 EUR"}), "EUR"))
    ledger.decline(declined.id, **lead, reason="They were given enough")
    assert all(ledger.redecide(entry.id).same for entry in ledger.records() if entry.decision is not None)
    assert ledger.verify(thorough=True, decide=True).ok


def test_a_key_is_bound_to_the_currency(ledger: remit.Ledger) -> None:
    asked = rated(asking({"credit": "10 EUR"}, key="k-1"), "EUR")
    given_ = ledger.grant(SHORES, asked)
    assert ledger.grant(SHORES, {**asked, "currency": "EUR"}).id == given_.id
    with pytest.raises(KeyConflict):
        ledger.grant(SHORES, rated(asking({"credit": "10 USD"}, key="k-1"), "USD"))


def test_a_record_of_a_currency_that_its_policy_does_not_have_is_named(tmp_path: Path) -> None:
    url = tmp_path / "desk.db"
    with remit.open_ledger(url) as ledger:
        entry = ledger.grant(SHORES, rated(asking({"credit": "10 USD"}), "USD"))
    with closing(sqlite3.connect(url)) as database, database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute('UPDATE record SET body = replace(body, \'"currency":"USD"\', \'"currency":"GBP"\')')
    with remit.open_ledger(url) as ledger:
        with pytest.raises(LedgerCorrupt, match="cannot be read as a record names it"):
            ledger.redecide(entry.id)
        assert not ledger.verify(thorough=True).ok


def test_new_rates_are_a_new_version(ledger: remit.Ledger) -> None:
    """What was given before counts at the rates of the request that asks."""
    assert ledger.grant(SHORES, rated(asking({"credit": "30 USD"}), "USD")).granted
    newer = remit.loads(TEXT.replace('version: "1"', 'version: "2"').replace("USD: 0.90", "USD: 1.10"), "two-shores.yaml")
    with pytest.raises(NotPublished):
        ledger.decide(newer, asking(currency="EUR"))
    ledger.publish(newer, by="author")
    used = {code: str(ledger.balances(newer, asking(currency=code))["all"].used) for code in CODES}
    assert used == {"EUR": "33 EUR", "USD": "30 USD", "JPY": "5410 JPY"}
    assert ledger.compare(newer) == []


def test_a_history_that_is_new_counts_what_was_given_in_every_currency(ledger: remit.Ledger) -> None:
    for code, amount in (("EUR", "10 EUR"), ("USD", "20 USD"), ("USD", "5 USD")):
        assert ledger.grant(SHORES, rated(asking({"credit": amount}), code)).granted
    more = """\
  so.often: {type: integer, history: {count: grants, per: stay.id, over: 90 days}}
  so.much: {type: money, history: {sum: credit, per: stay.id, over: 90 days}}
remedies:
"""
    newer = remit.loads(TEXT.replace('version: "1"', 'version: "2"').replace("remedies:\n", more), "two-shores.yaml")
    ledger.publish(newer, by="author")
    for code, expected in (("EUR", "32.5 EUR"), ("USD", "36.12 USD")):
        read = ledger.decide(newer, asking(currency=code)).read()["history"]
        assert (read["so.often"], str(Money.of(read["so.much"]))) == (3, str(Money.of(expected)))
    assert ledger.verify(thorough=True, decide=True).ok


def test_a_version_keeps_the_currencies_in_which_something_was_counted(ledger: remit.Ledger) -> None:
    """Otherwise a claim that was paid in one of them would be owed again."""
    assert ledger.grant(SHORES, asking({"cash": "272 USD"}, delay=3)).granted
    text = TEXT.replace('version: "1"', 'version: "2"')
    without = re.sub(r"USD: [0-9.]+(?: USD)?, ", "", text).replace("[EUR, USD, JPY]", "[EUR, JPY]")
    for fewer in (without, _in_euros(text)):
        with pytest.raises(NotPublished, match=r"is not in .*USD.*, in which version 1 was"):
            ledger.publish(remit.loads(fewer, "two-shores.yaml"), by="author")
    turned = (
        text.replace("[EUR, USD, JPY]", "[USD, EUR, JPY]").replace("USD: 0.92", "EUR: 1.08").replace("USD: 0.90", "EUR: 1.1")
    )
    turned = turned.replace("max: 60 EUR", "max: 60 USD").replace("each: 10 EUR, max: 20 EUR", "each: 10 USD, max: 20 USD")
    ledger.publish(remit.loads(turned, "two-shores.yaml"), by="author")


def _in_euros(text: str) -> str:
    plain = re.sub(r"\{EUR: ([0-9]+ EUR), [^}]*\}", r"\1", text)
    return re.sub(r"rates:\n(?:  - .*\n)+", "", plain).replace("currencies: [EUR, USD, JPY]", "currency: EUR")


def test_a_claim_is_shared_by_policies_in_the_same_currencies_alone(ledger: remit.Ledger) -> None:
    shared = TEXT.replace("claim: {per: stay.id}", "claim: {per: stay.id, shared: law}")
    ledger.publish(remit.loads(shared, "two-shores.yaml"), by="author")
    other = remit.loads(_in_euros(shared).replace("policy: two-shores", "policy: one-shore"), "one-shore.yaml")
    with pytest.raises(
        NotPublished, match=r"`one-shore` is in EUR, and `two-shores` is in EUR, JPY and USD: it could be paid twice"
    ):
        ledger.publish(other, by="author")


def test_a_policy_in_one_currency_of_several_goes_by_the_rates_of_the_day(ledger: remit.Ledger) -> None:
    dollars = SHORES.in_currency("USD")
    for day, most in (("2026-06-30", "65.21 USD"), ("2026-07-01", "66.66 USD")):
        request = rated({**asking({"credit": "1 USD"}), "occurred": day}, "USD")
        assert ledger.balances(dollars, request)["all"].max == Money.of(most)
        assert ledger.grant(dollars, request).granted
    assert ledger.verify(thorough=True, decide=True).ok


def test_a_cap_that_begins_or_ends_to_count_all_is_told(ledger: remit.Ledger) -> None:
    ledger.publish(SHORES, by="author")
    for old, new, told in (
        ("max: 60 EUR", "max: {EUR: 60 EUR, USD: 66 USD, JPY: 9000 JPY}", "what was given in others counts no more"),
        (
            "max: {EUR: 50 EUR, USD: 55 USD, JPY: 9000 JPY}",
            "max: 50 EUR",
            "counts money in EUR, JPY and USD, not only money in EUR",
        ),
    ):
        newer = remit.loads(TEXT.replace('version: "1"', 'version: "2"').replace(old, new), "two-shores.yaml")
        found = ledger.compare(newer)
        assert {each.code for each in found} == {"ledger/cap-measure"}
        assert told in found[0].message


def test_a_cap_that_counts_all_is_another_than_one_that_counts_each() -> None:
    """Two policies that share a cap count the same."""
    other = TEXT.replace("policy: two-shores", "policy: other").replace(
        "max: 60 EUR", "max: {EUR: 60 EUR, USD: 66 USD, JPY: 9000 JPY}"
    )
    mine, theirs = (remit.loads(each.replace("{id: all,", "{id: all, shared: budget,"), "p.yaml") for each in (TEXT, other))
    with remit.open_ledger(":memory:") as ledger:
        ledger.publish(mine, by="author")
        with pytest.raises(NotPublished, match=r"one counts money in EUR and the other money in EUR, JPY and USD$"):
            ledger.publish(theirs, by="author")


@pytest.mark.parametrize(("ceiling", "most"), [("9 EUR", "10 USD"), ("8 USD", "8 USD"), ("1000 JPY", "6.77 USD")])
def test_a_ceiling_in_another_currency_holds_at_its_rate(ceiling: str, most: str) -> None:
    row = {"role": "agent", "ceiling": [{"most": {"credit": ceiling}, "by": "e-9", "because": "New here"}]}
    with remit.open_ledger(":memory:", roster=lambda name: {**row, "id": name, "publishes": True}) as ledger:
        ledger.publish(SHORES, by="author")
        limit = ledger.decide(SHORES, rated(asking(currency="USD"), "USD")).decision
        assert limit is not None
        assert limit.limits["credit"] == Money.of(most)
        assert ledger.verify(thorough=True, decide=True).ok
