"""A draw of records to look at: the same seed gives the same draw, chance is the seed's alone, each reason has its share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import blake2b
from math import ceil
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.errors import NotAllowed
from remit.ledger.people.roster_file import read_roster
from remit.review.actions import Action, Actor
from remit.review.drawing import draw as drawing
from remit.review.drawing.draw import AT_RANDOM, BY_RISK, Draw, DrawnRecord, draw, draw_from
from remit.review.drawing.draw_reasons import REASONS, DrawContext, DrawReason
from remit.review.drawing.newest import Newest
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.ledgers import new_ledger
from support.staff import roster_text
from support.trials import trials

FREE = "\n  - {id: guest-grants, per: guest.id, over: calendar month, max: 4000 grants}"
RIGHTS = yaml.safe_load((Path(__file__).parents[1] / "cases/ledger/who-may-review.yaml").read_text(encoding="utf-8"))
MORE = """
  - {id: e-6, role: associate, manager: e-2}
  - {id: mo, role: auditor, reviews: true}
"""


class Texts:
    """A ledger that has one policy, which came long ago."""

    def policy(self, digest: str) -> remit.Policy:
        return desk(FREE)

    def in_use_since(self, digest: str) -> tuple[datetime, str | None]:
        return datetime(1960, 1, 1, tzinfo=UTC), None


#: What records can be worth a look for, without what was before: gap, discretion, void, decline, an AI agent.
KINDS = st.tuples(st.sampled_from(("grant", "void", "decline")), st.booleans(), st.booleans(), st.booleans())


def actions(kinds: Sequence[tuple[str, bool, bool, bool]]) -> list[Action]:
    giver = Actor("e-9", "associate")
    target = Action(seq=0, id="r-0", kind="grant", at=0, actor=giver, digest="d")
    return [
        Action(
            seq=number,
            id=f"r-{number}",
            kind=kind,
            at=number,
            actor=Actor(f"e-{number % 7}", "associate", agent=agent),
            digest="d",
            gap=gap,
            discretion=int(discretion),
            target=None if kind == "grant" else target,
        )
        for number, (kind, gap, discretion, agent) in enumerate(kinds, 1)
    ]


def drawn_from(some: Sequence[Action], count: int, seed: str, wanted: Any = lambda action: True, **more: Any) -> Draw:
    return draw_from(
        some, DrawContext(Texts()), wanted, more.pop("theirs", lambda record: True), count=count, seed=seed, **more
    )


def by_chance(some: Sequence[Action], seed: str) -> list[str]:
    """All ids in the order that the seed gives them: worked out from the docstring alone, the largest share first."""

    def share(action: Action) -> int:
        return int.from_bytes(blake2b(f"{seed}\x1frandom\x1f{action.seq}".encode(), digest_size=8).digest(), "big")

    return [each.id for each in sorted(some, key=share, reverse=True)]


@given(st.lists(KINDS, max_size=120), st.integers(1, 40), st.text(max_size=5), st.sampled_from((0.0, 0.2, 0.5)))
def test_what_a_draw_holds(kinds: list[tuple[str, bool, bool, bool]], count: int, seed: str, rate: float) -> None:
    some = actions(kinds)

    def is_wanted(action: Action) -> bool:
        return action.seq % 5 != 0

    wanted = [each for each in some if is_wanted(each)]
    found = drawn_from(some, count, seed, is_wanted, agent_rate=rate)
    again = drawn_from(some, count, seed, is_wanted, agent_rate=rate)
    assert found == again
    assert found.considered == len(wanted)
    ids = [each.id for each in found.records]
    assert len(ids) == len(set(ids)) == min(count, len(wanted))
    assert {each.id for each in wanted}.issuperset(ids)
    # The random part is the first of a random order of all, and nothing else has a say in it.
    at_random = {each.id for each in found.records if each.at_random}
    assert len(at_random) >= min(ceil(count / 3), len(wanted))
    assert at_random == set(by_chance(wanted, seed)[: len(at_random)])
    # Agents have their share.
    agents = sum(each.actor is not None and each.actor.agent for each in wanted)
    assert sum(each.agent for each in found.records) >= min(int(count * rate), agents, count - len(at_random))
    # Each reason has its share of the places that are left: no frequent one crowds out a rare one.
    served = Counter(reason.name for each in found.records for reason in each.reasons)
    places = count - len(at_random) - max(0, min(int(count * rate), agents))
    for name, there in found.found.items():
        assert served[name] >= min(there, places // len(found.found)), (name, served, found.found)
    assert found.found.keys() <= REASONS.keys()
    assert all(each.words for each in found.records)


@given(st.integers(0, 400), st.text(max_size=5))
def test_the_size_of_the_random_part_is_known_beforehand(number: int, seed: str) -> None:
    """Or else what chance brings would say how much of it is looked at, and what is counted in it would not hold for all."""
    some = actions([("grant", each % 11 == 0, False, False) for each in range(number)])
    found = drawn_from(some, 30, seed)
    risky = min(sum(each.gap for each in some), 30)
    assert sum(each.at_random for each in found.records) == min(number, max(10, 30 - risky))
    assert len(found.records) == min(number, 30)


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_a_rare_reason_is_not_crowded_out(seed: str) -> None:
    rare = [("grant", True, False, False)] * 3 + [("grant", False, True, False)] * 5
    found = drawn_from(actions([*rare, *[("void", False, False, False)] * 300]), 30, seed)
    assert found.found == {"gap": 3, "discretion": 5, "void": 300}
    assert Counter(reason.name for each in found.records for reason in each.reasons) == {"gap": 3, "discretion": 5, "void": 22}


def test_every_record_has_the_same_chance_in_the_random_part() -> None:
    some = actions([("grant" if each % 2 else "void", each % 3 == 0, False, each % 4 == 0) for each in range(30)])
    times = Counter[str]()
    for seed in range(3000):
        times.update(each.id for each in drawn_from(some, 9, f"{seed}").records if each.at_random)
    assert sum(times.values()) == 9000
    assert all(abs(times[each.id] - 300) < 5 * 16.5 for each in some)  # five standard deviations of a binomial of 3000 and 1/10


def test_a_record_that_weighs_more_is_drawn_more_often() -> None:
    light, heavy = actions([("grant", False, False, False)] * 2)
    times = Counter[str]()
    for seed in range(2000):
        kept = drawing._Kept(f"{seed}", 1)
        kept.take(light, (DrawReason("x", "", 1.0),))
        kept.take(heavy, (DrawReason("x", "", 3.0),))
        times.update(each.id for each in kept._lowest["x"].in_order())
    assert abs(times[heavy.id] - 1500) < 5 * 19.4


def test_no_more_is_kept_than_may_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    add = drawing.Lowest.add

    def counted(self: drawing.Lowest, number: float, record: DrawnRecord) -> None:
        add(self, number, record)
        sizes.append(len(self))

    monkeypatch.setattr(drawing.Lowest, "add", counted)
    drawn_from(actions([("void", True, True, True)] * 2000), 10, "s")
    assert max(sizes) == 10 + drawing._SPARE
    few: Newest[int, list[int]] = Newest(list, 3)
    for number in (1, 2, 1, 3, 4):
        few.at(number).append(number)
    assert dict(few) == {1: [1, 1], 3: [3], 4: [4]}


def test_what_the_ledger_would_refuse_is_not_drawn() -> None:
    some = actions([("void", True, False, False)] * 60)
    found = drawn_from(some, 12, "s", theirs=lambda record: record.seq % 2 == 0)
    assert len(found.records) == 12
    assert all(each.seq % 2 == 0 for each in found.records)


def test_the_tag_says_how_it_was_drawn() -> None:
    reason = DrawReason("gap", "no rule covers it")
    assert [DrawnRecord("r", 1, at_random, False).tag for at_random in (True, False)] == [AT_RANDOM, BY_RISK]
    assert DrawnRecord("r", 1, True, True, (reason,)).words == "no rule covers it; decided by an AI agent; drawn at random"


# Reasons, in a real ledger


def reasons(ledger: remit.Ledger, who: dict[str, Any] = MANAGER, since: str = "2026-01-01") -> dict[int, dict[str, str]]:
    """What is worth a look in every record, by its number."""
    found = draw(
        ledger, ledger.review_rights(who), since=datetime.fromisoformat(f"{since}T00:00:00+00:00"), count=500, seed="s"
    )
    return {each.seq: {reason.name: reason.words for reason in each.reasons} for each in found.records}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Any:
    """A ledger in which the policy is not new any more."""
    with new_ledger("sqlite", tmp_path, clock=clock) as ledger:
        ledger.decide(desk(FREE), request())
        clock.go(days=40)
        yield ledger


def ask(credit: str | None = "10 EUR", guest: str | None = None, employee: str = "e-1", **more: Any) -> dict[str, Any]:
    """A request for a guest of its own, unless one is named."""
    return request(credit, guest or f"guest of {more.get('case')}", employee, **more)


def test_on_the_limit_and_near_it(house: remit.Ledger) -> None:
    for amount in ("50 EUR", "45 EUR", "44 EUR"):
        house.grant(desk(FREE), ask(amount, case=amount))
    house.grant(desk(FREE), ask(None, asked={"late": True}, case="late"))
    found = reasons(house)
    assert found[2] == {"limit": "on the limit: 50 EUR folio credit, all that was possible"}
    assert found[3] == {"limit": "near the limit: 45 EUR folio credit, of 50 EUR folio credit"}
    assert found[4] == found[5] == {}  # an exception is given or not


def test_overrides_in_both_directions(house: remit.Ledger) -> None:
    task = house.escalate(desk(FREE), ask("90 EUR", case="c-1"))
    house.approve(task.id, employee=SUPERVISOR)
    task = house.escalate(desk(FREE), ask("90 EUR", case="c-2"))
    house.approve(task.id, employee=SUPERVISOR, asked={"credit": "20 EUR"})
    task = house.escalate(desk(FREE), ask("90 EUR", case="c-3"))
    house.decline(task.id, employee=SUPERVISOR, reason="No.")
    house.decide(desk(FREE), ask(case="c-4"), act="declined")
    house.decide(desk(FREE), ask(case="c-5"), act="handed_over", to="manager")
    house.decide(desk(FREE), ask(case="c-6", facts={"level": 3}), act="declined")  # the policy backs it
    found = reasons(house)
    assert found[3] == {"beyond": "beyond what e-1 may give: approved above, as it was asked"}
    assert found[5] == {"beyond": "beyond what e-1 may give: approved above, less than, or other than, what was asked"}
    assert found[7] == {"refused": "declined by somebody who could have approved it"}
    assert found[8] == {"refused": "declined, though the policy allowed it"}
    assert found[9] == {"refused": "handed over, though the policy allowed it"}
    assert found[2] == found[10] == {}


def test_the_owner_gives_what_nobody_can(house: remit.Ledger) -> None:
    task = house.escalate(desk(FREE), ask("5000 EUR", case="c-1", evidence=["note"]))
    house.approve(task.id, employee={"id": "o-1", "role": "owner:guest-relations"})
    assert reasons(house, {"id": "o-2", "role": "owner:guest-relations"})[3]["beyond"] == (
        "given by the owner of the policy, beyond what it allows"
    )


def test_discretion_gaps_and_somebodys_word(house: remit.Ledger) -> None:
    house.grant(desk(FREE), ask("60 EUR", case="c-1", use_discretion=True, story="They cried."))
    who = {"id": "s-2", "role": "supervisor"}
    for number, evidence in enumerate(([{"name": "note", "reference": "DOC-1"}], ["note"])):
        given = house.grant(desk(FREE), {**ask("160 EUR", case=f"n-{number}", evidence=evidence), "employee": who})
        assert given.granted
    found = reasons(house)
    assert found[2]["discretion"] == "beyond the rules, by their own discretion"
    assert "word" not in found[3]
    assert found[4] == {"word": "note on file by somebody's word alone, without a reference"}


def test_a_gap(tmp_path: Path, clock: Clock) -> None:
    text = desk(FREE).model.text.replace("because: A small thing", "when: {level: 2}\n    because: A small thing")
    with new_ledger("sqlite", tmp_path, clock=clock) as ledger:
        ledger.escalate(remit.loads(text), ask("10 EUR", case="c"))
        assert reasons(ledger)[1]["gap"] == "no rule covers it"


def test_voids_and_loops(house: remit.Ledger, clock: Clock) -> None:
    for number in range(3):
        grant = house.grant(desk(FREE), ask(guest="g-1", case="c-1", key=f"k-{number}"))
        house.void(grant.id, employee={"id": "e-1", "role": "associate"}, reason="Again.")
    grant = house.grant(desk(FREE), ask(guest="g-2", case="c-2"))
    house.void(grant.id, employee=SUPERVISOR, reason="Twice.")
    found = reasons(house)
    assert found[3] == {"void": "taken back by e-1, who gave it"}
    assert found[5]["loop"] == "given and taken back 2 times by e-1 for the same customer"
    assert found[7]["loop"] == "given and taken back 3 times by e-1 for the same customer"
    assert found[9] == {"void": "taken back by somebody else; e-1 gave it"}


def test_a_customer_who_comes_again_and_again(house: remit.Ledger, clock: Clock) -> None:
    for number in range(5):
        house.grant(desk(FREE), ask(guest="g-1", employee=f"e-{number // 4}", case=f"c-{number}"))
        house.grant(desk(FREE), ask(guest=f"g-other-{number}", case=f"d-{number}"))
        clock.go(days=10)
    found = reasons(house)
    assert "repeat" not in found[6]
    assert found[8]["repeat"] == "case 4 of the same customer within 90 days, all with e-0"
    assert found[10]["repeat"] == "case 5 of the same customer within 90 days"
    assert all("repeat" not in found[number] for number in (3, 5, 7, 9, 11))
    clock.go(days=90)
    house.grant(desk(FREE), ask(guest="g-1", case="c-9"))
    assert "repeat" not in reasons(house)[12]


def test_the_first_weeks_of_a_new_version_and_a_new_rule(tmp_path: Path, clock: Clock) -> None:
    more = "  - {id: sorry, when: {level: 2}, may: {points: 9000}}\n"
    second = remit.loads(desk(FREE, "2").model.text.replace("guardrails:\n", f"{more}guardrails:\n"))
    with new_ledger("sqlite", tmp_path, clock=clock) as ledger:
        ledger.grant(desk(FREE), ask(case="c-1"))
        clock.go(days=29)
        ledger.grant(desk(FREE), ask(case="c-2"))
        ledger.publish(second, by="author")
        ledger.grant(second, ask(case="c-3"))
        ledger.grant(second, ask(None, case="c-4", asked={"points": 9000}, facts={"level": 2}))
        clock.go(days=28)
        ledger.grant(second, ask(case="c-5"))
        found = reasons(ledger)
    assert found[1] == found[2] == {}  # the first version there was
    assert found[4]["new"] == "decided by a new version, desk 2, in use since 2026-07-30"
    assert found[5]["new"] == "decided by a new rule, `sorry`, in use since 2026-07-30"
    assert found[6] == {}


def alike(
    house: remit.Ledger, number: int, amount: str = "10 EUR", employee: str = "", act: str | None = None, **more: Any
) -> None:
    wanted = ask(amount, employee=employee or f"e-{number % 9}", case=f"a-{number}", **more)
    if act is not None:
        house.decide(desk(FREE), wanted, act=act)
    else:
        assert house.grant(desk(FREE), wanted).granted


def test_unlike_treatment_of_like_cases(house: remit.Ledger) -> None:
    for number in range(30):
        alike(house, number, f"{10 + number % 3} EUR")
    alike(house, 30, "30 EUR")
    alike(house, 31, "3 EUR")
    alike(house, 32, act="declined")
    alike(house, 33, "40 EUR", facts={"level": 2})  # another case
    found = reasons(house)
    assert found[32]["unlike"] == "30 EUR folio credit, where 30 like cases got 11 EUR folio credit on average"
    assert found[33]["unlike"] == "3 EUR folio credit, where 31 like cases got 11.61 EUR folio credit on average"
    assert found[34]["unlike"] == "refused, where 32 of 32 like cases before it got something"
    assert found[35] == {}
    assert all("unlike" not in found[number] for number in range(2, 32))


def test_somebody_who_treats_like_cases_otherwise(house: remit.Ledger) -> None:
    for number in range(150):
        is_theirs = number % 5 == 0
        alike(house, number, f"{(24 if is_theirs else 10) + number % 4} EUR", "e-x" if is_theirs else "")
    for number in range(150, 190):
        alike(house, number, employee="e-y", act="declined")
    found = reasons(house)
    assert not any("employee" in found[number] for number in range(152, 170))  # too few to say
    of_x = {number: each["employee"] for number, each in found.items() if "e-x" in each.get("employee", "")}
    assert 5 < len(of_x) <= 30
    assert max(of_x) == 2 + 145
    assert of_x[147].startswith("e-x gives 1.8 times what others give in like cases (2")
    assert found[191]["employee"].startswith("e-y: refused in 40 of 40 cases, where it is")
    assert not any("employee" in found[number] and number not in of_x for number in range(2, 152))


def test_customers_who_are_treated_otherwise_by_what_the_policy_does_not_read(tmp_path: Path, clock: Clock) -> None:
    fact = "  guest.language: {type: choice, of: [en, de, zh], default: en}\n  guest.visits:"
    policy = remit.loads(desk(FREE).model.text.replace("  guest.visits:", fact))
    with new_ledger("sqlite", tmp_path, clock=clock) as ledger:
        for number in range(200):
            zh = number % 4 == 0
            facts = {"guest.language": "zh" if zh else ("en", "de")[number % 2], "employee.site": None}
            facts = {name: value for name, value in facts.items() if value is not None}
            wanted = ask(f"{(10 if zh else 20) + number % 5} EUR", employee=f"e-{number % 9}", case=f"c-{number}", facts=facts)
            assert ledger.grant(policy, wanted).granted
        found = reasons(ledger)
    groups = {number: each["group"] for number, each in found.items() if "group" in each}
    assert groups[197].startswith("guest language zh: gets 0.")
    assert all("language zh" in each for each in groups.values())


@cache
def alike_for_all() -> list[Action]:
    """Cases in which nobody is treated otherwise than others."""
    import random

    from remit.review.actions import AskedRemedy

    dice = random.Random(3)
    out = []
    for number in range(1, 8001):
        amount = max(100, round(dice.gauss(2000, 700)))
        is_task = number % 5 == 0  # a supervisor is asked what is more doubtful, and declines more of it
        refused = dice.random() < (0.4 if is_task else 0.06)
        who = Actor(f"s-{number % 3}", "supervisor") if is_task else Actor(f"e-{dice.randrange(40)}", "associate", "harbour")
        kind = ("decline" if refused else "approve") if is_task else ("decide" if refused else "grant")
        facts = {"level": dice.randrange(1, 6)}
        common = {"seq": number, "at": number, "policy": "desk", "digest": "d", "currency": "EUR", "facts": facts}
        target = Action(id=f"t-{number}", kind="escalate", actor=Actor("e-1", "associate"), **common) if is_task else None
        part = AskedRemedy(amount, 5000, 5000, 0, "EUR", "gesture")
        more = {"parts": {"credit": part}, "given": {} if refused else {"credit": amount}, "target": target}
        act = "declined" if kind == "decide" else None
        out.append(Action(id=f"r-{number}", kind=kind, actor=who, outcome="grant", act=act, **common, **more))
    return out


def test_where_all_are_treated_alike_nobody_is_named() -> None:
    found = drawn_from(alike_for_all(), 20, "s").found
    assert "employee" not in found
    assert "group" not in found


# Who may


@pytest.mark.parametrize(
    "case", RIGHTS, ids=lambda case: f"{case['by']['id']} on {case['did']['id']}, {case['by'].get('role')}"
)
def test_what_may_be_reviewed_is_what_the_ledger_says(case: dict[str, Any], tmp_path: Path) -> None:
    with new_ledger("sqlite", tmp_path, clock=Clock()) as ledger:
        if case.get("roster"):
            ledger.publish(read_roster(roster_text(more=MORE)), by="m-1")
            ledger.publish(desk(), by="m-1")
        done = ledger.decide(desk(), {**request(), "employee": case["did"]}, act="declined")
        try:
            rights = ledger.review_rights(case["by"])
            found = rights.reviewer(done)
            likely = rights.may_review(desk().model.digest, str(done.employee), str(done.role))
        except NotAllowed:
            found, likely = None, False
        assert (found is not None) == (case["may"] is True)
        assert likely or found is None
        assert likely == (found is not None)
        if found is not None:
            ledger.review(done.id, verdict="agree", employee=found)
            assert rights.reviewer(done) is None  # nobody reviews a record twice


@trials(5)
@given(st.sampled_from(("e-1", "s-1", "m-1")), st.sampled_from(("supervisor", "manager")))
def test_nothing_of_the_reviewers_own_is_drawn(tmp_path_factory: pytest.TempPathFactory, me: str, role: str) -> None:
    with new_ledger("sqlite", tmp_path_factory.mktemp("own"), clock=Clock()) as ledger:
        for number, (who, theirs) in enumerate((("e-1", "associate"), ("s-1", "supervisor"), ("m-1", "manager")) * 3):
            ledger.grant(desk(FREE), {**ask(case=f"c-{number}"), "employee": {"id": who, "role": theirs}})
        ledger.review(ledger.grant(desk(FREE), ask(case="r")).id, verdict="agree", employee={"id": me, "role": "manager"}) if (
            me != "e-1"
        ) else None
        found = reasons(ledger, {"id": me, "role": role})
        records = {entry.seq: entry for entry in ledger.records()}
        below = {"supervisor": ("associate",), "manager": ("associate", "supervisor", "manager")}[role]
        expected = {
            seq
            for seq, entry in records.items()
            if entry.kind == "grant" and entry.employee != me and entry.role in below and entry.case != "r"
        }
        expected |= {seq for seq, entry in records.items() if entry.case == "r" and entry.kind == "grant" and me == "e-2"}
        assert set(found) == expected


def test_site_and_policy_narrow_it_down(tmp_path: Path) -> None:
    clock = Clock()
    with new_ledger("sqlite", tmp_path, clock=clock) as ledger:
        ledger.publish(read_roster(roster_text()), by="m-1")
        ledger.publish(desk(FREE), by="m-1")
        for number, who in enumerate(("e-1", "e-2", "e-1")):
            ledger.grant(desk(FREE), {**ask(case=f"c-{number}"), "employee": {"id": who}})
        rights = ledger.review_rights({"id": "s-1"})
        since = clock.now - timedelta(days=1)
        at = [draw(ledger, rights, since=since, count=9, seed="s", site=site).considered for site in (None, "Harbour", "x")]
        of = [draw(ledger, rights, since=since, count=9, seed="s", policy=name).considered for name in ("desk", "other")]
    assert (at, of) == ([3, 2, 0], [3, 0])
