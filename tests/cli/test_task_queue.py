"""`remit tasks` at a real terminal: the list, a task on one screen, every key, several at once, and two approvers at a time."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import remit
from support.command import REMIT, Terminal, environment, run
from support.desk import desk
from support.desk import request as desk_request
from support.golden import CASES, same_as
from support.staff import staff

#: A copy that stands still.
HOTEL = CASES / "cli" / "policies" / "hotel-guest-recovery.yaml"
LIST, GROUP, KEY = "Task (Enter: the first) > ", "All, or which one? > ", "\n> "
LARGE = '"asked.credit > 600 EUR", count: 2, by: duty_manager, within: 4 hours'
STORY = "The lift next to the room ran all night, and the baby woke up three times."


class Place:
    """A ledger with tasks that were sent up three hours ago."""

    def __init__(self, home):
        self.home, self.path = home, home / "desk.db"
        self.policy = remit.load(HOTEL)
        self.then = datetime.now(UTC) - timedelta(hours=3, minutes=25, seconds=30)

    def send(self, number, asked, policy=None, employee="e-17", **more):
        facts = {
            "incident": {"kind": "noise", "severity": 4},
            "guest.id": f"g-{number}",
            "guest.tier": "gold",
            "stay.id": f"s-{number}",
            "stay.nightly_rate": "180 EUR",
            "stay.nights": 2,
        }
        facts |= more.pop("facts", {})
        request = {"employee": {"id": employee, "role": "associate"}, "asked": asked, "story": STORY, "case": f"C-{number}"}
        request |= {"facts": {name: value for name, value in facts.items() if value is not None}, **more}
        with remit.open_ledger(self.path, clock=lambda: self.then) as ledger:
            if policy is not None:
                ledger.publish(policy, by="author")
            entry = ledger.escalate(policy or self.policy, request)
            assert entry.kind == "escalate", entry
            return entry

    def spend(self, amount, guest):
        with remit.open_ledger(self.path) as ledger:
            facts = {"incident": {"kind": "noise", "severity": 4}, "guest.tier": "none"}
            facts |= {"guest.id": guest, "stay.id": f"x-{guest}", "stay.nightly_rate": "180 EUR", "stay.nights": 2}
            request = {"employee": {"id": "s-2", "role": "supervisor"}, "asked": {"credit": amount}, "facts": facts}
            request["evidence"] = ["note"]
            assert ledger.grant(self.policy, request).granted

    def sit(self, *more, role="supervisor", **env):
        options = ["--employee", "s-2", *(["--role", role] if role else [])]
        return Terminal([*REMIT, "tasks", "--ledger", str(self.path), *options, *more], environment(self.home, **env))

    def records(self):
        with remit.open_ledger(self.path) as ledger:
            return list(ledger.records())

    def kinds(self):
        return [entry.kind for entry in self.records() if entry.kind != "publish"]


@pytest.fixture
def place(home):
    return Place(home)


def play(terminal, *keys):
    """Type each line at its prompt; gives what was shown before each, and at the end (``None`` where it has left)."""
    shown = [getattr(terminal, "pending", None) or terminal.prompt()]
    for key in keys:
        assert shown[-1] is not None, terminal.text
        terminal.type(key)
        shown.append(terminal.prompt())
    terminal.pending = shown[-1]
    return shown


def steady(text):
    """Without what is another every time."""
    return re.sub(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}", "2026-07-01 12:00", text)


def last_screen(text):
    """What a terminal of 24 lines shows at the end."""
    return "\n".join(text.split("\n")[-24:])


# The screens


def three(place):
    place.send(1, {"credit": "90 EUR"})
    place.send(2, {"credit": "70 EUR"})
    place.send(3, {"points": 15000}, facts={"guest.tier": "silver"})


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
def test_the_list_and_a_task_are_screens_of_80_by_24(place, name, env):
    three(place)
    injury = {"incident": {"kind": "injury", "severity": 4}}
    place.send(4, {"credit": "25 EUR"}, facts=injury, story="\u201cBl\u00f6d\u201d: 5 \u20ac.")
    with place.sit(role="duty_manager", **env) as terminal:
        screens = play(terminal, "1", "1", "b", "b", "2", "? their", "?", "")
        raw = terminal.raw
    assert (b"\x1b[1m" in raw) == (name in ("utf-8", "ascii"))
    assert name != "ascii" or raw.isascii()
    for screen in screens:
        lines = steady(screen).split("\n")
        assert name == "plain" or max(map(len, lines)) <= 80
        assert len(lines) <= 26  # with the key, and the empty line that is above the screen
    same = "utf-8" if name in ("no-color", "dumb") else name
    same_as(f"cli/tasks/{same}.txt", f"\n{'=' * 80}\n".join(steady(each) for each in screens))


def test_news_and_the_next_task_fit_one_screen(place):
    three(place)
    with place.sit() as terminal:
        screens = play(terminal, "1", "1", "30", "y")
    shown = screens[-1].split("\n")
    assert "Approved: 30 EUR folio credit. Record 4." in shown
    assert shown[-1] == "> "
    assert len(shown) - shown.index("Approved: 30 EUR folio credit. Record 4.") <= 24


def test_a_task_with_much_to_say_still_fits(place):
    place.send(1, {"credit": "90 EUR", "points": 2000, "late_checkout": True}, story="word " * 400)
    with place.sit() as terminal:
        screen = play(terminal, "1", "? their words")
        assert len(screen[1].split("\n")) <= 26  # with the key, and the empty line that is above the screen
        assert "... (? their words)" in screen[1]
        assert " ".join(screen[2].split()).count("word") >= 400


# One task


def test_one_key_approves_and_the_facts_that_lack_are_asked(place):
    place.send(1, {"credit": "90 EUR"})
    with place.sit() as terminal:
        screens = play(terminal, "", "a", "y")
        code, text = terminal.finish()
    assert screens[2].startswith("a\n\nIs this on file: note?")
    assert "Approved: 90 EUR folio credit. Record 2." in text
    assert "Left of your budgets: per-stay 510 EUR, per-guest 3, and desk-month 1910 EUR." in " ".join(text.split())
    assert text.endswith("You answered 1 task. Nothing else waits for you.\n")
    assert code == 0
    (_, approved) = place.records()
    assert (approved.kind, approved.employee, approved.role) == ("approve", "s-2", "supervisor")
    assert approved.body["request"]["filed"]["note"]["by"] == "s-2"


def test_what_the_sender_did_not_know_is_asked_with_its_question(place):
    injury = {"incident": {"kind": "injury"}, "guest.id": None, "stay.id": None, "guest.tier": None}
    place.send(1, {"credit": "25 EUR"}, facts=injury, story=None)
    with place.sit(role="duty_manager") as terminal:
        screens = play(terminal, "1", "a", "g-9", "", "a", "s-9")
    assert "Not known guest id and stay id" in " ".join(screens[1].split())
    assert "per-stay not known until we have the stay id" in " ".join(screens[1].split())
    assert screens[2].startswith("a\n\nWho is the guest?")
    assert screens[3].startswith("g-9\n\nWhich stay is it?")
    assert "Nothing is given without it. What you said is kept, and the task stays open." in " ".join(screens[4].split())
    assert screens[5].startswith("a\n\nWhich stay is it?")  # g-9 is kept
    assert place.kinds() == ["escalate", "approve"]
    assert place.records()[1].facts(reveal=True)["guest.id"] == "g-9"
    assert place.records()[1].body["request"]["sources"] == {"guest.id": "stated", "stay.id": "stated"}


def test_a_value_that_does_not_fit_is_asked_again_and_nothing_is_lost(place):
    text = HOTEL.read_text().replace("supervisor: min(stay", "supervisor: min(stay.nights * 50 EUR, stay")
    place.send(1, {"credit": "90 EUR"}, remit.loads(text), facts={"stay.nights": None}, evidence=["note"])
    with place.sit() as terminal:
        screens = play(terminal, "1", "a", "many", "?", "2")
    assert "`many` is not a whole number, 1 or more." in screens[3]
    assert "Please give a whole number, 1 or more." in screens[4]
    assert place.kinds() == ["escalate", "approve"]


@pytest.mark.parametrize("keys", [("l", "40"), ("40", "y"), ("credit 40", "y"), ("l", "credit 40")])
def test_less_is_given(place, keys):
    place.send(1, {"credit": "90 EUR"}, evidence=["note"])
    with place.sit() as terminal:
        play(terminal, "1", *keys)
        assert "Approved: 40 EUR folio credit. Record 2." in terminal.text
    assert str(place.records()[1].decision.asked["credit"]) == "40 EUR"


def test_more_than_was_asked_for_is_confirmed(place):
    place.send(1, {"credit": "90 EUR"}, evidence=["note"])
    with place.sit() as terminal:
        screens = play(terminal, "1", "l", "100", "n", "l", "100", "y")
    assert "That is more than was asked for (90 EUR folio credit). Give it?" in screens[3]
    assert "Nothing was changed. The task stays open." in screens[4]
    assert str(place.records()[1].decision.asked["credit"]) == "100 EUR"


def test_another_remedy_is_chosen_from_what_they_may_give(place):
    place.send(1, {"credit": "90 EUR"})
    with place.sit() as terminal:
        screens = play(terminal, "1", "o", "late checkout")
    assert "credit: Folio credit, up to 150 EUR (with note on file)" in screens[2]
    assert "late_checkout: Late checkout until 16:00" in screens[2]
    assert place.records()[1].decision.asked == {"late_checkout": True}


def test_a_permission_is_bound_to_the_key_it_was_sent_with(place):
    place.send(1, {"credit": "90 EUR"}, evidence=["note"], key="k-1")
    place.send(2, {"credit": "25 EUR"}, facts={"incident": {"kind": "injury", "severity": 1}})
    with place.sit(role="duty_manager") as terminal:
        screens = play(terminal, "2", "p", "b", "1", "p", "soon", "4 h")
        said = " ".join(terminal.text.split())
    assert "This was sent up without a key" in screens[2]
    assert "`soon` is not a length of time" in screens[6]
    assert "Permitted until 20" in said
    assert "e-17 can give it at the counter, or with `remit grant --permitted 1`." in said
    assert place.kinds() == ["escalate", "escalate", "permit"]


def test_declining_asks_why_and_offers_the_policys_words(place):
    place.send(1, {"credit": "25 EUR"}, facts={"incident": {"kind": "injury", "severity": 4}})
    with place.sit(role="duty_manager") as terminal:
        screens = play(terminal, "1", "d", "b", "d", "no", "7", "1")
        assert "Declined. Record 2. e-17 will read your reason." in terminal.text
    assert "1. I want the duty manager to look after you personally." in screens[2]
    assert "Nothing was changed. The task stays open." in screens[3]
    assert "Please say why in a few words." in screens[5]
    assert "A number alone is no reason; please say why." in screens[6]
    declined = place.records()[1]
    assert declined.words("reason", reveal=True).startswith("I want the duty manager to look after you")


def test_the_reason_reaches_the_one_who_asked_at_the_counter_and_on_their_own_page(place):
    place.send(1, {"credit": "90 EUR"})
    with place.sit() as terminal:
        play(terminal, "1", "d", "The room was changed the same night.")
    told = "Your task 1 was declined by s-2: \u201cThe room was changed the same night.\u201d"
    options = ["--employee", "e-17", "--role", "associate", "--ledger", str(place.path)]
    with Terminal([*REMIT, "ask", str(HOTEL), *options], environment(place.home)) as counter:
        assert told in " ".join(str(counter.prompt()).split())
        counter.type("q")
        counter.finish()
    assert told in " ".join(run(place.home, "me", "--employee", "e-17", "--ledger", str(place.path)).out.split())


def test_what_is_beyond_them_is_said_before_with_the_most_they_could_give(place):
    place.send(1, {"credit": "140 EUR"}, evidence=["note"])
    place.send(2, {"points": 15000}, facts={"guest.tier": "silver"})
    for number in range(13):
        place.spend("150 EUR", f"other-{number}")
    with place.sit() as terminal:
        screens = play(terminal, "#1", "a", "n", "q")
    seen = " ".join(screens[1].split())
    assert "desk-month 50 EUR left, of 2000 EUR per calendar month: not enough for 140 EUR" in seen
    assert "You cannot approve this: desk-month: 50 EUR of 2000 EUR left" in seen
    assert "You may give up to 50 EUR folio credit; `o` shows what else." in seen
    assert "The task stays open." in screens[2]
    assert "approve" not in place.kinds()


def test_their_own_discretion_is_offered(place):
    place.send(1, {"credit": "140 EUR"}, evidence=["note"])
    with place.sit() as terminal:
        screens = play(terminal, "1", "l", "160", "y", "y", "The second night in a row.")
        assert "Use your own discretion for it?" in screens[4]
        assert "discretion 390 EUR" in terminal.text
    assert str(place.records()[1].decision.discretion) == "10 EUR"


def test_where_nothing_was_asked_for_they_say_what_they_give(place):
    place.send(1, {}, facts={"incident": {"kind": "injury", "severity": 4}})
    with place.sit(role="duty_manager") as terminal:
        screens = play(terminal, "1", "a", "late checkout")
    assert "Task 1 (1 of 1): advice" in screens[1]
    assert "Nothing particular was asked for. `o` lists what you may give." in screens[1]
    assert "credit: Folio credit, up to 30 EUR" in screens[2]
    assert place.records()[1].decision.asked == {"late_checkout": True}


def test_the_owner_gives_what_no_role_can_with_all_that_must_be_on_file(place):
    place.send(1, {"credit": "900 EUR"})
    with place.sit(role="owner:guest-relations") as terminal:
        screens = play(terminal, "1", "a", "y", "y")
    seen = " ".join(screens[1].split())
    assert "If you approve, as the owner of the policy" in seen
    assert "per-stay 600 EUR left, of 600 EUR in all: not enough for 900 EUR" in seen
    assert "Is this on file: note?" in screens[2]
    assert "Is this on file: incident report?" in screens[3]
    assert "Approved: 900 EUR folio credit. Record 2." in terminal.text
    assert place.kinds() == ["escalate", "approve"]


def test_a_task_whose_facts_were_erased_can_only_be_declined(place):
    place.send(1, {"credit": "90 EUR"}, evidence=["note"])
    with remit.open_ledger(place.path) as ledger:
        ledger.erase("guest.id", "g-1")
    with place.sit() as terminal:
        screens = play(terminal, "1", "a", "d", "It was long ago.")
    assert "were erased (facts.guest.id" in " ".join(screens[1].split())
    assert "The task stays open." in screens[2]
    assert place.kinds() == ["escalate", "erase", "decline"]


def test_earlier_cases_of_the_customer_are_on_the_screen(place):
    place.spend("60 EUR", "g-1")
    with remit.open_ledger(place.path) as ledger:
        ledger.note("guest.id", "g-1", "likes a quiet room", employee={"id": "e-17", "role": "associate"})
        facts = {"incident": {"kind": "noise", "severity": 4}, "guest.id": "g-1", "stay.id": "s-1", "guest.tier": "none"}
        facts |= {"stay.nightly_rate": "180 EUR", "stay.nights": 2}
        request = {"employee": {"id": "e-17", "role": "associate"}, "asked": {"credit": "90 EUR"}, "facts": facts}
        assert ledger.escalate(place.policy, request).kind == "escalate"
    with place.sit() as terminal:
        seen = " ".join(play(terminal, "1")[1].split())
    assert "Earlier g-1: second time in 90 days; last: 60 EUR folio credit on" in seen
    assert "Note: likes a quiet room." in seen


@pytest.mark.parametrize("keys", [("a",), ("l",), ("o",), ("d",), ("30",)])
def test_q_leaves_at_a_question_too_and_gives_nothing(place, keys):
    place.send(1, {"credit": "90 EUR"})
    with place.sit() as terminal:
        play(terminal, "1", *keys, "q")
        assert terminal.finish() == (0, terminal.text)
        assert terminal.text.endswith("Nothing was answered. 1 still waits for you.\n")
    assert place.kinds() == ["escalate"]


def test_no_wrong_key_changes_anything_or_leaves_silently(place):
    place.send(1, {"credit": "90 EUR"})
    keys = ("x", "0", "-5", "999", "y", "A B C", "?", "? nothing", "\u00e9", "credit", "late", "n", "l", "", "o", "b", "d", "")
    with place.sit() as terminal:
        screens = play(terminal, "9", "", "b", "??", "1", *keys)
        for screen in screens[1:]:
            assert len(screen.strip().splitlines()) > 1, screen  # every key is answered
        play_on = play(terminal, "b", "q")
        code, text = terminal.finish()
    assert play_on
    assert (code, place.kinds()) == (0, ["escalate"])
    assert text.endswith("Nothing was answered. 1 still waits for you.\n")


@pytest.mark.parametrize("keys", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_leaving_in_the_middle_says_what_was_done(place, keys):
    place.send(1, {"credit": "90 EUR"}, evidence=["note"])
    place.send(2, {"credit": "90 EUR"}, evidence=["note"])
    with place.sit() as terminal:
        play(terminal, "1", "1", "a")
        terminal.waits()
        terminal.type(keys, enter=False)
        code, text = terminal.finish()
    assert code == 130
    assert "You answered 1 task. 1 still waits for you." in text
    assert "Traceback" not in text


def test_a_number_opens_a_task_at_once(place):
    three(place)
    with place.sit("2") as terminal:
        assert "Task 2 (2 of 2): 70 EUR folio credit" in play(terminal, "q")[0]
    with place.sit("3") as terminal:  # the owner's
        assert "Task 3 is not yours to answer." in play(terminal, "q")[0]


def test_next_goes_on_and_the_order_is_overdue_then_due_then_age(place):
    text, large = Path(str(remit.shipped("hotel-guest-recovery"))).read_text(), LARGE
    assert large in text
    quick = remit.loads(text.replace(large, '"asked.credit > 60 EUR", within: 3 hours').replace('"2026.2"', '"2026.3"'))
    slow = remit.loads(text.replace(large, '"asked.credit > 60 EUR", within: 4 hours').replace('"2026.2"', '"2026.4"'))
    place.send(1, {"credit": "91 EUR"})
    place.then += timedelta(seconds=5)
    place.send(2, {"credit": "92 EUR"}, slow)
    place.then += timedelta(seconds=5)
    place.send(3, {"credit": "93 EUR"}, quick)
    with place.sit(role="duty_manager") as terminal:
        screens = play(terminal, "", "n", "n", "n", "q")
    assert "3 tasks wait for you; 1 overdue." in screens[0]
    assert [re.search(r"#(\d)", line)[1] for line in screens[0].splitlines() if "#" in line] == ["5", "3", "1"]
    assert "overdue by 25 minutes" in screens[0]
    assert "due in 34 minutes" in screens[0]
    assert [re.search(r"Task (\d) \(", screen)[1] for screen in screens[1:4]] == ["5", "3", "1"]
    assert "That was the last one. Back to the list." in screens[4]


# Who answers


def test_the_role_is_asked_once_where_nothing_says_it(place):
    three(place)
    with place.sit(role=None) as terminal:
        screens = play(terminal, "sup", "q")
        assert "2 tasks wait for you." in screens[1]
    with place.sit(role=None) as terminal:
        terminal.prompt()
        terminal.type("")
        code, text = terminal.finish()
    assert code == 0
    assert "Without a role, nothing can be answered." in text


def test_by_the_roster_they_see_their_own_and_not_what_they_asked(home, place):
    text = desk().model.text.replace("facts:\n", "facts:\n  employee.site: {type: text}\n", 1)
    policy = remit.loads(text + "approvals:\n  - {when: level = 2, by: supervisor}\n")
    with remit.open_ledger(place.path) as ledger:
        ledger.publish(staff("1", mine="s1"), by="m-1")
        ledger.publish(policy, by="m-1")
        for who, amount in (("e-1", "60 EUR"), ("e-2", "250 EUR")):
            assert ledger.escalate(policy, {**desk_request(amount), "employee": {"id": who}}).kind == "escalate"
    with Terminal([*REMIT, "tasks", "--ledger", str(place.path)], environment(home)) as terminal:
        screens = play(terminal, "1", "a")
    assert "1 task waits for you" in screens[0]
    assert "Asked by e-1 (associate), harbour" in " ".join(screens[1].split())
    assert place.records()[-1].body["employee"]["source"] == "roster"


def test_two_must_agree_and_the_first_is_told_so(place):
    text = Path(str(remit.shipped("hotel-guest-recovery"))).read_text()
    policy = remit.loads(text.replace(LARGE, '"asked.credit > 60 EUR", count: 2, by: supervisor'))
    place.send(1, {"credit": "90 EUR"}, policy, evidence=["note"])
    with place.sit() as terminal:
        screens = play(terminal, "1", "a")
        assert "somebody else must agree, too, before it is given." in " ".join(screens[1].split())
        assert "Agreed: 90 EUR folio credit. Record 3." in terminal.text
    with place.sit() as terminal:
        assert terminal.finish() == (0, "\nNothing waits for you.\n")
    with place.sit("--employee", "s-3") as terminal:
        assert "s-2; 2 people must agree" in play(terminal, "1", "a")[1]
    assert place.kinds() == ["escalate", "agree", "approve"]


def test_of_two_approvers_at_once_one_wins_and_the_other_is_told(place):
    place.send(1, {"credit": "90 EUR"}, evidence=["note"])
    with place.sit("1") as mine, place.sit("1", "--employee", "s-3") as theirs:
        assert mine.prompt()
        assert theirs.prompt()
        theirs.type("a")
        theirs.expect("Approved: 90 EUR folio credit. Record 2.")
        mine.type("a")
        mine.expect("Task 1 has been answered already: approved by s-3, record 2.")
        mine.expect("Nothing waits for you.")
        assert mine.finish()[0] == 0
    assert place.kinds() == ["escalate", "approve"]


def test_what_was_answered_meanwhile_is_skipped(place):
    for number in (1, 2, 3):
        place.send(number, {"credit": f"{50 + number} EUR"}, evidence=["note"])
    with place.sit() as terminal:
        play(terminal, "1", "1")
        options = ("--role", "supervisor", "--employee", "s-9", "--ledger", str(place.path))
        done = run(place.home, "decline", "2", "--reason", "No.", *options)
        assert done.code == 0
        terminal.type("n")
        assert "Task 3 (2 of 2)" in (terminal.prompt() or "")


# Several at once


def test_all_of_a_group_after_one_question(place):
    for number in (1, 2, 3):
        place.send(number, {"credit": f"{50 + number} EUR"})
    with place.sit() as terminal:
        screens = play(terminal, "1", "all", "y", "y", "")
        code, text = terminal.finish()
    same_as("cli/tasks/all.txt", f"\n{'=' * 80}\n".join(steady(each) for each in screens[:5]))
    assert "3 tasks: folio credit, above an associate's limit, gold, noise" in screens[0]
    assert "desk-month: 2000 EUR left now, 1844 EUR after." in screens[3]
    assert "Approve 3 tasks, 156 EUR folio credit in all?" in screens[3]
    assert [f"Task {n}: approved, record {n + 3}." in screens[4] for n in (1, 2, 3)] == [True] * 3
    assert code == 0
    assert "You answered 3 tasks. Nothing else waits for you." in text
    assert place.kinds()[3:] == ["approve"] * 3


def test_a_no_approves_none(place):
    place.send(1, {"credit": "51 EUR"}, evidence=["note"])
    place.send(2, {"credit": "52 EUR"}, evidence=["note"])
    with place.sit() as terminal:
        assert "Nothing was changed." in play(terminal, "1", "all", "", "")[3]
    assert place.kinds() == ["escalate"] * 2


def test_a_budget_that_runs_out_stops_the_rest(place):
    for number in (1, 2, 3):
        place.send(number, {"credit": "140 EUR"}, evidence=["note"])
    for number in range(12):
        place.spend("150 EUR", f"other-{number}")
    with place.sit() as terminal:
        screens = play(terminal, "1", "all", "y", "", "q")
    assert "desk-month: 200 EUR left now, not enough for 420 EUR." in screens[2]
    said = " ".join(screens[3].split())
    assert "Task 1: approved, record" in said
    assert "Task 2: not given: s-2 cannot approve it: desk-month: 60 EUR of 2000 EUR left" in said
    assert "Stopped here. 1 more was not answered." in said
    assert place.kinds().count("approve") == 1


def test_of_several_what_somebody_else_answered_is_named_and_the_rest_goes_on(place):
    for number in (1, 2, 3):
        place.send(number, {"credit": f"{50 + number} EUR"}, evidence=["note"])
    with place.sit() as terminal:
        play(terminal, "1", "all")
        options = ("--role", "supervisor", "--employee", "s-9", "--ledger", str(place.path))
        assert run(place.home, "decline", "2", "--reason", "No.", *options).code == 0
        said = " ".join(play(terminal, "y")[1].split())
    assert "Task 1: approved, record 5." in said
    assert "Task 2: answered already, by s-9 (record 4)." in said
    assert "Task 3: approved, record 6." in said
    assert place.kinds()[3:] == ["decline", "approve", "approve"]


def test_what_lacks_something_is_left_out_and_named(place):
    place.send(1, {"credit": "51 EUR"}, evidence=["note"])
    place.send(2, {"credit": "52 EUR"})
    with place.sit() as terminal:
        screens = play(terminal, "1", "all", "n", "y", "")
    assert "Is this on file for 1 of the 2: note?" in screens[2]
    assert "Left out: note must be known first. Open it by itself." in " ".join(screens[3].split())
    assert "Approve 1 task, 51 EUR folio credit in all?" in screens[3]
    assert place.kinds() == ["escalate", "escalate", "approve"]


def test_all_are_declined_with_one_reason(place):
    place.send(1, {"credit": "51 EUR"})
    place.send(2, {"credit": "52 EUR"})
    with place.sit() as terminal:
        play(terminal, "1", "d", "They were moved to a quiet room.", "y", "")
    assert place.kinds()[2:] == ["decline"] * 2


def test_only_what_is_alike_is_one_group(place):
    place.send(1, {"credit": "51 EUR"})
    place.send(2, {"credit": "52 EUR", "points": 10})
    place.send(3, {"credit": "25 EUR"}, facts={"incident": {"kind": "injury", "severity": 4}})
    with place.sit(role="duty_manager") as terminal:
        assert "tasks:" not in play(terminal, "q")[0]


def test_a_long_list_has_pages(place):
    for number in range(1, 11):
        facts = {"incident": {"kind": "injury", "severity": 4}} if number % 2 else {}
        asked = {"credit": "25 EUR"} if number % 2 else {"credit": f"{40 + number} EUR"}
        asked |= {name: True for name, bit in (("late_checkout", 2), ("upgrade", 4)) if number & bit} | (
            {"points": 100} if number & 8 else {}
        )
        place.send(number, asked, facts=facts)
    with place.sit(role="duty_manager") as terminal:
        screens = play(terminal, "m", "10", "q")
    assert "m." in screens[0]
    assert len(screens[0].split("\n")) <= 24
    assert "Task 1" in screens[2]


# Elsewhere


def test_without_a_terminal_and_with_list_it_is_the_plain_list(place):
    three(place)
    plain = run(place.home, "tasks", "--ledger", str(place.path))
    assert (plain.code, " ".join(plain.out.split()).count("waiting 3 hours")) == (0, 3)
    with place.sit("--list", role=None) as terminal:
        code, text = terminal.finish()
    assert (code, text) == (0, plain.out)
    one = run(place.home, "tasks", "2", "--json", "--ledger", str(place.path))
    assert [json.loads(line)["seq"] for line in one.out.splitlines()] == [2]
    gone = run(place.home, "tasks", "77", "--ledger", str(place.path))
    assert (gone.code, "77" in gone.err) == (2, True)


def test_a_plain_approval_takes_two_prompts(place):
    place.send(1, {"credit": "90 EUR"}, evidence=["note"])
    with place.sit() as terminal:
        play(terminal, "", "a")
        assert terminal.finish()[1].count("> ") == 2
