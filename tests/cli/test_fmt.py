"""``remit fmt`` as people run it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.command import run
from support.golden import CASES

BEFORE = (CASES / "fmt" / "tables.before.yaml").read_text(encoding="utf-8")
AFTER = (CASES / "fmt" / "tables.after.yaml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(BEFORE, encoding="utf-8")
    (tmp_path / "rules" / "b.yaml").write_text(AFTER, encoding="utf-8")
    return tmp_path


def test_files_are_written_and_what_was_done_is_told(home: Path, folder: Path) -> None:
    os.chmod(folder / "rules" / "a.yaml", 0o640)
    ran = run(home, "fmt", "rules", cwd=folder)
    assert (ran.code, ran.out, ran.err) == (0, "rules/a.yaml\n", "1 of 2 files now in the one layout\n")
    assert (folder / "rules" / "a.yaml").read_text(encoding="utf-8") == AFTER
    assert (folder / "rules" / "a.yaml").stat().st_mode & 0o777 == 0o640
    assert sorted(each.name for each in (folder / "rules").iterdir()) == ["a.yaml", "b.yaml"]
    again = run(home, "fmt", "rules", cwd=folder)
    assert (again.code, again.out) == (0, "2 files, all in the one layout\n")


def test_check_writes_nothing_and_leaves_with_1(home: Path, folder: Path) -> None:
    ran = run(home, "fmt", "--check", "rules", cwd=folder)
    assert (ran.code, ran.out, ran.err) == (1, "rules/a.yaml\n", "1 of 2 files would change\n")
    assert (folder / "rules" / "a.yaml").read_text(encoding="utf-8") == BEFORE
    assert run(home, "fmt", "--check", "rules/b.yaml", cwd=folder).code == 0


def test_diff_shows_what_would_change(home: Path, folder: Path) -> None:
    ran = run(home, "fmt", "--diff", "rules", cwd=folder)
    assert ran.code == 0
    assert "-      inputs: [ kind , nights ]\n+      inputs: [kind, nights]\n" in ran.out
    assert (folder / "rules" / "a.yaml").read_text(encoding="utf-8") == BEFORE
    assert run(home, "fmt", "--diff", "--check", "rules", cwd=folder).code == 1


def test_a_dash_reads_standard_input(home: Path) -> None:
    ran = run(home, "fmt", "-", stdin=BEFORE)
    assert (ran.code, ran.out) == (0, AFTER)
    assert run(home, "fmt", "--check", "-", stdin=BEFORE).code == 1
    assert run(home, "fmt", "--check", "-", stdin=AFTER).code == 0


def test_files_with_errors_are_told_and_left_alone(home: Path, folder: Path) -> None:
    broken = BEFORE.replace("otherwise: 0 EUR", "otherwise: 0 USD")
    (folder / "rules" / "c.yaml").write_text(broken, encoding="utf-8")
    ran = run(home, "fmt", "rules", cwd=folder)
    assert ran.code == 4
    assert "rules/c.yaml:24:18: error:" in ran.err
    assert (folder / "rules" / "c.yaml").read_text(encoding="utf-8") == broken
    assert (folder / "rules" / "a.yaml").read_text(encoding="utf-8") == AFTER, "the others are written all the same"


def test_a_link_stays_a_link(home: Path, folder: Path) -> None:
    (folder / "link.yaml").symlink_to(folder / "rules" / "a.yaml")
    assert run(home, "fmt", "link.yaml", cwd=folder).code == 0
    assert (folder / "link.yaml").is_symlink()
    assert (folder / "rules" / "a.yaml").read_text(encoding="utf-8") == AFTER


def test_nothing_to_do_is_a_mistake(home: Path, tmp_path: Path) -> None:
    ran = run(home, "fmt", str(tmp_path))
    assert ran.code == 2
    assert "there is no policy in" in ran.err


@pytest.mark.parametrize("industry", ["hotel", "airline", "retail", "support"])
def test_a_starter_is_in_the_layout(home: Path, tmp_path: Path, industry: str) -> None:
    assert run(home, "new", "--industry", industry, "mine.yaml", cwd=tmp_path).code == 0
    assert run(home, "fmt", "--check", ".", cwd=tmp_path).out == "2 files, all in the one layout\n"
