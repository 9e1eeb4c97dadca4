"""Which question next. Asks only what can still change the answer, in the order that needs the fewest questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from remit.decision.decision import Decision
from remit.decision.typed import expected, parse_fact
from remit.errors import RequestError
from remit.language.fast_dataclass import dataclass
from remit.language.types import DATE, TEXT
from remit.policy.model import Fact, Model
from remit.policy.phrases import BESIDE
from remit.policy.phrases import question as question_text

__all__ = ["Answered", "Interview", "Question", "facts_named", "to_ask"]

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


class Answered(NamedTuple):
    """A question that was answered or skipped, and the value; ``None`` where it is not known."""

    question: Question
    value: Any


class Interview:
    """Collects facts until nothing that is missing can change the answer.

    ``decide`` takes a request (a mapping) and gives a decision; ``request`` is what is known at the start. Facts of the ledger
    (``history``) are never asked where ``recorded`` is true: what they are kept by is asked instead (which guest, which stay).
    An answer is somebody's word (the request's ``sources``): a fact that needs a better source is not asked for, and neither is
    one of ``unasked``. ``locale`` is a tag such as ``en-GB``, which says how people write days (``None``: not known).
    """

    def __init__(
        self,
        model: Model,
        decide: Callable[[Mapping[str, Any]], Decision],
        request: Mapping[str, Any],
        *,
        today: date,
        recorded: bool = False,
        locale: str | None = None,
        unasked: Iterable[str] = (),
    ) -> None:
        self.model = model
        self.locale = locale
        self._base: dict[str, Any] = {**request, "facts": dict(request.get("facts") or {})}
        self._answers: list[Answered] = []
        self._again: tuple[Fact, int] | None = None  # the question that is open again, and its place among the answers
        self._unasked = frozenset(unasked)
        self._decide = decide
        self._decided: tuple[Mapping[str, Any], Decision] | None = None
        self._today = today
        self._recorded = recorded

    @property
    def request(self) -> dict[str, Any]:
        """What is known by now. Another request may be put in its place, to ask for a remedy or to add evidence: what was
        answered stays answered."""
        return self._with(self._answers)

    @request.setter
    def request(self, request: Mapping[str, Any]) -> None:
        answered = {each.question.name for each in self._answers}
        own = {name: value for name, value in request.items() if name not in answered}
        facts = {name: value for name, value in (request.get("facts") or {}).items() if name not in answered}
        sources = {name: value for name, value in (request.get("sources") or {}).items() if name not in answered}
        self._base = {**own, "facts": facts, **({"sources": sources} if "sources" in request else {})}

    @property
    def answers(self) -> tuple[Answered, ...]:
        """What was answered or skipped, in order."""
        return tuple(self._answers)

    def decision(self) -> Decision:
        """The decision on what is known by now."""
        request = self.request
        if self._decided is None or self._decided[0] != request:
            self._decided = request, self._decide(request)
        return self._decided[1]

    def next(self) -> Question | None:
        """The next question, or ``None`` when no answer would change anything any more."""
        if self._again is not None:
            return self.about(self._again[0])
        open_ones = self._open(self.decision(), self.request)
        if not open_ones:
            return None
        return self.about(open_ones[0])

    def about(self, fact: Fact) -> Question:
        """The question for one fact."""
        unit = "y/n" if fact.type.kind == "boolean" else fact.type.currency or fact.unit or ""
        return Question(fact, question_text(fact), _choices(fact), expected(fact), unit)

    def answer(self, question: Question, text: str) -> None:
        """Take an answer. Raises ``ValueError`` that says what was expected; then nothing has changed."""
        self._take(Answered(question, parse_fact(question.fact, text, today=self._today)))

    def skip(self, question: Question) -> None:
        """The answer is not known: it is not asked again, and counts as unknown, or as what it is by default."""
        self._take(Answered(question, None))

    def back(self) -> Question | None:
        """Take back the last answer or skip. Returns its question, which is open again; ``None`` where there was none."""
        if not self._answers:
            return None
        return self._reopen(len(self._answers) - 1)

    def change(self, name: str) -> Question:
        """Forget the answer to the question about the fact ``name``, and ask it next. The other answers are kept as long as
        they matter. Raises ``KeyError`` where it was not asked."""
        places = [place for place, each in enumerate(self._answers) if each.question.name == name]
        if not places:
            raise KeyError(name)
        return self._reopen(places[0])

    def assumed(self) -> tuple[tuple[Fact, Any], ...]:
        """The facts that were not asked and are what they are by default, each with that value, where another value could
        change the answer."""
        return ()

    def more(self) -> tuple[Question, ...]:
        """The questions that need not be answered now, and would open more."""
        return ()

    def _reopen(self, place: int) -> Question:
        question = self._answers.pop(place).question
        self._again = question.fact, place
        return question

    def _take(self, given: Answered) -> None:
        """Note an answer where it belongs; or nothing, where the policy refuses it."""
        before = list(self._answers), self._again
        place = len(self._answers)
        if self._again is not None and self._again[0].name == given.question.name:
            place = self._again[1]
        self._answers = [each for each in self._answers if each.question.name != given.question.name]
        self._answers.insert(place, given)
        self._again = None
        try:
            self.decision()
        except RequestError:
            self._answers, self._again = before
            raise

    def _with(self, answers: Iterable[Answered]) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        beside: dict[str, Any] = {}
        for question, value in answers:
            if value is not None:
                (facts if question.name in self.model.facts else beside)[question.name] = value
        request = {**self._base, **beside, "facts": {**self._base["facts"], **facts}}
        if facts:
            request["sources"] = {**(self._base.get("sources") or {}), **dict.fromkeys(facts, "stated")}
        return request

    def _open(self, decision: Decision, request: Mapping[str, Any]) -> list[Fact]:
        found = to_ask(self.model, decision, request, recorded=self._recorded)
        closed = self._unasked.union(each.question.name for each in self._answers)
        return [fact for fact in found if fact.name not in closed and fact.weakest_source == "stated"]


def _choices(fact: Fact) -> tuple[str, ...]:
    if fact.type.element is not None:
        return fact.type.element.choices
    return fact.type.choices
