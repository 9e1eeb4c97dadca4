"""One FEEL expression at a time, without a policy: for trying things out, for tests, and for reading facts in other tools.

FEEL is the expression language of OMG DMN; what remit reads of it, and the literals that remit adds, is in
:mod:`remit.language.parser`. Facts are untyped here: what does not fit together is null (``None``), as the standard says.

>>> from remit import feel
>>> feel.evaluate("guest.nights * 9.98 GBP", {"guest": {"nights": 3}})
Money(amount=Decimal('29.94'), currency='GBP')
>>> feel.evaluate('if tier in ("gold", "diamond") then 20000 else 10000', {"tier": "gold"})
Decimal('20000')
>>> feel.evaluate("1 / 0") is None
True
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any, Final

from remit.errors import ExpressionError, Problem
from remit.language.checker import check
from remit.language.checking.type_rules import type_of
from remit.language.checking.type_words import bare
from remit.language.evaluating import evaluator
from remit.language.evaluating.nulls import reason, reason_from_values, smallest_null
from remit.language.nodes import Call, Filter, For, Invocation, Name, Node, Quantified, children
from remit.language.parser import parse_expression, parse_unary_tests
from remit.language.source import Source
from remit.language.values import Function, Money, Months, Range

__all__ = ["evaluate", "unary_tests", "why_null"]

_LEVELS: Final = 100
_SCALARS: Final = (str, date, time, timedelta, Months, Money, Range, Function)


def evaluate(text: str, context: Mapping[str, Any] | None = None) -> Any:
    """The value of a FEEL expression.

    ``context`` gives values to names; it may be nested (``a.b`` is the entry ``b`` of the entry ``a``). Values are ``None``,
    booleans, strings, numbers, dates, times, date-times, durations (``timedelta``, :class:`~remit.language.values.Months`),
    money, ranges, functions that an expression has given, and lists and mappings of these. A ``float`` stands for the
    shortest decimal number that reads back as the same float: ``0.1`` is a tenth.

    Returns a value as :mod:`remit.language.values` lists them; numbers are ``Decimal``, and a function can be called. What has
    no meaning or no value is ``None``, as the standard says: :func:`why_null` says why. Raises
    :class:`~remit.errors.ExpressionError` where the text cannot be read, and ``TypeError`` or ``ValueError`` for a value that
    FEEL does not have (NaN, a set).

    >>> evaluate("sum(prices[item > 5])", {"prices": [4, 6.5, 10]})
    Decimal('16.5')
    >>> evaluate('@"2026-01-31" + 1 month')
    datetime.date(2026, 2, 28)
    >>> evaluate("price > null", {"price": 1}) is None
    True
    >>> evaluate("function(x) x * rate", {"rate": 2})(Decimal(21))
    Decimal('42')
    """
    scope = _values(context or {}, _LEVELS)
    return evaluator.evaluate(_expression(text, frozenset(_names(scope))), scope)


def unary_tests(text: str, value: Any, context: Mapping[str, Any] | None = None) -> bool:
    """Whether ``value`` passes unary tests, as they stand in the cells of a decision table.

    ``context`` gives values to other names, as for :func:`evaluate`; it raises the same. A test whose answer is null is not
    passed.

    >>> unary_tests("[4..5]", 4), unary_tests("< 3, > 7", 5), unary_tests('not("gold")', "silver"), unary_tests("-", None)
    (True, False, True, True)
    >>> unary_tests("? > limit", 5, {"limit": 3})
    True
    """
    scope = _values(context or {}, _LEVELS)
    return evaluator.evaluate(_tests(text, frozenset(_names(scope))), scope, _value(value, _LEVELS)) is True


def why_null(text: str, context: Mapping[str, Any] | None = None) -> str | None:
    """Why an expression is null: the smallest part of it that has no value, and the reason if one can be given.

    Takes ``context`` as :func:`evaluate` does and raises the same. ``None`` where the expression is not null.

    >>> why_null("2 * (30 EUR + 5 USD)")
    '`30 EUR + 5 USD` is null: `30 EUR` and `5 USD` are in different currencies'
    >>> why_null("[1, 2][nights]", {"nights": 3})
    '`[1, 2][nights]` is null: the list has no such item'
    """
    scope = _values(context or {}, _LEVELS)
    node, source = _expression(text, frozenset(_names(scope))), Source(text)
    if evaluator.evaluate(node, scope) is not None:
        return None
    part = smallest_null(node, lambda each: evaluator.evaluate(each, scope))
    written = bare(text[slice(*part.span)].strip()) or text
    why = _reason(part, scope) or next(_problems(part, source, scope), "") or reason_from_values(part, _parts(part, scope))
    if not why and written.startswith("@"):
        why = "years are from 1 to 9999, and seconds have at most six digits"
    return f"`{written}` is null: {why}" if why else f"`{written}` is null"


def _reason(part: Node, scope: Mapping[str, Any]) -> str:
    if isinstance(part, Name) and part.name not in scope:
        return "there is no such name"
    out_of_steps = isinstance(part, Call | Filter | For | Invocation | Quantified) and evaluator.runs_out(
        part, scope, calendars={}
    )
    return reason(part, [] if out_of_steps else _parts(part, scope), out_of_steps=out_of_steps)


def _parts(part: Node, scope: Mapping[str, Any]) -> list[Any]:
    """The values of what ``part`` is worked out from."""
    return [evaluator.evaluate(each, scope) for each in children(part)]


def _problems(part: Node, source: Source, scope: Mapping[str, Any]) -> Iterator[str]:
    """What a policy would not accept of ``part``."""
    try:
        parse_expression(source, frozenset(_names(scope)))
    except ExpressionError as error:
        yield from (problem.message for problem in error.problems)
    _, found = check(part, source, {name: type_of(value) for name, value in scope.items()})
    yield from (problem.message for problem in found if not _is_no_reason(problem))


def _is_no_reason(problem: Problem) -> bool:
    """Whether only a policy wants to know it, or it says no more than that something is null."""
    return problem.code == "types/parameter-type" or problem.message.endswith(
        (" is always null", " in quotes here", " are of different types")
    )


@lru_cache(maxsize=512)
def _expression(text: str, names: frozenset[str]) -> Node:
    return parse_expression(Source(text), names, untyped=True)


@lru_cache(maxsize=512)
def _tests(text: str, names: frozenset[str]) -> Node:
    return parse_unary_tests(Source(text), names, untyped=True)


def _names(values: Any) -> Iterator[str]:
    """All names at any level: an entry of an entry may have a name of several words too."""
    if isinstance(values, Mapping):
        for name, value in values.items():
            yield name
            yield from _names(value)
    elif isinstance(values, list):
        for value in values:
            yield from _names(value)


def _values(context: Mapping[str, Any], levels: int) -> dict[str, Any]:
    for name in context:
        if not isinstance(name, str):
            raise TypeError(f"a name must be text, not {name!r}")
    return {name: _value(value, levels - 1) for name, value in context.items()}


def _value(value: Any, levels: int) -> Any:
    """The value as FEEL has it."""
    match value:
        case None | bool():
            return value
        case int():
            return Decimal(value)
        case float() | Decimal():
            if not isfinite(value):
                raise ValueError(f"{value!r} is not a number that FEEL has")
            return Decimal(repr(value)) if isinstance(value, float) else value
        case Mapping() | list() | tuple() if levels <= 0:
            raise ValueError(f"the facts are nested more than {_LEVELS} levels deep")
        case Mapping():
            return _values(value, levels)
        case list() | tuple():
            return [_value(item, levels - 1) for item in value]
    if isinstance(value, _SCALARS):
        return value
    raise TypeError(f"FEEL has no value like {value!r}")
