"""What a policy counts: its caps, the discretion of a role, and the facts it reads from history; each in a series of its own.

A series is named by what is counted and for whom, never by the window: a policy that changes the window of a cap finds the
balances as they are. A cap that changes its id, its measure or the facts it is kept by counts in new series, from nothing;
:func:`remit.ledger.changes.compare` tells before it happens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from remit.decision.inputs import Inputs
from remit.language.records import dataclass
from remit.language.values import Money, Unknown
from remit.ledger.apart import series_of
from remit.ledger.facts import to_plain, whole
from remit.ledger.tally import Counter, Standing
from remit.ledger.windows import day_in, span_of
from remit.policy.model import Model, Window

__all__ = ["Counted", "Reading", "amount_in", "counted_by", "read_counters"]

_CASE: Final = "case"


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that a policy counts. ``name`` is a cap's id, ``discretion`` or the name of a history fact; ``base`` names the
    series but for the values of ``per``; ``unit`` is a currency, ``grants`` or ``units``."""

    kind: Literal["cap", "discretion", "history"]
    name: str
    per: tuple[str, ...]
    over: Window
    unit: str
    base: tuple[str, ...]
    remedy: str | None = None

    def quantity(self, amount: int) -> Money | int:
        """``amount`` as people write it."""
        return amount if self.unit in ("grants", "units") else Money.from_minor(amount, self.unit)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one request makes of the things counted: the series of each whose key is known, and the facts that the others wait
    for: ``waiting`` for caps, ``unread`` for history. ``timezone`` is the policy's."""

    counted: tuple[Counted, ...]
    series: tuple[bytes, ...]
    waiting: Mapping[str, frozenset[str]]
    unread: Mapping[str, frozenset[str]]
    timezone: str

    def counters(self, now: int) -> list[Counter]:
        """What to look up at one moment."""
        pairs = zip(self.counted, self.series, strict=True)
        return [Counter(series, span_of(counted.over, now, self.timezone)) for counted, series in pairs]

    def balances(self, standings: Sequence[Standing]) -> dict[str, Any]:
        """What the decision reads of caps and discretion, by name."""
        out: dict[str, Any] = {}
        for counted, standing in zip(self.counted, standings, strict=True):
            if counted.kind != "history":
                out[counted.name] = {"used": counted.quantity(standing.used)}
                if standing.until is not None:
                    out[counted.name]["until"] = day_in(standing.until, self.timezone)
        return out | {name: {"used": Unknown(missing)} for name, missing in self.waiting.items()}

    def history(self, standings: Sequence[Standing]) -> dict[str, Any]:
        """What the decision reads of history, by the name of the fact."""
        pairs = zip(self.counted, standings, strict=True)
        known = {counted.name: counted.quantity(standing.used) for counted, standing in pairs if counted.kind == "history"}
        return known | {name: Unknown(missing) for name, missing in self.unread.items()}


def counted_by(model: Model, role: str) -> list[Counted]:
    """All that ``model`` counts for somebody of ``role``."""
    out = []
    for cap in model.caps:
        unit = (model.currency or "XXX") if cap.measure == "amount" else cap.measure
        out.append(Counted("cap", cap.id, cap.per, cap.over, unit, ("cap", model.id, cap.id, unit)))
    own = [model.discretion[each] for each in model.ladder[: model.ladder.index(role) + 1] if each in model.discretion]
    if own:
        unit = own[-1].max.currency
        out.append(Counted("discretion", "discretion", ("employee.id",), own[-1].over, unit, ("discretion", model.id, unit)))
    for fact in model.facts.values():
        if fact.history is not None:
            history = fact.history
            unit = "grants"
            if history.sum is not None:
                unit = (model.currency or "XXX") if model.remedies[history.sum].kind == "money" else "units"
            base = ("history", model.id, history.sum or "", unit)
            out.append(Counted("history", fact.name, history.per, history.over, unit, base, history.sum))
    return out


def read_counters(model: Model, inputs: Inputs, secret: bytes) -> Reading:
    """What there is to look up for one request."""
    known: dict[str, Any] = {**inputs.facts, "employee.id": inputs.employee, "employee.role": inputs.role}
    counted: list[Counted] = []
    series: list[bytes] = []
    waiting: dict[str, frozenset[str]] = {}
    unread: dict[str, frozenset[str]] = {}
    for each in counted_by(model, inputs.role):
        needed = (*each.per, _CASE) if each.over.kind == "case" else each.per
        values = known | {_CASE: inputs.case} if each.over.kind == "case" else known
        missing = frozenset(name for name in needed if values.get(name) is None)
        if missing:
            (unread if each.kind == "history" else waiting)[each.name] = missing
            continue
        key = [[name, to_plain(values[name])] for name in sorted(needed)]
        counted.append(each)
        series.append(series_of(secret, [*each.base, key]))
    return Reading(tuple(counted), tuple(series), waiting, unread, model.timezone)


def amount_in(counted: Counted, charges: Mapping[str, Any], discretion: Any, given: Mapping[str, int]) -> int:
    """What carrying out a decision adds to ``counted``: its ``charges``, its ``discretion`` and what is ``given``."""
    if counted.kind == "cap":
        return whole(charges.get(counted.name, 0))
    if counted.kind == "discretion":
        return whole(discretion or 0)
    if counted.remedy is None:
        return 1 if any(given.values()) else 0
    return given.get(counted.remedy, 0)
