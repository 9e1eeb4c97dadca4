"""The text of a file: where something is written, and changes that put a finding right. A change leaves every other character
as it was, or is not made at all."""

from __future__ import annotations

import re

from remit.authoring.checks.check import Edit
from remit.language.source import Source
from remit.policy.model import Model
from remit.policy.reading.yaml_reader import read_yaml
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar

__all__ = ["declared_key", "fact_node", "marked_personal", "role_on_ladder", "section_key", "without_entry", "without_item"]

_TYPE = re.compile(r"\{\s*type:\s*\w+(?=\s*[,}])")


def marked_personal(fact: YamlMap) -> Edit | None:
    """``personal: true`` in a fact that does not have the key."""
    text = fact.document.text
    if fact.flow:
        after_type = _TYPE.match(text, fact.start)
        if after_type is not None:
            return Edit(after_type.end(), after_type.end(), ", personal: true")
        return Edit(fact.start + 1, fact.start + 1, "personal: true, ")
    if not fact.entries:
        return None
    first, _ = next(iter(fact.entries.values()))
    line = text.rfind("\n", 0, first.start) + 1
    indent = text[line : first.start]
    return Edit(line, line, f"{indent}personal: true{_newline(text)}") if indent.isspace() else None


def without_item(source: Source | None) -> Edit | None:
    """No longer the row that stands at ``source``, where it is one line of a list: ``- [a, b]``."""
    if source is None or not source.offsets:
        return None
    text, start, end = source.document.text, source.offsets[0], source.offsets[-1] + 1
    line, after = _line(text, start)
    alone = re.fullmatch(r"[ ]*-[ ]+\[\s*[\"']?", text[line:start]) and re.fullmatch(
        r"[\"']?\s*\]\s*(#[^\n]*)?\n?", text[end:after]
    )
    return Edit(line, after, "") if alone else None


def without_entry(source: Source | None) -> Edit | None:
    """No longer the entry of a mapping whose key stands at ``source``, with the deeper lines that belong to it."""
    if source is None or not source.offsets:
        return None
    text = source.document.text
    line, after = _line(text, source.offsets[0])
    indent = text[line : source.offsets[0]]
    if indent.strip(" "):
        return None
    end = after
    while after < len(text):
        start, after = _line(text, after)
        inner = text[start:after]
        if inner.strip() and len(inner) - len(inner.lstrip(" ")) <= len(indent):
            break
        if inner.strip():
            end = after
    return Edit(line, end, "")


def _line(text: str, offset: int) -> tuple[int, int]:
    """Where the line at ``offset`` begins, and where the next one does."""
    end = text.find("\n", offset)
    return text.rfind("\n", 0, offset) + 1, len(text) if end < 0 else end + 1


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


# Where something is written, for what the model does not keep. Reads the file again, so only for findings.


def fact_node(model: Model, name: str) -> YamlMap | None:
    """How the fact ``name`` is written."""
    facts = _section(model, "facts")
    fact = facts.get(name) if isinstance(facts, YamlMap) else None
    return fact if isinstance(fact, YamlMap) else None


def role_on_ladder(model: Model, role: str) -> Source | None:
    """Where the ladder names ``role``."""
    ladder = _section(model, "ladder")
    for each in ladder if isinstance(ladder, YamlList) else ():
        if isinstance(each, YamlScalar) and each.text == role:
            return each.source()
    return None


def section_key(model: Model, name: str) -> Source | None:
    """Where a section of the policy begins."""
    root, _ = read_yaml(model.text, model.file)
    key = None if root is None else root.key(name)
    return None if key is None else key.source()


def declared_key(model: Model, section: str, name: str) -> Source | None:
    """Where ``name`` is declared in a section of the policy."""
    declared = _section(model, section)
    key = declared.key(name) if isinstance(declared, YamlMap) else None
    return None if key is None else key.source()


def _section(model: Model, name: str) -> YamlNode | None:
    root, _ = read_yaml(model.text, model.file)
    return None if root is None else root.get(name)
