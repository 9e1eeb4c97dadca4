"""``twins``: like cases that were treated differently."""

from __future__ import annotations

import re
from textwrap import wrap
from typing import TYPE_CHECKING, Final

import click

from remit.cli.support.ledger_session import ledger_option, open_ledger
from remit.cli.support.request_words import midnight_of
from remit.cli.support.terminal import columns, is_plain, tell, tell_json, width

if TYPE_CHECKING:
    from remit.review.twins.twin_findings import Twins

__all__ = ["twins"]

_WIDEST: Final = 80
#: How many rows the table of figures has; all are in the JSON.
_MOST_ROWS: Final = 40
_WIDTHS: Final = (-25, -11, 9, 9, 9, 5, 6)
_NO_BREAK: Final = "\u00a0"
_WHOLE: Final = re.compile(r"`[^`]*`|[0-9] [A-Z]{3}\b")


@click.command(short_help="Like cases that were treated differently: by employee, site, AI agent, or group of customers.")
@click.option("--policy", help="Only cases under this policy (its name).")
@click.option("--since", metavar="DAY", help="From this day on: 2026-07-01, yesterday.")
@click.option(
    "--by",
    multiple=True,
    metavar="WHAT",
    help="Compare by this: employee, site, agent (people and AI agents), or a fact. Repeatable. [the three, and the facts "
    "that the policy reads for nothing]",
)
@click.option(
    "--at-least",
    type=click.IntRange(1, 100),
    default=10,
    show_default=True,
    metavar="PERCENT",
    help="The difference that matters: so many points of a rate, or percent of an amount.",
)
@click.option(
    "--reveal",
    is_flag=True,
    help="Compare also by a personal fact that --by names. A group of fewer than 10 customers is never shown.",
)
@click.option("--figures", is_flag=True, help="The figures of the comparisons as a table.")
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON.")
@ledger_option
def twins(
    policy: str | None,
    since: str | None,
    by: tuple[str, ...],
    at_least: int,
    reveal: bool,
    figures: bool,
    as_json: bool,
    ledger_url: str | None,
) -> None:
    """Compare cases that are alike: the same policy, role and remedy, and the same of what the policy reads for them. It
    tells which groups were given less or more, or were sent up more often, by a difference that is neither small nor chance.

    \b
    remit twins --since 2026-01-01
    remit twins --by guest.language --by site --figures
    """
    from remit.review.twins.twin_search import NoSuchFact, find_twins
    from remit.review.twins.twin_words import paragraphs, plain

    begin = midnight_of(since, "--since") if since is not None else None
    with open_ledger(ledger_url, create=False) as ledger:
        try:
            found = find_twins(ledger, policy=policy, since=begin, by=by, reveal=reveal, at_least=at_least / 100)
        except NoSuchFact as error:
            raise click.UsageError(f"--by: {error}") from None
    if as_json:
        tell_json(plain(found))
        return
    for place, paragraph in enumerate(paragraphs(found)):
        if place:
            tell("")
        for line in _lines(paragraph):
            tell(line)
    if figures and found.comparisons:
        _print_figures(found)


def _lines(paragraph: str) -> list[str]:
    """Lines that fit; commands and amounts are not broken."""
    if is_plain():
        return [paragraph]
    joined = _WHOLE.sub(lambda found: found[0].replace(" ", _NO_BREAK), paragraph)
    lines = wrap(joined, width(_WIDEST), break_long_words=False, break_on_hyphens=False)
    return [line.replace(_NO_BREAK, " ") for line in lines]


def _print_figures(found: Twins) -> None:
    from remit.review.twins.twin_words import HEADINGS, figures

    rows = figures(found)
    tell("")
    for row in ([] if is_plain() else [HEADINGS]) + rows[:_MOST_ROWS]:
        if is_plain():
            named = [f"{name} {cell}" for name, cell in zip(HEADINGS[2:], row[2:], strict=True)]
            tell(columns(f"{row[0]}, {row[1]}", *named))
        else:
            tell(columns(*(_cell(cell, size) for cell, size in zip(row, _WIDTHS, strict=True))))
    if len(rows) > _MOST_ROWS:
        tell(f"... and {len(rows) - _MOST_ROWS:,} more, with --json.")


def _cell(text: str, size: int) -> str:
    """Padded to ``size`` (negative: to the right of the text), and cut where a name is longer."""
    if len(text) > abs(size) and size < 0:
        text = text[: -size - 1] + "\u2026"
    return text.ljust(-size) if size < 0 else text.rjust(size)
