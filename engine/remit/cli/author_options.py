"""What commands for authors have in common: options, and what becomes of a fault in a proof."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from remit.errors import RemitError

__all__ = ["faults_kept", "findings_format_option", "seconds_option"]

F = TypeVar("F", bound=Callable[..., Any])


def findings_format_option(command: F) -> F:
    """``--format``: for whom findings are printed."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["human", "json", "github", "sarif"]),
        default="human",
        show_default=True,
        help="For people, for programs (a JSON list), as annotations of a pull request, or for code scanning (SARIF 2.1.0).",
    )(command)


@contextmanager
def faults_kept() -> Iterator[None]:
    """Where a proof shows a fault of remit's own, its question is kept in a file, and the error names that."""
    from remit.authoring.proving.question import Disagreement

    try:
        yield
    except Disagreement as fault:
        from hashlib import sha256

        from remit.cli.support.home_folders import cache_folder

        kept = cache_folder() / "proofs" / f"fault-{sha256(fault.script.encode()).hexdigest()[:12]}.smt2"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(fault.script, encoding="utf-8")
        raise RemitError(f"{fault}; the question that shows it is in `{kept}`: send it to whoever gave you remit") from None


def _finite(_: click.Context, __: click.Parameter, seconds: float) -> float:
    if math.isnan(seconds):
        raise click.BadParameter("`nan` is no number of seconds; give one from 0.1 to 3600")
    return seconds


def seconds_option(command: F) -> F:
    """``--seconds``: how long one question may take."""
    return click.option(
        "--seconds",
        type=click.FloatRange(0.1, 3600),
        default=10.0,
        show_default=True,
        callback=_finite,
        help="How long one question of a proof may take. What takes longer is not proved.",
    )(command)
