"""Every command has help, and docs/commands.md says what it says."""

import os
import re
import shlex

import click
import pytest

from remit.cli.app import cli
from remit.cli.support import exits
from support.command import REMIT, ROOT, Terminal, environment, run
from support.commands_doc import commands, help_of, page

ALL = dict(commands(cli))
DOC = ROOT / "docs" / "commands.md"


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_and_option_has_help(path):
    command = ALL[path]
    assert command.help, "a docstring"
    assert command.short_help, "a line for the list of commands"
    assert command.short_help[-1] in ".?"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert parameter.help[-1] in ".]", f"{parameter.name}: a sentence"


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_fits_a_terminal_of_100_columns(path):
    assert max(map(len, help_of(path, ALL[path]).splitlines())) <= 110


def test_the_page_on_commands_is_what_the_help_says():
    if os.environ.get("REMIT_GOLDEN") == "write":
        DOC.write_text(page(), encoding="utf-8")
    written = DOC.read_text(encoding="utf-8")
    assert plain(page()) == plain(written), "REMIT_GOLDEN=write writes it anew"


def plain(text):
    """Without what one version of click and the next fold differently."""
    return re.sub(r"\s+", " ", text)


def test_every_exit_code_is_documented():
    written = DOC.read_text(encoding="utf-8")
    for name in exits.__all__:
        value = getattr(exits, name)
        if isinstance(value, int):
            assert re.search(rf"^\| {value} \|", written, re.MULTILINE), name


def test_every_variable_of_the_environment_is_documented():
    written = DOC.read_text(encoding="utf-8")
    for path in (ROOT / "engine" / "remit" / "cli").glob("*.py"):
        for name in re.findall(r"\"(REMIT_[A-Z]+)\"", path.read_text(encoding="utf-8")):
            assert f"`{name}`" in written, f"{name} in {path.name}"


def test_the_page_for_staff_shows_what_happens(home):
    """Each ``$`` command on the page is run, in order, in one home; questions are answered as the page does, at a desk that
    nobody has used before."""
    text = (ROOT / "docs" / "staff.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n\$ remit (.*?)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 3
    for words, shown in blocks[1:]:
        done = run(home, *shlex.split(words))
        assert steady(done.out) == shown
    words, shown = blocks[0]
    with Terminal([*REMIT, *shlex.split(words)], environment(home / "new")) as terminal:
        for answer in re.findall(r"> (.*)$", shown, re.MULTILINE):
            terminal.expect("> ")
            terminal.type(answer)
        code, text = terminal.finish()
    assert (code, plain(text)) == (0, plain(shown))


def test_the_page_for_approvers_shows_what_happens(home):
    """What is sent up under "Try it" is answered as the page does; two more are sent for the commands in one line."""
    text = (ROOT / "docs" / "approvers.md").read_text(encoding="utf-8")
    queue, one_line, sending = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    send = shlex.split(sending.splitlines()[0].removeprefix("$ remit "))
    assert run(home, *send).code == 3
    command, _, shown = queue.removeprefix("$ remit ").partition("\n")
    with Terminal([*REMIT, *shlex.split(command)], environment(home)) as terminal:
        for answer in re.findall(r"> (.*)$", shown, re.MULTILINE):
            terminal.prompt()
            terminal.type(answer)
        code, seen = terminal.finish()
    assert (code, plain(re.sub(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}", "2026-07-01 12:00", seen))) == (0, plain(shown))
    for guest in ("g-8", "g-9"):
        assert run(home, *(word.replace("g-7", guest) for word in send)).code == 3
    for words in re.findall(r"^\$ remit (.*)$", one_line, re.MULTILINE):
        done = run(home, *shlex.split(words))
        assert done.code == 0, done
    assert steady(done.out).strip() == one_line.strip().splitlines()[-1]


def steady(text):
    """Without the day and the id, which are others every time."""
    text = re.sub(r"\d{4}-\d{2}-\d{2}$", "TODAY", text, flags=re.MULTILINE)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)
