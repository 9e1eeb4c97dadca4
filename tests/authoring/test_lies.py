"""What a lie can gain: as much as trying every pair of cases says, and nothing where nothing is believed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.authoring.lying.believed import believed
from remit.authoring.lying.lie_search import FoundLie
from remit.authoring.lying.lie_telling import lie_lines
from remit.authoring.lying.lies import held_to, largest_lie, lies
from remit.authoring.proving.prover import Prover
from remit.deciding.loading import loads, shipped
from remit.deciding.policy import Policy
from remit.language.values import Money
from remit.policy.model import Model
from support.golden import same_as
from support.trials import trials

# As much as trying every pair of cases says

_SMALL = """
policy: small
title: Small
version: "1"
owner: us
currency: EUR
ladder: [clerk, boss]
facts:
  guest: {{type: text, source: {guest}}}
  past: {{type: integer, min: 0, max: 2, history: {{count: grants, per: guest, over: 90 days}}}}
  tier: {{type: choice, of: [none, gold], source: {tier}}}
  level: {{type: integer, min: 1, max: 3, source: {level}}}
  vip: {{type: boolean, source: {vip}}}
  price: {{type: money, min: 0 EUR, max: 0.02 EUR, source: {price}}}
remedies:
  credit: {{type: money, title: Credit}}
  points: {{type: count, title: Points}}
  upgrade: {{type: exception, title: Upgrade}}
rules:
{rules}
guardrails:
{guardrails}
"""
_CONDITIONS: Final = (
    'tier = "gold"',
    "level >= 2",
    "vip",
    "past >= 1",
    "price > 0.01 EUR",
    'vip and tier = "none"',
    "level = 3 or not(vip)",
    "price * level >= 0.03 EUR",
    "asked.credit > 0.02 EUR",
    "asked.points > level",
)
_CREDITS: Final = (
    "price * level",
    "price + 0.02 EUR",
    "min(price, 0.01 EUR)",
    "0.05 EUR - price",
    "0.03 EUR",
    "past * 0.01 EUR",
)
_POINTS: Final = ("level", "3", "if vip then 5 else past", "level * level - 1")
_EFFECTS: Final = (
    "deny",
    "escalate",
    "{limit: {credit: 0.02 EUR, points: level}}",
    "{limit: {credit: price}}",
    "{deny: [upgrade]}",
)
_VALUES: Final[Mapping[str, tuple[Any, ...]]] = {
    "guest": ("x-1", "x-2"),
    "past": (0, 1, 2),
    "tier": ("none", "gold"),
    "level": (1, 2, 3),
    "vip": (False, True),
    "price": ("0 EUR", "0.01 EUR", "0.02 EUR"),
}
_SOURCES: Final = ("stated", "stated", "evidence", "system")


@st.composite
def _policies(draw: st.DrawFn) -> str:
    sources = {name: draw(st.sampled_from(_SOURCES)) for name in _VALUES if name != "past"}
    pick = {name: st.sampled_from(each) for name, each in (("when", _CONDITIONS), ("credit", _CREDITS), ("points", _POINTS))}
    rules, guardrails = [], []
    for number in range(draw(st.integers(1, 3))):
        credit = f"{{clerk: {draw(pick['credit'])!r}, boss: {draw(pick['credit'])!r}}}"
        given = f"credit: {credit}, points: {draw(pick['points'])!r}, upgrade: true".replace("'", '"')
        rules.append(f"  - {{id: r{number}, because: Yes., when: '{draw(pick['when'])}', may: {{{given}}}}}")
    for number in range(draw(st.integers(1, 2))):
        effect = draw(st.sampled_from(_EFFECTS))
        guardrails.append(f"  - {{id: g{number}, when: '{draw(pick['when'])}', then: {effect}, say: Wait.}}")
    return _SMALL.format(rules="\n".join(rules), guardrails="\n".join(guardrails), **sources)


@pytest.mark.slow
@pytest.mark.parametrize("many", [0, 40])  # from so many rules on, each side is asked about alone first
@trials(40)
@given(_policies())
def test_the_largest_gain_is_that_of_every_pair_of_cases(many: int, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("remit.authoring.lying.lie_search._MANY", many)
        _as_by_trying(loads(text, "small.yaml"))


def _as_by_trying(policy: Policy) -> None:
    prover = Prover(policy.model, 60)
    tried = list(_tried(policy))
    for remedy in policy.model.remedies:
        for rank, role in enumerate(policy.model.ladder):
            gain, fewest = _by_trying(policy.model, tried, remedy, role)
            found = largest_lie(prover, remedy, rank)
            assert (found.largest.reached, found.largest.at_most) == (gain, gain), (remedy, role, found)
            _is_such_a_lie(policy, found, remedy, role, fewest)


def _is_such_a_lie(policy: Policy, found: FoundLie, remedy: str, role: str, fewest: int) -> None:
    pair = found.largest.shown
    assert (pair is None) == (found.largest.reached == 0)
    if pair is not None:
        assert pair.gain == found.largest.reached
        assert len(pair.differing) == fewest
        assert all(name in believed(policy.model) for name in pair.differing)
        assert {name for name in pair.true.facts if pair.true.facts[name] != pair.told.facts[name]} == set(pair.differing)


def _tried(policy: Policy) -> Iterator[tuple[dict[str, Any], Mapping[tuple[str, str], int]]]:
    """Every case, and the most that each role would be granted of each remedy, asked for alone."""
    for values in product(*_VALUES.values()):
        facts = dict(zip(_VALUES, values, strict=True))
        past = {"past": facts["past"]}
        said = {name: value for name, value in facts.items() if name != "past"}
        amounts = {}
        for role in policy.model.ladder:
            request = {"employee": {"id": "e", "role": role}, "facts": said, "occurred": "2026-07-01"}
            decision = policy.decide(request, history=past)
            for remedy, each in decision.remedies.items():
                most = each.available
                amounts[remedy, role] = most.minor if isinstance(most, Money) else int(most)
        yield facts, amounts


def _by_trying(model: Model, tried: list[Any], remedy: str, role: str) -> tuple[int, int]:
    """The largest gain, and the fewest facts that differ for it."""
    taken = {name for name, fact in model.facts.items() if fact.weakest_source == "stated" and fact.history is None}
    best, fewest = 0, 0
    for truth, due in tried:
        for lie, given_ in tried:
            differing = {name for name in truth if truth[name] != lie[name]}
            if differing - taken - ({"past"} if "guest" in differing else set()):
                continue
            gain = given_[remedy, role] - due[remedy, role]
            if gain > best or (gain == best and best and len(differing) < fewest):
                best, fewest = gain, len(differing)
    return best, fewest


# Who is believed

_DESK = """
policy: desk
title: Desk
version: "1"
owner: us
effective: {from: 2026-01-01}
currency: EUR
ladder: [clerk, boss]
facts:
  guest.id: {type: text}
  guest.past: {type: integer, history: {count: grants, per: guest.id, over: 90 days}}
  my.past: {type: integer, history: {count: grants, per: employee.id, over: 90 days}}
  stay.rate: {type: money, min: 0 EUR, source: system}
  trouble: {type: integer, min: 0, max: 5}
remedies:
  credit: {type: money, title: Credit}
  upgrade: {type: exception, title: Upgrade}
values:
  gesture:
    dated:
      - {from: 2026-01-01, value: 20 EUR}
      - {from: 2026-07-01, value: 25 EUR}
rules:
  - {id: small, because: Small things., may: {credit: gesture, upgrade: true}}
  - id: bad
    because: Bad nights.
    when: trouble >= 3
    may: {credit: {clerk: "min(stay.rate, 45 EUR)", boss: "min(stay.rate, 60 EUR)"}}
guardrails:
  - {id: again, when: guest.past >= 3, then: {deny: [upgrade]}, say: I am sorry.}
  - {id: often, when: my.past >= 9, then: escalate, say: One moment.}
"""
_SYSTEM: Final = {"guest.id: {type: text}": "guest.id: {type: text, source: system}", "max: 5}": "max: 5, source: evidence}"}


def _changed(text: str, changes: Mapping[str, str]) -> str:
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


def _gains(model: Model) -> dict[str, int]:
    return {each.of: each.details["gain"] for each in lies(model, 60)}


def test_who_is_believed() -> None:
    model = loads(_DESK, "desk.yaml").model
    assert believed(model) == {"guest.id": (), "guest.past": ("guest.id",), "trouble": (), "occurred": ()}
    assert believed(loads(_changed(_DESK, _SYSTEM), "desk.yaml").model) == {}


def test_the_past_of_somebody_else_is_told_by_naming_them() -> None:
    (upgrade,) = (each for each in lies(loads(_DESK, "desk.yaml").model, 60) if each.of == "upgrade.clerk")
    assert upgrade.details["lie"]["facts"].keys() == {"guest.id", "guest.past"}
    assert upgrade.details["truth"]["facts"]["guest.id"] != upgrade.details["lie"]["facts"]["guest.id"]
    told = loads(_changed(_DESK, {"guest.id: {type: text}": "guest.id: {type: text, source: system}"}), "desk.yaml").model
    assert _gains(told) == {"credit.clerk": 2500, "credit.boss": 4000, "upgrade.clerk": 0, "upgrade.boss": 0}


def test_nothing_is_asked_where_nothing_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remit.readings.smt.solver.solver_command", lambda: ["no-such-solver"])
    results = lies(loads(_changed(_DESK, _SYSTEM), "desk.yaml").model)
    assert {(each.verdict, each.details["gain"], each.details["at_most"]) for each in results} == {("proved", 0, 0)}
    assert [each.told for each in results] == [()] * 4


# Solvers that fail

_KILLED: Final = "import os; os.kill(os.getpid(), 9)"
_SILENT: Final = "import sys; sys.stdin.read()"
_UNSURE: Final = """
import sys
for line in sys.stdin:
    if "check-sat" in line: print("unknown")
    if "(echo" in line: print(line.split('"')[1], flush=True)
"""
_ONCE: Final = """
import sys
for line in sys.stdin:
    if "check-sat" in line: print("unsat")
    if "(echo" in line: sys.exit()
"""


@pytest.mark.parametrize("program", [_KILLED, _SILENT, _UNSURE, _ONCE, "print('unsat')"])
def test_a_solver_that_fails_proves_nothing(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remit.readings.smt.solver.solver_command", lambda: [sys.executable, "-c", program])
    model = loads(_DESK, "desk.yaml").model
    results = lies(model, 0.2)
    assert {each.verdict for each in results} == {"open"}
    assert all(each.details["gain"] < each.details["at_most"] and "not proved: " in each.told[-1] for each in results)
    assert {each.verdict for each in held_to(model, results, Money.of("1 EUR"))} == {"open"}


# The gate

#: A fault that opens the till, and what the lie is then about.
_FAULTS: Final = {
    "a fact lost its source": ({", source: system}": "}"}, {"stay.rate"}),
    "a formula lost its bound": ({'"min(stay.rate, 60 EUR)"': "stay.rate"}, {"trouble"}),
    "a bound lost a digit": ({"min(stay.rate, 60 EUR)": "min(stay.rate, 600 EUR)"}, {"trouble"}),
    "a new amount has a digit too many": ({"25 EUR}": "250 EUR}"}, {"occurred"}),
}


def test_the_gate_lets_a_small_lie_pass() -> None:
    model = loads(_DESK, "desk.yaml").model
    results = lies(model, 60)
    for bound in ("40 EUR", "40.001 EUR"):
        assert [each.verdict for each in held_to(model, results, Money.of(bound))] == ["proved"] * 4
    held = {each.of: each for each in held_to(model, results, Money.of("39.99 EUR"))}
    assert [each.of for each in held.values() if each.verdict == "refuted"] == ["credit.boss"]
    assert held["credit.boss"].told[-2:] == (
        "this is more than 39.99 EUR",
        "to bound it, let `trouble` come from a system or from evidence (`source`), or add a guardrail",
    )
    assert held_to(model, results, Money.of("1 USD")) == results


@pytest.mark.parametrize("fault", _FAULTS)
def test_the_gate_catches_what_opens_the_till(fault: str) -> None:
    changes, about = _FAULTS[fault]
    if fault == "a fact lost its source":
        changes = {"min(stay.rate, 60 EUR)": "stay.rate", **changes}
        fixed = _changed(_DESK, {"min(stay.rate, 60 EUR)": "stay.rate", "max: 5}": "max: 5, source: evidence}"})
        before = loads(fixed, "desk.yaml").model
        assert all(each.verdict == "proved" for each in held_to(before, lies(before, 60), Money.of("50 EUR")))
        changes["max: 5}"] = "max: 5, source: evidence}"
    model = loads(_changed(_DESK, changes), "desk.yaml").model
    caught = [each for each in held_to(model, lies(model, 60), Money.of("50 EUR")) if each.verdict == "refuted"]
    assert "credit.boss" in {each.of for each in caught}
    assert all(each.details["lie"]["facts"].keys() == about for each in caught)


# Told

_GOLDEN: Final = ("hotel-guest-recovery", "retail-returns")


@pytest.mark.parametrize("name", _GOLDEN)
def test_lies_are_told_side_by_side(name: str) -> None:
    path = shipped(name)
    model = loads(path.read_text(encoding="utf-8"), path.name).model
    results = lies(model, 60)
    assert {each.verdict for each in results} == {"proved"}
    same_as(f"lies/{name}.txt", "\n".join(lie_lines(model, results)) + "\n")


def test_progress_is_told_of_each() -> None:
    seen: list[tuple[str, int]] = []
    results = lies(loads(_DESK, "desk.yaml").model, 60, lambda result, count: seen.append((result.of, count)))
    assert seen == [(each.of, 4) for each in results]
