"""The language in which a command speaks: ``--language``, and what the policies it is about are written in.

It is found once, when a command knows which policies those are, and then holds for all that it says: what is printed, what is
asked, and what is told of an error.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from remit.errors import ProblemsError
from remit.language import words
from remit.language.locales.messages import ENGLISH, Locale, locale_for

if TYPE_CHECKING:
    from remit.decision.decision import Decision
    from remit.ledger.ledger import Ledger
    from remit.ledger.log.entry import Entry
    from remit.policy.model import Model

__all__ = [
    "amount",
    "amounts",
    "error_text",
    "in_language",
    "is_stated",
    "language_read",
    "language_spoken",
    "owner_or_role",
    "read",
    "speak",
    "speak_of",
    "spoken",
    "state_language",
]


class _Speech:
    """What was stated, what follows from it, and the policies that were read in it, by identity."""

    def __init__(self, stated: str | None = None) -> None:
        self.stated = stated
        self.locale = locale_for(stated)
        self.models: dict[int, tuple[Model, Model]] = {}


_speech = _Speech()


def state_language(tag: str | None) -> None:
    """Begin a command: somebody stated this language, or none."""
    global _speech
    _speech = _Speech(tag)


def is_stated() -> bool:
    """Whether somebody stated a language, as far as the command line has been read."""
    return _speech.stated is not None


def speak(*models: Model) -> Locale:
    """Speak from now on as these policies are read: in the language that is wanted where one of them is read in it, or else in
    English."""
    from remit.decision.page.translation import locale_of

    found = (locale_of(model, language_read(model, _speech.stated)) for model in models)
    _speech.locale = next((each for each in found if each is not ENGLISH), ENGLISH if models else locale_for(_speech.stated))
    _speech.models = {}
    return _speech.locale


def spoken() -> Locale:
    """How this command speaks."""
    return _speech.locale


def speak_of(ledger: Ledger, entry: Entry) -> Locale:
    """Speak from now on as the policy of a record is read, where it has one."""
    return speak(*([ledger.policy_of(entry).model] if entry.body.get("policy") else []))


def language_spoken(model: Model) -> str | None:
    """Speak from now on as ``model`` is read; the language, as :func:`language_read` has it."""
    speak(model)
    return language_read(model, _speech.stated)


def language_read(model: Model, stated: str | None) -> str | None:
    """The language that a person reads: ``stated`` by ``--language`` or ``REMIT_LANGUAGE``. Where nobody stated it, a policy in
    several languages is read in that of the environment, and one that is in none of them in English: no page is in two."""
    if stated or not model.languages:
        return stated
    return next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)


def read(model: Model) -> Model:
    """``model`` with its texts as they are read in this language."""
    from remit.decision.page.translation import translated_model

    known = _speech.models.get(id(model))
    if known is None:
        known = _speech.models[id(model)] = model, translated_model(model, _speech.locale.tag)
    return known[1]


def in_language(decision: Decision, model: Model) -> Decision:
    """``decision``, taken under ``model``, in this language."""
    from remit.decision.page.translation import translated

    return translated(decision, model, _speech.locale.tag)


def amount(model: Model, remedy: str, value: Any) -> str:
    """An amount of a remedy inside a sentence; of an exception only what it is."""
    told, locale = read(model), _speech.locale
    title = told.remedies[remedy].title if remedy in told.remedies else words.name(remedy)
    return locale.amount(locale.in_sentence(title, told.languages), value)


def amounts(model: Model, of: Mapping[str, Any]) -> str:
    """``45 EUR folio credit and late checkout``; empty where it is nothing at all."""
    return _speech.locale.listing(amount(model, name, value) for name, value in of.items() if not words.nothing(value))


def error_text(error: Exception) -> str:
    """What an error says, in one clause without a period; of several problems, all of them."""
    if isinstance(error, ProblemsError):
        return _speech.locale.clauses(_speech.locale.of(each.message) for each in error.problems)
    return _speech.locale.of(error.args[0]) if error.args and isinstance(error.args[0], str) else str(error)


def owner_or_role(to: str) -> str:
    """Whom a task is for, inside a sentence: ``a supervisor``, ``the policy's owner``."""
    return _speech.locale("the policy's owner") if to.startswith("owner:") else _speech.locale.one(to)
