"""What the docs say is run: every command and every snippet of README and docs/, page by page, top to bottom.

- ``console`` blocks: each line that begins with ``$ `` is run by a shell in a folder that holds ``rules/`` and ``examples/``;
  the lines below it are what must come out (``...`` stands for anything). A line may end with ``# exit 3`` where that is the
  exit code to expect.
- ``python`` blocks are run one after another in one namespace per page; ``>>>`` lines are checked as doctests.
- ``yaml`` blocks that begin with ``policy:`` must load, ``feel`` blocks must say ``expression = value`` line by line.
- Links between pages must lead somewhere.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from remit import feel
from remit.deciding.loading import loads
from remit.language.text import literal

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "rules" / "README.md",
    *sorted(ROOT.glob("examples/*/README.md")),
]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
#: Commands that install or run everything: `.ci/run` runs these, not the tests inside themselves.
BY_CI = ("pip install", "python -m pytest", ".ci/run")


def blocks(page: Path, *kinds: str) -> Iterator[tuple[str, str]]:
    for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
        if match[1] in kinds:
            yield match[1], match[2]


def pages_with(*kinds: str) -> list[Any]:
    return [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES if page.exists() and any(blocks(page, *kinds))]


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


#: Held by tests of their own: conversations at a terminal (tests/cli/test_docs.py), a project's own CI (tests/authoring).
ELSEWHERE = ("docs/approvers.md", "docs/staff.md", "docs/commands.md", "docs/ci.md")


@pytest.mark.parametrize("page", [each for each in pages_with("console") if each.id not in ELSEWHERE])
def test_commands(page: Path, workplace: Path) -> None:
    env = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(workplace),
        "XDG_DATA_HOME": str(workplace / "data"),
        "LANG": "C.UTF-8",
        "USER": "tester",
        "LOGNAME": "tester",
        "COLUMNS": "100",
        **({"PYTHONPATH": os.environ["PYTHONPATH"]} if "PYTHONPATH" in os.environ else {}),
    }
    for _, text in blocks(page, "console"):
        for command, code, expected in commands(text):
            if any(word in command for word in BY_CI):
                continue
            done = subprocess.run(
                ["bash", "-c", command], cwd=workplace, env=env, capture_output=True, text=True, timeout=120, check=False
            )
            said = done.stdout + done.stderr
            assert done.returncode == code, f"$ {command}\n{said}"
            if expected:
                assert re.fullmatch(pattern(expected), said.strip(), re.DOTALL), f"$ {command}\n{said}"


def commands(text: str) -> Iterator[tuple[str, int, str]]:
    """Command, exit code, expected output."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        taken = 1
        here = re.search(r"<<'(\w+)'$", lines[0])
        while lines[taken - 1].endswith("\\") or (here and lines[taken - 1] != here[1]):
            taken += 1
        command = "\n".join(lines[:taken])
        code = re.search(r"\s+# exit (\d+)$", command)
        yield command, int(code[1]) if code else 0, "\n".join(line.rstrip() for line in lines[taken:]).strip()


def pattern(expected: str) -> str:
    flat = "\n".join(line.rstrip() for line in expected.splitlines())
    return ".*?".join(re.sub(r"(\\ )+", "[ ]+", re.escape(piece)).replace("\\\n", r"\s*\n") for piece in flat.split("..."))


@pytest.mark.parametrize("page", pages_with("python"))
def test_snippets(page: Path, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workplace)
    names: dict[str, Any] = {"__name__": "docs"}
    for _, text in blocks(page, "python"):
        if ">>>" in text:
            test = doctest.DocTestParser().get_doctest(text, names, page.name, str(page), 0)
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
            said: list[str] = []
            runner.run(test, out=said.append, clear_globs=False)
            assert runner.failures == 0, "".join(said)
            names.update(test.globs)
        else:
            exec(compile(text, str(page), "exec"), names)


@pytest.mark.parametrize("page", pages_with("yaml"))
def test_policies(page: Path) -> None:
    for _, text in blocks(page, "yaml"):
        if re.search(r"^policy:", text, re.MULTILINE) and re.search(r"^remedies:", text, re.MULTILINE):
            loads(text, page.name)


@pytest.mark.parametrize("page", pages_with("feel"))
def test_expressions(page: Path) -> None:
    for _, text in blocks(page, "feel"):
        for line in filter(None, map(str.strip, text.splitlines())):
            expression, _, value = line.rpartition("  =  ")
            assert literal(feel.evaluate(expression)) == value, line


@pytest.mark.parametrize("page", [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES if page.exists()])
def test_the_tests_that_a_page_names_exist(page: Path) -> None:
    known = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    named = re.findall(r"`((?:tests/[\w/]+/)?test_\w+\.py)`", page.read_text(encoding="utf-8"))
    wrong = [name for name in named if not ((ROOT / name).is_file() if "/" in name else name in known)]
    assert not wrong


def test_every_test_of_the_ledger_shows_a_promise() -> None:
    page = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
    unnamed = [path.name for path in sorted((ROOT / "tests" / "ledger").glob("test_*.py")) if f"`{path.name}`" not in page]
    assert not unnamed


@pytest.mark.parametrize("page", [pytest.param(page, id=str(page.relative_to(ROOT))) for page in PAGES if page.exists()])
def test_links(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
