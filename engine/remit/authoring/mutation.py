"""Small changes of a policy, and which of them no case notices.

A change that no case notices is a line that nobody has said anything about: either a case is missing, or the line does not
matter. Changes are made in the author's own text, so that what is shown is what would stand there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from remit.authoring.testing.case_run import run_case
from remit.authoring.testing.casefile import Case
from remit.deciding.policy import Policy
from remit.errors import Place, PolicyError
from remit.language.nodes import And, Arithmetic, Compare, Literal, Node, Or, RangeLiteral, walk
from remit.language.source import Source, place_of
from remit.language.values import Money, plain
from remit.policy.loader import read_model
from remit.policy.model import Condition, Model

__all__ = ["Mutation", "mutations", "noticed"]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One small change. ``make`` gives the changed policy, or ``None`` where the change makes it invalid."""

    kind: str
    before: str
    after: str
    place: Place | None
    make: Callable[[], Model | None]

    def __str__(self) -> str:
        return f"{self.before} became {self.after}" if self.after else f"{self.before} was left out"


#: The kinds of expressions of which parts are changed.
_CHANGED: Final = ("condition", "amount", "limit", "formula", "cell", "entry")
#: How many cases are run one by one, each without compiling the policy first.
_LIKELY: Final = 8


def noticed(model: Model, cases: Sequence[Case]) -> Case | None:
    """The first case that fails under the changed policy ``model``; ``None`` where no case notices.

    Quickest where a case that is likely to fail is among the first, which are run before the policy is compiled.
    """
    whole = Policy(model)
    for number, case in enumerate(cases):
        policy = Policy(model) if number < _LIKELY else whole
        if not run_case(policy, case, explain=False).passed:
            return case
    return None


def mutations(model: Model) -> Iterator[Mutation]:
    """Every small change that is tried, in the order of the file."""
    found = [*_left_out(model), *_in_texts(model)]
    yield from sorted(found, key=lambda each: (each.place.line, each.place.column) if each.place else (10**9, 0))


def _left_out(model: Model) -> Iterator[Mutation]:
    """A whole rule, guardrail, cap or requirement less; the other answer to a case that no rule covers."""
    for what, section in (("rule", "rules"), ("guardrail", "guardrails"), ("cap", "caps")):
        items = getattr(model, section)
        for index, each in enumerate(items):
            rest = (*items[:index], *items[index + 1 :])
            if rest or section != "rules":
                yield Mutation(
                    f"no {what}", f"{what} `{each.id}`", "", place_of(each.source), _changed(model, **{section: rest})
                )
    for index, requirement in enumerate(model.requires):
        rest = (*model.requires[:index], *model.requires[index + 1 :])
        what = f"the requirement of {', '.join(requirement.evidence)}"
        yield Mutation("no requirement", what, "", _condition_place(requirement.when), _changed(model, requires=rest))
    other = "deny" if model.otherwise == "escalate" else "escalate"
    yield Mutation("otherwise", f"`otherwise: {model.otherwise}`", f"`{other}`", None, _changed(model, otherwise=other))


def _changed(model: Model, **changes: Any) -> Callable[[], Model]:
    return lambda: replace(model, **changes)


def _in_texts(model: Model) -> Iterator[Mutation]:
    seen: set[tuple[int, int, str]] = set()
    for each in model.expressions():
        source = each.source
        if source is None or each.kind not in _CHANGED:
            continue
        for start, end, text in _edits(each.node, source.text):
            at = (_offset(source, start), _offset(source, end - 1) + 1)
            if (*at, text) not in seen:
                seen.add((*at, text))
                before, place = f"`{source.text[start:end].strip()}`", source.place((start, end))
                yield Mutation(each.kind, before, f"`{text.strip()}`", place, _edited(model, *at, text))


def _edited(model: Model, start: int, end: int, text: str) -> Callable[[], Model | None]:
    def make() -> Model | None:
        try:
            return read_model(model.text[:start] + text + model.text[end:], model.file)
        except PolicyError:
            return None

    return make


def _offset(source: Source, index: int) -> int:
    return source.offsets[index] if source.offsets is not None else index


def _condition_place(when: Condition | None) -> Place | None:
    if when is None:
        return None
    return place_of(when.rest.source if when.rest is not None else when.tests[0][1].source)


_Edit = tuple[int, int, str]


def _edits(whole: Node, text: str) -> Iterator[_Edit]:
    """Replacements of parts of an expression's text: start, end, the new text."""
    for node in walk(whole):
        for kind, edit in _EDITS:
            if isinstance(node, kind):
                yield from edit(text, node)


_OPERATOR: Final = re.compile(r"(>=|<=|!=|>|<|=)\s*$")
_NEIGHBOURS: Final = {">=": ">", ">": ">=", "<=": "<", "<": "<=", "=": "!=", "!=": "="}


def _operator(text: str, node: Node) -> Iterator[_Edit]:
    assert isinstance(node, Compare)
    found = _OPERATOR.search(text, 0, node.right.span[0])
    if found is not None:
        yield found.start(1), found.end(1), _NEIGHBOURS[found[1]]


def _junction(text: str, node: Node) -> Iterator[_Edit]:
    assert isinstance(node, And | Or)
    word, other = ("and", "or") if isinstance(node, And) else ("or", "and")
    for left, right in zip(node.operands, node.operands[1:], strict=False):
        found = re.search(rf"\b{word}\b", text[left.span[1] : right.span[0]])
        if found is not None:
            start = left.span[1] + found.start()
            yield start, start + len(word), other


def _brackets(text: str, node: Node) -> Iterator[_Edit]:
    assert isinstance(node, RangeLiteral)
    start, end = node.span
    if node.low is not None and text[start : start + 1] in ("[", "("):
        yield start, start + 1, "(" if text[start] == "[" else "["
    if node.high is not None and text[end - 1 : end] in ("]", ")"):
        yield end - 1, end, ")" if text[end - 1] == "]" else "]"


def _arithmetic(text: str, node: Node) -> Iterator[_Edit]:
    assert isinstance(node, Arithmetic)
    other = {"+": "-", "-": "+", "*": "/", "/": "*"}.get(node.op)
    between = text[node.left.span[1] : node.right.span[0]]
    at = between.find(node.op)
    if other is not None and at >= 0:
        yield node.left.span[1] + at, node.left.span[1] + at + 1, other


def _constant(text: str, node: Node) -> Iterator[_Edit]:
    assert isinstance(node, Literal)
    start, end = node.span
    written = text[start:end]
    match node.value:
        case bool(value) if written in ("true", "false"):
            yield start, end, "false" if value else "true"
        case str(value) if value in node.type.choices and value in written:
            others = [word for word in node.type.choices if word != value]
            yield from ((start, end, written.replace(value, word)) for word in others[:1])
        case Money(amount, currency):
            yield start, end, f"{plain(amount + _step(amount))} {currency}"
        case Decimal() as value if re.fullmatch(r"[\d.]+", written):
            yield start, end, plain(value + _step(value))
        case Decimal() as value if written.endswith("%"):
            yield start, end, f"{plain(value * 100 + 1)}%"


def _step(amount: Decimal) -> Decimal:
    exponent = amount.as_tuple().exponent
    return Decimal(1).scaleb(min(0, exponent)) if isinstance(exponent, int) else Decimal(1)


_EDITS: Final[tuple[tuple[Any, Callable[[str, Node], Iterator[_Edit]]], ...]] = (
    (Compare, _operator),
    ((And, Or), _junction),
    (RangeLiteral, _brackets),
    (Arithmetic, _arithmetic),
    (Literal, _constant),
)
