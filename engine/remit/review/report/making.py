"""Reading a report from the ledger: every figure of the table in one pass over the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from remit.review.actions import Action, read_actions
from remit.review.report.contact_figures import Contacts
from remit.review.report.costs import Costs
from remit.review.report.escalations import Escalations, Overrides
from remit.review.report.figure import Context, Figure, Period, Result, Scope
from remit.review.report.hindsight import Generosity, ReviewsMade
from remit.review.report.policy_gaps import PolicyFit
from remit.review.report.repeat_claimants import RepeatClaimants
from remit.review.report.run_out import RunOut
from remit.review.report.spending import Spending
from remit.review.report.staff_comparison import StaffComparison
from remit.review.report.taken_back import TakenBack

if TYPE_CHECKING:
    from remit.ledger.people.people_reader import PeopleReader

__all__ = ["FIGURES", "Report", "count", "read_report"]

#: All figures, in the order of the page. Adding one is adding one entry.
FIGURES: Final[Mapping[str, Callable[[Context], Figure]]] = {
    "contacts": Contacts,
    "escalations": Escalations,
    "overrides": Overrides,
    "spending": Spending,
    "policy": PolicyFit,
    "employees": StaffComparison,
    "taken_back": TakenBack,
    "customers": RepeatClaimants,
    "budgets": RunOut,
    "outcomes": Generosity,
    "reviews": ReviewsMade,
}


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a ``period`` and ``scope``, by name; ``records`` is how many counted."""

    period: Period
    scope: Scope
    records: int
    figures: Mapping[str, Result]

    def to_dict(self) -> dict[str, Any]:
        """For JSON: money as text, shares from 0 to 1, times in UTC."""
        return {
            "since": self.period.since.astimezone(UTC).isoformat(),
            "until": self.period.until.astimezone(UTC).isoformat(),
            "policy": self.scope.policy,
            "site": self.scope.site,
            "employee": self.scope.employee,
            "records": self.records,
            **{name: found.to_dict() for name, found in self.figures.items()},
        }


def read_report(
    ledger: PeopleReader,
    *,
    since: datetime,
    until: datetime | None = None,
    now: datetime | None = None,
    scope: Scope = Scope(),  # noqa: B008 - frozen
    progress: Callable[[int], None] | None = None,
) -> Report:
    """The report of the records from ``since`` on (included), up to ``until`` (not included; by default ``now``, which by
    default is the time of this computer). ``progress`` is called with how many records were read, now and then. Raises
    :class:`remit.errors.LedgerCorrupt`."""
    at = now or datetime.now(UTC)
    period = Period(since, until or at)
    context = Context(period, scope, Costs(ledger), ledger if until is None or until >= at else None)
    actions = read_actions(ledger, since=since, until=until)
    return count(_told(actions, progress) if progress else actions, context)


def count(actions: Iterator[Action], context: Context) -> Report:
    """The report of some actions, in the order of the log."""
    figures = {name: make(context) for name, make in FIGURES.items()}
    adds: defaultdict[str, list[Callable[[Action], None]]] = defaultdict(list)
    for figure in figures.values():
        for kind in figure.kinds:
            adds[kind].append(figure.add)
    everything, accepts, records = context.scope == Scope(), context.scope.accepts, 0
    for action in actions:
        if everything or accepts(action):
            records += 1
            for add in adds.get(action.kind, ()):
                add(action)
    return Report(context.period, context.scope, records, {name: each.result() for name, each in figures.items()})


def _told(actions: Iterator[Action], progress: Callable[[int], None]) -> Iterator[Action]:
    for number, action in enumerate(actions, 1):
        if not number % 500:
            progress(number)
        yield action
