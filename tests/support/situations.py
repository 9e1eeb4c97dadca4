"""Situations at the counter, each said in one sentence (``tests/cases/situations``), and the employee who was told it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, Final, Literal

import yaml

import remit
from remit.deciding.interview import Interview, Question, facts_named
from remit.decision.decision import Decision
from remit.decision.giving import parse_amount, parse_bundle
from remit.decision.typed import parse_fact
from remit.language.types import DATE
from remit.policy.model import Fact, Model
from support.desk import Clock
from support.golden import CASES
from support.rules import POLICIES

__all__ = ["MOST_PROMPTS", "Counter", "Situation", "amounts", "situations"]

#: More than any situation may take: an interview that does not end is stopped.
MOST_PROMPTS: Final = 20


@dataclass(frozen=True)
class Situation:
    """One sentence, and what follows from it. Everything is text, as it is typed: ``y`` is no truth value, ``10`` no number.

    ``answers``
        What the sentence says, by fact: each must be asked for, or be offered as something that opens more. An empty one is
        something that the employee does not know.
    ``known``
        What is at hand, but need not be asked.
    ``changes``
        What the sentence says, too, and what is not as it is assumed: where it is not asked, it must be shown as assumed.
    ``earlier``
        What was given before, on record.
    ``right``, ``prompts``
        The right answer, by the text of the policy and its sources, and the most that may be asked for it, beside who and which
        case it is.
    ``ledger``
        Whether it is the same with a ledger (``yes``), or can be told only with one (``only``) or without one (``no``).
    """

    policy: str
    sentence: str
    role: str
    today: date
    occurred: date
    right: Mapping[str, Any]
    prompts: int
    answers: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, str] = field(default_factory=dict)
    earlier: tuple[Mapping[str, Any], ...] = ()
    give: str | None = None
    evidence: tuple[str, ...] = ()
    story: str | None = None
    ledger: Literal["yes", "no", "only"] = "yes"

    @property
    def name(self) -> str:
        return f"{self.policy}: {self.sentence}"

    @property
    def request(self) -> dict[str, Any]:
        """What is known before the first question: who asks, and on which day it happened (``remit ask --occurred``)."""
        employee = {"id": f"{self.role}-1", "role": self.role}
        return {"employee": employee, "asked": {}, "facts": {}, "occurred": self.occurred.isoformat()}

    def without_ledger(self, policy: remit.Policy) -> Counter:
        """What comes out where there is no ledger."""
        return self._told(policy, None)

    def with_ledger(self, policy: remit.Policy) -> Counter:
        """What comes out with a ledger, after what was given earlier."""
        clock = Clock()
        with remit.open_ledger(":memory:", clock=clock) as ledger:
            for each in self.earlier:
                clock.set(each["at"])
                self._give_earlier(policy, ledger, each)
            clock.now = _at_noon(self.today)
            return self._told(policy, ledger)

    def _told(self, policy: remit.Policy, ledger: remit.Ledger | None) -> Counter:
        def decide(told: Mapping[str, Any]) -> Decision:
            return ledger.preview(policy, told) if ledger is not None else policy.decide(told, at=_at_noon(self.today))

        interview = Interview(policy.model, decide, self.request, today=self.today, recorded=ledger is not None)
        counter = Counter(self, interview)
        counter.talk()
        return counter

    def _give_earlier(self, policy: remit.Policy, ledger: remit.Ledger, earlier: Mapping[str, Any]) -> None:
        """What a colleague gave, for the same facts unless ``earlier`` says otherwise."""
        told = {**self.known, **self.answers, **self.changes, **earlier.get("facts", {})}
        told |= {"case": earlier["case"]} if "case" in earlier else {}
        request = {**self.request, "employee": {"id": "colleague", "role": self.role}}
        request |= {"asked": parse_bundle(policy.model, earlier["give"]), "evidence": earlier.get("evidence", [])}
        when = datetime.fromisoformat(earlier["at"]).date()
        telling = Interview(policy.model, policy.decide, request, today=when, recorded=True)
        for fact in facts_named(policy.model, (name for name, text in told.items() if text)):
            if fact.history is None:
                telling.answer(telling.about(fact), told[fact.name])
        entry = ledger.grant(policy, {**telling.request, "occurred": min(self.occurred, when).isoformat()})
        assert entry.granted, entry.decision


@dataclass
class Counter:
    """An employee who was told one sentence. ``asked`` is what they were asked, in order; ``first`` the answer to what may be
    done, and ``last`` the one to what they then give."""

    situation: Situation
    interview: Interview
    asked: list[str] = field(default_factory=list)

    def talk(self) -> None:
        """Find out what may be done, and then give something where the sentence says so."""
        self._hear()
        self.first = self.last = self.interview.decision()
        if self.situation.give is None:
            return
        self.asked.append("give")
        request = self.interview.request
        request |= {"asked": parse_bundle(self.interview.model, self.situation.give), "evidence": self.situation.evidence}
        if self.situation.story is not None:
            self.asked.append("story")
            request |= {"story": self.situation.story, "use_discretion": True}
        self.interview.request = request
        self._hear()
        self.last = self.interview.decision()

    def _hear(self) -> None:
        """Answer until nothing more is asked; then tell what would open more, and change what is wrongly assumed."""
        while (question := self._next()) is not None:
            assert len(self.asked) < MOST_PROMPTS, self.asked
            self.asked.append(question.name)
            text = self.said(question.fact)
            if text == "":
                self.interview.skip(question)
            else:
                self.interview.answer(question, text)

    def _next(self) -> Question | None:
        if (question := self.interview.next()) is not None:
            return question
        said = self.situation.answers
        more = (each for each in self.interview.more() if said.get(each.name) and each.name not in self.asked)
        assumed = (fact for fact, _ in self.interview.assumed())
        wrong = (self.interview.about(fact) for fact in assumed if fact.name in self.situation.changes.keys() - self.asked)
        return next(more, None) or next(wrong, None)

    def said(self, fact: Fact) -> str:
        """What is typed: nothing where the sentence does not say it, and something is assumed then."""
        for source in (self.situation.answers, self.situation.changes, self.situation.known):
            if fact.name in source:
                return source[fact.name]
        assert fact.default is not None, f"nobody said `{fact.name}`: {fact.ask}"
        return ""


def _at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def amounts(model: Model, told: Mapping[str, str]) -> dict[str, Any]:
    """Amounts by remedy, as they are typed."""
    return {name: parse_amount(model, model.remedies[name], text) for name, text in told.items()}


@cache
def situations() -> tuple[Situation, ...]:
    """All of them, policy by policy."""
    return tuple(each for path in POLICIES for each in _of(path.stem, remit.load(path).model))


def _of(policy: str, model: Model) -> list[Situation]:
    text = (CASES / "situations" / f"{policy}.yaml").read_text(encoding="utf-8")
    file = yaml.load(text, Loader=yaml.BaseLoader)
    assert set(file) <= {"today", "known", "situations"}
    return [_read(policy, model, file, each) for each in file["situations"]]


def _read(policy: str, model: Model, file: Mapping[str, Any], told: Mapping[str, Any]) -> Situation:
    """Everything else is a key of the file as it is an attribute here."""
    more = dict(told)
    today = date.fromisoformat(more.pop("today", file["today"]))
    return Situation(
        policy=policy,
        sentence=more.pop("situation"),
        role=more.pop("role", model.ladder[0]),
        today=today,
        occurred=parse_fact(Fact("occurred", DATE), more.pop("occurred", "today"), today=today),
        known={**file.get("known", {}), **more.pop("known", {})},
        prompts=int(more.pop("prompts")),
        ledger=more.pop("ledger", "only" if "earlier" in more else "yes"),
        **more,
    )
