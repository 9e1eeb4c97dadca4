"""A process that has imported remit, and forks for every command that a test starts: ``support/forked.py`` asks it to.

Importing takes most of the time of most commands. What is forked here is still a process of its own, with the streams, the
environment and the folder that the test gave it, and an exit code; it runs ``python -m remit`` as Python does, from the top of
this file. What it must not inherit is the state that a process of its own would have made for itself:

- The environment as it was when something was imported. What is read meanwhile is noted, and the test is told: a command that
  has another value of one of those, or of what Python itself reads when it starts, is started afresh.
- The streams. They are those that Python made when this process began, on pipes; nothing was ever read or written, and they
  find out what they are on when they are used. Only whether lines are flushed was settled then, and is settled anew.
- Random numbers: Python seeds them anew in each fork. Hashes of texts are as they are here, so there are two of these
  processes, and commands take turns: one after the other still has sets in another order.
- Anything that was opened or begun: only modules are imported, and no thread runs (``_alone`` looks).
- What a module has of others without importing them itself: they are all there. ``tests/cli/test_forked.py`` looks for that.
"""

import sys

del sys.path[0]  # this folder: a command has its own there

import gc  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import pkgutil  # noqa: E402
import runpy  # noqa: E402
import select  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import struct  # noqa: E402
import zoneinfo  # noqa: E402, F401 - asks where Python's packages of HOME would be: no user of the tests has any
from importlib import import_module  # noqa: E402
from typing import Any, Final  # noqa: E402

#: What remit imports only when it is needed, and what is worth while having beforehand. None of them starts threads.
ALSO: Final = ("difflib", "jsonschema.validators", "psycopg", "rich.table", "rich.text")
#: Data, and what runs when it is imported.
NOT: Final = ("remit.__main__", "remit.check_pages", "remit.rules")
LENGTH: Final = struct.Struct("!I")


def import_all() -> list[str]:
    """Import what commands need. The names in the environment that were read meanwhile."""
    import remit

    names: set[str] = set()
    kind: Any = type(os.environ)
    get = kind.__getitem__

    def noting(environ: Any, name: str) -> str:
        names.add(name)
        return str(get(environ, name))

    kind.__getitem__ = noting
    try:
        for module in pkgutil.walk_packages(remit.__path__, "remit."):
            if module.name not in NOT and not module.name.startswith(tuple(f"{each}." for each in NOT)):
                import_module(module.name)
        for name in ALSO:
            import_module(name)
    finally:
        kind.__getitem__ = get
    return sorted(names)


def _alone() -> None:
    tasks = "/proc/self/task"
    if os.path.isdir(tasks) and len(os.listdir(tasks)) != 1:
        raise RuntimeError("something that was imported has started a thread: forks would lack it")


def serve(asked: socket.socket) -> dict[str, Any]:
    """Fork for each command that is asked for, and tell how it ended. Returns only in a fork: the command."""
    running: dict[int, tuple[int, int]] = {}  # what is readable when it has ended -> the process, whom to tell
    poll = select.poll()
    poll.register(asked, select.POLLIN)
    while True:
        for ready, _ in poll.poll():
            if ready != asked.fileno():
                poll.unregister(ready)
                pid, told = running.pop(ready)
                os.write(told, LENGTH.pack(os.waitpid(pid, 0)[1]))
                os.close(told)
                os.close(ready)
                continue
            head, given, _, _ = socket.recv_fds(asked, LENGTH.size, 4)
            if not head:  # the test process has gone, or wants no more
                for pid, _ in running.values():
                    os.kill(pid, signal.SIGKILL)
                os._exit(0)
            command: dict[str, Any] = json.loads(_whole(asked, LENGTH.unpack(head)[0]))
            pid = os.fork()
            if pid == 0:
                return _settled(command, given[:3])
            asked.sendall(LENGTH.pack(pid))
            ended = os.pidfd_open(pid)
            running[ended] = pid, given[3]
            poll.register(ended, select.POLLIN)
            for each in given[:3]:
                os.close(each)


def _whole(asked: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        parts.append(asked.recv(length))
        length -= len(parts[-1])
    return b"".join(parts)


def _settled(command: dict[str, Any], given: list[int]) -> dict[str, Any]:
    """What a process has that was started for this command."""
    if command["terminal"]:
        os.login_tty(os.dup(given[0]))
    for number, each in enumerate(given):
        os.dup2(each, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.chdir(command["cwd"])
    os.environ.clear()
    os.environ.update(command["env"])
    sys.path.insert(0, os.getcwd())
    sys.argv = ["-m", *command["args"]]
    sys.stdout.reconfigure(line_buffering=os.isatty(1))  # type: ignore[union-attr]
    return command


asked = socket.socket(fileno=int(sys.argv[1]))
read = import_all()
_alone()
gc.collect()
gc.freeze()  # a collection in a fork would copy all that was imported
asked.sendall((json.dumps(read) + "\n").encode())
serve(asked)
runpy.run_module("remit", run_name="__main__", alter_sys=True)
