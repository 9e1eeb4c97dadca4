"""A folder as it is found in the world: what cannot be read is told beside the rest, and hides nothing."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from support.command import ROOT, run

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the unreadable file is one of Linux")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "policies"
    (found / "below").mkdir(parents=True)
    good = (ROOT / "rules" / "bank-fee-courtesy.yaml").read_text()
    (found / "good.yaml").write_text(good)
    (found / "broken.yaml").write_text(good.replace("ladder:", "laddr:"))
    (found / "empty.yaml").write_text("")
    (found / "large.yaml").write_text(f"policy: large\nladder: [a]\n# {'x' * 10 * 2**20}")
    (found / "unreadable.yaml").symlink_to("/proc/self/mem")  # which not even root can read from its start
    (found / "below" / "around").symlink_to(found)
    (found / "itself.yaml").symlink_to("itself.yaml")
    (found / "gone.yaml").symlink_to("nothing.yaml")
    (found / "folder.yaml").mkdir()
    os.mkfifo(found / "pipe.yaml")
    return found


def problems(home: Path, folder: Path) -> set[tuple[str, str]]:
    done = run(home, "check", str(folder), "--format", "json", timeout=20)
    assert done.code == 4
    return {(Path(each["file"]).name, each["code"]) for each in json.loads(done.out) if each["severity"] == "error"}


def test_check_tells_all_of_it(home, folder):
    assert problems(home, folder) == {
        ("broken.yaml", "policy/unknown-key"),
        ("empty.yaml", "yaml/empty"),
        ("large.yaml", "yaml/too-large"),
        ("unreadable.yaml", "policy/unreadable"),
    }
    told = run(home, "check", str(folder / "unreadable.yaml"), str(folder / "empty.yaml"), str(folder / "good.yaml"))
    assert told.code == 4
    assert "unreadable.yaml:1:1: error: the file cannot be read: Input/output error" in told.err
    assert "empty.yaml:1:1: error: the file is empty" in told.err
    assert "in 2 of 3 policies" in told.err


@pytest.mark.parametrize("command", ["fmt", "show", "ask", "decide"])
def test_other_commands_tell_it_too(home, folder, command):
    before = (folder / "good.yaml").read_bytes()
    done = run(home, command, str(folder), timeout=20)
    assert done.code == 4
    for name, words in {
        "broken": "did you mean `ladder`?",
        "large": "more than 4 MiB",
        "unreadable": "cannot be read: Input/output error",
    }.items():
        assert f"{name}.yaml:" in done.err
        assert words in done.err
    assert "Traceback" not in done.err
    assert (folder / "good.yaml").read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("command", ["ask", "grant", "decide", "show", "cases", "diff"])
def test_one_file_that_cannot_be_read(home, folder, command):
    more = {"grant": ["--give", "x=1"], "diff": [str(folder / "good.yaml")]}.get(command, [])
    for name in ("unreadable", "empty", "large", "itself", "gone", "folder"):
        done = run(home, command, str(folder / f"{name}.yaml"), *more, timeout=20)
        assert done.code in (1, 2, 4), (name, done)
        assert done.err
        assert done.out == ""
        assert "Traceback" not in done.err
        assert "fault in remit" not in done.err


def test_a_policy_without_cases_is_told_how_to_get_some(home, folder):
    done = run(home, "test", str(folder / "good.yaml"))
    assert done.code == 4
    assert done.out == ""
    assert "good_test.yaml` is not there" in done.err
    assert "remit cases" in done.err
    shutil.copy(ROOT / "rules" / "bank-fee-courtesy_test.yaml", folder / "good_test.yaml")
    astray = run(home, "test", str(folder))
    assert astray.code == 4
    assert "good_test.yaml:1:9: error: `bank-fee-courtesy.yaml` beside it cannot be read: No such file" in astray.err
