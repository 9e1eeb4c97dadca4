"""Answers as they were when they were kept, under the policies of that day.

The definition and the compiled functions share the laws, so that they agree cannot show a wrong law. These can: each line of
``tests/cases/answers`` is a request with what it came to, and the SHA-256 of the whole answer as JSON. ``NAME.1.jsonl`` are the
answers of the first version of the laws, kept at commit b98f66e: a ledger decides its records by it for ever. A change of
meaning is a new version, whose answers are kept beside the old ones; anything else must not change a byte.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from remit.core.views import MEANING
from remit.deciding.compiled import Compiled
from remit.deciding.policy import reference_decision
from remit.policy.loader import read_model

FOLDER = Path(__file__).parents[1] / "cases" / "answers"
POLICIES = sorted(FOLDER.glob("*.yaml"))
MEANINGS = range(1, MEANING + 1)


def kept(path: Path, meaning: int) -> list[dict[str, Any]]:
    lines = path.with_name(f"{path.stem}.{meaning}.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) >= 8
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("meaning", MEANINGS)
@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_every_answer_is_the_one_that_was_kept(path: Path, meaning: int) -> None:
    model = read_model(path.read_text(encoding="utf-8"), path.name)
    compiled = Compiled(model)
    for line in kept(path, meaning):
        given = line["request"], line.get("balances"), line.get("history")
        found = [reference_decision(model, given[0], balances=given[1], history=given[2], meaning=meaning)]
        if meaning == MEANING:
            found.append(compiled.decide(*given))
        for decision in found:
            assert decision.outcome == line["outcome"], line
            assert hashlib.sha256(decision.to_json().encode()).hexdigest() == line["answer"], decision.to_json()


@pytest.mark.parametrize("meaning", MEANINGS)
def test_all_policies_and_all_outcomes_are_kept(meaning: int) -> None:
    outcomes = [line["outcome"] for path in POLICIES for line in kept(path, meaning)]
    assert len(POLICIES) == 20
    assert all(outcomes.count(each) >= 50 for each in ("grant", "escalate", "deny", "ask"))
