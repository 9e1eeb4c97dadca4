"""Names that an author may not take, and ids that must be there once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from remit.language.lexer import KEYWORDS
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlScalar
from remit.policy.shapes.mappings import Fields

__all__ = ["is_reserved", "unique"]

#: What is always there, or means something in a formula.
_TAKEN: Final = {
    "asked": "`asked` holds what is asked for",
    "limit": "`limit` holds what each role may give",
    "owed": "`owed` holds what the customer is owed",
    "occurred": "`occurred` is the day of the incident",
    "partial": "`partial` is a word of the language",
}
#: The same, but may be followed by a dot: a longer name that is declared comes first.
_TAKEN_ALONE: Final = {
    "item": "`item` is each element of a list that is filtered",
    "requested": "`requested` is the time of the request",
}
#: Words that only begin a phrase where something follows: `some x in`, `function(`.
_FREE: Final = frozenset(("some", "every", "for", "function"))
_EMPLOYEE: Final = ("employee.id", "employee.role", "employee")


def is_reserved(name: YamlScalar, what: str, report: ProblemReport) -> bool:
    """Whether a fact, value, role or remedy may not be called that, which is told."""
    head, *_ = parts = name.text.split(".")
    why = None
    if name.text in _EMPLOYEE:
        why = f"`{name.text}` is always there"
    elif head in _TAKEN and what in ("fact", "value"):
        why = _TAKEN[head]
    elif name.text in _TAKEN_ALONE and what in ("fact", "value") and not (name.text == "requested" and report.is_stored):
        why = _TAKEN_ALONE[name.text]
    else:
        word = next((part for part in parts if part in KEYWORDS - _FREE), None)
        why = f"`{word}` is a word of the language" if word else None
    if why:
        report.error("policy/reserved-name", f"a {what} cannot be called `{name.text}`: {why}", name, "choose another name")
    return why is not None


def unique(records: Iterable[Fields], what: str, report: ProblemReport) -> Iterator[tuple[Fields, str]]:
    """Each record with its id; those without one, or with one that is there before, are told and left out."""
    seen: dict[str, YamlScalar] = {}
    for record in records:
        name: YamlScalar | None = record.get("id")
        if name is None:
            yield record, ""
        elif name.text in seen:
            line = seen[name.text].place().line
            message = f"there are two {what} `{name.text}`; the first is on line {line}"
            report.error("policy/duplicate", message, name, "give each an id of its own")
            yield record, ""
        else:
            seen[name.text] = name
            yield record, name.text
