"""Every public method with arguments that make no sense: each ends in an error of remit's own, which names the argument, and
nothing is recorded."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import LedgerError, NotAllowed, RemitError, RequestError
from remit.ledger import Anchor, Entry, check_proof, import_ledger
from support.desk import MANAGER, Clock, desk, request
from support.ledgers import new_ledger

ODD: tuple[Any, ...] = (
    None,
    "",
    "e",
    3,
    -1,
    2.5,
    float("nan"),
    True,
    b"x",
    [],
    [3],
    {},
    {"id": 3},
    {1: 2},
    object(),
    desk,
    remit,
)
HOUR = timedelta(hours=1)

#: Method -> argument -> the values that it takes out of ODD; everything else must be refused.
GOOD: Mapping[str, Mapping[str, Callable[[Any], bool]]] = {
    "decide": {"act": lambda each: each is None, "to": lambda each: each is None},
    "grant": {},
    "hold": {},
    "escalate": {},
    "balances": {},
    "preview": {},
    "is_repeated": {},
    "missing_to_answer": {},
    "compare": {},
    "publish": {"by": lambda each: each == "e", "key": lambda each: each in (None, "e")},
    "settle": {"given": lambda each: each is None, "key": lambda each: each in (None, "e")},
    "release": {
        "reason": lambda each: each is None or isinstance(each, str),
        "key": lambda each: each in (None, "e"),
    },
    "void": {"reason": lambda each: each == "e", "key": lambda each: each in (None, "e")},
    "approve": {
        "asked": lambda each: each is None,
        "evidence": lambda each: each == [],
        "story": lambda each: each is None or isinstance(each, str),
        "use_discretion": lambda each: each is True,
        "key": lambda each: each in (None, "e"),
    },
    "preview_approval": {
        "asked": lambda each: each is None,
        "facts": lambda each: each in (None, {}),
        "evidence": lambda each: each == [],
        "story": lambda each: each is None or isinstance(each, str),
        "use_discretion": lambda each: each is True,
    },
    "decline": {"reason": lambda each: each == "e", "key": lambda each: each in (None, "e")},
    "use_permission": {},
    "permissions": {"employee": lambda each: each == "e"},
    "review": {
        "verdict": lambda each: False,
        "note": lambda each: each is None or isinstance(each, str),
        "cause": lambda each: each is None,
        "tags": lambda each: each == [],
        "shared": lambda each: each is True,
        "key": lambda each: each in (None, "e"),
    },
    "dispute": {"text": lambda each: each == "e", "key": lambda each: each in (None, "e")},
    "answer_dispute": {
        "result": lambda each: False,
        "note": lambda each: each == "e",
        "key": lambda each: each in (None, "e"),
    },
    "outcome": {
        "kept": lambda each: each is None or each is True,
        "csat": lambda each: each is None or (each == 3 and each is not True),
        "key": lambda each: each in (None, "e"),
    },
    "calibrate": {
        "title": lambda each: each is None or isinstance(each, str),
        "key": lambda each: each in (None, "e"),
    },
    "rate": {
        "note": lambda each: each is None or isinstance(each, str),
        "cause": lambda each: each is None,
        "key": lambda each: each in (None, "e"),
    },
    "calibration": {},
    "calibrations": {},
    "review_rights": {},
    "roster": {"digest": lambda each: each == "e"},
    "in_use_since": {},
    "policy_versions": {"policy": lambda each: each == "e"},
    "customer": {
        "policy": lambda each: each is None,
        "request": lambda each: isinstance(each, dict),
        "last": lambda each: each == 3 and each is not True,
    },
    "note": {
        "policy": lambda each: each is None,
        "fact": lambda each: False,
        "value": lambda each: each == "e",
        "key": lambda each: each in (None, "e"),
    },
    "erase": {
        "value": lambda each: each == "e",
        "employee": lambda each: each is None,
    },
    "create_roles": {"writer": lambda each: each == "e"},
    "record": {},
    "records": {
        "newest_first": lambda each: each is True,
        "limit": lambda each: each is None or (each == 3 and each is not True),
        "kind": lambda each: each is None or each == [],
        "outcome": lambda each: each is None,
        "policy": lambda each: each in (None, "e"),
        "employee": lambda each: each in (None, "e"),
        "case": lambda each: each in (None, "e"),
        "since": lambda each: each is None,
        "until": lambda each: each is None,
        "after": lambda each: each == 3,
        "facts": lambda each: each is None or isinstance(each, dict),
        **dict.fromkeys(
            ("role", "act", "verdict", "cause", "tag", "rule", "remedy", "approver", "site", "story"),
            lambda each: each in (None, "e"),
        ),
        **dict.fromkeys(("at_least", "below"), lambda each: each is None or (each == 3 and each is not True)),
        **dict.fromkeys(("gap", "discretion", "on_limit", "agent"), lambda each: each is None or each is True),
    },
    "follow": {
        "after": lambda each: each == 3,
        "every": lambda each: each in (3, 2.5),
        "stop": lambda each: each is None or callable(each),
    },
    "replies": {
        "employee": lambda each: each == "e",
        "after": lambda each: each == 3,
        "since": lambda each: each is None,
    },
    "related": {},
    "redecide": {},
    "policy": {},
    "policy_of": {},
    "tasks": {"role": lambda each: each in (None, "e")},
    "may_answer": {"role": lambda each: each == "e"},
    "staff": {"login": lambda each: each == "e"},
    "trusts": {"command": lambda each: each == "e"},
    "verify": {
        "anchor": lambda each: each is None or each == [],
        "thorough": lambda each: each is True,
        "progress": lambda each: each is None,
    },
    "prove": {"size": lambda each: each in (None, 3)},
    "backup": {"path": lambda each: each == "e"},
    "export": {"path": lambda each: False, "whole": lambda each: each is True, "progress": lambda each: each is None},
}

#: Nothing is asked of a ledger with these.
WITHOUT = {"head", "close", "id", "name", "has_roster", "publishers"}


@pytest.fixture
def calls(backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, tuple[Any, dict[str, Any]]]]:
    """Every method, with arguments that are right."""
    monkeypatch.chdir(tmp_path)
    ledger = new_ledger(backend, tmp_path, clock=Clock())
    grant = ledger.grant(desk(), request("10 EUR"))
    hold = ledger.hold(desk(), request("10 EUR"), lasts=HOUR)
    task = ledger.escalate(desk(), request("120 EUR"))
    employee = {"id": "e-1", "role": "associate"}
    review = ledger.review(grant.id, verdict="praise", employee=MANAGER)
    dispute = ledger.dispute(ledger.review(task.id, verdict="agree", employee=MANAGER).id, employee=employee, text="No.")
    until = Clock().now + timedelta(days=1)
    calibration = ledger.calibrate([hold.id], reviewers=["m-1", "s-1"], until=until, employee=MANAGER)
    asked = {"policy": desk(), "request": request()}
    by = {"employee": MANAGER}
    yield {
        "decide": (ledger.decide, {**asked, "act": None, "to": None}),
        "grant": (ledger.grant, asked),
        "hold": (ledger.hold, {**asked, "lasts": HOUR}),
        "escalate": (ledger.escalate, asked),
        "balances": (ledger.balances, asked),
        "preview": (ledger.preview, asked),
        "is_repeated": (ledger.is_repeated, asked),
        "missing_to_answer": (ledger.missing_to_answer, asked),
        "publish": (ledger.publish, {"what": desk(), "by": "ana", "key": "p"}),
        "compare": (ledger.compare, {"policy": desk()}),
        "settle": (ledger.settle, {"hold": hold.id, **by, "given": None, "key": None}),
        "release": (ledger.release, {"hold": hold.id, **by, "reason": None, "key": None}),
        "void": (ledger.void, {"grant": grant.id, **by, "reason": "No.", "key": None}),
        "approve": (
            ledger.approve,
            {"task": task.id, **by, "asked": None, "evidence": (), "story": None, "use_discretion": False, "key": None},
        ),
        "preview_approval": (
            ledger.preview_approval,
            {"task": task.id, **by, "asked": None, "facts": None, "evidence": (), "story": None, "use_discretion": False},
        ),
        "decline": (ledger.decline, {"task": task.id, **by, "reason": "No.", "key": None}),
        "use_permission": (ledger.use_permission, {"task": task.id, "employee": employee}),
        "permissions": (ledger.permissions, {"employee": employee["id"]}),
        "review": (
            ledger.review,
            {
                "record": hold.id,
                "verdict": "praise",
                **by,
                "note": None,
                "cause": None,
                "tags": (),
                "shared": False,
                "key": None,
            },
        ),
        "dispute": (ledger.dispute, {"review": review.id, "employee": employee, "text": "No.", "key": None}),
        "answer_dispute": (
            ledger.answer_dispute,
            {"dispute": dispute.id, "result": "accepted", **by, "note": "Yes.", "key": None},
        ),
        "outcome": (ledger.outcome, {"record": hold.id, "kept": True, "csat": 4, **by, "key": None}),
        "calibrate": (
            ledger.calibrate,
            {"records": [hold.id], "reviewers": ["s-1", "s-2"], "until": until, **by, "title": None, "key": None},
        ),
        "rate": (
            ledger.rate,
            {
                "calibration": calibration.id,
                "record": hold.id,
                "verdict": "agree",
                **by,
                "note": None,
                "cause": None,
                "key": None,
            },
        ),
        "calibration": (ledger.calibration, {"calibration": calibration.id, **by}),
        "calibrations": (ledger.calibrations, by),
        "review_rights": (ledger.review_rights, by),
        "roster": (ledger.roster, {"digest": "e"}),
        "in_use_since": (ledger.in_use_since, {"digest": desk().digest}),
        "policy_versions": (ledger.policy_versions, {"policy": "desk"}),
        "customer": (ledger.customer, {**asked, "last": 3}),
        "note": (
            ledger.note,
            {"fact": "guest.id", "value": "g-1", "text": "likes a quiet room", **by, "policy": desk(), "key": None},
        ),
        "erase": (ledger.erase, {"fact": "guest.id", "value": "g-1", **by}),
        "create_roles": (ledger.create_roles, {"writer": "Not a name", "reader": "r", "eraser": "e"}),
        "record": (ledger.record, {"record_id": grant.id}),
        "records": (
            lambda **wanted: list(ledger.records(**wanted)),
            {**dict.fromkeys(GOOD["records"]), "newest_first": False, "after": 0},
        ),
        "follow": (partial(follow, ledger), {"after": 0, "every": 0.01, "stop": None}),
        "replies": (ledger.replies, {"employee": "e-1", "after": 0, "since": None}),
        "related": (ledger.related, {"record_id": grant.id}),
        "redecide": (ledger.redecide, {"record_id": grant.id}),
        "policy": (ledger.policy, {"digest": desk().digest}),
        "policy_of": (ledger.policy_of, {"entry": grant}),
        "tasks": (ledger.tasks, {"role": None}),
        "may_answer": (ledger.may_answer, {"task": ledger.tasks()[0], "role": "manager"}),
        "staff": (ledger.staff, {"login": "ana"}),
        "trusts": (ledger.trusts, {"command": "/bin/crm"}),
        "verify": (ledger.verify, {"anchor": None, "thorough": False, "progress": None}),
        "prove": (ledger.prove, {"record_id": grant.id, "size": None}),
        "backup": (ledger.backup, {"path": "copy.db"}),
        "export": (ledger.export, {"path": "log.jsonl", "whole": False, "progress": None}),
    }
    assert ledger.verify(thorough=True).ok
    ledger.close()


def follow(ledger: remit.Ledger, **options: Any) -> None:
    """The first record, and no more."""
    ends = iter((False, True, True))
    options["stop"] = options["stop"] if options["stop"] is not None else lambda: next(ends)
    for _ in ledger.follow(**options):
        break


def test_no_method_is_forgotten(calls: dict[str, Any]) -> None:
    public = {name for name, _ in inspect.getmembers(remit.Ledger) if not name.startswith("_")}
    assert public == set(calls) | WITHOUT
    assert set(calls) == set(GOOD)


@pytest.mark.parametrize("method", GOOD)
def test_what_makes_no_sense_is_told_and_nothing_is_done(calls: dict[str, tuple[Any, dict[str, Any]]], method: str) -> None:
    call, right = calls[method]
    head, size = calls["verify"][0], calls["verify"][0]().size
    for name in right:
        for odd in ODD:
            if GOOD[method].get(name, lambda each: False)(odd):
                continue
            with pytest.raises(RemitError) as told:
                call(**{**right, name: odd})
            assert str(told.value), (name, odd)
            assert "object at 0x" not in str(told.value)
            assert head().size == size, f"{method}({name}={odd!r}) left a record"


def test_all_that_is_wrong_is_told_at_once(ledger: remit.Ledger) -> None:
    with pytest.raises(RequestError) as told:
        ledger.approve("x", employee=MANAGER, asked=3, evidence="note", story=4, use_discretion=1, key="")  # type: ignore[arg-type]
    assert [each.path for each in told.value.problems] == ["asked", "evidence", "story", "use_discretion", "key"]
    with pytest.raises(RequestError) as told:
        ledger.records(nonsense=1, since=date(2026, 7, 1), until=datetime(2026, 7, 1), after=-1, knd="grant")
    assert [(each.path, each.hint) for each in told.value.problems if each.code == "request/filter"] == [
        (
            "nonsense",
            "there are kind, outcome, policy, employee, case, since, until, after, facts, role, act, verdict, cause, tag, "
            "rule, remedy, approver, site, story, at_least, below, gap, discretion, on_limit, agent",
        ),
        ("knd", "did you mean `kind`?"),
    ]
    assert {each.path for each in told.value.problems} == {"nonsense", "knd", "since", "until", "after"}
    with pytest.raises(RequestError, match="there is no kind `grnt`"):
        ledger.records(kind=["grant", "grnt"])
    with pytest.raises(RequestError, match="there is no outcome `granted`"):
        ledger.records(outcome="granted")


@pytest.mark.parametrize("lasts", [timedelta(), -HOUR, timedelta.max, timedelta.min, timedelta(days=3661)])
def test_a_hold_has_a_length_that_makes_sense(ledger: remit.Ledger, lasts: timedelta) -> None:
    with pytest.raises(NotAllowed, match="lasts for some time, and at most ten years"):
        ledger.hold(desk(), request(), lasts=lasts)
    assert ledger.head().size == 0


def test_a_length_is_no_number_of_seconds(ledger: remit.Ledger) -> None:
    with pytest.raises(RequestError, match=r"`lasts` is a length of time: timedelta\(minutes=15\), not `300`"):
        ledger.hold(desk(), request(), lasts=300)  # type: ignore[arg-type]


GIVEN: tuple[Any, ...] = (
    {"credit": None},
    {"credit": object()},
    {"credit": "x"},
    {"credit": "5 USD"},
    {"credit": -1},
    {"credit": []},
    {1: 2, "x": 3},
    {"late": "yes"},
    {},
)


@pytest.mark.parametrize("given", GIVEN, ids=lambda each: str(each)[:16])
def test_a_hold_settles_for_amounts_only(ledger: remit.Ledger, given: Any) -> None:
    hold = ledger.hold(desk(), request("10 EUR", asked={"late": True}), lasts=HOUR)
    with pytest.raises(RemitError):
        ledger.settle(hold.id, employee=MANAGER, given=given)
    assert ledger.settle(hold.id, employee=MANAGER).of == hold.id


@pytest.mark.parametrize(
    "options",
    [
        {"url": None},
        {"url": 3},
        {"url": ""},
        {"url": "a\x00b"},
        {"url": "\ud800"},
        {"url": "mysql://x"},
        {"url": "."},
        {"max_clock_jump": 3},
        {"on_task": 3},
        {"max_clock_jump": timedelta(-1)},
        {"clock": 3},
        {"clock": lambda: None},
        {"clock": lambda: datetime(2026, 7, 1)},
        {"clock": lambda: datetime(1969, 7, 1, tzinfo=UTC)},
        {"timeout": None},
        {"timeout": -1},
        {"timeout": float("inf")},
        {"timeout": "30"},
        {"secret": "text"},
        {"secret": b"short"},
        {"schema": None},
    ],
    ids=lambda each: str(each).split(" at ")[0],  # without the address of a lambda, which differs from worker to worker
)
def test_a_ledger_opens_with_what_makes_sense(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RemitError) as told, remit.open_ledger(**{"url": ":memory:", **options}) as ledger:
        ledger.grant(desk(), request())
    assert str(told.value)


@pytest.mark.parametrize(
    "options",
    [{"export": None}, {"export": "nowhere.jsonl"}, {"url": None}, {"secret": None}, {"secret": "x"}, {"progress": 3}],
)
def test_an_export_is_taken_in_with_what_makes_sense(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "all.jsonl").write_text("{}\n")
    with pytest.raises(RemitError):
        import_ledger(**{"export": "all.jsonl", "url": ":memory:", "secret": b"x" * 32, **options})


def test_anchors_and_proofs_that_are_none(ledger: remit.Ledger, tmp_path: Path) -> None:
    entry: Entry = ledger.grant(desk(), request())
    proof, anchor = ledger.prove(entry.id), ledger.head()
    for bad in (None, 3, "", "x", {}, [], tmp_path / "nowhere", tmp_path, {**anchor.to_dict(), "peaks": [3]}):
        with pytest.raises(LedgerError):
            Anchor.of(bad)  # type: ignore[arg-type]
        with pytest.raises(LedgerError):
            check_proof(proof, bad)  # type: ignore[arg-type]
    for changed in ({"seq": "1"}, {"seq": None}, {"path": [3]}, {"path": 3}, {"record": 3}, {"record": "[]"}, {"size": "1"}):
        with pytest.raises(LedgerError):
            check_proof({**proof, **changed}, anchor)
    for bad in (None, 3, "", "[]", {}):
        with pytest.raises(LedgerError):
            check_proof(bad, anchor)  # type: ignore[arg-type]


POLICIES: tuple[Any, ...] = ("hotel", None, 3, remit.Policy, desk, {})


@pytest.mark.parametrize("policy", POLICIES, ids=lambda each: str(each)[:20])
def test_a_policy_is_a_policy(ledger: remit.Ledger, policy: Any) -> None:
    hold = partial(ledger.hold, lasts=HOUR)
    for call in (ledger.decide, ledger.grant, hold, ledger.escalate, ledger.balances, ledger.preview):
        with pytest.raises(RequestError, match="this is not a policy"):
            call(policy, request())
