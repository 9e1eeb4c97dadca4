"""How caps and allowances stand for one request, without deciding anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from remit.decision.decision import Decision
from remit.decision.quantities import cap_limit
from remit.decision.request import Used
from remit.errors import Problem
from remit.language.fast_dataclass import dataclass
from remit.language.values import Money
from remit.ledger.asking import Asked
from remit.ledger.caps.counting import Counted
from remit.ledger.caps.tally import CapUse, read_uses, uses_queries
from remit.ledger.caps.windows import as_datetime, day_in
from remit.ledger.log.chain import HEAD, Head
from remit.ledger.policy_library import Library
from remit.ledger.recorded_facts import said
from remit.ledger.repeats import is_repeated
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, read_clock, refuse_jump
from remit.policy.model import REPEATS, Cap, Model
from remit.policy.phrases import measure

__all__ = ["Balance", "compare_versions", "preview", "read_balances", "uses_now"]


@dataclass(frozen=True, slots=True)
class Balance:
    """One cap or allowance, by ``name``, of at most ``max`` ``over`` a window. ``used`` and ``left`` are money or a count
    (``None`` where the facts in ``missing`` are needed to tell); ``until`` is the day on which some of it comes back, where
    that is known; ``key`` is for whom it is kept."""

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
    uses, reading, now = uses_now(core, session, asked), asked.reading, read_clock(core)
    balances = reading.balances(uses)[0]
    if is_repeated(core, session, asked, now):
        balances[REPEATS] = Used(1, None)
    history, at = reading.history(uses), as_datetime(now)
    return asked.policy.decide(asked.inputs, balances=balances, history=history, at=at, personal=asked.personal)


def uses_now(core: Core, session: Session, asked: Asked) -> Sequence[CapUse]:
    """What is used now of all that is counted."""
    clock, last = read_clock(core), Head.of(session.rows(HEAD), core.id).at
    refuse_jump(core, clock, last)
    now = max(clock, last)
    counters = asked.reading.counters(now)
    return asked.reading.joined(read_uses(session, counters, session.ask(*uses_queries(counters))))


def read_balances(core: Core, session: Session, asked: Asked) -> dict[str, Balance]:
    """The balances of a request as they stand now. A hold that has expired counts until the next writer releases it."""
    model, inputs, reading = asked.policy.model, asked.inputs, asked.reading
    uses = uses_now(core, session, asked)
    known = {**inputs.facts, "employee.id": inputs.employee, "employee.role": inputs.role, "(case)": inputs.case}
    caps = {cap.id: cap for cap in model.caps}
    out: dict[str, Balance] = {}

    def limit(counted: Counted) -> int:
        if counted.kind == "cap":
            return cap_limit(model, caps[counted.name], inputs.role)
        own = [each for each in model.ladder[: model.ladder.index(inputs.role) + 1] if each in model.discretion]
        return model.discretion[own[-1]].max.minor

    for counted, use in zip(reading.counted, uses, strict=True):
        if counted.kind in ("cap", "discretion"):
            most = limit(counted)
            out[counted.name] = Balance(
                counted.name,
                counted.quantity(most),
                counted.quantity(use.used),
                counted.quantity(max(0, most - use.used)),
                str(counted.over),
                {name.strip("()"): known.get(name) for name in counted.per},
                day_in(use.until, model.timezone) if use.until is not None else None,
            )
    for name, missing in reading.waiting.items():
        cap = caps.get(name)
        if cap is None:
            continue  # a claim has no maximum
        most_of = cap_limit(model, cap, inputs.role)
        shown = Money.from_minor(most_of, model.currency_code) if cap.measure == "amount" else most_of
        out[name] = Balance(name, shown, None, None, str(cap.over), {}, None, tuple(sorted(missing)))
    order = [*caps, "discretion"]
    return {name: out[name] for name in order if name in out}


def compare_versions(session: Session, library: Library, model: Model) -> list[Problem]:
    """What happens to the balances of caps when ``model`` follows the version of the same policy that came into use before it.

    ``ledger/cap-window``: the balance follows, counted over the new window. ``ledger/cap-key`` and ``ledger/cap-measure``: it
    starts from nothing, because what was counted was something else. ``ledger/cap-gone``: it is not counted any more (was it
    renamed?). ``ledger/cap-new``: it counts from now on. ``ledger/claim-key``: what a claim has received counts no more.
    """
    rows = session.rows("SELECT digest FROM policy WHERE id = ? ORDER BY seq", (model.id,))
    digests = [row[0] for row in rows]
    before = digests[: digests.index(model.digest)] if model.digest in digests else digests
    if not before:
        return []
    was = {each.currency: each for each in library.get(session, before[-1]).model.each}
    pairs = [(was[each.currency], each) for each in model.each if each.currency in was]
    pairs = pairs or [(next(iter(was.values())), model.each[0])]
    return list(dict.fromkeys(problem for pair in pairs for problem in _compare(*pair)))


def _compare(old: Model, new: Model) -> Iterator[Problem]:
    before = {cap.id: cap for cap in old.caps}
    after = {cap.id: cap for cap in new.caps}
    for cap_id, cap in after.items():
        if cap_id not in before:
            yield _warning("cap-new", f"cap `{cap_id}` is new: it counts from the first grant under version {new.version}")
        else:
            yield from _compare_cap(before[cap_id], cap, old, new)
    for name, claim in {each.name: each for each in new.claims}.items():
        was = next((each for each in old.claims if each.name == name), None)
        if was is not None and (sorted(was.per), was.shared) != (sorted(claim.per), claim.shared):
            text = (
                f"`{name}` is told apart by other facts than in version {old.version}: what was received before is not counted"
            )
            yield _warning("claim-key", text, "to go on counting, keep what the claim is `per` and what it shares")
    for cap_id in before:
        if cap_id not in after:
            hint = f"to keep the balances of a cap that was renamed, keep its id `{cap_id}`"
            yield _warning(
                "cap-gone", f"cap `{cap_id}` of version {old.version} is gone: what it counted is not looked at", hint
            )


def _compare_cap(old: Cap, new: Cap, of: Model, to: Model) -> Iterator[Problem]:
    version, before, after = of.version, measure(of, old), measure(to, new)
    if sorted(old.per) != sorted(new.per) or (old.over.kind == "case") != (new.over.kind == "case"):
        text = f"cap `{new.id}` is kept by other facts than in version {version}: its balances start from nothing"
        yield _warning("cap-key", text, "to keep the balances, keep what it is `per`; give the new cap a new id")
    elif old.shared != new.shared:
        was, now = (f"shared as `{each.shared}`" if each.shared else "not shared" for each in (old, new))
        text = f"cap `{new.id}` is {now}, and was {was} in version {version}: what was used so far is not counted"
        yield _warning("cap-key", text, "to keep the balances, keep the name under which it is shared")
    elif before != after and new.together and old.measure == "amount" and of.currency == to.currency:
        yield _warning("cap-measure", f"cap `{new.id}` counts {after}, not only {before} as in version {version}")
    elif before != after and old.together and new.measure == "amount" and of.currency == to.currency:
        text = f"cap `{new.id}` counts {after}, not {before} as in version {version}: what was given in others counts no more"
        yield _warning("cap-measure", text, "give the new cap a new id")
    elif before != after:
        text = f"cap `{new.id}` counts {after}, not {before} as in version {version}: its balances start from nothing"
        yield _warning("cap-measure", text, "give the new cap a new id")
    elif old.over != new.over:
        text = f"cap `{new.id}` looks back over {new.over}, not {old.over} as in version {version}: its balances follow"
        yield _warning("cap-window", text)


def _warning(code: str, message: str, hint: str | None = None) -> Problem:
    return Problem(f"ledger/{code}", message, hint=hint, severity="warning")
