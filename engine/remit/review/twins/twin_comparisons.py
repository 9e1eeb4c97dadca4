"""The comparisons that are made of like cases, and which of them show a difference that matters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from remit.review.estimates import Interval
from remit.review.estimates import adjusted as corrected
from remit.review.stratified import (
    StratifiedDifference,
    Stratum,
    chance,
    clustered,
    difference,
    pairs,
    rate_difference,
    t_chance,
)
from remit.review.twins.twin_cells import MEASURES, Block, Cell, Measure, Sums, Worker
from remit.review.twins.twin_tally import EMPLOYEES, FEWEST_CUSTOMERS, Tally

__all__ = [
    "AT_LEAST",
    "DIMENSIONS",
    "FEWEST_PAIRS",
    "FEWEST_PEOPLE",
    "LEVEL",
    "Comparison",
    "TwinGroup",
    "Made",
    "Shared",
    "compared",
    "made",
    "order",
]

#: Of the differences told, at most so many are there by chance alone, on average; and where nothing differs, at most so many
#: reviews tell of any.
LEVEL: Final = 0.05
#: The least difference that matters: points of a rate or share, parts of an amount.
AT_LEAST: Final = 0.1
#: With fewer pairs of like cases, nothing is said of a group.
FEWEST_PAIRS: Final = 20
#: With fewer employees on a side, a site is not told apart from its people.
FEWEST_PEOPLE: Final = 5
#: Where a site is not unlike others by more than its cases would be by chance, its people are not looked at one by one.
_WORTH_CLUSTERS: Final = 0.05

DIMENSIONS: Final = ("employee", "site", "agent")


class TwinGroup(NamedTuple):
    """Who is compared with the rest: under which policy (and in which currency), by what, which of them, and at which site."""

    policy: str
    currency: str
    dimension: str
    value: str
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """One stratum that a group shares with others: its sums and those of all, and the cells of all, with whose they are.
    ``name`` says whose, as the value of a group; ``of_any`` as of a :class:`Block`."""

    own: Sums
    whole: Sums
    cells: Mapping[Any, Cell]
    is_own: Callable[[Any], bool]
    name: Callable[[Any], str]
    of_any: bool

    def without(self, names: Collection[str]) -> Shared:
        """The same without the cells of others who have one of these ``names``."""
        cells = {key: cell for key, cell in self.cells.items() if self.is_own(key) or self.name(key) not in names}
        return replace(self, cells=cells, whole=_whole(cells.values()))


@dataclass(frozen=True, slots=True)
class Made:
    """All comparisons that were made, with the strata of each group; groups with too little data, how many groups of customers
    are too small to be shown, by fact; and whether every like case was treated the same."""

    comparisons: list[Comparison]
    shared: dict[TwinGroup, list[Shared]]
    too_few: list[TwinGroup]
    hidden: dict[str, int]
    all_same: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of one group, compared with the rest in like cases. ``cases`` and ``others`` are how many are compared, and
    ``pairs`` how many can be put beside a like one. Rates are between 0 and 1, shares in hundredths of a percent, amounts in
    smallest units. ``chance`` is corrected for all comparisons; ``matters`` says whether the difference is large enough."""

    group: TwinGroup
    measure: str
    pairs: int
    cases: int
    others: int
    difference: StratifiedDifference
    chance: float
    matters: bool
    interval: Interval = field(default=Interval(0, 0, 0))

    @property
    def found(self) -> bool:
        """Whether the difference is told: larger than chance explains, and large enough to matter."""
        return self.matters and self.chance <= LEVEL


def made(tally: Tally, *, by: Collection[str] | None, at_least: float) -> Made:
    """All comparisons of a tally, or those ``by`` some of ``employee``, ``site``, ``agent`` and facts, corrected for how many
    they are. ``at_least`` is the difference that matters: points of a rate or a share, and parts of an amount."""
    shared: dict[TwinGroup, list[Shared]] = {}
    for group, each in _all_shared(tally, by):
        shared.setdefault(group, []).append(each)
    hidden = _hide_small(tally, shared)
    _drop_mirrors(shared)
    told: list[Comparison] = []
    too_few: list[TwinGroup] = []
    same = False
    for group in sorted(shared, key=order):
        found = [compared(group, measure, shared[group], at_least) for measure in MEASURES]
        told += [each for each in found if isinstance(each, Comparison)]
        same = same or "same" in found
        if "few" in found and not any(isinstance(each, Comparison) for each in found):
            too_few.append(group)
    told = [replace(each, chance=p) for each, p in zip(told, corrected([each.chance for each in told]), strict=True)]
    # Intervals of what was selected hold for all of it together: Y. Benjamini, D. Yekutieli, "False discovery rate-adjusted
    # multiple confidence intervals for selected parameters", JASA 100 (2005), 71-81.
    confidence = 1 - LEVEL * max(1, sum(each.found for each in told)) / max(1, len(told))
    told = [replace(each, interval=each.difference.interval(confidence)) for each in told]
    return Made(told, shared, too_few, hidden, same and not told)


def _all_shared(tally: Tally, by: Collection[str] | None) -> Iterator[tuple[TwinGroup, Shared]]:
    wanted = set(DIMENSIONS) | set(tally.tables) if by is None else set(by)
    if wanted & set(DIMENSIONS):
        yield from ((group, each) for group, each in _of_employees(tally) if group.dimension in wanted)
    for name, table in tally.tables.items():
        if name != EMPLOYEES and name in wanted:
            several = len({block.site for block in table}) > 1
            for block, groups in table.items():
                whole = _whole(groups.values())
                for value, cell in groups.items():
                    each = Shared(cell.sums, whole, groups, _is(value), str, block.of_any)
                    yield TwinGroup(*block.scope, name, value), each
                    if several and block.site is not None:
                        yield TwinGroup(*block.scope, name, value, block.site), each


def _of_employees(tally: Tally) -> Iterator[tuple[TwinGroup, Shared]]:
    """Employees next to the others at their site, and the sites and AI agents next to the others everywhere."""
    everywhere: dict[Block, dict[tuple[str | None, Worker], Cell]] = {}
    for block, groups in tally.tables[EMPLOYEES].items():
        whole = _whole(groups.values())
        for worker, cell in groups.items():
            yield (
                TwinGroup(*block.scope, "employee", worker.id),
                Shared(cell.sums, whole, groups, _is(worker), _id, block.of_any),
            )
            everywhere.setdefault(block._replace(site=None), {})[block.site, worker] = cell
    for block, cells in everywhere.items():
        whole = _whole(cells.values())
        for site in {where for where, _ in cells if where is not None}:
            own = _whole(cell for (where, _), cell in cells.items() if where == site)
            yield TwinGroup(*block.scope, "site", site), Shared(own, whole, cells, _at(site), _site, block.of_any)
        agents = _whole(cell for (_, worker), cell in cells.items() if worker.agent)
        if agents[0]:
            yield TwinGroup(*block.scope, "agent", "AI agents"), Shared(agents, whole, cells, _is_agent, _site, block.of_any)


def _is(value: Any) -> Callable[[Any], bool]:
    return lambda other: bool(other == value)


def _at(site: str) -> Callable[[Any], bool]:
    return lambda other: bool(other[0] == site)


def _id(key: Any) -> str:
    return str(key.id)


def _site(key: Any) -> str:
    return str(key[0])


def _is_agent(other: Any) -> bool:
    return bool(other[1].agent)


def _whole(cells: Iterable[Cell]) -> Sums:
    return [sum(column) for column in zip(*(cell.sums for cell in cells), strict=True)] or [0]


def order(group: TwinGroup) -> tuple[str, str, int, str, str, str]:
    place = DIMENSIONS.index(group.dimension) if group.dimension in DIMENSIONS else len(DIMENSIONS)
    return group.policy, group.currency, place, group.dimension, group.value, group.site or ""


def _hide_small(tally: Tally, shared: dict[TwinGroup, list[Shared]]) -> dict[str, int]:
    """Take out groups of customers that are too small to be shown, and count those by fact."""
    hidden: dict[str, set[str]] = {}
    for group in [each for each in shared if each.dimension not in DIMENSIONS]:
        if tally.customers_of(group.dimension, group.value, group.site) < FEWEST_CUSTOMERS:
            del shared[group]
            if group.site is None:
                hidden.setdefault(group.dimension, set()).add(group.value)
    return {name: len(values) for name, values in sorted(hidden.items())}


def _drop_mirrors(shared: dict[TwinGroup, list[Shared]]) -> None:
    """Of two groups that are each other's rest, keep the smaller one."""
    families: dict[tuple[Any, ...], list[TwinGroup]] = {}
    for group, strata in shared.items():
        if group.dimension != "employee" and all(_families(each) <= 2 for each in strata):
            families.setdefault(group._replace(value=""), []).append(group)
    for some in families.values():
        if len(some) == 2:
            del shared[max(some, key=lambda each: (sum(one.own[0] for one in shared[each]), each))]


def _families(each: Shared) -> int:
    """How many groups a stratum has."""
    return len({key[0] if isinstance(key, tuple) and not isinstance(key, Worker) else key for key in each.cells})


def compared(group: TwinGroup, measure: Measure, shared: list[Shared], at_least: float) -> Comparison | str:
    """The comparison; ``few`` where there is too little data, ``same`` where all were treated the same."""
    alike = (each for each in shared if each.of_any == measure.of_any)
    met = [each for each in alike if 0 < each.own[measure.count] < each.whole[measure.count]]
    strata = [_stratum(measure, each) for each in met]
    many = pairs(strata)
    if many < FEWEST_PAIRS:
        return "few"
    by_chance = chance(strata, measure.step)
    if by_chance is None:
        return "same"
    found = rate_difference(strata) if measure.step else difference(strata)
    assert found is not None, "strata with both sides"
    matters = abs(found.estimate) >= _threshold(measure, found.rest, at_least)
    if group.dimension == "site":
        people = _people(met)
        if min(people) < FEWEST_PEOPLE:
            return "few"
        # A site is compared by its people, so that one of them does not make it different.
        if matters and by_chance <= _WORTH_CLUSTERS:
            whole = clustered([_by_person(measure, each) for each in met])
            assert whole is not None, "several people on both sides"
            found, t = whole, abs(whole.estimate) / whole.variance**0.5 if whole.variance else float("inf")
            by_chance = max(by_chance, t_chance(t, whole.freedom))
        else:
            by_chance = 1.0
    cases, whole_count = sum(each.count for each in strata), sum(each.all_count for each in strata)
    return Comparison(group, measure.name, many, cases, whole_count - cases, found, by_chance, matters)


def _threshold(measure: Measure, rest: float, at_least: float) -> float:
    return {"amount": at_least * rest, "share": at_least * 10_000}.get(measure.name, at_least)


def _stratum(measure: Measure, each: Shared) -> Stratum:
    own, whole = each.own, each.whole
    count, total, squares, cubes = measure.count, measure.total, measure.squares, measure.cubes
    return Stratum(own[count], own[total], own[squares], whole[count], whole[total], whole[squares], whole[cubes])


def _people(shared: list[Shared]) -> tuple[int, int]:
    """How many employees are in the group and in the rest."""
    sides: tuple[set[Any], set[Any]] = (set(), set())
    for each in shared:
        for key in each.cells:
            sides[each.is_own(key)].add(key)
    return len(sides[1]), len(sides[0])


def _by_person(measure: Measure, each: Shared) -> dict[Hashable, tuple[bool, int, int]]:
    return {key: (each.is_own(key), cell.sums[measure.count], cell.sums[measure.total]) for key, cell in each.cells.items()}
