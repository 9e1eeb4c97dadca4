"""``remit --plain``: what screen readers and pipes are given, word for word. And the answer on a poor terminal: 80 columns,
ASCII, no colour, and nothing lost."""

import re
from collections import Counter

import pytest

from remit.cli.support.request_words import supply
from remit.decision.page.answer import AnswerPage, PageBlock, PageRow, cells
from remit.decision.page.render import render
from support.answer_cases import ALL, decided
from support.command import REMIT, Terminal, environment, run
from support.golden import CASES, same_as

SHOWN = ("hotel-what-can-i-do", "hotel-escalate-discretion-would-do", "hotel-injury", "hotel-one-fact-missing", "air-owed")
KNOWN = ("--fact", "incident.kind=noise", "--fact", "incident.severity=3", "--fact", "guest.tier=none")
IDS = ("--fact", "guest.id=g-1", "--fact", "stay.id=s-1", "--role", "associate", "--employee", "e-1")


def page_of(case):
    decision, model = decided(case)
    return render(decision, model, supply=supply(model), language=case.get("language"))


@pytest.mark.parametrize("name", SHOWN)
def test_answers(name):
    same_as(f"cli/plain/{name}.txt", page_of(next(case for case in ALL if case["name"] == name)).plain() + "\n")


@pytest.mark.parametrize("case", ALL, ids=[case["name"] for case in ALL])
def test_the_same_words_as_on_a_wide_page(case):
    page = page_of(case)
    plain, painted = page.plain(), said_once(page, page.paint(80))
    assert Counter(words_in(plain)) == Counter(words_in(painted))
    assert not re.search(r"[\u2022\u201c\u201d\u00a0\x1b]|  |^ | $", plain, re.MULTILINE)


def words_in(text):
    return re.findall(r"[^\s:\u201c\u201d]+", text)


def said_once(page, painted):
    """A plain block of words to say has its heading before each of them."""
    more = [block.heading for block in page.blocks if block.spoken or block.beside for _ in block.rows[1:]]
    return " ".join([painted, *more])


def test_kinds_of_blocks():
    page = AnswerPage(
        "Yes.",
        "good",
        (
            PageBlock("Owed", (PageRow("Credit", "30 EUR"), PageRow("Late checkout"))),
            PageBlock("To be answered", (PageRow("Who is it?", "--fact guest.id=..."),), stacked=True),
            PageBlock("Say", (PageRow("I am sorry."), PageRow("It is on us.")), spoken=True),
            PageBlock("Guest", (PageRow("two\u00a0 earlier cases", "June"),), beside=True),
        ),
        "desk 1",
    )
    assert page.plain().split("\n") == [
        *("Yes.", "", "Owed:", "Credit: 30 EUR", "Late checkout", "", "To be answered:", "Who is it? --fact guest.id=..."),
        *("", "Say: I am sorry.", "Say: It is on us.", "Guest: two earlier cases: June", "", "desk 1"),
    ]


def test_words_from_elsewhere_stay_on_their_line():
    page = AnswerPage("No.\x1b[2J", "stop", (PageBlock("Why", (PageRow("a\nb", "c\rd\u202e"),)),))
    assert page.plain().count("\n") == 3
    assert not re.search("[\x1b\r\u202e]", page.plain())


def test_commands(home):
    given = run(home, "--plain", "grant", "hotel-guest-recovery", *KNOWN, *IDS, "--give", "credit=25EUR")
    assert given.code == 0
    asked = run(home, "ask", "hotel-guest-recovery", *KNOWN, *IDS, "--give", "credit=45EUR", env={"REMIT_PLAIN": "1"})
    assert asked.code == 3
    sent = run(home, "--plain", "grant", "hotel-guest-recovery", *KNOWN, *IDS, "--give", "credit=45EUR", "--send-up")
    assert sent.code == 3
    parts = [given.out, asked.out, sent.out]
    parts += [run(home, "--plain", *words).out for words in (("log",), ("tasks",), ("me", *IDS[4:]), ("why", "1"))]
    text = re.sub(r"\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?", "TIME", "\n".join(parts))
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|sha256:[0-9a-f]+", "ID", text)
    text = re.sub(r"\d+ [A-Z][a-z]+( \d{4})?", "DAY", text)
    same_as("cli/plain/commands.txt", text)
    assert not re.search(r"\x1b|\S  +\S", "\n".join(parts))


def test_a_policy(home):
    done = run(home, "--plain", "show", str(CASES / "cli" / "policies" / "hotel-guest-recovery.yaml"))
    same_as("cli/plain/show.txt", done.out)
    assert not re.search(r"\x1b|\S  +\S", done.out)


def test_no_colour_even_where_it_is_forced(home):
    show = ("show", "hotel-guest-recovery")
    env = {"FORCE_COLOR": "1"}
    assert "\x1b" not in run(home, "--plain", *show, env=env).out
    assert "\x1b" in run(home, *show, env=env).out


def test_long_lines_are_not_broken_at_a_terminal(home):
    with Terminal([*REMIT, "--plain", "show", "hotel-guest-recovery"], environment(home), columns=40) as terminal:
        code, screen = terminal.finish()
    assert code == 0
    assert "Who decides: associate < supervisor < duty manager < general manager" in screen


@pytest.mark.parametrize(
    "env", [{"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"NO_COLOR": "1"}, {"TERM": "dumb"}]
)
def test_a_poor_terminal(home, env):
    ask = ("ask", "hotel-guest-recovery", "--no-ledger", *KNOWN, *IDS[:6], "--give", "credit=45EUR")
    words = [*ask, "--fact", "guest.recoveries=0"]
    done = run(home, *words, env={"COLUMNS": "80", **env})
    assert done.code == 3
    assert "\x1b" not in done.out
    assert max(map(cells, done.out.splitlines())) <= 80
    assert done.out.isascii() or "LANG" not in env
    rich = run(home, *words, env={"COLUMNS": "80"})
    assert done.out.split() == rich.out.split()


@pytest.mark.parametrize("case", ALL, ids=[case["name"] for case in ALL])
def test_no_line_is_too_wide_and_nothing_is_lost(case):
    page = page_of(case)
    text = page.paint(80)
    assert text.split() == page.paint(1000).split()
    assert max(map(cells, text.splitlines())) <= 80
