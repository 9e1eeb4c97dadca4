"""Hypothesis strategies for facts that like to sit on a boundary, and requests made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

__all__ = ["cents", "days", "hours", "near", "request"]


def near(*points: int, low: int = 0, high: int = 10_000) -> SearchStrategy[int]:
    """Whole numbers, often on one of ``points`` or one beside it."""
    edges = sorted({p + d for p in points for d in (-1, 0, 1) if low <= p + d <= high})
    anywhere = st.integers(low, high)
    return st.one_of(st.sampled_from(edges), anywhere) if edges else anywhere


def hours(*points: int, high: int = 100) -> SearchStrategy[Decimal]:
    """Hours with two decimals, often on one of ``points`` or a hundredth beside it."""
    return near(*(100 * p for p in points), high=100 * high).map(lambda n: Decimal(n) / 100)


def cents(*points: int, high: int = 5_000_00) -> SearchStrategy[int]:
    """Money in whole cents."""
    return near(*points, high=high)


def days(around: date, *offsets: int, spread: int = 400) -> SearchStrategy[date]:
    """Days around ``around``, often at one of ``offsets`` from it or one beside it."""
    edges = sorted({o + d for o in offsets for d in (-1, 0, 1)} | {0})
    return st.one_of(st.sampled_from(edges), st.integers(-spread, spread)).map(lambda n: around + timedelta(days=n))


def request(facts: Mapping[str, Any], occurred: date, role: str, currency: str, money: Iterable[str]) -> dict[str, Any]:
    """What may I do? The facts named in ``money`` are in cents."""
    told = {name: f"{Decimal(value) / 100:.2f} {currency}" if name in money else value for name, value in facts.items()}
    return {"employee": {"id": "x-1", "role": role}, "occurred": occurred, "facts": told}
