"""What the rows of a decision table give: of one type, and fit for the hit policy."""

from __future__ import annotations

from typing import Any

from remit.language.checking.rules import ORDERED, join
from remit.language.checking.words import a_type, spell
from remit.language.nodes import Literal
from remit.language.types import ANY, INTEGER, Type, choice
from remit.policy.context import Context
from remit.policy.model import Expression, HitPolicy
from remit.policy.reading.tree import YamlNode, YamlScalar
from remit.policy.shapes.records import Fields

__all__ = ["Results"]

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
                message = f"the result `{spell(result.node.value)}` is not among the `priorities`"
                self._wrong(message, node, "add it where it belongs in their order")

    def _wrong(self, message: str, at: YamlNode, hint: str) -> None:
        self.broken = True
        self.context.report.error("policy/hit", message, at, hint)
