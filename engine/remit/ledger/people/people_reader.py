"""What a ledger knows of people: the customer, the tasks that wait, and those on the roster. Nothing here writes in it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from remit.decision.request import Request
from remit.errors import LedgerUnavailable, NotAllowed, NotFound
from remit.ledger.arguments import COUNT, FACTS, TEXT, Expected, expect, maybe, person
from remit.ledger.asking import AnyPolicy, version_of
from remit.ledger.caps.windows import as_datetime
from remit.ledger.ledger_reader import AnyRequest, Reader
from remit.ledger.people.roster import Person
from remit.ledger.transaction import read_clock

if TYPE_CHECKING:
    from remit.ledger.people.permits import Permission
    from remit.ledger.people.relationship import Customer
    from remit.ledger.people.task_list import Task
    from remit.ledger.quality.review_rights import ReviewRights

__all__ = ["PeopleReader"]

_IN_USE: Final = "SELECT p.id, p.seq, r.at FROM policy AS p JOIN record AS r ON r.seq = p.seq WHERE p.digest = ?"
_VERSIONS: Final = "SELECT version, digest FROM policy WHERE id = ? ORDER BY seq"
_VERSION_BEFORE: Final = "SELECT digest FROM policy WHERE id = ? AND seq < ? ORDER BY seq DESC LIMIT 1"


class PeopleReader(Reader):
    """What can be asked of a ledger about people."""

    def customer(self, policy: AnyPolicy | None, request: AnyRequest, *, last: int = 10) -> Customer | None:
        """Who the customer of ``request`` is: a :class:`remit.ledger.Customer` with the newest ``last`` of their earlier cases,
        under any policy, and the notes about them; ``None`` where it does not say. ``request`` may be its facts alone; what
        belongs to its ``case`` is no earlier case. They are known by the facts of the ``own_account`` of ``policy``, or else by
        its personal ids that something is kept by; without a policy, by all the facts. Needs the secret of the ledger.
        """
        from remit.ledger.people.relationship import customer_ids, read_customer

        expect(last=(last, COUNT))
        raw = request.to_dict() if isinstance(request, Request) else request
        expect(request=(raw, FACTS))
        raw = raw if isinstance(raw.get("facts"), Mapping) else {"facts": raw}
        if policy is not None:
            chosen = version_of(policy, raw)
            self._library.remember(chosen)
        names = chosen.model.customer_facts if policy is not None else None
        with suppress(LedgerUnavailable, NotAllowed):  # who may only read finds what came since
            self._bring_along()
        with self._reading() as session:
            return read_customer(self._core, session, self._library, customer_ids(names, raw["facts"]), raw.get("case"), last)

    def tasks(self, *, role: str | None = None) -> list[Task]:
        """The tasks that wait, oldest first; with ``role``, those that this role may answer."""
        from remit.ledger.people.task_list import open_tasks

        expect(role=(role, maybe(TEXT)))
        with self._reading() as session:
            return open_tasks(session, self._library, role, as_datetime(read_clock(self._core)))

    def permissions(self, employee: str) -> list[Permission]:
        """What others permitted an ``employee`` (their id) and can still be given with :meth:`remit.Ledger.use_permission`,
        oldest first: of what they sent up within a year. What was given, has run out or was erased in part is not in it."""
        from remit.ledger.people.permits import waiting_permissions

        expect(employee=(employee, TEXT))
        with self._reading() as session:
            return waiting_permissions(session, self._library, employee, read_clock(self._core))

    def review_rights(self, employee: Mapping[str, Any]) -> ReviewRights:
        """What ``employee`` (``{"id": ..., "role": ...}``; with a roster the role may be left out) may review: the rule that
        :meth:`remit.Ledger.review` goes by, asked without writing."""
        from remit.ledger.quality.review_rights import ReviewRights

        who = person(employee, needs_role=False)
        self._read_roster()
        return ReviewRights(self._core, self._library, self._reading, who)

    def in_use_since(self, digest: str) -> tuple[datetime, str | None]:
        """When the policy of a digest came into this ledger, and the digest of the version before it. Raises
        :class:`remit.errors.NotFound`."""
        expect(digest=(digest, TEXT))
        with self._reading() as session:
            row = session.one(
                "SELECT p.id, p.seq, r.at FROM policy AS p JOIN record AS r ON r.seq = p.seq WHERE digest = ?", (digest,)
            )
            if row is None:
                raise NotFound(f"the text of policy {digest} is not in the ledger")
            before = session.one(_VERSION_BEFORE, row[:2])
        return as_datetime(row[2]), before[0] if before is not None else None

    def staff(self, *, login: str) -> list[Person]:
        """Those on the published roster whom a login belongs to: one, several who share a computer, or nobody."""
        expect(login=(login, TEXT))
        self._read_roster()
        return self._core.staff.with_login(login)

    def trusts(self, command: str) -> bool:
        """Whether what a command looks up counts as the word of a system: the roster names it."""
        import shlex

        expect(command=(command, TEXT))
        self._read_roster()
        try:
            return self._core.staff.trusts(shlex.split(command))
        except ValueError:  # a quote that is not closed
            return False

    def policy_versions(self, policy: str) -> tuple[tuple[str, str], ...]:
        """The texts that the ledger has of the policy with this id, in the order in which they came into use: version and
        digest. The last is the one that it goes by."""
        expect(policy=(policy, TEXT))
        with self._reading() as session:
            return tuple((str(version), str(digest)) for version, digest in session.rows(_VERSIONS, (policy,)))

    def publishers(self) -> str:
        """Who may publish by the roster, for people to read."""
        return self._core.staff.publishers()

    def has_roster(self) -> bool:
        """Whether the ledger knows who works here."""
        self._read_roster()
        return bool(self._core.staff)

    def may_answer(self, task: Task, role: str) -> bool:
        """Whether a ``role`` (or ``owner:NAME``) may approve or decline a task of :meth:`tasks`, as far as that is known before
        it is tried."""
        from remit.ledger.people.task_list import Task, may_answer

        is_task: Expected = (lambda value: isinstance(value, Task), "a task, as `tasks()` gives them")
        expect(task=(task, is_task), role=(role, TEXT))
        with self._reading() as session:
            return may_answer(session, self._library, task.entry, role)
