"""Values of a request as the compiled code counts with them, and bounded memos of texts that were read before.

A memo only ever holds what the strict reading accepted; two threads that fill it at once at worst read the same text twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from remit.backends.compiled.arithmetic import Unusual, standard
from remit.language.values import CONTEXT, Money, minor_digits
from remit.policy.facts import read_fact
from remit.policy.model import Fact

__all__ = ["Memo", "Reader", "fact_reader", "frozen", "reader"]

#: Takes a raw value, gives it in the form that the compiled code counts with; raises :class:`Unusual` for all else.
Reader: TypeAlias = Callable[[Any], Any]

_MOST_TEXTS: Final = 4096
_LONGEST_TEXT: Final = 64


class Memo(dict[str, Any]):
    """Texts and what they read as. ``memo[text]`` reads a text that is not there yet; the caller makes sure it is a ``str``."""

    __slots__ = ("_read",)

    def __init__(self, read: Reader) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> Any:
        value = self._read(text)
        if len(text) <= _LONGEST_TEXT:
            if len(self) >= _MOST_TEXTS:
                self.clear()
            self[text] = value
        return value


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
        return reader(lambda raw: minor_of(read_fact(fact, raw)))
    if fact.type.kind == "number":
        return reader(lambda raw: standard(read_fact(fact, raw)))
    if fact.type.kind == "list":
        return reader(lambda raw: tuple(read_fact(fact, raw)))
    return reader(lambda raw: read_fact(fact, raw))


def minor_of(money: Money) -> int:
    """Whole smallest units; finer amounts are left to the general path."""
    minor = standard(CONTEXT.scaleb(money.amount, minor_digits(money.currency)))
    if not isinstance(minor, int):
        raise Unusual
    return minor


def frozen(raw: Any) -> Any:
    """``raw`` so that the caller cannot change it any more."""
    return tuple(raw) if isinstance(raw, list) else raw
