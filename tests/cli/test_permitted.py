"""What an approver permits is given at the counter with one key, or in one line with the number of the task: once."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

import remit
from support.command import REMIT, Terminal, environment, run
from support.golden import CASES, same_as

#: A copy that does not change.
HOTEL = CASES / "cli" / "policies" / "hotel-guest-recovery.yaml"
ME, SUPERVISOR = {"id": "tester", "role": "associate"}, {"id": "s-2", "role": "supervisor"}
OFFER = "Give it now?"
NEWS = "Give now what was permitted:"
#: Long after any run of these tests.
UNTIL = datetime(2999, 7, 1, 16, tzinfo=UTC)


class Desk:
    """A ledger where the employee has sent things up."""

    def __init__(self, home):
        self.home, self.policy = home, remit.load(HOTEL)
        self.path = home / "data" / "remit" / "remit.db"
        self.path.parent.mkdir(parents=True)

    def open(self, at=None):
        return remit.open_ledger(self.path, clock=None if at is None else lambda: at, repeat_within=timedelta(0))

    def send(self, number, *, credit="90 EUR", employee=ME, at=None, **more):
        facts = {"incident": {"kind": "noise", "severity": 4}, "guest.id": f"g-{number}", "stay.id": f"s-{number}"}
        facts |= {"guest.tier": "gold", "stay.nightly_rate": "180 EUR", "stay.nights": 2}
        asked = {"employee": employee, "asked": {"credit": credit}, "facts": facts, "key": f"k-{number}", "evidence": ["note"]}
        with self.open(at) as ledger:
            return ledger.escalate(self.policy, {**asked, **more})

    def permit(self, number, *, employee=SUPERVISOR, at=None, **more):
        task = self.send(number, at=at, **more)
        with self.open(at) as ledger:
            return ledger.approve(task.id, employee=employee, give=False, until=UNTIL)

    def counter(self, *args, command="counter", columns=80, **env):
        return Terminal([*REMIT, command, str(HOTEL), *args], environment(self.home, **env), columns=columns)

    def kinds(self):
        with self.open() as ledger:
            return [entry.kind for entry in ledger.records() if entry.kind != "publish"]

    def grant(self, *args, **more):
        return run(self.home, "grant", "--permitted", *args, **more)


@pytest.fixture
def desk(home):
    return Desk(home)


def answered(terminal, *answers):
    for words, text in answers:
        terminal.answer(words, text)


def typed(terminal, text):
    terminal.expect("> ")
    terminal.type(text)


def situation(number):
    """All that an associate is asked, in its order."""
    return ("What went wrong?", "noi"), ("How bad is it", "4"), ("Who is the guest?", f"g-{number}, s-{number}")


# At the counter


def test_from_the_counter_to_the_approver_and_back(desk):
    """Asked for at the counter, permitted in the queue, given at the counter: nobody types a fact or a key twice."""
    with desk.counter() as terminal:
        answered(terminal, *situation(7), ("You may give this now", "90"))
        answered(terminal, ("A supervisor can approve this: 90 EUR folio credit.", "a"))
        answered(terminal, ("nightly rate", "180"), ("Next customer?", "q"))
        terminal.finish()
    assert desk.kinds() == ["escalate"]
    with Terminal([*REMIT, "tasks", "--role", "supervisor", "--employee", "s-2"], environment(desk.home)) as terminal:
        answered(terminal, ("Task (Enter: the first)", "1"), ("p permit", "p"), ("For how long?", "4 h"))
        while (asked := terminal.prompt()) is not None:  # what is still to be known
            terminal.type("y" if "on file" in asked else "2")
        said = " ".join(terminal.finish()[1].split())
    assert "tester can give it at the counter, or with `remit grant --permitted 1`." in said
    assert desk.kinds() == ["escalate", "permit"]
    with desk.counter() as terminal:
        answered(terminal, (NEWS, "y"), ("Next customer?", "q"))
        text = " ".join(terminal.finish()[1].split())
    assert "Done: 90 EUR folio credit for g-7, s-7, as s-2 permitted. It is on record as number 3." in text
    assert desk.kinds() == ["escalate", "permit", "approve"]


@pytest.mark.parametrize(
    ("name", "env"),
    [
        ("utf-8", {}),
        ("plain", {"REMIT_PLAIN": "1"}),
        ("ascii", {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TERM": "dumb"}),
        ("de", {"REMIT_LANGUAGE": "de"}),
        ("es", {"REMIT_LANGUAGE": "es"}),
        ("fr", {"REMIT_LANGUAGE": "fr"}),
    ],
)
def test_the_offer_with_the_news(desk, name, env):
    desk.permit(1, case="C-1001")
    desk.permit(2)
    changed = HOTEL.read_text(encoding="utf-8").replace('version: "2026.2"', 'version: "2026.3"')
    with desk.open() as ledger:
        ledger.publish(remit.loads(changed), by="author")
    with desk.counter(TZ="UTC", **env) as terminal:
        shown = []
        for key in ("perhaps", "", "y", "q"):
            shown.append(terminal.prompt())
            terminal.type(key)
        terminal.finish()
    text = "".join(shown)
    assert name == "plain" or max(map(len, text.split("\n"))) <= 80
    assert name != "ascii" or text.isascii()
    same_as(f"cli/permitted/{name}.txt", text + "\n")
    assert desk.kinds() == ["escalate", "permit", "escalate", "permit", "approve"]


def test_what_was_left_for_later_is_offered_when_its_case_is_opened_and_then_not_any_more(desk):
    desk.permit(7)
    with desk.counter() as terminal:
        answered(terminal, (NEWS, ""), *situation(8))
        assert OFFER not in terminal.expect("You may give this now")  # another guest
        typed(terminal, "q")
        terminal.answer("Next customer?", "")
        assert OFFER not in terminal.expect("What went wrong?")  # no news by now
        typed(terminal, "noi")
        answered(terminal, *situation(7)[1:], (OFFER, "n"))
        terminal.answer("You may give this now", "c")  # it is offered once in a conversation
        answered(terminal, ("Which answer?", "incident severity"), ("How bad is it", "3"))
        assert OFFER not in terminal.expect("You may give this now")
        typed(terminal, "q")
        answered(terminal, ("Next customer?", ""), *situation(7), (OFFER, "y"), ("Next customer?", ""))
        answered(terminal, *situation(7))
        assert OFFER not in terminal.expect("You may give this now")
    assert desk.kinds().count("approve") == 1


@pytest.mark.parametrize(
    ("known", "offered"),
    [
        (("--case", "c-1001"), True),
        (("--fact", "guest.id=G-7"), True),
        (("--case", "C-1"), False),
        (("--fact", "guest.id=g-7", "--fact", "stay.id=s-9"), False),
    ],
)
def test_a_case_that_is_named_at_once_is_offered_before_any_question(desk, known, offered):
    desk.permit(7, case="C-1001")
    with desk.counter("--role", "associate", command="ask") as terminal:  # the news are seen
        answered(terminal, (NEWS, ""), ("What went wrong?", "q"))
        terminal.finish()
    with desk.counter("--role", "associate", *known, command="ask") as terminal:
        asked = terminal.prompt()
        assert (OFFER in asked, "What went wrong?" in asked) == (offered, not offered)
        terminal.type("y" if offered else "q")
        code, _ = terminal.finish()
    assert code == (0 if offered else 6)
    assert ("approve" in desk.kinds()) is offered


def test_with_a_customer_at_hand_the_news_do_not_end_the_conversation(desk):
    desk.permit(7)
    known = ("--role", "associate", "--fact", "incident.kind=noise", "--fact", "guest.id=g-8")
    with desk.counter(*known, command="ask") as terminal:
        answered(terminal, (NEWS, "y"), ("How bad is it", "4"), ("Which stay is it?", "s-8"), ("You may give this now", "25"))
        assert "Done: 25 EUR folio credit." in terminal.finish()[1]
    assert desk.kinds() == ["escalate", "permit", "approve", "grant"]


def test_leaving_after_something_was_given_does_not_say_that_nothing_was(desk):
    desk.permit(1)
    desk.permit(2)
    with desk.counter(command="ask") as terminal:
        answered(terminal, (NEWS, "y"), (NEWS, "q"))
        code, text = terminal.finish()
    assert (code, "Nothing was given" in text) == (0, False)
    assert desk.kinds()[4:] == ["approve"]


def test_what_changes_while_it_is_offered_is_said_and_nothing_is_given_twice(desk):
    for number in (1, 2, 3, 4):
        desk.permit(number, at=datetime.now(UTC) - timedelta(minutes=5))
    with desk.counter() as terminal:
        terminal.expect(NEWS)
        assert desk.grant("1").code == 0
        with desk.open() as ledger:
            ledger.erase("guest.id", "g-2")
            for number in range(3):  # from the third on it is for a duty manager
                facts = {"incident": {"kind": "noise", "severity": 4}, "guest.id": "g-3", "stay.id": f"x-{number}"}
                asked = {"employee": {"id": "s-9", "role": "supervisor"}, "asked": {"credit": "5 EUR"}, "facts": facts}
                assert ledger.grant(desk.policy, asked).granted
        typed(terminal, "y")
        answered(terminal, (NEWS, "y"), (NEWS, "y"), (NEWS, "y"), ("Next customer?", "q"))
        text = " ".join(terminal.finish()[1].split())
    assert "90 EUR folio credit for g-1, s-1 was given already, on record as number 9. It is not given twice." in text
    assert "Not given: personal facts of task 3 were erased since" in text
    assert "Not given: s-2 cannot approve it: A fourth recovery in 90 days" in text
    assert "You can still use the permission later, or send a new request up." in text
    assert "Done: 90 EUR folio credit for g-4, s-4, as s-2 permitted." in text


def test_nothing_is_offered_where_the_ledger_cannot_be_used(desk):
    desk.permit(7)
    desk.path.with_name("remit.db.secret").unlink(missing_ok=True)
    with desk.counter(env={}) as terminal:
        assert NEWS not in (terminal.prompt() or "")


# In one line


def test_one_line_gives_it_and_a_second_one_says_so(desk):
    permit = desk.permit(7, case="C-1")
    first, again = desk.grant("1"), desk.grant(f"#{1}")
    assert (first.code, again.code) == (0, 0)
    assert first.out == "Done: 90 EUR folio credit for g-7, s-7, C-1, as s-2 permitted. It is on record as number 3.\n"
    assert (
        again.out == "90 EUR folio credit for g-7, s-7, C-1 was given already, on record as number 3. It is not given twice.\n"
    )
    told = json.loads(desk.grant(str(permit.of), "--json").out)
    assert (told["record"]["number"], told["record"]["kind"], told["repeated"]) == (3, "approve", True)
    assert (told["outcome"], told["asked"]) == ("grant", {"credit": "90 EUR"})
    assert desk.kinds() == ["escalate", "permit", "approve"]


def test_what_the_owner_permitted_is_given_too(desk):
    desk.permit(7, credit="160 EUR", employee={"id": "o-1", "role": "owner:guest-relations"})
    done = desk.grant("1", "--json")
    assert (done.code, json.loads(done.out)["record"]["kind"]) == (0, "approve")


REFUSALS = {
    "open": (("1",), 4),
    "declined": (("2",), 4),
    "approved": (("3",), 4),
    "somebody else's": (("4",), 4),
    "run out": (("5",), 4),
    "erased": (("6",), 4),
    "their key, used": (("7",), 4),
    "beyond them by now": (("8",), 3),
    "not a task": (("10",), 4),
    "no such task": (("99",), 2),
    "no such id": (("x-1",), 2),
    "facts beside it": (("1", "--give", "credit=3EUR", "--fact", "guest.id=g-7", "--key", "k", "--send-up"), 2),
}


def test_each_refusal_has_its_own_sentence(home):
    """In English and in German, with its exit code; nothing is given."""
    desk, then = Desk(home), datetime.now(UTC) - timedelta(hours=1)
    sent = [desk.send(number, at=then) for number in (1, 2, 3)]
    sent.append(desk.send(4, employee={"id": "e-4", "role": "associate"}, at=then))
    sent += [desk.send(number, at=then) for number in (5, 6, 7, 8)]
    with desk.open(then) as ledger:
        ledger.decline(sent[1].id, employee=SUPERVISOR, reason="No.")
        ledger.approve(sent[2].id, employee=SUPERVISOR)
        soon = then + timedelta(minutes=30)
        for number, until in ((3, UNTIL), (4, soon), (5, UNTIL), (6, UNTIL), (7, UNTIL)):
            ledger.approve(sent[number].id, employee=SUPERVISOR, give=False, until=until)
        ledger.erase("guest.id", "g-6")
        facts = {"incident": {"kind": "noise", "severity": 4}, "guest.id": "g-8"}
        for key, stay in (("k-7", "s-0"), *((None, f"s-{number}") for number in range(10, 12))):
            asked = {"employee": ME, "asked": {"credit": "5 EUR"}, "facts": {**facts, "stay.id": stay}, "key": key}
            assert ledger.grant(desk.policy, asked).granted
    before = desk.kinds()
    told = []
    for language in ("en", "de"):
        for name, (args, code) in REFUSALS.items():
            ran = desk.grant(*args, env={"REMIT_LANGUAGE": language, "TZ": "UTC"})
            assert ran.code == code, (name, ran)
            told.append(f"== {language}: {name}\n{ran.out}{ran.err}")
    same_as("cli/permitted/refusals.txt", re.sub(r"(at|am) [-.\d]+ \d\d:\d\d", r"\1 TIME", "\n".join(told)))
    assert desk.kinds() == before
