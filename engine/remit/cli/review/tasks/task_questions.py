"""What must be known before a task can be answered: the facts, what is on file, the reason; and the questions for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from remit.cli.review.tasks.task_screen import verdict
from remit.cli.review.tasks.task_words import evidence_title, fact_name
from remit.cli.support.ledger_session import decision_of
from remit.cli.support.policy_lookup import today_in
from remit.cli.support.spoken import in_language, read, spoken
from remit.deciding.interview import facts_named, to_ask
from remit.decision.page.fuller_words import told_discretion
from remit.decision.typed import expected, parse_fact
from remit.errors import NotAllowed, RemitError
from remit.language import words
from remit.language.locales.messages import Message
from remit.policy.phrases import question

if TYPE_CHECKING:
    from remit.cli.support.prompt import Talk
    from remit.decision.detail import Quantity
    from remit.ledger.ledger import Ledger
    from remit.ledger.people.answers import ApprovalPreview
    from remit.ledger.people.task_list import Task
    from remit.policy.model import Fact

__all__ = ["NOTHING", "TaskQuestions", "ask_reason", "goes_back"]

#: A reason has at least so many characters.
_SHORTEST: Final = 4

NOTHING: Final = Message("Nothing was changed. The task stays open.")


class TaskQuestions:
    """What ``who`` must be asked to answer ``task``. What they say is kept, so that no question is asked twice."""

    def __init__(self, ledger: Ledger, talk: Talk, task: Task, who: Mapping[str, Any]) -> None:
        self.ledger, self.talk, self.task, self.who = ledger, talk, task, dict(who)
        self.policy = ledger.policy_of(task.entry)
        self.model = self.policy.model
        self.asked_first: Mapping[str, Quantity] = decision_of(task.entry).asked
        self.facts: dict[str, Any] = {}
        self.evidence: list[str] = []
        self.story: str | None = None

    def preview(self, asked: Mapping[str, Any] | None = None) -> ApprovalPreview:
        """What approving would do. Raises as :meth:`remit.Ledger.preview_approval`."""
        return self.ledger.preview_approval(self.task.id, asked=asked, **self.given())

    def given(self) -> dict[str, Any]:
        return {
            "employee": self.who,
            "facts": self.facts,
            "sources": dict.fromkeys((name for name in self.facts if name in self.model.facts), "stated"),
            "evidence": tuple(self.evidence),
            "story": self.story,
            "use_discretion": self.story is not None,
        }

    def lacks(self, seen: ApprovalPreview) -> str:
        facts = [fact_name(self.model, fact.name) for fact in self._unknown(seen)]
        return spoken().listing([*facts, *map(self.title, self.unfiled(seen))])

    def _unknown(self, seen: ApprovalPreview) -> list[Fact]:
        """The facts that must be known before it can be given."""
        owner = self.who["role"] == self.model.owner_role
        if not owner and (seen.kind is not None or seen.decision.outcome != "ask"):
            return []
        read = {name: value for name, value in self.task.entry.facts(reveal=True).items() if value is not None}
        known = {"facts": {**read, **self.facts}, "case": self.task.entry.case or self.facts.get("case")}
        named = [fact.name for fact in to_ask(self.model, seen.decision, known, recorded=True)]
        waiting = [name for name in self.task.missing if name not in self.facts]
        return facts_named(self.model, dict.fromkeys((*waiting, *named)))

    def unfiled(self, seen: ApprovalPreview) -> list[str]:
        """What must be on file before it can be given, and is not."""
        needed = seen.decision.missing.evidence if seen.kind is None else ()
        if seen.kind is None and self.who["role"] == self.model.owner_role:
            needed = seen.decision.obligations
        on_file = {*self.task.entry.body["request"]["evidence"], *self.evidence}
        return [name for name in needed if name not in on_file]

    def title(self, evidence: str) -> str:
        return evidence_title(self.model, evidence)

    def complete(self, asked: Mapping[str, Any] | None) -> ApprovalPreview | None:
        """Ask what is still to be known. What approving would do then; ``None`` where it is not possible, which is said."""
        while True:
            seen = self.preview(asked)
            unknown, unfiled = self._unknown(seen), self.unfiled(seen)
            if unknown or unfiled or seen.decision.missing.story:
                if not (all(map(self._ask_fact, unknown)) and all(map(self._ask_evidence, unfiled))):
                    self.talk.say(Message("Nothing is given without it. What you said is kept, and the task stays open."))
                    return None
                if seen.decision.missing.story and not self._ask_story():
                    return None
            elif seen.kind is None and self.story is None and self._own_discretion(seen):
                if not self._ask_story():
                    return None
            elif seen.kind is None:
                self.talk.say(verdict(seen, self.model, str(self.who["id"])), bold=True)
                self.talk.say(Message("The task stays open."))
                return None
            else:
                return seen

    def _ask_fact(self, fact: Fact) -> bool:
        if fact.weakest_source != "stated":
            name = fact_name(self.model, fact.name)
            told = Message("The {name} must come from what is on file; nobody's word is enough.", name=name)
            if fact.weakest_source == "system":
                told = Message("The {name} must come from a system; nobody's word is enough.", name=name)
            self.talk.say(told)
            return False
        fact, today = read(self.model).facts.get(fact.name, fact), today_in(self.model.timezone)
        choices = tuple(map(fact.called, (fact.type.element or fact.type).choices))
        value = self.talk.ask(
            question(fact),
            lambda text: (parse_fact(fact, text, today=today, locale=spoken().tag),),
            options=choices,
            help_text=Message("Please give {expected}. Enter if you do not know.", expected=expected(fact)),
        )
        if value is None:
            return False
        before = dict(self.facts)
        self.facts[fact.name] = value[0]
        try:
            self.preview()
        except NotAllowed:
            raise
        except RemitError:
            self.facts = before
            raise
        return True

    def _ask_evidence(self, name: str) -> bool:
        if not self.talk.yes(Message("Is this on file: {evidence}?", evidence=self.title(name))):
            return False
        self.evidence.append(name)
        return True

    def _own_discretion(self, seen: ApprovalPreview) -> bool:
        decision = in_language(seen.decision, self.model)
        found = next((each for each in decision.unlocks if each.kind == "discretion"), None)
        if found is None:
            return False
        told = words.capital(told_discretion(found, decision, read(self.model), spoken()))
        return self.talk.yes(Message("{what}. Use your own discretion for it?", what=told))

    def _ask_story(self) -> bool:
        self.story = self.talk.ask(
            Message("Why, in a sentence?"), str, help_text=Message("Why the rules fall short here. It goes on record.")
        )
        if self.story is None:
            self.talk.say(NOTHING)
        return self.story is not None


def ask_reason(talk: Talk, offered: Sequence[str]) -> str | None:
    """Why something is declined: in their own words, or with a number in those that the policy offers."""
    if offered:
        talk.say(Message("The policy's words:"))
        for number, text in enumerate(offered, 1):
            talk.say(f"{number}. {text}", indent="  ")

    def take(text: str) -> str:
        if goes_back(text):
            return ""
        if text.isascii() and text.isdigit() and len(text) < 4:
            if 1 <= int(text) <= len(offered):
                return offered[int(text) - 1]
            raise ValueError(Message("a number alone is no reason; please say why"))
        if len(text) < _SHORTEST:
            raise ValueError(Message("please say why in a few words"))
        return text

    help_text = Message("The person who asked will read it. Enter: nothing changes.")
    if offered:
        help_text = Message("The person who asked will read it. A number takes the policy's words. Enter: nothing changes.")
    return talk.ask(Message("Why not?"), take, help_text=help_text, enter=Message("go back")) or None


def goes_back(text: str) -> bool:
    """Whether a key was typed where words were expected: nobody gives or declines by a slip."""
    return text.casefold() in ("b", "n")
