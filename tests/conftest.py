"""What holds for every test: bounded Hypothesis runs, all cores at work, and no silent skips in CI."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator
from typing import TypeVar

import pytest

from support.trials import register_profiles

register_profiles()

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

# What was started in the background by a shell ignores Ctrl-C, and so would every command that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Folders are run by as many processes as there are cores; a file in this one, where a debugger and `print` work.

    `-n 0` (or any other number) says otherwise. A process that has no tests left takes some from another, so that the long ones
    are not waited for.
    """
    option = config.option
    chosen = getattr(option, "numprocesses", 0) is not None or option.dist != "no"  # or there is no pytest-xdist
    if not chosen and not hasattr(config, "workerinput") and not any(".py" in each for each in config.args):
        option.numprocesses, option.dist = "auto", "worksteal"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test that is skipped fails: what does not run proves nothing."""
    return _in_ci(report) if (report := (yield)).skipped else report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file."""
    return _in_ci(report) if (report := (yield)).skipped else report


def _in_ci(report: Report) -> Report:
    if os.environ.get("CI") and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{why}\nin CI nothing is skipped: .ci/run installs what the tests need"
    return report
