"""What a policy counts: its caps and claims, the discretion of a role, and the facts it reads from history; each in a series.

A series is named by what is counted and for whom, never by the window: a policy that changes the window of a cap finds the
balances as they are. A cap that changes its id, its measure or the facts it is kept by counts in new series, from nothing;
:func:`remit.ledger.caps.balances.compare` tells before it happens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from math import ceil
from typing import TYPE_CHECKING, Any, Final, Literal

from remit.decision.inputs import Inputs
from remit.decision.request import Used
from remit.language.fast_dataclass import dataclass
from remit.language.identities import identity
from remit.language.values import Money, Unknown, minor_digits
from remit.ledger.caps.tally import CapUse, Counter
from remit.ledger.caps.windows import day_in, span_of
from remit.ledger.log.private_facts import series_of
from remit.ledger.recorded_facts import written
from remit.policy.model import Claim, Fact, History, Model, Window

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = [
    "Counted",
    "Counting",
    "CountedFact",
    "amount_in",
    "counted_by",
    "own_series",
    "plan_of",
    "read_counters",
    "series_named",
    "voids_of",
]

#: The case among the facts that something is kept by; no fact has such a name.
_CASE: Final = "(case)"

#: What a history counts of records, whatever came of them.
_RECORDED: Final = frozenset(("cases", "requests", "escalations", "denials", "customers"))


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that a policy counts. ``name`` is a cap's id, ``discretion`` or the name of a history fact; ``per`` are the
    facts it is kept by (and the case), in the order of their names; ``base`` names the series but for their values; ``unit`` is
    a currency, ``grants`` or ``units``. A claim, and a history that sums, adds up what is given of ``remedies``. What is
    ``hidden`` (a history fact that is personal or masked) is not in the log. ``count`` is what a history counts, of
    ``remedies`` only where there are any; ``fact`` is the fact whose statements it adds up. ``beside`` names the series of the
    same in the other currencies of the policy, each with what one of its smallest units is in ``unit``, where it counts all."""

    kind: Literal["cap", "claim", "discretion", "history", "customer"]
    name: str
    per: tuple[str, ...]
    over: Window
    unit: str
    base: str
    remedies: tuple[str, ...] = ()
    hidden: bool = False
    count: str = ""
    fact: str = ""
    beside: tuple[tuple[str, Fraction], ...] = ()

    @property
    def recorded(self) -> bool:
        """Whether it counts records whatever came of them, so that nothing of it comes back."""
        return bool(self.fact) or self.count in _RECORDED

    @property
    def by_case(self) -> bool:
        """Whether each case counts once."""
        return bool(self.fact) or self.count == "cases"

    def quantity(self, amount: int) -> Money | int:
        """``amount`` as people write it."""
        return amount if self.unit in ("grants", "units") else Money.from_minor(amount, self.unit)


@dataclass(frozen=True, slots=True)
class CountedFact:
    """What one request makes of the things counted: the series of each whose key is known, and the facts that the others wait
    for: ``waiting`` for caps and claims, ``unread`` for history. ``timezone`` is the policy's. ``earlier`` are the series of
    things counted, by their number, under the spelling of the ids that was given: a ledger of before went by that. ``own`` are,
    by the number of a thing counted by case, the series of the request's own case: what it stated so far is not history.
    ``beside`` are those of the same thing in other currencies, with what one of their smallest units is in its own."""

    counted: tuple[Counted, ...]
    series: tuple[bytes, ...]
    waiting: Mapping[str, frozenset[str]]
    unread: Mapping[str, frozenset[str]]
    timezone: str
    earlier: tuple[tuple[int, bytes], ...] = ()
    own: tuple[tuple[int, bytes], ...] = ()
    beside: tuple[tuple[int, bytes, Fraction], ...] = ()

    def counters(self, now: int) -> list[Counter]:
        """What to look up at one moment; :meth:`joined` takes what was found."""
        beside = ((number, series) for number, series, _ in self.beside)
        pairs = [*enumerate(self.series), *self.earlier, *self.own, *beside]
        return [Counter(series, span_of(self.counted[number].over, now, self.timezone)) for number, series in pairs]

    def joined(self, uses: Sequence[CapUse]) -> list[CapUse]:
        """What is used of each thing counted, under both spellings, without the request's own case, and with what is used in
        other currencies, rounded up."""
        out, rest = list(uses[: len(self.counted)]), uses[len(self.counted) :]
        other, own_uses = rest[len(self.earlier) + len(self.own) :], rest[len(self.earlier) :][: len(self.own)]
        for (number, _), own in zip(self.own, own_uses, strict=True):
            out[number] = replace(out[number], used=out[number].used - own.used)
        worth: dict[int, Fraction] = {}
        for (number, _, ratio), use in zip(self.beside, other, strict=True):
            worth[number] = use.used * ratio + worth.get(number, 0)
            days = [each for each in (out[number].until, use.until) if each is not None]
            out[number] = replace(out[number], until=min(days, default=None))
        for number, more in worth.items():
            most = 10 ** (15 + minor_digits(self.counted[number].unit)) - 1  # what a decision reads
            out[number] = replace(out[number], used=min(out[number].used + ceil(more), most))
        for (number, _), before in zip(self.earlier, rest[: len(self.earlier)], strict=True):
            now = out[number]
            days = [each for each in (now.until, before.until) if each is not None]
            out[number] = replace(now, used=now.used + before.used, until=min(days, default=None))
        return out

    def balances(self, uses: Sequence[CapUse]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What is used of caps, claims and discretion, by name: as the decision reads it, and as a record says it."""
        read: dict[str, Any] = {}
        told: dict[str, Any] = {}
        for counted, use in zip(self.counted, uses, strict=True):
            if counted.kind not in ("history", "customer"):
                name, day = counted.name, None
                told[name] = {"used": written(use.used, counted.unit)}
                if use.until is not None:
                    day = day_in(use.until, self.timezone)
                    told[name]["until"] = day.isoformat()
                read[name] = Used(use.used, day)
        for name, missing in self.waiting.items():
            read[name], told[name] = {"used": Unknown(missing)}, {"missing": sorted(missing)}
        return read, told

    def history(self, uses: Sequence[CapUse]) -> dict[str, Any]:
        """What the decision reads of history, by the name of the fact."""
        pairs = zip(self.counted, uses, strict=True)
        known = {counted.name: counted.quantity(use.used) for counted, use in pairs if counted.kind == "history"}
        return known | {name: Unknown(missing) for name, missing in self.unread.items()}


@dataclass(frozen=True, slots=True)
class Counting:
    """What is worked out of a model once: how a record names it (``policy``), the facts that are read from ``history``, those
    that stand ``apart`` from the log, those that are ``ids``, and what is counted for each role."""

    model: Model
    policy: Mapping[str, str]
    history: frozenset[str]
    apart: frozenset[str]
    ids: frozenset[str]
    counted: dict[str, list[Counted]] = field(default_factory=dict)


#: Plans by the id of their model, which they keep, so that its id is not used again.
_KNOWN: Final[dict[int, Counting]] = {}
_MOST: Final = 256


def plan_of(model: Model) -> Counting:
    """The plan of ``model``."""
    found = _KNOWN.get(id(model))
    if found is None:
        if len(_KNOWN) >= _MOST:
            _KNOWN.clear()
        policy = {"id": model.id, "version": model.version, "digest": model.digest}
        if model.currencies:
            policy["currency"] = model.currency_code
        facts = model.facts.values()
        history = frozenset(fact.name for fact in facts if fact.history is not None)
        apart = frozenset(fact.name for fact in facts if fact.personal or fact.mask)
        ids = frozenset(("employee.id", _CASE, *(fact.name for fact in facts if fact.is_id)))
        found = _KNOWN[id(model)] = Counting(model, policy, history, apart, ids)
    return found


def counted_by(model: Model, role: str) -> list[Counted]:
    """All that ``model`` counts for somebody of ``role``."""
    known = plan_of(model).counted
    found = known.get(role)
    if found is None:
        found = known[role] = _work_out(model, role)
    return found


def _work_out(model: Model, role: str) -> list[Counted]:
    out, units = [], model.balances
    for cap in model.caps:
        base = _base("cap", model.id, cap.id, units[cap.id])
        if cap.shared is not None:
            base = _base("shared cap", cap.shared, units[cap.id])
        beside = _beside(model, base) if cap.together else ()
        out.append(Counted("cap", cap.id, _key(cap.per, cap.over), cap.over, units[cap.id], base, beside=beside))
    out += (_claim(model, claim, units[claim.name]) for claim in model.claims)
    own = [model.discretion[each] for each in model.ladder[: model.ladder.index(role) + 1] if each in model.discretion]
    if own:
        unit = own[-1].max.currency
        base = _base("discretion", model.id, unit)
        beside = _beside(model, base) if own[-1].together is not None else ()
        out.append(Counted("discretion", "discretion", ("employee.id",), own[-1].over, unit, base, beside=beside))
    for fact in model.facts.values():
        if fact.history is not None:
            out.append(_history(model, fact, fact.history))
    out += map(_customer, model.customer_facts)
    return out


def _customer(fact: str) -> Counted:
    """The records of a customer, under any policy: nothing is bounded by them, they are counted to be found again."""
    return Counted("customer", fact, (fact,), Window("lifetime"), "grants", _base("customer", fact), count="customers")


def _history(model: Model, fact: Fact, history: History) -> Counted:
    unit, name = "grants", history.sum or history.fact
    if name is not None:
        money = fact.type.kind == "money"
        unit = model.currency_code if money else "units"
    if history.count in (None, "grants") and history.of is None and history.fact is None:
        base = _base("history", model.id, history.sum or "", unit)
    elif history.fact is not None:
        base = _base("history", model.id, "(stated)", history.fact, unit)
    else:
        of = () if history.of is None else (history.of,)
        base = _base("history", model.id, f"({history.count})", *of, unit)
    remedies = tuple(each for each in (history.sum, history.of) if each is not None)
    hidden = fact.personal or fact.mask
    per = _key(history.per, history.over)
    beside = _beside(model, base) if history.sum is not None and unit == model.currency else ()
    return Counted(
        "history", fact.name, per, history.over, unit, base, remedies, hidden, history.count or "", history.fact or "", beside
    )


def _claim(model: Model, claim: Claim, unit: str) -> Counted:
    """A claim counts by policy and remedy; one that is shared by its name alone, so that other policies and remedies meet."""
    remedy = model.remedies[claim.remedies[0]]
    base = _base("claim", model.id, remedy.name, unit)
    if claim.shared is not None:
        base = _base("shared claim", claim.shared, unit if remedy.kind == "money" else remedy.name)
    per = tuple(sorted(_CASE if name == "case" and name not in model.facts else name for name in claim.per))
    beside = _beside(model, base) if remedy.kind == "money" else ()
    return Counted("claim", claim.name, per, Window("lifetime"), unit, base, claim.remedies, beside=beside)


def _beside(model: Model, base: str) -> tuple[tuple[str, Fraction], ...]:
    """The series of the same in the other currencies of the policy: their names end in the currency, as ``base`` does."""
    if model.rate is None:
        return ()
    own, start = model.currency_code, base[: -len(model.currency_code)]
    return tuple((start + code, model.rate.ratio(code, own)) for code in model.currencies if code != own)


def _base(*parts: str) -> str:
    return "\x00".join(parts)


def _key(per: tuple[str, ...], over: Window) -> tuple[str, ...]:
    return tuple(sorted((*per, _CASE) if over.kind == "case" else per))


def read_counters(
    model: Model, inputs: Inputs, facts: Mapping[str, Any], secret: bytes, *, spelled: bool = False
) -> CountedFact:
    """What there is to look up for one request; ``facts`` are its facts as plain values. ``spelled``: the ledger has charges
    from before ids were compared by :func:`remit.language.identities.identity`."""
    known: dict[str, Any] = {**facts, "employee.id": inputs.employee, "employee.role": inputs.role, _CASE: inputs.case}
    counted: list[Counted] = []
    series: list[bytes] = []
    waiting: dict[str, frozenset[str]] = {}
    unread: dict[str, frozenset[str]] = {}
    ids = plan_of(model).ids
    compared = {name: identity(value) if name in ids and value is not None else value for name, value in known.items()}
    earlier, own, beside = [], [], []
    for each in counted_by(model, inputs.role):
        key = {name: compared.get(name) for name in each.per}
        needed = {**key, _CASE: compared[_CASE]} if each.by_case else key
        if None in needed.values():
            if each.kind == "customer":
                continue
            missing = frozenset("case" if name == _CASE else name for name, value in needed.items() if value is None)
            (unread if each.kind == "history" else waiting)[each.name] = missing
        else:
            if each.by_case:
                own.append((len(counted), series_of(secret, _of_one(each), needed)))
            elif spelled and each.kind != "customer" and any(key[name] != known[name] for name in each.per):
                as_given = {name: known[name] for name in each.per}
                earlier.append((len(counted), series_of(secret, each.base, as_given)))
            beside += [(len(counted), series_of(secret, base, key), ratio) for base, ratio in each.beside]
            counted.append(each)
            series.append(series_of(secret, each.base, key))
    return CountedFact(
        tuple(counted), tuple(series), waiting, unread, model.timezone, tuple(earlier), tuple(own), tuple(beside)
    )


def voids_of(model: Model, role: str, facts: Mapping[str, Any], case: str | None, secret: bytes) -> list[tuple[Counted, bytes]]:
    """What counts that a grant was taken back, each with its series; ``facts`` are those of the grant, with its employee."""
    counted = (each for each in counted_by(model, role) if each.count == "voids")
    named = ((each, series_named(model, each, facts, case, secret)) for each in counted)
    return [(each, series) for each, series in named if series is not None]


def own_series(model: Model, counted: Counted, facts: Mapping[str, Any], case: str, secret: bytes) -> bytes:
    """The series of one case of what is counted by case, by the facts of a record that name the series of all."""
    found = series_named(model, replace(counted, base=_of_one(counted), per=(*counted.per, _CASE)), facts, case, secret)
    assert found is not None
    return found


def _of_one(counted: Counted) -> str:
    """What names the series of one case, beside that of all."""
    return _base(counted.base, "(of a case)")


def series_named(model: Model, counted: Counted, facts: Mapping[str, Any], case: str | None, secret: bytes) -> bytes | None:
    """The series of what is counted, by the facts of a record; ``None`` where they do not name it."""
    known, ids = {**facts, _CASE: case}, plan_of(model).ids
    key = {name: known.get(name) for name in counted.per}
    if None in key.values():
        return None
    return series_of(
        secret, counted.base, {name: identity(str(value)) if name in ids else value for name, value in key.items()}
    )


def amount_in(counted: Counted, decision: Mapping[str, Any], given: Mapping[str, int]) -> str | int:
    """What carrying out ``decision`` (as a record has it) adds to ``counted``, as a record says it; ``given`` are whole
    numbers."""
    if counted.kind == "cap":
        found: str | int = decision["charges"].get(counted.name, 0)
        return found
    if counted.kind == "discretion":
        return decision["discretion"] or 0
    if counted.recorded or counted.count == "voids":
        return 0
    parts = [given.get(name, 0) for name in counted.remedies or given]
    added = int(any(parts)) if counted.count else sum(parts)
    return written(added, counted.unit)
