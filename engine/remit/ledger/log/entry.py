"""One record of the log, as a reader holds it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import Any, Final

from remit.decision.decision import Decision
from remit.decision.decoding import decode_decision
from remit.decision.detail import Outcome
from remit.errors import LedgerCorrupt
from remit.ledger.log.canonical import NONSENSE, parse
from remit.ledger.stores.schema_tables import altered

__all__ = ["HIDDEN", "KINDS", "SEALED", "TYPE", "WORDS", "Entry", "moment", "read_private"]

#: The type of the records that this engine writes.
TYPE: Final = "remit.record/1"

#: What stands in place of a value that is not shown.
HIDDEN: Final = "(hidden)"

#: What stands in place of a value that was erased.
ERASED: Final = "(erased)"

#: What a record can tell of.
KINDS: Final = (
    "decide",
    "grant",
    "hold",
    "settle",
    "release",
    "void",
    "escalate",
    "overdue",
    "agree",
    "permit",
    "approve",
    "decline",
    "review",
    "dispute",
    "answer",
    "outcome",
    "calibrate",
    "rate",
    "erase",
    "publish",
    "migrate",
    "note",
)

#: What people wrote, as it is named among what stands apart from the log.
WORDS: Final = ("story", "reason", "note")

#: What stands apart from the log, and is opened only by :meth:`remit.Ledger.calibration`: what a reviewer thinks of a case that
#: others have still to judge.
SEALED: Final = "rating"

#: What a record says of a history fact whose value stands apart.
_APART: Final = {"apart": True}

_GIVES: Final = frozenset(("grant", "hold", "approve"))


class Entry:
    """One record. Methods show what is personal or masked only with ``reveal``.

    ``text`` is its canonical JSON, which is what the chain and the tree prove; ``body`` is that as plain values. ``opened``
    holds what stands apart from the log and was not erased: ``{"facts.guest.id": "g-1", "story": "..."}``. ``repeated`` is
    true where an earlier record was given back for the same key. ``header`` is the beginning of the record (its plain text
    and numbers), where it need not be read from ``text`` again.
    """

    def __init__(
        self,
        text: str,
        opened: Mapping[str, Any],
        *,
        decision: Decision | None = None,
        repeated: bool = False,
        header: Mapping[str, Any] | None = None,
    ) -> None:
        self.text = text
        self._header = header
        self.opened = dict(opened)
        self.repeated = repeated
        self._decision = decision

    @classmethod
    def read_from(cls, seq: int, text: Any, private: Any) -> Entry:
        """From the row of record ``seq``: its text, and that of what stands apart from it (``private``), where there is any.
        Raises :class:`remit.errors.LedgerCorrupt`."""
        if not isinstance(text, str):
            raise altered("record", "body", seq)
        opened = {} if private is None else read_private(seq, private)
        return cls(text, {name: value for name, (_, value) in opened.items() if name != SEALED})

    @cached_property
    def body(self) -> dict[str, Any]:
        """The record as plain values, as ``record.schema.json`` says. Raises :class:`remit.errors.LedgerCorrupt` for what is
        not a record."""
        try:
            body: dict[str, Any] = parse(self.text)
            datetime.fromisoformat(body["recorded"])
            if not (isinstance(body["id"], str) and isinstance(body["seq"], int) and body["kind"] in KINDS):
                raise ValueError
        except NONSENSE:
            raise LedgerCorrupt("a record was changed: it is not one any more") from None
        return body

    @property
    def id(self) -> str:
        """The id of the record; ids sort in the order of the log."""
        return str((self._header or self.body)["id"])

    @property
    def seq(self) -> int:
        """Its number in the log, from 1."""
        return int((self._header or self.body)["seq"])

    @property
    def kind(self) -> str:
        """What was done: decide, grant, hold, settle, release, void, escalate, agree, approve, permit, decline, review,
        dispute, answer, outcome, calibrate, rate, note, erase, publish or migrate."""
        return str((self._header or self.body)["kind"])

    @property
    def recorded(self) -> datetime:
        """When it was decided, by the time of the ledger, which never goes backwards."""
        return datetime.fromisoformat(self.body["recorded"])

    @property
    def occurred(self) -> date | None:
        """The day of the incident."""
        found = self.body.get("occurred")
        return date.fromisoformat(found) if found else None

    @property
    def employee(self) -> str | None:
        """Who did it."""
        found = self.body.get("employee")
        return found["id"] if found else None

    @property
    def role(self) -> str | None:
        """In which role."""
        found = self.body.get("employee")
        return found["role"] if found else None

    @property
    def case(self) -> str | None:
        """The case it belongs to."""
        return self.body.get("case")

    @property
    def of(self) -> str | None:
        """The id of the record that this one resolves: the grant that was voided, the task that was approved, ..."""
        return self.body.get("of")

    @cached_property
    def decision(self) -> Decision | None:
        """The decision, where one was taken."""
        if self._decision is None and self.body.get("decision") is not None:
            return Decision.of(decode_decision(self.body["decision"]))
        return self._decision

    @property
    def outcome(self) -> Outcome | None:
        """The outcome of the decision."""
        return self.decision.outcome if self.decision else None

    @property
    def act(self) -> str | None:
        """What the employee did with the answer, where they said so: ``declined`` or ``handed_over`` (to ``body["to"]``)."""
        return self.body.get("act")

    @property
    def backed_by(self) -> tuple[str, ...]:
        """The guardrails that denied what was asked: the policy backed an employee who declined it or handed it over."""
        return tuple(self.body.get("backed", ()))

    @property
    def granted(self) -> bool:
        """Whether this record gives something to a customer."""
        return self.kind in _GIVES

    def facts(self, *, reveal: bool = False) -> dict[str, Any]:
        """The facts that were read. What is personal or masked shows as ``(hidden)`` unless ``reveal``, and as ``(erased)``
        where it was erased."""
        request = self.body.get("request") or {}
        out = dict(request.get("facts", {}))
        for name in self.body.get("apart", {}):
            if name.startswith("facts."):
                out[name.removeprefix("facts.")] = self._shown(name, reveal)
        return dict(sorted(out.items()))

    def read(self, *, reveal: bool = False) -> dict[str, Any]:
        """What the decision read of the ledger: ``balances`` and ``history``, which shows like :meth:`facts`."""
        found = self.body.get("read") or {}
        history = {
            name: self._shown(f"history.{name}", reveal) if value == _APART else value
            for name, value in found.get("history", {}).items()
        }
        return {**found, "history": history} if found else {}

    def words(self, name: str, *, reveal: bool = False) -> str | None:
        """Words that a person wrote: ``story``, ``reason`` or ``note``; shown like :meth:`facts`; ``None``: there are none."""
        return self._shown(name, reveal) if name in self.body.get("apart", {}) else None

    def _shown(self, name: str, reveal: bool) -> Any:
        if name not in self.opened:
            return ERASED
        return self.opened[name] if reveal else HIDDEN

    def to_dict(self, *, reveal: bool = False) -> dict[str, Any]:
        """For people and programs that read a log: the record with its facts and words in place of the commitments to them."""
        out = {name: value for name, value in self.body.items() if name != "apart"}
        if "request" in out:
            out["request"] = {**out["request"], "facts": self.facts(reveal=reveal)}
            out["read"] = self.read(reveal=reveal)
        for name in WORDS:
            shown = self.words(name, reveal=reveal)
            if shown is not None:
                out[name] = shown
        return out

    def __repr__(self) -> str:
        return f"<Entry {self.seq} {self.kind} {self.id}>"


def read_private(seq: int, text: Any) -> dict[str, tuple[Any, Any]]:
    """What stands apart from record ``seq``, each value with its salt. Raises :class:`remit.errors.LedgerCorrupt`."""
    try:
        if not isinstance(text, str):
            raise TypeError
        return {name: (pair[0], pair[1]) for name, pair in parse(text).items()}
    except NONSENSE:
        raise altered("private", "facts", seq) from None


def moment(micros: int) -> str:
    """A moment as records write it: ``2026-07-01T10:00:00.000000Z``."""
    second, micro = divmod(micros, 1_000_000)
    return f"{_second(second)}.{micro:06d}Z"


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:-6]
