"""Commands for those who write policies: ``check``, ``show``, ``feel``, ``calendar``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from remit.cli import exits
from remit.cli.find import load_policy, policy_argument

if TYPE_CHECKING:
    from remit.errors import Problem

__all__ = ["calendar", "check", "feel", "show"]


@click.command(short_help="All that is wrong in policies: where, and what to do.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["human", "json", "github"]),
    default="human",
    show_default=True,
    help="For people, for programs (a JSON list), or as annotations of a pull request.",
)
def check(paths: Sequence[Path], form: str) -> int:
    """Check the policies at PATHS: files, or folders with all policies in them.

    Tells every problem of every file with its line, what is wrong underlined, and what to do. Leaves with 0 when all is well,
    4 when a policy is not valid.
    """
    files = list(dict.fromkeys(file for path in paths for file in _policies_in(path)))
    if not files:
        raise click.UsageError("there is no policy in " + ", ".join(map(str, paths)) + "; policies are *.yaml files.")
    problems = list(_problems(files))
    _REPORTERS[form](problems, len(files))
    return exits.INVALID if problems else exits.FINE


def _policies_in(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for each in sorted((*path.rglob("*.yaml"), *path.rglob("*.yml"))):
        hidden = any(part.startswith(".") for part in each.relative_to(path).parts)
        if not hidden and not each.stem.endswith("_test") and each.is_file():
            yield each


def _problems(files: Iterable[Path]) -> Iterator[Problem]:
    import remit
    from remit.cli.terminal import Progress
    from remit.errors import PolicyError

    with Progress("Checked", unit="policies") as progress:
        for file in files:
            try:
                remit.load(file)
            except PolicyError as error:
                yield from error.problems
            progress.update()


def _human(problems: Sequence[Problem], files: int) -> None:
    exits.tell_problems(problems)
    what = "1 policy" if files == 1 else f"{files} policies"
    if problems:
        bad = len({problem.place.file for problem in problems if problem.place})
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        click.echo(f"\n{count} in {bad or 1} of {what}", err=True)
    else:
        click.echo(f"{what} checked, all is well")


def _json(problems: Sequence[Problem], files: int) -> None:
    click.echo(json.dumps([problem.to_dict() for problem in problems], ensure_ascii=False, indent=2))


def _github(problems: Sequence[Problem], files: int) -> None:
    """Workflow commands; see "workflow commands for GitHub Actions"."""

    def escaped(text: str, more: str = "") -> str:
        for char in f"%\r\n{more}":
            text = text.replace(char, f"%{ord(char):02X}")
        return text

    for problem in problems:
        place = problem.place
        where = "" if place is None else f"file={escaped(place.file, ':,')},line={place.line},col={place.column}"
        where += f",endColumn={place.end_column}" if place is not None else ""
        text = problem.message + (f"\nhelp: {problem.hint}" if problem.hint else "")
        title = f"{',' if where else ''}title={escaped(problem.code, ':,')}"
        click.echo(f"::{problem.severity} {where}{title}::{escaped(text)}")


_REPORTERS = {"human": _human, "json": _json, "github": _github}


@click.command(short_help="A policy as tables that a manager can read.")
@policy_argument
@click.option("--markdown", is_flag=True, help="As Markdown, for a wiki or a pull request.")
@click.option("--occurred", metavar="DAY", help="Of several versions, the one in force on this day. [today]")
def show(policy: Path, markdown: bool, occurred: str | None) -> None:
    """Show POLICY as tables: what is owed, who may give what, the limits, the caps, what is asked."""
    from remit.authoring.show import document
    from remit.authoring.show import markdown as as_markdown
    from remit.cli.request import day_of

    sheet = document(load_policy(policy, day_of(occurred, date.today())).model)
    if markdown:
        click.echo(as_markdown(sheet))
    else:
        from remit.cli.sheet import print_sheet

        print_sheet(sheet)


@click.command(short_help="Try an expression.")
@click.argument("expression")
@click.option("--context", type=click.File("rb"), help="A JSON or YAML file with the names that the expression reads.")
def feel(expression: str, context: IO[bytes] | None) -> None:
    """Evaluate a FEEL EXPRESSION, with remit's money and plain durations.

    \b
    remit feel '30 EUR * 25%'
    remit feel 'stay.nights * 2 > 5' --context facts.yaml

    Prints the value as FEEL writes it. What FEEL cannot work out is null.
    """
    from remit.cli.context import read_context
    from remit.feel import evaluate
    from remit.language.text import literal

    click.echo(literal(evaluate(expression, read_context(context) if context else {})))


@click.command(short_help="Public holidays of a place, as a section for a policy.")
@click.argument("place")
@click.argument("first", type=int)
@click.argument("last", type=int)
def calendar(place: str, first: int, last: int) -> None:
    """Print a `calendars` section with the public holidays of PLACE for the years FIRST to LAST.

    PLACE is a country (NL) or a part of one (GB-ENG). The days are yours to check: copy them into the policy, where they stand
    for ever.

    \b
    remit calendar GB-ENG 2025 2027
    """
    from remit.authoring.calendars import calendar_section

    try:
        click.echo(calendar_section(place, first, last))
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None
