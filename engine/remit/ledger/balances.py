"""How caps and allowances stand for one request, without deciding anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from remit.decision.decision import Decision
from remit.decision.quantities import cap_limit
from remit.language.records import dataclass
from remit.language.values import Money
from remit.ledger.asking import Asked
from remit.ledger.chain import HEAD, Head
from remit.ledger.facts import said
from remit.ledger.plan import Counted
from remit.ledger.store import Session
from remit.ledger.tally import Standing, read_standings, standings_queries
from remit.ledger.turn import Core, read_clock
from remit.ledger.windows import day_in

__all__ = ["Balance", "preview", "read_balances"]


@dataclass(frozen=True, slots=True)
class Balance:
    """One cap or allowance. ``used`` and ``left`` are money or a count (``None`` where the facts in ``missing`` are needed to
    tell); ``until`` is the day on which some of it comes back, where that is known; ``key`` is for whom it is kept."""

    name: str
    max: Money | int
    used: Money | int | None
    left: Money | int | None
    over: str
    key: Mapping[str, Any]
    until: date | None = None
    missing: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """For JSON; money as text."""
        return {
            "name": self.name,
            "max": said(self.max),
            "used": said(self.used),
            "left": said(self.left),
            "over": self.over,
            "until": self.until.isoformat() if self.until else None,
            "missing": list(self.missing),
        }


def preview(core: Core, session: Session, asked: Asked) -> Decision:
    """What would be decided now."""
    standings, reading = _standings(core, session, asked), asked.reading
    return asked.policy.decide(asked.inputs, balances=reading.balances(standings)[0], history=reading.history(standings))


def _standings(core: Core, session: Session, asked: Asked) -> Sequence[Standing]:
    now = max(read_clock(core), Head.of(session.rows(HEAD), core.id).at)
    counters = asked.reading.counters(now)
    return read_standings(session, counters, session.ask(*standings_queries(counters)))


def read_balances(core: Core, session: Session, asked: Asked) -> dict[str, Balance]:
    """The balances of a request as they stand now. A hold that has expired counts until the next writer releases it."""
    model, inputs, reading = asked.policy.model, asked.inputs, asked.reading
    standings = _standings(core, session, asked)
    known = {**inputs.facts, "employee.id": inputs.employee, "employee.role": inputs.role, "(case)": inputs.case}
    caps = {cap.id: cap for cap in model.caps}
    out: dict[str, Balance] = {}

    def limit(counted: Counted) -> int:
        if counted.kind == "cap":
            return cap_limit(model, caps[counted.name], inputs.role)
        own = [each for each in model.ladder[: model.ladder.index(inputs.role) + 1] if each in model.discretion]
        return model.discretion[own[-1]].max.minor

    for counted, standing in zip(reading.counted, standings, strict=True):
        if counted.kind != "history":
            most = limit(counted)
            out[counted.name] = Balance(
                counted.name,
                counted.quantity(most),
                counted.quantity(standing.used),
                counted.quantity(max(0, most - standing.used)),
                str(counted.over),
                {name.strip("()"): known.get(name) for name in counted.per},
                day_in(standing.until, model.timezone) if standing.until is not None else None,
            )
    for name, missing in reading.waiting.items():
        cap = caps[name]
        most_of = cap_limit(model, cap, inputs.role)
        shown = Money.from_minor(most_of, model.currency or "XXX") if cap.measure == "amount" else most_of
        out[name] = Balance(name, shown, None, None, str(cap.over), {}, None, tuple(sorted(missing)))
    order = [*caps, "discretion"]
    return {name: out[name] for name in order if name in out}
