"""Requests that say the usual things in a less usual shape, put into the shape that generated readers know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from remit.decision.request import Request
from remit.policy.model import Model
from remit.readings.code.requests.native_values import Unusual

__all__ = ["KEYS", "has_dots", "nested", "only_known", "plain_request", "rearranger", "undotted"]

#: What a request may have.
KEYS: Final = frozenset(each.name for each in fields(Request))
_OF_EMPLOYEE: Final = "employee."


def plain_request(request: Any) -> dict[str, Any]:
    """A :class:`remit.Request` as a mapping; nothing else will do."""
    if type(request) is not Request:
        raise Unusual
    return request.to_dict()


def only_known(given: dict[Any, Any], known: frozenset[str]) -> None:
    """Where keys do not add up: some were given as null, or there are unknown ones."""
    for key in given:
        if type(key) is not str or key not in known:
            raise Unusual


def has_dots(facts: dict[Any, Any]) -> bool:
    """Whether any name is a dotted one."""
    return any(isinstance(name, str) and "." in name for name in facts)


def undotted(facts: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Those of ``names`` (dotted name to name within the group) that are known, as their group would have them."""
    return {inner: facts[name] for name, inner in names.items() if facts.get(name) is not None}


def rearranger(names: Mapping[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The function that nests the facts of a request, whose employee was checked, and leaves out those that are null."""
    parts = [name.split(".") for name in names]
    groups = frozenset(".".join(each[:at]) for each in parts for at in range(1, len(each)))

    def flatten(raw: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        if type(raw) is not dict:
            raise Unusual
        for key, value in raw.items():
            if type(key) is not str:
                raise Unusual
            name = prefix + key
            if name in names:
                yield name, value
            elif name not in groups:
                raise Unusual
            elif value is not None:
                yield from flatten(value, f"{name}.")

    def rearranged(request: dict[str, Any]) -> dict[str, Any]:
        employee: dict[str, Any] = request["employee"]
        own = {key: value for key, value in employee.items() if key not in ("id", "role")}
        flat: dict[str, Any] = {}
        for name, value in (*flatten(request.get("facts") or {}, ""), *flatten(own, _OF_EMPLOYEE)):
            if value is not None and flat.get(name) is not None:
                raise Unusual  # given twice
            flat[name] = value
        facts: dict[str, Any] = {}
        person = {"id": employee["id"], "role": employee["role"]}
        for name, value in flat.items():
            if value is not None:
                of_employee = name.startswith(_OF_EMPLOYEE)
                _put(person if of_employee else facts, name.removeprefix(_OF_EMPLOYEE).split("."), value)
        return {**request, "employee": person, "facts": facts}

    return rearranged


def _put(into: dict[str, Any], path: list[str], value: Any) -> None:
    for group in path[:-1]:
        into = into.setdefault(group, {})
    into[path[-1]] = value


def nested(model: Model) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts as requests nest them: those of the employee, and all others."""
    own: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for name, fact in model.facts.items():
        *groups, last = name.removeprefix("employee.").split(".")
        tree = own if name.startswith("employee.") else others
        for group in groups:
            tree = tree.setdefault(group, {})
        tree[last] = fact
    return own, others
