"""Who a customer is: their earlier cases with what was given in the end and what became of it, however long the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.ledger import Customer, CustomerCase
from remit.ledger.stores import opening
from remit.policy.model import Model
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.ledgers import new_ledger, place_of, postgres_server
from support.steps import steps
from support.trials import trials

HOUR = timedelta(hours=1)
ADA = {"guest.id": "g-ada"}


def customer(ledger: remit.Ledger, guest: str = "g-1", **more: Any) -> Customer:
    found = ledger.customer(desk(), {"guest.id": guest}, **more)
    assert found is not None
    return found


def told(case: CustomerCase) -> tuple[dict[str, str], str, str | None]:
    return {name: str(value) for name, value in case.given.items()}, case.became, case.by


# What became of a case


def given_alone(ledger: remit.Ledger) -> str:
    return ledger.grant(desk(), request("30 EUR", asked={"late": True})).id


def taken_back_in_part(ledger: remit.Ledger) -> None:
    ledger.void(given_alone(ledger), employee=MANAGER, reason="Too much.", part={"credit": "12.50 EUR"})


def taken_back(ledger: remit.Ledger) -> None:
    taken_back_in_part(ledger)
    ledger.void(next(ledger.records(kind="grant")).id, employee=MANAGER, reason="All of it.")


def held(ledger: remit.Ledger) -> str:
    return ledger.hold(desk(), request("30 EUR"), lasts=HOUR).id


def settled(ledger: remit.Ledger) -> None:
    ledger.settle(held(ledger), employee=SUPERVISOR, given={"credit": "20 EUR"})


def released(ledger: remit.Ledger) -> None:
    ledger.release(held(ledger), employee=SUPERVISOR)


def refused(ledger: remit.Ledger) -> None:
    assert not ledger.grant(desk(), request("30 EUR", facts={"level": 3})).granted


def waiting(ledger: remit.Ledger, **more: Any) -> str:
    return ledger.escalate(desk(), request("120 EUR", **more)).id


def approved(ledger: remit.Ledger) -> None:
    ledger.approve(waiting(ledger), employee=SUPERVISOR, asked={"credit": "100 EUR"})


def approved_and_taken_back(ledger: remit.Ledger) -> None:
    approved(ledger)
    ledger.void(next(ledger.records(kind="approve")).id, employee=MANAGER, reason="No.")


def declined(ledger: remit.Ledger) -> None:
    ledger.decline(waiting(ledger), employee=SUPERVISOR, reason="No.")


def permitted(ledger: remit.Ledger) -> None:
    until = ledger._core.time() + HOUR
    ledger.approve(waiting(ledger, key="k"), employee=SUPERVISOR, give=False, until=until)


def permitted_and_given(ledger: remit.Ledger) -> None:
    ledger.grant(desk(), request("120 EUR", key="k"))
    permitted(ledger)
    assert ledger.grant(desk(), request("120 EUR", key="k")).granted


def declined_by_the_employee(ledger: remit.Ledger) -> None:
    ledger.grant(desk(), request("30 EUR", facts={"level": 3}))
    ledger.decide(desk(), request(None, facts={"level": 3}), act="declined")


def handed_over(ledger: remit.Ledger) -> None:
    ledger.decide(desk(), request("10 EUR"), act="handed_over", to="supervisor")


CASES: list[tuple[Callable[[remit.Ledger], Any], dict[str, str], str, str]] = [
    (given_alone, {"credit": "30 EUR", "late": "True"}, "given", "e-1"),
    (taken_back_in_part, {"credit": "17.50 EUR", "late": "True"}, "given", "e-1"),
    (taken_back, {}, "taken back", "m-1"),
    (held, {}, "held", "e-1"),
    (settled, {"credit": "20 EUR"}, "given", "e-1"),
    (released, {}, "released", "s-1"),
    (refused, {}, "refused", "e-1"),
    (declined_by_the_employee, {}, "declined", "e-1"),
    (handed_over, {}, "handed over", "e-1"),
    (waiting, {}, "open", "e-1"),
    (approved, {"credit": "100 EUR"}, "approved", "s-1"),
    (approved_and_taken_back, {}, "taken back", "m-1"),
    (declined, {}, "declined", "s-1"),
    (permitted, {}, "permitted", "s-1"),
    (permitted_and_given, {"credit": "120 EUR"}, "approved", "s-1"),
]


@pytest.mark.parametrize(("happens", "left", "became", "by"), CASES, ids=[each[0].__name__ for each in CASES])
def test_what_became_of_a_case(
    ledger: remit.Ledger, happens: Callable[[remit.Ledger], Any], left: dict[str, str], became: str, by: str
) -> None:
    happens(ledger)
    found = customer(ledger)
    assert [told(each) for each in found.cases] == [(left, became, by)]
    assert (found.count, found.first) == (1, date(2026, 7, 1))
    assert ledger.customer(desk(), {"guest.id": "g-2"}) == Customer({"guest.id": "g-2"})


def test_questions_are_no_cases(ledger: remit.Ledger) -> None:
    ledger.decide(desk(), request(None))  # what may be given?
    ledger.decide(desk(), request("10 EUR"))  # it could be, and was not
    ledger.preview(desk(), request("900 EUR"))
    assert customer(ledger).cases == ()


def test_records_of_one_case_are_one(ledger: remit.Ledger, clock: Clock) -> None:
    assert not ledger.grant(desk(), request("120 EUR", case="C-1")).granted
    approved = ledger.approve(waiting(ledger, case=" c-1"), employee=SUPERVISOR)
    clock.go(days=1)
    ledger.grant(desk(), request("5 EUR", case="C-1"))
    assert not ledger.grant(desk(), request("130 EUR")).granted  # another, which names no case, and is sent up at once
    ledger.escalate(desk(), request("130 EUR"))
    clock.go(days=1)
    ledger.escalate(desk(), request("130 EUR"))  # and once more, as another
    found = customer(ledger)
    assert [told(each)[:2] for each in found.cases] == [({}, "open"), ({}, "open"), ({"credit": "125 EUR"}, "given")]
    assert (found.count, found.first, approved.granted) == (3, date(2026, 7, 1), True)
    now = ledger.customer(desk(), request(case="c-1 "))
    assert now is not None
    assert (len(now.cases), now.count, now.first) == (2, 2, date(2026, 7, 2))  # the case at hand is not an earlier one


def test_the_incident_is_told_but_nothing_personal(ledger: remit.Ledger) -> None:
    policy = remit.loads(
        "policy: p\ntitle: P\nversion: '1'\nowner: o\nladder: [clerk]\nown_account: customer.id\nfacts:\n"
        "  customer.id: {type: text, personal: true}\n  customer.tier: {type: choice, of: [gold, none]}\n"
        "  problem: {type: choice, of: [no_signal, wrong_bill]}\n  illness: {type: choice, of: [flu, cold], personal: true}\n"
        "  plan: {type: choice, of: [home, work], mask: true}\n  way: {type: choice, of: [mail, phone], default: phone}\n"
        "remedies: {month: {type: count, title: Free months, cost: 1 EUR}}\ncurrency: EUR\n"
        "rules: [{id: r, because: It is right., may: {month: 3}}]\n",
        "p.yaml",
    )
    facts = {"customer": {"id": "c-1", "tier": "gold"}, "problem": "no_signal", "illness": "flu", "plan": "work"}
    ledger.grant(policy, {"employee": {"id": "e", "role": "clerk"}, "asked": {"month": 2}, "facts": facts})
    found = ledger.customer(policy, facts)
    assert found is not None
    assert [(each.what, each.incident, each.policy) for each in found.cases] == [("2 free months", "no signal", "p")]
    assert "flu" not in str(found)


# The law: what was given is what the records say

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["grant", "hold", "settle", "release", "void", "part", "escalate", "approve", "decline"]),
        st.integers(0, 2),
        st.integers(1, 40),
    ),
    max_size=14,
)


class Tally:
    """A plain list of what every guest has, by the record that gave it."""

    def __init__(self, ledger: remit.Ledger) -> None:
        self.ledger = ledger
        self.had: dict[str, tuple[str, int]] = {}
        self.holds: list[tuple[str, str, int]] = []
        self.tasks: list[tuple[str, str, int]] = []

    def step(self, what: str, who: int, amount: int) -> None:
        guest, euro = f"g-{who}", f"{amount} EUR"
        if what == "grant":
            entry = self.ledger.grant(desk(), request(euro, guest=guest, employee=f"e-{amount}"))
            self._give(entry.granted, entry.id, guest, amount)
        elif what == "hold":
            entry = self.ledger.hold(desk(), request(euro, guest=guest, employee=f"e-{amount}"), lasts=HOUR)
            self.holds += [(entry.id, guest, amount)] if entry.granted else []
        elif what == "escalate":
            entry = self.ledger.escalate(desk(), request(f"{200 + amount} EUR", guest=guest))
            self.tasks += [(entry.id, guest, 200 + amount)] if entry.kind == "escalate" else []
        elif what in ("settle", "release") and self.holds:
            hold, guest, held = self.holds.pop(who % len(self.holds))
            if what == "release":
                self.ledger.release(hold, employee=MANAGER)
            else:
                self.ledger.settle(hold, employee=MANAGER, given={"credit": f"{min(amount, held)} EUR"})
                self._give(True, hold, guest, min(amount, held))
        elif what in ("approve", "decline") and self.tasks:
            task, guest, _ = self.tasks.pop(who % len(self.tasks))
            if what == "decline":
                self.ledger.decline(task, employee=MANAGER, reason="No.")
            else:
                less = {"credit": f"{amount} EUR"}
                self._give(True, self.ledger.approve(task, employee=MANAGER, asked=less).id, guest, amount)
        elif what in ("void", "part") and self.had:
            record = sorted(self.had)[amount % len(self.had)]
            guest, left = self.had[record]
            part = {"credit": f"{min(amount, left)} EUR"} if what == "part" else None
            self.ledger.void(record, employee=MANAGER, reason="No.", part=part)
            self.had[record] = guest, left - (min(amount, left) if part else left)
            if not self.had[record][1]:
                del self.had[record]

    def _give(self, granted: bool, record: str, guest: str, amount: int) -> None:
        if granted:
            self.had[record] = guest, amount

    def left(self, guest: str) -> int:
        return sum(amount for who, amount in self.had.values() if who == guest)


@trials(60)
@given(sequence=STEPS)
def test_law_what_was_given_is_what_the_records_say(sequence: list[tuple[str, int, int]]) -> None:
    with remit.open_ledger(":memory:", repeat_within=timedelta(0), clock=Clock()) as ledger:
        tally = Tally(ledger)
        for step in sequence:
            tally.step(*step)
        for guest in ("g-0", "g-1", "g-2"):
            found = customer(ledger, guest, last=50)
            net = sum(each.given["credit"].minor for each in found.cases if each.given)
            assert net == 100 * tally.left(guest)
            assert len(found.cases) == found.count
            assert sum(each.became == "open" for each in found.cases) == sum(who == guest for _, who, _ in tally.tasks)
        assert ledger.verify(thorough=True).ok
        assert all(ledger.redecide(each.id).same for each in ledger.records() if each.decision is not None)


# Which customer


def test_a_customer_is_known_under_any_spelling_and_policy(ledger: remit.Ledger) -> None:
    other = remit.loads(desk().model.text.replace("policy: desk", "policy: bar"), "bar.yaml")
    ledger.grant(desk(), request("30 EUR", guest=" G-7"))
    ledger.grant(other, request("20 EUR", guest="g-7"))
    for policy in (desk(), other, None):
        found = ledger.customer(policy, {"facts": {"guest": {"id": "G-7 "}}})
        assert found is not None
        assert [(each.policy, each.what) for each in found.cases] == [
            ("bar", "20 EUR folio credit"),
            ("desk", "30 EUR folio credit"),
        ]
        assert found.name == "G-7"


def test_a_customer_with_two_ids(ledger: remit.Ledger) -> None:
    text = desk().model.text.replace("timezone:", "own_account: [guest.id, stay.id]\ntimezone:")
    policy = remit.loads(text, "desk.yaml")
    assert policy.model.customer_facts == ("guest.id", "stay.id")
    ledger.grant(policy, request("10 EUR", facts={"stay.id": "s-1"}))
    ledger.grant(policy, request("20 EUR", guest="g-2", facts={"stay.id": "s-1"}))
    ledger.grant(policy, request("30 EUR", facts={"stay.id": "s-2"}))
    asked = [{"guest.id": "g-1", "stay.id": "s-1"}, {"stay.id": "s-1"}, {"guest.id": "g-1"}, {"guest.name": "Ada"}]
    found = [ledger.customer(policy, each) for each in asked]
    assert [each and (each.count, [case.number for case in each.cases]) for each in found] == [
        (3, [3, 2, 1]),
        (2, [2, 1]),
        (2, [3, 1]),
        None,
    ]


def test_a_policy_that_knows_no_customers(ledger: remit.Ledger) -> None:
    policy = remit.load(remit.shipped("uk-rail-delay-repay"))
    assert policy.model.customer_facts == ()
    assert ledger.customer(policy, {"ticket.id": "y"}) is None


def test_no_more_than_asked_for_and_all_are_counted(ledger: remit.Ledger, clock: Clock) -> None:
    policy = desk("\n  - {id: c, per: guest.id, over: lifetime, max: 900 grants}\n")
    for _ in range(60):
        ledger.grant(policy, request("1 EUR"))
        clock.go(hours=1)
    found = customer(ledger, last=3)
    assert ([each.number for each in found.cases], found.count, found.first) == ([60, 59, 58], 60, date(2026, 7, 1))
    assert len(customer(ledger, last=99).cases) == 50  # at most so many are read


def test_the_cost_does_not_grow_with_the_log(backend: str, tmp_path: Path, clock: Clock) -> None:
    policy = desk("\n  - {id: c, per: guest.id, over: lifetime, max: 900 grants}\n")
    with new_ledger(backend, tmp_path, clock=clock) as ledger:
        for _ in range(3):
            ledger.grant(policy, request("1 EUR"))
        customer(ledger)
        few = steps(lambda: customer(ledger))
        for number in range(200):
            ledger.grant(policy, request("1 EUR", guest=f"g-other-{number}"))
        assert steps(lambda: customer(ledger)) <= 1.05 * few
        with ledger._store.read() as session:
            if backend == "sqlite":
                plan = str(session.rows("EXPLAIN QUERY PLAN " + _rows_query(), (b"0" * 16, 5)))
                assert "SCAN" not in plan
                assert "USING PRIMARY KEY" in plan


def _rows_query() -> str:
    from remit.ledger.people import relationship

    return relationship._ROWS.format("DESC")


# Erased, copied, forged


def test_who_was_erased_has_no_earlier_cases(ledger: remit.Ledger, clock: Clock) -> None:
    for guest in ("g-ada", " G-Ada"):
        ledger.grant(desk(), request("10 EUR", guest=guest))
    ledger.grant(desk(), request("10 EUR", guest="g-bob"))
    ledger.erase("guest.id", "g-ada")  # under every spelling
    assert customer(ledger, "g-ada") == Customer(ADA)
    assert customer(ledger, "g-bob").count == 1
    clock.go(days=3)
    ledger.grant(desk(), request("10 EUR", guest="g-ada"))
    back = customer(ledger, "g-ada")
    assert ([each.number for each in back.cases], back.count, back.first) == ([5], 1, date(2026, 7, 4))


def test_many_cases_before_and_after_an_erasure(ledger: remit.Ledger, clock: Clock) -> None:
    policy = desk("\n  - {id: c, per: guest.id, over: lifetime, max: 900 grants}\n")
    for number in range(70):
        if number == 10:
            clock.go(days=1)
            ledger.erase("guest.id", "g-1")
        ledger.grant(policy, request("1 EUR"))
    found = customer(ledger)
    assert (len(found.cases), found.count, found.first) == (10, 60, date(2026, 7, 2))


def test_a_copy_knows_its_customers(ledger: remit.Ledger, tmp_path: Path) -> None:
    taken_back_in_part(ledger)
    ledger.note("guest.id", "g-1", "likes a quiet room", employee=MANAGER)
    gone = ledger.note("guest.id", "g-1", "likes the sea", employee=MANAGER)
    ledger.void(gone.id, employee=MANAGER, reason="Not so.")
    ledger.export(tmp_path / "all.jsonl", whole=True)
    ledger.backup(tmp_path / "copy.db")
    secret = ledger._core.secret
    with (
        remit.ledger.import_ledger(tmp_path / "all.jsonl", tmp_path / "again.db", secret=secret) as again,
        remit.open_ledger(tmp_path / "copy.db") as copy,
    ):
        assert customer(again) == customer(copy) == customer(ledger)
        assert again.verify(thorough=True).ok


def test_a_row_that_somebody_put_in_shows_nobody_elses_case(tmp_path: Path) -> None:
    import sqlite3

    with remit.open_ledger(tmp_path / "x.db", clock=Clock()) as ledger:
        mine = ledger.grant(desk(), request("10 EUR"))
        ledger.grant(desk(), request("20 EUR", guest="g-2"))
        series = next(each["series"] for each in mine.body["charges"] if each["name"] == "guest.id")
    connection = sqlite3.connect(tmp_path / "x.db")
    connection.execute("INSERT INTO charge SELECT ?, at + 1, 2, 2, 1, 2 FROM record WHERE seq = 2", (bytes.fromhex(series),))
    connection.commit()
    connection.close()
    with remit.open_ledger(tmp_path / "x.db", clock=Clock()) as ledger:
        assert [each.number for each in customer(ledger).cases] == [1]
        assert not ledger.verify(thorough=True).ok


# Ledgers from before


@pytest.fixture(params=[frozenset(("identity",)), frozenset(("claims", "identity"))], ids=["no claims", "claims"])
def before(request: pytest.FixtureRequest, backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Where a ledger is that knows nothing of customers, with the cases of this file and an erased guest."""
    place = place_of(backend, tmp_path)
    monkeypatch.setattr(opening, "RULES", request.param)
    monkeypatch.setattr(Model, "customer_facts", ())
    with remit.open_ledger(**place, repeat_within=timedelta(0), clock=Clock()) as ledger:
        ledger._to_bring = []
        _fill(ledger, remit.Policy(replace(desk().model)))
        assert not any(each["name"] == "guest.id" for entry in ledger.records() for each in entry.body.get("charges", ()))
    monkeypatch.undo()
    return place


def _fill(ledger: remit.Ledger, policy: remit.Policy) -> None:
    for guest in ("g-1", "g-1", "g-ada", " G-1", "g-2"):
        grant = ledger.grant(policy, _asked("20 EUR", guest))
    ledger.void(grant.id, employee=MANAGER, reason="No.")
    ledger.approve(ledger.escalate(policy, _asked("120 EUR", "g-1")).id, employee=SUPERVISOR)
    ledger.decide(policy, request(None))
    ledger.erase("guest.id", "g-ada")


def _asked(amount: str, guest: str) -> dict[str, Any]:
    return request(amount, guest=guest)


def test_the_cases_of_a_ledger_from_before_are_found(before: dict[str, Any]) -> None:
    with remit.open_ledger(**before, clock=Clock()) as ledger:
        found = customer(ledger)
        assert [told(each)[:2] for each in found.cases] == [
            ({"credit": "120 EUR"}, "approved"),
            *[({"credit": "20 EUR"}, "given")] * 3,
        ]
        assert told(customer(ledger, "g-2").cases[0]) == ({}, "taken back", "m-1")
        assert customer(ledger, "g-ada") == Customer(ADA)
        assert ledger.verify(thorough=True, decide=True).ok
        size = ledger.head().size
    with remit.open_ledger(**before, clock=Clock(), repeat_within=timedelta(0)) as ledger:
        assert customer(ledger).count == found.count
        assert ledger.head().size == size  # once
        ledger.void(next(ledger.records(kind="grant")).id, employee=MANAGER, reason="One from before.")
        assert ledger.grant(desk(), request("10 EUR", employee="e-9")).granted
        assert [told(each)[0] for each in customer(ledger).cases] == [
            {"credit": "10 EUR"},
            {"credit": "120 EUR"},
            *[{"credit": "20 EUR"}] * 2,
            {},
        ]


def test_a_ledger_that_was_brought_along_is_copied_whole_or_in_part(before: dict[str, Any], tmp_path: Path) -> None:
    with remit.open_ledger(**before, clock=Clock()) as ledger:
        found, secret = customer(ledger), ledger._core.secret
        ledger.export(tmp_path / "all.jsonl", whole=True)
        first = next(each.seq for each in ledger.records(kind="migrate"))
    for last in (None, first - 1, first):
        with remit.ledger.import_ledger(
            tmp_path / "all.jsonl", tmp_path / f"{last}.db", secret=secret, through=last, clock=Clock()
        ) as again:
            assert customer(again) == found
            assert again.verify(thorough=True).ok


def test_a_ledger_from_before_that_has_nobody(backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = place_of(backend, tmp_path)
    monkeypatch.setattr(opening, "RULES", frozenset(("claims", "identity")))
    remit.open_ledger(**place).close()
    monkeypatch.undo()
    with remit.open_ledger(**place, clock=Clock()) as ledger:
        ledger.grant(desk(), request("10 EUR"))
        assert [entry.kind for entry in ledger.records()] == ["grant"]
        ledger.export(tmp_path / "all.jsonl", whole=True)
        secret = ledger._core.secret
        assert ledger.verify(thorough=True).ok
    with remit.ledger.import_ledger(tmp_path / "all.jsonl", tmp_path / "a.db", secret=secret, clock=Clock()) as again:
        assert customer(again).count == 1
        assert again.verify(thorough=True).ok


def test_roles_that_were_made_before(before: dict[str, Any], tmp_path: Path) -> None:
    if "schema" not in before:
        with remit.open_ledger(**before) as file, pytest.raises(remit.errors.NotAllowed, match="is a file"):
            file.create_roles(writer="w", reader="r", eraser="e")
        return
    import psycopg

    schema = before["schema"]
    with remit.open_ledger(**before, clock=Clock()) as owner:
        owner._to_bring = []
        owner.create_roles(writer=f"{schema}_w", reader=f"{schema}_r", eraser=f"{schema}_e")
        secret = owner._core.secret
    with psycopg.connect(postgres_server().get_uri(), autocommit=True) as connection:
        for role in "wre":
            connection.execute(f"ALTER ROLE {schema}_{role} LOGIN")  # type: ignore[arg-type]
    options: dict[str, Any] = {"schema": schema, "clock": Clock(), "repeat_within": timedelta(0)}
    with remit.open_ledger(_as_role(f"{schema}_r"), secret=secret, **options) as reader:
        assert customer(reader).cases == ()  # nobody has written since
        with remit.open_ledger(_as_role(f"{schema}_w"), **options) as writer:
            note = writer.note("guest.id", "g-1", "likes a quiet room", employee=MANAGER)
            assert customer(writer) == customer(reader)
            assert customer(reader).count == 4
            assert [each.text for each in customer(reader).notes] == ["likes a quiet room"]
            writer.void(note.id, employee=MANAGER, reason="Not so.")
            assert customer(reader).notes == ()
            assert writer.record(note.id).words("note", reveal=True) == "likes a quiet room"  # it may not remove it
            second = writer.note("guest.id", "g-1", "likes the sea", employee=MANAGER)
        with remit.open_ledger(_as_role(f"{schema}_e"), **options) as eraser:
            eraser.void(second.id, employee=MANAGER, reason="Not so.")
            assert eraser.record(second.id).words("note", reveal=True) == "(erased)"
            eraser.erase("guest.id", "g-1")
            assert eraser.record(note.id).words("note", reveal=True) == "(erased)"
            assert customer(eraser) == Customer({"guest.id": "g-1"})
            assert eraser.verify(thorough=True).ok
    with remit.open_ledger(_as_role(f"{schema}_r"), **options) as blind, pytest.raises(remit.errors.LedgerUnavailable):
        customer(blind)


def _as_role(role: str) -> str:
    return str(postgres_server().get_uri()).replace("postgres:", f"{role}:", 1).replace("//postgres@", f"//{role}@", 1)
