"""How everything here is timed: processor time, contestants in turn, requests that were never sent before, answers compared.

A round draws new requests for everybody. Each contestant in turn decides them, starting with another one each round, and the
answers are kept: whoever gives another answer than the reference ends the run. Ratios are taken within a round.
"""

from __future__ import annotations

import gc
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from goodwill import Ask, Workload

__all__ = ["GOALS", "Contestant", "Goal", "compare", "goal", "seconds_of", "settle", "spread_over"]


@dataclass(frozen=True)
class Goal:
    """One goal of the design, and what was measured."""

    what: str
    most: float
    measured: float

    def __str__(self) -> str:
        verdict = "reached" if self.measured <= self.most else "NOT REACHED"
        return f"{self.what}: {self.measured:.2f} (goal: at most {self.most:g}) {verdict}"


#: All goals of this run, in the order in which they were measured.
GOALS: Final[list[Goal]] = []


def goal(what: str, most: float, measured: float) -> str:
    """Note a goal; the line to print."""
    GOALS.append(Goal(what, most, measured))
    return f"- {GOALS[-1]}"


@dataclass
class Contestant:
    """One way to decide. ``form`` makes of an :class:`Ask` what ``decide`` is given, before the clock starts. ``read`` makes
    the answer comparable with what ``view`` takes from the whole answer (parsed JSON; ``None``: its text)."""

    name: str
    form: Callable[[Ask], Any]
    decide: Callable[[Any], Any]
    view: Callable[[Any], Any] | None
    read: Callable[[Any], Any] = lambda answer: answer
    seconds: list[float] = field(default_factory=list)

    def check(self, answers: Sequence[Any], whole: Sequence[str]) -> None:
        """End the run where an answer differs."""
        for answer, text in zip(answers, whole, strict=False):
            right = text if self.view is None else self.view(json.loads(text))
            if self.read(answer) != right:
                raise SystemExit(f"{self.name} answers differently: {self.read(answer)}\nThe reference: {text}")

    def over(self, other: Contestant) -> float:
        """How many times the other's time it takes."""
        return median(mine / theirs for mine, theirs in zip(self.seconds, other.seconds, strict=True))

    @property
    def micros(self) -> float:
        """The median of the rounds."""
        return median(self.seconds) * 1e6


def settle() -> None:
    """Let the collector forget all that is there, so that nobody pays for the objects of others."""
    gc.collect()
    gc.freeze()


def say(text: str) -> None:
    """How far it is, where somebody is watching."""
    if sys.stderr.isatty():
        print(f"\r{text:70}\r", end="", file=sys.stderr, flush=True)


def seconds_of(work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor time, and what it gave."""
    start = time.process_time()
    out = work()
    return time.process_time() - start, out


def compare(
    of: Workload, everybody: Sequence[Contestant], reference: Callable[[Ask], str], rounds: int, count: int, budget: float
) -> None:
    """Time everybody on ``count`` new requests a round, or as many as fit ``budget`` seconds. The first round only compares."""
    gc.unfreeze()
    chance = random.Random()
    for number in range(-1, rounds):
        say(f"{of.name}: {max(number + 1, 0)} of {rounds}")
        asks = list(of.asks(chance, count))
        whole = [reference(ask) for ask in asks]
        turn = number % len(everybody)
        for each in (*everybody[turn:], *everybody[:turn]):
            fit = count if not each.seconds else max(20, int(budget / each.seconds[0]))
            inputs = [each.form(ask) for ask in asks[: min(fit, count if number >= 0 else 200)]]
            settle()
            seconds, answers = seconds_of(lambda inputs=inputs, decide=each.decide: [decide(given) for given in inputs])
            each.check(answers, whole)
            each.seconds.append(seconds / len(inputs))
    for each in everybody:
        del each.seconds[0]
    say("")


def spread_over(
    decide: Callable[[Any], Any], make: Callable[[int], Iterator[Any]], chunks: int = 5, budget: float = 0.1
) -> float:
    """Microseconds of ``decide`` on what ``make(count)`` gives: the median of ``chunks``, each of new requests."""
    probe = list(make(10))
    once = seconds_of(lambda: [decide(each) for each in probe])[0] / len(probe)
    count, out = max(3, min(2000, int(budget / max(once, 1e-7)))), []
    for _ in range(chunks):
        inputs = list(make(count))
        settle()
        out.append(seconds_of(lambda inputs=inputs: [decide(each) for each in inputs])[0] / count)
    return median(out) * 1e6
