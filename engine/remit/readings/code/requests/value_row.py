"""The values of one request in a row, as compiled code takes them: what is where, and the way from and to
:class:`remit.decision.inputs.Inputs`.

Behind the places of :data:`HEADER` come one place for each remedy (``asked.credit``), for each fact (by its full name) and for
each balance (``used.CAP``, ``used.CLAIM``; the last is ``used.discretion``). All keep the order of the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from remit.core.views import INFINITE
from remit.decision.inputs import Inputs
from remit.decision.request import Request, find_fact
from remit.language.values import Money, Unknown
from remit.policy.fact_values import read_fact
from remit.policy.model import Fact, Model
from remit.readings.code.requests.native_values import Unusual, known_value, native_of

__all__ = ["HEADER", "inputs_of", "inputs_reader", "layout", "personal_of", "values_of"]

#: What every request has, in the order of their places. ``personal`` is what :func:`personal_of` gives, ``story`` is whether
#: one was told, ``story.text`` what it says.
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
    "age",
    "own_account",
    "personal",
    "requested",
)


def layout(model: Model) -> Mapping[str, int]:
    """The place of every name.

    A fact may have the name of something else here (``case``, ``used.CAP``). Then the name leads to the fact. The other value
    is where :data:`HEADER` has it, or among the last, which are those of ``Model.balances``.
    """
    used = [f"used.{name}" for name in model.balances]
    names = [*HEADER, *(f"asked.{remedy}" for remedy in model.remedies), *model.facts, *used]
    first = len(HEADER) + len(model.remedies)
    places = {name: place for place, name in enumerate(names)}
    return places | {name: first + number for number, name in enumerate(model.facts)}


def values_of(model: Model, inputs: Inputs) -> tuple[Any, ...]:
    """The row for a request that was read by step 1; who else asked (``requester``) is not in it.

    Raises :class:`Unusual` where a value has no native form: too fine, too large, above the highest of its
    fact, or not known to the ledger.
    """
    if inputs.waiting or inputs.beyond or any(isinstance(used, Unknown) for used in inputs.balances.values()):
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
        inputs.age,
        inputs.own_account,
        personal_of(model, inputs),
        inputs.requested,
        *(inputs.asked.get(remedy, 0) for remedy in model.remedies),
        *(native_of(fact.type, facts[name]) if name in facts else None for name, fact in model.facts.items()),
        *(inputs.balances.get(name, 0) for name in model.balances),
    )


def personal_of(model: Model, inputs: Inputs) -> tuple[int, ...] | None:
    """The ceiling of the employee and the trust in them, remedy by remedy; ``None`` where there is neither."""
    if not inputs.ceiling and not inputs.trust:
        return None
    return tuple(
        amount for name in model.remedies for amount in (inputs.ceiling.get(name, INFINITE), inputs.trust.get(name, 0))
    )


def inputs_of(model: Model, values: tuple[Any, ...], given: Request | Mapping[str, Any] | None = None) -> Inputs:
    """The request that ``values`` came from, as step 1 reads it (without ``requester``)."""
    return inputs_reader(model)(values, given)


def inputs_reader(model: Model) -> Callable[[tuple[Any, ...], Request | Mapping[str, Any] | None], Inputs]:
    """The function that gives for a row of values, and the request it was read from, what step 1 gives.

    Without the request the values are the same, but amounts and fractions may have other digits behind the point (``45 EUR``
    for ``45.00 EUR``): a row does not keep how they were written, and a record does.
    """
    remedies = tuple(model.remedies)
    facts = tuple(_fact_reader(fact) for fact in model.facts.values())
    first, currency = len(HEADER) + len(remedies), model.in_one_of_several

    def read(values: tuple[Any, ...], given: Request | Mapping[str, Any] | None = None) -> Inputs:
        role, employee, case, day, evidence, _, use_discretion, until, balances, key, *header = values[:first]
        story, age, own, _, requested, *asked = header
        known = {
            name: native if convert is None else convert(native, given)
            for (name, convert), native in zip(facts, values[first:], strict=False)
            if native is not None
        }
        return Inputs(
            employee,
            role,
            {name: amount for name, amount in zip(remedies, asked, strict=True) if amount},
            known,
            case,
            None if day is None else date.fromordinal(day),
            evidence,
            story,
            use_discretion,
            key,
            dict(balances),
            dict(until),
            age=age,
            own_account=own,
            requested=requested,
            currency=currency,
            row=values,
        )

    return read


def _fact_reader(fact: Fact) -> tuple[str, Callable[[Any, Any], Any] | None]:
    """The name of a fact, and what makes its value of the native one and the request; ``None`` where they are the same."""
    kind = fact.type
    if kind.kind in ("text", "choice", "boolean", "list", "time", "date-time", "months"):
        return fact.name, None
    if kind.kind != "money" and (kind.kind != "number" or kind.integer):
        return fact.name, lambda native, given: known_value(kind, native)

    unit = f" {kind.currency}"

    def as_written(native: Any, given: Any) -> Any:
        raw = None if given is None else _raw(given, fact.name)
        if type(raw) is str and raw[-4:] == unit:
            return Money(Decimal(raw[:-4]), raw[-3:])  # checked when it was read
        if raw is not None:
            return read_fact(fact, raw)
        return known_value(kind, native) if given is None or fact.default is None else fact.default

    return fact.name, as_written


def _raw(request: Request | Mapping[str, Any], name: str) -> Any:
    """A fact as a request that was read has it."""
    facts, employee = (
        (request.facts, request.employee) if isinstance(request, Request) else (request.get("facts"), request["employee"])
    )
    found = find_fact(facts, name) if facts else None
    return found if found is not None or name[:9] != "employee." else find_fact(employee, name[9:])
