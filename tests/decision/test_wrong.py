"""What a service developer reads when a request does not fit, in full (tests/cases/decision/wrong.txt)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import pytest

import remit
from support.golden import same_as

POLICY: Final = remit.load(remit.shipped("hotel-guest-recovery"))
WHO: Final = {"id": "e-1", "role": "associate"}
REQUEST: Final[dict[str, Any]] = {
    "employee": WHO,
    "facts": {"incident": {"kind": "noise", "severity": 3}},
}

REQUESTS: Final[list[Any]] = [
    None,
    "ask",
    {},
    {"employee": "e-17"},
    {"employee": ["e-17", "associate"]},
    {"employee": {"role": None}},
    {"employee": {"id": 17, "role": 3}},
    {"employee": {"id": " ", "role": ""}},
    {"employee": {"id": "e", "role": "Asociate"}},
    {"employee": WHO, "asked": "credit"},
    {"employee": WHO, "asked": {"credit": 45, "points": "2000", "late_checkout": "true"}},
    {"employee": WHO, "asked": {"credit": "45", "points": 2.5, "late_checkout": 1}},
    {"employee": WHO, "asked": {"credit": 45.0, "points": -5, "late_checkout": None}},
    {"employee": WHO, "asked": {"credit": "-5 EUR", "points": "many", "late_checkout": "yes"}},
    {"employee": WHO, "asked": {"credit": "", "points": [], "late_checkout": {}}},
    {"employee": WHO, "asked": {"credit": "45 USD", "points": 10**20, "credits": "5 EUR"}},
    {"employee": WHO, "asked": {"credit": Decimal("45"), "points": True}},
    {"employee": WHO, "facts": [1]},
    {"employee": WHO, "facts": {"incident": "noise", "guest.tier": "Gold", "stay.nights": "3"}},
    {"employee": WHO, "facts": {"incident": {"kind": "Noise", "severity": "3"}, "stay.nightly_rate": 120}},
    {"employee": WHO, "facts": {"incident": {"kind": ["noise"], "severity": 3.0}, "stay.nightly_rate": "120"}},
    {"employee": WHO, "facts": {"incident": {"kind": 3, "severity": 2.5}, "guest.id": 7, "guest.threatening": "false"}},
    {"employee": WHO, "facts": {"guest": {"id": {}, "threatening": 0}, "guest.id": "g-1", "incident.severity": 9}},
    {"employee": WHO, "case": 1001, "story": 5, "key": "k" * 300, "use_discretion": "true"},
    {"employee": WHO, "occurred": "01/07/2026", "evidence": "note"},
    {"employee": WHO, "occurred": datetime(2026, 7, 1, tzinfo=UTC), "evidence": [3, "nota"], "fact": {}},
    {"employee": WHO, "occurred": "1999-01-01"},
]

PASTS: Final[list[dict[str, Any]]] = [
    {"history": [3]},
    {"history": {"guest.recoveries": -1}},
    {"history": {"guest.recoveries": "2"}},
    {"history": {"guest.recoveries": 1.5, "guest.tier": "gold", "guest.recoverys": 2}},
    {"history": {"guest.recoveries": float("nan")}},
    {"balances": ["per-guest"]},
    {"balances": {"per-gest": 1, "discretion": 5.0}},
    {"balances": {"discretion": "5 USD"}},
    {"balances": {"discretion": "-5 EUR", "per-guest": -1}},
    {"balances": {"discretion": remit.Money(Decimal("NaN"), "EUR"), "per-guest": "1"}},
    {"balances": {"per-guest": {"used": 1, "until": "tomorrow"}, "discretion": None}},
    {"balances": {"per-guest": {"until": date(2026, 7, 1), "left": 3}}},
    {"balances": {"per-guest": float("inf")}, "history": {"guest.recoveries": None, "x": 1}, "requester": "bos"},
]


def told(request: Any, **given: Any) -> str:
    with pytest.raises(remit.RequestError) as caught:
        POLICY.decide(request, **given)
    return str(caught.value)


def test_what_is_told_of_wrong_requests() -> None:
    shown = [f"{str(request)[:200]}\n{told(request)}\n" for request in REQUESTS]
    shown += [f"{past}\n{told(REQUEST, **past)}\n" for past in PASTS]
    same_as("decision/wrong.txt", "\n".join(shown))


def test_a_balance_tells_when_it_comes_back() -> None:
    spent = {"used": 4, "until": "2026-09-01"}
    request = {**REQUEST, "asked": {"credit": "25 EUR"}}
    for balance in (spent, {**spent, "until": date(2026, 9, 1)}):
        decision = POLICY.decide(request, history={"guest.recoveries": 0}, balances={"per-guest": balance})
        assert decision.outcome == "escalate"
        assert "2026-09-01" in decision.to_json() or "1 September" in decision.to_json()


def test_what_a_ledger_counts_is_never_below_nothing() -> None:
    fact = POLICY.model.facts["guest.recoveries"]
    assert fact.low == 0
    facts = {**REQUEST["facts"], "guest.recoveries": -1}
    assert "below the lowest value" in told({**REQUEST, "facts": facts})
