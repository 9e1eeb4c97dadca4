"""Facts from a command of the company (``--facts-from 'crm lookup C-17'``), which prints them as JSON."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Mapping
from typing import Any, Final

import click

from remit.policy.model import Model

__all__ = ["facts_from"]

#: How long somebody who stands before a customer waits for another program, in seconds.
_PATIENCE: Final = 20


def facts_from(command: str, model: Model) -> dict[str, Any]:
    """The facts that a command prints, by their full names; what the policy does not declare is left out, as a system says more
    of a customer than a policy asks. Raises ``click.UsageError`` where the command gives none."""
    parts = shlex.split(command)
    try:
        done = subprocess.run(parts, capture_output=True, timeout=_PATIENCE, check=False)
        found = json.loads(done.stdout) if done.returncode == 0 else None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise click.UsageError(f"--facts-from: `{command}` cannot be run: {error}.") from None
    except ValueError:
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
            out[name] = value
        elif isinstance(value, Mapping):
            _flatten(value, f"{name}.", model, out)
