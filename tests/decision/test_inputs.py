"""Requests that do not fit: everything that is wrong in one error, whatever it is made of, and nothing odd is let through."""

from __future__ import annotations

import pickle
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import remit
from remit.deciding.policyset import PolicySet
from remit.decision.inputs import check_request
from remit.language.values import Unknown
from support.steps import steps

POLICY = remit.load(remit.shipped("hotel-guest-recovery"))
REQUEST: dict[str, Any] = {
    "employee": {"id": "e-1", "role": "associate"},
    "asked": {"credit": "25 EUR"},
    "facts": {"incident": {"kind": "noise", "severity": 3}, "guest.tier": "gold"},
    "evidence": ["note"],
}
HISTORY = {"guest.recoveries": 0}


def problems(request: Any, **given: Any) -> dict[str | None, str]:
    with pytest.raises(remit.RequestError) as caught:
        POLICY.decide(request, **given)
    return {problem.path: problem.message for problem in caught.value.problems}


def test_all_problems_at_once() -> None:
    found = problems(
        {
            "employee": {"id": "", "role": "boss"},
            "asked": {"credit": 4.5, "money": 1, "points": True, "late_checkout": 1},
            "facts": {
                "guest": {"teir": "gold"},
                "incident": {"kind": "loud", "severity": 9},
                "stay.nightly_rate": "9 USD",
                "stay.nights": "2",
            },
            "occurred": "yesterday",
            "evidence": "note",
            "use_discretion": "yes",
            "nonsense": 1,
        }
    )
    assert set(found) == {
        "nonsense", "employee.id", "employee.role", "asked.credit", "asked.money", "asked.points", "asked.late_checkout",
        "facts.guest.teir", "facts.incident.kind", "facts.incident.severity", "facts.stay.nightly_rate", "facts.stay.nights",
        "occurred", "evidence", "use_discretion",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ({"evidence": [{}]}, "evidence"),
        ({"evidence": [["note"]]}, "evidence"),
        ({"occurred": "2026-W27-3"}, "occurred"),
        ({"occurred": 10**5000}, "occurred"),
        ({"use_discretion": 10**5000}, "use_discretion"),
        ({"evidence": [10**5000]}, "evidence"),
        ({"asked": {"points": 10**5000}}, "asked.points"),
        ({"asked": {"credit": Decimal("NaN")}}, "asked.credit"),
        ({"asked": {"credit": "25.001 EUR"}}, "asked.credit"),
        ({"facts": {"incident": {"severity": float("nan")}}}, "facts.incident.severity"),
        ({"facts": {"incident": {"severity": True}}}, "facts.incident.severity"),
        ({"facts": {"incident": 3}}, "facts.incident"),
        ({"case": "x" * 20_000}, "case"),
        ({"key": 3}, "key"),
    ],
)
def test_odd_values_are_told_with_their_path(part: dict[str, Any], path: str) -> None:
    assert list(problems({**REQUEST, **part}, history=HISTORY)) == [path]


@pytest.mark.parametrize("bad", [None, 3, "request", [REQUEST]])
def test_a_request_is_a_mapping(bad: Any) -> None:
    problems(bad)


def test_a_blank_story_is_no_story() -> None:
    request = {**REQUEST, "asked": {"credit": "45 EUR"}, "use_discretion": True}
    assert POLICY.decide({**request, "story": " \n"}, history=HISTORY).missing.story
    for nothing in (".", "x", "1234", "- -"):
        with pytest.raises(remit.RequestError, match="is no story"):
            POLICY.decide({**request, "story": nothing}, history=HISTORY)
    assert POLICY.decide({**request, "story": "She was very kind."}, history=HISTORY).outcome == "grant"


def test_very_many_problems_are_cut_short() -> None:
    def run(count: int) -> None:
        with pytest.raises(remit.RequestError) as caught:
            POLICY.decide({**REQUEST, "facts": {f"wrong{number}" * 50: 1 for number in range(count)}})
        assert len(caught.value.problems) == 100
        assert len(str(caught.value)) < 100_000

    few, many = (steps(lambda count=count: run(count)) for count in (1_000, 10_000))  # type: ignore[misc]
    assert many < 11 * few


def test_a_policy_pickles_and_cannot_be_changed() -> None:
    again = pickle.loads(pickle.dumps(POLICY))
    assert again.decide(REQUEST, history=HISTORY).to_json() == POLICY.decide(REQUEST, history=HISTORY).to_json()
    with pytest.raises(AttributeError):
        again.model = None


def test_the_first_decision_is_as_every_other() -> None:
    fresh = remit.load(remit.shipped("hotel-guest-recovery"))
    answers = {fresh.decide(REQUEST, history=HISTORY).to_json() for _ in range(5)}
    answers |= {fresh.decide({**REQUEST, "facts": {**REQUEST["facts"], "guest.recoveries": 0}}).to_json() for _ in range(5)}
    assert len(answers) == 1


def folder() -> PolicySet:
    return remit.load_folder(remit.shipped("hotel-guest-recovery").parent)


@pytest.mark.parametrize("bad", [None, [1], 3, {"occurred": 3}])
def test_a_folder_refuses_what_a_policy_refuses(bad: Any) -> None:
    with pytest.raises(remit.RequestError):
        folder()["hotel-guest-recovery"].decide(bad)


def test_a_folder_says_which_policies_there_are() -> None:
    with pytest.raises(remit.RequestError, match="hotel-guest-recovery"):
        folder().decide(REQUEST)
    decision = folder()["hotel-guest-recovery"].decide({**REQUEST, "occurred": "2026-07-01"}, history=HISTORY)
    assert decision.outcome == "grant"
    with pytest.raises(remit.RequestError, match="there is no policy `hotel-guest-recovry`") as told:
        folder()["hotel-guest-recovry"]
    assert told.value.problems[0].hint == "did you mean `hotel-guest-recovery`?"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for load, path in ((remit.load, tmp_path), (remit.load, tmp_path / "none.yaml"), (remit.load_folder, tmp_path / "none")):
        with pytest.raises(remit.PolicyError):
            load(path)  # type: ignore[operator]


def test_a_request_that_was_checked_before_decides_the_same() -> None:
    """The ledger checks a request before it locks anything, and reads balances and history afterwards."""
    request = {**REQUEST, "employee": {"id": "e-1", "role": "supervisor"}, "occurred": "2026-07-01"}
    checked = check_request(POLICY.model, request)
    for balances, history, requester in [
        ({"per-guest": {"used": 4}}, HISTORY, None),
        ({}, {"guest.recoveries": 5}, "associate"),
        (
            {"desk-month": {"used": Unknown(frozenset(("stay.id",)))}},
            {"guest.recoveries": Unknown(frozenset(("guest.id",)))},
            None,
        ),
    ]:
        given: dict[str, Any] = {"balances": balances, "history": history, "requester": requester}
        assert POLICY.decide(checked, **given) == POLICY.decide(request, **given)
        assert check_request(POLICY.model, checked, **given) == check_request(POLICY.model, request, **given)
    with pytest.raises(remit.RequestError) as caught:
        POLICY.decide(checked, balances={"per-gest": 1}, history={"guest.tier": "gold"}, requester="boss")
    assert {problem.path for problem in caught.value.problems} == {"balances.per-gest", "history.guest.tier", "requester"}


def test_equal_amounts_of_money_are_written_alike() -> None:
    assert {str(remit.Money(Decimal(text), "EUR")) for text in ("30.5", "30.50", "30.500")} == {"30.50 EUR"}
    assert {str(remit.Money(Decimal(text), "EUR")) for text in ("30", "30.00", "3E+1")} == {"30 EUR"}
    assert str(remit.Money(Decimal("30.505"), "EUR")) == "30.505 EUR"
    assert str(remit.Money(Decimal("-0"), "JPY")) == "0 JPY"
    assert str(remit.Money(Decimal("sNaN"), "EUR")) == "sNaN EUR"


_CLOCK = """\
policy: clock
title: A clock
version: "1"
owner: ops
currency: EUR
ladder: [clerk, boss]
facts:
  landed: {type: date-time}
  opens: {type: time, default: "09:00:00"}
remedies:
  credit: {type: money, title: Credit}
rules:
  - id: late
    because: It was late.
    when: 'landed > @"2026-07-01T12:00:00Z" and opens < @"23:00:00Z"'
    may: {credit: 30 EUR}
"""


@pytest.mark.parametrize(
    "landed",
    ["2026-07-01T14:30:00@Europe/Paris", datetime(2026, 7, 1, 14, 30, tzinfo=ZoneInfo("Europe/Paris"))],
)
def test_a_named_zone_is_read_once_and_recorded_as_an_offset(landed: Any, tmp_path: Path) -> None:
    """The rules of a zone may change; what was decided does not hang on them (law 7)."""
    path = tmp_path / "clock.yaml"
    path.write_text(_CLOCK, encoding="utf-8")
    policy = remit.load(path)
    asked = {"employee": {"id": "e-1", "role": "clerk"}, "asked": {"credit": "30 EUR"}, "occurred": "2026-07-01", "case": "C-1"}
    request = {**asked, "facts": {"landed": landed, "opens": "09:00:00@Europe/Paris"}}
    assert policy.decide(request).outcome == "grant"
    with remit.open_ledger(":memory:") as ledger:
        assert ledger.grant(policy, request).facts() == {"landed": "2026-07-01T14:30:00+02:00", "opens": "09:00:00+01:00"}
