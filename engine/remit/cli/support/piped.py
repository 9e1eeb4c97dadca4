"""Policies through a pipe: ``-``, ``/dev/stdin``, ``<(...)``. A pipe can be read once, and a policy is read more often."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

__all__ = ["Piped", "from_pipe", "is_pipe"]

if TYPE_CHECKING:
    _Path = Path
else:
    _Path = type(Path())


class Piped(_Path):
    """A copy of what came through a pipe, which says where it came from instead of where the copy is."""

    def __str__(self) -> str:
        return self.stem.replace("-", " ")

    def __fspath__(self) -> str:
        return super().__str__()


def is_pipe(path: Path) -> bool:
    """Whether ``path`` is standard input (``-``) or a pipe or device that can be read only once."""
    return str(path) == "-" or path.is_fifo() or path.is_char_device() or path.is_socket()


def from_pipe(path: Path, ctx: click.Context | None) -> Piped:
    """A copy of what comes through the pipe, which is there until the command ends."""
    from shutil import rmtree  # only where there is a pipe: they load compression, and more
    from tempfile import mkdtemp

    from remit.policy.reading.yaml_reader import LIMITS

    standard = str(path) in ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
    name = "standard-input" if standard else re.sub(r"\W+", "-", f"the-pipe-{path}")
    folder = mkdtemp(prefix="remit-")
    (ctx or click.get_current_context()).find_root().call_on_close(lambda: rmtree(folder, ignore_errors=True))
    copy = Piped(folder, f"{name}.yaml")
    with sys.stdin.buffer if str(path) == "-" else path.open("rb") as pipe:
        copy.write_bytes(pipe.read(LIMITS.size_bytes + 1))
    return copy
