"""The conversation at the counter, at a real terminal, with a real ledger."""

import re

import pytest

import remit
from support.command import REMIT, Terminal, environment, run
from support.golden import CASES

#: A copy that stands still: what is asked here changes only when the interview does.
HOTEL = CASES / "cli" / "policies" / "hotel-guest-recovery.yaml"
ASK = [*REMIT, "ask", str(HOTEL)]


def at_terminal(home, *args, columns=80, **env):
    return Terminal([*ASK, *args], environment(home, **env), columns=columns)


def ledger(home):
    return remit.open_ledger(home / "data" / "remit" / "remit.db")


def kinds(home):
    with ledger(home) as found:
        return [entry.kind for entry in found.records()]


def test_from_question_to_grant(home):
    with at_terminal(home, "--fact", "guest.tier=none") as terminal:
        terminal.answer("Who are you?", "")
        terminal.answer("What went wrong?", "noi")
        terminal.answer("How bad is it", "3")
        terminal.answer("Who is the guest?", "g-1")
        terminal.answer("Which stay is it?", "s-1")
        terminal.expect("You may give up to 30 EUR folio credit, up to 2000 loyalty points, and late")
        terminal.answer("What do you give?", "25 EUR credit and late checkout")
        terminal.expect("Yes. You may give this: 25 EUR folio credit and late checkout until 16:00.")
        terminal.answer("Carry it out?", "y")
        terminal.expect("Done. It is on record as number 3.")
        code, _ = terminal.finish()
    assert code == 0
    with ledger(home) as found:
        entries = list(found.records())
        assert [entry.kind for entry in entries] == ["decide", "decide", "grant"]
        assert entries[2].employee == "tester"
        assert entries[2].facts(reveal=True)["guest.id"] == "g-1"
        assert found.verify().ok


def test_asks_nothing_that_is_known_and_nothing_that_does_not_matter(home):
    """With an injury nothing but the duty manager matters: there is no question at all."""
    with at_terminal(home, "--role", "associate", "--fact", "incident.kind=injury") as terminal:
        terminal.answer("Send it to the duty manager?", "y")
        terminal.answer("Who is the guest?", "g-1")  # the duty manager must know, and cannot ask
        terminal.answer("Which stay is it?", "s-1")
        code, text = terminal.finish()
    assert code == 3
    assert "tier" not in text
    assert "How bad" not in text
    assert "Sent to the duty manager. It is task number 2." in text
    assert kinds(home) == ["decide", "escalate"]


def test_asks_the_question_first_that_saves_most_others(home):
    with at_terminal(home, "--role", "associate", "--no-ledger") as terminal:
        terminal.expect("> ")
        assert "What went wrong?" in terminal.text
        assert "Which loyalty tier" not in terminal.text


def test_bad_answers_are_asked_again_with_a_hint(home):
    with at_terminal(home, "--role", "associate", "--no-ledger") as terminal:
        terminal.answer("What went wrong?", "rain")
        terminal.expect("`rain` is not one of noise, cleanliness")
        terminal.answer("", "?")
        terminal.expect("Please give one of noise, cleanliness")
        terminal.answer("", "nosie")
        terminal.expect("did you mean `noise`?")
        terminal.answer("", "walked")
        terminal.expect("What is the nightly rate?")
        assert ".." not in terminal.text.replace("...", "")
        assert "?." not in terminal.text


def test_amounts_are_read_as_people_write_them(home):
    facts = ["incident.kind=walked", "incident.severity=5", "guest.tier=none", "guest.recoveries=0"]
    options = [word for fact in facts for word in ("--fact", fact)]
    with at_terminal(home, "--role", "associate", "--no-ledger", *options) as terminal:
        terminal.answer("What is the nightly rate?", "180 USD")
        terminal.expect("`180 USD` is not an amount in EUR, 0 EUR or more.")
        terminal.answer("[EUR]", "\u20ac180,50")
        terminal.expect("Give what is owed: 180.50 EUR folio credit.")


def test_not_knowing_is_an_answer(home):
    with at_terminal(home, "--role", "associate") as terminal:
        terminal.answer("What went wrong?", "skip")
        terminal.expect("No answer yet: 6 things must be known first.")
        code, text = terminal.finish()
    assert code == 6
    assert text.count("What went wrong?\n  1 noise") == 1
    assert kinds(home) == ["decide"]


def test_discretion_with_its_story(home):
    facts = ["incident.kind=noise", "incident.severity=4", "guest.id=g-1", "stay.id=s-1", "guest.tier=none"]
    options = [word for fact in facts for word in ("--fact", fact)]
    with at_terminal(home, "--role", "associate", *options, "--give", "credit=45") as terminal:
        terminal.answer("Use your own discretion for it?", "y")
        terminal.answer("Why, in a sentence?", "The lift woke the baby three times.")
        terminal.answer("Is this on file: note?", "y")
        told = " ".join(terminal.expect("Carry it out?").split())
        assert "15 EUR of it from your own discretion" in told
        terminal.expect("> ")
        terminal.type("yes")
        terminal.expect("Done.")
        assert terminal.finish()[0] == 0
    with ledger(home) as found:
        last = list(found.records())[-1]
        assert last.kind == "grant"
        assert str(last.decision.discretion) == "15 EUR"
        assert last.words("story", reveal=True) == "The lift woke the baby three times."


@pytest.mark.parametrize("keys", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_leaving_is_polite_and_gives_nothing(home, keys):
    with at_terminal(home) as terminal:
        terminal.expect("[associate] > ")
        terminal.waits()  # a signal in the instant before the wait begins is only seen with the next key
        terminal.type(keys, enter=False)
        terminal.expect("Left. Nothing was given.")
        code, text = terminal.finish()
    assert code == 130
    assert "Traceback" not in text
    assert kinds(home) == []


def test_saying_no_gives_nothing(home):
    options = ["--fact", "incident.kind=noise", "--fact", "incident.severity=2", "--fact", "guest.id=g-1"]
    with at_terminal(home, "--role", "associate", *options, "--fact", "stay.id=s-1", "--give", "credit=20") as terminal:
        terminal.answer("Carry it out?", "")
        assert terminal.finish()[0] == 0
    assert "grant" not in kinds(home)


def test_tab_completes_a_choice(home):
    with at_terminal(home, "--role", "associate", "--no-ledger") as terminal:
        terminal.expect("What went wrong?")
        terminal.expect("> ")
        terminal.type("clean\t")
        terminal.expect("How bad is it")


def test_colours_at_a_terminal_and_none_with_no_color(home):
    facts = ["--role", "associate", "--fact", "incident.kind=injury"]
    with at_terminal(home, *facts) as terminal:
        terminal.answer("Send it", "")
        terminal.finish()
        assert b"\x1b[1;33m" in terminal.raw
    with at_terminal(home, *facts, NO_COLOR="1") as terminal:
        terminal.answer("Send it", "")
        terminal.finish()
        assert not re.search(rb"\x1b\[[0-9;]*m", terminal.raw)


def test_an_ascii_terminal_sees_ascii(home):
    facts = ["--role", "associate", "--fact", "incident.kind=injury", "--no-ledger"]
    with at_terminal(home, *facts, PYTHONIOENCODING="ascii") as terminal:
        code, text = terminal.finish()
    assert code == 3
    assert text.isascii()
    assert '"I want the duty manager to look after you personally.' in text


def test_a_narrow_window(home):
    with at_terminal(home, "--role", "associate", "--fact", "incident.kind=injury", "--no-ledger", columns=40) as terminal:
        _, text = terminal.finish()
    assert max(map(len, text.splitlines())) <= 40


def test_a_cap_that_is_spent_in_the_meantime_is_told(home):
    """Another desk takes the last of the cap between the answer and the yes."""
    facts = {"guest.id": "g-1", "stay.id": "s-1", "incident.kind": "noise", "incident.severity": 2}
    options = [word for name, value in facts.items() for word in ("--fact", f"{name}={value}")]
    with at_terminal(home, "--role", "associate", *options, "--give", "late_checkout") as terminal:
        terminal.expect("Carry it out?")
        policy = remit.load(HOTEL)
        with ledger(home) as other:
            for number in range(4):  # the cap per guest is four grants in 90 days
                request = {
                    "key": f"k-{number}",
                    "employee": {"id": "e-2", "role": "associate"},
                    "asked": {"late_checkout": True},
                    "facts": facts,
                }
                assert other.grant(policy, request).granted
        terminal.expect("> ")
        terminal.type("y")
        terminal.expect("Nobody on the ladder can approve this")
        code, _ = terminal.finish()
    assert code == 3
    assert kinds(home).count("grant") == 4


def test_not_a_terminal_asks_nothing(home):
    done = run(home, "ask", "hotel-guest-recovery", stdin="noise\n3\n")
    assert done.code == 6
    assert "--fact incident.kind=... (one of noise" in done.out
    assert "\x1b" not in done.out
    assert done.err == ""
