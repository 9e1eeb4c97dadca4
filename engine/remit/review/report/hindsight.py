"""What was said, and what became of it, afterwards: reviews with their disputes, and whether customers stayed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import floor, log10
from typing import Any, ClassVar, Final

from remit.authoring.show import Section
from remit.language import words
from remit.language.values import minor_digits
from remit.ledger.quality.reviews import CAUSES, RESULTS, VERDICTS
from remit.review.actions import Action
from remit.review.estimates import Interval, mean_interval, share
from remit.review.report.figure import BRIEF, Chart, Context, as_share, average, money, number, percent, rate
from remit.review.report.outcome_tally import OutcomeTallies

__all__ = ["Generosity", "GenerosityFigures", "ReviewFigures", "ReviewsMade"]


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """How often each verdict was given and each cause named, and what became of ``disputes``; ``decided`` is how many records
    could be reviewed."""

    verdicts: Mapping[str, int]
    causes: Mapping[str, int]
    disputes: int
    results: Mapping[str, int]
    decided: int

    @property
    def total(self) -> int:
        """All reviews."""
        return sum(self.verdicts.values())

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "reviews": self.total,
            "decisions": self.decided,
            "verdicts": {name: as_share(count, self.total) for name, count in self.verdicts.items()},
            "causes": dict(self.causes),
            "disputes": as_share(self.disputes, self.total),
            "results": dict(self.results),
        }

    def headlines(self) -> Iterator[str]:
        """How many, and the verdicts."""
        if self.total:
            said = words.listing(f"{number(count)} {name}" for name, count in self.verdicts.items() if count)
            disputed = f" {number(self.disputes)} {'was' if self.disputes == 1 else 'were'} disputed." if self.disputes else ""
            yield f"Reviews: {number(self.total)} ({said}).{disputed}"

    def sections(self, rows: int) -> Iterator[Section]:
        """Verdicts, causes, disputes."""
        if not self.total or rows <= BRIEF:
            return
        table = [(f"Verdict: {VERDICTS.get(name, name)}", count, self.total) for name, count in self.verdicts.items()]
        table += [(f"Cause: {CAUSES.get(name, name)}", count, self.total) for name, count in self.causes.items()]
        table += [(f"Dispute: {RESULTS.get(name, name)}", count, self.disputes) for name, count in self.results.items()]
        shown = tuple((name, number(count), percent(count / of) if of else "") for name, count, of in table if count)
        yield Section("Reviews", ("What was said", "Times", "Share"), shown)

    def charts(self) -> Iterator[Chart]:
        """None."""
        return iter(())


class ReviewsMade:
    """The fold."""

    kinds: ClassVar[frozenset[str]] = frozenset(("review", "dispute", "answer", "grant", "escalate", "settle", "decide"))

    def __init__(self, context: Context) -> None:
        del context
        self._verdicts: Counter[str] = Counter()
        self._causes: Counter[str] = Counter()
        self._results: Counter[str] = Counter()
        self._disputes = self._decided = 0

    def add(self, action: Action) -> None:
        """Count an action."""
        if action.kind == "review":
            self._verdicts[action.verdict or ""] += 1
            if action.cause is not None:
                self._causes[action.cause] += 1
        elif action.kind == "dispute":
            self._disputes += 1
        elif action.kind == "answer":
            self._results[action.result or ""] += 1
        else:
            self._decided += action.kind != "decide" or action.act is not None

    def result(self) -> ReviewFigures:
        """What was found."""
        causes = dict(sorted(self._causes.items(), key=lambda item: (-item[1], item[0])))
        verdicts = {name: self._verdicts[name] for name in (*VERDICTS, *sorted(self._verdicts.keys() - VERDICTS.keys()))}
        results = {name: self._results[name] for name in RESULTS}
        return ReviewFigures(verdicts, causes, self._disputes, results, self._decided)


#: Where the bands of amounts end, times powers of ten.
_STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class _Band:
    """What became of customers who got about as much."""

    kept: int
    of: int
    csat: Interval | None
    rated: int
    mean: float

    @property
    def said(self) -> str:
        """The mean of what was said, with its interval where there are two or more."""
        return average(self.csat) if self.csat is not None else f"{self.mean:.1f}" if self.rated else ""


@dataclass(frozen=True, slots=True)
class GenerosityFigures:
    """Outcomes by currency and band of what the goodwill cost: up to so many smallest units; 0 is nothing."""

    bands: Mapping[tuple[str, int], _Band]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "bands": [
                {
                    "currency": currency,
                    "up_to": most / 10 ** minor_digits(currency),
                    "kept": as_share(band.kept, band.of),
                    "csat": band.csat.to_dict() if band.csat else None,
                    "csat_mean": band.mean if band.rated else None,
                    "rated": band.rated,
                }
                for (currency, most), band in self.bands.items()
            ]
        }

    def headlines(self) -> Iterator[str]:
        """Kept, with something given and without."""
        given = [band for (_, most), band in self.bands.items() if most]
        not_given = [band for (_, most), band in self.bands.items() if not most]
        some, none = sum(each.of for each in given), sum(each.of for each in not_given)
        if some and none:
            kept = rate(sum(each.kept for each in given), some), rate(sum(each.kept for each in not_given), none)
            yield f"Customers kept: {kept[0]} where goodwill was given, {kept[1]} where none was."
        elif some:
            yield f"Customers kept: {rate(sum(each.kept for each in given), some)} of those with a known outcome."

    def sections(self, rows: int) -> Iterator[Section]:
        """By band."""
        del rows
        table = tuple(
            (_band(currency, most), number(max(band.of, band.rated)), rate(band.kept, band.of), band.said)
            for (currency, most), band in self.bands.items()
        )
        if table:
            caution = "It is no experiment: those who are given more had a worse time, too. Compare with care."
            yield Section("What generosity achieved", ("Goodwill cost", "Cases", "Kept", "CSAT"), table, (caution,))

    def charts(self) -> Iterator[Chart]:
        """Kept, by band."""
        for currency in sorted({name for name, _ in self.bands}):
            found = [(most, band, share(band.kept, band.of)) for (name, most), band in self.bands.items() if name == currency]
            known = [(most, found_) for most, _, found_ in found if found_ is not None]
            if len(known) > 1:
                yield Chart(
                    "bars",
                    f"Customers who were kept, by what the goodwill cost ({currency})",
                    "Lines are the intervals that hold the true share with 95%. It is no experiment.",
                    tuple(_band(currency, most) for most, _ in known),
                    tuple(each.estimate for _, each in known),
                    "share",
                    tuple(each.low for _, each in known),
                    tuple(each.high for _, each in known),
                )


def _band(currency: str, most: int) -> str:
    return f"up to {money(most, currency)}" if most else "nothing"


class Generosity:
    """The fold: outcomes that were recorded in the time, by what the decision gave."""

    kinds: ClassVar[frozenset[str]] = frozenset(("outcome",))

    def __init__(self, context: Context) -> None:
        self._costs = context.costs
        self._outcomes = OutcomeTallies[tuple[str, int]]()

    def add(self, action: Action) -> None:
        """Count an action."""
        target = action.target
        if target is None:
            return
        currency = self._costs.currency(target)
        key = currency, band_of(self._costs.goodwill(target), currency)
        self._outcomes.add(key, action)

    def result(self) -> GenerosityFigures:
        """What was found."""
        found = sorted(self._outcomes.by_key.items())
        bands = {
            key: _Band(each.kept, each.of, mean_interval(each.moments), each.csat.total(), each.moments.mean)
            for key, each in found
        }
        return GenerosityFigures({key: band for key, band in bands.items() if band.of or band.rated})


def band_of(minor: int, currency: str) -> int:
    """Where the band of an amount ends: the next of 1, 2, 5, 10, 20, 50, ... units of the currency; all in smallest units.

    >>> band_of(0, "EUR"), band_of(150, "EUR"), band_of(5000, "EUR"), band_of(5001, "EUR")
    (0, 200, 5000, 10000)
    """
    if minor <= 0:
        return 0
    unit: int = 10 ** minor_digits(currency)
    power: int = 10 ** max(0, floor(log10(max(1, minor // unit))))
    return next(step * each * unit for each in (power, 10 * power) for step in _STEPS if minor <= step * each * unit)
