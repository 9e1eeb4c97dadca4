"""An employee's own page, and praise that arrives where they work, once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import remit
from remit.cli.counter.me import page
from remit.cli.counter.news import unread
from remit.cli.support.ledger_session import Book
from remit.ledger.log import searching
from remit.ledger.people.own_work import own_work
from support.command import run
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.golden import CASES, same_as
from support.staff import roster_text

E1, E2 = {"id": "e-1", "role": "associate"}, {"id": "e-2", "role": "associate"}
HOTEL = "hotel-guest-recovery"
KNOWN = ("--fact", "incident.kind=noise", "--fact", "incident.severity=3", "--fact", "guest.id=g-1", "--fact", "stay.id=s-1")
SINCE = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def busy() -> Iterator[remit.Ledger]:
    """A month of one employee, with a bit of everything, and another's beside it."""
    clock = Clock()
    with remit.open_ledger(":memory:", clock=clock, repeat_within=timedelta(0)) as ledger:
        given = ledger.grant(desk(), request("35 EUR", asked={"late": True}, case="c-1"))
        story = "They had come for a funeral, and the second room was as loud as the first one was."
        own = ledger.grant(desk(), request("60 EUR", guest="g-2", story=story, use_discretion=True))
        tasks = [ledger.escalate(desk(), request(f"{amount} EUR", guest="g-3")) for amount in (90, 95, 101)]
        ledger.decide(desk(), request(facts={"level": 3}), act="declined")
        ledger.decide(desk(), request(facts={"level": 3}), act="handed_over", to="manager")
        back = ledger.grant(desk(), request("5 EUR", guest="g-4"))
        ledger.void(back.id, employee=E1, reason="The wrong guest.")
        clock.go(hours=1)
        ledger.approve(tasks[0].id, employee=SUPERVISOR, asked={"credit": "80 EUR"})
        ledger.decline(tasks[1].id, employee=SUPERVISOR, reason="Once is enough.")
        ledger.review(given.id, verdict="praise", employee=SUPERVISOR, note="You asked before you gave. Thank you.")
        coach = ledger.review(own.id, verdict="coach", cause="too_much", employee=SUPERVISOR, note="Try another floor first.")
        dispute = ledger.dispute(coach.id, employee=E1, text="The house was full.")
        ledger.answer_dispute(dispute.id, result="accepted", employee=MANAGER, note="It was. You were right.")
        other = ledger.grant(desk(), request("7 EUR", guest="g-9", employee="e-2"))
        ledger.review(other.id, verdict="praise", employee=SUPERVISOR, note="For somebody else.")
        yield ledger


def test_the_page(busy: remit.Ledger) -> None:
    text = page(busy, own_work(busy, "e-1", role=None, since=SINCE), 30).paint(80)
    same_as("cli/me/busy.txt", text + "\n")
    assert len(text.splitlines()) <= 40
    assert "e-2" not in text
    assert "7 EUR" not in text


def test_the_page_of_somebody_new(busy: remit.Ledger) -> None:
    same_as("cli/me/new.txt", page(busy, own_work(busy, "e-7", role="associate", since=SINCE), None).paint(80) + "\n")


def test_the_figures_are_those_of_a_plain_recount(busy: remit.Ledger) -> None:
    found = own_work(busy, "e-1", role=None, since=SINCE).to_dict()
    mine = [entry for entry in busy.records() if entry.employee == "e-1"]
    kinds = [entry.kind for entry in mine]
    assert found["counts"] == {
        "asked": 0,
        "given": kinds.count("grant"),
        "sent_up": kinds.count("escalate"),
        "declined": 1,
        "handed_over": 1,
        "taken_back": 1,
        "answered": 0,
    }
    assert found["backed"] == 2
    assert {each["title"]: each["total"] for each in found["given"]} == {"Folio credit": "95 EUR", "Late checkout": 1}
    balances = busy.balances(desk(), request())
    assert {each["name"]: each["left"] for each in found["budgets"]} == {
        name: str(balances[name].left) for name in ("desk-day", "discretion")
    }
    assert [(each["number"], (each["answer"] or {}).get("kind")) for each in found["tasks"]] == [
        (3, "approve"),
        (4, "decline"),
        (5, None),
    ]
    assert [(each["verdict"], (each["answer"] or {}).get("result")) for each in found["reviews"]] == [
        ("praise", None),
        ("coach", "accepted"),
    ]


def test_what_is_answered_later_is_on_the_page_of_that_time() -> None:
    clock = Clock()
    with remit.open_ledger(":memory:", clock=clock, repeat_within=timedelta(0)) as ledger:
        task = ledger.escalate(desk(), request("90 EUR"))
        review = ledger.review(ledger.grant(desk(), request()).id, verdict="coach", employee=SUPERVISOR, note="Less.")
        dispute = ledger.dispute(review.id, employee=E1, text="No.")
        clock.go(days=60)
        assert own_work(ledger, "e-1", role=None, since=clock()).reviews == ()
        ledger.approve(task.id, employee=SUPERVISOR)
        answer = ledger.answer_dispute(dispute.id, result="partly", employee=SUPERVISOR, note="Well.")
        found = own_work(ledger, "e-1", role=None, since=clock.now - timedelta(days=1))
        assert [(each.task.id, each.answer.kind if each.answer else None) for each in found.tasks] == [(task.id, "approve")]
        (reviewed,) = found.reviews
        assert [each.id for each in (reviewed.review, reviewed.dispute, reviewed.answer) if each] == [
            review.id,
            dispute.id,
            answer.id,
        ]


def test_a_policy_in_several_currencies_shows_each_budget_once() -> None:
    shores = remit.loads((CASES / "currencies" / "two-shores.yaml").read_text(encoding="utf-8"), "two-shores.yaml")
    agent = {"id": "e-1", "role": "agent"}
    with remit.open_ledger(":memory:", clock=Clock("2026-07-02T12:00:00+00:00"), repeat_within=timedelta(0)) as ledger:
        for amount in ("10 EUR", "11 USD"):
            facts = {"stay.id": "s-1", "delay": 1, "stay.rate": f"900 {amount[-3:]}"}
            asked = {"employee": agent, "occurred": "2026-07-02", "facts": facts, "asked": {"credit": amount}}
            assert ledger.grant(shores, asked).granted
        found = own_work(ledger, "e-1", role=None, since=SINCE)
        names = [each.balance.name for each in found.budgets]
        assert names == sorted(set(names), key=names.index) != []
        assert {str(each.total) for each in found.given} == {"10 EUR", "11 USD"}
        assert page(ledger, found, 30).paint(80)


def test_what_was_taken_back_in_part_and_by_others_is_not_counted_as_given() -> None:
    with remit.open_ledger(":memory:", clock=Clock(), repeat_within=timedelta(0)) as ledger:
        grant = ledger.grant(desk(), request("30 EUR"))
        hold = ledger.hold(desk(), request("20 EUR"), lasts=timedelta(hours=1))
        ledger.hold(desk(), request("11 EUR"), lasts=timedelta(hours=1))  # never settled
        ledger.settle(hold.id, employee=E1, given={"credit": "15 EUR"})
        ledger.void(grant.id, employee=MANAGER, reason="Too much.", part={"credit": "10 EUR"})
        (credit,) = own_work(ledger, "e-1", role=None, since=SINCE).given
        assert (credit.times, str(credit.total)) == (2, "35 EUR")
        ledger.void(hold.id, employee=E1, reason="No.")
        assert str(own_work(ledger, "e-1", role=None, since=SINCE).given[0].total) == "20 EUR"


def test_the_page_is_short_however_much_there_is() -> None:
    large = desk("\n  - {id: case-money, per: guest.id, over: 90 days, max: 300 EUR, counts: [credit]}")
    with remit.open_ledger(":memory:", clock=Clock(), repeat_within=timedelta(0)) as ledger:
        for number in range(20):
            story = f"{number} " + "and they waited and waited " * 20
            given = ledger.grant(large, request("51 EUR", guest=f"g-{number}", story=story, use_discretion=True))
            ledger.escalate(large, request("90 EUR", guest=f"g-{number}"))
            ledger.review(given.id, verdict="coach", employee=SUPERVISOR, note="Less is more, and more is less. " * 30)
        text = page(ledger, own_work(ledger, "e-1", role=None, since=SINCE), 30).paint(80)
        assert len(text.splitlines()) <= 42
        assert "... and 16 more, in `remit me --json`" in text


def test_what_is_read_is_found_by_an_index(tmp_path: Path) -> None:
    import sqlite3

    with remit.open_ledger(tmp_path / "desk.db", repeat_within=timedelta(0)) as ledger:
        ledger.grant(desk(), request())
    wanted = searching.RecordFilter(employee="e-1").columns()[0]
    own = f"SELECT r.seq, r.body FROM record AS r WHERE r.seq > ? AND r.seq <= ?{wanted} ORDER BY r.seq ASC LIMIT 200"
    with sqlite3.connect(tmp_path / "desk.db") as database:
        for sql, values in ((own, (0, 1, "e-1")), (searching._REPLIES, ("e-1", 0, 0))):
            plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
            assert any("record_employee" in step for step in plan), plan
            assert not [step for step in plan if step.startswith("SCAN")], plan


# The command


def given(home: Path, *more: str, employee: str = "e-17") -> None:
    done = run(home, "grant", HOTEL, *KNOWN, "--employee", employee, "--give", "credit=20EUR", *more)
    assert done.code == 0, done


def praise(home: Path, number: int, note: str) -> None:
    reviewer = ("--role", "supervisor", "--employee", "s-2")
    done = run(home, "review", str(number), "--verdict", "praise", "--note", note, *reviewer)
    assert (done.code, done.out) == (0, f"Reviewed, and on record as number {number + 1}\n"), done


def test_the_command(home: Path) -> None:
    given(home)
    praise(home, 1, "Well done.")
    shown = run(home, "me", "--employee", "e-17")
    assert shown.code == 0
    assert "e-17, the last 30 days" in shown.out
    assert "2  s-2 praised what you did in record 1: \u201cWell done.\u201d" in shown.out
    told = json.loads(run(home, "me", "--employee", "e-17", "--json", "--since", "today").out)
    assert (told["counts"]["given"], told["reviews"][0]["note"]) == (1, "Well done.")
    assert "Nobody has reviewed" in run(home, "me", "--employee", "e-18", "--since", "yesterday").out
    assert run(home, "me", "--since", "nonsense").code == 2
    assert run(home / "elsewhere", "me").code == 2  # there is no ledger


def test_by_a_roster_everybody_sees_their_own_page_only(home: Path) -> None:
    staff = home / "staff.yaml"
    staff.write_text(roster_text(mine="m1", more="  - {id: e-9, role: associate, logins: [nobody-here]}\n"), encoding="utf-8")
    assert run(home, "publish", str(staff)).code == 0
    assert "m-1, the last 30 days" in run(home, "me").out
    refused = run(home, "me", "--employee", "e-9")
    assert (refused.code, "belongs to m-1, not to e-9" in refused.err) == (4, True)


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.delenv("REMIT_LEDGER", raising=False)
    return home


def news(employee: str, url: str | None = None) -> list[str]:
    with Book.open(url) as book:
        found = book.news(employee)
        book.mark_shown()
        return found


def test_praise_arrives_once(at_home: Path) -> None:
    given(at_home)
    praise(at_home, 1, "Well done, and Mrs Ito said so, too.")
    given(at_home, employee="e-18")
    with Book.open(None) as book:
        expected = ["s-2 praised what you did in record 1: \u201cWell done, and Mrs Ito said so, too.\u201d"]
        assert book.news("e-17") == expected
        assert book.news("e-17") == expected  # until it was shown
        book.mark_shown()
        assert book.news("e-17") == []
    assert news("E-17") == []  # another spelling is the same person
    assert news("e-18") == []
    praise(at_home, 3, "You, too.")
    assert news("e-18") == ["s-2 praised what you did in record 3: \u201cYou, too.\u201d"]
    assert (news("e-18"), news("e-17")) == ([], [])


def test_coaching_is_not_shown_at_the_counter_and_answers_are(at_home: Path) -> None:
    given(at_home)
    assert run(at_home, "grant", HOTEL, *KNOWN, "--employee", "e-17", "--give", "credit=90EUR", "--send-up").code in (3, 6)
    by = ("--role", "supervisor", "--employee", "s-2")
    assert run(at_home, "review", "1", "--verdict", "coach", "--note", "Less.", *by).code == 0
    assert news("e-17") == []
    assert run(at_home, "decline", "2", "--reason", "Not twice.", *by).code == 0
    assert run(at_home, "dispute", "3", "--because", "No.", "--employee", "e-17", "--role", "associate").code == 0
    manager = ("--role", "duty_manager", "--employee", "d-1")
    assert run(at_home, "answer", "5", "--reject", "--note", "It was too much.", *manager).code == 0
    assert news("e-17") == [
        "Your task 2 was declined by s-2: \u201cNot twice.\u201d",
        "Your dispute, number 5, was not accepted by d-1: \u201cIt was too much.\u201d",
    ]
    assert news("e-17") == []


def test_desks_that_share_a_ledger_share_the_mark(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = str(tmp_path / "shared.db")
    given(home, "--ledger", place)
    by = ("--role", "supervisor", "--employee", "s-2", "--ledger", place)
    assert run(home, "review", "1", "--verdict", "praise", *by).code == 0
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "one"))
    assert news("e-17", place) == ["s-2 praised what you did in record 1."]
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "two"))
    assert news("e-17", place) == []


@pytest.mark.parametrize("text", ["", "[]", "{", '{"ledger": 3}', '{"ledger": "another", "shown": {"e-17": 9}}', "\x00"])
def test_a_mark_that_cannot_be_read_or_is_of_another_ledger_does_no_harm(at_home: Path, text: str) -> None:
    given(at_home)
    praise(at_home, 1, "Well done.")
    mark = at_home / "data" / "remit" / "remit.db.shown"
    mark.write_text(text, encoding="utf-8")
    assert len(news("e-17")) == 1
    assert news("e-17") == []


def test_a_mark_that_cannot_be_written_shows_it_again(at_home: Path) -> None:
    given(at_home)
    praise(at_home, 1, "Well done.")
    (at_home / "data" / "remit" / "remit.db.shown").mkdir()
    assert (len(news("e-17")), len(news("e-17"))) == (1, 1)


def test_the_mark_of_a_server_is_in_the_data_folder(at_home: Path) -> None:
    with remit.open_ledger(":memory:") as ledger:
        mark, _ = unread(ledger, "postgresql://desk@host/records", "e-1")
        assert mark.path == at_home / "data" / "remit" / f"shown-{ledger.id}.json"
        mark.mark()
        assert json.loads(mark.path.read_text(encoding="utf-8")) == {"ledger": ledger.id, "shown": {"e-1": 0}}


def test_without_a_ledger_there_is_no_news(at_home: Path) -> None:
    with Book(None) as book:
        assert book.news("e-17") == []
        book.mark_shown()


def test_many_are_not_all_shown(at_home: Path) -> None:
    with remit.open_ledger(":memory:", repeat_within=timedelta(0)) as ledger:
        for number in range(7):
            entry = ledger.decide(desk(), request(guest=f"g-{number}"))
            ledger.review(entry.id, verdict="praise", employee=SUPERVISOR)
        _, told = unread(ledger, str(at_home / "x.db"), "e-1")
    assert (len(told), told[-1]) == (6, "There is more: `remit me` shows all 7.")
