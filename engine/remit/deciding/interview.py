"""Which question next. Asks only what can still change the answer, in the order that needs the fewest questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

from remit.decision.decision import Decision
from remit.decision.typed import expected, parse_fact
from remit.errors import RequestError
from remit.language.fast_dataclass import dataclass
from remit.language.types import DATE, TEXT
from remit.policy.model import Fact, Model
from remit.policy.phrases import BESIDE
from remit.policy.phrases import question as question_text

__all__ = ["Interview", "Question", "facts_named", "to_ask"]

#: Looking ahead costs a decision for each possible answer; with more open facts than this the policy's order will do.
_LOOK_AHEAD: Final = 12
_SAMPLES: Final = 8

#: What a request says beside its facts, and a policy may need to know.
_BESIDE: Final[Mapping[str, Fact]] = {
    name: Fact(name, DATE if name == "occurred" else TEXT, ask=text) for name, text in BESIDE.items()
}


def facts_named(model: Model, names: Iterable[str]) -> list[Fact]:
    """What these names stand for: facts, and what a request says beside them (``case``)."""
    declared = {**_BESIDE, **model.facts}
    return [declared[name] for name in names]


def to_ask(model: Model, decision: Decision, request: Mapping[str, Any], *, recorded: bool) -> list[Fact]:
    """What to ask a person for, of all that ``decision`` misses, in the order of the policy.

    Where a ledger keeps the history (``recorded``), what it counts by is asked instead: which guest, which stay.
    """
    known = {**(request.get("facts") or {}), **({"case": None} if request.get("case") else {})}
    wanted: dict[str, None] = {}
    for name in decision.missing.facts:
        fact = model.facts.get(name)
        if fact is not None and fact.history is not None and recorded:
            wanted.update(dict.fromkeys(key for key in fact.history.kept_by if key not in known))
        else:
            wanted[name] = None
    declared = {**model.facts, **_BESIDE}
    return [fact for name, fact in declared.items() if name in wanted]


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``choices`` may be answered by number, name or the beginning of a name; ``expects`` says what an answer
    looks like, ``unit`` what it is in, in a word (``EUR``, ``minutes``, ``y/n``)."""

    fact: Fact
    text: str
    choices: tuple[str, ...]
    expects: str
    unit: str = ""

    @property
    def name(self) -> str:
        """The fact that it asks for."""
        return self.fact.name


class Interview:
    """Collects facts until nothing that is missing can change the answer.

    ``decide`` takes a request (a mapping) and gives a decision; ``request`` is what is known at the start. Facts of the ledger
    (``history``) are never asked where ``recorded`` is true: what they are kept by is asked instead (which guest, which stay).
    An answer is somebody's word (the request's ``sources``): a fact that needs a better source is not asked for.
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
        open_ones = self._open(self.decision(), self.request)
        if not open_ones:
            return None
        return self.about(self._best(open_ones))

    def about(self, fact: Fact) -> Question:
        """The question for one fact."""
        unit = "y/n" if fact.type.kind == "boolean" else fact.type.currency or fact.unit or ""
        return Question(fact, question_text(fact), _choices(fact), expected(fact), unit)

    def answer(self, question: Question, text: str) -> None:
        """Take an answer. Raises ``ValueError`` that says what was expected; then nothing has changed."""
        value = parse_fact(question.fact, text, today=self._today)
        before, self.request = self.request, self._with(question.fact, value)
        try:
            self.decision()
        except RequestError:
            self.request = before
            raise

    def skip(self, question: Question) -> None:
        """The answer is not known: it is not asked again, and counts as unknown."""
        self.skipped.add(question.name)

    def _with(self, fact: Fact, value: Any) -> dict[str, Any]:
        if fact.name in _BESIDE and fact.name not in self.model.facts:
            return {**self.request, fact.name: value}
        sources = {**(self.request.get("sources") or {}), fact.name: "stated"}
        return {**self.request, "facts": {**self.request["facts"], fact.name: value}, "sources": sources}

    def _open(self, decision: Decision, request: Mapping[str, Any]) -> list[Fact]:
        found = to_ask(self.model, decision, request, recorded=self._recorded)
        return [fact for fact in found if fact.name not in self.skipped and fact.weakest_source == "stated"]

    def _best(self, open_ones: list[Fact]) -> Fact:
        if len(open_ones) < 2 or len(open_ones) > _LOOK_AHEAD:
            return open_ones[0]
        return min(open_ones, key=lambda fact: self._left_after(fact, len(open_ones)))

    def _left_after(self, fact: Fact, now: int) -> float:
        """How many questions would be left, on average over the answers that can be tried."""
        samples = _samples(fact)
        if not samples:
            return now - 1
        trials = [self._with(fact, value) for value in samples]
        return sum(len(self._open(self._decide(trial), trial)) for trial in trials) / len(samples)


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
