"""What a change of a policy really changes: all comparisons, one after another, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from remit.authoring.differences.changes import Difference
from remit.authoring.proving.change.change_questions import MOST_CAUSES, LookedAt, look_at
from remit.authoring.proving.change.change_regions import ChangeRegion, regions, situation_of
from remit.authoring.proving.change.comparison import ChangeComparison, Direction, comparisons
from remit.authoring.proving.change.largest_increase import Increase, largest_increase
from remit.authoring.proving.change.not_covered import NotCovered, not_covered
from remit.authoring.proving.change.policy_pair import PolicyPair
from remit.language import words
from remit.policy.model import Model

__all__ = ["ChangeProof", "ChangeVerdict", "GateOutcome", "Settled", "prove_change"]

#: ``changed``: limits and what is owed are equal, and something changed that this says nothing of.
ChangeVerdict: TypeAlias = Literal["equal", "changed", "wider", "narrower", "both", "open"]
#: Whether there is such a case.
Settled: TypeAlias = Literal["yes", "no", "open"]


@dataclass(frozen=True, slots=True)
class GateOutcome:
    """Whether the gate of this name is passed, and why not."""

    gate: str
    passed: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeProof:
    """Whether the new policy is wider and narrower in some case. ``open`` says what is not known, and why: of a direction, or
    of both (``None``). ``more`` are the directions with more
    regions than were looked at."""

    pair: PolicyPair
    regions: tuple[ChangeRegion, ...]
    settled: Mapping[Direction, Settled]
    not_covered: tuple[NotCovered, ...]
    open: tuple[tuple[Direction | None, str], ...] = ()
    more: tuple[Direction, ...] = ()
    increases: tuple[Increase, ...] = ()
    queries: tuple[str, ...] = ()
    gates: tuple[GateOutcome, ...] = ()

    @property
    def verdict(self) -> ChangeVerdict:
        """In one word."""
        wider, narrower = self.settled["wider"], self.settled["narrower"]
        if wider == narrower == "yes":
            return "both"
        if "yes" in (wider, narrower):
            return "wider" if wider == "yes" else "narrower"
        if "open" in (wider, narrower):
            return "open"
        return "changed" if self.not_covered else "equal"

    @property
    def largest_increases(self) -> tuple[Increase, ...]:
        """The largest of each remedy, of what may be given and of what is owed: that with the highest bound."""
        found: dict[tuple[str, str], Increase] = {}
        for each in sorted(self.increases, key=lambda each: (-each.largest.at_most, -each.largest.reached)):
            found.setdefault((each.comparison.aspect, each.comparison.remedy), each)
        return tuple(found.values())

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        digests = {side: model.digest for side, model in self.pair.models.items()}
        return {
            "verdict": self.verdict,
            "wider": self.settled["wider"],
            "narrower": self.settled["narrower"],
            "digests": digests,
            "regions": [each.to_dict() for each in self.regions],
            "more_regions": list(self.more),
            "open": [told for _, told in self.open],
            "not_covered": [{"section": each.heading, "told": each.told} for each in self.not_covered],
            "largest_increases": [self._increase(each) for each in self.largest_increases],
            "gates": [{"gate": each.gate, "passed": each.passed, "reasons": list(each.reasons)} for each in self.gates],
            **({"queries": list(self.queries)} if self.queries else {}),
        }

    def _increase(self, each: Increase) -> dict[str, Any]:
        of, shown = each.comparison, each.largest.shown
        example = {} if shown is None else {"situation": situation_of(self.pair, shown.decided.case)}
        reached, most = each.largest.reached, each.at_most
        return {"of": of.aspect, "remedy": of.remedy, "roles": list(of.roles), "reached": reached, "at_most": most, **example}


def prove_change(
    old: Model, new: Model, difference: Difference, *, seconds: float = 10.0, increase_over: int | None = None
) -> Iterator[tuple[int, int, ChangeProof | None]]:
    """How many of how many questions are answered, and with the last, what came of them. ``increase_over``: the largest
    increase of money is looked for, too, where it is proved first whether it is above so many smallest units. Raises
    :class:`remit.errors.MissingExtra` without a solver."""
    pair = PolicyPair(old, new)
    if pair.ground.obstacles:
        open_ = tuple((None, each) for each in pair.ground.obstacles)
        yield 0, 0, ChangeProof(pair, (), {"wider": "open", "narrower": "open"}, (), open_)
        return
    asked = [*comparisons(pair)]
    rising = [each for each in asked if increase_over is not None and _is_rise(each)]
    total, looked, found = len(asked) + len(rising), list[LookedAt](), 0
    for each in asked:
        looked.append(look_at(each, seconds, most=max(1, MOST_CAUSES - found)))
        found += len(looked[-1].found)
        yield len(looked), total, None
    increases = []
    may_rise = {id(each.comparison) for each in looked if each.found or each.open}
    for each in rising:
        if id(each) in may_rise:
            increases.append(largest_increase(each, seconds, allowed=increase_over))
        yield len(looked) + len(increases), total, None
    proof = ChangeProof(
        pair,
        regions(pair, (change for each in looked for change in each.found), difference),
        {"wider": _settled(looked, "wider"), "narrower": _settled(looked, "narrower")},
        not_covered(pair, difference),
        tuple(dict.fromkeys((each.comparison.direction, _open(each)) for each in looked if each.open)),
        tuple(dict.fromkeys(each.comparison.direction for each in looked if each.more)),
        tuple(increases),
        tuple(each.query for each in looked if each.query),
    )
    yield total, total, proof


def _is_rise(each: ChangeComparison) -> bool:
    return each.direction == "wider" and each.pair.models["new"].remedies[each.remedy].kind == "money"


def _settled(looked: list[LookedAt], direction: Direction) -> Settled:
    mine = [each for each in looked if each.comparison.direction == direction]
    if any(each.found for each in mine):
        return "yes"
    return "open" if any(each.open or each.more for each in mine) else "no"


def _open(each: LookedAt) -> str:
    of = each.comparison
    title = words.in_sentence(of.pair.models["new"].remedies[of.remedy].title)
    roles = words.listing(map(words.name, of.roles))
    what = f"whether {title} is owed" if of.aspect == "owed" else f"whether {roles} may give"
    more = "more" if of.direction == "wider" else "less"
    rest = "" if not each.found else " in other cases, too"
    said = f"{what} {more}" if of.aspect == "owed" else f"{what} {more} of {title}"
    return f"{said}{rest}: {each.open}"
