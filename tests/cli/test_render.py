"""Decisions as people read them: one golden text for each outcome and each thing that can be said about it."""

from datetime import date
from typing import Any

import pytest
import yaml

import remit
from remit.cli.support.request_words import supply
from remit.decision.giving import parse_amount
from remit.decision.page.render import render
from remit.decision.typed import parse_fact
from support.golden import CASES, same_as

#: Copies that stand still: the texts below change only when what is said changes.
POLICIES = CASES / "cli" / "policies"
ALL: list[dict[str, Any]] = yaml.load((CASES / "cli" / "answers.yaml").read_text(), yaml.BaseLoader)


def decided(case):
    policy = remit.load(POLICIES / f"{case['policy']}.yaml")
    model = policy.model
    request = {
        "employee": {"id": "e-17", "role": case.get("role", "associate")},
        "asked": {name: parse_amount(model, model.remedies[name], text) for name, text in case.get("asked", {}).items()},
        "facts": {name: parse_fact(model.facts[name], text) for name, text in case.get("facts", {}).items()},
        "occurred": date(2026, 7, 1),
        "evidence": case.get("evidence", []),
        "story": case.get("story"),
        "use_discretion": case.get("use_discretion") == "true",
    }
    history = {name: int(text) for name, text in case.get("history", {}).items()}
    return policy.decide(request, balances=case.get("balances"), history=history), model


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
