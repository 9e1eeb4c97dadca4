"""Tables with missing facts: what cannot matter is not waited for (law 5), and nothing else is taken for known."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import currently_in_test_context, given, note
from hypothesis import strategies as st

import remit
from remit.deciding.compiled import Compiled
from remit.deciding.policy import reference_decision
from remit.language.evaluating.unknown import alike
from remit.language.values import Unknown
from remit.policy.loader import read_model
from remit.policy.model import Model
from remit.readings.numbers.reference import Scope
from support.tables import COLUMNS, policy
from support.trials import trials

_HITS = ("unique", "first", "any", "collect sum", "collect max")
_AMOUNTS = st.sampled_from(["1 EUR", "2 EUR", "3 EUR"])
#: Facts with few values, of which all are tried.
_FEW = {
    "tier": ("{type: choice, of: [none, gold, black]}", ["none", "gold", "black"]),
    "hurt": ("{type: boolean}", [False, True]),
    "level": ("{type: integer, min: 1, max: 5}", [1, 2, 3, 4, 5]),
}
_CELLS = {
    "tier": ["-", "gold", "none, gold", "not(gold)", "black"],
    "hurt": ["-", "true", "false"],
    "level": ["-", "< 3", ">= 3", "3", "[2..4)", "(1..5]", "not(> 2)", "1, 5"],
}


def worth(model: Model, facts: Mapping[str, Any]) -> Any:
    """What the table gives for these facts."""
    return Scope(model, facts, employee="e-1", role="agent", asked={}, occurred=None)["amount"]


def made(rows: list[str], hit: str, otherwise: str | None) -> Model:
    facts = "\n".join(f"  {name}: {declared}" for name, (declared, _) in _FEW.items())
    text = policy(COLUMNS[:1], rows, hit=hit)
    text = text.replace(f"  choice: {COLUMNS[0].declared}", facts).replace("inputs: [choice]", "inputs: [tier, hurt, level]")
    if otherwise is not None:
        text = text.replace(f"      hit: {hit}\n", f"      hit: {hit}\n      otherwise: {otherwise}\n")
    if currently_in_test_context():
        note(text)
    return read_model(text, "tables.yaml")


def completions(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = [dict(facts)]
    for name, (_, values) in _FEW.items():
        if name not in facts:
            out = [{**each, name: value} for each in out for value in values]
    return out


@st.composite
def rows(draw: Any) -> list[str]:
    cells = st.tuples(*(st.sampled_from(_CELLS[name]) for name in _FEW), _AMOUNTS)
    return [
        "[" + ", ".join(f"'{cell}'" for cell in row[:-1]) + f", {row[-1]}]"
        for row in draw(st.lists(cells, min_size=1, max_size=5))
    ]


@trials(300)
@given(rows(), st.sampled_from(_HITS), st.none() | _AMOUNTS, st.data())
def test_a_fact_is_waited_for_exactly_where_it_can_matter(
    written: list[str], hit: str, otherwise: str | None, data: Any
) -> None:
    model = made(written, hit, otherwise)
    facts = {name: data.draw(st.sampled_from(values)) for name, (_, values) in _FEW.items() if data.draw(st.booleans())}
    found = worth(model, facts)
    results = [(each, worth(model, each)) for each in completions(facts)]
    if all(alike(results[0][1], result) for _, result in results):
        assert alike(found, results[0][1])
        return
    assert isinstance(found, Unknown)
    matters = {
        name
        for name in _FEW.keys() - facts.keys()
        for one, result in results
        for other, another in results
        if all(one[each] == other[each] for each in _FEW if each != name) and not alike(result, another)
    }
    assert found.missing == matters


@trials(50)
@given(rows(), st.sampled_from(_HITS), st.none() | _AMOUNTS, st.sampled_from([None, "1 EUR", "2 EUR"]))
def test_compiled_policies_wait_for_the_same_facts(
    written: list[str], hit: str, otherwise: str | None, asked: str | None
) -> None:
    """Each fact known or not, in every way; whatever a table gives is what the rule gives."""
    model = made(written, hit, otherwise)
    compiled = Compiled(model)
    request: dict[str, Any] = {"employee": {"id": "e-1", "role": "agent"}, "asked": {"credit": asked} if asked else {}}
    some = {name: [None, values[0], values[-1]] for name, (_, values) in _FEW.items()}
    for chosen in product(*some.values()):
        facts = {name: value for name, value in zip(some, chosen, strict=True) if value is not None}
        plain = {**request, "facts": facts, "occurred": "2026-02-01"}
        assert compiled.decide(plain).to_json() == reference_decision(model, plain).to_json(), facts
        assert compiled.decide(plain).outcome == reference_decision(model, plain).outcome, facts


@pytest.mark.parametrize("facts", [{"level": 5}, {"level": 5, "hurt": True}, {"level": 3}, {"hurt": True}, {}])
def test_a_row_that_surely_matches_beside_one_that_may(facts: dict[str, Any]) -> None:
    """Of a `unique` table, both together give nothing: what the second row waits for matters, and nothing is granted before."""
    model = made(["['-', '-', '-', 3 EUR]", "['-', true, '>= 3', 3 EUR]"], "unique", None)
    request = {"employee": {"id": "e-1", "role": "agent"}, "asked": {"credit": "2 EUR"}, "facts": facts}
    plain = {**request, "occurred": "2026-02-01"}
    decision = Compiled(model).decide(plain)
    assert decision.to_json() == reference_decision(model, plain).to_json()
    assert decision.outcome != "grant"


@trials(100)
@given(st.data(), st.sampled_from(("unique", "first", "any", "collect sum")))
def test_whatever_the_missing_facts_turn_out_to_be(data: Any, hit: str) -> None:
    """Facts of every kind: the value that comes out is the one that was known, or lies within its bounds."""
    columns = data.draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3, unique=True))
    cells = st.tuples(*(each.cells for each in columns), _AMOUNTS)
    written = [
        "[" + ", ".join("'" + cell.replace("'", "''") + "'" for cell in row[:-1]) + f", {row[-1]}]"
        for row in data.draw(st.lists(cells, min_size=1, max_size=5))
    ]
    model = read_model(policy(columns, written, hit=hit), "tables.yaml")
    note(model.text)
    whole = {each.name: data.draw(each.values) for each in columns}
    some = {name: value for name, value in whole.items() if data.draw(st.booleans())}
    found, settled = worth(model, some), worth(model, whole)
    if not isinstance(found, Unknown):
        assert alike(found, settled)
    elif found.low is not None:
        assert found.low.amount <= settled.amount <= found.high.amount
    else:
        assert found.missing <= whole.keys() - some.keys()


_ROWS = {
    "unique": ["['< 3', true, 30 EUR]", "['>= 3', true, 30 EUR]", "['-', false, 10 EUR]"],
    "first": ["['< 3', true, 30 EUR]", "['> 4', true, 30 EUR]", "['-', true, 30 EUR]", "['-', '-', 10 EUR]"],
}


@pytest.mark.parametrize("hit", _ROWS)
def test_no_question_more_than_is_needed(hit: str, tmp_path: Any) -> None:
    path = tmp_path / "tables.yaml"
    text = policy(COLUMNS[:1], _ROWS[hit], hit=hit).replace(
        "choice: " + COLUMNS[0].declared, "level: {type: integer}\n  hurt: {type: boolean}"
    )
    path.write_text(text.replace("inputs: [choice]", "inputs: [level, hurt]"), encoding="utf-8")
    decide = remit.load(path).decide
    request = {"employee": {"id": "e-1", "role": "agent"}, "asked": {"credit": "20 EUR"}, "occurred": "2026-02-01"}
    for _ in range(2):  # the second time by the compiled policy
        assert decide({**request, "facts": {"hurt": True}}).outcome == "grant"
        asked = decide({**request, "facts": {"level": 2}})
        assert (asked.outcome, list(asked.missing.facts)) == ("ask", ["hurt"])
