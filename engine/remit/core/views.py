"""What the laws read: a policy, a request, and views of what conditions and formulas come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from remit.core.alone import companions, reads_asked
from remit.core.sentences import ABOVE_HIGHEST, OWN_ACCOUNT, TOO_OLD
from remit.language.builtins import BUILTINS, BUILTINS_OF_MEANING_2, Builtin
from remit.language.evaluating.budget import MOST_STEPS, Budget
from remit.language.fast_dataclass import dataclass
from remit.language.nodes import names_in
from remit.language.values import Money
from remit.language.words import name as spaced
from remit.language.words import value as in_words
from remit.policy.model import Cap, Claim, Discretion, Fact, Guardrail, Model, Requirement, Rule
from remit.policy.trees import budget_of

__all__ = [
    "DENY",
    "ESCALATE",
    "GRANT",
    "INFINITE",
    "MEANING",
    "OUTSIDE",
    "UNCHECKED",
    "WAIT",
    "WITHIN",
    "GuardrailView",
    "PolicyView",
    "RequestView",
    "RequirementView",
    "RuleView",
    "Told",
    "UndeterminedView",
    "Value",
    "View",
]

#: The version of the laws. A record is decided again by the one by which it was decided. 2: law 11, what a guardrail sends to
#: a role, the nearest rule, questions, and the budget of steps. 3: points in time of facts are in the policy's time zone, and
#: all functions of FEEL are as the standard has them; one budget of steps for a decision, and bounds on what formulas make.
MEANING: Final = 3

#: Larger than any amount: no bound is known.
INFINITE: Final = 10**30

#: Verdicts, from the worst for the customer to the best. ``WAIT``: only evidence or the story is missing.
DENY, ESCALATE, WAIT, GRANT = range(4)

#: Whether an incident is one that the policy still covers (:func:`remit.decision.incident_age.incident_age`).
UNCHECKED, WITHIN, OUTSIDE = range(3)

#: A value of the algebra: a number, truth value or text, or a term for one.
Value: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule under one view. ``may[remedy]`` are (rank, amount, said): for the role of that rank and those above; ``said`` is
    whether the amount is anything at all (a null amount says nothing, and counts as 0). ``claims[remedy]`` is whether the
    rule makes what may be given a total of its claim (law 9): that narrows, so what is open counts as true. A rule that owes
    nothing does not."""

    number: int
    rule: Rule
    holds: Value
    may: Mapping[str, Sequence[tuple[int, Value, Value]]]
    owed: Mapping[str, tuple[Value, Value]]
    claims: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class GuardrailView:
    """A guardrail under one view. ``limits[remedy]`` are (rank, amount). ``undetermined``: its condition cannot be worked out
    though all facts are known, so that it counts as applying (law 11), and ``null_limits`` are (rank, whether that limit
    cannot); ``cause`` says why, in words. ``sends`` is
    whether it surely holds, so that the role it goes to may agree to ``most`` of some remedies: that widens, so what is open
    counts as false."""

    number: int
    guardrail: Guardrail
    holds: Value
    limits: Mapping[str, Sequence[tuple[int, Value]]]
    undetermined: Value = False
    cause: Value = ""
    sends: Value = False
    most: Mapping[str, Value] = field(default_factory=dict)
    null_limits: Mapping[str, Sequence[tuple[int, Value]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UndeterminedView:
    """A rule whose condition or amount cannot be worked out though all facts are known (law 11): by remedy, whether that is
    so, and why, in words."""

    number: int
    rule: Rule
    remedies: Mapping[str, tuple[Value, Value]]


@dataclass(frozen=True, slots=True)
class RequirementView:
    """A requirement: whether it surely holds, whether it may hold though that is not sure, and the facts that this waits
    for."""

    requirement: Requirement
    holds: Value
    open: Value
    waits: Any


class Implied(NamedTuple):
    """The guardrails that ``incidents``, ``own_account``, the ceiling of an employee and ``above`` come to. Their numbers
    follow those of the policy's own, in this order."""

    too_old: Guardrail
    own_account: Guardrail
    ceiling: Guardrail
    #: One for each fact that says what is said of a value above its highest; its id is the name of the fact.
    beyond: tuple[Guardrail, ...]

    @property
    def every(self) -> tuple[Guardrail, ...]:
        """All of them, in their order."""
        return (self.too_old, self.own_account, self.ceiling, *self.beyond)


def _implied(model: Model) -> Implied:
    """The first two name all remedies, so that they hold what is owed, too."""
    every = tuple(model.remedies)
    span = model.incidents.within.removeprefix("1 ") if model.incidents is not None else ""
    return Implied(
        Guardrail("incidents", TOO_OLD.of(span=span), None, "escalate", every),
        Guardrail("own_account", str(OWN_ACCOUNT), None, "escalate", every),
        Guardrail("ceiling", None, None, "limit", limits={name: {} for name in every}),
        tuple(_beyond(fact, every) for fact in model.facts.values() if fact.above is not None),
    )


def _beyond(fact: Fact, remedies: tuple[str, ...]) -> Guardrail:
    said = ABOVE_HIGHEST.of(fact=spaced(fact.title or fact.name), high=in_words(fact.high))
    return Guardrail(fact.name, said, None, "escalate", remedies, say=fact.above)


def totals_of(model: Model) -> dict[str, tuple[str, ...]]:
    """The remedies of which each rule gives totals of a claim, by its id."""
    out: dict[str, tuple[str, ...]] = {}
    for rule in model.rules:
        claims = (claim for claim in model.claims if rule.id in claim.rules)
        names = dict.fromkeys(name for claim in claims for name in claim.remedies if name in rule.owed or name in rule.may)
        if names:
            out[rule.id] = tuple(names)
    return out


class View(Protocol):
    """What conditions and formulas come to for one request, under one view."""

    def rules(self, rank: int) -> Iterable[Sequence[RuleView]]:
        """The rules as the role of ``rank`` meets them, then as each lower role does, where that differs."""

    def undetermined(self, rank: int) -> Sequence[UndeterminedView]:
        """The rules that may not say what they give, as the role of ``rank`` meets them."""

    def guardrails(self, rank: int) -> Sequence[GuardrailView]:
        """The guardrails as the role of ``rank`` meets them."""

    def used(self, balance: str) -> Value:
        """What is used of a balance (``Model.balances``): of a cap or the discretion, or received under a claim."""


class RequestView(Protocol):
    """What a request says beside its facts, as values of the algebra."""

    @property
    def rank(self) -> int:
        """The rank of the role that decides."""

    @property
    def asker(self) -> int:
        """The rank of the role that asked."""

    @property
    def story(self) -> Value:
        """Whether the story is told."""

    @property
    def use_discretion(self) -> Value:
        """Whether discretion is to be used."""

    def asked(self, remedy: str) -> Value:
        """How much is asked; 0 for nothing."""

    def alone(self, remedy: str, taken: Any, beside: str | None = None) -> Value:
        """The most of the remedy that would be granted alone, or together with the exception ``beside``, to the role and under
        the view of the bundle ``taken`` (:mod:`remit.core.alone`)."""

    def requires(self, number: int, amounts: Mapping[str, Value]) -> Value:
        """Whether requirement ``number`` surely holds where these amounts, and nothing else, are asked."""

    @property
    def age(self) -> Value:
        """``UNCHECKED``, ``WITHIN`` or ``OUTSIDE``."""

    def beyond(self, fact: str) -> Value:
        """Whether a value above the highest of this fact was given."""

    @property
    def own_account(self) -> Value:
        """Whether the account is one of the employee's own."""

    @property
    def is_personal(self) -> bool:
        """Whether the employee has a ceiling or trust of their own. This is known before anything is decided."""

    def ceiling(self, remedy: str) -> Value:
        """The most of the remedy that this employee may give; ``INFINITE``: no less than others."""

    def trust(self, remedy: str) -> Value:
        """How much of the remedy this employee may give wherever a rule covers it; 0: no more than others."""

    def shown(self, value: str) -> Value:
        """A value that the decision shows, as JSON, and what it waits for or why it has none."""

    def on_file(self, evidence: str) -> Value:
        """Whether the evidence is on file."""


@dataclass(frozen=True, slots=True)
class PolicyView:
    """What the laws read of a model, made once."""

    model: Model
    remedies: tuple[str, ...]
    ranks: Mapping[str, int]
    #: Whether any condition or amount reads the role of the employee.
    by_role: bool
    implied: Implied
    #: The claims under which each remedy can be owed.
    claims: Mapping[str, tuple[Claim, ...]]
    #: The remedies of which each rule gives totals of a claim, by its id.
    totals: Mapping[str, tuple[str, ...]]
    #: The version of the laws by which is decided.
    meaning: int = MEANING
    #: The remedies of which it depends on what is asked how much may be given.
    reads_asked: frozenset[str] = frozenset()
    #: The exceptions with which together each remedy may be given though it may not be alone.
    companions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, model: Model, meaning: int = MEANING) -> PolicyView:
        ranks = {role: rank for rank, role in enumerate(model.ladder)}
        by_role = any("employee.role" in names_in(each.node) for each in model.expressions())
        claims = {name: tuple(each for each in model.claims if name in each.remedies) for name in model.remedies}
        implied, totals = _implied(model), totals_of(model)
        asked = reads_asked(model) if meaning > 1 else frozenset[str]()
        beside = companions(model) if meaning > 1 else {}
        return cls(model, tuple(model.remedies), ranks, by_role, implied, claims, totals, meaning, asked, beside)

    @property
    def budget(self) -> Budget:
        """The budget of each loop. The first version had none: what was decided by it comes out the same, and what nobody can
        have decided, since it takes a minute, still comes to an end. In the second, each loop had the steps of a decision."""
        if self.meaning > 2:
            return budget_of(self.model)
        return Budget(MOST_STEPS if self.meaning > 1 else 1_000 * MOST_STEPS, whole=False)

    @property
    def functions(self) -> Mapping[str, Builtin]:
        """The built-in functions: up to the second version, `is` and `list replace` did not do all that they do now."""
        return BUILTINS if self.meaning > 2 else BUILTINS_OF_MEANING_2

    def binds(self, guardrail: Guardrail, rank: int, asker: int) -> bool:
        """Whether an ``escalate`` binds the role of ``rank``: not those it goes to, nor, without ``to``, anyone above the
        role that asked."""
        if guardrail.effect != "escalate":
            return True
        return rank < self.ranks[guardrail.to] if guardrail.to is not None else rank <= asker

    def sends(self, guardrail: Guardrail, rank: int, asker: int) -> bool:
        """Whether an ``escalate`` sends what the role ``asker`` asked to the role of ``rank`` or to one below it."""
        return self.meaning > 1 and guardrail.to is not None and asker < self.ranks[guardrail.to] <= rank

    def cap_limit(self, cap: Cap, rank: int) -> int:
        """The cap's maximum: what it lists for the role, or else for the nearest role below."""
        for role in reversed(self.model.ladder[: rank + 1]):
            most = cap.max.get(role)
            if most is not None:
                return most.minor if isinstance(most, Money) else int(most)
        return 0

    def discretion(self, rank: int) -> Discretion | None:
        """The discretion of the role, or else of the nearest role below."""
        held = (self.model.discretion.get(role) for role in reversed(self.model.ladder[: rank + 1]))
        return next((each for each in held if each is not None), None)


class Told(RequestView, Protocol):
    """What a request says that is only told again."""

    @property
    def employee(self) -> Value:
        """The id of the employee."""

    @property
    def case(self) -> Value:
        """The case, or ``None``."""

    @property
    def occurred(self) -> Value:
        """The day as JSON."""

    @property
    def balances(self) -> Value:
        """The given balances as the inside of a JSON object."""

    def left_text(self, cap: Cap, total: str, known: Value) -> Value:
        """``known``, or, where what is used of the cap is not known, a text that says so."""

    def nearest(self, remedies: Sequence[str], shown: Value) -> Value:
        """The rules that nearly give these remedies, as reasons in JSON, each after a comma, where it is ``shown``."""

    def until(self, cap: str) -> Value:
        """`` until 3 December 2026``, or nothing."""
