"""Authors' cases: read strictly, run, told apart when they fail."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from remit.authoring.testing.case_reader import read_cases
from remit.authoring.testing.case_report import describe, junit, plain
from remit.authoring.testing.case_run import Result, run_file
from remit.deciding.loading import load, shipped
from remit.language.values import Money

HOTEL = shipped("hotel-guest-recovery")
DEFAULTS = """
policy: hotel-guest-recovery.yaml
defaults:
  employee: {id: e-1, role: associate}
  facts: {guest.tier: none, guest.id: g-1, stay.id: s-1}
  history: {guest.recoveries: 0}
cases:
"""


policy_of = cache(load)


def run(cases: str) -> list[Result]:
    file, problems = read_cases(DEFAULTS + cases, HOTEL.with_name("hotel-guest-recovery_test.yaml"))
    assert file is not None, "\n".join(map(str, problems))
    return list(run_file(policy_of(file.policy), file))


def problems_of(text: str) -> list[str]:
    file, problems = read_cases(text, HOTEL.with_name("hotel-guest-recovery_test.yaml"))
    assert file is None
    return [f"{problem.place.line if problem.place else 0}: {problem.message}" for problem in problems]


def test_a_case_that_holds() -> None:
    (result,) = run(
        "  - {name: small, given: {incident: {kind: noise, severity: 2}}, asked: {credit: 25 EUR}, expect: {outcome: grant}}"
    )
    assert result.passed
    assert [taken.decision.outcome for taken in result.taken] == ["grant"]


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ("outcome: grant", "outcome: expected grant, came escalate"),
        ("limits: {credit: 45 EUR}", "limits.credit: expected 45 EUR, came 30 EUR"),
        ("owed: {credit: 1 EUR}", "owed.credit: expected 1 EUR, came 0 EUR"),
        ("available: {points: 3000}", "available.points: expected 3000, came 2000"),
        ("offers: {late_checkout: false}", "offers.late_checkout: expected no, came yes"),
        ("reasons: [walked]", "reasons: expected walked, came small-gesture"),
        ("not_reasons: [small-gesture]", "not_reasons: expected not small-gesture, came small-gesture"),
        ("missing: [incident.kind]", "missing: expected incident.kind, came none"),
        ("obligations: []", "obligations: expected none, came note"),
        ("approver: none", "approver: expected none, came supervisor"),
        ("charges: {per-guest: 0}", "charges.per-guest: expected 0, came 1"),
        ("gap: true", "gap: expected yes, came no"),
        ("say: [injury]", "say: expected I want the duty manager to look after you personally."),
        ("discretion: 5 EUR", "discretion: expected 5 EUR, came none"),
    ],
)
def test_every_expectation_can_fail(expect: str, said: str) -> None:
    (result,) = run(
        "  - {name: more, given: {incident: {kind: noise, severity: 3}, stay.nightly_rate: 100 EUR, stay.nights: 2},"
        f" asked: {{credit: 45 EUR}}, expect: {{{expect}}}}}"
    )
    lines = list(describe(result))
    assert lines[0].endswith(": more")
    assert "hotel-guest-recovery_test.yaml:8:" in lines[0]
    assert lines[1].strip().startswith(said)


def test_the_smallest_change_that_would_have_met_the_expectation() -> None:
    (result,) = run(
        """
  - name: a little worse and the upgrade is there
    given: {guest.tier: gold, incident.kind: billing_error, incident.severity: 1}
    asked: {upgrade: true}
    expect: {outcome: grant}
"""
    )
    assert list(describe(result))[-1] == "  it would be as expected if `incident.severity` were 2 instead of 1"


def test_no_change_of_facts_can_help() -> None:
    (result,) = run(
        "  - {name: far too much, given: {incident.kind: noise}, asked: {credit: 9999 EUR}, expect: {outcome: grant}}"
    )
    assert not any("as expected if" in line for line in describe(result))


def test_a_sequence_runs_on_a_ledger_with_its_clock_held_still() -> None:
    results = run(
        """
  - name: the fifth grant in ninety days is one too many, until the first falls out of the window
    given: {incident.kind: room_not_ready, incident.severity: 1}
    asked: {points: 100}
    steps:
      - {at: 2026-07-01T10:00:00+02:00, do: grant, expect: {outcome: grant}}
      - {at: 2026-07-02T10:00:00+02:00, do: grant, expect: {outcome: grant}}
      - {at: 2026-07-03T10:00:00+02:00, do: grant, expect: {outcome: grant}}
      - {at: 2026-07-04T10:00:00+02:00, do: grant, expect: {outcome: escalate, reasons: [repeat]}}
      - {do: void}
      - {at: 2026-07-04T12:00:00+02:00, do: grant, expect: {outcome: grant}}
"""
    )
    assert results[0].passed, list(describe(results[0]))
    assert len(results[0].taken) == 5


def test_a_failed_step_is_named() -> None:
    (result,) = run(
        """
  - name: two steps
    given: {incident.kind: noise, incident.severity: 1}
    steps:
      - {do: grant, asked: {credit: 10 EUR}, expect: {outcome: grant}}
      - {do: grant, asked: {credit: 10 EUR}, expect: {outcome: deny}}
"""
    )
    assert next(describe(result)).endswith("two steps (step 2 of 2)")


def test_a_request_that_does_not_fit_is_a_failed_case_not_a_crash() -> None:
    (result,) = run("  - {name: odd, given: {incident.severity: 9}, asked: {credit: 10 EUR}, expect: {outcome: grant}}")
    assert not result.passed
    assert "no decision was taken" in "\n".join(describe(result))


def test_all_problems_of_a_test_file_are_told_with_their_lines() -> None:
    found = problems_of(
        """policy: hotel-guest-recovery.yaml
casses: []
cases:
  - {name: a, gven: {}, expect: {outcome: grant}}
  - {given: {guest.teir: gold}, expect: {outcom: grant}}
  - {name: c}
  - {name: d, steps: [{at: yesterday, do: give, of: first, expect: {}}]}
  - just text
"""
    )
    assert [line.partition(":")[0] for line in found] == ["2", "4", "5", "5", "5", "6", "7", "7", "7", "8"]
    assert "5: the policy has no fact `guest.teir`" in found


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("outcome: approved", "`approved` is not an outcome; did you mean `grant`?"),
        ("outcome: Denied", "`Denied` is not an outcome; did you mean `deny`?"),
        ("outcome: graant", "`graant` is not an outcome; did you mean `grant`?"),
        ("outcome: [grant]", "`` is not an outcome; write `grant`, `escalate`, `deny` or `ask`"),
        ("approver: supervizor", "`supervizor` is not a role of the policy; did you mean `supervisor`?"),
        ("limits: {credits: 30 EUR}", "`credits` is not a remedy of the policy; did you mean `credit`?"),
        ("charges: {per-gest: 1}", "`per-gest` is not a cap of the policy; did you mean `per-guest`?"),
    ],
)
def test_what_no_decision_can_be_is_an_error(expect: str, told: str) -> None:
    text = f"{DEFAULTS}  - {{name: a, asked: {{credit: 1 EUR}}, expect: {{{expect}}}}}\n"
    file, (problem,) = read_cases(text, HOTEL.with_name("hotel-guest-recovery_test.yaml"))
    assert file is None
    assert f"{problem.message}; {problem.hint}" == told
    assert (problem.code, problem.severity) == ("tests/unknown-word", "error")


def test_a_policy_that_does_not_load_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("policy: bad\n", encoding="utf-8")
    file, problems = read_cases("policy: bad.yaml\ncases: [{name: x, expect: {}}]\n", tmp_path / "bad_test.yaml")
    assert file is None
    assert problems[0].message.startswith("`bad.yaml` has")


def test_values_are_read_by_the_type_of_the_fact() -> None:
    file, _ = read_cases(
        DEFAULTS + "  - {name: x, given: {stay.id: 12, stay.nightly_rate: 12.50 EUR, guest.threatening: false}, expect: {}}",
        HOTEL.with_name("hotel-guest-recovery_test.yaml"),
    )
    assert file is not None
    facts = file.cases[0].steps[0].request["facts"]
    assert facts["stay.id"] == "12"
    assert facts["guest.threatening"] is False
    assert Money.of(facts["stay.nightly_rate"]) == Money.of("12.5 EUR")


def test_moments_keep_their_distance_from_utc() -> None:
    file, _ = read_cases(
        DEFAULTS + "  - {name: x, steps: [{at: 2026-07-01T10:00:00+02:00, do: decide, expect: {outcome: ask}}]}",
        HOTEL.with_name("hotel-guest-recovery_test.yaml"),
    )
    assert file is not None
    assert file.cases[0].steps[0].at == datetime.fromisoformat("2026-07-01T10:00:00+02:00")


def test_junit_and_json_say_the_same() -> None:
    results = run(
        """
  - {name: good, given: {incident.kind: noise, incident.severity: 2}, asked: {credit: 25 EUR}, expect: {outcome: grant}}
  - {name: bad & <odd>, given: {incident.kind: noise, incident.severity: 2}, asked: {credit: 25 EUR}, expect: {outcome: deny}}
"""
    )
    root = ElementTree.fromstring(junit([(HOTEL, results)]))
    suite = root[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert suite[1].get("name") == "bad & <odd>"
    assert [entry["passed"] for entry in plain(results)] == [True, False]
    assert plain(results)[1]["mismatches"] == [{"name": "outcome", "expected": "deny", "came": "grant"}]


NEEDS_ROSTER = """
policy: strict
title: Who says so
version: "1"
owner: tests
currency: EUR
ladder: [clerk, lead]
roster: required
facts:
  order.id: {type: text, source: system}
remedies:
  refund: {type: money, title: Refund}
rules:
  - {id: small, may: {refund: {clerk: 10 EUR, lead: 50 EUR}}}
caps:
  - {id: once, per: order.id, over: lifetime, max: 60 EUR}
"""

STRICT_CASES = """
defaults: {employee: {id: e-1, role: clerk}}
cases:
  - name: A sequence says itself who works here
    steps:
      - {do: grant, at: 2024-01-01T10:00:00Z, given: {order.id: o-1}, asked: {refund: 10 EUR}, expect: {outcome: grant}}
      - {do: grant, role: lead, given: {order.id: o-1}, asked: {refund: 50 EUR}, expect: {outcome: grant}}
      - {do: grant, role: lead, given: {order.id: o-1}, asked: {refund: 1 EUR}, expect: {outcome: escalate}}
      - {do: void, of: 2, role: lead}
  - name: What is only said does not count
    steps:
      - do: decide
        given: {order.id: o-1}
        sources: {order.id: stated}
        asked: {refund: 1 EUR}
        expect: {outcome: ask, missing: [order.id]}
"""


def test_a_policy_that_needs_a_roster_and_sources(tmp_path: Path) -> None:
    (tmp_path / "strict.yaml").write_text(NEEDS_ROSTER)
    file, problems = read_cases(STRICT_CASES, tmp_path / "strict_test.yaml")
    assert file is not None, problems
    results = list(run_file(load(tmp_path / "strict.yaml"), file))
    assert [result.failure for result in results] == [None, None]
