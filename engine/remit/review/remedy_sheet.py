"""What was asked for and given as rows of numbers: one for each remedy of a record, for sums and pivot tables in a spreadsheet.

Amounts are exact decimal numbers in whole units of the currency beside them (``30.00`` and ``EUR``), or counts without one; an
exception is 1. What a void takes back is below zero, so that the sum of ``given`` is what was given in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from remit.errors import LedgerError
from remit.language.values import minor_digits
from remit.ledger.log.sheets import Column, writer_for
from remit.review.actions import Action, AskedRemedy, read_actions

if TYPE_CHECKING:
    from remit.ledger.people.people_reader import PeopleReader

__all__ = ["COLUMNS", "RemedyRow", "export_remedies", "rows_of"]

_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class RemedyRow:
    """One remedy of an action. ``given`` is in smallest units, and below zero where it was taken back; ``asked`` says what the
    decision knew of it, where this record decided."""

    action: Action
    remedy: str
    unit: str
    given: int | None
    asked: AskedRemedy | None


def rows_of(action: Action) -> Iterator[RemedyRow]:
    """The rows of an action: what was asked for in it, or given or taken back by it."""
    known: Mapping[str, AskedRemedy] = action.parts or (action.target.parts if action.target is not None else {})
    for name in {**action.parts, **action.given}:
        given = action.given.get(name)
        sign = -1 if action.kind == "void" else 1
        unit = known[name].unit if name in known else ""
        yield RemedyRow(action, name, unit, None if given is None else sign * given, action.parts.get(name))


def export_remedies(
    ledger: PeopleReader, path: Path, *, progress: Callable[[int], None] = lambda seq: None, **wanted: Any
) -> int:
    """Write the rows of a ledger to ``path`` (``.csv`` or ``.parquet``); gives how many. ``wanted`` as for
    :meth:`remit.Ledger.records`. Raises :class:`remit.LedgerError` for another ending."""
    if path.suffix not in (".csv", ".parquet"):
        raise LedgerError(f"`{path.name}`: remedies are written to .csv or .parquet")

    def rows() -> Iterator[RemedyRow]:
        for count, action in enumerate(read_actions(ledger, **wanted)):
            yield from rows_of(action)
            if count % _PAGE == 0:
                progress(action.seq)

    return writer_for(path)(path, COLUMNS, rows(), False)


def _actor(name: str) -> Callable[[RemedyRow], Any]:
    return lambda row: getattr(row.action.actor, name, None)


def _said(name: str) -> Callable[[RemedyRow], Any]:
    return lambda row: getattr(row.action, name)


def _amount(name: str) -> Column:
    return Decimal, lambda row: _number(row, getattr(row.asked, name, None))


def _number(row: RemedyRow, amount: int | None) -> Decimal | None:
    return None if amount is None else Decimal(amount).scaleb(-minor_digits(row.unit) if row.unit else 0)


def _flag(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()


#: Name -> type, and how it is read.
COLUMNS: Final[Mapping[str, Column]] = {
    "seq": (int, _said("seq")),
    "id": (str, _said("id")),
    "kind": (str, _said("kind")),
    "recorded": (str, lambda row: row.action.moment.isoformat()),
    "occurred": (str, _said("occurred")),
    "employee": (str, _actor("id")),
    "role": (str, _actor("role")),
    "site": (str, _actor("site")),
    "agent": (str, lambda row: _flag(getattr(row.action.actor, "agent", None))),
    "requester": (str, lambda row: getattr(row.action.requester, "id", None)),
    "case": (str, _said("case")),
    "policy": (str, _said("policy")),
    "version": (str, _said("version")),
    "outcome": (str, _said("outcome")),
    "of": (str, _said("of")),
    "remedy": (str, lambda row: row.remedy),
    "currency": (str, lambda row: row.unit or None),
    "asked": _amount("asked"),
    "given": (Decimal, lambda row: _number(row, row.given)),
    "limit": _amount("limit"),
    "available": _amount("available"),
    "owed": _amount("owed"),
    "rule": (str, lambda row: getattr(row.asked, "rule", None)),
    "binding": (str, lambda row: getattr(row.asked, "binding", None)),
    "on_limit": (str, lambda row: _flag(getattr(row.asked, "on_limit", None))),
    "gap": (str, lambda row: _flag(row.action.gap) if row.asked is not None else None),
}
