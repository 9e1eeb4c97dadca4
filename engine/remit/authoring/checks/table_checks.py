"""Checks of decision tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Final

from remit.authoring.checks.boxes import Grid, TooIntricate
from remit.authoring.checks.cells import pieces_in
from remit.authoring.checks.check import Check, Finding, Subject
from remit.authoring.checks.edits import without_item
from remit.authoring.checks.mattering import gaps_that_matter
from remit.language.nodes import Literal
from remit.language.source import Source
from remit.policy.model import Row, Table

__all__ = ["CHECKS"]

#: How many rows a gap is told with, and how many rows of one table are told one by one.
_MOST_ROWS: Final = 6
_MOST_TOLD: Final = 20

_NEVER_FIRST: Final = (
    "the rows above it take every case that it matches",
    "move it up, narrow the rows above, or leave it out",
)
_NEVER_MATCHES: Final = (
    "nothing that can come is in all of its cells",
    "a cell lies outside of its fact's bounds, or contradicts itself; put it right, or leave the row out",
)


def _unreachable(subject: Subject) -> Iterator[Finding]:
    for name, table, grid in subject.tables:
        never = grid.empty
        if table.hit == "first":
            with suppress(TooIntricate):  # which `tables/not-checked` tells
                never = grid.never_first()
        found = pieces_in(never)
        for index in islice(found, _MOST_TOLD):
            why, hint = _NEVER_MATCHES if grid.empty >> index & 1 else _NEVER_FIRST
            row = _whole(table.rows[index])
            fix = partial(without_item, row) if len(table.rows) > 1 else None
            yield Finding(f"row {index + 1} of `{name}` can never decide: {why}", row, hint, fix)
        more = sum(1 for _ in found)
        if more:
            message = f"and {more:,} more rows of `{name}` can never decide"
            yield Finding(message, subject.model.values[name].source, "as above")


def _overlap(subject: Subject) -> Iterator[Finding]:
    for name, table, grid in subject.tables:
        if table.hit in ("unique", "any"):
            found = _clashes(table, grid)
            for first, second in islice(found, _MOST_TOLD):
                both = grid.say(grid.intersection(first, second))
                yield Finding(
                    f"rows {first + 1} and {second + 1} of `{name}` both match [{both}], and then it has no value",
                    _whole(table.rows[second]),
                    "make the rows exclude each other, or say `hit: first`"
                    if table.hit == "unique"
                    else "let both give the same, make them exclude each other, or say `hit: first`",
                )
            more = sum(1 for _ in islice(found, 100_000))
            if more:
                rows = "100,000 or more" if more == 100_000 else f"{more:,}"
                yield Finding(
                    f"and {rows} more pairs of rows of `{name}` overlap", subject.model.values[name].source, "as above"
                )


def _clashes(table: Table, grid: Grid) -> Iterator[tuple[int, int]]:
    """Pairs of rows that match together and then leave the table without a value."""
    for second, above in grid.overlaps():
        for first in pieces_in(above):
            if table.hit == "unique" or _differ(table.rows[first], table.rows[second]):
                yield first, second


def _differ(one: Row, other: Row) -> bool:
    a, b = one.output.node, other.output.node
    return isinstance(a, Literal) and isinstance(b, Literal) and a != b


def _gap(subject: Subject) -> Iterator[Finding]:
    for name, table, grid in subject.tables:
        if table.otherwise is not None or table.hit.startswith("collect"):
            continue
        try:
            gaps = gaps_that_matter(subject.model, name, table, grid)
        except TooIntricate:
            continue  # `tables/not-checked` tells
        if gaps:
            rows = "".join(f'\n    - [{grid.say(box)}, "null"]' for box in islice(gaps, _MOST_ROWS))
            more = f"\n    and {len(gaps) - _MOST_ROWS:,} more" if len(gaps) > _MOST_ROWS else ""
            these = "this row, with what it gives" if len(gaps) == 1 else "these rows, with what they give"
            yield Finding(
                f"`{name}` has no row for some cases, and then it has no value",
                subject.model.values[name].source,
                f"add {these} instead of null, or an `otherwise:`{rows}{more}",
            )


def _not_checked(subject: Subject) -> Iterator[Finding]:
    for name, table, grid in subject.tables:
        try:
            if table.hit == "first":
                grid.never_first()
            if table.otherwise is None and not table.hit.startswith("collect"):
                grid.gaps()
        except TooIntricate:
            yield Finding(
                f"the rows of `{name}` cut across each other in too many ways to say what they leave out",
                subject.model.values[name].source,
                "part it into two tables, or give it an `otherwise:`",
            )


def _whole(row: Row) -> Source | None:
    """The row from its first cell to its last."""
    first, last = row.tests[0].source, row.output.source
    if not first.offsets or not last.offsets:
        return last
    span = range(first.offsets[0], last.offsets[-1] + 1)
    return Source(first.document.text[span.start : span.stop], first.document, span)


CHECKS = (
    Check("tables/unreachable-row", "a row that can never decide", _unreachable, fixes=True),
    Check("tables/overlap", "rows of a table that match together and leave it without a value", _overlap),
    Check("tables/gap", "cases for which a table has no row", _gap),
    Check("tables/not-checked", "a table that is too intricate to be checked for gaps", _not_checked),
)
