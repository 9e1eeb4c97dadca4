"""Who may review what: the rule by which reviews and answers to disputes are taken, which can also be asked without writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from remit.errors import NotAllowed, NotFound
from remit.language.identities import identity
from remit.language.locales.messages import ARole, Message
from remit.language.locales.record_words import a_kind
from remit.ledger.log.entry import Entry
from remit.ledger.people.standing import Staff, Standing
from remit.ledger.policy_library import Library
from remit.ledger.refunds import CLOSED, OUTCOMES, REVIEWED
from remit.ledger.resolving import above_of, find, is_person, refuse_resolved, refuse_role, standing_on
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, fetch
from remit.policy.model import Model

__all__ = ["ReviewRights", "refuse_answer", "refuse_review", "refuse_reviewer"]

#: The kinds of records that somebody did and can learn from.
REVIEWABLE: Final = frozenset(
    ("decide", "grant", "hold", "settle", "release", "void", "escalate", "agree", "permit", "approve", "decline", "review")
)
_REVIEWS: Final = "SELECT step, seq FROM resolution WHERE target = ? AND step >= ? AND step < ? ORDER BY step"


def refuse_reviewer(core: Core, library: Library, session: Session, target: Entry, employee: Mapping[str, Any]) -> Standing:
    """Raises :class:`remit.errors.NotAllowed` where ``employee`` may not judge ``target``; else by what right they do."""
    if target.kind not in REVIEWABLE or target.employee is None:
        raise NotAllowed(_nothing_to_review(target))
    who = standing_on(core, target, employee)
    reviewed = target.body["employee"]
    if is_person(who, reviewed):
        raise NotAllowed(
            Message(
                "{record} is what {who} did, and nobody reviews what they did themselves", record=target.id, who=target.employee
            )
        )
    if target.kind == "review" and is_person(who, target.body["reviewed"]):
        raise NotAllowed(Message("{record} is about what {who} did: dispute it instead", record=target.id, who=who.id))
    _refuse_lower(core, library.of(session, target.body).model, who, reviewed, target)
    return who


def refuse_review(
    core: Core, library: Library, session: Session, target: Entry, employee: Mapping[str, Any]
) -> tuple[Standing, int]:
    """Raises :class:`remit.errors.NotAllowed` where ``employee`` may not review ``target``, or has done so; else by what right
    they do, and the step of their review."""
    who = refuse_reviewer(core, library, session, target, employee)
    step = REVIEWED
    for step_before, seq in session.rows(_REVIEWS, (target.seq, REVIEWED, OUTCOMES)):
        step, earlier = step_before + 1, fetch(session, seq)
        if earlier is not None and is_person(who, earlier.body["employee"]):
            raise NotAllowed(
                Message(
                    "{who} has reviewed {record} already, by {earlier}",
                    who=earlier.employee,
                    record=target.id,
                    earlier=earlier.id,
                )
            )
    return who, step


def _nothing_to_review(target: Entry) -> Message:
    known = {"record": target.id, "kind": a_kind(target.kind)}
    if target.kind in REVIEWABLE:
        return Message("{record} is {kind} that nobody wrote: there is no decision to review", **known)
    return Message("{record} is {kind}: there is no decision to review", **known)


def refuse_answer(
    core: Core, library: Library, session: Session, target: Entry, employee: Mapping[str, Any], result: str
) -> Standing:
    """Raises :class:`remit.errors.NotAllowed` where ``employee`` may not answer the dispute ``target`` with ``result``; else by
    what right they do."""
    who = standing_on(core, target, employee)
    reviewed = target.body["reviewed"]
    if is_person(who, reviewed):
        raise NotAllowed(
            Message("{record} is the dispute of {who}: somebody else answers it", record=target.id, who=target.employee)
        )
    _refuse_lower(core, library.of(session, target.body).model, who, reviewed, target)
    refuse_resolved(session, target, CLOSED)
    review = find(session, str(target.of))
    if result == "rejected" and is_person(who, review.body["employee"]):
        raise NotAllowed(
            Message(
                "{record} is {who}'s own verdict: they may accept the dispute; somebody else may reject it",
                record=review.id,
                who=who.id,
            )
        )
    return who


def _refuse_lower(core: Core, model: Model, who: Standing, reviewed: Mapping[str, Any], target: Entry) -> None:
    """Raises :class:`remit.errors.NotAllowed` where somebody is not above the employee whose decision it is about."""
    if (above := _not_above(core.staff, model, who, reviewed)) is not None:
        told = {"record": target.id, "who": reviewed["id"], "role": ARole(reviewed["role"]), "mine": ARole(who.role)}
        raise NotAllowed(
            Message("{record} is about what {who}, {role}, did: {above} may look at it, not {mine}", **told, above=above)
        )


def _not_above(staff: Staff, model: Model, who: Standing, reviewed: Mapping[str, Any]) -> str | None:
    """Who is above an employee, in words, where ``who`` is not. Raises :class:`remit.errors.NotAllowed` for a role that the
    policy does not know."""
    if who.person is not None and (who.person.reviews or staff.is_manager(who, reviewed["id"])):
        return None
    refuse_role(model, who.role)
    known = (*model.ladder, model.owner_role)
    theirs = reviewed["role"] if reviewed["role"] in known else model.ladder[-1]  # in which they review, and not on the ladder
    return above_of(model, theirs, who.role)


class ReviewRights:
    """What one person may review and answer, by the rule that the ledger itself goes by; nothing is written. Made for asking
    of many records: what was found once is remembered. Where the role is left out, they act in their own role by the roster,
    or as the owner of a policy that is theirs."""

    def __init__(
        self,
        core: Core,
        library: Library,
        reading: Callable[[], AbstractContextManager[Session]],
        employee: Mapping[str, Any],
    ) -> None:
        self._core, self._library, self._reading = core, library, reading
        self.id = str(employee["id"])
        self._role = employee.get("role")
        self._known: dict[tuple[str, str, str], bool] = {}

    def may_review(self, digest: str, employee: str, role: str) -> bool:
        """Whether they may review what ``employee`` did in ``role`` under the policy of a ``digest``, as far as it is known
        without the record: :meth:`reviewer` knows more."""
        key = digest, employee, role
        if key not in self._known:
            self._known[key] = self._may_review(digest, {"id": employee, "role": role})
        return self._known[key]

    def _may_review(self, digest: str, reviewed: Mapping[str, Any]) -> bool:
        try:
            with self._reading() as session:
                model = self._library.get(session, digest).model
        except NotFound:
            return False
        for each in self._ways(model):
            try:
                who = self._core.staff.standing(each, self._core.time(), model.id)
                if not is_person(who, reviewed) and _not_above(self._core.staff, model, who, reviewed) is None:
                    return True
            except NotAllowed:
                continue
        return False

    def reviewer(self, record: Entry) -> dict[str, Any] | None:
        """As whom they may review a record (``employee`` of :meth:`remit.Ledger.review`); ``None`` where they may not, or have
        reviewed it already."""

        def refuse(session: Session, who: Mapping[str, Any]) -> None:
            refuse_review(self._core, self._library, session, record, who)

        return self._first(record, refuse)

    def answerer(self, dispute: Entry, result: str = "accepted") -> dict[str, Any] | None:
        """As whom they may answer a dispute with ``result``; ``None`` where they may not, and where it was answered."""

        def refuse(session: Session, who: Mapping[str, Any]) -> None:
            refuse_answer(self._core, self._library, session, dispute, who, result)

        return self._first(dispute, refuse)

    def _first(self, record: Entry, refuse: Callable[[Session, Mapping[str, Any]], None]) -> dict[str, Any] | None:
        if record.body.get("policy") is None:
            return None
        with self._reading() as session:
            for each in self._ways(self._library.get(session, record.body["policy"]["digest"]).model):
                try:
                    refuse(session, each)
                except NotAllowed:
                    continue
                return each
        return None

    def is_own(self, employee: str) -> bool:
        """Whether an employee is they, under any spelling."""
        return identity(employee) == identity(self.id)

    def _ways(self, model: Model) -> Iterator[dict[str, Any]]:
        """The roles in which they can act under a policy."""
        if self._role is not None or not self._core.staff:
            yield {"id": self.id, "role": self._role}
            return
        yield {"id": self.id}
        yield {"id": self.id, "role": model.owner_role}
