"""Whole pence and cents."""

from __future__ import annotations

from fractions import Fraction

__all__ = ["half_up"]


def half_up(amount: Fraction) -> int:
    """The nearest whole number; a half goes up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)
