"""Answers as they were at commit b98f66e (the same there as in the engine before it), under the policies of that day.

The definition and the compiled functions share the laws, so that they agree cannot show a wrong law. These can: each line of
``tests/cases/answers`` is a request with what it came to, and the SHA-256 of the whole answer as JSON. A change of meaning
keeps new answers on purpose; anything else must not change a byte.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from remit.deciding.compiled import Compiled
from remit.deciding.policy import reference_decision
from remit.policy.loader import read_model

KEPT = sorted((Path(__file__).parents[1] / "cases" / "answers").glob("*.yaml"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_every_answer_is_the_one_that_was_kept(path: Path) -> None:
    model = read_model(path.read_text(encoding="utf-8"), path.name)
    compiled = Compiled(model)
    lines = path.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) >= 8
    for line in lines:
        kept = json.loads(line)
        given = kept["request"], kept.get("balances"), kept.get("history")
        defined = reference_decision(model, given[0], balances=given[1], history=given[2])
        for decision in (defined, compiled.decide(*given)):
            assert decision.outcome == kept["outcome"], line
            assert hashlib.sha256(decision.to_json().encode()).hexdigest() == kept["answer"], decision.to_json()


def test_all_policies_and_all_outcomes_are_kept() -> None:
    outcomes = [json.loads(line)["outcome"] for path in KEPT for line in path.with_suffix(".jsonl").read_text().splitlines()]
    assert len(KEPT) == 20
    assert {each: outcomes.count(each) >= 50 for each in ("grant", "escalate", "deny", "ask")} == dict.fromkeys(
        ("grant", "escalate", "deny", "ask"), True
    )
