"""What the JSON Schema of SARIF 2.1.0 (OASIS, errata 01) asks of the parts that remit writes: required properties, no others,
enumerations, and the least values of regions."""

from __future__ import annotations

from typing import Any, Final

import jsonschema

__all__ = ["problems_of"]


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    """SARIF's objects are closed: each may have a bag of ``properties`` of its own, and nothing that is not named."""
    bag = {"properties": {"type": "object"}}
    return {"type": "object", "required": list(required), "properties": {**properties, **bag}, "additionalProperties": False}


_TEXT: Final = {"type": "string"}
#: A URI reference (RFC 3986): no blanks, backslashes or letters outside ASCII, and every `%` begins an escape.
_URI: Final = {"type": "string", "pattern": r"^(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$"}
_POSITION: Final = {"type": "integer", "minimum": 1}
_MESSAGE: Final = {**_object((), text=_TEXT, markdown=_TEXT, id=_TEXT), "anyOf": [{"required": ["text"]}, {"required": ["id"]}]}
_WORDS: Final = _object(("text",), text=_TEXT, markdown=_TEXT)

_RULE: Final = _object(
    ("id",), id=_TEXT, name=_TEXT, shortDescription=_WORDS, fullDescription=_WORDS, help=_WORDS, helpUri=_URI
)
_DRIVER: Final = _object(
    ("name",),
    name={"type": "string", "minLength": 1},
    version=_TEXT,
    semanticVersion=_TEXT,
    informationUri=_URI,
    rules={"type": "array", "uniqueItems": True, "items": _RULE},
)
_REGION: Final = _object((), startLine=_POSITION, startColumn=_POSITION, endLine=_POSITION, endColumn=_POSITION, snippet=_WORDS)
_PHYSICAL: Final = {
    **_object((), artifactLocation=_object((), uri=_URI, uriBaseId=_TEXT), region=_REGION),
    "anyOf": [{"required": ["address"]}, {"required": ["artifactLocation"]}],
}
_RESULT: Final = _object(
    ("message",),
    ruleId=_TEXT,
    ruleIndex={"type": "integer", "minimum": -1},
    kind={"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
    level={"enum": ["none", "note", "warning", "error"]},
    message=_MESSAGE,
    locations={"type": "array", "items": _object((), physicalLocation=_PHYSICAL)},
)
_RUN: Final = _object(
    ("tool",),
    tool=_object(("driver",), driver=_DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": _RESULT},
)
_SCHEMA: Final = _object(
    ("version", "runs"), **{"$schema": _URI}, version={"enum": ["2.1.0"]}, runs={"type": "array", "items": _RUN}
)


def problems_of(log: Any) -> list[str]:
    """Where ``log``, read from JSON, is no SARIF, each with its path; first what its schema says, then what it cannot say."""
    found = [f"{error.json_path}: {error.message}" for error in jsonschema.Draft7Validator(_SCHEMA).iter_errors(log)]
    return found or [problem for run in log["runs"] for problem in _of_run(run)]


def _of_run(run: dict[str, Any]) -> list[str]:
    """What the standard says in words: rules are referred to rightly (3.52.4), and regions are not empty (3.30)."""
    rules, out = [rule["id"] for rule in run["tool"]["driver"].get("rules", [])], []
    for at, result in enumerate(run.get("results", [])):
        index = result.get("ruleIndex", -1)
        if index >= 0 and rules[index : index + 1] != [result["ruleId"]]:
            out.append(f"results[{at}]: rule {index} is not `{result['ruleId']}`")
        for location in result.get("locations", []):
            region = location["physicalLocation"].get("region", {})
            if region.get("endLine", region.get("startLine")) == region.get("startLine") and (
                region.get("endColumn", 2**31) <= region.get("startColumn", 1)
            ):
                out.append(f"results[{at}]: nothing is in its region")
    return out
