"""The smallest change that would have met the expectation of a failed case: right, and the smallest."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit.authoring.testing.case_reader import read_cases
from remit.authoring.testing.case_report import describe, plain
from remit.authoring.testing.case_run import Result, run_file
from remit.deciding.policy import Policy
from remit.policy.loader import read_model

POLICY = """
policy: hard
title: Hard
version: "1"
owner: o
currency: EUR
ladder: [clerk, lead, head]
facts:
  guest.id: {type: text, personal: true}
  fare: {type: money, min: 0 EUR, max: 1000 EUR}
  bought: {type: date}
  used: {type: date, default: 2026-05-01}
  causes: {type: list of choice, of: [late, rude, dirty]}
  hours: {type: number, min: 0, default: 0}
  wait: {type: duration, default: 0 minutes}
  vip: {type: boolean, default: false}
  so_far: {type: money, history: {sum: credit, per: guest.id, over: 90 days}}
remedies:
  credit: {type: money, title: Credit}
  points: {type: count, title: Points}
  upgrade: {type: exception, title: Upgrade}
rules:
  - {id: small, because: Always., may: {credit: 20 EUR, points: 100}}
  - {id: late, because: Late., when: hours >= 3 and fare > 99.99 EUR, may: {credit: {clerk: fare * 50%, lead: fare}}}
  - {id: soon, because: Soon., when: used - bought <= 14 days, may: {upgrade: {lead: true}}}
  - {id: list, because: Both., when: 'count(causes) >= 2 and list contains(causes, "rude")', owed: {points: 500}}
  - {id: wait, because: Waited., when: wait > 90 minutes, owed: {credit: 33.33 EUR}}
guardrails:
  - {id: much, because: Enough., when: so_far > 200 EUR, then: {limit: {credit: 5 EUR}}}
  - {id: no-vip, because: Above., say: One moment., when: vip, then: {escalate: [credit]}, to: head}
requires:
  - {when: asked.credit > 50 EUR, evidence: [receipt, photo]}
evidence: {receipt: {title: A receipt}, photo: {title: A photo}}
otherwise: escalate
"""
HARD = Policy(read_model(POLICY))
CASES = """
policy: hard.yaml
defaults:
  employee: {id: e-1, role: clerk}
  occurred: 2026-07-01
  facts: {guest.id: g-1}
  history: {so_far: 0 EUR}
cases:
  - name: one
    expect: {outcome: grant}
"""


def run(case: str) -> Result:
    head, expected = CASES.split("    expect:")
    text = head + f"    {case}\n" + ("" if "expect:" in case else f"    expect:{expected}")
    file, problems = read_cases(text, Path("hard_test.yaml"), HARD.model)
    assert file is not None, problems
    (result,) = run_file(HARD, file)
    return result


@pytest.mark.parametrize(
    ("case", "change"),
    [
        (
            "given: {hours: 3, fare: 99.99 EUR}\n    asked: {credit: 45 EUR}",
            "`fare` were 100 EUR instead of 99.99 EUR",
        ),
        (
            "given: {hours: 3, fare: 150 EUR}\n    asked: {credit: 76 EUR}\n    evidence: [receipt, photo]",
            "`fare` were 151.99 EUR instead of 150 EUR",
        ),
        (
            "given: {hours: 2.5, fare: 200 EUR}\n    asked: {credit: 45 EUR}",
            "`hours` were 3 instead of 2.5",
        ),
        (
            "given: {hours: 2.5, fare: 80 EUR}\n    asked: {credit: 45 EUR}",
            "`fare` were 100 EUR instead of 80 EUR and `hours` were 3 instead of 2.5",
        ),
        (
            "given: {bought: 2026-04-01, used: 2026-04-20}\n    role: lead\n    asked: {upgrade: true}",
            "`bought` were 2026-04-06 instead of 2026-04-01",
        ),
        (
            "given: {bought: 2026-04-01}\n    role: lead\n    asked: {upgrade: true}",
            "`bought` were 2026-04-17 instead of 2026-04-01",
        ),
        (
            "given: {bought: 2026-05-01}\n    asked: {upgrade: true}",
            "`employee.role` were lead instead of clerk",
        ),
        (
            "given: {causes: [late, dirty]}\n    asked: {points: 500}",
            "`causes` were [late, dirty, rude] instead of [late, dirty]",
        ),
        (
            "given: {causes: []}\n    asked: {points: 500}",
            "`causes` were [late, rude] instead of []",
        ),
        (
            "given: {wait: 80 minutes}\n    asked: {credit: 33 EUR}",
            "`wait` were 91 minutes instead of 80 minutes",
        ),
        (
            "given: {vip: true}\n    asked: {credit: 10 EUR}",
            "`vip` were false instead of true",
        ),
        (
            "history: {so_far: 250 EUR}\n    asked: {credit: 10 EUR}",
            "`so_far` were 200 EUR instead of 250 EUR",
        ),
        (
            "given: {hours: 3, fare: 150 EUR}\n    asked: {credit: 60 EUR}\n    evidence: [photo]",
            "`evidence` were [photo, receipt] instead of [photo]",
        ),
        (
            "given: {hours: 3, fare: 150 EUR}\n    asked: {credit: 60 EUR}",
            "`evidence` were [receipt, photo]",
        ),
    ],
)
def test_it_is_right_and_the_smallest(case: str, change: str) -> None:
    result = run(case)
    assert not result.passed
    assert list(describe(result))[-1] == f"  it would be as expected if {change}"
    assert plain([result])[0]["nearest"]


def test_where_nothing_helps_nothing_is_said() -> None:
    result = run("given: {hours: 3, fare: 150 EUR}\n    asked: {points: 10000}")
    assert not result.passed
    assert plain([result])[0]["nearest"] == []
