"""The Guaranteed Standards Scheme for water in England. Pounds in pence."""

from __future__ import annotations

from datetime import date
from math import ceil, floor

__all__ = ["payment", "penalty", "pressure"]

_JULY_2025, _OCTOBER_2025 = date(2025, 7, 2), date(2025, 10, 1)


def payment(facts: dict, occurred: date) -> int:
    """Every standard but low pressure."""
    new, business = occurred >= _JULY_2025, facts["account.business"]
    failed = facts["failed"]
    if facts["weather.exempt"] and failed in ("supply", "no_notice", "sewer_flooding"):
        return 0
    if failed == "appointment_not_made":
        return 40_00 if new else 20_00
    if failed == "appointment_not_kept":
        return 50_00 if new else 20_00
    first, further = (50_00, 50_00) if new else (50_00, 25_00) if business else (20_00, 10_00)
    if failed == "no_notice":
        return first
    if failed == "supply":
        late = facts["supply.hours_late"]
        return 0 if late == 0 else first + further * (ceil(late / (12 if new else 24)) - 1)
    if failed == "sewer_flooding":
        if facts["flooding.reported"] > _months_later(occurred, 3):
            return 0
        least, most = (300_00, 2000_00) if new else (150_00, 1000_00)
        return max(least, min(most, facts["sewerage.charge"]))
    if occurred < _OCTOBER_2025:
        return 0
    if failed == "priority_register":
        return 100_00
    if failed == "charges_notice":
        return 150_00
    if failed == "meter_reading":
        return 40_00 if facts["meter.missed"] == 1 else 80_00
    return 0


def pressure(facts: dict, occurred: date, had: int) -> int:
    """Low pressure, up to a total for the financial year."""
    if facts["failed"] != "low_pressure" or facts["weather.exempt"]:
        return 0
    each, year = (50_00, 250_00) if occurred >= _JULY_2025 else (25_00, 25_00)
    return max(0, min(each, year - had))


def penalty(facts: dict, occurred: date) -> int:
    """For a payment that is itself late."""
    if not facts["payment.late"]:
        return 0
    if occurred < _JULY_2025:
        return 10_00
    return 100_00 if facts["account.business"] else 40_00


def _months_later(day: date, months: int) -> date:
    year, month = day.year + floor((day.month - 1 + months) / 12), (day.month - 1 + months) % 12 + 1
    for last in range(day.day, 27, -1):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    return date(year, month, day.day)
