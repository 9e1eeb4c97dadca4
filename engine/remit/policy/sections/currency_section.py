"""``currency``, ``currencies`` and ``rates``: what the currencies of a policy are worth in its first one is for what is
counted over time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from remit.language.checking.type_words import any_of
from remit.language.currencies import CURRENCIES
from remit.language.suggestions import closest
from remit.policy.load_context import Context
from remit.policy.over_time import Rates
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlMap, YamlNode, YamlScalar
from remit.policy.shapes.base import Definitions, JsonSchema
from remit.policy.shapes.collections import ListOf, MapOf
from remit.policy.shapes.mappings import Fields, Key
from remit.policy.shapes.scalar_shapes import Day, Pattern

__all__ = ["KEYS", "read_currencies", "refuse_unrated_claims"]

_EXAMPLE: Final = "{from: 2026-01-01, USD: 0.92}"
_CODE: Final = Pattern("`from`, or a currency", "from|[A-Z]{3}", f"write, for example, `{_EXAMPLE}`", "USD")
_RATE: Final = Pattern(
    "what one unit is in the first currency",
    r"[0-9]{1,9}(?:\.[0-9]{1,12})?",
    f"write, for example, `{_EXAMPLE}`",
    "0.92",
    numbers=True,
)
_DAY: Final = Day()


class _Entry(MapOf):
    """The rates from a day on: ``from`` is a day, all else a rate."""

    def read(self, node: YamlNode, name: str, report: ProblemReport) -> list[tuple[YamlScalar, Any]] | None:
        if isinstance(node, YamlMap) and (value := node.get("from")) is not None:
            key, rest = node.entries["from"], {name: entry for name, entry in node.entries.items() if name != "from"}
            found = super().read(replace(node, entries=rest), name, report)
            return None if found is None else [(key[0], _DAY.read(value, "`from`", report)), *found]
        return super().read(node, name, report)

    def schema(self, definitions: Definitions) -> JsonSchema:
        return {**super().schema(definitions), "properties": {"from": _DAY.schema(definitions)}}


_CURRENCY: Final = Pattern(
    "a currency such as `EUR`",
    "[A-Z]{3}",
    "write the three capital letters of ISO 4217: `EUR`",
    "EUR",
    aliases={"euro": "EUR", "euros": "EUR", "€": "EUR", "$": "USD", "dollar": "USD", "£": "GBP", "pound": "GBP"},
)

_ENTRY: Final = _Entry(_CODE, _RATE, "a mapping of currencies to rates", _EXAMPLE, least=1)
KEYS: Final = (
    Key(
        "currency",
        _CURRENCY,
        "The currency of all money in the policy (ISO 4217). Needed where there is money.",
        examples=("EUR",),
    ),
    Key(
        "currencies",
        ListOf(_CURRENCY, "a list of currencies", "each entry", "[EUR, USD]", most=20),
        "Instead of `currency`, for a policy in several: a request is in one of them. What differs is written by currency: "
        "`{EUR: 25 EUR, USD: 30 USD}`.",
        examples=("[EUR, USD]",),
    ),
    Key(
        "rates",
        ListOf(_ENTRY, "a list of rates", "an entry", f"[{_EXAMPLE}]"),
        "What one unit of each other currency is in the first of `currencies`, for incidents from a day on. Claims, and caps "
        "whose maximum is one amount in the first currency, count what was given in all of them.",
        examples=(f"[{_EXAMPLE}]",),
    ),
)


def read_currencies(policy: Fields, context: Context) -> None:
    """Sets the currency, the currencies and the rates of ``context``."""
    context.currency = _currency(policy.get("currency"), context.report)
    context.currency_told = policy.given("currency") or policy.given("currencies")
    context.currencies = _currencies(policy.get("currencies"), context.report)
    if context.currencies:
        context.rates = tuple(_rates(policy, context))
        if policy.given("rates") and not context.rates:  # what is wrong with them was told
            context.rates = (Rates(None, dict.fromkeys(context.currencies, Decimal(1))),)


def _currency(code: YamlScalar | None, report: ProblemReport) -> str | None:
    if code is None:
        return None
    if code.text not in CURRENCIES:
        meant = closest(code.text, CURRENCIES)
        hint = f"did you mean `{meant}`?" if meant else "write the three letters of ISO 4217, such as `EUR`, `GBP` or `USD`"
        report.error("policy/currency", f"`{code.text}` is not a currency", code, hint)
        return None
    return code.text


def _currencies(codes: list[YamlScalar] | None, report: ProblemReport) -> tuple[str, ...]:
    out: dict[str, None] = {}
    for code in codes or []:
        if code.text in out:
            report.error("policy/duplicate", f"the currency `{code.text}` is there twice", code, "keep one of them")
        elif _currency(code, report) is not None:
            out[code.text] = None
    return tuple(out) if len(out) > 1 else ()


def _rates(policy: Fields, context: Context) -> Iterator[Rates]:
    """The rates in the order of their days."""
    last: Rates | None = None
    for number, entry in enumerate(policy.get("rates") or []):
        found = _entry(entry, context)
        if found is None:
            continue
        if number and (found.start is None or (last is not None and last.start is not None and found.start <= last.start)):
            at = next((key for key, _ in entry if key.text == "from"), None) or entry[0][0]
            message = "rates come in the order of their days, and only the first may be without `from`"
            context.report.error("policy/rates", message, at, "give each entry its day, the earliest first")
            continue
        last = found
        yield found


def _entry(entry: list[tuple[YamlScalar, Any]], context: Context) -> Rates | None:
    report, currencies = context.report, context.currencies
    start: date | None = None
    known: dict[str, Decimal] = {}
    for key, value in entry:
        if value is None:
            return None
        if key.text == "from":
            start = value
        elif key.text not in currencies:
            hint = f"the policy is in {any_of(currencies, 'and')}"
            report.error("policy/rates", f"`{key.text}` is not a currency of this policy", key, hint)
        elif key.text == currencies[0]:
            report.error("policy/rates", f"`{key.text}` is the currency in which the others are rated", key, "leave it out")
        elif not Decimal(value.text):
            report.error("policy/rates", "a rate is more than 0", value, "write what one unit is worth: `0.92`")
            return None
        else:
            known[key.text] = Decimal(value.text)
    missing = [code for code in currencies[1:] if code not in known]
    if missing and entry:
        hint = f"add `{missing[0]}: ...`, what one unit of it is in {currencies[0]}"
        report.error("policy/rates", f"there is no rate for {any_of(missing, 'and')} here", entry[0][0], hint)
        return None
    return Rates(start, {currencies[0]: Decimal(1), **known})


def refuse_unrated_claims(policy: Fields, context: Context, *, owes_money: bool) -> None:
    """Notes where what is owed could be paid once in each currency."""
    if owes_money and len(context.currencies) > 1 and not policy.given("rates"):
        message = "what is owed in money could be paid once in each currency"
        first, *others = context.currencies
        hint = f"add `rates: [{{{', '.join(f'{code}: ...' for code in others)}}}]`, what one unit is in {first}"
        context.report.error("policy/rates", message, policy.at("currencies"), hint)
