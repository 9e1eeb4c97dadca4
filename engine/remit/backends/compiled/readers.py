"""Values of a request as the compiled code counts with them, and bounded memos of texts that were read before.

A memo only ever holds what the strict reading accepted; two threads that fill it at once at worst read the same text twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from remit.backends.compiled.arithmetic import Unusual, standard
from remit.language.values import CONTEXT, Money, minor_digits
from remit.policy.facts import read_fact
from remit.policy.model import Fact

__all__ = ["Memo", "Reader", "fact_reader", "minor_of", "plain_memo", "reader"]

#: Takes a raw value, gives it in the form that the compiled code counts with; raises :class:`Unusual` for all else.
Reader: TypeAlias = Callable[[Any], Any]

_MOST_TEXTS: Final = 16_384
_LONGEST_TEXT: Final = 64


class Memo:
    """Texts and what they read as. ``memo[text]`` reads a text; the caller makes sure that it is a ``str``.

    ``known`` is a plain dictionary of those that were read before, which code that is in a hurry looks into first.
    """

    __slots__ = ("_read", "known")

    def __init__(self, read: Reader) -> None:
        self.known: dict[str, Any] = {}
        self._read = read

    def __getitem__(self, text: str) -> Any:
        known = self.known
        if text in known:
            return known[text]
        value = self._read(text)
        if len(text) <= _LONGEST_TEXT:
            if len(known) >= _MOST_TEXTS:
                known.clear()
            known[text] = value
        return value


def plain_memo(memo: Any) -> dict[Any, Any]:
    """The plain dictionary to look into first."""
    return memo.known if isinstance(memo, Memo) else memo


def reader(read: Callable[[Any], Any]) -> Reader:
    """``read``, with anything it refuses left to the general path."""

    def careful(raw: Any) -> Any:
        try:
            return read(raw)
        except ValueError:
            raise Unusual from None

    return careful


def fact_reader(fact: Fact) -> Reader:
    """The reader of a fact."""
    if fact.type.kind == "money":
        return _money_reader(fact)
    if fact.type.kind == "number":
        return reader(lambda raw: standard(read_fact(fact, raw)))
    if fact.type.kind == "list":
        return reader(lambda raw: tuple(read_fact(fact, raw)))
    return reader(lambda raw: read_fact(fact, raw))


def _money_reader(fact: Fact) -> Reader:
    """Money as it is mostly written goes a short way to the same number."""
    strict = reader(lambda raw: minor_of(read_fact(fact, raw)))
    currency = fact.type.currency or "XXX"
    digits = minor_digits(currency)
    scale: int = 10**digits
    written = re.compile(rf"([0-9]{{1,12}})(?:\.([0-9]{{1,{max(1, digits)}}}))? ?{re.escape(currency)}").fullmatch
    low, high = (None if each is None else CONTEXT.scaleb(each.amount, digits) for each in (fact.low, fact.high))

    def read(raw: Any) -> int:
        match = written(raw) if type(raw) is str and digits else None
        if match is None:
            return strict(raw)  # type: ignore[no-any-return]
        whole, fraction = match.groups()
        minor = int(whole) * scale + (int(fraction.ljust(digits, "0")) if fraction else 0)
        if (low is not None and minor < low) or (high is not None and minor > high):
            raise Unusual
        return minor

    return read


def minor_of(money: Money) -> int:
    """Whole smallest units; finer amounts are left to the general path."""
    minor = standard(CONTEXT.scaleb(money.amount, minor_digits(money.currency)))
    if not isinstance(minor, int):
        raise Unusual
    return minor
