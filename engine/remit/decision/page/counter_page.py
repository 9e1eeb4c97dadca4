"""The counter's screen: what is owed and what may be given now, each with its number; the words to say, what is left of the
budgets, what would open more, who can do more, and what was assumed. It fits a window of 80 by 24.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from remit.decision.decision import Decision
from remit.decision.detail import Offer, Unlock
from remit.decision.page.answer import GLUE, AnswerPage, PageBlock, PageRow, Tone
from remit.decision.page.render import Telling
from remit.language import words
from remit.language.fast_dataclass import dataclass
from remit.policy.model import Model
from remit.policy.phrases import question

__all__ = ["CounterState", "counter_page"]

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

    @property
    def choices(self) -> tuple[Offer | str, ...]:
        """What the numbers on the screen stand for, from 1: an offer, or the name of a fact."""
        return (*self.offers, *self.unknown, *self.more)


def counter_page(decision: Decision, model: Model, state: CounterState) -> AnswerPage:
    """The screen for ``decision``, taken under ``model``."""
    page = _CounterPage(decision, model, state)
    return AnswerPage(page.first_line(), page.tone(), tuple(page.blocks()))


class _CounterPage:
    def __init__(self, decision: Decision, model: Model, state: CounterState) -> None:
        self.decision, self.model, self.state = decision, model, state
        self.telling = Telling(decision, model)

    def tone(self) -> Tone:
        if self.state.offers and not self.telling.asked:
            return "good"
        return "stop" if self._is_refused else _TONES[self.decision.outcome]

    def first_line(self) -> str:
        offers, decision = self.state.offers, self.decision
        if self.telling.asked and decision.outcome in ("escalate", "deny"):
            return self.telling.headline()
        if any(not words.nothing(each.owed) for each in offers):
            return "The customer is owed something. You may give it now, without asking anyone."
        if offers:
            return "You may give this now, without asking anyone."
        if decision.outcome == "deny" or self._is_refused:
            return self._refused()
        if decision.outcome == "escalate":
            return self.telling.headline()
        if self.state.more or self.state.unknown:
            return "Nothing can be promised yet."
        return "Nothing is owed here, and the rules give nothing."

    @cached_property
    def _is_refused(self) -> bool:
        """Whether a guardrail denies all that a rule gives: whatever is asked for is denied, though the answer to nothing in
        particular goes to the owner."""
        denying = {f"guardrail:{each.id}" for each in self.model.guardrails if each.effect == "deny"}
        bare = self.model.otherwise == "deny"
        details = self.decision.remedies.values()
        refused = all(each.binding in denying or (bare and each.rule is None) for each in details)
        return refused and not self.telling.asked and self.decision.outcome == "escalate"

    def _refused(self) -> str:
        if any(each.kind == "guardrail" for each in self.decision.reasons):
            return "Nothing is given in this case. You are right to say so: the policy stands behind you."
        return "Nothing is owed here, and the rules give nothing."

    def blocks(self) -> Iterator[PageBlock]:
        offers = [self._offer(number, each) for number, each in enumerate(self.state.offers, 1)]
        if offers:
            asked = self.telling.asked and self.decision.outcome in ("escalate", "deny")
            yield PageBlock("You may give this yourself, now" if asked else "", tuple(offers))
        for heading, rows in (
            ("Say", [PageRow(each) for each in self.decision.say]),
            ("In this case", [self.telling.shown(each) for each in self.decision.shown]),
            ("To be on file", list(self.telling.to_file()) if self.telling.asked or not offers else []),
            ("Left", list(self.state.left)),
            ("Not known", self._open(self.state.unknown)),
            ("Opens more", self._open(self.state.more)),
            ("Can do more", list(self._others())),
            ("Discretion", list(self._beyond())),
            ("Assumed", [PageRow(", ".join(self.state.assumed))] if self.state.assumed else []),
        ):
            if rows:
                yield PageBlock(heading, tuple(rows), spoken=heading == "Say", beside=True)

    def _offer(self, number: int, offer: Offer) -> PageRow:
        row = self.telling.together(offer) if offer.beside else self.telling.offer_row(offer)
        right = row.right
        if not words.nothing(offer.owed):
            right = "owed" if offer.owed is True else f"{words.quantity(offer.owed)} owed"
            if offer.amount != offer.owed:
                right += f"; up to {words.quantity(offer.amount)} in all"
            if condition := self.telling.condition(offer):
                right += f" ({condition})"
        if offer.on_request:
            right = ", ".join(filter(None, (right, "only if the customer asks")))
        return PageRow(f"{number}{GLUE * 2}{row.left}", right)

    def _open(self, names: Sequence[str]) -> list[PageRow]:
        """Questions that may be answered here, each with its number."""
        numbers = {each: number for number, each in enumerate(self.state.choices, 1) if isinstance(each, str)}
        return [PageRow(f"{numbers[name]}{GLUE * 2}{question(self.model.facts[name])}") for name in names]

    def _others(self) -> Iterator[PageRow]:
        """Who can do more; each role once, and only where it has not been said already."""
        by_role: dict[str, list[Unlock]] = {}
        for each in self.decision.unlocks:
            if each.kind == "role":
                by_role.setdefault(each.name, []).append(each)
        for name, unlocks in by_role.items():
            told = words.listing(map(self.telling.unlock, unlocks))
            yield PageRow(words.capital(words.the(self.model.ladder, name)), told)

    def _beyond(self) -> Iterator[PageRow]:
        for each in self.decision.unlocks:
            if each.kind == "discretion":
                yield PageRow(f"{words.capital(each.text)}. Good use of it is welcome.")
