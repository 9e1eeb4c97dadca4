"""The command as people run it: real processes, with pipes or at a real terminal (a pty). Nothing is mocked.

Most are forked from a process that has imported remit already (``support/forked.py``), which saves most of their time. A test
about starting itself, about signals or about several processes of one command starts :data:`REMIT` afresh.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from support.forked import Forked, Server, next_server

ROOT = Path(__file__).resolve().parents[2]
REMIT = [sys.executable, "-m", "remit"]
_CODES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\x07")


@cache
def kept_policies() -> str:
    """A folder for what can be made again, shared by all users: a shipped policy is read once, and not by every command."""
    folder = tempfile.mkdtemp(prefix="remit-kept-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def environment(home: Path, **more: str) -> dict[str, str]:
    """A user of their own: nothing of the person who runs the tests."""
    keep = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONPATH") if name in os.environ}
    return {
        **keep,
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CACHE_HOME": kept_policies(),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "LOGNAME": "tester",
        "USER": "tester",
        "PYTHONDONTWRITEBYTECODE": "",
        **more,
    }


def _server_for(args: Sequence[str], env: Mapping[str, str]) -> Server | None:
    """A process to fork this command from, if that is the same as to start it; one that starts processes itself is started."""
    server = None if "--jobs" in args else next_server(environment(Path("/home-of-nobody")))
    return server if server and server.serves(args, env) else None


@dataclass(frozen=True)
class Ran:
    """What a finished command left behind."""

    code: int
    out: str
    err: str


def run(
    home: Path,
    *args: str,
    stdin: str | bytes = b"",
    env: Mapping[str, str] = {},
    cwd: Path = ROOT,
    timeout: float = 180,
    before: Callable[[], None] | None = None,
) -> Ran:
    """Run ``remit`` with pipes for everything; ``before`` is done in its process before it begins."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    # What one test proves, `remit show` in another does not know.
    apart = {"XDG_CACHE_HOME": str(home / "cache")} if args[:1] == ("prove",) else {}
    whole = {**environment(home), **apart, **env}
    server = None if before else _server_for(args, whole)
    if server:
        code, out, err = _piped(server, args, given, whole, cwd, timeout)
    else:
        done = subprocess.run(
            [*REMIT, *args],
            input=given,
            capture_output=True,
            env=whole,
            cwd=cwd,
            timeout=timeout,
            check=False,
            preexec_fn=before,
        )
        code, out, err = done.returncode, done.stdout, done.stderr
    return Ran(code, out.decode(errors="replace"), err.decode(errors="replace"))


def _piped(
    server: Server, args: Sequence[str], given: bytes, env: Mapping[str, str], cwd: Path, timeout: float
) -> tuple[int, bytes, bytes]:
    (their_in, our_in), (our_out, their_out), (our_err, their_err) = os.pipe(), os.pipe(), os.pipe()
    theirs = their_in, their_out, their_err
    try:
        forked = server.fork(args, env, cwd, theirs)
    finally:
        for each in theirs:
            os.close(each)
    return forked.exchange(given, (our_in, our_out, our_err), timeout)


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for something that happens in another process."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} seconds in vain")
        time.sleep(0.02)


class Terminal:
    """A command at a terminal of its own, with somebody typing.

    >>> with Terminal(["remit", "ask", ...], environment(home)) as terminal:      # doctest: +SKIP
    ...     terminal.expect("What went wrong?")
    ...     terminal.type("noise")
    """

    def __init__(self, command: Sequence[str], env: Mapping[str, str], *, columns: int = 80, cwd: Path = ROOT) -> None:
        self.raw = b""
        self._seen = 0
        self._code: int | None = None
        self._forked: Forked | None = None
        args = command[len(REMIT) :]
        server = _server_for(args, env) if list(command[: len(REMIT)]) == REMIT else None
        size = struct.pack("HHHH", 24, columns, 0, 0)
        if server:
            self.fd, theirs = pty.openpty()
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
            self._forked = server.fork(args, env, cwd, (theirs, theirs, theirs), terminal=True)
            self.pid = self._forked.pid
            os.close(theirs)
            return
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(cwd)
                fcntl.ioctl(0, termios.TIOCSWINSZ, size)
                os.execvpe(command[0], list(command), dict(env))
            finally:
                os._exit(127)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self._code is None:
            self._forked.kill() if self._forked else os.kill(self.pid, signal.SIGKILL)
            self._wait()
        os.close(self.fd)

    def _wait(self) -> int:
        return self._forked.wait() if self._forked else os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    @property
    def text(self) -> str:
        """All that was shown, without colours."""
        return _CODES.sub("", self.raw.decode(errors="replace")).replace("\r\n", "\n").replace("\r", "\n")

    def expect(self, words: str, timeout: float = 120) -> str:
        """Wait until ``words`` are shown after what was expected before; returns what came up to them."""
        end = time.monotonic() + timeout
        while (at := self.text.find(words, self._seen)) < 0:
            if not self._more(end):
                raise AssertionError(f"waited for {words!r}, saw:\n{self.text[self._seen :]}")
        shown, self._seen = self.text[self._seen : at], at + len(words)
        return shown

    def prompt(self, timeout: float = 120) -> str | None:
        """Wait for the next prompt; returns what came up to it, or ``None`` where the command has ended."""
        end = time.monotonic() + timeout
        while not self.text[self._seen :].endswith("> "):
            if not self._more(end):
                if time.monotonic() > end:
                    raise AssertionError(f"waited for a prompt, saw:\n{self.text[self._seen :]}")
                return None
        shown, self._seen = self.text[self._seen :], len(self.text)
        return shown

    def type(self, text: str, *, enter: bool = True) -> None:
        """Type as a person does."""
        os.write(self.fd, text.encode() + (b"\n" if enter else b""))

    def waits(self) -> None:
        """Wait until the command does: it sleeps, and has taken no processor time between two looks."""

        def look() -> tuple[str, ...]:
            words = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
            return words[0], words[11], words[12]

        def idle() -> bool:
            before = look()
            time.sleep(0.1)
            return before[0] == "S" and before == look()

        until(idle)

    def answer(self, words: str, text: str) -> None:
        """Wait for a question and its prompt, and answer."""
        self.expect(words)
        self.expect("> ")
        self.type(text)

    def finish(self, timeout: float = 120) -> tuple[int, str]:
        """Wait for the end; the exit code, and all that was shown."""
        end = time.monotonic() + timeout
        while self._more(end):
            pass
        self._code = self._wait()
        return self._code, self.text

    def _more(self, end: float) -> bool:
        ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
        if not ready:
            raise AssertionError(f"nothing came any more; so far:\n{self.text}")
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # the other end is closed
            return False
        self.raw += data
        return bool(data)
