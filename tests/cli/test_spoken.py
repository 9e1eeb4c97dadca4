"""What staff and approvers read in German, and here and there in Spanish and French: each flow, in words and at a terminal."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.cli.counter.customers import customer_page, first_lines
from remit.cli.counter.me import page
from remit.cli.counter.news import sentence
from remit.cli.support.spoken import amounts, language_read, read, speak, spoken, state_language
from remit.language.locales.messages import ENGLISH
from remit.ledger.people.own_work import own_work
from support.command import REMIT, Terminal, environment, run
from support.desk import Clock
from support.golden import CASES, same_as

POLICY = CASES / "cli" / "policies" / "gestures.yaml"
CLERK, OTHER = {"id": "e-1", "role": "clerk"}, {"id": "e-2", "role": "clerk"}
MANAGER, SECOND = {"id": "m-1", "role": "duty_manager"}, {"id": "m-2", "role": "duty_manager"}
LANGUAGES = ("de", "es", "fr")


@pytest.fixture(autouse=True)
def at_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    state_language(None)
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="module")
def gestures() -> remit.Policy:
    return remit.load(POLICY)


def asked(credit: str | None = "40 EUR", guest: str = "g-7", **more: Any) -> dict[str, Any]:
    facts = {"problem": "noise", "nights": 2, "guest.id": guest, **more.pop("facts", {})}
    known = {"credit": credit} if credit else {}
    return {"employee": CLERK, "asked": known | more.pop("asked", {}), "facts": facts, **more}


@pytest.fixture
def busy(gestures: remit.Policy) -> Iterator[remit.Ledger]:
    """A month of one employee and one guest, with a bit of everything."""
    clock = Clock()
    with remit.open_ledger(":memory:", clock=clock, repeat_within=timedelta(0)) as ledger:
        given = ledger.grant(gestures, asked("35.50 EUR", asked={"checkout": True}, case="C-1"))
        cold = {"facts": {"problem": "cold_room"}, "story": "Die Heizung fiel zweimal aus, auch im zweiten Zimmer."}
        own = ledger.grant(gestures, asked("60 EUR", "g-8", use_discretion=True, **cold))
        tasks = [ledger.escalate(gestures, asked(f"{amount} EUR", case=f"C-{amount}")) for amount in (1900, 2000, 2100)]
        threat = asked("10 EUR", facts={"problem": "threats"})
        ledger.decide(gestures, threat, act="declined")
        ledger.decide(gestures, threat, act="handed_over", to="duty_manager")
        back = ledger.grant(gestures, asked("5 EUR", "g-9"))
        ledger.void(back.id, employee=CLERK, reason="Das falsche Zimmer.")
        clock.go(hours=1)
        ledger.approve(tasks[0].id, employee=MANAGER, asked={"credit": "1250.50 EUR"}, evidence=["note"])
        ledger.decline(tasks[1].id, employee=MANAGER, reason="Einmal genügt.")
        ledger.review(given.id, verdict="praise", employee=MANAGER, note="Sie haben erst gefragt. Danke!")
        coach = ledger.review(own.id, verdict="coach", cause="too_much", employee=MANAGER, note="Erst ein anderes Zimmer.")
        dispute = ledger.dispute(coach.id, employee=CLERK, text="Das Haus war voll.")
        ledger.answer_dispute(dispute.id, result="accepted", employee=SECOND, note="Stimmt.")
        ledger.note("guest.id", "g-7", "mag ein ruhiges Zimmer", employee=OTHER, policy=gestures)
        yield ledger


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_employees_own_page(busy: remit.Ledger, gestures: remit.Policy, language: str) -> None:
    state_language(language)
    speak(gestures.model)
    found = own_work(busy, "e-1", role="clerk", since=datetime(2026, 6, 1, tzinfo=UTC))
    text = page(busy, found, 30).paint(80)
    same_as(f"cli/spoken/me.{language}.txt", text + "\n")
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_news_at_the_counter(busy: remit.Ledger, gestures: remit.Policy, language: str) -> None:
    state_language(language)
    speak(gestures.model)
    told = [sentence(busy, entry) for entry in busy.replies("e-1")]
    same_as(f"cli/spoken/news.{language}.txt", "\n".join(told) + "\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_customers_page_and_first_line(busy: remit.Ledger, gestures: remit.Policy, language: str) -> None:
    state_language(language)
    speak(gestures.model)
    who = busy.customer(None, {"facts": {"guest.id": "g-7"}}, last=4)
    assert who is not None
    today = date(2026, 7, 20)
    lines = first_lines(who, today)
    same_as(f"cli/spoken/customer.{language}.txt", "\n".join([*lines, "", customer_page(who, today).paint(80)]) + "\n")


class Desk:
    """A ledger of gestures at a home, and commands in one language."""

    def __init__(self, home: Path, language: str, gestures: remit.Policy) -> None:
        self.home, self.path, self.env = (
            home,
            home / "desk.db",
            {"REMIT_LANGUAGE": language, "REMIT_LEDGER": str(home / "desk.db")},
        )
        self.then = datetime.now(UTC) - timedelta(hours=3, minutes=25, seconds=30)
        with remit.open_ledger(self.path, clock=lambda: self.then, repeat_within=timedelta(0)) as ledger:
            ledger.grant(gestures, asked("30 EUR", case="C-1"))
            for amount in (1900, 2000):
                facts = {"guest.id": f"g-{amount}"}
                ledger.escalate(gestures, asked(f"{amount} EUR", story="Drei Nächte lang Lärm.", facts=facts))
            ledger.escalate(gestures, asked(None, asked={"points": 15000}, facts={"guest.id": "g-70"}, evidence=["note"]))

    def says(self, *arguments: str, role: str = "duty_manager", code: int = 0) -> str:
        who = ["--employee", "m-1" if role == "duty_manager" else "e-1", "--role", role]
        needs = arguments[0] not in ("why", "customer")
        done = run(self.home, *arguments, *(who if needs else ()), env=self.env)
        assert done.code == code, done
        return steady(done.out + done.err)

    def sit(self, **env: str) -> Terminal:
        options = ["--ledger", str(self.path), "--employee", "m-1", "--role", "duty_manager"]
        return Terminal([*REMIT, "tasks", *options], environment(self.home, **self.env, **env))


def steady(text: str) -> str:
    """Without times and ids."""
    text = re.sub(r"\b[0-9a-f]{32}\b", "KEY", text)
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?( [A-Z]+)?", "TIME", text)
    text = re.sub(r"\d{1,2}[. ](\d\d\.|[a-zéû.]+ )\d{4} \d\d:\d\d", "TIME", text)
    return re.sub(r"(?m)\d{1,2}(\. | de | )[\wéûä]+( de)? 20\d\d$", "DAY", re.sub(r"\d{4}-\d\d-\d\d", "DAY", text))


def play(terminal: Terminal, *keys: str) -> list[str]:
    shown = [str(terminal.prompt())]
    for key in keys:
        terminal.type(key)
        shown.append(str(terminal.prompt()))
    return shown


def test_the_queue_in_german_is_screens_of_80_by_24(home: Path, gestures: remit.Policy) -> None:
    desk = Desk(home, "de", gestures)
    with desk.sit() as terminal:
        keys = ("?", "1", "?", "1", "? bekannt", "l", "1200", "n", "b", "b", "2", "p", "o", "b", "x", "d", "Einmal genügt.")
        screens = play(terminal, *keys)
        terminal.type("q")
        code, end = terminal.finish()
    assert code == 0
    for screen in screens:
        assert max(map(len, screen.split("\n"))) <= 80
        assert len(screen.split("\n")) <= 26
    same_as("cli/spoken/queue.de.txt", f"\n{'=' * 80}\n".join(steady(each) for each in [*screens, end.split("\n> ")[-1]]))


@pytest.mark.parametrize("language", ["es", "fr"])
def test_the_queue_in_other_languages(home: Path, gestures: remit.Policy, language: str) -> None:
    desk = Desk(home, language, gestures)
    with desk.sit() as terminal:
        screens = play(terminal, "1", "1")
    for screen in screens:
        assert len(screen.split("\n")) <= 26
    same_as(f"cli/spoken/queue.{language}.txt", f"\n{'=' * 80}\n".join(map(steady, screens)))


def test_the_counter_in_german_asks_and_takes_titles(home: Path) -> None:
    env = {"REMIT_LANGUAGE": "de", "REMIT_LEDGER": str(home / "desk.db")}
    with Terminal([*REMIT, "ask", str(POLICY), "--role", "clerk", "--employee", "e-1"], environment(home, **env)) as terminal:
        screens = play(terminal, "?", "sonne", "zimmer", "g-7", "C-1", "?")
        terminal.type("40")
        code, end = terminal.finish()
    assert code == 0
    assert all(max(map(len, screen.split("\n"))) <= 80 for screen in screens)
    same_as("cli/spoken/counter.de.txt", f"\n{'=' * 80}\n".join([*screens, end.split("\n> ")[-1]]))
    with remit.open_ledger(home / "desk.db") as ledger:
        (entry,) = (each for each in ledger.records() if each.kind == "grant")
        assert entry.facts(reveal=True)["problem"] == "cold_room"  # the record has the word


def test_which_policy_is_asked_in_german(home: Path) -> None:
    with Terminal([*REMIT, "counter"], environment(home, REMIT_LANGUAGE="de")) as terminal:
        assert "Welche Regeln?" in str(terminal.prompt())
        terminal.type("?")
        assert "Mit REMIT_POLICY entfällt diese Frage." in str(terminal.prompt())
        terminal.type("q")
        assert terminal.finish()[0] == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_record_in_full(home: Path, gestures: remit.Policy, language: str) -> None:
    desk = Desk(home, language, gestures)
    desk.says("review", "1", "--verdict", "coach", "--cause", "too_much", "--note", "Bitte erst fragen.")
    same_as(
        f"cli/spoken/why.{language}.txt", "\n----\n".join(desk.says("why", number, "--reveal") for number in ("1", "2", "5"))
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lines_after_an_answer_and_errors_of_daily_work(home: Path, gestures: remit.Policy, language: str) -> None:
    """Each command and what it says, one after the other."""
    desk, known = Desk(home, language, gestures), ("--fact", "problem=noise", "--fact", "nights=2", "--fact", "guest.id=g-1")
    policy = str(POLICY)
    steps: list[tuple[tuple[str, ...], str, int]] = [
        (("grant", policy, *known, "--give", "credit=20EUR"), "clerk", 0),
        (("grant", policy, *known, "--give", "credit=1300EUR", "--send-up"), "clerk", 3),
        (("note", "--fact", "guest.id=g-1", "mag Tee"), "clerk", 0),
        (("void", "1", "--reason", "Falsches Zimmer."), "clerk", 0),
        (("void", "1", "--reason", "Noch einmal."), "clerk", 4),
        (("void", "2", "--reason", "Nein."), "clerk", 4),
        (("approve", "6"), "clerk", 4),
        (("approve", "1"), "duty_manager", 4),
        (("approve", "2"), "duty_manager", 6),
        (("approve", "3", "--evidence", "note"), "duty_manager", 0),
        (("approve", "6", "--permit", "2 h", "--evidence", "note"), "duty_manager", 0),
        (("decline", "2", "--reason", "Einmal genügt."), "duty_manager", 0),
        (("review", "5", "--verdict", "praise"), "duty_manager", 0),
        (("review", "5", "--verdict", "praise", "--cause", "no_rule"), "duty_manager", 4),
        (("tasks", "--list"), "duty_manager", 0),
        (("decline", "99", "--reason", "Nein."), "duty_manager", 2),
        (("grant", policy, "--fact", "problem=x", "--give", "credit=5EUR"), "clerk", 4),
        (("grant", policy, "--fact", "trouble=x", "--give", "credit=5EUR"), "clerk", 2),
        (("grant", policy, *known), "clerk", 2),
    ]
    said = [
        f"$ remit {' '.join(a for a in arguments if a != policy)}\n{desk.says(*arguments, role=role, code=code)}"
        for arguments, role, code in steps
    ]
    same_as(f"cli/spoken/lines.{language}.txt", "\n".join(said))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_where_there_is_no_ledger(home: Path, tmp_path: Path, language: str) -> None:
    (tmp_path / "file").write_text("")
    env = {"REMIT_LANGUAGE": language, "REMIT_LEDGER": str(tmp_path / "file" / "remit.db")}
    known = ("--fact", "problem=noise", "--fact", "nights=2", "--role", "clerk", "--employee", "e-1", "--key", "k-1")
    done = run(home, "grant", str(POLICY), *known, "--give", "credit=20EUR", env=env)
    assert done.code == 7
    same_as(f"cli/spoken/notice.{language}.txt", steady(done.out.replace(str(tmp_path), "/DISK")))
    missing = run(home, "me", "--ledger", str(tmp_path / "none.db"), env={"REMIT_LANGUAGE": language})
    assert missing.code == 2
    assert "there is no ledger" not in missing.err


def test_a_command_speaks_as_its_policy_is_read(gestures: remit.Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    hotel = remit.load(remit.shipped("hotel-guest-recovery"))
    air = remit.load(remit.shipped("eu-air-passenger-rights"))
    state_language("fr")
    assert spoken().tag == "fr"
    assert speak(air.model) is ENGLISH  # which is not in French: no page is in two languages
    assert speak(air.model, gestures.model).tag == "fr"
    assert speak(hotel.model).tag == "fr"
    state_language(None)
    assert speak(gestures.model) is ENGLISH
    monkeypatch.setenv("LANG", "de_AT.UTF-8")
    assert language_read(gestures.model, None) == "de_AT.UTF-8"
    assert speak(gestures.model).tag == "de-AT"
    assert amounts(gestures.model, {"credit": remit.Money.of("1250.50 EUR"), "points": 0, "checkout": True}) == (
        "1.250,50 EUR Gutschrift und Spätes Auschecken"
    )
    assert read(gestures.model).title == "Kleine Gesten"
    assert speak(hotel.model) is ENGLISH  # nobody said in which language it is


def test_english_is_the_same_with_and_without_a_language(home: Path, gestures: remit.Policy) -> None:
    desk = Desk(home, "en", gestures)
    assert desk.says("why", "1") == steady(run(home, "why", "1", env={"REMIT_LEDGER": str(desk.path)}).out)
