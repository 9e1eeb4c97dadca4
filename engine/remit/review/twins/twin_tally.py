"""What was given in like cases, summed by group in one pass: sums and a few record numbers, no lists of records."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final

from remit.policy.model import Fact
from remit.review.actions import Action
from remit.review.twins.like_cases import Key, LikeCases
from remit.review.twins.twin_cells import Block, Cell, Worker, added, base_of, gift_of, shown_by

__all__ = ["EMPLOYEES", "FEWEST_CUSTOMERS", "MOST_CELLS", "MOST_VALUES", "Tally"]

#: The most sums kept: strata times groups. What is beyond is left out by whole strata, at random, and counted.
MOST_CELLS: Final = 200_000
#: The most values by which customers are compared; a fact with more is no grouping.
MOST_VALUES: Final = 30
#: A group is shown when it has as many customers.
FEWEST_CUSTOMERS: Final = 10

#: The table of those who face customers: people and AI agents, and so their sites.
EMPLOYEES: Final = ""
_HASHES: Final = 1 << 64


class Tally:
    """The sums of all like cases. ``facts`` are facts to compare customers by, and ``unread`` says to take also those that the
    policies read for nothing. ``since`` is in microseconds: what answers an earlier case is not counted. The order of the
    actions makes no difference, but that an answer comes after what it answers."""

    def __init__(
        self,
        like_cases: Callable[[Action], LikeCases],
        *,
        facts: Collection[str] = (),
        unread: bool = True,
        since: int = 0,
        most_cells: int = MOST_CELLS,
    ) -> None:
        self._like_cases = like_cases
        self._facts, self._unread, self._since, self._most_cells = tuple(facts), unread, since, most_cells
        self._grouping: dict[str, tuple[tuple[str, bool], ...]] = {}
        self._values: dict[str, set[str]] = {}
        self.tables: dict[str, dict[Block, dict[Any, Cell]]] = {EMPLOYEES: {}}
        self.customers: dict[tuple[str, str, str | None], set[str]] = {}
        self.crowded: set[str] = set()
        self.declared: set[str] = set()
        self.cases = 0
        self._cells = 0
        self._below = _HASHES

    @property
    def left_out(self) -> int:
        """How many cases are in strata that were left out, because there are more than can be kept."""
        kept = (groups for block, groups in self.tables[EMPLOYEES].items() if not block.of_any)
        return self.cases - sum(cell.sums[0] for groups in kept for cell in groups.values())

    def add(self, action: Action, opened: Mapping[str, Any] | None = None) -> None:
        """Count one action; ``opened`` are values of personal facts that customers are compared by."""
        if action.ends_contact:
            if action.policy is not None and action.asker is not None:
                self._count(action, 1, opened)
            return
        target = action.target
        if target is None or target.at < self._since:
            return
        if action.kind in ("approve", "settle") and target.kind in ("escalate", "hold"):
            self._give(target, action.given, 1, opened)
        elif action.kind == "void":
            self._take_back(action, target, opened)

    def join(self, other: Tally) -> None:
        """Take in the sums of another part of the log, counted the same way."""
        self._below = min(self._below, other._below)
        self.cases += other.cases
        self.declared |= other.declared
        for name in other.crowded:
            self._drop(name)
        for (name, value, site), some in other.customers.items():
            self._know(name, value, site, some)
        for name, table in other.tables.items():
            mine = self.tables.setdefault(name, {}) if name not in self.crowded else None
            for block, groups in table.items() if mine is not None else ():
                for group, cell in groups.items():
                    found = self._cell(name, block, group)
                    if found is not None:
                        found.join(cell)
        self._purge()
        self._thin()

    def _count(self, action: Action, sign: int, opened: Mapping[str, Any] | None) -> None:
        """Count a case in which an employee dealt with a customer, with what it gave at once."""
        self.cases += sign
        plain = base_of(action)
        if action.kind == "grant":
            plain = added(plain, gift_of(action, action.given), 1)
        shown = shown_by(action, plain) if sign > 0 else (None, None, None, None)
        for cell in self._cells_of(action, opened):
            cell.sums = added(cell.sums, plain, sign)
            cell.note(*shown)
        if self._cells > self._most_cells:
            self._thin()

    def _give(self, case: Action, given: Mapping[str, int], sign: int, opened: Mapping[str, Any] | None) -> None:
        """Something more was given in a case that was counted when nothing was."""
        gift = gift_of(case, given)
        for cell in self._cells_of(case, opened):
            cell.sums = added(cell.sums, gift, sign)

    def _take_back(self, void: Action, target: Action, opened: Mapping[str, Any] | None) -> None:
        """A grant that is taken back does not count; of one taken back in part, the rest was given. Approvals stay."""
        case = target.target if target.kind == "settle" else target
        if case is None or case.kind not in ("grant", "hold") or case.at < self._since or case.asker is None:
            return
        whole = dict(void.given) == dict(target.given)
        if target.kind == "settle":
            self._give(case, target.given, -1, opened)
        if whole:
            self._count(case, -1, opened)
            for cell in self._cells_of(case, opened):
                cell.forget(case.seq)
            return
        if target.kind == "grant":
            self._give(case, target.given, -1, opened)
        rest = {name: amount - void.given.get(name, 0) for name, amount in target.given.items()}
        self._give(case, rest, 1, opened)

    def _cells_of(self, action: Action, opened: Mapping[str, Any] | None) -> Iterator[Cell]:
        """The cells in which a case counts: that of who dealt with it, and of each group of customers."""
        like, asker = self._like_cases(action), action.asker
        assert asker is not None, "only what somebody did is counted"
        scope, site = (action.policy or "", action.currency or like.model.currency or ""), asker.site
        keys = [like.key(action, of_any=of_any) for of_any in (False, True)]
        yield from self._each(EMPLOYEES, scope, keys, site, Worker(asker.id, asker.agent))
        for name, may_be_read in self._grouped_by(like):
            value = _value(like.model.facts[name], action, opened or {})
            group = None if name in self.crowded else like.group(name, value)
            if group is not None:
                self._know(name, group, site, (action.customer or action.case or action.id,))
                own = [like.key(action, name, of_any=of_any) for of_any in (False, True)] if may_be_read else keys
                yield from self._each(name, scope, own, site, group)

    def _each(self, table: str, scope: tuple[str, str], keys: Iterable[Key], site: str | None, group: Any) -> Iterator[Cell]:
        """The cells of a group that are kept."""
        for key in keys if table not in self.crowded else ():
            found = self._cell(table, Block(scope, key, site), group)
            if found is not None:
                yield found

    def _grouped_by(self, like: LikeCases) -> tuple[tuple[str, bool], ...]:
        """The facts that make groups under a policy, and whether it may read them."""
        digest = like.model.digest
        if digest not in self._grouping:
            self.declared |= like.model.facts.keys()
            unread = like.unread()
            wanted = dict.fromkeys((*self._facts, *(unread if self._unread else ())))
            self._grouping[digest] = tuple((name, name in self._facts) for name in wanted if name in like.model.facts)
        return self._grouping[digest]

    def customers_of(self, name: str, value: str, site: str | None = None) -> int:
        """How many customers a group has, at a site or everywhere; no more than :data:`FEWEST_CUSTOMERS` are counted."""
        if site is not None:
            return len(self.customers.get((name, value, site), ()))
        some = [known for (fact, group, _), known in self.customers.items() if (fact, group) == (name, value)]
        return min(FEWEST_CUSTOMERS, len(set[str]().union(*some)))

    def _know(self, name: str, value: str, site: str | None, some: Iterable[str]) -> None:
        """Note a few customers of a group, and drop a fact that has too many values."""
        known = self.customers.get((name, value, site))
        if known is None:
            if name in self.crowded:
                return
            values = self._values.setdefault(name, set())
            values.add(value)
            if len(values) > MOST_VALUES:
                self._drop(name)
                return
            known = self.customers[name, value, site] = set()
        for each in some:
            if len(known) < FEWEST_CUSTOMERS:
                known.add(each)

    def _drop(self, name: str) -> None:
        self.crowded.add(name)
        self._cells -= sum(map(len, self.tables.pop(name, {}).values()))
        self.customers = {each: some for each, some in self.customers.items() if each[0] != name}

    def _cell(self, table: str, block: Block, group: Any) -> Cell | None:
        """The cell, made where it is missing; ``None`` in a stratum that is left out."""
        blocks = self.tables.setdefault(table, {})
        groups = blocks.get(block)
        if groups is None:
            if self._below < _HASHES and _hash(block) >= self._below:
                return None
            groups = blocks[block] = {}
        found = groups.get(group)
        if found is None:
            self._cells += 1
            found = groups[group] = Cell()
        return found

    def _thin(self) -> None:
        """Leave out half of the strata, chosen by their hashes, until the rest can be kept: a sample that does not depend on
        the order of the records."""
        while self._cells > self._most_cells:
            self._below //= 2
            self._purge()

    def _purge(self) -> None:
        for table in self.tables.values():
            for block in [each for each in table if _hash(each) >= self._below] if self._below < _HASHES else ():
                self._cells -= len(table.pop(block))


def _hash(block: Block) -> int:
    """Of the stratum, wherever it was dealt with."""
    return int.from_bytes(blake2b(repr(block[:2]).encode(), digest_size=8).digest(), "big")


def _value(fact: Fact, action: Action, opened: Mapping[str, Any]) -> Any:
    """The value of a fact on record; of one that stands apart from the log, only what was opened."""
    return opened.get(fact.name) if fact.personal or fact.mask else action.facts.get(fact.name)
