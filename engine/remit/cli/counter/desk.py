"""The conversation at the counter: ask what matters, show what may be done, and do what one key says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

from remit.cli.counter.counter_case import CounterCase
from remit.cli.counter.screen import Screen
from remit.cli.support.prompt import Back, Quit, sentence, show
from remit.decision.giving import AmountMissing, parse_bundle
from remit.decision.page.counter_page import CounterState
from remit.decision.page.ranking import ranked
from remit.decision.page.translation import translated
from remit.decision.typed import choose
from remit.language import words
from remit.language.words import show_value

if TYPE_CHECKING:
    from remit.decision.decision import Decision
    from remit.decision.detail import Offer

__all__ = ["converse"]

#: What a key does: the decision that ends it, or ``None`` where something is to be asked or shown again.
_Action: TypeAlias = "Callable[[Screen], Decision | None]"

#: Words that people type for a key.
_WORDS: Final[Mapping[str, str]] = {"back": "<", "quit": "q", "stop": "q", "nothing": "q", "help": "?"}


def converse(case: CounterCase, *, role_known: bool) -> Decision:
    """Talk about one customer until something was given, sent up or declined, or the employee stops. Returns the last decision.

    ``role_known`` is false where the request's role was only assumed.
    """
    return _Desk(case, role_known).run()


class _Desk:
    def __init__(self, case: CounterCase, role_known: bool) -> None:
        self.case, self.model, self.talk = case, case.model, case.talk
        self.role_assumed = not role_known and len(self.model.ladder) > 1
        self.actions: dict[str, _Action] = {
            "o": lambda screen: case.give(screen.due()),
            "g": self._offer,
            "a": self._ask_for_approval,
            "s": self._use_discretion,
            "d": lambda _: case.decline(),
            "h": lambda screen: case.hand_over(screen.next_role() or ""),
            "c": self._change,
            "n": lambda _: case.note(),
            "<": self._back,
            "q": lambda _: case.stop(),
        }

    def run(self) -> Decision:
        self.talk.say(self.model.title, bold=True)
        self.talk.say("Enter: I do not know.  ?: help.  <: back.  q: stop.", dim=True)
        for line in self.case.book.news(self.case.request["employee"]["id"]):
            self.talk.say(line)
        self.case.book.mark_shown()
        self.case.warn()
        try:
            while True:
                self.case.ask_what_matters()
                if (done := self._at_the_screen()) is not None:
                    return done
        except Quit:
            return self.case.stop()

    # The screen

    def _at_the_screen(self) -> Decision | None:
        """Show what may be done, and do what is wanted."""
        decision = self.case.decision()
        self.case.warn()
        asked = self.case.act["asked"]
        if asked and not decision.missing.facts and (decision.missing.evidence or decision.missing.story):
            return self.case.give(asked)
        click.echo()
        self._recap()
        for line in self.case.customer():
            self.talk.say(line)
        screen = self._screen(decision)
        screen.show(self.talk)
        while True:
            try:
                answer = self.talk.line()
                if not self._explained(screen, answer):
                    return self._do(screen, answer)
            except ValueError as error:
                self.talk.say(sentence(str(error)), indent="  ")
            except Back:
                return None

    def _screen(self, decision: Decision) -> Screen:
        case, told = self.case, translated(decision, self.case.policy.model, self.case.language)
        offers = ranked(told, self.model)
        due = [each for each in offers if not words.nothing(each.owed)]
        skipped = {each.question.name for each in case.interview.answers if each.value is None}
        state = CounterState(
            offers=[*due, *(each for each in offers if each not in due)],
            more=[each.name for each in case.interview.more()],
            unknown=[name for name in told.missing.facts if name in skipped and name in self.model.facts],
            left=self.case.left(decision),
            assumed=[*([f"you are {words.a(words.name(told.role))}"] if self.role_assumed else []), *self._assumed()],
        )
        return Screen(told, self.model, state, recorded=case.book.recorded, notes=case.knows_customer())

    def _recap(self) -> None:
        """What was said so far."""
        known = [self._said(each.question.name, each.value) for each in self.case.interview.answers if each.value is not None]
        if known:
            self.talk.say(", ".join(known), dim=True)

    def _assumed(self) -> list[str]:
        return [self._said(fact.name, value) for fact, value in self.case.interview.assumed()]

    def _said(self, name: str, value: Any) -> str:
        return f"{self._label(name)}: {words.value(value).strip(chr(34))}"

    def _label(self, name: str) -> str:
        fact = self.model.facts.get(name)
        return (fact.title if fact else None) or words.name(name)

    def _explained(self, screen: Screen, answer: str) -> bool:
        """Whether a line only wanted an explanation, which has been given."""
        if not answer:
            self.talk.say("Nothing was given yet. Type one of the keys above; q stops without giving anything.", indent="  ")
        elif answer[0] == "?":
            page = screen.explanation(answer)
            if page is None:
                raise ValueError(f"there is nothing called `{show_value(answer[1:].strip())}` here")
            show(page)
        return not answer or answer[0] == "?"

    # What a line does

    def _do(self, screen: Screen, answer: str) -> Decision | None:
        key = _WORDS.get(answer.casefold(), answer.casefold())
        if key in screen.keys and key in self.actions:
            return self.actions[key](screen)
        if key in self.actions:
            raise ValueError(f"`{key}` does nothing here; the keys are {' '.join(screen.keys)}")
        found = screen.choice(answer)
        if isinstance(found, str):
            self.case.put(self.case.interview.about(self.model.facts[found]))
            return None
        if found is not None:
            return self._give_some(found)
        return self._give_in_words(screen, answer)

    def _give_in_words(self, screen: Screen, answer: str) -> Decision | None:
        offers = {each.remedy: each for each in screen.state.offers}
        try:
            asked = parse_bundle(self.model, answer, offers)
        except AmountMissing as missing:
            if missing.remedy in offers:
                return self._give_some(offers[missing.remedy])
            amount = self.case.amount(missing.remedy, "How much?", enter="nothing")
            asked = {} if amount is None else {missing.remedy: amount}
        return self.case.give(asked) if asked else None

    def _offer(self, screen: Screen) -> Decision | None:
        if screen.telling.asked:
            return self.case.give(self.case.act["asked"])
        offer = screen.offer()
        assert offer is not None  # or else there is no such key
        return self.case.give({offer.remedy: offer.amount})

    def _give_some(self, offer: Offer) -> Decision | None:
        """All of an offer, or less."""
        amount: Any = offer.amount
        if amount is not True:
            most = words.quantity(amount)
            typed = self.case.amount(offer.remedy, f"How much? You may give up to {most}.", enter=most)
            amount = amount if typed is None else typed
        return self.case.give({offer.remedy: amount, **dict.fromkeys(offer.beside, True)})

    def _ask_for_approval(self, screen: Screen) -> Decision | None:
        if screen.decision.outcome == "escalate":
            return self.case.send_up()
        return self._want("What does the customer need?", screen)

    def _use_discretion(self, screen: Screen) -> Decision | None:
        if self.case.tell_story():
            return self.case.give(self.case.act["asked"])
        return None

    def _want(self, text: str, screen: Screen) -> Decision | None:
        """Ask for something beyond what is offered; the next screen says who can give it."""
        known = ", ".join(self.model.remedies)
        asked = self.talk.ask(
            text, lambda typed: parse_bundle(self.model, typed), help_text=f"For example {known}.", enter="nothing"
        )
        return self.case.give(asked) if asked else None

    def _change(self, screen: Screen) -> Decision | None:
        """One answer, or something that was assumed, is asked again; the others stay."""
        interview = self.case.interview
        answered = [each.question.name for each in interview.answers]
        names = [*answered, *(fact.name for fact, _ in interview.assumed() if fact.name not in answered)]
        labels = [self._label(name) for name in names] + (["your role"] if self._may_say_role() else [])
        if not labels:
            raise ValueError("there is no answer to change yet")
        chosen = self.talk.ask("Which answer?", lambda text: choose(text, labels), options=labels, enter="none")
        if chosen == "your role":
            self._say_role()
        elif chosen is not None:
            name = names[labels.index(chosen)]
            self.case.put(interview.change(name) if name in answered else interview.about(self.model.facts[name]))
        return None

    def _may_say_role(self) -> bool:
        return len(self.model.ladder) > 1 and not self.case.book.has_roster

    def _say_role(self) -> None:
        ladder, request = self.model.ladder, self.case.interview.request
        role = self.talk.ask("Who are you?", lambda text: choose(text, ladder), options=ladder)
        if role is not None:
            self.role_assumed = False
            self.case.interview.request = {**request, "employee": {**request["employee"], "role": role}}

    def _back(self, screen: Screen) -> None:
        """To the screen without what was asked, or else to the last question."""
        if self.case.act["asked"]:
            self.case.forget_wish()
        elif self.case.interview.back() is None:
            raise ValueError("there is nothing to go back to")
