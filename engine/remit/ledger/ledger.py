"""The ledger as a service app holds it. Each method here is short: what it does stands in the module it names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from remit.errors import NotAllowed
from remit.ledger.arguments import (
    AMOUNTS,
    FLAG,
    KEY,
    MOMENT,
    TEXT,
    VALUE,
    WORDS,
    expect,
    lasting,
    maybe,
    person,
    words,
)
from remit.ledger.asking import AnyPolicy, Decider, act_of, prepare, version_of
from remit.ledger.caps.balances import Balance
from remit.ledger.granting import deciding
from remit.ledger.ledger_reader import AnyRequest
from remit.ledger.log.entry import Entry
from remit.ledger.log.erasing import erasing, matching
from remit.ledger.people.answers import ApprovalAnswer, ApprovalPreview
from remit.ledger.people.permits import taking_up
from remit.ledger.people.roster import Roster
from remit.ledger.people.tasks import approving, declining, escalating, find_task, preview_approval
from remit.ledger.publishing import ROLE, publishing, publishing_roster, refuse_altered
from remit.ledger.quality.calibrations import Calibrations
from remit.ledger.resolving import releasing, settling

if TYPE_CHECKING:
    pass

__all__ = ["Ledger"]


class Ledger(Calibrations):
    """The record of decisions, and the balances of caps. Safe to use from any number of threads; a process that forks opens its
    own. Every method that writes is durable when it returns.

    ``policy`` is a :class:`remit.Policy` or a :class:`remit.PolicySet`, ``request`` a :class:`remit.Request` or such a
    mapping. In the methods that answer a record, ``employee`` is who does it (``{"id": ..., "role": ...}``), ``reason`` why,
    and with a ``key`` the same call gives the first entry again. Methods raise :class:`remit.RequestError` for arguments that
    do not fit, and :class:`remit.LedgerError`: :class:`~remit.errors.NotFound`, :class:`~remit.errors.NotAllowed`,
    :class:`~remit.errors.KeyConflict`, :class:`~remit.errors.LedgerBusy` or :class:`~remit.errors.LedgerUnavailable`.

    >>> import remit
    >>> policy = remit.load("rules/hotel-guest-recovery.yaml")
    >>> with remit.open_ledger(":memory:") as ledger:
    ...     entry = ledger.grant(policy, {
    ...         "employee": {"id": "e-17", "role": "associate"},
    ...         "asked": {"credit": "25 EUR"},
    ...         "facts": {"guest.id": "g-1", "stay.id": "s-1", "incident": {"kind": "noise", "severity": 3}},
    ...     })
    ...     entry.kind, entry.outcome, ledger.verify().ok
    ('grant', 'grant', True)
    """

    # Deciding and granting (remit.ledger.granting)

    def decide(self, policy: AnyPolicy, request: AnyRequest, *, act: str | None = None, to: str | None = None) -> Entry:
        """Decide with the balances and the history as they are; the decision goes on record and nothing is spent.

        ``act`` is what the employee did with the answer, where that should be on record: ``declined`` (they refused, whatever
        was possible) or ``handed_over``, and then ``to`` is the role, or ``owner:NAME``, that took over. It changes nothing in
        the decision; where a guardrail denied what was asked, :attr:`remit.ledger.Entry.backed_by` names it.
        """
        expect(act=(act, maybe(TEXT)), to=(to, maybe(TEXT)))
        return self._carry_out(
            policy, request, "decide", lambda core, asked: deciding(core, asked, "decide", act=act_of(asked.policy, act, to))
        )

    def grant(self, policy: AnyPolicy, request: AnyRequest) -> Entry:
        """Decide, and carry out what is granted, in one transaction.

        ``entry.granted`` says whether it was; a refusal goes on record as a decision (``entry.kind`` is ``decide``) and spends
        nothing. With a ``key`` in the request, the same request gives the first entry again, and another raises
        :class:`remit.errors.KeyConflict`. A refusal for whose key and request there is a permission by now (:meth:`approve`,
        ``give=False``) is given, once (``entry.kind`` is ``approve``).
        """
        return self._carry_out(policy, request, "grant", self._granting)

    def hold(self, policy: AnyPolicy, request: AnyRequest, *, lasts: timedelta) -> Entry:
        """As :meth:`grant`, but for a time: :meth:`settle` it when it was given, or :meth:`release` it. When ``lasts`` is
        over it is released by itself."""
        length = lasting(lasts)
        return self._carry_out(
            policy, request, "hold", lambda core, asked: deciding(core, asked, "hold", length), lasts=str(length)
        )

    def settle(
        self, hold: str, *, employee: Mapping[str, Any], given: Mapping[str, Any] | None = None, key: str | None = None
    ) -> Entry:
        """The hold was given: all of it, or ``given`` (remedy to amount; what is not named was not). The rest comes back."""
        expect(given=(given, maybe(AMOUNTS)))
        who, use = self._who(employee), self._key(key, "settle", hold, employee, given)
        return self._run(lambda core: settling(core, self._library, hold, who, given, use))

    def release(self, hold: str, *, employee: Mapping[str, Any], reason: str | None = None, key: str | None = None) -> Entry:
        """Nothing of the hold was given: all of it comes back."""
        expect(reason=(reason, maybe(WORDS)))
        who, use = self._who(employee), self._key(key, "release", hold, employee, reason)
        return self._run(lambda core: releasing(core, hold, who, reason, use))

    def void(
        self,
        grant: str,
        *,
        employee: Mapping[str, Any],
        reason: str,
        part: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> Entry:
        """The grant was reversed: the allowance comes back. The reason is required. ``part`` (remedy to amount) reverses only
        so much of it; more of it can be reversed later, until nothing is left.

        Whoever gave it may, and whoever stands above them on the ladder of its policy (at the top, their peers); others get a
        :class:`remit.errors.NotAllowed` that says who may. A note (:meth:`note`) is taken back so, too: it shows nowhere any
        more, and its text is erased (in PostgreSQL only by a login that may erase; otherwise with the person).
        """
        who, why = self._who(employee), words(reason, "reason")
        expect(part=(part, maybe(AMOUNTS)))
        use = self._key(key, "void", grant, employee, reason, *([] if part is None else [part]))
        from remit.ledger.people.notes import taking_back

        entry = self._run(lambda core: taking_back(core, self._library, grant, who, why, use, part))
        if "erased" in entry.body:
            self._store.scrub()
        return entry

    def publish(self, what: Decider | Roster, *, by: str, key: str | None = None) -> Entry:
        """Put the text of a policy, or a roster (:func:`remit.load_roster`), into the ledger, on record as done ``by`` somebody
        (their id): from then on requests are decided by it. What is there already gives the record that put it there.

        Without a roster, the first use of a policy that the ledger has never seen publishes it; with one, only those whom it
        names as publishers may. A changed text needs a version of its own: raises :class:`remit.errors.NotPublished` where
        this version has another text, and :class:`remit.errors.NotAllowed` where ``by`` may not publish.
        """
        who = str(person({"id": by, "role": ROLE})["id"])
        if isinstance(what, Roster):
            if self._source is not None:
                raise NotAllowed("this ledger was opened with the roster of a service; open it without, to publish one")
            refuse_altered(what)
            use = self._key(key, "publish", what.digest)
            entry = self._run(lambda core: publishing_roster(core, what, who, use))
            self._read_roster()
            return entry
        model = version_of(what, {}).model
        use = self._key(key, "publish", model.digest)
        return self._run(lambda core: publishing(core, self._library, model, who, use))

    # What goes up (remit.ledger.people.tasks)

    def escalate(self, policy: AnyPolicy, request: AnyRequest) -> Entry:
        """Decide, and where the answer is to escalate, open a task (``entry.kind`` is ``escalate``, its id is the task's)."""
        return self._carry_out(policy, request, "escalate", escalating)

    def approve(
        self,
        task: str,
        *,
        employee: Mapping[str, Any],
        asked: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        sources: Mapping[str, str] | None = None,
        evidence: Collection[str] = (),
        story: str | None = None,
        use_discretion: bool = False,
        give: bool = True,
        until: datetime | None = None,
        key: str | None = None,
    ) -> Entry:
        """Approve a task: whole, or ``asked`` instead (less, or another remedy), with more ``facts`` (and their ``sources``)
        and ``evidence`` than were there, and with discretion (``use_discretion``, and a ``story`` that says why). The
        approver's own authority and caps decide, under the policy of the task. Whoever answers for the policy does so in the
        role ``owner:NAME``, as ``escalate_to`` says it, and may give what no role can.

        With ``give`` false it is permitted and not given (``entry.kind`` is ``permit``): the one who asked gives it, by a
        :meth:`grant` of exactly the request that was sent up, with the key that was sent with it, or by :meth:`use_permission`:
        once, before ``until`` (a moment with a time zone). Raises :class:`remit.errors.NotAllowed` where that is no permission.

        Raises :class:`remit.errors.NotGranted`, with the decision, where their authority does not cover it: nothing is on
        record, and the task stays open.
        """
        self._who(employee)
        answer = ApprovalAnswer(employee, asked, facts, sources, evidence, story, use_discretion)
        expect(**answer.expected(), give=(give, FLAG), until=(until, maybe(MOMENT)), key=(key, maybe(KEY)))
        if give is (until is not None):
            raise NotAllowed("a permission (`give=False`) needs `until`, the time at which it runs out, and nothing else does")
        opened, policy = self._task(task)
        request = {**answer.request(opened, policy), "key": key}
        more = {} if until is None else {"until": until.isoformat()}
        return self._run(
            lambda core: approving(core, opened, prepare(core, policy, request, "approve", task=task, **more), until)
        )

    def use_permission(self, task: str, *, employee: Mapping[str, Any]) -> Entry:
        """Give what the ``employee`` who opened ``task`` was permitted (:meth:`approve`, ``give=False``), without the request
        and the key being at hand: the same as a :meth:`grant` of that request with that key. It is given once; a second call
        gives the first entry again (``entry.repeated``). The role of the employee may be left out.

        Raises :class:`remit.errors.NotAllowed`, with the reason, where there is nothing to give: the task has no answer yet, or
        another one; it is somebody else's; the permission has run out; its key was used for another request; personal facts
        were erased. Raises :class:`remit.errors.NotGranted` where the authority of the person who permitted it does not cover
        it any more; the permission stays.
        """
        expect(task=(task, TEXT))
        who = self._who(employee)
        return self._run(lambda core: taking_up(core, self._library, task, who))

    def preview_approval(self, task: str, *, employee: Mapping[str, Any], **answer: Any) -> ApprovalPreview:
        """What :meth:`approve` would do now, and what it would take from the approver's caps. ``answer`` are its arguments
        ``asked``, ``facts``, ``sources``, ``evidence``, ``story`` and ``use_discretion``.

        Where their authority does not cover it, the preview says so, instead of raising :class:`remit.errors.NotGranted`; all
        other errors are those of :meth:`approve`. Holds that have expired are released first; nothing else goes on record.
        """
        self._who(employee)
        wanted = ApprovalAnswer(employee, **answer)
        expect(**wanted.expected())
        self._sweep_all()
        self._read_roster()
        opened, policy = self._task(task)
        prepared = prepare(self._core, policy, wanted.request(opened, policy), "approve", task=task)
        with self._reading() as session:
            return preview_approval(self._core, session, opened, prepared)

    def decline(self, task: str, *, employee: Mapping[str, Any], reason: str, key: str | None = None) -> Entry:
        """Decline a task. Whoever could approve it may; the reason is required."""
        who, why = self._who(employee), words(reason, "reason")
        use = self._key(key, "decline", task, employee, reason)
        return self._run(lambda core: declining(core, self._library, task, who, why, use))

    def balances(self, policy: AnyPolicy, request: AnyRequest) -> dict[str, Balance]:
        """How the caps of ``policy`` stand for a request, by cap id (and ``discretion``). Holds that have expired are released
        first; nothing else goes on record."""
        self._sweep_all()
        return super().balances(policy, request)

    # Notes (remit.ledger.people.notes)

    def note(
        self,
        fact: str,
        value: str,
        text: str,
        *,
        employee: Mapping[str, Any],
        policy: AnyPolicy | None = None,
        key: str | None = None,
    ) -> Entry:
        """Record a note about a customer: ``text``, one line of at most 200 characters, such as ``likes a quiet room``. The
        ``value`` of ``fact`` (``guest.id``) says who it is. It decides nothing and counts in nothing. Text and id stand apart
        from the log and go when the person is erased; :meth:`void` takes the note back. A ``policy`` that knows its customers
        by this fact need not have decided in the ledger before."""
        from remit.ledger.people.notes import note_text, noting

        who, said = self._who(employee), note_text(fact, value, text)
        use = self._key(key, "note", fact, value, said, employee)
        known = version_of(policy, {}).model.customer_facts if policy is not None else ()
        return self._run(lambda core: noting(core, self._library, fact, value, said, who, use, known))

    # Erasing (remit.ledger.log.erasing)

    def erase(self, fact: str, value: Any, *, employee: Mapping[str, Any] | None = None) -> Entry:
        """Erase all that stands apart from the log in the records whose personal ``fact`` is ``value``. With a roster, it says
        who may (``erases``), and ``employee`` is needed."""
        expect(fact=(fact, TEXT), value=(value, VALUE))
        who = self._who(employee) if employee is not None or self.has_roster() else None
        found, looked = matching(self._store, fact, value)
        entry = self._run(lambda core: erasing(core, fact, value, found, looked, who))
        self._store.scrub()
        return entry

    def create_roles(self, *, writer: str, reader: str, eraser: str) -> None:
        """Make (or equip) roles for this ledger in PostgreSQL: ``reader`` may look, ``writer`` may also append and has no right
        to update or delete anything, ``eraser`` may also remove private facts. Grant them to the logins of services.
        Raises :class:`remit.errors.NotAllowed` where the ledger is a file."""
        from remit.ledger.stores.postgres import PostgresStore

        expect(writer=(writer, TEXT), reader=(reader, TEXT), eraser=(eraser, TEXT))
        if not isinstance(self._store, PostgresStore):
            raise NotAllowed(f"{self.name} is a file: who may do what with it is up to the folder it is in")
        self._store.create_roles(writer=writer, reader=reader, eraser=eraser)

    # Inside

    def _task(self, task: str) -> tuple[Entry, Decider]:
        """The record that opened a task, and its policy."""
        with self._store.read() as session:
            opened = find_task(session, task)
            return opened, self._library.of(session, opened.body)
