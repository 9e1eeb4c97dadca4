"""A policy and its decisions in another language.

A decision and its record are in the policy's first language, and remit's own sentences in them in English, whoever reads them.
What is read in another language is made of them: the author's texts are looked up, remit's sentences are found again
(:mod:`remit.decision.page.recorded`), and nothing is decided again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from remit.decision.decision import Decision
from remit.language.locales.messages import ENGLISH, Locale, locale_for
from remit.language.words import in_sentence
from remit.policy.model import Fact, Model
from remit.policy.phrases import BESIDE, question

__all__ = ["language_for", "locale_of", "translated", "translated_model"]

T = TypeVar("T")


def language_for(model: Model, wanted: str | None) -> str | None:
    """The policy's language that is nearest to the tag ``wanted``, by leaving out its last parts (RFC 4647, 3.4: ``de-AT``,
    then ``de``); ``None`` where it is the first, or none of them.

    >>> import remit
    >>> model = remit.loads('''
    ... policy: small
    ... title: {en: Small, de: Klein}
    ... languages: [en, de]
    ... version: "1"
    ... owner: us
    ... ladder: [clerk]
    ... remedies: {seat: {type: exception, title: {en: Seat, de: Sitzplatz}}}
    ... rules: [{id: any, may: {seat: true}}]
    ... ''').model
    >>> language_for(model, "de-AT"), language_for(model, "fr")
    ('de', None)
    """
    known = {tag.lower(): tag for tag in model.languages}
    parts = re.split("[-_]", (wanted or "").partition(".")[0].lower())
    while parts:
        found = known.get("-".join(parts))
        if found is not None:
            return found if found != model.languages[0] else None
        parts.pop()
    return None


def locale_of(model: Model, wanted: str | None) -> Locale:
    """How remit itself speaks beside the texts of ``model``, to people who want the language of the tag ``wanted``: in the
    language in which those texts are read, so that no page is in two, and as ``wanted`` where the policy does not say its own.

    >>> import remit
    >>> model = remit.load(remit.shipped("eu-air-passenger-rights")).model
    >>> [locale_of(model, tag).tag for tag in ("de-AT", "fr", None)]
    ['de-AT', 'en', 'en']
    """
    if not model.languages:
        return locale_for(wanted)
    found = language_for(model, wanted) or model.languages[0]
    same = re.split("[-_.]", wanted or "")[0].lower() == found.partition("-")[0].lower()
    return locale_for(wanted if same else found)  # with its country, which may write money in another way


def translated_model(model: Model, language: str | None) -> Model:
    """``model`` with its texts in the language nearest to the tag ``language``, for reading only; a text without a translation
    stays as it is."""
    found = language_for(model, language)
    if found is None:
        return model
    tell = _Texts(model, found)
    return replace(
        model,
        title=tell(model.title),
        facts=_facts(model, tell),
        remedies=_each(model.remedies, tell, "title"),
        rules=tuple(_one(each, tell, "because", "say") for each in model.rules),
        guardrails=tuple(_one(each, tell, "because", "say") for each in model.guardrails),
        caps=tuple(_one(each, tell, "say") for each in model.caps),
        evidence=_each(model.evidence, tell, "title"),
        promises=tuple(_one(each, tell, "because") for each in model.promises),
        shows={name: tell(title) for name, title in model.shows.items()},
        languages=(found,),
        texts=(),
    )


def translated(decision: Decision, model: Model, language: str | None) -> Decision:
    """``decision``, taken under ``model``, with the author's texts and remit's sentences in the language nearest to the tag
    ``language``; all else is the same."""
    found, locale = language_for(model, language), locale_of(model, language)
    if found is None and locale is ENGLISH:
        return decision
    tell, read, detail = _Texts(model, found), translated_model(model, language), decision.detail
    told = replace(
        detail,
        offers=tuple(replace(each, title=tell(each.title)) for each in detail.offers),
        missing=replace(detail.missing, questions=_questions(detail.missing.questions, model, read, locale)),
        say=tuple(map(tell, detail.say)),
        shown=tuple(replace(each, title=tell(each.title)) for each in detail.shown),
    )
    if locale is ENGLISH:
        reasons = tuple(replace(each, text=tell.within(each.text)) for each in detail.reasons)
        unlocks = tuple(replace(each, text=tell.within(each.text)) for each in detail.unlocks)
        return Decision.of(replace(told, reasons=reasons, unlocks=unlocks))
    from remit.decision.page.recorded import Recorded  # English sentences stay as they are

    recorded = Recorded(model, read, locale, tell)
    told = replace(
        told,
        reasons=tuple(replace(each, text=recorded.reason(each)) for each in told.reasons),
        offers=tuple(replace(each, left=recorded.left(each)) for each in told.offers),
        unlocks=tuple(replace(each, text=recorded.unlock(each)) for each in told.unlocks),
        shown=tuple(replace(each, cause=recorded.cause(each)) for each in told.shown),
    )
    return Decision.of(told)


def _questions(recorded: Mapping[str, str], model: Model, read: Model, locale: Locale) -> dict[str, str]:
    """The questions of a decision as they are read; one that is not asked in these words any more stays as it is."""
    out = {}
    for name, text in recorded.items():
        asked = BESIDE[name] if name not in model.facts else question(model.facts[name])
        now = asked if name not in model.facts else question(read.facts[name])
        out[name] = locale.of(now) if asked == text else text
    return out


def _facts(model: Model, tell: Callable[[str], str]) -> dict[str, Fact]:
    """The facts as they are read. A word of a choice may still be typed by its title in the policy's first language, and in
    English."""
    english = _Texts(model, "en")
    out = _each(model.facts, tell, "ask", "title", "above")
    for name, fact in model.facts.items():
        if fact.choice_titles:
            titles = {
                word: tuple(dict.fromkeys((tell(own), own, english(own)))) for word, (own, *_) in fact.choice_titles.items()
            }
            out[name] = replace(out[name], choice_titles=titles)
    return out


class _Texts:
    """Looks texts up in one language."""

    def __init__(self, model: Model, language: str | None) -> None:
        self._known = {each.own: each.others[language] for each in model.texts if language and language in each.others}

    def __call__(self, text: str) -> str:
        return self._known.get(text, text)

    def within(self, text: str) -> str:
        """A text of the author, or a sentence of remit with such texts in it, as titles are: ``up to 30 EUR folio credit``."""
        if text in self._known or not self._known:
            return self(text)
        inside = {in_sentence(own): other for own, other in self._known.items()} | self._known
        longest_first = "|".join(map(re.escape, sorted(inside, key=len, reverse=True)))
        return re.sub(rf"(?<!\w)(?:{longest_first})(?!\w)", lambda match: inside[match[0]], text)


def _each(of: Mapping[str, T], tell: Callable[[str], str], *names: str) -> dict[str, T]:
    return {key: _one(each, tell, *names) for key, each in of.items()}


def _one(of: T, tell: Callable[[str], str], *names: str) -> T:
    """``of`` with the texts of these names looked up."""
    known: Any = of
    texts = {name: getattr(known, name) for name in names}
    out: T = replace(known, **{name: tell(text) for name, text in texts.items() if text is not None})
    return out
