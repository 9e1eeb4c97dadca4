"""Hostile files: each ends in about a second, in bounded memory, with a clear error or a policy; never with a traceback.

Seconds depend on the machine and on what else it does. So each file is held against a yardstick that is measured beside it: a
million divisions in Python, which take a twentieth of a second or more.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from remit.policy.loader import inspect_model
from support.hostile import HOSTILE, big_policy

#: Runs in a process of its own that may use little memory and time; prints one line for each file.
PROGRAM = """
import json, resource, sys, time
from remit.policy.loader import inspect_file
limit = 512 * 1024 * 1024
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
def yardstick():
    began = time.process_time()
    for number in range(1_000_000):
        divmod(number, 7)
    return time.process_time() - began
before = yardstick()
for path in sys.argv[1:]:
    began = time.process_time()
    model, problems = inspect_file(path)
    said = [str(problem) for problem in problems]
    seconds = time.process_time() - began
    after = yardstick()
    size = sum(map(len, said))
    yardsticks = seconds / max(before, after)
    before = after
    print(json.dumps({"yardsticks": yardsticks, "loaded": model is not None, "said": said[:2], "size": size}))
"""

#: These are large, but fine.
LOAD = {"a long table", "thousands of rules", "long lists of one form"}
MOST_YARDSTICKS = 40
PARTS = 6


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_all_of_them_as_real_files_in_a_process_with_little_memory(tmp_path: Path, part: int) -> None:
    files = dict(list(HOSTILE.items())[part::PARTS])
    paths = []
    for number, make in enumerate(files.values()):
        paths.append(tmp_path / f"{number}.yaml")
        paths[-1].write_text(make(), encoding="utf-8", newline="")
    command = [sys.executable, "-c", PROGRAM, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    results = dict(zip(files, map(json.loads, done.stdout.splitlines()), strict=True))
    for name, result in results.items():
        assert result["loaded"] == (name in LOAD), (name, result)
        assert bool(result["said"]) != result["loaded"], (name, result)
        assert result["size"] < 2_000_000, name  # what is printed is bounded as well
    slow = {name: result["yardsticks"] for name, result in results.items() if result["yardsticks"] > MOST_YARDSTICKS}
    assert slow == {}


@pytest.mark.parametrize("cut", [1, 100, 1_000, 5_000])
def test_a_file_that_was_cut_off(cut: int) -> None:
    text = big_policy(30)
    model, problems = inspect_model(text[:-cut], "p.yaml")
    assert (model is None) == bool(problems)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    from remit.policy.loader import inspect_file

    path = tmp_path / "p.yaml"
    for data in (
        bytes(range(256)) * 100,
        b"\xff\xfe" + "policy: x".encode("utf-16-le"),
        b"\x00" * 5000,
        b"\xed\xa0\x80",
        b"\x80" * 2_000_000,
    ):
        path.write_bytes(data)
        model, problems = inspect_file(path)
        assert model is None
        assert problems[0].code.startswith("yaml/")
        assert sum(len(str(problem)) for problem in problems) < 200_000
