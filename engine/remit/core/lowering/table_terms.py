"""Decision tables and dated constants as terms (DMN 1.4, 8.2.10 for the hit policies)."""

from __future__ import annotations

from collections.abc import Sequence

from remit.core.lowering.opaque import Outside
from remit.core.lowering.quantity import Values, Whole
from remit.core.regions import span
from remit.core.terms import Term
from remit.language.nodes import Name
from remit.policy.model import Dated, Expression, Row, Table

__all__ = ["Tables"]


class Tables:
    """Which row or entry counts, for one :class:`remit.core.lowering.quantity.Values`."""

    def __init__(self, wholes: Values) -> None:
        self.wholes = wholes
        self.terms = wholes.terms
        self.model = wholes.model
        self._choices: dict[str, tuple[Term, list[Expression | None]]] = {}

    def choice(self, name: str) -> tuple[Term, list[Expression | None]]:
        """Which row of a table or entry of dated constants counts, and their outputs; the last, for place -1, is what there is
        where none does (``None``: null). Raises :class:`Outside`."""
        if name not in self._choices:
            definition = self.model.values[name].definition
            if isinstance(definition, Dated):
                self._choices[name] = self._dated(definition)
            elif isinstance(definition, Table):
                self._choices[name] = self._row(definition)
            else:
                raise Outside
        return self._choices[name]

    def _dated(self, dated: Dated) -> tuple[Term, list[Expression | None]]:
        by = self.wholes.of(Name(dated.by))
        if by.unit != "day" or by.over != 1:
            raise Outside
        later = [(start.toordinal(), entry) for start, entry in reversed(dated.entries)]
        place = self.terms.pick(
            [self.terms.and_(self.terms.not_(by.null), self.terms.inside(by.number, span(start, None))) for start, _ in later]
        )
        return place, [*(entry for _, entry in later), None]

    def _row(self, table: Table) -> tuple[Term, list[Expression | None]]:
        rows = list(table.rows)
        if table.hit == "priority":
            ranks: dict[str, int] = {}
            for rank, expression in enumerate(table.priorities):
                ranks.setdefault(expression.text, rank)
            rows.sort(key=lambda row: ranks.get(row.output.text, len(ranks)))
        elif table.hit not in ("first", "unique"):
            raise Outside
        holds = self.row_conditions(table, rows)
        outputs: list[Expression | None] = [row.output for row in rows]
        if table.hit != "unique":
            return self.terms.pick(holds), [*outputs, table.otherwise]
        return self.terms.pick(holds, unique=True), [*outputs, None, table.otherwise]

    def row_conditions(self, table: Table, rows: Sequence[Row]) -> list[Term]:
        """Whether each row matches: a test that is null does not."""
        truth = self.wholes.lowering.truth
        return [
            self.terms.and_(*(truth(test.node, on.node).yes for test, on in zip(row.tests, table.inputs, strict=True)))
            for row in rows
        ]

    def collected(self, table: Table) -> Whole:
        """``collect`` with its aggregate."""
        T = self.terms
        holds = self.row_conditions(table, table.rows)
        none = T.not_(T.or_(*holds))
        if table.hit == "collect count":
            if table.otherwise is not None:
                raise Outside
            return Whole(T.add(0, *(T.ite(each, 1, 0) for each in holds)), 1, "number", T.const(False))
        values = [self.wholes.of(row.output.node) for row in table.rows]
        plain = all(each.exact and each.null.kind == "const" and not each.null.value for each in values)
        if len({each.unit for each in values}) != 1 or not plain or values[0].unit == "day":
            raise Outside
        numbers, over = self.wholes.aligned(*values)
        pairs = list(zip(holds, numbers, strict=True))
        if table.hit == "collect sum":
            number = T.add(0, *(T.ite(condition, each, 0) for condition, each in pairs))
        else:
            sign = 1 if table.hit == "collect min" else -1
            entries = [(condition, T.scale(sign, each), place) for place, (condition, each) in enumerate(pairs)]
            most = max(each.high or 0 for _, each, _ in entries)
            number = T.scale(sign, T.least(most, entries)[0])
        found = Whole(number, over, values[0].unit, none)
        if table.otherwise is None:
            return found
        return self.wholes.either(none, self.wholes.of(table.otherwise.node), Whole(number, over, found.unit, T.const(False)))
