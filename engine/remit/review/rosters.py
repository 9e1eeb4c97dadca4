"""The rosters that records name, as the ledger keeps their texts: each is read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from remit.ledger.people.roster import Person

if TYPE_CHECKING:
    from remit.ledger.people.people_reader import PeopleReader

__all__ = ["Rosters"]


class Rosters:
    """Who somebody was on the roster that a record names."""

    def __init__(self, ledger: PeopleReader) -> None:
        self._ledger = ledger
        self._people: dict[tuple[str, str], Person | None] = {}

    def person(self, digest: str, employee: str) -> Person | None:
        """The row of an employee on the roster with this ``digest``; ``None`` where a service keeps its own list, or they are
        not on it."""
        key = digest, employee
        if key not in self._people:
            roster = self._ledger.roster(digest)
            self._people[key] = roster.find(employee) if roster is not None else None
        return self._people[key]
