"""Using a permission: what was approved without being given (``approve(give=False)``) is given when the one who asked sends
the same request again, with the same key, before the permission runs out. Once.

It is decided anew, by the authority and the caps of whoever permitted it, as they are by then.
"""

from __future__ import annotations

from collections.abc import Callable

from remit.errors import NotGranted
from remit.language.locales.messages import Message
from remit.ledger.asking import prepare
from remit.ledger.caps.tally import read_uses, uses_queries
from remit.ledger.log.entry import Entry
from remit.ledger.people.standing import Standing
from remit.ledger.people.tasks import decided_by, find_task, giving, next_signature, refuse_requester
from remit.ledger.policy_library import Library
from remit.ledger.recorded_facts import request_again
from remit.ledger.transaction import Core, Turn

__all__ = ["using"]


def using(core: Core, library: Library) -> Callable[[Turn], Entry]:
    """The work of a grant for which there is a permission. Raises :class:`remit.errors.NotGranted` where the authority of
    whoever permitted it does not cover it any more; the permission stays."""

    def work(turn: Turn) -> Entry:
        permit, session = turn.permit, turn.session
        assert permit is not None
        body = permit.body
        policy = library.of(session, body)
        who = {name: body["employee"][name] for name in ("id", "role")}
        asked = prepare(core, policy, {**request_again(permit, policy.model), "employee": who}, "approve", task=permit.of)
        counters = asked.reading.counters(turn.now)
        uses = asked.reading.joined(read_uses(session, counters, session.ask(*uses_queries(counters))))
        standing = asked.standing or Standing(asked.inputs.employee, asked.inputs.role)
        task = find_task(session, str(permit.of))
        refuse_requester(task, standing)
        decided = decided_by(asked, uses, turn.now, standing, body["requester"]["role"], permit)
        if next_signature(session, task, asked, decided, standing) is not None:
            raise NotGranted(
                Message("{who} permitted it, and by now more people must agree to it", who=standing.id), decided.decision
            )
        return giving(turn, permit, asked, decided, body["requester"])

    return work
