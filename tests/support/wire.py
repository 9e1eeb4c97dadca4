"""A wire between a client and a PostgreSQL server that breaks at the worst moment."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path

_COMMIT = b"COMMIT\0"


class Wire:
    """Takes connections at a port of this computer and passes all on to the server whose socket is in ``folder``; but the
    answer to the first commit of something written never comes: the server has committed, or (``lost``) has never heard of
    it, and the client cannot know which.

    ``with Wire(folder) as wire`` gives ``wire.url``; ``wire.broke`` says whether it has come to that.
    """

    def __init__(self, folder: Path, *, lost: bool = False) -> None:
        self._lost = lost
        (self._server,) = (each for each in folder.glob(".s.PGSQL.*") if not each.name.endswith(".lock"))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"postgresql://postgres@127.0.0.1:{self._listener.getsockname()[1]}/postgres?sslmode=disable"
        self.broke = threading.Event()

    def __enter__(self) -> Wire:
        threading.Thread(target=self._take, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _take(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._server))
            silent = threading.Event()
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=(*pair, pair[0] is client, silent), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, asking: bool, silent: threading.Event) -> None:
        seen = b""
        try:
            while data := source.recv(65_536):
                seen = (seen + data)[-131_072:]
                if asking and b"INSERT INTO request_key" in seen and _COMMIT in data and not self.broke.is_set():
                    silent.set()
                    self.broke.set()
                    if self._lost:
                        break
                if asking or not silent.is_set():
                    target.sendall(data)
                elif _COMMIT in seen:
                    break  # the server says that it has committed
        except OSError:
            pass
        finally:
            for each in (source, target):
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)  # so that whoever waits at it wakes up
                each.close()
