"""Facts from a command of the company (``--facts-from 'crm lookup C-17'``), which prints them as JSON, or from a file of JSON.

A command may have names of facts in it, ``crm lookup {guest.id}``: it is run when they are known."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from remit.decision.request import find_fact
from remit.policy.model import Model

__all__ = ["Lookups", "facts_of_command", "fill_in", "wanted_by"]

#: How long somebody who stands before a customer waits for another program, in seconds.
_PATIENCE: Final = 20


_FACT: Final = re.compile(r"\{([\w.]+)\}")


def wanted_by(command: str, facts: Mapping[str, Any]) -> list[str]:
    """The facts that a command has in it and that are not known yet."""
    return [name for name in dict.fromkeys(_FACT.findall(command)) if find_fact(facts, name) is None]


def fill_in(command: str, facts: Mapping[str, Any]) -> str:
    """A command with the facts in it. A fact stays part of one word, whatever it says. Raises ``click.UsageError`` where the
    command cannot be read."""
    return shlex.join(_FACT.sub(lambda found: str(find_fact(facts, found[1])), word) for word in _words(command))


def _words(command: str) -> list[str]:
    try:
        parts = shlex.split(command)
    except ValueError:
        raise click.UsageError(f"--facts-from: a quote of `{command}` is not closed.") from None
    if not parts:
        raise click.UsageError("--facts-from: which command?")
    return parts


class Lookups:
    """The commands of one conversation, run as soon as what they need is known, and once for the same facts. ``look_up`` gives
    ``facts`` and ``sources`` of one."""

    def __init__(self, commands: Sequence[str], look_up: Callable[[str], Mapping[str, Any]]) -> None:
        self.commands = tuple(commands)
        self._look_up = look_up
        self._known: dict[str, Mapping[str, Any]] = {}
        self._said: dict[str, Any] = {}

    def __call__(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The request with what the commands say of it by now; what was typed counts before that."""
        typed = {name: value for name, value in request["facts"].items() if self._said.get(name) != value}
        facts, sources = dict(typed), {name: each for name, each in request["sources"].items() if name in typed}
        for command in self.commands:
            if not wanted_by(command, facts):
                filled = fill_in(command, facts)
                if filled not in self._known:
                    self._known[filled] = self._look_up(filled)
                facts = {**self._known[filled]["facts"], **facts}
                sources = {**self._known[filled]["sources"], **sources}
        self._said = {name: value for name, value in facts.items() if name not in typed}
        return {**request, "facts": facts, "sources": sources}


def facts_of_command(command: str, model: Model, *, trusted: bool) -> dict[str, Any]:
    """The facts that a command prints, or that a file (``guest.json``) has, by their full names; what the policy does not
    declare is left out, as a system says more of a customer than a policy asks. A command that is ``trusted`` is run without
    the environment of whoever calls, which could make it another one. Raises ``click.UsageError`` where there are none."""
    parts = _words(command)
    is_file = len(parts) == 1 and parts[0].endswith(".json")
    text = _read(parts[0]) if is_file else _print(command, parts, trusted=trusted)
    what = f"what stands in `{parts[0]}`" if is_file else f"what `{command}` prints"
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise click.UsageError(f"--facts-from: {what} is not JSON.") from None
    if not isinstance(found, dict):
        raise click.UsageError(f'--facts-from: {what} must be a mapping of facts, such as {{"guest": {{"id": "g-7"}}}}.')
    out: dict[str, Any] = {}
    _flatten(found, "", model, out)
    return out


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise click.UsageError(f"--facts-from: `{path}` cannot be read: {error.strerror or error}.") from None


def _print(command: str, parts: list[str], *, trusted: bool) -> bytes:
    """What a command prints."""
    plain = {name: os.environ[name] for name in ("HOME", "LANG", "SYSTEMROOT") if name in os.environ}
    try:
        done = subprocess.run(
            parts,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            env={**plain, "PATH": os.defpath} if trusted else None,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise click.UsageError(f"--facts-from: `{command}` cannot be run: {error}.") from None
    if done.returncode != 0:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise click.UsageError(f"--facts-from: `{command}` left with {done.returncode}{f': {told[-1]}' if told else ''}.")
    return done.stdout


def _flatten(group: Mapping[str, Any], prefix: str, model: Model, out: dict[str, Any]) -> None:
    for key, value in group.items():
        name = f"{prefix}{key}"
        if name in model.facts:
            out |= {name: value} if value is not None else {}
        elif isinstance(value, Mapping):
            _flatten(value, f"{name}.", model, out)
