"""Notes about customers: on record, personal, never part of a decision, and gone when they are taken back or erased."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import remit
from remit.errors import KeyConflict, NotAllowed, RequestError
from remit.ledger import Entry
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.ledgers import new_ledger
from support.staff import staff, staffed
from support.trials import trials

ANN = {"id": "e-1", "role": "associate"}
BEN = {"id": "e-2", "role": "associate"}
QUIET = "likes a quiet room"


def notes(ledger: remit.Ledger, guest: str = "g-1") -> list[str]:
    found = ledger.customer(desk(), {"guest.id": guest})
    assert found is not None
    return [each.text for each in found.notes]


def note(ledger: remit.Ledger, text: str = QUIET, guest: str = "g-1", **more: Any) -> Entry:
    return ledger.note("guest.id", guest, text, **{"employee": ANN, **more})


def test_a_note_is_on_record_and_shown_with_its_customer(ledger: remit.Ledger, clock: Clock) -> None:
    entry = note(ledger, f"  {QUIET}\u00a0 ")
    assert (entry.kind, entry.employee, entry.granted, entry.decision) == ("note", "e-1", False, None)
    assert QUIET not in entry.text
    assert "g-1" not in entry.text
    assert (entry.facts(), entry.words("note")) == ({"guest.id": "(hidden)"}, "(hidden)")
    found = ledger.record(entry.id)
    assert (found.facts(reveal=True), found.words("note", reveal=True)) == ({"guest.id": "g-1"}, QUIET)
    assert found.to_dict(reveal=True)["note"] == QUIET
    clock.go(days=1)
    note(ledger, "speaks Dutch", " G-1", employee=BEN)
    who = ledger.customer(desk(), {"guest.id": "g-1"})
    assert who is not None
    assert [(each.text, each.by, each.number, each.day.day) for each in who.notes] == [
        ("speaks Dutch", "e-2", 2, 2),
        (QUIET, "e-1", 1, 1),
    ]
    assert (who.cases, who.count, who.first) == ((), 0, None)
    assert notes(ledger, "g-2") == []


def test_only_the_newest_are_shown(ledger: remit.Ledger) -> None:
    for number in range(8):
        note(ledger, f"note number {number}")
    assert notes(ledger) == [f"note number {number}" for number in (7, 6, 5, 4, 3)]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "a note says something in words"),
    ({"text": "..."}, "a note says something in words"),
    ({"text": None}, "a note says something in words"),
    ({"text": "two\nlines"}, r"a note has a character in it that cannot be seen \(U\+000A\)"),
    ({"text": "\x1b[31mred"}, r"cannot be seen \(U\+001B\)"),
    ({"text": "turned \u202e round"}, r"cannot be seen \(U\+202E\)"),
    ({"text": "half \ud800"}, r"cannot be seen \(U\+D800\)"),
    ({"text": "word " * 41}, "at most 200 characters, and this one has 204"),
    ({"value": ""}, "an id is empty here"),
    ({"value": "g\u200b-1"}, "an id has a character in it that cannot be seen"),
    ({"value": 7}, "`value` is the id of a customer, as text"),
    ({"fact": " "}, "`fact` is the name of a fact"),
]


@pytest.mark.parametrize(("changed", "told"), WRONG, ids=[told[:40] for _, told in WRONG])
def test_what_is_no_note(ledger: remit.Ledger, changed: dict[str, Any], told: str) -> None:
    with pytest.raises(RequestError, match=told):
        ledger.note(**{"fact": "guest.id", "value": "g-1", "text": QUIET, "employee": ANN} | changed)
    assert ledger.head().size == 0


def test_all_that_is_wrong_is_told_at_once(ledger: remit.Ledger) -> None:
    with pytest.raises(RequestError) as told:
        ledger.note("", "", "x" * 300 + "\n.", employee=ANN)
    assert [each.path for each in told.value.problems] == ["fact", "value", "text", "text"]


def test_the_longest_note(ledger: remit.Ledger) -> None:
    note(ledger, "é" * 200)
    assert notes(ledger) == ["é" * 200]


def test_a_note_that_nobody_would_see(ledger: remit.Ledger) -> None:
    ledger.publish(desk(), by="ana")
    with pytest.raises(RequestError, match=r"no policy of this ledger knows its customers by `guest.ids`") as told:
        ledger.note("guest.ids", "g-1", QUIET, employee=ANN)
    assert told.value.problems[0].hint == "did you mean `guest.id`?"


def test_with_its_key_it_counts_once(ledger: remit.Ledger) -> None:
    first = note(ledger, key="k")
    again = note(ledger, f"{QUIET} ", key="k")
    assert (again.id, again.repeated, notes(ledger)) == (first.id, True, [QUIET])
    with pytest.raises(KeyConflict):
        note(ledger, "something else", key="k")


# Never part of a decision

OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["decide", "grant", "escalate"]), st.integers(0, 1), st.integers(0, 130)), min_size=1, max_size=8
)


@trials(60)
@given(operations=OPERATIONS, between=st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_law_a_note_changes_no_decision(operations: list[tuple[str, int, int]], between: list[int]) -> None:
    options: dict[str, Any] = {"repeat_within": timedelta(minutes=10)}
    with (
        remit.open_ledger(":memory:", clock=Clock(), **options) as plain,
        remit.open_ledger(":memory:", clock=Clock(), **options) as noted,
    ):
        for number, (what, guest, euro) in enumerate(operations):
            for each in range(between[number]):
                entry = note(noted, f"note number {each}", f"g-{guest}")
                if each == 2:
                    noted.void(entry.id, employee=ANN, reason="Not so.")
            asked = request(f"{euro + 1} EUR", guest=f"g-{guest}")
            answers = [getattr(ledger, what)(desk(), asked) for ledger in (plain, noted)]
            assert answers[0].decision.to_dict() == answers[1].decision.to_dict()
            assert answers[0].body["read"] == answers[1].body["read"]
        balances = [ledger.balances(desk(), request()) for ledger in (plain, noted)]
        assert balances[0] == balances[1]
        assert noted.verify(thorough=True, decide=True).ok


# Taken back


@pytest.mark.parametrize("who", [ANN, {"id": " E-1", "role": "associate"}, SUPERVISOR, MANAGER], ids=lambda each: each["id"])
def test_who_wrote_a_note_may_take_it_back_and_who_is_above(ledger: remit.Ledger, who: dict[str, str]) -> None:
    ledger.publish(desk(), by="ana")
    entry, kept = note(ledger), note(ledger, "speaks Dutch")
    void = ledger.void(entry.id, employee=who, reason="It was somebody else.")
    assert (void.kind, void.of, void.body["erased"]) == ("void", entry.id, {"fact": "note", "records": [[2, 2]]})
    assert notes(ledger) == ["speaks Dutch"]
    assert ledger.record(entry.id).words("note", reveal=True) == "(erased)"
    assert ledger.record(kept.id).words("note", reveal=True) == "speaks Dutch"
    assert [each.kind for each in ledger.related(entry.id)] == ["note", "void"]
    with pytest.raises(NotAllowed, match=r"record \d+ was taken back already, with record \d+"):
        ledger.void(entry.id, employee=who, reason="Again.")


def test_nobody_else_may(ledger: remit.Ledger) -> None:
    ledger.publish(desk(), by="ana")
    entry = note(ledger, employee=SUPERVISOR)
    for who in (ANN, {"id": "s-2", "role": "supervisor"}, {"id": "x", "role": "stranger"}):
        with pytest.raises(NotAllowed, match=r"was written by s-1, a supervisor: they may take it back themselves"):
            ledger.void(entry.id, employee=who, reason="No.")
    with pytest.raises(NotAllowed, match="it is taken back as a whole"):
        ledger.void(entry.id, employee=SUPERVISOR, reason="No.", part={"credit": "1 EUR"})
    with pytest.raises(NotAllowed, match="a reason is required"):
        ledger.void(entry.id, employee=SUPERVISOR, reason=" ")
    assert notes(ledger) == [QUIET]


def test_with_a_roster(backend: str, tmp_path: Path, clock: Clock) -> None:
    ledger = staffed(new_ledger(backend, tmp_path, clock=clock))
    entry = note(ledger, employee={"id": "E-2"})
    assert entry.body["employee"] == {"id": "e-2", "role": "associate", "source": "roster"}
    assert entry.body["roster"] == staff().digest
    with pytest.raises(NotAllowed, match="e-77 is not on the roster"):
        note(ledger, employee={"id": "e-77", "role": "manager"})
    with pytest.raises(NotAllowed, match="e-2 is an associate on the roster"):
        note(ledger, employee={"id": "e-2", "role": "manager"})
    with pytest.raises(NotAllowed, match="may take it back themselves"):
        ledger.void(entry.id, employee={"id": "e-1"}, reason="No.")
    ledger.void(entry.id, employee={"id": "x-1"}, reason="They asked for it.")  # who may erase
    assert notes(ledger) == []
    assert ledger.verify(thorough=True).ok
    ledger.close()


def test_every_record_is_as_the_published_schema_says(ledger: remit.Ledger) -> None:
    validator = Draft202012Validator(remit.schema("record"))
    entry = note(ledger, key="k")
    records = entry, ledger.void(entry.id, employee=ANN, reason="Not so."), ledger.grant(desk(), request("10 EUR"))
    for each in records:
        assert [error.message for error in validator.iter_errors(each.body)] == []
    assert not validator.is_valid({**entry.body, "note": QUIET})  # in the open


# Erased


def contents(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_nothing_of_an_erased_customer_or_of_a_note_taken_back_is_left_in_the_files(tmp_path: Path) -> None:
    with remit.open_ledger(tmp_path / "remit.db", clock=Clock()) as ledger:
        for number in range(30):
            note(ledger, f"Xylophone-{number} player", "g-ada-5a1f")
            note(ledger, f"Harpsichord-{number} player", "g-bob-77aa")
        back = note(ledger, "Clavichord player", "g-ada-5a1f")
        assert b"Clavichord" in contents(tmp_path)
        ledger.void(back.id, employee=ANN, reason="She plays the Ondes-Martenot.")
        assert b"Clavichord" not in contents(tmp_path)
        ledger.erase("guest.id", "G-ADA-5a1f")
        left = contents(tmp_path)
        for gone in (b"Xylophone", b"g-ada-5a1f", b"Ondes-Martenot"):  # the words of who took one back, too
            assert gone not in left
        assert b"Harpsichord-29" in left
        assert notes(ledger, "g-ada-5a1f") == []
        assert len(notes(ledger, "g-bob-77aa")) == 5
        assert ledger.verify(thorough=True).ok


def test_a_note_that_only_the_log_has_is_none(ledger: remit.Ledger) -> None:
    entry = note(ledger)
    ledger.erase("guest.id", "g-1")
    assert notes(ledger) == []
    ledger.void(entry.id, employee=ANN, reason="Not so.")  # nothing is left to take back, and that does no harm
    assert note(ledger, "speaks Dutch").kind == "note"
    assert notes(ledger) == ["speaks Dutch"]
    assert [each.kind for each in ledger.records(kind="note")] == ["note", "note"]


def test_a_fact_that_is_in_the_open_elsewhere(ledger: remit.Ledger) -> None:
    """The id is personal in a note, whatever the policy says of the fact."""
    text = desk().model.text.replace("timezone:", "own_account: stay.id\ntimezone:")
    policy = remit.loads(text, "desk.yaml")
    ledger.grant(policy, request("10 EUR", facts={"stay.id": "s-1"}))
    ledger.note("stay.id", "s-1", QUIET, employee=ANN)
    found = ledger.customer(policy, {"stay.id": "s-1"})
    assert found is not None
    assert (found.count, [each.text for each in found.notes]) == (1, [QUIET])
    ledger.erase("stay.id", "s-1")
    found = ledger.customer(policy, {"stay.id": "s-1"})
    assert found is not None
    assert (found.count, found.notes) == (1, ())
