"""Facts from a JSON or YAML file, for trying out expressions. Numbers are exact; YAML is read as strictly as a policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, Final

from remit.errors import PolicyError, Problem

if TYPE_CHECKING:
    from remit.policy.reading.yaml_tree import YamlNode

__all__ = ["read_context"]

_PLAIN: Final[tuple[tuple[str, Callable[[str], Any]], ...]] = (
    (r"null|~|", lambda text: None),
    (r"true|false", lambda text: text == "true"),
    (r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?", Decimal),
    (r"\d{4}-\d{2}-\d{2}", date.fromisoformat),
)


def read_context(file: IO[bytes]) -> dict[str, Any]:
    """The names and values of the file. Raises :class:`remit.PolicyError` with the place of what is wrong."""
    name = getattr(file, "name", "context")
    data = file.read()
    if data.lstrip()[:1] == b"{":
        from remit.cli.batch import NotJson, read_json

        try:
            value: dict[str, Any] = read_json(data)
        except NotJson:
            pass  # YAML in braces looks the same
        else:
            return value
    return _yaml(data, str(name))


def _yaml(data: bytes, name: str) -> dict[str, Any]:
    from remit.policy.reading.yaml_reader import decode, read_yaml

    text, report = decode(data, name)
    tree = None
    if text is not None:
        tree, report = read_yaml(text, name)
    problems: list[Problem] = [_of_names(each) for each in report.sorted()]
    value = _plain(tree, problems) if tree is not None else None
    if problems or not isinstance(value, dict):
        raise PolicyError(problems or [Problem("yaml/not-a-mapping", f"`{name}` does not hold names and values")])
    return value


def _of_names(problem: Problem) -> Problem:
    """What the reader of policies tells, without what only policies must have."""
    if problem.code not in ("yaml/empty", "yaml/not-a-mapping"):
        return problem
    what = "is empty" if problem.code == "yaml/empty" else "is no mapping of names to values"
    file = problem.place.file if problem.place else "the file"
    return Problem(problem.code, f"`{file}` {what}", problem.place, hint="write names and values, such as `stay.nights: 3`")


def _plain(node: YamlNode, problems: list[Problem]) -> Any:
    if node.kind == "mapping":
        return {key: _plain(value, problems) for key, (_, value) in node.entries.items()}
    if node.kind == "list":
        return [_plain(item, problems) for item in node.items]
    if not node.plain:
        return node.text
    for pattern, make in _PLAIN:
        if re.fullmatch(pattern, node.text):
            try:
                return make(node.text)
            except ValueError:
                problems.append(Problem("yaml/date", f"`{node.text}` is not a day of the calendar", node.place()))
                return None
    return node.text
