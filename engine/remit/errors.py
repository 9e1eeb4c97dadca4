"""Every error a caller can catch, and the one shape in which a problem is told.

A :class:`Problem` says what is wrong, where, and what to do. Errors that come from people's input
(:class:`PolicyError`, :class:`RequestError`, :class:`ExpressionError`) carry *all* problems that were found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from unicodedata import category

__all__ = [
    "ExposureError",
    "ExpressionError",
    "LedgerBusy",
    "LedgerCorrupt",
    "LedgerError",
    "LedgerUnavailable",
    "KeyConflict",
    "MissingExtra",
    "NotAllowed",
    "NotFound",
    "NotPublished",
    "Place",
    "PolicyError",
    "Problem",
    "ProblemsError",
    "RemitError",
    "RequestError",
    "one_line",
]


def one_line(text: str) -> str:
    """Words that came from elsewhere, as one line for people: they cannot begin a line of their own, move the cursor, colour
    anything, turn the direction of what follows, or hide. All that remit tells people goes through this.

    >>> one_line("a\\r\\nb\\tc"), one_line("\\x1b[31mred"), one_line("\\u202e\\u200bx")
    ('a\ufffd b c', '\ufffd[31mred', '\ufffd\ufffdx')
    """
    if text.isprintable():
        return text
    return "".join(
        " " if char in "\n\t" else "\ufffd" if category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") else char for char in text
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a ``file``, or another text, that a person wrote.

    ``line`` and ``column`` count from 1; ``end_column`` is exclusive and on the same line; ``text`` is that whole line.
    """

    file: str
    line: int
    column: int
    end_column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def underlined(self) -> list[str]:
        """The line with its number, and below it what stands here underlined."""
        number, before = str(self.line), self.text[: self.column - 1]
        pad = "".join("\t" if char == "\t" else " " for char in before)
        shown = "\t".join(map(one_line, self.text.split("\t")))
        marks = "^" * max(1, self.end_column - self.column)
        return [f"  {number} | {shown}", f"  {' ' * len(number)} | {pad}{marks}"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    ``code`` is stable and reads ``category/name``. ``message`` is lowercase, without a final period, and puts what the user
    wrote in backticks. ``place`` is where it stands in a file; ``path`` is where it stands in a request (``facts.guest.tier``).
    ``hint`` says what to do; a ``severity`` of ``warning`` stops nothing.
    """

    code: str
    message: str
    place: Place | None = None
    path: str | None = None
    hint: str | None = None
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """Plain lines for people: where, what, the text underlined, what to do."""
        where = str(self.place) if self.place else self.path
        head = f"{self.severity}: {self.message} [{self.code}]"
        lines = [one_line(f"{where}: {head}" if where else head)]
        if self.place is not None:
            lines += self.place.underlined()
        if self.hint:
            first, *rest = map(one_line, self.hint.split("\n"))  # a hint may show lines to be written; they stay indented
            lines.append(f"  help: {first}")
            lines += (line if line.startswith("    ") else f"    {line}" for line in rest)
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """A plain mapping for JSON: ``code``, ``message``, ``severity`` and, where known, ``file``, ``line``, ``column``,
        ``end_column``, ``path``, ``hint``."""
        out: dict[str, Any] = {"code": self.code, "severity": self.severity, "message": self.message}
        if self.place is not None:
            out |= {
                "file": self.place.file,
                "line": self.place.line,
                "column": self.place.column,
                "end_column": self.place.end_column,
            }
        if self.path is not None:
            out["path"] = self.path
        if self.hint is not None:
            out["hint"] = self.hint
        return out


class RemitError(Exception):
    """The root of every error that remit raises on purpose."""


class ProblemsError(RemitError):
    """Something a person wrote is wrong; ``problems`` holds all of it, in reading order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems,)


class PolicyError(ProblemsError):
    """A policy, or a folder of policies, cannot be used."""


class RequestError(ProblemsError):
    """A request does not fit the policy: no decision was taken. ``Problem.path`` names each part."""


class ExpressionError(ProblemsError):
    """A FEEL expression cannot be read, or uses what remit does not support."""


class MissingExtra(RemitError, ImportError):
    """A feature needs a package of an extra that is not installed; the text says which to install."""

    def __init__(self, feature: str, extra: str) -> None:
        self.feature, self.extra = feature, extra
        super().__init__(f"{feature} needs an extra: pip install 'remit[{extra}]'")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.feature, self.extra)


class ExposureError(RemitError):
    """A sequence of requests that was found does not hold, so it is no answer: a fault of remit, to be reported. ``steps``
    is the sequence (:class:`remit.authoring.exposure.sequence.ExposureStep`)."""

    def __init__(self, message: str, steps: Sequence[Any] = ()) -> None:
        super().__init__(message)
        self.steps = tuple(steps)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.steps)


class LedgerError(RemitError):
    """The root of what can go wrong with a ledger."""


class LedgerBusy(LedgerError):
    """The ledger was locked by others for longer than the timeout. Nothing was written; try again."""


class LedgerUnavailable(LedgerError):
    """The store could not be reached or written (server down, disk full, read-only file). What was not acknowledged is not
    on record, or, where the connection broke during commit (``in_doubt``), is found again by retrying with the same key."""

    def __init__(self, message: str, *, in_doubt: bool = False) -> None:
        self.in_doubt = in_doubt
        super().__init__(message)


class LedgerCorrupt(LedgerError):
    """The record does not verify; ``detail`` names the first record that is wrong, and how."""

    def __init__(self, message: str, detail: Mapping[str, Any] | None = None) -> None:
        self.detail = dict(detail or {})
        super().__init__(message)


class KeyConflict(LedgerError):
    """The same idempotency key came with another request. Nothing was written."""


class NotFound(LedgerError):
    """No record, hold or task has this id."""


class NotAllowed(LedgerError):
    """The operation is not open to this person or in this state (approving oneself, a hold resolved twice, ...)."""


class NotGranted(NotAllowed):
    """An approval that the approver's own authority does not cover: nothing is on record, and the task stays open.
    ``decision`` says what is in the way."""

    def __init__(self, message: str, decision: Any) -> None:
        super().__init__(message)
        self.decision = decision

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.decision)


class NotPublished(NotAllowed):
    """The ledger goes by another text of this policy. Nothing was written; publish the text, under a version of its own."""
