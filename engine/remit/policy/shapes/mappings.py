"""Mappings with fixed keys: a fact, a rule, the policy itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Final

from remit.language.checking.type_words import any_of, capped
from remit.language.suggestions import closest
from remit.policy.reading.data import example_data
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlMap, YamlNode, YamlScalar
from remit.policy.shapes.base import Definitions, JsonSchema, Shape, is_by_currency, wrong_kind
from remit.policy.shapes.lost_lines import with_parts
from remit.policy.shapes.misplaced import gathered

__all__ = ["Fields", "Key", "Record"]


#: Words of other languages, and the keys that say the same here.
_OTHER_WORDS: Final = {
    **dict.fromkeys(("if", "condition", "conditions"), "when"),
    **dict.fromkeys(("reason", "why", "description"), "because"),
    **dict.fromkeys(("label", "name"), "title"),
    **dict.fromkeys(("message", "text"), "say"),
    **dict.fromkeys(("question", "prompt"), "ask"),
    **dict.fromkeys(("choices", "options", "enum"), "of"),
    **dict.fromkeys(("give", "allow", "grant"), "may"),
    **dict.fromkeys(("action", "effect"), "then"),
    **dict.fromkeys(("roles", "levels"), "ladder"),
    **dict.fromkeys(("limits", "budgets"), "caps"),
    **dict.fromkeys(("window", "period"), "over"),
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record. ``doc`` is what an editor shows when the pointer rests on it; ``examples`` are values in YAML."""

    name: str
    shape: Shape
    doc: str
    required: bool = False
    default: Any = None
    examples: tuple[str, ...] = ()

    def schema(self, definitions: Definitions) -> JsonSchema:
        """Its shape, with the words for people."""
        out = dict(self.shape.schema(definitions))
        if "$ref" in out:
            out = {"allOf": [out]}  # in draft-07 nothing may stand beside a reference
        out["description"] = self.doc
        if self.default is not None:
            out["default"] = self.default
        if self.examples:
            out["examples"] = [example_data(each) for each in self.examples]
        return out


@dataclass(frozen=True, slots=True)
class Fields:
    """What a record read: its values by key, and where they stand. What is absent or wrong is ``None``."""

    node: YamlMap
    values: Mapping[str, Any]

    def get(self, key: str) -> Any:
        """The value, or ``None``."""
        return self.values.get(key)

    def at(self, key: str) -> YamlNode:
        """Where the value of ``key`` stands (the record itself if it is not there)."""
        return self.node.get(key) or self.node

    def key(self, key: str) -> YamlNode:
        """Where the key itself stands."""
        return self.node.key(key) or self.node

    def given(self, key: str) -> bool:
        """Whether the author wrote the key, right or wrong."""
        return key in self.node.entries


@dataclass(frozen=True, slots=True)
class Record(Shape):
    """``name`` is what it is called in messages ("a rule") and, without the article, in the schema.

    ``one_of``: exactly one of these keys must be there. ``any_of``: at least one; ``unless`` says what else an author without
    any may have meant. ``needs``: a key that makes sense only beside another.
    """

    name: str
    keys: tuple[Key, ...]
    example: str
    doc: str = ""
    one_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    unless: str = ""
    needs: Mapping[str, str] = field(default_factory=dict)
    #: Keys of which there is at most one; whoever chooses between them tells.
    exclusive: tuple[str, ...] = ()
    what: str = "a mapping"
    #: The records of the lists under some keys: where a key belongs that an author has not indented.
    listed: Mapping[str, Record] = field(default_factory=dict)
    #: A key that shows that the whole belongs to another section, and that section.
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    _shapes: Mapping[str, Shape] = field(init=False, repr=False, compare=False)
    _required: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_shapes", {key.name: key.shape for key in self.keys})
        object.__setattr__(self, "_required", frozenset(key.name for key in self.keys if key.required))

    def read(self, node: YamlNode, name: str, report: ProblemReport) -> Fields | None:
        if not isinstance(node, YamlMap) or (is_by_currency(node) and self._shapes.keys().isdisjoint(node.entries)):
            what = f"a mapping with {any_of([key.name for key in self.keys if key.required] or self.one_of or self.any_of)}"
            wrong_kind(node, name, what if len(what) < 60 else "a mapping", report, f"write, for example, `{self.example}`")
            return None
        if not node.entries.keys() <= self._shapes.keys():
            node = with_parts(gathered(node, self._shapes, report), self._shapes, report)
        values: dict[str, Any] = {}
        there = set(node.entries)
        for key, value in node.entries.values():
            shape = self._shapes.get(key.text)
            if shape is not None:
                values[key.text] = shape.read(value, f"`{key.text}`", report)
            else:
                there.add(self._unknown(key, value, node, report))
            if key.text in self.elsewhere:
                return Fields(node, values)
        self._missing(node, there, report)
        self._together(node, there, report)
        return Fields(node, values)

    def _unknown(self, key: YamlScalar, value: YamlNode, node: YamlMap, report: ProblemReport) -> str:
        """ProblemReport a key that there is not; gives the one that was meant, so that it is not told to be missing as well."""
        if report.give_up():
            return ""
        head, colon, tail = key.text.partition(":")
        if colon and tail and isinstance(value, YamlScalar) and value.empty:
            message = f"there is no space after the colon of `{head}`"
            report.error("yaml/missing-space", message, key, f"write `{head}: {tail}`")
            return head
        names = [each.name for each in self.keys]
        free = [each for each in names if each not in node.entries]
        other = _OTHER_WORDS.get(key.text.lower())
        meant = other if other in free else None if report.full else closest(key.text, free) or closest(key.text, names)
        hint = f"did you mean `{meant}`?" if meant else f"{self.name} has {any_of(names, 'and')}"
        inner = self._belongs_in(key.text, node)
        if inner is not None:
            whose = inner.name.partition(" ")[2]
            hint = f"it is a key of {inner.name}: indent it as far as the `{inner.keys[0].name}` of its {whose}"
            meant = None
        section = self.elsewhere.get(key.text)
        if section is not None:
            hint = f"it is a key of `{section}`: move the whole item there"
        report.error("policy/unknown-key", f"{self.name} has no key `{capped(key.text)}`", key, hint)
        return meant or ""

    def _belongs_in(self, key: str, node: YamlMap) -> Record | None:
        """The record under one of the keys before this one, the last first, that has such a key; else any that has."""
        before = [name for name in takewhile(lambda name: name != key, node.entries) if name in self.listed]
        records = [self.listed[name] for name in (*reversed(before), *self.listed)]
        return next((record for record in records if any(each.name == key for each in record.keys)), None)

    def _missing(self, node: YamlMap, there: set[str], report: ProblemReport) -> None:
        if any(isinstance(value, YamlScalar) and value.broken for _, value in node.entries.values()):
            return  # it may be in what could not be read, which is told
        for key in self.keys if not there.issuperset(self._required) else ():
            if key.required and key.name not in there:
                example = f", for example `{key.name}: {key.examples[0]}`" if key.examples else ""
                report.error("policy/missing-key", f"{self.name} needs `{key.name}`", node, f"add it{example}")
        for one_of in (self.one_of, self.any_of):
            if one_of and not there.intersection(one_of):
                hint = f"for example `{self.example}`{self.unless}"
                report.error("policy/missing-key", f"{self.name} needs {any_of(one_of)}", node, hint)

    def _together(self, node: YamlMap, there: set[str], report: ProblemReport) -> None:
        given = [name for name in self.one_of if name in node.entries]
        if len(given) > 1:
            message = f"{self.name} has only one of {any_of(self.one_of, 'and')}"
            report.error("policy/one-of", message, node.key(given[-1]) or node, "keep one of them")
        for name, other in self.needs.items():
            if name in node.entries and other not in there:
                message = f"`{name}` makes sense only beside `{other}`"
                report.error("policy/needs-key", message, node.key(name) or node, f"add `{other}`, or delete it")

    def shapes(self) -> Mapping[str, Shape]:
        """What may stand under each key."""
        return self._shapes

    def required(self) -> frozenset[str]:
        """The keys that must be there."""
        return self._required

    def keys_inside(self) -> frozenset[str] | None:
        return frozenset(self._shapes)

    def schema(self, definitions: Definitions) -> JsonSchema:
        name = self.name.partition(" ")[2].replace(" ", "-")
        if name not in definitions:
            definitions[name] = {}  # its place in the order of the file, before the parts that it uses
            definitions[name] = self.definition(definitions)
        return {"$ref": f"#/definitions/{name}"}

    def definition(self, definitions: Definitions) -> JsonSchema:
        """The schema of the record itself, where :meth:`schema` refers to it."""
        out: JsonSchema = {"type": "object", "additionalProperties": False}
        if self.doc:
            out["description"] = self.doc
        out["properties"] = {key.name: key.schema(definitions) for key in self.keys}
        required = [key.name for key in self.keys if key.required]
        if required:
            out["required"] = required
        if self.one_of:
            out["oneOf"] = [{"required": [name]} for name in self.one_of]
        if self.any_of:
            out["anyOf"] = [{"required": [name]} for name in self.any_of]
        if self.exclusive:
            out["not"] = {"required": list(self.exclusive)}
        if self.needs:
            out["dependencies"] = {name: [other] for name, other in self.needs.items()}
        return out
