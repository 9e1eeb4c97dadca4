"""Files to policies."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from remit.decision.policy import Policy
from remit.decision.policyset import PolicySet
from remit.errors import PolicyError, Problem
from remit.policy.loader import load_model, read_model
from remit.policy.versions import load_versions

__all__ = ["load", "load_folder", "loads", "shipped"]


def load(path: str | Path) -> Policy:
    """Read one policy file. Raises :class:`remit.PolicyError` with all problems, each with its place and what to do."""
    return Policy(load_model(path))


def loads(text: str, name: str = "policy") -> Policy:
    """Read a policy from text; ``name`` stands for the file in errors. Raises :class:`remit.PolicyError`."""
    return Policy(read_model(text, name))


def load_folder(path: str | Path) -> PolicySet:
    """Read all policies of a folder, in all their versions. Raises :class:`remit.PolicyError` with the problems of all files;
    versions of one policy that are in force on the same day are one of them."""
    return PolicySet({name: versions.map(Policy) for name, versions in load_versions(path).items()})


def shipped(name: str) -> Path:
    """The file of a ready-to-use policy that comes with remit, by its name (``hotel-guest-recovery``).

    Raises :class:`remit.PolicyError` if there is none of that name.
    """
    folder = files("remit.rules")
    found = {each.name.removesuffix(".yaml"): each for each in folder.iterdir() if each.name.endswith(".yaml")}
    if name not in found or name.endswith("_test"):
        known = ", ".join(sorted(each for each in found if not each.endswith("_test")))
        raise PolicyError([Problem("policy/not-found", f"no policy `{name}` comes with remit", hint=f"there are {known}")])
    return Path(str(found[name]))
