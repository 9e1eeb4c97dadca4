"""Proposed cases: they hold, they reach, and they say no more than matters."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from remit.authoring.proposing.case_maker import CaseMaker, Proposal
from remit.authoring.proposing.proposing import propose
from remit.authoring.proposing.writing import as_file
from remit.authoring.testing.case_reader import read_cases
from remit.authoring.testing.case_run import run_file
from remit.authoring.testing.coverage import measure
from remit.deciding.loading import load, shipped
from remit.deciding.policy import Policy
from remit.policy.loader import read_model

POLICY = """
policy: distress
title: Distress awards
version: "1"
owner: complaints
currency: GBP
ladder: [handler, senior]
facts:
  harm: {type: choice, of: [minor, serious, severe]}
  customer.id: {type: text, personal: true}
  vulnerable: {type: boolean, default: false}
  third_party: {type: boolean, default: false}
  days: {type: integer, min: 0}
remedies:
  award: {type: money, title: Award}
  apology: {type: exception, title: An apology}
values:
  top: {table: {inputs: [harm], rows: [[minor, 0 GBP], [serious, 750 GBP], [severe, 1500 GBP]]}}
rules:
  - {id: apology, because: It costs nothing., when: {days: "< 90"}, may: {apology: true}}
  - id: vulnerable
    because: They get more.
    when: {vulnerable: true}
    may: {award: {handler: "min(top, 300 GBP)", senior: top}}
guardrails:
  - {id: third, because: Not our fault., say: Another's., when: {third_party: true}, then: {deny: [award]}}
"""


def test_a_case_gives_the_facts_that_matter_and_no_more() -> None:
    assert {each.name: set(each.facts) for each in propose(Policy(read_model(POLICY)))} == {
        "apology: An apology": {"days"},
        "vulnerable: 300 GBP award": {"harm", "vulnerable"},
        "third: 10 GBP award": {"third_party"},
        "row top, row 3": {"harm", "vulnerable"},
        "row top, row 1": {"days", "harm"},
        "days just below 90": {"days"},
        "days at 90": {"days"},
        "days just above 90": {"days"},
    }


@pytest.mark.parametrize("name", ["hotel-guest-recovery", "uk-water-guaranteed-standards", "us-parcel-claims"])
def test_proposals_are_a_test_file_that_passes(name: str, tmp_path: Path) -> None:
    policy = load(shipped(name))
    found = list(propose(policy))
    text = as_file(policy.model, f"{name}.yaml", found)
    file, problems = read_cases(text, tmp_path / f"{name}_test.yaml", policy.model)
    assert file is not None, problems
    assert len(file.cases) == len(found) > 3
    assert [each.case.name for each in run_file(policy, file) if not each.passed] == []


def test_a_day_that_changes_nothing_is_left_out_as_a_whole() -> None:
    text = POLICY.replace("values:", "values:\n  dated_top: {dated: [{from: 2020-01-01, value: 30 GBP}]}")
    maker = CaseMaker(Policy(read_model(text)))
    before = maker.proposal("x", "x", {"days": 1, "occurred": date(2026, 6, 30)}, "handler", {"apology": True})
    assert before is not None
    after = maker.without(before, "occurred")
    assert after is not None
    assert after.occurred == maker.situations.day != before.occurred


ASKED = (
    POLICY
    + """
  - id: large
    because: Two pairs of eyes.
    say: One moment.
    when: {asked.award: "> 500 GBP"}
    then: {escalate: [award]}
requires:
  - {when: "asked.award > 300 GBP", evidence: [note]}
"""
)


def test_thresholds_on_what_is_asked_for_are_boundaries() -> None:
    """In a situation in which it makes the difference: not where the amount is above the limit anyway."""
    found = {each.name: each for each in propose(Policy(read_model(ASKED))) if each.about == "asked.award"}
    assert {name: (each.role, each.decision.outcome, each.decision.missing.evidence) for name, each in found.items()} == {
        "asked.award just below 500 GBP": ("senior", "ask", ("note",)),
        "asked.award at 500 GBP": ("senior", "ask", ("note",)),
        "asked.award just above 500 GBP": ("senior", "escalate", ()),
        "asked.award just below 300 GBP": ("senior", "grant", ()),
        "asked.award at 300 GBP": ("senior", "grant", ()),
        "asked.award just above 300 GBP": ("senior", "ask", ("note",)),
    }


def test_the_coverage_of_a_threshold_on_what_is_asked_for(tmp_path: Path) -> None:
    policy = Policy(read_model(ASKED))
    found = list(propose(policy))

    def missed(proposals: list[Proposal]) -> list[str]:
        file, problems = read_cases(as_file(policy.model, "x.yaml", proposals), tmp_path / "x_test.yaml", policy.model)
        assert file is not None, problems
        return [item.name for item in measure(policy.model, run_file(policy, file)).missed if item.kind == "boundary"]

    assert missed(found) == []
    assert missed([each for each in found if each.name != "asked.award at 500 GBP"]) == ["asked.award at 500 GBP, from above"]
    without = [each for each in found if each.name != "asked.award just above 300 GBP"]
    assert missed(without) == ["asked.award at 300 GBP, from above"]
