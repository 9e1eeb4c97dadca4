"""`remit review` at a real terminal: who, disputes first, one case after the other, every key; and the draw as a list."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.review.drawing.draw import AT_RANDOM, BY_RISK
from support.command import REMIT, Terminal, environment, run
from support.desk import desk, request
from support.golden import same_as
from support.staff import roster_text

FREE = "\n  - {id: guest-grants, per: guest.id, over: calendar month, max: 4000 grants}"
STORY = "They had waited for two hours, and the room was \u201cn\u00f6t\u201d the one that they had booked."
SUPERVISOR = ("--employee", "s-2", "--role", "supervisor")
KEYS = "a agree, p praise, c coach"


class Place:
    """A ledger of what a desk did in the last days."""

    def __init__(self, home: Path) -> None:
        self.home, self.path = home, home / "desk.db"
        self.then = datetime.now(UTC) - timedelta(days=3)

    def open(self) -> remit.Ledger:
        return remit.open_ledger(self.path, clock=lambda: self.then)

    def fill(self) -> None:
        """A grant on the limit with a story, a grant, one that was taken back by who gave it, and a task that was approved."""
        with self.open() as ledger:
            wanted = request("50 EUR", "g-1", "e-17", case="C-1", story=STORY)
            assert ledger.grant(desk(FREE), wanted).granted
            assert ledger.grant(desk(FREE), request("10 EUR", "g-1", "e-18", case="C-2", facts={"stay.id": "s-9"})).granted
            grant = ledger.grant(desk(FREE), request("20 EUR", "g-3", "e-17", case="C-3"))
            ledger.void(grant.id, employee={"id": "e-17", "role": "associate"}, reason="Wrong guest.")
            task = ledger.escalate(desk(FREE), request("90 EUR", "g-4", "e-17", case="C-4"))
            ledger.approve(task.id, employee={"id": "s-7", "role": "supervisor"})

    def sit(self, *more: str, who: tuple[str, ...] = SUPERVISOR, **env: str) -> Terminal:
        options = ("--ledger", str(self.path), "--seed", "s", *who, *more)
        return Terminal([*REMIT, "review", *options], environment(self.home, **env))

    def run(self, *args: str, who: tuple[str, ...] = SUPERVISOR) -> Any:
        return run(self.home, *args, "--ledger", str(self.path), *who)

    def reviews(self) -> list[Any]:
        with self.open() as ledger:
            return list(ledger.records(kind="review"))

    def said(self) -> list[tuple[int, str, str | None]]:
        """The reviews: of which record, the verdict, the note."""
        with self.open() as ledger:
            return [
                (ledger.record(str(each.of)).seq, each.body["verdict"], each.words("note", reveal=True))
                for each in self.reviews()
            ]


@pytest.fixture
def place(home: Path) -> Place:
    found = Place(home)
    found.fill()
    return found


def play(terminal: Terminal, *keys: str) -> list[str]:
    """Type each line at its prompt; what was shown before each, and at the end."""
    shown = [terminal.prompt() or ""]
    for key in keys:
        assert shown[-1], terminal.text
        terminal.type(key)
        shown.append(terminal.prompt() or "")
    return shown


def steady(text: str) -> str:
    """Without what is another every time."""
    text = re.sub(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(:\d{2} [A-Z]+)?", "2026-07-01 12:00", text)
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", text)
    return re.sub(r"\d{4}-\d{2}-\d{2}", "2026-07-01", text)


def record_of(screen: str) -> int:
    found = re.findall(r"Record (\d+) \(\d+ of", screen)
    assert found, screen
    return int(found[-1])


@pytest.mark.parametrize(
    ("name", "env"),
    [
        ("utf-8", {}),
        ("no-color", {"NO_COLOR": "1"}),
        ("dumb", {"TERM": "dumb"}),
        ("plain", {"REMIT_PLAIN": "1"}),
        ("ascii", {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    ],
)
def test_a_case_is_a_screen_of_80_by_24(place: Place, name: str, env: dict[str, str]) -> None:
    keys = ("a", "p", "Well done.", "y", "late", "s", "a", "a", "b", "?", "? drawn", "? nothing")
    with place.sit(**env) as terminal:
        screens = play(terminal, *keys)
        terminal.type("q")
        code, _ = terminal.finish()
        raw = terminal.raw
    assert code == 0
    assert (b"\x1b[1m" in raw) == (name in ("utf-8", "ascii"))
    assert name != "ascii" or raw.isascii()
    for screen in screens:
        lines = screen.split("\n")
        assert name == "plain" or max(map(len, lines)) <= 80
        if KEYS in screen and "What you can type" not in screen:
            first = next(number for number, line in enumerate(lines) if line.startswith(("Record ", "5 of ")))
            assert len(lines) - first <= 24, screen
    same = "utf-8" if name in ("no-color", "dumb") else name
    same_as(f"cli/review/{same}.txt", f"\n{'=' * 80}\n".join(steady(each) for each in screens))


def test_a_verdict_is_written_with_the_next_answer(place: Place) -> None:
    with place.sit() as terminal:
        first, second = play(terminal, "a")
        assert place.reviews() == []
        assert f"Record {record_of(first)}: agree. b takes it back; your next answer puts it on record." in " ".join(
            second.split()
        )
        terminal.type("s")
        third = terminal.prompt() or ""
        assert place.said() == [(record_of(first), "agree", None)]
        assert f"Record {record_of(first)}: agree, on record as number 7." in third
        terminal.type("q")
        code, text = terminal.finish()
    assert code == 0
    assert "1 record reviewed and 1 skipped. 3 of this draw are left; `remit review` goes on." in " ".join(text.split())
    (review,) = place.reviews()
    assert review.body["tags"] in ([AT_RANDOM], [BY_RISK])
    drawn = {each["number"]: each for each in map(json.loads, place.run("review", "--json", "--seed", "s").out.splitlines())}
    assert record_of(first) not in drawn  # it was reviewed
    assert set(drawn) == {1, 2, 3, 4, 5} - {record_of(first)}


def test_a_verdict_can_be_taken_back_before_the_next(place: Place) -> None:
    with place.sit() as terminal:
        screens = play(terminal, "a", "b", "c", "2", "Give more next time.", "", "b", "", "s")
        assert "Your verdict, not on record yet: agree. Enter keeps it." in screens[2]
        assert record_of(screens[0]) == record_of(screens[2]) == record_of(screens[7])
        again = " ".join(screens[7].split())
        assert "not on record yet: coach (less than the case called for, or a refusal that the policy did not ask for)" in again
        assert record_of(screens[8]) == record_of(screens[1])
        assert place.said() == [(record_of(screens[0]), "coach", "Give more next time.")]
        terminal.type("b")
        terminal.prompt()
        terminal.type("b")
        shown = terminal.prompt() or ""
        assert "Your verdict is on record as number 7, and cannot be changed." in shown
        terminal.type("p")
        assert "cannot be changed" in (terminal.prompt() or "")
        terminal.type("q")
        assert terminal.finish()[0] == 0
    assert len(place.said()) == 1


def test_skipping_takes_a_verdict_back(place: Place) -> None:
    with place.sit() as terminal:
        play(terminal, "a", "b", "s", "q")
        code, text = terminal.finish()
    assert (code, place.said()) == (0, [])
    assert "1 skipped." in text


def test_all_of_a_form_goes_on_record(place: Place) -> None:
    with place.sit() as terminal:
        screens = play(terminal, "o", "9", "lack", "Let them give 60 EUR.", "Night, desk late", "p", "Kind.", "y", "", "q")
        assert "`9` is none of" in screens[2]
        assert terminal.finish()[0] == 0
    policy, praise = place.reviews()
    assert (policy.body["verdict"], policy.body["cause"], praise.body["shared"]) == ("policy", "lack_of_authority", True)
    assert set(policy.body["tags"]) - {AT_RANDOM, BY_RISK} == {"night", "desk", "late"}
    assert [words for _, _, words in place.said()] == ["Let them give 60 EUR.", "Kind."]


def test_to_coach_needs_a_note_and_nothing_typed_is_lost(place: Place) -> None:
    with place.sit() as terminal:
        screens = play(terminal, "Ask for the other room first.", "c", "<", "c", "1", "<", "", "", "", "s")
        assert "Kept as your note on this case. Which verdict" in screens[1]
        assert "What you typed is kept." in screens[3]
        assert "[too much] >" in screens[6]
        assert "[Ask for the other room first.] >" in screens[7]
        assert place.said()[0][1:] == ("coach", "Ask for the other room first.")
        screens = [*screens, *play_on(terminal, "c", "", "", "", "-")]
        assert "To coach, say it in a sentence" in screens[-2]


def play_on(terminal: Terminal, *keys: str) -> list[str]:
    shown = []
    for key in keys:
        terminal.type(key)
        shown.append(terminal.prompt() or "")
    return shown


def test_quitting_with_words_and_no_verdict_is_asked_about(place: Place) -> None:
    with place.sit() as terminal:
        screens = play(terminal, "That was kind of them.", "q", "n", "q", "y")
        assert "has no verdict yet, and is lost. Quit?" in " ".join(screens[2].split())
        code, text = terminal.finish()
    assert (code, place.said()) == (0, [])
    assert "Nothing was reviewed. 5 of this draw are left" in text


def test_no_wrong_key_writes_anything_or_leaves_silently(place: Place) -> None:
    keys = ("x", "0", "-5", "99", "y", "?", "??", "? nothing", "\u00e9", "b", "w", "approve", "")
    with place.sit() as terminal:
        screens = play(terminal, *keys)
        for screen in screens[1:]:
            assert len(screen.strip().splitlines()) > 1, screen
        terminal.type("q")
        code, text = terminal.finish()
    assert (code, place.said()) == (0, [])
    assert "This is the first case." in screens[10]
    assert "Decided again from the policy in the ledger" in screens[11] or "Record" in screens[11]
    assert text.endswith("Nothing was reviewed. 5 of this draw are left; `remit review` goes on.\n")


@pytest.mark.parametrize("keys", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_leaving_in_the_middle_keeps_the_verdict(place: Place, keys: str) -> None:
    with place.sit() as terminal:
        play(terminal, "a")
        terminal.waits()
        terminal.type(keys, enter=False)
        code, text = terminal.finish()
    assert code == 130
    assert len(place.said()) == 1
    assert "1 record reviewed. 4 of this draw are left" in " ".join(text.split())
    assert "Traceback" not in text


def test_at_the_end_the_last_verdict_can_still_be_taken_back(place: Place) -> None:
    with place.sit("--count", "2") as terminal:
        screens = play(terminal, "a", "a", "x", "b", "o", "", "", "", "")
        assert "Enter puts it on record and ends, b goes back to it >" in screens[2]
        assert "There is no `x` here." in screens[3]
        code, text = terminal.finish()
    assert code == 0
    assert [verdict for _, verdict, _ in place.said()] == ["agree", "policy"]
    assert text.endswith("2 records reviewed.\n")


def test_what_was_reviewed_elsewhere_meanwhile_is_said(place: Place) -> None:
    with place.sit() as terminal:
        first = record_of(play(terminal, "a")[0])
        assert place.run("review", str(first), "--verdict", "agree").code == 0
        terminal.type("s")
        assert f"Record {first}: your verdict is not on record." in (terminal.prompt() or "")
    assert len(place.said()) == 1


# Who


def test_the_role_is_asked_once_where_nothing_says_it(place: Place) -> None:
    with place.sit(who=("--employee", "m-5")) as terminal:
        screens = play(terminal, "chef", "man")
        assert "In which role do you review?" in screens[0]
        assert "Record" in screens[2]
    with place.sit(who=("--employee", "m-5")) as terminal:
        play(terminal, "")
        code, text = terminal.finish()
    assert code == 0
    assert "Without a role, nothing can be reviewed." in text


def test_nothing_is_drawn_for_who_may_not_review(place: Place) -> None:
    who = ("--employee", "e-99", "--role", "associate")
    with place.sit(who=who) as terminal:
        code, text = terminal.finish()
    assert code == 0
    assert "There is nothing that you may review since" in text
    done = place.run("review", "--list", who=who)
    assert (done.code, done.out) == (0, "")


def test_by_the_roster_they_are_known_by_their_login(home: Path) -> None:
    place = Place(home)
    with place.open() as ledger:
        from remit.ledger.people.roster_file import read_roster

        ledger.publish(read_roster(roster_text(mine="s1")), by="m-1")
        ledger.publish(desk(FREE), by="m-1")
        for number, who in enumerate(("e-1", "e-2", "s-1", "m-1")):
            ledger.grant(desk(FREE), {**request("10 EUR", f"g-{number}"), "employee": {"id": who}})
    with place.sit(who=()) as terminal:
        screens = play(terminal, "a", "q")
        assert terminal.finish()[0] == 0
    assert {record_of(each) for each in screens[:2]} == {3, 4}
    assert "e-1 (associate), harbour" in "".join(screens)
    (review,) = place.reviews()
    assert (review.employee, review.body["employee"]["source"]) == ("s-1", "roster")
    only = place.run("review", "--json", "--site", "harbour", who=())
    assert {json.loads(each)["number"] for each in only.out.splitlines()} <= {3}


# Disputes


@pytest.fixture
def disputed(place: Place) -> Place:
    with place.open() as ledger:
        for number, note in ((1, "Try another room first."), (2, "Ask first.")):
            done = next(each for each in ledger.records() if each.seq == number)
            who = {"id": ("d-2", "s-2")[number - 1], "role": ("manager", "supervisor")[number - 1]}
            review = ledger.review(done.id, verdict="coach", cause="too_much", note=note, employee=who)
            mine = {"id": done.employee, "role": "associate"}
            ledger.dispute(review.id, text="The house was full that night.", employee=mine)
    return place


def test_disputes_come_first(disputed: Place) -> None:
    keys = ("x", "?", "", "r", "<", "r", "So it is.", "r", "a", "You were right.")
    with disputed.sit() as terminal:
        screens = play(terminal, *keys)
        terminal.type("q")
        code, text = terminal.finish()
    assert code == 0
    same_as("cli/review/disputes.txt", f"\n{'=' * 80}\n".join(steady(each) for each in screens[:-1]))
    assert "2 disputes wait for an answer, before you review." in screens[0]
    assert "Nothing was changed. The dispute waits." in screens[5]
    assert "Dispute 8: rejected, on record as number 11." in screens[7]
    assert "This is your own verdict" in screens[8]
    assert "Dispute 10: accepted, on record as number 12." in screens[10]
    assert "Record" in screens[10]
    assert "2 disputes answered." in " ".join(text.split())
    with disputed.open() as ledger:
        answers = [(each.body["result"], each.words("note", reveal=True)) for each in ledger.records(kind="answer")]
    assert answers == [("rejected", "So it is."), ("accepted", "You were right.")]


def test_a_dispute_can_wait(disputed: Place) -> None:
    with disputed.sit() as terminal:
        screens = play(terminal, "s", "p", "", "s")
        assert "Dispute 8 still waits." in screens[1]
        assert "Nothing was changed." in screens[3]
        assert "Record" in screens[4]
    with disputed.sit(who=("--employee", "e-99", "--role", "associate")) as terminal:
        assert "dispute" not in terminal.finish()[1]


# Elsewhere


def test_the_list_in_a_pipe_and_with_list(place: Place) -> None:
    done = place.run("review", "--seed", "s")
    listed = place.run("review", "--list", "--seed", "s")
    assert (done.code, done.out) == (0, listed.out)
    same_as("cli/review/list.txt", steady(done.out + done.err))
    with place.sit("--list") as terminal:
        assert terminal.finish()[0] == 0
    found = [json.loads(line) for line in place.run("review", "--json", "--seed", "s").out.splitlines()]
    assert {each["number"] for each in found} == {1, 2, 3, 4, 5}
    assert all(each["seed"] == "s" for each in found)
    limit = next(each for each in found if each["number"] == 1)
    assert {"name": "limit", "words": "on the limit: 50 EUR folio credit, all that was possible"} in limit["reasons"]
    assert len(place.run("review", "--json", "--count", "2").out.splitlines()) == 2
    assert "--seed '" in place.run("review").err


def test_two_reviewers_get_different_draws_and_the_same_one_the_same(place: Place) -> None:
    with place.open() as ledger:
        for number in range(40):
            ledger.grant(desk(FREE), request("10 EUR", f"h-{number}", "e-17", case=f"H-{number}"))

    def drawn(who: str) -> list[int]:
        done = place.run("review", "--json", "--count", "5", who=("--employee", who, "--role", "supervisor"))
        return [json.loads(line)["number"] for line in done.out.splitlines()]

    assert drawn("s-2") == drawn("s-2")
    assert drawn("s-2") != drawn("s-3")


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("review", "--verdict", "agree"), 2, "which record? --verdict belongs to one"),
        (("review", "--note", "x", "--share"), 2, "which record? --note and --share belong to one"),
        (("review", "1"), 2, "Add --verdict"),
        (("review", "--list", "--since", "soon"), 2, "--since"),
        (("review", "--list", "--count", "0"), 2, "--count"),
        (("review", "--list", "--agent-rate", "0.9"), 2, "--agent-rate"),
    ],
)
def test_what_is_refused_is_said(place: Place, args: tuple[str, ...], code: int, said: str) -> None:
    done = place.run(*args)
    assert (done.code, said in done.err) == (code, True), done
    assert "Traceback" not in done.err


def test_stories_are_what_was_shared_and_nothing_else(place: Place) -> None:
    assert "Nothing was shared with the team" in place.run("review", "--stories").err
    assert place.run("review", "1", "--verdict", "praise", "--note", "Kind and quick.", "--share").code == 0
    assert place.run("review", "2", "--verdict", "praise", "--note", "For you alone.").code == 0
    done = place.run("review", "--stories", who=("--employee", "e-18", "--role", "associate"))
    assert done.code == 0
    same_as("cli/review/stories.txt", steady(done.out))
    assert STORY in " ".join(done.out.split())
    assert "For you alone." not in done.out
    assert "g-1" not in done.out
    (found,) = map(json.loads, place.run("review", "--stories", "--json").out.splitlines())
    assert (found["story"], found["note"], found["employee"], found["by"]) == (STORY, "Kind and quick.", "e-17", "s-2")
    stranger = place.run("review", "--stories", who=("--employee", "x", "--role", "chef"))
    assert (stranger.code, "is no role of `desk`" in stranger.err) == (4, True)
    assert place.run("review", "--stories", who=()).code == 2


def test_what_the_locale_cannot_read_is_kept(place: Place) -> None:
    """A terminal that writes UTF-8 where the locale knows ASCII alone."""
    with place.sit(LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0") as terminal:
        play(terminal, "p", "Sch\u00f6n!", "", "", "q")
        assert terminal.finish()[0] == 0
    assert place.said()[0][1:] == ("praise", "Sch\u00f6n!")


def test_the_outcome_is_shown(place: Place) -> None:
    with place.open() as ledger:
        for record in ledger.records(kind=("grant", "escalate")):
            for kept, csat in ((True, 5), (False, 2)):
                ledger.outcome(record.id, kept=kept, csat=csat, employee={"id": "m-1", "role": "manager"})
    with place.sit() as terminal:
        screens = play(terminal, "? outcome")
    assert "Outcome: The customer left, satisfaction 2 of 5" in screens[1]


def test_what_others_said_is_not_shown_before_the_verdict(place: Place) -> None:
    for number in ("1", "2", "3", "4", "5"):
        who = ("--employee", "m-1", "--role", "manager")
        assert place.run("review", number, "--verdict", "coach", "--note", "Not like this.", who=who).code == 0
    with place.sit() as terminal:
        screens = play(terminal, "s", "s", "s", "s")
    assert not any("Not like this." in each or "coach (" in each for each in screens)


def test_what_somebody_wrote_steers_no_terminal(home: Path) -> None:
    place, hostile = Place(home), "\x1b[2J\u202eevil\x9b31m"
    with place.open() as ledger:
        grant = ledger.grant(desk(FREE), request("10 EUR", "g-1", "e-17", case="C-1", story=hostile))
        who = {"id": "m-1", "role": "manager"}
        review = ledger.review(grant.id, verdict="praise", note=hostile, shared=True, employee=who)
        ledger.dispute(review.id, text=hostile, employee={"id": "e-17", "role": "associate"})
    with place.sit(NO_COLOR="1") as terminal:
        play(terminal, "", "w", "s", "w", "? their", "p")
        raw = terminal.raw.decode()
    for text in (raw, place.run("review", "--list").out, place.run("review", "--stories").out):
        assert "\x1b[2J" not in text
        assert "\u202e" not in text
        assert "\x9b" not in text
