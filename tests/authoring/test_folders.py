"""Which files of a folder the commands for authors look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit.authoring.author_files import cases_and_policies_in, policies_in

FILES = {
    "policy.yaml": b"title: X\npolicy: x\n",
    "policy_test.yaml": b"",
    "deep/misspelt.yml": b"polcy: x\nladder: [a]\nrules: []\n",
    "lost.yaml": b"",
    "truncated.yaml": b"\xef\xbb\xbf---\n\n",
    "notepad.yaml": "policy: x\n".encode("utf-16"),
    # of other programs, or of nobody
    "compose.yaml": b"services: {}\nrules: []\n",
    "commented.yaml": b"# policy: x\n",
    ".hidden/policy.yaml": b"policy: x\n",
    "policy.json": b"policy: x\n",
}
POLICIES = ["deep/misspelt.yml", "lost.yaml", "notepad.yaml", "policy.yaml", "truncated.yaml"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_policies_lost_ones_too(folder: Path) -> None:
    assert [str(each.relative_to(folder)) for each in policies_in(folder)] == POLICIES


def test_and_their_cases(folder: Path) -> None:
    found = [str(each.relative_to(folder)) for each in cases_and_policies_in(folder)]
    assert found == sorted([*POLICIES, "policy_test.yaml"])


def test_a_file_that_is_named_is_looked_at_whatever_is_in_it(folder: Path) -> None:
    for name in FILES:
        assert list(policies_in(folder / name)) == [folder / name]
