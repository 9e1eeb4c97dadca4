"""Which test files a path means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from remit.authoring.testing.casefile import test_file_of

__all__ = ["is_case_file", "test_files"]


def is_case_file(path: Path) -> bool:
    """Whether ``path`` is named like a test file of a policy."""
    return path.suffix in (".yaml", ".yml") and path.stem.endswith("_test")


def test_files(path: Path) -> Iterator[Path]:
    """The test files of ``path``: itself, the one beside a policy, or all below a folder."""
    if path.is_dir():
        for each in sorted((*path.rglob("*_test.yaml"), *path.rglob("*_test.yml"))):
            if not any(part.startswith(".") for part in each.relative_to(path).parts):
                yield each
    else:
        yield path if is_case_file(path) else test_file_of(path)
