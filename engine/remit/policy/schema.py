"""``policy.schema.json``: what an editor needs to complete, explain and check a policy while it is written.

The schema is made from the same shapes that the loader reads with, so the two agree. It is draft-07, which the YAML language
server understands. Run ``python -m remit.policy.schema`` after changing a shape; with ``--check`` it only says whether the file
is up to date.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from remit.policy.outline import POLICY
from remit.policy.shapes.base import Definitions, JsonSchema

__all__ = ["SCHEMA_FILE", "main", "policy_schema", "schema_text"]

#: Where the schema is kept, beside this module; it is shipped with the package.
SCHEMA_FILE: Final = Path(__file__).with_name("policy.schema.json")


def policy_schema() -> JsonSchema:
    """The schema as plain data."""
    definitions: Definitions = {}
    policy = POLICY.definition(definitions)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "urn:remit:policy:1",
        "title": "A policy of remit, version 1",
        **policy,
        "definitions": definitions,
    }


def schema_text() -> str:
    """The content of the file."""
    return json.dumps(policy_schema(), indent=2, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str] = ()) -> int:
    """Write the file, or with ``--check`` compare it. Gives the exit code."""
    text = schema_text()
    if "--check" not in arguments:
        SCHEMA_FILE.write_text(text, encoding="utf-8")
        return 0
    if SCHEMA_FILE.exists() and SCHEMA_FILE.read_text(encoding="utf-8") == text:
        return 0
    print(f"{SCHEMA_FILE.name} is not up to date: run `python -m remit.policy.schema`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
