"""Decision tables at random: columns of every kind that can be cut into pieces, and cells as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from remit.language.values import Money

__all__ = ["COLUMNS", "Input", "policy", "row_texts"]


@dataclass(frozen=True)
class Input:
    """A fact as a policy declares it, cells that test it, and values that it can have."""

    name: str
    declared: str
    cells: st.SearchStrategy[str]
    values: st.SearchStrategy[Any]


def _comparing(constants: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Cells of something with an order."""
    pair = st.tuples(constants, constants).filter(lambda each: each[0] != each[1])
    simple = st.one_of(
        st.just("-"),
        constants,
        st.tuples(st.sampled_from(["<", "<=", ">", ">=", "!="]), constants).map(lambda each: f"{each[0]} {each[1]}"),
        constants.map(lambda each: f"not({each})"),
        constants.map(lambda each: f"not(< {each})"),
        constants.map(lambda each: f"? > {each}"),
        constants.map(lambda each: f"{each} >= ?"),
        pair.map(lambda each: f"{each[0]}, {each[1]}"),
        pair.map(lambda each: f"? > {each[0]} and ? != {each[1]}"),
        pair.map(lambda each: f"? in ({each[0]}, > {each[1]})"),
    )
    ordered = pair.map(lambda each: sorted(each, key=_rank))
    ranges = st.tuples(st.sampled_from("[("), ordered, st.sampled_from("])")).map(
        lambda each: f"{each[0]}{each[1][0]}..{each[1][1]}{each[2]}"
    )
    between = ordered.map(lambda each: f"? between {each[0]} and {each[1]}")
    return st.one_of(simple, ranges, between, ranges.map(lambda each: f"not({each})"))


def _rank(constant: str) -> Any:
    if constant.startswith("@"):
        return date.fromisoformat(constant[2:-1])
    return Decimal(constant.split()[0])


def _words(*words: str) -> st.SearchStrategy[str]:
    listed = st.lists(st.sampled_from(words), min_size=1, max_size=3, unique=True)
    quoted = listed.map(lambda each: [f'"{word}"' for word in each])
    return st.one_of(
        st.just("-"),
        quoted.map(", ".join),
        quoted.map(lambda each: f"not({', '.join(each)})"),
        quoted.map(lambda each: f"!= {each[0]}"),
    )


_DAYS = st.integers(0, 9).map(lambda day: date(2026, 2, 25) + timedelta(days=day))

COLUMNS = (
    Input(
        "choice",
        "{type: choice, of: [a, b, two_words, 'no', 'with space']}",
        _words("a", "b", "two_words", "no"),
        st.sampled_from(["a", "b", "two_words", "no", "with space"]),
    ),
    Input("truth", "{type: boolean}", st.sampled_from(["-", "true", "false", "not(true)"]), st.booleans()),
    Input("text", "{type: text}", _words("x", "it's", "z"), st.sampled_from(["x", "it's", "z", "", "anything"])),
    Input("whole", "{type: integer, min: 1, max: 9}", _comparing(st.integers(1, 9).map(str)), st.integers(1, 9).map(Decimal)),
    Input("count", "{type: integer}", _comparing(st.integers(-4, 4).map(str)), st.integers(-9, 9).map(Decimal)),
    Input(
        "number",
        "{type: number, min: 0}",
        _comparing(st.sampled_from(["0", "0.5", "1", "2.25", "3", "100"])),
        st.decimals(0, 200, places=3),
    ),
    Input("open", "{type: number}", _comparing(st.sampled_from(["-1", "0", "1.5"])), st.decimals(-9, 9, places=2)),
    Input(
        "price",
        "{type: money, min: 0 EUR}",
        _comparing(st.sampled_from(["0 EUR", "0.01 EUR", "10 EUR", "10.01 EUR", "99 EUR"])),
        st.integers(0, 20_000).map(lambda cents: Money.from_minor(cents, "EUR")),
    ),
    Input("day", "{type: date}", _comparing(_DAYS.map(lambda day: f'@"{day}"')), _DAYS),
    Input(
        "wait",
        "{type: duration, min: 0 days}",
        _comparing(st.integers(1, 6).map(lambda days: f"{days} days")),
        st.integers(0, 9 * 24).map(lambda hours: timedelta(hours=hours)),
    ),
)


def row_texts(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as they stand in a file, each giving 1 EUR."""
    quoted = ([cell.replace("'", "''") for cell in row] for row in rows)
    return ["[" + ", ".join(f"'{cell}'" for cell in row) + ", 1 EUR]" for row in quoted]


def policy(inputs: Sequence[Input], rows: Sequence[str], *, hit: str = "unique", more: str = "") -> str:
    """A policy with one table, ``amount``, and one rule that gives what it says."""
    facts = "\n".join(f"  {each.name}: {each.declared}" for each in inputs)
    listed = "\n".join(f"        - {row}" for row in rows)
    return f"""\
policy: tables
title: Tables
version: "1"
owner: author
effective: {{from: 2026-01-01}}
currency: EUR
ladder: [agent]
facts:
{facts}
remedies:
  credit: {{type: money, title: Credit}}
values:
{more}  amount:
    table:
      inputs: [{", ".join(each.name for each in inputs)}]
      hit: {hit}
      rows:
{listed}
rules:
  - id: one
    because: One.
    may: {{credit: amount}}
"""
