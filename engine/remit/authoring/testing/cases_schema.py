"""``cases.schema.json``: what an editor needs to complete, explain and check the cases of a policy while they are written.

It is made from the tables of ``casefile.py``, which the reader goes by, and is draft-07, which the YAML language server
understands. What depends on the policy (the names of its facts, remedies and roles) is for ``remit test`` to check. Run
``python -m remit.authoring.testing.cases_schema`` after changing a table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from remit.authoring.testing.casefile import ACTIONS, EXPECTATIONS, GIVEN_KEYS, OUTCOMES

__all__ = ["cases_schema", "schema_text"]

_Schema = dict[str, Any]

_TEXT: Final[_Schema] = {"type": "string", "pattern": r"\S", "patternErrorMessage": "write some text"}
_MAPPING: Final[_Schema] = {"type": "object"}
_WORDS: Final[_Schema] = {"type": ["array", "string", "null"], "items": {"type": "string"}}
_MOMENT: Final[_Schema] = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:?\d{2}(:?\d{2})?)$",
    "patternErrorMessage": "write a date and time with its distance from UTC: 2026-07-01T10:00:00+02:00",
    "description": "When the step is taken, or when the case is decided.",
}
#: What each key may hold, where it is not just any value.
_GIVEN: Final[Mapping[str, _Schema]] = {
    **dict.fromkeys(("given", "facts", "employee", "asked", "balances", "history", "sources"), _MAPPING),
    "role": _TEXT,
    "evidence": _WORDS,
    "story": _TEXT,
    "use_discretion": {"type": "boolean"},
    "occurred": {"type": "string"},
    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
}
_EXPECTED: Final[Mapping[str, _Schema]] = {
    "outcome": {"type": "string", "enum": list(OUTCOMES)},
    **dict.fromkeys(("limits", "owed", "available", "offers", "still_owed", "charges"), _MAPPING),
    **dict.fromkeys(("reasons", "not_reasons", "missing", "evidence", "obligations", "say"), _WORDS),
    "approver": {"type": ["string", "null"]},
    "gap": {"type": "boolean"},
}


def cases_schema() -> _Schema:
    """The schema as plain data."""
    given = _keys(GIVEN_KEYS, _GIVEN)
    expect = _object(
        _keys(EXPECTATIONS, _EXPECTED), description="What the decision must be; what is not named is not looked at."
    )
    name = {**_TEXT, "description": "What the case shows, in a few words."}
    do = {"type": "string", "enum": list(ACTIONS), "default": "decide", "description": "What the step does."}
    of = {"type": "integer", "minimum": 1, "description": "The step that is settled, released or voided, counted from 1."}
    step = _object({**given, "at": _MOMENT, "do": do, "of": of, "expect": expect})
    steps = {"type": "array", "items": step, "description": "One request after the other, on a fresh ledger."}
    cases = {
        "type": "array",
        "minItems": 1,
        "items": {"$ref": "#/definitions/case"},
        "description": "The cases, one after the other.",
    }
    case = _object({"name": name, **given, "at": _MOMENT, "expect": expect, "steps": steps}, ["name"])
    case["oneOf"] = [{"required": ["expect"]}, {"required": ["steps"]}]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "urn:remit:cases:1",
        "title": "The cases of a policy of remit, version 1",
        **_object(
            {
                "policy": {
                    **_TEXT,
                    "description": "The file of the policy, beside this one. Without it, the one of the same name.",
                },
                "defaults": _object(given, description="What holds for every case that does not say otherwise."),
                "cases": cases,
            },
            ["cases"],
        ),
        "definitions": {"case": case},
    }


def _keys(words: Mapping[str, str], shapes: Mapping[str, _Schema]) -> _Schema:
    return {key: {**shapes.get(key, {}), "description": f"{said[0].upper()}{said[1:]}."} for key, said in words.items()}


def _object(properties: _Schema, required: list[str] | None = None, **more: str) -> _Schema:
    out: _Schema = {"type": "object", "additionalProperties": False, **more, "properties": properties}
    return {**out, "required": required} if required else out


def schema_text() -> str:
    """The content of the file."""
    return json.dumps(cases_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("cases.schema.json").write_text(schema_text(), encoding="utf-8")
