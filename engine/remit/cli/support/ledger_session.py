"""The ledger as the counter needs it: look, decide on record, carry out. Or no ledger at all, where that was asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from remit.cli.support.home_folders import cache_folder, data_folder
from remit.cli.support.spoken import error_text, spoken
from remit.errors import (
    KeyConflict,
    LedgerBusy,
    LedgerCorrupt,
    LedgerError,
    LedgerUnavailable,
    MissingExtra,
    NotFound,
    RemitError,
)
from remit.language.locales.messages import Message

if TYPE_CHECKING:
    from remit.cli.counter.news import ShownMark
    from remit.deciding.policy import Policy
    from remit.decision.decision import Decision
    from remit.ledger.ledger import Ledger
    from remit.ledger.log.entry import Entry
    from remit.ledger.people.permits import Permission
    from remit.ledger.people.relationship import Customer
    from remit.ledger.people.task_notice import TaskNotice
    from remit.policy.model import Model

__all__ = ["Book", "decision_of", "default_ledger", "ledger_option", "notice", "open_ledger", "record_id"]

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


def default_ledger() -> str:
    """Where decisions go unless told otherwise: one file for this person, so that caps hold whatever folder they are in."""
    return str(data_folder() / "remit.db")


def ledger_option(command: F) -> F:
    """``--ledger``, the same in every command that reads or writes one."""
    return click.option(
        "--ledger",
        "ledger_url",
        envvar="REMIT_LEDGER",
        metavar="PATH",
        help="The ledger: a file or a postgresql:// address. [REMIT_LEDGER, or else remit/remit.db in your data folder]",
    )(command)


def open_ledger(url: str | None, *, create: bool = True, timeout: float = 30.0) -> Ledger:
    """The ledger at ``url``, or the default one; a file that is not there is made only where ``create`` is true.
    ``timeout`` is in seconds.

    Raises ``click.UsageError`` where there is none, or the errors of :func:`remit.open_ledger`.
    """
    import remit
    from remit.ledger.stores.private_files import secret_beside

    url = url or default_ledger()
    if "://" not in url:
        path = Path(url)
        if not create and not path.exists() and not secret_beside(path).exists():  # or else opening says what is missing
            raise click.UsageError(
                Message("there is no ledger `{place}` yet; `remit ask` makes one, --ledger names another.", place=url)
            )
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
    return remit.open_ledger(url, timeout=timeout, on_task=_task_hook(), cache=cache_folder())


def _task_hook() -> Callable[[TaskNotice], None] | None:
    """What to do when a task arrives, where the environment asks for something."""
    if not (os.environ.get("REMIT_TASK_HOOK") or os.environ.get("REMIT_TASK_WEBHOOK")):
        return None
    from remit.cli.review.tasks.task_hook import task_hook

    return task_hook()


def record_id(ledger: Ledger, text: str) -> str:
    """The id of the record that ``text`` means: its id, or its number in the log (``12`` or ``#12``)."""
    number = text.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 13 and int(number) > 0:
        for entry in ledger.records(after=int(number) - 1, limit=1):
            if entry.seq == int(number):
                return entry.id
        raise NotFound(Message("there is no record {number}", number=text))
    return text


#: What keeps a ledger from being used, through no fault of who asks. Others (a key used twice, a role that may not) are told.
_TROUBLE = (LedgerBusy, LedgerUnavailable, LedgerCorrupt)

#: How long somebody who stands before a customer waits for other writers, in seconds.
_PATIENCE = 5.0


class Book:
    """Decisions at the counter, with or without a ledger. ``recorded`` says which; ``trouble`` says why the ledger that was
    wanted cannot be used, and then every answer is the policy's alone."""

    def __init__(self, ledger: Ledger | None, trouble: LedgerError | None = None, url: str | None = None) -> None:
        self._ledger, self._url = ledger, url
        self.trouble = trouble
        self._unread: ShownMark | None = None

    @classmethod
    def open(cls, url: str | None) -> Book:
        """The ledger at ``url``, or the default one; where it cannot be opened, a book that says so."""
        try:
            return cls(open_ledger(url, timeout=_PATIENCE), url=url)
        except (KeyConflict, NotFound):
            raise
        except LedgerError as error:
            return cls(None, error)
        except OSError as error:
            told = {"folder": str(error.filename), "why": str(error.strerror)}
            return cls(None, LedgerUnavailable(Message("{folder} is not a folder that can be used ({why})", **told)))
        except MissingExtra as error:
            return cls(None, LedgerUnavailable(str(error)))

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._ledger is not None:
            self._ledger.close()

    @property
    def recorded(self) -> bool:
        return self._ledger is not None and self.trouble is None

    def identify(self, model: Model, request: Mapping[str, Any], employee: str | None, role: str | None) -> dict[str, Any]:
        """The request with who asks it, which the roster says where the ledger has one. Raises as
        :func:`remit.cli.support.employee.employee_of`."""
        if not self.has_roster:
            return dict(request)
        from remit.cli.support.employee import employee_of

        who = self._try(lambda ledger: employee_of(ledger, employee, role, model.id))
        return dict(request) if who is None else {**request, "employee": who}

    @property
    def has_roster(self) -> bool:
        """Whether the ledger knows who works here."""
        return bool(self._try(lambda ledger: ledger.has_roster()))

    def news(self, employee: str) -> list[str]:
        """What happened for this employee and was not shown to them yet, in sentences: praise, and answers to what they sent up
        or disputed. :meth:`mark_shown` notes that it was shown."""
        from remit.cli.counter.news import unread

        try:
            self._unread, found = self._try(lambda ledger: unread(ledger, self._url, employee)) or (None, [])
        except LedgerError:  # a policy or a record that is not there: no reason to keep a customer waiting
            self._unread, found = None, []
        return found

    def mark_shown(self) -> None:
        """Note that what :meth:`news` gave was shown, so that it is not shown again."""
        if self._unread is not None:
            self._unread.mark()

    def is_news(self, entry: Entry) -> bool:
        """Whether a record is one of those that :meth:`news` gave."""
        return self._unread is not None and self._unread.before < entry.seq <= self._unread.seq

    def permissions(self, employee: str) -> list[Permission]:
        """What others permitted this employee and waits to be given; nothing where that cannot be read: no reason to keep a
        customer waiting."""
        try:
            return self._try(lambda ledger: ledger.permissions(employee)) or []
        except LedgerError:
            return []

    def use_permission(self, task: str, employee: Mapping[str, Any]) -> Entry | None:
        """Give what was permitted for a task; nothing where the ledger cannot be used."""
        return self._try(lambda ledger: ledger.use_permission(task, employee=employee))

    def look_up(
        self, model: Model, request: Mapping[str, Any], commands: Sequence[str], *, wait: bool = False
    ) -> dict[str, Any]:
        """The request with the facts that commands print; they come from a system where the roster trusts the command. What is
        typed counts before what is looked up. ``wait``: a command with facts in it that are not known yet is left out, else it
        is a ``click.UsageError``."""
        if not commands:
            return dict(request)
        from remit.cli.support.lookups import facts_of_command, fill_in, wanted_by

        facts: dict[str, Any] = {}
        sources: dict[str, str] = {}
        for written in commands:
            if missing := wanted_by(written, request["facts"]):
                if wait:
                    continue
                told = {"command": written, "names": tuple(missing), "first": missing[0]}
                raise click.UsageError(Message("--facts-from: `{command}` needs {names}; add --fact {first}=...", **told))
            command = fill_in(written, request["facts"])
            trusted = self._trusts(command)
            found = facts_of_command(command, model, trusted=trusted)
            if self.has_roster:  # which says itself what is to be known of the employee
                found = {name: value for name, value in found.items() if not name.startswith("employee.")}
            facts |= found
            sources |= dict.fromkeys(found, "system" if trusted else "stated")
        return {**request, "facts": {**facts, **request["facts"]}, "sources": {**sources, **request["sources"]}}

    def _trusts(self, command: str) -> bool:
        return bool(command.strip()) and bool(self._try(lambda ledger: ledger.trusts(command)))

    def preview(self, policy: Policy, request: Mapping[str, Any]) -> Decision:
        """What would be decided; nothing is written."""
        found = self._try(lambda ledger: ledger.preview(policy, request))
        return policy.decide(request, at=datetime.now(UTC)) if found is None else found

    def balances(self, policy: Policy, request: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """How the budgets stand for a request, each as its ``to_dict()``; none without a ledger."""
        found = self._try(lambda ledger: ledger.balances(policy, request)) or {}
        return {name: balance.to_dict() for name, balance in found.items()}

    def missing_to_answer(self, policy: Policy, request: Mapping[str, Any]) -> tuple[str, ...]:
        """What whoever answers must know, too, if this were sent up."""
        return self._try(lambda ledger: ledger.missing_to_answer(policy, request)) or ()

    def is_repeated(self, policy: Policy, request: Mapping[str, Any]) -> bool:
        """Whether the same was given a moment ago."""
        return bool(self._try(lambda ledger: ledger.is_repeated(policy, request)))

    def customer(self, policy: Policy, request: Mapping[str, Any]) -> Customer | None:
        """Who the customer of a request is; nothing where the request, or the ledger, does not say. That holds nobody up."""
        try:
            return self._try(lambda ledger: ledger.customer(policy, request))
        except RemitError:
            return None

    def note(self, policy: Policy, request: Mapping[str, Any], text: str) -> Entry | None:
        """Record a note about the customer of a request, by its employee; nothing where the request does not say who the
        customer is. Raises :class:`remit.RequestError` for a text that is no note."""
        from remit.ledger.people.relationship import customer_ids

        ids = customer_ids(policy.model.customer_facts, request["facts"])
        if not ids:
            return None
        fact, value = next(iter(ids.items()))
        who = {"id": request["employee"]["id"]} if self.has_roster else request["employee"]  # which says their role
        return self._try(lambda ledger: ledger.note(fact, value, text, employee=who, policy=policy))

    def decide(
        self, policy: Policy, request: Mapping[str, Any], *, act: str | None = None, to: str | None = None
    ) -> tuple[Decision, Entry | None]:
        """Decide, and put it on record where there is a ledger; ``act`` and ``to`` as in :meth:`remit.Ledger.decide`."""
        return self._record(policy, request, lambda ledger: ledger.decide(policy, request, act=act, to=to))

    def grant(self, policy: Policy, request: Mapping[str, Any]) -> tuple[Decision, Entry | None]:
        """Decide, and if it is a grant carry it out. Without a record nothing was given."""
        return self._record(policy, request, lambda ledger: ledger.grant(policy, request))

    def escalate(self, policy: Policy, request: Mapping[str, Any]) -> tuple[Decision, Entry | None]:
        """Decide, and if it is for somebody else to grant, open a task for them."""
        return self._record(policy, request, lambda ledger: ledger.escalate(policy, request))

    def _record(
        self, policy: Policy, request: Mapping[str, Any], work: Callable[[Ledger], Entry]
    ) -> tuple[Decision, Entry | None]:
        entry = self._try(work)
        return (policy.decide(request, at=datetime.now(UTC)), None) if entry is None else (decision_of(entry), entry)

    def _try(self, work: Callable[[Ledger], T]) -> T | None:
        """What the ledger says, or nothing where there is none, or it cannot be used any more."""
        if self._ledger is None or self.trouble is not None:
            return None
        try:
            return work(self._ledger)
        except _TROUBLE as error:
            self.trouble = error
            return None


def notice(trouble: LedgerError, key: str | None, unread: Sequence[str] = ()) -> list[str]:
    """What to tell who asked when the ledger cannot be used: what is, what is not known, what to do. ``unread`` are the facts
    that the answer waits for and only the ledger knows."""
    _, why = spoken(), error_text(trouble)
    if getattr(trouble, "in_doubt", False):
        first = _("IT IS NOT KNOWN WHETHER THIS IS ON RECORD: {why}.", why=why)
    else:
        first = _("NOT ON RECORD, and nothing was given: {why}.", why=why)
    again = _("What to do: note the case, and run this again with the same options when the ledger is back.")
    if key:
        again = _(
            "What to do: note the case, and run this again with --key {key} (it counts once) when the ledger is back.", key=key
        )
    return [
        first,
        _("What was given before is not known and caps could not be checked. What follows is what the policy alone says."),
        again,
        _("If you cannot wait, ask who looks after the ledger before you give anything."),
        *(
            _("Whoever knows {name} can see what follows from it: `remit ask --no-ledger --fact {name}=...`.", name=name)
            for name in unread
        ),
    ]


def decision_of(entry: Entry) -> Decision:
    """The decision of a record that holds one."""
    assert entry.decision is not None
    return entry.decision
