"""``log``: what was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from remit.cli.review.record_filters import filter_of, filter_options
from remit.cli.support.ledger_session import ledger_option, open_ledger
from remit.cli.support.terminal import tell, tell_json

if TYPE_CHECKING:
    from remit.language.values import Money
    from remit.ledger.ledger import Ledger
    from remit.ledger.log.entry import Entry

__all__ = ["log"]

_REVEAL = click.option("--reveal", is_flag=True, help="Show personal and masked facts too.")
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON Lines: one record a line.")


@click.command(short_help="What was decided: the newest records, or those you look for.")
@filter_options
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, help="How many, the newest.")
@click.option("--all", "everything", is_flag=True, help="All of them, oldest first.")
@click.option("--count", is_flag=True, help="How many there are, and what was given in them. Of all, not of the newest.")
@click.option("--follow", is_flag=True, help="Go on with new records as they come, until Ctrl-C.")
@_REVEAL
@_JSON
@ledger_option
def log(
    last: int,
    everything: bool,
    count: bool,
    follow: bool,
    reveal: bool,
    as_json: bool,
    ledger_url: str | None,
    **wanted: Any,
) -> None:
    """Show what is on record, oldest first: the newest 20, or as many as --last says.

    \b
    remit log --employee e-17 --since yesterday
    remit log --on-limit --rule small-gesture --count
    remit log --outcome escalate --json | jq .case
    """
    if count and follow:
        raise click.UsageError("--count and --follow do not go together: what is counted must have an end.")
    found = filter_of(**wanted)
    with open_ledger(ledger_url, create=False) as ledger:
        if count:
            _count(ledger, found, as_json)
            return
        seen = ledger.head().size if follow else 0  # before anything is read: what comes meanwhile is shown too
        for entry in _chosen(ledger, found, None if everything else last):
            seen = max(seen, entry.seq)
            _print(entry, reveal, as_json)
        if follow:
            for entry in ledger.follow(after=seen, **found):
                _print(entry, reveal, as_json)


def _chosen(ledger: Ledger, found: dict[str, Any], last: int | None) -> Iterator[Entry]:
    if last is None:
        return ledger.records(**found)
    return iter(list(ledger.records(newest_first=True, limit=last, **found))[::-1])


def _count(ledger: Ledger, found: dict[str, Any], as_json: bool) -> None:
    """How many records there are, and what was given in them and taken back, by remedy and currency."""
    from remit.language import words
    from remit.ledger.recorded_facts import said
    from remit.review.actions import read_actions

    records, given, back = 0, Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for action in read_actions(ledger, **found):
        records += 1
        units = action.parts or (action.target.parts if action.target is not None else {})
        for name, amount in action.given.items():
            (back if action.kind == "void" else given)[name, units[name].unit if name in units else ""] += amount
    sums = {"given": _quantities(given), "taken_back": _quantities(back)}
    if as_json:
        amounts = {title: {name: said(each) for name, each in found} for title, found in sums.items()}
        tell_json({"records": records, **amounts})
        return
    tell(f"{records:,} {words.plural('record', records)}")
    for title, quantities in sums.items():
        for name, quantity in quantities:
            tell(f"  {words.name(name)} {words.name(title)}: {words.quantity(quantity)}")


def _quantities(sums: Counter[tuple[str, str]]) -> list[tuple[str, Money | int]]:
    from remit.language.values import Money

    return [(name, Money.from_minor(total, unit) if unit else total) for (name, unit), total in sorted(sums.items())]


def _print(entry: Entry, reveal: bool, as_json: bool) -> None:
    if as_json:
        tell_json(entry.to_dict(reveal=reveal))
    else:
        from remit.cli.review.record_text import line

        tell(line(entry))
