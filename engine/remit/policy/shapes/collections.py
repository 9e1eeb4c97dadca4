"""Lists, and mappings from names that the author chose."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from remit.language.checking.type_words import capped
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar
from remit.policy.shapes.base import Definitions, JsonSchema, Shape, wrong_kind
from remit.policy.shapes.scalar_shapes import Pattern

__all__ = ["MOST_ENTRIES", "ByKind", "ListOf", "Located", "MapOf"]


#: How many entries a list or mapping may have unless it says otherwise: more than anybody writes, few enough to compare
#: every name with every other.
MOST_ENTRIES: Final = 1_000


def _not_too_many(node: YamlNode, count: int, most: int, name: str, report: ProblemReport) -> None:
    if count > most:
        message = f"{name} has {count:,} entries; at most {most:,} are read"
        report.error("policy/too-many", message, node, "split the policy into several")


@dataclass(frozen=True, slots=True)
class ListOf(Shape):
    """A list of ``item``. Gives what its items give, without those that are wrong."""

    item: Shape
    what: str
    item_name: str
    example: str | None = None
    least: int = 1
    most: int = MOST_ENTRIES

    def read(self, node: YamlNode, name: str, report: ProblemReport) -> list[Any] | None:
        if not isinstance(node, YamlList):
            hint = f"write, for example, `{self.example}`" if self.example else None
            if isinstance(node, YamlScalar) and node.plain and node.text.startswith("-"):
                hint = "put a space after the dash of each item"
            elif isinstance(node, YamlScalar) and ", " in node.text:
                hint = f"write `[{capped(node.text)}]`"
            wrong_kind(node, name, self.what, report, hint)
            return None
        if len(node.items) < self.least:
            what = "is empty" if not node.items else f"has only {len(node.items)}"
            hint = f"write, for example, `{self.example}`" if self.example else "write an item, or delete the key"
            report.error("policy/empty", f"{name} {what}; it needs at least {self.least}", node, hint)
            return None
        _not_too_many(node, len(node.items), self.most, name, report)
        found = (self.item.read(each, self.item_name, report) for each in node.items[: self.most])
        return [each for each in found if each is not None]

    def is_list(self) -> bool:
        return True

    def schema(self, definitions: Definitions) -> JsonSchema:
        out: JsonSchema = {"type": "array", "items": self.item.schema(definitions)}
        if self.least:
            out["minItems"] = self.least
        out["maxItems"] = self.most
        return out


@dataclass(frozen=True, slots=True)
class MapOf(Shape):
    """A mapping whose keys are names. Gives pairs of key and what the value gives (``None`` where that is wrong)."""

    key: Pattern
    value: Shape
    what: str
    example: str | None = None
    least: int = 0
    most: int = MOST_ENTRIES

    def read(self, node: YamlNode, name: str, report: ProblemReport) -> list[tuple[YamlScalar, Any]] | None:
        if not isinstance(node, YamlMap):
            wrong_kind(node, name, self.what, report, f"write, for example, `{self.example}`" if self.example else None)
            return None
        if len(node.entries) < self.least:
            hint = f"write, for example, `{self.example}`" if self.example else "write an entry, or delete the key"
            report.error("policy/empty", f"{name} is empty", node, hint)
            return None
        out: list[tuple[YamlScalar, Any]] = []
        _not_too_many(node, len(node.entries), self.most, name, report)
        for key, value in islice(node.entries.values(), self.most):
            if self.key.read_key(key, report):
                out.append((key, self.value.read(value, f"`{key.text}`", report)))
        return out

    def keys_inside(self) -> frozenset[str] | None:
        return None

    def schema(self, definitions: Definitions) -> JsonSchema:
        names = {"pattern": f"^(?:{self.key.pattern})$", "patternErrorMessage": self.key.hint}
        out: JsonSchema = {"type": "object", "propertyNames": names, "additionalProperties": self.value.schema(definitions)}
        if self.least:
            out["minProperties"] = self.least
        out["maxProperties"] = self.most
        return out


@dataclass(frozen=True, slots=True)
class ByKind(Shape):
    """One shape where a single value stands, another for a list, another for a mapping; those left out are wrong."""

    what: str
    scalar: Shape | None = None
    list: Shape | None = None
    mapping: Shape | None = None
    hint: str | None = None

    def read(self, node: YamlNode, name: str, report: ProblemReport) -> Any:
        shape: Shape | None = getattr(self, node.kind)
        if shape is None and self.list is not None and isinstance(node, YamlScalar):
            return self.list.read(node, name, report)  # which says how what was written becomes a list
        if shape is None:
            wrong_kind(node, name, self.what, report, self.hint)
            return None
        return shape.read(node, name, report)

    def is_list(self) -> bool:
        return self.scalar is None and self.list is not None

    def keys_inside(self) -> frozenset[str] | None:
        return frozenset() if self.mapping is None else self.mapping.keys_inside()

    def schema(self, definitions: Definitions) -> JsonSchema:
        shapes = (self.scalar, self.list, self.mapping)
        return {"anyOf": [shape.schema(definitions) for shape in shapes if shape is not None]}


@dataclass(frozen=True, slots=True)
class Located(Shape):
    """Gives a pair of the node and what ``shape`` gives for it (``None`` where that is wrong)."""

    shape: Shape
    what: str = ""

    def read(self, node: YamlNode, name: str, report: ProblemReport) -> tuple[YamlNode, Any]:
        return node, self.shape.read(node, name, report)

    def schema(self, definitions: Definitions) -> JsonSchema:
        return self.shape.schema(definitions)
