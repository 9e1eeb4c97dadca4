"""Delay Repay. Pounds in pence."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from support.law.money import half_up

__all__ = ["repay"]

_JOURNEYS = {"single": 1, "return": 2, "weekly": 10, "monthly": 40, "quarterly": 130, "annual": 464}


def repay(facts: dict, occurred: date) -> int:
    """What the passenger gets back."""
    if not facts["journey.travelled"] or not facts["journey.caused_by_us"]:
        return 0
    if not 0 <= (facts["claim.day"] - occurred).days <= 28:
        return 0
    journey = Fraction(facts["ticket.price"], _JOURNEYS[facts["ticket.kind"]])
    minutes = facts["journey.delay"]
    if minutes < (15 if facts["operator.scheme"] == "dr15" else 30):
        return 0
    if minutes < 30:
        return half_up(journey / 4)
    if minutes < 60:
        return half_up(journey / 2)
    both_ways = minutes >= 120 and facts["ticket.kind"] != "single"
    return half_up(journey * 2 if both_ways else journey)
