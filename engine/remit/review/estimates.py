"""Shares and means with their intervals, and what to believe of many comparisons at once.

These are the textbook formulas, each with its source; the tests hold them equal to those of statsmodels. Rates are of counts
that an employee can reach in a week, so the intervals are those that keep their promise with few cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt
from statistics import NormalDist
from typing import Final

__all__ = ["CONFIDENCE", "Interval", "Moments", "adjusted", "mean_interval", "p_value", "share", "z_of"]

#: How often an interval holds the true value, where nothing else is said.
CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the interval that holds the true value with the stated confidence."""

    estimate: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """For JSON."""
        return {"estimate": self.estimate, "low": self.low, "high": self.high}


def z_of(confidence: float = CONFIDENCE, looks: int = 1) -> float:
    """By how many standard errors an interval reaches to each side; with ``looks`` so many intervals hold together (Bonferroni:
    the error is divided among them).

    >>> round(z_of(), 3), round(z_of(looks=400), 2)
    (1.96, 3.84)
    """
    return NormalDist().inv_cdf(1 - (1 - confidence) / (2 * looks))


def share(count: int, of: int, confidence: float = CONFIDENCE, looks: int = 1) -> Interval | None:
    """The share ``count / of`` with Wilson's score interval; ``None`` of nothing.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212.

    >>> share(8, 10)
    Interval(estimate=0.8, low=0.4901624715, high=0.9433178485)
    """
    if of <= 0:
        return None
    z = z_of(confidence, looks)
    rate, weight = count / of, z * z / of
    centre = (rate + weight / 2) / (1 + weight)
    reach = z / (1 + weight) * sqrt(rate * (1 - rate) / of + weight / (4 * of))
    low, high = (0.0 if count == 0 else centre - reach), (1.0 if count == of else centre + reach)
    return Interval(rate, round(low, 10), round(high, 10))


@dataclass(slots=True)
class Moments:
    """The count, mean and variance of numbers that are added one by one, and can be joined; nothing else of them is kept.

    Source: B. P. Welford, "Note on a method for calculating corrected sums of squares and products", Technometrics 4 (1962);
    joined as in T. F. Chan, G. H. Golub, R. J. LeVeque, "Algorithms for computing the sample variance" (1983).
    """

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def add(self, value: float) -> None:
        """Count one more."""
        self.count += 1
        away = value - self.mean
        self.mean += away / self.count
        self.squares += away * (value - self.mean)

    def join(self, other: Moments) -> Moments:
        """Those of both together."""
        count = self.count + other.count
        if not count:
            return Moments()
        away = other.mean - self.mean
        mean = self.mean + away * other.count / count
        return Moments(count, mean, self.squares + other.squares + away * away * self.count * other.count / count)

    @property
    def variance(self) -> float:
        """The variance of a sample (divided by ``count - 1``); 0 for fewer than two."""
        return self.squares / (self.count - 1) if self.count > 1 else 0.0


def mean_interval(moments: Moments, confidence: float = CONFIDENCE, looks: int = 1) -> Interval | None:
    """The mean with its normal interval; ``None`` for fewer than two."""
    if moments.count < 2:
        return None
    reach = z_of(confidence, looks) * sqrt(moments.variance / moments.count)
    return Interval(moments.mean, moments.mean - reach, moments.mean + reach)


def p_value(z: float) -> float:
    """How often chance alone is as many standard errors away, to either side.

    >>> round(p_value(1.96), 3)
    0.05
    """
    return erfc(abs(z) / sqrt(2))


def adjusted(p_values: Sequence[float]) -> list[float]:
    """P-values corrected for all comparisons made: of those at or below 0.05, on average at most one in twenty is a false
    discovery. In the order given.

    Source: Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", J. R. Statist. Soc. B 57 (1995), 289-300.

    >>> [round(each, 3) for each in adjusted([0.01, 0.04, 0.03, 0.5])]
    [0.04, 0.053, 0.053, 0.5]
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__, reverse=True)
    out = [1.0] * len(p_values)
    least = 1.0
    for place, index in enumerate(order):
        least = min(least, p_values[index] * len(p_values) / (len(p_values) - place))
        out[index] = least
    return out
