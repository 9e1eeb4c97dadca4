"""Words of a choice with titles, in the languages of a policy: people read and type titles, everything else has the word."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import remit
from remit.authoring.formatting.formatted_files import format_text
from remit.deciding.interview import Interview
from remit.decision.page.translation import translated_model
from remit.decision.typed import choose, expected, parse_fact
from remit.errors import PolicyError
from remit.policy.model import Fact

TEXT = """\
policy: titles
title: {{en: Titles, de: Titel}}
version: "1"
owner: us
languages: [{languages}]
ladder: [clerk]

facts:
  kind:
    type: {type}
    of: {of}
    ask: {{en: What went wrong?, de: Was ist passiert?}}

remedies:
  seat: {{type: exception, title: {{en: Seat, de: Sitzplatz}}}}

rules:
  - {{id: late, when: {{kind: {when}}}, may: {{seat: true}}}}
"""
OF = "{delay: {en: Delay, de: Verspätung}, not_ready: {en: Room not ready, de: Zimmer nicht fertig}, noise: Noise}"


def policy(of: str = OF, kind: str = "choice", when: str = "delay", languages: str = "en, de") -> remit.Policy:
    return remit.loads(TEXT.format(of=of, type=kind, when=when, languages=languages))


def fact(language: str, **more: str) -> Fact:
    return translated_model(policy(**more).model, language).facts["kind"]


def test_the_titles_are_the_models_and_the_words_its_values() -> None:
    found = policy().model.facts["kind"]
    assert found.type.choices == ("delay", "not_ready", "noise")
    assert list(map(found.called, found.type.choices)) == ["Delay", "Room not ready", "Noise"]
    assert list(map(fact("de").called, found.type.choices)) == ["Verspätung", "Zimmer nicht fertig", "Noise"]


@pytest.mark.parametrize(
    "typed", ["2", "not_ready", "not ready", "Zimmer nicht fertig", "zimmer", "ZIM", "room not ready", "room"]
)
def test_what_is_typed_is_the_number_the_word_or_a_title(typed: str) -> None:
    assert parse_fact(fact("de"), typed) == "not_ready"


def test_english_is_understood_where_it_is_not_the_first_language() -> None:
    assert parse_fact(fact("de", languages="de, en"), "delay") == "delay"
    of = "{late: {de: Verspätung, en: Delay, fr: Retard}, noise: {de: Lärm, en: Noise, fr: Bruit}}"
    french = fact("fr", of=of, when="late", languages="de, en, fr")
    assert [parse_fact(french, each) for each in ("retard", "delay", "verspätung", "late")] == ["late"] * 4
    assert french.called("late") == "Retard"


def test_several_in_a_list() -> None:
    assert parse_fact(fact("de", kind="list of choice", when="'list contains(?, \"delay\")'"), "Verspätung, noise") == [
        "delay",
        "noise",
    ]


def test_what_could_be_two_is_asked_by_their_titles() -> None:
    with pytest.raises(ValueError, match="it could be Lounge or Loud room"):
        choose("lo", ["a", "b"], {"a": ("Lounge",), "b": ("Loud room",)})
    with pytest.raises(ValueError, match="`x` is none of Lounge, b"):
        choose("x", ["a", "b"], {"a": ("Lounge",)})


def test_the_question_shows_titles_and_takes_the_word() -> None:
    model = translated_model(policy().model, "de")
    own = policy()
    interview = Interview(
        model,
        lambda request: own.decide(request),
        {"employee": {"id": "e-1", "role": "clerk"}, "asked": {}},
        today=date(2026, 11, 3),
    )
    question = interview.next()
    assert question is not None
    assert question.choices == ("Verspätung", "Zimmer nicht fertig", "Noise")
    assert str(expected(question.fact)) == "one of Verspätung, Zimmer nicht fertig, Noise"
    interview.answer(question, "Verspätung")
    assert interview.request["facts"] == {"kind": "delay"}


def test_requests_and_decisions_have_the_word() -> None:
    request: dict[str, Any] = {"employee": {"id": "e-1", "role": "clerk"}, "asked": {"seat": True}}
    assert policy().decide({**request, "facts": {"kind": "delay"}}).outcome == "grant"
    with pytest.raises(remit.RequestError, match="not one of delay, not_ready, noise"):
        policy().decide({**request, "facts": {"kind": "Verspätung"}})


def test_a_policy_with_titles_decides_as_one_without() -> None:
    plain = policy(of="[delay, not_ready, noise]")
    request: dict[str, Any] = {"employee": {"id": "e-1", "role": "clerk"}, "asked": {"seat": True}}
    for word in ("delay", "not_ready", "noise"):
        known = {**request, "facts": {"kind": word}}
        one, other = (each.decide(known).to_dict() for each in (plain, policy()))
        assert {**one, "policy": None} == {**other, "policy": None}


@pytest.mark.parametrize(
    ("of", "message"),
    [
        ("{delay: Late, noise: Late}", "two words of this choice are called `Late`"),
        ("{delay: {en: Delay, fr: Retard}, noise: Noise}", "`fr` is not a language of this policy"),
        ("{}", "is empty"),
        ("delay", "must be a list of words, not a single value"),
        ("{delay: {de: Verspätung}, noise: Noise}", "`en`"),
    ],
)
def test_what_is_wrong_is_told(of: str, message: str) -> None:
    with pytest.raises(PolicyError) as raised:
        policy(of=of)
    assert message in str(raised.value)


def test_the_formatter_keeps_them() -> None:
    text = TEXT.format(of=OF, type="choice", when="delay", languages="en, de")
    assert remit.loads(format_text(text)).model.facts == policy().model.facts
