"""``promises``: what must hold for every possible case."""

from __future__ import annotations

from typing import Final

from remit.language.types import BOOLEAN
from remit.policy.load_context import Context
from remit.policy.model import Promise
from remit.policy.sections.reserved_names import unique
from remit.policy.shapes.collections import ListOf
from remit.policy.shapes.local_text import LocalText
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.scalar_shapes import FormulaShape
from remit.policy.shapes.word_forms import ID

__all__ = ["KEY", "read_promises"]

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
KEY: Final = Key(
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
