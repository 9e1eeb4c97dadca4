"""A request on its way into the ledger: read against the policy, made plain for the record, and named by its key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from remit.decision.decision import Decision
from remit.decision.inputs import Inputs
from remit.decision.request import Personal, Request, find_fact
from remit.errors import Problem, RequestError
from remit.language.fast_dataclass import dataclass
from remit.language.identities import identity, latin
from remit.language.values import Money
from remit.ledger.caps.counting import CountedFact, plan_of, read_counters
from remit.ledger.log.canonical import encode
from remit.ledger.log.private_facts import keyed
from remit.ledger.people.standing import Standing, refused_facts, required, stated
from remit.ledger.recorded_facts import to_plain
from remit.ledger.transaction import Core, OperationKey
from remit.policy.model import Model

if TYPE_CHECKING:
    from remit.deciding.policyset import PolicySet

__all__ = ["AnyPolicy", "Asked", "Decider", "act_of", "choose", "has_utf8", "key_of", "plain", "prepare", "version_of"]


#: What an employee can have done with an answer, beside giving it.
ACTS: Final = ("declined", "handed_over")


class Decider(Protocol):
    """What the ledger needs of a :class:`remit.Policy`."""

    @property
    def model(self) -> Model: ...

    def check(self, request: Request | Mapping[str, Any]) -> Inputs: ...

    def for_request(self, request: Request | Mapping[str, Any]) -> Decider: ...

    def in_currency(self, code: str) -> Decider: ...

    def decide(
        self,
        request: Request | Mapping[str, Any] | Inputs,
        *,
        balances: Mapping[str, Any] | None = None,
        history: Mapping[str, Any] | None = None,
        requester: str | None = None,
        at: datetime | None = None,
        personal: Personal | Mapping[str, Any] | None = None,
    ) -> Decision: ...


AnyPolicy: TypeAlias = "Decider | PolicySet"


def choose(policy: AnyPolicy, request: Mapping[str, Any]) -> Decider:
    """The policy that decides a request: in its currency, and of several versions the one in force on the day of the incident.
    Raises :class:`remit.RequestError` where it is no policy, and where it is not clear which is meant."""
    found = version_of(policy, request)
    return found.for_request(request) if found.model.currencies else found


def version_of(policy: AnyPolicy, request: Mapping[str, Any]) -> Decider:
    """The policy itself, or of several versions the one in force on the day of the incident, in all of its currencies. Raises
    :class:`remit.RequestError` where it is no policy, or where there are several and none was named."""
    if isinstance(getattr(policy, "model", None), Model):
        return policy  # type: ignore[return-value]
    from remit.deciding.policyset import PolicySet, day_of  # reads folders: not before there is one

    if isinstance(policy, PolicySet):
        return policy.at(day_of(request))
    raise RequestError([Problem("request/policy", "this is not a policy", path="policy", hint="load one with `remit.load`")])


def act_of(policy: Decider, act: str | None, to: str | None) -> dict[str, str]:
    """What a record says of what the employee did with the answer. Raises :class:`remit.RequestError`."""
    model = policy.model
    roles, problems = (*model.ladder, model.owner_role), []
    if act not in (None, *ACTS):
        hint = f"there are {', '.join(ACTS)}"
        problems.append(Problem("request/act", f"there is no act `{str(act)[:60]}`", path="act", hint=hint))
    elif (act == "handed_over") is not (to is not None):
        message = "`to` says who took over, and only with the act `handed_over`"
        problems.append(Problem("request/act", message, path="to", hint=f'write act="handed_over", to="{model.ladder[-1]}"'))
    if to is not None and to not in roles:
        hint = f"there are {', '.join(roles)}"
        problems.append(Problem("request/role", f"there is no role `{str(to)[:60]}`", path="to", hint=hint))
    if problems:
        raise RequestError(problems)
    return {name: value for name, value in (("act", act), ("to", to)) if value is not None}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that fits its policy. ``plain`` is what the record says of it; ``apart`` is what stands apart from the log;
    ``personal`` is what the roster says for this employee alone."""

    policy: Decider
    inputs: Inputs
    reading: CountedFact
    plain: dict[str, Any]
    apart: dict[str, Any]
    key: OperationKey | None
    personal: Personal | None = None
    standing: Standing | None = None
    #: Of what is sent up with a key: the digest that the grant of the same request has.
    grant_digest: str | None = None


def prepare(core: Core, policy: Decider, request: Mapping[str, Any], operation: str, **more: Any) -> Asked:
    """Read ``request`` against ``policy``. Raises :class:`remit.RequestError` with every problem, before anything is locked.

    ``more`` is what else makes two uses of one key the same.
    """
    model = policy.model
    required(model, core.staff)
    said = request
    request, standing = _by_roster(core, model, request, operation)
    inputs = policy.check(request)
    known = plan_of(model)
    if not known.history.isdisjoint(inputs.facts):  # given, or known by its default
        _refuse_history(model, request)
    if operation in ("grant", "hold", "approve") and not inputs.asked:
        raise RequestError([Problem("request/nothing-asked", "nothing is asked, so nothing can be given", path="asked")])
    known_facts = {**inputs.facts, **inputs.beyond, **inputs.doubted} if inputs.beyond or inputs.doubted else inputs.facts
    told = {name: to_plain(value) for name, value in known_facts.items()}
    meaning = _meaning(inputs, known_facts, told)
    if "currency" in known.policy:
        meaning["currency"] = known.policy["currency"]
    if standing is not None and core.staff:  # the roster may change before a retry
        own = {name for name in known_facts if name.startswith("employee.")}
        meaning["facts"] = {name: value for name, value in meaning["facts"].items() if name not in own}
        meaning["role"] = said["employee"].get("role")
    what = _encoded([operation, model.id, meaning, {name: plain(value) for name, value in more.items()}])
    refuse_bad_text(what, inputs.key, lambda: _flat(request))
    counted = told if not inputs.doubted else {name: to_plain(value) for name, value in inputs.facts.items()}
    facts: dict[str, Any] = {}
    apart: dict[str, Any] = {}
    for name, value in told.items():
        if name in known.apart:
            if name not in known.history:
                apart[f"facts.{name}"] = value
        elif name not in known.history:
            facts[name] = value
    if inputs.story:
        apart["story"] = inputs.story
    record = {
        "occurred": meaning["occurred"],
        **(standing.recorded() if standing is not None else stated(inputs.employee, inputs.role)),
        "case": inputs.case,
        "policy": known.policy,
        "request": {
            "facts": facts,
            "evidence": meaning["evidence"],
            "use_discretion": inputs.use_discretion,
            **origins(inputs),
        },
    }
    if not what.isascii() and (strange := _confusable(known.ids, counted, inputs)):
        record["confusable"] = strange
    key, grant_digest = None, None
    if inputs.key is not None:
        if operation == "decide":  # changes nothing, so nothing is bound: the key is noted, and stays free for the grant
            record["key"] = inputs.key
        else:
            key = OperationKey(inputs.key, operation, keyed(core.secret, "request", what))
            if operation == "escalate":
                grant_digest = keyed(core.secret, "request", _encoded(["grant", model.id, meaning, {}]))
    reading = read_counters(model, inputs, counted, core.secret, spelled=core.identity.spelled)
    personal = standing.personal(model, known_facts) if standing is not None else None
    return Asked(policy, inputs, reading, record, apart, key, personal, standing, grant_digest)


def _by_roster(
    core: Core, model: Model, request: Mapping[str, Any], operation: str
) -> tuple[Mapping[str, Any], Standing | None]:
    """The request as the roster has it: who asks, in which role, and what it says of them. Without a roster, as it is. The
    owner, who only approves, decides by the highest role."""
    who = request.get("employee") if isinstance(request, Mapping) else None
    owns = operation == "approve" and isinstance(who, Mapping) and who.get("role") == model.owner_role
    if not core.staff or not isinstance(who, Mapping):
        if not owns or who is None:
            return request, None
        return {**request, "employee": {**who, "role": model.ladder[-1]}}, Standing(who["id"], model.owner_role)
    standing = core.staff.standing(who, core.time(), model.id)
    role = model.deciding_role(standing.role) if owns else standing.role
    out = {**request, "employee": {"id": standing.id, "role": role}}
    facts, sources = request.get("facts") or {}, request.get("sources") or {}
    if not isinstance(facts, Mapping) or not isinstance(sources, Mapping):
        return out, standing  # the check tells
    theirs = [name for name in model.facts if name.startswith("employee.")]
    given = {name: value for name, value in who.items() if name not in ("id", "role")}
    said = (facts, {"employee": given}, sources)
    refused_facts([name for name in theirs if any(find_fact(each, name) is not None for each in said)])
    rest = {name: value for name, value in facts.items() if name != "employee" and name not in theirs}
    return {**out, "facts": {**rest, **standing.facts(model)}}, standing


#: Where :func:`plain` and :func:`remit.ledger.recorded_facts.to_plain` give the same.
_ALIKE: Final = frozenset((str, bool, Decimal, Money, date, datetime))


def _confusable(ids: frozenset[str], facts: Mapping[str, Any], inputs: Inputs) -> list[str]:
    """The ids that are written with letters of another alphabet that look like Latin ones: they are other ids, and somebody
    should look at them."""
    known = {**facts, "case": inputs.case, "employee.id": inputs.employee}
    told = ((name, value) for name, value in known.items() if isinstance(value, str) and not value.isascii())
    return [name for name, value in told if (name in ids or name == "case") and latin(key := identity(value)) != key]


def origins(inputs: Inputs) -> dict[str, Any]:
    """Where facts and evidence come from, as a record has it; nothing of facts that a system gave."""
    out: dict[str, Any] = {"sources": dict(sorted(inputs.sources.items()))} if inputs.sources else {}
    if inputs.evidence:
        out["filed"] = {name: {"by": inputs.employee, **inputs.filed.get(name, {})} for name in sorted(inputs.evidence)}
    return out


def _meaning(inputs: Inputs, given: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What a request comes to, however it was written: two requests with one key are the same if this is. ``given`` are its
    facts, and ``told`` these as the record has them."""
    alike = _ALIKE.issuperset(map(type, given.values()))
    facts = told if alike else {name: plain(value) for name, value in given.items()}
    return {
        **({"sources": inputs.sources} if inputs.sources else {}),
        **({"filed": inputs.filed} if inputs.filed else {}),
        "employee": inputs.employee,
        "role": inputs.role,
        "asked": inputs.asked,
        "facts": facts,
        "case": inputs.case,
        "occurred": inputs.occurred.isoformat() if inputs.occurred is not None else None,
        "evidence": sorted(inputs.evidence),
        "story": inputs.story,
        "use_discretion": inputs.use_discretion,
    }


def key_of(core: Core, name: str | None, operation: str, what: list[Any]) -> OperationKey | None:
    """The idempotency key ``name``, bound to ``what`` was asked with it. Raises :class:`remit.RequestError` for text that
    cannot be recorded."""
    text = _encoded(plain([operation, *what]))
    refuse_bad_text(text, name, lambda: {"key": name, "text": plain(what)})
    return None if name is None else OperationKey(name, operation, keyed(core.secret, "request", text))


def refuse_bad_text(text: str, key: str | None, parts: Callable[[], Mapping[str, Any]]) -> None:
    """Raises :class:`remit.RequestError` where ``text``, the canonical JSON of what was asked, or its key hold what not every
    database and reader of JSON takes: a null character, or half of a character outside the basic plane. ``parts`` gives all
    that was said, by name."""
    key = key or ""
    if "\\u0000" not in text and "\x00" not in key and has_utf8(text) and has_utf8(key):
        return
    problems = [
        Problem("request/text", "text with a null character or half a character cannot be recorded", path=name)
        for name, value in parts().items()
        if any("\x00" in each or not has_utf8(each) for each in _texts(value))
    ]
    if problems:
        raise RequestError(problems)


def _encoded(value: Any) -> str:
    try:
        return encode(value)
    except UnicodeEncodeError:
        return "\\u0000"  # to be looked at closely


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _texts(each)


def _refuse_history(model: Model, request: Mapping[str, Any]) -> None:
    facts = request.get("facts") or {}
    problems = [
        Problem("request/history", f"`{name}` is read from the ledger", path=f"facts.{name}", hint="leave it out")
        for name, fact in model.facts.items()
        if fact.history is not None and find_fact(facts, name) is not None
    ]
    if problems:
        raise RequestError(problems)


def _flat(request: Mapping[str, Any]) -> dict[str, Any]:
    """A request as plain values, with dotted names for nested ones."""
    out: dict[str, Any] = {}
    waiting: list[tuple[str, Mapping[str, Any]]] = [("", request)]
    for prefix, group in waiting:
        for key, value in group.items():
            if isinstance(value, Mapping):
                waiting.append((f"{prefix}{key}.", value))
            elif value is not None:
                out[f"{prefix}{key}"] = value if type(value) is str else plain(value)
    return out


def plain(value: Any) -> Any:
    """Any value that a request may hold as a plain value, so that two requests can be compared."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [plain(inner) for inner in value]
        return items if isinstance(value, list | tuple) else sorted(items, key=encode)
    if isinstance(value, int | Decimal | Money | date | time):
        return to_plain(value)
    return str(value)


def has_utf8(text: str) -> bool:
    """Whether it can be written in UTF-8: half of a character outside the basic plane cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
