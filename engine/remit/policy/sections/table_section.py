"""Decision tables (DMN 1.4, chapter 8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from remit.language.checking.type_rules import ORDERED, join
from remit.language.checking.type_words import a_type
from remit.language.checking.type_words import any_of as listed
from remit.language.nodes import Literal, names_in
from remit.language.text import literal
from remit.language.types import ANY, INTEGER, Type, choice
from remit.policy.load_context import Context, Typing
from remit.policy.model import Expression, HitPolicy, Row, Table
from remit.policy.reading.yaml_tree import YamlList, YamlNode, YamlScalar
from remit.policy.shapes.collections import ListOf, Located
from remit.policy.shapes.mappings import Fields, Key, Record
from remit.policy.shapes.scalar_shapes import OneOf
from remit.policy.shapes.word_forms import CELL, FORMULA, WORD

__all__ = ["Results", "TABLE", "read_table"]

_CAN_BE_ADDED = ("number", "money", "duration", "months")


class Results:
    """Reads the results one by one; ``type`` is then the type of them all. ``broken``: one is wrong, which was told."""

    def __init__(self, fields: Fields, name: str, hit: HitPolicy, context: Context) -> None:
        self.fields, self.name, self.hit, self.context = fields, name, hit, context
        self.words = tuple(dict.fromkeys(word.text for word in fields.get("of") or []))
        self.broken = False
        self._of_words: Type | None = choice(self.words) if self.words else None
        self._joined = self._of_words
        self._read: list[tuple[Expression, YamlNode]] = []

    @property
    def type(self) -> Type:
        """Of what the table as a whole gives."""
        return INTEGER if self.hit == "collect count" else self._joined or ANY

    def read(self, node: YamlNode, written: Any) -> Expression | None:
        """One result."""
        found = self._one(node, written)
        self.broken = self.broken or found is None
        return found

    def _one(self, node: YamlNode, written: Any) -> Expression | None:
        report = self.context.report
        if not isinstance(written, YamlScalar):
            if written is not None:
                report.error("policy/result", "a result is one value or formula, not a list", node, "put a formula in quotes")
            return None
        found = self.context.expressions.formula(written, self._of_words)
        if found is None or not self._fits_hit(found.node.type, node):
            return None
        self._read.append((found, node))
        if self.words:
            return found
        joined = found.node.type if self._joined is None else join(self._joined, found.node.type)
        if joined is None:
            message = f"this result is {a_type(found.node.type)}, but those above are {a_type(self._joined or ANY)}"
            report.error("policy/mixed-types", message, node, f"all results of `{self.name}` are of one type")
            return None
        self._joined = joined
        return found

    def _fits_hit(self, of: Type, node: YamlNode) -> bool:
        fits = {
            "collect sum": of.kind in (*_CAN_BE_ADDED, "any", "null"),
            "collect min": of.kind in (*ORDERED, "any", "null"),
            "collect max": of.kind in (*ORDERED, "any", "null"),
        }.get(self.hit, True)
        if not fits:
            what = "added up" if self.hit == "collect sum" else "put in order"
            message = f"`hit: {self.hit}` needs results that can be {what}, but this is {a_type(of)}"
            self.context.report.error("policy/hit", message, node, "choose another hit policy, such as `first`")
        return fits

    def priorities(self) -> tuple[Expression, ...]:
        """The results in the order of their importance, where the hit policy asks for one."""
        if self.hit != "priority":
            if self.fields.given("priorities"):
                message = f"`priorities` makes sense only with `hit: priority`, not with `hit: {self.hit}`"
                self._wrong(message, self.fields.key("priorities"), "write `hit: priority`, or delete it")
            return ()
        rows = list(self._read)
        if self.words and not self.fields.given("priorities"):
            words: list[YamlScalar] = self.fields.get("of")
            return tuple(each for word in words if (each := self.read(word, word)))
        if not self.fields.given("priorities"):
            self._wrong("`hit: priority` needs `priorities`", self.fields.at("hit"), "list the results, most important first")
            return ()
        found = [self.read(scalar, scalar) for scalar in self.fields.get("priorities") or []]
        listed = tuple(each for each in found if each is not None)
        self._all_listed(rows, listed)
        return listed

    def _all_listed(self, rows: list[tuple[Expression, YamlNode]], listed: tuple[Expression, ...]) -> None:
        known = [each.node.value for each in listed if isinstance(each.node, Literal)]
        if len(known) < len(listed) or self.broken:
            return
        for result, node in rows:
            if isinstance(result.node, Literal) and result.node.value is not None and result.node.value not in known:
                message = f"the result `{literal(result.node.value)}` is not among the `priorities`"
                self._wrong(message, node, "add it where it belongs in their order")

    def _wrong(self, message: str, at: YamlNode, hint: str) -> None:
        self.broken = True
        self.context.report.error("policy/hit", message, at, hint)


#: What a column is called in messages, and its input.
_Column: TypeAlias = tuple[str, Expression]

_HIT: Final = OneOf(
    {
        "unique": "At most one row may match.",
        "first": "The first row that matches counts.",
        "any": "Several rows may match if they all give the same.",
        "priority": "Of the rows that match, the one whose result stands first in `priorities` counts.",
        "collect sum": "The results of all rows that match, added up.",
        "collect min": "The lowest result of the rows that match.",
        "collect max": "The highest result of the rows that match.",
        "collect count": "How many rows match.",
    },
    "a hit policy",
    {
        "u": "unique",
        "f": "first",
        "a": "any",
        "p": "priority",
        "c+": "collect sum",
        "c<": "collect min",
        "c>": "collect max",
        "c#": "collect count",
        "sum": "collect sum",
        "min": "collect min",
        "max": "collect max",
        "count": "collect count",
        "collect": "collect sum",
    },
)

TABLE: Final = Record(
    "a table",
    (
        Key(
            "inputs",
            ListOf(FORMULA, "a list of inputs", "an input", "[guest.tier, stay.nights]"),
            "What the columns test: names or formulas.",
            True,
            examples=("[guest.tier, stay.nights]",),
        ),
        Key("hit", _HIT, "Which of the rows that match counts.", default="unique"),
        Key(
            "rows",
            ListOf(
                Located(ListOf(CELL, "a list of cells", "a cell", '[gold, ">= 2", 30 EUR]', least=2)),
                "a list of rows",
                "a row",
                '[[gold, ">= 2", 30 EUR]]',
                most=20_000,
            ),
            "Each row has a test for each input (`-` for any) and, last, what it gives.",
            True,
            examples=('[[gold, ">= 2", 30 EUR], ["-", "-", 10 EUR]]',),
        ),
        Key("otherwise", FORMULA, "What holds where no row matches. Without it that is null.", examples=("0",)),
        Key(
            "priorities",
            ListOf(FORMULA, "a list of results", "a result"),
            "The results, most important first (hit policy priority).",
        ),
        Key(
            "of",
            ListOf(WORD, "a list of words", "a result", "[low, high]"),
            "The words that the table can give, where it gives words. They stand in the rows without quotes.",
            examples=("[low, high]",),
        ),
    ),
    "{inputs: [guest.tier], rows: [[gold, 30 EUR]], otherwise: 10 EUR}",
    "A decision table: rows of tests, each with what it gives.",
)


def read_table(fields: Fields, name: str, context: Context) -> Typing[tuple[Type, Table]]:
    """The type and the table, or ``None`` after reporting what is wrong. Yields the names whose types it needs to go on."""
    columns = yield from _columns(fields, context)
    if columns is None:
        return None
    hit: HitPolicy = fields.get("hit") or "unique"
    results = Results(fields, name, hit, context)
    yield _mentioned(columns, results, fields, context)
    rows = [_row(node, row, columns, results, context) for node, row in fields.get("rows") or []]
    priorities = results.priorities()
    otherwise = results.read(fields.at("otherwise"), fields.get("otherwise")) if fields.given("otherwise") else None
    kept = tuple(row for row in rows if row is not None)
    if results.broken or len(kept) < len(rows) or not rows:
        return None
    inputs = tuple(column for _, column in columns)
    return results.type, Table(inputs, hit, kept, otherwise, priorities)


def _columns(fields: Fields, context: Context) -> Typing[list[_Column]]:
    """The inputs, each with what it is called."""
    parsed = []
    for scalar in fields.get("inputs") or []:
        source = scalar.source()
        node = context.expressions.parsed(scalar, source)
        if node is not None:
            parsed.append((scalar, source, node))
    yield frozenset().union(*(names_in(node) for _, _, node in parsed))
    out: list[_Column] = []
    for scalar, source, node in parsed:
        found = context.expressions.checked(scalar, source, node)
        if found is not None:
            out.append((" ".join(scalar.text.split()), found))
    written = fields.node.get("inputs")
    return out if out and isinstance(written, YamlList) and len(out) == len(written.items) else None


def _mentioned(columns: list[_Column], results: Results, fields: Fields, context: Context) -> frozenset[str]:
    """The names in cells and results; what is a word of a choice there is not a name."""
    words = {word for _, column in columns for word in column.node.type.choices} | {*results.words}
    nodes = [fields.at("rows"), fields.at("otherwise"), fields.at("priorities")]
    scalars = _scalars([node for node in nodes if node is not fields.node])
    return context.expressions.mentioned(each for each in scalars if each.text not in words) - words


def _scalars(nodes: list[YamlNode]) -> Iterator[YamlScalar]:
    """Those among ``nodes`` and in the lists among them, in no order."""
    waiting = nodes
    while waiting:
        node = waiting.pop()
        if isinstance(node, YamlScalar):
            yield node
        elif isinstance(node, YamlList):
            waiting += node.items


def _row(
    node: YamlNode, cells: list[tuple[YamlNode, Any]] | None, columns: list[_Column], results: Results, context: Context
) -> Row | None:
    if cells is None:
        return None
    if len(cells) != len(columns) + 1:
        _wrong_width(node, len(cells), [name for name, _ in columns], context)
        return None
    tests = [
        context.expressions.test(cell, column.node.type, name) if fine is not None else None
        for (cell, fine), (name, column) in zip(cells, columns, strict=False)
    ]
    output = results.read(*cells[-1])
    kept = tuple(test for test in tests if test is not None)
    return Row(kept, output) if output is not None and len(kept) == len(tests) else None


def _wrong_width(node: YamlNode, count: int, columns: list[str], context: Context) -> None:
    needed = len(columns) + 1
    has = "1 cell" if count == 1 else f"{count} cells"
    message = f"this row has {has}, but the table has {needed} columns: {listed(columns, 'and')}, and the result"
    if len(columns) > 1:
        message = message.replace(" and `", ", `")
    hint = (
        'write `"-"` for an input that does not matter'
        if count < needed
        else "delete a cell, or put a formula that has a comma in it in quotes"
    )
    context.report.error("policy/row-width", message, node, hint)
