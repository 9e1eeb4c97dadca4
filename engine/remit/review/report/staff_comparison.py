"""Employees compared by like cases: what others did under the same policy, in the same role, where the same rules and
guardrails decided. It is no league table: employees are listed by id, and named only where a difference is larger than chance,
with what came of it beside. AI agents are compared among themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import ClassVar, Final, NamedTuple

from remit.review.actions import Action
from remit.review.estimates import mean_interval
from remit.review.report.figure import Context
from remit.review.report.funnel import Compared, Sums, compared, ratio_of, spread
from remit.review.report.outcome_tally import OutcomeTallies
from remit.review.report.repeat_claimants import Heaviest
from remit.review.report.staff_figures import MEASURES, EmployeeFigures, StaffFigures

__all__ = ["StaffComparison"]

#: Of so many customers it is told what share of somebody's goodwill they got.
_FEW: Final = 5


class _Situation(NamedTuple):
    """What makes cases alike."""

    policy: str | None
    currency: str
    role: str
    agent: bool
    decided_by: tuple[str, ...]


class _Worker:
    """What is counted of one employee."""

    __slots__ = ("agent", "customers", "dealt", "given", "taken_back")

    def __init__(self, agent: bool) -> None:
        self.agent = agent
        self.dealt: defaultdict[_Situation, Sums] = defaultdict(Sums)
        self.given: defaultdict[_Situation, Sums] = defaultdict(Sums)
        self.taken_back: defaultdict[_Situation, int] = defaultdict(int)
        self.customers: Heaviest[str] = Heaviest(64)


class StaffComparison:
    """The fold: for each employee, sums by situation. It grows with employees and rules, not with customers or time."""

    kinds: ClassVar[frozenset[str]] = frozenset(("grant", "settle", "escalate", "decide", "void", "outcome"))

    def __init__(self, context: Context) -> None:
        self._costs = context.costs
        self._begin = context.period.begin
        self._workers: dict[str, _Worker] = {}
        self._outcomes = OutcomeTallies[str]()

    def add(self, action: Action) -> None:
        """Count an action."""
        if action.kind in ("void", "outcome"):
            self._add_later(action)
            return
        who = action.asker
        if who is None or (action.kind == "decide" and action.act is None):
            return
        worker = self._workers.get(who.id)
        if worker is None:
            worker = self._workers[who.id] = _Worker(who.agent)
        situation = self._situation(action)
        worker.dealt[situation].add(float(action.kind == "escalate"))
        if action.kind in ("grant", "settle"):
            cost = self._costs.goodwill(action)
            worker.given[situation].add(float(cost))
            if cost and action.customer is not None:
                worker.customers.add(action.customer, cost)

    def _add_later(self, action: Action) -> None:
        """What became of a decision."""
        target = action.target
        who = target.asker if target is not None else None
        if target is None or who is None or target.at < self._begin:
            return
        worker = self._workers.get(who.id)
        if worker is None:
            return
        if action.kind == "void":
            if target.kind in ("grant", "hold"):
                worker.taken_back[self._situation(target)] += 1
            return
        self._outcomes.add(who.id, action)

    def _situation(self, action: Action) -> _Situation:
        who = action.asker
        assert who is not None
        decided = action.target if action.kind == "settle" and action.target is not None else action
        rules = {part.rule or part.owed_rule or "" for part in decided.parts.values()}
        rules.update(name for kind, name in decided.reasons if kind in ("guardrail", "gap"))
        return _Situation(decided.policy, self._costs.currency(decided), who.role, who.agent, tuple(sorted(rules)))

    def result(self) -> StaffFigures:
        """What was found."""
        found: dict[str, dict[str, Compared]] = {name: {} for name in MEASURES}
        for agents in (False, True):
            group = {name: each for name, each in self._workers.items() if each.agent is agents}
            for measure, by_worker in self._measures(group).items():
                everybody = _together(by_worker.values())
                for name, own in by_worker.items():
                    outcome = compared(own, everybody, yes_or_no=MEASURES[measure].yes_or_no)
                    if outcome is not None:
                        found[measure][name] = outcome
        looks = sum(map(len, found.values()))
        wider = {name: spread([each for who, each in by.items() if not self._workers[who].agent]) for name, by in found.items()}
        named = sorted({who for by in found.values() for who in by})
        figures = tuple(self._figures(who, found, looks, wider) for who in named)
        kept, outcomes = (sum(getattr(each, name) for each in self._outcomes.by_key.values()) for name in ("kept", "of"))
        return StaffFigures(figures, looks, wider, len(self._workers) - len(named), kept, outcomes)

    def _figures(
        self, who: str, found: Mapping[str, Mapping[str, Compared]], looks: int, wider: Mapping[str, float]
    ) -> EmployeeFigures:
        worker = self._workers[who]
        ratios = {
            name: ratio_of(by[who], looks, 1.0 if worker.agent else wider[name]) for name, by in found.items() if who in by
        }
        tally = self._outcomes.by_key[who]
        top, total = worker.customers.top(_FEW), worker.customers.total
        return EmployeeFigures(
            who,
            worker.agent,
            sum(each.count for each in worker.dealt.values()),
            ratios,
            found["escalated"][who].left_out if who in found["escalated"] else 0,
            sum(weight for _, weight in top) / total if total else None,
            tally.kept,
            tally.of,
            mean_interval(tally.moments),
        )

    def _measures(self, group: Mapping[str, _Worker]) -> dict[str, dict[str, Mapping[_Situation, Sums]]]:
        """The sums of each measure by employee; amounts in different currencies as parts of what is usual in each."""
        usual: defaultdict[str, Sums] = defaultdict(Sums)
        for each in group.values():
            for situation, sums in each.given.items():
                usual[situation.currency].plus(sums)
        scale = {currency: sums.count / sums.first if sums.first else 0.0 for currency, sums in usual.items()}

        def given(worker: _Worker) -> Mapping[_Situation, Sums]:
            return {key: sums.scaled(scale[key.currency]) for key, sums in worker.given.items()}

        def taken_back(worker: _Worker) -> Mapping[_Situation, Sums]:
            out = {}
            for key, sums in worker.given.items():
                back = min(worker.taken_back[key], sums.count)
                out[key] = Sums(sums.count, float(back), float(back), float(back))
            return out

        return {
            "given": {name: given(each) for name, each in group.items()},
            "escalated": {name: each.dealt for name, each in group.items()},
            "taken_back": {name: taken_back(each) for name, each in group.items()},
        }


def _together(everybody: Iterable[Mapping[_Situation, Sums]]) -> dict[_Situation, Sums]:
    out: defaultdict[_Situation, Sums] = defaultdict(Sums)
    for own in everybody:
        for situation, sums in own.items():
            out[situation].plus(sums)
    return out
