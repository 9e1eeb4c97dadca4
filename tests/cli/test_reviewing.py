"""Reviews, disputes and their answers on the command line, and on the page of the record that they are about."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import remit
from remit.cli.review import reviewing
from remit.ledger.log.entry import KINDS
from remit.ledger.quality import reviews
from support.command import run
from support.desk import desk, request
from support.golden import same_as

HOTEL = "hotel-guest-recovery"
KNOWN = ("--fact", "incident.kind=noise", "--fact", "incident.severity=3", "--fact", "guest.id=g-1", "--fact", "stay.id=s-1")
MINE = ("--employee", "e-17", "--role", "associate")
SUPERVISOR = ("--employee", "s-2", "--role", "supervisor")
MANAGER = ("--employee", "d-1", "--role", "duty_manager")


@pytest.fixture
def reviewed(home: Path) -> Path:
    """A grant, a review of it, the dispute and its answer."""
    for args in (
        ("grant", HOTEL, *KNOWN, *MINE, "--give", "credit=25EUR", "--case", "C-1"),
        ("review", "1", "--verdict", "coach", "--cause", "too_much", "--note", "Ask first.", "--tag", "noise", *SUPERVISOR),
        ("dispute", "2", "--because", "I did ask.", *MINE),
        ("answer", "#3", "--accept", "--note", "So you did.", *MANAGER),
    ):
        done = run(home, *args)
        assert done.code == 0, done
    return home


def timeless(text: str) -> str:
    """Without times and ids."""
    text = re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{5,8}( [A-Z]{3})?", "TIME", text)
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", text)
    return re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "DAY", text)


def test_a_record_shows_what_was_said_of_it(reviewed: Path) -> None:
    pages = (run(reviewed, "why", number, "--reveal").out for number in ("1", "2", "3", "4"))
    same_as("cli/reviewing/pages.txt", timeless("\n----\n".join(pages)))
    assert "Ask first." not in run(reviewed, "why", "1").out


def test_the_log_finds_them(reviewed: Path) -> None:
    kinds = ("--kind", "review", "--kind", "dispute", "--kind", "answer")
    same_as("cli/reviewing/log.txt", timeless(run(reviewed, "log", *kinds).out))
    (found,) = map(json.loads, run(reviewed, "log", "--kind", "review", "--json", "--reveal").out.splitlines())
    assert [found[name] for name in ("verdict", "cause", "tags", "note")] == ["coach", "too_much", ["noise"], "Ask first."]
    assert found["reviewed"]["id"] == "e-17"


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("review", "1", "--verdict", "agree", *MINE), 4, "nobody reviews what they did themselves"),
        (("review", "1", "--verdict", "agree", "--employee", "e-18", "--role", "associate"), 4, "not an associate"),
        (("review", "1", "--verdict", "coach", *MANAGER), 4, "the verdict `coach` needs a note"),
        (("review", "1", "--verdict", "good", *MANAGER), 2, "'good' is not one of"),
        (("review", "9", "--verdict", "agree", *MANAGER), 2, "there is no record 9"),
        (("review", "1", "--verdict", "agree", "--employee", "d-1"), 2, "in which role?"),
        (("review", "1", "--verdict", "agree", *SUPERVISOR), 4, "s-2 has reviewed"),
        (("dispute", "2", "--because", "Again.", *MINE), 4, "was disputed already"),
        (("dispute", "2", "--because", "Again.", *MANAGER), 4, "only they dispute it"),
        (("answer", "3", "--note", "Hm.", *MANAGER), 2, "Add --accept, --partly or --reject."),
        (("answer", "3", "--reject", "--note", "Hm.", *MANAGER), 4, "was answered already"),
        (("answer", "2", "--reject", "--note", "Hm.", *MANAGER), 4, "is a review, not a dispute"),
    ],
)
def test_what_is_refused_is_said(reviewed: Path, args: tuple[str, ...], code: int, said: str) -> None:
    done = run(reviewed, *args)
    assert (done.code, said in done.err) == (code, True), done
    assert "Traceback" not in done.err
    assert len(run(reviewed, "log").out.splitlines()) == 4


def test_a_key_counts_once(reviewed: Path) -> None:
    again = [run(reviewed, "review", "1", "--verdict", "agree", "--key", "k", *MANAGER) for _ in range(2)]
    assert [each.out for each in again] == ["Reviewed, and on record as number 5\n"] * 2


def test_the_commands_know_all_that_the_ledger_knows() -> None:
    assert list(reviewing.VERDICTS) == list(reviews.VERDICTS)
    assert list(reviewing.CAUSES) == list(reviews.CAUSES)
    from remit.cli.review import record_filters

    assert record_filters._KINDS == KINDS


def test_a_record_says_that_the_policy_backed_who_said_no(home: Path) -> None:
    place = home / "desk.db"
    with remit.open_ledger(place) as ledger:
        ledger.decide(desk(), request(facts={"level": 3}), act="declined")
        ledger.decide(desk(), request(facts={"level": 3}), act="handed_over", to="manager")
        ledger.decide(desk(), request(), act="declined")
        ledger.decide(desk(), request(), act="handed_over", to="owner:guest-relations")
    shown = [run(home, "why", f"{number}", "--ledger", str(place)).out for number in (1, 2, 3, 4)]
    assert [("The policy backed this: guardrail threats" in each) for each in shown] == [True, True, False, False]
    assert "done  declined" in shown[0]
    assert "done  handed over to a manager" in shown[1]
    assert all("the same, bit for bit" in each for each in shown)
    same_as("cli/reviewing/acts.txt", timeless(run(home, "log", "--ledger", str(place)).out))
