"""The same decisions as people read them in several languages."""

from datetime import date
from typing import Any

import pytest
import yaml

import remit
from remit.decision.giving import parse_amount
from remit.decision.page.render import render
from remit.decision.typed import parse_fact
from support.golden import CASES, same_as

ALL: list[dict[str, Any]] = yaml.load((CASES / "cli" / "languages.yaml").read_text(), yaml.BaseLoader)
AIR = "eu-air-passenger-rights"


def policy_of(case):
    return remit.load(CASES / "cli" / "policies" / f"{case['policy']}.yaml" if "policy" in case else remit.shipped(AIR))


def decided(case):
    policy = policy_of(case)
    model = policy.model
    request = {
        "employee": {"id": "e-17", "role": model.ladder[0]},
        "asked": {name: parse_amount(model, model.remedies[name], text) for name, text in case.get("asked", {}).items()},
        "facts": {name: parse_fact(model.facts[name], text) for name, text in case.get("facts", {}).items()},
        "occurred": date(2026, 11, 3),
        "evidence": case.get("evidence", []),
        "story": case.get("story"),
        "use_discretion": case.get("use_discretion") == "true",
    }
    return policy.decide(request, balances=case.get("balances")), model


READ = [(case, language) for case in ALL for language in (("en", "de", "es", "fr") if "policy" in case else ("en", "de"))]


@pytest.mark.parametrize(("case", "language"), READ, ids=[f"{case['name']}-{language}" for case, language in READ])
def test_reads_well(case, language):
    decision, model = decided(case)
    before = decision.to_json()
    text = render(decision, model, language=language).paint(80)
    same_as(f"cli/languages/{case['name']}.{language}.txt", text + "\n")
    assert max(map(len, text.splitlines())) <= 80
    assert decision.to_json() == before


def test_every_outcome_is_read():
    assert {decided(case)[0].outcome for case in ALL} == {"grant", "escalate", "deny", "ask"}


def test_a_page_is_in_one_language():
    """Remit's words follow the policy's texts: a language that the policy does not have is not mixed with one that it has."""
    case = next(case for case in ALL if case["name"] == "air-owed")
    decision, model = decided(case)
    assert render(decision, model, language="fr") == render(decision, model, language="en") == render(decision, model)


@pytest.mark.parametrize(("tag", "said"), [("fr", "Vous pouvez"), ("es-MX", "Puede"), ("it", "You may"), (None, "You may")])
def test_a_policy_that_states_no_language_is_read_as_wanted(tag, said):
    policy = remit.load(remit.shipped("hotel-guest-recovery"))
    request = {"employee": {"id": "e-1", "role": "associate"}, "facts": {"incident.kind": "noise", "incident.severity": 3}}
    decision = policy.decide({**request, "facts": {**request["facts"], "guest.tier": "none", "guest.recoveries": 0}})
    assert policy.text(decision, language=tag).startswith(said)
