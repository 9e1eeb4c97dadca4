"""A policy with facts of every type, and the generated reader of its requests, compared with step 1 at every use."""

from __future__ import annotations

import copy
from typing import Any

from remit.decision.inputs import check_request
from remit.policy.loader import read_model
from remit.policy.model import Model
from remit.readings.code.requests.native_values import Unusual
from remit.readings.code.requests.request_reader import build_reader
from remit.readings.code.requests.value_row import HEADER, inputs_of, layout, values_of
from support.once import once_for_each

__all__ = ["FACTS", "MODEL", "PLACES", "POLICY", "READ", "WHO", "fact", "reading", "with_fact"]

POLICY = """
policy: everything
title: Everything
version: "1"
owner: nobody
effective: {from: 2026-01-01, to: 2027-01-01}
currency: EUR
ladder: [clerk, chief]
evidence: {note: {title: A note}, photo: {title: A photo}}
facts:
  guest.id: {type: text}
  guest.tier: {type: choice, of: [none, silver, gold]}
  guest.vip: {type: boolean, default: false}
  stay.rate: {type: money, min: 0 EUR, max: 1000.50 EUR}
  stay.deposit: {type: money}
  stay.minimum: {type: money, min: 2 EUR, default: 5 EUR}
  stay.nights: {type: integer, min: 1, max: 60}
  stay.distance: {type: number, min: -2.5, max: 1500.25}
  stay.weight: {type: number, default: 1.5}
  stay.share: {type: number, default: 0.0000001}
  bought: {type: date, min: 2020-01-01}
  waited: {type: duration, max: 3 days}
  seen: {type: date-time}
  opens: {type: time}
  tags: {type: list of text}
  deep.down.under.it: {type: boolean}
  employee.tenure: {type: integer, min: 0}
  employee.desk.floor: {type: integer}
  guest.had: {type: integer, history: {count: grants, per: guest.id, over: 90 days}}
  guest.sum: {type: money, history: {sum: credit, per: guest.id, over: 90 days}}
remedies:
  credit: {type: money, title: Credit}
  points: {type: count, title: Points, cost: 0.01 EUR}
  upgrade: {type: exception, title: Upgrade, cost: 20 EUR}
discretion: {clerk: {each: 10 EUR, max: 50 EUR, over: calendar month}}
caps:
  - {id: per-guest, per: guest.id, over: 90 days, max: 60 EUR}
  - {id: often, per: guest.id, over: lifetime, max: 2 grants}
  - {id: many, per: employee.id, over: calendar month, max: 900, counts: [points]}
rules:
  - {id: some, because: Always., may: {credit: 5 EUR}}
"""
MODEL = read_model(POLICY, "everything.yaml")
reader_of = once_for_each(build_reader)
READ = reader_of(MODEL)
PLACES = layout(MODEL)
WHO = {"id": "e-1", "role": "clerk"}
FACTS: dict[str, Any] = {"stay": {"share": 1}}  # whose default is too fine for a native form


def reading(request: Any, model: Model = MODEL, balances: Any = None, history: Any = None) -> tuple[Any, ...] | None:
    """What the reader gives, ``None`` where that is nothing; compared with step 1."""
    try:
        values = reader_of(model)(request, balances, history)
    except Unusual:
        return None
    expected = check_request(model, request, balances=balances, history=history)
    assert inputs_of(model, values) == expected
    again = values_of(model, expected)
    assert values == again
    assert [type(each) for each in values] == [type(each) for each in again]
    assert len(values) == len(HEADER) + len(model.remedies) + len(model.facts) + len(model.balances)
    return values


def with_fact(name: str, value: Any) -> dict[str, Any]:
    facts = copy.deepcopy(FACTS)
    *groups, last = name.split(".")
    holder = facts
    for group in groups:
        holder = holder.setdefault(group, {})
    holder[last] = value
    return {"employee": WHO, "facts": facts}


def fact(name: str, value: Any) -> Any:
    """The native form in which a fact is read; ``Unusual`` where it is not."""
    values = reading(with_fact(name, value))
    return Unusual if values is None else values[PLACES[name]]
