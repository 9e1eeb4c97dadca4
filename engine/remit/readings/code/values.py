"""The values of one request in a row, as compiled code takes them: what is where, and the way from and to
:class:`remit.decision.inputs.Inputs`.

Behind the places of :data:`HEADER` come one place for each remedy (``asked.credit``), for each fact (by its full name) and for
the use of each cap (``used.CAP``); the last is ``used.discretion``. All keep the order of the policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from remit.decision.inputs import Inputs
from remit.language.values import Unknown
from remit.policy.model import Model
from remit.readings.code.scalars import Unusual, known_value, native_of

__all__ = ["HEADER", "inputs_of", "layout", "values_of"]

#: What every request has, in the order of their places. ``story`` is whether one was told, ``story.text`` what it says.
HEADER: Final = (
    "employee.role",
    "employee.id",
    "case",
    "occurred",
    "evidence",
    "story",
    "use_discretion",
    "until",
    "balances",
    "key",
    "story.text",
)


def layout(model: Model) -> Mapping[str, int]:
    """The place of every name.

    A fact may have the name of something else here (``case``, ``used.CAP``). Then the name leads to the fact. The other value
    is where :data:`HEADER` has it, or among the last: caps in their order, then discretion.
    """
    caps = [f"used.{cap.id}" for cap in model.caps]
    names = [*HEADER, *(f"asked.{remedy}" for remedy in model.remedies), *model.facts, *caps, "used.discretion"]
    first = len(HEADER) + len(model.remedies)
    places = {name: place for place, name in enumerate(names)}
    return places | {name: first + number for number, name in enumerate(model.facts)}


def values_of(model: Model, inputs: Inputs) -> tuple[Any, ...]:
    """The row for a request that was read by step 1; who else asked (``requester``) is not in it.

    Raises :class:`Unusual` where a value has no native form: too fine, too large, or not known to the ledger.
    """
    if inputs.waiting or any(isinstance(used, Unknown) for used in inputs.balances.values()):
        raise Unusual
    facts = inputs.facts
    return (
        inputs.role,
        inputs.employee,
        inputs.case,
        None if inputs.occurred is None else inputs.occurred.toordinal(),
        inputs.evidence,
        inputs.story is not None,
        inputs.use_discretion,
        dict(inputs.until),
        tuple(inputs.balances.items()),
        inputs.key,
        inputs.story,
        *(inputs.asked.get(remedy, 0) for remedy in model.remedies),
        *(native_of(fact.type, facts[name]) if name in facts else None for name, fact in model.facts.items()),
        *(inputs.balances.get(cap.id, 0) for cap in model.caps),
        inputs.balances.get("discretion", 0),
    )


def inputs_of(model: Model, values: tuple[Any, ...]) -> Inputs:
    """The request that ``values`` came from, as step 1 reads it (without ``requester``)."""
    role, employee, case, day, evidence, _, use_discretion, until, balances, key, story, *rest = values
    asked = {remedy: amount for remedy, amount in zip(model.remedies, rest, strict=False) if amount}
    natives = zip(model.facts.items(), rest[len(model.remedies) :], strict=False)
    return Inputs(
        employee=employee,
        role=role,
        asked=asked,
        facts={name: known_value(fact, native) for (name, fact), native in natives if native is not None},
        case=case,
        occurred=None if day is None else date.fromordinal(day),
        evidence=evidence,
        story=story,
        use_discretion=use_discretion,
        key=key,
        balances=dict(balances),
        until=dict(until),
    )
