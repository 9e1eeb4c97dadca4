"""What was said of decisions and concerns more than one person: disputes that wait, and praise that is shared with the team."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from remit.ledger.log.entry import Entry

if TYPE_CHECKING:
    from remit.ledger.people.people_reader import PeopleReader
    from remit.ledger.quality.review_rights import ReviewRights

__all__ = ["SharedPraise", "shared_praise", "waiting_disputes"]


def waiting_disputes(ledger: PeopleReader, rights: ReviewRights) -> Iterator[Entry]:
    """The disputes without an answer that a reviewer may answer, oldest first."""
    return (each for each in ledger.records(kind="dispute") if rights.answerer(each) is not None)


@dataclass(frozen=True, slots=True)
class SharedPraise:
    """Praise that a reviewer shared with the team: the ``review``, and the record that it is about (``done``)."""

    review: Entry
    done: Entry

    @property
    def story(self) -> str | None:
        """What the employee wrote about it; nothing where there is none, or it was erased."""
        return self.done.words("story", reveal=True)

    @property
    def note(self) -> str | None:
        """What the reviewer wrote."""
        return self.review.words("note", reveal=True)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: what was written to be shared, and nothing else."""
        return {
            "number": self.done.seq,
            "employee": self.done.employee,
            "role": self.done.role,
            "story": self.story,
            "by": self.review.employee,
            "note": self.note,
            "tags": list(self.review.body.get("tags", ())),
            "recorded": self.review.body["recorded"],
        }


def shared_praise(ledger: PeopleReader, *, since: datetime, policy: str | None = None) -> Iterator[SharedPraise]:
    """The praise that was shared from ``since`` on, oldest first."""
    for review in ledger.records(kind="review", since=since, policy=policy):
        if review.body.get("shared"):
            yield SharedPraise(review, ledger.record(str(review.of)))
