"""The ledger as the counter needs it: look, decide on record, carry out. Or no ledger at all, where that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from remit.cli.folders import data_folder
from remit.errors import NotFound

if TYPE_CHECKING:
    from remit.decision.decision import Decision
    from remit.decision.policy import Policy
    from remit.ledger.entry import Entry
    from remit.ledger.ledger import Ledger

__all__ = ["Book", "decision_of", "default_ledger", "ledger_option", "open_ledger", "record_id"]

F = TypeVar("F", bound=Callable[..., Any])


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


def open_ledger(url: str | None, *, create: bool = True) -> Ledger:
    """The ledger at ``url``, or the default one; a file that is not there is made only where ``create`` is true.

    Raises ``click.UsageError`` where there is none, or the errors of :func:`remit.open_ledger`.
    """
    import remit

    url = url or default_ledger()
    if "://" not in url:
        path = Path(url)
        if not create and not path.exists():
            raise click.UsageError(f"there is no ledger `{url}` yet; `remit ask` makes one, --ledger names another.")
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
    return remit.open_ledger(url)


def record_id(ledger: Ledger, text: str) -> str:
    """The id of the record that ``text`` means: its id, or its number in the log (``12`` or ``#12``)."""
    number = text.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 13:
        for entry in ledger.records(after=int(number) - 1, limit=1):
            if entry.seq == int(number):
                return entry.id
        raise NotFound(f"there is no record {text}")
    return text


class Book:
    """Decisions at the counter, with or without a ledger. ``recorded`` says which."""

    def __init__(self, ledger: Ledger | None) -> None:
        self._ledger = ledger

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._ledger is not None:
            self._ledger.close()

    @property
    def recorded(self) -> bool:
        return self._ledger is not None

    def preview(self, policy: Policy, request: Mapping[str, Any]) -> Decision:
        """What would be decided; nothing is written."""
        return policy.decide(request) if self._ledger is None else self._ledger.preview(policy, request)

    def decide(self, policy: Policy, request: Mapping[str, Any]) -> tuple[Decision, Entry | None]:
        """Decide, and put it on record where there is a ledger."""
        if self._ledger is None:
            return policy.decide(request), None
        entry = self._ledger.decide(policy, request)
        return decision_of(entry), entry

    def grant(self, policy: Policy, request: Mapping[str, Any]) -> tuple[Decision, Entry]:
        """Decide, and if it is a grant carry it out."""
        assert self._ledger is not None
        entry = self._ledger.grant(policy, request)
        return decision_of(entry), entry

    def escalate(self, policy: Policy, request: Mapping[str, Any]) -> tuple[Decision, Entry]:
        """Decide, and if it is for somebody else to grant, open a task for them."""
        assert self._ledger is not None
        entry = self._ledger.escalate(policy, request)
        return decision_of(entry), entry


def decision_of(entry: Entry) -> Decision:
    """The decision of a record that holds one."""
    assert entry.decision is not None
    return entry.decision
