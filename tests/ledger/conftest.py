"""What the tests of the ledger share: every test that takes ``backend``, ``store`` or ``ledger`` runs on both stores, and those
that say most of how a ledger and its database get on run behind a connection pooler, too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import remit
from remit.ledger.stores.store import Store
from support.desk import Clock
from support.ledgers import BACKENDS, POOLED, new_ledger, open_store
from support.needs import needs

BEHIND_A_POOLER = ("test_store", "test_granting", "test_keys", "test_caps", "test_claims", "test_concurrency", "test_erasing")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        pooled = metafunc.module.__name__.rpartition(".")[2] in BEHIND_A_POOLER
        slow = metafunc.definition.get_closest_marker("slow") is not None
        more = [pytest.param(POOLED, marks=needs("pgbouncer"))] if pooled and not slow else []
        metafunc.parametrize("backend", [*BACKENDS, *more])


@pytest.fixture
def store(backend: str, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(backend, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(backend: str, tmp_path: Path, clock: Clock) -> Iterator[remit.Ledger]:
    """An empty ledger, whose every test ends with a thorough verification."""
    opened = new_ledger(backend, tmp_path, clock=clock)
    yield opened
    found = opened.verify(thorough=True)
    opened.close()
    assert found.ok, found.findings
