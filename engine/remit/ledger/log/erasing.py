"""Erasing one person: the values that stand apart from the log go, the log stays as it is, and a record says that they went."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from remit.errors import NotFound
from remit.language.identities import identity
from remit.ledger.log.entry import Entry, read_private
from remit.ledger.log.searching import last_seq
from remit.ledger.recorded_facts import is_same
from remit.ledger.stores.store import Session, Store
from remit.ledger.transaction import Core, Turn

__all__ = ["as_ranges", "erasing", "in_ranges", "matching"]

_PAGE: Final = 1_000


def matching(store: Store, fact: str, value: Any) -> tuple[list[int], int]:
    """The numbers of the records whose ``fact`` is ``value`` and stands apart, and up to which record was looked."""
    with store.read() as session:
        last = last_seq(session)
    found: list[int] = []
    at = 0
    while True:
        with store.read() as session:
            page = session.rows(
                f"SELECT seq, facts FROM private WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT {_PAGE}", (at, last)
            )
        found += _matches(page, fact, value)
        if len(page) < _PAGE:
            return found, last
        at = page[-1][0]


def _matches(page: Iterable[tuple[Any, ...]], fact: str, value: Any) -> Iterator[int]:
    for seq, text in page:
        pair = read_private(seq, text).get(f"facts.{fact}")
        if pair is not None and (is_same(pair[1], value) or _is_one_id(pair[1], value)):
            yield seq


def _is_one_id(plain: Any, wanted: Any) -> bool:
    """Whether two texts are one person's id under another spelling, by the rule that caps go by: all of it goes."""
    return isinstance(plain, str) and isinstance(wanted, str) and identity(plain) == identity(wanted)


def erasing(
    core: Core, fact: str, value: Any, found: list[int], looked: int, employee: Mapping[str, Any] | None
) -> Callable[[Session], Entry]:
    """The work of ``erase``: look at what was recorded since, remove it all, and record that it went."""

    def work(session: Session) -> Entry:
        turn, (since,) = Turn.take(core, session, None, ("SELECT seq, facts FROM private WHERE seq > ?", (looked,)))
        who = core.staff.with_right("erase", employee, core.time()) if employee is not None or core.staff else None
        seqs = found + list(_matches(since, fact, value))
        if not seqs:
            raise NotFound(f"no record holds this value of `{fact}` apart from the log")
        seqs = sorted({*seqs, *_answers_to(session, seqs)})
        session.put("DELETE FROM private WHERE seq = ?", *((seq,) for seq in seqs))
        parts: dict[str, Any] = who.recorded() if who is not None else {"employee": None}
        parts["erased"] = {"fact": fact, "records": as_ranges(seqs)}
        return turn.append("erase", parts)

    return work


def _answers_to(session: Session, seqs: list[int]) -> Iterator[int]:
    """The records that answer these and hold words of people about them: a void, a decline, a review, the dispute of it, and so
    on."""
    seen: set[int] = set()
    while seqs:
        found: list[int] = []
        for start in range(0, len(seqs), _PAGE):
            some = seqs[start : start + _PAGE]
            marks = ", ".join("?" * len(some))
            found += (seq for (seq,) in session.rows(f"SELECT seq FROM resolution WHERE target IN ({marks})", some))
        yield from _apart_of(session, found)
        seen.update(seqs)
        seqs = [seq for seq in found if seq not in seen]


def _apart_of(session: Session, seqs: list[int]) -> Iterator[int]:
    """Those of the records that hold something apart from the log."""
    for start in range(0, len(seqs), _PAGE):
        some = seqs[start : start + _PAGE]
        marks = ", ".join("?" * len(some))
        yield from (seq for (seq,) in session.rows(f"SELECT seq FROM private WHERE seq IN ({marks})", some))


def as_ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Rising numbers as ``[first, last]`` pairs.

    >>> as_ranges([1, 2, 3, 7])
    [[1, 3], [7, 7]]
    """
    out: list[list[int]] = []
    for number in numbers:
        if out and out[-1][1] == number - 1:
            out[-1][1] = number
        else:
            out.append([number, number])
    return out


def in_ranges(ranges: Iterable[Iterable[int]]) -> Iterator[int]:
    """The numbers that ``[first, last]`` pairs stand for."""
    for first, last in ranges:
        yield from range(first, last + 1)
