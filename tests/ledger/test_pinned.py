"""A ledger whose id is known is that one, or none: never another, and never a new one."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

import remit
from remit.errors import LedgerError, RequestError
from support.desk import desk, request
from support.ledgers import new_ledger, place_of


def test_the_ledger_that_was_asked_for_is_opened(backend: str, tmp_path: Path) -> None:
    place = place_of(backend, tmp_path)
    with remit.open_ledger(**place) as ledger:
        ledger.grant(desk(), request())
    with remit.open_ledger(**place, ledger=ledger.id) as again:
        assert again.head().size == 1


def test_another_one_is_refused_with_both_ids(backend: str, tmp_path: Path) -> None:
    place = place_of(backend, tmp_path)
    with remit.open_ledger(**place) as here, new_ledger(backend, tmp_path) as there:
        ids = here.id, there.id
    with pytest.raises(LedgerError, match="is {}, and {} was asked for".format(*ids)):
        remit.open_ledger(**place, ledger=ids[1])


def test_none_is_made_where_there_is_none(backend: str, tmp_path: Path) -> None:
    place, wanted = place_of(backend, tmp_path), "0" * 32
    for _ in range(2):  # nothing is there the second time either
        with pytest.raises(LedgerError, match=f"there is no ledger in .*, and {wanted} was asked for; none was made"):
            remit.open_ledger(**place, ledger=wanted)
    assert list(tmp_path.iterdir()) == []
    if backend == "postgres":
        with psycopg.connect(place["url"]) as connection:
            assert connection.execute("SELECT to_regnamespace(%s)", (place["schema"],)).fetchone() == (None,)


def test_an_empty_file_and_memory_are_no_ledger(tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    empty.touch()
    for place in (str(empty), ":memory:"):
        with pytest.raises(LedgerError, match="there is no ledger in"):
            remit.open_ledger(place, ledger="0" * 32)
    assert empty.read_bytes() == b""
    with pytest.raises(RequestError, match=re.escape("ledger")):
        remit.open_ledger(str(empty), ledger=7)  # type: ignore[arg-type]
