"""Tests fork most commands from a process that has imported remit: that hides nothing which starting them would show."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from remit.cli.app import COMMANDS
from support.command import REMIT, ROOT, Terminal, environment, run
from support.forked import Server, next_server

KNOWN = ["--fact", "incident.kind=noise", "--fact", "incident.severity=3", "--no-ledger"]


@pytest.fixture
def server() -> Server:
    server = next_server(environment(Path("/home-of-nobody")))
    if server is None:
        pytest.skip("this system cannot wait for the processes of others")
    return server


@pytest.mark.parametrize(
    ("args", "given", "env"),
    [
        (["ask", "hotel-guest-recovery", *KNOWN], "", {}),
        (["ask", "hotel-guest-recovery", *KNOWN], "", {"FORCE_COLOR": "1", "COLUMNS": "50"}),
        (["ask", "--no-ledger"], "", {"REMIT_POLICY": "hotel-guest-recovery"}),
        (["ask", "hotel-guest-recovery", "--role", "nobody"], "", {}),
        (["check", "no-such-file.yaml"], "", {}),
        (["decide", "hotel-guest-recovery"], '{"facts": {"incident.kind": "injury"}}\n', {}),
        (["feel", "1 +"], "", {}),
        (["fmt", "-"], "remit: 1\r\nfacts: {}\n", {}),
        (["log"], "", {}),
        (["completion", "bash"], "", {}),
        (["--no-such-option"], "", {}),
        ([], "", {}),
    ],
    ids=lambda given: " ".join(given)[:40] if isinstance(given, list) else None,
)
def test_a_fork_says_what_a_process_of_its_own_says(home: Path, args: list[str], given: str, env: dict[str, str]) -> None:
    started = run(home, *args, stdin=given, env=env, before=lambda: None)
    assert run(home, *args, stdin=given, env=env) == started
    assert started.out + started.err


def test_a_fork_has_its_own_folder_terminal_and_end(home: Path, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("remit: 1\n")
    assert run(home, "check", "policy.yaml", cwd=tmp_path).err.startswith("policy.yaml")
    with Terminal([*REMIT, "ask", "hotel-guest-recovery"], environment(home), columns=60) as terminal:
        terminal.expect("> ")
        terminal.waits()
        assert os.getsid(terminal.pid) == terminal.pid
        terminal.type("\x03", enter=False)
        assert terminal.finish() == (130, terminal.text)
    with Terminal([*REMIT, "ask", "hotel-guest-recovery"], environment(home)) as terminal:
        terminal.expect("> ")
        os.kill(terminal.pid, 9)
        assert terminal.finish()[0] == -9


def test_what_is_read_while_python_starts_or_imports_is_never_forked(server: Server, home: Path) -> None:
    usual = environment(home)
    assert server.serves(["ask"], usual)
    for name in ("PYTHONPATH", "PYTHONIOENCODING", "PYTHONHASHSEED", "LC_ALL", "LANG", "TZ", "PSYCOPG_IMPL"):
        assert not server.serves(["ask"], {**usual, name: "another"}), name


def test_commands_take_turns_at_two_orders_of_what_has_none(server: Server) -> None:
    assert next_server(environment(Path("/home-of-nobody"))) is not server
    assert next_server(environment(Path("/home-of-nobody"))) is server


@pytest.mark.parametrize("command", {where.partition(":")[0]: name for name, where in COMMANDS.items()}.values())
def test_every_family_of_commands_imports_what_it_needs(home: Path, command: str) -> None:
    done = run(home, command, "--help", before=lambda: None)
    assert (done.code, done.err) == (0, "")


@cache
def _is_package(name: str) -> bool:
    spec = find_spec(name)
    return spec is not None and spec.submodule_search_locations is not None


def _parts_of_modules(path: Path) -> Iterator[tuple[str, str]]:
    """``package.part`` wherever it stands in a file; a name that stands for something else there too is left out."""
    text = path.read_text(encoding="utf-8")
    packages = {name for name in re.findall(r"^ *import (\w+)", text, re.MULTILINE) if _is_package(name)}
    if not packages:  # a module has no parts that are imported
        return iter(())
    modules: dict[str, str] = {}
    other: set[str] = set()
    parts: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            parts.append((node.value.id, node.attr))
        elif isinstance(node, ast.arg):
            other.add(node.arg)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            other.add(node.id)
    return ((modules[name], part) for name, part in parts if modules.get(name) in packages and name not in other)


LACKING = """
import importlib, sys
for each in sys.argv[1:]:
    module, part = each.split(":")
    hasattr(importlib.import_module(module), part) or print(each)
"""


def test_no_module_needs_that_another_has_imported_a_part_of_a_package() -> None:
    """``import a`` and then ``a.b`` works where somebody else has imported ``a.b``; here only what is imported by name is."""
    files = [*(ROOT / "engine" / "remit").rglob("*.py")]
    parts = {f"{module}:{part}": path for path in files for module, part in _parts_of_modules(path)}
    assert {"click:echo", "click:exceptions"} <= parts.keys()
    command = [sys.executable, "-c", LACKING, *sorted(parts)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert {each: parts[each] for each in done.stdout.split()} == {}
