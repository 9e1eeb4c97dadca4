"""What people type, as values: forgiving about form, strict about meaning. What could mean two things is not guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from remit.decision.typed_days import AmbiguousDay, parse_day, split_time
from remit.decision.typed_money import decimal_of, parse_money
from remit.language import words
from remit.language.locales.messages import Alternatives, Message
from remit.language.suggestions import closest
from remit.language.types import Kind, Type
from remit.language.values import Money, plain
from remit.language.words import show_value
from remit.policy.fact_values import AboveHighest, read_fact, read_value
from remit.policy.model import Fact

__all__ = [
    "NO",
    "YES",
    "Misread",
    "Unclear",
    "choose",
    "example",
    "expected",
    "parse_fact",
    "parse_number",
    "plain_word",
]

YES: Final = frozenset(("y", "yes", "true", "1", "on", "j", "ja", "s", "si", "s\u00ed", "o", "oui"))
NO: Final = frozenset(("n", "no", "false", "0", "off", "nein", "non"))
# Patterns are compiled when they are first needed: most answers need none.
_THOUSANDS: Final = r"[1-9]\d{0,2}(\.\d{3})+"
_TIME_PART: Final = r"(\d+(?:\.\d+)?)\s*([a-z]*)\s*"
_SECONDS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("w", "week", "weeks"), 604_800),
}
#: ``2pm``, ``2.30 p.m.``, ``14h30``, ``14.30``.
_CLOCK: Final = r"(?P<hour>\d{1,2})(?P<mark>[:.h]?)(?P<minute>\d{2})?(?:(?P<half>[ap])\.?m)?"
_NAMED_TIMES: Final[Mapping[str, time]] = {"noon": time(12), "midnight": time(0)}


#: What two forms of a word have in common at least, and the longest ending.
_STEM: Final = 5
_ENDING: Final = 5


class _Here(NamedTuple):
    """When and where something is typed, and whether it cannot be after ``today``."""

    today: date | None
    locale: str | None
    past: bool


def parse_fact(fact: Fact, text: str, *, today: date | None = None, locale: str | None = None) -> Any:
    """``text`` as a value of ``fact``. ``today`` is what ``yesterday`` counts from, ``locale`` a tag such as ``en-GB``, which
    says how people write days (``None``: not known). The day of an incident (``occurred``) cannot be after today.

    Raises ``ValueError`` whose text says what was expected.
    """
    typed, here = show_value(text.strip()), _Here(today, locale, fact.name == "occurred")
    try:
        value = read_fact(fact, _parse(fact.type, fact, text.strip(), here))
    except AmbiguousDay as error:
        days = {"days": Alternatives(error.days), "written": Alternatives(f"`{day.isoformat()}`" for day in error.days)}
        raise ValueError(Message("`{typed}` could be {days}; write {written}", typed=typed, **days)) from None
    except AboveHighest as error:
        if fact.above is None:
            raise _not_expected(fact, text, error) from None
        return error.value
    except (Unclear, ValueError) as error:
        raise _not_expected(fact, text, error) from None
    if here.past and today is not None and value > today:
        raise ValueError(Message("`{typed}` is still to come", typed=typed))
    return value


def _not_expected(fact: Fact, text: str, error: Exception) -> ValueError:
    """That ``text`` is no value of ``fact``, with what the error knows beyond that: a near miss, or several that begin so."""
    known = {"typed": show_value(text.strip()), "expected": expected(fact)}
    hint = error.hint if isinstance(error, Misread) else None
    if hint is None:
        return ValueError(Message("`{typed}` is not {expected}", **known))
    return ValueError(Message("`{typed}` is not {expected}; {hint}", **known, hint=hint))


def choose(text: str, options: Sequence[str], titles: Mapping[str, Sequence[str]] | None = None) -> str:
    """The option that ``text`` means: its number in the list, its name, the beginning of its name or of a word of it, or
    another form of it (``cancelled`` for ``cancellation``, a plural), if that fits no other. ``titles`` are other names of
    options; the first of each is what people read.

    Case, spaces, ``-`` and ``_`` make no difference. Raises ``ValueError``.

    >>> choose("room not", ["noise", "room_not_ready"]), choose("1", ["noise", "walked"])
    ('room_not_ready', 'noise')
    """
    text = text.strip()
    if text in options:
        return text
    if text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= len(options):
        return options[int(text) - 1]
    wanted, called = plain_word(text), {each: (titles or {}).get(each) or (each,) for each in options}
    names = {each: [plain_word(name) for name in (each, *called[each])] for each in options}

    def of(fits: Callable[[str], bool]) -> list[str]:
        return [each for each in options if wanted and any(map(fits, names[each]))]

    found = of(lambda name: name == wanted) or of(lambda name: name.startswith(wanted))
    found = found or of(lambda name: f"_{wanted}" in f"_{name.replace('.', '_')}")
    found = found or (of(lambda name: _is_form(wanted, name)) if wanted.isalpha() else [])
    if len(found) == 1:
        return found[0]
    if found:
        several = Message("it could be {options}", options=Alternatives(called[each][0] for each in found))
        raise Misread(Message("`{typed}` is not clear; {hint}", typed=show_value(text), hint=several), several)
    shown = [called[each][0] for each in options]
    known, near = {"typed": show_value(text), "options": ", ".join(shown)}, closest(text, shown)
    if not near:
        raise ValueError(Message("`{typed}` is none of {options}", **known))
    meant = Message("did you mean `{near}`?", near=near)
    raise Misread(Message("`{typed}` is none of {options}; {hint}", **known, hint=meant), meant)


def _is_form(one: str, other: str) -> bool:
    """Whether two words are forms of one: they begin alike, and differ in an ending."""
    same = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return same >= _STEM and len(one) - same <= _ENDING and len(other) - same <= _ENDING


def expected(fact: Fact) -> Message:
    """What an answer looks like, to be put after "that is not" or "please give".

    ``a whole number from 1 to 5``, ``an amount in EUR``, ``yes or no``.
    """
    kind = fact.type
    what = _EXPECTED[kind.kind]
    if kind.kind == "choice":
        what = Message("one of {options}", options=", ".join(map(fact.called, kind.choices)))
    elif kind.kind == "money":
        what = Message("an amount in {currency}", currency=kind.currency)
    elif kind.kind == "list" and kind.element is not None:
        options = ", ".join(map(fact.called, kind.element.choices))
        what = Message("a list (several with commas)")
        what = Message("one or more of {options} (several with commas)", options=options) if options else what
    elif kind.integer:
        what = Message("a whole number")
    if fact.unit:
        what = Message("{what} of {unit}", what=what, unit=fact.unit)
    low, high = (None if each is None else show_value(each) for each in (fact.low, fact.high))
    if low is not None and high is not None:
        return Message("{what} from {low} to {high}", what=what, low=low, high=high)
    if low is not None:
        return Message("{what}, {low} or more", what=what, low=low)
    return Message("{what}, {high} or less", what=what, high=high) if high is not None else what


def example(fact: Fact) -> str | None:
    """An amount or a number that could be right, as somebody would type it; ``None`` for other kinds of fact."""
    kind = fact.type.element or fact.type
    if kind.kind == "money":
        low, high = (None if each is None else each.amount for each in (fact.low, fact.high))
        return words.quantity(Money(_within(Decimal(45), low, high), kind.currency or ""))
    if kind.kind == "number":
        return f"{plain(_within(Decimal(3), fact.low, fact.high))}{f' {fact.unit}' if fact.unit else ''}"
    return None


def _within(usual: Decimal, low: Decimal | None, high: Decimal | None) -> Decimal:
    """The usual value, or what is nearest to it within the bounds."""
    if low is not None and usual < low:
        return low
    return high if high is not None and usual > high else usual


_EXPECTED: Final[Mapping[Kind, Message]] = {
    "text": Message("a text"),
    "choice": Message("a choice"),
    "boolean": Message("yes or no"),
    "number": Message("a number"),
    "money": Message("an amount"),
    "date": Message("a day such as 20 November, yesterday or 2026-07-01"),
    "time": Message("a time such as 14:30 or 2pm"),
    "date-time": Message("a day and time such as yesterday 14:30 or 2026-07-01 14:30"),
    "duration": Message("a length of time such as 90 min, 3 h 20 or 2 days"),
    "months": Message("a number of months such as P6M"),
    "list": Message("a list"),
}


class Unclear(Exception):
    """Not to be read as this kind at all."""


class Misread(ValueError):
    """Not to be read, with a hint at what was meant."""

    def __init__(self, message: Message, hint: Message) -> None:
        super().__init__(message)
        self.hint = hint


def _parse(kind: Type, fact: Fact, text: str, here: _Here) -> Any:
    if kind.kind == "list":
        assert kind.element is not None
        items = [] if text.lower() in ("", "none", "-") else text.split(",")
        return [_parse(kind.element, fact, item.strip(), here) for item in items]
    if kind.kind == "choice":
        return choose(text, kind.choices, fact.choice_titles)
    if kind.kind == "money":
        return parse_money(text, kind.currency or "")
    if kind.kind == "number":
        return parse_number(text, fact.unit, whole=kind.integer)
    if kind.kind == "date":
        return _day(text, here)
    if kind.kind == "date-time":
        return _date_time(text, here)
    parse = _SIMPLE.get(kind.kind)
    return parse(text) if parse else read_value(kind, text)


def _boolean(text: str) -> bool:
    low = text.lower()
    if low in YES or low in NO:
        return low in YES
    raise Unclear


def parse_number(text: str, unit: str | None, *, whole: bool = False) -> Decimal:
    """A number, of ``unit`` if there is one. ``whole``: without decimals, so that a point may part thousands."""
    negative = text.startswith("-")
    body = text.removeprefix("-").strip()
    if unit and body.lower().endswith(unit.lower()):
        body = body[: -len(unit)].strip()
    if body.endswith("%"):
        share = decimal_of(body[:-1])
        value = None if share is None else share / 100
    else:
        value = decimal_of(body)
    if value is None and unit is not None and unit in _SECONDS:
        value = Decimal(str(_duration(body).total_seconds())) / _SECONDS[unit]
    if value is None:
        raise Unclear
    if whole and re.fullmatch(_THOUSANDS, text):
        meant = Message("did you mean {whole}, or {decimal}?", whole=text.replace(".", ""), decimal=plain(value))
        raise Misread(Message("`{typed}` has decimals; {hint}", typed=show_value(text), hint=meant), meant)
    return Decimal(plain(-value if negative else value))


def _duration(text: str) -> timedelta:
    """``3 h 20`` (the number after hours is minutes), ``90 min``, ``2 days``, ``PT3H``, ``3:20``."""
    if text[:1] in "P-":
        value = read_value(Type("duration"), text)
        assert isinstance(value, timedelta)
        return value
    clock = re.fullmatch(r"(\d{1,4}):([0-5]\d)", text)
    if clock:
        return timedelta(hours=int(clock[1]), minutes=int(clock[2]))
    seconds, at, last = Decimal(0), 0, 0
    while at < len(text):
        part = re.match(_TIME_PART, text[at:].lower())
        factor = _SECONDS.get(part[2]) if part and part[2] else 60 if last == 3600 else None
        if part is None or factor is None or (last and factor >= last) or len(part[1]) > 12:
            raise Unclear
        seconds, at, last = seconds + Decimal(part[1]) * factor, at + part.end(), factor
    if not last:
        raise Unclear
    try:
        return timedelta(microseconds=int(seconds * 1_000_000))
    except OverflowError:
        raise Unclear from None


def _day(text: str, here: _Here) -> date:
    day = parse_day(text, here.today, here.locale, past=here.past)
    if day is None:
        raise Unclear
    return day


def _time(text: str) -> time:
    said = text.casefold().replace(" ", "").rstrip(".")
    if said in _NAMED_TIMES:
        return _NAMED_TIMES[said]
    found = re.fullmatch(_CLOCK, said)
    if found and found["half"]:
        hour, minute = int(found["hour"]), int(found["minute"] or 0)
        if not (1 <= hour <= 12 and minute < 60):
            raise Unclear
        return time(hour % 12 + (12 if found["half"] == "p" else 0), minute)
    if found and found["mark"]:
        said = f"{found['hour']}:{found['minute'] or '00'}"
    try:
        return time.fromisoformat(f"0{said}" if said[1:2] == ":" else said if ":" in said else f"{said}:00")
    except ValueError:
        raise Unclear from None


def _date_time(text: str, here: _Here) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for said, clock in split_time(text, here.locale):
        try:
            return datetime.combine(_day(said, here), _time(clock))
        except Unclear:
            continue
    raise Unclear


def plain_word(text: str) -> str:
    return "_".join(text.casefold().replace("_", " ").replace("-", " ").split())


_SIMPLE: Final[Mapping[Kind, Callable[[str], Any]]] = {
    "boolean": _boolean,
    "duration": _duration,
    "time": _time,
}
