"""What an employee did with an answer: on record, without a word of it in the decision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import RequestError
from remit.ledger import import_ledger
from remit.schemas import schema
from support.desk import desk, request
from support.ledgers import new_ledger

THREATS = {"level": 3}


def test_the_record_says_what_was_done_and_the_decision_is_the_same(ledger: remit.Ledger) -> None:
    plain = ledger.decide(desk(), request(facts=THREATS))
    declined = ledger.decide(desk(), request(facts=THREATS), act="declined")
    over = ledger.decide(desk(), request(facts=THREATS), act="handed_over", to="manager")
    owner = ledger.decide(desk(), request(facts=THREATS), act="handed_over", to="owner:guest-relations")
    assert [each.act for each in (plain, declined, over, owner)] == [None, "declined", "handed_over", "handed_over"]
    assert [each.body.get("to") for each in (plain, declined, over, owner)] == [None, None, "manager", "owner:guest-relations"]
    assert len({json.dumps(each.body["decision"], sort_keys=True) for each in (plain, declined, over, owner)}) == 1
    assert all(ledger.redecide(each.id).same for each in (plain, declined, over, owner))
    assert ledger.verify(thorough=True, decide=True).ok


@pytest.mark.parametrize(
    ("facts", "credit", "outcome", "backed"),
    [
        (THREATS, "10 EUR", "deny", ("threats",)),
        ({}, "10 EUR", "grant", ()),  # they refused although it was possible: on record, too
        ({"level": 4}, "10 EUR", "escalate", ()),
        ({}, "900 EUR", "escalate", ()),
    ],
)
def test_the_policy_backs_who_declines_what_a_guardrail_denies(
    ledger: remit.Ledger, facts: dict[str, Any], credit: str, outcome: str, backed: tuple[str, ...]
) -> None:
    entry = ledger.decide(desk(), request(credit, facts=facts), act="declined")
    assert (entry.kind, entry.outcome, entry.backed_by) == ("decide", outcome, backed)
    assert str(ledger.balances(desk(), request())["guest-money"].used) == "0 EUR"
    assert not schema_problems(entry.body)


def test_only_what_denied_it_backs_who_declines_it(ledger: remit.Ledger) -> None:
    """Other guardrails are among the reasons, too."""
    more = (
        "  - {id: second, when: {level: 3}, then: escalate}\n  - {id: less, when: {level: 3}, then: {limit: {credit: 1 EUR}}}\n"
    )
    policy = remit.loads(desk(visits=0).model.text.replace("  - id: threats", f"{more}  - id: threats"), "desk.yaml")
    entry = ledger.decide(policy, request(asked={"points": 5}, facts=THREATS), act="declined")
    assert entry.decision is not None
    assert {each.id for each in entry.decision.reasons} >= {"threats", "second", "less", "regular"}
    assert entry.backed_by == ("threats",)
    assert ledger.decide(policy, request(facts=THREATS)).backed_by == ()  # nothing was done with it


def schema_problems(body: dict[str, Any]) -> list[str]:
    from jsonschema.validators import validator_for

    rules = schema("record")
    return [error.message for error in validator_for(rules)(rules).iter_errors(body)]


@pytest.mark.parametrize(
    ("act", "to", "path"),
    [
        ("refused", None, "act"),
        (3, None, "act"),
        ("handed_over", None, "to"),
        ("declined", "manager", "to"),
        (None, "manager", "to"),
        ("handed_over", "chef", "to"),
        ("handed_over", "owner:somebody", "to"),
    ],
)
def test_what_is_no_act_is_refused_and_nothing_is_written(ledger: remit.Ledger, act: Any, to: Any, path: str) -> None:
    with pytest.raises(RequestError) as refused:
        ledger.decide(desk(), request(), act=act, to=to)
    assert path in {problem.path for problem in refused.value.problems}
    assert ledger.head().size == 0


def test_an_act_is_in_a_copy(tmp_path: Path, ledger: remit.Ledger) -> None:
    ledger.decide(desk(), request(facts=THREATS), act="handed_over", to="manager")
    path = tmp_path / "all.jsonl"
    ledger.export(path, whole=True)
    secret = ledger._core.secret
    with import_ledger(path, tmp_path / "copy.db", secret=secret) as copy:
        assert next(copy.records()).act == "handed_over"
        assert copy.head() == ledger.head()


def test_a_grant_says_nothing_of_it(backend: str, tmp_path: Path) -> None:
    with new_ledger(backend, tmp_path) as ledger:
        refused = ledger.grant(desk(), request(facts=THREATS))
        assert (refused.body["tried"], "act" in refused.body) == ("grant", False)
