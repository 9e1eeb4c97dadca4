"""The conversation at the counter, at a real terminal, with a real ledger."""

import re

import pytest

import remit
from support.command import REMIT, Terminal, environment, run
from support.golden import CASES, same_as

#: A copy that does not change: what is asked here changes only when the interview does.
HOTEL = CASES / "cli" / "policies" / "hotel-guest-recovery.yaml"
ASK = [*REMIT, "ask", str(HOTEL)]
#: All that a grant to an associate needs, in the order in which it is asked.
NOISE = ("What went wrong?", "noi"), ("How bad is it", "4"), ("Who is the guest?", "g-1"), ("Which stay is it?", "s-1")
SCREEN = "You may give this now, without asking anyone."


def at_terminal(home, *args, columns=80, command=ASK, **env):
    return Terminal([*command, *args], environment(home, **env), columns=columns)


def facts(**values):
    return [word for name, value in values.items() for word in ("--fact", f"{name.replace('__', '.')}={value}")]


def ledger(home):
    return remit.open_ledger(home / "data" / "remit" / "remit.db")


def kinds(home):
    with ledger(home) as found:
        return [entry.kind for entry in found.records()]


def answered(terminal, *answers):
    for words, text in answers:
        terminal.answer(words, text)


@pytest.fixture
def noise(home):
    """At the screen: noise, quite bad, one guest, one stay."""
    known = facts(incident__kind="noise", incident__severity=4, guest__id="g-1", stay__id="s-1", guest__tier="none")
    with at_terminal(home, "--role", "associate", *known) as terminal:
        terminal.expect(SCREEN)
        terminal.expect("> ")
        yield terminal


# One customer


def test_a_plain_grant_takes_five_prompts(home):
    with at_terminal(home) as terminal:
        for words, text in (*NOISE, (SCREEN, "credit")):
            terminal.expect(words)
            assert terminal.prompt() is not None
            terminal.type(text)
        terminal.answer("How much? You may give up to 30 EUR.", "25")
        code, text = terminal.finish()
    assert code == 0
    assert "Done: 25 EUR folio credit. It is on record as number 1." in text
    with ledger(home) as found:
        (entry,) = found.records()
        assert (entry.kind, entry.employee, entry.role) == ("grant", "tester", "associate")
        assert entry.facts(reveal=True)["guest.id"] == "g-1"
        assert found.verify().ok


def test_one_key_gives_the_offer(home):
    with at_terminal(home) as terminal:
        answered(terminal, *NOISE)
        shown = terminal.expect("> ")
        assert "Assumed" in shown
        assert "you are an associate" in shown
        terminal.type("g")
        code, text = terminal.finish()
    assert code == 0
    assert "Done: 2000 loyalty points." in text
    assert text.count("> ") == 5


@pytest.mark.parametrize(
    ("typed", "given"),
    [
        ("25", "25 EUR folio credit"),
        ("\u20ac25.50", "25.50 EUR folio credit"),
        ("credit 25, late", "25 EUR folio credit and late checkout until 16:00"),
        ("checkout", "late checkout until 16:00"),
        ("500 points", "500 loyalty points"),
    ],
)
def test_what_is_given_can_be_typed(noise, typed, given):
    noise.type(typed)
    assert noise.finish()[0] == 0
    assert f"Done: {given}. It is on record as number 1." in " ".join(noise.text.split())


@pytest.mark.parametrize("typed", ["credit", "folio", "3"])
def test_without_an_amount_it_is_asked_for(noise, typed):
    noise.type(typed)
    noise.answer("How much? You may give up to 30 EUR.\n", "a lot")
    noise.answer("`a lot` is not an amount such as `45 EUR`", "")
    noise.finish()
    assert "Done: 30 EUR folio credit." in noise.text


def test_no_key_leaves_silently_and_none_loses_an_answer(home, noise):
    noise.type("")
    noise.answer("Nothing was given yet.", "x")
    noise.answer("`x` names none of credit, points, late_checkout, upgrade", "o")
    noise.answer("`o` does nothing here", "99")
    noise.answer("A supervisor can approve this: 99 EUR folio credit.", "<")
    noise.answer(SCREEN, "q")
    code, text = noise.finish()
    assert code == 0
    assert "Stopped. Nothing was given; it is on record as number 1." in text
    assert text.count("incident severity: 4") == 0  # it was said by option, and was not asked
    assert kinds(home) == ["decide"]


def test_a_number_that_may_have_been_meant_as_an_amount_is_asked_about(home, noise):
    noise.type("credit 45")
    noise.answer("A supervisor can approve this: 45 EUR", "2")
    noise.answer("Give this instead: Late checkout until 16:00?", "")
    noise.answer("A supervisor can approve this: 45 EUR", "<")
    noise.answer(SCREEN, "q")
    noise.finish()
    assert kinds(home) == ["decide"]


def test_a_note_is_kept_though_the_ledger_has_seen_other_policies_only(home):
    air = CASES / "cli" / "policies" / "eu-air-passenger-rights.yaml"
    assert run(home, "ask", str(air)).code == 6
    with at_terminal(home, "--role", "associate") as terminal:
        answered(terminal, *NOISE, (SCREEN, "n"))
        terminal.answer("What should whoever sees this customer next know?", "likes tea")
        terminal.answer("Noted.", "q")
        terminal.finish()
    assert kinds(home) == ["decide", "note", "decide"]


@pytest.mark.parametrize("typed", ["I don't know", "skip", "ich weiß nicht", ""])
def test_people_say_in_words_that_they_do_not_know(home, typed):
    with at_terminal(home, "--role", "associate", "--no-ledger") as terminal:
        terminal.answer("What went wrong?", typed)
        terminal.expect("Nothing can be promised yet.")


@pytest.mark.parametrize(
    "typed", ["99999999999999999999999", "points 99999999999999999999", "-5", "credit 0.001", "\U0001f4a5"]
)
def test_what_cannot_be_given_loses_nothing(home, noise, typed):
    noise.type(typed)
    noise.answer("", "25")
    assert "Done: 25 EUR folio credit." in noise.finish()[1]
    assert kinds(home) == ["grant"]


def test_nothing_gives_nothing(home, noise):
    noise.type("nothing")
    assert "Stopped. Nothing was given" in noise.finish()[1]
    assert kinds(home) == ["decide"]


def test_every_line_explains_itself(noise):
    noise.type("?")
    shown = noise.expect("> ")
    assert "Anyone at the desk puts a small thing right at once." in shown
    assert "give 2000 loyalty points" in shown
    noise.type("?3")
    assert "Folio credit: 30 EUR." in noise.expect("> ")
    noise.type("? g")
    assert "g: give 2000 loyalty points." in noise.expect("> ")
    noise.type("?77")
    noise.expect("There is nothing called `77` here.")


# What is asked


def test_asks_nothing_that_is_known_and_nothing_that_does_not_matter(home):
    """With an injury nothing but the duty manager matters: there is no question at all."""
    with at_terminal(home, "--role", "associate", *facts(incident__kind="injury")) as terminal:
        terminal.answer("Bring them in now.", "a")
        asked = terminal.expect("The person who answers needs this, too. Enter leaves it open.")
        terminal.answer("Who is the guest?", "g-1")  # the duty manager must know, and cannot ask
        terminal.answer("Which stay is it?", "s-1")
        terminal.answer("Which loyalty tier is the guest?", "")
        terminal.answer("How bad is it", "4")
        code, text = terminal.finish()
    assert code == 3
    assert "tier" not in asked
    assert "How bad" not in asked
    assert "Sent to the duty manager. It is task number 1." in text
    assert kinds(home) == ["escalate"]


def test_one_line_answers_what_is_asked_together(home):
    with at_terminal(home) as terminal:
        answered(terminal, *NOISE[:2])
        shown = terminal.expect("> ")
        assert "Which stay is it?" in shown
        assert "Answer one, or several with commas between." in shown
        terminal.type("g-1, s-1")
        terminal.answer(SCREEN, "g")
        code, text = terminal.finish()
    assert code == 0
    assert text.count("> ") == 4
    with ledger(home) as found:
        (entry,) = found.records()
        assert (entry.facts(reveal=True)["guest.id"], entry.facts(reveal=True)["stay.id"]) == ("g-1", "s-1")


def test_what_is_wrong_in_a_line_is_asked_again_and_the_rest_counts(home):
    with at_terminal(home) as terminal:
        terminal.answer("What went wrong?", "noise, 9, g-1, s-1")
        terminal.expect("`9` is not a whole number from 1 to 5")
        answered(terminal, NOISE[1])
        terminal.expect("Who is the guest?")  # what came after the mistake was meant for a question that was not asked yet


def test_bad_answers_are_asked_again_with_a_hint(home):
    with at_terminal(home, "--role", "associate", "--no-ledger") as terminal:
        terminal.answer("What went wrong?", "rain")
        terminal.answer("`rain` is not one of", "?")
        terminal.answer("", "nosie")
        terminal.expect("did you mean `noise`?")
        terminal.answer("", "walked")
        terminal.expect("> ")
        assert ".." not in terminal.text.replace("...", "")
        assert "?." not in terminal.text


def test_amounts_are_read_as_people_write_them(home):
    known = facts(incident__kind="walked", incident__severity=5, guest__tier="none", guest__recoveries=0, stay__id="s-1")
    with at_terminal(home, "--role", "associate", "--no-ledger", *known) as terminal:
        terminal.answer("What is the nightly rate?", "180 USD")
        terminal.expect("`180 USD` is not an amount in EUR")
        terminal.answer("[EUR]", "\u20ac180,50")
        terminal.expect("180.50 EUR owed")


def test_not_knowing_is_an_answer(home):
    with at_terminal(home, "--role", "associate") as terminal:
        shown = []
        while (asked := terminal.prompt()) is not None and "Not known" not in asked:
            shown.append(asked)
            terminal.type("")
        assert asked is not None
        assert len(shown) <= 4
        terminal.type("q")
        terminal.finish()
    assert kinds(home) == ["decide"]


def test_back_takes_back_the_last_answer(home):
    with at_terminal(home) as terminal:
        terminal.answer("What went wrong?", "<")
        terminal.expect("This is the first question.")
        terminal.answer("What went wrong?", "noise")
        terminal.answer("How bad is it", "back")
        terminal.answer("What went wrong?", "clean")
        terminal.answer("How bad is it", "2")
        answered(terminal, *NOISE[2:])
        terminal.answer(SCREEN, "<")
        terminal.answer("Which stay is it?", "s-2")
        shown = terminal.expect("> ")
    assert "incident kind: cleanliness, incident severity: 2, guest id: g-1, stay id: s-2" in " ".join(shown.split())


def test_one_answer_is_changed_and_the_others_stay(home):
    with at_terminal(home) as terminal:
        answered(terminal, *NOISE)
        terminal.answer(SCREEN, "c")
        terminal.answer("Which answer?", "incident severity")
        terminal.answer("How bad is it", "1")
        shown = " ".join(terminal.expect("> ").split())
        assert "incident kind: noise, incident severity: 1, guest id: g-1, stay id: s-1" in shown
        terminal.type("c")
        terminal.answer("Which answer?", "your role")
        terminal.answer("Who are you?", "superv")
        assert "you are" not in terminal.expect("> ")


def test_what_was_assumed_can_be_changed(home):
    """The policy backs whoever says no to a guest who threatens; somebody else takes over, and the record says all that."""
    with at_terminal(home, "--role", "associate") as terminal:
        answered(terminal, *NOISE)
        assert "guest threatening: no" in terminal.expect("> ")
        terminal.type("c")
        terminal.answer("Which answer?", "guest threatening")
        terminal.answer("Is the guest threatening anybody?", "y")
        terminal.expect("You are right to say so")
        terminal.expect("I want to help, and I will when we can speak calmly.")
        terminal.answer("hand over to a supervisor", "h")
        code, text = terminal.finish()
    assert code == 5
    assert "Handed over to the supervisor; it is on record as number 1." in text
    with ledger(home) as found:
        (entry,) = found.records()
        assert (entry.kind, entry.body["act"], entry.body["to"]) == ("decide", "handed_over", "supervisor")
    assert "threats" in run(home, "why", "1").out


# Beyond the rules


def test_discretion_with_its_story(home, noise):
    noise.type("credit 45")
    noise.answer("s  use your own discretion", "s")
    noise.answer("Why, in a sentence?", "The lift woke the baby three times.")
    noise.answer("Is this on file: note?", "y")
    assert noise.finish()[0] == 0
    assert "Done: 45 EUR folio credit." in noise.text
    with ledger(home) as found:
        (entry,) = found.records()
        assert str(entry.decision.discretion) == "15 EUR"
        assert entry.words("story", reveal=True) == "The lift woke the baby three times."


def test_without_the_note_nothing_is_given_and_nothing_is_lost(home, noise):
    noise.type("credit 45")
    noise.answer("s  use your own discretion", "s")
    noise.answer("Why, in a sentence?", "The lift woke the baby three times.")
    noise.answer("Is this on file: note?", "")
    noise.answer("Not given: this must be on file first: note.", "g")  # the wish and its story are still there
    noise.answer("Is this on file: note?", "y")
    assert "Done: 45 EUR folio credit." in noise.finish()[1]
    assert kinds(home) == ["grant"]


def test_more_is_asked_for_from_the_screen(home, noise):
    noise.type("a")
    noise.answer("What does the customer need?", "credit 120")
    noise.answer("A supervisor can approve this: 120 EUR folio credit.", "a")
    noise.answer("The person who answers needs this, too. Enter leaves it open.", "180")  # with that, the nights do not matter
    code, text = noise.finish()
    assert code == 3
    assert "Sent to the supervisor. It is task number 1." in text
    assert kinds(home) == ["escalate"]


def test_what_the_approver_needs_is_asked_before_it_is_sent(home, noise):
    """So that the task can be answered at once; what is not known stays open, and nothing is asked twice."""
    noise.type("credit 120")
    noise.answer("A supervisor can approve this: 120 EUR folio credit.", "a")
    noise.answer("What is the nightly rate?", "80")
    noise.answer("How many nights is the stay?", "")
    code, text = noise.finish()
    assert code == 3
    assert text.count("What is the nightly rate?") == text.count("How many nights") == 1
    with ledger(home) as found:
        (task,) = found.tasks()
        assert task.missing == ("stay.nights",)
        assert str(task.entry.facts()["stay.nightly_rate"]) == "80 EUR"


def test_going_back_from_what_the_approver_needs_sends_nothing(home, noise):
    noise.type("credit 120")
    noise.answer("A supervisor can approve this: 120 EUR folio credit.", "a")
    noise.answer("What is the nightly rate?", "80")
    noise.answer("How many nights is the stay?", "<")
    noise.answer("What is the nightly rate?", "90")  # the last answer is asked again, and the others stay
    noise.answer("A supervisor can approve this: 120 EUR folio credit.", "a")
    noise.answer("How many nights is the stay?", "2")
    assert noise.finish()[0] == 3
    with ledger(home) as found:
        (task,) = found.tasks()
        assert task.missing == ()
        assert str(task.entry.facts()["stay.nightly_rate"]) == "90 EUR"
        assert kinds(home) == ["escalate"]


def test_it_is_declined_on_record(home, noise):
    noise.type("d")
    assert "Declined; it is on record as number 1." in noise.finish()[1]
    with ledger(home) as found:
        (entry,) = found.records()
        assert (entry.kind, entry.body["act"]) == ("decide", "declined")


def test_a_cap_that_is_spent_in_the_meantime_is_told(home):
    """Another desk takes the last of the cap between the screen and the key."""
    known = {"guest.id": "g-1", "stay.id": "s-1", "incident.kind": "noise", "incident.severity": 2, "guest.tier": "none"}
    options = [word for name, value in known.items() for word in ("--fact", f"{name}={value}")]
    with at_terminal(home, "--role", "associate", *options) as terminal:
        terminal.expect(SCREEN)
        terminal.expect("> ")
        policy = remit.load(HOTEL)
        with ledger(home) as other:
            for number in range(4):  # the cap per guest is four grants in 90 days
                request = {
                    "key": f"k-{number}",
                    "employee": {"id": "e-2", "role": "associate"},
                    "asked": {"late_checkout": True},
                    "facts": known,
                }
                assert other.grant(policy, request).granted
        terminal.type("late")
        terminal.answer("No role can approve this", "q")
        code, _ = terminal.finish()
    assert code == 3
    assert kinds(home).count("grant") == 4


# The counter


def test_remit_alone_opens_the_counter(home):
    with at_terminal(home, command=REMIT, REMIT_POLICY=str(HOTEL), REMIT_ROLE="associate") as terminal:
        for number in ("1", "2"):
            answered(terminal, *NOISE[:2], ("Who is the guest?", f"g-{number}"), ("Which stay is it?", f"s-{number}"))
            terminal.answer(SCREEN, "g")
            terminal.expect(f"It is on record as number {number}.")
            terminal.expect("> ")
            terminal.type("" if number == "1" else "q")
        assert terminal.finish()[0] == 0
    assert kinds(home) == ["grant", "grant"]


def test_the_counter_asks_which_policy(home):
    with at_terminal(home, command=REMIT) as terminal:
        terminal.answer("Which policy?", "hotel-lux")
        terminal.expect("Who is the guest?")
        terminal.expect("> ")
        terminal.type("q")
        terminal.answer("Next customer?", "q")
        assert terminal.finish()[0] == 0


def test_without_a_terminal_remit_alone_shows_the_commands(home):
    done = run(home, env={"REMIT_POLICY": str(HOTEL)})
    assert done.code == 0
    assert "At the counter:" in done.out


# The terminal


@pytest.mark.parametrize("keys", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_leaving_is_polite_and_gives_nothing(home, keys):
    with at_terminal(home) as terminal:
        terminal.expect("What went wrong?")
        terminal.expect("> ")
        terminal.waits()  # a signal in the instant before the wait begins is only seen with the next key
        terminal.type(keys, enter=False)
        terminal.expect("Stopped. Nothing was given.")
        code, text = terminal.finish()
    assert code == 130
    assert "Traceback" not in text
    assert kinds(home) == []


def test_tab_completes_a_choice(home):
    with at_terminal(home, "--role", "associate", "--no-ledger") as terminal:
        terminal.expect("What went wrong?")
        terminal.expect("> ")
        terminal.type("clean\t")
        terminal.expect("How bad is it")


#: What is typed to come to a screen.
SCREENS = {
    "offers": ["noise", "4", "g-1", "s-1"],
    "beyond": ["noise", "4", "g-1", "s-1", "credit 45"],
    "owed": ["walked", "180", "g-1", "s-1", "C-1"],
    "injury": ["injury"],
    "threats": ["noise", "4", "g-1", "s-1", "c", "guest threatening", "y"],
    "unknown": [""],
    "explained": ["noise", "4", "g-1", "s-1", "?"],
}
TERMINALS = {
    "colours": {},
    "dumb": {"TERM": "dumb"},
    "no-color": {"NO_COLOR": "1"},
    "ascii": {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
}


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("terminal", TERMINALS)
def test_every_screen_fits_a_window_of_80_by_24(home, screen, terminal):
    """The same in every terminal, but for its colours and for the signs that it does not have."""
    with at_terminal(home, "--role", "associate", **TERMINALS[terminal]) as at:
        for typed in SCREENS[screen]:
            assert at.prompt() is not None
            at.type(typed)
        at.prompt()
        assert bool(re.search(rb"\x1b\[[0-9;]*m", at.raw)) == (terminal in ("colours", "ascii"))
        shown = at.text.rpartition(f"> {SCREENS[screen][-1]}\n")[2]
    assert max(map(len, shown.splitlines())) <= 80
    assert len(shown.splitlines()) <= 24
    if terminal == "ascii":
        assert shown.isascii()
    same_as(f"cli/screens/{screen}{'-ascii' if terminal == 'ascii' else ''}.txt", shown)


def test_colours_at_a_terminal_and_none_with_no_color(home):
    known = ["--role", "associate", *facts(incident__kind="injury")]
    for env, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        with at_terminal(home, *known, **env) as terminal:
            terminal.answer("Bring them in now.", "q")
            terminal.finish()
            assert bool(re.search(rb"\x1b\[[0-9;]*m", terminal.raw)) == coloured


def test_an_ascii_terminal_sees_ascii(home):
    known = ["--role", "associate", *facts(incident__kind="injury")]
    with at_terminal(home, *known, PYTHONIOENCODING="ascii") as terminal:
        terminal.answer("Bring them in now.", "q")
        _, text = terminal.finish()
    assert text.isascii()
    assert '"I want the duty manager to look after you personally.' in text


def test_a_narrow_window(home):
    with at_terminal(home, "--role", "associate", *facts(incident__kind="injury"), columns=40) as terminal:
        terminal.answer("Bring", "q")
        _, text = terminal.finish()
    assert max(map(len, text.splitlines())) <= 40


def test_not_a_terminal_asks_nothing(home):
    done = run(home, "ask", "hotel-guest-recovery", stdin="noise\n3\n")
    assert done.code == 6
    assert "--fact incident.kind=... (one of noise" in done.out
    assert "\x1b" not in done.out
    assert done.err == ""


def test_the_counter_speaks_the_language_of_the_policy(home):
    command = [*REMIT, "ask", str(CASES / "cli" / "policies" / "gestures.yaml"), "--no-ledger"]
    with at_terminal(home, "--language", "de-AT", "--role", "clerk", command=command) as terminal:
        terminal.answer("Was ist passiert?", "2")
        terminal.expect("Hier besteht ein Anspruch.")
        terminal.expect("Anspruch auf 20 EUR; insgesamt bis zu 40 EUR")
