"""The sequence carried out: in a real ledger that is gone afterwards, with a clock that says what the sequence says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from remit.authoring.exposure.sequence import ExposureStep
from remit.deciding.policy import Policy
from remit.decision.quantities import as_quantity
from remit.ledger import Ledger, open_ledger

__all__ = ["Replay", "replay", "request_of"]

#: No step waits longer than the ledger's clock may jump.
_EVER: Final = timedelta(days=100_000)


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of a sequence. ``refused`` says why a request was not granted, by its number from 1 on; ``given`` is what was
    given in all beyond what is owed. ``exceeded`` says what was granted beyond the sequence: a smallest unit more in the last
    request, or one more request at the end."""

    refused: Mapping[int, str]
    given: int
    exceeded: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything was granted, and nothing more."""
        return not self.refused and not self.exceeded


def replay(
    policy: Policy, steps: Sequence[ExposureStep], *, more: Sequence[ExposureStep] = (), end: datetime | None = None
) -> Replay:
    """Carry out ``steps``. ``more`` are requests that must be refused after the last one, at its time and, where that is given,
    at the ``end``; then a smallest unit more in the last one is tried as well."""
    refused: dict[int, str] = {}
    exceeded: list[str] = []
    given = 0
    with _ledger() as (ledger, clock):
        for number, step in enumerate(steps, 1):
            clock.now = step.at
            if more and number == len(steps):
                exceeded += _one_unit_more(policy, ledger, step)
            entry = ledger.grant(policy, request_of(policy, step, f"step-{number}"))
            if entry.granted:
                given += step.amount
            else:
                reasons = dict.fromkeys(each.id for each in entry.decision.reasons) if entry.decision is not None else ()
                refused[number] = f"{entry.outcome} ({', '.join(reasons)})" if reasons else str(entry.outcome)
        for moment in (None, end):
            for step in more:
                if moment is None or moment > clock.now:
                    clock.now = moment or clock.now
                decision = ledger.decide(policy, request_of(policy, step, None, clock.now))
                if decision.outcome == "grant":
                    exceeded.append(f"one more request, of {_said(policy, step)}, at {clock.now.isoformat()}")
    return Replay(refused, given, tuple(exceeded))


def _one_unit_more(policy: Policy, ledger: Ledger, step: ExposureStep) -> Iterator[str]:
    for name, amount in step.asked.items():
        if policy.model.remedies[name].kind != "exception":
            request = request_of(policy, step, None)
            larger = {**request["asked"], name: as_quantity(policy.model, policy.model.remedies[name], amount + 1)}
            entry = ledger.decide(policy, {**request, "asked": larger, **_DISCRETION})
            if entry.outcome == "grant":
                yield f"a smallest unit more of {name} in the last request"


_DISCRETION: Final = {"use_discretion": True, "story": "what happened"}


def request_of(policy: Policy, step: ExposureStep, key: str | None, at: datetime | None = None) -> dict[str, Any]:
    """A step as a request; the incident is of the same day."""
    model = policy.model
    required = (name for each in model.requires for name in each.evidence)
    request: dict[str, Any] = {
        "employee": {"id": step.employee, "role": step.role},
        "asked": {name: as_quantity(model, model.remedies[name], amount) for name, amount in step.asked.items()},
        "facts": dict(step.facts),
        "case": step.case,
        "occurred": (at or step.at).date(),
        "evidence": tuple(dict.fromkeys((*model.evidence, *required))),
    }
    if step.discretion:
        request |= _DISCRETION
    return request if key is None else {**request, "key": key}


def _said(policy: Policy, step: ExposureStep) -> str:
    quantities = (as_quantity(policy.model, policy.model.remedies[name], amount) for name, amount in step.asked.items())
    return " and ".join(map(str, quantities))


class _Clock:
    def __init__(self) -> None:
        self.now = datetime.max

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def _ledger() -> Iterator[tuple[Ledger, _Clock]]:
    clock = _Clock()
    with open_ledger(":memory:", clock=clock, max_clock_jump=_EVER, repeat_within=timedelta(0)) as ledger:
        yield ledger, clock
