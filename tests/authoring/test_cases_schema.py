"""The JSON Schema of case files: made from the tables that the reader goes by, so that the two agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from remit.authoring.schema_check import check_against
from remit.authoring.testing.case_reader import read_cases
from remit.authoring.testing.cases_schema import cases_schema, schema_text
from remit.deciding.loading import shipped
from remit.errors import PolicyError
from remit.policy.reading.data import data_of
from remit.policy.reading.yaml_reader import read_yaml
from remit.schemas import schema_file

POLICY = shipped("hotel-guest-recovery").with_name("hotel-guest-recovery_test.yaml")
GOOD = """\
policy: hotel-guest-recovery.yaml
defaults:
  employee: {id: e-1, role: associate}
  facts: {guest.tier: none}
cases:
  - name: small
    given: {incident.kind: noise}
    asked: {credit: 25 EUR}
    expect: {outcome: grant}
  - name: in order
    steps:
      - {at: 2026-07-01T10:00:00+02:00, do: grant, asked: {points: 100}, expect: {outcome: grant}}
      - {do: void, of: 1}
"""


def errors(text: str) -> list[str]:
    root, _ = read_yaml(text, "cases")
    assert root is not None
    return [error.message for error in Draft7Validator(cases_schema()).iter_errors(data_of(root))]


def test_the_file_is_up_to_date() -> None:
    Draft7Validator.check_schema(cases_schema())
    told = "run `python -m remit.authoring.testing.cases_schema`"
    assert schema_file("cases").read_text(encoding="utf-8") == schema_text(), told


@pytest.mark.parametrize("path", sorted(POLICY.parent.glob("*_test.yaml")), ids=lambda path: path.stem)
def test_the_cases_of_the_project_fit(path: Path) -> None:
    check_against("cases", path.read_bytes(), path.name)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("", ""),
        ("outcome: grant", "outcome: approved"),
        ("    expect: {outcome: grant}\n", ""),
        ("    asked:", "    aksed:"),
        ("do: grant", "do: give"),
        ("of: 1", "of: one"),
        ("+02:00", ""),
        ("    given: {incident.kind: noise}", "    given: [noise]"),
        ("    asked: {credit: 25 EUR}", "    asked: 25 EUR"),
        ("cases:\n", "cases: []\nmore:\n"),
        ("  - name: small\n    given", "  - given"),
        ("{outcome: grant}\n  -", "grant\n  -"),
        ("defaults:\n", "default:\n"),
        ("    steps:\n", "    expect: {outcome: grant}\n    steps:\n"),
    ],
)
def test_schema_and_reader_agree(right: str, wrong: str) -> None:
    text = GOOD.replace(right, wrong, 1) if right else GOOD
    assert (text != GOOD) == bool(right)
    _, problems = read_cases(text, POLICY)
    assert bool(errors(text)) == bool(problems), (errors(text), problems)


def test_it_is_told_in_our_words() -> None:
    with pytest.raises(PolicyError, match="did you mean `cases`"):
        check_against("cases", GOOD.replace("cases:", "case:").encode(), "a_test.yaml")
    with pytest.raises(PolicyError, match="a file of cases is a mapping"):
        check_against("cases", b"- a", "a_test.yaml")
