"""Which policy is meant: a file, a folder or a name, the same way in every command."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from support.command import ROOT, run

HOTEL, BANK = "hotel-guest-recovery", "bank-fee-courtesy"
REQUEST = {
    "employee": {"id": "e-1", "role": "associate"},
    "asked": {"late_checkout": True},
    "facts": {"incident": {"kind": "noise", "severity": 3}, "guest.recoveries": 0},
    "occurred": "2026-07-01",
}
FACTS = ("--role", "associate", "--fact", "incident.kind=noise", "--fact", "incident.severity=3")
GIVE = (*FACTS, "--fact", "guest.id=g", "--fact", "stay.id=s", "--give", "late_checkout")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two policies with their cases."""
    found = tmp_path / "policies"
    found.mkdir()
    for name in (HOTEL, BANK):
        for each in (ROOT / "rules").rglob(f"{name}*.yaml"):
            shutil.copy(each, found)
    return found


COMMANDS = {
    "decide": ((), json.dumps(REQUEST)),
    "ask": ((*GIVE, "--no-ledger"), ""),
    "grant": (GIVE, ""),
    "show": (("--occurred", "2026-07-01"), ""),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_of_several_policies_one_is_named(home, folder, command):
    options, stdin = COMMANDS[command]
    unnamed = run(home, command, str(folder), *options, stdin=stdin)
    assert unnamed.code == 2
    assert f"--policy with one of: {BANK}, {HOTEL}" in unnamed.err
    misspelt = run(home, command, str(folder), "--policy", "hotel-guest", *options, stdin=stdin)
    assert misspelt.code == 2
    assert f"did you mean `{HOTEL}`?" in misspelt.err
    named = run(home, command, str(folder), "--policy", HOTEL, *options, stdin=stdin)
    assert named.code == 0, named.err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_a_folder_of_versions_and_a_name_mean_the_same(home, folder, command):
    options, stdin = COMMANDS[command]
    for each in folder.glob(f"{BANK}*"):
        each.unlink()
    wheres = (HOTEL, str(folder / f"{HOTEL}.yaml"), str(folder / HOTEL), str(folder))
    keys = [("--key", where) if command == "grant" else () for where in wheres]  # the same is not given twice without
    answers = [run(home, command, where, *options, *key, stdin=stdin) for where, key in zip(wheres, keys, strict=True)]
    assert {each.code for each in answers} == {0}
    if command != "grant":  # which has a record of its own each time
        assert len({each.out for each in answers}) == 1
    other = run(home, command, HOTEL, "--policy", BANK, *options, stdin=stdin)
    assert other.code == 2
    assert f"holds no policy `{BANK}`; there is {HOTEL}." in other.err


@pytest.mark.parametrize("command", ["ask", "grant", "decide", "show", "check", "test", "coverage", "mutate", "cases"])
def test_what_is_not_there(home, command):
    give = ("--give", "credit=1") if command == "grant" else ()
    near = run(home, command, "hotel-guest-recoveri", *give)
    assert near.code == 2
    assert f"Did you mean `{HOTEL}`?" in near.err
    assert "Usage:" in near.err


def test_each_request_of_a_batch_is_decided_by_the_version_of_its_day(home, folder):
    old = (folder / f"{HOTEL}.yaml").read_text()
    assert "from: 2026-06-01" in old
    older = old.replace("from: 2026-06-01", "from: 2026-01-01, to: 2026-06-01").replace(
        'version: "2026.2"', 'version: "2026.1"'
    )
    (folder / "older.yaml").write_text(older)
    lines = [{**REQUEST, "occurred": day} for day in ("2026-07-01", "2026-02-01", "2025-02-01")]
    done = run(home, "decide", str(folder), "--policy", HOTEL, stdin="\n".join(map(json.dumps, lines)))
    first, second, third = map(json.loads, done.out.splitlines())
    assert [first["policy"]["version"], second["policy"]["version"]] == ["2026.2", "2026.1"]
    assert third["error"]["problems"][0]["path"] == "occurred"


@pytest.mark.slow
def test_names_and_folders_for_authors(home, folder):
    for command in ("check", "test", "coverage"):
        for where in (HOTEL, str(folder)):
            done = run(home, command, where)
            assert done.code == 0, done.err
    same = run(home, "diff", HOTEL, str(folder), "--policy", HOTEL)
    assert same.code == 0
    unnamed = run(home, "diff", HOTEL, str(folder))
    assert unnamed.code == 2
    assert "--policy with one of" in unnamed.err
    assert run(home, "diff", HOTEL, "hotel-guest").code == 4
    assert run(home, "cases", str(folder)).code == 2
