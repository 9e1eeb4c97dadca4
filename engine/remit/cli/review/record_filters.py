"""The options by which records are looked for: those of ``log``, and of an export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from remit.cli.support import exits
from remit.cli.support.request_words import midnight_of

__all__ = ["filter_of", "filter_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

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
    "outcome",
    "calibrate",
    "rate",
    "erase",
    "publish",
    "migrate",
    "note",
)
_OPTIONS = (
    click.option("--policy", help="Only decisions of this policy (its name)."),
    click.option("--employee", help="Only by this employee."),
    click.option("--role", help="Only by somebody in this role."),
    click.option("--site", help="Only by somebody at this site, by the roster."),
    click.option("--agent/--people", "agent", default=None, help="Only by AI agents, or only by people, by the roster."),
    click.option("--case", help="Only of this case."),
    click.option("--outcome", type=click.Choice(list(exits.OUTCOMES)), help="Only with this outcome."),
    click.option(
        "--kind",
        type=click.Choice(_KINDS),
        metavar="KIND",
        multiple=True,
        help=f"Only records of this kind: {', '.join(_KINDS)}. Repeatable.",
    ),
    click.option("--fact", multiple=True, metavar="NAME=VALUE", help="Only where this was known. Repeatable."),
    click.option("--rule", help="Only where this rule set the limit of what was asked, or this guardrail or cap is a reason."),
    click.option("--gap", is_flag=True, default=None, help="Only where no rule covered what was asked."),
    click.option("--remedy", help="Only where this remedy was asked for."),
    click.option("--at-least", metavar="AMOUNT", help="Only where so much, or more, was asked for: 30EUR, or 500 of a count."),
    click.option("--below", metavar="AMOUNT", help="Only where less than this was asked for."),
    click.option("--on-limit", is_flag=True, default=None, help="Only where all was asked for that was possible."),
    click.option("--discretion", is_flag=True, default=None, help="Only where the employee used their discretion."),
    click.option("--approver", help="Only answers to tasks by this employee."),
    click.option("--act", type=click.Choice(("declined", "handed_over")), help="Only where the employee did this."),
    click.option("--verdict", help="Only reviews with this verdict."),
    click.option("--cause", help="Only reviews with this cause."),
    click.option("--tag", help="Only reviews with this tag."),
    click.option("--story", metavar="TEXT", help="Only where a story, a reason or a note holds this text."),
    click.option("--since", metavar="DAY", help="From this day on: 2026-07-01, today, yesterday."),
    click.option("--until", metavar="DAY", help="Up to and with this day."),
)


def filter_options(command: _Command) -> _Command:
    """The options, in this order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def filter_of(
    fact: tuple[str, ...], kind: tuple[str, ...], since: str | None, until: str | None, **simple: Any
) -> dict[str, Any]:
    """The options as :meth:`remit.Ledger.records` wants them. Raises ``click.UsageError`` with all that are wrong."""
    wrong = [f"--fact: `{text}` is not NAME=VALUE." for text in fact if not text.partition("=")[0] or "=" not in text]
    begin, end = _midnight(since, "--since", 0, wrong), _midnight(until, "--until", 1, wrong)
    if begin and end and begin >= end:
        wrong.append("--since is a day after --until.")
    wrong += [f"--{name.replace('_', '-')} is empty." for name, value in simple.items() if value == ""]
    amounts = {name: _amount(simple[name], name, wrong) for name in ("at_least", "below") if simple.get(name)}
    if wrong:
        raise click.UsageError("\n       ".join(wrong))
    facts = dict(text.split("=", 1) for text in fact)
    return {**simple, **amounts, "kind": kind or None, "facts": facts or None, "since": begin, "until": end}


def _amount(text: str, name: str, wrong: list[str]) -> Any:
    """Money, or a count; what is wrong is added to ``wrong``."""
    from remit.language.values import Money

    plain = text.replace(",", "")
    try:
        found = int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 16 else Money.of(text)
        if isinstance(found, int) or found.amount >= 0:
            return found
        wrong.append(f"--{name.replace('_', '-')}: `{text}` is below zero, and nothing is.")
    except ValueError:
        wrong.append(f"--{name.replace('_', '-')}: `{text}` is no amount: write 30EUR, or 500 for a count.")
    return None


def _midnight(text: str | None, option: str, days: int, wrong: list[str]) -> datetime | None:
    """Midnight here, when the day begins, or so many days later; what is wrong is added to ``wrong``."""
    try:
        return midnight_of(text, option, days) if text is not None else None
    except click.BadParameter as error:
        wrong.append(f"{option}: {error.message}")
    return None
