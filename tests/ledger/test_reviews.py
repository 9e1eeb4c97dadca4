"""What is said of a decision afterwards: who may say it, that it is kept as other records are, and that it changes nothing."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.errors import KeyConflict, LedgerError, NotAllowed, RequestError
from remit.ledger import Entry, import_ledger
from remit.ledger.people.roster_file import read_roster
from remit.ledger.quality.reviews import CAUSES, RESULTS, VERDICTS
from remit.schemas import schema
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.ledgers import new_ledger
from support.staff import roster_text
from support.trials import trials

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/ledger/who-may-review.yaml").read_text(encoding="utf-8"))
E1, E2 = {"id": "e-1", "role": "associate"}, {"id": "e-2", "role": "associate"}
OWNER = {"id": "o-1", "role": "owner:guest-relations"}
MORE = """
  - {id: e-6, role: associate, manager: e-2}
  - {id: mo, role: auditor, reviews: true}
"""


def praised(ledger: remit.Ledger, **more: Any) -> Entry:
    return ledger.review(ledger.grant(desk(), request()).id, verdict="praise", employee=SUPERVISOR, note="Well done.", **more)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['by']['id']} on {case['did']['id']}, {case['by'].get('role')}")
def test_who_may_review(case: dict[str, Any], tmp_path: Path) -> None:
    with new_ledger("sqlite", tmp_path, clock=Clock()) as ledger:
        if case.get("roster"):
            ledger.publish(read_roster(roster_text(more=MORE)), by="m-1")
            ledger.publish(desk(), by="m-1")
        done = ledger.decide(desk(), {**request(), "employee": case["did"]})

        def review() -> Entry:
            return ledger.review(done.id, verdict="agree", employee=case["by"])

        if case["may"] is True:
            found = review()
            assert (found.kind, found.of, found.body["reviewed"]["id"]) == ("review", done.id, done.employee)
            assert found.body["employee"]["source"] == ("roster" if case.get("roster") else "stated")
        else:
            with pytest.raises(NotAllowed) as refused:
                review()
            assert case["may"] in str(refused.value)
        assert ledger.verify(thorough=True).ok


def test_a_review_says_what_it_says_and_its_words_are_apart(ledger: remit.Ledger) -> None:
    grant = ledger.grant(desk(), request(case="c-1"))
    note = "Mrs Ito was calm again because of you."
    found = ledger.review(
        grant.id, verdict="praise", employee=SUPERVISOR, note=note, tags=("service", "calm", "calm"), shared=True
    )
    assert {name: found.body.get(name) for name in ("verdict", "tags", "shared", "case", "cause")} == {
        "verdict": "praise",
        "tags": ["calm", "service"],
        "shared": True,
        "case": "c-1",
        "cause": None,
    }
    assert (found.words("note"), found.words("note", reveal=True)) == ("(hidden)", note)
    assert "Ito" not in found.text
    assert found.to_dict(reveal=True)["note"] == note
    assert [each.kind for each in ledger.related(grant.id)] == ["grant", "review"]
    assert [each.seq for each in ledger.records(kind="review", case="c-1")] == [2]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"verdict": "good"}, "verdict"),
        ({"verdict": "agree", "cause": "too_much"}, "cause"),
        ({"verdict": "policy", "cause": "no_such"}, "cause"),
        ({"verdict": "coach"}, "note"),
        ({"verdict": "coach", "note": " "}, "note"),
        ({"verdict": "coach", "note": "x", "shared": True}, "shared"),
        ({"verdict": "agree", "tags": ["Two words"]}, "tags"),
        ({"verdict": "agree", "tags": [f"t{n}" for n in range(11)]}, "tags"),
        ({"verdict": "agree", "note": "\x00"}, "text"),
    ],
)
def test_a_review_that_makes_no_sense_is_refused(ledger: remit.Ledger, given: dict[str, Any], path: str) -> None:
    grant = ledger.grant(desk(), request())
    with pytest.raises(RequestError) as refused:
        ledger.review(grant.id, employee=SUPERVISOR, **given)
    assert any(path in (problem.path or "") or path in problem.code for problem in refused.value.problems)
    assert ledger.head().size == 1


def test_every_verdict_cause_and_result_is_one_of_the_schema() -> None:
    known = schema("record")["properties"]
    assert known["verdict"]["enum"] == list(VERDICTS)
    assert known["cause"]["enum"] == list(CAUSES)
    assert known["result"]["enum"] == list(RESULTS)


def test_nobody_reviews_a_record_twice_but_others_may_and_a_review_can_be_reviewed(ledger: remit.Ledger) -> None:
    grant = ledger.grant(desk(), request())
    first = ledger.review(grant.id, verdict="coach", employee=SUPERVISOR, note="Ask first.", cause="too_much")
    with pytest.raises(NotAllowed, match=f"s-1 has reviewed {grant.id} already, by {first.id}"):
        ledger.review(grant.id, verdict="agree", employee={"id": "S-1", "role": "manager"})
    second = ledger.review(grant.id, verdict="agree", employee=MANAGER)
    assert [first.body["step"], second.body["step"]] == [1_000_000, 1_000_001]
    above = ledger.review(first.id, verdict="coach", employee=MANAGER, note="It was not too much.")
    assert above.body["reviewed"]["id"] == "s-1"
    with pytest.raises(NotAllowed, match="is about what e-1 did: dispute it instead"):
        ledger.review(first.id, verdict="agree", employee={"id": "e-1", "role": "manager"})


def test_what_nobody_decided_is_not_reviewed(ledger: remit.Ledger) -> None:
    published = ledger.publish(desk(version="1"), by="ana")
    for entry in (published, ledger.dispute(praised(ledger).id, employee=E1, text="Too kind.")):
        with pytest.raises(NotAllowed, match="there is no decision to review"):
            ledger.review(entry.id, verdict="agree", employee=OWNER)


def test_the_employee_disputes_once_and_somebody_else_answers(ledger: remit.Ledger) -> None:
    grant = ledger.grant(desk(), request())
    review = ledger.review(grant.id, verdict="coach", employee=SUPERVISOR, note="Too much.", cause="too_much")
    for other in (E2, SUPERVISOR, MANAGER, OWNER):
        with pytest.raises(NotAllowed, match="only they dispute it"):
            ledger.dispute(review.id, employee=other, text="No.")
    with pytest.raises(NotAllowed, match="a text is required"):
        ledger.dispute(review.id, employee=E1, text=" ")
    with pytest.raises(NotAllowed, match="is a grant, not a review"):
        ledger.dispute(grant.id, employee=E1, text="No.")
    dispute = ledger.dispute(review.id, employee={"id": "E-1", "role": "associate"}, text="She had waited for three hours.")
    assert dispute.words("reason", reveal=True) == "She had waited for three hours."
    with pytest.raises(NotAllowed, match=f"was disputed already, by {dispute.id}"):
        ledger.dispute(review.id, employee=E1, text="Again.")
    for other, why in ((E1, "somebody else answers it"), (E2, "not an associate")):
        with pytest.raises(NotAllowed, match=why):
            ledger.answer_dispute(dispute.id, result="accepted", employee=other, note="Yes.")
    with pytest.raises(NotAllowed, match="s-1's own verdict: they may accept the dispute; somebody else may reject it"):
        ledger.answer_dispute(dispute.id, result="rejected", employee=SUPERVISOR, note="No.")
    with pytest.raises(NotAllowed, match="a note is required"):
        ledger.answer_dispute(dispute.id, result="partly", employee=SUPERVISOR, note="")
    with pytest.raises(RequestError, match="there is no result `perhaps`"):
        ledger.answer_dispute(dispute.id, result="perhaps", employee=MANAGER, note="Hm.")
    answer = ledger.answer_dispute(dispute.id, result="partly", employee=SUPERVISOR, note="I did not know that.")
    assert (answer.body["result"], answer.words("note", reveal=True)) == ("partly", "I did not know that.")
    with pytest.raises(NotAllowed, match="was answered already"):
        ledger.answer_dispute(dispute.id, result="rejected", employee=MANAGER, note="No.")
    assert [each.kind for each in ledger.related(answer.id)] == ["grant", "review", "dispute", "answer"]
    assert ledger.verify(thorough=True, decide=True).ok


def test_somebody_else_rejects(ledger: remit.Ledger) -> None:
    dispute = ledger.dispute(praised(ledger).id, employee=E1, text="It was not me.")
    assert ledger.answer_dispute(dispute.id, result="rejected", employee=MANAGER, note="It was.").body["result"] == "rejected"


def test_a_key_makes_each_of_them_once(ledger: remit.Ledger) -> None:
    grant = ledger.grant(desk(), request())
    calls: list[Callable[[], Entry]] = [
        lambda: ledger.review(grant.id, verdict="praise", employee=SUPERVISOR, note="Good.", key="k"),
        lambda: ledger.dispute(review.id, employee=E1, text="No.", key="k"),
        lambda: ledger.answer_dispute(dispute.id, result="accepted", employee=MANAGER, note="Yes.", key="k"),
    ]
    review = calls[0]()
    dispute = (calls[0](), calls[1]())[1]
    calls[1](), calls[2](), calls[2]()
    assert [each.kind for each in ledger.records()] == ["grant", "review", "dispute", "answer"]
    with pytest.raises(KeyConflict):
        ledger.review(grant.id, verdict="agree", employee=SUPERVISOR, key="k")
    assert ledger.verify(thorough=True).ok


@pytest.mark.parametrize("key", ["k", None])
def test_many_at_once_make_one_review(backend: str, tmp_path: Path, key: str | None) -> None:
    with new_ledger(backend, tmp_path) as ledger:
        grant = ledger.grant(desk(), request())
        got: list[str] = []

        def work() -> None:
            try:
                got.append(ledger.review(grant.id, verdict="praise", employee=SUPERVISOR, key=key).id)
            except NotAllowed as error:
                got.append(str(error))

        threads = [Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(got), ledger.head().size) == (8, 2)
        assert len(set(got)) == (1 if key else 2)  # the same review, or that there is one
        assert ledger.verify(thorough=True).ok


def test_a_reviewed_task_is_neither_agreed_to_nor_answered(ledger: remit.Ledger) -> None:
    task = ledger.escalate(desk(), request("120 EUR"))
    ledger.review(task.id, verdict="policy", employee=MANAGER, cause="lack_of_authority")
    (waiting,) = ledger.tasks()
    assert (waiting.id, waiting.agreed) == (task.id, ())
    approved = ledger.approve(task.id, employee=SUPERVISOR)
    assert approved.granted
    ledger.review(approved.id, verdict="agree", employee=MANAGER)
    assert ledger.void(approved.id, employee=SUPERVISOR, reason="No.", part={"credit": "20 EUR"}).kind == "void"
    assert ledger.void(approved.id, employee=SUPERVISOR, reason="No.").kind == "void"
    assert str(ledger.balances(desk(), request())["guest-money"].used) == "0 EUR"


def test_what_others_said_is_found_by_the_employees_own_records(ledger: remit.Ledger, clock: Clock) -> None:
    old = ledger.grant(desk(), request(guest="g-0"))
    clock.go(days=400)
    praise = praised(ledger)
    dispute = ledger.dispute(praise.id, employee=E1, text="Too kind.")
    answer = ledger.answer_dispute(dispute.id, result="accepted", employee=MANAGER, note="As you like.")
    task = ledger.escalate(desk(), request("120 EUR"))
    declined = ledger.decline(task.id, employee=SUPERVISOR, reason="No.")
    ledger.review(ledger.grant(desk(), request(employee="e-2")).id, verdict="praise", employee=SUPERVISOR)  # of another
    ledger.void(ledger.grant(desk(), request()).id, employee=E1, reason="Mine.")  # their own
    ledger.review(old.id, verdict="agree", employee=MANAGER)  # of more than a year ago
    assert [each.id for each in ledger.replies("e-1")] == [praise.id, answer.id, declined.id]
    assert [each.id for each in ledger.replies("s-1")] == [dispute.id]
    assert [each.id for each in ledger.replies("e-1", after=praise.seq)] == [answer.id, declined.id]
    clock.go(days=2)
    assert ledger.replies("e-1", since=clock.now) == []


def test_erasing_a_customer_erases_what_was_said_about_their_case(ledger: remit.Ledger) -> None:
    review = praised(ledger)
    dispute = ledger.dispute(review.id, employee=E1, text="Mrs Ito said so.")
    answer = ledger.answer_dispute(dispute.id, result="accepted", employee=MANAGER, note="Mrs Ito is right.")
    other = ledger.review(ledger.grant(desk(), request(guest="g-2")).id, verdict="praise", employee=SUPERVISOR, note="Stays.")
    ledger.erase("guest.id", "g-1")
    for entry, name in ((review, "note"), (dispute, "reason"), (answer, "note")):
        assert ledger.record(entry.id).words(name, reveal=True) == "(erased)"
    assert ledger.record(other.id).words("note", reveal=True) == "Stays."


def test_a_copy_has_them_and_goes_on(tmp_path: Path, ledger: remit.Ledger) -> None:
    answered = ledger.dispute(praised(ledger).id, employee=E1, text="No.")
    ledger.answer_dispute(answered.id, result="partly", employee=MANAGER, note="Yes.")
    dispute = ledger.dispute(praised(ledger, tags=["calm"], shared=True, key="k").id, employee=E1, text="No.")
    ledger.review(str(ledger.record(str(dispute.of)).of), verdict="policy", cause="no_rule", employee=MANAGER)
    path = tmp_path / "all.jsonl"
    ledger.export(path, whole=True)
    secret = ledger._core.secret
    with import_ledger(path, tmp_path / "copy.db", secret=secret) as copy:
        assert copy.head() == ledger.head()
        assert copy.verify(thorough=True, decide=True).ok
        with pytest.raises(NotAllowed, match="was disputed already"):
            copy.dispute(str(dispute.of), employee=E1, text="Again.")
        assert copy.answer_dispute(dispute.id, result="accepted", employee=MANAGER, note="Yes.").kind == "answer"


def test_a_sheet_says_the_verdicts(tmp_path: Path, ledger: remit.Ledger) -> None:
    dispute = ledger.dispute(praised(ledger).id, employee=E1, text="No.")
    ledger.answer_dispute(dispute.id, result="partly", employee=MANAGER, note="Yes.")
    ledger.decide(desk(), request(), act="declined")
    ledger.export(tmp_path / "log.csv")
    with (tmp_path / "log.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["kind"], row["act"], row["verdict"], row["result"]) for row in csv.DictReader(file)]
    assert rows == [
        ("grant", "", "", ""),
        ("review", "", "praise", ""),
        ("dispute", "", "", ""),
        ("answer", "", "", "partly"),
        ("decide", "declined", "", ""),
    ]
    assert "Well done" not in (tmp_path / "log.csv").read_text(encoding="utf-8")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["grant", "decide", "task", "approve", "void"]),
        st.lists(st.tuples(st.sampled_from(list(VERDICTS)), st.booleans(), st.sampled_from(list(RESULTS))), max_size=3),
    ),
    min_size=1,
    max_size=6,
)


@trials(40)
@given(STEPS)
def test_no_review_changes_a_decision_or_a_balance(steps: list[tuple[str, list[tuple[str, bool, str]]]]) -> None:
    """The same is done in two ledgers, reviewed in one of them: decisions, balances, histories and tasks are the same."""
    said: list[list[Any]] = []
    for reviewed in (True, False):
        with remit.open_ledger(":memory:", clock=Clock(), repeat_within=Clock().now - Clock().now) as ledger:
            out: list[Any] = []
            for number, (step, reviews) in enumerate(steps):
                entry = done(ledger, step, number)
                out.append(entry.body.get("decision") if entry else None)
                if entry is not None and reviewed:
                    reviewing(ledger, entry, reviews)
                out.append({name: each.to_dict() for name, each in ledger.balances(desk(), request("5 EUR")).items()})
                out.append(ledger.preview(desk(), request("5 EUR")).to_dict())
                out.append([(each.role, each.agreed, each.overdue) for each in ledger.tasks()])
            assert ledger.verify(thorough=True, decide=True).ok
            said.append(out)
    assert json.dumps(said[0], default=str) == json.dumps(said[1], default=str)


def done(ledger: remit.Ledger, step: str, number: int) -> Entry | None:
    """One thing that somebody does; ``None`` where it is refused."""
    given, asked = list(ledger.records(kind=("grant", "approve"))), request("30 EUR", case=f"c-{number}")
    try:
        match step:
            case "task":
                return ledger.escalate(desk(), request("120 EUR", case=f"c-{number}"))
            case "approve" if waiting := ledger.tasks():
                return ledger.approve(waiting[0].id, employee=SUPERVISOR)
            case "void" if given:
                return ledger.void(given[-1].id, employee=MANAGER, reason="No.", part={"credit": "3 EUR"})
            case "decide":
                return ledger.decide(desk(), asked)
            case _:
                return ledger.grant(desk(), asked)
    except LedgerError:
        return None


def reviewing(ledger: remit.Ledger, entry: Entry, reviews: list[tuple[str, bool, str]]) -> None:
    for number, (verdict, disputed, result) in enumerate(reviews):
        owner = {"id": f"o-{number}", "role": OWNER["role"]}
        review = ledger.review(entry.id, verdict=verdict, employee=owner, note="Said.")
        if disputed:
            who = {name: entry.body["employee"][name] for name in ("id", "role")}
            dispute = ledger.dispute(review.id, employee=who, text="No.")
            ledger.answer_dispute(dispute.id, result=result, employee={"id": "o-9", "role": OWNER["role"]}, note="So.")
