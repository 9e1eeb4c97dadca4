"""Where YAML and the language meet: a scalar to a typed expression, its problems told where they stand in the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from remit.errors import ExpressionError, Problem
from remit.language.checker import check
from remit.language.checking.words import any_of as listed
from remit.language.nodes import Compare, Input, Literal, Node, Or
from remit.language.parser import parse_expression, parse_unary_tests
from remit.language.source import Source
from remit.language.suggestions import closest
from remit.language.types import BOOLEAN, Type
from remit.policy.model import Expression
from remit.policy.reading.lines import in_quotes
from remit.policy.reading.report import Report
from remit.policy.reading.tree import YamlList, YamlNode, YamlScalar
from remit.policy.trees import any_of

__all__ = ["Expressions"]

#: A date that was meant as one: FEEL reads ``2026-01-01`` as two subtractions.
_BARE_DATE: Final = re.compile(r"""(?<![\w"'.-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.Z+-]+)?(?![\w"'-])""")
_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NAME: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_WORD: Final = re.compile(r"[^\W\d][\w-]*(?: [\w-]+)*")

#: Each is parsed and checked once; this many take about half a second.
MOST_FORMULAS: Final = 5_000

_Key: TypeAlias = tuple[str, bool, Type | None, Type | None]


class Expressions:
    """Reads expressions and tests against one scope.

    The same few words come up again and again in a table; what was read without problems once is not read again.
    """

    def __init__(self, report: Report, scope: dict[str, Type] | None = None, calendars: Sequence[str] = ()) -> None:
        self.report = report
        self.scope = scope or {}
        self.calendars = calendars
        self.names = frozenset(self.scope)
        self._read: dict[_Key, Node] = {}
        self._count = 0

    def formula(self, scalar: YamlScalar, expect: Type | None = None) -> Expression | None:
        """The expression in ``scalar``, which must give ``expect``; or ``None``, and its problems are reported."""
        source = scalar.source()
        key = (scalar.text, False, expect, None)
        known = self._read.get(key)
        if known is not None:
            return Expression(known, source)
        if expect is not None and expect.kind == "choice" and scalar.text in expect.choices:
            return Expression(Literal(scalar.text, span=(0, len(scalar.text)), type=expect), source)
        node = self.parsed(scalar, source)
        return None if node is None else self._checked(scalar, source, node, key)

    def parsed(self, scalar: YamlScalar, source: Source) -> Node | None:
        """The tree of ``scalar``, not yet checked."""
        return self._parse(scalar, source, lambda: parse_expression(source, self.names))

    def checked(self, scalar: YamlScalar, source: Source, node: Node, expect: Type | None = None) -> Expression | None:
        """An expression from a tree that :meth:`parsed` gave."""
        return self._checked(scalar, source, node, (scalar.text, False, expect, None))

    def mentioned(self, scalars: Iterable[YamlScalar]) -> frozenset[str]:
        """The names that stand somewhere in ``scalars``, outside of text in quotes."""
        words = (_NAME.findall(_TEXT.sub(" ", scalar.text)) for scalar in scalars)
        return self.names.intersection(name for found in words for name in found)

    def test(self, cell: YamlNode, of: Type, name: str) -> Expression | None:
        """The unary test, or the list of them, in ``cell``, for a value of type ``of`` that messages call ``name``."""
        if of.kind == "any":
            return None  # what is tested has problems of its own
        if isinstance(cell, YamlScalar):
            return self._test(cell, of, name)
        if not isinstance(cell, YamlList):
            return None
        if self._torn_range(cell):
            return None
        tests = [self._test(item, of, name) for item in cell.items if isinstance(item, YamlScalar)]
        found = [test for test in tests if test is not None]
        return any_of(found) if found and len(found) == len(cell.items) else None

    def _torn_range(self, cell: YamlList) -> bool:
        """``[4..5]`` without quotes is, to YAML, a list with one text."""
        first = cell.items[0]
        if (
            len(cell.items) > 1
            or not cell.flow
            or not isinstance(first, YamlScalar)
            or not first.plain
            or ".." not in first.text
        ):
            return False
        written = cell.document.text[cell.start : cell.end]
        message = f"YAML reads `{written}` as a list, not as a range"
        self.report.error("yaml/needs-quotes", message, cell, f"put the range in quotes: `{in_quotes(written)}`")
        return True

    def _test(self, scalar: YamlScalar, of: Type, name: str) -> Expression | None:
        source, text = scalar.source(), scalar.text
        key = (text, True, None, of)
        known = self._read.get(key)
        if known is not None:
            return Expression(known, source)
        node: Node | None
        if of.kind == "choice" and (words := _only_words(text, of.choices)):
            node = words
        elif self._lost_word(scalar, of, name):
            return None
        else:
            node = self._parse(scalar, source, lambda: parse_unary_tests(source, self.names, words=of.choices))
        return None if node is None else self._checked(scalar, source, node, key, name)

    def _lost_word(self, scalar: YamlScalar, of: Type, name: str) -> bool:
        """A bare word that is neither a choice nor a name; whether it was one, which is told."""
        text = scalar.text
        kind = of.element.kind if of.kind == "list" and of.element else of.kind
        if kind not in ("choice", "text") or not _WORD.fullmatch(text) or text in ("true", "false", "null"):
            return False
        if any(text == known or known.startswith(text + ".") for known in self.names):
            return False
        if of.kind == "list":
            message = f"`{name}` is a list; say what to look for in it"
            test = f'list contains(?, "{text}")'
            self.report.error("policy/list-test", message, scalar, f"write `{in_quotes(test)}`")
        elif of.kind == "text":
            message = f"`{name}` is text, and text stands in double quotes"
            self.report.error("policy/unquoted-text", message, scalar, f"write `{in_quotes(chr(34) + text + chr(34))}`")
        else:
            meant = closest(text, of.choices)
            hint = f"did you mean `{meant}`?" if meant else f"the choices are {listed(of.choices, 'and')}"
            self.report.error("types/impossible-choice", f"`{text}` is not one of the choices of `{name}`", scalar, hint)
        return True

    def _parse(self, scalar: YamlScalar, source: Source, read: Callable[[], Node]) -> Node | None:
        if self._too_many(scalar) or self._bare_dates(source) or self._cut_short(scalar):
            return None
        try:
            return read()
        except ExpressionError as error:
            self.report.add(*error.problems)
            return None

    def _too_many(self, scalar: YamlScalar) -> bool:
        """Whether to stop reading: there are more formulas, or more problems, than anybody can follow."""
        self._count += 1
        if self._count == MOST_FORMULAS + 1:
            message = (
                f"the policy has more than {MOST_FORMULAS:,} different formulas and tests; this and all below are not read"
            )
            self.report.error("policy/too-many-formulas", message, scalar, "split it into policies of their own")
        return self._count > MOST_FORMULAS or self.report.give_up()

    def _bare_dates(self, source: Source) -> bool:
        text = source.text
        if "-" not in text:
            return False
        blanked = _TEXT.sub(lambda quoted: " " * len(quoted[0]), text)
        found = list(_BARE_DATE.finditer(blanked))
        for match in found:
            message = f"`{match[0]}` is read as a subtraction, not as a date"
            self.report.error("policy/bare-date", message, source.place(match.span()), f'write `@"{match[0]}"`')
        return bool(found)

    def _cut_short(self, scalar: YamlScalar) -> bool:
        """A formula that ends where YAML saw a comment begin."""
        text, document = scalar.text, scalar.document.text
        if not scalar.plain or (text.count('"') % 2 == 0 and text.count("(") <= text.count(")")):
            return False
        rest = document[scalar.end : document.find("\n", scalar.end) if "\n" in document[scalar.end :] else None]
        if not rest.lstrip(" \t").startswith("#"):
            return False
        whole = (document[scalar.start : scalar.end] + rest).rstrip()
        message = "YAML takes everything from `#` on for a comment"
        start = scalar.end + len(rest) - len(rest.lstrip())
        place = scalar.document.place(start, scalar.end + len(rest))
        self.report.error("yaml/comment", message, place, f"put the formula in quotes: `{in_quotes(whole)}`")
        return True

    def _checked(self, scalar: YamlScalar, source: Source, node: Node, key: _Key, name: str | None = None) -> Expression | None:
        _, is_test, expect, of = key
        typed, problems = check(
            node, source, self.scope, expect=BOOLEAN if is_test else expect, input=of, input_name=name, calendars=self.calendars
        )
        if problems:
            self.report.add(*(self._about_words(problem, of, name) for problem in problems))
            return None
        self._read[key] = typed
        return Expression(typed, source)

    def _about_words(self, problem: Problem, of: Type | None, name: str | None) -> Problem:
        """An unknown name where a word of a choice belongs is a wrong word."""
        if problem.code != "names/unknown" or problem.place is None:
            return problem
        word = problem.place.text[problem.place.column - 1 : problem.place.end_column - 1]
        if word.startswith(("limit.", "owed.")) and not any(name.startswith("limit.") for name in self.names):
            return replace(problem, hint="`limit` and `owed` can be used in promises only")
        if of is None or of.kind != "choice":
            return problem
        meant = closest(word, of.choices)
        if meant is None:
            return problem
        message = f"`{word}` is not one of the choices of `{name}`"
        return replace(problem, code="types/impossible-choice", message=message, hint=f"did you mean `{meant}`?")


def _only_words(text: str, choices: tuple[str, ...]) -> Node | None:
    """``gold`` or ``silver, dark blue``: words of a choice and nothing else, whatever the language would make of them."""
    nodes: list[Node] = []
    at = 0
    for part in text.split(","):
        word = part.strip()
        if word not in choices:
            return None
        start = at + part.index(word)
        span = (start, start + len(word))
        nodes.append(Compare("=", Input(span=span), Literal(word, span=span), span=span))
        at += len(part) + 1
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes), span=(0, len(text)))
