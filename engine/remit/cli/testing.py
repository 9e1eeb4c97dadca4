"""Commands that run cases, and say how far they can be trusted: ``test``, ``coverage``, ``mutate``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli.support import exits
from remit.cli.support.piped import Piped
from remit.cli.support.policy_lookup import paths_argument
from remit.cli.support.terminal import Progress, tell, tell_json
from remit.language.words import plural

if TYPE_CHECKING:
    from remit.authoring.mutation import Mutation
    from remit.authoring.testing.case_run import Result
    from remit.authoring.testing.casefile import Case, CaseFile
    from remit.authoring.testing.coverage import Coverage, CoverageItem
    from remit.deciding.policy import Policy
    from remit.errors import Place

__all__ = ["coverage", "mutate", "test"]

_Suites = list[tuple[Path, "list[Result]"]]
_FORMAT = click.option(
    "--format", "form", type=click.Choice(["human", "json"]), default="human", show_default=True, help="For people or programs."
)


@click.command(short_help="Run the cases beside policies.")
@paths_argument
@_FORMAT
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), help="Also write the results as JUnit XML to this file."
)
@click.option(
    "--only", multiple=True, metavar="NAME", help="Only the case of this name, or those with it in theirs. Repeatable."
)
@click.option("--watch", is_flag=True, help="Run again whenever a policy or its cases change, until Ctrl-C.")
def test(paths: Sequence[Path], form: str, junit: Path | None, only: Sequence[str], watch: bool) -> int:
    """Run the cases at PATHS: test files (NAME_test.yaml), policies (the cases beside them), or folders.

    A failed case shows what was expected, what came, which rule decided, and the smallest change of facts that would have met
    the expectation. Leaves with 0 when all pass, 1 when one fails, 4 when a file cannot be read.
    """
    code = _once(paths, form, junit, only)
    if watch:
        _again_and_again(paths, lambda: _once(paths, form, junit, only))
    return code


def _once(paths: Sequence[Path], form: str, junit: Path | None, only: Sequence[str]) -> int:
    from remit.authoring.testing.case_report import junit as as_junit
    from remit.errors import ProblemsError

    broken = False
    suites: _Suites = []
    names: list[str] = []
    for file in _case_files(paths):
        try:
            policy, cases = _read(file)
        except ProblemsError as error:
            broken = True
            exits.tell(error)
            continue
        names += (case.name for case in cases.cases)
        chosen = _chosen(cases, only)
        if chosen.cases:
            suites.append((file, list(_run(policy, chosen))))
    if only and not suites and not broken:
        raise click.UsageError(_no_case(only, names))
    if junit is not None:
        junit.write_text(as_junit(suites), encoding="utf-8")
    failed = _REPORTERS[form](suites) if suites or form != "human" else 0
    return exits.INVALID if broken else exits.FAILED if failed else exits.FINE


def _case_files(paths: Sequence[Path]) -> list[Path]:
    from remit.authoring.author_files import case_files_of

    for path in paths:
        if isinstance(path, Piped):
            raise click.UsageError(f"cases are in a file beside their policy, and {path} has nothing beside it: give a file.")
    files = list(dict.fromkeys(file for path in paths for file in case_files_of(path)))
    if not files:
        raise click.UsageError("there are no cases in " + ", ".join(map(str, paths)) + "; they stand in NAME_test.yaml.")
    return files


def _read(file: Path) -> tuple[Policy, CaseFile]:
    """The policy and its cases. Raises :class:`remit.PolicyError`."""
    from remit.authoring.testing.case_reader import read_case_file
    from remit.deciding.loading import load
    from remit.errors import PolicyError

    cases, problems = read_case_file(file)
    if cases is None:
        raise PolicyError(problems)
    return load(cases.policy), cases


def _chosen(file: CaseFile, only: Sequence[str]) -> CaseFile:
    """The cases with one of these names; where none has all of it, those with it in theirs."""
    if not only:
        return file
    wanted: list[Case] = []
    for each in map(str.casefold, only):
        exact = [case for case in file.cases if case.name.casefold() == each]
        wanted += exact or [case for case in file.cases if each in case.name.casefold()]
    return replace(file, cases=tuple(case for case in file.cases if case in wanted))


def _no_case(only: Sequence[str], names: Sequence[str]) -> str:
    from remit.language.suggestions import closest

    near = closest(only[0], names)
    return f"no case has {' or '.join(f'`{each}`' for each in only)} in its name." + (
        f" Did you mean `{near}`?" if near else ""
    )


def _run(policy: Policy, cases: CaseFile) -> Iterator[Result]:
    from remit.authoring.testing.case_run import run_file

    with Progress(cases.path.name, len(cases.cases), "cases") as progress:
        for result in run_file(policy, cases):
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
    _echo_json(found)
    return sum(not entry["passed"] for entry in found)


def _echo_json(found: object) -> None:
    tell_json(found, indent=2)


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


@click.command(short_help="Which rules, rows, caps and boundaries the cases reach.")
@paths_argument
@click.option("--fail-under", type=click.IntRange(0, 100), metavar="PERCENT", help="Leave with 1 if less than this is reached.")
@click.option(
    "--html", type=click.Path(file_okay=False, path_type=Path), help="Also write a page for each policy into this folder."
)
@_FORMAT
def coverage(paths: Sequence[Path], fail_under: int | None, html: Path | None, form: str) -> int:
    """Run the cases at PATHS and tell which rules, guardrails, requirements, approvals, rows, dated entries, caps and
    boundaries they reach, and the line of everything that they do not."""
    from remit.authoring.testing.case_run import run_file
    from remit.authoring.testing.coverage import measure

    found = []
    for policy, file in map(_read, _case_files(paths)):
        each = measure(policy.model, list(run_file(policy, file, explain=False)))
        found.append((file, each))
        if html is not None:
            _write_page(html, policy, file, each)
    _COVERAGE[form](found)
    low = fail_under is not None and any(100 * each.share < fail_under for _, each in found)
    return exits.FAILED if low else exits.FINE


def _write_page(folder: Path, policy: Policy, file: CaseFile, each: Coverage) -> None:
    from remit.authoring.pages import coverage_page

    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{file.policy.stem}.html").write_text(coverage_page(policy.model, each), encoding="utf-8")


def _coverage_human(found: Sequence[tuple[CaseFile, Coverage]]) -> None:
    for file, each in found:
        reached = len(each.items) - len(each.missed)
        share = click.style(f"{int(100 * each.share):3} %", fg="yellow" if each.missed else "green")
        click.echo(f"{share}  ", nl=False)
        tell(f"{file.policy.name}  {reached} of {len(each.items)}")
        for item in each.missed:
            where = f"line {item.place.line}" if item.place else ""
            tell(f"         {where:>9}  {item.kind} {item.name}")


def _coverage_json(found: Sequence[tuple[CaseFile, Coverage]]) -> None:
    out = [
        {
            "policy": str(file.policy),
            "share": round(each.share, 4),
            "items": [_item(each, item) for item in each.items],
        }
        for file, each in found
    ]
    _echo_json(out)


def _item(coverage: Coverage, item: CoverageItem) -> dict[str, object]:
    line = item.place.line if item.place else None
    return {"kind": item.kind, "name": item.name, "line": line, "cases": coverage.reached[item]}


_COVERAGE = {"human": _coverage_human, "json": _coverage_json}


@click.command(short_help="Which small changes of a policy no case notices.")
@paths_argument
@_FORMAT
def mutate(paths: Sequence[Path], form: str) -> int:
    """Change the policies of the cases at PATHS in small ways (a threshold, a date, a limit, an `and`, a rule less) and show
    which changes no case notices: there a case is missing, or the line does not matter.

    Leaves with 1 when a change goes unnoticed.
    """
    survivors = [(file, *_survivors(policy, file)) for policy, file in map(_read, _case_files(paths))]
    _MUTATIONS[form](survivors)
    return exits.FAILED if any(unnoticed for _, _, unnoticed in survivors) else exits.FINE


def _survivors(policy: Policy, file: CaseFile) -> tuple[int, list[Mutation]]:
    from remit.authoring.mutation import mutations, noticed

    tried, unnoticed = 0, []
    cases = list(file.cases)
    changes = list(mutations(policy.model))
    with Progress(file.policy.name, len(changes), "changes") as progress:
        for change in changes:
            model = change.make()
            if model is not None:
                tried += 1
                case = noticed(model, cases)
                if case is None:
                    unnoticed.append(change)
                else:  # what notices one change of a line often notices the next
                    cases.remove(case)
                    cases.insert(0, case)
            progress.update()
    return tried, unnoticed


_Survivors = Sequence[tuple["CaseFile", int, "list[Mutation]"]]


def _mutations_human(found: _Survivors) -> None:
    for file, tried, unnoticed in found:
        caught = tried - len(unnoticed)
        tell(f"{file.policy.name}: {caught} of {tried} changes were noticed")
        for change in unnoticed:
            where = f"line {change.place.line}" if change.place else ""
            tell(f"  {where:>9}  {change.kind}: {change}")
            for line in change.place.underlined() if change.place else ():
                tell(f"           {line}")


def _mutations_json(found: _Survivors) -> None:
    out = [
        {
            "policy": str(file.policy),
            "tried": tried,
            "unnoticed": [
                {"kind": each.kind, **_where(each.place), "before": each.before, "after": each.after} for each in unnoticed
            ],
        }
        for file, tried, unnoticed in found
    ]
    _echo_json(out)


def _where(place: Place | None) -> dict[str, int | None]:
    return {name: getattr(place, name, None) for name in ("line", "column", "end_column")}


_MUTATIONS = {"human": _mutations_human, "json": _mutations_json}
