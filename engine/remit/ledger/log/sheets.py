"""Records as rows: CSV and Parquet, with the same columns. For reading: what is personal or masked is hidden, unless
it is asked for."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final
from unicodedata import normalize

from remit.errors import MissingExtra
from remit.ledger.log.canonical import encode
from remit.ledger.log.entry import WORDS, Entry
from remit.ledger.stores.private_files import make_private, write_text

__all__ = ["Column", "SheetWriter", "record_columns", "writer_for"]

_BATCH: Final = 1_000
#: Where a cell begins so, behind anything that is not seen, a spreadsheet may run it. Some read full-width signs as these.
_FORMULA: Final = ("=", "+", "-", "@")


def _policy(part: str) -> Callable[[Entry], Any]:
    return lambda entry: (entry.body.get("policy") or {}).get(part)


def _decision(part: str) -> Callable[[Entry], Any]:
    return lambda entry: (entry.body.get("decision") or {}).get(part)


def _json(read: Callable[[Entry], Any]) -> Callable[[Entry], Any]:
    def text(entry: Entry) -> str | None:
        value = read(entry)
        return encode(value) if value else None

    return text


def _limits(entry: Entry) -> Any:
    return {name: each["limit"] for name, each in (_decision("remedies")(entry) or {}).items()}


def _owed(entry: Entry) -> Any:
    return {name: each["owed"] for name, each in (_decision("remedies")(entry) or {}).items()}


def _reasons(entry: Entry) -> Any:
    return [f"{each['kind']}:{each['id']}" for each in _decision("reasons")(entry) or ()]


def _given(entry: Entry) -> Any:
    if entry.kind == "settle":
        return entry.body["given"]
    return _decision("asked")(entry) if entry.granted else None


#: The type of a column, and how it is read. Types: ``int``, ``str``, ``Decimal`` (an exact number with at most four decimals).
Column = tuple[type, Callable[[Any], Any]]
SheetWriter = Callable[[Path, Mapping[str, Column], Iterable[Any], bool], int]


def _words(name: str, reveal: bool) -> Callable[[Entry], Any]:
    return lambda entry: entry.words(name, reveal=reveal)


def record_columns(*, reveal: bool) -> dict[str, Column]:
    """Name -> column. Lists and mappings are JSON text."""
    shown: dict[str, Callable[[Entry], Any]] = {name: _words(name, reveal) for name in WORDS}
    shown["facts"] = _json(lambda entry: entry.facts(reveal=reveal))
    return {**_COLUMNS, **{name: (str, read) for name, read in shown.items()}}


_COLUMNS: Final[dict[str, Column]] = {
    "seq": (int, lambda entry: entry.seq),
    "id": (str, lambda entry: entry.id),
    "kind": (str, lambda entry: entry.kind),
    "tried": (str, lambda entry: entry.body.get("tried")),
    "recorded": (str, lambda entry: entry.body["recorded"]),
    "occurred": (str, lambda entry: entry.body.get("occurred")),
    "employee": (str, lambda entry: entry.employee),
    "role": (str, lambda entry: entry.role),
    "case": (str, lambda entry: entry.case),
    "policy": (str, _policy("id")),
    "version": (str, _policy("version")),
    "digest": (str, _policy("digest")),
    "outcome": (str, _decision("outcome")),
    "asked": (str, _json(_decision("asked"))),
    "given": (str, _json(_given)),
    "limits": (str, _json(_limits)),
    "owed": (str, _json(_owed)),
    "reasons": (str, _json(_reasons)),
    "charges": (str, _json(_decision("charges"))),
    "discretion": (str, _decision("discretion")),
    "approver": (str, _decision("approver")),
    "gap": (str, lambda entry: None if _decision("gap")(entry) is None else str(_decision("gap")(entry)).lower()),
    "of": (str, lambda entry: entry.of),
    "key": (str, lambda entry: entry.body.get("key")),
    "act": (str, lambda entry: entry.act),
    "verdict": (str, lambda entry: entry.body.get("verdict")),
    "cause": (str, lambda entry: entry.body.get("cause")),
    "result": (str, lambda entry: entry.body.get("result")),
    "evidence": (str, _json(lambda entry: (entry.body.get("request") or {}).get("evidence"))),
}


def writer_for(path: Path) -> SheetWriter:
    """What writes to a file of this ending: ``.csv`` or ``.parquet``. It is given the path, the columns, the rows, and whether
    the file is for its owner alone, and gives how many rows there were."""
    return _write_parquet if path.suffix == ".parquet" else _write_csv


def _write_csv(path: Path, columns: Mapping[str, Column], rows: Iterable[Any], private: bool) -> int:
    count = 0
    with write_text(path, private=private) as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(read(row)) for _, read in columns.values()])
            count += 1
    return count


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return f"'{value}" if isinstance(value, str) and _runs(value) else value


def _runs(text: str) -> bool:
    """Whether ``text`` begins as a formula does, or with a tab or the end of a line, behind which some look for one."""
    seen = (char for char in text if not char.isspace() and char.isprintable())
    return normalize("NFKC", next(seen, "")).startswith(_FORMULA) or text.startswith(("\t", "\r", "\n"))


def _write_parquet(path: Path, columns: Mapping[str, Column], rows: Iterable[Any], private: bool) -> int:
    """Needs the extra ``remit[parquet]``."""
    try:
        import pyarrow  # type: ignore[import-untyped]
        from pyarrow import parquet
    except ImportError:
        raise MissingExtra("a Parquet export", "parquet") from None
    types = {int: pyarrow.int64(), str: pyarrow.string(), Decimal: pyarrow.decimal128(38, 4)}
    schema = pyarrow.schema([(name, types[kind]) for name, (kind, _) in columns.items()])
    count = 0
    if private:
        make_private(path)
    with parquet.ParquetWriter(path, schema) as writer:
        left = iter(rows)
        while batch := list(islice(left, _BATCH)):
            found = [[read(row) for row in batch] for _, read in columns.values()]
            writer.write_table(pyarrow.table(found, schema=schema))
            count += len(batch)
    return count
