"""Commands for those who write policies: ``show``, ``feel``, ``calendar``, ``schema``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from remit.cli.support import exits
from remit.cli.support.policy_lookup import Choice, currency_option, in_currency, load_policy, policy_argument
from remit.cli.support.request_options import language_option
from remit.cli.support.terminal import escaped, tell
from remit.errors import PolicyError, Problem
from remit.schemas import CALLED, SCHEMAS, schema_file

if TYPE_CHECKING:
    from remit.policy.model import Model
    from remit.policy.reading.yaml_tree import YamlNode

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
@language_option
@currency_option
def show(
    policy: Choice, markdown: bool, html: Path | None, occurred: str | None, language: str | None, currency: str | None
) -> None:
    """Show POLICY as tables: what is owed, who may give what, the limits, the caps, what is asked."""
    from remit.authoring.show import document
    from remit.authoring.show import markdown as as_markdown
    from remit.cli.support.request_words import day_of
    from remit.decision.page.translation import translated_model

    loaded = in_currency(load_policy(policy, day_of(occurred, date.today())), currency)
    model = translated_model(loaded.model, language)
    sheet = document(model, _proofs(loaded.model))
    if html is not None:
        from remit.authoring.pages import handbook

        html.write_text(handbook(sheet, model), encoding="utf-8")
        tell(f"{html} is written", err=True)
    elif markdown:
        click.echo(as_markdown(sheet))
    else:
        from remit.cli.support.terminal_tables import print_sheet

        print_sheet(sheet)


def _proofs(model: Model) -> dict[str, str]:
    """What `remit prove` found of the promises of just this text."""
    from remit.authoring.proving.proof_memory import ProofMemory
    from remit.cli.support.home_folders import cache_folder

    said = {"proved": "proved", "refuted": "does not hold"}
    known = ProofMemory(cache_folder() / "proofs").results(model, ["promise"]) or ()
    return {each.of: f"{said[each.verdict]} (of the text {model.digest[7:19]})" for each in known}


class _ExpressionCommand(click.Command):
    """A command whose argument may begin with a minus."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """``-5 EUR`` is an expression; ``-h`` is an option, and so would be ``--contxt``."""
        options = {name for option in self.get_params(ctx) for name in option.opts}
        if "--" not in args:
            signed = [each for each in args if re.match(r"-+[^-a-zA-Z]|-[a-zA-Z]", each) and each not in options]
            args = [*(each for each in args if each not in signed), *(["--", *signed] if signed else [])]
        return super().parse_args(ctx, args)


@click.command(cls=_ExpressionCommand, short_help="Try an expression.")
@click.argument("expression")
@click.option("--context", type=click.File("rb"), help="A JSON or YAML file with the names that the expression reads.")
def feel(expression: str, context: IO[bytes] | None) -> int:
    """Evaluate a FEEL EXPRESSION, with remit's money and plain durations.

    \b
    remit feel '30 EUR * 25%'
    remit feel 'stay.nights * 2 > 5' --context facts.yaml

    Prints the value as FEEL writes it. What FEEL cannot work out is null, and standard error says why. There are no types
    here: a policy refuses some of what is null here.

    Leaves with 0, or with 1 where the value is null.
    """
    from remit.feel import evaluate, why_null
    from remit.language.text import literal

    names = read_context(context) if context else {}
    value = evaluate(expression, names)
    click.echo(escaped(literal(value)))
    if value is None and (why := why_null(expression, names)):
        tell(why, err=True)
    return exits.FAILED if value is None else exits.FINE


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


@click.command(short_help="The JSON Schema of a policy, its cases, a request, a decision or a record.")
@click.argument("name", type=click.Choice(tuple(SCHEMAS)))
@click.option("--path", "as_path", is_flag=True, help="Say where the file is installed, for an editor's settings.")
@click.option(
    "--check", type=click.File("rb"), help="Check this file, JSON or YAML, against the schema; `-` reads the standard input."
)
def schema(name: str, as_path: bool, check: IO[bytes] | None) -> None:
    """Print the JSON Schema of a policy or of its cases (for your editor), of a roster, of a request, of a decision, or of a
    record of the ledger, or check a file against it.

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
        tell(f"{check.name} is a {CALLED.get(name, name)}")


_PLAIN: Final[tuple[tuple[str, Callable[[str], Any]], ...]] = (
    (r"null|~|", lambda text: None),
    (r"true|false", lambda text: text == "true"),
    (r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?", Decimal),
    (r"\d{4}-\d{2}-\d{2}", date.fromisoformat),
)


def read_context(file: IO[bytes]) -> dict[str, Any]:
    """The names and values of the file. Raises :class:`remit.PolicyError` with the place of what is wrong."""
    name = getattr(file, "name", "context")
    data = file.read()
    if data.lstrip()[:1] == b"{":
        from remit.cli.batch import NotJson, read_json

        try:
            value: dict[str, Any] = read_json(data)
        except NotJson:
            pass  # YAML in braces looks the same
        else:
            return value
    return _yaml(data, str(name))


def _yaml(data: bytes, name: str) -> dict[str, Any]:
    from remit.policy.reading.yaml_reader import decode, read_yaml

    text, report = decode(data, name)
    tree = None
    if text is not None:
        tree, report = read_yaml(text, name)
    problems: list[Problem] = [_of_names(each) for each in report.sorted()]
    value = _plain(tree, problems) if tree is not None else None
    if problems or not isinstance(value, dict):
        raise PolicyError(problems or [Problem("yaml/not-a-mapping", f"`{name}` does not hold names and values")])
    return value


def _of_names(problem: Problem) -> Problem:
    """What the reader of policies tells, without what only policies must have."""
    if problem.code not in ("yaml/empty", "yaml/not-a-mapping"):
        return problem
    what = "is empty" if problem.code == "yaml/empty" else "is no mapping of names to values"
    file = problem.place.file if problem.place else "the file"
    return Problem(problem.code, f"`{file}` {what}", problem.place, hint="write names and values, such as `stay.nights: 3`")


def _plain(node: YamlNode, problems: list[Problem]) -> Any:
    if node.kind == "mapping":
        return {key: _plain(value, problems) for key, (_, value) in node.entries.items()}
    if node.kind == "list":
        return [_plain(item, problems) for item in node.items]
    if not node.plain:
        return node.text
    for pattern, make in _PLAIN:
        if re.fullmatch(pattern, node.text):
            try:
                return make(node.text)
            except ValueError:
                problems.append(Problem("yaml/date", f"`{node.text}` is not a day of the calendar", node.place()))
                return None
    return node.text
