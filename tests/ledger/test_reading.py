"""Records as they are read: by id, by what they have in common, from both ends, as they come; and decided again."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

import remit
from remit.errors import NotAllowed, NotFound
from remit.ledger import Entry
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request


@pytest.fixture
def filled(ledger: remit.Ledger, clock: Clock) -> remit.Ledger:
    """A record of every kind, an hour apart."""

    def later(entry: Entry) -> Entry:
        clock.go(hours=1)
        return entry

    later(ledger.decide(desk(), request("5 EUR", case="c-1")))
    grant = later(ledger.grant(desk(), request("50 EUR", case="c-1", key="k", facts={"guest.phone": "0800"})))
    later(ledger.void(grant.id, employee=MANAGER, reason="Wrong guest."))
    hold = later(ledger.hold(desk(), request("20 EUR", guest="g-2", employee="e-2"), lasts=timedelta(days=1)))
    later(ledger.settle(hold.id, employee={"id": "e-2", "role": "associate"}, given={"credit": "10 EUR"}))
    other = later(ledger.hold(desk(), request("20 EUR", guest="g-2"), lasts=timedelta(days=1)))
    later(ledger.release(other.id, employee=MANAGER, reason="Not needed."))
    later(ledger.hold(desk(), request("20 EUR", guest="g-2"), lasts=timedelta(minutes=1)))
    ledger.publish(desk(version="2"), by="ana")
    later(ledger.grant(desk(version="2"), request("5 EUR", guest=None)))
    first = later(ledger.escalate(desk(), request("120 EUR", story="A long story.")))
    later(ledger.approve(first.id, employee=SUPERVISOR))
    second = later(ledger.escalate(desk(), request("120 EUR", case="c-2")))
    later(ledger.decline(second.id, employee=SUPERVISOR, reason="No."))
    ledger.erase("guest.id", "g-2", employee=MANAGER)
    return ledger


def kinds(ledger: remit.Ledger, **wanted: object) -> list[str]:
    return [entry.kind for entry in ledger.records(**wanted)]  # type: ignore[arg-type]


ALL = ["decide", "grant", "void", "hold", "settle", "hold", "release", "hold", "release", "publish", "decide"]
ALL += ["escalate", "approve", "escalate", "decline", "erase"]


def test_records_come_in_order_and_from_both_ends(filled: remit.Ledger) -> None:
    assert kinds(filled) == ALL
    assert kinds(filled, newest_first=True) == ALL[::-1]
    assert kinds(filled, limit=3) == ALL[:3]
    assert kinds(filled, newest_first=True, limit=2) == ["erase", "decline"]
    assert kinds(filled, after=12) == ALL[12:]
    assert kinds(filled, limit=0) == []
    entries = list(filled.records())
    assert [entry.seq for entry in entries] == list(range(1, 17))
    assert sorted(entry.id for entry in entries) == [entry.id for entry in entries]


def test_records_are_found_by_what_they_have_in_common(filled: remit.Ledger) -> None:
    assert kinds(filled, kind="hold") == ["hold"] * 3
    assert kinds(filled, kind=("void", "erase")) == ["void", "erase"]
    assert kinds(filled, case="c-1") == ["decide", "grant", "void"]
    assert kinds(filled, employee="e-2") == ["hold", "settle"]
    assert kinds(filled, employee="m-1") == ["void", "release", "erase"]
    assert kinds(filled, outcome="escalate") == ["escalate", "escalate"]
    assert kinds(filled, policy="desk", outcome="ask") == ["decide"]
    assert kinds(filled, policy="spa") == []
    assert kinds(filled, facts={"guest.phone": "0800"}) == ["grant"]
    assert kinds(filled, facts={"guest.id": "g-1"}, kind="decide") == ["decide"]
    assert kinds(filled, facts={"guest.id": "g-2"}) == []  # erased


def test_records_are_found_by_time(filled: remit.Ledger) -> None:
    start = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert kinds(filled, since=start + timedelta(hours=1), until=start + timedelta(hours=3)) == ["grant", "void"]
    assert kinds(filled, until=start) == []
    assert kinds(filled, since=start + timedelta(hours=11, microseconds=1)) == ALL[-2:]
    assert kinds(filled, since=start + timedelta(days=9)) == []


def test_one_record_is_found_by_its_id(filled: remit.Ledger) -> None:
    for entry in filled.records():
        found = filled.record(entry.id)
        assert (found.text, found.opened) == (entry.text, entry.opened)
    with pytest.raises(NotFound, match="no record has the id `x`"):
        filled.record("x")


def test_what_is_personal_or_masked_is_hidden_unless_revealed(filled: remit.Ledger) -> None:
    grant = next(filled.records(kind="grant"))
    assert (grant.facts()["guest.id"], grant.facts()["guest.phone"]) == ("(hidden)", "(hidden)")
    assert (grant.facts(reveal=True)["guest.id"], grant.facts(reveal=True)["guest.phone"]) == ("g-1", "0800")
    void = next(filled.records(kind="void"))
    assert (void.to_dict()["reason"], void.to_dict(reveal=True)["reason"]) == ("(hidden)", "Wrong guest.")
    shown = json.dumps([entry.to_dict() for entry in filled.records()])
    stored = "".join(entry.text for entry in filled.records())
    for secret in ("g-1", "g-2", '"0800"', "Wrong guest", "long story"):
        assert secret not in shown.replace("sig-1", "")
        assert secret not in stored
    assert next(filled.records(kind="hold")).facts(reveal=True)["guest.id"] == "(erased)"


def test_every_record_is_as_the_published_schema_says(filled: remit.Ledger) -> None:
    schema = json.loads((files("remit.ledger") / "record.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for entry in filled.records():
        assert [error.message for error in validator.iter_errors(entry.body)] == []
        broken = {**entry.body, "kind": "gift"}
        assert not validator.is_valid(broken)
        assert not validator.is_valid({**entry.body, "amount": 1.5})


def test_history_that_is_masked_or_personal_is_in_no_log(ledger: remit.Ledger) -> None:
    text = desk().model.text.replace("guest.visits: {", "guest.visits: {mask: true, ", 1)
    policy = remit.loads(text.replace("guest.received: {", "guest.received: {personal: true, ", 1), "desk.yaml")
    for _ in range(3):
        entry = ledger.grant(policy, request("7.77 EUR", guest="g-1", asked={"points": 10}))
    entry = ledger.grant(policy, request("1 EUR"))
    history = {"guest.visits": 3, "guest.received": "23.31 EUR"}
    assert entry.decision is not None
    assert entry.decision.remedies["points"].limit == 0  # it was read
    assert (entry.read(reveal=True)["history"], entry.read()["history"]) == (history, dict.fromkeys(history, "(hidden)"))
    assert entry.to_dict(reveal=True)["read"]["history"] == history
    said = [each for each in entry.body["charges"] if each["kind"] == "history"]
    assert [each["name"] for each in said] == list(history)
    assert not any({"before", "after"} & each.keys() for each in said)
    assert entry.to_dict()["read"]["history"] == dict.fromkeys(history, "(hidden)")
    schema = json.loads((files("remit.ledger") / "record.schema.json").read_text())
    assert Draft202012Validator(schema).is_valid(entry.body)
    assert ledger.redecide(entry.id).same
    assert ledger.redecide(ledger.grant(policy, request(guest=None)).id).same
    ledger.erase("guest.id", "g-1")
    assert ledger.record(entry.id).read(reveal=True)["history"] == dict.fromkeys(history, "(erased)")
    with pytest.raises(NotAllowed, match=r"were erased .*history\.guest\.visits"):
        ledger.redecide(entry.id)


def test_every_decision_is_taken_again_bit_for_bit(filled: remit.Ledger) -> None:
    again = 0
    for entry in filled.records():
        if entry.decision is None or entry.body.get("apart", {}).keys() - entry.opened.keys():
            with pytest.raises(NotAllowed):
                filled.redecide(entry.id)
            continue
        found = filled.redecide(entry.id)
        assert (found.same, found.differences) == (True, ())
        assert found.decision == entry.decision
        again += 1
    assert again == 6


def test_a_decision_that_does_not_come_out_the_same_is_told_of(ledger: remit.Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = ledger.grant(desk(), request("20 EUR"))
    from remit.ledger.log import redeciding

    again = redeciding.request_again
    monkeypatch.setattr(redeciding, "request_again", lambda *given: {**again(*given), "asked": {"credit": "21 EUR"}})
    found = ledger.redecide(entry.id)
    assert not found.same
    assert {"asked", "charges", "remedies"} <= set(found.differences)


def test_records_that_belong_together(filled: remit.Ledger) -> None:
    by_kind = {entry.kind: entry for entry in filled.records()}
    assert [entry.kind for entry in filled.related(by_kind["void"].id)] == ["grant", "void"]
    first = next(filled.records(kind="escalate"))
    assert [entry.kind for entry in filled.related(first.id)] == ["escalate", "approve"]
    settle = next(filled.records(kind="settle"))
    assert [entry.kind for entry in filled.related(settle.id)] == ["hold", "settle"]


def test_following_gives_what_is_there_and_what_comes(ledger: remit.Ledger) -> None:
    ledger.grant(desk(), request("1 EUR"))
    seen: list[int] = []
    done = threading.Event()

    def watch() -> None:
        for entry in ledger.follow(every=0.01, stop=done.is_set):
            seen.append(entry.seq)
            if len(seen) == 3:
                done.set()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    ledger.grant(desk(), request("1 EUR"))
    ledger.grant(desk(), request("1 EUR"))
    thread.join(10)
    assert seen == [1, 2, 3]


def test_following_some_gives_those_alone_and_each_once(ledger: remit.Ledger, clock: Clock) -> None:
    seen: list[int] = []
    done = threading.Event()
    until = clock.now + timedelta(hours=2)

    def watch() -> None:
        wanted = {"kind": "grant", "facts": {"guest.id": "g-1"}, "until": until}
        for entry in ledger.follow(after=1, every=0.001, stop=done.is_set, **wanted):
            seen.append(entry.seq)

    roomy = desk("\n  - {id: all, per: employee.id, over: lifetime, max: 900 grants}\n")
    ledger.grant(roomy, request("1 EUR"))
    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    for number in range(2, 42):
        write = ledger.grant if number % 2 else ledger.decide
        write(roomy, request("1 EUR", guest=f"g-{1 + number % 3}"))
    clock.go(hours=2)
    ledger.grant(roomy, request("1 EUR"))
    deadline = datetime.now(UTC) + timedelta(seconds=10)
    while len(seen) < 7 and datetime.now(UTC) < deadline:
        done.wait(0.01)
    done.wait(0.05)
    done.set()
    thread.join(10)
    assert seen == [number for number in range(3, 42) if number % 2 and number % 3 == 0]


FACTS = [
    ("level", "4"),
    ("level", 4),
    ("vip", "true"),
    ("vip", True),
    ("rate", "30 EUR"),
    ("rate", "30.00 EUR"),
    ("rate", "30EUR"),
]
FACTS += [("rate", remit.Money.of("30 EUR")), ("tags", ["a", "b"])]


@pytest.mark.parametrize(("name", "value"), FACTS)
def test_a_fact_is_found_as_people_type_it(ledger: remit.Ledger, name: str, value: object) -> None:
    more = "  vip: {type: boolean, personal: true, default: false}\n  tags: {type: list of text, personal: true, default: []}\n"
    policy = remit.loads(desk().model.text.replace("  guest.id:", f"{more}  guest.id:", 1), "desk.yaml")
    facts = {"level": 4, "vip": True, "rate": "30.0 EUR", "tags": ["a", "b"]}
    entry = ledger.grant(policy, request("1 EUR", role="supervisor", facts=facts))
    other = ledger.grant(policy, request("1 EUR", facts={"level": 1, "rate": "3 EUR", "tags": ["a"]}))
    assert [each.id for each in ledger.records(facts={name: value})] == [entry.id]
    if name in ("vip", "tags"):
        assert ledger.erase(name, value).body["erased"]["records"] == [[entry.seq, entry.seq]]
        assert ledger.record(other.id).opened


def test_a_reader_is_not_held_up_and_sees_no_half_written_record(ledger: remit.Ledger) -> None:
    for number in range(450):
        ledger.decide(desk(), request("1 EUR", guest=f"g-{number}"))
    reading = ledger.records()
    first = [next(reading).seq for _ in range(10)]
    ledger.decide(desk(), request())
    assert first + [entry.seq for entry in reading] == list(range(1, 451))
