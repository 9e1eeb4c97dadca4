"""Law 12: authority is never self-declared. Whatever a call says, what comes out is what the roster allows, or nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import remit
from remit.deciding.policy import reference_decision
from remit.errors import NotAllowed
from remit.ledger.people.roster_file import read_roster
from support.desk import Clock, desk, request
from support.trials import trials

LADDER = desk().model.ladder
TODAY = date(2026, 7, 1)
days = st.sampled_from([None, None, None, *(TODAY + timedelta(days=by) for by in (-1, 0, 1))])
amounts = st.sampled_from(["0 EUR", "5 EUR", "20 EUR", "60 EUR", "250 EUR"])
SPELLINGS = (str.upper, str.lower, lambda text: f" {text}", lambda text: text.replace("e", "\uff45"))


@st.composite
def people(draw: Any) -> list[dict[str, Any]]:
    ids = [f"e-{number}" for number in range(4)]
    out: list[dict[str, Any]] = []
    for name in ids:
        others = [each for each in ids if each != name]
        by = {"by": draw(st.sampled_from(others)), "because": "so"}
        row: dict[str, Any] = {"id": name, "role": draw(st.sampled_from(LADDER)), "from": draw(days), "until": draw(days)}
        if row["from"] and row["until"] and row["until"] < row["from"]:
            row["until"] = row["from"]
        acting = [{"role": each} for each in draw(st.sets(st.sampled_from(LADDER), max_size=1))]
        acting += [{"id": each} for each in draw(st.sets(st.sampled_from(others), max_size=2))]
        row["acts_for"] = [{**each, **by, "until": draw(days)} for each in acting]
        for kind in ("ceiling", "trust"):
            row[kind] = [
                {
                    "most": {"credit": draw(amounts)},
                    "by": by["by"],
                    "until": draw(days),
                    "policy": draw(st.sampled_from([None, None, "desk", "other"])),
                }
                for _ in range(draw(st.integers(0, 2)))
            ]
        out.append({key: _without_nothing(value) for key, value in row.items() if value})
    out.append({"id": "boss", "role": "manager", "publishes": True})
    return out


def _without_nothing(value: Any) -> Any:
    return [{key: each for key, each in row.items() if each is not None} for row in value] if isinstance(value, list) else value


def holds(row: Mapping[str, Any]) -> bool:
    return row.get("until") is None or row["until"] >= TODAY


def works(row: Mapping[str, Any]) -> bool:
    return holds(row) and row.get("from", TODAY) <= TODAY


def allowed(rows: list[dict[str, Any]], name: str, role: str | None) -> tuple[str, dict[str, Any]] | None:
    """The role and what holds for them alone; ``None`` where they may not act so. Worked out anew, in the plainest way."""
    by_id = {row["id"]: row for row in rows}
    me = by_id.get(name)
    if me is None or not works(me):
        return None
    ceilings = list(me.get("ceiling", []))
    if role not in (None, me["role"]):
        acting = [each for each in me.get("acts_for", []) if holds(each)]
        acting = [each for each in acting if "id" not in each or works(by_id[each["id"]])]
        mine = [each for each in acting if role == (by_id[each["id"]]["role"] if "id" in each else each["role"])]
        if not mine:
            return None
        if "id" in mine[0]:
            ceilings += by_id[mine[0]["id"]].get("ceiling", [])
    own = {}
    for kind, given_rows, pick in (("ceiling", ceilings, min), ("trust", me.get("trust", []), max)):
        found = [
            int(each["most"]["credit"][:-4]) for each in given_rows if holds(each) and each.get("policy", "desk") == "desk"
        ]
        if found:
            own[kind] = {"credit": f"{pick(found)} EUR"}
    return role or me["role"], own


@trials(400)
@given(people(), st.data())
def test_law_12_what_a_call_says_of_itself_gives_nothing(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    text = f'roster: desk\nversion: "1"\nstaff: {json.dumps(rows, default=str)}\n'
    with remit.open_ledger(":memory:", clock=Clock(), repeat_within=timedelta(0)) as ledger:
        ledger.publish(read_roster(text), by="boss")
        ledger.publish(desk(), by="boss")
        for _ in range(4):
            name = data.draw(st.sampled_from([*(row["id"] for row in rows), "nobody"]))
            role = data.draw(st.none() | st.sampled_from(LADDER))
            spelled = data.draw(st.sampled_from(SPELLINGS))(name)
            call = request(
                data.draw(amounts), facts={"level": data.draw(st.sampled_from([1, 1, 1, 3, 4, 5])), "rate": "90 EUR"}, case="c"
            )
            call["employee"] = {"id": spelled} if role is None else {"id": spelled, "role": role}
            expected = allowed(rows, name, role)
            size = ledger.head().size
            try:
                entry = ledger.decide(desk(), call)
            except NotAllowed:
                assert expected is None
                assert ledger.head().size == size
                continue
            assert expected is not None
            assert (entry.employee, entry.role, entry.body["employee"]["source"]) == (name, expected[0], "roster")
            read = entry.read(reveal=True)
            decision = reference_decision(
                desk().model,
                {**call, "employee": {"id": name, "role": expected[0]}},
                balances={key: value["used"] for key, value in read["balances"].items()},
                history=read["history"],
                at=datetime.fromisoformat(entry.body["recorded"]),
                personal=expected[1],
            )
            assert decision.limits == (entry.decision and entry.decision.limits)
            assert decision.outcome == entry.outcome
            assert ledger.redecide(entry.id).same
