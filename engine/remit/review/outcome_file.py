"""What became of customers, from a file of another system: a survey, a list of who came back.

CSV with a header, or JSON Lines. Columns: ``record`` (a number or an id) or ``case``, and ``kept`` (yes or no), ``csat`` (1 to
5), or both. All that is wrong is told at once, and then nothing of the file is recorded. The same line again adds nothing."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from remit.errors import NotFound, Problem, RequestError
from remit.ledger.quality.outcomes import CONTACTS, MOST_CSAT
from remit.ledger.stores.private_files import open_text

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.ledger.log.entry import Entry

__all__ = ["OutcomeLine", "contact_of", "read_outcomes", "record_outcomes"]

_COLUMNS: Final = ("record", "case", "kept", "csat")
_KEPT: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One line of a file: ``record`` is the id of what was decided."""

    line: int
    record: str
    kept: bool | None
    csat: int | None

    @property
    def key(self) -> str:
        """The key under which it is recorded once."""
        return f"outcome {self.record} {self.kept} {self.csat}"


def read_outcomes(ledger: Ledger, path: Path) -> list[OutcomeLine]:
    """The lines of a file (``.csv`` or ``.jsonl``), each with the record that it is about. Raises :class:`remit.RequestError`
    with all that is wrong, and :class:`remit.LedgerError` where the file cannot be read."""
    problems: list[Problem] = []
    found = [each for line, row in _rows(path, problems) if (each := _line(ledger, line, row, problems)) is not None]
    if problems:
        raise RequestError(problems)
    return found


def record_outcomes(ledger: Ledger, lines: list[OutcomeLine], employee: Mapping[str, Any]) -> tuple[int, int]:
    """Record them; gives how many are new, and how many were there already."""
    new = old = 0
    for each in lines:
        entry = ledger.outcome(each.record, kept=each.kept, csat=each.csat, employee=employee, key=each.key)
        new, old = new + (not entry.repeated), old + entry.repeated
    return new, old


def contact_of(ledger: Ledger, case: str) -> Entry:
    """The newest record in which a case was dealt with. Raises :class:`remit.errors.NotFound`."""
    found = ledger.records(case=case, kind=tuple(sorted(CONTACTS)), newest_first=True, limit=1)
    entry = next(iter(found), None)
    if entry is None:
        raise NotFound(f"nothing was decided for case `{case[:80]}`")
    return entry


def _rows(path: Path, problems: list[Problem]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows of a file with the numbers of their lines."""
    with open_text(path) as file:
        if path.suffix == ".csv":
            reader = csv.DictReader(file)
            for each in reader:
                yield reader.line_num, {str(name).strip(): (text or "").strip() for name, text in each.items() if name}
            return
        for line, text in enumerate(file, 1):
            try:
                row: Any = json.loads(text) if text.strip() else {}
            except ValueError:
                row = None
            if not isinstance(row, dict):
                problems.append(_wrong(line, "it is no JSON object", 'such as {"record": 12, "kept": true}'))
            elif row:
                yield line, {str(name): "" if value is None else str(value) for name, value in row.items()}


def _line(ledger: Ledger, line: int, row: Mapping[str, Any], problems: list[Problem]) -> OutcomeLine | None:
    """One line; what is wrong with it is added to ``problems``."""
    before = len(problems)
    unknown = [name for name in row if name not in _COLUMNS]
    if unknown:
        problems.append(_wrong(line, f"there is no column `{unknown[0][:40]}`", f"there are {', '.join(_COLUMNS)}"))
    kept, csat = row.get("kept", ""), row.get("csat", "")
    if kept and kept.lower() not in _KEPT:
        problems.append(_wrong(line, f"`kept` is yes or no, not `{kept[:40]}`", "write yes where the customer stayed"))
    if csat and not (csat.isdecimal() and 1 <= int(csat) <= MOST_CSAT):
        problems.append(
            _wrong(line, f"`csat` is a whole number from 1 to {MOST_CSAT}, not `{csat[:40]}`", "leave it empty if unknown")
        )
    if not kept and not csat:
        problems.append(_wrong(line, "it says nothing", "give `kept`, `csat`, or both"))
    record = _record(ledger, line, row, problems)
    if len(problems) > before or record is None:
        return None
    return OutcomeLine(line, record, _KEPT[kept.lower()] if kept else None, int(csat) if csat else None)


def _record(ledger: Ledger, line: int, row: Mapping[str, Any], problems: list[Problem]) -> str | None:
    record, case = row.get("record", ""), row.get("case", "")
    if bool(record) is bool(case):
        problems.append(_wrong(line, "it names a record or a case, one of them", "give the number of the record, or the case"))
        return None
    try:
        if case:
            return contact_of(ledger, case).id
        return ledger.record(record).id if not record.isdecimal() else _numbered(ledger, int(record))
    except NotFound as error:
        problems.append(_wrong(line, str(error), "`remit log` lists what is on record"))
        return None


def _numbered(ledger: Ledger, number: int) -> str:
    found = next(ledger.records(after=number - 1, limit=1), None) if number > 0 else None
    if found is None or found.seq != number:
        raise NotFound(f"there is no record {number}")
    return found.id


def _wrong(line: int, message: str, hint: str) -> Problem:
    return Problem("request/outcome", message, path=f"line {line}", hint=hint)
