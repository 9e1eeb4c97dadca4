"""What histories count, against an independent tally: every record of what was done, and sums over the list.

Half of what is done happens under a version of the policy that has none of the histories; then one is published that has all.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import remit
from remit.errors import NotAllowed
from remit.ledger import Entry
from remit.ledger.caps import past_counts
from remit.ledger.ledger_opening import import_ledger
from support.desk import Clock
from support.ledgers import new_ledger, quick_folder
from support.trials import trials

TEXT = """
policy: season
title: Season tickets
version: "{version}"
owner: claims
currency: EUR
ladder: [agent, boss]
facts:
  ticket.id:  {{type: text, personal: true}}
  trip.delay: {{type: integer, min: 0, max: 600}}
  trip.fare:  {{type: money, min: 0 EUR}}
{histories}
remedies:
  refund: {{type: money, title: Refund}}
  waiver: {{type: exception, title: No fee}}
rules:
  - {{id: goodwill, because: It is fair., may: {{refund: {{agent: 10 EUR, boss: 100 EUR}}, waiver: true}}}}
guardrails:
  - {{id: strike, when: "trip.delay = 60", then: deny, because: There was a strike., say: There was a strike.}}
"""
MONTH = timedelta(days=30)

#: Name -> type, what it counts, per, how far back.
HISTORIES: dict[str, tuple[str, str, str, timedelta | None]] = {
    "h.cases": ("integer", "count: cases", "ticket.id", MONTH),
    "h.everyone": ("integer", "count: cases", "employee.role", None),
    "h.waived": ("integer", "count: cases, of: waiver", "ticket.id", None),
    "h.minutes": ("integer", "sum: trip.delay", "ticket.id", MONTH),
    "h.all_minutes": ("integer", "sum: trip.delay", "ticket.id", None),
    "h.fares": ("money", "sum: trip.fare", "ticket.id", None),
    "h.requests": ("integer", "count: requests", "ticket.id", MONTH),
    "h.asked": ("integer", "count: requests, of: refund", "ticket.id", None),
    "h.denials": ("integer", "count: denials", "ticket.id", None),
    "h.escalations": ("integer", "count: escalations, of: refund", "ticket.id", MONTH),
    "h.grants": ("integer", "count: grants", "ticket.id", MONTH),
    "h.waivers": ("integer", "count: grants, of: waiver", "ticket.id", None),
    "h.refunded": ("money", "sum: refund", "ticket.id", MONTH),
    "h.voids": ("integer", "count: voids, of: refund", "ticket.id", None),
}


def season(version: str, *, histories: bool = True) -> remit.Policy:
    """The policy, with the histories or without."""
    lines = [
        f"  {name}: {{type: {kind}, history: {{{what}, per: {per}, over: {'lifetime' if over is None else '30 days'}}}}}"
        for name, (kind, what, per, over) in HISTORIES.items()
    ]
    return remit.loads(TEXT.format(version=version, histories="\n".join(lines) if histories else ""), "season.yaml")


BEFORE, AFTER = season("1", histories=False), season("2")


@dataclass
class Done:
    """One record of a decision, and what became of it."""

    at: datetime
    kind: str
    role: str
    ticket: str | None
    case: str | None
    delay: int | None
    fare: int | None
    asked: dict[str, int]
    denied: bool
    #: Whether it was recorded under a version that has the histories, or before there was one. Voids count all the same.
    counts: bool = True
    left: dict[str, int] = field(default_factory=dict)
    voids: list[tuple[datetime, set[str]]] = field(default_factory=list)


def _within(at: datetime, now: datetime, over: timedelta | None) -> bool:
    return over is None or at > now - over


@dataclass
class Tally:
    """The definition."""

    done: list[Done] = field(default_factory=list)

    def read(self, name: str, ticket: str | None, case: str | None, role: str, now: datetime) -> int | None:
        """What a history says; ``None`` where it cannot be known."""
        _, what, per, over = HISTORIES[name]
        key = ticket if per == "ticket.id" else role
        if key is None:
            return None
        same = [each for each in self.done if (each.ticket if per == "ticket.id" else each.role) == key]
        counted, _, remedy = what.partition(", of: ")
        if counted == "count: voids":
            return sum(remedy in taken and _within(at, now, over) for each in same for at, taken in each.voids)
        same = [each for each in same if each.counts]
        if counted in ("count: cases", "sum: trip.delay", "sum: trip.fare"):
            return None if case is None else self._cases(counted, remedy, same, case, now, over)
        same = [each for each in same if _within(each.at, now, over)]
        if counted == "sum: refund":
            return sum(each.left.get("refund", 0) for each in same)
        if counted == "count: grants":
            return sum(bool(each.left.get(remedy, 0) if remedy else any(each.left.values())) for each in same)
        test = {
            "count: requests": lambda each: each.kind != "approve",
            "count: denials": lambda each: each.denied,
            "count: escalations": lambda each: each.kind == "escalate",
        }[counted]
        return sum(bool(test(each)) and (not remedy or remedy in each.asked) for each in same)

    @staticmethod
    def _cases(what: str, remedy: str, same: list[Done], case: str, now: datetime, over: timedelta | None) -> int:
        stated: dict[str, tuple[datetime, int]] = {}
        for each in same:
            value = {"count: cases": 1, "sum: trip.delay": each.delay, "sum: trip.fare": each.fare}[what]
            if each.case is None or value is None or (remedy and remedy not in each.asked):
                continue
            since, before = stated.get(each.case.strip().lower(), (each.at, 0))
            stated[each.case.strip().lower()] = since if before else each.at, value
        del_own = case.strip().lower()
        return sum(value for name, (at, value) in stated.items() if name != del_own and _within(at, now, over))


steps = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["decide", "grant", "grant", "hold", "escalate", "escalate"]),
            st.fixed_dictionaries(
                {
                    "role": st.sampled_from(["agent", "boss"]),
                    "ticket": st.sampled_from(["T-1", " t-1", "T-2", None]),
                    "case": st.sampled_from(["c-1", "c-2", "C-2 ", "c-3", None]),
                    "delay": st.sampled_from([None, 0, 5, 15, 60]),
                    "fare": st.sampled_from([None, None, 0, 7]),
                    "asked": st.sampled_from([{"refund": 8}, {"refund": 40}, {"waiver": 1}, {"refund": 5, "waiver": 1}]),
                }
            ),
        ),
        st.tuples(st.sampled_from(["void", "part", "settle", "release", "approve", "wait"]), st.integers(0, 40)),
    ),
    max_size=14,
)


_FIRST: dict[str, Any] = {
    "role": "agent", "ticket": "T-1", "case": "c-4", "delay": 30, "fare": 2, "asked": {"waiver": 1},
}  # fmt: skip


#: Sent up before there were histories, and approved under that version when there are.
_SENT_UP: dict[str, Any] = {"role": "agent", "ticket": "T-1", "case": "c-1", "delay": 0, "fare": None, "asked": {"refund": 40}}
_OLD_TASK = [("escalate", _SENT_UP)], [("approve", 0), ("part", 0)]


class Desk:
    """A ledger and the tally, side by side."""

    def __init__(self, backend: str, folder: Path) -> None:
        self.clock, self.tally, self.policy = Clock(), Tally(), BEFORE
        self.ledger = new_ledger(backend, folder, clock=self.clock)
        self.given: list[tuple[Entry, Done]] = []
        self.tasks: list[tuple[Entry, Done]] = []

    def ask(self, how: str, role: str, ticket: Any, case: Any, delay: Any, fare: Any, asked: dict[str, int]) -> None:
        facts = {"ticket.id": ticket, "trip.delay": delay, "trip.fare": None if fare is None else f"{fare} EUR"}
        wanted = {name: f"{value} EUR" if name == "refund" else True for name, value in asked.items()}
        request = {"employee": {"id": f"e-{role}", "role": role}, "asked": wanted, "facts": facts, "case": case}
        more = {"lasts": timedelta(days=999)} if how == "hold" else {}
        entry = getattr(self.ledger, how)(self.policy, request, **more)
        ticket = None if ticket is None else ticket.strip().lower()
        if self.policy is AFTER:
            self.check(entry, ticket, case, role)
        done = Done(self.clock.now, entry.kind, role, ticket, case, delay, fare, asked, entry.outcome == "deny")
        self.tally.done.append(done)
        if entry.granted:
            done.left = dict(asked)
            self.given.append((entry, done))
        if entry.kind == "escalate":
            self.tasks.append((entry, done))

    def check(self, entry: Entry, ticket: str | None, case: str | None, role: str) -> None:
        """What was read is what the tally says."""
        for name, found in entry.read(reveal=True)["history"].items():
            expected = self.tally.read(name, ticket, case, role, self.clock.now)
            if expected is None:
                assert set(found) == {"missing"}, (name, found)
            else:
                assert found == (f"{expected}.00 EUR" if HISTORIES[name][0] == "money" else expected), name

    def follow(self, how: str, number: int) -> None:
        """Something happens to what was done before, if there is any."""
        boss = {"id": "e-chief", "role": "boss"}
        if how == "wait":
            self.clock.go(minutes=number * 24 * 60 + 1)
        elif how == "approve" and self.tasks:
            task, before = self.tasks.pop(number % len(self.tasks))
            try:
                entry = self.ledger.approve(task.id, employee=boss)
            except NotAllowed:
                return
            done = Done(
                self.clock.now, "approve", "boss", before.ticket, before.case, before.delay, before.fare, before.asked, False
            )
            done.counts = (
                task.body["policy"]["version"] == self.policy.model.version
            )  # a task is answered under its own version
            done.left = dict(before.asked)
            self.tally.done.append(done)
            self.given.append((entry, done))
        elif self.given:
            self._after(how, *self.given[number % len(self.given)], boss)

    def _after(self, how: str, entry: Entry, done: Done, boss: dict[str, Any]) -> None:
        part = {"refund": "3 EUR"}
        try:
            if how == "void":
                self.ledger.void(entry.id, employee=boss, reason="A slip.")
                done.voids.append((self.clock.now, set(done.asked)))
                done.left = {}
            elif how == "part":
                self.ledger.void(entry.id, employee=boss, reason="A slip.", part=part)
                done.voids.append((self.clock.now, {"refund"}))
                done.left["refund"] -= 3
            elif how == "settle":
                self.ledger.settle(entry.id, employee=boss, given=part)
                done.left = {"refund": 3}
            elif how == "release":
                self.ledger.release(entry.id, employee=boss)
                done.left = {}
        except NotAllowed:
            return  # it was settled, or taken back, before

    def go(self, some: list[Any]) -> None:
        for how, what in some:
            if isinstance(what, dict):
                self.ask(how, **what)
            else:
                self.follow(how, what)


@trials(60)
@given(steps, steps)
@example(*_OLD_TASK)
def test_histories_are_what_a_plain_tally_says(backend: str, before: list[Any], after: list[Any]) -> None:
    folder = quick_folder()
    desk = Desk(backend, folder)
    try:
        with desk.ledger as ledger:
            desk.go([("decide", _FIRST), *before])
            desk.clock.go(minutes=1)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(past_counts, "_MOST", 3)  # so that several records tell of it
                ledger.publish(AFTER, by="claims")
            desk.policy = AFTER
            desk.go([*after, ("decide", _FIRST), ("decide", {**_FIRST, "ticket": "T-2", "case": "c-9"})])
            assert ledger.verify(thorough=True).ok
    finally:
        shutil.rmtree(folder)


def _ask(ledger: remit.Ledger, how: str = "decide", **more: Any) -> Entry:
    facts = {"ticket.id": "T-1", "trip.delay": 15, **more.pop("facts", {})}
    request = {"employee": {"id": "e-1", "role": "agent"}, "asked": {"waiver": True}, "facts": facts, "case": "c-1", **more}
    return getattr(ledger, how)(more.pop("policy", AFTER), {name: each for name, each in request.items() if name != "policy"})


def _next(ledger: remit.Ledger, **more: Any) -> dict[str, Any]:
    """What the histories say to a case that is new."""
    return _ask(ledger, case="c-new", **more).read(reveal=True)["history"]


def test_a_case_that_asks_five_times_is_one_case(ledger: remit.Ledger) -> None:
    for _ in range(5):
        _ask(ledger)
    found = _next(ledger)
    assert (found["h.cases"], found["h.minutes"], found["h.requests"]) == (1, 15, 5)


def test_a_retry_with_the_same_key_counts_once(ledger: remit.Ledger) -> None:
    for _ in range(3):
        _ask(ledger, "grant", key="k-1")
    found = _next(ledger)
    assert (found["h.cases"], found["h.requests"], found["h.grants"]) == (1, 1, 1)


def test_the_latest_statement_of_a_case_counts(ledger: remit.Ledger) -> None:
    for delay in (15, 40, 5, None):
        _ask(ledger, facts={"trip.delay": delay})
    assert _next(ledger)["h.minutes"] == 5


def test_a_voided_grant_stays_a_case(ledger: remit.Ledger) -> None:
    entry = _ask(ledger, "grant")
    ledger.void(entry.id, employee={"id": "e-1", "role": "agent"}, reason="A slip.")
    found = _next(ledger)
    assert (found["h.cases"], found["h.minutes"], found["h.grants"]) == (1, 15, 0)


def test_what_was_erased_counts_and_cannot_be_read(ledger: remit.Ledger) -> None:
    _ask(ledger, "grant")
    ledger.erase("ticket.id", "T-1")
    assert ledger.verify(thorough=True).ok
    assert "T-1" not in "".join(entry.text for entry in ledger.records())
    assert _next(ledger)["h.minutes"] == 15


def test_without_a_case_it_is_asked_for(ledger: remit.Ledger) -> None:
    found = _next(ledger) | _ask(ledger, case=None).read(reveal=True)["history"]
    assert found["h.cases"] == found["h.minutes"] == {"missing": ["case"]}
    assert found["h.requests"] == 1


def _moved(ledger: remit.Ledger, tmp_path: Path) -> remit.Ledger:
    """A ledger made from a whole export."""
    path = tmp_path / "export.jsonl"
    ledger.export(path, whole=True)
    return import_ledger(path, tmp_path / "moved.db", secret=b"s" * 32)


def test_publishing_again_with_the_same_key_counts_nothing_twice(ledger: remit.Ledger) -> None:
    _ask(ledger, policy=BEFORE)
    first = ledger.publish(AFTER, by="claims", key="p-1")
    assert ledger.publish(AFTER, by="claims", key="p-1").id == first.id
    assert ledger.publish(AFTER, by="claims").id == first.id
    assert _next(ledger)["h.requests"] == 1
    assert ledger.verify(thorough=True).ok


def test_an_import_counts_the_same(backend: str, tmp_path: Path) -> None:
    with new_ledger(backend, tmp_path, secret=b"s" * 32) as ledger:
        first = _ask(ledger, "grant", policy=BEFORE)
        _ask(ledger, case="c-2", policy=BEFORE)
        ledger.publish(AFTER, by="claims")
        _ask(ledger, case="c-2", facts={"trip.delay": 90})
        with _moved(ledger, tmp_path) as moved:
            assert moved.verify(thorough=True).ok
            for each in (ledger, moved):
                each.void(first.id, employee={"id": "e-1", "role": "agent"}, reason="A slip.")
            assert _next(moved) == _next(ledger)
            assert _next(moved)["h.minutes"] == 105
            assert moved.verify(thorough=True).ok
            schema = json.loads((files("remit.ledger") / "record.schema.json").read_text())
            for each in moved.records():
                jsonschema.validate(each.body, schema)


@pytest.mark.parametrize("table", ["charge", "refund"])
def test_a_history_that_was_tampered_with_is_found(tmp_path: Path, table: str) -> None:
    path = tmp_path / "ledger.db"
    with remit.open_ledger(path) as ledger:
        _ask(ledger, policy=BEFORE)
        ledger.publish(AFTER, by="claims")
        _ask(ledger, facts={"trip.delay": 5})
    change = "UPDATE charge SET amount = amount + 1, running = running + 1 WHERE seq = 1 AND amount = 15"
    with closing(sqlite3.connect(path)) as database, database:
        trigger = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", (f"{table}_no_update",)).fetchone()[0]
        database.execute(f"DROP TRIGGER {table}_no_update")
        found = database.execute(change if table == "charge" else "UPDATE refund SET total = total - 1 WHERE total = 10")
        assert found.rowcount
        database.execute(trigger)
    with remit.open_ledger(path) as ledger:
        assert "balance" in {finding.kind for finding in ledger.verify(thorough=True).findings}


def test_the_steps_of_the_database_do_not_grow_with_the_log() -> None:
    """A case that corrects itself, among few cases of one customer and among many: counted in steps of SQLite's own machine."""
    taken = []
    for size in (20, 800):
        count = 0

        def step() -> int:
            nonlocal count
            count += 1
            return 0

        with remit.open_ledger(":memory:") as ledger:
            for number in range(size):
                _ask(ledger, case=f"c-{number % (size // 2)}", facts={"trip.delay": number % 599})
            ledger._store._writer.set_progress_handler(step, 1)  # type: ignore[attr-defined]
            _ask(ledger, case="c-5", facts={"trip.delay": 100})
            taken.append(count)
    assert taken[1] < 2 * taken[0]
