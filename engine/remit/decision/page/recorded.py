"""The sentences of a decision in another language than English, in which they are on record: each is found among those that it
can have been made from (:mod:`remit.core.sentences`), and said again with the same values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from remit.core.sentences import (
    BY_KIND,
    CAUSES,
    HERE,
    MAY_GIVE,
    MAY_GIVE_UP_TO,
    ONLY_WHERE,
    UNTIL,
)
from remit.decision.detail import Offer, Reason, Shown, Unlock
from remit.decision.page.conditions import Signs
from remit.errors import RemitError
from remit.language import words
from remit.language.locales.messages import Locale, Sentence
from remit.language.locales.window_words import window
from remit.language.values import Money
from remit.policy.model import Condition, Model
from remit.policy.phrases import parts, titles_of

__all__ = ["Recorded"]


class Recorded:
    """Says the sentences of a decision under ``model`` as ``locale`` does. ``tell`` gives a text of the author as it is read,
    and ``read`` is the model with all of them so."""

    def __init__(self, model: Model, read: Model, locale: Locale, tell: Callable[[str], str]) -> None:
        self.model, self.read, self.locale, self.tell = model, read, locale, tell
        self._titles: dict[str, str] = {}

    def reason(self, of: Reason) -> str:
        """The text of a reason."""
        if of.kind == "rule" or of.text in self._authored(of.id):
            return self.tell(of.text)
        if of.kind == "near":
            return self._near(of)
        return self._again(of.kind, of.text, of.id, of.remedies)

    def unlock(self, of: Unlock) -> str:
        """The text of an unlock."""
        if of.kind in ("fact", "evidence"):
            return self.tell(of.text)
        if of.kind == "role" and of.remedy is not None:
            role, title = self.locale.role(of.name), self._title(of.remedy)
            if of.amount is True:
                return self.locale(MAY_GIVE, role=role, title=title)
            return self.locale(MAY_GIVE_UP_TO, role=role, what=self.locale.amount(title, of.amount))
        return self._again(of.kind, of.text, of.name, ())

    def left(self, of: Offer) -> str | None:
        """What is left of the cap that binds an offer."""
        return of.left and self._again("cap", of.left, "", ())

    def cause(self, of: Shown) -> str | None:
        """Why a value cannot be worked out."""
        return of.cause and self._cause(of.cause)

    def condition(self, when: Condition) -> str:
        """All of a condition, with signs where English has words."""
        names, choices, word = self._names(), self._choices(), self.locale("and")
        nodes = [node for node, _ in parts(when)]
        said = [(Signs(_source(when, node), self.locale, names, choices), node) for node in nodes]
        return f" {word} ".join(signs.inner(node, "?") if len(nodes) > 1 else signs.of(node) for signs, node in said)

    def _authored(self, name: str) -> Iterable[str]:
        """What the author of the policy says of a guardrail."""
        return (each.because for each in self.model.guardrails if each.id == name and each.because)

    def _again(self, kind: str, text: str, name: str, remedies: Sequence[str]) -> str:
        """``text``, a sentence of this kind about ``name``, said again; as it is where it is none."""
        for sentence in BY_KIND.get(kind, ()):
            found = _pattern(sentence).fullmatch(text)
            if found is not None:
                about = _About(self, name, remedies)
                return self.locale(sentence, **{each: about.value(each, said) for each, said in found.groupdict().items()})
        return text

    def _near(self, of: Reason) -> str:
        """A rule that nearly gives something. Of the condition only the English words are on record: which one it is, is found
        in the policy."""
        rule = next((each for each in self.model.rules if each.id == of.id), None)
        found = _pattern(ONLY_WHERE).fullmatch(of.text)
        if rule is None or rule.when is None or found is None:
            return of.text
        because = self.tell(rule.because).rstrip(". ") if rule.because else words.name(rule.id)
        for node, said in parts(rule.when):
            if found["condition"] == said or found["condition"].startswith(f"{said}; "):
                titles = self._names()
                condition = Signs(_source(rule.when, node), self.locale, titles, self._choices()).of(node)
                here = _pattern(HERE).fullmatch(found["condition"].removeprefix(said))
                value = self.locale(HERE, value=self._constant(here["value"])) if here else ""
                return self.locale(ONLY_WHERE, because=because, condition=condition) + value
        return of.text

    def _names(self) -> dict[str, str]:
        """What facts and what is asked are called."""
        asked = {f"asked.{name}": self._title(name) for name in self.model.remedies}
        return {**asked, **titles_of(self.read)}

    def _choices(self) -> dict[str, str]:
        """What the words of choices are called; of a word that two facts call otherwise, nothing."""
        called: dict[str, set[str]] = {}
        for fact in self.read.facts.values():
            for word in fact.choice_titles:
                called.setdefault(word, set()).add(self.locale.in_sentence(fact.called(word), self.read.languages))
        return {word: titles.pop() for word, titles in called.items() if len(titles) == 1}

    def _title(self, remedy: str) -> str:
        return self.locale.in_sentence(self.read.remedies[remedy].title, self.read.languages)

    def _evidence(self, name: str) -> str:
        return self.read.evidence[name].title if name in self.read.evidence else words.name(name)

    def _cause(self, text: str) -> str:
        return self._again("undetermined", text, "", ())

    def _amount(self, text: str) -> str:
        """``30 EUR``, ``2000`` or ``3 grants``."""
        number, _, unit = text.partition(" ")
        if unit in ("grant", "grants"):
            return self.locale.plural("{count} grant", "{count} grants", int(number))
        try:
            return self.locale.quantity(Money.of(text) if unit else Decimal(number))
        except (ValueError, InvalidOperation, RemitError):
            return text

    def _constant(self, text: str) -> str:
        """What a fact is: an amount, a number with its unit, a day, a length of time, or a word."""
        if text in ("yes", "no", "nothing"):
            return self.locale(text)
        for word, title in self._choices().items():
            if words.value(word) == text:
                return title
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return self.locale.day(date.fromisoformat(text))
        found = re.fullmatch(r"(-?[\d,]+(?:\.\d+)?)(%?)(?: (.+))?", text)
        if found is None:
            return text
        number, percent, unit = found.groups()
        value = Decimal(number.replace(",", ""))
        if percent:
            return self.locale.value(value / 100) + (f" {unit}" if unit else "")
        if unit is not None and re.fullmatch("[A-Z]{3}", unit):
            return self._amount(f"{value} {unit}")
        return f"{self.locale.quantity(value)} {unit}" if unit else self.locale.quantity(value)


class _About:
    """What the placeholders of one sentence hold, in another language; it is about ``name``, and about ``remedies``."""

    def __init__(self, recorded: Recorded, name: str, remedies: Sequence[str]) -> None:
        self.recorded, self.name, self.remedies = recorded, name, remedies

    def value(self, placeholder: str, said: str) -> str:
        """``said``, which is in English, in the other language."""
        say = KINDS.get(placeholder)
        return said if say is None else say(self, said)

    def amount(self, said: str) -> str:
        return self.recorded._amount(said)

    def day(self, said: str) -> str:
        number, month, year = said.split()
        return self.recorded.locale.day(date(int(year), words.MONTHS.index(month) + 1, int(number)))

    def date(self, said: str) -> str:
        return self.recorded.locale.day(date.fromisoformat(said))

    def until(self, said: str) -> str:
        found = _pattern(UNTIL).fullmatch(said)
        return self.recorded.locale(UNTIL, day=self.day(found["day"])) if found else ""

    def who(self, said: str) -> str:
        return self.role(said.partition(" ")[2])

    def role(self, said: str) -> str:
        return self.recorded.locale.role(said)

    def title(self, said: str) -> str:
        if self.remedies:
            return self.recorded._title(self.remedies[0])
        return self.recorded._evidence(self.name)

    def titles(self, said: str) -> str:
        return self.recorded.locale.listing(map(self.recorded._title, self.remedies))

    def what(self, said: str) -> str:
        """What was given: an exception, or an amount, of one remedy or of several."""
        title = words.in_sentence(self.recorded.model.remedies[self.remedies[0]].title)
        amount = said[: -len(title)].rstrip() if said.casefold().endswith(title.casefold()) else said
        if not amount:
            return self.title(said)
        number = Money.of(amount) if " " in amount else int(amount)
        return (
            self.recorded.locale.quantity(number) if amount == said else self.recorded.locale.amount(self.title(said), number)
        )

    def because(self, said: str) -> str:
        """What the author says of a guardrail, or remit of one of its own."""
        told = self.recorded.tell(said)
        return self.recorded._again("guardrail", said, self.name, self.remedies) if told == said else told

    def fact(self, said: str) -> str:
        known = self.recorded.read.facts.get(self.name)
        return known.title if known is not None and known.title else said

    def high(self, said: str) -> str:
        return self.recorded._constant(said)

    def span(self, said: str) -> str:
        return self.recorded.locale(window(said if said[:1].isdigit() else f"1 {said}"))

    def cause(self, said: str) -> str:
        return self.recorded._cause(said)

    def why(self, said: str) -> str:
        for sentence in CAUSES:
            found = _pattern(sentence).fullmatch(said)
            if found is not None:
                return self.recorded.locale(
                    sentence, **{each: self.value(each, text) for each, text in found.groupdict().items()}
                )
        return said

    def window(self, said: str) -> str:
        return self.recorded.locale(window(said))


#: How each placeholder is said; those of others (ids, formulas, names of facts) stay as they are.
KINDS: Final[Mapping[str, Callable[[_About, str], str]]] = {
    **dict.fromkeys(("amount", "asked", "each", "left", "limit", "total"), _About.amount),
    **dict.fromkeys(("date", "end"), _About.date),
    "because": _About.because,
    "cause": _About.cause,
    "day": _About.day,
    "fact": _About.fact,
    "high": _About.high,
    "role": _About.role,
    "span": _About.span,
    "title": _About.title,
    "titles": _About.titles,
    "until": _About.until,
    "what": _About.what,
    "who": _About.who,
    "why": _About.why,
    "window": _About.window,
}


@cache
def _pattern(sentence: Sentence) -> re.Pattern[str]:
    """What was made from a sentence; ``until`` may be nothing."""
    parts = re.split(r"\{(\w+)\}", sentence)
    texts = [
        re.escape(part) if at % 2 == 0 else f"(?P<{part}>.{'*' if part == 'until' else '+'}?)" for at, part in enumerate(parts)
    ]
    return re.compile("".join(texts), re.DOTALL)


def _source(when: Condition, node: Any) -> str:
    """The text that ``node``, a part of a condition, was written in."""
    for clause in when.expressions():
        if clause.source is not None and (clause.node is node or node in getattr(clause.node, "operands", ())):
            return clause.source.text
    return ""
