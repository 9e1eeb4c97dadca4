"""Runs cases: one decision each, or a sequence on a fresh ledger whose clock stands where the case says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from remit.authoring.testing.casefile import Case, CaseFile, Step
from remit.authoring.testing.expectations import Mismatch, Taken, compare
from remit.authoring.testing.nearest import NearestChange, nearest_change
from remit.deciding.policy import Policy
from remit.decision.decision import Decision
from remit.errors import LedgerError, NotFound, RequestError
from remit.ledger import Entry, Ledger, open_ledger
from remit.ledger.log.redeciding import read_balance

__all__ = ["Failure", "Result", "Taken", "run_case", "run_file"]

#: Where the clock of a sequence stands until a step says otherwise.
_START: Final = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)

#: Who publishes the policy into the ledger of a sequence.
_AUTHOR: Final = "author"

#: How long a ``hold`` lasts.
_HELD: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a case failed. ``step`` counts from 1. ``decision`` is ``None`` where none was taken, and ``error`` says why;
    ``nearest`` is the smallest change of facts that would have met the expectation, where there is one."""

    step: int
    at: Step
    mismatches: tuple[Mismatch, ...] = ()
    decision: Decision | None = None
    error: str | None = None
    nearest: tuple[NearestChange, ...] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One case that was run. ``taken`` are the decisions, in order."""

    case: Case
    taken: tuple[Taken, ...]
    failure: Failure | None = None

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return self.failure is None


def run_file(policy: Policy, file: CaseFile, explain: bool = True) -> Iterator[Result]:
    """Run every case. ``explain``: look for the nearest change that would have helped a failed case."""
    for case in file.cases:
        yield run_case(policy, case, explain)


def run_case(policy: Policy, case: Case, explain: bool = True) -> Result:
    """Run one case."""
    if not case.sequence:
        return _run_alone(policy, case, case.steps[0], explain)
    return _run_on_ledger(policy, case)


def _run_alone(policy: Policy, case: Case, step: Step, explain: bool) -> Result:
    try:
        decision = policy.decide(step.request, balances=step.balances, history=step.history, at=step.at)
    except RequestError as error:
        return Result(case, (), Failure(1, step, error=str(error)))
    taken = Taken(decision, step.request, step.balances, step.history, step.at)
    mismatches = compare(policy.model_of(decision), taken, step.expect)
    if not mismatches:
        return Result(case, (taken,))
    nearest = nearest_change(policy.for_request(step.request), step) if explain else None
    return Result(case, (taken,), Failure(1, step, mismatches, decision, nearest=nearest))


def _run_on_ledger(policy: Policy, case: Case) -> Result:
    """Take the steps one after another; the first that goes wrong ends the case."""
    now = _START
    entries: list[Entry] = []
    taken: list[Taken] = []
    who: Mapping[str, Any] = {}

    def row_of(name: str) -> Mapping[str, Any]:
        return {"role": "author", "publishes": True} if name == _AUTHOR else {**who, "id": name}

    roster = row_of if policy.model.roster else None  # a case says itself who works here
    # Steps may go back in time as far as they like.
    options: dict[str, Any] = {"repeat_within": timedelta(0), "max_clock_jump": timedelta.max}
    with open_ledger(":memory:", clock=lambda: now, roster=roster, **options) as ledger:
        if roster is not None:
            now = min((step.at for step in case.steps if step.at is not None), default=_START)
            ledger.publish(policy, by=_AUTHOR)
        for number, step in enumerate(case.steps, 1):
            now, who = step.at or now + timedelta(minutes=1), {"role": step.request["employee"].get("role")}
            try:
                entry = _ACTIONS[step.do](ledger, policy, step, entries)
            except (RequestError, LedgerError) as error:
                return Result(case, tuple(taken), Failure(number, step, error=str(error)))
            entries.append(entry)
            decision = entry.decision
            if decision is None:
                continue
            read = entry.read(reveal=True)
            balances = {name: read_balance(each) for name, each in read.get("balances", {}).items()}
            taken.append(Taken(decision, step.request, balances, read.get("history"), now))
            mismatches = compare(policy.model_of(decision), taken[-1], step.expect)
            if mismatches:
                return Result(case, tuple(taken), Failure(number, step, mismatches, decision))
    return Result(case, tuple(taken))


def _target(step: Step, entries: list[Entry]) -> str:
    """The record that a step resolves: the one of step ``of``, or else the last that gave something."""
    if step.of is not None:
        if not 1 <= step.of <= len(entries):
            raise NotFound(f"there is no step {step.of} before this one")
        return entries[step.of - 1].id
    for entry in reversed(entries):
        if entry.granted:
            return entry.id
    raise NotFound("no step before this one has given anything")


_ACTIONS: Final[Mapping[str, Callable[[Ledger, Policy, Step, list[Entry]], Entry]]] = {
    "decide": lambda ledger, policy, step, entries: ledger.decide(policy, step.request),
    "grant": lambda ledger, policy, step, entries: ledger.grant(policy, step.request),
    "hold": lambda ledger, policy, step, entries: ledger.hold(policy, step.request, lasts=_HELD),
    "settle": lambda ledger, policy, step, entries: ledger.settle(
        _target(step, entries), employee=step.request["employee"], given=step.request.get("asked") or None
    ),
    "release": lambda ledger, policy, step, entries: ledger.release(_target(step, entries), employee=step.request["employee"]),
    "void": lambda ledger, policy, step, entries: ledger.void(
        _target(step, entries), employee=step.request["employee"], reason="a case says so"
    ),
}
