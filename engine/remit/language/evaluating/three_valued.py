"""Three-valued logic with a fourth word: ``True``, ``False``, ``None`` (null) and :class:`Unknown` (waits for facts)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from remit.language.values import Unknown

__all__ = ["all_of", "any_of", "negation"]


def all_of(values: Iterable[Any]) -> bool | Unknown | None:
    """Conjunction (DMN 1.4, table 50). Stops at the first ``False``; what is not a truth value counts as null.

    Where it is unknown, it waits for all facts that its unknown parts wait for.
    """
    return _decide(values, False)


def any_of(values: Iterable[Any]) -> bool | Unknown | None:
    """Disjunction. Stops at the first ``True``."""
    return _decide(values, True)


def _decide(values: Iterable[Any], decisive: bool) -> bool | Unknown | None:
    result: bool | None = not decisive
    missing: frozenset[str] | None = None
    for value in values:
        if value is decisive:
            return bool(decisive)
        if isinstance(value, bool):
            continue
        if type(value) is Unknown:
            missing = value.missing if missing is None else missing | value.missing
        else:
            result = None
    return result if missing is None else Unknown(missing)


def negation(value: Any) -> bool | Unknown | None:
    """``not(value)``."""
    if isinstance(value, bool):
        return not value
    return Unknown(value.missing) if type(value) is Unknown else None
