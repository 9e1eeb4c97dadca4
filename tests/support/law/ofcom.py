"""Ofcom's automatic compensation scheme. Pounds in pence."""

from __future__ import annotations

from datetime import date

from support.law.working_days import nth_after

__all__ = ["appointment", "repair", "start"]

#: From 1 April of the year: repair a day, appointment, start a day.
_RATES = {
    2019: (800, 2500, 500),
    2020: (800, 2500, 500),
    2021: (806, 2518, 504),
    2022: (840, 2624, 525),
    2023: (933, 2915, 583),
    2024: (976, 3049, 610),
    2025: (998, 3119, 624),
    2026: (1034, 3231, 646),
}


def _rates(day: date) -> tuple[int, int, int]:
    year = day.year if (day.month, day.day) >= (4, 1) else day.year - 1
    return _RATES[min(year, 2026)]


def repair(facts: dict, occurred: date) -> int:
    """A line that is dead beyond 23:59 of the second working day."""
    if "repair" not in facts["failed"] or facts["fault.reported"] < facts["account.joined"]:
        return 0
    last_free_day = nth_after(facts["fault.reported"], 2)
    days = (facts["fault.repaired"] - last_free_day).days - facts["fault.paused"]
    return max(0, days) * _rates(occurred)[0]


def start(facts: dict, occurred: date) -> int:
    """A service that starts after the day that was promised."""
    if "start" not in facts["failed"]:
        return 0
    days = (facts["start.live"] - facts["start.promised"]).days - facts["start.paused"]
    return max(0, days) * _rates(occurred)[2]


def appointment(facts: dict, occurred: date) -> int:
    """An engineer who does not come, or is called off within a day."""
    if "appointment" not in facts["failed"]:
        return 0
    outcome = facts["appointment.outcome"]
    failed = outcome == "missed" or (outcome == "cancelled" and facts["appointment.notice"] < 24)
    return _rates(occurred)[1] if failed else 0
