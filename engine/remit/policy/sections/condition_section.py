"""``when``: tests by name, an expression, or a list of either."""

from __future__ import annotations

from typing import Any, TypeAlias

from remit.language.nodes import Node
from remit.language.types import ANY, BOOLEAN
from remit.policy.load_context import Context
from remit.policy.model import Condition, Expression
from remit.policy.reading.yaml_tree import YamlNode, YamlScalar
from remit.policy.shapes.mappings import Fields
from remit.policy.trees import all_of, applied, conjunction

__all__ = ["read_condition"]

_Tests: TypeAlias = list[tuple[YamlScalar, tuple[YamlNode, Any]]]


def read_condition(fields: Fields, context: Context) -> Condition | None:
    """The condition under ``when``, or ``None`` where there is none (or it is wrong, which was told)."""
    written = fields.get("when")
    if written is None:
        return None
    tests: list[tuple[str, Expression]] = []
    rest: list[Expression] = []
    for part in [written] if isinstance(written, YamlScalar) or _is_tests(written) else written:
        if isinstance(part, YamlScalar):
            found = context.expressions.formula(part, BOOLEAN)
            rest += [found] if found else []
        else:
            tests += _tests(part, context)
    scope = context.expressions.scope
    nodes: list[Node] = [applied(test.node, name, scope.get(name, ANY)) for name, test in tests]
    nodes += [each.node for each in rest]
    return Condition(conjunction(nodes), tuple(tests), all_of(rest) if rest else None) if nodes else None


def _is_tests(written: list[Any]) -> bool:
    """A mapping was read as pairs; a list of conditions has scalars and lists of pairs."""
    return bool(written) and isinstance(written[0], tuple)


def _tests(written: _Tests, context: Context) -> list[tuple[str, Expression]]:
    out: list[tuple[str, Expression]] = []
    for name, (cell, fine) in written:
        of = context.expressions.scope.get(name.text)
        if of is None:
            context.unknown_name(name)
        elif fine is not None:
            test = context.expressions.test(cell, of, name.text)
            out += [(name.text, test)] if test else []
    return out
