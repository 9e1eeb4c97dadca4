"""What deciding every request once found to be proved wrongly, each as the smallest policy that shows it."""

from __future__ import annotations

import pytest

from remit.authoring.proving.proof_run import prove
from remit.deciding.loading import loads

HEAD = """
policy: small
title: Small
version: "1"
owner: us
currency: EUR
ladder: [clerk, boss]
facts:
  n: {type: integer, min: 0, max: 4}
  m: {type: integer, min: 0, max: 4}
  note: {type: text}
  seen: {type: time}
  tags: {type: list of choice, of: [new, big]}
remedies:
  credit: {type: money, title: Credit}
values:
  step:
    table:
      inputs: [employee.role]
      hit: first
      rows: [[clerk, 3 EUR], ["-", 5 EUR], [boss, 7 EUR]]
  lacking: {table: {inputs: [employee.role], hit: first, rows: [[boss, 3 EUR]]}}
rules:
"""
PROMISE = "\npromises:\n  - {id: few, always: 'limit.credit.boss <= 4 EUR'}\n"

#: What is added, and the verdict on one of the statements about it.
FOUND = {
    "somebody of whom the policy knows the id": (
        "  - {id: a, because: x, when: 'employee.id = \"z-9\"', may: {credit: 5 EUR}}",
        ("promise", "few", "refuted"),
    ),
    "not every time of day was looked at": (
        "  - {id: a, because: x, when: 'seen > @\"18:00:00\"', may: {credit: 5 EUR}}",
        ("promise", "few", "open"),
    ),
    "not every list was looked at": (
        "  - {id: a, because: x, when: 'count(tags) > 2', may: {credit: 5 EUR}}",
        ("promise", "few", "open"),
    ),
    "a call reads the role that meets it": (
        "  - {id: a, because: x, when: 'modulo(string length(employee.role) + n, 7) = 4 and modulo(m * m, 7) = 2',"
        " may: {credit: 5 EUR}}",
        ("promise", "few", "refuted"),
    ),
    "only a higher role divides by zero": (
        "  - {id: a, because: x, when: 'employee.role = \"clerk\" or 12 / n > 5', may: {credit: 4 EUR}}",
        ("fails", "a", "refuted"),
    ),
    "a limit that never has a value": (
        "  - {id: a, because: x, may: {credit: 4 EUR}}\nguardrails:\n"
        "  - {id: g, when: {n: 1}, then: {limit: {credit: lacking}}, say: I ask.}",
        ("fails", "g", "refuted"),
    ),
    "a row that only a higher role meets, and one after a row that always matches": (
        "  - {id: a, because: x, may: {credit: step}}",
        ("dead", "step", "refuted"),
    ),
    "a rule for a role that never meets it": (
        "  - {id: b, because: x, when: 'employee.role = \"clerk\"', may: {credit: {boss: 4 EUR}}}\n"
        "  - {id: a, because: x, may: {credit: 3 EUR}}",
        ("dead", "b", "refuted"),
    ),
    "a rule that only the lowest role is denied": (
        "  - {id: a, because: x, owed: {credit: 3 EUR}}\nguardrails:\n"
        "  - {id: g, when: 'employee.role = \"clerk\"', then: {deny: [credit]}, say: I ask.}",
        ("dead", "a", "proved"),
    ),
    "a rule that gives what is owed anyway": (
        "  - {id: b, because: x, when: {n: 1}, may: {credit: 4 EUR}}\n  - {id: a, because: x, owed: {credit: 4 EUR}}",
        ("dead", "b", "refuted"),
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_it_stays_found(name: str) -> None:
    text, (code, of, verdict) = FOUND[name]
    found = {(each.code, each.of): each for each, _ in prove(loads(HEAD + text + PROMISE).model, [code])}
    assert found[code, of].verdict == verdict
    if of == "step":
        assert found[code, of].details["rows"] == [3]
