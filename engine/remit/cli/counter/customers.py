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
from remit.cli.support.prompt import ask_for, show
from remit.cli.support.request_options import person_options, spoken_option
from remit.cli.support.spoken import amounts, read, speak, spoken
from remit.cli.support.terminal import interactive, tell, tell_json
from remit.decision.page.answer import AnswerPage, PageBlock, PageRow, cells, wrap
from remit.decision.page.page_words import fact_value
from remit.decision.typed import choose
from remit.language.locales.messages import Alternatives, Message, Sentence
from remit.policy.shipped import shipped_policies

if TYPE_CHECKING:
    from remit.ledger.people.earlier_cases import CustomerCase
    from remit.ledger.people.relationship import Customer
    from remit.policy.model import Model

__all__ = ["customer", "customer_page", "first_lines", "note"]

#: How far back "third time" looks, in days.
_RECENT: Final = 90

#: The beginning of the first line, by how many cases there were in that time.
_OFTEN: Final = (
    Sentence("first time in {days} days"),
    Sentence("second time in {days} days"),
    Sentence("third time in {days} days"),
    Sentence("fourth time in {days} days"),
    Sentence("fifth time in {days} days"),
    Sentence("sixth time in {days} days"),
    Sentence("seventh time in {days} days"),
    Sentence("eighth time in {days} days"),
    Sentence("ninth time in {days} days"),
    Sentence("tenth time in {days} days"),
    Sentence("eleventh time in {days} days"),
)

#: What became of a case, where it was not simply given.
_BECAME: Final = {
    "approved": Sentence("{case}, approved by {who}"),
    "taken back": Sentence("{case}, taken back"),
    "refused": Sentence("{case}, refused"),
    "declined": Sentence("{case}, declined by {who}"),
    "handed over": Sentence("{case}, handed over by {who}"),
    "open": Sentence("{case}, not answered yet"),
    "held": Sentence("{case}, on hold"),
    "permitted": Sentence("{case}, permitted by {who}, not given yet"),
    "released": Sentence("{case}, not given in the end"),
}

_WHICH: Final = Message("which customer? Give their id, or --fact such as guest.id=g-7.")

_WRITE: Final = Message('write the customer and the note, each as one word or in quotes: g-7 "likes a quiet room".')

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
    _ = spoken()
    parts = [_history(who, today) if who.cases else f"{who.name}."]
    parts += [_("Note: {text}.", text=each.text.rstrip(".")) for each in who.notes[:1]]
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
    _ = spoken()
    recent = sum(today - each.day < timedelta(_RECENT) for each in who.cases)
    if recent >= len(_OFTEN) or recent == len(who.cases) < who.count:
        often = _("more than {count} times in {days} days", count=min(recent, len(_OFTEN) - 1), days=_RECENT)
    else:
        often = _(_OFTEN[recent], days=_RECENT)
    return _("{name}: {often}; last: {case}.", name=who.name, often=often, case=_case(who.cases[0], today))


def _case(case: CustomerCase, today: date) -> str:
    """``25 EUR folio credit on 3 November (noise)``, and what became of it."""
    _, what, day = spoken(), _what(case), _day(case.day, today)
    if case.incident:
        return _became(case, _("{what} on {day} ({incident})", what=what, day=day, incident=_incident(case)))
    return _became(case, _("{what} on {day}", what=what, day=day))


def _what(case: CustomerCase) -> str:
    """What was given, or asked for."""
    told = amounts(case.model, case.amounts) if case.model is not None else case.what
    return told or spoken().of(Message("a request"))


def _incident(case: CustomerCase) -> str:
    """What had happened, in a few words."""
    if case.model is None:
        return case.incident
    _, model = spoken(), read(case.model)
    told = (fact_value(model.facts.get(name), value, _) for name, value in case.happened.items())
    return ", ".join(_.in_sentence(each, model.languages) for each in told)


def _became(case: CustomerCase, told: str) -> str:
    """``told``, and what became of the case."""
    _, said = spoken(), _BECAME.get(case.became)
    return told if said is None else _(said, case=told, who=case.by)


def _day(day: date, today: date) -> str:
    """The day, with its year where that is not this one."""
    return spoken().near_day(day, today)


@click.command(short_help="Who is this customer? Earlier cases, and notes.")
@click.argument("customer", required=False, metavar="[CUSTOMER]")
@_FACT
@_POLICY
@click.option("--last", type=click.IntRange(1, 50), default=10, show_default=True, help="Show at most this many cases.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@spoken_option
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
    if fact is None and customer is None and (as_json or not interactive()):
        raise click.UsageError(_WHICH)
    customer = customer or (_ask_customer() if fact is None else None)
    path = path or (_ask_policy(customer) if fact is None and not as_json else None)
    model = load_policy(path).model if path is not None and fact is None else None
    ids = _ids(model, fact, customer)
    with open_ledger(ledger_url, create=False) as ledger:
        found = ledger.customer(None, {"facts": ids}, last=last)
    if found is None:
        raise click.UsageError(Message("`{typed}` cannot be the id of a customer.", typed=next(iter(ids.values()))))
    if as_json:
        tell_json(found.to_dict())
        return exits.FINE
    speak(*([model] if model is not None else []), *(each.model for each in found.cases if each.model is not None))
    show(customer_page(found, today_in(model.timezone) if model is not None else date.today()))
    return exits.FINE


def _ask_customer() -> str:
    """Who it is, where the command line does not say."""
    help_text = Message("Their id, as your company writes it, such as g-7.")
    return ask_for(Message("Which customer?"), str, missing=_WHICH, help_text=help_text)


def _ask_policy(customer: str | None) -> Path:
    """The policy that says what the id of a customer is."""
    shipped = shipped_policies()

    def take(text: str) -> Path:
        try:
            return PolicyPath().convert(text, None, None)
        except click.BadParameter:  # a part of a name, or its number
            return shipped[choose(text, list(shipped))]

    help_text = Message("A file, a folder, or the name of a policy. Set REMIT_POLICY to be asked no more.")
    return ask_for(Message("Which policy?"), take, missing=_whose(customer or ""), options=list(shipped), help_text=help_text)


def _whose(typed: str) -> Message:
    return Message("what is `{typed}`? Add --policy, or say it with --fact, such as --fact guest.id={typed}.", typed=typed)


def _ids(model: Model | None, fact: str | None, value: str | None) -> dict[str, str]:
    """The facts that say who it is. Raises ``click.UsageError`` where that is not clear."""
    if fact is not None:
        name, sign, said = fact.partition("=")
        if not (name and sign and said):
            raise click.BadParameter(Message("`{typed}` is not NAME=VALUE.", typed=fact), param_hint="--fact")
        if value is not None:
            raise click.UsageError(Message("who is it: `{one}` or `{other}`? Leave one of them out.", one=value, other=fact))
        return {name: said}
    if value is None:
        raise click.UsageError(_WHICH)
    if model is None:
        raise click.UsageError(_whose(value))
    if not model.customer_facts:
        raise click.UsageError(
            Message("`{policy}` does not say who its customers are (`own_account`); use --fact.", policy=model.id)
        )
    return dict.fromkeys(model.customer_facts, value)


def customer_page(who: Customer, today: date) -> AnswerPage:
    """All that is known of a customer: the notes, and the earlier cases."""
    _ = spoken()
    notes = (PageRow(f"{_day(each.day, today)}  #{each.number}", f"{each.text} ({each.by})") for each in who.notes)
    cases = (PageRow(f"{_day(each.day, today)}  #{each.number}", _told(each)) for each in who.cases)
    blocks = PageBlock(_("Notes"), tuple(notes)), PageBlock(_("Earlier cases"), tuple(cases))
    return AnswerPage(_headline(who, today), "heading", tuple(block for block in blocks if block.rows))


def _headline(who: Customer, today: date) -> str:
    _ = spoken()
    if not who.count:
        return _("{name}: no earlier cases on record", name=who.name)
    if who.first is None:
        told = _.plural("{name}: {count} earlier case", "{name}: {count} earlier cases", who.count, name=who.name)
    else:
        told = _.plural(
            "{name}: {count} earlier case, the first on {day}",
            "{name}: {count} earlier cases, the first on {day}",
            who.count,
            name=who.name,
            day=_day(who.first, today),
        )
    shown = len(who.cases)
    return _("{cases} (the last {count} below)", cases=told, count=shown) if shown < who.count else told


def _told(case: CustomerCase) -> str:
    _ = spoken()
    named = _("case {case}", case=case.case) if case.case else ""
    about = ", ".join(filter(None, (_incident(case), case.policy, named)))
    return f"{_became(case, _what(case))} ({about})"


@click.command(short_help="Record a note about a customer for the next time.")
@click.argument("said", nargs=-1, metavar="[CUSTOMER] TEXT")
@_FACT
@_POLICY
@person_options
@spoken_option
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
    most = 1 if fact is not None else 2
    if len(said) > most or (len(said) < most and not interactive()):
        raise click.UsageError(_WRITE)
    customer = None if fact is not None else said[0] if said else _ask_customer()
    path = path or (_ask_policy(customer) if customer is not None else None)
    model = load_policy(path).model if path is not None else None
    speak(*([model] if model is not None else []))
    ids = _ids(None if fact is not None else model, fact, customer)
    name = _which_fact(customer, list(ids)) if len(ids) > 1 else next(iter(ids))
    text = said[-1] if len(said) == most else _ask_note()
    with open_ledger(ledger_url) as ledger:
        who = employee_of(ledger, employee, role, ladder=model.ladder if model is not None else ())
        entry = ledger.note(name, ids[name], text, employee=who, key=key or uuid4().hex)
    tell(Message("Noted, and on record as number {number}. `remit void {number}` takes it back.", number=entry.seq))
    return exits.FINE


def _which_fact(typed: str | None, names: list[str]) -> str:
    """Which of the facts that say who somebody is was meant."""
    ways = Alternatives(f"--fact {name}={typed}" for name in names)
    missing = Message("what is `{typed}`? Say it with {options}.", typed=typed, options=ways)
    help_text = Message("The policy knows customers by each of these; choose the one that you typed.")
    question = Message("What is `{typed}`?", typed=typed)
    return ask_for(question, lambda text: choose(text, names), missing=missing, options=names, help_text=help_text)


def _ask_note() -> str:
    help_text = Message(
        "One line, such as: likes a quiet room. It never counts in a decision, and goes when the person is erased."
    )
    return ask_for(Message("What should the next colleague know?"), str, missing=_WRITE, help_text=help_text)
