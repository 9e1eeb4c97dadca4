"""Slips of an author, seeded into the shipped policies, are found by ``remit prove`` with a case that shows them; the policies
as they are shipped are proved.

What is found is not taken on trust: the case is decided again by the faulty policy, which shows the fault, and by the shipped
one, which does not. Of what is said to be dead it is looked at whether the policy decides the same without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

import remit
from remit.authoring.proposing.situations import Situations
from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.proof_run import KINDS_OF_STATEMENTS, prove
from remit.authoring.proving.prover import Prover
from remit.authoring.testing.case_reader import read_case_file
from remit.authoring.testing.casefile import test_file_of as cases_beside
from remit.authoring.thresholds import usual_time
from remit.deciding.loading import loads
from remit.language.evaluating.evaluator import evaluate
from remit.language.words import quantity
from remit.ledger.recorded_facts import read_plain, to_plain
from remit.policy.model import Fact, Table
from remit.readings.numbers.reference import Scope
from support.rules import POLICIES, RULES, load

FAULTS: Final = Path(__file__).parents[1] / "cases" / "proving" / "seeded-faults.yaml"
#: The policies of which a statement takes more than two seconds.
_LARGE: Final = frozenset({"eu-air-passenger-rights", "uk-telecom-automatic-compensation"})
#: At most how many cases are looked at to see that a dead part changes nothing.
_CASES: Final = 25


@dataclass(frozen=True)
class Fault:
    """One slip: in which policy, what is written instead of what, and which statement is then refuted."""

    policy: str
    name: str
    edits: Mapping[str, str]
    kind: str
    of: str

    @property
    def shipped(self) -> remit.Policy:
        return load(RULES / f"{self.policy}.yaml")

    @property
    def text(self) -> str:
        text = (RULES / f"{self.policy}.yaml").read_text(encoding="utf-8")
        for old, new in self.edits.items():
            assert text.count(old) == 1, f"`{old}` is there {text.count(old)} times"
            text = text.replace(old, new)
        return text


def faults() -> Iterator[Fault]:
    for policy, entries in yaml.safe_load(FAULTS.read_text(encoding="utf-8")).items():
        for entry in entries:
            kind, of = entry["refuted"].split()
            yield Fault(policy, entry["name"], entry["edits"], kind, of)


EVERY: Final = list(faults())


def weighed(value: Any, policy: str, name: str) -> Any:
    """A parameter, slow for the policies that have the most to prove."""
    return pytest.param(value, id=name, marks=[pytest.mark.slow] if policy in _LARGE else [])


@cache
def usual_day(policy: remit.Policy) -> date:
    """The day of an incident where a case does not say it."""
    return Situations(policy.model).day


@dataclass(frozen=True)
class Case:
    """A case as a request has it: facts, what the ledger knows, and the day of the incident."""

    policy: remit.Policy
    facts: Mapping[str, Any]

    @property
    def day(self) -> date:
        return date.fromisoformat(self.facts["occurred"]) if "occurred" in self.facts else usual_day(self.policy)

    def decide(self, role: str, asked: Mapping[str, Any] | None = None) -> remit.Decision:
        model = self.policy.model
        past = {name: self.facts.get(name, _nothing(fact)) for name, fact in model.facts.items() if fact.history is not None}
        facts = {name: value for name, value in self.facts.items() if name != "occurred" and name not in past}
        request = {"employee": {"id": "e", "role": role}, "facts": facts, "occurred": self.day, "asked": asked or {}}
        return self.policy.decide(request, history=past, at=usual_time(model, self.day))

    @cached_property
    def amounts(self) -> dict[str, Any]:
        """What is owed, and what each role may give, as promises call it."""
        found: dict[str, Any] = {}
        for role in self.policy.model.ladder:
            for name, detail in self.decide(role).remedies.items():
                found |= {f"limit.{name}.{role}": detail.limit, f"owed.{name}": detail.owed}
        return found

    def keeps(self, promise: str) -> bool:
        model = self.policy.model
        past = {name: _nothing(fact) for name, fact in model.facts.items() if fact.history is not None}
        usual = {name: to_plain(fact.default) for name, fact in model.facts.items() if fact.default is not None}
        told = {name: value for name, value in self.facts.items() if name != "occurred"}
        known = read_plain(model.facts, {**past, **usual, **told})
        names = Scope(model, known, employee="e", role=model.ladder[0], asked={}, occurred=self.day)
        (node,) = [each.always.node for each in model.promises if each.id == promise]
        return evaluate(node, {**dict(names), **self.amounts}, calendars=model.calendars) is not False

    def falls(self, remedy: str) -> bool:
        """Whether a role may give less than the one below it."""
        amounts = self.amounts
        limits = [size(amounts[f"limit.{remedy}.{role}"]) for role in self.policy.model.ladder]
        return any(high < low for low, high in pairwise(limits))

    def cannot_be_worked_out(self) -> bool:
        """Whether a request for much of everything, that says all, meets what cannot be worked out."""
        usual = {name: to_plain(value) for name, value in Situations(self.policy.model).usual.items()}
        much = {"money": f"1000000 {self.policy.model.currency}", "count": 1_000_000, "exception": True}
        asked = {name: much[each.kind] for name, each in self.policy.model.remedies.items()}
        decision = Case(self.policy, {**usual, **self.facts}).decide(self.policy.model.ladder[0], asked)
        return decision.outcome != "grant" and any("cannot be worked out" in each.text for each in decision.reasons)


def size(amount: Any) -> Decimal:
    return amount.amount if isinstance(amount, remit.Money) else Decimal(amount)


def _nothing(fact: Fact) -> Any:
    return f"0 {fact.type.currency}" if fact.type.kind == "money" else 0


def found(fault: Fault, policy: remit.Policy) -> ProofResult:
    """What comes of the one statement; the others of its kind are not looked at, to save time."""
    model, (_, statements) = policy.model, KINDS_OF_STATEMENTS[fault.kind]
    tables = [name for name, value in model.values.items() if isinstance(value.definition, Table)]
    order = {
        "promise": [each.id for each in model.promises],
        "ladder": [*model.remedies],
        "dead": [*(each.id for each in (*model.rules, *model.guardrails)), *tables, *(each.id for each in model.caps)],
    }
    first = order[fault.kind].index(fault.of) if fault.kind in order else 0
    known = (statement() for statement in islice(statements(Prover(model, 60)), first, None))
    return next(each for each in known if each.of == fault.of)


@pytest.mark.parametrize("fault", [weighed(each, each.policy, f"{each.policy}: {each.name}") for each in EVERY])
def test_a_fault_is_found_and_its_case_shows_it(fault: Fault) -> None:
    faulty = loads(fault.text, f"{fault.policy}.yaml")
    result = found(fault, faulty)
    assert result.verdict == "refuted", result.told
    if fault.kind == "dead":
        _is_dead(faulty, fault.text, result)
        return
    facts = result.details["facts"]
    bad, good = Case(faulty, facts), Case(fault.shipped, facts)
    match fault.kind:
        case "promise":
            assert not bad.keeps(fault.of)
            assert good.keeps(fault.of)
            assert {name: quantity(bad.amounts[name]) for name in result.details["amounts"]} == result.details["amounts"]
        case "ladder":
            assert bad.falls(fault.of)
            assert not good.falls(fault.of)
        case "fails":
            assert bad.cannot_be_worked_out()
            assert not good.cannot_be_worked_out()


def _is_dead(policy: remit.Policy, text: str, result: ProofResult) -> None:
    without, some = loads(_cut(text, result), f"{policy.id}.yaml"), False
    for facts in own_cases(policy.id):
        amounts = Case(policy, facts).amounts
        assert amounts == Case(without, facts).amounts, facts
        some = some or any(map(size, amounts.values()))
    assert some, "no case in which anything is given"


@cache
def own_cases(policy: str) -> list[dict[str, Any]]:
    """The cases of the policy's own test file."""
    path = RULES / f"{policy}.yaml"
    file, problems = read_case_file(cases_beside(path), load(path).model)
    assert file is not None, problems
    steps = [case.steps[0] for case in file.cases]
    known = [{**each.request["facts"], **(each.history or {}), **_day(each.request)} for each in steps]
    return known[:: -(-len(known) // _CASES)]


def _day(request: Mapping[str, Any]) -> dict[str, str]:
    return {"occurred": str(request["occurred"])} if request.get("occurred") is not None else {}


def _cut(text: str, result: ProofResult) -> str:
    """The policy without a rule or guardrail, or without rows of a table."""
    lines = text.splitlines()
    if "rows" in result.details:
        rows = {int(re.findall(r"\(line (\d+)\)", told)[0]) - 1 for told in result.told}
        return "\n".join(line for number, line in enumerate(lines) if number not in rows) + "\n"
    assert result.place is not None
    first = result.place.line - 1
    last = next(number for number in range(first + 1, len(lines)) if not lines[number].startswith("    "))
    return "\n".join(lines[:first] + lines[last:]) + "\n"


@pytest.mark.parametrize("path", [weighed(each, each.stem, each.stem) for each in POLICIES])
def test_the_shipped_policy_is_proved_without_a_false_alarm(path: Path) -> None:
    results = [each for each, _ in prove(load(path).model, seconds=60)]
    assert {each.code for each in results} >= {"promise", "ladder", "dead", "edge"}
    assert [(each.code, each.of, each.told) for each in results if each.verdict != "proved"] == []


def test_there_are_faults_of_every_policy_and_of_every_kind_that_can_be_wrong() -> None:
    assert len(EVERY) >= 100
    assert {fault.policy for fault in EVERY} == {path.stem for path in POLICIES}
    assert {fault.kind for fault in EVERY} == {"promise", "fails", "ladder", "dead"}
    assert len({(fault.policy, fault.name) for fault in EVERY}) == len(EVERY)


def test_every_promise_of_the_shipped_policies_would_notice_some_slip() -> None:
    promised = {(path.stem, each.id) for path in POLICIES for each in load(path).model.promises}
    noticed = {(fault.policy, fault.of) for fault in EVERY if fault.kind == "promise"}
    assert promised - noticed == set()
