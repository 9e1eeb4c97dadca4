"""docs/ci.md and .pre-commit-hooks.yaml: every remit command in them is run."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.command import ROOT, environment

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
(STEPS,) = [block["jobs"]["policies"]["steps"] for block in BLOCKS if "jobs" in block]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
CONSOLE = re.findall(r"^\$ (remit .*)$", PAGE, re.MULTILINE)
COMMANDS = [*dict.fromkeys([*CONSOLE, *(step["run"] for step in STEPS if step.get("run", "").startswith("remit "))])]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with one policy and its cases."""
    (tmp_path / "policies").mkdir()
    for name in ("hotel-guest-recovery.yaml", "hotel-guest-recovery_test.yaml"):
        shutil.copy(ROOT / "rules" / name, tmp_path / "policies" / name)
    return tmp_path


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``command`` as a pipeline's shell does."""
    remit = f"{shlex.quote(sys.executable)} -m remit"
    script = re.sub(r"^remit\b", remit, command)
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=environment(folder / "home"),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_sound_policy_passes_every_command(project: Path, command: str) -> None:
    done = shell(command, project)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_shows_what_check_says(project: Path) -> None:
    assert f"$ {CONSOLE[0]}\n{shell(CONSOLE[0], project).stdout}" in PAGE


def test_a_warning_stops_the_pipeline_and_is_in_the_sarif_file(project: Path) -> None:
    file = project / "policies" / "hotel-guest-recovery.yaml"
    text = file.read_text()
    file.write_text(text.replace("    because: Anyone at the desk puts a small thing right at once.\n", ""))
    assert file.read_text() != text
    strict, sarif = (step["run"] for step in STEPS if "remit check" in step.get("run", ""))
    done = shell(strict, project)
    assert done.returncode == 1
    assert done.stdout.startswith("::warning file=policies/hotel-guest-recovery.yaml,line=")
    assert shell(sarif, project).returncode == 0
    (upload,) = [step["with"]["sarif_file"] for step in STEPS if "upload-sarif" in step.get("uses", "")]
    (result,) = json.loads((project / upload).read_text())["runs"][0]["results"]
    assert result["ruleId"] == "reasons/missing"


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_every_hook_runs_on_the_files_that_it_asks_for(project: Path, hook: dict[str, str]) -> None:
    files = [path.relative_to(project).as_posix() for path in sorted((project / "policies").iterdir())]
    asked = [each for each in files if re.search(hook["files"], each) and not re.search(hook.get("exclude", "^$"), each)]
    assert asked
    done = shell(shlex.join([*shlex.split(hook["entry"]), *asked]), project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert hook["id"] in [each["id"] for block in BLOCKS for repo in block.get("repos", ()) for each in repo["hooks"]]
