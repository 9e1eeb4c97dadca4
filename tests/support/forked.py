"""Commands that are forked from a process that has imported remit already; ``command_server.py`` says why that is sound."""

from __future__ import annotations

import atexit
import json
import os
import selectors
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import cycle
from pathlib import Path
from threading import Lock
from typing import Final

__all__ = ["Forked", "Server", "next_server"]

SERVER: Final = Path(__file__).with_name("command_server.py")
LENGTH: Final = struct.Struct("!I")
#: What Python reads when it starts, beside all that begins with PYTHON or LC_.
AT_START: Final = frozenset(("LANG", "LANGUAGE", "TZ", "VIRTUAL_ENV"))


class Forked:
    """A command in a process that was forked for it."""

    def __init__(self, pid: int, told: socket.socket) -> None:
        self.pid = pid
        self._told = told

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end: the exit code, or less than nothing where a signal ended it, as :mod:`subprocess` has it."""
        self._told.settimeout(timeout)
        with self._told:
            return os.waitstatus_to_exitcode(LENGTH.unpack(self._told.recv(LENGTH.size))[0])

    def kill(self) -> None:
        """End it, if it has not ended by itself."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def exchange(self, given: bytes, ends: tuple[int, int, int], timeout: float) -> tuple[int, bytes, bytes]:
        """Write to its standard input, read all that it writes, and wait for its end."""
        stdin, stdout, stderr = ends
        read: dict[int, bytes] = {stdout: b"", stderr: b""}
        until = time.monotonic() + timeout
        with selectors.DefaultSelector() as waiting:
            for each in read:
                waiting.register(each, selectors.EVENT_READ)
            if given:
                os.set_blocking(stdin, False)
                waiting.register(stdin, selectors.EVENT_WRITE)
            else:
                os.close(stdin)
            while waiting.get_map():
                ready = waiting.select(max(0, until - time.monotonic()))
                if not ready:
                    self.kill()
                    raise subprocess.TimeoutExpired("remit", timeout, read[stdout], read[stderr])
                for key, _ in ready:
                    if key.fd == stdin:
                        given = given[_written(stdin, given) :]
                        more = bool(given)
                    else:
                        data = os.read(key.fd, 65536)
                        read[key.fd] += data
                        more = bool(data)
                    if not more:
                        waiting.unregister(key.fd)
                        os.close(key.fd)
        return self.wait(max(1, until - time.monotonic())), read[stdout], read[stderr]


def _written(stdin: int, given: bytes) -> int:
    try:
        return os.write(stdin, given[:65536])
    except BrokenPipeError:  # nobody reads it
        return len(given)


class Server:
    """A process that has imported remit, and forks."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = dict(env)
        self._lock = Lock()
        self._asking, asked = socket.socketpair()
        with asked:
            self._process = subprocess.Popen(
                [sys.executable, str(SERVER), str(asked.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=[asked.fileno()],
                env=self._env,
                cwd="/",
                start_new_session=True,
            )
        with self._asking.makefile("rb") as lines:
            told = lines.readline()
        if not told:
            raise RuntimeError(f"commands cannot be forked:\n{self._process.communicate()[1].decode()}")
        self._read: frozenset[str] = frozenset(json.loads(told))

    def stop(self) -> None:
        """It ends, and so does what it has forked."""
        self._asking.close()
        self._process.communicate()

    def serves(self, args: Sequence[str], env: Mapping[str, str]) -> bool:
        """Whether a fork would be like a process that is started for this command."""
        names = {*self._env, *env}
        watched = self._read | AT_START | {name for name in names if name.startswith(("PYTHON", "LC_"))}
        same = all(self._env.get(name) == env.get(name) for name in watched)
        texts = [*args, *env, *env.values()]
        return same and not any("\0" in each or len(each) > 50_000 for each in texts)  # the system takes no others

    def fork(
        self, args: Sequence[str], env: Mapping[str, str], cwd: Path, streams: tuple[int, int, int], *, terminal: bool = False
    ) -> Forked:
        """Have a command started; ``terminal`` if its streams are to be the terminal of a session of its own."""
        command = {"args": list(args), "env": dict(env), "cwd": os.path.abspath(cwd), "terminal": terminal}
        data = json.dumps(command).encode()
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            socket.send_fds(self._asking, [LENGTH.pack(len(data))], [*streams, theirs.fileno()])
            self._asking.sendall(data)
            answer = self._asking.recv(LENGTH.size)
        if not answer:
            raise RuntimeError(f"commands are not forked any more:\n{self._process.communicate()[1].decode()}")
        return Forked(LENGTH.unpack(answer)[0], ours)


@cache
def _servers(settings: tuple[tuple[str, str], ...]) -> Iterator[Server]:
    servers = [Server(dict(settings)) for _ in range(2)]
    for each in servers:
        atexit.register(each.stop)
    return cycle(servers)


def next_server(env: Mapping[str, str]) -> Server | None:
    """The one whose turn it is, which began with ``env``; where the system has not what that takes, none."""
    able = hasattr(os, "pidfd_open") and hasattr(socket, "send_fds")
    return next(_servers(tuple(sorted(env.items())))) if able else None
