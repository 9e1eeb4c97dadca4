"""What was permitted and can be given now: offered at the counter, and given in one line (``remit grant --permitted``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from remit.cli.support import exits
from remit.cli.support.employee import employee_of
from remit.cli.support.ledger_session import Book, decision_of, open_ledger, record_id
from remit.cli.support.prompt import Back, Quit, Talk
from remit.cli.support.request_options import Given
from remit.cli.support.request_words import login_name
from remit.cli.support.spoken import amounts, error_text, speak_of, spoken
from remit.cli.support.terminal import tell, tell_json
from remit.errors import NotAllowed, NotFound, NotGranted, RemitError
from remit.language.locales.messages import Message
from remit.language.locales.record_words import a_kind

if TYPE_CHECKING:
    from remit.decision.decision import Decision
    from remit.ledger.ledger import Ledger
    from remit.ledger.log.entry import Entry
    from remit.ledger.people.permits import Permission
    from remit.policy.model import Model

__all__ = ["PermittedOffers", "give_permitted"]

#: What a request is made of, which is on record with a task.
_FACTS: Final = ("give", "fact", "case", "occurred", "evidence", "from_evidence", "story", "use_discretion", "key")


class PermittedOffers:
    """What was permitted to ``employee`` and waits to be given, offered in a conversation: what is new with the news, and what
    concerns the case once that is known. One key gives it; it is given once, and then not offered any more."""

    def __init__(self, book: Book, talk: Talk, employee: Mapping[str, Any]) -> None:
        self._book, self._talk, self._employee = book, talk, employee
        self._waiting = book.permissions(str(employee["id"]))
        self._asked: set[int] = set()

    def new(self) -> Decision | None:
        """Offer what came with the news; the last decision by which something was given."""
        return self._offer([each for each in self._waiting if self._book.is_news(each.entry)], told=True)

    def of_case(self, policy: str, request: Mapping[str, Any]) -> Decision | None:
        """Offer what concerns a request under the policy with this id, once in a conversation."""
        found = [each for each in self._waiting if each.task not in self._asked and each.concerns(policy, request)]
        self._asked |= {each.task for each in found}
        return self._offer(found)

    def _offer(self, found: Sequence[Permission], *, told: bool = False) -> Decision | None:
        last = None
        for each in found:
            try:
                last = self._one(each, told) or last
            except Back:
                continue
            except Quit:
                if last is None:
                    raise
                return last  # so that nobody reads that nothing was given
        return last

    def _one(self, permission: Permission, told: bool) -> Decision | None:
        known = {"what": _what(permission), "until": permission.until}
        question = Message("Permitted, and not given yet: {what}, until {until}. Give it now?", **known)
        if told:  # by whom and until when was just said
            question = Message("Give now what was permitted: {what}?", **known)
        if permission.changed:
            question = Message(
                "Permitted, and not given yet: {what}, until {until}. The policy has changed since, and the permission still "
                "counts. Give it now?",
                **known,
            )
        return self._give(permission) if self._talk.yes(question) else None

    def _give(self, permission: Permission) -> Decision | None:
        try:
            entry = self._book.use_permission(permission.task_id, self._employee)
        except RemitError as error:
            self._talk.say(_refusal(error, permission.model), bold=True)
            return None
        if entry is None:  # the ledger cannot be used, which is told next
            return None
        self._waiting = [each for each in self._waiting if each.task != permission.task]
        self._talk.say(_done(entry, permission.model), bold=True)
        return decision_of(entry)


def _what(permission: Permission) -> str:
    """``90 EUR folio credit for g-7, s-9, C-1001 (task 12)``."""
    _ = spoken()
    return _("{what} for {customer} (task {number})", **_known(permission.entry, permission.model), number=permission.task)


def _known(entry: Entry, model: Model) -> dict[str, str]:
    """What a record gives, and to whom."""
    from remit.cli.review.tasks.task_words import customer_of

    return {"what": amounts(model, decision_of(entry).asked), "customer": customer_of(entry, model, short=True)}


def _done(entry: Entry, model: Model) -> str:
    _ = spoken()
    known: dict[str, Any] = {**_known(entry, model), "who": entry.employee, "number": entry.seq}
    if entry.repeated:
        return _("{what} for {customer} was given already, on record as number {number}. It is not given twice.", **known)
    return _("Done: {what} for {customer}, as {who} permitted. It is on record as number {number}.", **known)


def _refusal(error: RemitError, model: Model) -> str:
    """Why it was not given, as a sentence."""
    _ = spoken()
    if isinstance(error, NotGranted):
        from remit.cli.review.tasks.task_words import in_the_way

        why = in_the_way(error.args[0], error.decision, model)
        return _("Not given: {why}. You can still use the permission later, or send a new request up.", why=why)
    return _("Not given: {why}.", why=error_text(error))


def give_permitted(task: str, given: Given, ledger_url: str | None, *, as_json: bool, send_up: bool) -> int:
    """Give what was permitted for a task (its id or its number), which knows its policy and its facts; returns the exit code.
    Raises ``click.UsageError`` where the request is said again beside it."""
    said = [f"--{name.replace('_', '-')}" for name in _FACTS if getattr(given, name)] + (["--send-up"] if send_up else [])
    if said:
        told = Message("--permitted gives exactly what was permitted; leave out {options}.", options=tuple(said))
        raise click.UsageError(told)
    with open_ledger(ledger_url, create=False) as ledger:
        opened = _task(ledger, task)
        speak_of(ledger, opened)
        model = ledger.policy_of(opened).model
        who = {"id": given.employee or login_name()}
        if ledger.has_roster():
            who = employee_of(ledger, given.employee, given.role, model.id)
        try:
            entry = ledger.use_permission(opened.id, employee=who)
        except NotGranted as error:
            tell(_refusal(error, model))
            outcome = error.decision.outcome  # a grant, where by now more people must agree
            return exits.OUTCOMES["escalate" if outcome == "grant" else outcome]
        if as_json:
            record = {"id": entry.id, "number": entry.seq, "kind": entry.kind}
            tell_json({**decision_of(entry).to_dict(), "record": record, "repeated": entry.repeated}, separators=(",", ":"))
        else:
            tell(_done(entry, model))
        return exits.FINE


def _task(ledger: Ledger, text: str) -> Entry:
    """The record of a task. Raises :class:`remit.errors.NotFound` or :class:`remit.errors.NotAllowed`, by its number."""
    try:
        found = ledger.record(record_id(ledger, text))
    except NotFound:
        raise NotFound(Message("there is no task `{typed}`", typed=text)) from None
    if found.kind != "escalate":
        raise NotAllowed(Message("record {number} is {kind}, not a task", number=found.seq, kind=a_kind(found.kind)))
    return found
