"""How far reviewers agree beyond chance: Cohen's kappa for two of them, Fleiss' kappa for more, with 95% intervals.

A kappa of 1 is full agreement, 0 is what chance alone would give, below 0 is less than that. Intervals are percentiles of
2,000 samples of the cases, drawn with a fixed seed (B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", 1993,
chapter 13), so that the same verdicts always give the same interval. With fewer than :data:`LEAST` cases none is given."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from remit.ledger.quality.calibrations import Calibration
from remit.review.estimates import Interval

__all__ = ["LEAST", "Agreement", "agreement_of", "cohen_kappa", "fleiss_kappa", "in_words"]

#: With fewer cases an interval would say nothing.
LEAST: Final = 5
_SAMPLES: Final = 2_000
_SEED: Final = 20260101

#: From which kappa on it is called so (J. R. Landis, G. G. Koch, "The measurement of observer agreement for categorical data",
#: Biometrics 33 (1977), 159-174).
_NAMES: Final = (
    (0.8, "almost full agreement"),
    (0.6, "substantial agreement"),
    (0.4, "moderate agreement"),
    (0.2, "fair agreement"),
    (0.0, "slight agreement"),
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the ``reviewers`` of a calibration agree on the ``cases`` that all of them judged; ``left_out`` were judged by
    some only. ``same`` is the share of pairs of verdicts that are alike; ``kappa`` is ``None`` with too few cases, or where
    everybody always gave one and the same verdict. ``split`` are the records (ids) on which they differ, the most divided
    first."""

    reviewers: tuple[str, ...]
    cases: int
    left_out: int
    same: float | None
    kappa: Interval | None
    split: tuple[str, ...]


def agreement_of(calibration: Calibration) -> Agreement:
    """The agreement of a calibration whose verdicts are open. Those who judged nothing are not counted."""
    verdicts: dict[str, dict[str, str]] = {}
    for each in calibration.ratings:
        if each.verdict is not None:
            verdicts.setdefault(each.record, {})[each.reviewer] = each.verdict
    judged = {reviewer for found in verdicts.values() for reviewer in found}
    reviewers = tuple(each for each in calibration.reviewers if each in judged)
    whole = {record: found for record, found in verdicts.items() if len(found) == len(reviewers) >= 2}
    table = [[found[each] for each in reviewers] for found in whole.values()]
    split = [record for record, found in verdicts.items() if len(set(found.values())) > 1]
    return Agreement(
        reviewers,
        len(whole),
        len(verdicts) - len(whole),
        _same(table) if table else None,
        _interval(table) if len(table) >= LEAST else None,
        tuple(sorted(split, key=lambda record: _likeness(list(verdicts[record].values())))),
    )


def cohen_kappa(pairs: Sequence[Sequence[str]]) -> float | None:
    """Cohen's kappa of two reviewers: ``pairs`` has a row for each case, with the verdict of each. ``None`` where both always
    gave one and the same verdict.

    Source: J. Cohen, "A coefficient of agreement for nominal scales", Educ. Psychol. Meas. 20 (1960), 37-46.

    >>> cohen_kappa([["agree", "agree"], ["coach", "agree"], ["coach", "coach"], ["agree", "agree"]])
    0.5
    """
    one, other = Counter(row[0] for row in pairs), Counter(row[1] for row in pairs)
    seen = sum(row[0] == row[1] for row in pairs) / len(pairs)
    by_chance = sum(one[each] * other[each] for each in one) / len(pairs) ** 2
    return None if by_chance == 1 else (seen - by_chance) / (1 - by_chance)


def fleiss_kappa(rows: Sequence[Sequence[str]]) -> float | None:
    """Fleiss' kappa of any number of reviewers: ``rows`` has a row for each case, with the verdict of each, all of one length.
    ``None`` where everybody always gave one and the same verdict.

    Source: J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychol. Bull. 76 (1971), 378-382.

    >>> round(fleiss_kappa([["agree"] * 3, ["coach"] * 3, ["agree", "agree", "coach"]]), 3)
    0.55
    """
    total = Counter(each for row in rows for each in row)
    every = sum(total.values())
    by_chance = sum((count / every) ** 2 for count in total.values())
    return None if by_chance == 1 else (_same(rows) - by_chance) / (1 - by_chance)


def in_words(kappa: float) -> str:
    """What a kappa is called.

    >>> in_words(0.7), in_words(-0.1)
    ('substantial agreement', 'less agreement than by chance')
    """
    return next((name for least, name in _NAMES if kappa >= least), "less agreement than by chance")


def _same(rows: Sequence[Sequence[str]]) -> float:
    return sum(map(_likeness, rows)) / len(rows)


def _likeness(row: Sequence[str]) -> float:
    """The share of pairs in a row that are alike."""
    pairs = len(row) * (len(row) - 1)
    return sum(count * (count - 1) for count in Counter(row).values()) / pairs


def _interval(rows: Sequence[Sequence[str]]) -> Interval | None:
    kappa: Callable[[Sequence[Sequence[str]]], float | None] = cohen_kappa if len(rows[0]) == 2 else fleiss_kappa
    found = kappa(rows)
    if found is None:
        return None
    dice = random.Random(_SEED)
    drawn = sorted(each for _ in range(_SAMPLES) if (each := kappa(dice.choices(rows, k=len(rows)))) is not None)
    low, high = drawn[int(0.025 * len(drawn))], drawn[min(len(drawn) - 1, int(0.975 * len(drawn)))]
    return Interval(found, min(low, found), max(high, found))
