"""Facts and amounts as plain JSON values, and back: what a record holds of a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from remit.decision.decoding import read_quantity
from remit.errors import NotAllowed
from remit.language.text import string
from remit.language.types import Type
from remit.language.values import SAFE_IN_JSON, Money, minor_digits
from remit.language.words import money_text
from remit.ledger.log.entry import Entry
from remit.policy.fact_values import read_value
from remit.policy.model import Fact, Model

__all__ = ["is_same", "read_plain", "read_quantity", "request_again", "said", "to_plain", "whole", "written"]

_MONEY = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})? ?[A-Z]{3}")


def to_plain(value: Any) -> Any:
    """A value of a fact as text, a whole number, a truth value or a list of these; nothing is rounded.

    >>> to_plain(Decimal("3")), to_plain(Decimal("2.5")), to_plain(Money.of("45 EUR"))
    (3, '2.5', '45 EUR')
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is Money:
        amount = str(value.amount)
        return f"{amount if 'E' not in amount else format(value.amount, 'f')} {value.currency}"
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int | Decimal) and -SAFE_IN_JSON < value < SAFE_IN_JSON and value == (number := int(value)):
        return number
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return string(value)


def is_same(plain: Any, wanted: Any) -> bool:
    """Whether a plain value of a fact is the one that somebody looks for, who may have typed it: money whatever its zeros,
    truth values as YAML has them, lists item by item.

    >>> is_same(True, "true"), is_same("30 EUR", "30.00 EUR"), is_same("007", "7"), is_same(None, "None")
    (True, True, False, False)
    """
    wanted = to_plain(wanted)
    if isinstance(plain, list) and isinstance(wanted, list):
        return len(plain) == len(wanted) and all(map(is_same, plain, wanted))
    if isinstance(plain, list) or plain is None:
        return bool(plain == wanted)
    mine, theirs = (str(each).lower() if isinstance(each, bool) else str(each) for each in (plain, wanted))
    if mine == theirs or not (_MONEY.fullmatch(mine) and _MONEY.fullmatch(theirs)):
        return mine == theirs
    return Money.of(mine) == Money.of(theirs)


def read_plain(facts: Mapping[str, Fact], plain: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that :func:`to_plain` wrote, as their types have them. Facts that are not declared are left out."""
    return {name: _read(facts[name].type, value) for name, value in plain.items() if name in facts}


def _read(kind: Type, value: Any) -> Any:
    if isinstance(value, list) and kind.element is not None:
        return [_read(kind.element, item) for item in value]
    if kind.kind == "number" and isinstance(value, str):
        value = Decimal(value)
    return read_value(kind, value)


def said(quantity: Any) -> Any:
    """An amount of a remedy as a record says it: what :func:`read_quantity` reads."""
    return str(quantity) if isinstance(quantity, Money) else quantity


def whole(quantity: Money | int | str) -> int:
    """A quantity as a whole number: smallest units for money, written as text or not; counts as they are.

    >>> whole("45 EUR"), whole(3)
    (4500, 3)
    """
    if isinstance(quantity, str):
        return _minor_of(quantity)
    return quantity.minor if isinstance(quantity, Money) else quantity


def _minor_of(text: str) -> int:
    number, space, currency = text[:-4], text[-4:-3], text[-3:]
    major, _, minor = number.partition(".")
    places = minor_digits(currency)
    if space == " " and major.isdecimal() and (not minor or (len(minor) == places and minor.isdecimal())):
        return int(major + minor.ljust(places, "0"))  # as :func:`written` leaves it
    return Money.of(text).minor


def written(amount: int, unit: str) -> str | int:
    """A whole number of ``unit`` (a currency, ``grants`` or ``units``) as a record says it.

    >>> written(4500, "EUR"), written(3, "grants")
    ('45 EUR', 3)
    """
    return amount if unit in ("grants", "units") else money_text(amount, minor_digits(unit), unit)


def request_again(entry: Entry, model: Model) -> dict[str, Any]:
    """The request of a record, to be decided again. Raises :class:`remit.NotAllowed` where facts of it were erased."""
    body = entry.body
    erased = sorted(set(body.get("apart", {})) - set(entry.opened))
    if erased:
        raise NotAllowed(f"facts of {entry.id} were erased ({', '.join(erased)}): it cannot be decided again")
    personal = {name.removeprefix("facts."): value for name, value in entry.opened.items() if name.startswith("facts.")}
    request = body["request"]
    return {
        "employee": {"id": body["employee"]["id"], "role": model.deciding_role(body["employee"]["role"])},
        "asked": {name: read_quantity(amount) for name, amount in body["decision"]["asked"].items()},
        "facts": read_plain(model.facts, {**request["facts"], **personal}),
        "case": body["case"],
        "occurred": body["occurred"],
        "sources": request.get("sources") or {},
        "evidence": [{"name": name, **request.get("filed", {}).get(name, {})} for name in request["evidence"]],
        "story": entry.opened.get("story"),
        "use_discretion": request["use_discretion"],
    }
