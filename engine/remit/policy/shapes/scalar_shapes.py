"""Single values: text, words, amounts, days, formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from unicodedata import combining, normalize

from remit.language.checking.type_words import any_of, capped
from remit.language.suggestions import closest
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.traps import Trap, trap_of
from remit.policy.reading.yaml_tree import YamlNode, YamlScalar
from remit.policy.shapes.base import Definitions, JsonSchema, Shape, is_absent, or_by_currency, wrong_kind

__all__ = ["Day", "FormulaShape", "OneOf", "Pattern", "Text", "TruthShape", "scalar_of", "trapped"]

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def scalar_of(node: YamlNode, name: str, what: str, report: ProblemReport, example: str | None = None) -> YamlScalar | None:
    """``node`` if it is a single value that says something; otherwise that is reported."""
    if not isinstance(node, YamlScalar):
        wrong_kind(node, name, what, report, f"write, for example, `{example}`" if example else None)
        return None
    return None if is_absent(node, name, report, example) else node


def trapped(node: YamlScalar, trap: Trap, report: ProblemReport) -> None:
    """ProblemReport that other readers of the file take ``node`` for something else."""
    message = f"without quotes, YAML reads `{node.text}` as {trap.meaning}"
    report.error(trap.code, message, node, f'if it is meant as text, write `"{node.text}"`')


@dataclass(frozen=True, slots=True)
class Text(Shape):
    """Words for people."""

    what: str = "text"
    example: str | None = None
    longest: int = 2_000

    def read(self, node: YamlNode, name: str, report: ProblemReport) -> str | None:
        scalar = scalar_of(node, name, self.what, report, self.example)
        if scalar is None:
            return None
        trap = trap_of(scalar, report.is_stored)
        if trap is not None:
            trapped(scalar, trap, report)
            return None
        text = scalar.text.strip()
        if len(text) > self.longest:
            report.error(
                "policy/too-long", f"{name} is longer than {self.longest:,} characters", scalar, "say it in fewer words"
            )
            return None
        return text

    def is_text(self) -> bool:
        return True

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {"type": "string", "pattern": r"\S", "maxLength": self.longest, "patternErrorMessage": "write some text"}


@dataclass(frozen=True, slots=True)
class Pattern(Shape):
    """Text of a fixed form: a name, an amount, a window of time. Gives the scalar, whose ``text`` fits."""

    what: str
    pattern: str
    hint: str
    example: str | None = None
    code: str = "policy/form"
    choice: bool = False  #: whether it is a word that is compared with what an app sends
    numbers: bool = False  #: whether a plain number may stand for the text of it (``max: 20000``)
    by_currency: bool = False  #: whether it holds an amount, which may be another in each currency
    aliases: Mapping[str, str] = field(default_factory=dict)  #: what people write for it, and what they mean
    _compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", re.compile(self.pattern))

    def read(self, node: YamlNode, name: str, report: ProblemReport) -> YamlScalar | None:
        scalar = scalar_of(node, name, self.what, report, self.example)
        if scalar is None:
            return None
        trap = trap_of(scalar, report.is_stored or not self.choice)
        fits = self.matches(scalar.text)
        if trap is not None and (fits or trap.kind not in ("number", "date")) and not (trap.kind == "number" and self.numbers):
            trapped(scalar, trap, report)
        elif not fits:
            meant = self.aliases.get(scalar.text.lower()) or closest(scalar.text, self.aliases.values())
            hint = f"did you mean `{meant}`?" if meant else self._how(scalar.text)
            report.error(self.code, f"{name} must be {self.what}, not `{capped(scalar.text)}`", scalar, hint)
        else:
            return scalar
        return None

    def read_key(self, key: YamlScalar, report: ProblemReport) -> bool:
        """Whether ``key`` has the form (a YAML trap in a key was told by the reader)."""
        fits = self.matches(key.text)
        if not fits:
            report.error(self.code, f"`{capped(key.text)}` is not {self.what}", key, self._how(key.text))
        return fits

    def matches(self, text: str) -> bool:
        """Whether ``text`` has the form."""
        return self._compiled.fullmatch(text) is not None

    def _how(self, text: str) -> str:
        """What to do: the name to write, where only accents, spaces or dashes are in the way."""
        plain = "".join(each for each in normalize("NFKD", text).strip() if not combining(each))
        names = (re.sub(r"\s+", "-", plain), re.sub(r"[\s-]+", "_", plain))
        fitting = next((each for each in names if self._compiled.fullmatch(each)), None)
        return f"write `{fitting}`: {self.hint}" if fitting else self.hint

    def schema(self, definitions: Definitions) -> JsonSchema:
        out: JsonSchema = {"type": "string", "pattern": f"^(?:{self.pattern})$", "patternErrorMessage": self.hint}
        if self.numbers:
            out = {"anyOf": [out, {"type": "number", "minimum": 0}]}
        return or_by_currency(out, definitions) if self.by_currency else out


@dataclass(frozen=True, slots=True)
class OneOf(Shape):
    """One of a few words, each with what it means."""

    words: Mapping[str, str]
    what: str = "one of a few words"
    #: What other languages call it, and what it is here.
    aliases: Mapping[str, str] = field(default_factory=dict)
    #: What people write that says more than one word can, and what to write for it; a match of the pattern fills in the groups.
    sentences: Mapping[str, str] = field(default_factory=dict)

    def read(self, node: YamlNode, name: str, report: ProblemReport) -> str | None:
        scalar = scalar_of(node, name, self.what, report, next(iter(self.words)))
        if scalar is None:
            return None
        if scalar.text in self.words:
            return scalar.text
        meant = self.aliases.get(scalar.text.lower()) or closest(scalar.text, self.words)
        hint = self._for_sentence(scalar.text) or (f"did you mean `{meant}`?" if meant else f"write {any_of(self.words)}")
        report.error("policy/word", f"`{capped(scalar.text)}` is not {self.what}", scalar, hint)
        return None

    def _for_sentence(self, text: str) -> str | None:
        found = ((re.fullmatch(pattern, text, re.IGNORECASE), hint) for pattern, hint in self.sentences.items())
        return next((match.expand(hint) for match, hint in found if match), None)

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {"type": "string", "enum": list(self.words), "markdownEnumDescriptions": list(self.words.values())}


@dataclass(frozen=True, slots=True)
class TruthShape(Shape):
    """``true`` or ``false``, without quotes."""

    what: str = "true or false"

    def read(self, node: YamlNode, name: str, report: ProblemReport) -> bool | None:
        scalar = scalar_of(node, name, self.what, report, "true")
        if scalar is None:
            return None
        if scalar.plain and scalar.text in ("true", "false"):
            return scalar.text == "true"
        word = scalar.text.strip().lower()
        hint = "write `true` or `false`"
        if word in ("true", "yes", "y", "on", "1"):
            hint = "write `true`, without quotes"
        elif word in ("false", "no", "n", "off", "0"):
            hint = "write `false`, without quotes"
        report.error("policy/truth", f"{name} must be true or false, not `{capped(scalar.text)}`", scalar, hint)
        return None

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Day(Shape):
    """A date such as 2026-06-01."""

    what: str = "a date such as `2026-06-01`"

    def read(self, node: YamlNode, name: str, report: ProblemReport) -> date | None:
        scalar = scalar_of(node, name, self.what, report, "2026-06-01")
        if scalar is None:
            return None
        text = scalar.text
        if not re.fullmatch(_DAY, text):
            report.error("policy/date", f"{name} must be {self.what}, not `{capped(text)}`", scalar, "write year-month-day")
            return None
        try:
            return date(int(text[:4]), int(text[5:7]), int(text[8:]))
        except ValueError:
            report.error("policy/no-such-day", f"there is no day `{text}`", scalar, "check the month and the day")
            return None

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {"type": "string", "pattern": f"^{_DAY}$", "patternErrorMessage": "write a date as year-month-day: 2026-06-01"}


@dataclass(frozen=True, slots=True)
class FormulaShape(Shape):
    """A FEEL expression, a test or a constant. What it means is for the language to say; here only YAML's traps are found."""

    what: str = "a formula"
    example: str | None = None
    by_currency: bool = True  #: whether it may be another in each currency

    def read(self, node: YamlNode, name: str, report: ProblemReport) -> YamlScalar | None:
        scalar = scalar_of(node, name, self.what, report, self.example)
        if scalar is None:
            return None
        trap = trap_of(scalar, report.is_stored)
        if trap is None or trap.kind in ("letter", "number", "boolean", "date"):
            return scalar
        if trap.kind == "word":
            message = f"without quotes, YAML reads `{scalar.text}` as {trap.meaning}"
            report.error(trap.code, message, scalar, f'write {trap.meaning}, or `"{scalar.text}"` if it is a choice')
        elif trap.kind == "disguise":
            message = f"YAML reads `{scalar.text}` as {trap.meaning}"
            report.error(trap.code, message, scalar, "write the number with digits only, without leading zeros")
        return None

    def schema(self, definitions: Definitions) -> JsonSchema:
        one: JsonSchema = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
        return or_by_currency(one, definitions) if self.by_currency else one
