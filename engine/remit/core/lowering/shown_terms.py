"""What a decision shows, as text that terms make; where they cannot, and where there is no value, the evaluator writes it
(:mod:`remit.readings.numbers.shown_values`, the definition)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from remit.core.lowering.lowering import Lowering
from remit.core.lowering.opaque import Helper, Outside, ShownText
from remit.core.lowering.roundings import ROUNDINGS
from remit.core.lowering.whole_amounts import MOST
from remit.core.terms import Term
from remit.language.nodes import Name
from remit.language.values import SAFE_IN_JSON, minor_digits

__all__ = ["shown_term"]


def shown_term(lowering: Lowering, name: str) -> Term:
    """The value ``name`` as JSON, and what follows it in its object."""
    T, kind = lowering.terms, lowering.model.values[name].type
    called = T.call(ShownText(name), lowering.scope, sort="s")
    write = _WRITERS.get(kind.kind)
    if write is None:
        return called
    node = Name(name, type=kind)
    try:
        text, known = write(lowering, node)
    except Outside:
        return called
    return T.ite(T.and_(lowering.present(node), known), text, called)


def _money(lowering: Lowering, node: Name) -> tuple[Term, Term]:
    T, found = lowering.terms, lowering.wholes.of(node)
    low = found.number.low
    if found.unit != "money" or found.blur is not None or not (found.exact or (low is not None and low >= 0)):
        raise Outside
    below, size = T.lt(found.number, 0), T.max(found.number, T.scale(-1, found.number))
    if found.over != 1:
        size = ROUNDINGS[lowering.model.rounding](T, size, found.over)
    currency = lowering.model.currency_code
    sign = T.ite(T.and_(below, T.lt(0, size)), "-", "")
    text = T.cat('"', sign, T.money(size, minor_digits(currency), currency), '"')
    return text, T.and_(T.not_(found.null), T.le(size, MOST))


def _number(lowering: Lowering, node: Name) -> tuple[Term, Term]:
    T, found = lowering.terms, lowering.wholes.of(node)
    if found.unit != "number" or found.over != 1:
        raise Outside
    safe = T.and_(T.lt(-SAFE_IN_JSON, found.number), T.lt(found.number, SAFE_IN_JSON))
    return T.digits(found.number), T.and_(T.not_(found.null), safe)


def _day(lowering: Lowering, node: Name) -> tuple[Term, Term]:
    T, found = lowering.terms, lowering.wholes.of(node)
    if found.unit != "day" or found.over != 1:
        raise Outside
    return T.call(Helper("day"), found.number, sort="s"), T.not_(found.null)


def _truth(lowering: Lowering, node: Name) -> tuple[Term, Term]:
    T, found = lowering.terms, lowering.truth(node)
    return T.ite(found.yes, "true", "false"), T.or_(found.yes, found.no)


def _text(lowering: Lowering, node: Name) -> tuple[Term, Term]:
    T = lowering.terms
    text, null = lowering.wholes.text(node)
    return T.quote(text), T.not_(null)


_WRITERS: Final[Mapping[str, Callable[[Lowering, Name], tuple[Term, Term]]]] = {
    "money": _money,
    "number": _number,
    "date": _day,
    "boolean": _truth,
    "text": _text,
    "choice": _text,
}
