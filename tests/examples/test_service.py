"""The service example, started for real and used over loopback, as a front end would."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import remit

APP = Path(__file__).parents[2] / "examples" / "service" / "app.py"
HOTEL = "/policies/hotel-guest-recovery"
NOISE = {
    "employee": {"id": "e-17", "role": "associate"},
    "facts": {"guest": {"id": "G-1", "tier": "gold"}, "stay": {"id": "S-1"}, "incident": {"kind": "noise", "severity": 3}},
    "occurred": date.today().isoformat(),
}


class Client:
    """Speaks JSON to a running service."""

    def __init__(self, address: str) -> None:
        self.address = address

    def call(self, path: str, body: Any = None, key: str | None = None, raw: bytes | None = None) -> tuple[int, Any]:
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        try:
            with urllib.request.urlopen(urllib.request.Request(self.address + path, data, headers), timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, {"type": error.headers["Content-Type"], **json.load(error)}


@contextmanager
def running(ledger: Path) -> Iterator[tuple[Client, subprocess.Popen[str]]]:
    command = [sys.executable, str(APP), "--ledger", str(ledger), "--port", "0"]
    errors = ledger.with_suffix(".err")
    with errors.open("w") as log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("listening on "), errors.read_text()
            yield Client(line.removeprefix("listening on ").strip()), process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with running(tmp_path_factory.mktemp("service") / "desk.db") as (client, _):
        yield client


def test_it_says_which_policies_there_are(client: Client) -> None:
    status, policies = client.call("/policies?on=2026-07-01")
    assert status == 200
    found = {each["id"]: each for each in policies}
    assert len(found) >= 14
    hotel = found["hotel-guest-recovery"]
    assert hotel["roles"][0] == "associate"
    assert hotel["remedies"]["credit"] == {"title": "Folio credit", "kind": "money"}
    assert hotel["facts"]["incident.kind"]["choices"][0] == "noise"
    assert "guest.recoveries" not in hotel["facts"], "the ledger knows that one"


def test_what_may_i_do(client: Client) -> None:
    status, answer = client.call(f"{HOTEL}/options", {**NOISE, "employee": {"id": "e-options", "role": "associate"}})
    assert status == 200
    assert answer["granted"] is False
    offers = {offer["remedy"]: offer["amount"] for offer in answer["decision"]["offers"]}
    assert offers == {"credit": "30 EUR", "points": 10_000, "late_checkout": True, "upgrade": True}


def test_decide_gives_nothing_and_grant_does(client: Client) -> None:
    wanted = {**NOISE, "asked": {"credit": "25 EUR"}, "facts": {**NOISE["facts"], "guest.id": "G-2", "stay.id": "S-2"}}
    wanted["facts"] = {
        "guest": {"id": "G-2", "tier": "none"},
        "stay": {"id": "S-2"},
        "incident": {"kind": "noise", "severity": 3},
    }
    status, answer = client.call(f"{HOTEL}/decide", wanted)
    assert (status, answer["granted"], answer["decision"]["outcome"]) == (200, False, "grant")
    status, first = client.call(f"{HOTEL}/grant", wanted, key="g-2")
    assert (status, first["granted"]) == (201, True)
    status, again = client.call(f"{HOTEL}/grant", wanted, key="g-2")
    assert (status, again["record"]) == (200, first["record"]), "a retry gives the first answer again"
    status, other = client.call(f"{HOTEL}/grant", {**wanted, "asked": {"credit": "30 EUR"}}, key="g-2")
    assert (status, other["title"]) == (409, "this key was used for another request")


def test_a_refusal_carries_what_can_be_done_instead(client: Client) -> None:
    status, answer = client.call(f"{HOTEL}/grant", {**NOISE, "asked": {"credit": "45 EUR"}}, key="too-much")
    assert (status, answer["granted"]) == (200, False)
    decision = answer["decision"]
    assert (decision["outcome"], decision["approver"]) == ("escalate", "supervisor")
    assert {"credit", "points"} <= {offer["remedy"] for offer in decision["offers"]}


def test_a_grant_is_on_record_and_can_be_voided_once(client: Client) -> None:
    facts = {"guest": {"id": "G-3", "tier": "none"}, "stay": {"id": "S-3"}, "incident": {"kind": "noise", "severity": 2}}
    _, granted = client.call(f"{HOTEL}/grant", {**NOISE, "facts": facts, "asked": {"points": 500}}, key="g-3")
    status, record = client.call(f"/records/{granted['record']}")
    assert (status, record["kind"], record["employee"]["id"]) == (200, "grant", "e-17")
    assert "G-3" not in json.dumps(record), "personal facts stay hidden"
    back = {"employee": {"id": "e-18", "role": "supervisor"}, "reason": "wrong guest"}
    status, voided = client.call(f"/records/{granted['record']}/void", back)
    assert (status, voided["kind"], voided["of"]) == (201, "void", granted["record"])
    status, twice = client.call(f"/records/{granted['record']}/void", back)
    assert (status, twice["title"]) == (409, "not possible")


def test_all_problems_of_a_request_come_at_once(client: Client) -> None:
    bad = {
        "employee": {"id": "e-17", "role": "asociate"},
        "asked": {"credit": 45.5, "pints": 3},
        "facts": {"guest.tear": "gold", "incident": {"kind": "noise", "severity": 9}},
        "occurred": "2026-07-01",
    }
    status, answer = client.call(f"{HOTEL}/decide", bad)
    assert (status, answer["status"]) == (422, 422)
    problems = {each["path"]: each for each in answer["problems"]}
    assert set(problems) == {"employee.role", "asked.credit", "asked.pints", "facts.guest.tear", "facts.incident.severity"}
    assert problems["asked.pints"]["hint"] == "did you mean `points`?"


@pytest.mark.parametrize(
    ("path", "raw", "key", "status", "title"),
    [
        ("/policies/nowhere/decide", b"{}", None, 404, "no such policy"),
        (f"{HOTEL}/decide", b"{", None, 400, "not JSON"),
        (f"{HOTEL}/decide", b"[]", None, 400, "not an object"),
        (f"{HOTEL}/decide", b"[" * 50_000, None, 400, "not JSON"),
        (f"{HOTEL}/decide", b'{"occurred": "yesterday"}', None, 400, "not a day"),
        (f"{HOTEL}/decide", b" " * 70_000, None, 413, "request entity too large"),
        (f"{HOTEL}/grant", b"{}", None, 400, "no key"),
        (
            "/records/nothing/void",
            b'{"employee": {"id": "e", "role": "associate"}, "reason": "x"}',
            None,
            404,
            "no such record",
        ),
        ("/nowhere", b"{}", None, 404, "not found"),
    ],
)
def test_wrong_calls_are_told_what_is_wrong(
    client: Client, path: str, raw: bytes, key: str | None, status: int, title: str
) -> None:
    got, answer = client.call(path, raw=raw, key=key)
    assert (got, answer["title"], answer["type"]) == (status, title, "application/problem+json")


def test_a_day_before_the_policy_was_in_force_is_refused(client: Client) -> None:
    status, answer = client.call(f"{HOTEL}/decide", {**NOISE, "occurred": "2019-07-01"})
    assert status == 422
    assert answer["problems"][0]["code"].startswith("request/")


def test_many_desks_at_once_never_overspend(client: Client) -> None:
    """The stay has had nothing yet: of sixty times 30 EUR, twenty fit into 600 EUR, whoever comes first."""

    def ask(number: int) -> bool:
        facts = {"guest": {"id": f"many-{number}"}, "stay": {"id": "S-many"}, "incident": {"kind": "noise", "severity": 3}}
        body = {
            **NOISE,
            "employee": {"id": f"desk-{number}", "role": "associate"},
            "facts": facts,
            "asked": {"credit": "30 EUR"},
        }
        status, answer = client.call(f"{HOTEL}/grant", body, key=f"many-{number}")
        assert status == (201 if answer["granted"] else 200)
        return bool(answer["granted"])

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(ask, range(60))) == 20


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    ledger = tmp_path / "desk.db"
    wanted = {**NOISE, "asked": {"credit": "25 EUR"}}
    with running(ledger) as (client, process):
        status, first = client.call(f"{HOTEL}/grant", wanted, key="k")
        assert status == 201
        process.kill()
    with running(ledger) as (client, _):
        assert client.call(f"/records/{first['record']}")[0] == 200
        assert client.call(f"{HOTEL}/grant", wanted, key="k")[1]["record"] == first["record"]
    with remit.open_ledger(ledger) as reopened:
        assert reopened.verify().ok
