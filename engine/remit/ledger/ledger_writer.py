"""How a ledger writes: each piece of work in one turn at the log, made anew where another roster has come into force."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Final

from remit.errors import NotAllowed, RequestError
from remit.ledger.arguments import CALL, KEY, expect, maybe, person
from remit.ledger.asking import AnyPolicy, Asked, key_of
from remit.ledger.caps.past_customers import CUSTOMERS, keeping_customers
from remit.ledger.granting import deciding
from remit.ledger.ledger_reader import AnyRequest
from remit.ledger.log.entry import Entry
from remit.ledger.past_claims import charging_past
from remit.ledger.people.people_reader import PeopleReader
from remit.ledger.people.permits import using
from remit.ledger.people.task_notice import Announcer, TaskNotice
from remit.ledger.resolving import sweeping
from remit.ledger.stores.committer import Committer
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, OperationKey, Repeated, RosterChanged, SweepDue, ended, read_clock

__all__ = ["Writer"]

#: What a ledger from before is brought along to, once, by whoever writes first.
_BROUGHT: Final = {"claims": charging_past, CUSTOMERS: keeping_customers}


class Writer(PeopleReader):
    """What the methods that write have in common."""

    def __init__(
        self, url: str | os.PathLike[str], *, on_task: Callable[[TaskNotice], Any] | None = None, **options: Any
    ) -> None:
        """The arguments are those of :func:`remit.open_ledger`."""
        expect(on_task=(on_task, maybe(CALL)))
        super().__init__(url, **options)
        self._announcer = Announcer(on_task) if on_task is not None else None
        self._committer = Committer(self._store)
        self._to_bring = [name for name in _BROUGHT if name not in self._core.identity.rules]

    def _bring_along(self) -> None:
        """Bring along a ledger from before: charge to claims what it has given, and find whose its cases were."""
        while self._to_bring:
            try:
                self._committer.run(_BROUGHT[self._to_bring[0]](self._core, self._library))
            except SweepDue:
                self._sweep()
            except RosterChanged:
                self._read_roster()
            else:
                self._to_bring = self._to_bring[1:]

    def _sweep_all(self) -> None:
        """Release every hold that has expired, and pass on every task that has waited too long."""
        with self._store.read() as session:
            due = any(ended(session, read_clock(self._core)))
        while due:
            due = self._sweep()

    def _sweep(self) -> bool:
        """Do so for some of them; whether there were any."""
        done = self._committer.run(sweeping(self._core))
        self._announce([(task, entry) for task, entry in done if entry.kind == "overdue"])
        return bool(done)

    def _announce(self, arrived: Sequence[tuple[Entry, Entry]]) -> None:
        """Call the hook for tasks, each with the record that says for whom it is now."""
        if self._announcer is not None and arrived:
            self._announcer.tell([TaskNotice.of(task, entry, self.name) for task, entry in arrived])

    def _granting(self, core: Core, asked: Asked) -> Callable[[Session], Entry]:
        return deciding(core, asked, "grant", permitted=using(core, self._library))

    def _key(self, key: str | None, operation: str, *what: Any) -> OperationKey | None:
        expect(key=(key, maybe(KEY)))
        return key_of(self._core, key, operation, list(what))

    @staticmethod
    def _who(employee: Any) -> dict[str, Any]:
        """Who does it, as the call says; whether a role is needed is for the roster to say, once the log is locked."""
        return person(employee, needs_role=False)

    def _carry_out(
        self,
        policy: AnyPolicy,
        request: AnyRequest,
        operation: str,
        work: Callable[[Core, Asked], Callable[[Session], Entry]],
        **more: Any,
    ) -> Entry:
        """What is done with a request."""
        digest = ""

        def make(core: Core) -> Callable[[Session], Entry]:
            nonlocal digest
            asked = self._prepare(policy, request, operation, **more)
            digest = asked.policy.model.digest
            return work(core, asked)

        entry = self._run(make)
        if not entry.repeated:
            self._core.stored.add(digest)  # committed, and for good: no need to look again
            self._announce([(entry, entry)] if entry.kind == "escalate" else [])
        return entry

    def _run(self, make: Callable[[Core], Callable[[Session], Entry]]) -> Entry:
        """Carry out what ``make`` gives, made anew where another roster has come into force."""
        if self._to_bring:
            self._bring_along()
        while True:
            core = self._core
            try:
                return self._committer.run(make(core))
            except (NotAllowed, RequestError):
                self._read_roster()
                if self._core is core:
                    raise  # it is not for the roster of before
            except Repeated as repeated:
                return repeated.entry
            except SweepDue:
                self._sweep()
            except RosterChanged:
                self._read_roster()
