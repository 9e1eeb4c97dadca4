"""The bounds of a policy hold for every complete request."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.deciding.policy import reference_decision
from remit.language.values import Money
from remit.policy.loader import load_model, read_model
from remit.policy.model import Model
from remit.readings.bounds import bounds
from support.policies import policies
from support.requests import requests
from support.trials import trials

RULES = sorted(path for path in (Path(__file__).parents[2] / "rules").glob("*.yaml") if not path.stem.endswith("_test"))


@cache
def model_of(path: Path) -> Model:
    return load_model(path)


def size(quantity: object) -> int:
    return quantity.minor if isinstance(quantity, Money) else int(quantity)  # type: ignore[call-overload, no-any-return]


def hold(model: Model, data: st.DataObject) -> None:
    found = bounds(model)
    for _ in range(3):
        decision = reference_decision(model, data.draw(requests(model, complete=True)))
        for remedy, each in decision.remedies.items():
            of = found[decision.role, remedy]
            for amount, (low, high) in ((each.limit, of.limit), (each.owed, of.owed)):
                assert low is None or low <= size(amount)
                assert high is None or size(amount) <= high


@trials(20)
@given(st.data())
def test_of_generated_policies(data: st.DataObject) -> None:
    hold(read_model(data.draw(policies(wild=False)), "generated.yaml"), data)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
@trials(4)
@given(data=st.data())
def test_of_shipped_policies(path: Path, data: st.DataObject) -> None:
    hold(model_of(path), data)


def test_they_are_as_tight_as_what_is_declared() -> None:
    found = bounds(load_model(next(path for path in RULES if path.stem == "hotel-guest-recovery")))
    assert found["associate", "points"].limit == (0, 20_000)
    assert found["associate", "late_checkout"].limit == (0, 1)
    assert found["supervisor", "points"].owed == (0, 0)
