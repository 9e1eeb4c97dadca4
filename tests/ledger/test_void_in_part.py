"""A part of a grant is taken back: what it took comes back for that part, and never more than there was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import remit
from remit.errors import NotAllowed
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request

WALKED = {"level": 5, "rate": "80 EUR"}


def used(ledger: remit.Ledger) -> tuple[str, int, str]:
    left = ledger.balances(desk(), request(role="supervisor", employee="s-1"))
    return str(left["guest-money"].used), int(left["guest-grants"].used), str(left["discretion"].used)  # type: ignore[arg-type]


def void(ledger: remit.Ledger, grant: Any, **part: Any) -> Any:
    return ledger.void(grant.id, employee=MANAGER, reason="Half of it was not needed.", part=part or None)


def test_in_parts_until_nothing_is_left(ledger: remit.Ledger) -> None:
    grant = ledger.grant(desk(), request("40 EUR", asked={"points": 100, "late": True}))
    assert used(ledger)[:2] == ("40 EUR", 1)
    first = void(ledger, grant, credit="15 EUR", late=True)
    assert (first.body["part"], first.body["step"]) == ({"credit": "15 EUR", "late": True}, 3)
    assert used(ledger)[:2] == ("25 EUR", 1)  # it is still one grant
    assert void(ledger, grant, points=100).body["step"] == 4
    last = void(ledger, grant, credit="25 EUR")
    assert "step" not in last.body
    assert used(ledger)[:2] == ("0 EUR", 0)
    with pytest.raises(NotAllowed, match=r"record \d+ was taken back already, with record \d+"):
        void(ledger, grant, credit="1 EUR")
    assert [entry.kind for entry in ledger.related(grant.id)] == ["grant", "void", "void", "void"]


def test_a_part_and_then_the_rest(ledger: remit.Ledger) -> None:
    grant = ledger.grant(desk(), request("40 EUR"))
    void(ledger, grant, credit="10 EUR")
    void(ledger, grant)
    assert used(ledger)[:2] == ("0 EUR", 0)


def test_what_is_owed_comes_back_to_its_claim_and_goodwill_to_its_caps(ledger: remit.Ledger) -> None:
    """Goodwill comes back first: what is left was owed before it was anything else."""
    grant = ledger.grant(desk(), request("130 EUR", role="supervisor", employee="s-1", facts=WALKED, case="c"))
    assert used(ledger)[0] == "50 EUR"
    void(ledger, grant, credit="60 EUR")
    assert used(ledger)[0] == "0 EUR"
    after = ledger.preview(desk(), request(facts=WALKED, case="c")).remedies["credit"]
    assert (str(after.received), str(after.owed)) == ("70 EUR", "10 EUR")


def test_discretion_comes_back_first(ledger: remit.Ledger) -> None:
    story = {"use_discretion": True, "story": "The lift was out of order, and she came with a pram."}
    grant = ledger.grant(desk(), request("230 EUR", role="supervisor", employee="s-1", evidence=["note"], **story))
    assert (grant.granted, used(ledger)[2]) == (True, "30 EUR")
    void(ledger, grant, credit="20 EUR")
    assert used(ledger)[2] == "10 EUR"


def test_a_hold_that_was_settled_in_part(ledger: remit.Ledger, clock: Clock) -> None:
    hold = ledger.hold(desk(), request("40 EUR"), lasts=timedelta(hours=1))
    ledger.settle(hold.id, employee=MANAGER, given={"credit": "30 EUR"})
    void(ledger, hold, credit="10 EUR")
    assert used(ledger)[:2] == ("20 EUR", 1)
    with pytest.raises(NotAllowed, match="less credit is left"):
        void(ledger, hold, credit="21 EUR")
    void(ledger, hold)
    assert used(ledger)[:2] == ("0 EUR", 0)


WRONG = [
    ({"credit": "41 EUR"}, "less credit is left of"),
    ({"points": 1}, "less points is left of"),
    ({"gold": "1 EUR"}, "less gold is left of"),
    ({"credit": "0 EUR"}, "nothing of"),
    ({"credit": "0.001 EUR"}, "cannot be taken back so"),
]


@pytest.mark.parametrize(("part", "text"), WRONG)
def test_what_was_not_given_cannot_be_taken_back(ledger: remit.Ledger, part: dict[str, Any], text: str) -> None:
    grant = ledger.grant(desk(), request("40 EUR"))
    with pytest.raises(NotAllowed, match=text):
        void(ledger, grant, **part)
    assert used(ledger)[0] == "40 EUR"


def test_who_may_is_the_same(ledger: remit.Ledger) -> None:
    grant = ledger.grant(desk(), request("40 EUR", role="supervisor", employee="s-1"))
    with pytest.raises(NotAllowed, match="was given by s-1"):
        ledger.void(grant.id, employee={"id": "e-9", "role": "associate"}, reason="No.", part={"credit": "1 EUR"})
    again = [ledger.void(grant.id, employee=SUPERVISOR, reason="Yes.", part={"credit": "1 EUR"}, key="v") for _ in range(2)]
    assert again[0].id == again[1].id
    assert used(ledger)[0] == "39 EUR"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.integers(1, 4000), max_size=6), owed=st.integers(0, 120))
def test_law_what_is_left_takes_what_a_smaller_grant_would_have_taken(parts: list[int], owed: int) -> None:
    with remit.open_ledger(":memory:") as ledger, remit.open_ledger(":memory:") as smaller:
        facts = {"level": 5, "rate": f"{owed} EUR"}
        asked = {"role": "supervisor", "employee": "s-1", "facts": facts, "case": "c"}
        grant = ledger.grant(desk(), request("150 EUR", **asked))  # type: ignore[arg-type]
        left = 15_000
        for cents in parts:
            if cents < left:
                void(ledger, grant, credit=str(remit.Money.from_minor(cents, "EUR")))
                left -= cents
        assert smaller.grant(desk(), request(str(remit.Money.from_minor(left, "EUR")), **asked)).granted  # type: ignore[arg-type]
        assert used(ledger) == used(smaller)
        had = [each.preview(desk(), request(facts=facts, case="c")).remedies["credit"] for each in (ledger, smaller)]
        assert (had[0].received, had[0].owed) == (had[1].received, had[1].owed)
        assert ledger.verify(thorough=True).ok
