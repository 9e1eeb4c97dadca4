"""Checks of decision tables."""

from __future__ import annotations

from collections.abc import Iterator

from remit.authoring.checks.cells import grid_of
from remit.authoring.checks.check import Check, Finding
from remit.policy.model import Model, Table

__all__ = ["CHECKS"]

#: How many rows a gap is told with.
_MOST_ROWS = 4


def _tables(model: Model) -> Iterator[tuple[str, Table]]:
    for name, value in model.values.items():
        if isinstance(value.definition, Table):
            yield name, value.definition


def _unreachable(model: Model) -> Iterator[Finding]:
    for name, table in _tables(model):
        grid = grid_of(model, table) if table.hit == "first" else None
        for index in grid.unreachable() if grid else ():
            yield Finding(
                f"row {index + 1} of `{name}` can never decide: the rows above it take every case that it matches",
                table.rows[index].output.source,
                "move it up, narrow the rows above, or leave it out",
            )


def _overlap(model: Model) -> Iterator[Finding]:
    for name, table in _tables(model):
        grid = grid_of(model, table) if table.hit == "unique" else None
        for first, second, both in grid.overlaps() if grid else ():
            assert grid is not None
            yield Finding(
                f"rows {first + 1} and {second + 1} of `{name}` both match at [{grid.say(both)}], and then it has no value",
                table.rows[second].output.source,
                "make the rows exclude each other, or say `hit: first`",
            )


def _gap(model: Model) -> Iterator[Finding]:
    for name, table in _tables(model):
        if table.otherwise is not None or table.hit.startswith("collect"):
            continue
        grid = grid_of(model, table)
        gaps = grid.gaps() if grid else []
        if grid is not None and gaps:
            rows = [f"- [{grid.say(box)}, ...]" for box in gaps[:_MOST_ROWS]]
            more = f" and {len(gaps) - _MOST_ROWS} more" if len(gaps) > _MOST_ROWS else ""
            yield Finding(
                f"`{name}` has no row for some cases, and then it has no value",
                model.values[name].source,
                f"add {' '.join(rows)}{more}, or an `otherwise:`",
            )


CHECKS = (
    Check("tables/unreachable-row", "a row that a first-hit table can never reach", _unreachable),
    Check("tables/overlap", "rows of a unique table that match together", _overlap),
    Check("tables/gap", "cases for which a table has no row", _gap),
)
