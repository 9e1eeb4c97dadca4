"""The published JSON Schemas: of a policy, its cases, a roster, a request, a decision, a record, and allowed changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

__all__ = ["CALLED", "SCHEMAS", "schema", "schema_file"]

#: What there are schemas of, and the package in which each is kept as ``NAME.schema.json``.
SCHEMAS: Final = {
    "policy": "policy",
    "cases": "authoring/testing",
    "roster": "ledger/people",
    "request": "decision",
    "decision": "decision",
    "record": "ledger",
    "allow": "authoring/proving/change",
}

#: What fits a schema, where that is not its name.
CALLED: Final = {"cases": "file of cases", "allow": "file of allowed changes"}


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a ``policy``, ``cases`` (a test file), ``roster``, ``request``, ``decision``, ``record`` (of the
    ledger) or ``allow`` (the changes of a policy that are meant), as plain data of your own.

    Its ``$id`` stays the same until something that fitted fits no longer. Raises ``ValueError`` for another name.

    >>> schema("decision")["$id"]
    'urn:remit:decision:1'
    """
    loaded: dict[str, Any] = json.loads(schema_file(name).read_text(encoding="utf-8"))
    return loaded


def schema_file(name: str) -> Path:
    """Where the schema is kept, for an editor's settings. Raises ``ValueError``."""
    if name not in SCHEMAS:
        raise ValueError(f"there is no schema `{name}`; there are {', '.join(SCHEMAS)}")
    return Path(__file__).parent / SCHEMAS[name] / f"{name}.schema.json"
