"""``requires`` and ``evidence``: what must be on file before a grant counts; ``approvals``: who must agree to what goes up;
``promises``: what must hold for every possible case."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from remit.language.types import BOOLEAN
from remit.policy.load_context import Context
from remit.policy.model import Approval, Evidence, Promise, Requirement
from remit.policy.reading.yaml_tree import YamlScalar
from remit.policy.sections.condition_section import read_condition
from remit.policy.sections.reserved_names import unique
from remit.policy.shapes.collections import ByKind, ListOf, MapOf
from remit.policy.shapes.local_text import LocalText
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.scalar_shapes import FormulaShape, Pattern
from remit.policy.shapes.word_forms import ID, NAME, WHEN

__all__ = [
    "APPROVALS_KEY",
    "EVIDENCE_KEY",
    "KEY",
    "PROMISE",
    "PROMISES_KEY",
    "read_approvals",
    "read_evidence",
    "read_promises",
    "read_requires",
]

EVIDENCE: Final = Record(
    "a kind of evidence",
    (Key("title", LocalText(example="A photo of the damage", longest=200), "What it is called for people.", True),),
    "photo: {title: A photo of the damage}",
    "A kind of evidence that may be on file.",
)
EVIDENCE_KEY: Final = Key(
    "evidence",
    MapOf(ID, EVIDENCE, "a mapping of names to kinds of evidence", EVIDENCE.example),
    "What each kind of evidence is called for people. Only needed where the name does not say it.",
)
REQUIREMENT: Final = Record(
    "a requirement",
    (
        Key("when", WHEN, "When it holds; always, if left out.", examples=("asked.credit > 30 EUR",)),
        Key(
            "evidence",
            ListOf(ID, "a list of names", "a kind of evidence", "[note]"),
            "What must be on file.",
            True,
            examples=("[note]",),
        ),
    ),
    '{when: "asked.credit > 30 EUR", evidence: [note]}',
    "Evidence that must be on file before a grant counts.",
)
KEY: Final = Key(
    "requires",
    ListOf(REQUIREMENT, "a list of requirements", "a requirement", f"- {REQUIREMENT.example}"),
    "What must be on file before a grant counts.",
)


_COUNT: Final = Pattern("a number of people", "[1-5]", "write 1 to 5", "2", numbers=True)
APPROVAL: Final = Record(
    "an approval",
    (
        Key("when", WHEN, "When it holds; always, if left out.", examples=("asked.credit > 600 EUR",)),
        Key(
            "count",
            _COUNT,
            "How many must agree, each with authority for all of it.",
            default=1,
            examples=("2",),
        ),
        Key("by", NAME, "The lowest role that may. Left out, whoever could grant it.", examples=("duty_manager",)),
        Key(
            "within",
            Pattern(
                "a length of time such as `4 hours`",
                "[1-9][0-9]{0,3} (?:minute|hour|day)s?",
                "write `30 minutes`, `4 hours` or `2 days`",
                "4 hours",
            ),
            "How long it may wait. After that it is for the next role up.",
            examples=("4 hours",),
        ),
    ),
    '{when: "asked.credit > 600 EUR", count: 2, by: duty_manager, within: 4 hours}',
    "Who must agree to what goes up, and how fast.",
    any_of=("count", "by", "within"),
)
APPROVALS_KEY: Final = Key(
    "approvals",
    ByKind(
        "a list of approvals, or how many must agree to anything",
        scalar=_COUNT,
        list=ListOf(APPROVAL, "a list of approvals", "an approval", f"- {APPROVAL.example}"),
        hint=f"write `2`, or a list: `- {APPROVAL.example}`",
    ),
    "Who must agree to what goes up, and how fast. What somebody may grant themselves needs no approval.",
)


def read_approvals(policy: Fields, context: Context) -> tuple[Approval, ...]:
    """The approvals in the order of the file."""
    found = policy.get("approvals") or []
    if isinstance(found, YamlScalar):
        return (Approval(None, int(found.text)),)
    return tuple(_approval(fields, context) for fields in found)


def _approval(fields: Fields, context: Context) -> Approval:
    count, within, by = fields.get("count"), fields.get("within"), fields.get("by")
    role = by.text if by is not None and context.is_role(by) else None
    length = None
    if within is not None:
        number, unit = within.text.removesuffix("s").split()
        length = timedelta(**{f"{unit}s": int(number)})
    text = within.text if within is not None else ""
    return Approval(read_condition(fields, context), int(count.text) if count is not None else 1, role, length, text)


def read_requires(policy: Fields, context: Context) -> tuple[Requirement, ...]:
    """The requirements in the order of the file."""
    return tuple(
        Requirement(read_condition(fields, context), tuple(dict.fromkeys(each.text for each in fields.get("evidence") or [])))
        for fields in policy.get("requires") or []
    )


def read_evidence(policy: Fields, context: Context, requires: tuple[Requirement, ...]) -> dict[str, Evidence]:
    """Every kind of evidence that is declared or required; one that is not declared is called by its name."""
    written: list[tuple[YamlScalar, Fields | None]] = policy.get("evidence") or []
    out = {
        name.text: Evidence(name.text, (context.words(fields, "title") if fields else None) or _title(name.text))
        for name, fields in written
    }
    for requirement in requires:
        for name in requirement.evidence:
            out.setdefault(name, Evidence(name, _title(name)))
    return out


def _title(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()


PROMISE: Final = Record(
    "a promise",
    (
        Key("id", ID, "The name of the promise.", True, examples=("small-stays-small",)),
        Key(
            "always",
            FormulaShape("a condition", "limit.credit.associate <= 100 EUR"),
            "What must hold, whatever the facts. "
            "`limit.REMEDY.ROLE` is what a role may give by the rules and guardrails, `owed.REMEDY` what the customer is owed.",
            True,
            examples=("limit.credit.associate <= 100 EUR",),
        ),
        Key("because", LocalText(example="Nobody at the desk signs for more."), "Why it matters."),
    ),
    '{id: small-stays-small, always: "limit.credit.associate <= 100 EUR"}',
    "What must hold for every possible case.",
)
PROMISES_KEY: Final = Key(
    "promises",
    ListOf(PROMISE, "a list of promises", "a promise", f"- {PROMISE.example}"),
    "What must hold for every possible case.",
)


def read_promises(policy: Fields, context: Context) -> tuple[Promise, ...]:
    """The promises in the order of the file. They may also read what each role may give, and what is owed."""
    if not context.ladder_is_whole:
        return ()  # nobody can say what roles a promise may name
    more = {f"owed.{name}": context.amount_type(name, whole=True) for name in context.remedies}
    for name in context.remedies:
        more |= {f"limit.{name}.{role}": context.amount_type(name, whole=True) for role in context.ladder}
    context.set_scope({**context.expressions.scope, **more})
    out = []
    for fields, name in unique(policy.get("promises") or [], "promises", context.report):
        scalar = fields.get("always")
        always = context.expressions.formula(scalar, BOOLEAN) if scalar else None
        if always:
            out.append(Promise(name, always, context.words(fields, "because")))
    return tuple(out)
