"""`remit suggest` as an author uses it: read it, look at the patch, apply it; nothing is changed by itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import remit
from remit.policy.shipped import shipped_policies
from support.command import Ran, run
from support.exceptions_policy import TEXT, new_ledger, planted, sent_up, write_policy
from support.golden import same_as
from support.needs import needs

ONE_KIND = TEXT.replace("kind: [noise, wait]", "kind: noise")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with a policy, its cases, and a ledger in which the limit for noise is too low."""
    folder = tmp_path / "policies"
    folder.mkdir()
    file = write_policy(folder, ONE_KIND)
    with new_ledger(tmp_path / "ledger.db") as ledger:
        planted(ledger, remit.load(file))
    return folder


def suggest(house: Path, *args: str, policy: str = "house.yaml") -> Ran:
    return run(house.parent, "suggest", policy, *args, "--ledger", "../ledger.db", cwd=house)


def test_what_is_proposed_is_said_in_plain_words(house: Path) -> None:
    before = {each.name: each.read_bytes() for each in house.iterdir()}
    done = suggest(house)
    assert (done.code, done.err) == (0, "")
    same_as("cli/suggest/house.txt", done.out)
    assert {each.name: each.read_bytes() for each in house.iterdir()} == before


def test_applied_it_is_checked_and_the_next_steps_are_told(house: Path) -> None:
    done = suggest(house, "--apply", "1")
    same_as("cli/suggest/applied.txt", done.out + done.err)
    assert done.code == 1  # a case expects the old limit
    cases = house / "house_test.yaml"
    cases.write_text(cases.read_text().replace("50 EUR}\n    expect: {outcome: esc", "51 EUR}\n    expect: {outcome: esc"))
    for command in ("test", "check"):
        assert run(house.parent, command, "house.yaml", cwd=house).code == 0
    assert run(house.parent, "fmt", "--check", ".", cwd=house).code == 0
    again = suggest(house)
    assert again.code == 4
    assert "and the desks use version" in again.err
    ledger = ("--ledger", str(house.parent / "ledger.db"))
    assert run(house.parent, "publish", "house.yaml", "--by", "author", *ledger, cwd=house).code == 0
    assert "Nothing to suggest" in suggest(house).out


@pytest.mark.parametrize("tool", [pytest.param("git", marks=needs("git")), "patch"])
def test_the_patch_is_one_that_others_apply(tool: str, house: Path) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"there is no {tool}")
    patch = suggest(house, "--diff", "1").out
    (house / "change.patch").write_text(patch)
    command = {"git": ["git", "apply", "--verbose", "change.patch"], "patch": ["patch", "-p1", "-i", "change.patch"]}[tool]
    if tool == "git":
        subprocess.run(["git", "init", "-q"], cwd=house, check=True)
    subprocess.run(command, cwd=house, check=True, capture_output=True)
    found = json.loads(suggest_of_published(house))
    assert remit.load(house / "house.yaml").version == "4" == found["version"]
    assert found["suggestions"] == []
    assert "associate: 50 EUR               # for a start" in (house / "house.yaml").read_text()


def suggest_of_published(house: Path) -> str:
    """What is suggested once the changed policy is published."""
    ledger = ("--ledger", str(house.parent / "ledger.db"))
    run(house.parent, "publish", "house.yaml", "--by", "author", *ledger, cwd=house)
    return suggest(house, "--json").out


def test_json_holds_all_of_it(house: Path) -> None:
    found = json.loads(suggest(house, "--json").out)
    (only,) = found["suggestions"]
    assert (found["policy"], found["version"], only["version"]) == ("house", "3", "4")
    assert (only["limit"], only["proposed"], only["role"], only["rule"]) == ("20 EUR", "50 EUR", "associate", "gesture")
    assert only["evidence"]["count"] == 60
    assert only["evidence"]["share"]["low"] > 0.7
    assert only["cost"]["given"] == {"credit": "1930 EUR"}
    assert only["cost"]["extra"] == {"credit": "75 EUR"}
    assert only["diff"] == suggest(house, "--diff", "1").out
    assert only["stale_cases"] == ["More is for the supervisor"]


def test_patches_in_a_folder(house: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = suggest(house, "--out", str(out))
    assert done.code == 0
    assert [each.name for each in out.iterdir()] == ["house-1.patch"]
    assert (out / "house-1.patch").read_text() == suggest(house, "--diff", "1").out


def test_of_a_folder_it_is_the_file_that_the_ledger_goes_by(house: Path) -> None:
    assert suggest(house, policy=".").out.startswith("1. Let an associate give 50 EUR folio credit under `gesture`")
    (house / "house.yaml").write_text(ONE_KIND.replace("A small", "Another"))
    refused = suggest(house, policy=".")
    assert refused.code == 4
    assert "no file in `.` is the text of `house` that the ledger goes by" in refused.err


REFUSED = {
    ("--apply", "2"): "there is no suggestion 2; there is one.",
    ("--diff", "1", "--json"): "choose one",
    ("--since", "soon"): "--since",
}


@pytest.mark.parametrize("args", REFUSED)
def test_what_cannot_be_done_is_said(args: tuple[str, ...], house: Path) -> None:
    done = suggest(house, *args)
    assert done.code == 2
    assert REFUSED[args] in done.err


def test_what_came_with_remit_is_not_written_over(home: Path) -> None:
    name = "hotel-guest-recovery"
    before = shipped_policies()[name].read_bytes()
    done = run(home, "suggest", name, "--apply", "1")
    assert done.code == 2
    assert "change a copy" in done.err
    assert shipped_policies()[name].read_bytes() == before


def test_a_ledger_without_the_policy(home: Path, tmp_path: Path) -> None:
    with new_ledger(tmp_path / "ledger.db"):
        pass
    done = run(home, "suggest", "hotel-guest-recovery", "--ledger", str(tmp_path / "ledger.db"))
    assert done.code == 2
    assert "has no record of `hotel-guest-recovery`" in done.err


def test_without_a_pattern_nothing_is_suggested(tmp_path: Path) -> None:
    file = write_policy(tmp_path, ONE_KIND)
    with new_ledger(tmp_path / "ledger.db") as ledger:
        sent_up(ledger, remit.load(file), [40] * 60, [number % 2 == 0 for number in range(60)])
    done = run(tmp_path, "suggest", "house.yaml", "--ledger", "ledger.db", cwd=tmp_path)
    assert done.code == 0
    assert done.out.startswith("Nothing to suggest for `house`")
    plain = run(tmp_path, "suggest", "house.yaml", "--json", "--ledger", "ledger.db", cwd=tmp_path).out
    assert json.loads(plain)["suggestions"] == []
