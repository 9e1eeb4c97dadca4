"""Every policy in rules/ loads and does what the test file beside it says."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from remit.authoring.testing.case_reader import read_case_file
from remit.authoring.testing.case_run import run_case
from remit.authoring.testing.casefile import Case, CaseFile
from remit.authoring.testing.casefile import test_file_of as cases_beside
from support.rules import POLICIES, RULES, load


@cache
def cases(path: Path) -> CaseFile:
    file, problems = read_case_file(cases_beside(path), load(path).model)
    assert file is not None, "\n".join(str(problem) for problem in problems)
    return file


def test_there_are_policies_and_each_has_its_cases() -> None:
    assert len(POLICIES) >= 14
    tested = {path.stem.removesuffix("_test") for path in RULES.glob("*_test.yaml")}
    assert tested == {path.stem for path in POLICIES}


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_it_loads_and_is_named_like_its_file(path: Path) -> None:
    assert load(path).id == path.stem
    assert cases(path).policy == path


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_it_names_its_source(path: Path) -> None:
    head = path.read_text(encoding="utf-8").split("\npolicy:")[0]
    assert "# Source: " in head
    assert re.search(r"\b20[0-2][0-9]\b", head), "the source has a date"


CASES = [(path, case) for path in POLICIES for case in cases(path).cases]


@pytest.mark.parametrize(("path", "case"), CASES, ids=[f"{path.stem}: {case.name}" for path, case in CASES])
def test_case(path: Path, case: Case) -> None:
    result = run_case(load(path), case)
    assert result.passed, result.failure


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_no_two_cases_have_the_same_name(path: Path) -> None:
    names = [case.name for case in cases(path).cases]
    assert len(names) == len(set(names))


def test_every_case_expects_an_outcome_or_amounts() -> None:
    for _, case in CASES:
        for step in case.steps:
            assert step.do == "void" or {each.name for each in step.expect} & {"outcome", "owed"}, case.name


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_every_rule_guardrail_and_cap_decides_some_case(path: Path) -> None:
    model = load(path).model
    taken = [each for case in cases(path).cases for each in run_case(load(path), case).taken]
    decided = {reason.id for each in taken for reason in each.decision.reasons}
    written = {each.id for each in (*model.rules, *model.guardrails, *model.caps)}
    assert written - decided == set()
