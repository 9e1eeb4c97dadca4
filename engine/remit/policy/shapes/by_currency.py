"""A policy in several currencies: what is written by currency, such as ``{EUR: 25 EUR, USD: 30 USD}``, as it is in one of them.

Such a policy is read once for each of its currencies, each time as a policy in that one alone. So no formula, cap or decision
ever meets two currencies, and nothing is converted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from remit.errors import Problem
from remit.language.checking.type_words import any_of
from remit.language.currencies import CURRENCIES
from remit.language.words import listing
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar

__all__ = ["currencies_of", "in_currency", "problems_together"]

_CODE: Final = re.compile("[A-Z]{3}")
#: What names currencies and is the same in all of them.
_OF_ALL: Final = ("currencies", "rates")
#: What may be another in each currency as a whole; all other sections have names that are the same everywhere.
_MAY_DIFFER: Final = ("title", "incidents", "otherwise")
#: What says who or what something is for, or over which time it counts.
_FIXED: Final = frozenset(("id", "per", "over", "shared", "claim", "history", "type"))


def currencies_of(root: YamlMap) -> tuple[str, ...]:
    """The currencies that a policy says it is in under ``currencies``, each once; of what is wrong there nothing."""
    found = (node.text.upper() for node in _written(root))
    return tuple(dict.fromkeys(code for code in found if code in CURRENCIES))


def _written(root: YamlMap) -> list[YamlScalar]:
    written = root.get("currencies")
    each = written.items if isinstance(written, YamlList) else [written]
    return [node for node in each if isinstance(node, YamlScalar)]


def in_currency(root: YamlMap, code: str, currencies: tuple[str, ...], report: ProblemReport) -> YamlMap:
    """The policy ``root`` in the currency ``code``, one of its ``currencies``: what is written by currency is what it is in
    that one, and ``currency`` says which."""
    chosen, entries = _Chosen(code, currencies, report), {}
    for key, (name, value) in root.entries.items():
        entries[key] = name, value if key in _OF_ALL else chosen.below(key, value)
    name = root.entries["currencies"][0]
    if "currency" in entries:
        hint = "keep `currencies`; the first of them is the usual one"
        report.error("policy/one-of", "a policy has `currency` or `currencies`, not both", name, hint)
    one = next(each for each in _written(root) if each.text.upper() == code)
    entries["currency"] = (replace(name, text="currency"), one)
    return replace(root, entries=entries)


class _Chosen:
    """Copies a tree with what is by currency as it is in one of them."""

    def __init__(self, code: str, currencies: tuple[str, ...], report: ProblemReport) -> None:
        self.code = code
        self.currencies = currencies
        self.report = report

    def below(self, key: str, node: YamlNode) -> YamlNode:
        """What stands under a key at the top of the policy, which is no mapping by currency itself."""
        if not isinstance(node, YamlMap) or key in _MAY_DIFFER or not self._is_by_currency(node):
            return self.node(node)
        message = f"`{key}` is the same in all currencies"
        self.report.error(
            "policy/by-currency", message, node, "write by currency what differs inside it: `{EUR: 25 EUR, USD: 30 USD}`"
        )
        return YamlScalar("", "plain", node.start, node.end, node.document, broken=True)

    def node(self, node: YamlNode) -> YamlNode:
        """``node``, or where nothing in it is by currency, the very same."""
        if isinstance(node, YamlScalar):
            return node
        if isinstance(node, YamlList):
            items = [self.node(each) for each in node.items]
            return node if all(map(_same, items, node.items)) else replace(node, items=items)
        if self._is_by_currency(node):
            return self._one_of(node)
        entries = {}
        for key, (name, value) in node.entries.items():
            if key in _FIXED and isinstance(value, YamlMap) and self._is_by_currency(value):
                self._refuse_fixed(name)
            entries[key] = name, self.node(value)
        same = all(value is node.entries[key][1] for key, (_, value) in entries.items())
        return node if same else replace(node, entries=entries)

    def _is_by_currency(self, node: YamlMap) -> bool:
        return any(key.upper() in self.currencies for key in node.entries)

    def _one_of(self, node: YamlMap) -> YamlNode:
        found: YamlNode | None = None
        for key, (name, value) in node.entries.items():
            if key.upper() == self.code:
                found = value
            if key not in self.currencies:
                self._refuse_key(name)
        if found is None:
            missing = [code for code in self.currencies if all(key.upper() != code for key in node.entries)]
            told = listing(missing, "and", comma=False)
            self.report.error("policy/by-currency", f"there is nothing for {told} here", node, f"add `{missing[0]}: ...`")
            return YamlScalar("", "plain", node.start, node.end, node.document, broken=True)
        for name in _fixed_below(found):
            self._refuse_fixed(name)
        return _marked(self.node(found))

    def _refuse_fixed(self, name: YamlScalar) -> None:
        message = f"`{name.text}` is the same in all currencies"
        hint = "write by currency only what is given, and in which words"
        self.report.error("policy/by-currency", message, name, hint)

    def _refuse_key(self, name: YamlScalar) -> None:
        if name.text.upper() in self.currencies:
            hint = f"write `{name.text.upper()}`"
            self.report.error("policy/form", f"`{name.text}` is a currency in small letters", name, hint)
            return
        hint = f"the policy is in {any_of(self.currencies, 'and')}; what is by currency has nothing else beside it"
        self.report.error("policy/by-currency", f"`{name.text}` is not a currency of this policy", name, hint)


def _fixed_below(node: YamlNode) -> Iterator[YamlScalar]:
    """The keys below ``node`` of what is the same in all currencies."""
    if isinstance(node, YamlList):
        for each in node.items:
            yield from _fixed_below(each)
    elif isinstance(node, YamlMap):
        for key, (name, value) in node.entries.items():
            if key in _FIXED:
                yield name
            yield from _fixed_below(value)


def _marked(node: YamlNode) -> YamlNode:
    """``node`` with its scalars marked as those of one currency."""
    if isinstance(node, YamlScalar):
        return replace(node, by_currency=True)
    if isinstance(node, YamlList):
        return replace(node, items=[_marked(each) for each in node.items])
    return replace(node, entries={key: (name, _marked(value)) for key, (name, value) in node.entries.items()})


def _same(one: YamlNode, other: YamlNode) -> bool:
    return one is other


def problems_together(found: Mapping[str, Iterable[Problem]]) -> tuple[Problem, ...]:
    """The problems that a policy has in each of its currencies, in reading order: what is wrong in all of them once, the rest
    with the currencies in which it is wrong."""
    each: dict[tuple[object, ...], dict[str, Problem]] = {}
    for code, problems in found.items():
        for problem in problems:
            place = problem.place
            at = None if place is None else (place.line, place.column)
            each.setdefault((at, problem.code, _CODE.sub("", problem.message)), {})[code] = problem
    out = [_told(where, len(found)) for where in each.values()]
    return tuple(sorted(out, key=lambda problem: (problem.place.line, problem.place.column) if problem.place else (0, 0)))


def _told(where: Mapping[str, Problem], currencies: int) -> Problem:
    first = next(iter(where.values()))
    if len(where) == currencies or any(code in first.message for code in where):
        return first
    return replace(first, message=f"{first.message} (in {listing(list(where), 'and', comma=False)})")
