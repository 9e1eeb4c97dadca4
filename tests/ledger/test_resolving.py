"""Holds, settlements, releases and voids: each at most once, and what was taken comes back to the cent."""

from __future__ import annotations

from datetime import timedelta

import pytest

import remit
from remit.errors import KeyConflict, NotAllowed, NotFound
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request

HOUR = timedelta(hours=1)
DESK = {"id": "e-1", "role": "associate"}


def used(ledger: remit.Ledger, **asked: object) -> tuple[str, object, str]:
    found = ledger.balances(desk(), request(**asked))  # type: ignore[arg-type]
    return str(found["guest-money"].used), found["guest-grants"].used, str(found["discretion"].used)


def visits(ledger: remit.Ledger) -> tuple[object, object]:
    read = ledger.decide(desk(), request()).body["read"]["history"]
    return read["guest.visits"], read["guest.received"]


def test_a_hold_takes_at_once_and_settles_whole(ledger: remit.Ledger) -> None:
    hold = ledger.hold(desk(), request("40 EUR"), lasts=HOUR)
    assert (hold.kind, hold.body["expires"]) == ("hold", "2026-07-01T13:00:00.000000Z")
    assert used(ledger) == ("40 EUR", 1, "0 EUR")
    settled = ledger.settle(hold.id, employee=DESK)
    assert (settled.kind, settled.of, settled.body["given"]) == ("settle", hold.id, {"credit": "40 EUR"})
    assert used(ledger) == ("40 EUR", 1, "0 EUR")
    for again in (ledger.settle, ledger.release):
        with pytest.raises(NotAllowed, match=rf"was settled already, by {settled.id}"):
            again(hold.id, employee=DESK)


def test_a_hold_settles_in_part_and_the_rest_comes_back(ledger: remit.Ledger) -> None:
    asked = request("60 EUR", asked={"late": True, "points": 100}, use_discretion=True, story="Why.")
    hold = ledger.hold(desk(), asked, lasts=HOUR)
    assert used(ledger) == ("60 EUR", 1, "10 EUR")
    settled = ledger.settle(hold.id, employee=DESK, given={"credit": "55.50 EUR"})
    assert used(ledger) == ("55.50 EUR", 1, "5.50 EUR")
    assert visits(ledger) == (1, "55.50 EUR")
    assert settled.body["given"] == {"credit": "55.50 EUR"}


def test_a_hold_of_what_is_owed_gives_back_the_goodwill_only(ledger: remit.Ledger) -> None:
    facts = {"level": 5, "rate": "80 EUR"}
    hold = ledger.hold(desk(), request("100 EUR", role="supervisor", facts=facts, case="c-1"), lasts=HOUR)
    assert used(ledger)[:2] == ("20 EUR", 1)
    ledger.settle(hold.id, employee=DESK, given={"credit": "79 EUR"})
    assert used(ledger)[:2] == ("0 EUR", 0)
    assert visits(ledger) == (1, "79.00 EUR")


WRONG = [
    ({"credit": "41 EUR"}, "holds less credit"),
    ({"points": 1}, "does not hold points"),
    ({"credit": "0 EUR"}, "release it instead"),
    ({}, "release it instead"),
    ({"credit": "much"}, "cannot be settled"),
]


@pytest.mark.parametrize(("given", "words"), WRONG)
def test_what_was_not_held_cannot_be_settled(ledger: remit.Ledger, given: dict[str, str], words: str) -> None:
    hold = ledger.hold(desk(), request("40 EUR"), lasts=HOUR)
    with pytest.raises(NotAllowed, match=words):
        ledger.settle(hold.id, employee=DESK, given=given)
    assert used(ledger)[0] == "40 EUR"
    ledger.settle(hold.id, employee=DESK)


def test_a_hold_is_released_with_all_it_took(ledger: remit.Ledger) -> None:
    hold = ledger.hold(desk(), request("40 EUR"), lasts=HOUR)
    released = ledger.release(hold.id, employee=DESK, reason="The card was refused.")
    assert used(ledger) == ("0 EUR", 0, "0 EUR")
    assert visits(ledger) == (0, "0.00 EUR")
    assert released.words("reason", reveal=True) == "The card was refused."
    with pytest.raises(NotAllowed, match="was released already"):
        ledger.settle(hold.id, employee=DESK)


def test_a_hold_expires_at_its_moment_and_frees_what_it_took(ledger: remit.Ledger, clock: Clock) -> None:
    hold = ledger.hold(desk(), request("50 EUR"), lasts=HOUR)
    ledger.hold(desk(), request("50 EUR"), lasts=3 * HOUR)
    clock.set("2026-07-01T12:59:59.999999")
    assert not ledger.grant(desk(), request("50 EUR")).granted
    clock.set("2026-07-01T13:00:00")
    assert ledger.grant(desk(), request("50 EUR")).granted
    release = next(ledger.records(kind="release"))
    assert (release.of, release.employee, release.body["expired"]) == (hold.id, None, True)
    assert release.body["recorded"] == "2026-07-01T13:00:00.000000Z"
    assert not ledger.grant(desk(), request("50 EUR")).granted


def test_an_expired_hold_is_released_at_the_moment_it_expired_however_late_that_is_seen(
    ledger: remit.Ledger, clock: Clock
) -> None:
    ledger.hold(desk(), request("50 EUR"), lasts=HOUR)
    ledger.hold(desk(), request("1 EUR", guest="g-2"), lasts=HOUR)
    clock.go(days=2)
    ledger.decide(desk(), request())
    moments = [(entry.kind, entry.body["recorded"][:19], entry.body["clock"][:19]) for entry in ledger.records()]
    assert moments == [
        ("hold", "2026-07-01T12:00:00", "2026-07-01T12:00:00"),
        ("hold", "2026-07-01T12:00:00", "2026-07-01T12:00:00"),
        ("release", "2026-07-01T13:00:00", "2026-07-03T12:00:00"),
        ("release", "2026-07-01T13:00:00", "2026-07-03T12:00:00"),
        ("decide", "2026-07-03T12:00:00", "2026-07-03T12:00:00"),
    ]


def test_a_hold_that_expires_while_it_is_settled_is_not_settled(ledger: remit.Ledger, clock: Clock) -> None:
    hold = ledger.hold(desk(), request("50 EUR"), lasts=HOUR)
    clock.go(hours=1)
    with pytest.raises(NotAllowed, match=r"expired at 2026-07-01T13:00:00.000000Z and was released"):
        ledger.settle(hold.id, employee=DESK)
    other = ledger.hold(desk(), request("50 EUR"), lasts=HOUR)
    clock.set("2026-07-01T13:59:59.999999")
    assert ledger.settle(other.id, employee=DESK).kind == "settle"


@pytest.mark.slow
def test_more_holds_than_one_transaction_takes_expire_together(ledger: remit.Ledger, clock: Clock) -> None:
    policy = desk("\n  - {id: all, per: employee.id, over: lifetime, max: 700 grants}\n")
    for number in range(700):
        assert ledger.hold(policy, request("1 EUR", guest=f"g-{number}"), lasts=HOUR).granted
    assert not ledger.grant(policy, request("1 EUR")).granted
    clock.go(hours=2)
    assert ledger.grant(policy, request("1 EUR")).granted
    assert ledger.balances(policy, request())["all"].used == 1


def test_a_void_gives_back_what_was_taken(ledger: remit.Ledger) -> None:
    grant = ledger.grant(desk(), request("60 EUR", use_discretion=True, story="Why."))
    void = ledger.void(grant.id, employee=MANAGER, reason="Wrong guest.")
    assert (void.kind, void.of, void.employee) == ("void", grant.id, "m-1")
    assert used(ledger) == ("0 EUR", 0, "0 EUR")
    assert visits(ledger) == (0, "0.00 EUR")
    with pytest.raises(NotAllowed, match=r"record \d+ was taken back already, with record \d+"):
        ledger.void(grant.id, employee=MANAGER, reason="Again.")


def test_a_void_counts_where_the_grant_counted(ledger: remit.Ledger, clock: Clock) -> None:
    """A grant that has left its window makes no room when it is voided."""
    policy = desk("\n  - {id: w, per: guest.id, over: 10 days, max: 50 EUR, counts: [credit]}\n")
    first = ledger.grant(policy, request("50 EUR"))
    clock.go(days=10)
    assert ledger.grant(policy, request("50 EUR")).granted
    ledger.void(first.id, employee=MANAGER, reason="Late.")
    assert str(ledger.balances(policy, request())["w"].used) == "50 EUR"
    assert not ledger.grant(policy, request("1 EUR")).granted


def test_a_settled_hold_is_voided_for_what_was_left_of_it(ledger: remit.Ledger) -> None:
    for by_settlement in (False, True):
        hold = ledger.hold(desk(), request("40 EUR"), lasts=HOUR)
        with pytest.raises(NotAllowed, match="still open: release it"):
            ledger.void(hold.id, employee=MANAGER, reason="No.")
        settled = ledger.settle(hold.id, employee=DESK, given={"credit": "15 EUR"})
        void = ledger.void(settled.id if by_settlement else hold.id, employee=MANAGER, reason="No.")
        assert void.of == hold.id
        assert used(ledger) == ("0 EUR", 0, "0 EUR")
    released = ledger.hold(desk(), request("40 EUR"), lasts=HOUR)
    ledger.release(released.id, employee=DESK)
    with pytest.raises(NotAllowed, match="nothing to void"):
        ledger.void(released.id, employee=MANAGER, reason="No.")


def test_only_what_was_granted_can_be_voided_and_only_with_a_reason(ledger: remit.Ledger) -> None:
    refused = ledger.grant(desk(), request("51 EUR"))
    with pytest.raises(NotAllowed, match="only what was granted"):
        ledger.void(refused.id, employee=MANAGER, reason="No.")
    grant = ledger.grant(desk(), request("50 EUR"))
    with pytest.raises(NotAllowed, match="a reason is required"):
        ledger.void(grant.id, employee=MANAGER, reason=" ")
    with pytest.raises(NotAllowed, match="not a hold"):
        ledger.settle(grant.id, employee=DESK)
    for unknown in ("nonsense", "01a20014-4ff2-72f4-8000-0000005812e5", refused.id[:-1] + "0"):
        with pytest.raises(NotFound):
            ledger.void(unknown if unknown != refused.id else "x", employee=MANAGER, reason="No.")
    with pytest.raises(remit.RequestError):
        ledger.void(grant.id, employee={"id": "m-1"}, reason="No.")


def test_who_gave_it_may_take_it_back_and_who_stands_above_them(ledger: remit.Ledger) -> None:
    def given(credit: str, by: dict[str, str]) -> str:
        entry = ledger.grant(desk(), request(credit, employee=by["id"], role=by["role"]))
        assert entry.granted
        return entry.id

    colleague, peer = {"id": "e-2", "role": "associate"}, {"id": "s-2", "role": "supervisor"}
    other_manager = {"id": "m-2", "role": "manager"}
    for giver, allowed, refused in (
        (DESK, (DESK, SUPERVISOR, MANAGER), (colleague,)),
        (SUPERVISOR, (SUPERVISOR, {"id": "s-1", "role": "associate"}, MANAGER), (DESK, peer)),
        (MANAGER, (MANAGER, other_manager), (DESK, SUPERVISOR)),
    ):
        for who in allowed:
            grant = given("1 EUR", giver)
            for bad in refused:
                with pytest.raises(NotAllowed, match=rf"was given by {giver['id']}, an? {giver['role']}: they may"):
                    ledger.void(grant, employee=bad, reason="No.")
            with pytest.raises(NotAllowed, match="`chef` is no role of this policy"):
                ledger.void(grant, employee={"id": giver["id"], "role": "chef"}, reason="No.")
            void = ledger.void(grant, employee=who, reason="No.")
            assert (void.body["employee"], void.of) == ({**who, "source": "stated"}, grant)
    assert used(ledger) == ("0 EUR", 0, "0 EUR")


def test_the_error_says_who_may_take_it_back(ledger: remit.Ledger) -> None:
    grant = ledger.grant(desk(), request("1 EUR"))
    with pytest.raises(NotAllowed) as told:
        ledger.void(grant.id, employee={"id": "e-2", "role": "associate"}, reason="No.")
    assert str(told.value) == (
        f"{grant.id} was given by e-1, an associate: they may take it back themselves, or a supervisor or above; "
        "not an associate"
    )


def test_an_approval_was_given_by_the_approver(ledger: remit.Ledger) -> None:
    task = ledger.escalate(desk(), request("120 EUR"))
    approved = ledger.approve(task.id, employee=SUPERVISOR)
    with pytest.raises(NotAllowed, match="was given by s-1, a supervisor"):
        ledger.void(approved.id, employee=DESK, reason="No.")
    assert ledger.void(approved.id, employee=SUPERVISOR, reason="No.").of == approved.id


def test_keys_make_every_operation_safe_to_repeat(ledger: remit.Ledger) -> None:
    hold = ledger.hold(desk(), request("40 EUR", key="h"), lasts=HOUR)
    assert ledger.hold(desk(), request("40 EUR", key="h"), lasts=HOUR).id == hold.id
    with pytest.raises(KeyConflict):
        ledger.hold(desk(), request("40 EUR", key="h"), lasts=2 * HOUR)
    settled = ledger.settle(hold.id, employee=DESK, given={"credit": "10 EUR"}, key="s")
    assert ledger.settle(hold.id, employee=DESK, given={"credit": "10 EUR"}, key="s").id == settled.id
    with pytest.raises(KeyConflict):
        ledger.settle(hold.id, employee=DESK, given={"credit": "11 EUR"}, key="s")
    void = ledger.void(hold.id, employee=MANAGER, reason="No.", key="v")
    assert ledger.void(hold.id, employee=MANAGER, reason="No.", key="v").id == void.id
    other = ledger.hold(desk(), request("40 EUR"), lasts=HOUR)
    released = ledger.release(other.id, employee=DESK, key="r")
    assert ledger.release(other.id, employee=DESK, key="r").id == released.id


def test_a_hold_lasts_for_some_time(ledger: remit.Ledger) -> None:
    with pytest.raises(NotAllowed, match="for some time"):
        ledger.hold(desk(), request(), lasts=timedelta())
    refused = ledger.hold(desk(), request("51 EUR"), lasts=HOUR)
    assert (refused.kind, refused.body["tried"]) == ("decide", "hold")
