"""Who a customer is, as people see it: the first line at the counter, ``remit customer`` and ``remit note``."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from remit.cli.counter.customers import customer_page, first_lines
from remit.cli.support.ledger_session import Book
from remit.decision.page.answer import cells
from remit.errors import RequestError
from remit.language.values import Money
from remit.ledger import Customer, CustomerCase, CustomerNote
from support.command import Ran, run
from support.desk import desk, request
from support.golden import same_as

TODAY = date(2026, 11, 28)
HOTEL = ("--policy", "hotel-guest-recovery")
ME = ("--role", "associate", "--employee", "e-17")
GIVE = ("grant", "hotel-guest-recovery", "--fact", "guest.id=g-7", "--fact", "stay.id=s-9", "--fact", "incident.kind=noise")
GIVE += ("--fact", "incident.severity=3", "--give", "credit=25EUR", *ME)


def case(number: int = 2, became: Any = "given", day: date = date(2026, 11, 3), **more: Any) -> CustomerCase:
    known: dict[str, Any] = {"given": {"credit": Money.of("25 EUR")}, "what": "25 EUR folio credit", "incident": "noise"}
    known |= {
        "record": f"r-{number}",
        "number": number,
        "day": day,
        "policy": "hotel-guest-recovery",
        "case": None,
        "by": "m-1",
    }
    return CustomerCase(**{**known, "became": became, **more})


def note(text: str = "likes a quiet room", number: int = 5) -> CustomerNote:
    return CustomerNote(f"r-{number}", number, date(2026, 11, 1), "e-17", text)


def who(*cases: CustomerCase, count: int | None = None, notes: tuple[CustomerNote, ...] = (), name: str = "g-7") -> Customer:
    many = len(cases) if count is None else count
    return Customer({"guest.id": name}, cases, many, date(2025, 3, 2) if cases else None, notes)


FIRST: dict[str, Customer | None] = {
    "nobody": None,
    "nothing known": who(),
    "a note": who(notes=(note(),)),
    "the issue's example": who(case(), case(1), notes=(note(),)),
    "once, long ago": who(case(day=date(2025, 3, 2))),
    "on the last day that counts": who(case(day=date(2026, 8, 31))),
    "a day earlier": who(case(day=date(2026, 8, 30))),
    "more than are shown": who(*[case()] * 10, count=31, notes=(note(),)),
    "ten, all shown": who(*[case()] * 10),
    "twelve, all shown": who(*[case()] * 12),
    "refused": who(case(became="refused", what="900 EUR folio credit")),
    "approved": who(case(became="approved")),
    "declined": who(case(became="declined", incident="")),
    "taken back": who(case(became="taken back")),
    "open": who(case(became="open", incident="room not ready, dirty room"), notes=(note("speaks Dutch."),)),
    "held": who(case(became="held")),
    "permitted": who(case(became="permitted")),
    "released": who(case(became="released")),
    "a long note": who(case(), notes=(note("prefers the corner room on the fourth floor, " * 4),)),
    "a long history and a note": who(
        case(what="900 EUR folio credit, 12,000 loyalty points, late checkout, and a room upgrade"), notes=(note(),)
    ),
    "a long word": who(case(), notes=(note("x" * 200),)),
    "a long id": who(case(), notes=(note(),), name="g" * 120),
    "wide letters": who(notes=(note("静かな部屋が好き" * 12),)),
}


def test_the_first_line() -> None:
    shown = []
    for name, each in FIRST.items():
        lines = first_lines(each, TODAY)
        assert len(lines) <= 2, name
        assert all(cells(line) <= 80 for line in lines), name
        shown += [f"# {name}", *lines, ""]
    same_as("cli/customers/first-lines.txt", "\n".join(shown))


@pytest.mark.parametrize("width", [20, 40, 60, 132])
@pytest.mark.parametrize("name", FIRST)
def test_no_line_is_wider_than_the_screen(name: str, width: int) -> None:
    lines = first_lines(FIRST[name], TODAY, width)
    assert len(lines) <= 2
    assert all(cells(line) <= width for line in lines)


PAGES = {
    "nothing-known": who(),
    "a-note": who(notes=(note(),)),
    "once": who(case(case="C-1", incident="")),
    "many": who(
        case(9, "open", what="900 EUR folio credit and late checkout", given={}),
        case(7, "declined", what="room upgrade", given={}, incident="room not ready"),
        case(4, day=date(2025, 12, 31), case="C-1"),
        count=31,
        notes=(note(), note("speaks Dutch", 3)),
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page(name: str) -> None:
    same_as(f"cli/customers/{name}.txt", customer_page(PAGES[name], TODAY).paint() + "\n")


def test_what_is_noted_is_shown_and_taken_back(home: Path) -> None:
    assert run(home, *GIVE).code == 0
    noted = run(home, "note", "g-7", "likes a quiet room", *HOTEL, *ME)
    assert (noted.code, noted.out) == (0, "Noted, and on record as number 2. `remit void 2` takes it back.\n")
    for asked in (("g-7", *HOTEL), ("G-7", *HOTEL), ("--fact", "guest.id=g-7")):
        lines = run(home, "customer", *asked).out.splitlines()
        assert lines[0].lower().startswith("g-7: 1 earlier case, the first on ")
        assert lines[3].endswith("#2  likes a quiet room (e-17)")
        assert lines[6].endswith("#1  25 EUR folio credit (noise, hotel-guest-recovery)")
    told = json.loads(run(home, "customer", "g-7", *HOTEL, "--json").out)
    assert (told["count"], told["notes"][0]["text"], told["cases"][0]["given"]) == (
        1,
        "likes a quiet room",
        {"credit": "25 EUR"},
    )
    assert run(home, "log", "--kind", "note").out.split()[3:] == ["note", "e-17", "(associate)"]
    assert "likes" not in run(home, "why", "2").out
    assert "likes a quiet room" in run(home, "why", "2", "--reveal").out
    assert run(home, "void", "2", "--reason", "It was g-8.", *ME).code == 0
    assert "quiet" not in run(home, "customer", "g-7", *HOTEL).out
    assert run(home, "ledger", "erase", "--fact", "guest.id=g-7", "--yes").code == 0
    assert run(home, "customer", "g-7", *HOTEL).out == "g-7: no earlier cases on record\n"
    assert run(home, "ledger", "verify", "--thorough").code == 0


def test_the_policy_of_the_desk_says_what_an_id_is(home: Path) -> None:
    desk = {"REMIT_POLICY": "hotel-guest-recovery", "REMIT_ROLE": "associate"}
    assert run(home, "note", "g-7", "speaks Dutch", env=desk).code == 0
    assert "speaks Dutch (tester)" in run(home, "customer", "g-7", env=desk).out
    assert run(home, "note", "--fact", "guest.id=g-7", "no lift, please", env=desk).code == 0
    assert "no lift, please" in run(home, "customer", "g-7", env=desk).out


WRONG: list[tuple[tuple[str, ...], str]] = [
    (("customer",), "which customer? Give their id, or --fact such as guest.id=g-7."),
    (("customer", "g-7"), "what is `g-7`? Add --policy, or say it with --fact, such as --fact guest.id=g-7."),
    (("customer", "g-7", "--fact", "guest.id=g-8"), "who is it: `g-7` or `guest.id=g-8`? Leave one of them out."),
    (("customer", "--fact", "g-8"), "`g-8` is not NAME=VALUE."),
    (("customer", " ", *HOTEL), "` ` cannot be the id of a customer."),
    (
        ("customer", "x", "--policy", "uk-rail-delay-repay"),
        "`uk-rail-delay-repay` does not say who its customers are (`own_account`); use --fact.",
    ),
    (("note", "likes a quiet room", *HOTEL, *ME), "write the customer and the note, each as one word or in quotes"),
    (("note", "g-7", "likes", "quiet", *HOTEL, *ME), "write the customer and the note, each as one word or in quotes"),
    (("note", "g-7", "x", *HOTEL, *ME), "a note says something in words"),
    (("note", "g-7", "likes it", *HOTEL), "in which role? Add --role, or set REMIT_ROLE."),
    (("note", "g-7", "likes it", *HOTEL, "--role", "king"), "king"),
    (("note", "--fact", "guest.ids=g-7", "likes it", *HOTEL, *ME), "did you mean `guest.id`?"),
]


@pytest.fixture(scope="module")
def one_grant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("desk")
    assert run(home, *GIVE).code == 0
    return home


@pytest.mark.parametrize(("args", "words"), WRONG, ids=[" ".join(args)[:40] for args, _ in WRONG])
def test_what_is_not_clear_is_asked_about(one_grant: Path, args: tuple[str, ...], words: str) -> None:
    done: Ran = run(one_grant, *args)
    assert done.code in (2, 4)
    assert words in " ".join(done.err.split())


def test_without_a_ledger(home: Path) -> None:
    done = run(home, "customer", "g-7", *HOTEL)
    assert done.code == 2
    assert "there is no ledger" in done.err
    assert run(home, "note", "g-7", "likes a quiet room", *HOTEL, *ME).code == 0  # makes one, as a grant does


# At the counter


def test_the_counter_knows_its_customers(tmp_path: Path) -> None:
    with Book.open(str(tmp_path / "desk.db")) as book:
        assert book.grant(desk(), request("10 EUR"))[1] is not None
        entry = book.note(desk(), request(), "likes a quiet room")
        assert entry is not None
        assert entry.employee == "e-1"
        found = book.customer(desk(), request())
        assert found is not None
        assert (found.count, [each.text for each in found.notes]) == (1, ["likes a quiet room"])
        assert book.customer(desk(), request(guest=None)) is None
        assert book.note(desk(), request(guest=None), "likes a quiet room") is None
        with pytest.raises(RequestError):
            book.note(desk(), request(), "\n")
        assert book.trouble is None


def test_a_ledger_that_cannot_be_used_holds_nobody_up(tmp_path: Path) -> None:
    with Book(None) as book:
        assert book.customer(desk(), request()) is None
        assert book.note(desk(), request(), "likes a quiet room") is None
    with Book.open(str(tmp_path / "desk.db")) as book:
        book.grant(desk(), request("10 EUR"))
    (tmp_path / "desk.db.secret").unlink()
    with Book.open(str(tmp_path / "desk.db")) as book:
        assert book.customer(desk(), request()) is None
        assert book.trouble is not None
