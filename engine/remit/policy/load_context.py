"""What the sections share while a policy is put together: what has been declared so far, and where problems go."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias, TypeVar

from remit.language.calendars import Calendar
from remit.language.checking.type_words import any_of, capped
from remit.language.currencies import CURRENCIES
from remit.language.source import Translation
from remit.language.suggestions import closest
from remit.language.types import ANY, BOOLEAN, INTEGER, NUMBER, Type, money
from remit.language.values import Money
from remit.policy.model import Remedy
from remit.policy.over_time import Rates
from remit.policy.policy_expressions import ExpressionReader
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlNode, YamlScalar, spot
from remit.policy.shapes.constants import is_exact
from remit.policy.shapes.local_text import ByLanguage
from remit.policy.shapes.mappings import Fields

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
    currencies: tuple[str, ...] = ()  #: where the policy is in several
    rates: tuple[Rates, ...] = ()  #: what these are worth in the first of them
    currency_told: bool = False  #: that the policy has none, or a wrong one
    languages: tuple[str, ...] = ()  #: of the texts; the first is the one on record
    languages_told: bool = False  #: that the policy has none
    strange_languages: set[str] = field(default_factory=set)  #: those of texts that are none of the policy's, each told once
    texts: dict[str, Translation] = field(default_factory=dict)  #: by the text in the first language
    ladder_is_whole: bool = True  #: whether every role on it could be read

    def __post_init__(self) -> None:
        self.expressions = ExpressionReader(self.report)

    def words(self, fields: Fields, key: str) -> str | None:
        """The text under ``key`` in the policy's first language; its translations are kept."""
        return self.own_words(fields.get(key), fields.at(key))

    def own_words(self, found: str | ByLanguage | None, at: YamlNode) -> str | None:
        """The same for a text that was read at ``at``."""
        if found is None:
            return None
        known = {} if isinstance(found, str) else {tag: text for tag, (_, text) in found.texts.items() if text is not None}
        if isinstance(found, ByLanguage) and not self._in_languages(found, at):
            return next(iter(known.values()), None)
        own = found if isinstance(found, str) else known.get(self.languages[0])
        if own is not None and len(self.languages) > 1:
            self._keep(Translation(own, {tag: text for tag, text in known.items() if tag != self.languages[0]}, spot(at)), at)
        return own

    def _in_languages(self, found: ByLanguage, at: YamlNode) -> bool:
        """Whether the texts are in languages of the policy, its first among them; if not, that is reported."""
        if not self.languages:
            if not self.languages_told:
                self.languages_told = True
                tags = ", ".join(found.texts) or "en"
                message = "there is a text by language here, but the policy has no `languages`"
                self.report.error("policy/language", message, at, f"add `languages: [{tags}]`, the first for what is on record")
            return False
        unknown = [(tag, scalar) for tag, (scalar, _) in found.texts.items() if tag not in self.languages]
        for tag, scalar in unknown:
            if tag not in self.strange_languages:
                hint = f"`languages` has {any_of(self.languages, 'and')}: correct it there, or here"
                self.report.error("policy/language", f"`{tag}` is not a language of this policy", scalar, hint)
        self.strange_languages.update(tag for tag, _ in unknown)
        if self.languages[0] not in found.texts and not unknown:
            message = f"this text is not there in `{self.languages[0]}`, the first language of the policy"
            self.report.error("policy/language", message, at, f"add `{self.languages[0]}: ...`: it is the text on record")
        return self.languages[0] in found.texts

    def _keep(self, words: Translation, at: YamlNode) -> None:
        """Note a text with its translations. The same text has the same ones everywhere."""
        before = self.texts.get(words.own)
        if before is None:
            self.texts[words.own] = words
            return
        for tag, text in words.others.items():
            if before.others.get(tag, text) != text:
                message = f"this has another translation than the same text before it: `{capped(before.others[tag])}`"
                self.report.error("policy/translation", message, at, f"translate it into `{tag}` the same way in both places")
                return
        self.texts[words.own] = replace(before, others={**before.others, **words.others})

    def money_type(self, at: YamlNode) -> Type:
        """The type of money in this policy; that it has no currency is told where money is first met."""
        if self.currency is None and not self.currency_told:
            self.currency_told = True
            self.report.error(
                "policy/no-currency", "there is money here, but the policy has no `currency`", at, "add `currency: EUR`"
            )
        return money(self.currency)

    def counts_together(self, *scalars: YamlScalar) -> bool:
        """Whether something over time that has these maximums counts what is given in all currencies together."""
        return bool(self.rates) and not any(each.by_currency for each in scalars)

    def amount(
        self, scalar: YamlScalar, *, is_rate: bool = False, together: bool = False, over_time: bool = False
    ) -> Money | None:
        """An amount that was written as ``30 EUR``, in the policy's currency; a rate may be finer than a cent. ``together``: in
        the first of several, in which something is counted for all of them. ``over_time``: it is a maximum over time."""
        money = Money.of(scalar.text)
        exact = is_exact(money, scalar, self.report, is_rate=is_rate)
        expected = self.currencies[0] if together else self.money_type(scalar).currency
        if expected is None or money.currency == expected:
            return money if exact else None
        message = f"`{scalar.text}` is in {money.currency}, but the policy is in {expected}"
        hint = f"write it in {expected}; a policy has one currency"
        if self.currencies:
            first = f"in {expected}, in which all are counted, or " if together else ""
            hint = f"write it {first}by currency: `{{{money.currency}: {scalar.text}, ...}}`"
            if over_time and not self.rates:
                hint += f", or add `rates`, so that all are counted in {self.currencies[0]}"
        self.report.error("policy/currency", message, scalar, hint)
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
        head = scalar.text.partition(".")[0]
        beside = sorted(name for name in self.expressions.scope if name.startswith(f"{head}."))
        hint = f"`{head}` has {any_of(beside, 'and')}" if beside else "declare it under `facts` or `values`"
        hint = f"did you mean `{meant}`?" if meant else hint
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
        if what == "role" and scalar.text in CURRENCIES:
            hint = "to write it by currency, give the policy `currencies` instead of `currency`"
        self.report.error(f"names/unknown-{what}", f"there is no {what} `{scalar.text}`", scalar, hint)
        return False
