"""The commands that read and answer the ledger: ``log why void tasks approve decline`` and ``ledger ...``."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from support.command import REMIT, environment, run, until

HOTEL = "hotel-guest-recovery"
KNOWN = ["--fact", "incident.kind=noise", "--fact", "incident.severity=4", "--fact", "guest.id=g-1", "--fact", "stay.id=s-1"]
STAY = ["--fact", "stay.nightly_rate=120", "--fact", "stay.nights=2", "--case", "C-1"]
SUPERVISOR = ["--role", "supervisor", "--employee", "s-2"]


def give(home, amount, *more):
    return run(home, "grant", HOTEL, *KNOWN, *STAY, "--employee", "e-17", "--give", f"credit={amount}", *more)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory):
    home = tmp_path_factory.mktemp("desk")
    assert give(home, "25EUR").code == 0
    assert give(home, "90EUR", "--send-up").code == 3
    return home


@pytest.fixture
def desk(home, furnished):
    """A grant (record 1) and a task for a supervisor (record 2)."""
    shutil.copytree(furnished, home, dirs_exist_ok=True)
    return home


def records(home, *options):
    return [json.loads(line) for line in run(home, "log", "--json", *options).out.splitlines()]


def test_the_log_tells_what_happened_in_order(desk):
    done = run(desk, "log")
    first, second = done.out.splitlines()
    assert first.split()[3:] == ["grant", "e-17", "(associate)", "credit", "25", "EUR", "[C-1]"]
    assert second.split()[3:] == ["escalate", "e-17", "(associate)", "credit", "90", "EUR", "[C-1]"]


def test_the_log_is_filtered(desk):
    assert [each["kind"] for each in records(desk, "--outcome", "grant")] == ["grant"]
    assert [each["kind"] for each in records(desk, "--kind", "escalate", "--case", "C-1")] == ["escalate"]
    assert [each["seq"] for each in records(desk, "--last", "1")] == [2]
    assert len(records(desk, "--fact", "guest.id=g-1", "--since", "yesterday", "--until", "today")) == 2
    assert records(desk, "--fact", "guest.id=g-2") == []
    assert records(desk, "--employee", "e-18") == []
    assert records(desk, "--until", "yesterday") == []
    assert [each["seq"] for each in records(desk, "--remedy", "credit", "--at-least", "90EUR")] == [2]
    assert [each["seq"] for each in records(desk, "--rule", "small-gesture", "--below", "30.00 EUR")] == [1]
    assert records(desk, "--gap") == records(desk, "--on-limit") == records(desk, "--agent") == []


def test_the_log_counts_what_was_given(desk):
    assert run(desk, "void", "1", "--reason", "Twice.", "--employee", "e-17", "--role", "associate").code == 0
    assert run(desk, "log", "--count").out == "3 records\n  credit given: 25 EUR\n  credit taken back: 25 EUR\n"
    assert records(desk, "--count", "--kind", "grant") == [{"records": 1, "given": {"credit": "25 EUR"}, "taken_back": {}}]


def test_filters_that_are_wrong_are_all_named(desk):
    done = run(desk, "log", "--at-least", "much", "--since", "32 May", "--rule", "")
    assert done.code == 2
    assert "--at-least: `much` is no amount: write 30EUR, or 500 for a count." in done.err
    assert "--since" in done.err
    assert "--rule is empty." in done.err
    assert run(desk, "log", "--count", "--follow").code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["log", "--employee", "\udcff"],
        ["log", "--case", "\udcff"],
        ["why", "9" * 5_000],
        ["report", "--since", "0001-01-01"],
        ["twins", "--since", "0001-01-01"],
        ["log", "--at-least=-5EUR"],
    ],
)
def test_what_cannot_be_meant_is_a_usage_error_and_no_fault(desk, words):
    done = run(desk, *words)
    assert done.code not in (0, 1), done
    assert "fault in remit" not in done.err


def test_an_export_takes_the_same_filters(desk):
    file = desk / "rows.csv"
    assert run(desk, "ledger", "export", str(file), "--rows", "remedies", "--kind", "grant").code == 0
    head, row = file.read_text(encoding="utf-8").splitlines()
    found = dict(zip(head.split(","), row.split(","), strict=True))
    assert (found["remedy"], found["currency"], found["given"], found["limit"]) == ("credit", "EUR", "25.00", "30.00")
    wrong = run(desk, "ledger", "export", str(file), "--rows", "remedies", "--reveal")
    assert wrong.code == 2
    assert "leave out --whole and --reveal" in wrong.err
    assert len(records(desk, "--all", "--policy", HOTEL)) == 2


def test_personal_facts_are_hidden_until_asked_for(desk):
    assert records(desk)[0]["request"]["facts"]["guest.id"] == "(hidden)"
    assert records(desk, "--reveal")[0]["request"]["facts"]["guest.id"] == "g-1"


def test_following_the_log(desk):
    process = subprocess.Popen(
        [*REMIT, "log", "--follow", "--outcome", "grant"], stdout=subprocess.PIPE, text=True, env=environment(desk)
    )
    assert process.stdout is not None
    assert "grant" in process.stdout.readline()
    give(desk, "5EUR")
    assert "credit 5 EUR" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(120) == 130


def test_why_tells_it_all_and_decides_again(desk):
    done = run(desk, "why", "1")
    assert done.code == 0
    for words in (
        "incident.kind",
        "noise",
        "guest.id",
        "(hidden)",
        "per-guest",
        "Yes. You may give this: 25 EUR folio credit.",
    ):
        assert words in done.out
    assert "the same, bit for bit" in done.out
    by_id = json.loads(run(desk, "why", records(desk)[0]["id"], "--json", "--reveal").out)
    assert by_id["request"]["facts"]["guest.id"] == "g-1"


def test_void_gives_the_allowance_back_once(desk):
    mine = ["--role", "associate", "--employee", "e-17"]
    other = run(desk, "void", "1", "--reason", "The guest left", "--role", "associate", "--employee", "e-18")
    assert other.code == 4
    assert (
        "given by e-17, an associate: they may take it back themselves, or a supervisor or above; not an associate" in other.err
    )
    assert run(desk, "void", "1", "--reason", "x", "--role", "asociate").err.count("did you mean `associate`?") == 1
    done = run(desk, "void", "1", "--reason", "The guest left", *mine)
    assert done.code == 0
    assert "number 3" in done.out
    again = run(desk, "void", "1", "--reason", "Again", *mine)
    assert (again.code, "record 1 was taken back already, with record " in again.err) == (4, True), again.err
    assert run(desk, "void", "1", "--role", "associate").code == 2
    assert run(desk, "void", "1", "--reason", "x").err.count("--role") == 1
    assert records(desk)[-1]["kind"] == "void"


@pytest.mark.slow
def test_tasks_and_their_answer(desk):
    assert run(desk, "tasks", "--role", "associate").out == ""
    assert "credit 90 EUR" in run(desk, "tasks", "--role", "supervisor").out
    own = run(desk, "approve", "2", "--role", "supervisor", "--employee", "e-17", "--evidence", "note")
    assert own.code == 4
    assert "nobody answers what they asked themselves" in own.err
    waiting = run(desk, "approve", "2", *SUPERVISOR)
    assert waiting.code == 6
    assert "--evidence note" in waiting.out
    wrong = run(desk, "approve", "2", *SUPERVISOR, "--give", "kredit=60")
    assert wrong.code == 2
    assert "did you mean `credit`?" in wrong.err
    done = run(desk, "approve", "2", *SUPERVISOR, "--give", "credit=60EUR", "--evidence", "note")
    assert done.code == 0
    assert "Yes. You may give this: 60 EUR folio credit." in done.out
    assert run(desk, "tasks").out == ""


def test_decline(desk):
    assert run(desk, "decline", "2", "--reason", "Twice this week", "--role", "associate", "--employee", "x").code == 4
    assert run(desk, "decline", "2", "--reason", "Twice this week", *SUPERVISOR).code == 0
    assert records(desk)[-1]["kind"] == "decline"


@pytest.mark.parametrize(
    "command",
    [["log"], ["tasks"], ["why", "1"], ["ledger", "verify"], ["ledger", "head"], ["void", "1", "--reason", "x", "--role", "a"]],
    ids=lambda each: " ".join(each),
)
def test_no_ledger_yet(home, command):
    done = run(home, *command)
    assert done.code == 2
    assert "there is no ledger" in done.err
    assert not (home / "data").exists()


def test_a_ledger_that_is_gone_is_not_begun_anew(desk):
    path = desk / "data" / "remit" / "remit.db"
    path.rename(desk / "kept.db")
    for command in (["log"], ["ledger", "verify"]):
        done = run(desk, *command)
        assert done.code == 1
        assert "remit.db is missing or empty, but its secret is there" in done.err
    done = run(desk, "ask", "hotel-guest-recovery")
    assert done.code == 7
    assert "missing or empty" in done.out
    assert not path.exists()
    (desk / "kept.db").rename(path)
    assert run(desk, "ledger", "verify", "--decide").code == 0


def test_no_such_record(desk):
    for record in ("99", "#99", "nothing", "01a20016-9870-72e2-8000-000000d1173e"):
        done = run(desk, "why", record)
        assert done.code == 2
        assert "`remit log` lists" in done.err


def test_history_that_could_not_be_read_is_told_in_words(desk):
    assert run(desk, "ask", "hotel-guest-recovery").code == 6
    newest = run(desk, "log", "--all").out.splitlines()[-1].split()[0]
    told = run(desk, "why", newest).out
    assert "guest.recoveries" in told
    assert "not known without guest.id" in told
    assert "{" not in told


@pytest.mark.slow
def test_anchor_proof_and_verification(desk, tmp_path):
    anchor, proof = tmp_path / "anchor.json", tmp_path / "proof.json"
    anchor.write_text(run(desk, "ledger", "head").out)
    proof.write_text(run(desk, "ledger", "prove", "2").out)
    checked = run(desk, "ledger", "check-proof", str(proof), "--anchor", str(anchor))
    assert json.loads(checked.out)["seq"] == 2
    assert run(desk, "ledger", "verify", "--anchor", str(anchor), "--thorough").code == 0
    assert run(desk, "ask", "hotel-guest-recovery").code == 6  # the log goes on, and the anchor of before is still good
    assert run(desk, "ledger", "verify", "--anchor", str(anchor)).code == 0
    proof.write_text(run(desk, "ledger", "prove", "2").out)
    assert "the proof is for a log of" in run(desk, "ledger", "check-proof", str(proof), "--anchor", str(anchor)).err
    proof.write_text(run(desk, "ledger", "prove", "2", "--anchor", str(anchor)).out)
    assert run(desk, "ledger", "check-proof", str(proof), "--anchor", str(anchor)).out == checked.out
    newest = len(run(desk, "log", "--all").out.splitlines())
    assert "is not among the first" in run(desk, "ledger", "prove", str(newest), "--anchor", str(anchor)).err
    with sqlite3.connect(desk / "data" / "remit" / "remit.db") as found:
        found.execute("DROP TRIGGER record_no_update")
        found.execute("UPDATE record SET body = replace(body, '25 EUR', '24 EUR') WHERE seq = 1")
    done = run(desk, "ledger", "verify", "--anchor", str(anchor))
    assert done.code == 1
    assert done.out.startswith("record 1: edited")
    assert "database: the trigger `record_no_update` is missing" in done.out
    proof.write_text(proof.read_text().replace("90 EUR", "91 EUR"))
    assert run(desk, "ledger", "check-proof", str(proof), "--anchor", str(anchor)).code == 1


def test_erasing_a_person_asks_first(desk):
    erase = ["ledger", "erase", "--fact", "guest.id=g-1"]
    assert run(desk, *erase).code == 2
    assert run(desk, *erase, "--yes", "--role", "associate").code == 0
    assert records(desk, "--reveal")[0]["request"]["facts"]["guest.id"] == "(erased)"
    assert run(desk, "ledger", "verify", "--thorough", "--decide").code == 0
    assert "Not decided again: facts of" in run(desk, "why", "1").out
    assert run(desk, *erase, "--yes").code == 2


def test_copies(desk, tmp_path):
    whole, copy = tmp_path / "whole.jsonl", tmp_path / "copy.db"
    assert run(desk, "ledger", "export", str(whole), "--whole").code == 0
    assert "2 records" in run(desk, "ledger", "export", str(tmp_path / "some.csv")).out
    secret = desk / "data" / "remit" / "remit.db.secret"
    taken = run(desk, "ledger", "import", str(whole), "--secret", str(secret), "--ledger", str(tmp_path / "new.db"))
    assert taken.code == 0, taken.err
    first = tmp_path / "first.db"
    again = ["ledger", "import", str(whole), "--secret", str(secret), "--ledger", str(first), "--through", "1"]
    assert run(desk, *again).code == 0
    assert len(records(desk, "--ledger", str(first))) == 1
    assert run(desk, "ledger", "backup", str(copy)).code == 0
    for each in (tmp_path / "new.db", copy):
        assert run(desk, "log", "--ledger", str(each)).out == run(desk, "log").out


def test_records_that_say_nasty_things_do_not_steer_the_terminal(home):
    run(home, "grant", HOTEL, *KNOWN, "--case", "\x1b]0;owned\x07\x1b[2J", "--give", "credit=5EUR")
    done = run(home, "log")
    assert "\x1b" not in done.out
    assert "\x07" not in done.out


def has_open(pid: int, name: str) -> bool:
    """Whether a process has such a file open. One that it is just closing may be gone while we look."""
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            if name in os.readlink(each):
                return True
    return False


def test_a_ledger_that_is_locked_is_told_plainly(desk):
    """A writer that waits in vain says so and writes nothing."""
    with sqlite3.connect(desk / "data" / "remit" / "remit.db", isolation_level=None) as found:
        found.execute("BEGIN IMMEDIATE")
        process = subprocess.Popen(
            [*REMIT, "grant", HOTEL, *KNOWN, "--give", "credit=5EUR"], stdout=subprocess.PIPE, env=environment(desk)
        )
        until(lambda: has_open(process.pid, "remit.db"))
        time.sleep(0.2)
        assert process.poll() is None, "it should wait for the other writer"
        found.execute("ROLLBACK")
        assert process.wait(120) == 0


def test_every_bad_option_of_the_log_is_told_by_its_own_name(desk):
    done = run(desk, "log", "--since", "nonsense", "--until", "2026-02-30", "--fact", "guest.id", "--fact", "=x", "--case", "")
    assert done.code == 2
    for words in ("--since: ", "--until: ", "--fact: `guest.id` is not NAME=VALUE", "--fact: `=x` is not", "--case is empty"):
        assert done.err.count(words) == 1, (words, done.err)
    assert "--occurred" not in done.err
    assert "--since is a day after --until" in run(desk, "log", "--since", "today", "--until", "2020-01-01").err
    for day in ("0001-01-01", "9999-12-31"):
        done = run(desk, "log", "--until", day)
        assert (done.code, "Traceback" in done.err) in ((0, False), (2, False))


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["log", "--last", "0"], "--last"),
        (["log", "--kind", "grnt"], "--kind"),
        (["log", "--outcome", "granted"], "--outcome"),
        (["tasks", "--role", ""], "role"),
        (["ledger", "erase", "--fact", "guest.id", "--yes"], "--fact"),
        (["ledger", "erase", "--fact", "=x", "--yes"], "--fact"),
        (["ledger", "erase", "--fact", "guest.id=g-1", "--yes", "--employee", "dpo"], "--role"),
        (["ledger", "verify", "--anchor", "nowhere.json"], "--anchor"),
        (["ledger", "export", "log.txt"], "log.txt"),
        (["ledger", "prove", "99"], "99"),
        (["ledger", "import", "nowhere.jsonl", "--secret", "nowhere", "--ledger", "x.db"], "nowhere"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_an_error_names_what_is_wrong(desk, command, words):
    before = len(records(desk, "--all"))
    done = run(desk, *command)
    assert done.code in (1, 2, 4)
    assert words in done.err
    assert "Traceback" not in done.err
    assert "fault in remit" not in done.err
    assert len(records(desk, "--all")) == before
