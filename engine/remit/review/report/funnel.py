"""Observed against expected: what somebody did beside what others did in like cases, and which differences are worth a look.

Expected is the sum over situations of what others did on average there (indirect standardisation). The interval allows for
chance in both, for skewed amounts (Cornish and Fisher), for the spread that employees show anyway (D. J. Spiegelhalter,
"Handling over-dispersion of performance indicators", Qual Saf Health Care 14 (2005), with a median in place of a winsorised
mean), and for the number of comparisons (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import Final, TypeVar

from remit.review.estimates import Interval, z_of

__all__ = ["LEAST_CASES", "Compared", "Sums", "compared", "ratio_of", "spread"]

K = TypeVar("K", bound=Hashable)

#: With fewer comparable cases nothing is said of somebody.
LEAST_CASES: Final = 30
#: A situation in which others had fewer cases is not compared.
_LEAST_OTHERS: Final = 20
#: With fewer employees their usual spread cannot be told from the differences that are looked for.
_LEAST_EMPLOYEES: Final = 10
#: The median of the absolute value of a standard normal variable.
_MEDIAN: Final = 0.6744897501960817


@dataclass(slots=True)
class Sums:
    """A count and the sums of the first three powers of some numbers: they can be added and taken away."""

    count: int = 0
    first: float = 0.0
    second: float = 0.0
    third: float = 0.0

    def add(self, value: float) -> None:
        """One more number."""
        square = value * value
        self.count += 1
        self.first += value
        self.second += square
        self.third += square * value

    def plus(self, other: Sums) -> None:
        """Those of another, too."""
        self.count += other.count
        self.first += other.first
        self.second += other.second
        self.third += other.third

    def without(self, other: Sums) -> Sums:
        """Less those of another, which are part of it."""
        return Sums(self.count - other.count, self.first - other.first, self.second - other.second, self.third - other.third)

    def scaled(self, by: float) -> Sums:
        """Of the numbers times ``by``."""
        return Sums(self.count, self.first * by, self.second * by * by, self.third * by**3)


@dataclass(frozen=True, slots=True)
class Compared:
    """What somebody did in ``cases`` comparable cases: ``observed``, ``expected`` from what others did in like cases, the
    ``deviation`` that chance explains, and how ``skewed`` that is. ``left_out`` cases have nothing to be compared with."""

    cases: int
    left_out: int
    observed: float
    expected: float
    deviation: float
    skewed: float

    @property
    def z(self) -> float:
        """By how many standard deviations they differ."""
        return (self.observed - self.expected) / self.deviation


def compared(own: Mapping[K, Sums], everybody: Mapping[K, Sums], *, yes_or_no: bool = False) -> Compared | None:
    """``own`` sums by situation against those of ``everybody``, the employee included; ``None`` for fewer than
    ``LEAST_CASES``. ``yes_or_no``: the numbers are 0 or 1, so that somebody may be the only one with a 1."""
    cases = left_out = 0
    observed = expected = variance = third = 0.0
    for situation, mine in own.items():
        others = everybody[situation].without(mine)
        if others.count < _LEAST_OTHERS:
            left_out += mine.count
            continue
        mean, spread_, skew = _rates(others) if yes_or_no else _moments(others)
        cases += mine.count
        observed += mine.first
        expected += mine.count * mean
        variance += mine.count * spread_ * (1 + mine.count / others.count)
        third += mine.count * skew
    if cases < LEAST_CASES or variance <= 0 or expected <= 0:
        return None
    deviation = sqrt(variance)
    return Compared(cases, left_out, observed, expected, deviation, third / deviation**3)


def _moments(found: Sums) -> tuple[float, float, float]:
    """The mean and the second and third central moments."""
    mean = found.first / found.count
    second = max(0.0, found.second / found.count - mean * mean)
    third = found.third / found.count - 3 * mean * found.second / found.count + 2 * mean**3
    return mean, second * found.count / (found.count - 1), third


def _rates(found: Sums) -> tuple[float, float, float]:
    """The same of a share; half a case is added to either side, so that none is impossible."""
    rate = (found.first + 0.5) / (found.count + 1)
    variance = rate * (1 - rate)
    return rate, variance, variance * (1 - 2 * rate)


def spread(found: Sequence[Compared]) -> float:
    """How much wider employees are spread than chance alone explains; 1 where they are not, or too few to tell."""
    if len(found) < _LEAST_EMPLOYEES:
        return 1.0
    return max(1.0, median(abs(each.z) for each in found) / _MEDIAN)


def ratio_of(found: Compared, looks: int, wider: float = 1.0) -> Interval:
    """Observed over expected; the intervals of so many ``looks`` hold together with 95%. Where it does not hold 1, the
    difference is worth a look."""
    z = z_of(looks=looks)
    bend = found.skewed * (z * z - 1) / 6
    # The thin tail is not made shorter: with few expected cases the correction would go too far there.
    low, high = z + max(0.0, -bend), z + max(0.0, bend)
    scale = found.deviation * wider / found.expected
    ratio = found.observed / found.expected
    return Interval(ratio, max(0.0, ratio - high * scale), ratio + low * scale)
