"""Commands for those who stand before the customer: ``ask``, ``grant``, ``void``, ``why``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from remit.cli import exits
from remit.cli.book import Book, Entry, ledger_option, open_ledger
from remit.cli.find import load_policy, policy_argument, today_in
from remit.cli.request import Given, day_of, request_from, request_options, supply
from remit.cli.terminal import interactive

__all__ = ["ask", "grant", "void", "why"]

_JSON = click.option("--json", "as_json", is_flag=True, help="The decision as JSON; no questions are asked.")


@click.command(short_help="What may I do for this customer? An interview, or options.")
@policy_argument
@request_options
@ledger_option
@click.option("--no-ledger", is_flag=True, help="Put nothing on record, and read no balances.")
@_JSON
def ask(policy: Path, ledger_url: str | None, no_ledger: bool, as_json: bool, **options: Any) -> int:
    """Ask what you may do for this customer, right now.

    POLICY is a file, a folder of versions, or the name of a policy that comes with remit, such as hotel-guest-recovery.
    [REMIT_POLICY]

    At a terminal it asks only what can still change the answer; what you give as options is not asked. Without --give it
    tells all that you may do. The decision is put on record in the ledger.

    \b
    remit ask hotel-guest-recovery
    remit ask hotel-guest-recovery --fact incident.kind=noise --fact incident.severity=4 --give credit=25EUR

    Leaves with 0 for a grant, 3 escalate, 5 deny, 6 something is missing.
    """
    given = Given(**options)
    loaded, today = _policy(policy, given)
    request = request_from(loaded.model, given, today)
    book = Book(None if no_ledger else open_ledger(ledger_url))
    if interactive() and not as_json:
        from remit.cli.desk import converse

        decision = converse(loaded, book, request, today=today, role_known=given.role is not None)
        return exits.OUTCOMES[decision.outcome]
    return _print(book.decide(loaded, request), loaded.model, as_json)


@click.command(short_help="Give it: decide, check the caps, put it on record.")
@policy_argument
@request_options
@ledger_option
@_JSON
def grant(policy: Path, ledger_url: str | None, as_json: bool, **options: Any) -> int:
    """Give what --give says, if you may: the decision, the caps and the record are one step.

    What is beyond you goes up as a task (see `remit tasks`). With --key the same grant can be sent again without counting
    twice.

    \b
    remit grant hotel-guest-recovery --role associate --fact guest.id=g-7 --fact incident.kind=noise \\
        --fact incident.severity=3 --give credit=25EUR

    Leaves with 0 for a grant, 3 escalate, 5 deny, 6 something is missing.
    """
    given = Given(**options)
    if not given.give:
        raise click.UsageError("what do you give? Add --give, such as --give credit=25EUR; or use `remit ask`.")
    loaded, today = _policy(policy, given)
    request = request_from(loaded.model, given, today)
    return _print(Book(open_ledger(ledger_url)).grant(loaded, request), loaded.model, as_json)


def _policy(path: Path, given: Given) -> tuple[Any, date]:
    """The version in force on the day of the incident, and today's date where the policy is."""
    day = day_of(given.occurred, date.today())
    loaded = load_policy(path, day)
    return loaded, today_in(loaded.model.timezone)


def _print(entry: Entry, model: Any, as_json: bool) -> int:
    decision = entry.decision
    if as_json:
        click.echo(decision.to_json())
    else:
        from remit.cli.talk import show
        from remit.decision.render import render

        show(render(decision, model, supply=supply(model)))
        if entry.id:
            click.echo(f"On record: {entry.id}")
    return exits.OUTCOMES[decision.outcome]


@click.command(short_help="Take back a grant; the allowance returns.")
def void() -> None:
    """Take back a grant."""


@click.command(short_help="Why was it decided so?")
def why() -> None:
    """Why was it decided so?"""
