"""Canada's Air Passenger Protection Regulations, sections 19 and 20. Dollars in cents."""

from __future__ import annotations

from datetime import date

__all__ = ["compensation"]


def compensation(facts: dict, occurred: date) -> int:
    """What all passengers on the booking are owed."""
    if facts["flight.cause"] != "carrier":
        return 0
    hours, people = facts["flight.hours_late"], facts["booking.passengers"]
    step = 0 if hours < 6 else 1 if hours < 9 else 2
    if facts["flight.event"] == "denied_boarding":
        return [90_000, 180_000, 240_000][step] * people
    if facts["notice.days"] > 14 or facts["claim.day"] >= _anniversary(occurred):
        return 0
    large = facts["carrier.size"] == "large"
    if facts["ticket.refunded"]:
        return (40_000 if large else 12_500) * people
    if hours < 3:
        return 0
    return ([40_000, 70_000, 100_000] if large else [12_500, 25_000, 50_000])[step] * people


def _anniversary(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 2, 28)
