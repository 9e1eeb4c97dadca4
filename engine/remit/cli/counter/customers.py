"""Who a customer is: the first line at the counter, and the commands ``customer`` and ``note``."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import click

from remit.cli.support import complete, exits
from remit.cli.support.employee import employee_of
from remit.cli.support.ledger_session import ledger_option, open_ledger
from remit.cli.support.policy_lookup import PolicyPath, load_policy, today_in
from remit.cli.support.prompt import show
from remit.cli.support.request_options import person_options
from remit.cli.support.terminal import tell, tell_json
from remit.decision.page.answer import AnswerPage, PageBlock, PageRow, cells, wrap
from remit.language import words

if TYPE_CHECKING:
    from remit.ledger.people.earlier_cases import CustomerCase
    from remit.ledger.people.relationship import Customer
    from remit.policy.model import Model

__all__ = ["customer", "customer_page", "first_lines", "note"]

#: How far back "third time" looks, in days.
_RECENT: Final = 90

_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh")

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

#: What became of a case, where it was not simply given; ``{}`` is by whom.
_BECAME: Final = {
    "approved": "approved by {}",
    "taken back": "taken back",
    "refused": "refused",
    "declined": "declined by {}",
    "open": "not answered yet",
    "held": "on hold",
    "permitted": "permitted by {}, not given yet",
    "released": "not given in the end",
}

_FACT = click.option(
    "--fact",
    metavar="NAME=VALUE",
    shell_complete=complete.facts,
    help="Who it is, such as guest.id=g-7, in place of CUSTOMER.",
)
_POLICY = click.option(
    "--policy",
    "path",
    type=PolicyPath(),
    envvar="REMIT_POLICY",
    metavar="POLICY",
    help="The policy whose customer it is: a file, a folder of versions, or a name. [REMIT_POLICY]",
)


def first_lines(who: Customer | None, today: date, width: int = 80) -> list[str]:
    """The first line at the counter, at most two lines of ``width`` cells: how often the customer was here, what became of it
    last, and the newest note; none where nothing is known. ``today`` is the day where the policy is."""
    if who is None or not (who.cases or who.notes):
        return []
    parts = [f"{who.name}: {_history(who, today)}" if who.cases else f"{who.name}."]
    parts += [f"Note: {each.text.rstrip('.')}." for each in who.notes[:1]]
    lines = wrap(" ".join(parts), width)
    if len(lines) > 2 and len(parts) > 1:  # a line for each, so that a long history does not hide the note
        return [_cut(part, width) for part in parts]
    return [_cut(line, width) for line in (lines[0], " ".join(lines[1:])) if line]


def _cut(text: str, width: int) -> str:
    """``text`` in one line, without its end where that is too much."""
    line = " ".join(wrap(text, width))
    if cells(line) <= width:
        return line
    while cells(line) > width - 3:
        line = line[:-1]
    begun, _, last = line.rpartition(" ")
    return f"{(begun if len(last) < 20 else line).rstrip(' ,;:.')}..."


def _history(who: Customer, today: date) -> str:
    recent = sum(today - each.day < timedelta(_RECENT) for each in who.cases)
    if recent >= len(_ORDINALS) or recent == len(who.cases) < who.count:
        often = f"more than {min(recent, len(_ORDINALS) - 1)} times in {_RECENT} days"
    else:
        often = f"{_ORDINALS[recent]} time in {_RECENT} days"
    return f"{often}; last: {_case(who.cases[0], today)}."


def _case(case: CustomerCase, today: date) -> str:
    """``25 EUR folio credit on 3 November (noise)``, and what became of it."""
    incident = f" ({case.incident})" if case.incident else ""
    return f"{case.what} on {_day(case.day, today)}{incident}{_became(case)}"


def _became(case: CustomerCase) -> str:
    return f", {_BECAME[case.became].format(case.by)}" if case.became in _BECAME else ""


def _day(day: date, today: date) -> str:
    """The day, with its year where that is not this one."""
    return f"{day.day} {_MONTHS[day.month - 1]}{f' {day.year}' if day.year != today.year else ''}"


@click.command(short_help="Who is this customer? Earlier cases, and notes.")
@click.argument("customer", required=False, metavar="[CUSTOMER]")
@_FACT
@_POLICY
@click.option("--last", type=click.IntRange(1, 50), default=10, show_default=True, help="Show at most this many cases.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@ledger_option
def customer(
    customer: str | None, fact: str | None, path: Path | None, last: int, as_json: bool, ledger_url: str | None
) -> int:
    """Show who CUSTOMER (their id) is to the house: the earlier cases in the ledger, what was given and what became of it, and
    the notes about them.

    The policy says which of its facts is the customer's id; without a policy, --fact says it.

    \b
    remit customer g-7 --policy hotel-guest-recovery
    remit customer --fact guest.id=g-7
    """
    model = load_policy(path).model if path is not None and fact is None else None
    ids = _ids(model, fact, customer)
    with open_ledger(ledger_url, create=False) as ledger:
        found = ledger.customer(None, {"facts": ids}, last=last)
    if found is None:
        raise click.UsageError(f"`{next(iter(ids.values()))}` cannot be the id of a customer.")
    if as_json:
        tell_json(found.to_dict())
        return exits.FINE
    show(customer_page(found, today_in(model.timezone) if model is not None else date.today()))
    return exits.FINE


def _ids(model: Model | None, fact: str | None, value: str | None) -> dict[str, str]:
    """The facts that say who it is. Raises ``click.UsageError`` where that is not clear."""
    if fact is not None:
        name, sign, said = fact.partition("=")
        if not (name and sign and said):
            raise click.BadParameter(f"`{fact}` is not NAME=VALUE.", param_hint="--fact")
        if value is not None:
            raise click.UsageError(f"who is it: `{value}` or `{fact}`? Leave one of them out.")
        return {name: said}
    if value is None:
        raise click.UsageError("which customer? Give their id, or --fact such as guest.id=g-7.")
    if model is None:
        raise click.UsageError(f"what is `{value}`? Add --policy, or say it with --fact, such as --fact guest.id={value}.")
    if not model.customer_facts:
        raise click.UsageError(f"`{model.id}` does not say who its customers are (`own_account`); use --fact.")
    return dict.fromkeys(model.customer_facts, value)


def customer_page(who: Customer, today: date) -> AnswerPage:
    """All that is known of a customer: the notes, and the earlier cases."""
    notes = (PageRow(f"{_day(each.day, today)}  #{each.number}", f"{each.text} ({each.by})") for each in who.notes)
    cases = (PageRow(f"{_day(each.day, today)}  #{each.number}", _told(each)) for each in who.cases)
    blocks = PageBlock("Notes", tuple(notes)), PageBlock("Earlier cases", tuple(cases))
    return AnswerPage(_headline(who, today), "heading", tuple(block for block in blocks if block.rows))


def _headline(who: Customer, today: date) -> str:
    if not who.count:
        return f"{who.name}: no earlier cases on record"
    since = f", the first on {_day(who.first, today)}" if who.first is not None else ""
    shown = f" (the last {len(who.cases)} below)" if len(who.cases) < who.count else ""
    return f"{who.name}: {who.count} earlier {words.plural('case', who.count)}{since}{shown}"


def _told(case: CustomerCase) -> str:
    about = ", ".join(filter(None, (case.incident, case.policy, f"case {case.case}" if case.case else "")))
    return f"{case.what}{_became(case)} ({about})"


@click.command(short_help="Record a note about a customer for the next time.")
@click.argument("said", nargs=-1, required=True, metavar="[CUSTOMER] TEXT")
@_FACT
@_POLICY
@person_options
@click.option("--key", help="Makes it count once, however often it is sent.")
@ledger_option
def note(
    said: tuple[str, ...],
    fact: str | None,
    path: Path | None,
    employee: str | None,
    role: str | None,
    key: str | None,
    ledger_url: str | None,
) -> int:
    """Record TEXT about CUSTOMER (their id), for whoever deals with them next. It decides nothing.

    A note is personal: it goes when the customer is erased (`remit ledger erase`). `remit void` takes one back. Write what
    helps the customer, and nothing that they should not read.

    \b
    remit note g-7 "likes a quiet room" --policy hotel-guest-recovery --role associate
    """
    if len(said) != (1 if fact is not None else 2):
        raise click.UsageError('write the customer and the note, each as one word or in quotes: g-7 "likes a quiet room".')
    model = load_policy(path).model if path is not None else None
    ids = _ids(None if fact is not None else model, fact, said[0] if fact is None else None)
    if len(ids) > 1:
        ways = words.listing([f"--fact {name}={said[0]}" for name in ids], "or")
        raise click.UsageError(f"what is `{said[0]}`? Say it with {ways}.")
    ((name, value),) = ids.items()
    with open_ledger(ledger_url) as ledger:
        who = employee_of(ledger, employee, role, ladder=model.ladder if model is not None else ())
        entry = ledger.note(name, value, said[-1], employee=who, key=key or uuid4().hex)
    tell(f"Noted, and on record as number {entry.seq}. `remit void {entry.seq}` takes it back.")
    return exits.FINE
