"""The front function: plain requests go through it alone, what is wrong never does, and it keeps nothing of its callers."""

from __future__ import annotations

import copy
import decimal
import threading
from pathlib import Path
from typing import Any

import pytest

from remit.decision import situations
from remit.decision.quick import Quick
from remit.errors import RequestError
from remit.language.values import Money
from remit.policy.loader import load_model
from remit.policy.model import Model

HOTEL = Path(__file__).parents[2] / "rules" / "hotel-guest-recovery.yaml"


class Alone(Quick):
    """Without the general path."""

    def general(self, request: Any, **given: Any) -> Any:
        raise AssertionError(f"left to the general path: {request}")


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(HOTEL)


@pytest.fixture(scope="module")
def alone(model: Model) -> Quick:
    return Alone(model)


@pytest.fixture(scope="module")
def quick(model: Model) -> Quick:
    return Quick(model)


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
def test_plain_requests_need_nothing_else(alone: Quick, path: str, value: Any, outcome: str) -> None:
    assert alone.decide(changed(path, value)).outcome == outcome


def test_dotted_facts_need_nothing_else(alone: Quick) -> None:
    dotted = request()
    guest = dotted["facts"].pop("guest")
    dotted["facts"] |= {f"guest.{name}": value for name, value in guest.items()}
    assert alone.decide(dotted).outcome == "grant"


WRONG = {
    "true for an integer": ("facts/incident/severity", True),
    "a float for an integer": ("facts/incident/severity", 3.0),
    "an integer for true": ("facts/guest/threatening", 1),
    "true for a count": ("asked/points", True),
    "one for an exception": ("asked/upgrade", 1),
    "a float for money": ("facts/stay/nightly_rate", 129.5),
    "a float asked for": ("asked/credit", 120.0),
    "money in another currency": ("facts/stay/nightly_rate", "129.50 USD"),
    "money asked finer than a cent": ("asked/credit", "120.005 EUR"),
    "money below its minimum": ("facts/stay/nightly_rate", "-1 EUR"),
    "a negative count": ("asked/points", -1),
    "out of range": ("facts/incident/severity", 6),
    "below its minimum": ("facts/stay/nights", 0),
    "no choice": ("facts/incident/kind", "fire"),
    "a list for a choice": ("facts/incident/kind", ["noise"]),
    "a number for text": ("facts/guest/id", 7),
    "text that is far too long": ("facts/guest/id", "x" * 10_001),
    "an unknown fact": ("facts/guest/age", 7),
    "an unknown group": ("facts/weather", {"rain": True}),
    "a group that is none": ("facts/stay", "long"),
    "an unknown remedy": ("asked/car", True),
    "an unknown role": ("employee/role", "king"),
    "no role": ("employee/role", ...),
    "no id": ("employee/id", ""),
    "an unknown key of the employee": ("employee/age", 40),
    "an unknown key": ("mood", "bad"),
    "a day that is none": ("occurred", "2026-02-30"),
    "before the policy": ("occurred", "2026-05-31"),
    "unknown evidence": ("evidence", ["photo"]),
    "evidence that is no list": ("evidence", "note"),
    "a case that is a number": ("case", 7),
    "discretion that is text": ("use_discretion", "yes"),
    "not a number": ("facts/stay/nights", float("nan")),
}


@pytest.mark.parametrize(("path", "value"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_never_let_through(quick: Quick, path: str, value: Any) -> None:
    with pytest.raises(RequestError) as caught:
        quick.decide(changed(path, value))
    assert len(caught.value.problems) == 1


def test_a_request_that_is_changed_afterwards_changes_nothing(quick: Quick) -> None:
    asked = request()
    before, after = quick.decide(copy.deepcopy(asked)), quick.decide(asked)
    asked["facts"]["incident"]["kind"] = "injury"
    asked["asked"]["credit"] = "999 EUR"
    asked["employee"]["role"] = "associate"
    asked["evidence"].clear()
    assert after.to_json() == before.to_json()


def test_a_mapping_that_makes_up_values_is_left_alone(quick: Quick) -> None:
    class Generous(dict[str, Any]):
        def __missing__(self, key: str) -> Any:
            self[key] = False
            return False

    asked = changed("facts/guest/threatening", ...)
    asked["facts"]["guest"] = Generous(asked["facts"]["guest"])
    assert quick.decide(asked).outcome == "grant"
    assert "threatening" not in asked["facts"]["guest"]


def test_the_thread_s_own_decimal_context_is_never_read(model: Model) -> None:
    expected = Quick(model).decide(request()).to_json()
    with decimal.localcontext() as context:
        context.prec = 2
        context.rounding = decimal.ROUND_UP
        assert Quick(model).decide(request()).to_json() == expected


def test_memos_are_bounded(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(situations, "_MOST_LEAVES", 4)
    monkeypatch.setattr(situations, "_MOST_SAME", 3)
    quick, fresh = Quick(model), Quick(model)
    for severity in (1, 2, 3, 4, 5):
        for kind in ("noise", "walked", "billing_error", "injury"):
            asked = changed("facts/incident/severity", severity)
            asked["facts"]["incident"]["kind"] = kind
            assert quick.decide(asked).outcome == fresh.general(asked).outcome
            assert len(quick.situations.leaves) <= 4


def test_many_threads_meet_new_situations_at_once(model: Model) -> None:
    quick = Quick(model)
    every = [
        changed("facts/incident", {"kind": kind, "severity": severity})
        for kind in ("noise", "cleanliness", "walked", "billing_error", "injury")
        for severity in (1, 2, 3, 4, 5)
    ]
    expected = [Quick(model).general(each).outcome for each in every]
    wrong: list[int] = []
    start = threading.Barrier(8)

    def work(offset: int) -> None:
        start.wait()
        for _ in range(40):
            for at in range(len(every)):
                number = (at + offset) % len(every)
                if quick.decide(every[number]).outcome != expected[number]:
                    wrong.append(number)

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize(("asked", "outcome"), [("650 EUR", "grant"), ("650.01 EUR", "escalate")])
def test_what_is_owed_takes_no_room_in_a_cap(alone: Quick, asked: str, outcome: str) -> None:
    """The walked guest's first night is owed; only the 150 EUR on top count against the 600 EUR per stay (law 4)."""
    walked = changed("facts/incident", {"kind": "walked", "severity": 4})
    walked["facts"]["stay"]["nightly_rate"] = "500 EUR"
    decision = alone.decide({**walked, "asked": {"credit": asked}, "evidence": ["note", "incident_report"]})
    assert decision.outcome == outcome
    assert str(decision.limits["credit"]) == "650 EUR"
    assert str(decision.owed["credit"]) == "500 EUR"


def test_history_that_is_handed_over_needs_nothing_else(alone: Quick) -> None:
    asked = changed("facts/guest/recoveries", ...)
    assert alone.decide(asked, history={"guest.recoveries": 1}).outcome == "grant"
    assert alone.decide(asked, history={"guest.recoveries": 3}).outcome == "escalate"
    assert alone.decide(request(), history={"guest.recoveries": 3}).outcome == "escalate", "the ledger knows better"
