"""``remit check``: all that is wrong in policies, and what is allowed but not wise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remit.cli.author_options import findings_format_option
from remit.cli.support import exits
from remit.cli.support.piped import Piped
from remit.cli.support.policy_lookup import paths_argument

if TYPE_CHECKING:
    from remit.authoring.checks.check_run import Checked

__all__ = ["check"]


def _explain(ctx: click.Context, _: click.Parameter, code: str | None) -> None:
    if code is None or ctx.resilient_parsing:
        return
    from remit.authoring.checks.catalogue import known_codes, page

    text = page(code)
    if text is None:
        from remit.language.suggestions import closest

        near = closest(code, known_codes())
        raise click.UsageError(f"there is no code `{code}`." + (f" Did you mean `{near}`?" if near else ""))
    click.echo(text.rstrip("\n"))
    ctx.exit()


@click.command(short_help="All that is wrong in policies: where, and what to do.")
@paths_argument
@findings_format_option
@click.option("--strict", is_flag=True, help="Leave with 1 where there are warnings.")
@click.option(
    "--fix",
    is_flag=True,
    help="Mark facts about a person, and take out the values and rows that change nothing, where they have lines of their own.",
)
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option(
    "--explain",
    metavar="CODE",
    is_eager=True,
    expose_value=False,
    callback=_explain,
    help="Print what there is to know about a code, and leave.",
)
def check(paths: Sequence[Path], form: str, strict: bool, fix: bool, diff: bool) -> int:
    """Check the policies at PATHS: files, or folders with all policies in them. A roster (`staff.yaml`) is checked, too.

    Tells every problem of every file with its line, what is wrong underlined, and what to do. A policy with errors cannot be
    used. Warnings are what is allowed but not wise; `# remit: off CODE` at the end of the line switches one off.

    Leaves with 0 when there are no errors, 4 when a policy is not valid, 1 when it is but breaks a promise; with --strict, 1
    when there are warnings.
    """
    from remit.authoring.author_files import policies_in
    from remit.authoring.checks.catalogue import CHECKS
    from remit.authoring.checks.check_run import check_file, overlaps
    from remit.authoring.checks.reporting import REPORTERS, CheckReport

    files = list(dict.fromkeys(file for path in paths for file in policies_in(path)))
    if not files:
        raise click.UsageError("there is no policy in " + ", ".join(map(str, paths)) + "; policies are *.yaml files.")
    if fix and any(isinstance(each, Piped) for each in files):
        raise click.UsageError("--fix changes files, and a pipe is none; --diff shows what it would change.")
    checked = list(_progress(check_file(file, fix=fix or diff) for file in files))
    if diff:
        click.echo("".join(each.difference for each in checked), nl=False)
    elif fix:
        for each in checked:
            each.save()
    problems = [problem for each in checked for problem in each.problems]
    problems += overlaps(each.model for each in checked if each.model is not None)
    fixable = 0 if fix or diff else sum(each.fixable for each in checked)
    report = CheckReport(problems, len(files), sum(each.fixed for each in checked), fixable)
    _tell(REPORTERS[form](report), to_people=form == "human", bad=bool(problems))
    from_checks = {each.code for each in CHECKS}
    if any(each.severity == "error" and each.code not in from_checks for each in problems):
        return exits.INVALID
    return exits.FAILED if report.count("error") or (strict and problems) else exits.FINE


def _progress(work: Iterable[Checked]) -> Iterable[Checked]:
    from remit.cli.support.terminal import Progress

    with Progress("Checked", unit="policies") as progress:
        for each in work:
            progress.update()
            yield each


def _tell(text: str, *, to_people: bool, bad: bool) -> None:
    """Findings for people go to standard error, in colour where there is any."""
    import sys

    from remit.cli.support.terminal import colour_wanted, escaped

    stream: Any = sys.stderr if to_people and bad else sys.stdout
    colour = to_people and colour_wanted(stream)
    text = text if to_people else escaped(text)
    if colour:
        for severity, shade in (("error", "red"), ("warning", "yellow")):
            text = text.replace(f": {severity}: ", f": {click.style(f'{severity}:', fg=shade, bold=True)} ")
    click.echo(text, nl=False, err=to_people and bad, color=colour)
