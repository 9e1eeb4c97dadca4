"""Every policy in rules/ loads and does what the test file beside it says."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from support.rule_cases import Case, cases_of, mismatches

import remit

RULES = Path(__file__).parents[2] / "rules"
POLICIES = sorted(path for path in RULES.glob("*.yaml") if not path.stem.endswith("_test"))
CASES = [(path, case) for path in POLICIES for case in cases_of(path.with_name(f"{path.stem}_test.yaml"))]


@cache
def load(path: Path) -> Any:
    return remit.load(path)


def test_there_are_policies_and_each_has_its_cases() -> None:
    assert len(POLICIES) >= 14
    tested = {path.stem.removesuffix("_test") for path in RULES.glob("*_test.yaml")}
    assert tested == {path.stem for path in POLICIES}


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_it_loads_and_is_named_like_its_file(path: Path) -> None:
    assert load(path).id == path.stem


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_it_names_its_source(path: Path) -> None:
    head = path.read_text(encoding="utf-8").split("\npolicy:")[0]
    assert "# Source: " in head
    assert re.search(r"\b20[0-2][0-9]\b", head), "the source has a date"


@pytest.mark.parametrize(
    ("path", "case"), CASES, ids=[f"{path.stem}: {case.name}" for path, case in CASES]
)
def test_case(path: Path, case: Case) -> None:
    assert case.steps or not mismatches(load(path), case.body), "\n".join(mismatches(load(path), case.body))
