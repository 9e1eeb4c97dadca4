"""A policy from a file, or as it was at a git revision: ``HEAD~3:rules/hotel.yaml``."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Final

from remit.errors import PolicyError, Problem
from remit.policy.loader import load_model, read_model
from remit.policy.model import Model
from remit.policy.reading.yaml_reader import decode

__all__ = ["policy_at"]

_REVISION: Final = re.compile(r"(?P<revision>[^-:][^:]+|[^-:]):(?P<path>.+)")
_SECONDS: Final = 30


def policy_at(where: str) -> Model:
    """The policy that ``where`` names: a file, or ``REVISION:PATH`` as git writes it (from the top of the repository; with
    ``./`` from here).

    Raises :class:`~remit.errors.PolicyError` where there is none, or it is not valid.
    """
    path = Path(where)
    found = _REVISION.fullmatch(where)
    if found is None or path.exists():
        if not path.is_file():
            raise _not_found(
                f"there is no file `{where}`",
                "give a file, a folder, the name of a policy that comes with remit, or REVISION:PATH of a git repository",
            )
        return load_model(path)
    text, report = decode(_at_revision(where), where)
    if text is None:
        raise PolicyError(report.sorted())
    return read_model(text, where)


def _at_revision(where: str) -> bytes:
    command = ["git", "cat-file", "blob", where]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)
    except FileNotFoundError:
        raise _not_found(f"`{where}` names a git revision, but git is not installed", "give two files") from None
    except subprocess.TimeoutExpired:
        raise _not_found(f"git did not find `{where}` within {_SECONDS} seconds", "give two files") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ").partition("\n")[0]
        raise _not_found(f"git has no `{where}`: {said}", "paths stand from the top of the repository, or begin with `./`")
    return done.stdout


def _not_found(message: str, hint: str) -> PolicyError:
    return PolicyError([Problem("policy/not-found", message, hint=hint)])
