"""In a year of a hotel group, the limit that is too low is found with every seed, and without it nothing is suggested;
`benchmarks/planted.py` tries twenty."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit.policy.loader import load_model
from remit.review.suggesting.handovers import handovers_of
from remit.review.suggesting.mining import suggestions_from
from support.hotel_year import ALL, FOLDER, houses, year
from support.trials import scaled

DECISIONS = 6000
POLICY = FOLDER / "policy.yaml"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(scaled(5)))
def test_the_limit_that_is_too_low_is_found_and_nothing_else(seed: int, tmp_path: Path) -> None:
    model = load_model(POLICY)
    file = tmp_path / "policy.yaml"  # which has no cases beside it
    (found,) = suggestions_from(model, handovers_of(houses.actions_of(year.Year(seed, DECISIONS))), file)
    assert (found.rule, found.role, found.remedy, found.limit) == ("late-room", "associate", "credit", 2500)
    assert found.proposed in (5000, 5500, 6000)
    assert found.patch is not None
    assert len(found.patch.cases) == 2
    for plants in ([name for name in ALL if name != "low_limit"], []):
        without = handovers_of(houses.actions_of(year.Year(seed, DECISIONS, plants)))
        assert suggestions_from(model, without, file) == []
