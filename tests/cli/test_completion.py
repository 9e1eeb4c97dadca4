"""Completion, in a real bash at a real terminal."""

import stat
import sys

import pytest

from support.command import Terminal, environment, run
from support.needs import needs

pytestmark = needs("bash")


@pytest.fixture
def bash(home, tmp_path):
    """A bash that has read ``remit completion bash``, with a `remit` on its path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "remit"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m remit "$@"\n')
    command.chmod(command.stat().st_mode | stat.S_IEXEC)
    env = environment(home, PS1="$ ", BASH_SILENCE_DEPRECATION_WARNING="1")
    env["PATH"] = f"{folder}:{env['PATH']}"
    with Terminal(["bash", "--norc", "--noprofile", "-i"], env, columns=200) as terminal:
        terminal.type('eval "$(remit completion bash)"; bind "set enable-bracketed-paste off"; echo rea""dy')
        terminal.expect("ready")
        terminal.expect("$ ")
        yield terminal


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("remit tas", "remit tasks "),
        ("remit ask hotel-gu", "remit ask hotel-guest-recovery "),
        ("remit ask hotel-guest-recovery --occ", "remit ask hotel-guest-recovery --occurred "),
        ("remit ask hotel-guest-recovery --fact incident.ki", "remit ask hotel-guest-recovery --fact incident.kind="),
        ("remit ask hotel-guest-recovery --fact incident.kind=no", "--fact incident.kind=noise "),
        ("remit ask hotel-guest-recovery --give late", "--give late_checkout "),
        ("remit ask hotel-guest-recovery --role du", "--role duty_manager "),
        ("remit ask hotel-guest-recovery --evidence incident", "--evidence incident_report "),
        ("remit ledger ver", "remit ledger verify "),
    ],
)
def test_tab_completes(bash, typed, completed):
    bash.type(typed + "\t", enter=False)
    bash.expect(completed)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_a_script(home, shell):
    done = run(home, "completion", shell)
    assert done.code == 0
    assert f"_REMIT_COMPLETE={shell}_complete" in done.out
