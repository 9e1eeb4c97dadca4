"""What the sections share while a policy is put together: what has been declared so far, and where problems go."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from remit.language.calendars import Calendar
from remit.language.checking.type_words import any_of
from remit.language.suggestions import closest
from remit.language.types import ANY, BOOLEAN, INTEGER, NUMBER, Type, money
from remit.language.values import Money
from remit.policy.model import Remedy
from remit.policy.policy_expressions import ExpressionReader
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlNode, YamlScalar

__all__ = ["Context", "Typing"]

T = TypeVar("T")

#: Something that is read in steps: it yields names whose types it needs to go on, and returns what it is (``None`` if wrong).
Typing: TypeAlias = Generator[frozenset[str], None, T | None]


@dataclass(slots=True)
class Context:
    """Filled section by section; each reads only what those before it have filled in."""

    report: ProblemReport
    currency: str | None = None
    ladder: tuple[str, ...] = ()
    remedies: Mapping[str, Remedy] = field(default_factory=dict)
    facts: Mapping[str, Type] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    expressions: ExpressionReader = field(init=False)
    vague: set[str] = field(default_factory=set)  #: remedies whose kind is not known, because it was written wrong
    histories: set[str] = field(default_factory=set)  #: facts that the ledger knows
    currency_told: bool = False  #: that the policy has none, or a wrong one
    ladder_is_whole: bool = True  #: whether every role on it could be read

    def __post_init__(self) -> None:
        self.expressions = ExpressionReader(self.report)

    def money_type(self, at: YamlNode) -> Type:
        """The type of money in this policy; that it has no currency is told where money is first met."""
        if self.currency is None and not self.currency_told:
            self.currency_told = True
            self.report.error(
                "policy/no-currency", "there is money here, but the policy has no `currency`", at, "add `currency: EUR`"
            )
        return money(self.currency)

    def amount(self, scalar: YamlScalar) -> Money | None:
        """An amount that was written as ``30 EUR``, in the policy's currency."""
        money = Money.of(scalar.text)
        expected = self.money_type(scalar).currency
        if expected is None or money.currency == expected:
            return money
        message = f"`{scalar.text}` is in {money.currency}, but the policy is in {expected}"
        self.report.error("policy/currency", message, scalar, f"write it in {expected}; a policy has one currency")
        return None

    def amount_type(self, remedy: str, *, whole: bool = False) -> Type:
        """The type of an amount of ``remedy``; ``whole`` where it has been rounded already."""
        if remedy in self.vague or remedy not in self.remedies:
            return ANY
        match self.remedies[remedy].kind:
            case "money":
                return money(self.currency)
            case "count":
                return INTEGER if whole else NUMBER
            case _:
                return BOOLEAN

    def is_role(self, scalar: YamlScalar) -> bool:
        """Whether the ladder has it; if not, that is reported."""
        return not self.ladder_is_whole or self._known(scalar, self.ladder, "role", "the ladder has")

    def is_remedy(self, scalar: YamlScalar) -> bool:
        """Whether it is a declared remedy; if not, that is reported."""
        if scalar.text in self.ladder and scalar.text not in self.remedies:
            message = f"`{scalar.text}` is a role; a remedy belongs here"
            first = next(iter(self.remedies), "credit")
            hint = f"write the remedy, and the roles inside it: `{first}: {{{scalar.text}: ...}}`"
            self.report.error("names/unknown-remedy", message, scalar, hint)
            return False
        if not self.remedies and len(self.report):
            return False  # they are missing or broken, which was reported
        return self._known(scalar, self.remedies, "remedy", "the remedies are")

    def is_key(self, scalar: YamlScalar) -> bool:
        """Whether a cap or a history can be kept by it: a fact, or something of the employee."""
        names = [*self.facts, "employee.id", "employee.role"]
        head = scalar.text.partition(".")[0] + "."
        near = [name for name in names if name.startswith(head)] or names
        return scalar.text in names or self._known(scalar, near, "fact", "there are")

    def is_fact(self, scalar: YamlScalar) -> bool:
        """Whether it is a declared fact; if not, that is reported."""
        return scalar.text in self.facts or self._known(scalar, self.facts, "fact", "there are")

    def unknown_name(self, scalar: YamlScalar) -> None:
        """ProblemReport a name that is neither a fact nor a value."""
        meant = None if self.report.full else closest(scalar.text, self.expressions.scope)
        hint = f"did you mean `{meant}`?" if meant else "declare it under `facts` or `values`"
        self.report.error("names/unknown", f"unknown name `{scalar.text}`", scalar, hint)

    def set_scope(self, scope: Mapping[str, Type], values: Iterable[str] = ()) -> None:
        """From here on, formulas may use the names of ``scope``, and of ``values``, whose types are learnt later."""
        self.expressions = ExpressionReader(self.report, {**scope, **dict.fromkeys(values, ANY)}, tuple(self.calendars))

    def _known(self, scalar: YamlScalar, names: Iterable[str], what: str, there_are: str) -> bool:
        known = list(names)
        if scalar.text in known:
            return True
        meant = None if self.report.full else closest(scalar.text, known)
        hint = f"did you mean `{meant}`?" if meant else f"{there_are} {any_of(known, 'and')}"
        self.report.error(f"names/unknown-{what}", f"there is no {what} `{scalar.text}`", scalar, hint)
        return False
