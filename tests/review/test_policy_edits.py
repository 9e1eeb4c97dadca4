"""A change touches one amount and the version, and no other character; what cannot be changed cleanly is refused in words."""

from __future__ import annotations

from difflib import ndiff

import pytest

from remit.errors import NotAllowed
from remit.policy.loader import read_model
from remit.policy.model import Model
from remit.review.suggesting.handover_features import Feature
from remit.review.suggesting.policy_edits import EditedPolicy, new_rule, new_version, raised
from remit.review.suggesting.round_amounts import covering, step_of

HEAD = """\
policy: house                # its name
title: A small house
version: "3"
owner: guest-relations
currency: EUR
ladder: [associate, supervisor, manager]
facts:
  kind: {type: choice, of: [noise, wait, late arrival], ask: "What went wrong?"}
  bad: {type: boolean, ask: "Is it bad?"}
  level: {type: integer, min: 1, max: 5, ask: "How bad?"}
remedies:
  credit: {type: money, title: Folio credit}
  points: {type: count, title: Points, cost: 0.01 EUR}
values:
  by_level:
    table:
      inputs: [level]
      hit: HIT
      rows:
        - [">= 4", 40 EUR]   # bad
        - [1, 5 EUR]
      otherwise: 20 EUR
rules:
"""
TAIL = "otherwise: escalate          # as it should be\n"


def policy(rule: str, hit: str = "first", more: str = "") -> Model:
    return read_model(HEAD.replace("HIT", hit) + rule + more + TAIL, "house.yaml")


def changed_lines(before: Model, after: EditedPolicy) -> list[str]:
    """Lines that differ, without the version's."""
    lines = ndiff(before.text.splitlines(), after.model.text.splitlines())
    return [line for line in lines if line[:1] in "+-" and "version" not in line]


RULE = "  - id: only\n    because: So it is.\n    may: MAY\n  - {id: top, because: More., may: {credit: {manager: 900 EUR}}}\n"

EDITS = {
    "one amount for all": ("{credit: 30 EUR, points: 100}", "associate", "{credit: 60 EUR, points: 100}"),
    "a role of its own": ("{credit: 30 EUR}", "supervisor", "{credit: {associate: 30 EUR, supervisor: 60 EUR}}"),
    "by role, in braces": (
        "{credit: {associate: 30 EUR, supervisor: 90 EUR}}",
        "associate",
        "{credit: {associate: 60 EUR, supervisor: 90 EUR}}",
    ),
    "a role that is not named": (
        "{credit: {associate: 30 EUR}}",
        "supervisor",
        "{credit: {associate: 30 EUR, supervisor: 60 EUR}}",
    ),
    "a role below those named": (
        "{credit: {supervisor: 90 EUR}}",
        "associate",
        "{credit: {associate: 60 EUR, supervisor: 90 EUR}}",
    ),
    "in quotes": ("{credit: '30 EUR'}", "associate", "{credit: 60 EUR}"),
}


@pytest.mark.parametrize("name", EDITS)
def test_one_amount_is_changed(name: str) -> None:
    may, role, expected = EDITS[name]
    model = policy(RULE.replace("MAY", may + "  # why not"))
    after = raised(model, model.rules[0], role, "credit", 6000, "4")
    assert changed_lines(model, after) == [f"-     may: {may}  # why not", f"+     may: {expected}  # why not"]
    assert after.model.version == "4"
    assert after.model.rules[1:] == model.rules[1:]


@pytest.mark.parametrize(
    ("role", "lines"),
    [
        ("associate", ["-         associate: 30 EUR  # a start", "+         associate: 60 EUR  # a start"]),
        ("supervisor", ["+         supervisor: 60 EUR"]),
    ],
)
def test_roles_on_lines_of_their_own(role: str, lines: list[str]) -> None:
    may = "\n      credit:\n        # least first\n        associate: 30 EUR  # a start\n        manager: 90 EUR  # the end"
    model = policy(RULE.replace("MAY", may))
    assert changed_lines(model, raised(model, model.rules[0], role, "credit", 6000, "4")) == lines


def test_a_row_of_a_table() -> None:
    model = policy(RULE.replace("MAY", "{credit: by_level}"))
    after = raised(model, model.rules[0], "associate", "credit", 6000, "4", row=0)
    assert changed_lines(model, after) == ['-         - [">= 4", 40 EUR]   # bad', '+         - [">= 4", 60 EUR]   # bad']


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_breaks_and_marks_stay(newline: str, mark: str) -> None:
    model = read_model(mark + policy(RULE.replace("MAY", "{credit: 30 EUR}")).text.replace("\n", newline), "house.yaml")
    after = raised(model, model.rules[0], "associate", "credit", 6000, "4").model.text
    assert after == model.text.replace("credit: 30 EUR", "credit: 60 EUR").replace('"3"', '"4"')
    added = new_rule(model, (Feature("fact", "kind", "noise"),), "associate", "credit", 6000, "4").model.text
    assert added.startswith(mark + "policy")
    assert added.count("\n") == added.count(newline)


REFUSED = {
    "a formula": ("{credit: min(10 EUR * level, 30 EUR)}", None, "first", "works out the amount by a formula"),
    "several rows": ("{credit: by_level}", None, "first", "comes from several rows"),
    "rows that add up": ("{credit: by_level}", 0, "collect sum", "adds its rows up"),
    "a row of another rule, too": ("{credit: by_level}", 0, "first", "more than one place"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_clean_is_refused_in_words(name: str) -> None:
    may, row, hit, words = REFUSED[name]
    more = (
        "  - {id: too, because: It is., when: {bad: true}, may: {credit: {supervisor: by_level}}}\n"
        if "another" in name
        else ""
    )
    model = policy(RULE.replace("MAY", f'{{credit: "{may[9:-1]}"}}' if name == "a formula" else may), hit, more)
    with pytest.raises(NotAllowed, match=words):
        raised(model, model.rules[0], "associate", "credit", 6000, "4", row=row)


def test_a_promise_that_would_break_is_kept() -> None:
    promise = "promises:\n  - {id: small, always: 'limit.credit.associate <= 50 EUR'}\n"
    model = policy(RULE.replace("MAY", "{credit: 30 EUR}"), more=promise)
    with pytest.raises(NotAllowed, match="remit check"):
        raised(model, model.rules[0], "associate", "credit", 6000, "4")
    assert raised(model, model.rules[0], "associate", "credit", 5000, "4")


def test_a_new_rule_names_exactly_the_facts() -> None:
    model = policy(RULE.replace("MAY", "{credit: 30 EUR}"))
    where = (Feature("fact", "kind", "late arrival"), Feature("fact", "bad", True), Feature("threshold", "level", 4))
    after = new_rule(model, where, "supervisor", "credit", 6000, "4")
    assert after.rule == "credit-late-arrival-bad-level"
    assert changed_lines(model, after) == [
        "+   - id: credit-late-arrival-bad-level",
        "+     because: Nearly every time this was asked for, it was approved.",
        """+     when: {kind: '"late arrival"', bad: true, level: ">= 4"}""",
        "+     may: {credit: {supervisor: 60 EUR}}",
    ]
    assert new_rule(after.model, where[:1], "supervisor", "credit", 5000, "5").rule == "credit-late-arrival"


@pytest.mark.parametrize(
    ("version", "taken", "expected"),
    [
        ("2026.2", (), "2026.3"),
        ("2026.9", (), "2026.10"),
        ("1", ("2", "3"), "4"),
        ("v1-final", (), "v2-final"),
        ("draft", (), "draft.2"),
        ("007", (), "008"),
    ],
)
def test_versions(version: str, taken: tuple[str, ...], expected: str) -> None:
    model = read_model(policy(RULE.replace("MAY", "{credit: 30 EUR}")).text.replace('"3"', f'"{version}"'), "house.yaml")
    assert new_version(model, taken) == expected


def test_steps_are_those_of_the_policy() -> None:
    assert step_of(policy(RULE.replace("MAY", "{credit: 30 EUR}")), "credit") == 1000
    assert step_of(policy(RULE.replace("MAY", "{credit: 25 EUR}")), "credit") == 500
    assert step_of(policy(RULE.replace("MAY", "{credit: 22.50 EUR}")), "credit") == 50
    assert step_of(policy(RULE.replace("MAY", "{credit: 30 EUR, points: 1500}")), "points") == 500
    assert step_of(policy(RULE.replace("MAY", "{credit: 30 EUR}")), "points") == 1


@pytest.mark.parametrize(
    ("amounts", "step", "most", "expected"),
    [
        ([3100, 3500, 4000, 4200, 9000], 1000, None, (5000, 0.8)),
        ([3100, 3500, 4000, 4200, 9000], 1000, 4500, (4000, 0.6)),
        ([1200] * 10, 10_000, None, (1200, 1.0)),
        ([1], 1, None, (1, 1.0)),
    ],
)
def test_the_amount_covers_most(amounts: list[int], step: int, most: int | None, expected: tuple[int, float]) -> None:
    assert covering(amounts, step, most) == expected
