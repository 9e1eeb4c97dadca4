"""``remit schema NAME --check FILE``: all that is wrong, where and what to do, and nothing that only programmers know."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support.command import ROOT, run
from support.golden import CASES, same_as

FOLDER = CASES / "schemas"
BROKEN = [path for path in sorted(FOLDER.iterdir()) if path.suffix != ".txt"]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name)
def test_a_broken_file(home: Path, path: Path) -> None:
    name = path.stem.partition("-")[0]
    done = run(home, "schema", name, "--check", "-", stdin=path.read_bytes().decode())
    assert done.code == 4
    assert not done.out
    assert not re.search(r"None|True|False|\bdict\b|\bstr\b|Decimal|Traceback|valid under|does not match", done.err)
    same_as(f"schemas/{path.stem}.txt", done.err)


def test_there_are_broken_files_of_each_kind() -> None:
    assert {path.stem.partition("-")[0] for path in BROKEN} == {"request", "decision", "record", "policy"}


@pytest.mark.parametrize("path", [path for path in sorted((ROOT / "rules").glob("*.yaml")) if "_test" not in path.stem])
def test_a_policy_that_loads_fits(home: Path, path: Path) -> None:
    assert run(home, "schema", "policy", "--check", str(path)).code == 0


def test_a_request_its_decision_and_their_record_fit(home: Path, tmp_path: Path) -> None:
    import remit

    request = {"employee": {"id": "e-17", "role": "associate"}, "facts": {"incident": {"kind": "noise", "severity": 3}}}
    with remit.open_ledger(":memory:") as ledger:
        policy = remit.load(ROOT / "rules" / "hotel-guest-recovery.yaml")
        entry = ledger.decide(policy, {**request, "facts": {**request["facts"], "guest.id": "g-1", "stay.id": "s-1"}})
        assert entry.decision is not None
        texts = {"request": json.dumps(request, indent="\t"), "decision": entry.decision.to_json(), "record": entry.text}
    for name, text in texts.items():
        file = tmp_path / f"{name}.json"
        file.write_text(text, encoding="utf-8")
        done = run(home, "schema", name, "--check", str(file))
        assert (done.code, done.out) == (0, f"{file} is a {name}\n"), done.err
