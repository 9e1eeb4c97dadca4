"""Which question next. Asks only what can still change the answer, in the order in which a person would ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from remit.deciding.open_facts import Known, OpenFacts
from remit.deciding.question_order import QuestionOrder, is_about_whom
from remit.deciding.questions import ASKED_BESIDE, Question, facts_named, for_people, lacking, question_for, to_ask
from remit.decision.decision import Decision
from remit.decision.inputs import Inputs
from remit.decision.request import find_fact
from remit.decision.request_currency import currency_of
from remit.decision.typed import parse_fact
from remit.decision.typed_days import is_not_yet
from remit.errors import RequestError
from remit.language.values import Unknown
from remit.policy.model import Fact, Model

__all__ = ["Answered", "Interview", "Question", "facts_named", "to_ask"]

#: Kinds of fact that may not have come yet.
_MOMENTS: Final = ("date", "time", "date-time")
#: More questions than these are not asked at once: nobody keeps them in mind, and a window has 24 lines.
_ON_A_LINE: Final = 5


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
        self._order = QuestionOrder(model)
        self._views: dict[str, OpenFacts] = {}
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
        """The next question, or ``None`` when no answer would change anything that must be known now."""
        if self._again is not None:
            return self.about(self._again[0])
        open_ones, _ = self._open()
        return self.about(open_ones[0]) if open_ones else None

    def together(self) -> tuple[Question, ...]:
        """The next question, with those that are open beside it and matter for most answers to it: at most five, which may be
        answered on one line. What happened is asked alone, and so is a list, whose values have commas themselves. Who and which
        one it is about makes a line of its own. Empty where :meth:`next` gives ``None``."""
        if self._again is not None:
            return (self.about(self._again[0]),)
        open_ones, _ = self._open()
        if not open_ones:
            return ()
        first, *others = open_ones
        if first.name == self._order.situation or first.type.kind == "list":
            return (self.about(first),)
        beside = [each for each in others if each.type.kind != "list" and is_about_whom(each) == is_about_whom(first)]
        view, request = self._view(self.request), self.request
        usual = view.usual(view.inputs(request, self._known(request)), first) if beside else None
        likely = [each for each in beside if usual is None or each.name in usual]
        return tuple(map(self.about, [first, *likely][:_ON_A_LINE]))

    def about(self, fact: Fact) -> Question:
        """The question for one fact."""
        return question_for(fact)

    def answer(self, question: Question, text: str) -> None:
        """Take an answer. ``not yet`` says of a day or a time that there is none, and it is not asked again. Raises
        ``ValueError`` that says what was expected; then nothing has changed."""
        fact = question.fact
        if fact.type.kind in _MOMENTS and is_not_yet(text, self.locale):
            self.skip(question)
        else:
            self._take(Answered(question, parse_fact(fact, text, today=self._today, locale=self.locale)))

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever is answered meanwhile is taken back where that raises an error."""
        before = list(self._answers), self._again
        try:
            yield
        except (ValueError, RequestError):
            self._answers, self._again = before
            raise

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
        view, request = self._view(self.request), self.request
        inputs = view.inputs(request, self._known(request))
        return tuple(
            (fact, fact.default)
            for fact in self._order.sorted(self._by_default(request))
            if fact.name in view.missing(view.without(inputs, frozenset((fact.name,))))
        )

    def once_named(self) -> Decision | None:
        """What would be decided if nothing had been given for the ids that are not known (which booking): only to be shown.
        ``None`` where none is missing, or more than ids."""
        request, facts = self.request, [self.model.facts.get(each) for each in self.decision().missing.facts]
        if not facts or not all(each and each.weakest_source == "stated" and is_about_whom(each) for each in facts):
            return None
        view = self._view(request)
        return view.decided(view.inputs(request, self._known(request)))

    def more(self) -> tuple[Question, ...]:
        """The questions that need not be answered now, and would open more."""
        return tuple(map(self.about, self._open()[1]))

    def _reopen(self, place: int) -> Question:
        question = self._answers.pop(place).question
        self._again = question.fact, place
        return question

    def _take(self, given: Answered) -> None:
        """Note an answer where it belongs; or nothing, where the policy refuses it."""
        before, place = (list(self._answers), self._again), len(self._answers)
        if self._again is not None and self._again[0].name == given.question.name:
            place = self._again[1]
        self._answers = [each for each in self._answers if each.question.name != given.question.name]
        self._answers.insert(place, given)
        self._again = None
        request = self.request
        try:
            self._view(request).inputs(request, _NOTHING)
        except RequestError:
            self._answers, self._again = before
            raise
        if before[1] is not None:
            self._forget_what_is_settled(given.question.name)

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

    def _open(self) -> tuple[list[Fact], list[Fact]]:
        """What must be asked, in order; and what may wait."""
        request = self.request
        view, known = self._view(request), self._known(request)
        lifted = frozenset(each.name for each in self._by_default(request) if each.type.kind == "choice")
        inputs = view.inputs(request, known, lifted)
        now, later = self._parted(view, inputs, view.missing(inputs), request)
        facts = self._useful(view, inputs, [each for each in now if not is_about_whom(each)])
        if not facts:
            held = self._askable(view.holding_back(inputs, self._skipped), request)
            facts = [each for each in held if not is_about_whom(each)]
        if facts:
            return facts, later
        decision = self.decision()
        real = self._askable(decision.missing.facts, request)
        waiting = [each for each in real if each in later]
        now = self._useful(view, inputs, [each for each in real if each not in later])
        if now:
            return now, waiting
        if _gives(decision):
            return [], waiting
        if waiting or self._skipped:
            return self._useful(view, inputs, waiting), []
        return self._opening(view, view.inputs(request, known), request), []

    @property
    def _skipped(self) -> frozenset[str]:
        """What somebody said that they do not know; what is something by default is known."""
        skipped = (each.question.fact for each in self._answers if each.value is None)
        return frozenset(fact.name for fact in skipped if fact.default is None)

    def _useful(self, view: OpenFacts, inputs: Inputs, facts: list[Fact]) -> list[Fact]:
        """Those that can lead to an answer, whatever is not known by now stays unknown."""
        if not facts or not self._skipped:
            return facts
        useful = view.useful(inputs, self._skipped, with_ids=any(map(is_about_whom, facts)))
        return [each for each in facts if each.name in useful]

    def _parted(
        self, view: OpenFacts, inputs: Inputs, missing: Iterable[str], request: Mapping[str, Any]
    ) -> tuple[list[Fact], list[Fact]]:
        """What is missing: what must be asked, and what could only widen what may be given."""
        found = self._askable(missing, request)
        if inputs.asked:
            return found, []
        pressing = {
            each.name
            for each in for_people(self.model, view.pressing(inputs, self._order.group), request, recorded=self._recorded)
        }
        now = [
            each
            for each in found
            if each.name in pressing or is_about_whom(each) or each.name in ASKED_BESIDE or each.name == self._order.situation
        ]
        return now, [each for each in found if each not in now]

    def _opening(self, view: OpenFacts, inputs: Inputs, request: Mapping[str, Any]) -> list[Fact]:
        """Facts that could open something if they are not what they are by default: no fewer of them would."""
        facts = [each for each in self._order.sorted(self._by_default(request)) if each.weakest_source == "stated"]
        names = frozenset(each.name for each in facts if each.name not in self._closed)
        if not names or not view.opens(view.without(inputs, names)):
            return []
        for fact in reversed(facts):
            if view.opens(view.without(inputs, names - {fact.name})):
                names -= {fact.name}
        return [each for each in facts if each.name in names]

    @property
    def _closed(self) -> frozenset[str]:
        """What is not asked, or not again."""
        return self._unasked.union(each.question.name for each in self._answers)

    def _by_default(self, request: Mapping[str, Any]) -> list[Fact]:
        """The facts that are what they are by default, and were not asked."""
        facts, asked = request["facts"], {each.question.name for each in self._answers}
        return [
            each
            for each in self.model.facts.values()
            if each.default is not None and each.name not in asked and find_fact(facts, each.name) is None
        ]

    def _askable(self, names: Iterable[str], request: Mapping[str, Any]) -> list[Fact]:
        found = for_people(self.model, names, request, recorded=self._recorded)
        closed = self._closed
        asked = [each.question.name for each in self._answers if not is_about_whom(each.question.fact)]
        open_ones = (each for each in found if each.name not in closed and each.weakest_source == "stated")
        return self._order.sorted(open_ones, after=asked[-1] if asked else None)

    def _view(self, request: Mapping[str, Any]) -> OpenFacts:
        """The policy in the currency of the request."""
        code = currency_of(self.model, request) if self.model.others else self.model.currency_code
        if code not in self._views:
            self._views[code] = OpenFacts(next(each for each in self.model.each if each.currency_code == code))
        return self._views[code]

    def _known(self, request: Mapping[str, Any]) -> Known:
        """What the ledger knew when it was last asked, and for what it needs to know more."""
        at = datetime.combine(self._today, time(12), ZoneInfo(self.model.timezone))
        if not self._recorded:
            return Known({}, {}, at)
        kept = {cap.id: (*cap.per, *(("case",) if cap.over.kind == "case" else ())) for cap in self.model.caps}
        kept |= {each.name: each.per for each in self.model.claims}
        unnamed = {name: lacking(per, request) for name, per in kept.items()}
        if self._decided is None and not all(unnamed.values()):
            self.decision()
        told = {} if self._decided is None else self._decided[1].to_dict()["balances"]
        balances = told | {name: {"used": Unknown(keys)} for name, keys in unnamed.items() if keys}
        histories = {name: fact.history for name, fact in self.model.facts.items() if fact.history is not None}
        unread = {name: lacking(each.kept_by, request) for name, each in histories.items()}
        return Known(balances, {name: Unknown(keys) for name, keys in unread.items() if keys}, at)

    def _forget_what_is_settled(self, changed: str) -> None:
        """Drop the answers that cannot matter any more since one was changed."""
        for place in range(len(self._answers) - 1, -1, -1):
            question, value = self._answers[place]
            if question.name == changed or value is None or is_about_whom(question.fact):
                continue
            request = self._with([each for each in self._answers if each.question.name != question.name])
            inputs = self._view(request).inputs(request, self._known(request), frozenset((question.name,)))
            if question.name not in self._view(request).missing(inputs):
                del self._answers[place]


#: Where no ledger says anything.
_NOTHING: Final = Known({}, {})


def _gives(decision: Decision) -> bool:
    """Whether something may be given, or what was asked is granted."""
    return decision.outcome == "grant" if decision.asked else bool(decision.offers)
