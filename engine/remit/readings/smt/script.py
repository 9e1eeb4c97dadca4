"""A script in SMT-LIB 2.6: what is declared, defined and asserted, in this order, as text.

A script is text and nothing else, so that any solver reads it, a process of its own can, and a question that went wrong can be
kept and looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias

__all__ = ["FALSE", "TRUE", "Script", "SmtSort", "all_of", "any_of", "conditional", "negated", "number", "symbol"]

SmtSort: TypeAlias = Literal["Int", "Bool"]

TRUE: Final = "true"
FALSE: Final = "false"


class Script:
    """Lines that only grow. Names that it makes are fresh."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._fresh = 0
        self._defined: dict[tuple[str, str], str] = {}

    @property
    def text(self) -> str:
        """All of it, without a question at the end."""
        return "\n".join(self.lines) + "\n"

    def declare(self, name: str, sort: SmtSort) -> str:
        """A constant whose value the solver chooses."""
        self.lines.append(f"(declare-fun {symbol(name)} () {sort})")
        return symbol(name)

    def fresh(self, sort: SmtSort, stem: str = "v") -> str:
        """A new constant."""
        self._fresh += 1
        return self.declare(f"{stem}!{self._fresh}", sort)

    def define(self, text: str, sort: SmtSort) -> str:
        """A name for ``text``, the same for the same text: so what is shared is written once."""
        if not text.startswith("("):
            return text
        key = text, sort
        if key not in self._defined:
            self._fresh += 1
            name = f"d!{self._fresh}"
            self.lines.append(f"(define-fun {name} () {sort} {text})")
            self._defined[key] = name
        return self._defined[key]

    def require(self, text: str) -> None:
        """What every case must meet."""
        if text != TRUE:
            self.lines.append(f"(assert {text})")


def symbol(name: str) -> str:
    """``name`` as a symbol: facts keep their names, so that a question can be read."""
    plain = name.replace("_", "").replace("!", "").isalnum() and name.isascii() and not name[0].isdigit()
    return name if plain else f"|{name}|"


def number(value: int) -> str:
    """A whole number."""
    return str(value) if value >= 0 else f"(- {-value})"


def all_of(parts: Iterable[str]) -> str:
    """Conjunction."""
    return _joined("and", parts, TRUE, FALSE)


def any_of(parts: Iterable[str]) -> str:
    """Disjunction."""
    return _joined("or", parts, FALSE, TRUE)


def _joined(operator: str, parts: Iterable[str], neutral: str, decisive: str) -> str:
    kept: Sequence[str] = [each for each in dict.fromkeys(parts) if each != neutral]
    if decisive in kept:
        return decisive
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else f"({operator} {' '.join(kept)})"


def negated(part: str) -> str:
    """``not``."""
    if part in (TRUE, FALSE):
        return FALSE if part == TRUE else TRUE
    return part[5:-1] if part.startswith("(not ") else f"(not {part})"


def conditional(condition: str, yes: str, no: str) -> str:
    """``yes`` if ``condition`` else ``no``."""
    if condition in (TRUE, FALSE):
        return yes if condition == TRUE else no
    return yes if yes == no else f"(ite {condition} {yes} {no})"
