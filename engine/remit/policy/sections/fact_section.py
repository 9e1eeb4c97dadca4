"""``facts``: the inputs that conditions and formulas may read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from remit.language.checking.type_rules import ORDERED
from remit.language.checking.type_words import a_type, any_of
from remit.language.types import ANY, BOOLEAN, DATE, DATE_TIME, DURATION, INTEGER, NUMBER, TEXT, TIME, Type, choice, list_of
from remit.language.words import show_value
from remit.policy.fact_values import read_fact
from remit.policy.load_context import Context
from remit.policy.model import Fact, FactSource
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar, spot
from remit.policy.sections.histories import HISTORY
from remit.policy.sections.reserved_names import is_reserved
from remit.policy.shapes.base import Definitions, JsonSchema, Shape
from remit.policy.shapes.collections import ByKind, ListOf, MapOf
from remit.policy.shapes.constants import raw, read_constant
from remit.policy.shapes.local_text import LocalText
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.scalar_shapes import OneOf, Text, TruthShape
from remit.policy.shapes.word_forms import CONSTANT, DOTTED, WORD

__all__ = ["KEY", "read_facts"]

_SIMPLE: Final = {
    "text": ("Any text: a name, a number of a booking.", TEXT),
    "choice": ("One of the words in `of`.", None),
    "boolean": ("True or false.", BOOLEAN),
    "integer": ("A whole number.", INTEGER),
    "number": ("A number.", NUMBER),
    "money": ("An amount in the policy's currency.", None),
    "date": ("A day.", DATE),
    "time": ("A time of day.", TIME),
    "date-time": ("A day and a time.", DATE_TIME),
    "duration": ("A length of time: `90 days`, `72 hours`.", DURATION),
}
_TYPE: Final = OneOf(
    {name: doc for name, (doc, _) in _SIMPLE.items()}
    | {f"list of {name}": f"Several: {doc}" for name, (doc, _) in _SIMPLE.items()},
    "a type of fact",
    {
        "string": "text",
        "str": "text",
        "enum": "choice",
        "choices": "choice",
        "int": "integer",
        "bool": "boolean",
        "float": "number",
        "decimal": "number",
        "double": "number",
        "currency": "money",
        "amount": "money",
        "datetime": "date-time",
        "timestamp": "date-time",
        "date and time": "date-time",
        "timedelta": "duration",
        "list": "list of text",
        "list of string": "list of text",
        "list of int": "list of integer",
    },
)

_SOURCE: Final = OneOf(
    {
        "system": "It must come from a system of the company: a program, or a command that the ledger trusts.",
        "evidence": "It may also be read from a document on file.",
        "stated": "Whoever says it is believed.",
    },
    "a source",
)

FACT: Final = Record(
    "a fact",
    (
        Key("type", _TYPE, "What kind of value it is.", True, examples=("text",)),
        Key(
            "of",
            ByKind(
                "a list of words, or a mapping of words to titles",
                list=ListOf(WORD, "a list of words", "a choice", "[silver, gold]"),
                mapping=MapOf(
                    WORD, LocalText(example="Silver", longest=200), "a mapping of words to titles", "{silver: Silver}", least=1
                ),
                hint="write, for example, `[silver, gold]`",
            ),
            "The words that a choice may be, in their order; or each with its title, which people read in its place.",
            examples=("[silver, gold]", "{silver: Silver card, gold: Gold card}"),
        ),
        Key("min", CONSTANT, "The lowest value that makes sense; it is in.", examples=("1", "0 EUR")),
        Key("max", CONSTANT, "The highest value that makes sense; it is in.", examples=("5", "1000 EUR")),
        Key(
            "above",
            LocalText(example="We plan groups of this size one by one."),
            "Words to say where the value is above `max`: the case is then the owner's. Without them such a value is an error.",
        ),
        Key("unit", Text(example="km", longest=80), "What a number counts, for people.", examples=("minutes",)),
        Key(
            "default",
            ByKind("a single value or a list", scalar=CONSTANT, list=ListOf(CONSTANT, "a list of values", "an item", least=0)),
            "What holds where the fact is not given. Without it, staff are asked when it matters.",
            examples=("false",),
        ),
        Key(
            "source",
            _SOURCE,
            "The weakest source whose word counts. What comes from a weaker one is asked for.",
            default="stated",
        ),
        Key("personal", TruthShape(), "It is about a person: kept apart in the ledger, and can be erased.", default=False),
        Key("mask", TruthShape(), "It is hidden in logs and exports.", default=False),
        Key(
            "ask",
            LocalText(example="What went wrong?", longest=300),
            "The question that staff are asked for it.",
            examples=("What went wrong?",),
        ),
        Key("history", HISTORY, "The ledger knows it: how often, or how much, in a window of time."),
        Key("title", LocalText(example="Loyalty tier", longest=200), "What it is called in tables for people."),
    ),
    "guest.tier: {type: choice, of: [silver, gold]}",
    "A typed input. Conditions and formulas may read nothing else.",
)


@dataclass(frozen=True, slots=True)
class _Fact(Shape):
    """A fact. Facts inside a fact are told as what they are: one mistake, not many."""

    record: Record = FACT
    what: str = FACT.what

    def read(self, node: YamlNode, name: str, report: ProblemReport) -> Fields | None:
        inner = _inside(node)
        if not inner:
            return self.record.read(node, name, report)
        outer = name.strip("`")
        message = f"facts do not stand inside each other: `{outer}` has {any_of(inner, 'and')} inside it"
        report.error("policy/facts-in-fact", message, node, f"write them with a dot, one to a line: `{outer}.{inner[0]}: ...`")
        return None

    def schema(self, definitions: Definitions) -> JsonSchema:
        return self.record.schema(definitions)


def _inside(node: YamlNode | None) -> list[str]:
    """The facts that stand inside what should be a fact itself."""
    if not isinstance(node, YamlMap) or "type" in node.entries:
        return []
    return [key for key, (_, value) in node.entries.items() if isinstance(value, YamlMap) and "type" in value.entries]


KEY: Final = Key(
    "facts",
    MapOf(DOTTED, _Fact(), "a mapping of names to facts", FACT.example),
    "The inputs: the only names, beside `values`, that conditions and formulas may use.",
)


def read_facts(policy: Fields, context: Context) -> tuple[dict[str, Fact], dict[str, Type]]:
    """The facts by name, without their history; and the type of each, ``ANY`` where it was written wrong."""
    facts: dict[str, Fact] = {}
    types: dict[str, Type] = {}
    for name, fields in policy.get("facts") or []:
        if is_reserved(name, "fact", context.report):
            types[name.text] = ANY  # what reads it is no mistake of its own
            continue
        inner = nested_names(name, policy)
        types |= {f"{name.text}.{each}": ANY for each in inner}
        if inner:
            continue
        types[name.text] = _type(name, fields, context) if fields else ANY
        if fields is not None:
            facts[name.text] = _fact(name, fields, types[name.text], context)
            if fields.given("history"):
                context.histories.add(name.text)
    _no_fact_inside_another(policy, types, context)
    return facts, types


def nested_names(name: YamlScalar, policy: Fields) -> list[str]:
    """The names that were written inside the fact ``name``, without their first part."""
    facts = policy.at("facts")
    return _inside(facts.get(name.text)) if isinstance(facts, YamlMap) else []


def _no_fact_inside_another(policy: Fields, types: dict[str, Type], context: Context) -> None:
    inside: dict[str, str] = {}
    for name in types:
        parts = name.split(".")
        inside |= {".".join(parts[:at]): name for at in range(1, len(parts))}
    for scalar, _ in policy.get("facts") or []:
        inner = inside.get(scalar.text)
        if inner and scalar.text in types:
            message = f"a fact cannot be called `{scalar.text}` where another is called `{inner}`"
            context.report.error("policy/nested-fact", message, scalar, f"call it `{scalar.text}.id`, say")


def _type(name: YamlScalar, fields: Fields, context: Context) -> Type:
    word: str | None = fields.get("type")
    if word is None:
        return ANY
    kind = word.removeprefix("list of ")
    words = _choice_words(fields)
    if kind == "choice" and words is None:
        if not fields.given("of"):
            hint = "add `of: [silver, gold]`, with the words that it may be"
            context.report.error("policy/choice-words", f"the choice `{name.text}` needs `of`", fields.at("type"), hint)
        return ANY
    if kind != "choice" and fields.given("of"):
        message = f"`of` lists the words of a choice, but `{name.text}` is {a_type(_plain(kind, fields, context))}"
        context.report.error("policy/choice-words", message, fields.key("of"), "write `type: choice`, or delete `of`")
    of = choice(_distinct(words or [], context)) if kind == "choice" else _plain(kind, fields, context)
    return list_of(of) if word != kind else of


def _choice_words(fields: Fields) -> list[YamlScalar] | None:
    """The words under ``of``, whether they have titles or not."""
    found: list[Any] | None = fields.get("of")
    return None if found is None else [each[0] if isinstance(each, tuple) else each for each in found]


def _choice_titles(fields: Fields, context: Context) -> dict[str, tuple[str, ...]]:
    """What the words under ``of`` are called in the policy's first language; translations are kept."""
    node, out = fields.at("of"), dict[str, tuple[str, ...]]()
    if not isinstance(node, YamlMap):
        return out
    for word, found in fields.get("of") or []:
        value = node.entries[word.text][1]
        title = context.own_words(found, value)
        if title is not None and any(title == other for (other,) in out.values()):
            message = f"two words of this choice are called `{title}`"
            context.report.error("policy/duplicate", message, value, "give each word its own title")
        elif title is not None:
            out[word.text] = (title,)
    return out


def _plain(kind: str, fields: Fields, context: Context) -> Type:
    if kind == "money":
        return context.money_type(fields.at("type"))
    return _SIMPLE[kind][1] or ANY


def _distinct(words: list[YamlScalar], context: Context) -> tuple[str, ...]:
    out: dict[str, None] = {}
    for word in words:
        if word.text in out:
            context.report.error("policy/duplicate", f"the choice `{word.text}` is there twice", word, "delete one of them")
        out[word.text] = None
    return tuple(out)


def _fact(name: YamlScalar, fields: Fields, of: Type, context: Context) -> Fact:
    bare = Fact(name.text, of, *_bounds(name, fields, of, context))
    return replace(
        bare,
        default=_default(fields, bare, context),
        unit=fields.get("unit"),
        personal=fields.get("personal") or False,
        mask=fields.get("mask") or False,
        weakest_source=_weakest(fields, context),
        ask=context.words(fields, "ask"),
        title=context.words(fields, "title"),
        source=spot(name),
        above=_above(name, fields, of, bare.high, context),
        choice_titles=_choice_titles(fields, context),
    )


def _above(name: YamlScalar, fields: Fields, of: Type, high: Any, context: Context) -> str | None:
    """What is said of a value above the highest."""
    words = context.words(fields, "above")
    if words is not None and of.kind != "any" and (high is None or of.kind == "list"):
        message = f"`above` says what holds above `max`, and `{name.text}` has none"
        context.report.error("policy/bounds", message, fields.key("above"), "add `max`, or delete it")
    return words


def _weakest(fields: Fields, context: Context) -> FactSource:
    if fields.given("history") and fields.given("source"):
        message = "a fact that the ledger knows has no other `source`"
        context.report.error("policy/history", message, fields.key("source"), "delete it")
    found: FactSource | None = fields.get("source")
    return found or "stated"


def _bounds(name: YamlScalar, fields: Fields, of: Type, context: Context) -> tuple[Any, Any]:
    report = context.report
    item = of.element if of.kind == "list" and of.element else of
    if of.kind == "any" or item.kind == "any":
        return None, None
    if item.kind not in ORDERED:
        for key in ("min", "max"):
            if fields.given(key):
                message = f"`{name.text}` is {a_type(of)}, which has no `{key}`"
                report.error(
                    "policy/bounds", message, fields.key(key), "delete it; only numbers, money, dates and durations have bounds"
                )
        return None, None
    low, high = (read_constant(fields.at(key), item, report) if fields.get(key) else None for key in ("min", "max"))
    if low is None or high is None:
        return low, high
    try:
        swapped = (low.amount > high.amount) if item.kind == "money" else low > high
    except TypeError:
        report.error("policy/bounds", "`min` and `max` must both have a time zone, or both none", fields.at("max"))
        return None, None
    if swapped:
        message = f"`min` is {show_value(low)}, which is above `max`, {show_value(high)}"
        report.error("policy/bounds", message, fields.at("min"), "swap them")
        return None, None
    return low, high


def _default(fields: Fields, fact: Fact, context: Context) -> Any:
    if fields.get("default") is None or fact.type.kind == "any":
        return None
    node = fields.at("default")
    if fields.given("history"):
        message = "a fact that the ledger knows needs no `default`"
        context.report.error("policy/history", message, fields.key("default"), "delete it; without records a history is 0")
    if isinstance(node, YamlList) and fact.type.kind != "list":
        context.report.error(
            "policy/constant", f"`default` is a list, but `{fact.name}` is {a_type(fact.type)}", node, "write one value"
        )
        return None
    if read_constant(node, fact.type, context.report) is None:
        return None
    try:
        return read_fact(fact, raw(node), strict=not context.report.is_stored)
    except ValueError as error:
        context.report.error("policy/bounds", str(error), node, "choose a default between the bounds")
        return None
