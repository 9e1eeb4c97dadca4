"""Files to policies."""

from __future__ import annotations

from pathlib import Path

from remit.deciding.policy import Policy
from remit.deciding.policyset import PolicySet
from remit.errors import PolicyError, Problem
from remit.policy.loader import load_model, read_model
from remit.policy.shipped import shipped_policies
from remit.policy.versions import load_versions

__all__ = ["load", "load_folder", "loads", "shipped"]


def load(path: str | Path) -> Policy:
    """Read one policy file. Raises :class:`remit.PolicyError` with all problems, each with its place and what to do."""
    if Path(path).is_dir():
        raise _unreadable(path, "is a folder", "use `remit.load_folder` for all policies in it")
    try:
        return Policy(load_model(path))
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror or error}") from error


def loads(text: str, name: str = "policy") -> Policy:
    """Read a policy from text; ``name`` stands for the file in errors. Raises :class:`remit.PolicyError`."""
    return Policy(read_model(text, name))


def load_folder(path: str | Path) -> PolicySet:
    """Read all policies of a folder, in all their versions. Raises :class:`remit.PolicyError` with the problems of all files;
    versions of one policy that are in force on the same day are one of them."""
    if Path(path).is_file():
        raise _unreadable(path, "is a file", "use `remit.load` for one policy")
    try:
        return PolicySet({name: versions.map(Policy) for name, versions in load_versions(path).items()})
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror or error}") from error


def _unreadable(path: str | Path, what: str, hint: str | None = None) -> PolicyError:
    return PolicyError([Problem("policy/unreadable", f"`{path}` {what}", hint=hint)])


def shipped(name: str) -> Path:
    """The file of a ready-to-use policy that comes with remit, by its name (``hotel-guest-recovery``).

    Raises :class:`remit.PolicyError` if there is none of that name.
    """
    found = shipped_policies()
    if name not in found:
        hint = f"there are {', '.join(sorted(found))}"
        raise PolicyError([Problem("policy/not-found", f"no policy `{name}` comes with remit", hint=hint)])
    return found[name]
