"""``cases``, ``coverage``, ``mutate`` and ``diff`` of a policy that works things out before it compares them: golden texts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from support.command import run
from support.golden import CASES, same_as

FOLDER = CASES / "cli" / "worked-out"


@pytest.fixture
def trips(tmp_path: Path) -> Path:
    """The policy in a folder of its own, with a case or two."""
    for name in ("trips.yaml", "trips_test.yaml"):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path / "trips.yaml"


@pytest.mark.parametrize("command", ["coverage", "mutate"])
def test_what_two_cases_miss(home: Path, trips: Path, command: str) -> None:
    same_as(f"cli/worked-out/{command}.txt", run(home, command, "trips_test.yaml", cwd=trips.parent).out)


def test_proposed_cases_fit_a_screen_ask_for_something_and_reach_everything(home: Path, trips: Path) -> None:
    (trips.parent / "trips_test.yaml").unlink()
    found = run(home, "cases", "trips.yaml", cwd=trips.parent).out
    same_as("cli/worked-out/cases.txt", found)
    assert max(map(len, found.splitlines())) <= 100
    assert found.count("  - name: ") == found.count("    asked: ")
    (trips.parent / "trips_test.yaml").write_text(found)
    for command in (["test"], ["coverage", "--fail-under", "100"]):
        done = run(home, *command, "trips_test.yaml", cwd=trips.parent)
        assert done.code == 0, done.out


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("60 days", "90 days"),
        ("asked.refund > paid * 80%", "asked.refund > paid * 90%"),
        ("sum(delays) > 120", "sum(delays) > 180"),
    ],
)
def test_a_threshold_that_is_moved_shows(home: Path, trips: Path, before: str, after: str) -> None:
    changed = trips.with_name("changed.yaml")
    changed.write_text(trips.read_text().replace(before, after))
    found = run(home, "diff", "trips.yaml", "changed.yaml", cwd=trips.parent).out
    same_as(f"cli/worked-out/diff-{after.split()[-1].strip('%')}.txt", found)


def test_each_mutation_has_its_place(home: Path, trips: Path) -> None:
    (found,) = json.loads(run(home, "mutate", "trips_test.yaml", "--format", "json", cwd=trips.parent).out)
    ands = [each for each in found["unnoticed"] if each["before"] == "`and`"]
    assert len({(each["line"], each["column"], each["end_column"]) for each in ands}) == len(ands) >= 1
