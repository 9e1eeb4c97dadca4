"""A second solver, cvc5, confirms what Z3 proves."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit.authoring.proving.proof_run import prove
from remit.deciding.loading import load
from remit.errors import PolicyError
from remit.policy.loader import read_model
from support.provable import provable_text
from support.second_opinion import said_by_cvc5, second_opinions
from support.trials import scaled

RULES = sorted(path for path in (Path(__file__).parents[2] / "rules").glob("*.yaml") if not path.stem.endswith("_test"))


@pytest.mark.slow
@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_cvc5_confirms_every_proof_of_the_shipped_policies(path: Path) -> None:
    with second_opinions() as opinions:
        for model in load(path).model.each:
            assert list(prove(model, seconds=30))
    assert opinions.contradicted == []
    assert opinions.unknown == []


@pytest.mark.slow
def test_cvc5_confirms_every_proof_of_generated_policies() -> None:
    with second_opinions() as opinions:
        for seed in range(scaled(40)):
            try:
                model = read_model(provable_text(seed), "provable.yaml")
            except PolicyError:
                continue
            assert list(prove(model, seconds=30))
    assert opinions.contradicted == []
    assert opinions.unknown == []
    assert opinions.confirmed > 0


def test_cvc5_can_say_no() -> None:
    script = "(set-logic ALL)\n(declare-fun x () Int)\n(assert (> x {least}))\n(assert (< x 5))\n(check-sat)\n"
    assert said_by_cvc5(script.format(least=3)) == "sat"
    assert said_by_cvc5(script.format(least=4)) == "unsat"
