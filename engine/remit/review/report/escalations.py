"""Escalations: why, what became of them, how long an answer took; refusals that were overturned; overrides both ways."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import exp, floor, log
from typing import Any, ClassVar, Final

from remit.authoring.show import Section
from remit.language import words
from remit.review.actions import Action
from remit.review.report.figure import DAY, Chart, Context, as_share, number, percent, rate, rows_of, span

__all__ = ["EscalationFigures", "Escalations", "OverrideFigures", "Overrides", "cause_of"]

#: The kinds of reasons that stand in the way -> what they are called here.
_CAUSES: Final = {
    "guardrail": "guardrail",
    "cap": "cap",
    "claim": "paid already",
    "limit": "limit",
    "gap": "no rule",
    "requirement": "evidence",
    "undetermined": "cannot be worked out",
}
_FATES: Final = {"approve": "approved", "permit": "approved", "decline": "declined"}
#: Times are counted in steps of a tenth: each is known to within 5%.
_STEP: Final = log(1.1)
#: A refusal that somebody else overturns within so many days counts as overturned.
OVERTURNED_DAYS: Final = 30


def cause_of(action: Action) -> tuple[str, str]:
    """What stood in the way first, and the id of it."""
    for kind, name in action.reasons:
        cause = _CAUSES.get(kind)
        if cause is not None:
            return cause, name if kind in ("guardrail", "cap", "limit") else ""
    return "other", ""


@dataclass(frozen=True, slots=True)
class EscalationFigures:
    """``total`` escalations, ``by_cause`` (cause and the id of a limit's rule, guardrail or cap), and what became of them by
    the end of the time, by ``fates``: approved ``unchanged``, for ``less``, for ``other`` things, ``declined``, or
    ``waiting``. ``overdue`` were not answered in time. ``median`` and ``ninth`` (of ten, nine were answered within it) are the
    time to an answer in microseconds, to within 5%."""

    total: int
    by_cause: Mapping[tuple[str, str], int]
    unchanged_by_cause: Mapping[tuple[str, str], int]
    fates: Mapping[str, int]
    overdue: int
    median: float | None
    ninth: float | None

    def to_dict(self) -> dict[str, Any]:
        """For JSON; times in seconds."""
        return {
            "total": self.total,
            "causes": [
                {
                    "cause": cause,
                    "id": name,
                    "count": count,
                    "approved_unchanged": self.unchanged_by_cause.get((cause, name), 0),
                }
                for (cause, name), count in self._ordered()
            ],
            "fates": {name: as_share(count, self.total) for name, count in self.fates.items()},
            "overdue": self.overdue,
            "seconds_to_answer": {
                "median": self.median and round(self.median / 1e6),
                "nine_of_ten_within": self.ninth and round(self.ninth / 1e6),
            },
        }

    def _ordered(self) -> list[tuple[tuple[str, str], int]]:
        return sorted(self.by_cause.items(), key=lambda item: (-item[1], item[0]))

    def headlines(self) -> Iterator[str]:
        """How many were approved as they were, and how long that took."""
        if self.total:
            unchanged = self.fates["unchanged"]
            yield f"Escalations: {number(self.total)}; approved exactly as asked: {rate(unchanged, self.total)}."
        if self.median is not None and self.ninth is not None:
            yield f"Half of the answers came within {span(self.median)}, nine of ten within {span(self.ninth)}."

    def sections(self, rows: int) -> Iterator[Section]:
        """Causes and fates."""
        if not self.total:
            return
        table = [
            (
                f"{words.capital(cause)} {name}".strip(),
                number(count),
                percent(count / self.total),
                percent(self.unchanged_by_cause.get((cause, name), 0) / count),
            )
            for (cause, name), count in self._ordered()
        ]
        shown, more = rows_of(table, rows)
        fates = words.listing(f"{number(count)} {_SAID[name]}" for name, count in self.fates.items() if count)
        notes = [f"Of {number(self.total)}: {fates}." + (f" {number(self.overdue)} became overdue." if self.overdue else "")]
        columns = ("What stood in the way", "Times", "Share", "Approved as asked")
        yield Section("Why contacts were escalated", columns, shown, (*more, *notes))

    def charts(self) -> Iterator[Chart]:
        """Causes."""
        if self.total:
            found = self._ordered()[:12]
            yield Chart(
                "bars",
                "What stood in the way when contacts were escalated",
                "How many escalations each limit, guardrail, cap or gap led to.",
                tuple(f"{cause} {name}".strip() for (cause, name), _ in found),
                tuple(float(count) for _, count in found),
                "escalations",
            )


_SAID: Final = {
    "unchanged": "approved as asked",
    "less": "approved for less",
    "other": "approved for something else",
    "declined": "declined",
    "waiting": "without an answer",
}


class Escalations:
    """The fold."""

    kinds: ClassVar[frozenset[str]] = frozenset(("escalate", "approve", "permit", "decline", "overdue"))

    def __init__(self, context: Context) -> None:
        self._begin = context.period.begin
        self._causes: Counter[tuple[str, str]] = Counter()
        self._unchanged: Counter[tuple[str, str]] = Counter()
        self._fates: Counter[str] = Counter()
        self._times: Counter[int] = Counter()
        self._overdue = self._total = 0

    def add(self, action: Action) -> None:
        """Count an action."""
        if action.kind == "escalate":
            self._total += 1
            self._causes[cause_of(action)] += 1
            return
        task = action.target
        if task is None or task.kind != "escalate" or task.at < self._begin:
            return
        if action.kind == "overdue":
            self._overdue += 1
            return
        self._times[floor(log(max(1, action.at - task.at)) / _STEP)] += 1
        fate = "declined" if action.kind == "decline" else _compared(action, task)
        self._fates[fate] += 1
        if fate == "unchanged":
            self._unchanged[cause_of(task)] += 1

    def result(self) -> EscalationFigures:
        """What was found."""
        fates = {name: self._fates[name] for name in ("unchanged", "less", "other", "declined")}
        fates["waiting"] = max(0, self._total - sum(fates.values()))
        quantiles = (_quantile(self._times, 0.5), _quantile(self._times, 0.9))
        return EscalationFigures(self._total, dict(self._causes), dict(self._unchanged), fates, self._overdue, *quantiles)


def _compared(answer: Action, task: Action) -> str:
    """Whether what was approved is what was asked."""
    given = {name: part.asked for name, part in answer.parts.items() if part.asked}
    asked = {name: part.asked for name, part in task.parts.items() if part.asked}
    if given == asked:
        return "unchanged"
    return "less" if all(amount <= asked.get(name, 0) for name, amount in given.items()) else "other"


def _quantile(times: Counter[int], part: float) -> float | None:
    """The middle of the step that holds it."""
    left = part * sum(times.values())
    for step, count in sorted(times.items()):
        left -= count
        if left <= 0:
            return exp((step + 0.5) * _STEP)
    return None


@dataclass(frozen=True, slots=True)
class OverrideFigures:
    """Refusals (``refused``: denied, or declined by the employee; ``followed`` are those with a case) and how many of them
    somebody else ``overturned`` within 30 days. Overrides upward: of ``given`` decisions, how many went ``beyond`` what the
    rules let the employee give (own discretion, or by approval). Downward: of ``allowed`` requests, how many the employee
    ``withheld``, and of ``answered`` tasks, how many were ``declined``."""

    refused: int
    followed: int
    overturned: int
    given: int
    beyond: int
    by_discretion: int
    allowed: int
    withheld: int

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "refused": self.refused,
            "overturned": {**as_share(self.overturned, self.followed), "within_days": OVERTURNED_DAYS},
            "beyond_the_rules": {**as_share(self.beyond, self.given), "by_own_discretion": self.by_discretion},
            "withheld_though_allowed": as_share(self.withheld, self.allowed),
        }

    def headlines(self) -> Iterator[str]:
        """Overturned refusals."""
        if self.followed:
            overturned = rate(self.overturned, self.followed)
            yield f"Refusals that somebody else overturned within {OVERTURNED_DAYS} days: {overturned}."

    def sections(self, rows: int) -> Iterator[Section]:
        """Overrides in both directions."""
        del rows
        if not (self.given or self.allowed or self.refused):
            return
        upward = number(self.beyond), rate(self.beyond, self.given), "of what was given"
        downward = number(self.withheld), rate(self.withheld, self.allowed), "of what could be given"
        table = [
            ("Given beyond the rules", *upward),
            (
                "Of these, by own discretion",
                number(self.by_discretion),
                rate(self.by_discretion, self.given),
                "of what was given",
            ),
            ("Not given, though allowed", *downward),
            ("Refused, overturned later", number(self.overturned), rate(self.overturned, self.followed), "of refusals"),
        ]
        yield Section("Overrides, in both directions", ("What", "Times", "Share", "Of"), tuple(table))

    def charts(self) -> Iterator[Chart]:
        """None."""
        return iter(())


class Overrides:
    """The fold. Refusals of the last 30 days are kept by their case."""

    kinds: ClassVar[frozenset[str]] = frozenset(("decide", "grant", "hold", "approve", "settle"))

    def __init__(self, context: Context) -> None:
        del context
        self._refusals: OrderedDict[str, tuple[int, str]] = OrderedDict()
        self._refused = self._followed = self._overturned = self._given = self._beyond = self._own = 0
        self._allowed = self._withheld = 0

    def add(self, action: Action) -> None:
        """Count an action."""
        self._forget(action.at - OVERTURNED_DAYS * DAY)
        if action.kind == "decide":
            self._refuse(action)
            return
        refusal = self._refusals.get(action.case) if action.case is not None else None
        if refusal is not None and action.actor is not None and action.actor.id != refusal[1]:
            self._overturned += 1
            del self._refusals[action.case]  # type: ignore[arg-type]
        if action.kind == "hold":
            return  # what it gives is counted when it is settled
        self._given += 1
        decided = action.target if action.kind == "settle" and action.target is not None else action
        self._own += decided.discretion > 0
        self._beyond += decided.discretion > 0 or action.kind == "approve"
        self._allowed += action.kind != "approve"

    def _refuse(self, action: Action) -> None:
        wanted = any(part.asked for part in action.parts.values())
        if action.act == "declined" and action.outcome == "grant" and wanted:
            self._withheld += 1
            self._allowed += 1
        if not (action.act == "declined" or (action.outcome == "deny" and wanted)):
            return
        self._refused += 1
        if action.case is not None and action.actor is not None and action.case not in self._refusals:
            self._followed += 1
            self._refusals[action.case] = action.at, action.actor.id

    def _forget(self, before: int) -> None:
        while self._refusals:
            case, (at, _) = next(iter(self._refusals.items()))
            if at >= before:
                break
            del self._refusals[case]

    def result(self) -> OverrideFigures:
        """What was found."""
        counts = (self._refused, self._followed, self._overturned, self._given, self._beyond, self._own)
        return OverrideFigures(*counts, self._allowed, self._withheld)
