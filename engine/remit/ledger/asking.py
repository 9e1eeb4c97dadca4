"""A request on its way into the ledger: read against the policy, made plain for the record, and named by its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any, Protocol, TypeAlias

from remit.decision.decision import Decision
from remit.decision.inputs import Inputs, check_request
from remit.decision.request import Request
from remit.errors import Problem, RequestError
from remit.language.records import dataclass
from remit.language.values import Money
from remit.ledger.apart import keyed
from remit.ledger.canonical import encode
from remit.ledger.facts import to_plain
from remit.ledger.plan import Reading, read_counters
from remit.ledger.turn import Core, Key
from remit.policy.model import Model

__all__ = ["Asked", "Decider", "Deciders", "choose", "key_of", "prepare", "refuse_bad_text"]


class Decider(Protocol):
    """What the ledger needs of a :class:`remit.Policy`."""

    @property
    def model(self) -> Model: ...

    def decide(
        self,
        request: Request | Mapping[str, Any],
        *,
        balances: Mapping[str, Any] | None = None,
        history: Mapping[str, Any] | None = None,
        requester: str | None = None,
    ) -> Decision: ...


class Deciders(Protocol):
    """What the ledger needs of a :class:`remit.PolicySet`."""

    def at(self, day: date | str | None, policy: str | None = None) -> Any: ...


AnyPolicy: TypeAlias = Decider | Deciders


def choose(policy: AnyPolicy, request: Mapping[str, Any]) -> Decider:
    """The policy itself, or of several versions the one in force on the day of the incident."""
    if hasattr(policy, "model"):
        return policy  # type: ignore[return-value]
    chosen: Decider = policy.at(request.get("occurred"))
    return chosen


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that fits its policy. ``plain`` is what the record says of it; ``apart`` is what stands apart from the log."""

    policy: Decider
    request: Mapping[str, Any]
    inputs: Inputs
    reading: Reading
    plain: dict[str, Any]
    apart: dict[str, Any]
    key: Key | None


def prepare(core: Core, policy: Decider, request: Mapping[str, Any], operation: str, **more: Any) -> Asked:
    """Read ``request`` against ``policy``. Raises :class:`remit.RequestError` with every problem, before anything is locked.

    ``more`` is what else makes two uses of one key the same.
    """
    model = policy.model
    said = refuse_bad_text(request)
    _refuse_history(model, said)
    inputs = check_request(model, request)
    facts: dict[str, Any] = {}
    apart: dict[str, Any] = {}
    for name, value in inputs.facts.items():
        fact = model.facts[name]
        if fact.history is not None:
            continue
        if fact.personal or fact.mask:
            apart[f"facts.{name}"] = to_plain(value)
        else:
            facts[name] = to_plain(value)
    if inputs.story:
        apart["story"] = inputs.story
    plain = {
        "occurred": inputs.occurred.isoformat() if inputs.occurred else None,
        "employee": {"id": inputs.employee, "role": inputs.role},
        "case": inputs.case,
        "policy": {"id": model.id, "version": model.version, "digest": model.digest},
        "request": {"facts": facts, "evidence": sorted(inputs.evidence), "use_discretion": inputs.use_discretion},
    }
    key = key_of(core, inputs.key, [operation, model.id, said, more])
    return Asked(policy, request, inputs, read_counters(model, inputs, core.secret), plain, apart, key)


def key_of(core: Core, name: str | None, what: Any) -> Key | None:
    """The idempotency key ``name``, bound to ``what`` was asked with it."""
    return None if name is None else Key(name, keyed(core.secret, "request", _plain(what)))


def refuse_bad_text(request: Mapping[str, Any]) -> dict[str, Any]:
    """The request as plain values, dotted names for nested ones, so that it can be told from another. Raises
    :class:`remit.RequestError` for text that cannot be recorded."""
    said = {name: value for name, value in _flat(request, "") if name != "key"}
    problems = []
    for name, value in (*said.items(), ("key", request.get("key"))):
        text = encode(_plain(value))
        if "\\u0000" in text or not _has_utf8(text):
            problems.append(Problem("request/text", "text with a null or half a character cannot be recorded", path=name))
    if problems:
        raise RequestError(problems)
    return said


def _refuse_history(model: Model, said: Mapping[str, Any]) -> None:
    problems = [
        Problem("request/history", f"`{name}` is read from the ledger", path=f"facts.{name}", hint="leave it out")
        for name, fact in model.facts.items()
        if fact.history is not None and f"facts.{name}" in said
    ]
    if problems:
        raise RequestError(problems)


def _flat(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key))
    elif value is not None:
        yield name, _plain(value)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [_plain(inner) for inner in value]
        return items if isinstance(value, list | tuple) else sorted(items, key=encode)
    if isinstance(value, int | Decimal | Money | date | time):
        return to_plain(value)
    return str(value)


def _has_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
