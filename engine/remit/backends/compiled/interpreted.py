"""The parts of formulas that are not compiled: the reference evaluator, called from compiled code with the facts it reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from remit.backends.compiled.arithmetic import OPEN, Unusual, standard
from remit.backends.compiled.domains import Domain
from remit.backends.reference import Scope
from remit.language.nodes import Node
from remit.language.types import Type
from remit.language.values import CONTEXT, Money, minor_digits
from remit.policy.model import Model

__all__ = ["Known", "counted_with", "interpreted"]


class Known(Scope):
    """A scope in which some names are known beforehand; values of the policy are worked out as in any other."""

    def __init__(self, model: Model, known: dict[str, Any]) -> None:
        self._model = model
        self._known = known


def interpreted(model: Model, node: Node, reads: Sequence[tuple[int, Domain]], of: Type) -> Callable[[tuple[Any, ...]], Any]:
    """A function of ``F`` that evaluates ``node``, whose type is ``of``. ``reads``: where the names it reads stand in ``F``."""

    def run(facts: tuple[Any, ...]) -> Any:
        known = {domain.name: _as_language_has_it(domain, facts[place]) for place, domain in reads}
        return counted_with(Known(model, known).evaluate(node), of.kind, of.currency)

    return run


def counted_with(value: Any, kind: str, currency: str | None) -> Any:
    """A value of the language as compiled code counts with it. Raises :class:`Unusual` for null and what is not ``kind``."""
    match value:
        case bool():
            fits = kind == "boolean"
        case Decimal() | int():
            fits, value = kind == "number", standard(Decimal(value))
        case Money():
            fits = kind == "money" and value.currency == currency
            value = standard(CONTEXT.scaleb(value.amount, minor_digits(value.currency)))
        case _:
            fits = value is not None and kind in ("text", "choice", "date", "duration")
    if not fits:
        raise Unusual
    return value


def _as_language_has_it(domain: Domain, value: Any) -> Any:
    if value is OPEN:
        return domain.unknown
    if domain.type == "number":
        return Decimal(value)
    if domain.type == "money":
        return Money.from_minor(value, domain.currency or "XXX")
    if domain.type == "boolean":
        return bool(value)
    return list(value) if isinstance(value, tuple) else value
