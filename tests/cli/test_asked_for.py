"""What a command cannot do without is asked for at a terminal, and named where nobody is there to ask."""

from __future__ import annotations

import pytest

import remit
from support.command import REMIT, Terminal, environment, run
from support.desk import desk, request

HOTEL = ("--policy", "hotel-guest-recovery")
ME = ("--role", "associate", "--employee", "e-1")
SUPERVISOR = ("--role", "supervisor", "--employee", "s-1")


@pytest.fixture
def given(home):
    """One grant of an associate, on record."""
    place = home / "data" / "remit"
    place.mkdir(parents=True)
    with remit.open_ledger(place / "remit.db") as ledger:
        assert ledger.grant(desk(), request()).granted
    return home


def typed(home, *args, answers=(), **env):
    """A command at a terminal, and what is typed at its questions."""
    with Terminal([*REMIT, *args], environment(home, **env)) as terminal:
        for words, text in answers:
            terminal.answer(words, text)
        code, text = terminal.finish()
    return code, " ".join(text.split())


def last(home):
    with remit.open_ledger(home / "data" / "remit" / "remit.db") as ledger:
        return list(ledger.records())[-1]


def test_the_reason_of_a_void_is_asked_for(given):
    code, text = typed(given, "void", "1", *ME, answers=[("Why is it taken back?", ""), ("This is needed.", "The guest left")])
    assert code == 0, text
    assert "Taken back, and on record as number 2" in text
    found = last(given)
    assert (found.kind, found.opened["reason"]) == ("void", "The guest left")


def test_a_question_that_is_left_changes_nothing(given):
    code, _ = typed(given, "void", "1", *ME, answers=[("Why is it taken back?", "q")])
    assert code != 0
    assert last(given).seq == 1


def test_the_verdict_and_what_belongs_to_it_are_asked_for(given):
    answers = [
        ("What do you think of it?", "coach"),
        ("What lies behind it?", "too much"),
        ("What would you have done, and why?", "Ask first."),
        ("Tags to find it by?", ""),
    ]
    code, text = typed(given, "review", "1", *SUPERVISOR, answers=answers)
    assert code == 0, text
    body = last(given).body
    assert (body["verdict"], body["cause"]) == ("coach", "too_much")


def test_only_the_note_is_asked_for_where_the_verdict_is_given(given):
    answers = [("What would you have done, and why?", "Ask first.")]
    code, text = typed(given, "review", "1", "--verdict", "coach", "--tag", "noise", *SUPERVISOR, answers=answers)
    assert code == 0, text
    assert (last(given).body["verdict"], last(given).body["tags"]) == ("coach", ["noise"])


def test_the_customer_the_policy_and_the_note_are_asked_for(given):
    answers = [("Which customer?", "g-7"), ("Which policy?", "hotel-g"), ("What should the next colleague know?", "likes tea")]
    code, text = typed(given, "note", *ME, answers=answers)
    assert code == 0, text
    code, text = typed(given, "customer", answers=answers[:2])
    assert code == 0, text
    assert "likes tea" in text


def test_what_was_given_is_not_asked_for(given):
    code, text = typed(given, "note", "g-7", *HOTEL, *ME, answers=[("What should the next colleague know?", "likes tea")])
    assert code == 0, text
    assert "Which" not in text
    code, text = typed(given, "customer", *HOTEL, answers=[("Which customer?", "g-7")])
    assert (code, "likes tea" in text) == (0, True)


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("void", "1", *ME), "why is it taken back? Add --reason."),
        (("review", "1", *SUPERVISOR), "Add --verdict, with agree, praise, coach, or policy."),
        (("customer",), "which customer? Give their id, or --fact such as guest.id=g-7."),
        (("customer", "g-7"), "what is `g-7`? Add --policy"),
        (("note",), "write the customer and the note"),
        (("note", "g-7", *HOTEL, *ME), "write the customer and the note"),
        (("note", "g-7", "likes tea", *ME), "what is `g-7`? Add --policy"),
    ],
)
def test_in_a_pipe_it_is_an_error_that_names_it(given, args, named):
    ran = run(given, *args)
    assert ran.code == 2
    assert named in " ".join(ran.err.split())
    assert last(given).seq == 1
