"""Records are found by what a reviewer looks for: filters, alone and together, give what a plain look at all records gives."""

from __future__ import annotations

import csv
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

import remit
from remit import Money
from remit.errors import LedgerError, RequestError
from remit.ledger import Entry
from remit.ledger.people.roster_file import read_roster
from remit.review.remedy_sheet import export_remedies
from support.desk import CAPS, TEXT, Clock, desk, request
from support.ledgers import BACKENDS, new_ledger
from support.staff import roster_text
from support.trials import trials

MORE = "\n  - {id: bot, role: associate, site: harbour, agent: true}\n"


def fill(ledger: remit.Ledger) -> None:
    """Grants on the limit and below it, a task that is approved and one that is declined, discretion, reviews."""
    ledger.publish(read_roster(roster_text(more=MORE)), by="m-1")
    ledger.publish(desk(), by="m-1")
    e_1, bot, s_1, m_1 = ({"id": each} for each in ("e-1", "bot", "s-1", "m-1"))

    def asked(case: str, credit: str, **more: Any) -> dict[str, Any]:
        facts = {**request()["facts"], "guest.id": f"g-{case}"}
        return {**request(), "facts": facts, "employee": e_1, "case": case, "asked": {"credit": credit}, **more}

    first = ledger.grant(desk(), asked("C-1", "50 EUR"))
    ledger.grant(desk(), asked("C-2", "5 EUR", employee=bot))
    ledger.grant(desk(), {**asked("C-3", "5 EUR"), "asked": {"points": 100}})
    ledger.grant(
        desk(), asked("C-4", "60 EUR", employee={"id": "e-4"}, use_discretion=True, story="The lift was Broken all night.")
    )
    up, down = (ledger.escalate(desk(), asked(case, "90 EUR")) for case in ("C-5", "C-6"))
    ledger.approve(up.id, employee=m_1)
    ledger.decline(down.id, employee=m_1, reason="Not without a note.")
    ledger.decide(desk(), asked("C-7", "10 EUR"), act="declined")
    other = TEXT.format(caps=CAPS, version="1", visits=3).replace("policy: desk", "policy: other").replace(", late: true", "")
    forgotten = remit.loads(other, "other.yaml")
    ledger.publish(forgotten, by="m-1")
    ledger.decide(forgotten, {**asked("C-8", "10 EUR"), "asked": {"late": True}})
    ledger.void(first.id, employee=s_1, reason="The wrong room.")
    ledger.review(up.id, verdict="policy", cause="lack_of_authority", employee=m_1, tags=["wifi"])


def asked_amounts(entry: Entry) -> list[tuple[str, Any, Any]]:
    decision = entry.decision
    return [] if decision is None else [(n, a, decision.remedies[n]) for n, a in decision.asked.items() if a]


def unit(amount: Any) -> str:
    return amount.currency if isinstance(amount, Money) else ""


def whole(amount: Any) -> int:
    return amount.minor if isinstance(amount, Money) else int(amount)


#: Filter -> values that are worth trying, and a plain definition of it.
DEFINED: dict[str, tuple[list[Any], Callable[[remit.Ledger, Entry, Any], bool]]] = {
    "kind": (["grant", ("decide", "void")], lambda ledger, e, v: e.kind in ((v,) if isinstance(v, str) else v)),
    "employee": (["e-1", "m-1"], lambda ledger, e, v: e.employee == v),
    "role": (["associate", "manager"], lambda ledger, e, v: e.role == v),
    "act": (["declined", "handed_over"], lambda ledger, e, v: e.act == v),
    "verdict": (["policy", "praise"], lambda ledger, e, v: e.body.get("verdict") == v),
    "cause": (["lack_of_authority"], lambda ledger, e, v: e.body.get("cause") == v),
    "tag": (["wifi", "lift"], lambda ledger, e, v: v in e.body.get("tags", [])),
    "rule": (
        ["gesture", "none-such"],
        lambda ledger, e, v: (
            any(v in (d.rule, d.owed_rule) for _, _, d in asked_amounts(e))
            or any(r.id == v and r.kind != "rule" for r in (e.decision.reasons if e.decision else ()))
        ),
    ),
    "remedy": (["credit", "points"], lambda ledger, e, v: any(n == v for n, _, _ in asked_amounts(e))),
    "at_least": (
        [Money.of("30 EUR"), 100, Money.of("30 USD")],
        lambda ledger, e, v: any(unit(a) == unit(v) and whole(a) >= whole(v) for _, a, _ in asked_amounts(e)),
    ),
    "approver": (["m-1", "e-1"], lambda ledger, e, v: e.employee == v and e.kind in ("approve", "decline", "permit", "agree")),
    "gap": ([True, False], lambda ledger, e, v: bool(e.decision and e.decision.gap) is v),
    "discretion": ([True, False], lambda ledger, e, v: bool(e.decision and e.decision.discretion) is v),
    "on_limit": (
        [True],
        lambda ledger, e, v: any(d.available == a and whole(a) > whole(d.owed) for _, a, d in asked_amounts(e)),
    ),
    "agent": ([True, False], lambda ledger, e, v: (e.employee == "bot") is v),
    "site": (["harbour", "station"], lambda ledger, e, v: v == "harbour" and e.employee in ("e-1", "bot")),
    "story": (
        ["broken all", "NOTE", "nothing such"],
        lambda ledger, e, v: any(v.lower() in (e.words(n, reveal=True) or "").lower() for n in ("story", "reason", "note")),
    ),
}
WANTED = st.sets(st.sampled_from(list(DEFINED)), min_size=1, max_size=3).flatmap(
    lambda names: st.fixed_dictionaries({name: st.sampled_from(DEFINED[name][0]) for name in sorted(names)})
)


@pytest.fixture(scope="module", params=BACKENDS)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[remit.Ledger]:
    folder: Path = tmp_path_factory.mktemp("filters")
    with new_ledger(request.param, folder, clock=Clock(), repeat_within=timedelta()) as ledger:
        fill(ledger)
        yield ledger


@trials(150)
@given(WANTED)
def test_filters_give_what_a_plain_look_gives(filled: remit.Ledger, wanted: dict[str, Any]) -> None:
    expected = [
        entry.seq for entry in filled.records() if all(DEFINED[name][1](filled, entry, value) for name, value in wanted.items())
    ]
    assert [entry.seq for entry in filled.records(**wanted)] == expected


def test_every_filter_finds_something_and_leaves_something_out(filled: remit.Ledger) -> None:
    size = filled.head().size
    for name, (values, _) in DEFINED.items():
        assert 0 < len(list(filled.records(**{name: values[0]}))) < size, name


def test_amounts_are_of_one_remedy(filled: remit.Ledger) -> None:
    """`remedy`, `at_least`, `below` and `on_limit` are about the same remedy of a record."""
    cases = [entry.case for entry in filled.records(kind="grant", remedy="credit", at_least=100)]
    assert cases == []
    between = filled.records(kind="grant", remedy="credit", at_least=Money.of("5 EUR"), below=Money.of("30 EUR"))
    assert [entry.case for entry in between] == ["C-2"]


def test_what_is_no_filter_is_refused(filled: remit.Ledger) -> None:
    with pytest.raises(RequestError) as wrong:
        list(filled.records(gap="yes", at_least="30 EUR", ruel="small"))
    assert [each.path for each in wrong.value.problems] == ["ruel", "gap", "at_least"]


def test_remedies_are_rows_of_numbers(filled: remit.Ledger, tmp_path: Path) -> None:
    """What was given is in the sum of `given`, less what was taken back; nothing but amounts, and no words or guests."""
    path = tmp_path / "rows.csv"
    count = export_remedies(filled, path)
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    assert len(rows) == count
    folio = [row for row in rows if row["remedy"] == "credit" and row["given"]]
    assert sum(Decimal(row["given"]) for row in folio) == Decimal("5.00") + 60 + 90  # the first grant was taken back
    assert {row["currency"] for row in folio} == {"EUR"}
    assert [row["given"] for row in rows if row["remedy"] == "points" and row["given"]] == ["100"]
    assert [row["on_limit"] for row in rows if row["case"] == "C-1" and row["kind"] == "grant"] == ["true"]
    assert {row["agent"] for row in rows if row["employee"] == "bot"} == {"true"}
    text = path.read_text(encoding="utf-8")
    assert not [word for word in ("g-C-1", "Broken", "wrong room") if word in text]
    sheet = tmp_path / "rows.parquet"
    assert export_remedies(filled, sheet, kind="grant") == len([row for row in rows if row["kind"] == "grant"])
    table = parquet.read_table(sheet)
    assert table.schema.field("given").type == pyarrow.decimal128(38, 4)
    assert sum(table.column("given").to_pylist()) == sum(Decimal(row["given"]) for row in rows if row["kind"] == "grant")
    with pytest.raises(LedgerError, match=r"written to \.csv or \.parquet"):
        export_remedies(filled, tmp_path / "rows.jsonl")


def test_an_export_reveals_only_where_it_is_asked_to(filled: remit.Ledger, tmp_path: Path) -> None:
    shown, hidden = tmp_path / "shown.csv", tmp_path / "hidden.csv"
    filled.export(shown, reveal=True, story="lift")
    filled.export(hidden, story="lift")
    (row,) = csv.DictReader(shown.open(encoding="utf-8"))
    assert row["story"] == "The lift was Broken all night."
    assert "g-C-4" in row["facts"]
    assert stat.S_IMODE(shown.stat().st_mode) == 0o600
    (row,) = csv.DictReader(hidden.open(encoding="utf-8"))
    assert (row["story"], "g-C-4" in row["facts"]) == ("(hidden)", False)
    lines = tmp_path / "shown.jsonl"
    assert filled.export(lines, reveal=True, case="C-6") == 2
    assert "Not without a note." in lines.read_text(encoding="utf-8")
