"""What a change really changes: proofs about two policies agree with trying every case, and are told as people read them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.authoring.differences.declared import difference
from remit.authoring.proving.change import change_questions
from remit.authoring.proving.change.allowed_changes import allowed_regions
from remit.authoring.proving.change.change_gates import Gate, gated
from remit.authoring.proving.change.change_proof import ChangeProof, prove_change
from remit.authoring.proving.change.change_telling import proof_as_lines, proof_as_markdown
from remit.authoring.proving.proof_cases import ProofCase
from remit.core.texts import Texts
from remit.core.views import PolicyView
from remit.decision.inputs import check_request
from remit.decision.quantities import as_quantity
from remit.errors import PolicyError
from remit.language.values import Money
from remit.ledger.people.roster_file import read_roster
from remit.policy.model import Model
from remit.readings.numbers.definition import NumberCase
from remit.readings.numbers.number_views import SURE
from remit.readings.smt import solver
from support.golden import CASES, same_as
from support.small_policy import LADDER, policies, text_of
from support.trials import trials

HOTEL = (CASES / "diff" / "hotel.yaml").read_text(encoding="utf-8")


def proved(old: Model, new: Model, **given: Any) -> ChangeProof:
    """The proof of a change."""
    *_, (_, _, proof) = prove_change(old, new, difference(old, new), **given)
    assert proof is not None
    return proof


def edited(text: str, *edits: tuple[str, str]) -> Model:
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    return remit.loads(text, "new.yaml").model


def of_hotel(*edits: tuple[str, str]) -> tuple[Model, Model]:
    return remit.loads(HOTEL, "old.yaml").model, edited(HOTEL, *edits)


#: A change -> what it is, and what is written otherwise.
CHANGES: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "a-raised-amount": ("wider", (("may: {credit: 30 EUR, points: 2000", "may: {credit: 50 EUR, points: 2000"),)),
    "a-lowered-amount": ("narrower", (("may: {credit: 30 EUR, points: 2000", "may: {credit: 20 EUR, points: 2000"),)),
    "a-loosened-condition": ("wider", (('incident.severity: ">= 2"}', 'incident.severity: ">= 1"}'),)),
    "a-removed-guardrail": (
        "wider",
        (
            (
                "  - id: repeat\n"
                '    when: "guest.recoveries >= 3"\n'
                "    then: {limit: {credit: 0 EUR, points: 0}}\n"
                "    because: A fourth recovery in 90 days needs a conversation, not another credit.\n",
                "",
            ),
        ),
    ),
    "a-changed-row": ("wider", (('[[noise, cleanliness], "[2..4)", "1"]', '[[noise, cleanliness], "[2..4)", "2"]'),)),
    "a-changed-formula": (
        "both",
        (("stay.nightly_rate * ruined_nights, 150", "stay.nightly_rate * ruined_nights * 50%, 250"),),
    ),
    "a-renamed-value": ("equal", (("ruined_nights", "nights_lost"),)),
    "a-raised-cap": ("changed", (("over: lifetime,       max: 600 EUR", "over: lifetime,       max: 700 EUR"),)),
    "what-is-owed": ("narrower", (("owed: {credit: stay.nightly_rate} ", "owed: {credit: stay.nightly_rate * 90%} "),)),
    "a-wider-fact": (
        "changed",
        (('{type: integer, min: 1, ask: "How many nights', '{type: integer, min: 0, ask: "How many nights'),),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_every_kind_of_change_is_told(name: str) -> None:
    verdict, edits = CHANGES[name]
    proof = gated(proved(*of_hotel(*edits), increase_over=50_00), "no-wider", Money.of("50 EUR"))
    text = "\n".join(proof_as_lines(proof)) + "\n"
    same_as(f"diff/proved/{name}.txt", text)
    assert proof.verdict == verdict
    assert not proof.open


def test_in_a_pull_request() -> None:
    proof = gated(proved(*of_hotel(*CHANGES["a-removed-guardrail"][1])), "equal")
    same_as("diff/proved/a-removed-guardrail.md", "\n".join(proof_as_markdown(proof)) + "\n")


def test_a_turned_change_is_the_opposite() -> None:
    old, new = of_hotel(*CHANGES["a-raised-amount"][1])
    assert proved(new, old).settled == {"wider": "no", "narrower": "yes"}


def test_rules_in_another_order_are_equal_without_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    old = remit.loads(HOTEL).model
    monkeypatch.setattr(change_questions, "ask", None)
    assert proved(old, replace(old, rules=old.rules[::-1], guardrails=old.guardrails[::-1])).verdict == "equal"


@pytest.mark.parametrize(
    ("change", "gate", "passes"),
    [
        ("a-raised-amount", "no-wider", False),
        ("a-raised-amount", "no-narrower", True),
        ("a-raised-amount", "equal", False),
        ("a-lowered-amount", "no-wider", True),
        ("a-renamed-value", "equal", True),
        ("a-raised-cap", "equal", False),
        ("a-raised-cap", "no-wider", False),
        ("a-raised-cap", "no-narrower", True),
        ("a-wider-fact", "no-wider", False),
        ("a-wider-fact", "no-narrower", True),
    ],
)
def test_gates(change: str, gate: Gate, passes: bool) -> None:
    (outcome,) = gated(proved(*of_hotel(*CHANGES[change][1])), gate).gates
    assert outcome.passed is passes
    assert bool(outcome.reasons) is not passes


@pytest.mark.parametrize(("most", "passes"), [("20 EUR", True), ("19.99 EUR", False)])
def test_the_largest_increase_is_held_to_the_cent(most: str, passes: bool) -> None:
    limit = Money.of(most)
    proof = proved(*of_hotel(*CHANGES["a-raised-amount"][1]), increase_over=limit.minor)
    (outcome,) = gated(proof, None, limit).gates
    assert outcome.passed is passes
    assert max(each.largest.reached for each in proof.increases) == 20_00


@pytest.mark.parametrize(
    "edit",
    [
        (
            "ladder: [associate, supervisor, duty_manager, general_manager]",
            "ladder: [supervisor, associate, duty_manager, general_manager]",
        ),
        ("otherwise: escalate", "otherwise: deny"),
        ("associate:  {each: 25 EUR", "associate:  {each: 26 EUR"),
        ("evidence: [note]}", "evidence: [incident_report]}"),
        ("\notherwise:", "\nclaim: {per: [stay.id]}\n\notherwise:"),
        ("\notherwise:", '\napprovals:\n  - {when: "asked.credit > 600 EUR", count: 2}\n\notherwise:'),
        ("over: 90 days}}", "over: 91 days}}"),
        ("cost: 45 EUR", "cost: 46 EUR"),
        ("    to: duty_manager\n", "    to: general_manager\n"),
        ("    then: deny\n", "    then: escalate\n"),
    ],
)
def test_nothing_is_equal_where_something_else_changed(edit: tuple[str, str]) -> None:
    old, new = of_hotel(edit)
    proof = gated(proved(old, new), "equal")
    assert proof.verdict != "equal"
    assert proof.not_covered
    assert not proof.gates[0].passed


def test_facts_of_another_kind_are_not_compared() -> None:
    old, new = of_hotel(("stay.nights:       {type: integer, min: 1", "stay.nights:       {type: number, min: 1"))
    proof = gated(proved(old, new), "no-wider")
    assert (proof.verdict, proof.gates[0].passed) == ("open", False)
    assert "stay.nights" in proof.open[0][1]


def test_no_value_in_common_is_no_proof() -> None:
    texts = [
        HOTEL.replace("incident.severity: {type: integer, min: 1, max: 5", f"incident.severity: {{type: integer, {each}")
        for each in ("min: 1, max: 4", "min: 5, max: 9")
    ]
    proof = gated(proved(*(remit.loads(each).model for each in texts)), "no-wider", Money.of("1 EUR"))
    assert proof.verdict == "open"
    assert not any(each.passed for each in proof.gates)


STAFF = """
roster: desk
version: "1"
staff:
  - {id: a-1, role: associate, owns: [hotel-guest-recovery]}
  - {id: o-1, role: operations, owns: [hotel-guest-recovery], publishes: true}
  - {id: o-2, role: operations, owns: [other]}
  - {id: o-3, role: operations, owns: [hotel-guest-recovery], agent: true}
  - {id: o-4, role: operations, owns: [hotel-guest-recovery], until: 2026-01-31}
"""
REGION = "wider limit credit: rule small-gesture"


def allowing(path: Path, proof: ChangeProof, **given: str) -> Mapping[str, str]:
    digests = {side: model.digest for side, model in proof.pair.models.items()}
    row = {"region": REGION, "by": "o-1", "because": "Agreed.", **{key: given[key] for key in given.keys() - digests}}
    file = path / "allow.yaml"
    file.write_text(json.dumps({**digests, **{key: given[key] for key in given.keys() & digests}, "allowed": [row]}))
    return allowed_regions(file, proof, read_roster(STAFF), date(2026, 11, 28))


def test_a_region_that_the_owner_allows_passes(tmp_path: Path) -> None:
    proof = proved(*of_hotel(*CHANGES["a-raised-amount"][1]))
    (outcome,) = gated(proof, "no-wider", allowed=allowing(tmp_path, proof)).gates
    assert (outcome.passed, outcome.reasons) == (True, (f"allowed by o-1: {REGION}",))
    (outcome,) = gated(proved(*of_hotel(*CHANGES["a-loosened-condition"][1])), "no-wider", allowed={REGION: "o-1"}).gates
    assert not outcome.passed


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        ({"by": "a-1"}, "allow/person", "it raises what they may give themselves"),
        ({"by": "o-2"}, "allow/person", "they do not own `hotel-guest-recovery`"),
        ({"by": "o-3"}, "allow/person", "they are an AI agent"),
        ({"by": "o-4"}, "allow/person", "they do not work here on 2026-11-28"),
        ({"by": "x-9"}, "allow/person", "they are not on the roster"),
        ({"region": "wider limit points: rule small-gesture"}, "allow/region", "there is no region"),
        ({"new": "sha256:" + 64 * "0"}, "allow/digest", "another text of the new policy"),
        ({"old": "yesterday"}, "schema/form", "old"),
        ({"because": " "}, "schema/form", "because"),
    ],
)
def test_what_allows_nothing(tmp_path: Path, given: Mapping[str, str], code: str, says: str) -> None:
    proof = proved(*of_hotel(*CHANGES["a-raised-amount"][1]))
    with pytest.raises(PolicyError) as error:
        allowing(tmp_path, proof, **given)
    (problem,) = error.value.problems
    assert problem.code == code
    assert says in str(problem)


ROOTS = """
policy: roots
title: Roots
version: "1"
owner: us
currency: EUR
ladder: [clerk, boss]
facts:
  level: {type: integer, min: 1, max: 9}
  price: {type: money, min: 0 EUR, max: 100 EUR}
remedies:
  credit: {type: money, title: Credit}
values:
  root: sqrt(level)
rules:
  - {id: some, because: Yes., may: {credit: price * root}}
"""


def test_what_only_the_evaluator_works_out_is_not_taken_for_the_same() -> None:
    """The rule is written the same; what it reads is not."""
    new = edited(ROOTS, ("sqrt(level)", "sqrt(level) + 1"))
    proof = gated(proved(remit.loads(ROOTS).model, new), "no-wider")
    assert proof.settled["wider"] == "yes"
    assert not proof.gates[0].passed


def test_what_only_the_evaluator_works_out_is_the_same_where_all_that_it_reads_is() -> None:
    new = edited(ROOTS, ("credit: price * root}", "credit: {clerk: price * root, boss: price * 10}}"))
    assert proved(remit.loads(ROOTS).model, new).settled == {"wider": "yes", "narrower": "no"}


def test_a_calendar_that_differs_leaves_open_what_reads_it() -> None:
    old = remit.load(remit.shipped("uk-energy-guaranteed-standards")).model
    name, calendar = next(iter(old.calendars.items()))
    fewer = replace(calendar, holidays=frozenset(sorted(calendar.holidays)[1:]))
    rule = replace(old.rules[0], when=None)
    new = replace(old, calendars={**old.calendars, name: fewer}, rules=(rule, *old.rules[1:]))
    proof = gated(proved(old, new), "no-narrower")
    assert not proof.gates[0].passed
    assert any(name in told for _, told in proof.open)
    assert any(each.heading == "Calendars" for each in proof.not_covered)


def test_a_role_that_is_new_is_not_compared() -> None:
    old, new = of_hotel(("duty_manager, general_manager]", "duty_manager, area_manager, general_manager]"))
    proof = gated(proved(old, new), "no-wider")
    assert proof.settled == {"wider": "no", "narrower": "no"}
    assert not proof.gates[0].passed
    assert gated(proof, "no-narrower").gates[0].passed


NONSENSE = {
    "killed": "import os; os.kill(os.getpid(), 9)",
    "silent": "import time; time.sleep(600)",
    "nonsense": "print('maybe', flush=True); import time; time.sleep(600)",
    "an error first": "print('(error \"x\")\\nunsat', flush=True); import time; time.sleep(600)",
}


@pytest.mark.parametrize("what", NONSENSE)
def test_a_solver_that_does_not_answer_proves_nothing(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "solver_command", lambda: [sys.executable, "-c", NONSENSE[what]])
    proof = gated(proved(*of_hotel(*CHANGES["a-lowered-amount"][1]), seconds=0.3), "no-wider")
    assert (proof.verdict, proof.gates[0].passed) == ("open", False)
    assert proof.open


# Against every case


SMALL_FACTS = {
    "tier": {"type": "choice", "of": ["none", "gold"]},
    "kind": {"type": "choice", "of": ["late", "lost", "rude"]},
    "level": {"type": "integer", "min": 1, "max": 4},
    "price": {"type": "money", "min": "49.99 EUR", "max": "50.01 EUR"},
    "hurt": {"type": "boolean"},
}
SPACE: Mapping[str, tuple[Any, ...]] = {
    "tier": ("none", "gold"),
    "kind": ("late", "lost", "rude"),
    "level": (1, 2, 3, 4),
    "price": ("49.99 EUR", "50 EUR", "50.01 EUR"),
    "hurt": (True, False),
}


def every_case() -> Iterator[dict[str, Any]]:
    return (dict(zip(SPACE, values, strict=True)) for values in product(*SPACE.values()))


def amounts(model: Model, facts: Mapping[str, Any], role: str, asked: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """What may be given and is owed, by the definition."""
    request = {"employee": {"id": "e", "role": role}, "asked": asked, "facts": facts, "occurred": "2026-07-01"}
    bundle = NumberCase(model, check_request(model, request), Texts(PolicyView.of(model))).bundle(SURE)
    found = {name: bundle.authority(name) for name in model.remedies}
    return {
        (of, name): int(each.limit if of == "limit" else each.claim) for name, each in found.items() for of in ("limit", "owed")
    }


@st.composite
def changes(draw: st.DrawFn) -> tuple[Model, Model]:
    """A small policy, and the same with something else in one place."""
    old, other = draw(policies()), draw(policies())
    rules, guardrails = list(old["rules"]), list(old.get("guardrails", ()))
    match draw(st.sampled_from(["rule", "less", "more", "guardrails", "rounding", "order"])):
        case "rule":
            rules[draw(st.integers(0, len(rules) - 1))] = other["rules"][0]
        case "less" if len(rules) > 1:
            rules.pop()
        case "more":
            rules.append(other["rules"][0])
        case "guardrails":
            guardrails = list(other.get("guardrails", ()))
        case "rounding":
            old = {**old, "rounding": "up"}
        case _:
            rules.reverse()
    new = {**old, "rules": rules, "guardrails": guardrails}
    return tuple(remit.loads(text_of({**each, "facts": SMALL_FACTS})).model for each in (old, new))  # type: ignore[return-value]


@pytest.mark.slow
@trials(120)
@given(changes(), st.sampled_from(LADDER), st.sampled_from([{}, {"credit": "31 EUR"}, {"points": 25, "upgrade": True}]))
def test_proofs_agree_with_every_case(pair: tuple[Model, Model], role: str, asked: Mapping[str, Any]) -> None:
    old, new = pair
    proof = proved(old, new, seconds=20)
    found = set()
    for facts in every_case():
        before, after = (amounts(model, facts, role, asked) for model in pair)
        found |= {"wider" if after[key] > before[key] else "narrower" for key in before if before[key] != after[key]}
    for direction in found:
        assert proof.settled[direction] != "no", direction  # type: ignore[index]
    for region in proof.regions:
        confirm(proof, region)


def confirm(proof: ChangeProof, region: Any) -> None:
    """Its example is decided by each policy as it says."""
    case: ProofCase = region.case
    asked = {
        name: as_quantity(proof.pair.models["new"], proof.pair.models["new"].remedies[name], each)
        for name, each in case.asked.items()
    }
    before, after = (
        amounts(model, case.facts, region.role, asked)[region.aspect, region.remedy] for model in proof.pair.models.values()
    )
    assert (before < after) is (region.direction == "wider")
    said = [
        as_quantity(proof.pair.models["new"], proof.pair.models["new"].remedies[region.remedy], each)
        for each in (before, after)
    ]
    assert said == [region.before, region.after]
