"""The groups that were treated differently, each with two cases to look at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from remit.review.twins.twin_cells import MEASURES, Cell
from remit.review.twins.twin_comparisons import AT_LEAST, LEVEL, Comparison, Made, Shared, TwinGroup, compared, made, order
from remit.review.twins.twin_tally import Tally

__all__ = ["TwinFinding", "Twins", "compare"]


@dataclass(frozen=True, slots=True)
class TwinFinding:
    """A group that was treated differently: the comparisons that show it, the clearest first, and two like cases that differ,
    by their record numbers: one of the group, and one of the rest."""

    group: TwinGroup
    comparisons: tuple[Comparison, ...]
    example: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Twins:
    """What was compared and found. ``too_few`` are the groups with too little data; ``hidden`` counts groups of customers that
    are too small to be shown, by fact; ``crowded`` are facts with too many values. ``all_same`` says that there was data, and
    every like case was treated the same."""

    cases: int
    left_out: int
    at_least: float
    comparisons: tuple[Comparison, ...]
    findings: tuple[TwinFinding, ...]
    too_few: tuple[TwinGroup, ...]
    hidden: Mapping[str, int]
    crowded: tuple[str, ...]
    all_same: bool = False

    @property
    def made(self) -> int:
        """How many comparisons were made."""
        return len(self.comparisons)


def compare(tally: Tally, *, by: Collection[str] | None = None, at_least: float = AT_LEAST) -> Twins:
    """Compare the like cases of a tally: by everything, or ``by`` some of ``employee``, ``site``, ``agent`` and facts.
    ``at_least`` is the difference that matters: points of a rate or a share, and parts of an amount."""
    found = made(tally, by=by, at_least=at_least)
    return Twins(
        cases=tally.cases,
        left_out=tally.left_out,
        at_least=at_least,
        comparisons=tuple(found.comparisons),
        findings=tuple(_findings(found, at_least)),
        too_few=tuple(found.too_few),
        hidden=found.hidden,
        crowded=tuple(sorted(tally.crowded)),
        all_same=found.all_same,
    )


def _findings(found: Made, at_least: float) -> Iterator[TwinFinding]:
    """The clearest first. A group is left out that differs from the rest only because a clearer one is part of the rest."""
    groups: dict[TwinGroup, list[Comparison]] = {}
    for each in sorted((each for each in found.comparisons if each.found), key=lambda each: (each.chance, order(each.group))):
        groups.setdefault(each.group, []).append(each)
    told: dict[TwinGroup, set[str]] = {}
    for group, some in groups.items():
        family = told.setdefault(group._replace(value=""), set())
        shared = found.shared[group]
        still = [each for each in some if not family or _still(each, shared, family, at_least)]
        if still:
            family.add(group.value)
            examples = (_example(each, shared) for each in still)
            yield TwinFinding(group, tuple(still), next(filter(None, examples), None))


def _still(comparison: Comparison, shared: list[Shared], told: Collection[str], at_least: float) -> bool:
    """Whether a group differs as much from those of whom nothing was told yet, in the same direction."""
    measure = next(each for each in MEASURES if each.name == comparison.measure)
    again = compared(comparison.group, measure, [each.without(told) for each in shared], at_least)
    if not isinstance(again, Comparison):
        return False
    same_way = (again.difference.estimate > 0) == (comparison.difference.estimate > 0)
    return same_way and again.matters and again.chance <= LEVEL


def _example(comparison: Comparison, shared: list[Shared]) -> tuple[int, int] | None:
    """Two like cases, of the group and of the rest, that differ as the comparison does; those that differ most."""
    of_any = next(each.of_any for each in MEASURES if each.name == comparison.measure)
    more, best = comparison.difference.estimate > 0, list[tuple[int, int, int]]()
    for each in (one for one in shared if one.of_any == of_any):
        own = [cell for key, cell in each.cells.items() if each.is_own(key)]
        rest = [cell for key, cell in each.cells.items() if not each.is_own(key)]
        high, low = _high(comparison.measure, own if more else rest), _low(comparison.measure, rest if more else own)
        if high is not None and low is not None and high[0] > low[0]:
            best.append((low[0] - high[0], high[1], low[1]))
    if not best:
        return None
    _, high_seq, low_seq = min(best)
    return (high_seq, low_seq) if more else (low_seq, high_seq)


def _high(measure: str, cells: list[Cell]) -> tuple[int, int] | None:
    """How much the record has that shows most of a measure, and its number."""
    if measure == "sent_up":
        return min(((1, cell.sent) for cell in cells if cell.sent is not None), default=None)
    place = 1 if measure == "amount" else 0
    given = [(each[place], each[2]) for cell in cells if (each := cell.most) is not None]
    return max(given, key=lambda each: (each[0], -each[1]), default=None)


def _low(measure: str, cells: list[Cell]) -> tuple[int, int] | None:
    """How much the record has that shows least of a measure, and its number. What is given at once was not sent up."""
    if measure == "given":
        return min(((-1, cell.refused) for cell in cells if cell.refused is not None), default=None)
    if measure == "sent_up":
        return min(((0, each[2]) for cell in cells if (each := cell.most) is not None), default=None)
    place = 1 if measure == "amount" else 0
    return min(((each[place], each[2]) for cell in cells if (each := cell.least) is not None), default=None)
