"""Commands for those who write policies and want to know that they are right: ``test``."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli.support import exits
from remit.cli.support.policy_lookup import paths_argument
from remit.cli.support.terminal import tell
from remit.language.words import plural

if TYPE_CHECKING:
    from remit.authoring.testing.case_run import Result

__all__ = ["test"]

_Suites = list[tuple[Path, "list[Result]"]]


@click.command(short_help="Run the cases beside policies.")
@paths_argument
@click.option(
    "--format", "form", type=click.Choice(["human", "json"]), default="human", show_default=True, help="For people or programs."
)
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), help="Also write the results as JUnit XML to this file."
)
@click.option("--watch", is_flag=True, help="Run again whenever a policy or its cases change, until Ctrl-C.")
def test(paths: Sequence[Path], form: str, junit: Path | None, watch: bool) -> int:
    """Run the cases at PATHS: test files (NAME_test.yaml), policies (the cases beside them), or folders.

    A failed case shows what was expected, what came, which rule decided, and the smallest change of facts that would have met
    the expectation. Leaves with 0 when all pass, 1 when one fails, 4 when a file cannot be read.
    """
    code = _once(paths, form, junit)
    if watch:
        _again_and_again(paths, lambda: _once(paths, form, junit))
    return code


def _once(paths: Sequence[Path], form: str, junit: Path | None) -> int:
    from remit.authoring.testing.case_report import junit as as_junit
    from remit.authoring.testing.casefile import test_files
    from remit.errors import ProblemsError

    files = list(dict.fromkeys(file for path in paths for file in test_files(path)))
    if not files:
        raise click.UsageError("there are no cases in " + ", ".join(map(str, paths)) + "; they stand in NAME_test.yaml.")
    broken = False
    suites: _Suites = []
    for file in files:
        try:
            suites.append((file, list(_run(file))))
        except ProblemsError as error:
            broken = True
            exits.tell(error)
    if junit is not None:
        junit.write_text(as_junit(suites), encoding="utf-8")
    failed = _REPORTERS[form](suites) if suites or form != "human" else 0
    return exits.INVALID if broken else exits.FAILED if failed else exits.FINE


def _run(file: Path) -> Iterator[Result]:
    from remit.authoring.testing.case_reader import read_case_file
    from remit.authoring.testing.case_run import run_file
    from remit.cli.support.terminal import Progress
    from remit.deciding.loading import load
    from remit.errors import PolicyError

    cases, problems = read_case_file(file)
    if cases is None:
        raise PolicyError(problems)
    with Progress(file.name, len(cases.cases), "cases") as progress:
        for result in run_file(load(cases.policy), cases):
            progress.update()
            yield result


def _human(suites: _Suites) -> int:
    from remit.authoring.testing.case_report import describe

    results = [result for _, each in suites for result in each]
    failed = [result for result in results if not result.passed]
    for result in failed:
        first, *rest = describe(result)
        click.echo(click.style("failed  ", fg="red", bold=True), nl=False)
        for line in (first, *rest, ""):
            tell(line)
    files = f"{len(suites)} {plural('file', len(suites))}"
    passed = len(results) - len(failed)
    cases = f"{len(results)} {plural('case', len(results))}"
    click.echo(f"{passed} of {cases} in {files} passed" if failed else f"{cases} in {files}, all passed")
    return len(failed)


def _json(suites: _Suites) -> int:
    from remit.authoring.testing.case_report import plain

    found = [entry for _, results in suites for entry in plain(results)]
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    return sum(not entry["passed"] for entry in found)


_REPORTERS: dict[str, Callable[[_Suites], int]] = {"human": _human, "json": _json}


def _again_and_again(paths: Sequence[Path], run: Callable[[], int]) -> None:
    """Until Ctrl-C. Looks at the times of the files twice a second, which works on every file system."""
    seen = _times(paths)
    click.echo("watching; Ctrl-C ends it", err=True)
    try:
        while True:
            time.sleep(0.5)
            now = _times(paths)
            if now != seen:
                seen = now
                click.echo("")
                _once_more(run)
    except KeyboardInterrupt:
        click.echo("", err=True)


def _once_more(run: Callable[[], int]) -> None:
    """What is wrong for the moment, in the middle of an edit, is told and ends nothing."""
    try:
        run()
    except click.ClickException as error:
        error.show()
    except OSError as error:
        tell(f"remit: {error.filename or 'input'}: {error.strerror or error}", err=True)


def _times(paths: Sequence[Path]) -> dict[Path, float]:
    folders = {path if path.is_dir() else path.parent for path in paths}
    found = {}
    for folder in folders:
        for file in folder.glob("**/*.yaml"):
            with suppress(OSError):  # it went away just now
                found[file] = file.stat().st_mtime
    return found
