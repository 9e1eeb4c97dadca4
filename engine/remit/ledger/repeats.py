"""The same, given twice: a request without a key that repeats what was given a moment ago is taken for a slip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from remit.decision.quantities import whole_amounts
from remit.language.identities import identity
from remit.ledger.asking import Asked
from remit.ledger.log.entry import Entry
from remit.ledger.recorded_facts import read_quantity
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, fetch
from remit.policy.model import Model

__all__ = ["is_repeated"]

#: What an employee gave since a moment and what did not come back, among their last records.
_GIVEN: Final = (
    "SELECT seq FROM (SELECT seq, at, kind FROM record WHERE employee = ? ORDER BY seq DESC LIMIT 50) AS r "
    "WHERE at >= ? AND kind IN ('grant', 'hold') "
    "AND NOT EXISTS (SELECT 1 FROM resolution AS x JOIN record AS y ON y.seq = x.seq "
    "WHERE x.target = r.seq AND y.kind IN ('void', 'release')) ORDER BY seq DESC"
)


def is_repeated(core: Core, session: Session, asked: Asked, now: int) -> bool:
    """Whether the employee gave the same to the same customer within the ledger's ``repeat_within``.

    The customer is known by the ids that the policy keeps something by, and by the case; where a request has none of them,
    there is nothing to compare.
    """
    inputs, model = asked.inputs, asked.policy.model
    if not core.repeat_within or inputs.key is not None or not inputs.asked:
        return False
    customer = _customer(model, inputs.facts, inputs.case)
    if not customer:
        return False
    for (seq,) in session.rows(_GIVEN, (inputs.employee, max(0, now - core.repeat_within))):
        entry = fetch(session, seq)
        if entry is not None and _is_the_same(entry, asked, customer):
            return True
    return False


def _customer(model: Model, facts: Mapping[str, Any], case: str | None) -> dict[str, str]:
    ids = {name: facts.get(name) for name, fact in model.facts.items() if fact.is_id}
    return {name: identity(value) for name, value in {**ids, "(case)": case}.items() if value is not None}


def _is_the_same(entry: Entry, asked: Asked, customer: Mapping[str, str]) -> bool:
    model, body = asked.policy.model, entry.body
    if body["policy"]["id"] != model.id:
        return False
    given = {name: read_quantity(amount) for name, amount in body["decision"]["asked"].items()}
    try:
        amounts = whole_amounts(model, given)
    except (KeyError, ValueError):  # another version of the policy, with other remedies
        return False
    same = {name: amount for name, amount in amounts.items() if amount} == dict(asked.inputs.asked)
    return same and _customer(model, entry.facts(reveal=True), entry.case) == customer
