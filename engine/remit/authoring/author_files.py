"""Which files of a folder the commands for authors look at: policies and their cases, no YAML of other programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from remit.authoring.testing.casefile import is_case_file
from remit.policy.reading.yaml_reader import LIMITS

__all__ = ["cases_and_policies_in", "policies_in"]

_KEYS: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?[\"']?(policy|ladder|facts|remedies|rules|guardrails|caps)[\"']?[ \t]*:", re.MULTILINE
)
_NOTHING: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:-{3})?\s*")


def policies_in(path: Path) -> Iterator[Path]:
    """``path`` itself, or the policies in a folder and below: no test files, nothing hidden, no YAML of other programs.

    More is looked at than is loaded from a folder. A file without a line ``policy:`` may be a policy with a misspelt key, and
    one with nothing in it, or saved as UTF-16, may be one that was lost.
    """
    yield from (each for each in cases_and_policies_in(path) if each == path or not is_case_file(each))


def cases_and_policies_in(path: Path) -> Iterator[Path]:
    """As :func:`policies_in`, and the test files too."""
    if not path.is_dir():
        yield path
        return
    for each in sorted((*path.rglob("*.yaml"), *path.rglob("*.yml"))):
        hidden = any(part.startswith(".") for part in each.relative_to(path).parts)
        if not hidden and each.is_file() and (is_case_file(each) or _may_be_policy(each)):
            yield each


def _may_be_policy(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            data = file.read(LIMITS.size_bytes)
    except OSError:
        return True  # it may be one: reading it says why it cannot be
    keys = set(_KEYS.findall(data))
    return b"policy" in keys or len(keys) > 1 or b"\0" in data or _NOTHING.fullmatch(data) is not None
