"""Which question next. Asks only what can still change the answer, in the order that needs the fewest questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from remit.decision.decision import Decision
from remit.decision.render import question as question_text
from remit.decision.typed import expected, parse_fact
from remit.errors import RequestError
from remit.policy.model import Fact, Model

__all__ = ["Interview", "Question"]

#: Looking ahead costs a decision for each possible answer; with more open facts than this the policy's order will do.
_LOOK_AHEAD: Final = 12
_SAMPLES: Final = 8


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``choices`` may be answered by number, name or the beginning of a name; ``expects`` says what an answer
    looks like; ``why`` is what hangs on it."""

    fact: Fact
    text: str
    choices: tuple[str, ...]
    expects: str

    @property
    def name(self) -> str:
        """The fact that it asks for."""
        return self.fact.name


class Interview:
    """Collects facts until nothing that is missing can change the answer.

    ``decide`` takes a request (a mapping) and gives a decision; ``request`` is what is known at the start. Facts of the ledger
    (``history``) are never asked where ``recorded`` is true: what they are kept by is asked instead (which guest, which stay).
    """

    def __init__(
        self,
        model: Model,
        decide: Callable[[Mapping[str, Any]], Decision],
        request: Mapping[str, Any],
        *,
        today: date,
        recorded: bool = False,
    ) -> None:
        self.model = model
        self.request: dict[str, Any] = {**request, "facts": dict(request.get("facts") or {})}
        self.skipped: set[str] = set()
        self._decide = decide
        self._today = today
        self._recorded = recorded

    def decision(self) -> Decision:
        """The decision on what is known by now."""
        return self._decide(self.request)

    def next(self) -> Question | None:
        """The next question, or ``None`` when no answer would change anything any more."""
        names = self._open(self.decision())
        if not names:
            return None
        fact = self.model.facts[self._best(names)]
        return Question(fact, question_text(fact), _choices(fact), expected(fact))

    def answer(self, question: Question, text: str) -> None:
        """Take an answer. Raises ``ValueError`` that says what was expected; then nothing has changed."""
        value = parse_fact(question.fact, text, today=self._today)
        self.request["facts"][question.name] = value
        try:
            self.decision()
        except RequestError:
            del self.request["facts"][question.name]
            raise

    def skip(self, question: Question) -> None:
        """The answer is not known: it is not asked again, and counts as unknown."""
        self.skipped.add(question.name)

    def _open(self, decision: Decision) -> list[str]:
        """Facts to ask for, in the order of the policy."""
        wanted: dict[str, None] = {}
        for name in decision.missing.facts:
            fact = self.model.facts.get(name)
            if fact is not None:
                wanted.update(dict.fromkeys(self._askable(fact)))
        return [name for name in self.model.facts if name in wanted and name not in self.skipped]

    def _askable(self, fact: Fact) -> Iterator[str]:
        if fact.history is None or not self._recorded:
            yield fact.name
            return
        for key in fact.history.per:
            if key in self.model.facts and key not in self.request["facts"]:
                yield key

    def _best(self, names: list[str]) -> str:
        if len(names) < 2 or len(names) > _LOOK_AHEAD:
            return names[0]
        return min(names, key=lambda name: (self._left_after(name, len(names)), names.index(name)))

    def _left_after(self, name: str, now: int) -> float:
        """How many questions would be left, on average over the answers that can be tried."""
        samples = _samples(self.model.facts[name])
        if not samples:
            return now - 1
        total = 0
        for value in samples:
            trial = {**self.request, "facts": {**self.request["facts"], name: value}}
            total += len(self._open(self._decide(trial)))
        return total / len(samples)


def _choices(fact: Fact) -> tuple[str, ...]:
    if fact.type.element is not None:
        return fact.type.element.choices
    return fact.type.choices


def _samples(fact: Fact) -> list[Any]:
    """Answers to try: every choice, yes and no, both ends of a range."""
    if fact.type.kind == "choice":
        return list(fact.type.choices[:_SAMPLES])
    if fact.type.kind == "boolean":
        return [True, False]
    return [bound for bound in (fact.low, fact.high) if bound is not None] if fact.high is not None else []
