"""What every shape can do, and the words in which it complains."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, TypeAlias

from remit.language.currencies import CURRENCIES
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlMap, YamlNode, YamlScalar

__all__ = ["Definitions", "JsonSchema", "Shape", "is_absent", "is_by_currency", "or_by_currency", "wrong_kind"]

JsonSchema: TypeAlias = dict[str, Any]

#: The named parts of a schema (``#/definitions/rule``), filled while it is made.
Definitions: TypeAlias = dict[str, JsonSchema]

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_KINDS = {"list": "a list", "mapping": "a mapping", "scalar": "a single value"}


class Shape(ABC):
    """What may stand at one place of a policy file. ``what`` names it in messages: "a list of roles"."""

    what: str

    @abstractmethod
    def read(self, node: YamlNode, name: str, report: ProblemReport) -> Any:
        """The content of ``node``, or ``None`` after reporting what is wrong. ``name`` is what the place is called, ready for a
        message: "`ladder`", "a row"."""

    def keys_inside(self) -> frozenset[str] | None:
        """The keys that it may have where it is a mapping; ``None`` where these are names that the author chooses."""
        return frozenset()

    def fits(self, node: YamlNode, report: ProblemReport) -> bool:
        """Whether ``node`` is right here; what is wrong is not told to ``report``."""
        trial = ProblemReport(report.document, report.is_stored)
        self.read(node, "it", trial)
        return not len(trial)

    def is_list(self) -> bool:
        """Whether it is a list, and a single value is none of its forms."""
        return False

    def is_text(self) -> bool:
        """Whether it is words for people."""
        return False

    @abstractmethod
    def schema(self, definitions: Definitions) -> JsonSchema:
        """The same as JSON Schema, draft-07."""


def or_by_currency(one: JsonSchema, definitions: Definitions) -> JsonSchema:
    """``one``, or a mapping of currencies to it (:mod:`remit.policy.shapes.by_currency`)."""
    definitions.setdefault(
        "by-currency",
        {
            "type": "object",
            "description": "What it is in each currency of a policy in several.",
            "propertyNames": {"pattern": "^[A-Z]{3}$"},
            "minProperties": 1,
        },
    )
    return {"anyOf": [one, {"$ref": "#/definitions/by-currency"}]}


def is_absent(node: YamlNode, name: str, report: ProblemReport, example: str | None = None) -> bool:
    """Whether nothing stands where something should (``title:`` or ``title: null``), which is reported; or whether what stands
    there was found to be broken before."""
    if not isinstance(node, YamlScalar):
        return False
    if node.broken:
        return True
    if not node.text.strip() or (node.style == "plain" and node.text in _NULLS):
        hint = f"write, for example, `{example}`" if example else "write it, or delete the key"
        if node.text in _NULLS and node.text and not example:
            hint = 'if it is FEEL\'s null that is meant, write `"null"`'
        comment = _comment_after(node)
        if comment is not None:
            hint = f"YAML takes `{comment}` for a comment: put it in quotes"
        if node.style in ("folded", "literal"):
            hint = "`>` and `|` begin a long text on the next lines; put a comparison such as `> 2` in quotes"
        report.error("policy/no-value", f"{name} has no value", node, hint)
        return True
    return False


def _comment_after(node: YamlScalar) -> str | None:
    """What stands on the line of an empty value from a `#` on that no blank follows: ``title: #1 in service``."""
    text = node.document.text
    line = text[node.end : text.find("\n", node.end) if "\n" in text[node.end :] else None].strip()
    return line if node.empty and line[:1] == "#" and line[1:2].strip() else None


def is_by_currency(node: YamlNode) -> bool:
    """Whether all keys of a mapping are currencies, in a policy in one (in one in several, none is left)."""
    return isinstance(node, YamlMap) and bool(node.entries) and all(key in CURRENCIES for key in node.entries)


def wrong_kind(node: YamlNode, name: str, what: str, report: ProblemReport, hint: str | None = None) -> None:
    """ProblemReport that ``node`` is a list, a mapping or a single value where something else belongs."""
    kind = _KINDS[node.kind]
    if is_by_currency(node):
        kind, hint = "a mapping of currencies", "to write it by currency, give the policy `currencies` instead of `currency`"
    if not is_absent(node, name, report, None if hint is None else hint.partition("`")[2].partition("`")[0]):
        report.error("policy/shape", f"{name} must be {what}, not {kind}", node, hint)
