"""What is a pattern and what is chance: the error rate that the module states, on made-up hand-overs."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from remit.policy.loader import read_model
from remit.review.actions import Action, Actor, AskedRemedy
from remit.review.suggesting.handovers import HandOver
from remit.review.suggesting.patterns import LEVEL, ApprovalPattern, patterns, rows_of
from support.exceptions_policy import TEXT
from support.trials import scaled

MODEL = read_model(TEXT, "house.yaml")
LIMIT = 2000


def handover(number: int, approved: bool, dice: random.Random, role: str = "associate") -> HandOver:
    known = {"kind": dice.choice(("noise", "wait")), "severity": dice.randint(1, 5)}
    limit = LIMIT if role == "associate" else 10_000
    part = AskedRemedy(limit + dice.randrange(500, 7000, 500), limit, limit, 0, "EUR", "gesture")
    who = Actor(f"{role}-{dice.randrange(12)}", role)
    task = Action(
        seq=2 * number + 1, id=f"t-{number}", kind="escalate", at=0, actor=who, customer=f"g-{number}", outcome="escalate",
        parts={"credit": part}, facts=known, reasons=(("limit", "gesture"),), target=None,
    )  # fmt: skip
    approver = Actor(f"s-{dice.randrange(5)}", "supervisor")
    answer = Action(
        seq=2 * number + 2, id=f"a-{number}", kind="approve" if approved else "decline", at=0, actor=approver, target=task
    )
    return HandOver(task, answer, {"credit": part.asked} if approved else {})


def found(
    share: Callable[[HandOver], float], count: int, seed: int, roles: Sequence[str] = ("associate",)
) -> list[ApprovalPattern]:
    """The patterns among ``count`` hand-overs that are approved with a probability of their own."""
    dice = random.Random(seed)
    made = []
    for number in range(count):
        asked = handover(number, True, dice, roles[number % len(roles)])
        made.append(asked if dice.random() < share(asked) else HandOver(asked.task, asked.answer, {}))
    return patterns(MODEL, rows_of(MODEL, made))


@pytest.mark.slow
@pytest.mark.parametrize(("share", "count"), [(LEVEL, 300), (LEVEL, 60), (0.85, 400), (0.5, 600)])
def test_nothing_is_proposed_from_chance(share: float, count: int) -> None:
    """Seldom, as the module states: in at most 2.5% of runs, give or take what chance does with so few runs. 0.85 is above the
    level, but it is so for associates and supervisors alike."""
    seeds = scaled(80)
    roles = ("associate", "supervisor")
    runs = sum(bool(found(lambda _: share, count, seed, roles)) for seed in range(seeds))
    assert runs <= 2 + 0.025 * seeds


@pytest.mark.parametrize("seed", range(5))
def test_a_kind_that_is_approved_is_found_and_no_other(seed: int) -> None:
    def share(each: HandOver) -> float:
        return 0.96 if each.task.facts["kind"] == "wait" else 0.55

    (only,) = found(share, 400, seed)
    assert [(each.name, each.value) for each in only.where] == [("kind", "wait")]
    assert only.evidence.share.low > LEVEL


def test_two_facts_together_are_found() -> None:
    def share(each: HandOver) -> float:
        return 0.97 if each.task.facts["kind"] == "wait" and each.task.facts["severity"] >= 4 else 0.4

    (only,) = found(share, 900, 3)
    assert {(each.name, each.value) for each in only.where} == {("kind", "wait"), ("severity", 4)}


def test_a_mixture_is_not_taken_for_one() -> None:
    """Three quarters are approved of all, and nearly all of one kind: the rule is for both, and is not raised."""

    def share(each: HandOver) -> float:
        return 0.99 if each.task.facts["kind"] == "wait" else 0.6

    assert all(each.kind == "fact" for pattern in found(share, 3000, 1) for each in pattern.where)


def test_where_everything_is_approved_the_limit_is_too_low_everywhere() -> None:
    (only,) = found(lambda _: 0.99, 400, 1)
    assert [each.name for each in only.where] == ["gesture"]


def test_what_a_cap_or_a_guardrail_sent_up_is_no_evidence() -> None:
    dice = random.Random(1)
    made = [handover(number, True, dice) for number in range(50)]
    capped = [replace(each, task=replace(each.task, reasons=(("cap", "desk"), ("limit", "gesture")))) for each in made]
    assert len(patterns(MODEL, rows_of(MODEL, made))) == 1
    assert rows_of(MODEL, capped) == []


def test_no_answer_is_no_evidence() -> None:
    dice = random.Random(1)
    open_ = [HandOver(handover(number, True, dice).task, None, {}) for number in range(50)]
    assert rows_of(MODEL, open_) == []
