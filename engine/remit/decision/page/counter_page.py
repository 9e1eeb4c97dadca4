"""The counter's screen: what is owed and what may be given now, each with its number; the words to say, what is left of the
budgets, what would open more, who can do more, and what was assumed. It fits a window of 80 by 24.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from remit.decision.decision import Decision
from remit.decision.detail import Offer, Unlock
from remit.decision.page.answer import GLUE, AnswerPage, PageBlock, PageRow, Tone
from remit.decision.page.fuller_words import told_discretion
from remit.decision.page.render import Telling
from remit.language import words
from remit.language.fast_dataclass import dataclass
from remit.language.locales.messages import ENGLISH, Locale
from remit.policy.model import Model

__all__ = ["CounterState", "counter_page", "owed_only"]

_TONES: dict[str, Tone] = {"grant": "good", "escalate": "wait", "deny": "stop", "ask": "ask"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterState:
    """What the counter knows beside the decision. ``offers`` are what may be given, in the order of the screen; ``unknown`` the
    facts that were asked for in vain, and ``more`` those whose answers would open more. These three are numbered, one after
    the other. ``assumed`` are lines such as ``guest threatening: no``, ``left`` what is left of the budgets that bind."""

    offers: Sequence[Offer]
    more: Sequence[str] = ()
    unknown: Sequence[str] = ()
    assumed: Sequence[str] = ()
    left: Sequence[PageRow] = ()
    #: The offers can be given only once what is ``unknown`` is known.
    on_hold: bool = False

    @property
    def choices(self) -> tuple[Offer | str, ...]:
        """What the numbers on the screen stand for, from 1: an offer, or the name of a fact."""
        return (*self.offers, *self.unknown, *self.more)


def counter_page(decision: Decision, model: Model, state: CounterState, locale: Locale = ENGLISH) -> AnswerPage:
    """The screen for ``decision``, taken under ``model``; both are in the language of ``locale``."""
    page = _CounterPage(decision, model, state, locale)
    return AnswerPage(page.first_line(), page.tone(), tuple(page.blocks()))


def owed_only(decision: Decision) -> tuple[Offer, ...]:
    """The offers of ``decision``, each without what goes beyond the customer's right."""
    due = (each for each in decision.offers if not words.nothing(each.owed))
    return tuple(replace(each, amount=each.owed, left=None) for each in due)


class _CounterPage:
    def __init__(self, decision: Decision, model: Model, state: CounterState, locale: Locale) -> None:
        self.decision, self.model, self.state = decision, model, state
        self._, self.telling = locale, Telling(decision, model, locale=locale)

    def tone(self) -> Tone:
        if self.state.offers and not self.telling.asked:
            return "good"
        return "stop" if self.telling.is_refused else _TONES[self.decision.outcome]

    def first_line(self) -> str:
        offers, decision = self.state.offers, self.decision
        if self.telling.asked and decision.outcome in ("escalate", "deny"):
            return self.telling.headline()
        if self.state.on_hold:
            return self._("The customer is owed something, unless it was given before. To give it, you need to know more.")
        if any(not words.nothing(each.owed) for each in offers):
            return self._("The customer is owed something. You may give it now, without asking anyone.")
        if offers:
            return self._("You may give this now, without asking anyone.")
        if decision.outcome == "deny" or self.telling.is_refused:
            return self.telling.refused()
        if decision.outcome == "escalate":
            return self.telling.headline()
        if self.state.more or self.state.unknown:
            return self._("Nothing can be promised yet.")
        return self._("Nothing is owed here, and the rules give nothing.")

    def blocks(self) -> Iterator[PageBlock]:
        offers = [self._offer(number, each) for number, each in enumerate(self.state.offers, 1)]
        if offers:
            asked = self.telling.asked and self.decision.outcome in ("escalate", "deny")
            yield PageBlock(self._("You may give this yourself, now") if asked else "", tuple(offers))
        for heading, rows in (
            (self._("Say"), [PageRow(each) for each in self.decision.say]),
            (self._("In this case"), [self.telling.shown(each) for each in self.decision.shown]),
            (self._("To be on file"), list(self.telling.to_file()) if self.telling.asked or not offers else []),
            (self._("Left"), list(self.state.left)),
            (self._("Needed first") if self.state.on_hold else self._("Not known"), self._open(self.state.unknown)),
            (self._("Opens more"), self._open(self.state.more)),
            (self._("Can do more"), list(self._others())),
            (self._("Discretion"), list(self._beyond())),
            (self._("Assumed"), [PageRow(", ".join(self.state.assumed))] if self.state.assumed else []),
        ):
            if rows:
                yield PageBlock(heading, tuple(rows), spoken=heading == self._("Say"), beside=True)

    def _offer(self, number: int, offer: Offer) -> PageRow:
        row = self.telling.together(offer) if offer.beside else self.telling.offer_row(offer)
        right = row.right
        if not words.nothing(offer.owed):
            right = self._("owed")
            if offer.owed is not True:
                right = self._("{amount} owed", amount=self._.quantity(offer.owed))
            if offer.amount != offer.owed:
                right = self._("{owed}; up to {amount} in all", owed=right, amount=self._.quantity(offer.amount))
            if condition := self.telling.condition(offer):
                right += f" ({condition})"
        if offer.on_request:
            right = ", ".join(filter(None, (right, self._("only if the customer asks"))))
        return PageRow(f"{number}{GLUE * 2}{row.left}", right)

    def _open(self, names: Sequence[str]) -> list[PageRow]:
        """Questions that may be answered here, each with its number."""
        numbers = {each: number for number, each in enumerate(self.state.choices, 1) if isinstance(each, str)}
        return [PageRow(f"{numbers[name]}{GLUE * 2}{self.telling.question(name)}") for name in names]

    def _others(self) -> Iterator[PageRow]:
        """Who can do more; each role once, and only where it has not been said already."""
        by_role: dict[str, list[Unlock]] = {}
        for each in self.decision.unlocks:
            if each.kind == "role":
                by_role.setdefault(each.name, []).append(each)
        for name, unlocks in by_role.items():
            told = self._.listing(map(self.telling.unlock, unlocks))
            yield PageRow(words.capital(self.telling.who(name)), told)

    def _beyond(self) -> Iterator[PageRow]:
        for each in self.decision.unlocks:
            if each.kind == "discretion":
                told = words.capital(told_discretion(each, self.decision, self.model, self._))
                yield PageRow(self._("{sentence}. Good use of it is welcome.", sentence=told))
