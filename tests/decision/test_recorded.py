"""Sentences on record, read in other languages: each is found again, none stays English, and the decision stays as it is."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.core.sentences import BY_KIND, CAUSES
from remit.deciding.compiled import Compiled
from remit.decision.decision import Decision
from remit.decision.page.render import render
from remit.decision.page.translation import translated
from remit.language.locales.messages import TRANSLATED, Sentence
from remit.policy.loader import read_model
from remit.policy.model import Model
from support.catalogues import messages
from support.policies import policies
from support.requests import histories, requests
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
    more: dict[str, Any] = {"history": data.draw(histories(model))} if data.draw(st.booleans()) else {}
    decision = Compiled(model).decide(request, **more)
    before = decision.to_json()
    for language in TRANSLATED:
        read = translated(decision, model, language)
        for own, other in zip(own_sentences(decision, model), own_sentences(read, model), strict=True):
            assert english_in(own), own  # or else this test sees nothing
            assert not english_in(other), other
        page = render(decision, model, language=language).paint(80)
        assert not english_in(page), page
    assert decision.to_json() == before


@pytest.mark.parametrize("sentence", [each for kind in BY_KIND.values() for each in kind] + list(CAUSES))
def test_sentences_can_stand_in_json(sentence: Sentence) -> None:
    assert sentence.isascii()
    assert not set(sentence) & set('"\\\n')
    assert "".join(sentence.pieces(**{name: f"{{{name}}}" for name in re.findall(r"\{(\w+)\}", sentence)})) == sentence
