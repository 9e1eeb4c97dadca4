"""What is approved again and again becomes a change of the policy: found, written as a patch, tried on the record."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.authoring.checks.check_run import check_file
from remit.authoring.formatting.formatted_files import format_file
from remit.errors import NotAllowed
from remit.review.actions import read_actions
from remit.review.suggesting.applying import apply
from remit.review.suggesting.handovers import handovers_of
from remit.review.suggesting.mining import suggest
from remit.review.suggesting.recorded_cost import Costing, RecordedCost, Trial
from remit.review.suggesting.suggestion import Suggestion
from support.exceptions_policy import CASES, TEXT, answer, ask, new_ledger, planted, sent_up, write_policy
from support.trials import trials


def found_in(ledger: remit.Ledger, file: Path, **options: Any) -> list[Suggestion]:
    return suggest(ledger, remit.load(file).model, file, **options)


def by_managers(ledger: remit.Ledger, policy: remit.Policy) -> None:
    """For a smell no rule gives an associate anything, and managers approve it."""
    for number in range(40):
        task = ledger.escalate(policy, ask(number, {"late": True}, kind="smell"))
        answer(ledger, task, number, {"late": True}, by=f"m-{number % 3}", role="manager")


def bad_bills(ledger: remit.Ledger, policy: remit.Policy) -> None:
    """What a row of a table gives is too little."""
    sent_up(ledger, policy, [60] * 40, [True] * 40, kind="bill", severity=4)


def credit_for_smells(ledger: remit.Ledger, policy: remit.Policy) -> None:
    """A gap in money, approved by managers."""
    for by in ("m-1", "m-2"):
        first = 100 * int(by[-1])
        sent_up(ledger, policy, [60] * 40, [True] * 40, first=first, kind="smell", by=by, approver_role="manager")


PLANTS = {
    "a limit": (planted, "Let an associate give 50 EUR folio credit under `gesture`, now 20 EUR", "limit"),
    "a gap": (by_managers, "Add a rule: an associate may give late checkout where kind is smell", "gap"),
    "a row": (bad_bills, "Let an associate give 60 EUR folio credit under `bills`, now 40 EUR", "limit"),
    "a gap in money": (credit_for_smells, "Add a rule: an associate may give 60 EUR folio credit where kind is smell", "gap"),
}


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("cases", [CASES, None])
def test_what_is_planted_is_found_and_the_patch_holds(plant: str, cases: str | None, tmp_path: Path) -> None:
    do, title, kind = PLANTS[plant]
    text = TEXT if plant != "a limit" else TEXT.replace("kind: [noise, wait]", "kind: noise")
    file = write_policy(tmp_path, text, cases)
    assert format_file(file).changed is False
    with new_ledger() as ledger:
        do(ledger, remit.load(file))
        (found,) = found_in(ledger, file)
    assert (found.title, found.kind, found.number) == (title, kind, 1)
    assert found.patch is not None
    assert found.cost is not None
    assert found.patch.cases
    lines = found.patch.diff(tmp_path).splitlines()
    assert '-version: "3"' in lines
    assert '+version: "4"' in lines
    assert not any("g-" in line or "e-2" in line or "C-" in line for line in lines if line.startswith("+"))
    done = apply(found.patch)
    assert done.problems == ()
    assert {each.case.name for each in done.failed} == set(found.patch.stale)
    assert set(found.patch.cases) <= {each.case.name for each in done.results if each.passed}
    assert not format_file(file).changed
    assert not format_file(found.patch.cases_file).changed
    assert check_file(file).problems == ()
    assert remit.load(file).version == "4"


def test_evidence_and_cost_are_those_of_the_record(tmp_path: Path) -> None:
    file = write_policy(tmp_path, TEXT.replace("kind: [noise, wait]", "kind: noise"))
    with new_ledger() as ledger:
        planted(ledger, remit.load(file))
        (found,) = found_in(ledger, file)
        seen = found.evidence
        assert (seen.count, seen.unchanged, seen.less, seen.refused) == (60, 57, 0, 3)
        assert (seen.employees, seen.approvers, seen.customers) == (5, 3, 60)
        assert seen.elsewhere is not None
        assert seen.elsewhere.estimate == 0.5
        assert ledger.record(next(ledger.records(after=seen.examples[0] - 1, limit=1)).id).kind == "escalate"
    amounts = [25 + 5 * (number % 7) for number in range(60)]
    covered = [number for number, amount in enumerate(amounts) if amount <= 50]
    cost = found.cost
    assert cost is not None
    assert cost.saved == len(covered)
    assert cost.given["credit"] == 100 * sum(amounts[number] for number in covered)
    assert cost.extra["credit"] == 100 * sum(amounts[number] for number in covered if number % 20 == 7)
    assert cost.approved["credit"] == cost.given["credit"] - cost.extra["credit"]
    assert found.covers == pytest.approx(sum(a <= 50 and n % 20 != 7 for n, a in enumerate(amounts)) / 57)


Answer = st.sampled_from(("whole", "less", "no", "none", "taken back", "looked up"))


@trials(40)
@given(st.lists(st.tuples(st.integers(21, 99), Answer), min_size=1, max_size=10), st.integers(20, 100))
def test_the_cost_equals_a_plain_recount(requests: list[tuple[int, str]], limit: int) -> None:
    now = remit.loads(TEXT, "house.yaml")
    new = remit.loads(TEXT.replace("associate: 20 EUR ", f"associate: {limit} EUR "), "house.yaml")
    with new_ledger() as ledger:
        for number, (amount, what) in enumerate(requests):
            asked = {"credit": f"{amount} EUR"}
            if what == "looked up":
                ledger.decide(now, ask(number, asked))
                continue
            task = ledger.escalate(now, ask(number, asked))
            if what == "none":
                continue
            entry = answer(ledger, task, number, {"whole": asked, "taken back": asked, "less": {"credit": "20 EUR"}}.get(what))
            if what == "taken back":
                ledger.void(entry.id, employee={"id": "m-9", "role": "manager"}, reason="It was too much.")
        handovers = handovers_of(read_actions(ledger))
        costing = Costing(
            now,
            [
                Trial(new, "associate", "credit"),
                Trial(new, "manager", "credit"),
                Trial(new, "associate", "credit", "gesture"),
                Trial(new, "associate", "credit", "bills"),
            ],
            handovers,
        )
        for entry in ledger.records():
            costing.take(entry)
        cost, untouched, same, other = costing.costs()
    saved = [(100 * amount, what) for amount, what in requests if amount <= limit and what != "looked up"]
    given = {"whole": 10**6, "less": 2000}
    assert same == cost
    assert untouched == other == RecordedCost(given={}, approved={}, extra={}, open={})
    assert cost.saved == len(saved)
    assert cost.looked_up == sum(amount <= limit and what == "looked up" for amount, what in requests)
    assert cost.decided == len(requests)
    assert cost.given.get("credit", 0) == sum(amount for amount, _ in saved)
    assert cost.open.get("credit", 0) == sum(amount for amount, what in saved if what == "none")
    assert cost.approved.get("credit", 0) == sum(min(amount, given.get(what, 0)) for amount, what in saved)
    extra = sum(amount - min(amount, given.get(what, 0)) for amount, what in saved if what != "none")
    assert cost.extra.get("credit", 0) == extra


def test_a_rule_is_not_raised_for_facts_without_evidence(tmp_path: Path) -> None:
    """The rule is for waiting, too, and nobody was asked about that: a new rule is for noise alone."""
    file = write_policy(tmp_path)
    with new_ledger() as ledger:
        planted(ledger, remit.load(file))
        (found,) = found_in(ledger, file)
    assert found.title == "Add a rule: an associate may give 50 EUR folio credit where kind is noise"
    assert found.where == {"kind": "noise"}
    assert found.patch is not None
    assert remit.loads(found.patch.after.text).model.rules[-1].id == found.rule == "credit-noise"


def test_no_more_is_proposed_than_those_who_approve_may_give(tmp_path: Path) -> None:
    text = TEXT.replace("kind: [noise, wait]", "kind: noise").replace(
        "supervisor: 100 EUR\n        manager", "supervisor: 45 EUR\n        manager"
    )
    file = write_policy(tmp_path, text)
    with new_ledger() as ledger:
        sent_up(ledger, remit.load(file), [40] * 30, [True] * 30)
        for by in ("m-1", "m-2"):
            first = 100 * int(by[-1])
            sent_up(ledger, remit.load(file), [60] * 10, [True] * 10, first=first, by=by, approver_role="manager")
        (found,) = found_in(ledger, file)
    assert (found.proposed, found.covers) == (4500, 0.6)  # without the supervisors' limit it were 60 EUR
    assert found.patch is None  # the supervisors' limit would say nothing any more, and is for the author to raise
    assert "`supervisor` give of `credit` has no effect" in (found.refused or "")


def test_text_of_an_older_version_is_read_by_that_of_today(tmp_path: Path) -> None:
    file = write_policy(tmp_path, TEXT.replace("kind: [noise, wait]", "kind: noise"))
    with new_ledger() as ledger:
        planted(ledger, remit.load(file))
        later = file.read_text().replace('version: "3"', 'version: "4"').replace("title: A small", "title: The small")
        file.write_text(later)
        ledger.publish(remit.load(file), by="author")
        (found,) = found_in(ledger, file)
        assert found.evidence.count == 60
        assert found.cost is not None
        assert found.cost.saved == 52
        raised = later.replace('version: "4"', 'version: "5"').replace("associate: 20 EUR ", "associate: 60 EUR ")
        file.write_text(raised)
        ledger.publish(remit.load(file), by="author")
        assert found_in(ledger, file) == []  # the policy of today gives all of it


def test_the_next_version_is_one_that_nothing_has(tmp_path: Path) -> None:
    file = write_policy(tmp_path, TEXT.replace("kind: [noise, wait]", "kind: noise"))
    with new_ledger() as ledger:
        planted(ledger, remit.load(file))
        for version in ("4", "3.1"):
            file.write_text(
                file.read_text().replace("title: A", "title: An even").replace('version: "3"', f'version: "{version}"')
            )
            ledger.publish(remit.load(file), by="author")
            file.write_text(file.read_text().replace(f'version: "{version}"', 'version: "3"'))
        file.write_text(file.read_text().replace('version: "3"', 'version: "3.1"'))
        (found,) = found_in(ledger, file)
    assert found.patch is not None
    assert found.patch.after.version == "3.2"


def test_what_was_erased_is_not_decided_again(tmp_path: Path) -> None:
    file = write_policy(tmp_path, TEXT.replace("kind: [noise, wait]", "kind: noise"))
    with new_ledger() as ledger:
        planted(ledger, remit.load(file))
        before = found_in(ledger, file)[0].cost
        ledger.erase("guest.id", "g-0")
        after = found_in(ledger, file)[0].cost
    assert before is not None
    assert after is not None
    assert (after.saved, after.unread) == (before.saved - 1, 1)


def test_a_file_that_the_ledger_does_not_go_by_is_refused(tmp_path: Path) -> None:
    file = write_policy(tmp_path)
    with new_ledger() as ledger:
        planted(ledger, remit.load(file))
        file.write_text(TEXT.replace("A small house", "Another house"))
        with pytest.raises(NotAllowed, match="and the desks use version"):
            found_in(ledger, file)


def test_nothing_is_written_over_a_text_that_was_changed(tmp_path: Path) -> None:
    file = write_policy(tmp_path)
    with new_ledger() as ledger:
        planted(ledger, remit.load(file))
        (found,) = found_in(ledger, file)
    assert found.patch is not None
    cases = tmp_path / "house_test.yaml"
    for changed in (cases, file):
        kept = changed.read_text()
        changed.write_text(kept + "\n# mine\n")
        with pytest.raises(NotAllowed, match="was changed meanwhile"):
            apply(found.patch)
        assert changed.read_text() == kept + "\n# mine\n"
        changed.write_text(kept)
    assert (file.read_text(), cases.read_text()) == (TEXT, CASES)
    apply(found.patch)
    assert remit.load(file).digest == found.patch.after.digest


def test_only_what_was_sent_up_since_a_day_is_evidence(tmp_path: Path) -> None:
    file = write_policy(tmp_path)
    with new_ledger() as ledger:
        planted(ledger, remit.load(file))
        assert found_in(ledger, file, since=datetime(2026, 8, 1, tzinfo=UTC)) == []
        assert found_in(ledger, file, since=datetime(2026, 6, 1, tzinfo=UTC))


def test_a_guardrail_that_is_nearly_always_overruled_is_named_but_not_changed(tmp_path: Path) -> None:
    guard = "guardrails:\n  - {id: smells, when: {kind: smell}, then: escalate, to: supervisor}\n\notherwise"
    file = write_policy(tmp_path, TEXT.replace("    when: {kind: [noise, wait]}\n", "").replace("otherwise", guard))
    with new_ledger() as ledger:
        sent_up(ledger, remit.load(file), [15] * 80, [True] * 80, kind="smell")
        (found,) = found_in(ledger, file)
    assert (found.kind, found.rule, found.patch, found.cost) == ("guardrail", "smells", None, None)
    assert "protects" in (found.refused or "")


@pytest.mark.parametrize("by", ["employee", "approver"])
def test_one_person_is_no_pattern(by: str, tmp_path: Path) -> None:
    file = write_policy(tmp_path)
    with new_ledger() as ledger:
        policy = remit.load(file)
        one = {"who": "e-1"} if by == "employee" else {"by": "s-1"}
        other = {"who": "e-2"} if by == "employee" else {"by": "s-2"}
        sent_up(ledger, policy, [40] * 50, [True] * 50, **one)
        sent_up(ledger, policy, [40] * 10, [True] * 10, first=100, **other)
        assert found_in(ledger, file) == []


def test_a_policy_in_several_currencies_is_told_in_words(tmp_path: Path) -> None:
    text = (
        TEXT.replace("currency: EUR", "currencies: [EUR, USD]")
        .replace("associate: 20 EUR               # for a start", "associate: {EUR: 20 EUR, USD: 25 USD}")
        .replace("supervisor: 100 EUR\n        manager: 300 EUR", "supervisor: {EUR: 100 EUR, USD: 120 USD}")
        .replace(", cost: 20 EUR", "")
    )
    head, _, tail = text.partition("  - id: bills")
    file = write_policy(
        tmp_path, head[: head.index("values:")] + head[head.index("rules:") :] + tail[tail.index("otherwise") :], None
    )
    with new_ledger() as ledger:
        sent_up(ledger, remit.load(file), [40] * 60, [True] * 60)
        (found,) = found_in(ledger, file)
    assert found.patch is None
    assert "several currencies" in (found.refused or "")
    assert found.model.currency == "EUR"
