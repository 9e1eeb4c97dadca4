"""Lists, filters, ``some``, ``every`` and ``for``; contexts; ranges; ``in`` and its tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from remit.language.checking.branch_checks import condition
from remit.language.checking.check_context import Checking, failed, typed
from remit.language.checking.choices import adapt
from remit.language.checking.comparison_checks import check_ends, has_order, pair
from remit.language.checking.replacements import NO_CONVERSION, both, constant, instead, mismatch
from remit.language.checking.type_rules import comparable, element_of, is_open, join, join_all
from remit.language.checking.type_words import a_type, quoted
from remit.language.nodes import (
    ContextLiteral,
    Filter,
    For,
    If,
    In,
    Input,
    ListLiteral,
    Node,
    Quantified,
    RangeLiteral,
    names_in,
    reads_input,
)
from remit.language.types import ANY, BOOLEAN, DATE, INTEGER, Type, context_of, list_of, range_of

__all__ = ["check_context", "check_filter", "check_for", "check_in", "check_list", "check_quantified", "check_range"]

#: The name that a filter gives to the item that is looked at.
_ITEM: Final = "item"
#: The name that `for` gives to the list of the results so far.
_PARTIAL: Final = "partial"


def check_list(checking: Checking, node: ListLiteral) -> Node:
    """The items are of one type."""
    items = tuple(checking.infer(item) for item in node.items)
    element = Type("null")
    for item in items:
        joined = join(element, item.type)
        if joined is None:
            first = next(each for each in items if each.type.kind != "null")
            _report_mixed(checking, first, item)
            return failed(node, items=items)
        element = joined
    return typed(node, list_of(element), items=items)


def _report_mixed(checking: Checking, first: Node, item: Node) -> None:
    wrong, right = (first, item) if constant(first) is not None and constant(item) is None else (item, first)
    code = "types/currencies" if first.type.kind == item.type.kind == "money" else "types/mixed-list"
    advice = instead(checking, wrong, right.type) if constant(wrong) is not None else None
    if code == "types/currencies":
        advice = NO_CONVERSION
    checking.report(code, both(checking, first, item, "the items of a list are of one type"), wrong, advice)


def check_filter(checking: Checking, node: Filter) -> Node:
    """``list[position]`` or ``list[condition on item]``."""
    source = checking.infer(node.source)
    if source.type.kind not in ("list", "any", "null"):
        message = f"{checking.name(source)} is {a_type(source.type)}: only a list has items"
        checking.report("types/not-a-list", message, source, instead(checking, source, list_of(ANY)))
        source = failed(source)
    element = element_of(source.type) if source.type.kind == "list" else ANY
    entries = dict(element.entries if element.kind == "context" else ())
    if element.kind == "any" and checking.problems:  # any name may be an entry of what is wrong
        entries = {name.partition(".")[0]: ANY for name in names_in(node.condition) if name not in checking.scope}
    inner = checking.with_names({_ITEM: element, **entries})
    test = inner.infer(node.condition)
    parts = {"source": source, "condition": test}
    match test.type.kind:
        case "any":
            return failed(node, **parts)
        case "boolean":
            return typed(node, source.type, **parts)
        case "number":
            return typed(node, element, **parts) if _position(checking, test) else failed(node, **parts)
    message = f"a filter is a position or a condition on `item`, but {checking.name(test)} is {a_type(test.type)}"
    checking.report("types/condition", message, test, f"`item = {checking.text(test)}` keeps the items that are equal to it")
    return failed(node, **parts)


def _position(checking: Checking, node: Node) -> bool:
    found = constant(node)
    if not node.type.integer:
        message = f"a position in a list is a whole number, but {checking.name(node)} may have decimals"
        checking.report("types/position", message, node, "round it: " + f"`floor({checking.text(node)})`")
        return False
    if found is not None and found[0] == 0:
        checking.report("types/position", "no item stands at `0`", node, "the first is `1`, the last is `-1`")
        return False
    return True


def check_quantified(checking: Checking, node: Quantified) -> Node:
    """Each name goes through a list; the condition is true or false."""
    inner, bindings = _bound(checking, node, node.kind)
    test = inner.infer(node.condition)
    condition(inner, test, "what follows `satisfies`")
    return typed(node, BOOLEAN, bindings=bindings, condition=test)


def check_context(checking: Checking, node: ContextLiteral) -> Node:
    """Each entry has a name of its own, and may read those before it."""
    entries: list[tuple[str, Node]] = []
    inner, names = checking, set[str]()
    for name, each in node.entries:
        entry = inner.infer(each)
        if name in names:
            checking.report("types/duplicate-entry", f"there are two entries {quoted(name)}", each, "give one another name")
        names.add(name)
        inner = inner.with_names({name: entry.type})
        entries.append((name, entry))
    if len(names) < len(entries):
        return failed(node, entries=tuple(entries))
    return typed(node, context_of((name, entry.type) for name, entry in entries), entries=tuple(entries))


def _bound(checking: Checking, node: For | Quantified, word: str) -> tuple[Checking, tuple[tuple[str, Node], ...]]:
    """The scope within a loop, and its checked bindings: each name goes through a list."""
    bindings: list[tuple[str, Node]] = []
    for name, each in node.bindings:
        source = checking.infer(each)
        if not _can_be_gone_through(source.type):
            message = f"`{word}` goes through a list, but {checking.name(source)} is {a_type(source.type)}"
            checking.report("types/not-a-list", message, source, instead(checking, source, list_of(ANY)))
            source = failed(source)
        element = ANY if source.type.kind in ("any", "null") else element_of(source.type)
        checking = checking.with_names({name: element})
        bindings.append((name, source))
    return checking, tuple(bindings)


def _can_be_gone_through(of: Type) -> bool:
    """Lists, and ranges of whole numbers or days."""
    return of.kind in ("list", "any", "null") or (of.kind == "range" and element_of(of) in (ANY, INTEGER, DATE))


def check_for(checking: Checking, node: For) -> Node:
    """Each name goes through a list; all results are of one type."""
    inner, bindings = _bound(checking, node, "for")
    result = _with_partial(inner, node.result) if _PARTIAL in names_in(node.result) else inner.infer(node.result)
    return typed(node, list_of(result.type), bindings=bindings, result=result)


def _with_partial(checking: Checking, node: Node) -> Node:
    """A result that reads those before it: they are of the type that it has where it reads none of them."""
    result, attempt = _tried(checking, node, ANY)
    if attempt.problems:
        checking.problems.extend(attempt.problems)
        return result
    guess = next((of for of in _first_types(result) if not is_open(of)), None)
    while guess is not None:
        result, attempt = _tried(checking, node, guess)
        joined = join(guess, result.type)
        if attempt.problems or joined is None or joined == guess:
            checking.problems.extend(attempt.problems)
            if not attempt.problems and joined is None:
                _report_results(checking, node)
            return result
        guess = joined
    _report_results(checking, node)
    return failed(node)


def _tried(checking: Checking, node: Node, of: Type) -> tuple[Node, Checking]:
    attempt = replace(checking.with_names({_PARTIAL: list_of(of)}), problems=[])
    return attempt.infer(node), attempt


def _first_types(node: Node) -> Iterator[Type]:
    """The types that a result can have without those before it."""
    if isinstance(node, If):
        yield from _first_types(node.yes)
        yield from _first_types(node.no)
    else:
        yield node.type


def _report_results(checking: Checking, node: Node) -> None:
    message = "the results of `for` have no clear type"
    hint = "say what the first one is: `if partial = [] then 1 else partial[-1] * 2`"
    checking.report("types/mixed-list", message, node, hint)


def check_range(checking: Checking, node: RangeLiteral) -> Node:
    """The ends must be of one type that has an order, the lower one first."""
    low, high = (None if end is None else checking.infer(end) for end in (node.low, node.high))
    ends = tuple(end for end in (low, high) if end is not None)
    return _closed(checking, node, low, high) if has_order(checking, ends, node) else failed(node, low=low, high=high)


def _closed(checking: Checking, node: RangeLiteral, low: Node | None, high: Node | None) -> Node:
    """The range with its checked ends, which have an order."""
    fine = True
    if low is not None and high is not None:
        low, high, fine = pair(checking, low, high, node, "<=")
        fine = fine and (
            bool(node.operator) or check_ends(checking, low, high, node, closed=node.low_closed and node.high_closed)
        )
    element = join_all(end.type for end in (low, high) if end is not None)
    return typed(node, range_of(element), low=low, high=high) if fine else failed(node, low=low, high=high)


def check_in(checking: Checking, node: In) -> Node:
    """Each test must be a range, a list or a value of the type that is tested, or a condition of its own that uses ``?``."""
    value = checking.infer(node.value)
    inner = checking.with_input(value)
    before = len(checking.problems)
    tests = tuple(_check_test(inner, value, test) for test in node.tests)
    for test in tests:
        item = element_of(test.type) if test.type.kind == "list" else test.type
        value = adapt(checking, value, item, test)
    fine = len(checking.problems) == before
    for test in tests if fine else ():
        if isinstance(test, ListLiteral) and _is_of_items(value, test):
            _report_items(checking, value, test)
    return typed(node, BOOLEAN, value=value, tests=tests) if fine else failed(node, value=value, tests=tests)


def _check_test(checking: Checking, value: Node, test: Node) -> Node:
    if reads_input(test):
        return _condition(checking, checking.infer(test))
    if isinstance(test, RangeLiteral) and value.type.kind not in ("any", "range"):
        return _check_range_test(checking, value, test)
    if isinstance(test, ListLiteral) and value.type.kind != "list":
        items = tuple(_check_test(checking, value, item) for item in test.items)
        return typed(test, list_of(join_all(item.type for item in items)), items=items)
    test = checking.infer(test)
    kinds = (value.type.kind, test.type.kind)
    if "any" in kinds:
        return test
    if test.type.kind == "range" and value.type.kind != "range":
        return _against_elements(checking, value, test)
    if test.type.kind == "list" and (value.type.kind != "list" or not comparable(value.type, test.type)):
        return _against_elements(checking, value, adapt(checking, test, list_of(value.type), value))
    if test.type.kind == "boolean" != value.type.kind:
        message = both(checking, value, test, "they cannot be compared")
        checking.report("types/comparison", message, test, "a condition of its own says what it tests with `?`, as in `? > 3`")
        return failed(test)
    return pair(checking, value, test, test, "=")[1]


def _is_of_items(value: Node, test: ListLiteral) -> bool:
    """Whether a list that has a name is looked for among values of the kind that it holds: it is never one of them. A cell with
    a list written out is not meant: that the input is this list can be said in no other way there."""
    is_list = value.type.kind == "list" and not isinstance(value, ListLiteral | Input)
    return is_list and comparable(element_of(value.type), element_of(test.type))


def _report_items(checking: Checking, value: Node, test: ListLiteral) -> None:
    message = f"{checking.name(value)} is {a_type(value.type)}, and no item of {checking.name(test)} is a list"
    name, texts = checking.text(value) or checking.input_name or "?", [checking.text(item) for item in test.items]
    if len(texts) == 1:
        hint = f"ask whether it is in the list: {quoted(f'list contains({name}, {texts[0]})')}"
    else:
        hint = f"ask whether one of them is in the list: {quoted(f'some x in {name} satisfies x in {checking.text(test)}')}"
    checking.report("types/list-among-items", message, test, hint)


def _check_range_test(checking: Checking, value: Node, test: RangeLiteral) -> Node:
    """A range that is written out: each end is held against the value, so that the end that is wrong is underlined."""
    low, high = (None if end is None else checking.infer(end) for end in (test.low, test.high))
    ends = tuple(end for end in (low, high) if end is not None)
    known = tuple(end for end in ends if end.type.kind != "any")
    fine = has_order(checking, (value, *known) if known else (), test)
    fits = [pair(checking, value, end, test, "<=")[2] for end in known if fine]
    return _closed(checking, test, low, high) if fine and all(fits) else failed(test, low=low, high=high)


def _condition(checking: Checking, test: Node) -> Node:
    return test if condition(checking, test, "a test with `?`") else failed(test)


def _against_elements(checking: Checking, value: Node, test: Node) -> Node:
    if test.type.kind == "any" or comparable(value.type, element_of(test.type)):
        return test
    mismatch(checking, value, test, test, "it cannot be in there")
    return failed(test)
