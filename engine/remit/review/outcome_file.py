"""What became of customers, from a file of another system: a survey, a list of who came back.

CSV with a header, or JSON Lines. Columns: ``record`` (a number or an id) or ``case``, and ``kept`` (yes or no), ``csat`` (1 to
5), or both. All that is wrong is told at once, and then nothing of the file is recorded. A line that says what the newest
outcome of its record says already adds nothing, so the same file can be read again.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from remit.errors import LedgerError, NotFound, Problem, RemitError, RequestError
from remit.ledger.quality.outcomes import CONTACTS, MOST_CSAT

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.ledger.log.entry import Entry

__all__ = ["OutcomeLine", "contact_of", "read_outcomes", "record_outcomes"]

_COLUMNS: Final = ("record", "case", "kept", "csat")
_KEPT: Final = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
#: No record has a longer number.
_DIGITS: Final = 12
#: No cell of a file of outcomes is longer.
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One line of a file: ``record`` is the id of what was decided."""

    line: int
    record: str
    kept: bool | None
    csat: int | None

    @property
    def said(self) -> dict[str, Any]:
        """What a record of it says."""
        return {name: value for name, value in (("kept", self.kept), ("csat", self.csat)) if value is not None}


def read_outcomes(ledger: Ledger, path: Path) -> list[OutcomeLine]:
    """The lines of a file (``.csv`` or ``.jsonl``), each with the record that it is about. Raises :class:`remit.RequestError`
    with all that is wrong, and :class:`remit.LedgerError` where the file cannot be read."""
    problems: list[Problem] = []
    found = [each for line, row in _rows(path, problems) if (each := _line(ledger, line, row, problems)) is not None]
    if not found and not problems:
        problems.append(_wrong(1, "there is no outcome in it", f"the first line names the columns: {', '.join(_COLUMNS)}"))
    if problems:
        raise RequestError(problems)
    return found


def record_outcomes(ledger: Ledger, lines: Sequence[OutcomeLine], employee: Mapping[str, Any]) -> tuple[int, int]:
    """Record them; gives how many are new, and how many were there already. Raises :class:`remit.errors.NotAllowed` where
    ``employee`` may not; in a ledger without a roster that depends on the policy of each record, and what came before stays."""
    new = 0
    for each in lines:
        newest = next((entry for entry in reversed(ledger.related(each.record)) if _is_outcome_of(entry, each.record)), None)
        if newest is None or {name: newest.body[name] for name in ("kept", "csat") if name in newest.body} != each.said:
            ledger.outcome(each.record, kept=each.kept, csat=each.csat, employee=employee)
            new += 1
    return new, len(lines) - new


def contact_of(ledger: Ledger, case: str) -> Entry:
    """The newest record in which a case was dealt with. Raises :class:`remit.errors.NotFound`."""
    found = ledger.records(case=case, kind=tuple(sorted(CONTACTS)), newest_first=True, limit=1)
    entry = next(iter(found), None)
    if entry is None:
        raise NotFound(f"nothing was decided for case `{case[:80]}`")
    return entry


def _is_outcome_of(entry: Entry, record: str) -> bool:
    return entry.kind == "outcome" and entry.of == record


def _rows(path: Path, problems: list[Problem]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows of a file with the numbers of their lines; ``utf-8-sig`` because spreadsheets begin their files so."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(_wrong(1, f"it is not UTF-8 ({error.reason})", "save the file as CSV with UTF-8"))
        return
    except OSError as error:
        raise LedgerError(f"{path} cannot be read: {error.strerror}") from None
    rows = _csv_rows(text, problems) if path.suffix == ".csv" else _json_rows(text, problems)
    for line, row in rows:
        unknown = [name for name in row if name not in _COLUMNS]
        if unknown:
            problems.append(_wrong(line, f"there is no column `{unknown[0][:40]}`", f"there are {', '.join(_COLUMNS)}"))
        elif any(len(each) > _LONGEST for each in row.values()):
            problems.append(_wrong(line, "it has a cell that is far too long", "is this a file of outcomes?"))
        else:
            yield line, row


def _csv_rows(text: str, problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.reader(text.splitlines(keepends=True))
    try:
        names = [name.strip() for name in next(reader, [])]
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            problems.append(_wrong(1, f"the column `{twice[0][:40]}` is there twice", "leave one of them out"))
            return
        for row in reader:
            if len(row) > len(names):
                problems.append(
                    _wrong(reader.line_num, "it has more cells than there are columns", "is a comma too many in it?")
                )
            elif any(row):
                yield reader.line_num, dict(zip(names, (cell.strip() for cell in row), strict=False))
    except csv.Error as error:
        problems.append(_wrong(reader.line_num, f"it is no CSV: {error}", "is this a file of outcomes?"))


def _json_rows(text: str, problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    for line, raw in enumerate(text.splitlines(), 1):
        try:
            row = json.loads(raw, object_pairs_hook=list) if raw.strip() else []
            plain = {str(name): "" if value is None else str(value) for name, value in row}
        except (ValueError, TypeError, RecursionError):
            problems.append(_wrong(line, "it is no JSON object", 'such as {"record": 12, "kept": true}'))
            continue
        if len(plain) < len(row):
            problems.append(_wrong(line, "a name is there twice", "leave one of them out"))
        elif plain:
            yield line, plain


def _line(ledger: Ledger, line: int, row: Mapping[str, str], problems: list[Problem]) -> OutcomeLine | None:
    """One line; what is wrong with it is added to ``problems``."""
    before = len(problems)
    kept, csat = row.get("kept", "").lower(), row.get("csat", "")
    if kept and kept not in _KEPT:
        problems.append(_wrong(line, f"`kept` is yes or no, not `{kept[:40]}`", "write yes where the customer stayed"))
    if csat and csat not in map(str, range(1, MOST_CSAT + 1)):
        message = f"`csat` is a whole number from 1 to {MOST_CSAT}, not `{csat[:40]}`"
        problems.append(_wrong(line, message, "leave it empty if unknown"))
    if not kept and not csat:
        problems.append(_wrong(line, "it says nothing", "give `kept`, `csat`, or both"))
    record = _record(ledger, line, row, problems)
    if len(problems) > before or record is None:
        return None
    return OutcomeLine(line, record, _KEPT[kept] if kept else None, int(csat) if csat else None)


def _record(ledger: Ledger, line: int, row: Mapping[str, str], problems: list[Problem]) -> str | None:
    """The id of the record that a line is about."""
    record, case = row.get("record", ""), row.get("case", "")
    if bool(record) is bool(case):
        problems.append(_wrong(line, "it names a record or a case, one of them", "give the number of the record, or the case"))
        return None
    try:
        found = contact_of(ledger, case) if case else _numbered(ledger, record) if record.isdigit() else ledger.record(record)
    except RemitError as error:
        problems.append(_wrong(line, str(error).splitlines()[0], "`remit log` lists what is on record"))
        return None
    if found.kind not in CONTACTS:
        problems.append(
            _wrong(line, f"record {found.seq} is no decision for a customer", "`remit log` lists what is on record")
        )
        return None
    return found.id


def _numbered(ledger: Ledger, number: str) -> Entry:
    if number.isascii() and len(number) <= _DIGITS and int(number) > 0:
        found = next(ledger.records(after=int(number) - 1, limit=1), None)
        if found is not None and found.seq == int(number):
            return found
    raise NotFound(f"there is no record {number[:40]}")


def _wrong(line: int, message: str, hint: str) -> Problem:
    return Problem("request/outcome", message, path=f"line {line}", hint=hint)
