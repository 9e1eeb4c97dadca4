"""The authors' own commands find nothing wrong with the policies that are shipped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RULES = Path(__file__).parents[2] / "rules"


@pytest.mark.slow
@pytest.mark.parametrize("command", [["check"], ["test"], ["coverage", "--fail-under", "100"]], ids=lambda command: command[0])
def test_the_command_is_content(command: list[str]) -> None:
    run = subprocess.run([sys.executable, "-m", "remit", *command, str(RULES)], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "warning" not in run.stdout
