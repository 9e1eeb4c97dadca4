"""``rates``: what the currencies of a policy are worth in its first one, for what is counted over time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from remit.language.checking.type_words import any_of
from remit.policy.load_context import Context
from remit.policy.rates import Rates
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlMap, YamlNode, YamlScalar
from remit.policy.shapes.base import Definitions, JsonSchema
from remit.policy.shapes.collections import ListOf, MapOf
from remit.policy.shapes.mappings import Fields, Key
from remit.policy.shapes.scalar_shapes import Day, Pattern

__all__ = ["KEY", "read_rates", "refuse_unrated_claims"]

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


KEY: Final = Key(
    "rates",
    ListOf(
        _Entry(_CODE, _RATE, "a mapping of currencies to rates", _EXAMPLE, least=1), "a list of rates", "an entry", _EXAMPLE
    ),
    "What one unit of each other currency is in the first of `currencies`, for incidents from a day on. Claims, and caps whose "
    "maximum is one amount in the first currency, count what was given in all of them.",
    examples=(f"[{_EXAMPLE}]",),
)


def read_rates(policy: Fields, context: Context) -> tuple[Rates, ...]:
    """The rates in the order of their days; sets those of ``context``."""
    out: list[Rates] = []
    if not context.currencies:
        return ()
    for number, entry in enumerate(policy.get("rates") or []):
        found = _entry(entry, policy.at("rates"), context)
        if found is None:
            continue
        if number and (found.start is None or (out and out[-1].start is not None and found.start <= out[-1].start)):
            at = next((key for key, _ in entry if key.text == "from"), None) or entry[0][0]
            message = "rates come in the order of their days, and only the first may be without `from`"
            context.report.error("policy/rates", message, at, "give each entry its day, the earliest first")
            continue
        out.append(found)
    context.rates = tuple(out)
    return context.rates


def _entry(entry: list[tuple[YamlScalar, Any]], at: YamlNode, context: Context) -> Rates | None:
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
        hint = f"add `rates: [{{{context.currencies[1]}: 0.92}}]`, what one unit is in {context.currencies[0]}"
        context.report.error("policy/rates", message, policy.at("currencies"), hint)
