"""What became of a customer after a decision, where it is known later: whether they stayed, and how content they were.

An outcome is a record of its own, so it is never part of a decision and counts in no balance. Of several, the newest counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from remit.errors import NotAllowed, Problem, RequestError
from remit.language import words
from remit.ledger.log.entry import Entry
from remit.ledger.policy_library import Library
from remit.ledger.quality.reviews import Reviews
from remit.ledger.refunds import OUTCOMES
from remit.ledger.resolving import find, parts_of, refuse_role, standing_on
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, OperationKey, Turn

__all__ = ["CONTACTS", "MOST_CSAT", "Outcomes"]

#: Satisfaction is a whole number from 1 to this.
MOST_CSAT: Final = 5
#: The kinds of records in which a customer was dealt with.
CONTACTS: Final = frozenset(("decide", "grant", "hold", "settle", "escalate", "approve", "permit", "decline"))
_NEWEST: Final = "SELECT step FROM resolution WHERE target = ? AND step >= ? ORDER BY step DESC LIMIT 1"


class Outcomes(Reviews):
    """The method by which outcomes are recorded."""

    def outcome(
        self,
        record: str,
        *,
        employee: Mapping[str, Any],
        kept: bool | None = None,
        csat: int | None = None,
        key: str | None = None,
    ) -> Entry:
        """Record what became of the customer after ``record``: ``kept`` (they stayed, or came back) and ``csat`` (how content
        they were, from 1 to 5), one of them or both. ``employee`` is who says so: anybody on the roster; without one, somebody
        in a role of the policy. What is recorded later counts instead. Raises :class:`remit.RequestError` and
        :class:`remit.errors.NotAllowed`."""
        refuse_outcome(kept, csat)
        who = self._who(employee)
        said = {name: value for name, value in (("kept", kept), ("csat", csat)) if value is not None}
        use = self._key(key, "outcome", record, employee, said)
        return self._run(lambda core: _recording(core, self._library, record, who, said, use))


def refuse_outcome(kept: Any, csat: Any) -> None:
    """Raises :class:`remit.RequestError` with all that is wrong with an outcome."""
    problems = []
    if kept is not None and not isinstance(kept, bool):
        problems.append(Problem("request/type", "`kept` is true or false", path="kept"))
    if csat is not None and not (isinstance(csat, int) and not isinstance(csat, bool) and 1 <= csat <= MOST_CSAT):
        problems.append(Problem("request/type", f"`csat` is a whole number from 1 to {MOST_CSAT}", path="csat"))
    if kept is None and csat is None:
        hint = "say whether they stayed (`kept`), how content they were (`csat`), or both"
        problems.append(Problem("request/missing", "an outcome says something", path="kept", hint=hint))
    if problems:
        raise RequestError(problems)


def _recording(
    core: Core, library: Library, record: str, employee: Mapping[str, Any], said: Mapping[str, Any], key: OperationKey | None
) -> Callable[[Session], Entry]:
    """The work of ``outcome``."""

    def work(session: Session) -> Entry:
        turn, _ = Turn.take(core, session, key)
        target = find(session, record)
        if target.kind not in CONTACTS:
            raise NotAllowed(f"{target.id} is {words.a(target.kind)}: an outcome belongs to what was decided for a customer")
        who = standing_on(core, target, employee)
        if who.person is None:
            refuse_role(library.of(session, target.body).model, who.role)
        newest = session.one(_NEWEST, (target.seq, OUTCOMES))
        step = newest[0] + 1 if newest is not None else OUTCOMES
        entry = turn.append("outcome", {**parts_of(target, who), **said, "step": step})
        turn.resolve(target.seq, step)
        return entry

    return work
