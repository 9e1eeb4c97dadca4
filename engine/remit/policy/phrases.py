"""Conditions and formulas in words, for people who do not read FEEL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from remit.language import words
from remit.language.locales.messages import Message
from remit.language.locales.window_words import window
from remit.language.nodes import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    If,
    In,
    Input,
    ListLiteral,
    Literal,
    Name,
    Negate,
    Node,
    Or,
    Path,
    RangeLiteral,
)
from remit.language.values import Money
from remit.policy.model import Approval, Cap, Condition, Expression, Fact, History, Model
from remit.policy.over_time import Rates

__all__ = [
    "AGAIN",
    "BESIDE",
    "HIT_POLICIES",
    "about_history",
    "accounts",
    "approval",
    "borne",
    "claims",
    "condition",
    "formula",
    "parts",
    "question",
    "rates",
    "titles_of",
    "unary",
]

#: What facts are called, by their names, as inside a sentence.
Titles: TypeAlias = Mapping[str, str]

_NUMBERS: Final = {2: "two", 3: "three", 4: "four", 5: "five"}
_COMPARED: Final[Mapping[str, str]] = {
    "=": "is",
    "!=": "is not",
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
}
_SIGNS: Final[Mapping[str, str]] = {"*": "\u00d7", "/": "/", "+": "+", "-": "\u2212", "**": "to the power of"}
_BINDING: Final[Mapping[str, int]] = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}
_CHOSEN: Final[Mapping[str, str]] = {"min": "the lower of", "max": "the higher of", "sum": "the sum of"}


def approval(each: Approval) -> str:
    """Who must agree, and how fast: ``two people, a duty manager or above, within 4 hours``."""
    who = f"{_NUMBERS[each.count]} people" if each.count > 1 else "one person"
    role = f", {words.a(words.name(each.by))} or above" if each.by is not None else ""
    return f"{who}{role}{f', within {each.text}' if each.text else ''}"


def condition(when: Condition | None, titles: Titles | None = None) -> str:
    """When something applies, as a sentence without a period; ``always`` where there is no condition. With ``titles`` of facts,
    these are said in place of their names, and whether one is true as an answer: ``threats made: yes``."""
    if when is None:
        return "always"
    parts = [unary(each, _called(tested, titles), titles) for tested, each in when.tests]
    if when.rest is not None:
        parts.append(_Words(when.rest, truths=True, titles=titles).holds(when.rest.node))
    return ", and ".join(part for part in parts if part) or "always"


def parts(when: Condition) -> list[tuple[Node, str]]:
    """The conditions that must all hold, each with how it is said."""
    out: list[tuple[Node, str]] = []
    if when.rest is not None:
        node, said = when.rest.node, _Words(when.rest)
        out += [(each, said.of(each)) for each in (node.operands if isinstance(node, And) else (node,))]
    written = [each for each in when.expressions() if when.rest is None or each.source is not when.rest.source]
    for clause, (tested, test) in zip(written, when.tests, strict=True):
        said_so = unary(test, words.name(tested))
        if said_so:
            out.append((clause.node, said_so))
    return out


def unary(expression: Expression, subject: str = "", titles: Titles | None = None) -> str:
    """A unary test: ``incident severity is at least 3``; without ``subject`` as it stands in a table, ``at least 3``."""
    said = _Words(expression, subject or "\0", titles=titles).of(expression.node)
    if subject:
        return "" if said == "yes" else said
    bare = re.sub("\0 (is (?=not\\b|at\\b|below|above|from|between)|is )?", "", said)
    return {"yes": "any", "true": "yes", "false": "no"}.get(bare, bare)


def formula(expression: Expression, titles: Titles | None = None) -> str:
    """A formula: ``the lower of stay nightly rate x ruined nights and 150 EUR``."""
    return _Words(expression, titles=titles).of(expression.node)


def claims(model: Model) -> str:
    """What tells one claim from another."""
    keys = dict.fromkeys((claim.per, claim.shared) for claim in model.claims)
    told = (f"{words.listing(map(words.name, per))}{f' (shared: {shared})' if shared else ''}" for per, shared in keys)
    return "; ".join(f"the same {each}" for each in told)


def accounts(model: Model) -> str:
    """The facts that say whose account it is."""
    return words.listing(map(words.name, model.own_account))


def titles_of(model: Model) -> Mapping[str, str]:
    """What facts are called inside a sentence, where the author says it."""
    named = {fact.name: fact.title for fact in model.facts.values()}
    return {name: words.in_sentence(title, model.languages) for name, title in named.items() if title}


def _called(name: str, titles: Titles | None) -> str:
    """What a fact or a value is called in a sentence."""
    return (titles or {}).get(name) or words.name(name)


#: Which row of a table counts, in words.
HIT_POLICIES: Final[Mapping[str, str]] = {
    "unique": "Exactly one row applies.",
    "any": "Rows that apply agree.",
    "first": "The first row that applies counts.",
    "priority": "Of the rows that apply, the most important counts.",
    "collect sum": "The rows that apply are added up.",
    "collect min": "Of the rows that apply, the lowest counts.",
    "collect max": "Of the rows that apply, the highest counts.",
    "collect count": "The rows that apply are counted.",
}

#: What a history counts.
_COUNTED: Final[Mapping[str, Message]] = {
    "grants": Message("grants"),
    "voids": Message("voids"),
    "cases": Message("other cases"),
    "requests": Message("requests"),
    "escalations": Message("escalations"),
    "denials": Message("denials"),
}

#: What is asked where the same was given a moment ago.
AGAIN: Final = Message("The same was given to this customer a moment ago. If this is another one, what is its reference?")

#: What is asked of a request beside its facts.
BESIDE: Final[Mapping[str, str]] = {
    "occurred": Message("On which day did it happen?"),
    "case": Message("Which case is it?"),
    "key": AGAIN,
}


def question(fact: Fact) -> str:
    """What to ask for a fact: the author's words, or its name as a question.

    ``stay.nights`` without words of its own is asked as ``Stay nights?``, with its unit where it has one. What a ledger would
    know is asked as what it counts. Words of remit's own are a message.
    """
    if fact.ask:
        return fact.ask
    name = words.capital(words.name(fact.name))
    if fact.history is None:
        return Message("{name} in {unit}?", name=name, unit=fact.unit) if fact.unit else f"{name}?"
    keys = tuple(map(words.name, fact.history.per))
    known = {"what": told_of(fact.history), "keys": keys, "window": window(str(fact.history.over))}
    if fact.history.count:
        return Message("How many {what} were there for the same {keys} ({window})?", **known)
    if fact.history.sum:
        return Message("How much {what} was given for the same {keys} ({window})?", **known)
    return Message("How much {what} was there in other cases for the same {keys} ({window})?", **known)


def told_of(history: History) -> str:
    """What a history counts or adds up, as a noun: ``grants of credit``, ``other cases``, ``trip delay``."""
    if history.count is None:
        return words.name(history.sum or history.fact or "")
    what = _COUNTED[history.count]
    return what if history.of is None else Message("{what} of {remedy}", what=what, remedy=words.name(history.of))


def about_history(history: History) -> str:
    """What a history counts or adds up, of what and how far back: ``number of grants for the same guest id over 90 days``."""
    counted, where = told_of(history), " in other cases" if history.fact is not None else ""
    what = f"number of {counted}" if history.count else f"sum of {counted}{where}"
    return f"{what} for the same {words.listing(map(words.name, history.per))} over {history.over}"


class _Words:
    """Says one expression; what has no words of its own is quoted as it was written."""

    def __init__(self, expression: Expression, subject: str = "it", truths: bool = False, titles: Titles | None = None) -> None:
        self.text = expression.source.text
        self.subject = subject
        self.titles = titles
        self.truths = truths  # whether what is true or false by itself is said to be true; the words of decisions do not

    def of(self, node: Node) -> str:
        match node:
            case Literal(value=constant):
                written = self.quoted(node)
                return written if isinstance(constant, Decimal) and written.endswith("%") else words.value(constant)
            case Name(name=dotted) if dotted.startswith("asked.") and node.type.kind == "boolean":
                return f"{words.name(dotted.removeprefix('asked.'))} is asked for"
            case Name(name=dotted):
                return _called(dotted, self.titles)
            case Input():
                return self.subject
            case Negate(operand=operand):
                return f"\u2212{self.of(operand)}"
            case Compare():
                return self.compared(node)
            case And(operands=operands):
                return ", and ".join(self.inner(each, Or) for each in operands)
            case Or(operands=operands):
                return self.alternatives(operands)
            case Between(value=tested, low=low, high=high):
                return f"{self.of(tested)} is from {self.of(low)} to {self.of(high)}"
            case In(value=tested, tests=tests):
                return f"{self.of(tested)} is {words.listing([self.member(each) for each in tests], 'or')}"
            case Arithmetic():
                return self.computed(node)
            case If(condition=condition, yes=yes, no=no):
                return f"{self.of(yes)} if {self.holds(condition)}, else {self.of(no)}"
            case ListLiteral(items=items):
                return words.listing([self.of(each) for each in items], "or")
            case Call(names=None):
                return self.called(node)
            case Path(source=source, name=part):
                return f"{self.of(source)} {words.name(part)}"
            case _:
                return self.quoted(node)

    def quoted(self, node: Node) -> str:
        start, end = node.span
        return self.text[start:end].strip() or self.text

    def holds(self, node: Node) -> str:
        """A condition."""
        said = self.of(node)
        bare = isinstance(node, Name) and node.type.kind == "boolean" and not node.name.startswith("asked.")
        return self.truth(node, True) if bare and self.truths else said

    def truth(self, node: Node, value: bool) -> str:
        """That something is true, or false; of a fact with a title, as an answer."""
        said = self.of(node)
        if isinstance(node, Name | Input) and said in (self.titles or {}).values():
            return f"{said}: {words.value(value)}"
        return f"{said} is {'true' if value else 'false'}"

    def inner(self, node: Node, weaker: type[Node]) -> str:
        said = self.holds(node)
        return f"({said})" if isinstance(node, weaker) else said

    def compared(self, node: Compare) -> str:
        left, right = node.left, node.right
        if isinstance(right, Literal) and isinstance(right.value, bool) and node.op in ("=", "!="):
            return self.truth(left, right.value is (node.op == "="))
        return f"{self.of(left)} {_COMPARED[node.op]} {self.of(right)}"

    def alternatives(self, operands: tuple[Node, ...]) -> str:
        """``x is a or b`` rather than ``x is a or x is b`` where all say the same of the same thing."""
        said = [self.inner(each, And) for each in operands]
        for start in (f"{self.subject} is ", *(part.split(" is ", 1)[0] + " is " for part in said[:1] if " is " in part)):
            if all(part.startswith(start) for part in said):
                return start + words.listing([part.removeprefix(start) for part in said], "or")
        return " or ".join(said)

    def member(self, node: Node) -> str:
        if isinstance(node, RangeLiteral):
            return self.range(node)
        if isinstance(node, Literal | Name | Money | ListLiteral):
            return self.of(node)
        return re.sub(f"^{re.escape(self.subject)} (is )?", "", self.of(node))

    def range(self, node: RangeLiteral) -> str:
        if node.low is None or node.high is None:
            end = node.high if node.low is None else node.low
            closed = node.high_closed if node.low is None else node.low_closed
            sign = ("<" if node.low is None else ">") + ("=" if closed else "")
            return f"{_COMPARED[sign].removeprefix('is ')} {self.of(end)}" if end else "anything"
        low = f"from {self.of(node.low)}" if node.low_closed else f"above {self.of(node.low)}"
        high = f"to {self.of(node.high)}" if node.high_closed else f"to below {self.of(node.high)}"
        if not node.low_closed:
            high = f"and {'up ' if node.high_closed else ''}{high.removeprefix('to ') if not node.high_closed else high}"
        return f"{low} {high}"

    def computed(self, node: Arithmetic) -> str:
        def side(each: Node, right: bool) -> str:
            said = self.of(each)
            if isinstance(each, Arithmetic):
                weaker = _BINDING[each.op] < _BINDING[node.op] + (right and node.op in ("-", "/"))
                return f"({said})" if weaker else said
            return f"({said})" if isinstance(each, If | Compare | And | Or) else said

        return f"{side(node.left, False)} {_SIGNS[node.op]} {side(node.right, True)}"

    def called(self, node: Call) -> str:
        said = [self.of(each) for each in node.arguments]
        if node.function == "not" and len(said) == 1:
            inner = node.arguments[0]
            if isinstance(inner, Name):
                return self.truth(inner, False)
            return re.sub(r"^(\0|it|[\w ]+?) is ", r"\1 is not ", said[0]) if " is " in said[0] else f"not {said[0]}"
        if node.function in _CHOSEN and len(said) > 1:
            return f"{_CHOSEN[node.function]} {words.listing(said)}"
        return f"{node.function}({', '.join(said)})"


def borne(model: Model) -> str:
    """What part of its cost the company bears of a remedy, where that is not all of it."""
    parts = (each for each in model.remedies.values() if each.borne != 1)
    said = words.listing(f"{words.percent(each.borne)} of {words.in_sentence(each.title, model.languages)}" for each in parts)
    return f"The company bears {said}. This orders offers and changes no decision; caps count the full cost." if said else ""


def rates(model: Model, each: Rates) -> str:
    """What one unit of the other currencies is in the first."""
    first, *others = model.currencies
    return words.listing(f"1 {code} is {each.of[code]:f} {first}" for code in others)


def measure(model: Model, cap: Cap) -> str:
    """What a cap counts, in words: two that say the same count in the same series."""
    if cap.measure != "amount":
        return cap.measure
    codes = sorted(model.currencies) if cap.together else [model.currency_code]
    return f"money in {words.listing(codes, comma=False)}"
