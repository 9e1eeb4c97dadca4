"""Options that commands with proofs have in common."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["seconds_option"]

F = TypeVar("F", bound=Callable[..., Any])


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
