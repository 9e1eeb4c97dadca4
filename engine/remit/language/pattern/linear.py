"""A pattern on an engine that never backtracks: time grows with text times pattern, whatever the pattern.

All ways to match are followed side by side, in the order in which a backtracking engine would try them, so that both find
the same match (R. Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009). They always agree on whether
there is a match; only where what is repeated may itself be empty, as in ``(a*?)+``, can its length differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from remit.language.pattern.backtrack import class_text
from remit.language.pattern.pattern_tree import (
    Class,
    Either,
    End,
    Expression,
    Group,
    Groups,
    PatternError,
    PatternRow,
    Reference,
    Repeat,
    Start,
    Tree,
)

__all__ = ["LimitedSearch", "PatternProgram"]

#: The most steps a pattern may unfold to; ``{n,m}`` is written out.
_MOST_STEPS: Final = 2_000

#: Where each group started and ended so far, by twice its number and one more.
_Marks: TypeAlias = tuple[int, ...]


@dataclass(slots=True)
class _Step:
    """One step. ``takes`` a character, or checks a place, or saves a mark, or goes on at each of ``next`` in order."""

    takes: Callable[[str], bool] | None = None
    holds: Callable[[str, int], bool] | None = None
    saves: int | None = None
    next: list[int] = field(default_factory=list)


def _span(marks: _Marks, group: int) -> tuple[int, int] | None:
    start, end = marks[2 * group], marks[2 * group + 1]
    return None if start < 0 or end < 0 else (start, end)


class PatternProgram:
    """The steps of a tree; the last one is the match. Raises :class:`PatternError` where they are too many."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.steps: list[_Step] = []
        self.group(Group(0, tree.root))
        self.step(_Step())

    def search(self, text: str, position: int) -> Groups | None:
        """The first match from ``position`` on."""
        return self.search_to(text, position)[0]

    def search_to(self, text: str, position: int) -> tuple[Groups | None, int]:
        """That, and the place up to which the text was read for it."""
        marks, end = _run(self.steps, text, position, 2 * (self.tree.groups + 1))
        return None if marks is None else [_span(marks, group) for group in range(self.tree.groups + 1)], end

    def step(self, step: _Step) -> int:
        if len(self.steps) >= _MOST_STEPS:
            raise PatternError("its counts unfold to too many steps")
        self.steps.append(step)
        return len(self.steps) - 1

    def flow(self, step: _Step) -> None:
        """Adds a step that goes on at the one after it."""
        at = self.step(step)
        step.next.append(at + 1)

    def write(self, node: Expression) -> None:
        match node:
            case Class():
                self.flow(_Step(takes=_test(class_text(node), self.tree.ignore_case)))
            case Start():
                self.flow(_Step(holds=_line_start if self.tree.lines else _text_start))
            case End():
                self.flow(_Step(holds=_line_end if self.tree.lines else _text_end))
            case Group():
                self.group(node)
            case PatternRow(parts=parts):
                for part in parts:
                    self.write(part)
            case Either(options=options):
                self.either(options)
            case Repeat():
                self.repeat(node)
            case Reference():
                raise PatternError("a back-reference needs backtracking")

    def group(self, node: Group) -> None:
        self.flow(_Step(saves=2 * node.number))
        self.write(node.inner)
        self.flow(_Step(saves=2 * node.number + 1))

    def either(self, options: tuple[Expression, ...]) -> None:
        fork = _Step()
        self.step(fork)
        exits: list[_Step] = []
        for option in options:
            fork.next.append(len(self.steps))
            self.write(option)
            leave = _Step()
            self.step(leave)
            exits.append(leave)
        for leave in exits:
            leave.next.append(len(self.steps))

    def repeat(self, node: Repeat) -> None:
        for _ in range(node.least):
            self.write(node.inner)
        if node.most is None:
            self.loop(node)
            return
        forks: list[_Step] = []
        for _ in range(node.most - node.least):
            fork = _Step()
            self.step(fork)
            fork.next.append(len(self.steps))
            self.write(node.inner)
            forks.append(fork)
        for fork in forks:
            self.leave(fork, node.lazy)

    def loop(self, node: Repeat) -> None:
        fork = _Step()
        at = self.step(fork)
        fork.next.append(len(self.steps))
        self.write(node.inner)
        self.step(_Step(next=[at]))
        self.leave(fork, node.lazy)

    def leave(self, fork: _Step, lazy: bool) -> None:
        """Lets ``fork`` also go on at what comes next, first where ``lazy``."""
        fork.next.insert(0 if lazy else 1, len(self.steps))


class LimitedSearch:
    """A search with ``program`` that finds one match after the other. Raises :class:`PatternError` where that takes more work,
    in steps of the program and characters of the text, than ``work``: matches may each need the rest of the text."""

    def __init__(self, program: PatternProgram, work: int) -> None:
        self.program = program
        self._left = work

    def __call__(self, text: str, position: int) -> Groups | None:
        if self._left < 0:
            raise PatternError("finding all matches takes too long")
        found, end = self.program.search_to(text, position)
        self._left -= (end + 1 - position) * len(self.program.steps)
        return found


def _run(steps: list[_Step], text: str, position: int, width: int) -> tuple[_Marks | None, int]:
    last, at = len(steps) - 1, position
    found: _Marks | None = None
    threads: list[tuple[int, _Marks]] = []
    for at in range(position, len(text) + 1):
        seen: set[int] = set()
        ready: list[tuple[int, _Marks]] = []
        for step, marks in threads:
            _follow(steps, step, marks, text, at, seen, ready)
        if found is None:
            _follow(steps, 0, (-1,) * width, text, at, seen, ready)
        threads = []
        for step, marks in ready:
            if step == last:
                found = marks
                break
            takes = steps[step].takes
            if at < len(text) and takes is not None and takes(text[at]):
                threads.append((steps[step].next[0], marks))
        if found is not None and not threads:
            break
    return found, at


def _follow(
    steps: list[_Step], first: int, marks: _Marks, text: str, at: int, seen: set[int], ready: list[tuple[int, _Marks]]
) -> None:
    """Adds to ``ready``, in order, the steps that take a character (or match) and can be reached from ``first``."""
    stack = [(first, marks)]
    while stack:
        index, marks = stack.pop()
        if index in seen:
            continue
        seen.add(index)
        step = steps[index]
        if step.takes is not None or not step.next:
            ready.append((index, marks))
            continue
        if step.holds is not None and not step.holds(text, at):
            continue
        if step.saves is not None:
            marks = (*marks[: step.saves], at, *marks[step.saves + 1 :])
        stack.extend((following, marks) for following in reversed(step.next))


@lru_cache(maxsize=1024)
def _test(text: str, ignore_case: bool) -> Callable[[str], bool]:
    fullmatch = re.compile(text, re.IGNORECASE if ignore_case else 0).fullmatch
    return lru_cache(maxsize=256)(lambda char: fullmatch(char) is not None)


def _text_start(text: str, at: int) -> bool:
    return at == 0


def _text_end(text: str, at: int) -> bool:
    return at == len(text)


def _line_start(text: str, at: int) -> bool:
    return at == 0 or (text[at - 1] == "\n" and at < len(text))


def _line_end(text: str, at: int) -> bool:
    return at == len(text) or text[at] == "\n"
