"""What the tests of the ledger share: every test that takes ``backend``, ``store`` or ``ledger`` runs on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import remit
from remit.ledger.stores.store import Store
from support.desk import Clock
from support.ledgers import BACKENDS, new_ledger, open_store


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


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
