"""Sentences on record, read in other languages: each is found again, none stays English, and the decision stays as it is."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.core.sentences import BY_KIND, CAUSES
from remit.deciding.compiled import Compiled
from remit.decision.decision import Decision
from remit.decision.detail import Reason
from remit.decision.page.render import render
from remit.decision.page.translation import translated
from remit.language.locales.messages import TRANSLATED, Sentence
from remit.policy.loader import read_model
from remit.policy.model import Model
from support.catalogues import messages
from support.policies import policies
from support.requests import requests
from support.trials import trials

#: Enough of an English sentence to know it by: words between two placeholders.
FRAGMENTS = sorted(
    {
        piece.strip()
        for text, file, _ in messages()
        if not file.startswith("cli")
        for each in ([text] if isinstance(text, str) else text)
        for piece in re.split(r"\{\w+\}", each)
        if len(piece.split()) > 1
    }
)


def english_in(text: str) -> list[str]:
    line = " ".join(text.split())
    return [each for each in FRAGMENTS if re.search(rf"(?<!\w){re.escape(each)}(?!\w)", line)]


def own_sentences(decision: Decision, model: Model) -> list[str]:
    """What remit itself says in a decision."""
    authored = {each.because for each in (*model.rules, *model.guardrails)} | {fact.ask for fact in model.facts.values()}
    texts = [*(each.text for each in decision.reasons), *(each.text for each in decision.unlocks)]
    texts += [each.left for each in decision.offers if each.left]
    texts += [each.cause for each in decision.shown if each.cause]
    titles = {each.title for each in model.evidence.values()}
    return [each for each in texts if each and each not in authored | titles]


@trials(150)
@given(data=st.data())
def test_no_sentence_stays_english(data: st.DataObject) -> None:
    model = read_model(data.draw(policies()))
    request = data.draw(requests(model))
    history = {"guest.recoveries": data.draw(st.integers(0, 9))} if data.draw(st.booleans()) else None
    decision = Compiled(model).decide(request, history=history)
    before = decision.to_json()
    for language in TRANSLATED:
        read = translated(decision, model, language)
        for own, other in zip(own_sentences(decision, model), own_sentences(read, model), strict=True):
            assert other != own
            assert not english_in(other), other
        page = render(decision, model, language=language).paint(80)
        assert not english_in(page), page
    assert decision.to_json() == before


@pytest.mark.parametrize(
    ("kind", "english", "german"),
    [
        (
            "cap",
            "desk: 120 EUR of 1600 EUR left until 3 December 2026",
            "desk: noch 120 EUR von 1.600 EUR bis 3. Dezember 2026",
        ),
        ("cap", "desk: 1 grant of 5 grants left", "desk: noch 1 Gewährung von 5 Gewährungen"),
        (
            "cap",
            "desk: what is left of 600 EUR is not known without stay.id",
            "desk: was von 600 EUR noch übrig ist, ist ohne stay.id nicht bekannt",
        ),
        ("claim", "already given for this claim: 12.50 EUR credit", "für diesen Anspruch schon gegeben: 12,50 EUR Gutschrift"),
        ("claim", "already given for this claim: 12.50 EUR", "für diesen Anspruch schon gegeben: 12,50 EUR"),
        (
            "trust",
            "you are personally trusted with credit up to 80 EUR",
            "das dürfen Sie persönlich geben: Gutschrift, bis zu 80 EUR",
        ),
        ("guardrail", "this policy covers incidents of the last year, up to today", None),
        ("guardrail", "credit: your own limit is 5 EUR", "Gutschrift: Ihr persönliches Limit ist 5 EUR"),
        (
            "guardrail",
            "`x` may apply: `rate` cannot be worked out: it has no entry for a day before 2026-04-01",
            "`x` könnte zutreffen: `rate` lässt sich nicht berechnen: vor dem 1. April 2026 gibt es keinen Eintrag",
        ),
        ("undetermined", "`a / b` cannot be worked out", "`a / b` lässt sich nicht berechnen"),
        ("gap", "somebody else's words", "somebody else's words"),
    ],
)
def test_what_is_on_record_is_said_again(kind: Any, english: str, german: str | None) -> None:
    policy = remit.loads(
        """
policy: desk
title: {en: Desk, de: Tresen}
languages: [en, de]
version: "1"
owner: us
currency: EUR
ladder: [clerk]
remedies: {credit: {type: money, title: {en: Credit, de: Gutschrift}}}
rules: [{id: any, may: {credit: 30 EUR}}]
"""
    )
    decision = policy.decide({"employee": {"id": "e-1", "role": "clerk"}})
    old = Decision.of(replace(decision.detail, reasons=(Reason(kind, "x", english, ("credit",)),)))
    (read,) = policy.translated(old, "de").reasons
    assert read.text == german if german is not None else not english_in(read.text)
    assert old.reasons[0].text == english


@pytest.mark.parametrize("sentence", [each for kind in BY_KIND.values() for each in kind] + list(CAUSES))
def test_sentences_can_stand_in_json(sentence: Sentence) -> None:
    assert sentence.isascii()
    assert not set(sentence) & set('"\\\n')
    assert "".join(sentence.pieces(**{name: f"{{{name}}}" for name in re.findall(r"\{(\w+)\}", sentence)})) == sentence
