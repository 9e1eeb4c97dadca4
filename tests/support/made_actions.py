"""Actions made up for the tests of the review: by Hypothesis in every shape, or as a long stream at a steady pace."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from remit.review.actions import Action, Actor, AskedRemedy
from remit.review.report.costs import Costs
from remit.review.report.figure import Context, Period, Scope

__all__ = ["START", "action_lists", "context", "made", "part", "stream"]

START = datetime(2026, 6, 1, tzinfo=UTC)
_HOUR = 3_600_000_000
_BEGIN = int(START.timestamp()) * 1_000_000
STAFF = [
    Actor("e-1", "associate", "harbour"),
    Actor("e-2", "associate", "station"),
    Actor("s-1", "supervisor", "harbour"),
    Actor("bot-1", "associate", None, agent=True),
]


def context(days: float = 30, scope: Scope = Scope()) -> Context:  # noqa: B008 - frozen
    """A time of so many days, without a ledger: money is worth itself, and nothing else has a known cost."""
    return Context(Period(START, START + timedelta(days=days)), scope, Costs())


def part(asked: int, available: int = 5000, owed: int = 0, unit: str = "EUR", rule: str | None = "gesture") -> AskedRemedy:
    """One remedy of a decision."""
    return AskedRemedy(asked, available, available, owed, unit, rule, "walked" if owed else None)


def made(seq: int, kind: str, hours: float = 0, **more: Any) -> Action:
    """An action so many hours after the beginning; what a grant or an approval asks for, it gives."""
    more.setdefault("actor", STAFF[0])
    more.setdefault("policy", "desk")
    parts = more.get("parts", {})
    if kind in ("grant", "approve"):
        more.setdefault("given", {name: each.asked for name, each in parts.items()})
    return Action(seq=seq, id=f"r-{seq}", kind=kind, at=_BEGIN + int(hours * _HOUR), **more)


_PARTS = st.dictionaries(
    st.sampled_from(["credit", "points"]),
    st.tuples(
        st.integers(0, 60), st.integers(0, 60), st.sampled_from([0, 0, 0, 20]), st.sampled_from(["gesture", "bad-night"])
    ),
    min_size=1,
)
_REASONS = st.lists(
    st.sampled_from(
        [("limit", "gesture"), ("cap", "desk-day"), ("guardrail", "threats"), ("gap", "otherwise"), ("rule", "gesture")]
    ),
    max_size=3,
)
_STEPS = st.tuples(
    st.sampled_from([0.0, 0.0, 2.0, 11.0, 24.0, 100.0, 168.0, 400.0]),
    st.sampled_from(
        ["grant", "grant", "escalate", "decide", "declined", "handed_over", "answer", "answer", "void", "void", "hold"]
    ),
    st.sampled_from(STAFF),
    st.sampled_from([None, "c-1", "c-2", "c-3"]),
    st.sampled_from([None, "C-1", "C-2", "C-3"]),
    _PARTS,
    _REASONS,
    st.integers(0, 1_000_000),
)


@st.composite
def action_lists(draw: st.DrawFn) -> list[Action]:
    """A log: grants, tasks and their answers, refusals, voids of wholes and of parts, holds that are settled."""
    out: list[Action] = []
    open_tasks: list[Action] = []
    left: dict[str, dict[str, int]] = {}
    hours = 0.0
    for step in draw(st.lists(_STEPS, max_size=25)):
        hours += step[0]
        for kind, more in _meant(step, open_tasks, left, {each.id: each for each in out}):
            action = made(len(out) + 1, kind, hours, **more)
            out.append(action)
            if kind == "escalate":
                open_tasks.append(action)
            if kind in ("grant", "approve"):
                left[action.id] = dict(action.given)
    return out


def _meant(
    step: tuple[Any, ...], tasks: list[Action], left: dict[str, dict[str, int]], by_id: dict[str, Action]
) -> Iterator[tuple[str, dict[str, Any]]]:
    _, kind, actor, customer, case, raw, reasons, pick = step
    parts = {
        name: part(asked, most, owed, "EUR" if name == "credit" else "", rule)
        for name, (asked, most, owed, rule) in raw.items()
    }
    base = {"actor": actor, "customer": customer, "case": case, "parts": parts, "reasons": tuple(reasons)}
    if kind in ("declined", "handed_over"):
        yield "decide", {**base, "act": kind, "outcome": "grant" if pick % 2 else "deny"}
    elif kind == "decide":
        yield kind, {**base, "outcome": ("deny", "escalate", "grant")[pick % 3]}
    elif kind == "answer":
        if tasks:
            yield _answer(tasks.pop(pick % len(tasks)), parts, pick)
    elif kind == "void":
        given = [name for name, amounts in left.items() if any(amounts.values())]
        if given:
            yield _void(by_id[given[pick % len(given)]], left, actor, pick)
    else:
        yield kind, {**base, "outcome": "escalate" if kind == "escalate" else "grant", "discretion": 10 if pick % 7 == 0 else 0}


def _answer(task: Action, parts: dict[str, AskedRemedy], pick: int) -> tuple[str, dict[str, Any]]:
    kind = ("approve", "approve", "decline", "permit")[pick % 4]
    base = {
        "target": task,
        "of": task.id,
        "requester": task.actor,
        "actor": STAFF[2],
        "case": task.case,
        "customer": task.customer,
    }
    if kind == "decline":
        return kind, base
    return kind, {**base, "parts": task.parts if pick % 3 else parts, "outcome": "grant"}


def _void(target: Action, left: dict[str, dict[str, int]], actor: Actor, pick: int) -> tuple[str, dict[str, Any]]:
    rest = left[target.id]
    back = {name: amount if pick % 2 else (amount + 1) // 2 for name, amount in rest.items() if amount}
    for name, amount in back.items():
        rest[name] -= amount
    return "void", {
        "target": target, "of": target.id, "given": back, "actor": actor, "case": target.case, "customer": target.customer,
    }  # fmt: skip


def stream(
    count: int, per_day: int = 2000, customers: int = 10**9, seed: int = 1, names: Sequence[str] = ()
) -> Iterator[Action]:
    """So many actions at a steady pace, of 40 employees (or those of ``names``) and ever new customers."""
    dice = random.Random(seed)
    ids = names or [f"e-{number}" for number in range(40)]
    staff = [Actor(name, "associate", f"house-{at % 5}") for at, name in enumerate(ids)]
    waiting: list[Action] = []
    for seq in range(1, count + 1):
        hours, chance = seq * 24 / per_day, dice.random()
        if waiting and chance < 0.1:
            task = waiting.pop(0)
            more = {"target": task, "of": task.id, "requester": task.actor, "case": task.case, "customer": task.customer}
            yield made(
                seq,
                "approve" if chance < 0.07 else "decline",
                hours,
                actor=Actor("s-1", "supervisor"),
                **more,
                parts=task.parts,
            )
            continue
        actor, kind = dice.choice(staff), "escalate" if chance < 0.2 else "decide" if chance < 0.25 else "grant"
        asked = dice.choice((1000, 2000, 2500, 5000))
        facts = {"incident.kind": dice.choice(("noise", "room"))}
        action = made(
            seq, kind, hours, actor=actor, customer=f"{dice.randrange(customers):x}", case=f"C-{seq}",
            parts={"credit": part(asked)}, facts=facts, reasons=(("limit", "gesture"),), digest="sha256:0",
            outcome="grant" if kind == "grant" else "escalate", act="declined" if kind == "decide" else None,
        )  # fmt: skip
        if kind == "escalate":
            waiting.append(action)
        yield action
