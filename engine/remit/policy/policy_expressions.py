"""Where YAML and the language meet: a scalar to a typed expression, its problems told where they stand in the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from remit.errors import ExpressionError, Problem
from remit.language.checker import check
from remit.language.checking.function_checks import higher_order
from remit.language.nodes import Compare, Input, Literal, Node, Or, levels, names_in
from remit.language.parser import parse_expression, parse_unary_tests
from remit.language.source import Source
from remit.language.suggestions import closest
from remit.language.templates import Template, outline
from remit.language.types import BOOLEAN, Type
from remit.policy.model import Expression
from remit.policy.reading.formula_lint import bare_dates, cut_short, lost_word, may_be_cut, torn_range, without_texts
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.traps import trap_of
from remit.policy.reading.yaml_tree import YamlList, YamlNode, YamlScalar
from remit.policy.trees import any_of

__all__ = ["FOR_EACH", "MOST_TO_READ", "ExpressionReader"]

_NAME: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")

#: How much is parsed and checked for one policy: the length of all formulas and tests, and something for each. Those that
#: differ only in the digits of their numbers count once. That is more than ten thousand of them, and takes about a second.
MOST_TO_READ: Final = 600_000
FOR_EACH: Final = 25
#: How many levels a formula and the values that it rests on may have together, so that whatever walks them by recursion stays
#: well within Python's own limit.
_MOST_LEVELS: Final = 100


@dataclass(slots=True)
class _Memory:
    """What was read without problems, for one type that is tested or expected: the trees by their texts, and by their forms
    those that may come again with other numbers. Of these a template is made when they do (``None``: there is none)."""

    read: dict[str, Node] = field(default_factory=dict)
    forms: dict[str, Template | tuple[str, Node] | None] = field(default_factory=dict)

    def fill(self, text: str) -> Node | None:
        """The tree of ``text`` from the template for its form, if there is one that can tell."""
        form, numbers = outline(text)
        template = self.forms.get(form)
        if isinstance(template, tuple):
            template = self.forms[form] = Template.of(*template)
        node = template.fill(numbers) if template is not None else None
        if node is not None:
            self.read[text] = node
        return node

    def keep(self, text: str, node: Node, *, is_form: bool) -> None:
        """Remember the tree of ``text``; if ``is_form``, also for what differs from it in its numbers only."""
        self.read[text] = node
        form, numbers = outline(text)
        if numbers and is_form and form not in self.forms:
            self.forms[form] = (text, node)


@dataclass(slots=True)
class _Tested:
    """The tests of one type. Holding the type keeps its identity its own."""

    of: Type
    words: frozenset[str]
    memory: _Memory = field(default_factory=_Memory)

    @property
    def has_forms(self) -> bool:
        """Whether the digits of a test are those of numbers: they may be part of a word such as ``5-star``."""
        return not any(char.isdigit() for word in self.words for char in word)


class ExpressionReader:
    """Reads expressions and tests against one scope.

    The same few words come up again and again in a table, and the same few forms with other numbers; what was read without
    problems once is not read again.
    """

    def __init__(self, report: ProblemReport, scope: dict[str, Type] | None = None, calendars: Sequence[str] = ()) -> None:
        self.report = report
        self.scope = scope or {}
        self.calendars = calendars
        self.names = frozenset(self.scope)
        self._levels: dict[str, int] = {}
        self._formulas: dict[Type | None, _Memory] = {}
        self._expected: dict[int, tuple[Type | None, _Memory]] = {}
        self._tests: dict[int, _Tested] = {}
        self._left_to_read = MOST_TO_READ

    def formula(self, scalar: YamlScalar, expect: Type | None = None) -> Expression | None:
        """The expression in ``scalar``, which must give ``expect``; or ``None``, and its problems are reported."""
        source, text = scalar.source(), scalar.text
        memory = self._memory(expect)
        known = memory.read.get(text)
        if known is None and expect is not None and text in expect.choices:
            known = Literal(text, span=(0, len(text)), type=expect)
        known = known or self._alike(scalar, memory)
        if known is not None:
            return Expression(known, source)
        node = self.parsed(scalar, source)
        return None if node is None else self.checked(scalar, source, node, expect)

    def _memory(self, expect: Type | None) -> _Memory:
        """What was read where ``expect`` is needed. Found by identity, which is many times as fast as by value."""
        found = self._expected.get(id(expect))
        if found is None:
            found = self._expected[id(expect)] = (expect, self._formulas.setdefault(expect, _Memory()))
        return found[1]

    def _alike(self, scalar: YamlScalar, memory: _Memory) -> Node | None:
        """The tree of ``scalar``, if it is like one that was read before but for its numbers."""
        if not memory.forms or self.report.full or may_be_cut(scalar):
            return None
        return memory.fill(scalar.text)

    def parsed(self, scalar: YamlScalar, source: Source) -> Node | None:
        """The tree of ``scalar``, not yet checked."""
        return self._parse(scalar, source, lambda: parse_expression(source, self.names))

    def checked(
        self, scalar: YamlScalar, source: Source, node: Node, expect: Type | None = None, *, is_value: bool = False
    ) -> Expression | None:
        """An expression from a tree that :meth:`parsed` gave. ``is_value``: it may have contexts, ``for`` and functions."""
        typed, found = check(node, source, self.scope, expect=expect, calendars=self.calendars)
        problems = self.report.untolerated(found)
        beyond = None if problems else higher_order(typed, source)
        if problems or (beyond and not is_value):
            self.report.add(*(self._only_in_promises(problem) for problem in problems), *([beyond] if beyond else ()))
            return None
        if beyond:
            self._check_levels(scalar, typed)
            return Expression(typed, source)
        self._memory(expect).keep(scalar.text, typed, is_form=self._check_levels(scalar, typed))
        return Expression(typed, source)

    def learn(self, value: str, of: Type, nodes: Iterable[Node]) -> None:
        """The type of a value of the policy has been found out, and the formulas that it is worked out by."""
        self.scope[value] = of
        self._levels[value] = 1 + max((levels(node, self._levels) for node in nodes), default=0)

    def _check_levels(self, scalar: YamlScalar, node: Node) -> bool:
        """Whether a formula rests on no chain of values that is too long. If it does, that is reported, but for what rests on
        such a formula itself."""
        if not self._levels or levels(node, self._levels) <= _MOST_LEVELS:
            return True
        beneath = max((self._levels.get(name, 0) for name in names_in(node)), default=0) - 1
        if 0 < beneath <= _MOST_LEVELS:
            message = "this rests on too many values that are worked out one from the other"
            self.report.error("policy/long-chain", message, scalar, "work it out in fewer steps, or from facts")
        return False

    def mentioned(self, scalars: Iterable[YamlScalar]) -> frozenset[str]:
        """The names that stand somewhere in ``scalars``, outside of text in quotes."""
        plain: list[str] = []
        quoted: list[str] = []
        for scalar in scalars:
            (quoted if '"' in scalar.text else plain).append(scalar.text)
        texts = [*plain, *map(without_texts, quoted)]  # an open quote reaches to the end of its own text only
        return self.names.intersection(_NAME.findall("\n".join(texts)))

    def test(self, cell: YamlNode, of: Type, name: str) -> Expression | None:
        """The unary test, or the list of them, in ``cell``, for a value of type ``of`` that messages call ``name``."""
        if of.kind == "any":
            return None  # what is tested has problems of its own
        tested = self._tests.get(id(of))
        if tested is None:
            tested = self._tests[id(of)] = _Tested(of, frozenset(of.choices))
        if isinstance(cell, YamlScalar):
            return self._test(cell, tested, name)
        if not isinstance(cell, YamlList) or torn_range(cell, self.report):
            return None
        tests = [self._test(item, tested, name) for item in cell.items if isinstance(item, YamlScalar)]
        found = [test for test in tests if test is not None]
        return any_of(found) if found and len(found) == len(cell.items) else None

    def _letter(self, scalar: YamlScalar) -> bool:
        """Whether it is a `y` or `n` without quotes, where a choice is tested; which is reported."""
        trap = trap_of(scalar, self.report.is_stored)
        if trap is None or trap.kind != "letter":
            return False
        message = f"without quotes, YAML reads `{scalar.text}` as {trap.meaning}"
        self.report.error(trap.code, message, scalar, f'if it is a choice, write `"{scalar.text}"`')
        return True

    def _test(self, scalar: YamlScalar, tested: _Tested, name: str) -> Expression | None:
        source = scalar.source()
        if tested.words and len(scalar.text) == 1 and self._letter(scalar):
            return None
        node = tested.memory.read.get(scalar.text) or self._alike(scalar, tested.memory)
        if node is not None:
            return Expression(node, source)
        node = _only_words(scalar.text, tested.words)
        if node is None and not lost_word(scalar, tested.of, name, self.names, self.report):
            node = self._parse(scalar, source, lambda: parse_unary_tests(source, self.names, words=tested.words))
        if node is None:
            return None
        of = tested.of
        typed, found = check(node, source, self.scope, expect=BOOLEAN, input=of, input_name=name, calendars=self.calendars)
        problems = self.report.untolerated(found)
        beyond = None if problems else higher_order(typed, source)
        if problems or beyond:
            told = [_about_words(self._only_in_promises(problem), of, name) for problem in problems]
            self.report.add(*told, *([beyond] if beyond else ()))
            return None
        is_form = self._check_levels(scalar, typed) and tested.has_forms
        tested.memory.keep(scalar.text, typed, is_form=is_form)
        return Expression(typed, source)

    def _parse(self, scalar: YamlScalar, source: Source, read: Callable[[], Node]) -> Node | None:
        if self._too_much(scalar) or bare_dates(source, self.report) or cut_short(scalar, self.report):
            return None
        try:
            return read()
        except ExpressionError as error:
            self.report.add(*error.problems)
            return None

    def _too_much(self, scalar: YamlScalar) -> bool:
        """Whether to stop reading: there are more formulas, or more problems, than anybody can follow."""
        before = self._left_to_read
        self._left_to_read -= len(scalar.text) + FOR_EACH
        if before >= 0 > self._left_to_read:
            message = "there are more formulas and tests than are read in one policy; this and all below are not read"
            self.report.error("policy/too-many-formulas", message, scalar, "split it into policies of their own")
        return self._left_to_read < 0 or self.report.give_up()

    def _only_in_promises(self, problem: Problem) -> Problem:
        if problem.code != "names/unknown" or any(name.startswith("limit.") for name in self.names):
            return problem
        if not _underlined(problem).startswith(("limit.", "owed.")):
            return problem
        return replace(problem, hint="`limit` and `owed` can be used in promises only")


def _underlined(problem: Problem) -> str:
    place = problem.place
    return place.text[place.column - 1 : place.end_column - 1] if place else ""


def _about_words(problem: Problem, of: Type, name: str) -> Problem:
    """An unknown name where a word of a choice belongs is a wrong word."""
    meant = closest(_underlined(problem), of.choices) if problem.code == "names/unknown" else None
    if meant is None:
        return problem
    message = f"`{_underlined(problem)}` is not one of the choices of `{name}`"
    return replace(problem, code="types/impossible-choice", message=message, hint=f"did you mean `{meant}`?")


def _only_words(text: str, choices: frozenset[str]) -> Node | None:
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
