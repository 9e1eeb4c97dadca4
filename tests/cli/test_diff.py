"""``remit diff`` as people run it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from support.command import run
from support.golden import CASES
from support.needs import needs

HOTEL = (CASES / "diff" / "hotel.yaml").read_text(encoding="utf-8")
KINDER = HOTEL.replace("may: {credit: 30 EUR, points", "may: {credit: 50 EUR, points")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "old.yaml").write_text(HOTEL, encoding="utf-8")
    (tmp_path / "new.yaml").write_text(KINDER, encoding="utf-8")
    (tmp_path / "same.yaml").write_text("# other words\n" + HOTEL, encoding="utf-8")
    return tmp_path


def test_a_change_is_told_and_leaves_with_1(home: Path, folder: Path) -> None:
    ran = run(home, "diff", "old.yaml", "new.yaml", cwd=folder)
    assert ran.code == 1
    assert "Folio credit: 30 EUR -> 50 EUR, more generous" in ran.out
    assert "an associate may give folio credit: 30 EUR -> 50 EUR" in ran.out
    assert "not a proof" in ran.out


def test_no_change_leaves_with_0(home: Path, folder: Path) -> None:
    ran = run(home, "diff", "old.yaml", "same.yaml", cwd=folder)
    assert (ran.code, ran.out) == (0, "Guest recovery at the front desk, hotel-guest-recovery 2026.2: nothing has changed\n")


def test_for_programs_and_without_examples(home: Path, folder: Path) -> None:
    ran = run(home, "diff", "--format", "json", "--examples", "0", "old.yaml", "new.yaml", cwd=folder)
    told = json.loads(ran.out)
    assert ran.code == 1
    assert told["changed"]
    assert "examples" not in told
    assert told["changes"][0]["section"] == "may"
    assert told["changes"][0]["details"][0]["direction"] == "more generous"


def test_markdown(home: Path, folder: Path) -> None:
    ran = run(home, "diff", "--format", "markdown", "--examples", "1", "old.yaml", "new.yaml", cwd=folder)
    assert ran.out.startswith(
        "# Guest recovery at the front desk, hotel-guest-recovery 2026.2\n\n## What may be given\n\n- **small"
    )


@needs("git")
def test_revisions(home: Path, folder: Path) -> None:
    def git(*args: str) -> None:
        subprocess.run(["git", *args], cwd=folder, check=True, capture_output=True)

    git("init", "-q")
    (folder / "rules").mkdir()
    (folder / "rules" / "hotel.yaml").write_text(HOTEL, encoding="utf-8")
    git("add", "rules")
    git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "one")
    (folder / "rules" / "hotel.yaml").write_text(KINDER, encoding="utf-8")
    ran = run(home, "diff", "HEAD:rules/hotel.yaml", "rules/hotel.yaml", cwd=folder)
    assert ran.code == 1
    assert "30 EUR -> 50 EUR" in ran.out
    missing = run(home, "diff", "HEAD:rules/other.yaml", "rules/hotel.yaml", cwd=folder)
    assert missing.code == 4
    assert "git has no `HEAD:rules/other.yaml`" in missing.err
    assert "Traceback" not in missing.err


def test_without_git_it_says_so(home: Path, folder: Path) -> None:
    ran = run(home, "diff", "HEAD:old.yaml", "new.yaml", cwd=folder, env={"PATH": str(folder)})
    assert ran.code == 4
    assert "git is not installed" in ran.err


def test_policies_that_are_not_there_or_not_valid(home: Path, folder: Path) -> None:
    (folder / "bad.yaml").write_text(HOTEL.replace("otherwise: escalate", "otherwise: maybe"), encoding="utf-8")
    assert run(home, "diff", "old.yaml", "bad.yaml", cwd=folder).code == 4
    ran = run(home, "diff", "old.yaml", "nothing.yaml", cwd=folder)
    assert ran.code == 4
    assert "there is no file `nothing.yaml`" in ran.err


def test_a_proof_of_the_change(home: Path, folder: Path) -> None:
    ran = run(home, "diff", "old.yaml", "new.yaml", "--prove", cwd=folder)
    assert ran.code == 1
    assert "Wider: in some cases more may be given, or is owed. In no case less is." in ran.out
    assert "by rule `small-gesture` (old line 45, new line 45): always" in ran.out
    assert "not a proof" not in ran.out


def test_gates_decide_how_it_leaves(home: Path, folder: Path) -> None:
    assert run(home, "diff", "old.yaml", "new.yaml", "--gate", "no-wider", cwd=folder).code == 1
    assert run(home, "diff", "old.yaml", "new.yaml", "--gate", "no-narrower", cwd=folder).code == 0
    assert run(home, "diff", "old.yaml", "same.yaml", "--gate", "equal", cwd=folder).code == 0
    assert run(home, "diff", "old.yaml", "new.yaml", "--max-increase", "20EUR", cwd=folder).code == 0
    ran = run(home, "diff", "old.yaml", "new.yaml", "--max-increase", "19.99 EUR", cwd=folder)
    assert ran.code == 1
    assert "folio credit rises by up to 20 EUR" in ran.out


def test_a_proof_for_programs(home: Path, folder: Path) -> None:
    ran = run(home, "diff", "old.yaml", "new.yaml", "--gate", "no-wider", "--format", "json", cwd=folder)
    proof = json.loads(ran.out)["proof"]
    assert (proof["verdict"], proof["wider"], proof["narrower"]) == ("wider", "yes", "no")
    (region,) = proof["regions"]
    assert region["region"] == "wider limit credit: rule small-gesture"
    assert region["lines"][0] == {"policy": "old", "what": "rule `small-gesture`", "line": 45}
    assert (region["example"]["before"], region["example"]["after"]) == ("30 EUR", "50 EUR")
    assert not proof["gates"][0]["passed"]
    assert proof["digests"]["old"].startswith("sha256:")


@pytest.mark.parametrize("amount", ["50", "fifty EUR", "50 USD", "-1 EUR"])
def test_an_increase_that_is_no_amount(home: Path, folder: Path, amount: str) -> None:
    ran = run(home, "diff", "old.yaml", "new.yaml", f"--max-increase={amount}", cwd=folder)
    assert ran.code == 2
    assert "--max-increase" in ran.err
    assert "Traceback" not in ran.err


def test_regions_that_are_meant(home: Path, folder: Path) -> None:
    said = run(home, "diff", "old.yaml", "new.yaml", "--prove", "--format", "json", cwd=folder)
    digests = json.loads(said.out)["proof"]["digests"]
    row = {"region": "wider limit credit: rule small-gesture", "by": "o-1", "because": "Agreed in spring."}
    (folder / "allow.yaml").write_text(json.dumps({**digests, "allowed": [row]}), encoding="utf-8")
    person = "{id: o-1, role: operations, owns: [hotel-guest-recovery], publishes: true}"
    (folder / "staff.yaml").write_text(f'roster: desk\nversion: "1"\nstaff:\n  - {person}\n', encoding="utf-8")
    asked = ("diff", "old.yaml", "new.yaml", "--gate", "no-wider", "--allow", "allow.yaml")
    ran = run(home, *asked, "--roster", "staff.yaml", cwd=folder)
    assert ran.code == 0
    assert "allowed by o-1: wider limit credit: rule small-gesture" in ran.out
    assert run(home, *asked, cwd=folder).code == 2
    (folder / "allow.yaml").write_text(json.dumps({**digests, "allowed": [{**row, "by": "x-1"}]}), encoding="utf-8")
    ran = run(home, *asked, "--roster", "staff.yaml", cwd=folder)
    assert ran.code == 4
    assert "x-1 may not allow this: they are not on the roster" in ran.err
    assert "these may: o-1" in ran.err
