"""What others said about an employee's decisions, in sentences; and what of it the counter shows at its next start, once.

That something was shown is no decision, so it is no record. It is noted in one small file: beside the ledger where that is a
file, so that all desks which share it share the mark, or else in the data folder of the person at this computer, so that each
desk of a server shows it once. The file holds ids of employees and numbers of records, nothing of what was said. If it is lost,
the last thirty days are shown again. A table in the store would need a new schema, which every older remit would refuse.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from remit.cli.support.home_folders import data_folder
from remit.cli.support.spoken import amounts, spoken
from remit.errors import one_line
from remit.language.fast_dataclass import dataclass
from remit.language.identities import identity
from remit.language.locales.messages import Message

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.ledger.log.entry import Entry

__all__ = ["ShownMark", "sentence", "unread"]

#: What is older is not news any more.
_NEWS: Final = timedelta(days=30)
#: How many sentences a counter begins with: a customer may be waiting.
_MOST: Final = 5

_ANSWERS: Final = ("approve", "permit", "decline")


@dataclass(frozen=True, slots=True)
class ShownMark:
    """Up to which record (``seq``) an employee was shown what others said, in the file ``path`` for the ledger with this id;
    up to ``before`` that was so already."""

    path: Path
    ledger: str
    employee: str
    seq: int
    before: int = 0

    def mark(self) -> None:
        """Note it. Where that cannot be written, it is shown again."""
        with suppress(OSError):
            shown = _shown(self.path, self.ledger)
            shown[self.employee] = max(self.seq, shown.get(self.employee, 0))
            self.path.parent.mkdir(parents=True, exist_ok=True)
            new = self.path.with_name(f"{self.path.name}.{os.getpid()}")
            new.write_text(json.dumps({"ledger": self.ledger, "shown": shown}, sort_keys=True), encoding="utf-8")
            new.replace(self.path)


def unread(ledger: Ledger, url: str | None, employee: str) -> tuple[ShownMark, list[str]]:
    """What was not shown to ``employee`` yet, in sentences, and the mark to put when it was. ``url`` is where the ledger is."""
    path = _path(ledger, url)
    seen = _shown(path, ledger.id).get(identity(employee), 0)
    replies = ledger.replies(employee, after=seen, since=datetime.now(UTC) - _NEWS)
    told = [sentence(ledger, entry) for entry in replies if _is_news(entry)]
    more = [Message("There is more: `remit me` shows all {count}.", count=len(told))] if len(told) > _MOST else []
    last = max((entry.seq for entry in replies), default=seen)
    return ShownMark(path, ledger.id, identity(employee), last, seen), told[-_MOST:] + more


def _is_news(entry: Entry) -> bool:
    """Coaching and what was taken back is not said at a counter, where a customer may read along: `remit me` shows it."""
    return entry.kind in _ANSWERS or entry.kind == "answer" or entry.body.get("verdict") == "praise"


def sentence(ledger: Ledger, entry: Entry) -> str:
    """What somebody else put on record about an employee's decision, as the employee reads it, in one line; empty for anything
    else."""
    told = _clause(entry)
    if told is None:
        return ""
    _ = spoken()
    words = _given(ledger, entry) or _quoted(entry)
    return one_line(_("{sentence}: {words}", sentence=told, words=words) if words else _("{sentence}.", sentence=told))


def _clause(entry: Entry) -> Message | None:
    """The sentence without its period; what was said or given follows."""
    from remit.ledger.log.record_ids import seq_of

    known = {"who": str(entry.employee), "number": seq_of(entry.of or "")}
    match entry.kind:
        case "review":
            return _reviewed(str(entry.body["verdict"]), known)
        case "answer":
            return _answered(str(entry.body["result"]), known)
        case "dispute":
            return Message("{who} disputes your review, number {number}", **known)
        case "void":
            return Message("{who} took back record {number}", **known)
        case "approve":
            return Message("Your task {number} was approved by {who}", **known)
        case "permit":
            until = datetime.fromisoformat(entry.body["permits"]["until"])
            return Message("Your task {number} was permitted by {who} until {until}", **known, until=until)
        case "decline":
            return Message("Your task {number} was declined by {who}", **known)
    return None


def _reviewed(verdict: str, known: Mapping[str, Any]) -> Message:
    match verdict:
        case "praise":
            return Message("{who} praised what you did in record {number}", **known)
        case "agree":
            return Message("{who} agreed with what you did in record {number}", **known)
        case "coach":
            return Message("{who} has a suggestion about what you did in record {number}", **known)
    return Message("{who} says of record {number} that the policy should change", **known)


def _answered(result: str, known: Mapping[str, Any]) -> Message:
    match result:
        case "accepted":
            return Message("Your dispute, number {number}, was accepted by {who}", **known)
        case "partly":
            return Message("Your dispute, number {number}, was accepted in part by {who}", **known)
    return Message("Your dispute, number {number}, was not accepted by {who}", **known)


def _given(ledger: Ledger, entry: Entry) -> str:
    """What was given by an approval, or permitted, with a period."""
    if entry.kind not in _ANSWERS or entry.decision is None:
        return ""
    told = amounts(ledger.policy_of(entry).model, entry.decision.asked)
    return f"{told}." if told else ""


def _quoted(entry: Entry) -> str:
    """The words that came with it, where there are any, and the end of the sentence."""
    _ = spoken()
    for name in ("note", "reason"):
        if text := entry.opened.get(name):
            text = " ".join(str(text).split())
            return _("\u201c{text}\u201d", text=text) + ("" if text[-1:] in ".!?" else ".")
    return ""


def _path(ledger: Ledger, url: str | None) -> Path:
    from remit.cli.support.ledger_session import default_ledger

    place = url or default_ledger()
    return data_folder() / f"shown-{ledger.id}.json" if "://" in place else Path(f"{place}.shown")


def _shown(path: Path, ledger: str) -> dict[str, int]:
    """What the file says of this ledger; nothing where there is none, or it cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["ledger"] != ledger:
            return {}
        return {str(name): int(seq) for name, seq in found["shown"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
