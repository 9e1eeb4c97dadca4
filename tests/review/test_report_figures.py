"""The figures of the report, each held equal to a second definition that remembers everything and looks at all of it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.review.actions import Action
from remit.review.report.contact_figures import AGAIN_DAYS, ContactFigures, Contacts
from remit.review.report.escalations import EscalationFigures, Escalations, OverrideFigures, Overrides, cause_of
from remit.review.report.figure import DAY, Scope
from remit.review.report.making import FIGURES, count
from remit.review.report.repeat_claimants import Heaviest
from remit.review.report.spending import Spending, SpendingFigures
from remit.review.report.taken_back import LOOP_DAYS, TakenBack, TakenBackFigures
from support.made_actions import STAFF, action_lists, context, made, part

WEEK = AGAIN_DAYS * DAY


def fold(figure: Any, actions: list[Action]) -> Any:
    for action in actions:
        if action.kind in figure.kinds:
            figure.add(action)
    return figure.result()


# Contacts


def plain_contacts(actions: list[Action], end: int) -> dict[str, int]:
    """All contacts, each with all that was done in it."""
    contacts: list[dict[str, Any]] = []
    named: list[tuple[int, str, str]] = []
    for action in actions:
        if not (action.ends_contact or action.kind == "approve"):
            continue
        who = action.customer
        if action.case is not None and who is None:
            earlier = [each for at, case, each in named if case == action.case and at > action.at - WEEK]
            who = earlier[-1] if earlier else action.case
        elif action.case is not None and who is not None:
            named.append((action.at, action.case, who))
        same = [each for each in contacts if who is not None and each["key"] == (action.policy, who)]
        last = same[-1] if same else None
        if action.kind == "approve":
            if last and last["case"] == action.case and last["at"] > action.at - WEEK:
                last["given"] = True
            continue
        if last is None or action.at - last["at"] >= DAY or last["case"] != action.case:
            if last is not None:
                last["next"] = action.at
            last = {
                "key": (action.policy, who),
                "at": action.at,
                "case": action.case,
                "given": False,
                "up": False,
                "own": False,
            }
            contacts.append(last)
        if action.kind == "escalate" or action.act == "handed_over":
            last["up"] = True
        elif action.kind != "decide":
            last["given"] = last["own"] = True
    known = [each for each in contacts if each["key"][1] is not None]
    back = [each for each in known if each.get("next", end + WEEK) - each["at"] < WEEK]
    judged = [each for each in known if each in back or each["at"] <= end - WEEK or "next" in each]
    return {
        "total": len(contacts),
        "given": sum(each["given"] for each in contacts),
        "escalated": sum(each["up"] for each in contacts),
        "judged": len(judged),
        "resolved": sum(each["own"] and not each["up"] and each not in back for each in judged),
        "recent": len(known) - len(judged),
        "unknown": len(contacts) - len(known),
    }


@given(action_lists())
def test_contacts(actions: list[Action]) -> None:
    where = context(90)
    found: ContactFigures = fold(Contacts(where), actions)
    expected = plain_contacts(actions, where.period.end)
    assert {name: getattr(found, name) for name in expected} == expected
    assert sum(week[1] for week in found.weeks) == found.total
    assert sum(week[2] for week in found.weeks) == found.escalated


@pytest.mark.parametrize(
    ("hours", "resolved", "total"),
    [(2, 1, 1), (23, 1, 1), (24, 1, 2), (167, 1, 2), (168, 2, 2)],
    ids=["the same contact", "the same day", "back the next day", "back within the week", "another week"],
)
def test_who_is_back_within_a_week_was_not_helped(hours: float, resolved: int, total: int) -> None:
    grants = [made(1, "grant", 0, customer="c"), made(2, "grant", hours, customer="c")]
    found: ContactFigures = fold(Contacts(context(60)), grants)
    assert (found.resolved, found.total, found.judged) == (resolved, total, total)


def test_a_later_record_of_a_case_is_about_the_same_customer() -> None:
    actions = [
        made(1, "grant", 0, customer="c", case="C-1"),
        made(2, "grant", 30, case="C-1"),
        made(3, "grant", 60, customer="c"),
    ]
    found: ContactFigures = fold(Contacts(context(60)), actions)
    assert (found.total, found.resolved) == (3, 1)


# Escalations and overrides


@given(action_lists(), st.sampled_from([0, 10, 40]))
def test_escalations(actions: list[Action], late: int) -> None:
    where = context()
    late_at = where.period.begin + late * DAY
    seen = [each for each in actions if each.at >= late_at]
    where = type(where)(
        type(where.period)(where.period.since + timedelta(days=late), where.period.until), where.scope, where.costs
    )
    found: EscalationFigures = fold(Escalations(where), seen)
    tasks = {each.id: each for each in seen if each.kind == "escalate"}
    answers = {each.of: each for each in seen if each.kind in ("approve", "permit", "decline") and each.of in tasks}

    def fate(task: Action) -> str:
        answer = answers.get(task.id)
        if answer is None:
            return "waiting"
        if answer.kind == "decline":
            return "declined"
        wanted, got = ({name: each.asked for name, each in some.parts.items()} for some in (task, answer))
        if all(wanted.get(name, 0) == got.get(name, 0) for name in wanted.keys() | got.keys()):
            return "unchanged"
        return "less" if all(got[name] <= wanted.get(name, 0) for name in got) else "other"

    assert found.total == len(tasks)
    assert Counter(found.fates) == Counter(map(fate, tasks.values()))
    assert found.by_cause == Counter(map(cause_of, tasks.values()))
    assert found.unchanged_by_cause == Counter(cause_of(each) for each in tasks.values() if fate(each) == "unchanged")
    times = sorted(answer.at - tasks[task].at for task, answer in answers.items() if task)
    assert (found.median is None) == (not times)
    if times and found.median is not None:
        middle = times[(len(times) - 1) // 2]
        assert found.median == pytest.approx(max(1, middle), rel=0.051)


@given(action_lists())
def test_overrides(actions: list[Action]) -> None:
    found: OverrideFigures = fold(Overrides(context()), actions)
    followed: dict[str, Action] = {}
    refused = follows = overturned = 0
    for each in actions:
        if each.kind == "decide":
            wanted = any(one.asked for one in each.parts.values())
            if each.act == "declined" or (each.outcome == "deny" and wanted):
                refused += 1
                before = followed.get(each.case or "")
                if each.case and (before is None or each.at - before.at > 30 * DAY):
                    follows += 1
                    followed[each.case] = each
        elif each.kind in ("grant", "hold", "approve") and each.case in followed:
            refusal = followed[each.case]
            if each.at - refusal.at <= 30 * DAY and each.actor and refusal.actor and each.actor.id != refusal.actor.id:
                overturned += 1
                del followed[each.case]
    assert (found.refused, found.followed, found.overturned) == (refused, follows, overturned)
    given_ = [each for each in actions if each.kind in ("grant", "approve")]
    assert (found.given, found.beyond) == (len(given_), sum(each.kind == "approve" or each.discretion > 0 for each in given_))


# Spending


@given(action_lists())
def test_spending(actions: list[Action]) -> None:
    found: SpendingFigures = fold(Spending(context(1000)), actions)
    goodwill: Counter[tuple[str, str]] = Counter()
    owed: Counter[tuple[str, str]] = Counter()
    for action in actions:
        if action.kind not in ("grant", "approve"):
            continue
        voids = [some for some in actions if some.kind == "void" and some.of == action.id]
        for name, amount in action.given.items():
            extra = max(0, amount - action.parts[name].owed)
            back = sum(some.given.get(name, 0) for some in voids)
            key = name, action.parts[name].unit
            goodwill[key] += extra - min(back, extra)
            owed[key] += amount - extra - max(0, back - extra)
    for sums, name in ((goodwill, "goodwill"), (owed, "owed")):
        told: Counter[tuple[str, str]] = Counter()
        for each in found.by_remedy:  # without a ledger, points alone are in no currency
            told[each.name, each.unit] += getattr(each, name)
        assert +told == +sums
    money = sum(amount for (_, unit), amount in goodwill.items() if unit)
    for table in (found.by_policy, found.by_rule, found.by_site):
        assert sum(each.goodwill_cost for each in table) == money
        assert sum(each.times for each in table) == sum(each.times for each in found.by_remedy)


def test_what_was_given_before_the_time_is_not_taken_off_it() -> None:
    before = made(1, "grant", -5, parts={"credit": part(1000)})
    void = made(2, "void", 5, target=before, of=before.id, given=before.given)
    found: SpendingFigures = fold(Spending(context()), [void, made(3, "grant", 6, parts={"credit": part(500)})])
    assert [(each.goodwill, each.taken_back) for each in found.by_remedy] == [(500, 0)]


# Taken back


@given(action_lists())
def test_loops(actions: list[Action]) -> None:
    found: TakenBackFigures = fold(TakenBack(context(1000)), actions)
    loops: Counter[str] = Counter()
    open_voids: dict[tuple[str, str], int] = {}
    for each in actions:
        about = each.target if each.kind == "void" else each
        if each.kind not in ("void", "grant", "approve") or about is None or about.asker is None:
            continue
        customer = about.customer or about.case
        if customer is None:
            continue
        key = about.asker.id, customer
        if each.kind == "void":
            open_voids[key] = each.at
        elif each.at - open_voids.pop(key, -(10**18)) <= LOOP_DAYS * DAY:
            loops[key[0]] += 1
    assert {who: count_ for who, _, _, count_ in found.by_employee} == loops
    assert found.voids == len({each.of for each in actions if each.kind == "void"})


# Customers


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 50)), max_size=300), st.integers(1, 8))
def test_the_heaviest_are_known_to_within_what_is_said(weights: list[tuple[int, int]], room: int) -> None:
    heaviest: Heaviest[int] = Heaviest(room)
    exact: Counter[int] = Counter()
    for key, weight in weights:
        heaviest.add(key, weight)
        exact[key] += weight
    kept = dict(heaviest.top(10**6))
    assert len(kept) <= 2 * room
    assert heaviest.total == sum(exact.values())
    for key, true in exact.items():
        assert true - heaviest.lacking <= kept.get(key, 0) <= true
    assert heaviest.lacking * room <= heaviest.total  # the bound of the paper


# All of them


@given(action_lists(), st.sampled_from([Scope(site="harbour"), Scope(employee="e-1"), Scope(policy="desk"), Scope(policy="x")]))
def test_a_scope_counts_what_lies_in_it(actions: list[Action], scope: Scope) -> None:
    inside = [each for each in actions if scope.accepts(each)]
    narrow, whole = count(iter(actions), context(scope=scope)), count(iter(inside), context(scope=scope))
    assert narrow == whole
    assert narrow.records == len(inside)
    if scope.employee:
        assert all((each.target.asker if each.kind == "void" and each.target else each.asker) == STAFF[0] for each in inside)


@given(action_lists())
def test_every_figure_says_itself(actions: list[Action]) -> None:
    report = count(iter(actions), context())
    assert set(report.figures) == set(FIGURES)
    plain = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert plain["records"] == len(actions)
    for found in report.figures.values():
        for line in found.headlines():
            assert line[0].isupper() or line[0].isdigit()
            assert line.endswith(".")
        for rows in (3, 100):
            for section in found.sections(rows):
                assert all(len(row) == len(section.columns) for row in section.rows)
                assert len(section.rows) <= max(rows, 6)
        for chart in found.charts():
            sizes = {len(chart.labels), len(chart.values), *(len(each) for each in (chart.low, chart.high) if each)}
            assert sizes == {len(chart.labels)}


def test_nothing_at_all() -> None:
    report = count(iter(()), context())
    assert report.records == 0
    assert json.dumps(report.to_dict())
    for found in report.figures.values():
        assert not list(found.charts())


def test_every_kind_of_figure_has_a_reader_of_its_kinds() -> None:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for name, make in FIGURES.items():
        for kind in make(context()).kinds:
            by_kind[kind].append(name)
    assert {"grant", "escalate", "approve", "decline", "void", "review", "outcome"} <= by_kind.keys()
