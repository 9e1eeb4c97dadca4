"""What remit says itself, in English: the text is the key under which catalogues have it in other languages (as gettext does).

English needs no catalogue. What is decided and recorded is always in English; only what people are shown is translated
(:mod:`remit.language.locales.catalogues`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from remit.language import words

__all__ = ["ENGLISH", "ARole", "Alternatives", "Locale", "Message", "Named", "Sentence", "locale_for"]

#: The languages that have a catalogue.
TRANSLATED: Final = ("de", "es", "fr")


class Locale:
    """How remit speaks: this one in English, and it says everything as :mod:`remit.language.words` does.

    Called with a text and the values of its placeholders, it gives the text; a :class:`Message` has its values already.

    >>> ENGLISH("Yes. You may give this: {what}.", what="late checkout")
    'Yes. You may give this: late checkout.'
    """

    #: The language of the words, and the whole tag by which money and days are written.
    language: str = "en"
    tag: str = "en"

    def __call__(self, text: str, /, **values: Any) -> str:
        if isinstance(text, Message):
            if text.many is not None:
                return self.plural(text.template, text.many, text.values["count"], **text.values)
            return self(text.template, **text.values)
        return self.translation(text).format(**self._shown(values)) if values else self.translation(text)

    def plural(self, one: str, many: str, count: int, /, **values: Any) -> str:
        """``one`` or ``many``, as the language has it for ``count``, which is a value of its own."""
        return self.plural_translation(one, many, count).format(**self._shown({**values, "count": count}))

    def translation(self, text: str) -> str:
        """``text``, whose placeholders are still in it."""
        return text

    def plural_translation(self, one: str, many: str, count: int) -> str:
        """``one`` or ``many`` with the placeholders in it."""
        return one if abs(count) == 1 else many

    def _shown(self, values: dict[str, Any]) -> dict[str, str]:
        return {name: self._value(value) for name, value in values.items()}

    def _value(self, value: Any) -> str:
        if isinstance(value, Message):
            return self(value)
        if isinstance(value, tuple):
            return self.listing(map(self._value, value), "or" if isinstance(value, Alternatives) else "and")
        if isinstance(value, ARole):
            return self.one(value)
        if isinstance(value, Named):
            return self.named(value)
        if isinstance(value, datetime):
            return self.moment(value)
        if type(value) is date:
            return self.long_day(value)
        return str(value) if isinstance(value, str | int) else self.value(value)

    # What is written otherwise in each language

    def quantity(self, value: Any) -> str:
        """How much, without what."""
        return words.quantity(value)

    def value(self, value: Any) -> str:
        """A constant of a policy, or what a fact is, in a sentence."""
        return words.value(value)

    def day(self, day: date) -> str:
        """A day in a sentence."""
        return day.isoformat()

    def long_day(self, day: date) -> str:
        """A day with its month in words."""
        return words.long_day(day)

    def near_day(self, day: date, today: date) -> str:
        """A day with its month in words, and with its year where that is not the year of ``today``."""
        return f"{day.day} {words.MONTHS[day.month - 1]}" if day.year == today.year else self.long_day(day)

    def moment(self, at: datetime) -> str:
        """A day and a time of day, by the clocks of this computer."""
        return f"{at.astimezone():%Y-%m-%d %H:%M}"

    def duration(self, length: timedelta) -> str:
        """In the largest unit that leaves no rest."""
        return words.duration(length)

    def listing(self, parts: Iterable[str], word: str = "and") -> str:
        """Parts in a row; ``word`` is ``and`` or ``or``."""
        return words.listing(parts, word)

    def clauses(self, parts: Iterable[str]) -> str:
        """Clauses of one sentence after each other."""
        return "; ".join(parts)

    def amount(self, title: str, value: Any) -> str:
        """An amount of what is called ``title`` inside a sentence; of an exception only what it is."""
        return title if isinstance(value, bool) else f"{self.quantity(value)} {title}"

    def in_sentence(self, title: str, languages: Sequence[str] = ()) -> str:
        """A title of a policy in these ``languages`` inside a sentence."""
        return words.in_sentence(title, languages)

    def of(self, text: str) -> str:
        """``text`` in this language where it is remit's own, and as it is where somebody else wrote it."""
        return self(text) if isinstance(text, Message) else text

    def role(self, role: str) -> str:
        """The name of a role."""
        return words.name(role)

    def named(self, name: Named) -> str:
        """What something of a policy is called that has a name, and perhaps a title."""
        return str(name)

    def one(self, role: str) -> str:
        """Somebody in a role, of whom there may be others."""
        return words.a(words.name(role))

    def who(self, ladder: Sequence[str], role: str) -> str:
        """A role as somebody who does something; with its article where the language can say it of any role."""
        return words.the(ladder, role)


ENGLISH: Final = Locale()


class Message(str):
    """Words of remit's own that are shown by somebody who knows the language: in English as text, with what it was made of.

    >>> told = Message("`{typed}` is not in {currency}", typed="5 USD", currency="EUR")
    >>> str(told), told.template
    ('`5 USD` is not in EUR', '`{typed}` is not in {currency}')
    """

    __slots__ = ("many", "template", "values")

    template: str
    many: str | None
    values: dict[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> Message:
        return cls._made(ENGLISH(template, **values), template, None, values)

    @classmethod
    def plural(cls, one: str, many: str, count: int, /, *, written: str | None = None, **values: Any) -> Message:
        """One text for one, another for several; ``count`` is a value of its own. In English it is as ``written``, where
        somebody wrote it."""
        text = ENGLISH.plural(one, many, count, **values) if written is None else written
        return cls._made(text, one, many, {**values, "count": count})

    @classmethod
    def _made(cls, text: str, template: str, many: str | None, values: dict[str, Any]) -> Message:
        made = super().__new__(cls, text)
        made.template, made.many, made.values = template, many, values
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return str, (str(self),)


class Alternatives(tuple[Any, ...]):
    """A value of a message that is said as a list with ``or``; other tuples are said with ``and``."""

    __slots__ = ()


class ARole(str):
    """The name of a role, as a value of a message about somebody in it: ``a supervisor``."""

    __slots__ = ()


class Named(str):
    """A name as people say it, as a value of a message; languages other than that of names have what it is ``called``, if that
    is said.

    >>> str(Message("What is the {name}?", name=Named("guest id", "Gast")))
    'What is the guest id?'
    """

    __slots__ = ("called",)

    called: str | None

    def __new__(cls, name: str, called: str | None) -> Named:
        made = super().__new__(cls, name)
        made.called = called
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return str, (str(self),)


class Sentence(str):
    """A text of remit's own with its placeholders, to be said later. Those of a decision are recorded in English: made with
    :meth:`of` from constants, or with :meth:`pieces` in an algebra. What is on record is translated by finding the sentence
    that it was made from.

    >>> given = Sentence("given at the {role}'s own discretion")
    >>> given.of(role="clerk")
    "given at the clerk's own discretion"
    >>> given.pieces(role="clerk")
    ['given at the ', 'clerk', "'s own discretion"]
    """

    __slots__ = ()

    def of(self, **values: str) -> str:
        """The sentence with these values."""
        return self.format(**values)

    def pieces(self, **values: Any) -> list[Any]:
        """Its constant parts and the values between them."""
        out: list[Any] = []
        for part in self.split("{"):
            name, found, rest = part.partition("}")
            out += [values[name], rest] if found else [part]
        return [each for each in out if each != ""]


def locale_for(tag: str | None) -> Locale:
    """How remit speaks to people who want the language of ``tag`` (``de``, ``de-AT``, ``de_AT.UTF-8``); English where it has no
    catalogue."""
    parts = (tag or "").partition(".")[0].partition("@")[0].replace("_", "-").split("-")
    if parts[0].lower() not in TRANSLATED:
        return ENGLISH
    from remit.language.locales.catalogues import CatalogueLocale  # English starts without it

    return CatalogueLocale.known("-".join((parts[0].lower(), *parts[1:])))
