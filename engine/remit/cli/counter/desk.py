"""The conversation at the counter: ask what matters, show what may be done, and do what one key says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import click

from remit.cli.counter.counter_case import CounterCase
from remit.cli.counter.permitted import PermittedOffers
from remit.cli.counter.screen import Screen
from remit.cli.support.prompt import Back, Quit, show
from remit.decision.giving import AmountMissing, parse_bundle
from remit.decision.page.counter_page import CounterState, owed_only
from remit.decision.page.page_words import fact_value
from remit.decision.page.ranking import ranked
from remit.decision.page.translation import translated
from remit.decision.typed import choose
from remit.errors import RequestError
from remit.language import words
from remit.language.locales.messages import Message
from remit.language.words import show_value

if TYPE_CHECKING:
    from remit.decision.decision import Decision
    from remit.decision.detail import Offer

__all__ = ["converse"]

#: What a key does: the decision that ends it, or ``None`` where something is to be asked or shown again.
_Action: TypeAlias = "Callable[[Screen], Decision | None]"

#: Words that people type for a key.
_WORDS: Final[Mapping[str, str]] = {"back": "<", "quit": "q", "stop": "q", "nothing": "q", "help": "?"} | {
    "zurück": "<",
    "ende": "q",
    "nichts": "q",
    "hilfe": "?",
    "atrás": "<",
    "salir": "q",
    "nada": "q",
    "ayuda": "?",
    "retour": "<",
    "fin": "q",
    "rien": "q",
    "aide": "?",
}


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
        self.talk.say(Message("Enter: I do not know, or what is in [ ].  ?: help.  <: back.  q: stop."), dim=True)
        for line in self.case.book.news(self.case.request["employee"]["id"]):
            self.talk.say(line)
        self.case.book.mark_shown()
        self.case.warn()
        try:
            return self._talk_on(PermittedOffers(self.case.book, self.talk, self.case.request["employee"]))
        except Quit:
            return self.case.stop()

    def _talk_on(self, permitted: PermittedOffers) -> Decision:
        """Offer what was permitted, ask, and do what is wanted, until something was done."""
        given = permitted.new()
        self.case.warn()
        if given is not None and not self._has_begun():
            return given
        while True:
            done = self._give_permitted(permitted)
            if done is None:
                self.case.ask_what_matters()
                done = self._give_permitted(permitted) or self._at_the_screen()
            if done is not None:
                return done

    def _give_permitted(self, permitted: PermittedOffers) -> Decision | None:
        """Offer what was permitted for this case, as far as it is known by now."""
        given = permitted.of_case(self.model.id, self.case.request)
        self.case.warn()
        return given

    def _has_begun(self) -> bool:
        """Whether anything is known of a customer: then the conversation is about them."""
        return bool(self.case.request["facts"] or self.case.request["case"])

    # The screen

    def _at_the_screen(self) -> Decision | None:
        """Show what may be done, and do what is wanted."""
        decision = self.case.decision()
        self.case.warn()
        asked = self.case.act["asked"]
        on_file = decision.missing.evidence or decision.missing.story
        if asked and on_file and not decision.missing.facts and not self.case.waits_for_file:
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
            except (ValueError, RequestError) as error:
                self.talk.refuse(error)
            except Back:
                return None

    def _screen(self, decision: Decision) -> Screen:
        case, told = self.case, translated(decision, self.case.policy.model, self.case.language)
        named = None if case.act["asked"] else case.interview.once_named()
        owed = () if named is None else owed_only(translated(named, case.policy.model, case.language))
        offers = ranked(told, self.model) or owed
        due = [each for each in offers if not words.nothing(each.owed)]
        skipped = {each.question.name for each in case.interview.answers if each.value is None}
        state = CounterState(
            offers=[*due, *(each for each in offers if each not in due)],
            more=[each.name for each in case.interview.more()],
            unknown=[name for name in told.missing.facts if (name in skipped or owed) and name in self.model.facts],
            on_hold=offers is owed and bool(owed),
            left=self.case.left(decision),
            assumed=[*([self._role_assumed(told.role)] if self.role_assumed else []), *self._assumed()],
        )
        return Screen(told, self.model, state, case.locale, recorded=case.book.recorded, notes=case.knows_customer())

    def _role_assumed(self, role: str) -> str:
        # The role that was assumed is the lowest one, of whom there are many: in English, with its article.
        who = words.a(words.name(role)) if self.case.locale.language == "en" else self.case.locale.role(role)
        return self.case.locale("you are {who}", who=who)

    def _recap(self) -> None:
        """What was said so far."""
        answers = self.case.interview.answers
        values = [(each.question, each.question.fact.default if each.value is None else each.value) for each in answers]
        if known := [self._said(asked.name, value) for asked, value in values if value is not None]:
            self.talk.say(", ".join(known), dim=True)

    def _assumed(self) -> list[str]:
        return [self._said(fact.name, value) for fact, value in self.case.interview.assumed()]

    def _said(self, name: str, value: Any) -> str:
        values = value if isinstance(value, list | tuple) else [value]
        fact = self.model.facts.get(name)
        told = ", ".join(fact_value(fact, each, self.case.locale) for each in values)
        return self.case.locale("{what}: {words}", what=self._label(name), words=told)

    def _label(self, name: str) -> str:
        fact = self.model.facts.get(name)
        if name == "case" and fact is None:
            return self.case.locale("case")
        return (fact.title if fact else None) or words.name(name)

    def _explained(self, screen: Screen, answer: str) -> bool:
        """Whether a line only wanted an explanation, which has been given."""
        if not answer:
            told = Message("Nothing was given yet. Type one of the keys above; q stops without giving anything.")
            self.talk.say(told, indent="  ")
        elif answer[0] == "?":
            page = screen.explanation(answer)
            if page is None:
                raise ValueError(Message("there is nothing called `{typed}` here", typed=show_value(answer[1:].strip())))
            show(page)
        return not answer or answer[0] == "?"

    # What a line does

    def _do(self, screen: Screen, answer: str) -> Decision | None:
        key = _WORDS.get(answer.casefold(), answer.casefold())
        if key in screen.keys and key in self.actions:
            return self.actions[key](screen)
        if key in self.actions:
            raise ValueError(Message("`{key}` does nothing here; the keys are {keys}", key=key, keys=" ".join(screen.keys)))
        found = screen.choice(answer)
        if isinstance(found, str):
            self.case.put(self.case.interview.about(self.model.facts[found]))
            return None
        if found is not None:
            return self._give_some(found) if not screen.telling.asked or self._instead(found) else None
        return self._give_in_words(screen, answer)

    def _instead(self, offer: Offer) -> bool:
        """Whether it is meant in place of what was asked for: a number may have been typed as an amount."""
        return self.talk.yes(Message("Give this instead: {title}?", title=offer.title))

    def _give_in_words(self, screen: Screen, answer: str) -> Decision | None:
        offers = {each.remedy: each for each in screen.state.offers}
        try:
            asked = parse_bundle(self.model, answer, offers)
        except AmountMissing as missing:
            if missing.remedy in offers:
                return self._give_some(offers[missing.remedy])
            amount = self.case.amount(missing.remedy, Message("How much?"), enter=Message("nothing"))
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
            most = self.case.locale.quantity(amount)
            typed = self.case.amount(offer.remedy, Message("How much? You may give up to {amount}.", amount=most), enter=most)
            amount = amount if typed is None else typed
        return self.case.give({offer.remedy: amount, **dict.fromkeys(offer.beside, True)})

    def _ask_for_approval(self, screen: Screen) -> Decision | None:
        if screen.decision.outcome == "escalate":
            return self.case.send_up()
        return self._want(Message("What does the customer need?"), screen)

    def _use_discretion(self, screen: Screen) -> Decision | None:
        if self.case.tell_story():
            return self.case.give(self.case.act["asked"])
        return None

    def _want(self, text: str, screen: Screen) -> Decision | None:
        """Ask for something beyond what is offered; the next screen says who can give it."""
        known = ", ".join(self.model.remedies)
        help_text, enter = Message("For example {names}.", names=known), Message("nothing")
        asked = self.talk.ask(text, lambda typed: parse_bundle(self.model, typed), help_text=help_text, enter=enter)
        return self.case.give(asked) if asked else None

    def _change(self, screen: Screen) -> Decision | None:
        """One answer, or something that was assumed, is asked again; the others stay."""
        interview = self.case.interview
        answered = [each.question.name for each in interview.answers]
        names = [*answered, *(fact.name for fact, _ in interview.assumed() if fact.name not in answered)]
        role = self.case.locale("your role")
        labels = [self._label(name) for name in names] + ([role] if self._may_say_role() else [])
        if not labels:
            raise ValueError(Message("there is no answer to change yet"))
        which, none = Message("Which answer?"), Message("none")
        chosen = self.talk.ask(which, lambda text: choose(text, labels), options=labels, enter=none)
        if chosen == role:
            self._say_role()
        elif chosen is not None:
            name = names[labels.index(chosen)]
            self.case.put(interview.change(name) if name in answered else interview.about(self.model.facts[name]))
        return None

    def _may_say_role(self) -> bool:
        return len(self.model.ladder) > 1 and not self.case.book.has_roster

    def _say_role(self) -> None:
        ladder, request = self.model.ladder, self.case.interview.request
        role = self.talk.ask(Message("Who are you?"), lambda text: choose(text, ladder), options=ladder)
        if role is not None:
            self.role_assumed = False
            self.case.interview.request = {**request, "employee": {**request["employee"], "role": role}}

    def _back(self, screen: Screen) -> None:
        """To the screen without what was asked, or else to the last question."""
        if self.case.act["asked"]:
            self.case.forget_wish()
        elif self.case.interview.back() is None:
            raise ValueError(Message("there is nothing to go back to"))
