"""``calibrate`` and ``outcome``, with real commands and at a real terminal."""

import json
import re

import pytest

from support.command import REMIT, Terminal, environment, run

HOTEL = "hotel-guest-recovery"
KNOWN = ["--fact", "incident.kind=noise", "--fact", "incident.severity=3", "--fact", "guest.tier=gold"]
D_1 = ["--role", "duty_manager", "--employee", "d-1"]
S_1, S_2 = (["--role", "supervisor", "--employee", each] for each in ("s-1", "s-2"))


@pytest.fixture
def desk(home):
    """Three grants by an associate (records 1 to 3)."""
    for number in (1, 2, 3):
        guest = ["--case", f"C-{number}", "--fact", f"guest.id=g-{number}", "--fact", f"stay.id=s-{number}"]
        done = run(
            home, "grant", HOTEL, *KNOWN, *guest, "--role", "associate", "--employee", "e-17", "--give", f"credit=2{number}EUR"
        )
        assert done.code == 0
    return home


@pytest.fixture
def started(desk):
    """A calibration of them (record 4)."""
    reviewers = ["--reviewer", "s-1", "--reviewer", "s-2"]
    assert run(desk, "calibrate", "start", "1", "2", "3", *reviewers, "--title", "Noise", *D_1).code == 0
    return desk


def rate(home, record, verdict, who, *more):
    return run(home, "calibrate", "rate", "4", str(record), "--verdict", verdict, *more, *who)


def test_verdicts_are_sealed_until_one_has_given_ones_own(started):
    assert rate(started, 1, "agree", S_1).out == "Judged, and on record as number 5\n"
    shown = run(started, "calibrate", "show", "4", *S_2).out
    assert "has judged it" in shown
    assert "agree" not in shown
    assert rate(started, 1, "coach", S_2, "--note", "Too much.", "--cause", "too_much").code == 0
    assert "s-1  agree" in run(started, "calibrate", "show", "4", *S_2).out
    for look in (["log", "--reveal"], ["log", "--json", "--reveal"], ["why", "6", "--reveal"], ["why", "4", "--reveal"]):
        text = run(started, *look).out
        assert "too_much" not in text
        assert "Too much." not in text


def test_when_all_have_judged_it_says_how_far_they_agree(started):
    for record, one, other in ((1, "agree", "agree"), (2, "agree", "policy"), (3, "praise", "praise")):
        assert rate(started, record, one, S_1).code == rate(started, record, other, S_2).code == 0
    shown = run(started, "calibrate", "show", "4", *D_1).out
    assert "(closed)" in shown
    assert "67% of the pairs of verdicts are alike, on 3 cases." in shown
    assert "With fewer than 5 cases that all have judged, kappa would say nothing." in shown
    assert "Talk about record 2" in shown
    plain = json.loads(run(started, "calibrate", "show", "4", "--json", *D_1).out)
    assert plain["agreement"] == {"cases": 3, "same": pytest.approx(2 / 3), "kappa": None, "split": [2]}
    late = rate(started, 2, "agree", S_1)
    assert late.code != 0
    assert "has judged" in late.err


def test_one_case_after_another_at_a_terminal(started):
    assert rate(started, 3, "praise", S_2, "--note", "What a save.").code == 0
    with Terminal([*REMIT, "calibrate", "rate", "4", *S_1], environment(started)) as terminal:
        for typed in ("x", "c", "", "Try another room.", "s", "a"):
            terminal.prompt()
            terminal.type(typed)
        code, text = terminal.finish()
    assert code == 0
    assert "What a save" not in text  # by the other reviewer
    assert "Type one of these: a agree" in text
    assert "Record 1: coach, on record as number 6." in text
    assert "2 cases judged. 1 is left; `remit calibrate rate 4` goes on." in re.sub(r"\s+", " ", text)
    listed = run(started, "calibrate", "list", *S_1).out
    assert "1 of 3 wait for you  Noise" in listed
    again = run(started, "calibrate", "rate", "4", "--verdict", "agree", *S_1)
    assert again.code == 2
    assert "which record?" in again.err


def test_who_does_not_take_part_sees_nothing(started):
    assert (
        run(started, "calibrate", "list", "--role", "supervisor", "--employee", "s-9").out
        == "You take part in no calibration.\n"
    )
    refused = run(started, "calibrate", "show", "4", "--role", "supervisor", "--employee", "s-9")
    assert refused.code != 0
    assert "s-9 does not" in refused.err


def test_outcomes_one_by_one_and_from_a_file(desk):
    assert run(desk, "outcome", "1", "--kept", "yes", "--csat", "4", *S_1).out == (
        "On record as number 4: what became of number 1\n"
    )
    assert "outcome: the customer stayed, satisfaction 4 of 5" in run(desk, "why", "1").out
    survey = desk / "survey.csv"
    survey.write_text("case,kept,csat\nC-2,no,\nC-9,maybe,7\n,yes,\n", encoding="utf-8")
    wrong = run(desk, "outcome", "--from", str(survey), *S_1)
    assert wrong.code != 0
    for text in ("line 3", "not `maybe`", "not `7`", "case `C-9`", "line 4", "names a record or a case"):
        assert text in wrong.err
    assert len(run(desk, "log").out.splitlines()) == 4  # nothing of it is recorded
    survey.write_text("case,kept,csat\nC-2,no,\nC-3,,5\n", encoding="utf-8")
    assert run(desk, "outcome", "--from", str(survey), *S_1).out == "2 recorded\n"
    assert run(desk, "outcome", "--from", str(survey), *S_1).out == "0 recorded; 2 were there already\n"
    lines = desk / "survey.jsonl"
    lines.write_text('{"record": 1, "kept": false}\n\n{"record": "C-1"}\n[1]\n', encoding="utf-8")
    wrong = run(desk, "outcome", "--from", str(lines), *S_1)
    assert "line 3: error: it says nothing" in wrong.err
    assert "line 4: error: it is no JSON object" in wrong.err
    lines.write_text('{"record": 1, "kept": false}\n{"case": "C-3", "csat": 4, "kept": true}\n', encoding="utf-8")
    assert run(desk, "outcome", "--from", str(lines), *S_1).out == "2 recorded\n"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["outcome"], "name one of these"),
        (["outcome", "1", "--case", "C-1", "--kept", "yes"], "name one of these"),
        (["outcome", "1"], "an outcome says something"),
    ],
)
def test_what_is_missing_is_named(desk, words, why):
    done = run(desk, *words, *S_1)
    assert done.code != 0
    assert why in done.err


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("latin.csv", b"case,kept\nC-1,y\xe9s\n", "it is not UTF-8"),
        ("twice.csv", b"case,csat,csat\nC-1,4,2\n", "the column `csat` is there twice"),
        ("more.csv", b"case,csat\nC-1,4,no\n", "more cells than there are columns"),
        ("long.csv", b"case,csat\nC-1," + b"4" * 5_000 + b"\n", "far too long"),
        ("field.csv", b"case,csat\n" + b"C" * 200_000 + b",4\n", "it is no CSV"),
        ("digit.csv", "case,csat\nC-1,\u0664\n".encode(), "a whole number from 1 to 5"),
        ("empty.csv", b"", "there is no outcome in it"),
        ("number.csv", b"record,csat\n" + b"9" * 30 + b",4\n", "there is no record 9"),
        ("deep.jsonl", b"[" * 100_000 + b"\n", "it is no JSON object"),
        ("twice.jsonl", b'{"record": 1, "csat": 4, "csat": 2}\n', "a name is there twice"),
        ("half.jsonl", b'{"case": "\\ud800", "csat": 4}\n', "line 1"),
        ("other.csv", b"record,csat\n1,4\n4,5\n", "record 4 is no decision for a customer"),
    ],
)
def test_a_file_that_is_none_is_told_line_by_line_and_nothing_is_recorded(desk, name, content, why):
    assert run(desk, "review", "1", "--verdict", "agree", *S_1).code == 0  # record 4
    (desk / name).write_bytes(content)
    done = run(desk, "outcome", "--from", str(desk / name), *S_1)
    assert done.code not in (0, 1), done
    assert why in done.err
    assert "fault in remit" not in done.err
    assert len(run(desk, "log").out.splitlines()) == 4


def test_a_file_of_a_spreadsheet_and_a_score_that_goes_back(desk):
    survey = desk / "survey.csv"
    for score, new in ((4, 1), (5, 1), (5, 0), (4, 1)):
        survey.write_bytes(b"\xef\xbb\xbfrecord,csat\r\n1,%d\r\n" % score)
        assert run(desk, "outcome", "--from", str(survey), *S_1).out.startswith(f"{new} recorded")
    assert "1 were there already" in run(desk, "outcome", "--from", str(survey), *S_2).out  # by a colleague
