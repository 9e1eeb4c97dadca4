"""A real PgBouncer in front of the PostgreSQL server that the tests share, as services meet it: in transaction mode, where each
transaction may have another connection to the server, and start-up options are refused."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import time
from functools import cache
from pathlib import Path

from support.ledgers import postgres_server, quick_folder

__all__ = ["pooler_url"]

#: Fewer connections to the server than some tests have clients, so that they are handed round.
_POOL_SIZE = 4

_SETTINGS = """
[databases]
* = host={server} user=postgres

[pgbouncer]
unix_socket_dir = {folder}
listen_addr =
listen_port = 6432
auth_type = any
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 500
query_wait_timeout = 20
{more}
"""


@cache
def pooler_url(*, size: int = _POOL_SIZE, more: str = "") -> str:
    """The address of a pooler with ``size`` connections to the server and ``more`` settings. It ends with this process."""
    server, folder = postgres_server(), quick_folder()
    settings = folder / "pgbouncer.ini"
    settings.write_text(_SETTINGS.format(server=server.pgdata, folder=folder, size=size, more=more), encoding="utf-8")
    if os.geteuid() == 0:  # which PgBouncer does not run as; the user of the server may connect to it
        shutil.chown(folder, server.system_user)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["pgbouncer", "-q", str(settings)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=server.system_user if os.geteuid() == 0 else None,
        )
    atexit.register(_stop, process, folder)
    while not (folder / ".s.PGSQL.6432").exists():
        assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")
        time.sleep(0.01)
    return f"postgresql://postgres@/postgres?host={folder}&port=6432"


def _stop(process: subprocess.Popen[bytes], folder: Path) -> None:
    process.kill()
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)
