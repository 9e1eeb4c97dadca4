"""Decisions as people read them: one golden text for each outcome and each thing that can be said about it."""

import pytest

from remit.cli.support.request_words import supply
from remit.decision.page.render import render
from support.answer_cases import ALL, decided
from support.golden import same_as


@pytest.mark.parametrize("case", ALL, ids=[case["name"] for case in ALL])
def test_reads_well(case):
    decision, model = decided(case)
    page = render(decision, model, supply=supply(model), language=case.get("language"))
    text = page.paint(80)
    same_as(f"cli/answers/{case['name']}.txt", text + "\n")
    assert max(map(len, text.splitlines())) <= 80


def test_every_outcome_has_a_text():
    assert {decided(case)[0].outcome for case in ALL} == {"grant", "escalate", "deny", "ask"}


@pytest.mark.parametrize("case", ALL, ids=[case["name"] for case in ALL])
def test_colours_change_nothing_but_colours(case):
    decision, model = decided(case)
    page = render(decision, model)
    painted = page.paint(60, colour=True)
    for code in ("\x1b[1;32m", "\x1b[1;33m", "\x1b[1;31m", "\x1b[1;36m", "\x1b[2m", "\x1b[1m", "\x1b[0m"):
        painted = painted.replace(code, "")
    assert painted == page.paint(60)


def test_says_nothing_twice():
    """What the first line offers in full is not listed again below it."""
    case = next(case for case in ALL if case["name"] == "hotel-what-can-i-do")
    decision, model = decided(case)
    text = " ".join(render(decision, model).paint(80).split())
    assert text.lower().count("late checkout") == 1


def test_words_from_elsewhere_cannot_steer_the_terminal():
    case = next(case for case in ALL if case["name"] == "hotel-threats")
    decision, model = decided(case)
    page = render(decision, model)
    steered = type(page)(page.headline + "\x1b]0;owned\x07\x9b2J", page.tone, page.blocks, page.footer)
    assert "\x1b" not in steered.paint(80)
    assert "\x07" not in steered.paint(80)
    assert "\x9b" not in steered.paint(80)
