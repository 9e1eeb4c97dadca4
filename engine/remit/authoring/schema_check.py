"""A JSON or YAML file against a published schema: every problem with its place and what to do, in remit's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from remit.errors import PolicyError, Problem
from remit.language.suggestions import closest
from remit.language.words import listing
from remit.policy.reading.data import data_of
from remit.policy.reading.yaml_reader import decode, read_yaml
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode
from remit.schemas import CALLED, schema

__all__ = ["check_against"]

#: A `jsonschema.ValidationError`. Its parts have no type, and jsonschema is loaded only when a file is checked.
Violation: TypeAlias = Any

#: Code, what is wrong (a key, where that is a part of it), and what to do.
Finding = tuple[str, str | None, str, str | None]

_TYPES: Final = {
    "object": "a mapping of keys to values",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}

_UNITS: Final[Mapping[type, str]] = {str: " characters", list: " entries", dict: " keys"}
_FORMATS: Final = {"date": "write a day of the calendar as `2026-07-01`"}


def check_against(name: str, data: bytes, file: str) -> None:
    """Check the bytes of ``file``, JSON or YAML, against the schema ``name``.

    Raises :class:`remit.PolicyError` with all problems.
    """
    text, report = decode(data, file)
    tree = None
    if text is not None:
        tree, report = read_yaml(text, file)
    problems = [_of(name, each) for each in report.sorted()]
    if tree is not None and not problems:
        from jsonschema.validators import validator_for  # only here: few check files against schemas

        rules = schema(name)
        kind = validator_for(rules)
        errors = kind(rules, format_checker=kind.FORMAT_CHECKER).iter_errors(data_of(tree))
        found = dict.fromkeys(problem for error in errors for problem in _problems(_relevant(error), tree))
        problems = sorted(found, key=lambda each: (each.place.line, each.place.column) if each.place else (0, 0))
    if problems:
        raise PolicyError(problems)


def _of(name: str, problem: Problem) -> Problem:
    """What the reader of policies finds, about a file that need not be one."""
    if name == "policy" or problem.code not in ("yaml/empty", "yaml/not-a-mapping"):
        return problem
    empty, called = problem.code == "yaml/empty", CALLED.get(name, name)
    hint = f"`remit schema {name}` prints what a {called} consists of"
    return replace(problem, message="the file is empty" if empty else f"a {called} is a mapping of keys to values", hint=hint)


def _relevant(error: Violation) -> Violation:
    """Of several forms, none of which fits: what is wrong in the one that was meant, if one has the kind of the value."""
    while error.validator in ("anyOf", "oneOf") and error.context:
        forms: dict[Any, list[Violation]] = {}
        for each in error.context:
            forms.setdefault(each.schema_path[0], []).append(each)
        meant = [form for form in forms.values() if not any(each.validator == "type" and not each.path for each in form)]
        if not meant:
            return error
        nearest: list[Violation] = min(meant, key=len)
        error = max(nearest, key=lambda each: len(each.path))
    return error


def _problems(error: Violation, tree: YamlNode) -> Iterator[Problem]:
    path = list(error.absolute_path)
    node = _node(tree, path)
    finder = _key if "propertyNames" in error.absolute_schema_path else _FINDERS.get(str(error.validator), _form)
    for code, key, message, hint in finder(error, _name(path)):
        at = node.key(key) if key is not None and isinstance(node, YamlMap) else None
        yield Problem(f"schema/{code}", message, (at or node).place(), hint=hint)


def _node(tree: YamlNode, path: Sequence[str | int]) -> YamlNode:
    for step in path:
        if isinstance(tree, YamlMap):
            tree = tree.entries[str(step)][1]
        elif isinstance(tree, YamlList):
            tree = tree.items[int(step)]
    return tree


def _name(path: Sequence[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _missing(error: Violation, path: str) -> Iterator[Finding]:
    for key in error.validator_value:
        if key not in error.instance:
            yield (
                "missing-key",
                None,
                f"{_in(path)}`{key}` is missing",
                _do("add it", error.schema.get("properties", {}).get(key)),
            )


def _unknown(error: Violation, path: str) -> Iterator[Finding]:
    known = list(error.schema.get("properties", {}))
    for key in error.instance:
        if key not in known:
            near = closest(key, known)
            hint = f"did you mean `{near}`?" if near else f"the keys here are {listing(f'`{each}`' for each in known)}"
            yield "unknown-key", key, f"unknown key `{key}`", hint


def _type(error: Violation, path: str) -> Iterator[Finding]:
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    words = _either(_TYPES[each] for each in wanted if each != "null" or len(wanted) == 1)
    yield "type", None, f"`{path}` is {_shown(error.instance)}, not {words}", _do(f"write {words}", error.schema)


def _word(error: Violation, path: str) -> Iterator[Finding]:
    words = [str(each) for each in ([error.validator_value] if error.validator == "const" else error.validator_value)]
    near = closest(error.instance, words) if isinstance(error.instance, str) else None
    hint = f"did you mean `{near}`?" if near else f"write {_either(f'`{each}`' for each in words)}"
    yield "word", None, f"`{path}` cannot be {_shown(error.instance)}", hint


def _form(error: Violation, path: str) -> Iterator[Finding]:
    if error.validator in ("anyOf", "oneOf"):
        forms = [_described(each) or _TYPES.get(str(each.get("type")), "") for each in error.validator_value]
        hint = f"write {_either(each for each in forms if each not in ('', 'null'))}"
    elif error.validator == "format":
        hint = _FORMATS[error.validator_value]
    else:
        hint = _formed(error)
    yield "form", None, f"`{path}` does not have the right form: {_shown(error.instance)}", hint


def _key(error: Violation, path: str) -> Iterator[Finding]:
    hint = _formed(error) if error.validator == "pattern" else None
    yield "key", error.instance, f"{_in(path)}`{error.instance}` cannot be a key", hint


def _formed(error: Violation) -> str:
    """What the schema itself says of a form (for editors), or else the form."""
    said: str | None = error.schema.get("patternErrorMessage")
    return said or _do(f"write it as `{error.validator_value}` says", error.schema)


def _size(error: Violation, path: str) -> Iterator[Finding]:
    unit = next((unit for kind, unit in _UNITS.items() if isinstance(error.instance, kind)), "")
    size = f"has {len(error.instance)}{unit}" if unit else f"is {error.instance}"
    bound = f"at {'least' if str(error.validator).startswith('min') else 'most'} {error.validator_value}"
    yield "size", None, f"`{path or 'the file'}` {size}, and must {'have' if unit else 'be'} {bound}", None


#: How each keyword of JSON Schema is told; what is not here has the wrong form.
_FINDERS: Final[Mapping[str, Callable[[Any, str], Iterator[Finding]]]] = {
    "required": _missing,
    "additionalProperties": _unknown,
    "type": _type,
    "enum": _word,
    "const": _word,
    **dict.fromkeys(("minimum", "minItems", "minLength", "minProperties"), _size),
    **dict.fromkeys(("maximum", "maxItems", "maxLength", "maxProperties"), _size),
}


def _in(path: str) -> str:
    return f"in `{path}`, " if path else ""


def _either(words: Iterable[str]) -> str:
    return listing(dict.fromkeys(words), "or")


def _do(what: str, part: Mapping[str, Any] | None) -> str:
    said = _described(part)
    return f"{what} ({said})" if said else what


def _described(part: Mapping[str, Any] | None) -> str | None:
    """What the schema says of a part in its first sentence, to go on with."""
    said = str((part or {}).get("description", "")).partition(". ")[0].rstrip(".")
    return said if said[1:2].isupper() else said[:1].lower() + said[1:] or None


def _shown(value: Any) -> str:
    """A value as its author wrote it, or what kind it is."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict | list):
        return "a mapping of keys to values" if isinstance(value, dict) else "a list"
    return f"the number {value}" if isinstance(value, int | float) else f"the text `{value}`" if value else "empty text"
