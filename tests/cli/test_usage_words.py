"""What is wrong with a command line is said in the language of the command, wherever on the line that is stated."""

from pathlib import Path

import pytest

from support.command import run
from support.golden import same_as

LANGUAGES = ("de", "es", "fr")
#: One of each kind of slip, in commands of daily work.
SLIPS = (
    ("tasks", "--foo"),
    ("ask", "hotel-guest-recovery", "--rol", "associate"),
    ("decline",),
    ("decline", "3"),
    ("decline", "3", "--reason"),
    ("decline", "3", "--reason", "a", "b", "c"),
    ("tasks", "--list=3"),
    ("review", "1", "--verdict", "x"),
    ("review", "--count", "0"),
    ("review", "--count", "x"),
    ("review", "--agent-rate", "x"),
    ("ask", "hotel-guest"),
    ("ask", "nothing.yaml"),
    ("aks",),
    ("zzzzzz",),
)


def error_of(home: Path, *args: str, **env: str) -> str:
    """The last line of what it says; nothing else than the error is said, and nothing is done."""
    done = run(home, *args, env=env)
    assert (done.code, done.out) == (2, "")
    return done.err.strip().rpartition("\n")[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_slip_in_words(home: Path, language: str) -> None:
    lines = [f"$ remit {' '.join(args)}\n{error_of(home, *args, REMIT_LANGUAGE=language)}\n" for args in SLIPS]
    same_as(f"cli/spoken/usage.{language}.txt", "\n".join(lines))


@pytest.mark.parametrize("stated", [("--language", "de"), ("--language=de",)])
@pytest.mark.parametrize("before", [True, False])
def test_the_language_is_heard_wherever_it_is_stated(home: Path, stated: tuple[str, ...], before: bool) -> None:
    args = ("tasks", *stated, "--foo") if before else ("tasks", "--foo", *stated)
    assert error_of(home, *args) == "Fehler: Es gibt keine Option `--foo`."


def test_the_usage_is_said_too(home: Path) -> None:
    shown = run(home, "decline", env={"REMIT_LANGUAGE": "de"}).err
    assert shown.startswith("Aufruf: remit decline [OPTIONS] TASK\nHilfe: remit decline --help\n\nFehler: ")


@pytest.mark.parametrize("env", [{}, {"REMIT_LANGUAGE": "en"}, {"REMIT_LANGUAGE": "xx"}])
def test_english_stays_as_it_is(home: Path, env: dict[str, str]) -> None:
    assert error_of(home, "decline", **env) == "Error: Missing argument 'TASK'."


def test_authors_commands_stay_english(home: Path) -> None:
    assert error_of(home, "fmt", REMIT_LANGUAGE="de") == "Error: Missing argument 'PATHS...'."
