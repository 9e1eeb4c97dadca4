"""What is worked out from several facts: no tool of the author's misses a threshold of it.

Policies are generated whose conditions, amounts, limits and tables compare sums, differences, durations, lists and days. Each
small change of one that changes some decision, as requests tried at random show, is told by ``diff``, and noticed by the
proposed cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st

from remit.authoring.proposing.proposing import propose
from remit.authoring.proposing.writing import as_file
from remit.authoring.testing.case_reader import read_cases
from remit.authoring.testing.casefile import Case
from remit.deciding.policy import Policy
from remit.policy.model import Model

HEAD = """
policy: worked-out
title: Worked out
version: "1"
owner: o
currency: EUR
ladder: [clerk, boss]
facts:
  bought: {type: date}
  returned: {type: date}
  waited: {type: duration, min: 0 days}
  paid: {type: money, min: 0 EUR, max: 1000 EUR}
  fee: {type: money, min: 0 EUR, max: 1000 EUR}
  count: {type: integer, min: 0, max: 100}
  delays: {type: list of number}
  causes: {type: list of choice, of: [late, lost, rude]}
  vip: {type: boolean}
remedies:
  credit: {type: money, title: Credit}
"""

CONDITIONS = [
    "returned - bought <= 30 days",
    "returned - bought in [10 days..20 days]",
    "paid + fee > 300 EUR",
    "paid - fee >= 50 EUR",
    "paid * 2 < fee + 100 EUR",
    "waited > 26 hours",
    "bought + 14 days < returned",
    "bought + 3 months <= returned",
    "occurred - bought <= 90 days",
    'occurred >= @"2026-04-01"',
    "count(delays) >= 3",
    "sum(delays) > 60",
    "some d in delays satisfies d > 60",
    "every d in delays satisfies d >= 15",
    'list contains(causes, "lost")',
    "count * 10 EUR <= paid",
]
AMOUNTS = [
    "30 EUR",
    "paid * 50%",
    "rate",
    "if paid - fee > 70 EUR then 40 EUR else 15 EUR",
    "if count > 3 then 20 EUR else 10 EUR",
    "by_delay",
]
VALUES = """
values:
  rate: {dated: [{from: 2020-01-01, value: 9 EUR}, {from: 2026-04-01, value: 11 EUR}]}
  by_delay:
    table:
      inputs: [returned - bought, vip]
      hit: first
      rows: [["< 5 days", "-", 12 EUR], ["-", true, 25 EUR]]
      otherwise: 6 EUR
"""
_CONDITION = st.sampled_from(CONDITIONS)
_WHEN = st.one_of(_CONDITION, st.tuples(_CONDITION, st.sampled_from(["and", "or"]), _CONDITION).map(" ".join))
_RULE = st.tuples(_WHEN, st.sampled_from(AMOUNTS))
_GUARDRAIL = st.tuples(
    st.one_of(_CONDITION, st.just("asked.credit > paid * 25%")),
    st.sampled_from(["deny", "escalate", *({"limit": amount} for amount in AMOUNTS[:5])]),
)


@st.composite
def policies(draw: Any) -> str:
    rules, guardrails = draw(st.lists(_RULE, min_size=1, max_size=2)), draw(st.lists(_GUARDRAIL, max_size=1))
    text = HEAD + VALUES + "rules:\n"
    for number, (when, amount) in enumerate(rules):
        text += f"  - {{id: r{number}, because: B., when: '{when}', may: {{credit: '{amount}'}}}}\n"
    for number, (when, then) in enumerate(guardrails):
        said = then if isinstance(then, str) else f"{{limit: {{credit: '{then['limit']}'}}}}"
        text += f"guardrails:\n  - {{id: g{number}, when: '{when}', then: {said}, say: No.}}\n"
    return text + "otherwise: deny\n"


def requests(random: Random, count: int) -> Iterator[dict[str, Any]]:
    """Requests as people send them: no thought is given to what the policy compares."""
    day = date(2026, 4, 1)
    for _ in range(count):
        bought = day + timedelta(days=random.randint(-120, 40))
        yield {
            "employee": {"id": "e", "role": random.choice(["clerk", "boss"])},
            "occurred": day + timedelta(days=random.randint(-2, 2)),
            "asked": {"credit": f"{random.choice([5, 10, 12, 20, 30, 50, 100])} EUR"},
            "facts": {
                "bought": bought,
                "returned": bought + timedelta(days=random.randint(0, 100)),
                "waited": timedelta(hours=random.randint(20, 30)),
                "paid": f"{random.randint(0, 400)} EUR",
                "fee": f"{random.randint(0, 200)} EUR",
                "count": random.randint(0, 8),
                "delays": [random.choice([10, 15, 16, 30, 60, 61]) for _ in range(random.randint(0, 4))],
                "causes": random.sample(["late", "lost", "rude"], random.randint(0, 3)),
                "vip": random.random() < 0.5,
            },
        }


def differs(old: Model, new: Model, random: Random) -> bool:
    """Whether some request is answered otherwise."""
    was, now = Policy(old), Policy(new)
    return any(_answer(was, each) != _answer(now, each) for each in requests(random, 150))


def _answer(policy: Policy, request: dict[str, Any]) -> object:
    decision = policy.decide(request)
    return decision.outcome, decision.limits, decision.approver


def proposed(model: Model) -> list[Case]:
    text = as_file(model, "p.yaml", propose(Policy(model)))
    file, problems = read_cases(text, Path("p_test.yaml"), model)
    assert file is not None, problems
    return list(file.cases)
