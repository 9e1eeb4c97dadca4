"""What changed between two policies: golden texts, and nothing that changes a policy goes untold."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from remit.authoring.differences.changes import ChangeDetail, Difference
from remit.authoring.differences.declared import difference
from remit.authoring.differences.examples import examples
from remit.authoring.differences.telling import human, markdown
from remit.authoring.formatting.formatted_files import format_text
from remit.authoring.mutation import mutations
from remit.authoring.show import document
from remit.authoring.show import markdown as handbook
from remit.deciding.policy import Policy
from remit.language import words
from remit.policy.loader import read_model
from remit.policy.model import Model
from support import small_policy
from support.golden import CASES, same_as
from support.trials import trials

FOLDER = CASES / "diff"
PAIRS: dict[str, Any] = yaml.safe_load((FOLDER / "pairs.yaml").read_text(encoding="utf-8"))


@cache
def pair(name: str) -> tuple[Model, Model]:
    case = PAIRS[name]
    old = (FOLDER / f"{case['policy']}.yaml").read_text(encoding="utf-8")
    new = old
    for before, after in case["edits"]:
        assert before in new, f"{before!r} is not in {case['policy']}.yaml"
        new = new.replace(before, after)
    return read_model(old, f"{case['policy']}.yaml"), read_model(new, f"{name}.yaml")


@cache
def found(name: str) -> Difference:
    old, new = pair(name)
    told = difference(old, new)
    return replace(told, examples=examples(old, new, most=6)) if told.changed else told


@pytest.mark.parametrize("name", PAIRS)
def test_in_words(name: str) -> None:
    same_as(f"diff/{name}.txt", "\n".join(human(found(name))) + "\n")


@pytest.mark.parametrize("name", ["larger-amounts", "rules-come-and-go"])
def test_as_markdown(name: str) -> None:
    same_as(f"diff/{name}.md", "\n".join(markdown(found(name))) + "\n")


def test_for_programs() -> None:
    same_as("diff/larger-amounts.json", json.dumps(found("larger-amounts").to_dict(), indent=2, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("name", [name for name in PAIRS if not name.endswith("-only")])
def test_examples_are_what_the_policies_decide(name: str) -> None:
    """Both policies are asked again, through the front door."""
    told = found(name).examples
    assert told is not None
    assert len(told.shown) <= 6
    assert told.differing <= told.tried <= 600
    for example in told.shown:
        lines = {(line.what, line.before, line.after) for line in example.lines if "asking" not in line.what}
        assert lines == set(decided(pair(name), dict(example.given), example.day))


def decided(models: tuple[Model, Model], given: dict[str, Any], day: object) -> Iterator[tuple[str, str, str]]:
    """What is decided otherwise, for any role."""

    def ask(model: Model, role: str) -> Any:
        known = {name: value for name, value in given.items() if name in model.facts}
        history = {name: known.pop(name) for name in list(known) if model.facts[name].history}
        request = {"employee": {"id": "e-9", "role": role}, "facts": known, "occurred": day}
        return Policy(model).decide(request, history=history)

    for role in models[0].ladder:
        was, now = (ask(model, role) for model in models)
        for remedy, declared in models[0].remedies.items():
            title = words.in_sentence(declared.title)
            pairs = {what: tuple(getattr(each.remedies[remedy], what) for each in (was, now)) for what in ("limit", "owed")}
            for what, (before, after) in pairs.items():
                if before != after and not (what == "limit" and pairs["limit"] == pairs["owed"]):
                    label = f"may give {title}" if what == "limit" else f"is owed {title}"
                    yield label, words.quantity(before), words.quantity(after)


def test_the_same_twice() -> None:
    old, new = pair("rows")
    assert examples(old, new) == examples(old, new)


@trials(60)
@given(small_policy.policies())
def test_layout_is_no_change(policy: dict[str, object]) -> None:
    text = small_policy.text_of(policy)
    assert not difference(read_model(text), read_model(format_text(text))).changed


@trials(60)
@given(small_policy.policies(), st.randoms(use_true_random=False))
def test_the_order_of_rules_and_of_what_is_joined_is_no_change(policy: dict[str, Any], chance: random.Random) -> None:
    for number, rule in enumerate(policy["rules"]):
        rule["id"] = f"rule-{number}"
    other = copy.deepcopy(policy)
    chance.shuffle(other["rules"])
    for each in (*other["rules"], *other.get("guardrails", [])):
        if isinstance(when := each.get("when"), dict):
            keys = list(when)
            chance.shuffle(keys)
            each["when"] = {key: when[key] for key in keys}
    old, new = (read_model(small_policy.text_of(each)) for each in (policy, other))
    assert difference(old, new).parts == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fee > 3 EUR", "3 EUR < fee"),
        ("3 EUR <= fee and days = 2", "2 = days and fee >= 3 EUR"),
        ("not(days != 3)", "not(3 != days)"),
        ("not(fee >= 3 EUR or days < 1)", "not(1 > days or 3 EUR <= fee)"),
        ("if days > 3 then fee > 3 EUR else 3 EUR < fee", "if days > 3 then fee > 3 EUR else 3 EUR < fee"),
    ],
)
def test_a_comparison_turned_around_is_no_change(one: str, other: str) -> None:
    old, new = (read_model(SHARES.format(when=when, share="50%", rounding="up")) for when in (one, other))
    assert difference(old, new).parts == ()


@pytest.mark.parametrize(
    ("one", "other"), [("fee > 3 EUR", "3 EUR > fee"), ("3 EUR <= fee", "3 EUR < fee"), ("not(days = 3)", "not(days != 3)")]
)
def test_another_comparison_is_a_change(one: str, other: str) -> None:
    old, new = (read_model(SHARES.format(when=when, share="50%", rounding="up")) for when in (one, other))
    assert [part.name for part in difference(old, new).parts] == ["owed", "guardrails", "requires", "promises"]


def test_who_must_agree_is_told() -> None:
    text = SHARES.format(when="fee > 1 EUR", share="50%", rounding="up")
    one = 'approvals:\n  - {when: "asked.gift > 50 EUR", count: 2, by: boss, within: 4 hours}\n'
    none, old, new = (read_model(text + more) for more in ("", one, one.replace("count: 2, by: boss", "count: 3")))
    (part,) = difference(none, old).parts
    (change,) = part.changes
    assert (part.name, change.kind, change.details[0].after) == (
        "approvals",
        "added",
        "two people, a boss or above, within 4 hours",
    )
    (part,) = difference(old, new).parts
    assert part.changes[0].details == (
        ChangeDetail("agreed by", "two people, a boss or above, within 4 hours", "three people, within 4 hours"),
    )
    assert [part.name for part in difference(new, none).parts] == ["approvals"]
    assert "three people, within 4 hours" in handbook(document(new))


SHARES = """
policy: shares
title: Shares
version: "1"
owner: us
currency: EUR
rounding: {rounding}
ladder: [clerk, boss]
facts:
  fee: {{type: money, min: 0 EUR, max: 1000 EUR}}
  days: {{type: integer, min: 0, max: 30}}
remedies: {{refund: {{type: money, title: Refund}}, gift: {{type: money, title: Gift}}}}
rules:
  - {{id: share, because: Half is ours., when: '{when}', owed: {{refund: fee * {share}}}}}
  - {{id: daily, because: A day counts., may: {{gift: days * 125 EUR / 1000}}}}
guardrails:
  - {{id: slow, because: Slowly., say: One moment., when: '{when}', then: {{escalate: [gift]}}}}
evidence: {{note: {{title: A note}}}}
requires:
  - {{when: '{when}', evidence: [note]}}
promises:
  - {{id: then, always: 'owed.refund <= 600 EUR or ({when})'}}
"""


@pytest.mark.parametrize("share", ["50%", "25%", "12.5%", "5%", "1 / 3"])
@pytest.mark.parametrize(("before", "after"), [("half up", "half down"), ("half up", "half even"), ("up", "down")])
def test_another_rounding_is_shown_where_it_shows(share: str, before: str, after: str) -> None:
    """At a fraction of a cent, which amounts in whole euros seldom have; a third of something never has half a cent."""
    models = [read_model(SHARES.format(when="fee > 1 EUR", share=share, rounding=each)) for each in (before, after)]
    shown = examples(*models).shown
    told = {line.what for example in shown for line in example.lines}
    assert any("gift" in what for what in told)
    assert any("refund" in what for what in told) == (share != "1 / 3" or before == "up")


@trials(40)
@given(small_policy.policies(), st.data())
def test_every_small_change_is_told(policy: dict[str, object], data: st.DataObject) -> None:
    model = read_model(small_policy.text_of(policy))
    changes = [made for each in mutations(model) if (made := each.make()) is not None and made != model]
    for changed in changes[: data.draw(st.integers(1, 12))]:
        there, back = difference(model, changed), difference(changed, model)
        assert there.changed
        assert back.changed
        assert all(each.details or each.about for _, each in there.changes())
        assert not any(part.name == "other" for part in there.parts)


@trials(60)
@given(small_policy.policies(), small_policy.policies())
def test_any_two_policies_can_be_compared(one: dict[str, object], other: dict[str, object]) -> None:
    old, new = read_model(small_policy.text_of(one)), read_model(small_policy.text_of(other))
    told = difference(old, new)
    assert told.changed or replace(old, digest=new.digest, rules=()) == replace(new, rules=())
    assert human(told)
    assert markdown(told)
    json.dumps(told.to_dict())


@trials(10)
@given(small_policy.policies(), small_policy.policies())
def test_examples_of_any_two_policies(one: dict[str, object], other: dict[str, object]) -> None:
    old, new = read_model(small_policy.text_of(one)), read_model(small_policy.text_of(other))
    told = examples(old, new, most=2)
    assert told.differing <= told.tried
    assert len(told.shown) <= 2
    assert bool(told.shown) == bool(told.differing)
    assert not examples(old, old, most=2).differing
