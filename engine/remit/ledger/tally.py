"""How much of a cap is used, at a cost that does not grow with the log.

Every cap, allowance and history fact of every policy counts in *series*: one for each combination of its key facts. A charge
is a row of its series that carries the running sum of all charges so far. Times never fall within a log, so the rows of a
series are in the order of time, and what was charged within any window, rolling or calendar, is one running sum less another:
two look-ups in an index, however long the log and whatever the window. A policy that changes a window therefore finds its
balances right at once: they follow the cap's id and key, not its window.

What comes back (a void, a release, the rest of a hold that was settled in part) must count at the moment of the *charge*: a
charge that has left a rolling window must take its refund with it. Refunds are kept as a binary indexed tree (Fenwick 1994)
over the numbers of the charges in their series, turned round so that it sums from a charge to the end: a refund adds to the
nodes reached by clearing the lowest set bit of the number again and again, and the refunds of all charges from number ``s``
on are the nodes reached from ``s`` by adding it. Both take a number of rows that grows with the logarithm of the series. A
series without refunds (nearly all of them) pays one look-up. Nodes are written anew, never changed; the newest row of a node
counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from remit.language.records import dataclass
from remit.ledger.store import Query, Row, Session
from remit.ledger.windows import Span

__all__ = ["Counter", "Standing", "charge", "read_standings", "refund", "standings_query"]

_LAST: Final = "SELECT number, running FROM charge WHERE series = ? ORDER BY at DESC, seq DESC LIMIT 1"
_OUTSIDE: Final = "SELECT number, running FROM charge WHERE series = ? AND at <= ? ORDER BY at DESC, seq DESC LIMIT 1"
_OLDEST: Final = "SELECT at, 0 FROM charge WHERE series = ? AND at > ? ORDER BY at, seq LIMIT 1"
_REFUNDED: Final = "SELECT 0, 0 WHERE EXISTS (SELECT 1 FROM refund WHERE series = ?)"

#: How many charges at the beginning of a rolling window are looked at to say when something comes back.
_LOOK_AHEAD: Final = 16


@dataclass(frozen=True, slots=True)
class Counter:
    """What is asked for: a series, and the window in which it counts."""

    series: bytes
    span: Span


@dataclass(frozen=True, slots=True)
class Standing:
    """How a series stands. ``used`` is what counts within the window; ``number`` and ``running`` are those of its last charge;
    ``until`` is the moment at which some of it comes back, where that is known."""

    used: int
    number: int = 0
    running: int = 0
    until: int | None = None


def standings_query(counters: Sequence[Counter]) -> Query | None:
    """One query for all of ``counters``; :func:`read_standings` reads its rows."""
    parts: list[str] = []
    params: list[Any] = []
    for index, counter in enumerate(counters):
        after = counter.span.after
        for part, sql, values in (
            (0, _LAST, (counter.series,)),
            (1, _OUTSIDE, (counter.series, after)),
            (2, _OLDEST, (counter.series, after)),
            (3, _REFUNDED, (counter.series,)),
        ):
            if (part == 1 and after is None) or (part == 2 and counter.span.length is None):
                continue
            parts.append(f"SELECT {index}, {part}, x.* FROM ({sql}) AS x")
            params += values
    return (" UNION ALL ".join(parts), params) if parts else None


def read_standings(session: Session, counters: Sequence[Counter], rows: Sequence[Row]) -> list[Standing]:
    """How each of ``counters`` stands, from the rows of :func:`standings_query`."""
    found: dict[tuple[int, int], Row] = {(row[0], row[1]): row[2:] for row in rows}
    out = []
    for index, counter in enumerate(counters):
        number, running = found.get((index, 0), (0, 0))
        first, before = found.get((index, 1), (0, 0))
        used, until = running - before, counter.span.end
        oldest = found.get((index, 2))
        if (index, 3) in found:
            used -= _refunds(session, counter.series, [first + 1], number)[0]
            if oldest is not None and used:
                oldest = _oldest_that_counts(session, counter, first, number)
        if oldest is not None and counter.span.length is not None:
            until = oldest[0] + counter.span.length
        out.append(Standing(used, number, running, until if used else None))
    return out


def charge(session: Session, at: int, seq: int, charges: Iterable[tuple[bytes, Standing, int]]) -> None:
    """Put the charges of record ``seq``: the series, how it stood just before, and the amount of each."""
    rows = [(series, at, seq, standing.number + 1, amount, standing.running + amount) for series, standing, amount in charges]
    if rows:
        session.put("INSERT INTO charge (series, at, seq, number, amount, running) VALUES (?, ?, ?, ?, ?, ?)", *rows)


def refund(session: Session, series: bytes, number: int, amount: int, seq: int) -> None:
    """Put back ``amount`` of charge ``number`` of a series, by record ``seq``."""
    nodes = list(_down(number))
    totals = _newest(session, series, nodes)
    rows = [(series, node, seq, totals.get(node, 0) + amount) for node in nodes]
    session.put("INSERT INTO refund (series, node, seq, total) VALUES (?, ?, ?, ?)", *rows)


def _down(number: int) -> Iterator[int]:
    while number:
        yield number
        number &= number - 1


def _up(number: int, last: int) -> Iterator[int]:
    while number <= last:
        yield number
        number += number & -number


def _refunds(session: Session, series: bytes, starts: Sequence[int], last: int) -> list[int]:
    """What came back of all charges from each of ``starts`` on."""
    paths = [list(_up(start, last)) for start in starts]
    totals = _newest(session, series, sorted({node for path in paths for node in path}))
    return [sum(totals.get(node, 0) for node in path) for path in paths]


def _newest(session: Session, series: bytes, nodes: list[int]) -> dict[int, int]:
    if not nodes:
        return {}
    rows = session.rows(
        f"SELECT node, total FROM refund AS r WHERE series = ? AND node IN ({', '.join('?' * len(nodes))}) "
        "AND seq = (SELECT max(seq) FROM refund AS n WHERE n.series = r.series AND n.node = r.node)",
        (series, *nodes),
    )
    return {int(node): int(total) for node, total in rows}


def _oldest_that_counts(session: Session, counter: Counter, first: int, last: int) -> Row | None:
    """The first charge within the window of which not all came back, if it is near the beginning."""
    rows = session.rows(
        f"SELECT at, number, amount FROM charge WHERE series = ? AND at > ? ORDER BY at, seq LIMIT {_LOOK_AHEAD}",
        (counter.series, counter.span.after),
    )
    sums = _refunds(session, counter.series, [row[1] for row in rows] + [rows[-1][1] + 1], last) if rows else []
    for row, here, following in zip(rows, sums, sums[1:], strict=False):
        if row[2] > here - following:
            return row
    return None
