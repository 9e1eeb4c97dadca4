"""The table "Who may" of docs/ledger.md, from the command line: each row is tried by somebody who may not, in every way that
the options and the environment allow."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import remit
from support.command import ROOT, Ran, run
from support.desk import desk, request
from support.staff import staff

KNOWN = ("--fact", "guest.id=g-1", "--fact", "stay.id=s-1")


class Desk:
    """A ledger with a roster in which the tests' own login belongs to one of the people, and the policy in a file."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "desk.db"
        self.policy = home / "desk.yaml"
        self.policy.write_text(desk().model.text, encoding="utf-8")
        self.version = 0
        self.sit_down("e1")
        with self.open() as ledger:
            ledger.publish(desk(), by="m-1")

    def open(self) -> remit.Ledger:
        return remit.open_ledger(self.path)

    def sit_down(self, who: str, more: str = "") -> None:
        """From now on the login belongs to somebody else (nobody: an empty name)."""
        self.version += 1
        with self.open() as ledger:
            ledger.publish(staff(str(self.version), mine=who, more=more), by="m-1")

    def run(self, *args: str, env: Mapping[str, str] = {}) -> Ran:
        return run(self.home, *args, env={"REMIT_LEDGER": str(self.path), **env})

    def give(self, amount: str, *more: str, **options: Any) -> Ran:
        return self.run("grant", str(self.policy), *KNOWN, "--give", f"credit={amount}", *more, **options)

    def by_program(self, amount: str, employee: str, *, operation: str = "grant") -> str:
        """A grant or a task by somebody else, through a service."""
        with self.open() as ledger:
            entry = getattr(ledger, operation)(desk(), {**request(amount, guest="g-9"), "employee": {"id": employee}})
            assert entry.kind == operation
            return str(entry.seq)

    def size(self) -> int:
        with self.open() as ledger:
            return ledger.head().size


@pytest.fixture
def here(home: Path) -> Desk:
    return Desk(home)


def refused(here: Desk, done: Ran, words: str) -> None:
    """It was refused in these words, by the command and not by a crash."""
    assert done.code in (2, 4), done
    assert re.search(words, " ".join(done.err.split())), done.err
    assert "Traceback" not in done.err


@pytest.fixture(autouse=True)
def the_ledger_stays_whole(here: Desk) -> Any:
    """Whatever was tried."""
    yield
    with here.open() as ledger:
        assert ledger.verify(thorough=True).ok


def test_who_sits_here_is_who_the_login_belongs_to(here: Desk) -> None:
    done = here.give("25EUR", "--json")
    assert done.code == 0, done.err
    with here.open() as ledger:
        (entry,) = ledger.records(kind="grant")
    assert entry.body["employee"] == {"id": "e-1", "role": "associate", "source": "roster"}


# decide, grant, escalate


@pytest.mark.parametrize(
    ("options", "env", "words"),
    [
        (("--employee", "m-1"), {}, "your login, .*, belongs to e-1, not to m-1"),
        (("--employee", "e-9"), {}, "belongs to e-1, not to e-9"),
        ((), {"REMIT_EMPLOYEE": "m-1"}, "belongs to e-1, not to m-1"),
        (("--role", "manager"), {}, "e-1 is an associate on the roster, and may not act as a manager"),
        ((), {"REMIT_ROLE": "manager"}, "may not act as a manager"),
        (("--employee", "m-1", "--role", "manager"), {}, "belongs to e-1, not to m-1"),
    ],
)
def test_nobody_gives_as_somebody_else_or_in_another_role(here: Desk, options: Any, env: Any, words: str) -> None:
    before = here.size()
    refused(here, here.give("500EUR", *options, env=env), words)
    refused(here, here.give("60EUR", "--send-up", *options, env=env), words)
    refused(here, here.run("ask", str(here.policy), *KNOWN, "--give", "credit=500EUR", *options, env=env), words)
    assert here.size() == before


@pytest.mark.parametrize("name", ["LOGNAME", "USER", "LNAME", "USERNAME"])
def test_the_environment_does_not_say_who_somebody_is(here: Desk, name: str) -> None:
    assert here.give("150EUR", env={name: "m1-login"}).code == 3  # still an associate's: it goes up
    with here.open() as ledger:
        assert [entry.employee for entry in ledger.records(kind="decide")] == ["e-1"]


def test_a_login_that_belongs_to_nobody_gives_nothing(here: Desk) -> None:
    here.sit_down("")
    before = here.size()
    for options in ((), ("--employee", "e-1"), ("--role", "associate")):
        refused(here, here.give("1EUR", *options), "your login, .*, belongs to nobody on the roster of .*; m-1 can add it")
    assert here.size() == before


def test_a_role_that_is_covered_is_on_record(here: Desk) -> None:
    with here.open() as ledger:
        text = staff("cover", mine="e1").text.replace("until: 2026-07-31", "until: 2099-12-31")
        ledger.publish(remit.ledger.people.roster_file.read_roster(text), by="m-1")
    assert here.give("120EUR", "--role", "supervisor").code == 0
    shown = here.run("why", str(here.size())).out
    assert "acting: cover (by leave of m-1)" in shown


def altered(here: Desk, name: str, *changes: tuple[str, str]) -> str:
    text = here.policy.read_text(encoding="utf-8").replace("associate: 50 EUR", "associate: 5000 EUR")
    for old, new in changes:
        text = text.replace(old, new)
    path = here.home / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((), "is in this ledger with another text"),
        ((('version: "1"', 'version: "2"'),), "version 2 of `desk` is not published in this ledger"),
        ((("policy: desk", "policy: mine"),), "`mine` is not published in this ledger: m-1 may publish it"),
    ],
)
def test_a_copy_with_other_limits_decides_nothing(here: Desk, changes: Any, words: str) -> None:
    copy, before = altered(here, "copy", *changes), here.size()
    refused(here, here.run("grant", copy, *KNOWN, "--give", "credit=4000EUR"), words)
    refused(here, here.run("ask", copy, *KNOWN, "--give", "credit=4000EUR", "--json"), words)
    assert here.size() == before


# void, approve, decline


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "given by e-2, an associate: they may take it back themselves, or a supervisor or above; not an associate"),
        (("--role", "supervisor"), "may not act as a supervisor"),
        (("--employee", "e-2"), "belongs to e-1, not to e-2"),
        (("--employee", "s-1", "--role", "supervisor"), "belongs to e-1, not to s-1"),
        (("--part", "credit=1EUR"), "not an associate"),
    ],
)
def test_nobody_takes_back_what_a_colleague_gave(here: Desk, options: Any, words: str) -> None:
    grant, before = here.by_program("10 EUR", "e-2"), here.size()
    refused(here, here.run("void", grant, "--reason", "Because I want to.", *options), words)
    assert here.size() == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "nobody answers what they asked themselves"),
        (("--employee", " E-1"), "nobody answers what they asked themselves"),
        (("--role", "manager"), "may not act as a manager"),
        (("--employee", "s-1", "--role", "supervisor"), "belongs to e-1, not to s-1"),
    ],
)
def test_nobody_answers_what_they_asked(here: Desk, options: Any, words: str) -> None:
    task, before = here.by_program("60 EUR", "e-1", operation="escalate"), here.size()
    refused(here, here.run("approve", task, *options), words)
    refused(here, here.run("decline", task, "--reason", "No need.", *options), words)
    assert here.size() == before


def test_nobody_answers_what_is_above_them(here: Desk) -> None:
    task = here.by_program("60 EUR", "e-2", operation="escalate")
    assert here.run("approve", task).code == 3  # their own limits decide, and it stays open
    refused(here, here.run("decline", task, "--reason", "No."), "is for a supervisor or above to answer, not for an associate")
    assert here.run("tasks").out == ""  # there is nothing that they may answer
    here.sit_down("s1")
    assert here.run("tasks").out.split()[0] == task
    assert here.run("approve", task).code == 0


# review, dispute, answer


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "about what e-2, an associate, did: a supervisor or above may look at it, not an associate"),
        (("--role", "supervisor"), "may not act as a supervisor"),
        (("--employee", "s-1", "--role", "supervisor"), "belongs to e-1, not to s-1"),
        (("--role", "owner:guest-relations"), "may not act as"),
    ],
)
def test_nobody_reviews_a_colleague(here: Desk, options: Any, words: str) -> None:
    grant, before = here.by_program("10 EUR", "e-2"), here.size()
    refused(here, here.run("review", grant, "--verdict", "praise", *options), words)
    assert here.size() == before


def test_nobody_reviews_what_they_did_or_disputes_and_answers_for_others(here: Desk) -> None:
    mine, theirs = here.by_program("10 EUR", "e-1"), here.by_program("11 EUR", "e-2")
    refused(here, here.run("review", mine, "--verdict", "praise"), "nobody reviews what they did themselves")
    here.sit_down("s1")
    for record in (mine, theirs):
        done = here.run("review", record, "--verdict", "coach", "--note", "Less.")
        assert done.code == 0, done
    reviews = [str(here.size() - 1), str(here.size())]
    here.sit_down("e1")
    refused(here, here.run("dispute", reviews[1], "--because", "No."), "about what e-2 did: only they dispute it, not e-1")
    assert here.run("dispute", reviews[0], "--because", "No.").code == 0
    dispute = str(here.size())
    refused(here, here.run("answer", dispute, "--accept", "--note", "Yes."), "the dispute of e-1: somebody else answers it")
    here.sit_down("e2")
    refused(here, here.run("answer", dispute, "--accept", "--note", "Yes."), "a supervisor or above may look at it")
    here.sit_down("s1")
    refused(here, here.run("answer", dispute, "--reject", "--note", "No."), "s-1's own verdict")
    assert here.run("answer", dispute, "--accept", "--note", "Yes.").code == 0


# outcome, calibrate, rate


@pytest.mark.parametrize(
    ("who", "options", "words"),
    [
        ("", (), "belongs to nobody on the roster"),
        ("e1", ("--employee", "m-1"), "belongs to e-1, not to m-1"),
        ("e1", ("--role", "manager"), "may not act as a manager"),
    ],
)
def test_nobody_says_what_became_of_a_customer_as_somebody_else(here: Desk, who: str, options: Any, words: str) -> None:
    grant = here.by_program("10 EUR", "e-2")
    here.sit_down(who)
    before = here.size()
    refused(here, here.run("outcome", grant, "--kept", "yes", *options), words)
    assert here.size() == before


def test_nobody_calibrates_or_judges_a_colleague(here: Desk) -> None:
    theirs, mine = here.by_program("10 EUR", "e-2"), here.by_program("11 EUR", "e-1")
    reviewers = ("--reviewer", "e-1", "--reviewer", "m-1")
    refused(here, here.run("calibrate", "start", theirs, *reviewers), "a supervisor or above may look at it, not an associate")
    here.sit_down("s1")
    done = here.run("calibrate", "start", theirs, mine, *reviewers)
    assert done.code == 0, done
    calibration = str(here.size())
    refused(here, here.run("calibrate", "rate", calibration, theirs, "--verdict", "agree"), "was not invited")
    here.sit_down("e1")
    refused(here, here.run("calibrate", "rate", calibration, theirs, "--verdict", "agree"), "may look at it, not an associate")
    refused(here, here.run("calibrate", "rate", calibration, mine, "--verdict", "agree"), "what they did themselves")


# note, and its void


@pytest.mark.parametrize(
    ("who", "options", "words"),
    [
        ("", (), "belongs to nobody on the roster"),
        ("e1", ("--employee", "m-1"), "belongs to e-1, not to m-1"),
        ("e1", ("--role", "manager"), "may not act as a manager"),
    ],
)
def test_nobody_notes_as_somebody_else(here: Desk, who: str, options: Any, words: str) -> None:
    here.sit_down(who)
    before = here.size()
    refused(here, here.run("note", "--fact", "guest.id=g-1", "likes a quiet room", *options), words)
    assert here.size() == before


def test_nobody_takes_back_what_a_colleague_noted(here: Desk) -> None:
    with here.open() as ledger:
        note = str(ledger.note("guest.id", "g-1", "likes a quiet room", employee={"id": "e-2"}).seq)
    words = "was written by e-2, an associate: they may take it back themselves, or somebody in a role above theirs"
    refused(here, here.run("void", note, "--reason", "Because I want to."), words)
    refused(here, here.run("void", note, "--reason", "No.", "--role", "supervisor"), "may not act as a supervisor")
    here.sit_down("s1")
    assert here.run("void", note, "--reason", "It was somebody else.").code == 0
    assert here.run("customer", "--fact", "guest.id=g-1").out == "g-1: no earlier cases on record\n"


# publish, erase


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "e-1 may not publish here; m-1 may"),
        (("--by", "m-1"), "belongs to e-1, not to m-1"),
        (("--by", "e-9"), "not to e-9"),
    ],
)
def test_only_publishers_publish(here: Desk, options: Any, words: str) -> None:
    policy, before = altered(here, "new", ('version: "1"', 'version: "2"')), here.size()
    mine = here.home / "mine.yaml"
    mine.write_text(staff("mine").text.replace("role: associate", "role: manager\n    publishes: true", 1), encoding="utf-8")
    for what in (policy, str(mine)):
        refused(here, here.run("publish", what, *options), words)
    assert here.size() == before
    here.sit_down("m1")
    assert here.run("publish", policy).code == 0


def test_the_first_roster_is_put_there_by_one_of_its_publishers(home: Path) -> None:
    path = home / "staff.yaml"
    path.write_text(staff("1", mine="e1").text, encoding="utf-8")
    ledger = {"REMIT_LEDGER": str(home / "new.db")}
    for options in ((), ("--by", "m-1"), ("--by", "e-1")):
        done = run(home, "publish", str(path), *options, env=ledger)
        assert done.code == 2
        assert "whoever puts it in must be able to change it" in " ".join(done.err.split())
    path.write_text(staff("1", mine="m1").text, encoding="utf-8")
    done = run(home, "publish", str(path), env=ledger)
    assert (done.code, done.out) == (0, "the roster desk 1 is published, on record as number 1\n")


def test_only_erasers_erase(here: Desk) -> None:
    here.by_program("10 EUR", "e-2")
    before = here.size()
    for who, words in (("e1", "e-1 may not erase anybody's facts here; x-1 may"), ("m1", "m-1 may not erase")):
        here.sit_down(who)
        refused(here, here.run("ledger", "erase", "--fact", "guest.id=g-9", "--yes"), words)
        refused(
            here,
            here.run("ledger", "erase", "--fact", "guest.id=g-9", "--yes", "--employee", "x-1", "--role", "manager"),
            "not to x-1",
        )
    assert here.size() == before + 2  # the two rosters


# facts


def fake(here: Desk, name: str, facts: Any) -> str:
    """A program that prints facts."""
    path = here.home / name
    path.write_text(f"#!/usr/bin/env sh\ncat <<'END'\n{json.dumps(facts)}\nEND\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def strict(here: Desk) -> str:
    text = here.policy.read_text(encoding="utf-8").replace("stay.id: {type: text}", "stay.id: {type: text, source: system}")
    text = (
        text.replace('version: "1"', 'version: "3"')
        .replace("max: 300 EUR, counts", "max: 300 EUR, counts")
        .replace("id: guest-money, per: guest.id", "id: guest-money, per: stay.id")
    )
    path = here.home / "strict.yaml"
    path.write_text(text, encoding="utf-8")
    with here.open() as ledger:
        ledger.publish(remit.load(path), by="m-1")
    return str(path)


def test_what_is_typed_is_somebodys_word(here: Desk) -> None:
    policy = strict(here)
    done = here.run("grant", policy, *KNOWN, "--give", "credit=10EUR")
    assert done.code == 6
    assert "it must come from a system" in " ".join(done.out.split())
    with here.open() as ledger:
        (entry,) = ledger.records(kind="decide")
    assert entry.body["request"]["sources"] == {"guest.id": "stated", "stay.id": "stated"}
    done = here.run("grant", policy, *KNOWN, "--from-evidence", "stay.id", "--give", "credit=10EUR")
    assert (done.code, "none is on file" in done.err) == (4, True)
    done = here.run("grant", policy, *KNOWN, "--from-evidence", "stay.id", "--evidence", "note=DOC-1", "--give", "credit=10EUR")
    assert done.code == 6  # a document is not enough either


def test_a_program_of_ones_own_is_no_system(here: Desk) -> None:
    policy = strict(here)
    crm = fake(here, "crm", {"stay": {"id": "s-1", "room": 12}})
    for command in (f"{crm} lookup C-17", f"{crm} C-17"):
        done = here.run(
            "grant",
            policy,
            "--fact",
            "guest.id=g-1",
            "--facts-from",
            command,
            "--give",
            "credit=10EUR",
            env={"PATH": f"{here.home}:/usr/bin:/bin"},
        )
        assert done.code == 6, done.err
    evil = here.home / "evil"
    evil.mkdir()
    for name in ("sh", "cat"):
        (evil / name).write_text('#!/bin/sh\necho \'{"stay.id": "forged"}\'\n', encoding="utf-8")
        (evil / name).chmod(0o755)
    text = staff("trusted", mine="e1").text.replace("/usr/bin/crm lookup", f"{crm} lookup")
    with here.open() as ledger:
        ledger.publish(remit.ledger.people.roster_file.read_roster(text), by="m-1")
    given = ("grant", policy, "--fact", "guest.id=g-1", "--give", "credit=10EUR", "--facts-from")
    assert here.run(*given, f"{crm} C-17").code == 6  # other words than the roster's
    assert here.run(*given, f"{crm} lookup C-17", env={"PATH": f"{evil}:/usr/bin:/bin"}).code == 0  # and not another's PATH
    with here.open() as ledger:
        (entry,) = ledger.records(kind="grant")
    assert entry.body["request"]["sources"] == {"guest.id": "stated"}
    assert entry.body["request"]["facts"]["stay.id"] == "s-1"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/nowhere/crm", "cannot be run"),
        ("/bin/false", "left with 1"),
        ("/bin/echo no json", "is not JSON"),
        ("/bin/echo 3", "must be a mapping of facts"),
        (" ", "which command"),
        ('/bin/echo "', "a quote of .* is not closed"),
        (f"{sys.executable} -c 'print(\"[\" * 100_000)'", "is not JSON"),
    ],
)
def test_a_command_that_gives_no_facts_is_told(here: Desk, command: str, words: str) -> None:
    refused(here, here.give("1EUR", "--facts-from", command), words)


def test_a_command_runs_with_what_is_known(here: Desk) -> None:
    """What a fact says stays one word of the command, whatever it says."""
    policy = strict(here)
    crm = here.home / "crm"
    crm.write_text('#!/bin/sh\ntest "$#" = 2 && test "$2" = "g 1; rm" && echo \'{"stay": {"id": "s-1"}}\'\n', encoding="utf-8")
    crm.chmod(0o755)
    text = staff("trusted", mine="e1").text.replace("/usr/bin/crm lookup", f"{crm} lookup")
    with here.open() as ledger:
        ledger.publish(remit.ledger.people.roster_file.read_roster(text), by="m-1")
    given = ("grant", policy, "--give", "credit=10EUR", "--facts-from", f"{crm} lookup {{guest.id}}")
    assert here.run(*given, "--fact", "guest.id=g 1; rm").code == 0
    refused(here, here.run(*given), r"needs guest\.id; add --fact guest\.id=\.\.\.")
    env = {"REMIT_FACTS_FROM": f"{crm} lookup {{guest.id}}"}
    assert here.run(*given[:4], "--fact", "guest.id=g 1; rm", "--key", "k", env=env).code == 0


def test_facts_come_from_a_file_too(here: Desk) -> None:
    file = here.home / "guest.json"
    file.write_text('{"guest": {"id": "g-1"}, "stay.id": "s-9", "more": 3}', encoding="utf-8")
    done = here.run("grant", str(here.policy), "--facts-from", str(file), "--give", "credit=10EUR")
    assert done.code == 0, done.err
    with here.open() as ledger:
        (entry,) = ledger.records(kind="grant")
    assert entry.body["request"]["sources"] == {"guest.id": "stated", "stay.id": "stated"}
    refused(here, here.give("1EUR", "--facts-from", str(here.home / "none.json")), "cannot be read: No such file")


def test_a_policy_that_needs_a_roster_is_not_used_beside_it(here: Desk) -> None:
    """Another ledger, of one's own, has no roster."""
    policy = altered(here, "needs", ("facts:", "roster: required\nfacts:"))
    done = here.run("grant", policy, *KNOWN, "--give", "credit=10EUR", env={"REMIT_LEDGER": str(here.home / "own.db")})
    refused(here, done, "`desk` is used only where the ledger knows who works here: publish a roster")


def test_every_row_of_the_table_is_tried() -> None:
    """A row that is added is tried here, too."""
    text = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8").partition("## Who may\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    tried = {"decide", "grant", "escalate", "void", "approve", "decline", "review", "dispute", "answer_dispute"}
    tried |= {"note", "publish", "erase", "outcome", "calibrate"}
    in_services_alone = {"hold", "settle", "release"}  # tests/ledger/test_roster.py
    assert named == tried | in_services_alone
