"""Records as rows: CSV and Parquet, with the same columns. For reading: what is personal or masked is hidden."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final
from unicodedata import normalize

from remit.errors import MissingExtra
from remit.ledger.log.canonical import encode
from remit.ledger.log.entry import Entry
from remit.ledger.stores.private_files import write_text

__all__ = ["COLUMNS", "write_csv", "write_parquet"]

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


#: Column -> (is it a whole number, how it is read). Lists and mappings are JSON text.
COLUMNS: Final[dict[str, tuple[bool, Callable[[Entry], Any]]]] = {
    "seq": (True, lambda entry: entry.seq),
    "id": (False, lambda entry: entry.id),
    "kind": (False, lambda entry: entry.kind),
    "tried": (False, lambda entry: entry.body.get("tried")),
    "recorded": (False, lambda entry: entry.body["recorded"]),
    "occurred": (False, lambda entry: entry.body.get("occurred")),
    "employee": (False, lambda entry: entry.employee),
    "role": (False, lambda entry: entry.role),
    "case": (False, lambda entry: entry.case),
    "policy": (False, _policy("id")),
    "version": (False, _policy("version")),
    "digest": (False, _policy("digest")),
    "outcome": (False, _decision("outcome")),
    "asked": (False, _json(_decision("asked"))),
    "given": (False, _json(_given)),
    "limits": (False, _json(_limits)),
    "owed": (False, _json(_owed)),
    "reasons": (False, _json(_reasons)),
    "charges": (False, _json(_decision("charges"))),
    "discretion": (False, _decision("discretion")),
    "approver": (False, _decision("approver")),
    "gap": (False, lambda entry: None if _decision("gap")(entry) is None else str(_decision("gap")(entry)).lower()),
    "of": (False, lambda entry: entry.of),
    "key": (False, lambda entry: entry.body.get("key")),
    "act": (False, lambda entry: entry.act),
    "verdict": (False, lambda entry: entry.body.get("verdict")),
    "cause": (False, lambda entry: entry.body.get("cause")),
    "result": (False, lambda entry: entry.body.get("result")),
    "facts": (False, _json(lambda entry: entry.facts())),
}


def write_csv(path: Path, entries: Iterator[Entry]) -> int:
    """Write a header and a row per record. Gives how many."""
    count = 0
    with write_text(path) as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for entry in entries:
            writer.writerow([_cell(read(entry)) for _, read in COLUMNS.values()])
            count += 1
    return count


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and _runs(value) else value


def _runs(text: str) -> bool:
    """Whether ``text`` begins as a formula does, or with a tab or the end of a line, behind which some look for one."""
    seen = (char for char in text if not char.isspace() and char.isprintable())
    return normalize("NFKC", next(seen, "")).startswith(_FORMULA) or text.startswith(("\t", "\r", "\n"))


def write_parquet(path: Path, entries: Iterator[Entry]) -> int:
    """Write a Parquet file. Gives how many rows. Needs the extra ``remit[parquet]``."""
    try:
        import pyarrow  # type: ignore[import-untyped]
        from pyarrow import parquet
    except ImportError:
        raise MissingExtra("a Parquet export", "parquet") from None
    schema = pyarrow.schema([(name, pyarrow.int64() if whole else pyarrow.string()) for name, (whole, _) in COLUMNS.items()])
    count = 0
    with parquet.ParquetWriter(path, schema) as writer:
        while batch := list(islice(entries, _BATCH)):
            columns = [[read(entry) for entry in batch] for _, read in COLUMNS.values()]
            writer.write_table(pyarrow.table(columns, schema=schema))
            count += len(batch)
    return count
