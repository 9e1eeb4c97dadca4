"""The ledger cannot be used, and a customer waits: the policy answers, and nobody is told that anything was given."""

import ctypes
import json
import os
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from support.command import REMIT, Terminal, environment, run
from support.ledgers import postgres_server
from support.wire import Wire

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


def limited(limit: int) -> Callable[[], None]:
    """Before a command begins: no file may grow beyond ``limit`` bytes, as on a full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


@pytest.mark.parametrize("command", ["ask", "grant"])
def test_a_full_disk(home: Path, tmp_path: Path, command: str) -> None:
    path = tmp_path / "remit.db"
    db = {"REMIT_LEDGER": str(path)}
    assert run(home, "grant", HOTEL, *SMALL, "--key", "k-0", env=db).code == 0
    done = run(home, command, HOTEL, *SMALL, "--key", "k-1", env=db, before=limited(12_000))
    assert done.code == 7, done
    assert done.out.startswith("NOT ON RECORD, and nothing was given: ")
    assert len(run(home, "log", env=db).out.splitlines()) == 1
    assert run(home, "ledger", "verify", "--thorough", env=db).code == 0
    assert run(home, "grant", HOTEL, *SMALL, "--key", "k-1", env=db).code == 0


@pytest.mark.parametrize("command", ["ask", "grant"])
def test_a_read_only_file(home: Path, tmp_path: Path, command: str) -> None:
    path = tmp_path / "remit.db"
    db = {"REMIT_LEDGER": str(path)}
    assert run(home, "grant", HOTEL, *SMALL, env=db).code == 0
    path.chmod(0o444)
    done = run(home, command, HOTEL, *SMALL, env=db, before=bound_by_modes)
    assert done.code == 7, done
    assert "is read-only: nothing can be recorded in it" in done.out.splitlines()[0]
    assert len(run(home, "log", env=db, before=bound_by_modes).out.splitlines()) == 1


def bound_by_modes() -> None:
    """Before a command begins: the modes of files hold for the superuser too (Linux: no CAP_DAC_OVERRIDE after exec)."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


def test_a_commit_whose_answer_never_came(home: Path) -> None:
    server = postgres_server()
    with Wire(Path(server.pgdata)) as wire:
        done = run(home, "grant", HOTEL, *SMALL, "--key", "k-1", env={"REMIT_LEDGER": wire.url})
        assert wire.broke.is_set()
    assert done.code == 7, done
    assert done.out.startswith("IT IS NOT KNOWN WHETHER THIS IS ON RECORD: ")
    assert "nothing was given" not in done.out
    assert "run this again with --key k-1 (it counts once)" in done.out
    db = {"REMIT_LEDGER": server.get_uri()}
    again = run(home, "grant", HOTEL, *SMALL, "--key", "k-1", env=db)
    assert (again.code, "on record as number 1" in again.out) == (0, True)
    assert len(run(home, "log", env=db).out.splitlines()) == 1


def test_what_only_the_ledger_knows_can_be_given_by_hand_as_the_notice_says(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "remit.db"
    env = {"REMIT_LEDGER": str(path)}
    assert run(home, "ask", HOTEL, *SMALL, env=env).code == 0
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = run(home, "ask", HOTEL, *SMALL, env=env)
    (told,) = (line for line in done.out.splitlines() if "--no-ledger" in line)
    assert (done.code, "remit ask --no-ledger --fact guest.recoveries=..." in told) == (7, True)
    by_hand = run(home, "ask", HOTEL, *SMALL, "--no-ledger", "--fact", "guest.recoveries=0")
    assert by_hand.code == 0


@pytest.mark.parametrize("command", ["ask", "grant"])
def test_the_policy_answers_and_nothing_is_said_to_be_given(home: Path, broken: tuple[str, str], command: str) -> None:
    url, why = broken
    done = run(home, command, HOTEL, *SMALL, env={"REMIT_LEDGER": url})
    assert done.code == 7, done
    first, second, third, fourth, fifth, blank, *answer = done.out.splitlines()
    assert first.startswith("NOT ON RECORD, and nothing was given: ")
    assert why in first
    assert "caps could not be checked" in second
    assert third.startswith("What to do: note the case, and run this again with ")
    assert ("--key " in third) == (command == "grant")
    assert (fourth[:18], fifth[:27], blank) == ("If you cannot wait", "Whoever knows guest.recover", "")
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
        terminal.answer("You may give this now", "25")
        code, text = terminal.finish()
    assert code == 7
    assert text.index("NOT ON RECORD, and nothing was given") < text.index("Yes. You may give this: 25 EUR folio credit.")
    assert "Done" not in text
    assert "g  give" not in text


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
    assert run(home, "tasks").out.count("escalate") == 1


def test_what_was_given_is_not_sent_up_when_it_is_tried_again(home: Path) -> None:
    """The cap is used up by the first try: a second look would say that it is for somebody else."""
    for number in range(20):
        ask = [*KNOWN, "--give", "credit=30EUR", "--key", f"k-{number}", "--send-up", "--json"]
        found = json.loads(run(home, "grant", HOTEL, *ask).out)
        if found["record"]["kind"] != "grant":
            break
        assert json.loads(run(home, "grant", HOTEL, *ask).out)["record"] == found["record"]
    assert found["record"]["kind"] == "escalate"
