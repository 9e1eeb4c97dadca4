"""What holds for the tests themselves."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FILES = sorted(TESTS.rglob("*.py"))
CLOCKS = {"clock", "monotonic", "perf_counter", "process_time", "thread_time", "time"}
#: The files that may ask a clock, and what for.
MAY = {
    "ledger/test_servers.py": "when to give up waiting for a server that comes back",
    "policy/test_hostile.py": "the ratio to a loop that the same process ran a moment before: steps do not show what C does",
    "support/command.py": "when to give up waiting for another process",
    "support/forked.py": "when to give up waiting for another process",
    "test_suite.py": "shows what is found",
}


def asks_a_clock(node: ast.AST) -> bool:
    """``time.monotonic()``, ``perf_counter_ns()`` and the like."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    of = node.func.value if isinstance(node.func, ast.Attribute) else None
    plain = of is None or (isinstance(of, ast.Name) and of.id == "time")
    return plain and not node.args and name.removesuffix("_ns") in CLOCKS


def clocks_in(source: str) -> Iterator[int]:
    """The lines that ask a clock, also those in a program that is written as text, for another process."""
    for node in ast.walk(ast.parse(source)):
        if asks_a_clock(node):
            yield node.lineno  # type: ignore[attr-defined]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "import" in node.value:
            try:
                yield from clocks_in(node.value)
            except SyntaxError:
                continue


def test_no_test_asserts_how_long_something_took() -> None:
    """A busy machine is not a fault: bound steps, memory, or the ratio of two runs in steps. Speed is for `benchmarks/`."""
    found = {str(path.relative_to(TESTS)): list(clocks_in(path.read_text(encoding="utf-8"))) for path in FILES}
    assert {path: lines for path, lines in found.items() if lines and path not in MAY} == {}
    assert [path for path in MAY if not found.get(path)] == [], "no longer needed"


@pytest.mark.parametrize(
    "source",
    [
        "import time\nassert time.monotonic() - began < 2",
        "from time import perf_counter\nbegan = perf_counter()",
        "import time\nbegan = time.process_time_ns()",
        "PROGRAM = 'import time; print(time.time())'",
    ],
)
def test_a_clock_is_found(source: str) -> None:
    assert list(clocks_in(source))


SKIPPING = """
import pytest

@pytest.mark.skip(reason="needs a moon")
def test_marked(): ...

def test_half_way():
    pytest.importorskip("a_moon")

@pytest.mark.xfail(strict=True, reason="a known limit")
def test_limit():
    assert False
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ci", "code", "said"),
    [("", 0, ["2 skipped, 1 xfailed", ": needs a moon"]), ("true", 1, ["1 failed, 1 xfailed, 1 error", "needs a moon"])],
    ids=["at a desk", "in CI"],
)
def test_a_skip_says_why_and_fails_in_ci(tmp_path: Path, ci: str, code: int, said: list[str]) -> None:
    (tmp_path / "test_moon.py").write_text(SKIPPING)
    done = run_tests(tmp_path, "test_moon.py", CI=ci)
    assert done.returncode == code, done.stdout + done.stderr
    assert [words for words in said if words not in done.stdout] == []


@pytest.mark.slow
@pytest.mark.parametrize(("what", "parallel"), [(".", True), ("test_where.py", False)], ids=["a folder", "a file"])
def test_all_cores_run_a_folder_and_one_process_a_file(tmp_path: Path, what: str, parallel: bool) -> None:
    (tmp_path / "test_where.py").write_text(WHERE)
    done = run_tests(tmp_path, what, CI="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "where.txt").read_text().startswith("gw") is parallel


WHERE = """
import os, pathlib

def test_where():
    pathlib.Path("where.txt").write_text(os.environ.get("PYTEST_XDIST_WORKER", "here"))
"""


def run_tests(folder: Path, what: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run other tests with the settings of these, in a process of their own."""
    shutil.copy(TESTS / "conftest.py", folder)
    command = ["-m", "pytest", "-c", str(TESTS.parent / "setup.cfg"), "-p", "no:cacheprovider", what]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    whole = {**plain, "PYTHONPATH": str(TESTS), **env}
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, env=whole, cwd=folder, check=False)
