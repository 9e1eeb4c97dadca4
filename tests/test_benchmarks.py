"""What the benchmarks compare remit with gives the same answers: the functions written by hand, byte for byte. Those of proofs
give the right ones."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import remit

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
SIZES = (10, 24)
COUNT = 200


@pytest.fixture(scope="module")
def bench() -> Iterator[SimpleNamespace]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import by_hand
        import by_hand_caps
        import by_hand_rules
        import by_hand_table
        import by_hand_table_caps
        import change
        import exposure
        import goodwill
        import prove

        yield SimpleNamespace(
            goodwill=goodwill,
            short=by_hand,
            rules=by_hand_rules,
            caps=by_hand_caps,
            table=by_hand_table,
            table_caps=by_hand_table_caps,
            change=change,
            exposure=exposure,
            prove=prove,
        )


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_answer_for_rules(bench: SimpleNamespace, size: int) -> None:
    of = bench.goodwill.workload(size)
    policy, whole = remit.loads(of.policy), bench.rules.whole(of)
    limits, rule = bench.short.outcome_and_limits(of), bench.short.outcome_and_rule(of)
    for request, _, _ in of.asks(random.Random(size), COUNT):
        decision = policy.decide(request)
        text = decision.to_json()
        assert whole(request) == text
        outcome, most = limits(request)
        assert outcome == decision.outcome
        assert {**most, "credit": bench.goodwill.money(most["credit"])} == {
            **decision.limits,
            "credit": str(decision.limits["credit"]),
        }
        told = json.loads(text)
        assert rule(request) == (outcome, most["credit"], told["remedies"]["credit"]["rule"], told["reasons"][0]["id"])


@pytest.mark.parametrize("table", [False, True], ids=["rules", "table"])
@pytest.mark.parametrize("size", SIZES)
def test_the_whole_answer_with_caps_and_a_sum(bench: SimpleNamespace, size: int, table: bool) -> None:
    of = bench.goodwill.workload(size, table=table, capped=True)
    policy = remit.loads(of.policy)
    whole = bench.table_caps.whole_table_capped(of) if table else bench.caps.whole_capped(of)
    for request, balances, history in of.asks(random.Random(size), COUNT):
        decision = policy.decide(request, balances=balances, history=history)
        assert whole(request, balances, history) == decision.to_json()


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_answer_for_a_table(bench: SimpleNamespace, size: int) -> None:
    of = bench.goodwill.workload(size, table=True)
    policy, whole = remit.loads(of.policy), bench.table.whole_table(of)
    for request, _, _ in of.asks(random.Random(size), COUNT):
        assert whole(request) == policy.decide(request).to_json()


#: A path in a request, and what does not fit there.
WRONG = [
    (("employee", "id"), ""),
    (("employee", "id"), 17),
    (("employee", "role"), "boss"),
    (("employee", "rank"), 3),
    (("asked", "credit"), "30 USD"),
    (("asked", "credit"), 30),
    (("asked", "credit"), "30.555 EUR"),
    (("asked", "credit"), "-3 EUR"),
    (("asked", "apology"), True),
    (("facts", "guest", "tier"), "platinum"),
    (("facts", "guest", "threatening"), 0),
    (("facts", "guest", "name"), "Ada"),
    (("facts", "stay", "nightly_rate"), "much EUR"),
    (("facts", "stay", "nights"), 61),
    (("facts", "stay", "nights"), True),
    (("facts", "incident", "kind"), ["noise_0"]),
    (("facts", "incident", "severity"), 6),
    (("facts", "incident", "severity"), "3"),
    (("facts", "incident", "channel"), "fax"),
    (("facts", "weather"), "rain"),
    (("case",), 5),
    (("occurred",), "2019-12-31"),
    (("occurred",), "2026-02-30"),
    (("occurred",), "20260201"),
    (("when",), "now"),
    (("story",), 1),
    (("key",), "k" * 201),
    (("use_discretion",), "no"),
    (("evidence",), ["photo"]),
]


@pytest.mark.parametrize("table", [False, True], ids=["rules", "table"])
def test_what_remit_refuses_is_refused_by_hand(bench: SimpleNamespace, table: bool) -> None:
    of = bench.goodwill.workload(10, table=table)
    policy, whole = remit.loads(of.policy), (bench.table.whole_table if table else bench.rules.whole)(of)
    for path, value in WRONG:
        request = next(of.asks(random.Random(1), 1)).request
        whole(request)
        place = request
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        with pytest.raises(remit.RequestError):
            policy.decide(request)
        with pytest.raises(bench.short.BadRequest):
            whole(request)


@pytest.mark.parametrize(
    "wrong", [{"guest-quarter": {"used": True}}, {"desk-month": {"used": 3}}, {"other": {"used": 1}}], ids=str
)
def test_balances_that_remit_refuses_are_refused_by_hand(bench: SimpleNamespace, wrong: dict[str, Any]) -> None:
    of = bench.goodwill.workload(10, capped=True)
    request, balances, history = next(of.asks(random.Random(1), 1))
    with pytest.raises(remit.RequestError):
        remit.loads(of.policy).decide(request, balances={**balances, **wrong}, history=history)
    with pytest.raises(bench.short.BadRequest):
        bench.caps.whole_capped(of)(request, {**balances, **wrong}, history)


def test_requests_never_repeat(bench: SimpleNamespace) -> None:
    of = bench.goodwill.workload(24, capped=True)
    asks = [json.dumps(ask) for ask in of.asks(random.Random(), 2000)]
    assert len(set(asks)) == len(asks)


def test_proofs_of_generated_rules(bench: SimpleNamespace) -> None:
    told = {name: text for name, _, text in bench.prove.questions(remit.loads(bench.prove.generated(8)).model, 60)}
    assert {"making terms", "bound", "largest grant", "fails", "ladder", "dead", "edge", "lie"} <= told.keys()
    assert (told["bound"], told["ladder"]) == ("1 proved", "1 proved")


def test_proofs_of_a_changed_line(bench: SimpleNamespace) -> None:
    rows = [row.split(" | ") for row in list(bench.change.table([24]))[2:]]
    assert [(what, verdict) for _, what, verdict, *_ in rows] == [
        ("an amount is raised", "wider"),
        ("an amount is lowered", "narrower"),
        ("a condition is loosened", "wider"),
        ("a rule is removed", "narrower"),
        ("the rules are in another order", "equal"),
    ]


def test_the_most_over_two_years(bench: SimpleNamespace) -> None:
    policy = remit.load(remit.shipped("hotel-luxury-empowerment"))
    assert {status for _, _, status, _ in bench.exposure.answers(policy, "customer", 730)} == {"exact"}
