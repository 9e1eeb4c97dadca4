"""From terms to the statements of a Python function, as syntax trees."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from remit.core.term import Term
from remit.readings.code import python_syntax as py
from remit.readings.code.expression_writer import ExpressionWriter, Leaf, name_of
from remit.readings.code.higher import Higher
from remit.readings.code.index import Found, Rests
from remit.readings.code.placing import CodeBlock, Placement
from remit.readings.code.shapes import Rows, written

__all__ = ["Emitter"]


class Emitter(ExpressionWriter):
    """Writes one function, block by block. ``tests`` makes the functions of what conditions of an index test besides."""

    def __init__(
        self,
        plan: Placement,
        leaf: Leaf,
        namespace: dict[str, Any],
        tests: Callable[[Rests], Sequence[Callable[..., bool] | None]],
    ) -> None:
        super().__init__(plan, leaf, namespace)
        self.tests = tests

    def block(self, block: CodeBlock) -> list[py.Statement]:
        """The statements of a block, in order."""
        out: list[py.Statement] = []
        for term in block.terms:
            out += self._statement(term)
        return out

    def _statement(self, term: Term) -> list[py.Statement]:
        write = _STATEMENTS.get(term.kind)
        if write is not None:
            return write(self, term)
        if term.kind in ("ite", "and", "or") and any(
            self.plan.block(term, number).terms for number in range(1, len(term.args)) if term.args[number].kind != "const"
        ):
            return self._branching(term)
        late = isinstance(term.value, Higher)
        return [py.assign(name_of(term), py.constant(None) if late else self.expression(term))]

    def inner(self, term: Term, number: int) -> list[py.Statement]:
        """The statements of the block that an operand opens."""
        return [] if term.args[number].kind == "const" else self.block(self.plan.block(term, number))

    def _branching(self, term: Term) -> list[py.Statement]:
        called = name_of(term)
        if term.kind == "ite":
            yes, no = ([*self.inner(term, number), py.assign(called, self.value(term.args[number]))] for number in (1, 2))
            return [py.when(self.value(term.args[0]), yes, no)]
        out = [py.assign(called, self.value(term.args[0]))]
        for number in range(1, len(term.args)):
            go_on = py.name(called) if term.kind == "and" else py.negation(py.name(called))
            out.append(py.when(go_on, [*self.inner(term, number), py.assign(called, self.value(term.args[number]))]))
        return out

    def _best(self, term: Term) -> list[py.Statement]:
        return self._compete(term, ">", py.constant(0), 0)

    def _least(self, term: Term) -> list[py.Statement]:
        return self._compete(term, "<", self.value(term.args[0]), 1)

    def _compete(self, term: Term, op: str, start: py.Expression, first: int) -> list[py.Statement]:
        amount, winner = f"{name_of(term)}a", f"{name_of(term)}w"
        out = [py.assign(amount, start), py.assign(winner, py.constant(-1))]
        for number, place in zip(term.value, range(first, len(term.args), 2), strict=True):
            condition, value = term.args[place], term.args[place + 1]
            found = self.value(value)
            body = self.inner(term, place + 1)
            if not isinstance(found, (py.Name, py.Constant)):
                body.append(py.assign("x", found))
                found = py.name("x")
            take = [py.assign(amount, found), py.assign(winner, py.constant(number))]
            body.append(py.when(py.compare(found, op, py.name(amount)), take))
            sure = condition.kind == "const"
            out += body if sure else [py.when(self.value(condition), body)]
        return out

    def _pick(self, term: Term) -> list[py.Statement]:
        called = name_of(term)
        out = [py.assign(called, py.constant(-1))]
        for place, each in enumerate(term.args):
            if term.value:
                several = py.choose(
                    py.compare(py.name(called), "<", py.constant(0)), py.constant(place), py.constant(len(term.args))
                )
                out.append(py.when(self.value(each), [py.assign(called, several)]))
            else:
                body = self.inner(term, place) if place else []
                body.append(py.when(self.value(each), [py.assign(called, py.constant(place))]))
                out += [py.when(py.compare(py.name(called), "<", py.constant(0)), body)] if place else body
        return out

    def _lowest(self, term: Term) -> list[py.Statement]:
        """The first row that matches is the lowest bit."""
        called, mask = name_of(term), self.value(term.args[0])
        unique, count, last = term.value
        lowest = py.binary(mask, "&", py.negative(mask))
        place = py.binary(py.method(lowest, "bit_length"), "-", py.constant(1))
        if last < count:  # the last row matches always
            if unique:
                return [py.assign(called, py.choose(mask, py.constant(count), py.constant(last)))]
            return [py.assign(called, py.choose(mask, place, py.constant(last)))]
        if not unique:
            return [py.assign(called, place)]
        several = py.binary(mask, "&", py.binary(mask, "-", py.constant(1)))
        return [py.assign(called, py.choose(py.all_of([mask, several]), py.constant(count), place))]

    def _found(self, term: Term) -> list[py.Statement]:
        """The best of the few that hold."""
        found: Found = term.value
        amount, winner = f"{name_of(term)}a", f"{name_of(term)}w"
        mask = self.value(term.args[0])
        if found.members:
            mask = py.binary(mask, "&", self.known(found.members))
        out = [py.assign(amount, py.constant(0)), py.assign(winner, py.constant(-1)), py.assign("m", mask)]
        place = py.binary(py.method(py.name("m"), "bit_length"), "-", py.constant(1))
        body = [
            py.assign("b", place),
            py.assign("m", py.binary(py.name("m"), "^", py.binary(py.constant(1), "<<", py.name("b")))),
            py.assign("r", py.item(self.known(found.rows.rows), py.name("b"))),
            *self._shaped(found.rows, term.args[1:], "x"),
            *self._take(amount, winner, py.item(py.name("r"), py.constant(1))),
        ]
        out.append(py.while_(py.name("m"), body))
        others = [self._other(term, found, index, position) for index, position in enumerate(found.plain)]
        for own in others[: found.own]:
            out += own
        late = [each for other in others[found.own :] for each in other]
        if late:
            some = py.binary(self.value(term.args[0]), "&", self.known(found.late))
            out.append(py.when(some, late))
        out.append(py.assign(winner, py.item(self.known(found.numbers), py.name(winner))))
        return out

    def _other(self, term: Term, found: Found, index: int, position: int) -> list[py.Statement]:
        """An entry that is not in the index, or must not be worked out without need."""
        place = 1 + found.leaves + 2 * index
        condition, value = term.args[place], term.args[place + 1]
        inner = [*self.inner(term, place + 1), py.assign("x", self.value(value))]
        inner += self._take(f"{name_of(term)}a", f"{name_of(term)}w", py.constant(position))
        return inner if condition.kind == "const" else [py.when(self.value(condition), inner)]

    def _shaped(self, rows: Rows, leaves: Sequence[Term], target: str) -> list[py.Statement]:
        """The amount of the row ``r``, by its shape."""
        out: list[py.Statement] = []
        for number, shape in reversed(list(enumerate(rows.shapes))):
            made = written(shape, "r", lambda place: self.value(leaves[place]))
            body = [*made.statements, py.assign(target, made.value)]
            test = py.compare(py.item(py.name("r"), py.constant(0)), "==", py.constant(number))
            out = body if number == len(rows.shapes) - 1 else [py.when(test, body, out)]
        return out

    def _tested(self, term: Term) -> list[py.Statement]:
        """The bits of the conditions that hold: of those that are found, the rest is tested."""
        called, rests = name_of(term), term.value
        place = py.binary(py.method(py.name("m"), "bit_length"), "-", py.constant(1))
        bit = py.binary(py.constant(1), "<<", py.name("b"))
        test = py.call_of(py.item(self.known(self.tests(rests)), py.name("b")), py.name("v"))
        body = [
            py.assign("b", place),
            py.assign("m", py.binary(py.name("m"), "^", bit)),
            py.when(py.negation(test), [py.assign(called, py.binary(py.name(called), "^", bit))]),
        ]
        start = [
            py.assign(called, self.value(term.args[0])),
            py.assign("m", py.binary(py.name(called), "&", self.known(rests.bits))),
        ]
        return [*start, py.while_(py.name("m"), body)]

    def _row(self, term: Term) -> list[py.Statement]:
        """One of many amounts; the last row is for place -1."""
        row = py.assign("r", py.item(self.known(term.value.rows), self.value(term.args[0])))
        return [row, *self._shaped(term.value, term.args[1:], name_of(term))]

    def _at(self, term: Term) -> list[py.Statement]:
        called, place, last = name_of(term), self.value(term.args[0]), len(term.args) - 1
        out = []
        for number in range(1, len(term.args)):
            test = py.compare(place, "==", py.constant(-1 if number == last else number - 1))
            out.append(py.when(test, [*self.inner(term, number), py.assign(called, self.value(term.args[number]))]))
        return out

    def _take(self, amount: str, winner: str, position: py.Expression) -> list[py.Statement]:
        """Keep ``x`` where it is more, or as much from an earlier rule."""
        x, best, first = py.name("x"), py.name(amount), py.name(winner)
        same = py.all_of([py.compare(x, "==", best), py.compare(position, "<", first)])
        more = py.any_of([py.compare(x, ">", best), same])
        return [py.when(more, [py.assign(amount, x), py.assign(winner, position)])]

    def _listing(self, term: Term) -> list[py.Statement]:
        called = name_of(term)
        groups = {group for group in term.value if group is not None}
        numbers = {group: [term.args[3 * at + 1] for at, each in enumerate(term.value) if each == group] for group in groups}
        apart = {group for group, some in numbers.items() if len({*some}) == len(some) and all(n.kind == "const" for n in some)}
        seen = {group: f"{called}s{number}" for number, group in enumerate(sorted(groups - apart))}
        out = [py.assign(called, py.constant(""))]
        out += [py.assign(each, py.empty_list()) for each in seen.values()]
        for index, group in enumerate(term.value):
            condition, number, text = term.args[3 * index : 3 * index + 3]
            more = py.text([py.name(called), ",", self.value(text)])
            body = [*self.inner(term, 3 * index + 2), py.assign(called, more)]
            if group in seen:
                new = py.compare(self.value(number), "not in", py.name(seen[group]))
                body = [py.when(new, [py.run(py.method(py.name(seen[group]), "append", self.value(number))), *body])]
            sure = condition.kind == "const"
            out += body if sure else [py.when(self.value(condition), body)]
        return [*out, py.assign(called, py.without_first(py.name(called)))]


_STATEMENTS: Final[Mapping[str, Callable[[Emitter, Term], list[py.Statement]]]] = {
    "best": Emitter._best,
    "least": Emitter._least,
    "pick": Emitter._pick,
    "listing": Emitter._listing,
    "lowest": Emitter._lowest,
    "row": Emitter._row,
    "at": Emitter._at,
    "found": Emitter._found,
    "tested": Emitter._tested,
}
