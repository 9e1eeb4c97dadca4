"""The ledger cannot be used, and a customer waits: the policy answers, and nobody is told that anything was given."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support.command import REMIT, Terminal, environment, run

HOTEL = "hotel-guest-recovery"
KNOWN = ["--fact", "incident.kind=noise", "--fact", "incident.severity=3", "--fact", "guest.id=g-1", "--fact", "stay.id=s-1"]
SMALL = [*KNOWN, "--give", "credit=25EUR"]


@pytest.fixture(params=["no folder", "no server", "something else", "damaged", "locked"])
def broken(request: pytest.FixtureRequest, tmp_path: Path, home: Path) -> Iterator[tuple[str, str]]:
    """A ledger that cannot be used, and words of why."""
    path = tmp_path / "remit.db"
    if request.param == "no folder":
        (tmp_path / "file").write_text("")
        yield str(tmp_path / "file" / "remit.db"), "is not a folder that can be used"
    elif request.param == "no server":
        yield "postgresql://nobody@127.0.0.1:1/none", "cannot be reached"
    elif request.param == "something else":
        with closing(sqlite3.connect(path)) as other:
            other.execute("CREATE TABLE guests (id TEXT)")
        yield str(path), "the database of something else"
    elif request.param == "damaged":
        path.write_bytes(b"no database at all " * 100)
        yield str(path), "damaged or not a ledger"
    else:
        assert run(home, "ask", HOTEL, *SMALL, env={"REMIT_LEDGER": str(path)}).code == 0
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield str(path), "was locked by others"


@pytest.mark.parametrize("command", ["ask", "grant"])
def test_the_policy_answers_and_nothing_is_said_to_be_given(home: Path, broken: tuple[str, str], command: str) -> None:
    url, why = broken
    done = run(home, command, HOTEL, *SMALL, env={"REMIT_LEDGER": url})
    assert done.code == 7, done
    first, second, third, fourth, blank, *answer = done.out.splitlines()
    assert first.startswith("NOT ON RECORD, and nothing was given: ")
    assert why in first
    assert "caps could not be checked" in second
    assert third.startswith("What to do: note the case, and run this again with ")
    assert ("--key " in third) == (command == "grant")
    assert (fourth[:18], blank) == ("If you cannot wait", "")
    assert answer == [*run(home, "ask", HOTEL, *SMALL, "--no-ledger").out.splitlines(), "", first]
    assert not any(words in done.out for words in ("Given", "Done.", "on record as number"))
    assert "Traceback" not in done.out + done.err


def test_what_a_program_reads_cannot_be_taken_for_a_grant(home: Path) -> None:
    done = run(
        home, "grant", HOTEL, *SMALL, "--key", "k-1", "--json", env={"REMIT_LEDGER": "postgresql://nobody@127.0.0.1:1/x"}
    )
    found = json.loads(done.out)
    assert (done.code, found["record"], "outcome" in found) == (7, None, False)
    assert "--key k-1 (it counts once)" in found["notice"][2]
    assert found["policy_alone"]["missing"]["facts"] == ["guest.recoveries"], "what only the ledger knows is not made up"


def test_without_a_ledger_by_choice_there_is_no_notice(home: Path) -> None:
    done = run(home, "ask", HOTEL, *SMALL, "--no-ledger", "--fact", "guest.recoveries=0")
    assert (done.code, "NOT ON RECORD" in done.out) == (0, False)


def test_the_interview_says_so_first_and_offers_no_grant(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    options = [*SMALL, "--fact", "guest.recoveries=0", "--fact", "guest.tier=none", "--role", "associate"]
    command = [*REMIT, "ask", HOTEL, *options, "--ledger", str(tmp_path / "file" / "remit.db")]
    with Terminal(command, environment(home)) as terminal:
        code, text = terminal.finish()
    assert code == 7
    assert text.index("NOT ON RECORD, and nothing was given") < text.index("25 EUR folio credit")
    assert "Carry it out?" not in text


def test_a_key_given_twice_is_still_an_error(home: Path) -> None:
    assert run(home, "grant", HOTEL, *SMALL, "--key", "k-1").code == 0
    assert run(home, "grant", HOTEL, *KNOWN, "--give", "credit=26EUR", "--key", "k-1").code == 4


def test_a_look_and_a_refused_grant_leave_the_key_for_what_follows(home: Path) -> None:
    big = [*KNOWN, "--give", "credit=90EUR", "--key", "k-1"]
    assert run(home, "ask", HOTEL, *SMALL, "--key", "k-1").code == 0
    first = run(home, "grant", HOTEL, *big, "--send-up", "--json")
    again = run(home, "grant", HOTEL, *big, "--send-up", "--json")
    assert json.loads(first.out)["record"]["kind"] == "escalate"
    assert json.loads(again.out)["record"] == json.loads(first.out)["record"]
    assert len(run(home, "tasks").out.splitlines()) == 1


def test_what_was_given_is_not_sent_up_when_it_is_tried_again(home: Path) -> None:
    """The cap is used up by the first try: a second look would say that it is for somebody else."""
    for number in range(20):
        ask = [*KNOWN, "--give", "credit=30EUR", "--key", f"k-{number}", "--send-up", "--json"]
        found = json.loads(run(home, "grant", HOTEL, *ask).out)
        if found["record"]["kind"] != "grant":
            break
        assert json.loads(run(home, "grant", HOTEL, *ask).out)["record"] == found["record"]
    assert found["record"]["kind"] == "escalate"
