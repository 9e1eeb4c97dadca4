"""A service's own list of employees instead of a published roster: row by row, and none that makes no sense."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import NotAllowed
from support.desk import Clock, desk
from support.ledgers import new_ledger, place_of
from support.staff import ROWS, asked, staff

# A service's own list


def test_a_service_has_a_list_of_its_own(backend: str, tmp_path: Path) -> None:
    seen: list[str] = []

    def row_of(employee: str) -> dict[str, Any] | None:
        seen.append(employee)
        return ROWS.get(employee.strip().lower())

    ledger = new_ledger(backend, tmp_path, roster=row_of, clock=Clock())
    ledger.publish(desk(), by="m-1")
    with pytest.raises(NotAllowed, match="e-1 may not publish here"):
        ledger.publish(desk(version="2"), by="e-1")
    entry = ledger.grant(desk(), asked("20 EUR", "E-1"))
    assert entry.granted
    assert entry.body["employee"] == {"id": "e-1", "role": "associate", "source": "roster"}
    assert entry.body["roster"].startswith("sha256:")
    assert entry.body["read"]["personal"] == {"ceiling": {"credit": "20 EUR"}}
    assert not ledger.grant(desk(), asked("20.01 EUR", "e-1")).granted
    with pytest.raises(NotAllowed, match="e-9 is not on the roster"):
        ledger.grant(desk(), asked("1 EUR", "e-9"))
    with pytest.raises(NotAllowed, match="opened with the roster of a service"):
        ledger.publish(staff(), by="m-1")
    assert {"E-1", "e-9"} <= set(seen)
    assert ledger.redecide(entry.id).same
    assert ledger.verify(thorough=True).ok


@pytest.mark.parametrize(
    "row",
    [
        {"id": "e-2", "role": "associate"},
        {"role": 3},
        {"role": "associate", "until": "tomorrow"},
        {"role": "associate", "trust": [{"most": {"credit": "20 EUR"}}]},
        {"role": "associate", "ceiling": [{"most": {"credit": "a lot"}, "by": "m-1"}]},
        {"role": "associate", "ceiling": [{"most": {"credit": "20 USD"}, "by": "m-1"}]},
    ],
)
def test_nobody_has_authority_by_a_row_that_makes_no_sense(tmp_path: Path, row: dict[str, Any]) -> None:
    ledger = new_ledger("sqlite", tmp_path, roster={"m-1": ROWS["m-1"], "e-1": row}.get)
    ledger.publish(desk(), by="m-1")
    with pytest.raises(NotAllowed, match="roster"):
        ledger.grant(desk(), asked("10 EUR", "e-1"))
    assert ledger.head().size == 1


def test_a_published_roster_is_not_put_aside_by_a_list(backend: str, tmp_path: Path) -> None:
    place = place_of(backend, tmp_path)
    with remit.open_ledger(**place) as ledger:
        ledger.publish(staff(), by="m-1")
    with pytest.raises(NotAllowed, match="has a roster of its own, published into it"):
        remit.open_ledger(**place, roster=ROWS.get)


ODD_ROWS: list[Any] = [
    *(False, 0, "", [], "abc", 5, object()),
    *({"role": "associate", "accounts": each} for each in ("g-1", [5], [None])),
    *({"role": "associate", "logins": each} for each in ("root", {"root"})),
    {"role": "associate", "acts_for": [{"id": 5, "by": "m-1", "because": "so"}]},
    {"role": "associate", "acts_for": [{"id": "m-1", "role": "manager", "by": "m-1", "because": "so"}]},
    {"role": "associate", "acts_for": [{"role": "manager", "by": object(), "because": "so"}]},
    {"role": "associate", "acts_for": [{"role": "manager", "by": "e-1", "because": "so"}]},
    {"role": "associate", "trust": [{"most": {"credit": "90 EUR"}, "by": "E-1"}]},
    {"role": "associate", "ceiling": [{"most": "1 EUR", "by": "m-1"}]},
    {"role": "associate", "ceiling": [{"most": None, "by": "m-1"}]},
    {"role": "associate", "ceiling": [{"most": {"credit": Decimal("NaN")}, "by": "m-1"}]},
    {"role": "associate", "ceiling": "none"},
    {"role": "associate", "site": "\ud800"},
    {"role": "associate", "roles": ["desk"]},
    {"role": "associate", "from": 3},
]


@pytest.mark.parametrize("row", ODD_ROWS, ids=map(str, range(len(ODD_ROWS))))
def test_a_row_of_another_shape_is_told_and_gives_nothing(tmp_path: Path, row: Any) -> None:
    ledger = new_ledger("sqlite", tmp_path, roster={"m-1": ROWS["m-1"], "e-1": row}.get)
    ledger.publish(desk(), by="m-1")
    with pytest.raises(NotAllowed, match="the roster"):
        ledger.grant(desk(), asked("10 EUR", "e-1"))
    assert ledger.head().size == 1


def test_days_of_a_row_may_be_moments(tmp_path: Path) -> None:
    row = {"role": "associate", "from": datetime(2026, 7, 1, 9), "until": datetime(2026, 7, 1, 17, tzinfo=UTC)}
    ledger = new_ledger("sqlite", tmp_path, roster={"m-1": ROWS["m-1"], "e-1": row}.get, clock=Clock())
    ledger.publish(desk(), by="m-1")
    assert ledger.grant(desk(), asked("10 EUR", "e-1")).granted
