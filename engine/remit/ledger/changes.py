"""What a new version of a policy does to balances, told before it happens."""

from __future__ import annotations

from collections.abc import Iterator

from remit.errors import Problem
from remit.ledger.library import Library
from remit.ledger.store import Session
from remit.policy.model import Cap, Model

__all__ = ["compare"]


def compare(session: Session, library: Library, model: Model) -> list[Problem]:
    """What happens to the balances of caps when ``model`` follows the version of the same policy that came into use before it.

    ``ledger/cap-window``: the balance follows, counted over the new window. ``ledger/cap-key`` and ``ledger/cap-measure``: it
    starts from nothing, because what was counted was something else. ``ledger/cap-gone``: it is not counted any more (was it
    renamed?). ``ledger/cap-new``: it counts from now on.
    """
    rows = session.rows("SELECT digest FROM policy WHERE id = ? ORDER BY seq", (model.id,))
    digests = [row[0] for row in rows]
    before = digests[: digests.index(model.digest)] if model.digest in digests else digests
    return list(_compare(library.get(session, before[-1]).model, model)) if before else []


def _compare(old: Model, new: Model) -> Iterator[Problem]:
    before = {cap.id: cap for cap in old.caps}
    after = {cap.id: cap for cap in new.caps}
    for cap_id, cap in after.items():
        if cap_id not in before:
            yield _warning("cap-new", f"cap `{cap_id}` is new: it counts from the first grant under version {new.version}")
        else:
            yield from _compare_cap(before[cap_id], cap, old, new)
    for cap_id in before:
        if cap_id not in after:
            hint = f"to keep the balances of a cap that was renamed, keep its id `{cap_id}`"
            yield _warning(
                "cap-gone", f"cap `{cap_id}` of version {old.version} is gone: what it counted is not looked at", hint
            )


def _compare_cap(old: Cap, new: Cap, of: Model, to: Model) -> Iterator[Problem]:
    version, before, after = of.version, _measure(old, of), _measure(new, to)
    if sorted(old.per) != sorted(new.per) or (old.over.kind == "case") != (new.over.kind == "case"):
        text = f"cap `{new.id}` is kept by other facts than in version {version}: its balances start from nothing"
        yield _warning("cap-key", text, "to keep the balances, keep what it is `per`; give the new cap a new id")
    elif before != after:
        text = f"cap `{new.id}` counts {after}, not {before} as in version {version}: its balances start from nothing"
        yield _warning("cap-measure", text, "give the new cap a new id")
    elif old.over != new.over:
        text = f"cap `{new.id}` looks back over {new.over}, not {old.over} as in version {version}: its balances follow"
        yield _warning("cap-window", text)


def _measure(cap: Cap, model: Model) -> str:
    return f"money in {model.currency}" if cap.measure == "amount" else cap.measure


def _warning(code: str, message: str, hint: str | None = None) -> Problem:
    return Problem(f"ledger/{code}", message, hint=hint, severity="warning")
