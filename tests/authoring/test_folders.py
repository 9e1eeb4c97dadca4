"""Which files of a folder the commands for authors look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit.authoring.author_files import case_files_of, cases_and_policies_in, has_our_cases, policies_in

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


OURS = b"policy: x\n"
THEIRS = b"apiVersion: v1\nkind: Policy\n"


@pytest.mark.parametrize(
    ("files", "ours"),
    [
        ({"desk.yaml": OURS, "desk_test.yaml": b"cases: []\n"}, True),
        ({"desk.yml": OURS, "desk_test.yml": b""}, True),
        ({"desk.yaml": OURS, "more_test.yaml": b"policy: desk.yaml\ncases: []\n"}, True),
        ({"desk.yaml": OURS, "more_test.yaml": b'policy: "desk.yaml"  # the one\ncases: []\n'}, True),
        ({"lost_test.yaml": b"cases:\n  - {name: a, expect: {outcome: grant}}\n"}, True),
        ({"desk.yaml": THEIRS, "desk_test.yaml": b"cases:\n  - {name: a, expect: {outcome: grant}}\n"}, False),
        ({"desk.yaml": THEIRS, "desk_test.yaml": b"name: their tests\ntests: []\n"}, False),
        ({"desk.yml": b"models: []\n", "desk_test.yml": b"tests: []\n"}, False),
        ({"lost_test.yaml": b"tests: []\n"}, False),
    ],
)
def test_cases_are_ours_where_their_policy_is(tmp_path: Path, files: dict[str, bytes], ours: bool) -> None:
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    (cases,) = tmp_path.glob("*_test.y*")
    assert has_our_cases(cases) == ours
    assert list(case_files_of(tmp_path)) == [cases] * ours
    assert (cases in cases_and_policies_in(tmp_path)) == ours
    assert list(case_files_of(cases)) == [cases]
