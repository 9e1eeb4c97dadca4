"""A draw of records to look at: a part at random, a part of AI agents, and the rest by risk.

The shares. **At least a third is drawn at random** from all that the reviewer may review, each with the same chance: what they
find there can be counted and holds for all decisions, which nothing drawn by risk does. **A share of the draw (a fifth, unless
``agent_rate`` says otherwise) is decisions of AI agents**, where there are any: one that decides wrongly does it a thousand
times. **The rest is divided among the reasons that occur**, as evenly as the records allow: each place goes to the reason that
has fewest so far, so that a rare one (a loop) is not crowded out by a frequent one (on the limit). Where there are more reasons
than places, the seed says which come first, so that over some draws each has its turn.

How it is drawn. The seed, the reason and the record's number in the log decide a number for it (from a hash), and the records
with the lowest are drawn. So the same ledger, seed and time give the same draw, in one pass, and only the lowest of each reason
are kept. A record that weighs more within its reason has a lower number: -ln(u) / weight, after P. S. Efraimidis and P. G.
Spirakis, "Weighted random sampling with a reservoir", Information Processing Letters 97 (2006), 181-185.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from math import ceil, log
from typing import TYPE_CHECKING, Final

from remit.review.actions import Action, read_actions
from remit.review.drawing.draw_reasons import DrawContext, DrawReason, reasons_of

if TYPE_CHECKING:
    from remit.ledger.people.people_reader import PeopleReader
    from remit.ledger.quality.review_rights import ReviewRights

__all__ = ["AGENT_RATE", "AT_RANDOM", "BY_RISK", "Draw", "DrawnRecord", "Lowest", "draw", "draw_from"]

#: The share of decisions of AI agents in a draw, unless somebody wants another.
AGENT_RATE: Final = 0.2
#: The tags of a review that say how its record was drawn: only what was drawn at random may be counted up to all records.
AT_RANDOM: Final = "drawn-at-random"
BY_RISK: Final = "drawn-by-risk"

_RANDOM: Final = "random"
_AGENT: Final = "agent"
#: How many more than wanted are kept of each reason: some turn out not to be the reviewer's, some are drawn already.
_SPARE: Final = 40
_UNIT: Final = 2.0**64
_DRAWN: Final = frozenset(("grant", "hold", "escalate", "approve", "permit", "decline", "void"))


@dataclass(frozen=True, slots=True)
class DrawnRecord:
    """A record that was drawn: its ``id`` and number (``seq``), whether it belongs to the part that was drawn ``at_random``,
    whether an AI agent did it, and all that is known to be worth a look in it."""

    id: str
    seq: int
    at_random: bool
    agent: bool
    reasons: tuple[DrawReason, ...] = ()

    @property
    def words(self) -> str:
        """Why it was drawn, in words."""
        told = [each.words for each in self.reasons]
        told += ["decided by an AI agent"] if self.agent else []
        told += ["drawn at random"] if self.at_random else []
        return "; ".join(told) or "to fill the draw"

    @property
    def tag(self) -> str:
        """The tag of a review that says how its record was drawn."""
        return AT_RANDOM if self.at_random else BY_RISK


@dataclass(frozen=True, slots=True)
class Draw:
    """What was drawn, in the order in which to look at it, by which ``seed``; of how many records that the reviewer may review
    (``considered``), and for how many of these there was each reason (``found``)."""

    seed: str
    considered: int
    records: tuple[DrawnRecord, ...]
    found: Mapping[str, int] = field(default_factory=dict)


class Lowest:
    """The records with the lowest numbers of all that were added; at most ``most`` are kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[tuple[float, int, DrawnRecord]] = []

    def add(self, number: float, record: DrawnRecord) -> None:
        """Keep a record, if its number is low enough."""
        item = (-number, -record.seq, record)
        if len(self._heap) < self._most:
            heapq.heappush(self._heap, item)
        elif item > self._heap[0]:
            heapq.heapreplace(self._heap, item)

    def in_order(self) -> list[DrawnRecord]:
        """Those that were kept, lowest first."""
        return [record for *_, record in sorted(self._heap, reverse=True)]

    def __len__(self) -> int:
        return len(self._heap)


def draw(
    ledger: PeopleReader,
    rights: ReviewRights,
    *,
    since: datetime,
    count: int,
    seed: str,
    policy: str | None = None,
    site: str | None = None,
    agent_rate: float = AGENT_RATE,
    progress: Callable[[], None] = lambda: None,
) -> Draw:
    """Draw ``count`` records from ``since`` on for the reviewer of ``rights``; ``policy`` (its id) and ``site`` narrow it down.

    Left out is what they did themselves, what they reviewed already, and what they may not review. ``progress`` is called for
    each record that was read. Raises :class:`remit.errors.LedgerCorrupt`.
    """
    done = _reviewed(ledger, rights.id, since)

    def is_wanted(action: Action) -> bool:
        return action.id not in done and _is_theirs(action, rights) and _is_at(action, site)

    def read() -> Iterator[Action]:
        for action in read_actions(ledger, since=since, policy=policy):
            progress()
            yield action

    return draw_from(
        read(),
        DrawContext(ledger),
        is_wanted,
        lambda record: rights.reviewer(ledger.record(record.id)) is not None,
        count=count,
        seed=seed,
        agent_rate=agent_rate,
    )


def draw_from(
    actions: Iterable[Action],
    context: DrawContext,
    is_wanted: Callable[[Action], bool],
    is_theirs: Callable[[DrawnRecord], bool],
    *,
    count: int,
    seed: str,
    agent_rate: float = AGENT_RATE,
) -> Draw:
    """The same, of ``actions`` in the order of their log: of those that are wanted. ``is_theirs`` is asked of those few alone
    that may be drawn."""
    kept = _Kept(seed, count + _SPARE)
    for action in actions:
        if action.kind not in _DRAWN and action.act is None:
            continue
        context.take(action)
        if is_wanted(action):
            kept.take(action, tuple(reasons_of(action, context)))
    return kept.draw(count, agent_rate, is_theirs)


def _reviewed(ledger: PeopleReader, reviewer: str, since: datetime) -> frozenset[str]:
    """What a reviewer has reviewed already: found by their own records."""
    return frozenset(str(each.of) for each in ledger.records(kind="review", employee=reviewer, since=since))


def _is_theirs(action: Action, rights: ReviewRights) -> bool:
    who = action.actor
    return who is not None and action.digest is not None and rights.may_review(action.digest, who.id, who.role)


def _is_at(action: Action, site: str | None) -> bool:
    who = action.asker
    return site is None or (who is not None and who.site is not None and who.site.casefold() == site.casefold())


class _Kept:
    """The records with the lowest numbers: of all, of AI agents, and of each reason."""

    def __init__(self, seed: str, most: int) -> None:
        self._seed, self._most = seed, most
        self._lowest = {_RANDOM: Lowest(most), _AGENT: Lowest(most)}
        self._found: Counter[str] = Counter()
        self._considered = 0

    def take(self, action: Action, reasons: tuple[DrawReason, ...]) -> None:
        agent = action.actor is not None and action.actor.agent
        record = DrawnRecord(action.id, action.seq, False, agent, reasons)
        self._considered += 1
        self._add(_RANDOM, record)
        if agent:
            self._add(_AGENT, record)
        for each in reasons:
            self._found[each.name] += 1
            self._add(each.name, record, each.weight)

    def _add(self, name: str, record: DrawnRecord, weight: float = 1.0) -> None:
        if name not in self._lowest:
            self._lowest[name] = Lowest(self._most)
        self._lowest[name].add(-log(_share(self._seed, name, f"{record.seq}")) / weight, record)

    def draw(self, count: int, agent_rate: float, is_theirs: Callable[[DrawnRecord], bool]) -> Draw:
        known: dict[str, bool] = {}

        def able(records: Iterable[DrawnRecord]) -> list[DrawnRecord]:
            """Those that the ledger would take a review of: asked of each only once it may be drawn."""
            out: list[DrawnRecord] = []
            for each in records:
                if len(out) >= count:
                    break
                if each.id not in known:
                    known[each.id] = is_theirs(each)
                out += [each] if known[each.id] else []
            return out

        order = able(self._lowest[_RANDOM].in_order())
        pools = {name: able(kept.in_order()) for name, kept in self._lowest.items() if name not in (_RANDOM, _AGENT)}
        drawn, at_random = _choose(self._seed, order, able(self._lowest[_AGENT].in_order()), pools, count, agent_rate)
        records = [DrawnRecord(each.id, each.seq, each.id in at_random, each.agent, each.reasons) for each in drawn.values()]
        records.sort(key=lambda each: (_share(self._seed, "order", f"{each.seq}"), each.seq))
        return Draw(self._seed, self._considered, tuple(records), dict(self._found))


def _choose(
    seed: str,
    order: list[DrawnRecord],
    agents: list[DrawnRecord],
    pools: Mapping[str, list[DrawnRecord]],
    count: int,
    agent_rate: float,
) -> tuple[dict[str, DrawnRecord], frozenset[str]]:
    """What is drawn, by id, and what of it belongs to the random part. ``order`` is all records in random order, ``pools``
    those of each reason."""
    rate = int(count * agent_rate)
    risky = {each.id for pool in pools.values() for each in pool}
    size = max(ceil(count / 3), count - min(rate, len(agents)) - len(risky))  # known before it is seen what chance brings
    drawn = {each.id: each for each in order[:size]}
    at_random = frozenset(drawn)
    there = sum(each.agent for each in drawn.values())
    for each in [each for each in agents if each.id not in drawn][: max(0, min(rate - there, count - len(drawn)))]:
        drawn[each.id] = each
    served = Counter(reason.name for each in drawn.values() for reason in each.reasons)
    waiting = {name: [each for each in pool if each.id not in drawn] for name, pool in pools.items()}
    turn = {name: _share(seed, "turn", name) for name in pools}
    while len(drawn) < count and (left := [name for name, pool in waiting.items() if pool]):
        name = min(left, key=lambda each: (served[each], turn[each]))
        record = waiting[name].pop(0)
        if record.id not in drawn:
            drawn[record.id] = record
            served.update(reason.name for reason in record.reasons)
    for each in order:  # a reason and chance found the same: what is left is filled, and is no part of what may be counted
        if len(drawn) >= count:
            break
        drawn.setdefault(each.id, each)
    return drawn, at_random


def _share(seed: str, name: str, record: str) -> float:
    """A number above 0 and at most 1 that only the seed, the reason and the record decide."""
    digest = blake2b(f"{seed}\x1f{name}\x1f{record}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") + 1) / _UNIT
