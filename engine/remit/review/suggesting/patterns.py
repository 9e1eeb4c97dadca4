"""Groups of like hand-overs that are approved nearly every time, and clearly more often than others.

A group is the hand-overs of one role for one remedy for which a rule holds, or that have one or two facts in common. It becomes
a pattern where enough employees, customers and approvers are in it, and where approval is the answer so regularly that chance
hardly explains it.

**Error rate.** The interval of a group's share is corrected for all groups that are looked at (Bonferroni). Where, in every
group, hand-overs are approved independently of each other and no more often than :data:`LEVEL`, or no more often than
elsewhere, the chance that anything at all is proposed in a run is at most 2.5% (the lower half of what a 95% interval
misses). A group that is surely approved more often than :data:`NEARLY_ALWAYS` is proposed whatever happens elsewhere: where
nearly everything is approved, the limits are too low everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final, TypeAlias

from remit.policy.model import Model
from remit.review.estimates import Interval, share
from remit.review.suggesting.handover_features import Feature, FeatureReader
from remit.review.suggesting.handovers import HandOver

__all__ = [
    "FEWEST",
    "LEVEL",
    "MOST",
    "NEARLY_ALWAYS",
    "ApprovalEvidence",
    "ApprovalPattern",
    "CountedHandOver",
    "evidence_of",
    "is_broad",
    "patterns",
    "rows_of",
]

#: The share of approvals above which the whole interval must lie.
LEVEL: Final = 0.7
#: A share of approvals that is too high for any limit, also where it is like that elsewhere.
NEARLY_ALWAYS: Final = 0.9
#: How few hand-overs, employees, customers and approvers are too few.
FEWEST: Final = 20
FEWEST_EMPLOYEES: Final = 3
FEWEST_CUSTOMERS: Final = 10
FEWEST_APPROVERS: Final = 2
#: The largest share that one employee or one approver may have of a pattern.
MOST_BY_ONE: Final = 2 / 3
#: Parts of a group of at least this many are looked at alone: none may be clearly below the level.
_PART: Final = 10
#: How far the shares of two parts of a group may lie apart, where that is not chance.
_APART: Final = 0.1
#: At most so many patterns are found.
MOST: Final = 5
#: What says that something else than the limit was in the way.
_OTHER_REASONS: Final = frozenset(("guardrail", "cap", "claim", "undetermined"))

_Where: TypeAlias = tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class CountedHandOver:
    """A hand-over of ``remedy`` as it is counted: ``limit`` is what the employee might give, and ``success`` whether more
    than that was given in the end."""

    handover: HandOver
    remedy: str
    limit: int
    success: bool
    features: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class ApprovalEvidence:
    """The counts behind a pattern: of ``count`` answered hand-overs, ``unchanged`` were approved as asked and ``less`` with
    less, but more than the limit; ``share`` is that of both, with its interval, and ``elsewhere`` the same share of all other
    hand-overs (``None``: there are too few). ``examples`` are numbers of records."""

    count: int
    unchanged: int
    less: int
    refused: int
    share: Interval
    elsewhere: Interval | None
    employees: int
    approvers: int
    customers: int
    examples: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ApprovalPattern:
    """Hand-overs by ``role`` for ``remedy``, alike by ``where``, that are approved nearly every time."""

    role: str
    remedy: str
    where: _Where
    rows: tuple[CountedHandOver, ...] = field(repr=False)
    evidence: ApprovalEvidence

    @property
    def is_gap(self) -> bool:
        """Whether no rule covers any of them."""
        return all(row.handover.task.parts[self.remedy].rule is None and not row.limit for row in self.rows)


def rows_of(model: Model, handovers: Sequence[HandOver]) -> list[CountedHandOver]:
    """The answered hand-overs that only the limit of a remedy, or a gap, sent up."""
    reader = FeatureReader(model)
    out = []
    for each in handovers:
        if each.answer is None or each.role not in model.ladder or not _only_by_limit(each):
            continue
        for remedy, part in each.task.parts.items():
            if remedy in model.remedies and part.asked > part.limit:
                success = each.given.get(remedy, 0) > part.limit
                out.append(CountedHandOver(each, remedy, part.limit, success, reader.of(each.task, each.role, remedy)))
    return out


def _only_by_limit(each: HandOver) -> bool:
    return not any(kind in _OTHER_REASONS for kind, _ in each.task.reasons)


def patterns(model: Model, rows: Sequence[CountedHandOver], most: int = MOST, times: int = 1) -> list[ApprovalPattern]:
    """At most ``most`` patterns, those first that would save most hand-overs; no hand-over is in two of them. ``times``: so
    many sets of rows are looked at (one for each currency)."""
    groups: dict[tuple[str, str], list[CountedHandOver]] = {}
    for row in rows:
        groups.setdefault((row.handover.role, row.remedy), []).append(row)
    looks = times * max(1, sum(len(_candidates(each)) for each in groups.values()))
    found: list[ApprovalPattern] = []
    while len(found) < most:
        everything = [row for each in groups.values() for row in each]
        best = _best(model, groups, everything, looks)
        if best is None:
            break
        found.append(best)
        taken = set(map(id, best.rows))
        groups = {key: [row for row in each if id(row) not in taken] for key, each in groups.items()}
    return found


def _candidates(rows: Sequence[CountedHandOver]) -> dict[_Where, tuple[int, int]]:
    """The groups that are large enough: how many hand-overs, and how many successes."""
    counts: Counter[_Where] = Counter()
    successes: Counter[_Where] = Counter()
    for row in rows:
        for where in _wheres(row):
            counts[where] += 1
            successes[where] += row.success
    return {where: (count, successes[where]) for where, count in counts.items() if count >= FEWEST}


def _wheres(row: CountedHandOver) -> Iterator[_Where]:
    """All groups that a hand-over is in: those of its rules, and of one or two of its facts; and all of its role."""
    yield ()
    facts = [each for each in row.features if each.kind != "rule"]
    yield from ((each,) for each in row.features)
    yield from (pair for pair in combinations(facts, 2) if pair[0].name != pair[1].name)


def _best(
    model: Model, groups: dict[tuple[str, str], list[CountedHandOver]], everything: Sequence[CountedHandOver], looks: int
) -> ApprovalPattern | None:
    """The pattern with the most approvals. Of the same hand-overs, a rule that is there comes before new facts, and fewer
    facts before more."""
    wanted = []
    total, approved = len(everything), sum(row.success for row in everything)
    for key, rows in groups.items():
        for where, (count, successes) in _candidates(rows).items():
            low = share(successes, count, looks=looks)
            others = share(approved - successes, total - count) if total - count >= FEWEST else None
            bar = max(LEVEL, min(others.high, NEARLY_ALWAYS) if others is not None else 0.0)
            if low is not None and low.low > bar:
                order = (-successes, _rank(where), repr(where))
                wanted.append((order, key, where, others))
    for _, key, where, others in sorted(wanted, key=lambda each: each[0]):
        rows = [row for row in groups[key] if set(where) <= set(row.features)]
        exact = _exact(model, where, rows)
        approved_rows = [row.handover for row in rows if row.success]
        if exact is not None and is_broad([row.handover for row in rows], approved_rows) and _is_even(rows):
            return ApprovalPattern(*key, exact, tuple(rows), evidence_of(rows, others, looks))
    return None


def _exact(model: Model, where: _Where, rows: Sequence[CountedHandOver]) -> _Where | None:
    """``where`` with all facts that every hand-over of the group has: a change is for what there is evidence of, and no more.
    ``None`` for a rule that holds for other facts, too."""
    reader = FeatureReader(model)
    common = {each for each in rows[0].features if each.kind == "fact"}.intersection(*(row.features for row in rows))
    facts = [each for each in rows[0].features if each in common and not reader.goes_without_saying(each)]
    if not where or where[0].kind != "rule":
        return (*where, *(each for each in facts if each not in where))
    rule = next(each for each in model.rules if each.id == where[0].name)
    task, role = rows[0].handover.task, rows[0].handover.role
    return where if all(reader.is_needed(rule, task, role, each) for each in facts) else None


def _rank(where: _Where) -> int:
    """How far a change for it is from what the policy says now."""
    return 0 if where and where[0].kind == "rule" else 1 + len(where)


def is_broad(sent: Sequence[HandOver], approved: Sequence[HandOver]) -> bool:
    """Whether enough people are in it, and it would be as clear without any one of them."""
    if len({each.customer for each in sent}) < FEWEST_CUSTOMERS:
        return False
    for name, fewest in (("who", FEWEST_EMPLOYEES), ("approver", FEWEST_APPROVERS)):
        own = Counter(getattr(each, name) for each in sent)
        won = Counter(getattr(each, name) for each in approved)
        if len(own) < fewest or max(own.values()) > MOST_BY_ONE * len(sent):
            return False
        if any(len(approved) - won[who] < LEVEL * (len(sent) - count) for who, count in own.items()):
            return False
    return True


def _is_even(rows: Sequence[CountedHandOver]) -> bool:
    """Whether no part of it, by one more fact, is clearly approved less often than the level, or than the rest of it: such a
    group mixes two kinds."""
    counts: Counter[Feature] = Counter()
    successes: Counter[Feature] = Counter()
    for row in rows:
        for each in row.features:
            counts[each] += 1
            successes[each] += row.success
    approved = sum(row.success for row in rows)
    for each, count in counts.items():
        part, rest = share(successes[each], count), share(approved - successes[each], len(rows) - count)
        if part is not None and count >= _PART and part.high < LEVEL:
            return False
        if part is not None and rest is not None and min(count, len(rows) - count) >= _PART and _differ(part, rest):
            return False
    return True


def _differ(one: Interval, other: Interval) -> bool:
    """Whether two shares are so far apart that it matters, and not by chance."""
    low, high = sorted((one, other), key=lambda each: each.estimate)
    return low.high < high.low and high.estimate - low.estimate > _APART


def evidence_of(rows: Sequence[CountedHandOver], elsewhere: Interval | None, looks: int = 1) -> ApprovalEvidence:
    """The counts of a group of hand-overs."""
    approved = [row for row in rows if row.success]
    unchanged = sum(row.handover.given.get(row.remedy, 0) >= row.handover.task.parts[row.remedy].asked for row in approved)
    interval = share(len(approved), len(rows), looks=looks)
    assert interval is not None
    return ApprovalEvidence(
        count=len(rows),
        unchanged=unchanged,
        less=len(approved) - unchanged,
        refused=len(rows) - len(approved),
        share=interval,
        elsewhere=elsewhere,
        employees=len({row.handover.who for row in rows}),
        approvers=len({row.handover.approver for row in rows}),
        customers=len({row.handover.customer for row in rows}),
        examples=tuple(row.handover.task.seq for row in approved[:3]),
    )
