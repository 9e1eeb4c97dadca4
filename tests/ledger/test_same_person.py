"""One guest and one employee are one, whatever the spelling: caps, claims, history and approvals go by the same rule."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import NotAllowed, RequestError
from remit.ledger.stores import opening
from support.desk import MANAGER, desk, request
from support.ledgers import place_of

SPELLINGS = (" g-1", "G-1", "g-1\u00a0", "\uff47-1")


def test_a_cap_is_one_for_all_spellings(ledger: remit.Ledger) -> None:
    for number, guest in enumerate(("g-1", *SPELLINGS)):
        entry = ledger.grant(desk(), request("10 EUR", guest=guest, employee=f"e-{number}"))
        assert entry.granted == (number < 4)  # four grants a month
        assert entry.facts(reveal=True)["guest.id"] == guest  # the spelling that was given is on record


def test_history_is_one_for_all_spellings(ledger: remit.Ledger) -> None:
    for number, guest in enumerate(SPELLINGS[:3]):
        assert ledger.grant(desk(), request("1 EUR", guest=guest, case=f"c-{number}")).granted
    read = ledger.decide(desk(), request("1 EUR", guest="g-1")).read(reveal=True)
    assert read["history"] == {"guest.visits": 3, "guest.received": "3.00 EUR"}


def test_a_claim_is_one_for_all_spellings(ledger: remit.Ledger) -> None:
    walked = {"level": 5, "rate": "80 EUR"}
    assert ledger.grant(desk(), request("80 EUR", facts=walked, case="C 7")).granted
    again = ledger.grant(desk(), request("80 EUR", facts=walked, case="c  7 "))
    assert not again.granted
    assert str(again.decision.remedies["credit"].received) == "80 EUR"


@pytest.mark.parametrize("spelling", ["E-1", " e-1", "e-1\u00a0", "\uff45-1"])
def test_nobody_answers_their_own_request_under_another_spelling(ledger: remit.Ledger, spelling: str) -> None:
    task = ledger.escalate(desk(), request("60 EUR"))
    for answer in (ledger.approve, lambda *given, **more: ledger.decline(*given, **more, reason="No.")):
        with pytest.raises(NotAllowed, match="nobody answers what they asked themselves"):
            answer(task.id, employee={"id": spelling, "role": "manager"})
    assert ledger.approve(task.id, employee=MANAGER).granted


def test_who_gave_it_may_take_it_back_under_any_spelling(ledger: remit.Ledger) -> None:
    grant = ledger.grant(desk(), request("10 EUR"))
    assert ledger.void(grant.id, employee={"id": " E-1 ", "role": "associate"}, reason="A mistake.").kind == "void"


@pytest.mark.parametrize("bad", ["g\u200b1", "\u2800", ""])
def test_an_id_that_cannot_be_seen_is_refused(ledger: remit.Ledger, bad: str) -> None:
    with pytest.raises(RequestError, match=r"facts\.guest\.id"):
        ledger.grant(desk(), request("10 EUR", guest=bad))
    if bad:
        with pytest.raises(RequestError) as refused:
            ledger.grant(desk(), request("10 EUR", employee=f"e{bad}", case=f"c{bad}"))
        assert [each.path for each in refused.value.problems] == ["employee.id", "case"]
        with pytest.raises(RequestError, match=r"employee\.id"):
            ledger.decline("x", employee={"id": f"e{bad}", "role": "manager"}, reason="No.")


@pytest.fixture
def of_before(backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Where a ledger is whose three charges are under the spelling that was given."""
    place = place_of(backend, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(opening, "RULES", frozenset())
        patch.setattr("remit.ledger.caps.counting.identity", lambda text: text)
        with remit.open_ledger(**place, repeat_within=timedelta(0)) as ledger:
            for number in range(3):
                assert ledger.grant(desk(), request("10 EUR", guest="G-1", employee=f"e-{number}")).granted
    return place


def test_a_ledger_of_before_keeps_its_balances(of_before: dict[str, Any]) -> None:
    """Its charges count beside those of now, for whoever is spelled so."""
    with remit.open_ledger(**of_before, repeat_within=timedelta(0)) as ledger:
        first = next(ledger.records())
        assert ledger.grant(desk(), request("10 EUR", guest="G-1")).granted
        assert not ledger.grant(desk(), request("10 EUR", guest="G-1")).granted  # the fifth of four
        ledger.void(first.id, employee=MANAGER, reason="A mistake.")
        assert ledger.grant(desk(), request("10 EUR", guest="G-1")).granted
        assert ledger.balances(desk(), request("10 EUR", guest="G-1"))["guest-grants"].used == 4
        assert all(ledger.redecide(entry.id).same for entry in ledger.records() if entry.decision is not None)
        assert ledger.verify(thorough=True).ok


def test_a_note_that_somebody_put_there_makes_it_forget_none_of_them(of_before: dict[str, Any]) -> None:
    with remit.open_ledger(**of_before) as ledger:
        ledger._store.write(lambda session: session.put("INSERT INTO ledger VALUES (?, ?)", ("identity", "0")))
    with remit.open_ledger(**of_before, repeat_within=timedelta(0)) as ledger:
        assert ledger.balances(desk(), request("10 EUR", guest="G-1"))["guest-grants"].used == 3
        assert [each.kind for each in ledger.verify(thorough=True).findings] == ["index"]
