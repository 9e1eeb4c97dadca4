"""Why a record is worth a look: a table of small functions. To add a reason, write one and name it in :data:`REASONS`.

None of them is an accusation. Each finds what goes wrong in practice now and then, among much that is right.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from remit.errors import NotFound
from remit.language import words
from remit.policy.model import Model
from remit.review.drawing.like_treatment import Found, LikeTreatment, known_exception, said_amount
from remit.review.drawing.newest import Newest

if TYPE_CHECKING:
    from remit.ledger.asking import Decider
    from remit.review.actions import Action

__all__ = ["REASONS", "DrawContext", "DrawReason", "reasons_of"]

#: What is new is looked at more often for so long.
_NEW: Final = timedelta(weeks=4)
#: Near the limit is at least so much of it, in percent.
_NEAR: Final = 90
#: So many cases of one customer within this time are many; of more than this nobody needs to know how many there were.
_MANY_CASES, _SPAN, _MOST_CASES = 4, timedelta(days=90), 30
#: So many of an employee's grants for one customer (or on one day), taken back by themselves, are a loop.
_LOOP: Final = 2
#: How many customers, and pairs of employee and customer, are remembered.
_REMEMBERED: Final = 100_000


@dataclass(frozen=True, slots=True)
class DrawReason:
    """Why a record is worth a look: the name of the reason in :data:`REASONS`, what was found in ``words``, and its ``weight``:
    a record of twice the weight is twice as likely to be the one that is drawn for this reason."""

    name: str
    words: str
    weight: float = 1.0


class PolicyTexts(Protocol):
    """What a context asks of a ledger."""

    def policy(self, digest: str) -> Decider: ...

    def in_use_since(self, digest: str) -> tuple[datetime, str | None]: ...


@dataclass(frozen=True, slots=True)
class _NewVersion:
    """A version that followed another: when it came (microseconds since 1970, and the day), and its new ``rules``."""

    begun: int
    since: str
    rules: frozenset[str]


class _Cases:
    """The newest cases of one customer: when, and whose."""

    __slots__ = ("last", "newest")

    def __init__(self) -> None:
        self.newest = deque[tuple[int, str]](maxlen=_MOST_CASES)
        self.last: str | None = None

    def take(self, at: int, employee: str) -> None:
        """One more case; what is too long ago is forgotten."""
        while self.newest and self.newest[0][0] < at - _SPAN // timedelta(microseconds=1):
            self.newest.popleft()
        self.newest.append((at, employee))


class DrawContext:
    """What came before a record, as its reasons need it. Bounded: who was not met for longest is forgotten."""

    def __init__(self, ledger: PolicyTexts) -> None:
        self._ledger = ledger
        self._models: dict[str, Model] = {}
        self._new: dict[str, _NewVersion | None] = {}
        self._cases: Newest[str, _Cases] = Newest(_Cases, _REMEMBERED)
        self._voids: Newest[Hashable, Counter[str]] = Newest(Counter[str], _REMEMBERED)
        self.likes = LikeTreatment(self.model)
        self.unlike: Mapping[str, Found] = {}
        self.repeated: Found | None = None
        self.looped: Found | None = None

    def model(self, digest: str) -> Model:
        """The policy of a digest, as the ledger keeps its text."""
        if digest not in self._models:
            self._models[digest] = self._ledger.policy(digest).model
        return self._models[digest]

    def take(self, action: Action) -> None:
        """Count a record, whatever becomes of it: each is compared with those before it."""
        self.unlike = self.likes.compare(action)
        self.repeated = self._repeated(action)
        self.looped = self._looped(action)

    def _repeated(self, action: Action) -> Found | None:
        if action.customer is None or not action.ends_contact or action.actor is None:
            return None
        known = self._cases.at(action.customer)
        if action.case is None or action.case != known.last:
            known.last = action.case
            known.take(action.at, action.actor.id)
        count = len(known.newest)
        if count < _MANY_CASES:
            return None
        mine = sum(each == action.actor.id for _, each in known.newest)
        whose = (
            f", all with {action.actor.id}" if mine == count else f", {mine} of them with {action.actor.id}" if mine > 1 else ""
        )
        return f"case {count} of the same customer within {_SPAN.days} days{whose}", float(count + mine)

    def _looped(self, action: Action) -> Found | None:
        if not _is_own_void(action):
            return None
        assert action.actor is not None
        key, where = action.customer or action.case, "for the same customer" if action.customer else "in the same case"
        if key is None:
            key, where = str(action.day), "on the same day"
        counts = self._voids.at((action.actor.id, key))
        counts["voids"] += 1
        if counts["voids"] < _LOOP:
            return None
        times = counts["voids"]
        return f"given and taken back {times} times by {action.actor.id} {where}", float(times)

    def new(self, action: Action) -> str | None:
        """What is new about the policy that decided: the version, or a rule of it; ``None`` where it is not new, or the first
        version there was."""
        if action.digest is None:
            return None
        if action.digest not in self._new:
            self._new[action.digest] = self._read_new(action.digest)
        known = self._new[action.digest]
        if known is None or action.at - known.begun >= _NEW // timedelta(microseconds=1):
            return None
        used = {part.rule for part in action.parts.values()} | {part.owed_rule for part in action.parts.values()}
        if found := sorted(rule for rule in known.rules if rule in used):
            rule = words.listing(f"`{each}`" for each in found)
            return f"decided by a new {words.plural('rule', len(found))}, {rule}, in use since {known.since}"
        return f"decided by a new version, {action.policy} {action.version}, in use since {known.since}"

    def _read_new(self, digest: str) -> _NewVersion | None:
        from remit.ledger.caps.windows import as_micros

        at, before = self._ledger.in_use_since(digest)
        if before is None:
            return None
        try:
            old = frozenset(rule.id for rule in self.model(before).rules)
        except NotFound:  # its text is not kept
            return None
        rules = frozenset(rule.id for rule in self.model(digest).rules) - old
        return _NewVersion(as_micros(at), f"{at:%Y-%m-%d}", rules)


def _is_own_void(action: Action) -> bool:
    """Whether somebody took back what they gave themselves."""
    target = action.target
    mine = action.actor is not None and target is not None and target.actor is not None and target.actor.id == action.actor.id
    return action.kind == "void" and mine


def _on_limit(action: Action, context: DrawContext) -> Found | None:
    if action.kind not in ("grant", "hold") or action.digest is None:
        return None
    model = context.model(action.digest)
    for name, part in action.parts.items():
        if known_exception(model, name) or not part.owed < part.asked <= part.available:
            continue
        what = said_amount(model, action, name, part.asked)
        if part.on_limit:
            return f"on the limit: {what}, all that was possible", 1.0
        if part.asked * 100 >= part.available * _NEAR:
            return f"near the limit: {what}, of {said_amount(model, action, name, part.available)}", 1.0
    return None


def _discretion(action: Action, context: DrawContext) -> Found | None:
    return ("beyond the rules, by their own discretion", 1.0) if action.discretion and action.kind != "escalate" else None


def _beyond(action: Action, context: DrawContext) -> Found | None:
    """Overridden upwards: given by somebody above, where the person who was asked could not."""
    if action.kind not in ("approve", "permit") or action.requester is None:
        return None
    if action.outcome != "grant":
        return "given by the owner of the policy, beyond what it allows", 2.0
    unchanged = action.target is not None and _asked(action.target) == _asked(action)
    how = "as it was asked" if unchanged else "less than, or other than, what was asked"
    return f"beyond what {action.requester.id} may give: approved above, {how}", 1.0


def _asked(action: Action) -> dict[str, int]:
    return {name: part.asked for name, part in action.parts.items() if part.asked}


def _refused(action: Action, context: DrawContext) -> Found | None:
    """Overridden downwards: refused although the policy allowed it."""
    if action.kind == "decline":
        return "declined by somebody who could have approved it", 1.0
    if action.act is not None and action.outcome == "grant":
        did = "declined" if action.act == "declined" else "handed over"
        return f"{did}, though the policy allowed it", 1.0
    return None


def _void(action: Action, context: DrawContext) -> Found | None:
    if action.kind != "void" or action.target is None or action.target.actor is None:
        return None
    giver = action.target.actor.id
    whose = f"by {giver}, who gave it" if _is_own_void(action) else f"by somebody else; {giver} gave it"
    return f"taken back {whose}", 1.0


def _loop(action: Action, context: DrawContext) -> Found | None:
    return context.looped


def _repeat(action: Action, context: DrawContext) -> Found | None:
    return context.repeated


def _unlike(action: Action, context: DrawContext) -> Found | None:
    return context.unlike.get("unlike")


def _employee(action: Action, context: DrawContext) -> Found | None:
    return context.unlike.get("employee")


def _group(action: Action, context: DrawContext) -> Found | None:
    return context.unlike.get("group")


def _new(action: Action, context: DrawContext) -> Found | None:
    told = context.new(action) if action.kind in ("grant", "hold", "escalate", "approve") or action.act else None
    return (told, 1.0) if told is not None else None


def _gap(action: Action, context: DrawContext) -> Found | None:
    return ("no rule covers it", 1.0) if action.gap else None


def _word(action: Action, context: DrawContext) -> Found | None:
    if not action.unreferenced or not any(action.given.values()):
        return None
    named = words.listing(map(words.name, action.unreferenced))
    return f"{named} on file by somebody's word alone, without a reference", 1.0


#: Name -> what it looks for. Each gives what it found in a record, or nothing.
REASONS: Final[Mapping[str, Callable[[Action, DrawContext], Found | None]]] = {
    "limit": _on_limit,
    "discretion": _discretion,
    "beyond": _beyond,
    "refused": _refused,
    "void": _void,
    "loop": _loop,
    "repeat": _repeat,
    "unlike": _unlike,
    "employee": _employee,
    "group": _group,
    "new": _new,
    "gap": _gap,
    "word": _word,
}


def reasons_of(action: Action, context: DrawContext) -> Iterator[DrawReason]:
    """The reasons to look at a record that ``context`` has just taken."""
    for name, look in REASONS.items():
        if (found := look(action, context)) is not None:
            yield DrawReason(name, *found)
