"""Plain requests are never left to the definition, and nothing of the callers is kept. (What is read: test_request.)"""

from __future__ import annotations

import copy
import decimal
import threading
from pathlib import Path
from typing import Any

import pytest

from remit.deciding.compiled import Compiled
from remit.deciding.policy import Policy, reference_decision
from remit.decision.decision import Decision
from remit.errors import RequestError
from remit.language.values import Money, Unknown
from remit.policy.loader import load_model
from remit.policy.model import Model

HOTEL = Path(__file__).parents[2] / "rules" / "hotel-guest-recovery.yaml"


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(HOTEL)


@pytest.fixture(scope="module")
def compiled(model: Model) -> Compiled:
    return Compiled(model)


def alone(compiled: Compiled, request: Any, **more: Any) -> Decision:
    """The decision, in full and by the short way, without the definition."""
    before = compiled.left
    decision = compiled.decide(request, **more)
    outcome = decision.outcome
    assert outcome == compiled.decide(request, **more).detail.outcome
    assert compiled.left == before, f"left to the definition: {request}"
    return decision


def request() -> dict[str, Any]:
    return {
        "employee": {"id": "e-17", "role": "supervisor"},
        "asked": {"credit": "120 EUR"},
        "facts": {
            "guest": {"id": "g-1", "tier": "gold", "threatening": False, "recoveries": 1},
            "stay": {"id": "s-1", "nightly_rate": "129.50 EUR", "nights": 2},
            "incident": {"kind": "noise", "severity": 4},
        },
        "case": "C-1",
        "occurred": "2026-07-01",
        "evidence": ["note"],
    }


def changed(path: str, value: Any) -> dict[str, Any]:
    """The request with one thing changed; ``...`` takes it away."""
    out = request()
    *groups, last = path.split("/")
    holder = out
    for group in groups:
        holder = holder.setdefault(group, {})
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return out


PLAIN = {
    "as it comes": ("evidence", ["note"], "grant"),
    "no evidence": ("evidence", ..., "ask"),
    "too much": ("asked/credit", "151 EUR", "escalate"),
    "nothing but a default left out": ("facts/guest/threatening", ..., "grant"),
    "a fact that does not matter left out": ("facts/stay/id", ..., "grant"),
    "history left out": ("facts/guest/recoveries", ..., "ask"),
    "a threat": ("facts/guest/threatening", True, "deny"),
    "an injury": ("facts/incident/kind", "injury", "escalate"),
    "a bundle": ("asked/points", 2000, "grant"),
    "a bundle with something that is not asked for": ("asked/upgrade", False, "grant"),
    "money as a value": ("facts/stay/nightly_rate", Money(decimal.Decimal("129.50"), "EUR"), "grant"),
    "no case": ("case", ..., "grant"),
    "a story": ("story", "They had a terrible night.", "grant"),
}


@pytest.mark.parametrize(("path", "value", "outcome"), PLAIN.values(), ids=PLAIN)
def test_plain_requests_need_nothing_else(compiled: Compiled, path: str, value: Any, outcome: str) -> None:
    assert alone(compiled, changed(path, value)).outcome == outcome


def test_what_no_compiled_function_can_take_is_left_and_counted(compiled: Compiled) -> None:
    """So that the counts above say something: here, a ledger that cannot know what is used of a cap."""
    before, balances = compiled.left, {"per-stay": {"used": Unknown(frozenset(("stay.id",)))}}
    decision = compiled.decide(request(), balances=balances)
    assert decision.to_json() == reference_decision(compiled.model, request(), balances=balances).to_json()
    assert decision.outcome == "ask"
    assert compiled.left == before + 1


def test_dotted_facts_need_nothing_else(compiled: Compiled) -> None:
    dotted = request()
    guest = dotted["facts"].pop("guest")
    dotted["facts"] |= {f"guest.{name}": value for name, value in guest.items()}
    assert alone(compiled, dotted).outcome == "grant"


def test_a_request_that_is_changed_afterwards_changes_nothing(compiled: Compiled) -> None:
    asked = request()
    before, after = compiled.decide(copy.deepcopy(asked)), compiled.decide(asked)
    asked["facts"]["incident"]["kind"] = "injury"
    asked["asked"]["credit"] = "999 EUR"
    asked["employee"]["role"] = "associate"
    asked["evidence"].clear()
    assert after.to_json() == before.to_json()


def test_a_mapping_that_makes_up_values_is_left_alone(compiled: Compiled) -> None:
    class Generous(dict[str, Any]):
        def __missing__(self, key: str) -> Any:
            self[key] = False
            return False

    asked = changed("facts/guest/threatening", ...)
    asked["facts"]["guest"] = Generous(asked["facts"]["guest"])
    assert compiled.decide(asked).outcome == "grant"
    assert "threatening" not in asked["facts"]["guest"]


def test_the_thread_s_own_decimal_context_is_never_read(model: Model) -> None:
    expected = Compiled(model).decide(request()).to_json()
    with decimal.localcontext() as context:
        context.prec = 2
        context.rounding = decimal.ROUND_UP
        assert Compiled(model).decide(request()).to_json() == expected


def test_many_threads_meet_new_questions_at_once(model: Model) -> None:
    """Every role, with facts missing and without, in full and briefly: each function is made while others wait for it."""
    every = []
    for role in model.ladder:
        for kind in ("noise", "walked", "injury"):
            asked = changed("facts/incident", {"kind": kind, "severity": 4})
            asked["employee"]["role"] = role
            every += [asked, {**asked, "facts": {**asked["facts"], "stay": {"nights": 2}}}]
    expected = [reference_decision(model, each).to_json() for each in every]
    compiled = Compiled(model)
    wrong: list[int] = []
    start = threading.Barrier(6)

    def work(offset: int) -> None:
        start.wait()
        for at in range(2 * len(every)):
            number = (at + offset) % len(every)
            decision = compiled.decide(every[number])
            if (at + offset) % 3:  # now and then the short way first
                assert decision.outcome
            if decision.to_json() != expected[number]:
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(offset * 5,)) for offset in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_first_decisions_of_a_policy_are_all_the_same(model: Model) -> None:
    """The first is by definition, the second compiles, and the third finds it compiled."""
    policy = Policy(model)
    asked = changed("asked/credit", "151 EUR")
    one, two, three = (policy.decide(asked, balances={"per-stay": "10 EUR"}).to_json() for _ in range(3))
    assert one == two == three == reference_decision(model, asked, balances={"per-stay": "10 EUR"}).to_json()
    policy.compile()
    assert policy.decide(asked, balances={"per-stay": "10 EUR"}).to_json() == one


def test_nothing_is_remembered_from_one_request_to_the_next(model: Model) -> None:
    """Decided in any order, each decision is the one that a policy fresh from its file takes."""
    compiled = Compiled(model)
    every = [changed("facts/incident/severity", severity) for severity in (1, 4, 3, 1, 5, 4)]
    every += [changed("asked/credit", amount) for amount in ("1 EUR", "999 EUR", "1 EUR")]
    every += [changed("employee/id", "e-18"), changed("facts/stay/nightly_rate", "1 EUR"), request()]
    for each in every:
        assert compiled.decide(each).to_json() == Compiled(model).decide(each).to_json()
        decision = compiled.decide(each)
        assert decision == reference_decision(model, each)


def test_what_is_wrong_is_told_by_whatever_decides(compiled: Compiled) -> None:
    before = compiled.left
    with pytest.raises(RequestError) as caught:
        compiled.decide(changed("facts/incident/severity", 6))
    assert [problem.path for problem in caught.value.problems] == ["facts.incident.severity"]
    assert compiled.left == before


@pytest.mark.parametrize(("asked", "outcome"), [("650 EUR", "grant"), ("650.01 EUR", "escalate")])
def test_what_is_owed_takes_no_room_in_a_cap(compiled: Compiled, asked: str, outcome: str) -> None:
    """The walked guest's first night is owed; only the 150 EUR on top count against the 600 EUR per stay (law 4)."""
    walked = changed("facts/incident", {"kind": "walked", "severity": 4})
    walked["facts"]["stay"]["nightly_rate"] = "500 EUR"
    decision = alone(compiled, {**walked, "asked": {"credit": asked}, "evidence": ["note", "incident_report"]})
    assert decision.outcome == outcome
    assert str(decision.limits["credit"]) == "650 EUR"
    assert str(decision.owed["credit"]) == "500 EUR"


def test_history_that_is_handed_over_needs_nothing_else(compiled: Compiled) -> None:
    asked = changed("facts/guest/recoveries", ...)
    assert alone(compiled, asked, history={"guest.recoveries": 1}).outcome == "grant"
    assert alone(compiled, asked, history={"guest.recoveries": 3}).outcome == "escalate"
    assert alone(compiled, request(), history={"guest.recoveries": 3}).outcome == "escalate", "the ledger knows better"
