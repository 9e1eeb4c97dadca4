"""Words for people, in one language or in several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlMap, YamlNode, YamlScalar
from remit.policy.shapes.base import Definitions, JsonSchema, Shape
from remit.policy.shapes.misplaced import whole_texts
from remit.policy.shapes.scalar_shapes import Pattern, Text

__all__ = ["LANGUAGE", "ByLanguage", "LocalText"]

#: A language as BCP 47 writes it: the language, its script where that is needed, and the country or region.
LANGUAGE: Final = Pattern(
    "a language such as `en` or `pt-BR`",
    "[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?",
    "write the tag of the language in small letters, and the country in capitals: `de`, `de-AT`",
    "en",
    code="policy/language",
    aliases={
        "english": "en",
        "german": "de",
        "deutsch": "de",
        "french": "fr",
        "spanish": "es",
        "italian": "it",
        "dutch": "nl",
        "portuguese": "pt",
        "polish": "pl",
        "danish": "da",
        "swedish": "sv",
        "chinese": "zh",
        "japanese": "ja",
    },
)


class _Languages:
    """All words that may be the tag of a language."""

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and LANGUAGE.matches(word)


@dataclass(frozen=True, slots=True)
class ByLanguage:
    """One text in several languages, each with the tag as it is written."""

    texts: Mapping[str, tuple[YamlScalar, str | None]]


@dataclass(frozen=True, slots=True)
class LocalText(Shape):
    """Words for people: one text, or a mapping of languages to texts. Gives text or :class:`ByLanguage`."""

    what: str = "text, or one for each language"
    example: str | None = None
    longest: int = 2_000

    def read(self, node: YamlNode, name: str, report: ProblemReport) -> str | ByLanguage | None:
        text = Text(self.what, self.example, self.longest)
        if not isinstance(node, YamlMap):
            return text.read(node, name, report)
        if not node.entries:
            report.error("policy/empty", f"{name} is empty", node, f"write, for example, `{self.example}`")
            return None
        entries = whole_texts(node, node.entries, _Languages(), report).entries.values()
        known = {tag.text: (tag, text.read(value, f"`{tag.text}`", report)) for tag, value in entries}
        return ByLanguage({tag: found for tag, found in known.items() if LANGUAGE.read_key(found[0], report)})

    def is_text(self) -> bool:
        return True

    def schema(self, definitions: Definitions) -> JsonSchema:
        name = "text" if self.longest == LocalText().longest else f"text-{self.longest}"
        if name not in definitions:
            one = Text(longest=self.longest).schema(definitions)
            names = {"pattern": f"^(?:{LANGUAGE.pattern})$", "patternErrorMessage": LANGUAGE.hint}
            several = {"type": "object", "propertyNames": names, "additionalProperties": one, "minProperties": 1}
            definitions[name] = {"anyOf": [one, several]}
        return {"$ref": f"#/definitions/{name}"}
