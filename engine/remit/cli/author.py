"""Commands for those who write policies: ``show``, ``feel``, ``calendar``, ``schema``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import IO

import click

from remit.cli.support.policy_lookup import Choice, load_policy, policy_argument
from remit.cli.support.terminal import tell
from remit.schemas import SCHEMAS, schema_file

__all__ = ["calendar", "feel", "schema", "show"]


@click.command(short_help="A policy as tables that a manager can read.")
@policy_argument
@click.option("--markdown", is_flag=True, help="As Markdown, for a wiki or a pull request.")
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a handbook to this file: one page, to read or to print.",
)
@click.option("--occurred", metavar="DAY", help="Of several versions, the one in force on this day. [today]")
def show(policy: Choice, markdown: bool, html: Path | None, occurred: str | None) -> None:
    """Show POLICY as tables: what is owed, who may give what, the limits, the caps, what is asked."""
    from remit.authoring.show import document
    from remit.authoring.show import markdown as as_markdown
    from remit.cli.support.request_words import day_of

    model = load_policy(policy, day_of(occurred, date.today())).model
    sheet = document(model)
    if html is not None:
        from remit.authoring.pages import handbook

        html.write_text(handbook(sheet, model), encoding="utf-8")
        tell(f"{html} is written", err=True)
    elif markdown:
        click.echo(as_markdown(sheet))
    else:
        from remit.cli.support.terminal_tables import print_sheet

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
    from remit.cli.support.fact_files import read_context
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
    from remit.authoring.public_holidays import calendar_section

    try:
        click.echo(calendar_section(place, first, last))
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None


@click.command(short_help="The JSON Schema of a policy, a request, a decision or a record.")
@click.argument("name", type=click.Choice(tuple(SCHEMAS)))
@click.option("--path", "as_path", is_flag=True, help="Say where the file is installed, for an editor's settings.")
@click.option(
    "--check", type=click.File("rb"), help="Check this file, JSON or YAML, against the schema; `-` reads the standard input."
)
def schema(name: str, as_path: bool, check: IO[bytes] | None) -> None:
    """Print the JSON Schema of a policy (for your editor), of a request, of a decision, or of a record of the ledger, or
    check a file against it.

    \b
    remit schema policy > policy.schema.json
    remit schema request --check request.json
    """
    file = schema_file(name)
    if check is None:
        click.echo(str(file) if as_path else file.read_text(encoding="utf-8"), nl=as_path)
    else:
        from remit.authoring.schema_check import check_against

        check_against(name, check.read(), check.name)
        tell(f"{check.name} is a {name}")
