"""Six policies against the law restated by hand: the same amounts for every generated case, to the cent."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import remit
from support import rules
from support.generated import cents, days, hours, near, request
from support.law import appr, delay_repay, eu261, ofcom, parcels, water
from support.trials import trials

EXAMPLES = trials(120)
booleans = st.booleans()


def load(name: str) -> remit.Policy:
    return rules.load(rules.RULES / f"{name}.yaml")


def agrees(policy: remit.Policy, told: dict[str, Any], remedy: str, owed: int, **known: Any) -> None:
    """The policy owes exactly ``owed`` cents: it says so, all of it is granted, and a cent more is not."""
    told = {**told, "evidence": sorted(policy.model.evidence)}
    assert policy.decide(told, **known).owed[remedy] == remit.Money.from_minor(owed, str(policy.model.currency))
    for more in (0, 1):
        if owed + more:
            asked = {remedy: remit.Money.from_minor(owed + more, str(policy.model.currency))}
            assert (policy.decide({**told, "asked": asked}, **known).outcome == "grant") is not bool(more)


@EXAMPLES
@given(
    st.fixed_dictionaries(
        {
            "booking.passengers": st.integers(1, 9),
            "booking.public_fare": booleans,
            "booking.checked_in": booleans,
            "flight.disruption": st.sampled_from(["delay", "cancellation", "denied_boarding"]),
            "flight.distance": near(1500, 3500, high=12_000),
            "flight.within_eu": booleans,
            "flight.departure_delay": near(120, 180, 240, high=900),
            "flight.arrival_delay": near(120, 180, 240, low=-60, high=900),
            "flight.overnight": booleans,
            "flight.cause": st.sampled_from(["airline", "extraordinary"]),
            "notice.days": near(7, 14, high=40),
            "reroute.offered": booleans,
            "reroute.departs_early": near(60, 120, low=-60, high=600),
            "reroute.arrives_late": near(120, 180, 240, low=-60, high=900),
            "seats.downgraded": st.integers(0, 3),
            "ticket.price": cents(),
        }
    )
)
def test_eu261(facts: dict[str, Any]) -> None:
    policy = load("eu-air-passenger-rights")
    told = request(facts, date(2026, 3, 1), "agent", "EUR", ["ticket.price"])
    agrees(policy, told, "compensation", eu261.compensation(facts))
    agrees(policy, told, "fare_back", eu261.fare_back(facts))
    assert policy.decide(told).owed["meals"] is eu261.care(facts)


@EXAMPLES
@given(
    st.dates(date(2020, 1, 1), date(2026, 12, 31)).flatmap(
        lambda day: st.tuples(
            st.just(day),
            st.fixed_dictionaries(
                {
                    "booking.passengers": st.integers(1, 9),
                    "carrier.size": st.sampled_from(["large", "small"]),
                    "claim.day": days(day, 14, 365, 366),
                    "flight.event": st.sampled_from(["delay", "cancellation", "denied_boarding"]),
                    "flight.hours_late": hours(3, 6, 9, high=24),
                    "flight.cause": st.sampled_from(["carrier", "carrier", "carrier", "safety", "outside"]),
                    "notice.days": near(14, high=30),
                    "ticket.refunded": booleans,
                }
            ),
        )
    )
)
def test_appr(case: tuple[date, dict[str, Any]]) -> None:
    occurred, facts = case
    told = request(facts, occurred, "agent", "CAD", [])
    agrees(load("canada-air-passenger-rights"), told, "compensation", appr.compensation(facts, occurred))


@EXAMPLES
@given(
    st.dates(date(2020, 1, 1), date(2026, 12, 31)).flatmap(
        lambda day: st.tuples(
            st.just(day),
            st.fixed_dictionaries(
                {
                    "operator.scheme": st.sampled_from(["dr15", "dr30"]),
                    "journey.delay": near(15, 30, 60, 120, high=300),
                    "journey.travelled": st.sampled_from([True, True, True, False]),
                    "journey.caused_by_us": st.sampled_from([True, True, True, False]),
                    "ticket.kind": st.sampled_from(["single", "return", "weekly", "monthly", "quarterly", "annual"]),
                    "ticket.price": cents(high=9_000_00),
                    "claim.day": days(day, 28, spread=40),
                }
            ),
        )
    )
)
def test_delay_repay(case: tuple[date, dict[str, Any]]) -> None:
    occurred, facts = case
    told = request(facts, occurred, "clerk", "GBP", ["ticket.price"])
    agrees(load("uk-rail-delay-repay"), told, "repay", delay_repay.repay(facts, occurred))


@EXAMPLES
@given(
    st.one_of(
        st.sampled_from([date(year, month, day) for year in range(2019, 2027) for month, day in ((4, 1), (4, 2), (12, 24))]),
        st.sampled_from([date(year, 3, 31) for year in range(2020, 2028)]),
        st.dates(date(2019, 4, 1), date(2027, 12, 31)),
    ).flatmap(
        lambda day: st.tuples(
            st.just(day),
            st.fixed_dictionaries(
                {
                    "failed": st.lists(st.sampled_from(["repair", "start", "appointment"]), min_size=1, unique=True),
                    "account.joined": days(day, spread=3),
                    "fault.reported": st.just(day),
                    "fault.repaired": days(day, 2, 3, 4, 5, spread=30),
                    "fault.paused": near(1, high=5),
                    "start.promised": st.just(day),
                    "start.live": days(day, 1, 2, spread=30),
                    "start.paused": near(1, high=5),
                    "appointment.outcome": st.sampled_from(["kept", "missed", "cancelled"]),
                    "appointment.notice": hours(24, high=72),
                }
            ),
        )
    )
)
def test_ofcom(case: tuple[date, dict[str, Any]]) -> None:
    occurred, facts = case
    policy, told = load("uk-telecom-automatic-compensation"), request(facts, occurred, "adviser", "GBP", [])
    agrees(policy, told, "repair_credit", ofcom.repair(facts, occurred))
    agrees(policy, told, "start_credit", ofcom.start(facts, occurred))
    agrees(policy, told, "appointment_credit", ofcom.appointment(facts, occurred))


STANDARDS = [
    "appointment_not_made",
    "appointment_not_kept",
    "low_pressure",
    "no_notice",
    "supply",
    "sewer_flooding",
    "priority_register",
    "charges_notice",
    "meter_reading",
]


@EXAMPLES
@given(
    st.one_of(
        st.sampled_from([date(2025, 7, 1), date(2025, 7, 2), date(2025, 9, 30), date(2025, 10, 1), date(2025, 11, 30)]),
        st.dates(date(2018, 1, 1), date(2027, 12, 31)),
    ).flatmap(
        lambda day: st.tuples(
            st.just(day),
            st.fixed_dictionaries(
                {
                    "account.id": st.just("A-1"),
                    "account.business": booleans,
                    "failed": st.sampled_from(STANDARDS),
                    "supply.hours_late": hours(0, 12, 24, 36, 48, high=100),
                    "flooding.reported": days(day, 89, 90, 91, 92, spread=120),
                    "sewerage.charge": cents(150_00, 300_00, 1000_00, 2000_00, high=3_000_00),
                    "meter.missed": st.integers(1, 4),
                    "weather.exempt": st.sampled_from([False, False, True]),
                    "payment.late": booleans,
                }
            ),
            cents(25_00, 200_00, 225_00, 250_00, high=400_00),
        )
    )
)
def test_water(case: tuple[date, dict[str, Any], int]) -> None:
    occurred, facts, had = case
    policy, told = load("uk-water-guaranteed-standards"), request(facts, occurred, "adviser", "GBP", ["sewerage.charge"])
    history = {"account.pressure": remit.Money.from_minor(had, "GBP")}
    agrees(policy, told, "payment", water.payment(facts, occurred), history=history)
    agrees(policy, told, "pressure", water.pressure(facts, occurred, had), history=history)
    agrees(policy, told, "penalty", water.penalty(facts, occurred), history=history)


@EXAMPLES
@given(
    st.dates(date(2023, 4, 1), date(2027, 10, 1)).flatmap(
        lambda due: st.fixed_dictionaries(
            {
                "mail.service": st.sampled_from(["first_or_second", "signed_for", "special_delivery"]),
                "mail.fate": st.sampled_from(["lost", "damaged", "late"]),
                "mail.due": st.just(due),
                "mail.arrived": days(due, 1, 3, 7, 9, spread=20),
                "mail.loss": cents(20_00, 50_00, high=200_00),
                "mail.value": cents(0, 20_00, 50_00, high=200_00),
                "mail.cover": cents(high=2_500_00),
                "mail.postage": cents(high=20_00),
                "claim.day": days(due, 5, 7, 10, 14, spread=30),
                "claim.proof": st.sampled_from([True, True, False]),
            }
        )
    )
)
def test_royal_mail(facts: dict[str, Any]) -> None:
    money = ["mail.loss", "mail.value", "mail.cover", "mail.postage"]
    policy, told = load("uk-parcel-claims"), request(facts, facts["mail.due"], "adviser", "GBP", money)
    expected = parcels.royal_mail(facts)
    agrees(policy, told, "compensation", expected["compensation"])
    agrees(policy, told, "postage", expected["postage"])
    assert policy.decide(told).owed["stamps"] == expected["stamps"]


@EXAMPLES
@given(
    st.dates(date(2023, 7, 9), date(2027, 10, 1)).flatmap(
        lambda mailed: st.fixed_dictionaries(
            {
                "parcel.service": st.sampled_from(["ground_advantage", "priority", "express"]),
                "parcel.fate": st.sampled_from(["lost", "damaged", "contents_missing"]),
                "parcel.mailed": st.just(mailed),
                "parcel.loss": cents(100_00, high=600_00),
                "parcel.value": cents(100_00, high=600_00),
                "parcel.insured": cents(100_00, high=600_00),
                "parcel.postage": cents(high=60_00),
                "claim.day": days(mailed, 7, 15, 60, spread=90),
            }
        )
    )
)
def test_usps(facts: dict[str, Any]) -> None:
    money = ["parcel.loss", "parcel.value", "parcel.insured", "parcel.postage"]
    policy, told = load("us-parcel-claims"), request(facts, facts["parcel.mailed"], "clerk", "USD", money)
    for remedy, owed in parcels.usps(facts).items():
        agrees(policy, told, remedy, owed)
