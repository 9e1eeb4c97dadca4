"""Caps of several policies that are one: what each gives counts for all, in whatever order and from however many processes."""

from __future__ import annotations

import random
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.errors import NotPublished
from support.crowd import Note, read_notes, run_crowd
from support.desk import Clock
from support.ledgers import new_ledger, place_of, quick_folder
from support.trials import trials

TEXT = """
policy: {name}
title: {name}
version: "{version}"
owner: claims
currency: {currency}
ladder: [agent]
facts:
  guest.id: {{type: text, personal: true}}
  stay.id:  {{type: text}}
remedies:
  {remedy}: {{type: money, title: Money back}}
rules:
  - {{id: goodwill, because: It is fair., may: {{{remedy}: 60 {currency}}}}}
caps:
  - {{id: {cap}, per: {per}, over: {over}, max: {most}, shared: guest-budget}}
"""
ROOMS: dict[str, Any] = {
    "name": "rooms", "version": "1", "currency": "EUR", "remedy": "credit", "cap": "guest", "per": "guest.id",
    "over": "90 days", "most": "100 EUR",
}  # fmt: skip
TABLE: dict[str, Any] = {**ROOMS, "name": "table", "remedy": "voucher", "cap": "diner"}


def policy(**parts: Any) -> remit.Policy:
    return remit.loads(TEXT.format(**parts), f"{parts['name']}.yaml")


POLICIES = {"rooms": (policy(**ROOMS), "credit", "guest"), "table": (policy(**TABLE), "voucher", "diner")}


def wanted(name: str, guest: str, amount: int, **more: Any) -> dict[str, Any]:
    asked = {POLICIES[name][1]: f"{amount} EUR"} if amount else {}
    return {"employee": {"id": "e-1", "role": "agent"}, "asked": asked, "facts": {"guest.id": guest}, **more}


def test_what_one_gives_the_other_offers_less_of(ledger: remit.Ledger) -> None:
    assert ledger.grant(POLICIES["rooms"][0], wanted("rooms", "g-1", 60)).granted
    balance = ledger.balances(POLICIES["table"][0], wanted("table", "g-1", 0))["diner"]
    assert (str(balance.used), str(balance.left)) == ("60 EUR", "40 EUR")
    entry = ledger.grant(POLICIES["table"][0], wanted("table", " G-1", 41))
    assert not entry.granted
    assert entry.decision is not None
    assert [str(offer.amount) for offer in entry.decision.offers] == ["40 EUR"]
    assert ledger.grant(POLICIES["table"][0], wanted("table", "g-1", 40)).granted
    assert ledger.balances(POLICIES["rooms"][0], wanted("rooms", "g-1", 0))["guest"].left == remit.Money.of("0 EUR")
    assert ledger.grant(POLICIES["rooms"][0], wanted("rooms", "g-2", 60)).granted
    assert ledger.verify(thorough=True).ok


actions = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(sorted(POLICIES)), st.sampled_from(["g-1", "g-2"]), st.integers(1, 60)),
        st.tuples(st.just("void"), st.just(""), st.integers(0, 20)),
        st.tuples(st.just("wait"), st.just(""), st.integers(1, 60)),
    ),
    max_size=25,
)


@trials(60)
@given(actions)
def test_a_plain_tally_says_the_same(backend: str, some: list[tuple[str, str, int]]) -> None:
    folder, clock = quick_folder(), Clock()
    given_so_far: list[dict[str, Any]] = []
    try:
        with new_ledger(backend, folder, clock=clock) as ledger:
            for what, guest, number in some:
                if what == "wait":
                    clock.go(days=number)
                elif what == "void" and given_so_far:
                    target = given_so_far.pop(number % len(given_so_far))
                    ledger.void(target["id"], employee={"id": "e-1", "role": "agent"}, reason="A slip.")
                elif what in POLICIES:
                    used = sum(
                        each["amount"]
                        for each in given_so_far
                        if each["guest"] == guest and each["at"] > clock.now - timedelta(days=90)
                    )
                    found, _, cap = POLICIES[what]
                    assert ledger.balances(found, wanted(what, guest, 0))[cap].used == remit.Money.of(f"{used} EUR")
                    entry = ledger.grant(found, wanted(what, guest, number))
                    assert entry.granted == (used + number <= 100)
                    if entry.granted:
                        given_so_far.append({"id": entry.id, "guest": guest, "at": clock.now, "amount": number})
            assert ledger.verify(thorough=True).ok
    finally:
        shutil.rmtree(folder)


def _spend(place: dict[str, Any], folder: Path, number: int) -> None:
    """One process: gives under both policies, as much as it gets."""
    note, dice = Note(folder / f"note-{number}"), random.Random(number)
    with remit.open_ledger(**place, timeout=120) as ledger:
        for index in range(30):
            name, guest, amount = dice.choice(sorted(POLICIES)), f"g-{dice.randrange(2)}", dice.randint(1, 7)
            entry = ledger.grant(POLICIES[name][0], wanted(name, guest, amount, key=f"{number}-{index}"))
            note(guest=guest, amount=amount, granted=entry.granted, id=entry.id)


def test_many_processes_never_overspend_it(backend: str) -> None:
    folder = quick_folder()
    try:
        place = place_of(backend, folder)
        remit.open_ledger(**place).close()
        run_crowd(_spend, 4, place, folder)
        spent: dict[str, int] = {}
        for each in read_notes(folder):
            spent[each["guest"]] = spent.get(each["guest"], 0) + each["amount"] * each["granted"]
        assert len(read_notes(folder)) == 120
        assert all(93 < total <= 100 for total in spent.values()), spent
        with remit.open_ledger(**place) as ledger:
            for name, (found, _, cap) in POLICIES.items():
                for guest, total in spent.items():
                    assert ledger.balances(found, wanted(name, guest, 0))[cap].used == remit.Money.of(f"{total} EUR")
            assert ledger.verify(thorough=True).ok
    finally:
        shutil.rmtree(folder)


DISAGREE = (
    ({"over": "30 days"}, "but one looks back over `30 days` and the other `90 days`"),
    ({"currency": "USD", "most": "100 USD"}, "but one counts money in USD and the other money in EUR"),
    ({"per": "stay.id"}, "but one is per `stay.id` and the other `guest.id`"),
    ({"most": "3 grants"}, "but one counts grants and the other money in EUR"),
)


@pytest.mark.parametrize(("change", "told"), DISAGREE)
def test_one_that_disagrees_is_not_published(ledger: remit.Ledger, change: dict[str, Any], told: str) -> None:
    ledger.publish(POLICIES["rooms"][0], by="claims")
    other = policy(**{**TABLE, **change})
    with pytest.raises(NotPublished) as error:
        ledger.publish(other, by="claims")
    assert str(error.value) == (
        "version 1 of `table` cannot be published in this ledger: "
        f"`diner` of `table` and `guest` of `rooms` are shared as `guest-budget`, {told}"
    )
    with pytest.raises(NotPublished):
        ledger.decide(other, wanted("table", "g-1", 0))


@pytest.mark.parametrize(("change", "told"), DISAGREE)
def test_a_folder_in_which_they_disagree_is_no_set(tmp_path: Path, change: dict[str, Any], told: str) -> None:
    (tmp_path / "rooms.yaml").write_text(TEXT.format(**ROOMS))
    (tmp_path / "table.yaml").write_text(TEXT.format(**{**TABLE, **change}))
    with pytest.raises(remit.PolicyError) as error:
        remit.load_folder(tmp_path)
    (problem,) = error.value.problems
    assert (problem.code, told in problem.message, problem.place and problem.place.line) == ("policy/shared-cap", True, 16)


def test_maxima_may_differ(ledger: remit.Ledger) -> None:
    """Each policy holds its own."""
    strict = policy(**{**TABLE, "most": "50 EUR"})
    assert ledger.grant(POLICIES["rooms"][0], wanted("rooms", "g-1", 45)).granted
    assert not ledger.grant(strict, wanted("table", "g-1", 6)).granted
    assert ledger.grant(strict, wanted("table", "g-1", 5)).granted


def test_a_cap_that_becomes_shared_starts_from_nothing(ledger: remit.Ledger) -> None:
    own = remit.loads(TEXT.format(**ROOMS).replace(", shared: guest-budget", ""), "rooms.yaml")
    ledger.publish(own, by="claims")
    (problem,) = ledger.compare(policy(**{**ROOMS, "version": "2"}))
    assert problem.code == "ledger/cap-key"
    assert problem.message == (
        "cap `guest` is shared as `guest-budget`, and was not shared in version 1: what was used so far is not counted"
    )


def test_a_policy_shares_a_name_once() -> None:
    text = TEXT.format(**ROOMS) + "  - {id: other, per: guest.id, over: 90 days, max: 9 EUR, shared: guest-budget}\n"
    with pytest.raises(remit.PolicyError) as error:
        remit.loads(text, "rooms.yaml")
    (problem,) = error.value.problems
    assert problem.code == "policy/shared-cap"
