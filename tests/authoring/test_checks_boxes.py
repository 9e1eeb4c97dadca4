"""What the checks say of decision tables is what trying everything says: every piece of every column, and values at random."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from remit.authoring.checks.boxes import Grid, TooIntricate, grid_of
from remit.authoring.checks.cells import Column, pieces_in, runs
from remit.language.evaluating.evaluator import evaluate
from remit.policy.loader import read_model
from remit.policy.model import Model, Table
from remit.readings.numbers.reference import Scope
from support.steps import steps
from support.tables import COLUMNS, Input, policy, row_texts
from support.trials import trials


@st.composite
def tables(draw: st.DrawFn) -> tuple[Model, list[Input]]:
    inputs = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3, unique_by=lambda each: each.name))
    rows = draw(st.lists(st.tuples(*(each.cells for each in inputs)), min_size=1, max_size=7))
    return read_model(policy(inputs, row_texts(rows), hit=draw(st.sampled_from(["unique", "first"])))), inputs


def table_of(model: Model) -> Table:
    found = model.values["amount"].definition
    assert isinstance(found, Table)
    return found


def grid(model: Model) -> Grid:
    found = grid_of(model, table_of(model))
    assert found is not None
    return found


def matching(model: Model, facts: dict[str, Any]) -> list[int]:
    """The rows that match, worked out by the evaluator that defines what a policy means."""
    scope = Scope(model, facts, employee="", role="agent", asked={}, occurred=None)
    table = table_of(model)
    values = [scope.evaluate(each.node) for each in table.inputs]
    return [
        index
        for index, row in enumerate(table.rows)
        if all(scope.test(test.node, value) is True for test, value in zip(row.tests, values, strict=True))
    ]


def cases(found: Grid) -> Iterator[tuple[tuple[int, ...], tuple[Any, ...]]]:
    """Every combination of pieces, with the values that stand for them."""
    for at in product(*(range(len(column.values)) for column in found.columns)):
        yield at, tuple(column.values[piece] for column, piece in zip(found.columns, at, strict=True))


def inside(at: tuple[int, ...], box: tuple[int, ...]) -> bool:
    return all(pieces >> piece & 1 for piece, pieces in zip(at, box, strict=True))


@trials(150)
@given(tables())
def test_gaps_overlaps_and_unreachable_rows_are_what_trying_everything_finds(found: tuple[Model, list[Input]]) -> None:
    model, inputs = found
    boxes = grid(model)
    assume(sum(1 for _ in cases(boxes)) <= 1500)
    gaps = list(boxes.gaps())
    overlapping, first, empty = set(), set(), set(range(len(boxes.boxes)))
    for at, values in cases(boxes):
        rows = matching(model, {each.name: value for each, value in zip(inputs, values, strict=True)})
        assert sum(inside(at, gap) for gap in gaps) == (0 if rows else 1), (at, rows)
        overlapping |= {(low, high) for low in rows for high in rows if low < high}
        first |= set(rows[:1])
        empty -= set(rows)
    assert {(low, high) for high, above in boxes.overlaps() for low in pieces_in(above)} == overlapping
    assert set(pieces_in(boxes.never_first())) == set(range(len(boxes.boxes))) - first
    assert set(pieces_in(boxes.empty)) == empty
    assert len(boxes.gaps()) == len(gaps)


@trials(150)
@given(tables(), st.data())
def test_any_value_is_in_the_piece_that_stands_for_it(found: tuple[Model, list[Input]], data: st.DataObject) -> None:
    model, inputs = found
    boxes = grid(model)
    values = [data.draw(each.values) for each in inputs]
    rows = matching(model, {each.name: value for each, value in zip(inputs, values, strict=True)})
    at = tuple(column.locate(value) for column, value in zip(boxes.columns, values, strict=True))
    assert [index for index, box in enumerate(boxes.boxes) if inside(at, box)] == rows
    assert any(inside(at, gap) for gap in boxes.gaps()) == (not rows)


@trials(100)
@given(tables())
def test_rows_that_close_the_gaps_can_be_pasted(found: tuple[Model, list[Input]]) -> None:
    model, inputs = found
    boxes = grid(model)
    gaps = list(boxes.gaps())
    assume(gaps and len(gaps) <= 200)
    table = table_of(model)
    rows = row_texts([[each.text for each in row.tests] for row in table.rows])
    closed = read_model(policy(inputs, [*rows, *(f'[{boxes.say(gap)}, "null"]' for gap in gaps)]))
    assert not grid(closed).gaps()
    assert [pair for pair in grid(closed).overlaps() if pair[0] >= len(rows)] == []


@given(st.integers(0, 2**70))
def test_runs_are_the_stretches_of_a_set(pieces: int) -> None:
    assert sum((1 << (last + 1)) - (1 << first) for first, last in runs(pieces)) == pieces
    found = list(runs(pieces))
    assert all(before[1] + 1 < after[0] for before, after in pairwise(found))


@pytest.mark.parametrize("cell", ["modulo(?, 2) = 0", "floor(?) > 3", "< other", "? > number - 1", "not(modulo(?, 3) = 1)"])
def test_a_cell_that_calculates_leaves_its_column_open(cell: str) -> None:
    inputs = [each for each in COLUMNS if each.name == "number"]
    model = read_model(policy(inputs, [f'["{cell}", 1 EUR]'], more="  other: number * number\n"))
    assert grid_of(model, table_of(model)) is None


@pytest.mark.parametrize(
    ("cell", "gap"),
    [
        ("? * 2 > 5", '"[0..2.5]"'),
        ("< bound", '">= 3"'),
        ("? > ? - 1", None),
        ("? / 4 <= bound - 1", '"> 8"'),
        ("? in (bound)", '["[0..3)", "> 3"]'),
    ],
)
def test_a_cell_that_comes_to_a_comparison_is_one(cell: str, gap: str | None) -> None:
    inputs = [each for each in COLUMNS if each.name == "number"]
    model = read_model(policy(inputs, [f'["{cell}", 1 EUR]'], more="  bound: 3\n"))
    assert [grid(model).say(each) for each in grid(model).gaps()][:1] == ([gap] if gap else [])


@pytest.mark.parametrize(
    ("cells", "gaps"),
    [
        (['< @"2026-03-01T10:00:00"', '>= @"2026-03-01T12:00:00"'], ['[@"2026-03-01T10:00:00"..@"2026-03-01T12:00:00")']),
        (['<= @"2026-03-01T10:00:00Z"', '> @"2026-03-01T12:00:00+02:00"'], []),
        (['= @"2026-03-01T10:00:00Z"', '!= @"2026-03-01T12:00:00+02:00"'], []),
        (['< @"2026-03-01T10:00:00"', '>= @"2026-03-01T10:00:00Z"'], None),  # which have no order
    ],
)
def test_moments_are_cut_like_days(cells: list[str], gaps: list[str] | None) -> None:
    inputs = [Input("moment", "{type: date-time}", st.nothing(), st.nothing())]
    model = read_model(policy(inputs, [f"['{cell}', 1 EUR]" for cell in cells]))
    found = grid_of(model, table_of(model))
    assert (None if found is None else [found.say(gap) for gap in found.gaps()]) == (gaps and [f"'{gap}'" for gap in gaps])


def test_a_price_that_is_worked_out_may_be_a_part_of_a_cent() -> None:
    """A fact is never between 10.00 and 10.01 EUR; a third of it may be."""
    inputs = [Input("price", "{type: money}", st.nothing(), st.nothing())]
    rows = ['["<= 10 EUR", 1 EUR]', '[">= 10.01 EUR", 1 EUR]']
    whole, part = (
        read_model(policy(inputs, rows).replace("inputs: [price]", f"inputs: [{on}]")) for on in ("price", "price / 3")
    )
    assert list(grid(whole).gaps()) == []
    assert [grid(part).say(gap) for gap in grid(part).gaps()] == ['"(10 EUR..10.01 EUR)"']


def test_a_cell_that_calculates_with_a_choice_is_tried_for_every_choice() -> None:
    inputs = [each for each in COLUMNS if each.name == "choice"]
    model = read_model(policy(inputs, ["""['string length(?) > 1', 1 EUR]"""]))
    found = grid(model)
    assert [evaluate(table_of(model).rows[0].tests[0].node, {}, word) for word in found.columns[0].values] == [
        bool(found.boxes[0][0] >> index & 1) for index in range(len(found.columns[0].values))
    ]


def test_a_table_that_cuts_across_itself_is_given_up_and_not_waited_for() -> None:
    """Rows that each leave one value of one column out, in many columns: what is left has a description, but no short one."""
    columns = [Column(f"c{index}", tuple(range(12))) for index in range(12)]
    boxes = [
        tuple((1 << 12) - 1 & ~(1 << (row * 7 + index * 3) % 12) & ~(1 << (row * row + index) % 12) for index in range(12))
        for row in range(300)
    ]

    def run() -> None:
        with pytest.raises(TooIntricate):
            Grid(columns, boxes).gaps()

    assert steps(run) < 500_000


def test_as_many_gaps_as_can_never_be_listed_are_counted() -> None:
    columns = [Column(f"c{index}", tuple(range(40))) for index in range(12)]
    diagonal = [tuple(1 << row for _ in columns) for row in range(40)]
    gaps = Grid(columns, diagonal).gaps()
    assert len(gaps) > 400
    assert inside((0,) * 11 + (1,), next(box for box in gaps if inside((0,) * 11 + (1,), box)))
