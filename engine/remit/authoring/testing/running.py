"""Runs cases: one decision each, or a sequence on a fresh ledger whose clock stands where the case says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from remit.authoring.testing.casefile import Case, CaseFile, Step
from remit.authoring.testing.comparing import Mismatch, compare
from remit.authoring.testing.nearest import Change, nearest_change
from remit.decision.decision import Decision
from remit.decision.policy import Policy
from remit.errors import LedgerError, RequestError

__all__ = ["Failure", "Result", "run_case", "run_file"]

#: Where the clock of a sequence stands until a step says otherwise.
_START = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a case failed. ``step`` counts from 1. ``decision`` is ``None`` where none was taken, and ``error`` says why;
    ``nearest`` is the smallest change of facts that would have met the expectation, where there is one."""

    step: int
    at: Step
    mismatches: tuple[Mismatch, ...] = ()
    decision: Decision | None = None
    error: str | None = None
    nearest: tuple[Change, ...] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One case that was run. ``decisions`` are those taken, in order."""

    case: Case
    decisions: tuple[Decision, ...]
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
        step = case.steps[0]
        return _run(policy, case, lambda each: policy.decide(each.request, balances=each.balances, history=each.history), explain, step)
    with TemporaryDirectory(prefix="remit-test-") as folder:
        return _run_on_ledger(policy, case, Path(folder) / "ledger.db")


def _run(policy: Policy, case: Case, decide: Callable[[Step], Decision], explain: bool, step: Step) -> Result:
    try:
        decision = decide(step)
    except RequestError as error:
        return Result(case, (), Failure(1, step, error=str(error)))
    mismatches = compare(policy.model, decision, step.expect)
    if not mismatches:
        return Result(case, (decision,))
    nearest = nearest_change(policy, step) if explain else None
    return Result(case, (decision,), Failure(1, step, mismatches, decision, nearest=nearest))
