"""Texts in several languages: a decision is taken and recorded in the first one, and read in any."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.deciding.compiled import Compiled
from remit.decision.detail import Detail, Missing
from remit.decision.page.translation import language_for, translated, translated_model
from remit.policy.loader import load_model, read_model
from support.policies import policies
from support.requests import requests
from support.trials import trials

WAIVERS = Path(__file__).parents[1] / "cases" / "cli" / "policies" / "ticket-waivers.yaml"
REQUEST = {
    "employee": {"id": "a-1", "role": "agent"},
    "asked": {"waiver": "10 EUR"},
    "facts": {"booking": {"paid": "100 EUR"}, "customer": {"angry": True}},
}


@pytest.mark.parametrize("wanted", ["de", "de-AT", "de_DE.UTF-8", "DE"])
def test_the_nearest_language(wanted: str) -> None:
    assert language_for(load_model(WAIVERS), wanted) == "de"


@pytest.mark.parametrize("wanted", ["en", "en-GB", "fr", "zh-Hant-TW", "C", "", None])
def test_the_first_language_where_no_other_is_nearer(wanted: str | None) -> None:
    assert language_for(load_model(WAIVERS), wanted) is None


def test_a_longer_tag_goes_before_a_shorter_one() -> None:
    model = replace(load_model(WAIVERS), languages=("en", "de", "de-AT", "zh-Hant"))
    assert [language_for(model, tag) for tag in ("de-AT", "de-CH", "zh-hant-tw", "zh")] == ["de-AT", "de", "zh-Hant", None]


def test_what_is_said_and_asked_is_translated() -> None:
    policy = remit.load(WAIVERS)
    decision = policy.decide(REQUEST)
    german = policy.translated(decision, "de-AT")
    assert decision.say == ("I will get my supervisor for you.",)
    assert german.say == ("Ich hole gern meine Vorgesetzte dazu.",)
    assert german.shown[0].title == "Umbuchungsgebühr"
    assert [each.text for each in german.reasons] == [
        "Das muss niemand allein aushalten.",
        "Eine Gebühr ist keinen Kunden wert.",
    ]
    assert german.unlocks[0].text == "Supervisor kann bis zu 12,50 EUR Nachlass auf die Gebühr geben"
    asked = policy.translated(policy.decide({**REQUEST, "facts": {}}), "de").missing.questions
    assert asked == {"booking.paid": "Was wurde dafür bezahlt?", "customer.angry": "Wird der Kunde laut?"}
    assert policy.text(decision, language="de") == policy.text(decision, language="de-AT") != policy.text(decision)
    assert policy.text(decision, language="fr") == policy.text(decision)


def test_a_sentence_of_remit_is_translated_with_the_words_in_it() -> None:
    policy = remit.load(WAIVERS)
    decision = policy.decide({**REQUEST, "facts": {"booking.paid": "100 EUR"}})
    may_apply = "`threats` könnte zutreffen, je nachdem, was noch nicht bekannt ist: Das muss niemand allein aushalten."
    assert may_apply in [each.text for each in policy.translated(decision, "de").reasons]


def test_a_decision_of_another_policy_is_refused() -> None:
    other = remit.load(remit.shipped("retail-returns"))
    with pytest.raises(ValueError, match="took this decision"):
        other.translated(remit.load(WAIVERS).decide(REQUEST), "de")


def test_a_text_without_translation_stays() -> None:
    model = read_model(WAIVERS.read_text(encoding="utf-8").replace(", de: Umbuchungsgebühr", ""))
    assert translated_model(model, "de").shows == {"fee": "Fee for the change"}


def test_what_is_on_record_is_in_the_first_language() -> None:
    policy = remit.load(WAIVERS)
    with remit.open_ledger(":memory:") as ledger:
        entry = ledger.grant(policy, {**REQUEST, "facts": {"booking.paid": "100 EUR", "customer.angry": False}})
        assert entry.decision is not None
        assert policy.translated(entry.decision, "de").say == ("Das habe ich Ihnen abgezogen.",)
        assert "I have taken that off for you." in entry.decision.say
        assert ledger.redecide(entry.id).same


def several(of: Any, keys: frozenset[str] = frozenset(("title", "because", "say", "ask"))) -> Any:
    """The sections of a policy with each text in two languages."""
    if isinstance(of, list):
        return [several(each) for each in of]
    if not isinstance(of, dict):
        return of
    return {
        name: {"en": each, "de": f"{each} (auf Deutsch)"} if name in keys and isinstance(each, str) else several(each)
        for name, each in of.items()
    }


@trials(60)
@given(data=st.data())
def test_languages_decide_nothing(data: st.DataObject) -> None:
    """A policy in two languages decides as the one in its first language does, word for word; and what is read in the second
    differs in texts alone."""
    text = data.draw(policies(wild=False))
    sections = {name: json.loads(rest) for name, _, rest in (line.partition(": ") for line in text.splitlines())}
    shows = sections.get("shows", {}).items()
    sections["shows"] = {name: {"en": title, "de": f"{title} (auf Deutsch)"} for name, title in shows}
    both = "languages: [en, de]\n" + "".join(f"{name}: {json.dumps(each)}\n" for name, each in several(sections).items())
    one, two = read_model(text), read_model(both)
    request = data.draw(requests(one))
    before, after = Compiled(one).decide(request), Compiled(two).decide(request)
    assert after.to_json() == before.to_json().replace(one.digest, two.digest)
    assert texts_left_out(translated(after, two, "de").detail) == texts_left_out(after.detail)
    assert translated(after, two, "en") is after
    assert all(each.endswith("(auf Deutsch)") for each in translated(after, two, "de").say)


def texts_left_out(detail: Detail) -> dict[str, Any]:
    known = {each.name: getattr(detail, each.name) for each in fields(detail)}
    missing = detail.missing
    return known | {
        "missing": Missing(missing.facts, missing.evidence, missing.story, dict.fromkeys(missing.questions, "")),
        "reasons": tuple(replace(each, text="") for each in detail.reasons),
        "offers": tuple(replace(each, title="", left=None) for each in detail.offers),
        "unlocks": tuple(replace(each, text="") for each in detail.unlocks),
        "shown": tuple(replace(each, title="", cause=None) for each in detail.shown),
        "say": len(detail.say),
    }
