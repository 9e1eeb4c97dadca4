"""The counter's screen: what it shows of a decision, which keys it offers, and what a line that was typed there means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from remit.cli.support.prompt import Talk, show
from remit.decision.detail import Offer, Reason
from remit.decision.page.answer import GLUE, AnswerPage, PageBlock, PageRow
from remit.decision.page.counter_page import CounterState, counter_page
from remit.decision.page.fuller_words import told_reason
from remit.decision.page.render import Telling
from remit.language import words
from remit.language.locales.messages import ENGLISH, Locale, Message

if TYPE_CHECKING:
    from remit.decision.decision import Decision
    from remit.policy.model import Model

__all__ = ["Screen"]

#: What the last keys do on every screen.
_ALWAYS: Final = {
    "c": Message("change an answer"),
    "<": Message("back"),
    "?": Message("explain"),
    "q": Message("stop"),
}


class Screen:
    """One screen: ``decision`` (in the language of ``model``) with what the counter knows beside it. ``keys`` are the letters
    that do something here, with what they do."""

    def __init__(
        self,
        decision: Decision,
        model: Model,
        state: CounterState,
        locale: Locale = ENGLISH,
        *,
        recorded: bool,
        notes: bool,
    ) -> None:
        self.decision, self.model, self.state = decision, model, state
        self._, self.telling = locale, Telling(decision, model, locale=locale)
        always = {key: locale(text) for key, text in _ALWAYS.items()}
        self.keys = {**dict(self._actions(notes) if recorded else ()), **always}

    def _actions(self, notes: bool) -> Iterator[tuple[str, str]]:
        decision, telling = self.decision, self.telling
        if telling.asked and (decision.outcome == "grant" or decision.missing.evidence or decision.missing.story):
            yield "g", self._("give {what}", what=telling.bundle())
        elif self.state.offers:
            due = self.due()
            if due:
                yield "o", self._("give what is owed: {what}", what=self._bundle(due))
            if (offer := self.offer()) is not None:
                yield "g", self._("give {what}", what=self._amount(offer))
        if self.state.offers:
            count = len(self.state.offers)
            yield "1" if count == 1 else f"1-{count}", self._("or an amount: give that")
        if decision.outcome == "escalate" and decision.escalate_to is not None:
            yield "a", self._("ask {who}", who=self.whom())
        elif not telling.asked and decision.outcome != "deny" and self.next_role() is not None:
            yield "a", self._("ask for more")
        if any(each.kind == "discretion" for each in decision.unlocks):
            yield "s", self._("use your own discretion")
        if decision.outcome == "deny" and self.next_role() is not None:
            yield "h", self._("hand over to {who}", who=self.telling.who(self.next_role() or ""))
        yield "d", self._("decline")
        if notes:
            yield "n", self._("note something about the customer")

    # What may be given

    def due(self) -> dict[str, Any]:
        """All that is owed, to be given at once."""
        return {each.remedy: each.owed for each in self.state.offers if not words.nothing(each.owed)}

    def offer(self) -> Offer | None:
        """What is given by one key: the first that is more than what is owed, and that is offered unasked."""
        free = (each for each in self.state.offers if each.amount != each.owed and not each.on_request and not each.beside)
        return next(free, None)

    def next_role(self) -> str | None:
        """The role above this employee's."""
        ladder = self.model.ladder
        above = ladder[ladder.index(self.decision.role) + 1 :] if self.decision.role in ladder else ()
        return above[0] if above else None

    def whom(self) -> str:
        """Whoever it goes to, in a sentence."""
        approver = self.decision.approver
        return self.telling.who(approver) if approver else self.model.owner

    def _amount(self, offer: Offer) -> str:
        return self.telling.amount(offer.remedy, offer.amount)

    def _bundle(self, asked: dict[str, Any]) -> str:
        return self._.listing(self.telling.amount(name, value) for name, value in asked.items())

    # What a line means

    def choice(self, answer: str) -> Offer | str | None:
        """What a number on the screen stands for: something to give, or the name of a fact. ``None``: no such number."""
        if not (answer.isascii() and answer.isdigit() and len(answer) < 4):
            return None
        choices = self.state.choices
        return choices[int(answer) - 1] if 1 <= int(answer) <= len(choices) else None

    # What is shown

    def show(self, talk: Talk) -> None:
        """Print it, with the keys below."""
        show(counter_page(self.decision, self.model, self.state, self._))
        talk.say("")
        talk.row((f"{key}{GLUE * 2}{text}" for key, text in self.keys.items()), dim=True)

    def explanation(self, answer: str) -> AnswerPage | None:
        """What ``?`` alone tells: why, and what the keys do; or what ``? 2`` or ``? g`` tells of one line; ``None`` where there
        is no such line."""
        wanted = answer.removeprefix("?").strip()
        if not wanted:
            keys = tuple(PageRow(key, text) for key, text in self.keys.items())
            why = tuple(self.telling.why())
            blocks = (*((PageBlock(self._("Why"), why),) if why else ()), PageBlock(self._("Keys"), keys))
            return AnswerPage(self._("? and a number explains that line."), "quiet", blocks)
        found = self.choice(wanted)
        if isinstance(found, str):
            return self._about_fact(found)
        if found is not None:
            return self._about_offer(found)
        return AnswerPage(f"{wanted}: {self.keys[wanted]}.", "quiet") if wanted in self.keys else None

    def _about_offer(self, offer: Offer) -> AnswerPage:
        detail = self.decision.remedies[offer.remedy]
        why = [
            each
            for each in self.decision.reasons
            if each.kind != "requirement" and (offer.remedy in each.remedies or not each.remedies)
        ]
        rows = [PageRow(each.id if each.kind in ("rule", "guardrail", "cap") else "", self._told(each)) for each in why]
        if detail.binding is not None:
            rows.append(PageRow(self._("Held by"), words.name(detail.binding.partition(":")[2] or detail.binding)))
        for name in offer.evidence:
            rows.append(PageRow(self._("To be on file"), self.telling.evidence(name)))
        return AnswerPage(
            f"{offer.title}: {self._.quantity(offer.amount)}.",
            "quiet",
            (PageBlock(self._("Why"), tuple(rows)),) if rows else (),
        )

    def _told(self, reason: Reason) -> str:
        return told_reason(reason, self.decision, self.model, self._)

    def _about_fact(self, name: str) -> AnswerPage:
        row = PageRow(self._("The answer may open more."))
        return AnswerPage(self.telling.question(name), "quiet", (PageBlock("", (row,)),))
