"""Changes of a policy's text: one amount raised, or one rule added, and a new version. Every other character stays.

A change that cannot be made without rewriting what the author wrote is refused, in words. What was written is read again: it
must say what was meant, nothing else may have changed, and `remit check` may find nothing in it that it did not find before.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from remit.authoring.checks.catalogue import warnings
from remit.authoring.formatting.formatted_files import format_text
from remit.errors import NotAllowed, PolicyError
from remit.language.nodes import Literal, names_in
from remit.ledger.recorded_facts import written
from remit.policy.loader import inspect_model
from remit.policy.model import Model, Rule, Table
from remit.policy.reading.yaml_reader import read_yaml
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar
from remit.review.suggesting.handover_features import Feature, own_amount, table_of

__all__ = ["EditedPolicy", "amount_text", "line_end", "new_rule", "new_version", "raised", "tidy", "written_end"]

_BARE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS: Final = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n", "none"))
_FIELDS: Final = frozenset(each.name for each in fields(Model))
#: What differs between any two texts of a policy.
_ALWAYS: Final = frozenset(("version", "digest", "text", "file", "budget", "others"))


@dataclass(frozen=True, slots=True)
class EditedPolicy:
    """A policy with a change: the ``model`` that its new text says, and the id of the ``rule`` that was changed or added."""

    model: Model
    rule: str


def amount_text(model: Model, remedy: str, amount: int) -> str:
    """An amount of ``remedy`` as an author writes it."""
    kind = model.remedies[remedy].kind
    if kind == "exception":
        return "true" if amount else "false"
    return str(written(amount, model.currency_code if kind == "money" else "units"))


def new_version(model: Model, taken: Collection[str] = ()) -> str:
    """The next version: its last number one higher, until it is not among those ``taken``.

    ``2026.2`` becomes ``2026.3``; a version without a number gets one.
    """
    version = model.version
    while version in {model.version, *taken}:
        found = re.fullmatch(r"(.*?)(\d+)(\D*)", version, re.DOTALL)
        if found is None:
            version += ".2"
        else:
            before, number, after = found.groups()
            version = f"{before}{int(number) + 1:0{len(number)}}{after}"
    return version


def raised(model: Model, rule: Rule, role: str, remedy: str, amount: int, version: str, row: int | None = None) -> EditedPolicy:
    """``rule`` with a higher amount of ``remedy`` for ``role``; where that comes from a table, in its ``row``, from 0.

    Raises :class:`remit.errors.NotAllowed` that says why it cannot be done cleanly.
    """
    _refuse_currencies(model)
    text = amount_text(model, remedy, amount)
    given = own_amount(rule.may[remedy], role, model.ladder)
    table = table_of(model, given)
    root = _root(model)
    if table is not None:
        edit = _in_row(model, table, row, text)
    elif given is not None and not isinstance(given.node, Literal) and role in rule.may[remedy]:
        raise NotAllowed(f"rule `{rule.id}` works out the amount by a formula, `{given.text}`; change it yourself")
    else:
        edit = _in_rule(model, root, rule, role, remedy, text)
    after = _read(model, _edited(model, [edit, _version_edit(root, version)]))
    _refuse_other_changes(model, after, {rule.id}, table)
    return EditedPolicy(after, rule.id)


def new_rule(model: Model, where: Sequence[Feature], role: str, remedy: str, amount: int, version: str) -> EditedPolicy:
    """A new last rule that gives ``role`` the amount where the facts are those of ``where``. Raises as :func:`raised`."""
    _refuse_currencies(model)
    root = _root(model)
    rules = root.get("rules")
    if not isinstance(rules, YamlList) or rules.flow or not rules.items:
        raise NotAllowed("the rules of this policy are not written as a list with a line for each; add the rule yourself")
    name = _free_name(model, remedy, where)
    text = model.text.removeprefix("\ufeff")
    starts = [text.rfind("\n", 0, each.start) + 1 for each in rules.items]
    indent = re.match(r"[ ]*", text[starts[-1] :])
    assert indent is not None
    end = line_end(text, written_end(rules.items[-1]))
    apart = len(starts) < 2 or not text[: starts[-1]].rstrip(" ").endswith(("\n\n", "\r\n\r\n"))
    lines = [] if apart and len(starts) > 1 else [""]
    lines += [f"{indent[0]}- id: {name}"]
    if not model.languages:
        lines.append(f"{indent[0]}  because: Nearly every time this was asked for, it was approved.")
    if where:
        lines.append(f"{indent[0]}  when: {{{', '.join(map(_test, where))}}}")
    given = amount_text(model, remedy, amount)
    given = given if role == model.ladder[0] else f"{{{role}: {given}}}"
    lines.append(f"{indent[0]}  may: {{{remedy}: {given}}}")
    new = "\r\n" if "\r\n" in text else "\n"
    after = _read(model, _edited(model, [(end, end, "".join(new + line for line in lines)), _version_edit(root, version)]))
    _refuse_other_changes(model, after, {name}, None)
    return EditedPolicy(after, name)


def tidy(before: str, after: str, name: str) -> str:
    """``after`` in the one layout, where ``before`` was, or is empty."""
    try:
        return format_text(after, name) if not before or format_text(before, name) == before else after
    except PolicyError:
        return after


def _refuse_currencies(model: Model) -> None:
    if model.currencies:
        raise NotAllowed(
            "this policy is in several currencies, and how much it is in each is for you to say; write it by currency"
        )


def _root(model: Model) -> YamlMap:
    root, _ = read_yaml(model.text, model.file)
    assert root is not None  # it was read before
    return root


_Edit = tuple[int, int, str]


def _edited(model: Model, edits: Sequence[_Edit]) -> str:
    mark = "\ufeff" if model.text.startswith("\ufeff") else ""
    text = model.text.removeprefix("\ufeff")
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return tidy(model.text, mark + text, model.file)


def _version_edit(root: YamlMap, version: str) -> _Edit:
    node = root.get("version")
    if not isinstance(node, YamlScalar) or node.style not in ("plain", "single", "double"):
        raise NotAllowed("the version of this policy is written in a way that is not changed automatically")
    quotes = {"plain": "", "single": "'", "double": '"'}[node.style]
    return node.start, node.end, f"{quotes}{version}{quotes}"


def _in_row(model: Model, name: str, row: int | None, text: str) -> _Edit:
    """The output of a row of a table; ``None``: it is not one row."""
    table = model.values[name].definition
    assert isinstance(table, Table)
    if row is None:
        raise NotAllowed(f"the amount comes from several rows of the table `{name}`; change the table yourself")
    if table.hit not in ("unique", "first", "any", "priority"):
        raise NotAllowed(f"the table `{name}` adds its rows up; change the table yourself")
    if sum(name in names_in(each.node) for each in model.expressions()) > 1:
        raise NotAllowed(
            f"the table `{name}` is used in more than one place, which would change, too; change the table yourself"
        )
    output = table.rows[row].output
    if not isinstance(output.node, Literal) or not output.source.offsets:
        raise NotAllowed(f"row {row + 1} of the table `{name}` works out the amount by `{output.text}`; change it yourself")
    return output.source.offsets[0], output.source.offsets[-1] + 1, text


def _in_rule(model: Model, root: YamlMap, rule: Rule, role: str, remedy: str, text: str) -> _Edit:
    """The amount of a rule, by role where it is so."""
    rules = root.get("rules")
    node = next(each for each in rules if _id(each) == rule.id) if isinstance(rules, YamlList) else None
    may = node.get("may") if isinstance(node, YamlMap) else None
    given = may.get(remedy) if isinstance(may, YamlMap) else None
    if isinstance(given, YamlScalar):
        if role == model.ladder[0]:
            return given.start, given.end, text
        old = model.text.removeprefix("\ufeff")[given.start : given.end]
        return given.start, given.end, f"{{{model.ladder[0]}: {old}, {role}: {text}}}"
    if isinstance(given, YamlMap):
        own = given.get(role)
        if isinstance(own, YamlScalar):
            return own.start, own.end, text
        if own is None and set(given.entries) <= set(model.ladder):
            return _beside(model, given, role, text)
    raise NotAllowed(f"what rule `{rule.id}` gives is written in a way that is not changed automatically")


def _beside(model: Model, given: YamlMap, role: str, text: str) -> _Edit:
    """A role that a mapping does not name yet, after the nearest one below."""
    lower = [name for name in given.entries if model.rank(name) < model.rank(role)]
    below = max(lower, key=model.rank, default=None)
    document = given.document.text
    first, _ = next(iter(given.entries.values()))
    if given.flow:
        if below is None:
            return first.start, first.start, f"{role}: {text}, "
        at = given.entries[below][1].end
        return at, at, f", {role}: {text}"
    start = document.rfind("\n", 0, first.start) + 1
    indent = document[start : first.start]
    if indent.strip(" "):
        raise NotAllowed("the roles are not on lines of their own; add the amount yourself")
    new = "\r\n" if "\r\n" in document else "\n"
    if below is None:
        return start, start, f"{indent}{role}: {text}{new}"
    end = line_end(document, written_end(given.entries[below][1]))
    return end, end, f"{new}{indent}{role}: {text}"


def _id(node: YamlNode) -> str | None:
    found = node.get("id") if isinstance(node, YamlMap) else None
    return found.text if isinstance(found, YamlScalar) else None


def written_end(node: YamlNode) -> int:
    """Where the last thing written in ``node`` ends."""
    if isinstance(node, YamlScalar):
        return node.start + len(node.document.text[node.start : node.end].rstrip())
    if node.flow:
        return node.end
    inner = [each for _, each in node.entries.values()] if isinstance(node, YamlMap) else node.items
    return max(map(written_end, inner), default=node.start)


def line_end(text: str, at: int) -> int:
    """Where the line at ``at`` ends, before its line break."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end - text[:end].endswith("\r")


def _test(each: Feature) -> str:
    if each.kind == "threshold":
        return f'{each.name}: ">= {each.value}"'
    value = each.value
    if isinstance(value, bool):
        return f"{each.name}: {'true' if value else 'false'}"
    if isinstance(value, str) and _BARE.fullmatch(value) and value.lower() not in _WORDS:
        return f"{each.name}: {value}"
    quoted = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f"{each.name}: '\"{quoted}\"'" if "'" not in quoted else f"{each.name}: [{value}]"


def _free_name(model: Model, remedy: str, where: Sequence[Feature]) -> str:
    """An id that nothing has."""
    said = [str(each.value) if isinstance(each.value, str) else each.name.rpartition(".")[2] for each in where]
    name = re.sub(r"[^a-z0-9]+", "-", "-".join([remedy, *said]).lower()).strip("-")
    taken = {each.id for each in model.rules} | {each.id for each in model.guardrails} | {each.id for each in model.caps}
    numbered = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
    return next(each for each in numbered if each not in taken)


def _read(model: Model, text: str) -> Model:
    after, problems = inspect_model(text, model.file)
    if after is None:
        raise NotAllowed(f"the changed text would not be a policy: {problems[0].message}")
    return after


def _refuse_other_changes(before: Model, after: Model, rules: Collection[str], table: str | None) -> None:
    """Raises :class:`remit.errors.NotAllowed` where anything but the rule, or the table, says something else now, or where a
    check finds something new."""
    names = _FIELDS - _ALWAYS - {"rules", "values"}
    same: list[Any] = [getattr(before, name) == getattr(after, name) for name in names]
    same += [_others(before.rules, rules) == _others(after.rules, rules)]
    same += [before.values.keys() == after.values.keys()]
    same += [each == after.values.get(name) for name, each in before.values.items() if name != table]
    if not all(same):
        raise NotAllowed("the change would change something else in the policy, too; make it yourself")
    known = {(problem.code, problem.message) for problem, _ in warnings(replace(before, others=()))}
    new = [problem for problem, _ in warnings(after) if (problem.code, problem.message) not in known]
    if new:
        raise NotAllowed(f"`remit check` would say of it: {new[0].message}")


def _others(rules: Sequence[Rule], changed: Collection[str]) -> list[Rule]:
    return [each for each in rules if each.id not in changed]
