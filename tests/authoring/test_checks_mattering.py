"""A gap about which nothing is said is never felt: whatever stood there instead of null, every decision would be the same."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from remit.authoring.checks.catalogue import warnings
from remit.deciding.policy import Policy
from remit.policy.loader import read_model
from support.trials import trials

ROWS = [
    '[late, "< 2", 10 EUR]',
    '[late, "[2..5]", 20 EUR]',
    '[late, "> 5", 30 EUR]',
    "[broken, '-', 40 EUR]",
    "['-', '= 0', 5 EUR]",
]
CONDITIONS = [
    "{kind: late}",
    "{kind: broken}",
    "{hours: '>= 2'}",
    "{hours: '< 2'}",
    "{hours: '(0..5]'}",
    "{kind: late, hours: '> 5'}",
    "{urgent: true}",
    "{urgent: false, hours: '< 2'}",
    "{basis: '> 1 EUR'}",
    "'hours * 2 < 4'",
    "'hours + 1 > 3 or urgent'",
    "'not(urgent) and kind = \"late\"'",
    "'amount > 15 EUR'",
    "'if urgent then hours < 3 else kind = \"broken\"'",
]
EFFECTS = ["deny", "{deny: [credit]}", "{deny: [voucher]}", "escalate", "{limit: {credit: 3 EUR}}", "{limit: {credit: basis}}"]
AMOUNTS = ["amount", "basis", "if hours < 2 then 1 EUR else amount", "if urgent then basis else 2 EUR"]

guardrails = st.lists(st.tuples(st.sampled_from(CONDITIONS), st.just(EFFECTS[1]) | st.sampled_from(EFFECTS)), max_size=4)
rules = st.lists(
    st.tuples(st.none() | st.sampled_from(CONDITIONS), st.sampled_from(["may", "owed"]), st.sampled_from(AMOUNTS)),
    min_size=1,
    max_size=3,
)


def policy(
    rows: list[str],
    given_rules: list[tuple[str | None, str, str]],
    given_guardrails: list[tuple[str, str]],
    otherwise: str = "",
) -> str:
    listed = "".join(f"        - {row}\n" for row in rows)
    ruled = "".join(
        f"  - id: r{index}\n    because: So.\n"
        + (f"    when: {when}\n" if when else "")
        + f'    {how}: {{credit: "{amount}"}}\n'
        for index, (when, how, amount) in enumerate(given_rules)
    )
    guarded = "".join(
        f"  - id: g{index}\n    when: {when}\n    then: {effect}\n    say: No.\n"
        for index, (when, effect) in enumerate(given_guardrails)
    )
    return f"""\
policy: p
title: P
version: "1"
owner: o
effective: {{from: 2026-01-01}}
currency: EUR
ladder: [agent, manager]
facts:
  kind: {{type: choice, of: [late, broken]}}
  hours: {{type: number, min: 0}}
  urgent: {{type: boolean}}
remedies:
  credit: {{type: money, title: C}}
  voucher: {{type: money, title: V}}
values:
  amount:
    table:
      inputs: [kind, hours]
      hit: first
      rows:
{listed}{otherwise}  basis: amount / 2
rules:
  - {{id: all, because: So., may: {{voucher: 1 EUR}}}}
{ruled}{"guardrails:" + chr(10) + guarded if guarded else ""}"""


def decisions(text: str) -> list[Any]:
    decide = Policy(read_model(text)).decide
    out = []
    for kind, hours, urgent, asked in product(
        ["late", "broken"], ["0", "0.5", "1", "2", "3", "5", "9"], [True, False], ["2 EUR", "12 EUR", "60 EUR"]
    ):
        request = {
            "employee": {"id": "e", "role": "agent"},
            "facts": {"kind": kind, "hours": Decimal(hours), "urgent": urgent},
            "asked": {"credit": asked},
            "occurred": "2026-02-01",
        }
        found = decide(request)
        out.append((request["facts"], asked, found.outcome, str(found.still_owed)))
    return out


@trials(120)
@given(st.lists(st.sampled_from(ROWS), min_size=2, max_size=4, unique=True), rules, guardrails)
def test_what_is_not_told_is_not_felt(
    rows: list[str], given_rules: list[tuple[str | None, str, str]], given_guardrails: list[tuple[str, str]]
) -> None:
    model = read_model(policy(rows, given_rules, given_guardrails))
    told = any(problem.code == "tables/gap" for problem, _ in warnings(model))
    event("told" if told else "not told")
    if not told:
        as_it_is = decisions(policy(rows, given_rules, given_guardrails))
        for other in ("0 EUR", "14 EUR", "100 EUR"):
            assert as_it_is == decisions(policy(rows, given_rules, given_guardrails, f"      otherwise: {other}\n"))
