"""What a person is asked, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from remit.decision.decision import Decision
from remit.decision.request import find_fact
from remit.decision.typed import example, expected
from remit.language import words
from remit.language.fast_dataclass import dataclass
from remit.language.locales.messages import Message, Named
from remit.language.types import DATE, TEXT
from remit.policy.model import Fact, Model
from remit.policy.phrases import BESIDE
from remit.policy.phrases import question as question_text

__all__ = ["ASKED_BESIDE", "Question", "facts_named", "for_people", "lacking", "question_for", "to_ask"]

#: What a request says beside its facts, and a policy may need to know.
ASKED_BESIDE: Final[Mapping[str, Fact]] = {
    name: Fact(name, DATE if name == "occurred" else TEXT, ask=text) for name, text in BESIDE.items()
}


def facts_named(model: Model, names: Iterable[str]) -> list[Fact]:
    """What these names stand for: facts, and what a request says beside them (``case``)."""
    declared = {**ASKED_BESIDE, **model.facts}
    return [declared[name] for name in names]


def to_ask(model: Model, decision: Decision, request: Mapping[str, Any], *, recorded: bool) -> list[Fact]:
    """What to ask a person for, of all that ``decision`` misses, in the order of the policy.

    Where a ledger keeps the history (``recorded``), what it counts by is asked instead: which guest, which stay.
    """
    return for_people(model, decision.missing.facts, request, recorded=recorded)


def for_people(model: Model, names: Iterable[str], request: Mapping[str, Any], *, recorded: bool) -> list[Fact]:
    wanted: dict[str, None] = {}
    for name in names:
        fact = model.facts.get(name)
        if fact is not None and fact.history is not None and recorded:
            wanted.update(dict.fromkeys(lacking(fact.history.kept_by, request)))
        else:
            wanted[name] = None
    declared = {**model.facts, **ASKED_BESIDE}
    return [fact for name, fact in declared.items() if name in wanted]


def lacking(names: Iterable[str], request: Mapping[str, Any]) -> frozenset[str]:
    """Those of ``names`` that the request does not say."""
    facts, beside = request.get("facts") or {}, {"case": request.get("case"), "occurred": request.get("occurred")}
    return frozenset(
        name
        for name in names
        if beside.get(name) is None and find_fact(facts, name) is None and name not in ("employee.id", "employee.role")
    )


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

    @property
    def help(self) -> str:
        """What to type, with an example where there is one, and what no answer means."""
        fact, shown = self.fact, example(self.fact)
        what = Message("Please give {expected}.", expected=self.expects)
        if self.choices and fact.type.kind == "list":
            what = Message("Please choose from the list: {numbers} (several with commas).", numbers=self._numbers())
        elif self.choices:
            what = Message("Please choose from the list: {numbers}.", numbers=self._numbers())
        elif fact.type.kind == "text":
            what = Message("Type the {name}.", name=_called(fact))
        usual = Message("Enter: I do not know.")
        if fact.default is not None:
            usual = Message("Enter: {value}.", value=_spoken(fact, fact.default))
        if shown and not self.choices:
            such = Message("For example: {example}.", example=shown)
            return Message("{what} {example} {enter}", what=what, example=such, enter=usual)
        return Message("{what} {enter}", what=what, enter=usual)

    def _numbers(self) -> Message | str:
        last = len(self.choices)
        if last > 5:
            return Message("1 to {last}", last=last)
        if last == 1:
            return "1"
        first = ", ".join(str(each) for each in range(1, last))
        return Message("{first} or {last}", first=first, last=last)


def _spoken(fact: Fact, value: Any) -> Any:
    """A value of a fact, for a message: a word of a choice as it is said, anything else as each language writes it."""
    if isinstance(value, bool):
        return Message("yes") if value else Message("no")
    if isinstance(value, str) and value in fact.choice_titles:
        return fact.called(value)
    return words.value(value) if isinstance(value, str | int | date) else value


def question_for(fact: Fact) -> Question:
    """The question for one fact."""
    unit = Message("y/n") if fact.type.kind == "boolean" else fact.type.currency or fact.unit or ""
    return Question(fact, _text(fact), _choices(fact), expected(fact), unit)


def _text(fact: Fact) -> str:
    if fact.ask is None and fact.history is None and fact.type.kind != "boolean":
        name = _called(fact)
        return (
            Message("What is the {name} in {unit}?", name=name, unit=fact.unit)
            if fact.unit
            else Message("What is the {name}?", name=name)
        )
    return question_text(fact)


def _called(fact: Fact) -> Named:
    return Named(words.name(fact.name), fact.title)


def _choices(fact: Fact) -> tuple[str, ...]:
    return tuple(map(fact.called, (fact.type.element or fact.type).choices))
