"""Which texts of policies a ledger goes by: one for each id and version, put there on record.

A policy that the ledger has never seen is published by its first use, so that a new desk can begin at once. From then on a
changed text, or another version, decides nothing here until somebody publishes it: a local copy with other limits is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from remit.errors import NotPublished
from remit.ledger.log.entry import Entry
from remit.ledger.stores.store import Query, Row, Session
from remit.ledger.transaction import Core, OperationKey, Turn, fetch
from remit.policy.model import Model

__all__ = ["ROLE", "publishing", "texts_query", "use_text"]

#: The role of who publishes, on record. It is on no ladder.
ROLE: Final = "publisher"

_TEXTS: Final = "SELECT digest, version, seq FROM policy WHERE id = ? ORDER BY seq"


def texts_query(model: Model) -> Query:
    """What asks for the texts that the ledger has of a policy: digest, version, and the record that put each there."""
    return _TEXTS, (model.id,)


def use_text(session: Session, model: Model, found: Sequence[Row], seq: int) -> None:
    """See to it that the ledger has this text, whose first use is record ``seq``. Raises :class:`remit.errors.NotPublished`."""
    if any(digest == model.digest for digest, *_ in found):
        return
    if found:
        _refuse_another(model, found)
        versions = ", ".join(version for _, version, _ in found)
        raise NotPublished(
            f"version {model.version} of `{model.id}` is not published in this ledger, which has {versions}: "
            "publish it (`remit publish FILE`), or try it without a record (`remit ask --no-ledger`)"
        )
    _put(session, model, seq)


def publishing(core: Core, model: Model, by: str, key: OperationKey | None) -> Callable[[Session], Entry]:
    """The work of ``publish``: the text is in the ledger, and who put it there is on record. What is there already gives the
    record that put it there."""

    def work(session: Session) -> Entry:
        turn, (found,) = Turn.take(core, session, key, texts_query(model))
        for digest, _, seq in found:
            if digest == model.digest and (entry := fetch(session, seq)) is not None:
                entry.repeated = True
                return entry
        _refuse_another(model, found)
        policy = {"id": model.id, "version": model.version, "digest": model.digest}
        entry = turn.append("publish", {"employee": {"id": by, "role": ROLE}, "policy": policy})
        _put(session, model, turn.head.seq)
        return entry

    return work


def _refuse_another(model: Model, found: Sequence[Row]) -> None:
    if any(version == model.version for _, version, _ in found):
        raise NotPublished(
            f"version {model.version} of `{model.id}` is in this ledger with another text: a changed policy needs a version of "
            "its own; give it one and publish it, or try it without a record (`remit ask --no-ledger`)"
        )


def _put(session: Session, model: Model, seq: int) -> None:
    row = (model.digest, model.id, model.version, seq, model.text)
    session.put("INSERT INTO policy (digest, id, version, seq, text) VALUES (?, ?, ?, ?, ?)", row)
