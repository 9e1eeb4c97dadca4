"""A checked policy: frozen values that every backend reads. Built by the loader only; nothing here parses text. Its
formulas are in :mod:`remit.policy.formulas`, and what a ledger counts for it is in :mod:`remit.policy.over_time`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from remit.language.calendars import Calendar
from remit.language.evaluating.budget import Budget
from remit.language.fast_dataclass import dataclass
from remit.language.source import Source, Translation
from remit.language.types import Type
from remit.language.values import Money
from remit.policy.formulas import Clause, Condition, Dated, Expression, Formula, HitPolicy, Row, Table, Value
from remit.policy.over_time import Cap, Claim, Discretion, History, Rates, Window

__all__ = [
    "REPEATS",
    "Amounts",
    "Approval",
    "Cap",
    "Claim",
    "Clause",
    "Condition",
    "Dated",
    "Discretion",
    "Effective",
    "Evidence",
    "Expression",
    "Fact",
    "FactSource",
    "Formula",
    "Guardrail",
    "History",
    "HitPolicy",
    "Incidents",
    "Model",
    "Promise",
    "Remedy",
    "Requirement",
    "Row",
    "Rule",
    "Table",
    "Value",
    "Window",
]


#: Where the value of a fact comes from: a system of the company, a document on file, or somebody's word.
FactSource: TypeAlias = Literal["system", "evidence", "stated"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A declared input. ``low`` and ``high`` are inclusive; ``default`` stands in when it is missing (``None``: no default).
    ``is_id``: it is text that a cap, a claim or a history is kept by (:mod:`remit.language.identities`). ``weakest_source``
    is the weakest that counts. ``above`` are the words to say where a value is above ``high``, so that somebody else decides;
    without them such a value is an error. ``choice_titles`` is what the words of a choice are called: the first is what people
    read, and what they type may be any of them. ``zone`` is the time zone that points in time are brought to, so that the same
    moment has the same day and time of day however it was written; ``local`` is whether those without an offset are by its
    clocks, too."""

    name: str
    type: Type
    low: Any = None
    high: Any = None
    default: Any = None
    unit: str | None = None
    personal: bool = False
    mask: bool = False
    ask: str | None = None
    history: History | None = None
    is_id: bool = False
    weakest_source: FactSource = "stated"
    title: str | None = None
    source: Source | None = field(default=None, compare=False, repr=False)
    above: str | None = None
    zone: str | None = None
    local: bool = False
    choice_titles: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)

    def called(self, word: str) -> str:
        """What a word of this choice is called: its title, or itself."""
        return self.choice_titles.get(word, (word,))[0]


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something that can be given. ``cost`` is what one unit (or the exception) costs the company, and ``borne`` the share of
    that, or of the value of money, which the company bears itself: from 0 to 1, for the order of offers and for reports."""

    name: str
    kind: Literal["money", "count", "exception"]
    title: str
    cost: Money | None = None
    offer: Literal["always", "on_request"] = "always"
    source: Source | None = field(default=None, compare=False, repr=False)
    borne: Decimal = Decimal(1)


#: The balance of how often the same employee just gave the same to the same customer, without a key.
REPEATS: Final = "repeat.grants"

#: What a rule gives of one remedy, by the lowest role that has it; each role has the most generous of its own and lower ones.
Amounts: TypeAlias = Mapping[str, Expression]


@dataclass(frozen=True, slots=True)
class Rule:
    """Widens authority. ``may[remedy][role]`` is a ceiling for that role and those above; ``owed[remedy]`` is a floor."""

    id: str
    because: str | None
    when: Condition | None
    may: Mapping[str, Amounts]
    owed: Mapping[str, Expression]
    say: str | None = None
    source: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Guardrail:
    """Narrows authority. ``remedies`` is empty where it holds for all; ``limits`` is used by ``limit`` only
    (``limits[remedy][role]``); ``to`` is the role an ``escalate`` goes to (``None``: the lowest above the employee), and
    ``most`` what that role and those above may then agree to, whatever the rules say, when somebody below asks."""

    id: str
    because: str | None
    when: Condition | None
    effect: Literal["deny", "escalate", "limit"]
    remedies: tuple[str, ...] = ()
    to: str | None = None
    limits: Mapping[str, Amounts] = field(default_factory=dict)
    say: str | None = None
    source: Source | None = field(default=None, compare=False, repr=False)
    most: Mapping[str, Expression] = field(default_factory=dict)

    def covers(self, remedy: str) -> bool:
        """Whether it holds for ``remedy``."""
        return not self.remedies or remedy in self.remedies


@dataclass(frozen=True, slots=True)
class Evidence:
    """A kind of evidence that may be on file."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """Evidence that must be on file before a grant counts, when the condition holds."""

    when: Condition | None
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Approval:
    """Who must agree to what goes up, when the condition holds: ``count`` people, each at least in the role ``by`` (``None``:
    whoever could grant it) and with authority for all of it, ``within`` a time, as written in ``text``, after which it is for
    the next role up."""

    when: Condition | None
    count: int = 1
    by: str | None = None
    within: timedelta | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """What must hold for every possible case."""

    id: str
    always: Expression
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Effective:
    """The days on which an incident falls under this version: ``start`` is in, ``end`` is out; ``None`` is open."""

    start: date | None = None
    end: date | None = None

    def covers(self, day: date) -> bool:
        """Whether an incident on ``day`` falls under it."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Incidents:
    """How old an incident may be when it is dealt with: ``within`` as written, which is ``days`` or ``months``."""

    within: str
    days: int = 0
    months: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """All that a policy says, checked and typed. Mappings keep the order of the file; ``ladder`` is least authority first.

    ``own_account`` are the facts that say whose account it is, and ``roster`` whether a ledger must have one. ``shows`` are the
    values that every decision shows, each with its title. All texts are in the first of ``languages``; ``texts`` are those of
    a policy in several, with their translations (:mod:`remit.decision.page.translation`). ``reads_requested`` is whether any
    formula reads ``requested``, the time of the request. A policy in several ``currencies`` is read once in each of them: this
    is it in the one that ``currency`` says, and of the first, ``others`` are the rest. ``rate`` is the one of ``rates`` at
    which it counts what was given in the others. ``digest`` is ``sha256:`` and the hexadecimal SHA-256 of the file's bytes.
    """

    id: str
    title: str
    version: str
    owner: str
    effective: Effective
    incidents: Incidents | None
    own_account: tuple[str, ...]
    roster: bool
    timezone: str
    currency: str | None
    ladder: tuple[str, ...]
    facts: Mapping[str, Fact]
    remedies: Mapping[str, Remedy]
    values: Mapping[str, Value]
    rules: tuple[Rule, ...]
    guardrails: tuple[Guardrail, ...]
    claims: tuple[Claim, ...]
    caps: tuple[Cap, ...]
    discretion: Mapping[str, Discretion]
    requires: tuple[Requirement, ...]
    approvals: tuple[Approval, ...]
    promises: tuple[Promise, ...]
    otherwise: Literal["escalate", "deny"]
    calendars: Mapping[str, Calendar]
    evidence: Mapping[str, Evidence]
    rounding: Literal["half up", "half down", "half even", "up", "down"] = "half up"
    shows: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    texts: tuple[Translation, ...] = ()
    reads_requested: bool = False
    currencies: tuple[str, ...] = ()
    others: tuple[Model, ...] = ()
    rates: tuple[Rates, ...] = ()
    rate: Rates | None = None
    digest: str = ""
    text: str = field(default="", compare=False, repr=False)
    file: str = field(default="", compare=False)
    #: That of each loop (:func:`remit.policy.trees.budget_of`), once it is known.
    budget: list[Budget] = field(init=False, default_factory=list, compare=False, repr=False)

    @property
    def in_one_of_several(self) -> str | None:
        """The currency, where the policy is in several and this is it in one of them."""
        return self.currency if self.currencies else None

    @property
    def each(self) -> tuple[Model, ...]:
        """The policy in each of its currencies."""
        return (replace(self, others=()), *self.others) if self.others else (self,)

    def at(self, rates: Rates) -> Model:
        """The policy at other rates."""
        if rates == self.rate:
            return self
        caps = tuple(each.at(rates, self.currency_code) for each in self.caps)
        discretion = {role: each.at(rates, self.currency_code) for role, each in self.discretion.items()}
        return replace(self, rate=rates, caps=caps, discretion=discretion)

    @property
    def customer_facts(self) -> tuple[str, ...]:
        """The facts that say who the customer is: those of ``own_account``, or else the personal ids that something is kept
        by. Another policy's fact of the same name is about the same customers."""
        return self.own_account or tuple(name for name, fact in self.facts.items() if fact.is_id and fact.personal)

    @property
    def owner_role(self) -> str:
        """What somebody is called who answers as the owner, as ``escalate_to`` says it. It is on no ladder."""
        return f"owner:{self.owner}"

    def rank(self, role: str) -> int:
        """How high a role stands, from 0; the owner stands above the ladder. Raises ``ValueError`` for another role."""
        return len(self.ladder) if role == self.owner_role else self.ladder.index(role)

    def deciding_role(self, role: str) -> str:
        """The role on the ladder by which somebody decides: for the owner that is the highest."""
        return self.ladder[-1] if role == self.owner_role else role

    @property
    def currency_code(self) -> str:
        """The currency, or ``XXX``, which is no currency (ISO 4217), where the policy knows no money."""
        return self.currency or "XXX"

    @property
    def balances(self) -> dict[str, str]:
        """What a ledger keeps for the policy: the unit of each balance by its name, which is a currency, ``units`` or
        ``grants``. Caps come first, then claims, how often the same was just given (``REPEATS``), and the discretion."""
        caps = {cap.id: self.currency_code if cap.measure == "amount" else cap.measure for cap in self.caps}
        kinds = {claim.name: self.remedies[claim.remedies[0]].kind for claim in self.claims}
        claims = {name: self.currency_code if kind == "money" else "units" for name, kind in kinds.items()}
        return {**caps, **claims, REPEATS: "grants", "discretion": self.currency_code}

    def expressions(self) -> Iterator[Clause]:
        """Every expression of the policy: conditions, values with the tests and outputs of their tables, amounts, limits,
        promises. There is no other walk over all of them."""
        conditions = [*(each.when for each in self.rules), *(each.when for each in self.guardrails)]
        conditions += [*(each.when for each in self.requires), *(each.when for each in self.approvals)]
        for when in conditions:
            if when is not None:
                yield from when.expressions()
        for value in self.values.values():
            yield from value.expressions()
        for rule in self.rules:
            for by_role in (*rule.may.values(), rule.owed):
                yield from (Clause(each.node, each.source, "amount") for each in by_role.values())
        for guardrail in self.guardrails:
            for by_role in guardrail.limits.values():
                yield from (Clause(each.node, each.source, "limit") for each in by_role.values())
            yield from (Clause(each.node, each.source, "amount") for each in guardrail.most.values())
        yield from (Clause(each.always.node, each.always.source, "promise") for each in self.promises)
