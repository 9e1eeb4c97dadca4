"""Records that belong together: what a record answers, and what answers it."""

from __future__ import annotations

from remit.ledger.entry import Entry
from remit.ledger.ids import seq_of
from remit.ledger.store import Session
from remit.ledger.turn import fetch

__all__ = ["related"]


def related(session: Session, entry: Entry) -> list[Entry]:
    """``entry``, all that it goes back to and all that followed from it, in the order of the log."""
    found = {entry.seq: entry}
    waiting = [entry]
    while waiting:
        each = waiting.pop()
        neighbours = [row[0] for row in session.rows("SELECT seq FROM resolution WHERE target = ?", (each.seq,))]
        if each.of is not None:
            neighbours.append(seq_of(each.of))
        for seq in neighbours:
            if seq is None or seq in found:
                continue
            neighbour = fetch(session, seq)
            if neighbour is not None:
                found[seq] = neighbour
                waiting.append(neighbour)
    return [found[seq] for seq in sorted(found)]
