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
from functools import lru_cache
from typing import Any, Final

from remit.language.fast_dataclass import dataclass
from remit.ledger.caps.windows import Span
from remit.ledger.stores.schema_tables import altered
from remit.ledger.stores.store import Query, Row, Session

__all__ = ["CapUse", "Counter", "charge", "last_charge", "read_uses", "refund", "uses_queries"]

#: One row for a series that was ever charged, none for another: the last charge, the first within the window (as text: its
#: moment, its number, and the running sum before it), and whether anything came back.
_STANDING: Final = (
    "SELECT {index}, c.number, c.running, {first}, EXISTS (SELECT 1 FROM refund AS r WHERE r.series = c.series) "
    "FROM (SELECT series, number, running FROM charge WHERE series = ? ORDER BY at DESC, seq DESC LIMIT 1) AS c"
)
_FIRST: Final = (
    "(SELECT f.at || ' ' || f.number || ' ' || (f.running - f.amount) FROM charge AS f "
    "WHERE f.series = c.series AND f.at > ? ORDER BY f.at, f.seq LIMIT 1)"
)
_NO_WINDOW: Final = "''"

#: The newest row of each node: one look-up for each, however often it was written anew.
_NEWEST: Final = (
    "SELECT n.column1, (SELECT r.total FROM refund AS r WHERE r.series = ? AND r.node = n.column1 ORDER BY r.seq DESC LIMIT 1) "
    "FROM (VALUES {}) AS n"
)
_TOGETHER: Final = (
    "SELECT (SELECT c.number FROM charge AS c WHERE c.series = ? AND c.at = o.at AND c.seq = o.seq), "
    "o.number, o.amount, o.running FROM charge AS o WHERE o.series = ? ORDER BY o.at DESC, o.seq DESC LIMIT 1"
)

#: Half of what 64 bits hold.
_LARGEST: Final = 2**62

#: How many charges at the beginning of a rolling window are looked at to say when something comes back.
_LOOK_AHEAD: Final = 16


@dataclass(frozen=True, slots=True)
class Counter:
    """What is asked for: a series, and the window in which it counts."""

    series: bytes
    span: Span


@dataclass(frozen=True, slots=True)
class CapUse:
    """How a series stands. ``used`` is what counts within the window; ``number`` and ``running`` are those of its last charge;
    ``until`` is the moment at which some of it comes back, where that is known."""

    used: int
    number: int = 0
    running: int = 0
    until: int | None = None


#: How a series stands that was never charged.
_NOTHING: Final = CapUse(0)


def uses_queries(counters: Sequence[Counter]) -> list[Query]:
    """One query for all of ``counters``, or none where there are none; :func:`read_uses` reads the rows."""
    if not counters:
        return []
    params: list[Any] = []
    for counter in counters:
        if counter.span.after is not None:
            params.append(counter.span.after)
        params.append(counter.series)
    return [(_uses_sql(tuple(counter.span.after is not None for counter in counters)), params)]


@lru_cache(maxsize=256)
def _uses_sql(windows: tuple[bool, ...]) -> str:
    """The text of the query for counters that have a window or have none."""
    return " UNION ALL ".join(
        _STANDING.format(index=index, first=_FIRST if window else _NO_WINDOW) for index, window in enumerate(windows)
    )


def read_uses(session: Session, counters: Sequence[Counter], found: Sequence[Sequence[Row]]) -> list[CapUse]:
    """How each of ``counters`` stands, from the rows of :func:`uses_queries`."""
    out = [_NOTHING] * len(counters)
    for rows in found:
        for index, number, running, text, refunded in rows:
            if not (type(number) is type(running) is int and number < _LARGEST > running):  # once more below, to tell which
                _whole(counters[index].series, "number", number)
                _whole(counters[index].series, "running", running)
            out[index] = _use(session, counters[index], number, running, text, refunded)
    return out


def _use(session: Session, counter: Counter, number: int, running: int, text: str | None, refunded: bool) -> CapUse:
    span = counter.span
    if text is None:
        return CapUse(0, number, running)  # all of it lies outside the window
    oldest, first, before = _read_first(counter.series, text) if text else (None, 1, 0)
    used, until = running - before, span.end
    if refunded:
        used -= _refunds(session, counter.series, [first], number)[0]
        if span.length is not None and used:
            oldest = _oldest_that_counts(session, counter, number)
    if oldest is not None and span.length is not None:
        until = oldest + span.length
    return CapUse(used, number, running, until if used else None)


def _read_first(series: bytes, text: str) -> tuple[int, int, int]:
    try:
        oldest, first, before = map(int, text.split())
    except ValueError:
        raise altered("charge", "at, number or running", series) from None
    return oldest, first, before


def _whole(series: bytes, column: str, value: Any, table: str = "charge") -> int:
    """A number of a series. Raises :class:`remit.errors.LedgerCorrupt` where it is none, or so large that no more can be added:
    what remit adds up stays far below."""
    if type(value) is not int or not -_LARGEST < value < _LARGEST:
        raise altered(table, column, series)
    return value


def last_charge(session: Session, series: bytes, own: bytes) -> tuple[int, CapUse]:
    """How much counts of the last charge of the series ``own``, and the number of the charge of ``series`` that was put
    together with it; 0 and nothing where there is none."""
    row = session.one(_TOGETHER, (series, own))
    if row is None:
        return 0, _NOTHING
    together, number, amount, running = (_whole(own, "number, amount or running", each) for each in row)
    return together, CapUse(amount - _refunds(session, own, [number], number)[0], number, running)


def charge(session: Session, at: int, seq: int, charges: Iterable[tuple[bytes, CapUse, int]]) -> None:
    """Put the charges of record ``seq``: the series, how it stood just before, and the amount of each."""
    rows = [(series, at, seq, use.number + 1, amount, use.running + amount) for series, use, amount in charges]
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
    rows = session.rows(_NEWEST.format(", ".join(["(?)"] * len(nodes))), (series, *nodes))
    return {int(node): _whole(series, "total", total, "refund") for node, total in rows if total is not None}


def _oldest_that_counts(session: Session, counter: Counter, last: int) -> int | None:
    """When the first charge within the window was made of which not all came back, if it is near the beginning."""
    rows = session.rows(
        f"SELECT at, number, amount FROM charge WHERE series = ? AND at > ? ORDER BY at, seq LIMIT {_LOOK_AHEAD}",
        (counter.series, counter.span.after),
    )
    rows = [tuple(_whole(counter.series, "at, number or amount", each) for each in row) for row in rows]
    sums = _refunds(session, counter.series, [row[1] for row in rows] + [rows[-1][1] + 1], last) if rows else []
    for row, here, following in zip(rows, sums, sums[1:], strict=False):
        if row[2] > here - following:
            return int(row[0])
    return None
