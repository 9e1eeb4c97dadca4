"""A difference between a group and the rest, within strata of like cases: estimate, interval, and how likely by chance.

Every stratum gives its own difference, and they are weighted as Mantel and Haenszel do, so that neither side is held
responsible for having more of the hard cases. All that is kept of a stratum are sums of whole numbers, which are exact: neither
the order of the cases nor how they were split before they were added makes a difference.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import atan, cos, pi, sin, sqrt
from typing import Final

from remit.review.estimates import CONFIDENCE, Interval, p_value, z_of

__all__ = ["StratifiedDifference", "Stratum", "chance", "clustered", "difference", "pairs", "rate_difference", "t_chance"]

#: Below this, a distribution is symmetric for all that its tail shows.
_SYMMETRIC: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Stratum:
    """Like cases: of the group how many (``count``), their sum and the sum of their squares; of the group and the rest together
    the same, and the sum of their cubes. Values are whole numbers; of a rate each is 1 or 0."""

    count: int
    total: int
    squares: int
    all_count: int
    all_total: int
    all_squares: int
    all_cubes: int


@dataclass(frozen=True, slots=True)
class StratifiedDifference:
    """``group`` and ``rest`` are the means of both, weighted alike; ``variance`` is that of their difference, and ``freedom``
    its degrees of freedom (``None``: so many that it does not matter)."""

    group: float
    rest: float
    variance: float
    freedom: int | None = None

    @property
    def estimate(self) -> float:
        """How much more the group has than the rest."""
        return self.group - self.rest

    def interval(self, confidence: float = CONFIDENCE) -> Interval:
        """The estimate, and what holds the true difference with this confidence."""
        reach = _t_of(confidence, self.freedom) * sqrt(self.variance)
        return Interval(self.estimate, self.estimate - reach, self.estimate + reach)


def pairs(strata: Iterable[Stratum]) -> int:
    """How many cases of the group can be put beside a like case of the rest, each case used once."""
    return sum(min(each.count, each.all_count - each.count) for each in strata)


def difference(strata: Sequence[Stratum]) -> StratifiedDifference | None:
    """The difference of means; ``None`` where no stratum has both sides.

    It is the coefficient of the group in a least squares regression with an effect for each stratum. Its variance is the
    heteroscedasticity-consistent one (H. White, Econometrica 48 (1980), 817-838), with each stratum of ``N`` cases counted
    ``N / (N - 1)`` times, which makes it unbiased for equal variances however few cases the strata have.
    """
    met = _weighed(strata)
    if met is None:
        return None
    weight, group, rest = met
    apart, meat = group - rest, 0.0
    for each in strata:
        inside, outside, both = each.count, each.all_count - each.count, each.all_count
        if not inside or not outside:
            continue
        mean, share = each.all_total / both, inside / both
        at, off = mean + apart * (1 - share), mean - apart * share
        spread = _around(inside, each.total, each.squares, at) * (1 - share) ** 2
        rest_of = outside, each.all_total - each.total, each.all_squares - each.squares
        meat += (spread + _around(*rest_of, off) * share**2) * both / (both - 1)
    return StratifiedDifference(group, rest, meat / weight**2)


def rate_difference(strata: Sequence[Stratum]) -> StratifiedDifference | None:
    """The Mantel-Haenszel difference of two rates with Sato's variance, which holds for few large strata and for many small
    ones; ``None`` where no stratum has both sides.

    Source: T. Sato, "On the variance estimator for the Mantel-Haenszel risk difference", Biometrics 45 (1989), 1323-1324.
    """
    met = _weighed(strata)
    if met is None:
        return None
    weight, group, rest = met
    p = q = 0.0
    for each in strata:
        inside, outside, both = each.count, each.all_count - each.count, each.all_count
        if inside and outside:
            yes, other = each.total, each.all_total - each.total
            p += (inside**2 * other - outside**2 * yes + inside * outside * (outside - inside) / 2) / both**2
            q += (yes * (outside - other) + other * (inside - yes)) / (2 * both)
    return StratifiedDifference(group, rest, max(0.0, (group - rest) * p + q) / weight**2)


def chance(strata: Sequence[Stratum], step: int = 0) -> float | None:
    """How often chance alone gives a difference as large, to either side, if within each stratum it makes no difference who is
    in the group; ``None`` where all have the same. ``step`` is by how much the sum changes at least (1 for a rate), for the
    correction for continuity.

    The group's sum is compared with its distribution when labels are drawn anew within strata, by its mean, variance and third
    moment, which are exact; the tail is that of a Pearson type III distribution. Where few have something rare, it errs on the
    safe side, and a normal tail by a factor of ten on the other. Sources: P. W. Mielke, K. J. Berry, "Permutation Methods"
    (2001), chapter 2; E. B. Wilson, M. M. Hilferty, "The distribution of chi-square", PNAS 17 (1931), 684-688.

    >>> round(chance([Stratum(10, 9, 9, 20, 10, 10, 10)], step=1), 4)
    0.0023
    """
    away = variance = third = 0.0
    for each in strata:
        inside, both = each.count, each.all_count
        outside = both - inside
        if not inside or not outside:
            continue
        total, squares, cubes = each.all_total, each.all_squares, each.all_cubes
        away += (each.total * both - inside * total) / both
        spread = (both * squares - total * total) / both
        variance += spread * inside * outside / (both * (both - 1))
        if both > 2:
            skew = (both * both * cubes - 3 * both * total * squares + 2 * total**3) / both**2
            third += skew * inside * outside * (outside - inside) / (both * (both - 1) * (both - 2))
    if variance <= 0:
        return None
    away = max(0.0, abs(away) - step / 2) * (1 if away > 0 else -1)
    return p_value(_normal_score(away / sqrt(variance), third / variance**1.5))


def clustered(strata: Sequence[Mapping[Hashable, tuple[bool, int, int]]]) -> StratifiedDifference | None:
    """The difference of means where cases come in clusters (those of an employee) that are wholly in the group or wholly in the
    rest: of each stratum, by cluster, whether it is in the group, how many cases it has and their sum. ``None`` where a side
    has fewer than two clusters.

    Source of the variance: K.-Y. Liang, S. L. Zeger, "Longitudinal data analysis using generalized linear models", Biometrika
    73 (1986), 13-22; each side of ``k`` clusters is counted ``k / (k - 1)`` times, and the smaller one says how many degrees
    of freedom there are.
    """
    sums = [_sides(each) for each in strata]
    met = _weighed([Stratum(inside, mine, 0, both, total, 0, 0) for inside, mine, both, total in sums])
    if met is None:
        return None
    weight, group, rest = met
    scores: tuple[dict[Hashable, float], dict[Hashable, float]] = ({}, {})
    for stratum, (inside, _, both, total) in zip(strata, sums, strict=True):
        if 0 < inside < both:
            share, mean = inside / both, total / both
            for name, (is_in, count, own) in stratum.items():
                pull = 1 - share if is_in else -share
                scores[is_in][name] = scores[is_in].get(name, 0.0) + pull * (own - count * (mean + (group - rest) * pull))
    fewest = min(map(len, scores))
    if fewest < 2:
        return None
    meat = sum(len(side) / (len(side) - 1) * sum(each * each for each in side.values()) for side in scores)
    return StratifiedDifference(group, rest, meat / weight**2, fewest - 1)


def t_chance(t: float, freedom: int | None) -> float:
    """How often Student's t is as far away, to either side; ``freedom`` ``None`` is the normal distribution.

    Source: M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions" (1964), 26.7.3 and 26.7.4.

    >>> round(t_chance(2.228, 10), 3)
    0.05
    """
    if freedom is None:
        return p_value(t)
    angle = atan(abs(t) / sqrt(freedom))
    square, odd = cos(angle) ** 2, freedom % 2
    term = whole = cos(angle) if odd else 1.0
    for each in range(2, freedom - 1 - odd, 2):
        term *= square * (each - 1 + odd) / (each + odd)
        whole += term
    if odd:
        return max(0.0, 1 - 2 / pi * (angle + (sin(angle) * whole if freedom > 1 else 0.0)))
    return max(0.0, 1 - sin(angle) * whole)


def _t_of(confidence: float, freedom: int | None) -> float:
    """By how many standard errors an interval reaches to each side."""
    if freedom is None:
        return z_of(confidence)
    low, high = 0.0, 2.0
    while t_chance(high, freedom) > 1 - confidence and high < 1e9:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if t_chance(middle, freedom) > 1 - confidence else (low, middle)
    return high


def _weighed(strata: Iterable[Stratum]) -> tuple[float, float, float] | None:
    """The weight of all strata (``n1 n0 / N`` each), and the weighted means of the group and of the rest."""
    weight = group = rest = 0.0
    for each in strata:
        inside, outside = each.count, each.all_count - each.count
        if inside and outside:
            weight += inside * outside / each.all_count
            group += outside * each.total / each.all_count
            rest += inside * (each.all_total - each.total) / each.all_count
    return (weight, group / weight, rest / weight) if weight else None


def _sides(stratum: Mapping[Hashable, tuple[bool, int, int]]) -> tuple[int, int, int, int]:
    inside = mine = both = total = 0
    for is_in, count, own in stratum.values():
        both, total = both + count, total + own
        if is_in:
            inside, mine = inside + count, mine + own
    return inside, mine, both, total


def _around(count: int, total: int, squares: int, centre: float) -> float:
    """The sum of the squared distances from ``centre``."""
    mean = total / count
    return max(0.0, (squares * count - total * total) / count) + count * (mean - centre) ** 2


def _normal_score(score: float, skew: float) -> float:
    """Where a standard normal number is as far out as ``score`` is in a Pearson type III distribution with this skew."""
    if abs(skew) < _SYMMETRIC:
        return score
    base = 1 + skew * score / 2
    root = base ** (1 / 3) if base > 0 else 0.0
    return 6 / skew * (root - 1) + skew / 6
