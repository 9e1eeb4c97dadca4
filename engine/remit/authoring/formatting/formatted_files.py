"""Which files are formatted, whether they are right, and writing them without ever leaving half of one."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from remit.authoring.formatting.formatting import format_text
from remit.authoring.testing.case_reader import read_cases
from remit.authoring.testing.casefile import is_case_file
from remit.errors import PolicyError, RemitError
from remit.policy.loader import inspect_model, unreadable
from remit.policy.reading.yaml_reader import LIMITS, decode

__all__ = ["Formatted", "format_bytes", "format_file", "replace_file"]


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as it is and as it should be."""

    name: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.before != self.after


def format_file(path: Path) -> Formatted:
    """The file in the one layout; nothing is written. Raises :class:`~remit.errors.PolicyError` with all that is wrong with
    it."""
    try:
        with path.open("rb") as file:
            data = file.read(LIMITS.size_bytes + 1)
    except OSError as error:
        raise PolicyError([unreadable(path, error)]) from None
    return format_bytes(data, str(path), cases=is_case_file(path))


def format_bytes(data: bytes, name: str, *, cases: bool = False) -> Formatted:
    """As :func:`format_file`, from what a file holds; ``cases``: it holds the cases of a policy, not a policy."""
    text, report = decode(data, name)
    if text is None:
        raise PolicyError(report.sorted())
    problems = read_cases(text, Path(name))[1] if cases else inspect_model(text, name)[1]
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise PolicyError(errors)
    return Formatted(name, text, format_text(text, name))


def replace_file(path: Path, text: str) -> None:
    """Write ``text`` to ``path``: all of it, or nothing. A link stays a link, and who may read the file stays as it is.

    Raises :class:`~remit.errors.RemitError` where the file cannot be written.
    """
    target = path.resolve()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.chmod(name, stat.S_IMODE(target.stat().st_mode))
            os.replace(name, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        raise RemitError(f"`{path}` cannot be written: {error.strerror or error}") from error
