"""Commands that say how far cases can be trusted: ``coverage``, ``mutate``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli.support import exits
from remit.cli.support.policy_lookup import paths_argument
from remit.cli.support.terminal import tell

if TYPE_CHECKING:
    from remit.authoring.mutation import Mutation
    from remit.authoring.testing.casefile import CaseFile
    from remit.authoring.testing.coverage import Coverage, CoverageItem
    from remit.deciding.policy import Policy

__all__ = ["coverage", "mutate"]

_FORMAT = click.option(
    "--format", "form", type=click.Choice(["human", "json"]), default="human", show_default=True, help="For people or programs."
)


@click.command(short_help="Which rules, rows, caps and boundaries the cases reach.")
@paths_argument
@click.option("--fail-under", type=click.IntRange(0, 100), metavar="PERCENT", help="Leave with 1 if less than this is reached.")
@click.option(
    "--html", type=click.Path(file_okay=False, path_type=Path), help="Also write a page for each policy into this folder."
)
@_FORMAT
def coverage(paths: Sequence[Path], fail_under: int | None, html: Path | None, form: str) -> int:
    """Run the cases at PATHS and tell which rules, guardrails, requirements, rows, dated entries, caps and boundaries they
    reach, and the line of everything that they do not."""
    from remit.authoring.testing.case_run import run_file
    from remit.authoring.testing.coverage import measure

    found = []
    for policy, file in _files(paths):
        each = measure(policy.model, run_file(policy, file, explain=False))
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


def _files(paths: Sequence[Path]) -> Iterator[tuple[Policy, CaseFile]]:
    from remit.authoring.testing.case_reader import read_case_file
    from remit.authoring.testing.casefile import test_files
    from remit.deciding.loading import load
    from remit.errors import PolicyError

    files = list(dict.fromkeys(file for path in paths for file in test_files(path)))
    if not files:
        raise click.UsageError("there are no cases in " + ", ".join(map(str, paths)) + "; they stand in NAME_test.yaml.")
    for file in files:
        cases, problems = read_case_file(file)
        if cases is None:
            raise PolicyError(problems)
        yield load(cases.policy), cases


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
    click.echo(json.dumps(out, ensure_ascii=False, indent=2))


def _item(coverage: Coverage, item: CoverageItem) -> dict[str, object]:
    line = item.place.line if item.place else None
    return {"kind": item.kind, "name": item.name, "line": line, "cases": coverage.reached[item]}


_COVERAGE = {"human": _coverage_human, "json": _coverage_json}


@click.command(short_help="Which small changes of a policy no case notices.")
@paths_argument
@_FORMAT
def mutate(paths: Sequence[Path], form: str) -> int:
    """Change the policies of the cases at PATHS in small ways (a threshold, a choice, a limit, an `and`, a rule less) and tell
    which changes no case notices: there a case is missing, or the line does not matter.

    Leaves with 1 when a change goes unnoticed.
    """
    survivors = [(file, *_survivors(policy, file)) for policy, file in _files(paths)]
    _MUTATIONS[form](survivors)
    return exits.FAILED if any(unnoticed for _, _, unnoticed in survivors) else exits.FINE


def _survivors(policy: Policy, file: CaseFile) -> tuple[int, list[Mutation]]:
    from remit.authoring.mutation import mutations, noticed
    from remit.cli.support.terminal import Progress

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


def _mutations_json(found: _Survivors) -> None:
    out = [
        {
            "policy": str(file.policy),
            "tried": tried,
            "unnoticed": [
                {"kind": each.kind, "line": each.place.line if each.place else None, "before": each.before, "after": each.after}
                for each in unnoticed
            ],
        }
        for file, tried, unnoticed in found
    ]
    click.echo(json.dumps(out, ensure_ascii=False, indent=2))


_MUTATIONS = {"human": _mutations_human, "json": _mutations_json}
