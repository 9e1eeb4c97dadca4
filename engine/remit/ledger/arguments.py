"""The arguments of a ledger's methods, checked before anything is done: a wrong call is told as one, with all that is wrong.

Requests are not checked here (:func:`remit.decision.inputs.check_request` does), nor what depends on the records.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias

from remit.errors import NotAllowed, Problem, RequestError
from remit.language.identities import refuse_id
from remit.language.suggestions import closest
from remit.language.values import Money, Months
from remit.ledger.log.entry import KINDS
from remit.ledger.log.searching import RecordFilter

__all__ = [
    "AMOUNTS",
    "CALL",
    "COUNT",
    "FACTS",
    "FLAG",
    "KEY",
    "MOMENT",
    "NUMBER",
    "Expected",
    "PATH",
    "PLACE",
    "SECONDS",
    "SECRET",
    "SPAN",
    "TEXT",
    "TEXTS",
    "VALUE",
    "WORDS",
    "expect",
    "filter_of",
    "lasting",
    "maybe",
    "person",
    "words",
]

#: Whether a value fits, and what is expected, in words.
Expected: TypeAlias = tuple[Callable[[Any], bool], str]

_LONGEST_KEY: Final = 200
_LONGEST_TEXT: Final = 10_000
_LONGEST_HOLD: Final = timedelta(days=3660)
_OUTCOMES: Final = ("grant", "escalate", "deny", "ask")


def _texts(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset) and all(isinstance(each, str) for each in value)


def _seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 86_400  # which NaN is not


def _path(value: Any) -> bool:
    try:
        return isinstance(value, str | os.PathLike) and len(text := os.fsencode(value)) > 0 and b"\x00" not in text
    except ValueError:  # half a character
        return False


def _can_be_stored(text: str) -> bool:
    """Whether a database takes it: no half of a character, and no NUL."""
    return ("\x00" not in text and text.isascii()) or not any("\ud800" <= char <= "\udfff" or char == "\x00" for char in text)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _simple(value: Any) -> bool:
    known = str | bool | int | Decimal | Money | date | time | timedelta | Months
    return isinstance(value, known) or (isinstance(value, list | tuple) and all(map(_simple, value)))


TEXT: Final[Expected] = (lambda value: isinstance(value, str) and bool(value), "text that is not empty")
KEY: Final[Expected] = (
    lambda value: isinstance(value, str) and 0 < len(value) <= _LONGEST_KEY,
    f"text of at most {_LONGEST_KEY} characters",
)
WORDS: Final[Expected] = (
    lambda value: isinstance(value, str) and len(value) <= _LONGEST_TEXT,
    f"text of at most {_LONGEST_TEXT:,} characters",
)
TEXTS: Final[Expected] = (_texts, "a list of texts")
FLAG: Final[Expected] = (lambda value: isinstance(value, bool), "true or false")
COUNT: Final[Expected] = (_whole, "a whole number from 0 on")
NUMBER: Final[Expected] = (lambda value: _whole(value) and value > 0, "the number of a record, from 1 on")
SECONDS: Final[Expected] = (_seconds, "a number of seconds from 0 to 86400")
PATH: Final[Expected] = (_path, "the path of a file")
PLACE: Final[Expected] = (_path, "a file, `:memory:` or `postgresql://...`")
AMOUNTS: Final[Expected] = (lambda value: isinstance(value, Mapping), 'what is given, such as {"credit": "20 EUR"}')
FACTS: Final[Expected] = (lambda value: isinstance(value, Mapping), 'facts and values, such as {"guest.id": "g-1"}')
VALUE: Final[Expected] = (_simple, "a value that a fact can have")
SPAN: Final[Expected] = (
    lambda value: isinstance(value, timedelta) and value >= timedelta(),
    "a length of time: timedelta(minutes=10)",
)
SECRET: Final[Expected] = (lambda value: isinstance(value, bytes), "bytes")
CALL: Final[Expected] = (callable, "something to call")

MOMENT: Final[Expected] = (
    lambda value: isinstance(value, datetime) and value.tzinfo is not None,
    "a moment with a time zone: datetime(2026, 7, 1, tzinfo=UTC)",
)
_KIND: Final[Expected] = (lambda value: isinstance(value, str) or _texts(value), "a kind of record, or several in a list")
_AMOUNT: Final[Expected] = (
    lambda value: isinstance(value, Money) or _whole(value),
    'an amount: Money.of("30 EUR"), or a count',
)
_STORED: Final[Expected] = (
    lambda value: isinstance(value, str) and value != "" and _can_be_stored(value),
    "text that can be stored",
)
_WANTED: Final[Mapping[str, Expected]] = {
    "kind": _KIND,
    **dict.fromkeys(("outcome", "policy", "employee", "case"), _STORED),
    "since": MOMENT,
    "until": MOMENT,
    "after": COUNT,
    "facts": FACTS,
    **dict.fromkeys(("role", "act", "verdict", "cause", "tag", "rule", "remedy", "approver", "site", "story"), _STORED),
    **dict.fromkeys(("at_least", "below"), _AMOUNT),
    **dict.fromkeys(("gap", "discretion", "on_limit", "agent"), FLAG),
}


def maybe(expected: Expected) -> Expected:
    """The same, or ``None``."""
    fits, what = expected
    return lambda value: value is None or fits(value), f"{what}, or None"


def expect(**given: tuple[Any, Expected]) -> None:
    """Raises :class:`remit.RequestError` with every argument that does not fit.

    >>> expect(story=("Why.", TEXT), key=(None, maybe(KEY)))
    """
    problems = [_wrong(name, value, what) for name, (value, (fits, what)) in given.items() if not fits(value)]
    if problems:
        raise RequestError(problems)


def _wrong(name: str, value: Any, what: str) -> Problem:
    plain = isinstance(value, str | int | float | timedelta | date) and value != ""
    shown = f"`{str(value)[:60]}`" if plain else "nothing" if value in (None, "") else f"a {type(value).__name__}"
    return Problem("request/type", f"`{name}` is {what}, not {shown}", path=name)


def person(employee: Any, *, needs_role: bool = True) -> dict[str, Any]:
    """Who does it: the id and the role (which is ``None`` where it is not said and not needed). Raises
    :class:`remit.RequestError`."""
    known = employee if isinstance(employee, Mapping) else {}
    found = {name: known.get(name) for name in ("id", "role")}
    said = [value for name, value in found.items() if needs_role or name == "id" or value is not None]
    if not all(isinstance(value, str) and value and "\x00" not in value for value in said):
        raise RequestError([Problem("request/missing", 'write {"id": "e-17", "role": "associate"}', path="employee")])
    try:
        refuse_id(str(found["id"]))
    except ValueError as error:
        raise RequestError([Problem("request/id", str(error), path="employee.id")]) from None
    return found


def words(text: Any, name: str) -> str:
    """What somebody had to say. Raises :class:`remit.NotAllowed` where it is missing."""
    if not isinstance(text, str) or not text.strip():
        raise NotAllowed(f"a {name} is required")
    expect(**{name: (text, WORDS)})
    return text


def lasting(lasts: Any) -> timedelta:
    """How long a hold lasts. Raises :class:`remit.RequestError` or :class:`remit.NotAllowed`."""
    expect(lasts=(lasts, (lambda value: isinstance(value, timedelta), "a length of time: timedelta(minutes=15)")))
    if not timedelta() < lasts <= _LONGEST_HOLD:
        raise NotAllowed("a hold lasts for some time, and at most ten years")
    length: timedelta = lasts
    return length


def filter_of(wanted: Mapping[str, Any]) -> RecordFilter:
    """Which records to read. Raises :class:`remit.RequestError` with every name and value that is none."""
    known = {name: value for name, value in wanted.items() if name in _WANTED}
    problems = [_no("filter", name, _WANTED) for name in wanted if name not in _WANTED]
    for name, value in known.items():
        fits, what = _WANTED[name] if name == "after" else maybe(_WANTED[name])
        if not fits(value):
            problems.append(_wrong(name, value, what))
    if not problems:
        kind, outcome = known.get("kind"), known.get("outcome")
        known["kind"] = kinds = kind if kind is None or isinstance(kind, str) else tuple(kind)
        every = (kinds,) if isinstance(kinds, str) else kinds or ()
        problems += [_no("kind", each, KINDS) for each in every if each not in KINDS]
        problems += [_no("outcome", outcome, _OUTCOMES)] if outcome is not None and outcome not in _OUTCOMES else []
    if problems:
        raise RequestError(problems)
    return RecordFilter(**known)


def _no(what: str, name: str, known: Iterable[str]) -> Problem:
    near = closest(name, list(known))
    hint = f"did you mean `{near}`?" if near else f"there are {', '.join(known)}"
    return Problem(f"request/{what}", f"there is no {what} `{name[:60]}`", path=name if what == "filter" else what, hint=hint)
