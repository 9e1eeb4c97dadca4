"""Amounts as people write them and as the engine counts them.

Inside the engine every amount is a whole number: smallest units of the currency for money, units for counts, 1 or 0 for
exceptions. At the edges it is :class:`remit.Money`, ``int`` or ``bool``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from remit.decision.detail import Quantity
from remit.language.values import Money
from remit.language.words import show_value
from remit.policy.fact_values import NUMBER_TEXT, TRUE_OR_FALSE, TRUTH_TEXT, read_money, refuse_too_exact, refused
from remit.policy.model import Cap, Model, Remedy

__all__ = ["as_cap_quantity", "as_quantity", "cap_limit", "read_amount", "read_used", "whole_amounts"]


def as_quantity(model: Model, remedy: Remedy, amount: int) -> Quantity:
    """``amount`` whole units of ``remedy`` as money, a count, or yes/no."""
    if remedy.kind == "money":
        return Money.from_minor(amount, model.currency_code)
    return bool(amount) if remedy.kind == "exception" else amount


def as_cap_quantity(model: Model, cap: Cap, amount: int) -> Money | int:
    """``amount`` in the measure of ``cap``."""
    return Money.from_minor(amount, model.currency_code) if cap.measure == "amount" else amount


def cap_limit(model: Model, cap: Cap, role: str) -> int:
    """The cap's maximum for ``role``: what it lists for it, or else for the nearest role below."""
    for at in range(model.ladder.index(role), -1, -1):
        most = cap.max.get(model.ladder[at])
        if most is not None:
            return most.minor if isinstance(most, Money) else int(most)
    return 0


def read_amount(model: Model, remedy: Remedy, value: Any) -> int:
    """What was asked of ``remedy``, as a whole number; 0 for none.

    Money is a :class:`Money` or text (``"45 EUR"``); a count is an ``int`` (or an integral ``Decimal``); an exception is a
    ``bool``. Raises ``ValueError`` with words for a person.
    """
    if remedy.kind == "money":
        return _read_money(model, value)
    if remedy.kind == "exception":
        if isinstance(value, bool):
            return int(value)
        raise refused(value, TRUE_OR_FALSE, TRUTH_TEXT)
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value() and abs(value) < 10**15:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise refused(value, "a whole number", NUMBER_TEXT)
    if not 0 <= value < 10**15:
        raise ValueError(_NOT_GIVEN.format(show_value(value)))
    return value


_NOT_GIVEN: Final = "`{}` is not an amount that can be given"
_NOT_USED: Final = "`{}` cannot have been used"


def _read_money(model: Model, value: Any, out_of_range: str = _NOT_GIVEN) -> int:
    money = read_money(value, model.currency)
    if money.currency != model.currency:
        raise ValueError(f"`{money}` is in {money.currency}, but this policy pays in {model.currency}")
    if not money.amount.is_finite() or not 0 <= money.amount < 10**15:
        raise ValueError(out_of_range.format(show_value(money)))
    refuse_too_exact(money, is_text=isinstance(value, str))
    return money.minor


def read_used(model: Model, unit: str, value: Any) -> int:
    """How much of a balance that is kept in ``unit`` (``Model.balances``) is used, as a whole number. Raises ``ValueError``."""
    if unit not in ("units", "grants"):
        return _read_money(model, value, _NOT_USED)
    if isinstance(value, bool) or not isinstance(value, int):
        raise refused(value, f"a whole number of {unit}", NUMBER_TEXT)
    if value < 0:
        raise ValueError(_NOT_USED.format(show_value(value)))
    return value


def whole_amounts(model: Model, asked: Mapping[str, Any]) -> dict[str, int]:
    """Amounts of remedies as whole numbers. Raises ``ValueError``."""
    return {name: read_amount(model, model.remedies[name], amount) for name, amount in asked.items()}
