"""Contacts: how many were resolved by the employee who was asked, how many were escalated, in how many something was given."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from remit.authoring.show import Section
from remit.review.actions import Action
from remit.review.estimates import share
from remit.review.report.figure import BRIEF, DAY, Chart, Context, as_share, number, rate

__all__ = ["AGAIN_DAYS", "ContactFigures", "Contacts"]

#: A customer who is back under the same policy within so many days was not helped the first time.
AGAIN_DAYS: Final = 7
_FIRST_WEEK: Final = date(1969, 12, 29).toordinal()  # a Monday


@dataclass(frozen=True, slots=True)
class ContactFigures:
    """``total`` contacts: what was done for a customer under a policy within a day, in one case. Of them, in ``given``
    something was given, ``escalated`` were sent up or handed over, ``unknown`` name neither a customer nor a case. Of those
    that are old enough to say (``judged``), ``resolved`` were resolved by the one who was asked: they gave something, and the
    customer was not back within a week. ``recent`` are not old enough. ``weeks`` are contacts and escalated ones by the Monday
    of their week."""

    total: int
    given: int
    escalated: int
    resolved: int
    judged: int
    recent: int
    unknown: int
    weeks: tuple[tuple[date, int, int], ...]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "total": self.total,
            "given": as_share(self.given, self.total),
            "escalated": as_share(self.escalated, self.total),
            "resolved_at_first_contact": {**as_share(self.resolved, self.judged), "within_days": AGAIN_DAYS},
            "too_recent": self.recent,
            "without_customer_or_case": self.unknown,
            "weeks": [{"from": day.isoformat(), "contacts": all_, "escalated": up} for day, all_, up in self.weeks],
        }

    def headlines(self) -> Iterator[str]:
        """How many, how many resolved, escalated and given to."""
        yield f"{number(self.total)} contact{'s' if self.total != 1 else ''} with customers."
        if self.judged:
            yield f"Resolved at the first contact: {rate(self.resolved, self.judged)}."
        if self.total:
            yield f"Escalated or handed over: {rate(self.escalated, self.total)} of contacts."
            yield f"Something was given in {rate(self.given, self.total)} of contacts."

    def sections(self, rows: int) -> Iterator[Section]:
        """Nothing that the headlines do not say, but how it is counted."""
        if rows <= BRIEF:
            return
        notes = [
            f"A contact is what was done for one customer in one case within a day. It is resolved at the first contact where "
            f"the employee who was asked gave something themselves, and the customer was not back under the same policy "
            f"within {AGAIN_DAYS} days."
        ]
        if self.recent:
            notes.append(f"{number(self.recent)} are too recent to say whether the customer comes back, and are not judged.")
        if self.unknown:
            notes.append(f"{number(self.unknown)} name neither a customer nor a case, and are not judged.")
        yield Section("How contacts are counted", notes=tuple(notes))

    def charts(self) -> Iterator[Chart]:
        """How many contacts were escalated, week by week."""
        if len(self.weeks) > 1:
            found = [share(up, total) for _, total, up in self.weeks]
            yield Chart(
                "line",
                "Share of contacts that were escalated, by week",
                "Each point is a week; the band is the interval that holds the true share with 95%.",
                tuple(day.isoformat() for day, _, _ in self.weeks),
                tuple(each.estimate if each else 0.0 for each in found),
                "share",
                tuple(each.low if each else 0.0 for each in found),
                tuple(each.high if each else 0.0 for each in found),
            )


class _Contact:
    """One that may still change."""

    __slots__ = ("at", "case", "escalated", "given", "own", "week")

    def __init__(self, at: int, case: str | None, week: int) -> None:
        self.at, self.case, self.week = at, case, week
        self.given = self.escalated = self.own = False


class Contacts:
    """The fold. Only contacts of the last week are kept."""

    kinds: ClassVar[frozenset[str]] = frozenset(("grant", "hold", "escalate", "decide", "approve"))

    def __init__(self, context: Context) -> None:
        self._end = context.period.end
        self._live: OrderedDict[tuple[str | None, str], _Contact] = OrderedDict()
        self._customers: OrderedDict[str, tuple[int, str]] = OrderedDict()
        self._total = self._given = self._escalated = self._resolved = self._judged = self._recent = self._unknown = 0
        self._weeks: dict[int, list[int]] = {}

    def add(self, action: Action) -> None:
        """Count an action."""
        kind, at = action.kind, action.at
        if kind != "approve" and not action.ends_contact:
            return
        self._forget(at - AGAIN_DAYS * DAY)
        if kind == "approve":
            self._approved(action)
            return
        key = self._key(action)
        found = self._live.get(key) if key is not None else None
        if found is None or at - found.at >= DAY or found.case != action.case:
            if found is not None:
                self._close(found, came_back=True)
            found = self._begin(action)
            if key is not None:
                self._live[key] = found
                self._live.move_to_end(key)
        if kind == "escalate" or action.act == "handed_over":
            self._escalate(found)
        elif kind != "decide":
            self._give(found)
            found.own = True
        if key is None:
            self._unknown += 1

    def _key(self, action: Action) -> tuple[str | None, str] | None:
        """Whom it is about: the customer, also where only an earlier record of the case names them, or else the case."""
        who = action.customer
        if action.case is not None:
            if who is not None:
                self._customers[action.case] = action.at, who
                self._customers.move_to_end(action.case)
            else:
                who = self._customers[action.case][1] if action.case in self._customers else action.case
        return (action.policy, who) if who is not None else None

    def _begin(self, action: Action) -> _Contact:
        self._total += 1
        week = (action.at // DAY + 3) // 7  # days since 1970, which began on a Thursday
        self._weeks.setdefault(week, [0, 0])[0] += 1
        return _Contact(action.at, action.case, week)

    def _escalate(self, contact: _Contact) -> None:
        if not contact.escalated:
            contact.escalated = True
            self._escalated += 1
            self._weeks[contact.week][1] += 1

    def _give(self, contact: _Contact) -> None:
        if not contact.given:
            contact.given = True
            self._given += 1

    def _approved(self, action: Action) -> None:
        key = self._key(action)
        found = self._live.get(key) if key is not None else None
        if found is not None and found.case == action.case:
            self._give(found)

    def _forget(self, before: int) -> None:
        """Contacts whose customers have had their week, and cases that named a customer then."""
        while self._live:
            key, contact = next(iter(self._live.items()))
            if contact.at > before:
                break
            del self._live[key]
            self._close(contact, came_back=False)
        while self._customers:
            case, (at, _) = next(iter(self._customers.items()))
            if at > before:
                break
            del self._customers[case]

    def _close(self, contact: _Contact, *, came_back: bool) -> None:
        self._judged += 1
        self._resolved += contact.own and not contact.escalated and not came_back

    def result(self) -> ContactFigures:
        """What was found."""
        self._forget(self._end - AGAIN_DAYS * DAY)
        weeks = tuple((date.fromordinal(_FIRST_WEEK + 7 * week), *found) for week, found in sorted(self._weeks.items()))
        return ContactFigures(
            self._total,
            self._given,
            self._escalated,
            self._resolved,
            self._judged,
            len(self._live),
            self._unknown,
            weeks,  # type: ignore[arg-type]
        )
