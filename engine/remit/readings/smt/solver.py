"""A solver as a process of its own: it is asked in text, and killed when its time is over.

What a solver says is never taken on trust. ``unsat`` counts only as the one word on a line of its own, from a process that
still answers afterwards; an error, an end or anything else is :class:`SolverFailure`, and what was asked is then not proved. A
solver keeps its own time badly, so the parent does (Z3 looks at its clock between steps only).
"""

from __future__ import annotations

import os
import re
import selectors
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from math import ceil
from pathlib import Path
from typing import Final, Literal, TypeAlias

from remit.errors import MissingExtra

__all__ = ["Solver", "SolverFailure", "Verdict", "solver_command"]

Verdict: TypeAlias = Literal["sat", "unsat", "unknown"]

#: What the process says after each answer, so that it is known to be whole.
_MARK: Final = "remit-answer-ends"
_END: Final = re.compile(f'^"?{_MARK}"?\n', re.MULTILINE)
#: Megabytes that a solver may take.
_MEMORY: Final = 2_048
_VALUE: Final = re.compile(r"\((\|[^|]*\||[^\s()|]+)\s+(\(-\s*\d+\)|-?\d+|true|false)\)")


class SolverFailure(Exception):
    """No answer: the time is over (``timed_out``), the process ended, or what it said is not an answer."""

    def __init__(self, reason: str, *, timed_out: bool = False) -> None:
        super().__init__(reason)
        self.timed_out = timed_out


def solver_command() -> list[str]:
    """The command that starts Z3. Raises :class:`remit.errors.MissingExtra` where it is not installed."""
    name = "z3.exe" if os.name == "nt" else "z3"
    try:
        files = distribution("z3-solver").files or ()
    except PackageNotFoundError:
        raise MissingExtra("a proof", "prove") from None
    found = [Path(str(each.locate())) for each in files if each.name == name]
    found.append(Path(sys.executable).parent / name)
    path = next((str(each) for each in found if each.is_file()), shutil.which(name))
    if path is None:
        raise MissingExtra("a proof", "prove")
    return [path, "-in", "-smt2", f"-memory:{_MEMORY}"]


def _lasting(seconds: float, options: Sequence[str]) -> list[str]:
    """The command for a process that ends by itself a little later, should its parent be killed before."""
    return [*solver_command(), f"-T:{ceil(seconds) + 1}", *options]


class Solver:
    """One process for one question, within ``seconds``. Use it as a context manager; leaving it kills the process. ``options``
    are given to Z3, as ``smt.random_seed=1``."""

    def __init__(self, seconds: float, command: Sequence[str] | None = None, options: Sequence[str] = ()) -> None:
        self._until = time.monotonic() + seconds
        self._seconds = seconds
        self._process = subprocess.Popen(
            list(command or _lasting(seconds, options)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        os.set_blocking(self._in.fileno(), False)
        os.set_blocking(self._out.fileno(), False)
        self._said = ""

    def __enter__(self) -> Solver:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for each in (self._in, self._out):
            with suppress(OSError):  # what was not written is of no use any more
                each.close()

    def check(self, text: str = "", assuming: Sequence[str] = ()) -> Verdict:
        """Add ``text`` and ask whether anything meets it all (and ``assuming``, which are names, for this once)."""
        question = f"(check-sat-assuming ({' '.join(assuming)}))" if assuming else "(check-sat)"
        lines = self._asked(f"{text}\n{question}\n")
        if lines == ["sat"]:
            return "sat"
        if lines == ["unsat"]:
            return "unsat"
        if lines == ["unknown"]:
            return "unknown"
        raise SolverFailure("the solver said: " + " ".join(lines)[:200] if lines else "the solver said nothing")

    def values(self, names: Sequence[str]) -> dict[str, int | bool]:
        """The values of constants in the case that was found."""
        if not names:
            return {}
        said = " ".join(self._asked(f"(get-value ({' '.join(names)}))\n"))
        found: dict[str, int | bool] = {}
        for name, value in _VALUE.findall(said):
            plain = re.sub(r"[()\s]", "", value)
            found[name] = value == "true" if value in ("true", "false") else int(plain)
        missing = [name for name in names if name not in found]
        if missing:
            raise SolverFailure(f"the solver did not say what {missing[0]} is: {said[:200]}")
        return found

    def _asked(self, text: str) -> list[str]:
        """The lines that it says to ``text``."""
        left = f'{text}(echo "{_MARK}")\n'.encode()
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            selector.register(self._in, selectors.EVENT_WRITE)
            while (end := _END.search(self._said)) is None:
                rest = self._until - time.monotonic()
                ready = selector.select(rest) if rest > 0 else []
                if not ready:
                    raise SolverFailure(f"no answer in {self._seconds:g} s", timed_out=True)
                for key, _ in ready:
                    if key.fileobj is self._out:
                        self._hear()
                    else:
                        left = self._told(left)
                        if not left:
                            selector.unregister(self._in)
        answer, self._said = self._said[: end.start()], self._said[end.end() :]
        return [line.strip() for line in answer.splitlines() if line.strip()]

    def _hear(self) -> None:
        heard = os.read(self._out.fileno(), 1 << 16)
        if not heard:
            raise SolverFailure("the solver ended before it answered")
        self._said += heard.decode(errors="replace").replace("\r\n", "\n")

    def _told(self, text: bytes) -> bytes:
        try:
            return text[os.write(self._in.fileno(), text[: 1 << 16]) :]
        except BrokenPipeError:
            raise SolverFailure("the solver ended before it was asked") from None
