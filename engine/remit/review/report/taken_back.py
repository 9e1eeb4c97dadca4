"""What was given and taken back: how often, by whom, and where the same was given again. Somebody, or an AI agent, who gives,
takes back and gives again is worth a look."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from remit.authoring.show import Section
from remit.review.actions import Action
from remit.review.report.figure import DAY, Chart, Context, as_share, number, rate, rows_of

__all__ = ["TakenBack", "TakenBackFigures"]

#: What is given to the same customer again within so many days after it was taken back is a loop.
LOOP_DAYS: Final = 7
#: Somebody with fewer loops is not listed.
_LEAST: Final = 3
#: So many grants of which a part was taken back are remembered, so that each counts once.
_PARTLY: Final = 10_000


@dataclass(frozen=True, slots=True)
class TakenBackFigures:
    """Of ``given`` grants, ``voids`` were taken back, wholly or in part, ``own`` of them by the one who gave. ``loops`` are
    grants to a customer from whom the same employee had taken something back within the week before, by employee."""

    given: int
    voids: int
    own: int
    loops: int
    by_employee: tuple[tuple[str, bool, int, int], ...]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        people = [
            {"employee": who, "agent": agent, "voids": voids, "loops": loops} for who, agent, voids, loops in self.by_employee
        ]
        return {
            "taken_back": as_share(self.voids, self.given),
            "by_the_giver": self.own,
            "loops": self.loops,
            "within_days": LOOP_DAYS,
            "by_employee": people,
        }

    def headlines(self) -> Iterator[str]:
        """How often something was taken back."""
        if self.voids:
            loops = f"; {number(self.loops)} were followed by another grant to the same customer" if self.loops else ""
            yield f"Grants that were taken back: {rate(self.voids, self.given)}{loops}."

    def sections(self, rows: int) -> Iterator[Section]:
        """Who gives, takes back and gives again."""
        table = [
            (f"{who} (AI agent)" if agent else who, number(voids), number(loops))
            for who, agent, voids, loops in self.by_employee
            if loops >= _LEAST
        ]
        if table:
            shown, more = rows_of(table, rows)
            lead = (f"The same employee gave to the same customer again within {LOOP_DAYS} days. By id.",)
            columns = ("Employee", "Taken back", "Given again")
            yield Section("Given, taken back, and given again", columns, shown, more, lead=lead)

    def charts(self) -> Iterator[Chart]:
        """None."""
        return iter(())


class TakenBack:
    """The fold. What was taken back is kept for a week."""

    kinds: ClassVar[frozenset[str]] = frozenset(("grant", "settle", "approve", "void"))

    def __init__(self, context: Context) -> None:
        self._begin = context.period.begin
        self._recent: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._partly: OrderedDict[str, None] = OrderedDict()
        self._agents: dict[str, bool] = {}
        self._voids: Counter[str] = Counter()
        self._loops: Counter[str] = Counter()
        self._given = self._own = self._all = 0

    def add(self, action: Action) -> None:
        """Count an action."""
        while self._recent:
            key, at = next(iter(self._recent.items()))
            if at >= action.at - LOOP_DAYS * DAY:
                break
            del self._recent[key]
        if action.kind == "void":
            self._void(action)
            return
        self._given += 1
        who, customer = action.asker, action.customer or action.case
        if who is None or customer is None:
            return
        if self._recent.pop((who.id, customer), None) is not None:
            self._loops[who.id] += 1
            self._agents[who.id] = who.agent

    def _void(self, action: Action) -> None:
        target = action.target
        if target is None or target.kind == "note" or target.asker is None or target.at < self._begin:
            return
        who, customer = target.asker, target.customer or target.case
        if target.id not in self._partly:
            self._all += 1
            self._own += action.actor is not None and action.actor.id == who.id
            self._voids[who.id] += 1
        if action.given != target.given:
            self._partly[target.id] = None
            if len(self._partly) > _PARTLY:
                self._partly.popitem(last=False)
        if customer is not None:
            self._recent[who.id, customer] = action.at
            self._recent.move_to_end((who.id, customer))

    def result(self) -> TakenBackFigures:
        """What was found."""
        found = ((who, self._agents[who], self._voids[who], loops) for who, loops in self._loops.items())
        return TakenBackFigures(self._given, self._all, self._own, self._loops.total(), tuple(sorted(found)))
