"""When budgets run out: caps over a calendar window that all share, or that each employee has, at the pace of the window so
far.

The balances are the ledger's own, as they are now; so nothing is said of a time that is over, nor of rolling windows, out of
which something falls every day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from remit.authoring.show import Section
from remit.errors import RemitError
from remit.language import words
from remit.ledger.caps.balances import Balance
from remit.ledger.caps.windows import day_in, span_of
from remit.ledger.recorded_facts import said, whole
from remit.policy.model import Cap, Model
from remit.review.actions import Action
from remit.review.report.figure import DAY, Chart, Context, number, rows_of

__all__ = ["RunOut", "RunOutFigures", "RunOutLine"]

#: The balances of at most so many employees are read.
_MOST_EMPLOYEES: Final = 2000
#: Earlier in a window its pace says nothing.
_LEAST_DAYS: Final = 2


@dataclass(frozen=True, slots=True)
class RunOutLine:
    """One budget: for ``employee``, or (``None``) for all. It ``runs_out`` on a day, unless its window ends before, on
    ``ends``."""

    policy: str
    cap: str
    employee: str | None
    balance: Balance
    runs_out: date | None
    ends: date

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "policy": self.policy,
            "cap": self.cap,
            "employee": self.employee,
            "used": said(self.balance.used),
            "max": said(self.balance.max),
            "runs_out": self.runs_out.isoformat() if self.runs_out else None,
            "renewed": self.ends.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class RunOutFigures:
    """The budgets that all share, and those of employees that run out before they are renewed, by employee; ``others`` is how
    many last."""

    budgets: tuple[RunOutLine, ...]
    others: int
    known: bool

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "known": self.known,
            "budgets": [each.to_dict() for each in self.budgets],
            "employees_whose_budgets_last": self.others,
        }

    def headlines(self) -> Iterator[str]:
        """How many run out, and the first."""
        out = [each for each in self.budgets if each.runs_out is not None]
        shared = [each for each in out if each.employee is None]
        for each in shared:
            assert each.runs_out is not None
            when = f"runs out on {words.long_day(each.runs_out)} at the present pace"
            yield f"The budget {each.cap} {'is used up' if words.nothing(each.balance.left) else when}."
        own = len(out) - len(shared)
        if own:
            yield f"{number(own)} of {number(own + self.others)} budgets of employees run out before they are renewed."

    def sections(self, rows: int) -> Iterator[Section]:
        """Budgets and their dates."""
        table = [
            (
                each.cap,
                each.employee or "all",
                f"{words.quantity(each.balance.used)} of {words.quantity(each.balance.max)}",
                _when(each),
                words.long_day(each.ends),
            )
            for each in self.budgets
        ]
        if table:
            shown, more = rows_of(table, rows)
            yield Section("When budgets run out", ("Budget", "Of", "Used", "Runs out", "Renewed"), shown, more)

    def charts(self) -> Iterator[Chart]:
        """None: a table says it."""
        return iter(())


def _when(line: RunOutLine) -> str:
    if words.nothing(line.balance.left):
        return "used up"
    return words.long_day(line.runs_out) if line.runs_out else "not before"


class RunOut:
    """The fold: who acted under which policy, and in which role."""

    kinds: ClassVar[frozenset[str]] = frozenset(("grant", "escalate", "decide", "settle"))

    def __init__(self, context: Context) -> None:
        self._context = context
        self._seen: dict[tuple[str, str | None], tuple[str, dict[str, str]]] = {}

    def add(self, action: Action) -> None:
        """Count an action."""
        if action.policy is None or action.digest is None or action.asker is None or action.outcome is None:
            return
        key = action.policy, action.currency
        found = self._seen.get(key)
        if found is None or found[0] != action.digest:
            found = self._seen[key] = action.digest, found[1] if found is not None else {}
        if len(found[1]) < _MOST_EMPLOYEES:
            found[1][action.asker.id] = action.asker.role

    def result(self) -> RunOutFigures:
        """What was found."""
        if self._context.ledger is None:
            return RunOutFigures((), 0, known=False)
        lines = [
            each for key, (digest, people) in sorted(self._seen.items(), key=str) for each in self._of(*key, digest, people)
        ]
        shared = [each for each in lines if each.employee is None]
        own = sorted((each for each in lines if each.employee and each.runs_out), key=lambda each: (each.employee, each.cap))
        return RunOutFigures((*shared, *own), len(lines) - len(shared) - len(own), known=True)

    def _of(self, policy: str, currency: str | None, digest: str, people: dict[str, str]) -> Iterator[RunOutLine]:
        model = self._context.costs.model(digest, currency)
        ledger = self._context.ledger
        if model is None or ledger is None:
            return
        caps = {cap.id: cap for cap in model.caps if cap.over.kind == "calendar" and cap.per in ((), ("employee.id",))}
        told = set[str]()
        for who, role in sorted(people.items()) if caps else ():
            asked = {"employee": {"id": who, "role": role}, "asked": {}, "facts": {}, "currency": currency}
            try:
                balances = ledger.balances(ledger.policy(digest), asked)
            except RemitError:  # they have no role under this policy any more
                continue
            for name, cap in caps.items():
                if name in balances and name not in told:
                    line = self._line(policy, cap, model, who if cap.per else None, balances[name])
                    if not cap.per:
                        told.add(name)
                    if line is not None:
                        yield line

    def _line(self, policy: str, cap: Cap, model: Model, who: str | None, balance: Balance) -> RunOutLine | None:
        now = self._context.period.end
        span = span_of(cap.over, now, model.timezone)
        if span.after is None or span.end is None or balance.used is None or balance.left is None:
            return None
        passed, used = now - span.after, whole(balance.used)
        if passed < _LEAST_DAYS * DAY:
            return None
        ends, runs_out = day_in(span.end, model.timezone), None
        if used:
            at = now + whole(balance.left) * passed // used
            runs_out = day_in(at, model.timezone) if at < span.end else None
        return RunOutLine(policy, cap.id, who, balance, runs_out, ends)
