"""The most that can be given over time: every sequence that is found replays in a ledger to the cent, and none gives more."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.authoring.exposure import exposure as searching
from remit.authoring.exposure.exposed import exposed
from remit.authoring.exposure.exposure import Exposure, exposure
from remit.authoring.exposure.exposure_text import exposure_data, exposure_text
from remit.authoring.exposure.grant_kinds import LargestGrant
from remit.authoring.exposure.ledger_replay import replay, request_of
from remit.authoring.exposure.proved_grants import history_ranges, largest_proved
from remit.authoring.proving.prover import Prover
from remit.deciding.policy import Policy
from remit.errors import ExposureError, MissingExtra
from support.golden import same_as
from support.trials import trials
from support.tried_grants import largest_tried

HEAD = """
policy: gestures
title: Gestures
version: "1"
owner: care
effective: {from: 2026-01-01}
currency: EUR
ladder: [clerk, boss]
facts:
  guest.id: {type: text, personal: true}
  stay.id: {type: text}
  kind: {type: choice, of: [noise, cold]}
  had: {type: integer, history: {count: grants, per: guest.id, over: 30 days}}
  sum: {type: money, history: {sum: credit, per: guest.id, over: 30 days}}
remedies:
  credit: {type: money}
  voucher: {type: money}
  points: {type: count, cost: 0.006 EUR}
"""
USUAL = "rules: [{id: r, may: {credit: {clerk: 50 EUR, boss: 80 EUR}}}]"
DAY = timedelta(days=1)


def policy(*sections: str) -> Policy:
    return remit.loads("\n".join((HEAD, *(sections or (USUAL,)))))


def most(of: Policy, who: Any = "customer", days: int = 365, role: str = "clerk", **more: Any) -> Exposure:
    """Of the credit, unless something else is said; what it finds has been replayed."""
    return exposure(of, largest_tried(of, role), who=who, days=days, role=role, **{"remedies": ["credit"], **more})


def found(of: Policy, *given: Any, **more: Any) -> tuple[str, int, int | None, int]:
    result = most(of, *given, **more)
    return result.status, result.least, result.most, len(result.steps)


PER_GUEST = "caps: [{id: c, per: guest.id, over: 90 days, max: 120 EUR}]"


# By hand


def test_a_rolling_cap_on_a_customer() -> None:
    """120 EUR at once, and again 90, 180, 270 and 360 days later: three requests each time."""
    assert found(policy(USUAL, PER_GUEST)) == ("exact", 5 * 12000, 5 * 12000, 15)


def test_the_sequence_is_the_earliest_with_full_grants_first() -> None:
    steps = most(policy(USUAL, PER_GUEST), days=91).steps
    assert [step.given["credit"] for step in steps] == [5000, 5000, 2000] * 2
    assert [step.at - steps[0].at for step in steps] == [timedelta()] * 3 + [90 * DAY] * 3
    assert [step.uses_up for step in steps] == [(), (), ("c",)] * 2


@pytest.mark.parametrize(
    ("over", "days", "times"), [("calendar month", 1, 2), ("30 days", 1, 1), ("30 days", 30, 1), ("calendar month", 30, 3)]
)
def test_a_calendar_month_pays_twice_where_thirty_days_pay_once(over: str, days: int, times: int) -> None:
    cap = f"caps: [{{id: c, per: guest.id, over: {over}, max: 2 grants}}]"
    assert found(policy(USUAL, cap), days=days) == ("exact", times * 10000, times * 10000, times * 2)


def test_the_cap_of_the_role_counts() -> None:
    of = policy(USUAL, "caps: [{id: c, per: guest.id, over: lifetime, max: {clerk: 60 EUR, boss: 200 EUR}}]")
    assert found(of) == ("exact", 6000, 6000, 2)
    assert found(of, role="boss") == ("exact", 20000, 20000, 3)


def test_without_a_cap_there_is_no_limit_and_the_sequence_shows_why() -> None:
    result = most(policy())
    assert (result.status, result.most, len(result.steps)) == ("unbounded", None, 3)
    assert {step.case for step in result.steps} == {"case-1", "case-2", "case-3"}
    assert replay(policy(), result.steps).ok


def test_a_cap_that_is_kept_for_somebody_else_does_not_bind() -> None:
    of = policy(USUAL, "caps: [{id: c, per: employee.id, over: 90 days, max: 120 EUR}]")
    assert most(of).status == "unbounded"
    assert found(of, "employee", 90) == ("exact", 12000, 12000, 3)
    assert found(of, days=90, employees=2) == ("exact", 24000, 24000, 6)


def test_a_cap_that_is_kept_for_each_stay_bounds_one_grant() -> None:
    capped = policy(USUAL, "caps: [{id: c, per: stay.id, over: lifetime, max: 20 EUR}]")
    result = most(capped)
    assert (result.status, [step.amount for step in result.steps]) == ("unbounded", [2000] * 3)
    assert found(capped, "case") == ("exact", 2000, 2000, 1)


def test_discretion_adds_for_each_employee() -> None:
    """Each grant of 50 EUR becomes 60, by another employee each time; one employee alone has 25 EUR a month."""
    own = "discretion: {clerk: {each: 10 EUR, max: 25 EUR, over: calendar month}}"
    grants = "caps: [{id: c, per: guest.id, over: 90 days, max: 2 grants}]"
    assert found(policy(USUAL, grants, own), days=90) == ("exact", 12000, 12000, 2)
    assert found(
        policy(USUAL, "caps: [{id: c, per: employee.id, over: calendar month, max: 4 grants}]", own), "employee", 1
    ) == (
        "exact",
        2 * (4 * 5000 + 2500),
        2 * (4 * 5000 + 2500),
        8,
    )


def test_a_guardrail_that_limits_leaves_discretion_no_room() -> None:
    rail = "guardrails: [{id: g, when: {kind: noise}, then: {limit: {credit: 30 EUR}}}]"
    own = "discretion: {clerk: {each: 10 EUR, max: 25 EUR, over: calendar month}}"
    grants = "caps: [{id: c, per: guest.id, over: lifetime, max: 1 grant}]"
    of = policy(USUAL, rail, grants, own)
    noisy = LargestGrant("credit", "clerk", 3000, {"kind": "noise"})
    assert exposure(of, {"credit": noisy}, who="customer", role="clerk", remedies=["credit"]).least == 3000
    assert found(of)[:2] == ("exact", 6000)


def test_history_stops_what_is_given() -> None:
    """Twice in 30 days, though the cap would allow four times."""
    rail = "guardrails: [{id: g, when: had >= 2, then: {limit: {credit: 0 EUR}}}]"
    cap = "caps: [{id: c, per: guest.id, over: 90 days, max: 4 grants}]"
    assert found(policy(USUAL, rail, cap), days=31) == ("exact", 4 * 5000, 4 * 5000, 4)
    assert found(policy(USUAL, rail, cap), days=30) == ("exact", 2 * 5000, 2 * 5000, 2)


def test_a_sum_of_the_past_does_not_see_the_grant_that_goes_beyond_it() -> None:
    """Below 70 EUR so far in 30 days: 50, then 19.99, and then 50 more."""
    rail = "guardrails: [{id: g, when: sum >= 70 EUR, then: {limit: {credit: 0 EUR}}}]"
    assert found(policy(USUAL, rail), days=30) == ("exact", 11999, 11999, 3)


def test_remedies_that_one_grant_gives_together() -> None:
    """One grant counts once, whatever it gives."""
    rules = "rules: [{id: r, may: {credit: 50 EUR, voucher: 30 EUR}}]"
    cap = "caps: [{id: c, per: guest.id, over: lifetime, max: 2 grants}]"
    assert found(policy(rules, cap), remedies=None) == ("exact", 16000, 16000, 2)


def test_remedies_that_no_case_gives_together() -> None:
    """What no case reaches is only a bound."""
    rules = "rules: [{id: r, when: {kind: noise}, may: {credit: 50 EUR}}, {id: s, when: {kind: cold}, may: {voucher: 30 EUR}}]"
    cap = "caps: [{id: c, per: guest.id, over: lifetime, max: 2 grants}]"
    assert found(policy(rules, cap), remedies=None) == ("between", 10000, 16000, 2)


def test_what_is_owed_is_told_apart() -> None:
    """30 EUR are owed for each stay, and 20 more may be given."""
    rules = "rules: [{id: r, owed: {credit: 30 EUR}, may: {credit: 50 EUR}}]\nclaim: {per: [guest.id, stay.id]}"
    cap = "caps: [{id: c, per: guest.id, over: 90 days, max: 45 EUR}]"
    result = most(policy(rules, cap), days=90)
    assert (result.status, result.most, [step.owed for step in result.steps]) == ("exact", 4500, [{"credit": 3000}] * 3)
    assert [(part.remedy, part.claim, part.is_renewed) for part in result.owed] == [("credit", ("guest.id", "stay.id"), True)]
    (part,) = most(policy(rules, cap), "case", days=90).owed
    assert not part.is_renewed


def test_a_claim_is_given_once_in_a_case() -> None:
    rules = "rules: [{id: r, may: {credit: 50 EUR}, claim: {per: case}}]"
    assert found(policy(rules), "case")[1:] == (5000, 5000, 1)
    assert most(policy(rules)).status == "unbounded"


def test_a_claim_is_given_once_however_long_it_takes() -> None:
    """A cap gives way again, and the claim does not."""
    rules = "rules: [{id: r, may: {credit: 50 EUR}, claim: {per: case}}]"
    assert found(policy(rules, PER_GUEST), "case")[1:] == (5000, 5000, 1)


def test_a_claim_is_shared_out_where_each_employee_may_give_a_part_of_it() -> None:
    """What is found is one grant of 20 EUR; what bounds it is not that."""
    rules = "rules: [{id: r, may: {credit: 50 EUR}, claim: {per: case}}]"
    result = most(policy(rules, "caps: [{id: c, per: employee.id, over: lifetime, max: 20 EUR}]"), "case")
    assert (result.status, result.least) == ("at least", 2000)


def test_costs_are_rounded_for_each_grant() -> None:
    """1.5 cents for three: 4 points cost 2 cents, 9 cost 5; so ten times 4 points cost 20 cents where 40 cost 24."""
    rules = "rules: [{id: r, may: {points: 40}}]"
    cap = "caps: [{id: c, per: guest.id, over: lifetime, max: 0.20 EUR, counts: [points]}]"
    result = most(policy(rules, cap), remedies=["points"])
    assert (result.status, result.most, len(result.steps)) == ("exact", 40, 10)
    assert {step.given["points"] for step in result.steps} == {4}


def test_what_costs_less_than_half_a_cent_has_no_limit_one_by_one() -> None:
    rules = "rules: [{id: r, may: {points: 40}}]"
    cap = "caps: [{id: c, per: guest.id, over: lifetime, max: 0.20 EUR, counts: [points]}]"
    cheap = remit.loads(policy(rules, cap).model.text.replace("0.006 EUR", "0.004 EUR"))
    assert most(cheap, remedies=["points"]).status == "unbounded"


def test_one_site_with_several_employees() -> None:
    caps = "{id: c, per: employee.id, over: 90 days, max: 120 EUR}, {id: d, per: employee.site, over: 90 days, max: 300 EUR}"
    head = HEAD.replace("  kind:", "  employee.site: {type: text}\n  kind:")
    of = remit.loads("\n".join((head, USUAL, f"caps: [{caps}]")))
    assert found(of, "site", 90, employees=2)[1:3] == (24000, 24000)
    assert found(of, "site", 90)[1:3] == (30000, 30000)


# Against the ledger


SECTIONS = st.fixed_dictionaries(
    {
        "clerk": st.integers(1, 6),
        "history": st.sampled_from(["", "had >= 2", "had >= 3", "sum > 4 EUR", "sum >= 7 EUR"]),
        "caps": st.lists(
            st.tuples(
                st.sampled_from(["guest.id", "employee.id", "stay.id", "[guest.id, employee.id]"]),
                st.sampled_from(["7 days", "30 days", "36 hours", "calendar week", "calendar month", "lifetime"]),
                st.sampled_from(["9 EUR", "14.50 EUR", "2 grants", "3 grants", "1 grant"]),
            ),
            min_size=1,
            max_size=3,
        ),
        "discretion": st.sampled_from(
            ["", "{each: 1 EUR, max: 2 EUR, over: calendar month}", "{each: 3 EUR, max: 3 EUR, over: 7 days}"]
        ),
        "zone": st.sampled_from(["UTC", "Europe/Amsterdam"]),
    }
)


def generated(parts: dict[str, Any]) -> Policy:
    caps = [f"{{id: c{n}, per: {per}, over: {over}, max: {high}}}" for n, (per, over, high) in enumerate(parts["caps"])]
    lines = [
        f"timezone: {parts['zone']}",
        f"rules: [{{id: r, may: {{credit: {parts['clerk']} EUR}}}}]",
        f"caps: [{', '.join(caps)}]",
    ]
    if parts["history"]:
        lines.append(f"guardrails: [{{id: g, when: '{parts['history']}', then: {{limit: {{credit: 0 EUR}}}}}}]")
    if parts["discretion"]:
        lines.append(f"discretion: {{clerk: {parts['discretion']}}}")
    return policy(*lines)


@pytest.mark.slow
@trials(60)
@given(SECTIONS, st.sampled_from(["customer", "employee"]), st.integers(1, 40), st.integers(0, 10**6))
def test_nobody_gets_more_by_chance(parts: dict[str, Any], who: str, days: int, seed: int) -> None:
    """The sequence replays to the cent (or it would be an error), and people who ask and take back at random get no more."""
    of = generated(parts)
    result = most(of, who, days)
    assert result.status in ("exact", "unbounded")
    if result.most is not None:
        assert by_chance(of, who, days, Random(seed)) <= result.most


def by_chance(of: Policy, who: str, days: int, random: Random) -> int:
    """What comes together within some horizon when somebody asks for as much as they can, and sometimes gives it back."""
    start = datetime(2026, 2, 20, tzinfo=UTC) + timedelta(minutes=random.randrange(20_000))
    now = start
    given: dict[str, int] = {}
    with remit.open_ledger(":memory:", clock=lambda: now, max_clock_jump=timedelta(days=10**5)) as ledger:
        for number in range(25):
            now = min(
                now + random.choice((0, 0, 1, 1, 3, 9)) * timedelta(hours=random.choice((1, 12, 24))),
                start + days * DAY - timedelta(microseconds=1),
            )
            employee = f"e-{1 if who == 'employee' else random.randrange(9)}"
            guest = f"g-{1 if who == 'customer' else random.randrange(9)}"
            request = {
                "employee": {"id": employee, "role": "clerk"},
                "facts": {"guest.id": guest, "stay.id": f"s-{number}", "kind": "noise"},
                "case": f"case-{number}",
                "occurred": now.date(),
                "key": f"k-{number}",
                **({"use_discretion": True, "story": "what happened"} if random.random() < 0.5 else {}),
            }
            for amount in (900, 600, 400, 300, 200, 100):
                entry = ledger.grant(
                    of, {**request, "asked": {"credit": remit.Money.from_minor(amount, "EUR")}, "key": f"k-{number}-{amount}"}
                )
                if entry.granted:
                    given[entry.id] = amount
                    if random.random() < 0.2:
                        ledger.void(entry.id, employee={"id": "b-1", "role": "boss"}, reason="a mistake")
                        del given[entry.id]
                    break
    return sum(given.values())


RULES = ["bank-fee-courtesy", "contact-centre-goodwill", "eu-air-passenger-rights", "hotel-guest-recovery", "retail-returns"]


@pytest.mark.slow
@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("who", ["customer", "case", "employee"])
def test_shipped_policies_replay_to_the_cent(name: str, who: Any) -> None:
    """Each of these would be an error if a request was refused, or a cent or a request more was granted."""
    of = shipped(name)
    for role in of.model.ladder:
        result = most(of, who, 100, role, remedies=None)
        again = replay(of, result.steps)
        assert (again.refused, again.given) == ({}, result.least)


def shipped(name: str) -> Policy:
    return remit.load(remit.shipped(name))


def test_the_hotel_as_worked_out_by_hand() -> None:
    """Three in 90 days, each of 150 EUR beyond the night that is owed, and 25 by the discretion of somebody new each time."""
    of = shipped("hotel-guest-recovery")
    assert found(of, days=365, role="associate") == ("exact", 5 * 3 * 17500, 5 * 3 * 17500, 15)


# What does not hold is no answer


def test_a_largest_grant_that_is_not_granted_is_refused() -> None:
    wrong = LargestGrant("credit", "clerk", 5001, {})
    with pytest.raises(ValueError, match="not granted to `clerk` but escalate"):
        exposure(policy(USUAL, PER_GUEST), {"credit": wrong}, who="customer", role="clerk", remedies=["credit"])


def test_a_sequence_that_does_not_replay_is_an_error_with_the_sequence(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*given: Any) -> Any:
        return [replace(each, most=each.most + 1) for each in real(*given)]

    real = searching.bounds_of
    monkeypatch.setattr(searching, "bounds_of", wrong)
    with pytest.raises(ExposureError, match="not granted in a ledger: request 3: escalate") as error:
        most(policy(USUAL, PER_GUEST), days=90)
    assert [step.amount for step in error.value.steps] == [5000, 5000, 2001]


def test_more_than_what_was_found_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*given: Any) -> Any:
        return [replace(each, most=each.most - 1) for each in real(*given)]

    real = searching.bounds_of
    monkeypatch.setattr(searching, "bounds_of", wrong)
    with pytest.raises(ExposureError, match="a smallest unit more of credit in the last request"):
        most(policy(USUAL, PER_GUEST), days=90)


def test_the_whole_numbers_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the solver gives is added up again."""
    real = searching.as_steps
    monkeypatch.setattr(searching, "as_steps", lambda *given, **more: [*real(*given, **more), real(*given, **more)[-1]])
    with pytest.raises(ExposureError, match=r"takes more of `c` than is left.*do not add up"):
        most(policy(USUAL, PER_GUEST), days=90)


def test_what_cannot_be_asked() -> None:
    of = policy(USUAL, PER_GUEST)
    for more, said in (
        ({"role": "nobody"}, "`nobody` is not on the ladder"),
        ({"days": 0}, "`days`"),
        ({"employees": 0}, "`employees`"),
        ({"remedies": ["credit", "points"]}, "only remedies that are money"),
        ({"remedies": ["cash"]}, "no remedy `cash`"),
        ({"who": "nobody"}, "`nobody` is none of"),
    ):
        given: dict[str, Any] = {"who": "customer", "role": "clerk", "days": 9, "remedies": ["credit"], **more}
        with pytest.raises(ValueError, match=said):
            exposure(of, largest_tried(of, "clerk"), **given)
    with pytest.raises(ValueError, match="the largest grant of `credit` is not given"):
        exposure(of, {}, who="customer", role="clerk", remedies=["credit"])


def test_without_the_solver_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    with pytest.raises(MissingExtra, match=r"remit\[prove\]"):
        most(policy(USUAL, PER_GUEST))


def test_the_solver_prints_nothing() -> None:
    code = (
        "import remit\n"
        "from remit.authoring.exposure.exposure import exposure\n"
        "from remit.authoring.exposure.proved_grants import largest_proved\n"
        "from remit.authoring.proving.prover import Prover\n"
        "p = remit.load(remit.shipped('hotel-guest-recovery'))\n"
        "print(exposure(p, largest_proved(Prover(p.model, 30), 'associate'), who='customer', role='associate', days=90).most)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("52500\n", "")


def test_ranges_of_history_are_where_tests_change() -> None:
    rail = "guardrails: [{id: g, when: had >= 2 or sum > 70 EUR, then: {limit: {credit: 0 EUR}}}]"
    ranges = history_ranges(policy(USUAL, rail).model)
    assert ranges == [
        {"had": (0, 1), "sum": (0, 7000)},
        {"had": (0, 1), "sum": (7001, None)},
        {"had": (2, None), "sum": (0, 7000)},
        {"had": (2, None), "sum": (7001, None)},
    ]


# What people read


def told() -> Iterator[tuple[str, Policy, Exposure]]:
    hotel, bank, centre = map(shipped, ("hotel-guest-recovery", "bank-fee-courtesy", "contact-centre-goodwill"))
    yield "customer", hotel, most(hotel, "customer", 365, "associate")
    yield "employee", bank, most(bank, "employee", 30, "banker", remedies=["courtesy"])
    yield "case", hotel, most(hotel, "case", 365, "associate")
    yield "unbounded", centre, most(centre, "customer", 365, "agent", remedies=["refund"])
    yield "nothing", bank, most(bank, "customer", 365, "banker", remedies=["correction"])
    yield "points", hotel, most(hotel, "customer", 1, "associate", remedies=["points"])


def test_the_words() -> None:
    text = "\n\n".join(f"== {name}\n{exposure_text(of.model, result)}" for name, of, result in told())
    same_as("exposure/told.txt", f"{text}\n")


def test_the_data_says_the_same() -> None:
    for _, of, result in told():
        data = json.loads(json.dumps(exposure_data(of.model, result)))
        assert data["status"] == result.status
        assert len(data["steps"]) == len(result.steps)
        for step, plain in zip(result.steps, data["steps"], strict=True):
            request = {**request_of(of, step, None), "asked": plain["asked"], "facts": plain["facts"]}
            assert of.decide(request).to_dict() == of.decide(request_of(of, step, None)).to_dict()


# The largest single grants, proved


@pytest.mark.parametrize(
    "name", ["bank-distress-awards", "hotel-guest-recovery", "insurance-claims-authority", "us-parcel-claims"]
)
def test_no_case_that_is_tried_gives_more_than_is_proved(name: str) -> None:
    of = remit.load(remit.shipped(name))
    for role in of.model.ladder:
        proved = largest_proved(Prover(of.model, 60), role)
        for remedy, tried in largest_tried(of, role).items():
            for one, other in zip(tried, proved[remedy], strict=True):
                assert one.history == other.history
                assert other.amount is None or (one.amount is not None and one.amount <= other.amount), (role, remedy)


def test_what_depends_on_what_else_is_asked_has_no_bound_that_is_proved() -> None:
    """Alone 50 EUR, beside a voucher 80: adding up the 50 would be wrong."""
    widened = (
        "rules: [{id: r, may: {credit: 50 EUR, voucher: 9 EUR}}, {id: s, when: asked.voucher > 0 EUR, may: {credit: 80 EUR}}]"
    )
    ((result, _),) = exposed(Prover(policy(widened, PER_GUEST).model, 60), ["customer"], ["clerk"], [365])
    assert result.verdict == "open"
    assert result.told == ("not proved: how much credit clerk may give depends on how much voucher is asked",)
    narrowed = "guardrails: [{id: g, when: asked.voucher > 0 EUR, then: {limit: {credit: 10 EUR}}, say: x}]"
    ((result, _),) = exposed(Prover(policy(USUAL, narrowed, PER_GUEST).model, 60), ["customer"], ["clerk"], [365])
    assert result.verdict == "proved"  # beside anything else it is less
