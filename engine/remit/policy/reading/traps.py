"""YAML 1.1 surprises: words that other readers of the same file take for something else than the author wrote.

Each of these is text to one YAML reader and a number or truth value to another. They are refused wherever they stand
without quotes, so that a policy means the same to every tool.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from remit.policy.reading.yaml_tree import YamlScalar

__all__ = ["Trap", "trap_of"]


_CODES: Final = {"disguise": "yaml/disguised-number", "word": "yaml/boolean-word", "letter": "yaml/boolean-word"}


@dataclass(frozen=True, slots=True)
class Trap:
    """What an unquoted word is mistaken for: ``meaning`` is what YAML makes of it."""

    kind: Literal["disguise", "word", "letter", "boolean", "null", "number", "date"]
    meaning: str

    @property
    def code(self) -> str:
        """The code of the problem, where the word may not stand."""
        return _CODES.get(self.kind, "yaml/needs-quotes")


_WORDS: Final = {"yes": "true", "on": "true", "no": "false", "off": "false"}
#: YAML 1.1 lists these as well. As names of facts and values they are left alone.
_LETTERS: Final = {"y": "true", "n": "false"}
_NUMBER: Final = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?")

#: Numbers in disguise: what matches, and what YAML 1.1 makes of it.
_DISGUISES: Final = (
    (re.compile(r"[-+]?0[0-9_]+"), "an octal number"),
    (re.compile(r"[-+]?0x[0-9a-fA-F_]+"), "a hexadecimal number"),
    (re.compile(r"[-+]?0o[0-7_]+"), "an octal number"),
    (re.compile(r"[-+]?0b[01_]+"), "a binary number"),
    (re.compile(r"[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"), "a number in base 60"),
    (re.compile(r"[-+]?0[0-9]?(:[0-5]?[0-9])+(\.[0-9_]*)?"), "a number in base 60"),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), "a number that is not one"),
    (re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?"), "a number"),
    (re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+"), "a number with an exponent"),
)
#: All of these and no more: most of what begins with a digit, such as `30 EUR`, is none of them.
_NUMERIC: Final = re.compile("|".join(f"(?:{each.pattern})" for each in (_NUMBER, _DATE, *(form for form, _ in _DISGUISES))))


def trap_of(scalar: YamlScalar, is_stored: bool = False) -> Trap | None:
    """What ``scalar`` is mistaken for, if it is written without quotes: a disguised number, a truth value, null, a number or
    a date. ``is_stored``: in a text that was accepted before, when `y` and `n` were words like others."""
    text = scalar.text
    if scalar.style != "plain" or len(text) > 40:
        return None
    first = text[:1]
    if first in "0123456789+-.":
        return _numeric(text)
    word = text.lower()
    if word in _LETTERS and not is_stored:
        return Trap("letter", f"`{_LETTERS[word]}`")
    if word in _WORDS:
        return Trap("word", f"`{_WORDS[word]}`")
    if word in ("true", "false"):
        return Trap("boolean", "a truth value")
    if word in ("null", "~", ""):
        return Trap("null", "nothing")
    return None


def _numeric(text: str) -> Trap | None:
    if not _NUMERIC.fullmatch(text):
        return None
    for pattern, meaning in _DISGUISES:
        if pattern.fullmatch(text):
            return Trap("disguise", meaning)
    if _NUMBER.fullmatch(text):
        return Trap("number", "a number")
    if _DATE.fullmatch(text):
        return Trap("date", "a date")
    return None
