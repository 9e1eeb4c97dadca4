"""All operations in any order, against a model that is too simple to be wrong: a list of what was taken, and sums over it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

import remit
from remit.errors import KeyConflict, NotAllowed, NotFound, NotGranted
from remit.ledger import Entry
from support.desk import Clock, desk, request
from support.ledgers import new_ledger, quick_folder
from support.trials import scaled

ZONE = ZoneInfo("Europe/Amsterdam")
GUESTS = ("g-1", "g-2")
LIMIT = {"associate": 50, "supervisor": 200, "manager": 1000}
DAY = {"associate": 100, "supervisor": 500, "manager": 2000}
RANK = {role: rank for rank, role in enumerate(LIMIT)}
PEOPLE = {"e-1": "associate", "e-2": "associate", "s-1": "supervisor", "m-1": "manager"}

people = st.sampled_from(sorted(PEOPLE))
guests = st.sampled_from(GUESTS)
amounts = st.one_of(st.integers(1, 60), st.integers(1, 320))


@dataclass
class Taken:
    """Something that was granted, and how it stands."""

    guest: str
    employee: str
    at: datetime
    amount: int
    expires: datetime | None = None
    closed: bool = False
    gone: bool = False

    def counts(self, now: datetime) -> bool:
        """Whether it takes from any cap."""
        return not self.gone and not (self.expires is not None and not self.closed and self.expires <= now)


@dataclass
class Model:
    """The definition: balances are sums over a list."""

    taken: list[Taken] = field(default_factory=list)

    def balances(self, guest: str, employee: str, now: datetime) -> tuple[int, int, int]:
        """guest-money, guest-grants, desk-day."""
        live = [each for each in self.taken if each.counts(now)]
        today, here = now.astimezone(ZONE).date(), now.astimezone(ZONE)
        money = sum(each.amount for each in live if each.guest == guest and each.at > now - timedelta(days=90))
        grants = sum(each.guest == guest and _month(each.at) == (here.year, here.month) for each in live)
        day = sum(each.amount for each in live if each.employee == employee and each.at.astimezone(ZONE).date() == today)
        return money, grants, day

    def allows(self, guest: str, employee: str, amount: int, now: datetime) -> bool:
        """Whether this person may give this now."""
        role = PEOPLE[employee]
        money, grants, day = self.balances(guest, employee, now)
        return amount <= LIMIT[role] and money + amount <= 300 and grants < 4 and day + amount <= DAY[role]


def _month(moment: datetime) -> tuple[int, int]:
    here = moment.astimezone(ZONE)
    return here.year, here.month


class Machine(RuleBasedStateMachine):
    """The ledger and the model, side by side."""

    backend: ClassVar[str] = "sqlite"
    grants = Bundle("grants")
    holds = Bundle("holds")
    tasks = Bundle("tasks")
    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.folder = quick_folder()
        self.clock = Clock()
        self.ledger = new_ledger(self.backend, self.folder, clock=self.clock)
        self.model = Model()
        self.records = 0
        self.open_tasks: list[str] = []
        self.guest_of: dict[str, str] = {}
        self.erased: set[str] = set()
        self.bound: dict[tuple[str, str], tuple[Any, str | None]] = {}

    @property
    def now(self) -> datetime:
        """The time of the ledger."""
        return self.clock.now

    def note(self, entry: Entry) -> Entry:
        """One more record."""
        self.records = entry.seq
        return entry

    def asked(self, guest: str, employee: str, amount: int, **more: Any) -> dict[str, Any]:
        """A request with its evidence, so that only amounts and balances matter."""
        return request(f"{amount} EUR", guest, employee, PEOPLE[employee], evidence=["note"], **more)

    def expect(self, entry: Entry, guest: str, employee: str, amount: int, expires: datetime | None = None) -> Taken | None:
        """The ledger decided as the model does."""
        allowed = self.model.allows(guest, employee, amount, self.now)
        assert entry.granted == allowed, (entry.decision, self.model.balances(guest, employee, self.now))
        self.note(entry)
        if not allowed:
            return None
        taken = Taken(guest, employee, self.now, amount, expires)
        self.model.taken.append(taken)
        return taken

    @rule(minutes=st.one_of(st.integers(0, 90), st.integers(0, 200_000)))
    def time_passes(self, minutes: int) -> None:
        self.clock.go(minutes=minutes)

    @rule(target=grants, guest=guests, employee=people, amount=amounts)
    def grant(self, guest: str, employee: str, amount: int) -> Any:
        entry = self.ledger.grant(desk(), self.asked(guest, employee, amount))
        taken = self.expect(entry, guest, employee, amount)
        return (entry.id, taken) if taken else multiple()

    @rule(guest=guests, employee=people, amount=amounts, key=st.sampled_from(["key-1", "key-2", "key-3"]))
    def decide_under_a_key(self, guest: str, employee: str, amount: int, key: str) -> None:
        """It takes no notice of the key."""
        entry = self.note(self.ledger.decide(desk(), self.asked(guest, employee, amount, key=key)))
        assert not entry.repeated
        assert (entry.outcome == "grant") == self.model.allows(guest, employee, amount, self.now)

    @rule(
        guest=guests, employee=people, amount=amounts, key=st.sampled_from(["key-1", "key-2", "key-3"]), send_up=st.booleans()
    )
    def give_or_send_up_under_a_key(self, guest: str, employee: str, amount: int, key: str, send_up: bool) -> None:
        """The natural sequence, tried again and again under few keys: grant, and where it is refused escalate."""
        asked = self.asked(guest, employee, amount, key=key)
        if self.conflicts("grant", key, (guest, employee, amount), lambda: self.ledger.grant(desk(), asked)):
            return
        entry = self.ledger.grant(desk(), asked)
        self.once("grant", key, entry, lambda: self.expect(entry, guest, employee, amount))
        if not send_up or entry.granted:
            return
        if self.conflicts("escalate", key, (guest, employee, amount), lambda: self.ledger.escalate(desk(), asked)):
            return
        task = self.ledger.escalate(desk(), asked)
        self.once("escalate", key, task, lambda: self.opened(task, guest, employee, amount))

    def conflicts(self, operation: str, key: str, what: Any, call: Any) -> bool:
        """Whether the key is bound to something else, as the model says; and then the ledger says so too."""
        if self.bound.setdefault((operation, key), (what, None))[0] == what:
            return False
        with pytest.raises(KeyConflict):
            call()
        return True

    def once(self, operation: str, key: str, entry: Entry, first: Any) -> None:
        """The first record of a key is decided as the model says; after that it is given again."""
        what, record = self.bound[operation, key]
        assert entry.repeated == (record is not None)
        assert record in (None, entry.id)
        if record is None:
            self.bound[operation, key] = what, entry.id
            first()

    def opened(self, entry: Entry, guest: str, employee: str, amount: int) -> None:
        """A task, where the model would not allow it."""
        self.note(entry)
        assert (entry.kind == "escalate") == (not self.model.allows(guest, employee, amount, self.now))
        if entry.kind == "escalate":
            self.open_tasks.append(entry.id)
            self.guest_of[entry.id] = guest

    @rule(target=keys, guest=guests, employee=people, amount=amounts)
    def grant_with_a_key(self, guest: str, employee: str, amount: int) -> Any:
        key = f"own-{self.records}"
        entry = self.ledger.grant(desk(), self.asked(guest, employee, amount, key=key))
        self.expect(entry, guest, employee, amount)
        return key, guest, employee, amount, entry.id

    @rule(used=keys)
    def try_again_with_a_key(self, used: Any) -> None:
        key, guest, employee, amount, record = used
        again = self.ledger.grant(desk(), self.asked(guest, employee, amount, key=key))
        assert (again.id, again.repeated) == (record, True)
        with pytest.raises(KeyConflict):
            self.ledger.grant(desk(), self.asked(guest, employee, amount + 1, key=key))

    @rule(guest=guests, employee=people, amount=amounts)
    def decide(self, guest: str, employee: str, amount: int) -> None:
        entry = self.note(self.ledger.decide(desk(), self.asked(guest, employee, amount)))
        assert (entry.outcome == "grant") == self.model.allows(guest, employee, amount, self.now)

    @rule(target=holds, guest=guests, employee=people, amount=amounts, minutes=st.integers(1, 100))
    def hold(self, guest: str, employee: str, amount: int, minutes: int) -> Any:
        lasts = timedelta(minutes=minutes)
        entry = self.ledger.hold(desk(), self.asked(guest, employee, amount), lasts=lasts)
        taken = self.expect(entry, guest, employee, amount, self.now + lasts)
        return (entry.id, taken) if taken else multiple()

    def resolved(self, taken: Taken) -> bool:
        """Whether a hold can be resolved no more."""
        return taken.closed or taken.gone or (taken.expires is not None and taken.expires <= self.now)

    @rule(target=grants, hold=holds, part=st.integers(1, 400))
    def settle(self, hold: Any, part: int) -> Any:
        record, taken = hold
        given = None if part > taken.amount else {"credit": f"{part} EUR"}
        if self.resolved(taken):
            with pytest.raises(NotAllowed):
                self.ledger.settle(record, employee={"id": "e-1", "role": "associate"}, given=given)
            return multiple()
        self.note(self.ledger.settle(record, employee={"id": "e-1", "role": "associate"}, given=given))
        taken.closed, taken.amount = True, min(part, taken.amount)
        return record, taken

    @rule(hold=consumes(holds))
    def release(self, hold: Any) -> None:
        record, taken = hold
        if self.resolved(taken):
            with pytest.raises(NotAllowed):
                self.ledger.release(record, employee={"id": "e-1", "role": "associate"})
            return
        self.note(self.ledger.release(record, employee={"id": "e-1", "role": "associate"}, reason="No."))
        taken.gone = True

    @rule(grant=grants, employee=people)
    def void(self, grant: Any, employee: str) -> None:
        record, taken = grant
        who = {"id": employee, "role": PEOPLE[employee]}
        above = RANK[PEOPLE[employee]] > RANK[PEOPLE[taken.employee]]
        if taken.gone or not (employee == taken.employee or above):
            with pytest.raises(NotAllowed):
                self.ledger.void(record, employee=who, reason="No.")
            return
        self.note(self.ledger.void(record, employee=who, reason="No."))
        taken.gone = True

    @rule(target=tasks, guest=guests, employee=people, amount=amounts)
    def escalate(self, guest: str, employee: str, amount: int) -> Any:
        entry = self.ledger.escalate(desk(), self.asked(guest, employee, amount))
        self.opened(entry, guest, employee, amount)
        return (entry.id, guest, employee, amount) if entry.kind == "escalate" else multiple()

    @rule(target=grants, task=tasks, employee=people, less=st.integers(0, 100))
    def approve(self, task: Any, employee: str, less: int) -> Any:
        record, guest, requester, amount = task
        amount = max(1, amount - less)
        who = {"id": employee, "role": PEOPLE[employee]}
        asked = {"credit": f"{amount} EUR"}
        if record not in self.open_tasks or employee == requester or record in self.erased:
            with pytest.raises(NotAllowed):
                self.ledger.approve(record, employee=who, asked=asked)
            return multiple()
        if not self.model.allows(guest, employee, amount, self.now):
            with pytest.raises(NotGranted):
                self.ledger.approve(record, employee=who, asked=asked)  # which leaves no record
            return multiple()
        entry = self.ledger.approve(record, employee=who, asked=asked)
        taken = self.expect(entry, guest, employee, amount)
        self.open_tasks.remove(record)
        return entry.id, taken

    @rule(task=tasks)
    def decline(self, task: Any) -> None:
        record, _, requester, _ = task
        if record not in self.open_tasks or requester == "m-1":
            with pytest.raises(NotAllowed):
                self.ledger.decline(record, employee={"id": "m-1", "role": "manager"}, reason="No.")
            return
        self.note(self.ledger.decline(record, employee={"id": "m-1", "role": "manager"}, reason="No."))
        self.open_tasks.remove(record)

    @precondition(lambda self: self.records > 5)
    @rule(guest=guests)
    def erase(self, guest: str) -> None:
        try:
            self.note(self.ledger.erase("guest.id", guest))
        except NotFound:
            return
        self.erased |= {task for task, of in self.guest_of.items() if of == guest}

    @invariant()
    def balances_are_the_sums(self) -> None:
        for guest, employee in zip(GUESTS, ("e-1", "s-1"), strict=True):
            found = self.ledger.balances(desk(), self.asked(guest, employee, 1))
            used = found["guest-money"].used, found["guest-grants"].used, found["desk-day"].used
            money, grants, day = self.model.balances(guest, employee, self.now)
            assert used == (remit.Money.from_minor(100 * money, "EUR"), grants, remit.Money.from_minor(100 * day, "EUR"))

    @invariant()
    def tasks_are_those_that_wait(self) -> None:
        assert [task.id for task in self.ledger.tasks()] == self.open_tasks

    def teardown(self) -> None:
        found = self.ledger.verify(thorough=True)
        assert found.ok, found.findings
        for entry in self.ledger.records():
            if entry.decision is not None and not set(entry.body.get("apart", {})) - set(entry.opened):
                assert self.ledger.redecide(entry.id).same
        self.ledger.close()
        shutil.rmtree(self.folder)


@pytest.mark.slow
def test_any_sequence_of_operations_does_as_the_model_says(backend: str) -> None:
    machine = type("Machine", (Machine,), {"backend": backend})
    examples, steps = (scaled(48), 40) if backend == "sqlite" else (scaled(16), 30)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
