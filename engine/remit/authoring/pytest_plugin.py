"""A pytest plugin that collects ``NAME_test.yaml`` files: every case is a test.

Switch it on in the project that holds the policies, in ``conftest.py``::

    pytest_plugins = ["remit.authoring.pytest_plugin"]

A file is collected only where it is about a policy of ours, so that other tools' files of the same name are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from remit.authoring.author_files import has_our_cases
from remit.authoring.testing.case_reader import read_case_file
from remit.authoring.testing.case_report import describe
from remit.authoring.testing.case_run import Result, run_case
from remit.authoring.testing.casefile import Case, is_case_file
from remit.deciding.loading import load
from remit.deciding.policy import Policy
from remit.errors import PolicyError

__all__ = ["pytest_collect_file"]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the test files of policies."""
    if not is_case_file(file_path) or not has_our_cases(file_path):
        return None
    collected: pytest.Collector = _File.from_parent(parent, path=file_path)
    return collected


class _File(pytest.File):
    """One test file."""

    def collect(self) -> Iterator[pytest.Item]:
        cases, problems = read_case_file(self.path)
        if cases is None:
            raise self.CollectError("\n".join(str(problem) for problem in problems))
        try:
            policy = load(cases.policy)
        except PolicyError as error:
            raise self.CollectError(str(error)) from None
        for case in cases.cases:
            yield _Case.from_parent(self, name=case.name, case=case, policy=policy)


class _Failed(Exception):
    """Carries the result of a failed case to the report."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.case.name)
        self.result = result


class _Case(pytest.Item):
    """One case."""

    def __init__(self, *, case: Case, policy: Policy, **rest: Any) -> None:
        super().__init__(**rest)
        self.case = case
        self.policy = policy

    def runtest(self) -> None:
        result = run_case(self.policy, self.case)
        if not result.passed:
            raise _Failed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The lines of ``remit test``, not a traceback."""
        if isinstance(excinfo.value, _Failed):
            return "\n".join(describe(excinfo.value.result))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.case.place.line - 1, self.case.name
