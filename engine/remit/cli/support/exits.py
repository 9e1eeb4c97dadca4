"""Exit codes, and how errors are told. No error of a person's making ever shows a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import replace

import click

from remit.cli.support.spoken import error_text, spoken
from remit.cli.support.terminal import colour_wanted
from remit.cli.support.terminal import tell as told
from remit.errors import (
    KeyConflict,
    LedgerBusy,
    LedgerCorrupt,
    LedgerError,
    LedgerUnavailable,
    MissingExtra,
    NotAllowed,
    NotFound,
    Problem,
    ProblemsError,
    RemitError,
    one_line,
)
from remit.language.locales.messages import ENGLISH, Message

__all__ = [
    "ASK",
    "DENY",
    "ESCALATE",
    "FAILED",
    "FINE",
    "INVALID",
    "LEFT",
    "OUTCOMES",
    "UNHEARD",
    "UNRECORDED",
    "USAGE",
    "tell",
    "tell_fault",
    "tell_problems",
]

FINE = 0
FAILED = 1
USAGE = 2
ESCALATE = 3
INVALID = 4
DENY = 5
ASK = 6

#: The ledger could not be used: there is an answer, and nothing is on record.
UNRECORDED = 7
LEFT = 130

#: Whoever read the output has gone; as programs end that a closed pipe stops.
UNHEARD = 141

OUTCOMES = {"grant": FINE, "escalate": ESCALATE, "deny": DENY, "ask": ASK}


def tell_problems(problems: Iterable[Problem]) -> None:
    """Every problem on standard error, as :class:`remit.errors.Problem` says it."""
    colour = colour_wanted(sys.stderr)
    for problem in problems:
        head, *rest = _lines(problem)
        if colour:
            head = head.replace(f"{problem.severity}:", click.style(f"{problem.severity}:", fg="red", bold=True), 1)
        click.echo("\n".join((head, *rest)), err=True, color=colour)


def _lines(problem: Problem) -> list[str]:
    """A problem as :class:`remit.errors.Problem` says it; one in a request, in the language of the command."""
    _ = spoken()
    said, hint = _.of(problem.message), problem.hint and _.of(problem.hint)
    if _ is ENGLISH or problem.place is not None or problem.path is None:
        return str(replace(problem, message=said, hint=hint)).split("\n")
    head = _("{where}: error: {message} [{code}]", where=problem.path, message=said, code=problem.code)
    return [one_line(head), *([one_line(f"  {_help(hint)}")] if hint else [])]


def _help(hint: str) -> str:
    _ = spoken()
    return _("help: {hint}", hint=_.of(hint))


def tell(error: RemitError) -> int:
    """Say on standard error what went wrong; returns the exit code."""
    hint: str | None
    match error:
        case ProblemsError():
            tell_problems(error.problems)
            return INVALID
        case KeyConflict() | NotAllowed():
            hint, code = None, INVALID
        case NotFound():
            hint, code = Message("`remit log` lists what is on record"), USAGE
        case LedgerBusy():
            hint, code = Message("nothing was written; try again"), FAILED
        case LedgerUnavailable():
            hint = Message("what was not confirmed is not on record, or is found again with the same --key")
            code = FAILED
        case LedgerCorrupt(detail={"lines": _}):
            hint, code = Message("export the ledger again (`remit ledger export FILE --whole`)"), FAILED
        case LedgerCorrupt():
            hint = None if "`remit ledger verify" in str(error) else Message("`remit ledger verify` tells where")
            code = FAILED
        case MissingExtra() | LedgerError() | RemitError():
            hint, code = None, FAILED
    told(f"remit: {error_text(error)}", err=True)
    if hint:
        told(f"  {_help(hint)}", err=True)
    return code


def tell_fault(error: BaseException) -> int:
    """A fault of remit's own: say how to report it. REMIT_DEBUG=1 shows where it happened."""
    if os.environ.get("REMIT_DEBUG"):
        import traceback

        traceback.print_exception(error)
    told(f"remit: this is a fault in remit, not in what you typed ({type(error).__name__}: {error})", err=True)
    click.echo("  help: run it again with REMIT_DEBUG=1 and send what it prints to whoever gave you remit", err=True)
    return FAILED
