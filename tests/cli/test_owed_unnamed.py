"""What is owed is shown before its booking is named, and is given only once it is."""

from __future__ import annotations

import remit
from support.command import REMIT, Terminal, environment

AIR = "eu-air-passenger-rights"
FLIGHT = {
    "flight.disruption": "delay",
    "flight.distance": "1200",
    "flight.within_eu": "true",
    "flight.arrival_delay": "240",
    "flight.cause": "airline",
    "booking.passengers": "2",
}
KNOWN = [word for name, value in FLIGHT.items() for word in ("--fact", f"{name}={value}")]
OWED = "The customer is owed something, unless it was given before. To give it, you need to know more."


def desk(home, *more):
    return Terminal([*REMIT, "ask", AIR, "--role", "agent", *KNOWN, *more], environment(home), columns=120)


def records(home):
    with remit.open_ledger(home / "data" / "remit" / "remit.db") as ledger:
        return list(ledger.records())


def test_what_is_owed_is_shown_and_given_once_the_booking_is_named(home):
    with desk(home) as terminal:
        terminal.answer("What is the booking reference?", "")
        terminal.expect(OWED)
        shown = terminal.expect("> ")
        terminal.type("o")
        terminal.answer("What is the booking reference?", "B7")
        terminal.answer("Which flight is it", "KL1234")
        code, text = terminal.finish()
    assert "500 EUR owed" in shown
    assert "voucher" not in shown  # which is no right
    assert "Needed first  4  What is the booking reference?" in shown
    assert code == 0, text
    (entry,) = records(home)
    assert entry.granted
    assert entry.facts(reveal=True)["booking.id"] == "B7"


def test_nothing_owed_is_given_without_its_claim(home):
    with desk(home) as terminal:
        terminal.answer("What is the booking reference?", "")
        terminal.answer(OWED, "o")
        terminal.answer("What is the booking reference?", "")
        terminal.expect("Not given: this must be known first, so that it is given only once.")
        terminal.answer(OWED, "250")
        terminal.answer("What is the booking reference?", "B7")
        terminal.answer("Which flight is it", "")
        terminal.expect("Not given: this must be known first")
        terminal.answer(OWED, "q")
        terminal.finish()
    assert [each.granted for each in records(home)] == [False]


def test_what_was_given_before_is_not_given_again(home):
    with desk(home, "--fact", "booking.id=B7", "--fact", "flight.number=KL1234") as terminal:
        terminal.expect("The customer is owed something.")
        terminal.answer("q  stop", "o")
        assert terminal.finish()[0] == 0
    with desk(home) as terminal:
        terminal.answer("What is the booking reference?", "")
        terminal.answer(OWED, "1")
        terminal.answer("How much?", "")
        terminal.answer("What is the booking reference?", "B7")
        terminal.answer("Which flight is it", "KL1234")
        for question in ("How late is the departure", "Do they have to wait overnight?", "How many of them sat"):
            terminal.answer(question, "")
        terminal.expect("Already given for this claim: 500 EUR.")
        terminal.answer("q  stop", "q")
        terminal.finish()
    assert [each.granted for each in records(home)] == [True, False]
