"""What ``remit prove`` prints of a healthy policy and of two faulty ones, in every format."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from remit import __version__
from support.command import ROOT, Ran, run
from support.golden import same_as
from support.sarif import problems_of

#: By policy in rules/: what is written in it instead of what.
POLICIES: Final[dict[str, dict[str, str]]] = {
    "hotel-luxury-empowerment": {},
    "bank-distress-awards": {
        '[minor,        "-",       0 GBP]': '[minor,        "-",    0.01 GBP]',
        "inputs: [complaint.impact, customer.known_vulnerable]\n      hit: unique": (
            "inputs: [complaint.impact, customer.known_vulnerable]\n      hit: first"
        ),
        '[severe,       "-",    5000 GBP]': '[[severe, extreme], "-", 5000 GBP]',
    },
    "us-air-refunds": {
        '- [false, "<= 12", 15]': '- [false, "< 12",  15]',
        "when: {significant: true, paid.by_card: false}": "when: {significant: true, paid.by_card: true}",
    },
}
#: All kinds but the largest grants, of which different solvers show different cases.
KINDS: Final = [word for kind in ("promise", "fails", "ladder", "floor", "claim", "dead") for word in ("--only", kind)]


def proved(folder: Path, policy: str, *options: str) -> Ran:
    file = folder / f"{policy}.yaml"
    if POLICIES[policy]:
        text = (ROOT / "rules" / file.name).read_text(encoding="utf-8")
        for old, new in POLICIES[policy].items():
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
    else:
        shutil.copy(ROOT / "rules" / file.name, file)
    return run(folder / "home", "prove", file.name, "--seconds", "60", *options, cwd=folder)


@pytest.mark.parametrize("policy", POLICIES)
def test_for_people(policy: str, tmp_path: Path) -> None:
    done = proved(tmp_path, policy, *(KINDS if POLICIES[policy] else ()))
    assert (done.code, done.err) == (1 if POLICIES[policy] else 0, "")
    same_as(f"cli/proved/{policy}.txt", done.out)


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
@pytest.mark.parametrize("policy", POLICIES)
def test_for_programs(policy: str, form: str, tmp_path: Path) -> None:
    done = proved(tmp_path, policy, *(KINDS if POLICIES[policy] else ()), "--format", form)
    assert (done.code, done.err) == (1 if POLICIES[policy] else 0, "")
    same_as(f"cli/proved/{policy}.{form}.txt", _steady(done.out))
    if form == "sarif":
        log: Any = json.loads(done.out)
        assert problems_of(log) == []
        assert {each["level"] for each in log["runs"][0]["results"]} == ({"error"} if POLICIES[policy] else set())


def _steady(text: str) -> str:
    """Without what differs from run to run, or whenever a comment in a policy changes."""
    text = re.sub(r'"seconds": [0-9.e-]+', '"seconds": 0', text)
    text = re.sub(r"sha256:[0-9a-f]{64}", "sha256:...", text)
    return text.replace(f'"version": "{__version__}"', '"version": "..."')
