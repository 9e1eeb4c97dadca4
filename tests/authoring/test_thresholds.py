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

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.authoring.differences.examples import examples
from remit.authoring.mutation import mutations, noticed
from remit.authoring.proposing.proposing import propose
from remit.authoring.proposing.writing import as_file
from remit.authoring.testing.case_reader import read_cases
from remit.authoring.testing.case_run import run_case
from remit.authoring.testing.casefile import Case
from remit.authoring.thresholds import scope_at, thresholds
from remit.deciding.policy import Policy
from remit.language.values import Money
from remit.policy.loader import read_model
from remit.policy.model import Model
from support.trials import trials

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


def generated(chance: Random) -> str:
    """A policy with some of these."""
    rules = []
    for number in range(chance.randint(1, 2)):
        when = chance.choice(CONDITIONS)
        if chance.random() < 0.5:
            when = f"({when}) {chance.choice(['and', 'or'])} ({chance.choice(CONDITIONS)})"
        amount = chance.choice(AMOUNTS)
        rules.append(f"  - {{id: r{number}, because: B., when: '{when}', may: {{credit: '{amount}'}}}}\n")
    text = HEAD + VALUES + "rules:\n" + "".join(rules)
    if chance.random() < 0.5:
        when = chance.choice([*CONDITIONS, "asked.credit > paid * 25%"])
        then = chance.choice(["deny", "escalate", f"{{limit: {{credit: '{chance.choice(AMOUNTS)}'}}}}"])
        text += f"guardrails:\n  - {{id: g, when: '{when}', then: {then}, say: No.}}\n"
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


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_changes_that_change_decisions_are_seen_by_diff_and_by_the_proposed_cases(seed: int) -> None:
    """Nearly all of them: both try a limited number of situations."""
    seen_by_diff, noticed_by_cases = [], []
    for text in (generated(Random(10 * seed + number)) for number in range(3)):
        model = read_model(text)
        cases = proposed(model)
        for change in mutations(model):
            changed = change.make()
            if changed is not None and differs(model, changed, Random(seed)):
                seen_by_diff.append(bool(examples(model, changed).differing))
                noticed_by_cases.append(noticed(changed, cases) is not None)
    assert len(seen_by_diff) > 20
    assert sum(seen_by_diff) >= 0.97 * len(seen_by_diff)
    assert sum(noticed_by_cases) >= 0.93 * len(noticed_by_cases)


@trials(20)
@given(st.randoms(use_true_random=False))
def test_proposed_cases_hold(chance: Random) -> None:
    model = read_model(generated(chance))
    for case in proposed(model):
        assert run_case(Policy(model), case).passed, case.name


DAY = date(2026, 7, 1)
POINT: dict[str, Any] = {
    "bought": DAY,
    "returned": DAY,
    "waited": timedelta(days=1),
    "paid": Money.of("100 EUR"),
    "fee": Money.of("20 EUR"),
    "count": 3,
    "delays": [10],
    "causes": [],
    "vip": False,
    "occurred": DAY,
    "asked.credit": Money.of("5 EUR"),
}


@pytest.mark.parametrize(
    ("when", "called", "facts"),
    [
        ("returned - bought <= 30 days", ["returned - bought at 30 days"], ["returned", "bought"]),
        (
            "returned - bought in [10 days..20 days)",
            ["returned - bought at 10 days", "returned - bought at 20 days"],
            ["returned", "bought"],
        ),
        ("paid + fee > 300 EUR", ["paid + fee at 300 EUR"], ["fee", "paid"]),
        ("paid * 2 < fee + 100 EUR", ["paid * 2 at fee + 100 EUR"], ["fee", "paid"]),
        ("min(paid, fee * 3) >= 50 EUR", ["min(paid, fee * 3) at 50 EUR"], ["fee", "paid"]),
        ("occurred - bought <= 90 days", ["occurred - bought at 90 days"], ["bought", "occurred"]),
        ("bought + 3 months <= returned", ["bought + 3 months at returned"], ["returned", "bought"]),
        ("asked.credit > paid * 25%", ["asked.credit at paid * 25%"], ["asked.credit", "paid"]),
        ("count(delays) >= 3", ["count(delays) at 3"], ["delays"]),
        ("sum(delays) > 60", ["sum(delays) at 60"], ["delays"]),
        ("count * count > 30", ["count * count at 30"], ["count"]),
        ("floor(count / 3) = 4", ["floor(count / 3) at 4"], ["count"]),
        ("paid > 10 EUR", [], []),  # of one fact: a boundary
        ("count(causes) = 2 and paid > 3 * fee", ["count(causes) at 2", "paid at 3 * fee"], ["causes", "fee", "paid"]),
    ],
)
def test_thresholds_are_reached_from_anywhere(when: str, called: list[str], facts: list[str]) -> None:
    """One fact at a time can be moved to each, and by its smallest step to either side."""
    model = read_model(f"{HEAD}rules:\n  - {{id: r, because: B., when: '{when}', may: {{credit: 1 EUR}}}}\n")
    found = thresholds(model)
    assert [each.called() for each in found] == called
    assert list(dict.fromkeys(name for each in found for name in each.facts)) == facts
    for each in found:
        around = list(each.around_point(POINT))
        assert around
        for points in around:
            gaps = {where: each.gap(scope_at(model, point)) for where, point in points.items()}
            assert None not in gaps.values()
            low, at, high = (gaps.get(where, gaps["at"]) for where in ("just below", "at", "just above"))
            assert low is not None
            assert at is not None
            assert high is not None
            assert low <= at <= high
            assert low < high
            sides = {side for point in points.values() for side in each.is_beside(point, scope_at(model, point))}
            assert sides == {False, True}


def test_a_threshold_that_depends_on_others_is_named_by_what_is_written() -> None:
    model = read_model(f"{HEAD}{VALUES}rules:\n  - {{id: r, because: B., may: {{credit: by_delay}}}}\n")
    (found,) = thresholds(model)
    assert (found.called("just above"), found.side) == ("returned - bought just above 5 days", "below")
    assert found.place is not None
    assert found.place.text.strip().startswith("rows:")
