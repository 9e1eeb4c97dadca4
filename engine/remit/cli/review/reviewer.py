"""``log``: what was decided."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import click

from remit.cli.support import exits
from remit.cli.support.ledger_session import ledger_option, open_ledger
from remit.cli.support.request_words import day_of
from remit.cli.support.terminal import tell, tell_json

if TYPE_CHECKING:
    from remit.ledger.log.entry import Entry

__all__ = ["log"]

_REVEAL = click.option("--reveal", is_flag=True, help="Show personal and masked facts too.")
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON Lines: one record a line.")
_KINDS = (
    "decide",
    "grant",
    "hold",
    "settle",
    "release",
    "void",
    "escalate",
    "overdue",
    "agree",
    "permit",
    "approve",
    "decline",
    "review",
    "dispute",
    "answer",
    "erase",
    "publish",
    "migrate",
    "note",
)


@click.command(short_help="What was decided: the newest records, or those you look for.")
@click.option("--policy", help="Only decisions of this policy (its name).")
@click.option("--employee", help="Only by this employee.")
@click.option("--case", help="Only of this case.")
@click.option("--outcome", type=click.Choice(list(exits.OUTCOMES)), help="Only with this outcome.")
@click.option(
    "--kind",
    type=click.Choice(_KINDS),
    metavar="KIND",
    multiple=True,
    help=f"Only records of this kind: {', '.join(_KINDS)}. Again for each.",
)
@click.option("--fact", multiple=True, metavar="NAME=VALUE", help="Only where this was known. Again for each.")
@click.option("--since", metavar="DAY", help="From this day on: 2026-07-01, today, yesterday.")
@click.option("--until", metavar="DAY", help="Up to and with this day.")
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, help="How many, the newest.")
@click.option("--all", "everything", is_flag=True, help="All of them, oldest first.")
@click.option("--follow", is_flag=True, help="Go on with new records as they come, until Ctrl-C.")
@_REVEAL
@_JSON
@ledger_option
def log(last: int, everything: bool, follow: bool, reveal: bool, as_json: bool, ledger_url: str | None, **wanted: Any) -> None:
    """Show what is on record, oldest first: the newest 20, or as many as --last says.

    \b
    remit log --employee e-17 --since yesterday
    remit log --outcome escalate --json | jq .case
    """
    found = _filter(**wanted)
    with open_ledger(ledger_url, create=False) as ledger:
        seen = ledger.head().size if follow else 0  # before anything is read: what comes meanwhile is shown too
        if everything:
            shown = ledger.records(**found)
        else:
            shown = iter(list(ledger.records(newest_first=True, limit=last, **found))[::-1])
        for entry in shown:
            seen = max(seen, entry.seq)
            _print(entry, reveal, as_json)
        if follow:
            for entry in ledger.follow(after=seen, **found):
                _print(entry, reveal, as_json)


def _filter(
    fact: tuple[str, ...], kind: tuple[str, ...], since: str | None, until: str | None, **simple: Any
) -> dict[str, Any]:
    """The options as :meth:`remit.Ledger.records` wants them. Raises ``click.UsageError`` with all that are wrong."""
    wrong = [f"--fact: `{text}` is not NAME=VALUE." for text in fact if not text.partition("=")[0] or "=" not in text]
    begin, end = _midnight(since, "--since", 0, wrong), _midnight(until, "--until", 1, wrong)
    if begin and end and begin >= end:
        wrong.append("--since is a day after --until.")
    wrong += [f"--{name} is empty." for name, value in simple.items() if value == ""]
    if wrong:
        raise click.UsageError("\n       ".join(wrong))
    facts = dict(text.split("=", 1) for text in fact)
    return {**simple, "kind": kind or None, "facts": facts or None, "since": begin, "until": end}


def _midnight(text: str | None, option: str, days: int, wrong: list[str]) -> datetime | None:
    """Midnight here, when the day begins, or so many days later; what is wrong is added to ``wrong``."""
    if text is None:
        return None
    try:
        return datetime.combine(day_of(text, date.today(), option) + timedelta(days), time()).astimezone()
    except click.BadParameter as error:
        wrong.append(f"{option}: {error.message}")
    except (OverflowError, ValueError):
        wrong.append(f"{option}: `{text}` is too far away.")
    return None


def _print(entry: Entry, reveal: bool, as_json: bool) -> None:
    if as_json:
        tell_json(entry.to_dict(reveal=reveal))
    else:
        from remit.cli.review.record_text import line

        tell(line(entry))
