"""What the page of a decision is put together from: amounts, offers, roles, questions and evidence inside a sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from remit.decision.detail import Offer, Quantity, Unlock
from remit.language import words
from remit.language.locales.messages import Locale, Sentence
from remit.policy.model import Fact, Model
from remit.policy.phrases import BESIDE, question

__all__ = ["PageWords", "Supply", "fact_value"]

#: How something that is missing can be given: called with what it is and its name.
Supply: TypeAlias = Callable[[Literal["fact", "evidence", "story"], str], str]


def fact_value(fact: Fact | None, value: Any, locale: Locale) -> str:
    """A value of a fact, as people read it: a word of a choice by its title, where it has one."""
    if fact is not None and isinstance(value, str) and value in fact.choice_titles:
        return fact.called(value)
    return locale.value(value).strip('"')


class PageWords:
    """Phrases about ``model`` as ``locale`` says them."""

    def __init__(self, model: Model, supply: Supply | None, locale: Locale) -> None:
        self.model, self.supply = model, supply
        self._ = locale

    def inside(self, title: str) -> str:
        """A title inside a sentence."""
        return self._.in_sentence(title, self.model.languages)

    def amount(self, remedy: str, value: Quantity) -> str:
        """An amount of a remedy inside a sentence; of an exception only what it is."""
        return self._.amount(self.inside(self.model.remedies[remedy].title), value)

    def who(self, role: str) -> str:
        """A role as somebody who acts."""
        return self._.who(self.model.ladder, role)

    def supplied(self, what: Literal["fact", "evidence", "story"], name: str) -> str:
        """How it can be given, where somebody knows."""
        return self._.of(self.supply(what, name)) if self.supply else ""

    def question(self, name: str) -> str:
        fact = self.model.facts.get(name)
        return self._.of(question(fact) if fact else BESIDE[name])

    def source(self, name: str) -> str:
        """What is wanted of where a fact comes from."""
        fact = self.model.facts.get(name)
        return self._(_SOURCES[fact.weakest_source]) if fact and fact.weakest_source in _SOURCES else ""

    def evidence(self, name: str) -> str:
        known = self.model.evidence.get(name)
        return self.inside(known.title) if known else words.name(name)

    def owed(self, offer: Offer) -> str:
        return self.amount(offer.remedy, offer.owed)

    def offer(self, offer: Offer) -> str:
        remedy = self.model.remedies[offer.remedy]
        what = self.amount(offer.remedy, offer.amount)
        if remedy.kind == "exception":
            return what
        owed = not words.nothing(offer.owed)
        return self._("up to {what} in all", what=what) if owed else self._("up to {what}", what=what)

    def unlock(self, unlock: Unlock) -> str:
        if unlock.remedy is None or unlock.amount is None:
            return unlock.text
        remedy = self.model.remedies[unlock.remedy]
        said = self.amount(unlock.remedy, unlock.amount)
        return said if remedy.kind == "exception" else self._("up to {what}", what=said)


#: What stands beside a question that somebody's word does not answer.
_SOURCES = {"system": Sentence("a system must say it"), "evidence": Sentence("it must be read from what is on file")}
