"""``requires`` and ``evidence``: what must be on file before a grant counts."""

from __future__ import annotations

from typing import Final

from remit.policy.load_context import Context
from remit.policy.model import Evidence, Requirement
from remit.policy.reading.yaml_tree import YamlScalar
from remit.policy.sections.condition_section import read_condition
from remit.policy.shapes.collections import ListOf, MapOf
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.scalar_shapes import Text
from remit.policy.shapes.word_forms import ID, WHEN

__all__ = ["EVIDENCE_KEY", "KEY", "read_evidence", "read_requires"]

EVIDENCE: Final = Record(
    "a kind of evidence",
    (Key("title", Text(example="A photo of the damage", longest=200), "What it is called for people.", True),),
    "photo: {title: A photo of the damage}",
    "A kind of evidence that may be on file.",
)
EVIDENCE_KEY: Final = Key(
    "evidence",
    MapOf(ID, EVIDENCE, "a mapping of names to kinds of evidence", EVIDENCE.example),
    "What each kind of evidence is called for people. Only needed where the name does not say it.",
)
REQUIREMENT: Final = Record(
    "a requirement",
    (
        Key("when", WHEN, "When it holds; always, if left out.", examples=("asked.credit > 30 EUR",)),
        Key(
            "evidence",
            ListOf(ID, "a list of names", "a kind of evidence", "[note]"),
            "What must be on file.",
            True,
            examples=("[note]",),
        ),
    ),
    '{when: "asked.credit > 30 EUR", evidence: [note]}',
    "Evidence that must be on file before a grant counts.",
)
KEY: Final = Key(
    "requires",
    ListOf(REQUIREMENT, "a list of requirements", "a requirement", f"- {REQUIREMENT.example}"),
    "What must be on file before a grant counts.",
)


def read_requires(policy: Fields, context: Context) -> tuple[Requirement, ...]:
    """The requirements in the order of the file."""
    return tuple(
        Requirement(read_condition(fields, context), tuple(dict.fromkeys(each.text for each in fields.get("evidence") or [])))
        for fields in policy.get("requires") or []
    )


def read_evidence(policy: Fields, requires: tuple[Requirement, ...]) -> dict[str, Evidence]:
    """Every kind of evidence that is declared or required; one that is not declared is called by its name."""
    written: list[tuple[YamlScalar, Fields | None]] = policy.get("evidence") or []
    out = {
        name.text: Evidence(name.text, (fields.get("title") if fields else None) or _title(name.text))
        for name, fields in written
    }
    for requirement in requires:
        for name in requirement.evidence:
            out.setdefault(name, Evidence(name, _title(name)))
    return out


def _title(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()
