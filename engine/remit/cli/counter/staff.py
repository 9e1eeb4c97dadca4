"""Commands for those who stand before the customer: ``ask``, ``grant``, ``void``, ``why``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from remit.cli.support import exits
from remit.cli.support.employee import employee_of
from remit.cli.support.ledger_session import Book, ledger_option, notice, open_ledger, record_id
from remit.cli.support.policy_lookup import (
    Choice,
    load_policy,
    policy_argument,
    today_in,
)
from remit.cli.support.request_options import Given, person_options, request_options, spoken_option
from remit.cli.support.request_words import asked_from, currency_meant, request_from, supply, version_day
from remit.cli.support.spoken import language_read, speak, speak_of, spoken
from remit.cli.support.terminal import interactive, tell, tell_json
from remit.language import words
from remit.language.locales.messages import Alternatives, Message

if TYPE_CHECKING:
    from remit.deciding.policy import Policy
    from remit.decision.decision import Decision
    from remit.ledger.log.entry import Entry
    from remit.policy.model import Model

__all__ = ["ask", "grant", "meant_policy", "print_decision", "void", "why"]

_JSON = click.option("--json", "as_json", is_flag=True, help="The decision as JSON; no questions are asked.")


@click.command(short_help="What may I do for this customer? An interview, or options.")
@policy_argument
@request_options
@ledger_option
@click.option("--no-ledger", is_flag=True, help="Put nothing on record, and read no balances.")
@_JSON
def ask(policy: Choice, ledger_url: str | None, no_ledger: bool, as_json: bool, **options: Any) -> int:
    """Ask what you may do for this customer, right now.

    POLICY is a file, a folder of versions, or the name of a policy that comes with remit, such as hotel-guest-recovery.
    [REMIT_POLICY]

    At a terminal it asks only what can still change the answer; what you give as options is not asked. Without --give it
    tells all that you may do. The decision is put on record in the ledger.

    \b
    remit ask hotel-guest-recovery
    remit ask hotel-guest-recovery --fact incident.kind=noise --fact incident.severity=4 --give credit=25EUR

    Leaves with 0 for a grant, 3 escalate, 5 deny, 6 something is missing, 7 when the ledger cannot be used.
    """
    given = Given(**options)
    loaded, today = meant_policy(policy, given, asks=interactive() and not as_json)
    request = request_from(loaded.model, given, today)
    with Book(None) if no_ledger else Book.open(ledger_url) as book:
        request = book.identify(loaded.model, request, given.employee, given.role)
        if interactive() and not as_json:
            from remit.cli.counter.counter_loop import one_customer

            return one_customer(loaded, book, request, given, today)
        request = book.look_up(loaded.model, request, given.facts_from)
        decision, entry = book.decide(loaded, request)
        return _answer(book, decision, entry, loaded.model, request, as_json, language_read(loaded.model, given.language))


@click.command(short_help="Give it: decide, check the caps, put it on record.")
@policy_argument
@request_options
@click.option(
    "--permitted",
    metavar="TASK",
    is_eager=True,
    help="Give what was permitted for this task, which you sent up; no facts needed.",
)
@click.option("--send-up", is_flag=True, help="If it is for somebody else to grant, open a task for them.")
@ledger_option
@_JSON
def grant(policy: Choice, permitted: str | None, send_up: bool, ledger_url: str | None, as_json: bool, **options: Any) -> int:
    """Give what --give says, if you may: the decision, the caps and the record are one step.

    With --key the same grant can be sent again without counting twice. With --send-up what is beyond you goes up as a task
    (see `remit tasks`).

    \b
    remit grant hotel-guest-recovery --fact guest.id=g-7 --fact stay.id=s-9 --fact incident.kind=noise \\
        --fact incident.severity=3 --give credit=25EUR

    What you sent up and somebody permitted is given with --permitted and the number of the task, once: remit grant --permitted
    12. The facts and the policy are on record.

    Leaves with 0 for a grant, 3 escalate, 5 deny, 6 something is missing, 7 when the ledger cannot be used.
    """
    given = Given(**options)
    if permitted is not None:
        from remit.cli.counter.permitted import give_permitted

        return give_permitted(permitted, given, ledger_url, as_json=as_json, send_up=send_up)
    if not given.give:
        raise click.UsageError(Message("what do you give? Add --give, such as --give credit=25EUR; or use `remit ask`."))
    loaded, today = meant_policy(policy, given)
    request = request_from(loaded.model, given, today)
    request["key"] = request["key"] or uuid4().hex  # so that it can be tried again where it is not known what became of it
    with Book.open(ledger_url) as book:
        request = book.look_up(loaded.model, book.identify(loaded.model, request, given.employee, given.role), given.facts_from)
        decision, entry = _give(book, loaded, request, send_up, retried=given.key is not None)
        return _answer(book, decision, entry, loaded.model, request, as_json, language_read(loaded.model, given.language))


def _give(
    book: Book, policy: Policy, request: Mapping[str, Any], send_up: bool, *, retried: bool
) -> tuple[Decision, Entry | None]:
    """Give it, or send it up; or ask, where the same was given a moment ago. Where it may have been tried before (``retried``),
    what became of it first counts: it is given, and sent up if that was refused."""
    without = {**request, "key": None}  # a key that was made up for this one call tells nothing from what was given before
    if not retried and book.is_repeated(policy, without):
        decision, entry = book.decide(policy, without)
        if "key" in decision.missing.facts:
            return decision, entry
    if send_up and not retried and book.preview(policy, request).outcome == "escalate":
        return book.escalate(policy, request)
    decision, entry = book.grant(policy, request)
    return book.escalate(policy, request) if send_up and entry and decision.outcome == "escalate" else (decision, entry)


def _answer(
    book: Book,
    decision: Decision,
    entry: Entry | None,
    model: Model,
    request: Mapping[str, Any],
    as_json: bool,
    language: str | None,
) -> int:
    """The answer, and what became of it; where the ledger could not be used that comes first, and it is no grant."""
    if book.trouble is None:
        return print_decision(decision, entry, model, request, as_json, language)
    unread = [name for name in decision.missing.facts if name in model.facts and model.facts[name].history is not None]
    told = notice(book.trouble, request["key"], unread)
    if as_json:
        tell_json({"record": None, "notice": told, "policy_alone": decision.to_dict()})
        return exits.UNRECORDED
    for line in told:
        tell(line)
    click.echo()
    print_decision(decision, None, model, request, as_json, language)
    click.echo()
    tell(told[0])
    return exits.UNRECORDED


def meant_policy(choice: Choice, given: Given, *, asks: bool = False) -> tuple[Policy, date]:
    """The version in force on the day of the incident, in the currency of the request, and today's date where the policy is."""
    loaded = load_policy(choice, version_day(given, date.today()))
    speak(loaded.model)
    stated = currency_meant(loaded, given)
    if len(loaded.currencies) > 1:
        code = stated or (_ask_currency(loaded.currencies) if asks else None)
        if code is None:
            ways = Alternatives(f"--currency {each}" for each in loaded.currencies)
            raise click.UsageError(
                Message("in which currency? Add {options}, or set REMIT_CURRENCY to be asked no more.", options=ways)
            )
        day = version_day(given, today_in(loaded.model.timezone))
        loaded = loaded.for_request({"currency": code, "occurred": day})
    return loaded, today_in(loaded.model.timezone)


def _ask_currency(currencies: tuple[str, ...]) -> str:
    from remit.cli.support.prompt import Talk
    from remit.decision.typed import choose

    help_text = Message("What you give, and what was paid, is in this currency. Set REMIT_CURRENCY to be asked no more.")
    found = Talk(spoken()).ask(
        Message("In which currency?"),
        lambda text: choose(text, currencies),
        options=currencies,
        help_text=help_text,
        enter=currencies[0],
    )
    return found or currencies[0]


def print_decision(
    decision: Decision,
    entry: Entry | None,
    model: Model,
    request: Mapping[str, Any],
    as_json: bool,
    language: str | None = None,
) -> int:
    """The decision on standard output, for people or as JSON with the ``record`` it stands in; returns the exit code. JSON is
    in the policy's first language, as the record is."""
    if as_json:
        record = {"record": {"id": entry.id, "number": entry.seq, "kind": entry.kind}} if entry else {}
        tell_json({**decision.to_dict(), **record}, separators=(",", ":"))
        return exits.OUTCOMES[decision.outcome]
    from remit.cli.support.prompt import show
    from remit.decision.page.render import render

    questions = None
    if decision.missing.facts:
        from remit.deciding.interview import to_ask

        questions = to_ask(model, decision, request, recorded=entry is not None)
    balances, given = (entry.body["read"]["balances"], entry.granted) if entry is not None else (None, False)
    page = render(decision, model, supply=supply(model), questions=questions, balances=balances, given=given, language=language)
    show(page)
    if entry is not None:
        match entry.kind:
            case "grant" | "approve":
                tell(Message("Given, and on record as number {number}", number=entry.seq))
            case "escalate":
                tell(Message("Sent up, and on record as number {number}", number=entry.seq))
            case _:
                tell(Message("Decided, and on record as number {number}", number=entry.seq))
        if missing := entry.body.get("missing"):
            names = tuple(map(words.name, missing))
            tell(Message("Whoever answers must know, too: {names}. Find it out, and tell them.", names=names))
    return exits.OUTCOMES[decision.outcome]


@click.command(short_help="Take back a grant; the allowance returns.")
@click.argument("record")
@click.option("--reason", help="Why it is taken back. Required; asked for at a terminal.")
@click.option(
    "--part", multiple=True, metavar="REMEDY=AMOUNT", help="Only so much of it: credit=20EUR. Repeatable. [all of it]"
)
@person_options
@spoken_option
@click.option("--key", help="Makes it count once, however often it is sent.")
@ledger_option
def void(
    record: str,
    reason: str | None,
    part: tuple[str, ...],
    employee: str | None,
    role: str | None,
    key: str | None,
    ledger_url: str | None,
) -> None:
    """Take back the grant RECORD (its id or its number): the caps have their allowance back.

    What you gave yourself you may take back; what somebody else gave, only from a role above theirs.

    \b
    remit void 12 --reason "The guest left early" --role associate
    """
    missing = Message("why is it taken back? Add --reason.")
    if reason is None and not interactive():
        raise click.UsageError(missing)
    with open_ledger(ledger_url, create=False) as ledger:
        found = ledger.record(record_id(ledger, record))
        speak_of(ledger, found)
        policy = ledger.policy_of(found) if found.body.get("policy") else None
        who = employee_of(ledger, employee, role, policy.model.id if policy else None, policy.model.ladder if policy else ())
        some = asked_from(policy.model, Given(give=part)) if part and policy else None
        if reason is None:
            from remit.cli.support.prompt import ask_for

            help_text = Message("A sentence, such as: the guest left early. It goes on record.")
            reason = ask_for(Message("Why is it taken back?"), str, missing=missing, help_text=help_text)
        entry = ledger.void(found.id, employee=who, reason=reason, part=some, key=key)
        tell(Message("Taken back, and on record as number {number}", number=entry.seq))


@click.command(short_help="Why was it decided so? One record in full, decided again.")
@click.argument("record")
@click.option("--reveal", is_flag=True, help="Show personal and masked facts too.")
@click.option("--json", "as_json", is_flag=True, help="The record as JSON.")
@spoken_option
@ledger_option
def why(record: str, reveal: bool, as_json: bool, ledger_url: str | None) -> int:
    """Tell why RECORD (its id or its number) was decided as it was.

    Shows what was known, what was read from the ledger, and the reasons; then decides it again from the policy text that the
    ledger keeps, and says whether it comes out the same. Leaves with 0, or with 1 if it does not.
    """
    from remit.cli.counter.record_page import print_record

    with open_ledger(ledger_url, create=False) as ledger:
        entry = ledger.record(record_id(ledger, record))
        if as_json:
            tell_json(entry.to_dict(reveal=reveal))
            return exits.FINE
        speak_of(ledger, entry)
        return print_record(ledger, entry, reveal=reveal)
