"""Facts from a command of the company (``--facts-from 'crm lookup C-17'``), which prints them as JSON."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from typing import Any, Final

import click

from remit.policy.model import Model

__all__ = ["facts_of_command"]

#: How long somebody who stands before a customer waits for another program, in seconds.
_PATIENCE: Final = 20


def facts_of_command(command: str, model: Model, *, trusted: bool) -> dict[str, Any]:
    """The facts that a command prints, by their full names; what the policy does not declare is left out, as a system says more
    of a customer than a policy asks. A command that is ``trusted`` is run without the environment of whoever calls, which
    could make it another one. Raises ``click.UsageError`` where the command gives none."""
    try:
        parts = shlex.split(command)
    except ValueError:
        raise click.UsageError(f"--facts-from: a quote of `{command}` is not closed.") from None
    if not parts:
        raise click.UsageError("--facts-from: which command?")
    plain = {name: os.environ[name] for name in ("HOME", "LANG", "SYSTEMROOT") if name in os.environ}
    try:
        done = subprocess.run(
            parts,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            env={**plain, "PATH": os.defpath} if trusted else None,
        )
        found = json.loads(done.stdout) if done.returncode == 0 else None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise click.UsageError(f"--facts-from: `{command}` cannot be run: {error}.") from None
    except (ValueError, RecursionError):
        raise click.UsageError(f"--facts-from: what `{command}` prints is not JSON.") from None
    if done.returncode != 0:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise click.UsageError(f"--facts-from: `{command}` left with {done.returncode}{f': {told[-1]}' if told else ''}.")
    if not isinstance(found, dict):
        raise click.UsageError(
            f'--facts-from: `{command}` must print a mapping of facts, such as {{"guest": {{"id": "g-7"}}}}.'
        )
    out: dict[str, Any] = {}
    _flatten(found, "", model, out)
    return out


def _flatten(group: Mapping[str, Any], prefix: str, model: Model, out: dict[str, Any]) -> None:
    for key, value in group.items():
        name = f"{prefix}{key}"
        if name in model.facts:
            out |= {name: value} if value is not None else {}
        elif isinstance(value, Mapping):
            _flatten(value, f"{name}.", model, out)
