"""The counter, opened: one customer after another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remit.cli.counter.counter_case import CounterCase
from remit.cli.counter.desk import converse
from remit.cli.support import exits
from remit.cli.support.ledger_session import Book, ledger_option
from remit.cli.support.policy_lookup import Choice, PolicyPath, policies_in, policy_option
from remit.cli.support.prompt import Quit, Talk
from remit.cli.support.request_options import Given, facts_from_option, language_option, person_options
from remit.cli.support.request_words import request_from
from remit.cli.support.spoken import language_read, spoken
from remit.cli.support.terminal import interactive
from remit.decision.typed import choose
from remit.language.locales.messages import Message
from remit.policy.shipped import shipped_policies

if TYPE_CHECKING:
    from remit.deciding.policy import Policy

__all__ = ["counter", "one_customer"]


def one_customer(loaded: Policy, book: Book, request: Mapping[str, Any], given: Given, today: date) -> int:
    """The conversation about one customer; returns the exit code."""
    language = language_read(loaded.model, given.language)
    case = CounterCase(loaded, book, request, today, language, given.facts_from)
    decision = converse(case, role_known=given.role is not None or book.has_roster)
    return exits.UNRECORDED if book.trouble else exits.OUTCOMES[decision.outcome]


@click.command(short_help="The counter: one customer after another. The same as `remit` alone.")
@click.argument("policy", type=PolicyPath(), envvar="REMIT_POLICY", required=False, metavar="[POLICY]")
@policy_option
@person_options
@ledger_option
@language_option
@facts_from_option
@click.option("--currency", envvar="REMIT_CURRENCY", metavar="CODE", help="In which currency. [REMIT_CURRENCY]")
def counter(policy: Path | None, policy_name: str | None, ledger_url: str | None, **options: Any) -> int:
    """Open the counter: it asks what matters about one customer, shows what you may do, and goes on to the next.

    Without POLICY it asks which one. [REMIT_POLICY]
    """
    if not interactive():
        raise click.UsageError(Message("the counter needs a terminal; `remit ask` and `remit grant` take options instead."))
    from remit.cli.counter.staff import meant_policy

    given = Given(**options)
    try:
        choice = _choice(policy, policy_name, Talk(spoken()))
        while True:
            loaded, today = meant_policy(choice, given, asks=True)
            request = request_from(loaded.model, given, today)
            with Book.open(ledger_url) as book:
                one_customer(loaded, book, book.identify(loaded.model, request, given.employee, given.role), given, today)
            Talk(spoken()).ask(
                Message("Next customer?"),
                str,
                help_text=Message("Enter for the next customer, q to close."),
                enter=Message("Enter; q: close"),
            )
    except Quit:
        return exits.FINE


def _choice(path: Path | None, name: str | None, talk: Talk) -> Choice:
    """Which policy is meant; asked for where that is not clear."""
    help_text = Message("Set REMIT_POLICY to be asked no more.")
    shipped = shipped_policies()
    known = list(shipped)
    while path is None:
        found = talk.ask(Message("Which policy?"), lambda text: choose(text, known), options=known, help_text=help_text)
        path = None if found is None else shipped[found]
    names = policies_in(path) if name is None else ()
    while name is None and len(names) > 1:
        name = talk.ask(Message("Which policy?"), lambda text: choose(text, names), options=names, help_text=help_text)
    return Choice(path, name)
