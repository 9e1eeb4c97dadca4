"""Streams that are closed, full or read no further: an answer or a plain word, never a traceback."""

from __future__ import annotations

import shlex
import subprocess

import pytest

from support.command import REMIT, ROOT, environment

ASK = "ask hotel-guest-recovery --fact incident.kind=injury --no-ledger"


def shell(home, script):
    command = script.replace("remit", shlex.join(REMIT), 1)
    done = subprocess.run(["bash", "-c", command], env=environment(home), capture_output=True, text=True, cwd=ROOT, check=False)
    assert "Traceback" not in done.stderr
    assert "fault in remit" not in done.stderr
    return done


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (f"remit {ASK} <&-", 3),
        (f"remit {ASK} >&-", 3),
        (f"remit {ASK} 2>&-", 3),
        (f"remit {ASK} <&- >&- 2>&-", 3),
        ("remit ask hotel-guest-recovery --fact a=1 2>&-", 2),
        ("remit decide hotel-guest-recovery <&-", 0),
        ("remit fmt - <&-", 4),
        ("remit check rules >&-", 0),
        ("remit show hotel-guest-recovery >&-", 0),
        (f"remit {ASK} > /dev/full", 1),
        (f"remit {ASK} --json > /dev/full", 1),
        ("remit show hotel-guest-recovery --markdown > /dev/full", 1),
    ],
)
def test_closed_and_full_streams(home, script, code):
    assert shell(home, script).returncode == code


def test_a_closed_stream_is_not_taken_for_the_ledger(home):
    """The first file that is opened gets the number of a stream that is closed: what is printed must not go there."""
    ask = ASK.replace(" --no-ledger", f" --ledger {home / 'remit.db'}")
    assert shell(home, f"remit {ask} <&- >&- 2>&-").returncode == 3
    assert shell(home, f"remit ledger verify --ledger {home / 'remit.db'}").returncode == 0


@pytest.mark.parametrize(
    "command", ["show hotel-guest-recovery", "--help", "show hotel-guest-recovery --markdown", "schema policy"]
)
def test_a_reader_that_has_seen_enough(home, command):
    done = shell(home, f"remit {command} | head -1")
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
