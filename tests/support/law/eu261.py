"""Regulation (EC) 261/2004, articles 4 to 7, 9 and 10, and the Sturgeon judgment. Euros in cents."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from support.law.money import half_up

__all__ = ["care", "compensation", "fare_back"]


def _band(distance: Decimal, within_eu: bool) -> int:
    """Article 7(1): 0 for the short flights, 1 for the middle ones, 2 for the long ones."""
    if distance <= 1500:
        return 0
    return 1 if within_eu or distance <= 3500 else 2


def _covered(facts: dict) -> bool:
    """Article 3(2) and (3)."""
    return facts["booking.public_fare"] and (facts["booking.checked_in"] or facts["flight.disruption"] == "cancellation")


def compensation(facts: dict) -> int:
    """What all passengers on the booking are owed."""
    if not _covered(facts):
        return 0
    band = _band(facts["flight.distance"], facts["flight.within_eu"])
    full = [25_000, 40_000, 60_000][band]
    happened = facts["flight.disruption"]
    extraordinary = facts["flight.cause"] == "extraordinary"
    if happened == "delay":
        if extraordinary or facts["flight.arrival_delay"] < 180:
            return 0
        each = full // 2 if band == 2 and facts["flight.arrival_delay"] < 240 else full
    else:
        if happened == "cancellation" and (extraordinary or _told_in_time(facts)):
            return 0
        limit = [120, 180, 240][band]
        each = full // 2 if facts["reroute.offered"] and facts["reroute.arrives_late"] <= limit else full
    return each * facts["booking.passengers"]


def _told_in_time(facts: dict) -> bool:
    """Article 5(1)(c)."""
    notice = facts["notice.days"]
    if notice >= 14:
        return True
    if not facts["reroute.offered"]:
        return False
    early, late = (120, 240) if notice >= 7 else (60, 120)
    return facts["reroute.departs_early"] <= early and facts["reroute.arrives_late"] < late


def care(facts: dict) -> bool:
    """Articles 6 and 9: meals."""
    if not _covered(facts):
        return False
    if facts["flight.disruption"] != "delay":
        return True
    after = [120, 180, 240][_band(facts["flight.distance"], facts["flight.within_eu"])]
    return max(facts["flight.departure_delay"], facts["flight.arrival_delay"]) >= after


def fare_back(facts: dict) -> int:
    """Article 10(2)."""
    if not _covered(facts):
        return 0
    percent = [30, 50, 75][_band(facts["flight.distance"], facts["flight.within_eu"])]
    return half_up(Fraction(facts["ticket.price"] * percent * facts["seats.downgraded"], 100))
