"""What a decision shows beside what may be given: the values under ``shows``, such as what the customer pays.

They decide nothing: a fact that only they read is never asked for, and what has no value is said and not escalated.
"""

from __future__ import annotations

from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from remit.core.texts import listed, quoted
from remit.language.text import string
from remit.language.values import SAFE_IN_JSON, Money, Unknown
from remit.policy.model import Model
from remit.readings.numbers.number_amounts import MOST, smallest_units
from remit.readings.numbers.reference import Scope

__all__ = ["shown_text"]


def shown_text(model: Model, scope: Scope, name: str) -> str:
    """The value ``name`` as JSON, and what follows it in the object: the facts that it waits for (``missing``), or why it has
    none (``cause``)."""
    value = scope[name]
    if isinstance(value, Unknown):
        return f'null,"missing":{listed(each for each in (*model.facts, "occurred") if each in value.missing)}'
    text = None if value is None else _written(model, value)
    if text is None:
        from remit.readings.numbers.causes import value_cause  # only where something cannot be worked out

        return f'null,"cause":{quoted(value_cause(model, scope, name).text)}'
    return text


def _written(model: Model, value: Any) -> str | None:
    """As JSON: money by the policy's rounding, as amounts are; whole numbers as numbers, all else as text. ``None``: it is too
    large to be written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Money):
        minor = smallest_units(model, value)
        return None if minor is None or abs(minor) > MOST else f'"{Money.from_minor(minor, value.currency)}"'
    if isinstance(value, int | Decimal):
        number = Decimal(value)
        if not -MOST <= number <= MOST:  # `abs` would round as the caller's context says
            return None
        if number == (whole := int(number)) and abs(whole) < SAFE_IN_JSON:
            return str(whole)
    text = string(value)
    return None if text is None else encode_basestring(text)
