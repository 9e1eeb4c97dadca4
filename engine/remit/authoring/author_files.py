"""Which files of a folder the commands for authors look at: policies and their cases, no YAML of other programs, even where it
is named like cases (``NAME_test.yaml``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from remit.authoring.testing.casefile import is_case_file, test_file_of
from remit.policy.reading.yaml_reader import LIMITS

__all__ = ["case_files_of", "cases_and_policies_in", "has_our_cases", "policies_in"]

_KEYS: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?[\"']?(policy|ladder|facts|remedies|rules|guardrails|caps)[\"']?[ \t]*:", re.MULTILINE
)
_POLICY: Final = re.compile(rb"^policy[ \t]*:[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)
_CASES: Final = re.compile(rb"^cases[ \t]*:(?s:.*)\bexpect\b", re.MULTILINE)
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
        if not hidden and each.is_file() and (has_our_cases(each) if is_case_file(each) else _may_be_policy(each)):
            yield each


def case_files_of(path: Path) -> Iterator[Path]:
    """The test files of ``path``: itself, the one beside a policy, or all below a folder."""
    if path.is_dir():
        yield from filter(is_case_file, cases_and_policies_in(path))
    else:
        yield path if is_case_file(path) else test_file_of(path)


def has_our_cases(path: Path) -> bool:
    """Whether the test file ``path`` is about one of our policies: the one that it names, or that it is named after. Where that
    policy is lost, what is in the test file decides."""
    data = _read(path)
    if data is None:
        return True
    named = _POLICY.search(data)
    stem = path.stem.removesuffix("_test")
    names = [named[1].decode("utf-8", "replace")] if named else [f"{stem}.yaml", f"{stem}.yml"]
    there = [each for each in (path.parent / name for name in names) if each.is_file()]
    return any(map(_may_be_policy, there)) if there else _CASES.search(data) is not None


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(LIMITS.size_bytes)
    except OSError:
        return None


def _may_be_policy(path: Path) -> bool:
    data = _read(path)
    if data is None:
        return True  # it may be one: reading it says why it cannot be
    keys = set(_KEYS.findall(data))
    return b"policy" in keys or len(keys) > 1 or b"\0" in data or _NOTHING.fullmatch(data) is not None
