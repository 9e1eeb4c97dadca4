"""Like cases of a ledger: its records are read once, and compared."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from remit.errors import NotAllowed, NotFound
from remit.language.suggestions import closest
from remit.review.actions import Action, read_actions
from remit.review.twins.like_cases import LikeCases
from remit.review.twins.twin_comparisons import AT_LEAST, DIMENSIONS
from remit.review.twins.twin_findings import Twins, compare
from remit.review.twins.twin_tally import Tally

if TYPE_CHECKING:
    from remit.ledger.people.people_reader import PeopleReader

__all__ = ["NoSuchFact", "find_twins"]

#: How many cases have their personal facts at hand for what answers them.
_AT_HAND: Final = 20_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NONE: Final[Mapping[str, Any]] = {}


class NoSuchFact(NotFound):
    """A fact to compare by is one that no policy declares."""


def find_twins(
    ledger: PeopleReader,
    *,
    policy: str | None = None,
    since: datetime | None = None,
    by: Collection[str] = (),
    reveal: bool = False,
    at_least: float = AT_LEAST,
) -> Twins:
    """Compare like cases of a ledger, in bounded memory.

    ``policy`` is the id of one policy, else each is compared in itself. ``by`` are ``employee``, ``site``, ``agent`` and names
    of facts; without any, all three and the facts that a policy declares and reads for nothing. ``reveal`` is the consent to
    compare by personal facts. ``at_least`` is the difference that matters (0.1: 10 points of a rate, 10% of an amount).

    Raises :class:`remit.errors.NotFound` for a policy without cases, :class:`NoSuchFact` for all facts that no policy declares,
    and :class:`remit.errors.NotAllowed` for a personal fact without consent.
    """
    facts = [name for name in by if name not in DIMENSIONS]
    source = _Source(ledger, facts, reveal)
    first = (since - _EPOCH) // timedelta(microseconds=1) if since is not None else 0
    tally = Tally(source.like_cases, facts=facts, unread=not by, since=first)
    for action, opened in source.actions(since):
        if policy is None or action.policy == policy or (action.target is not None and action.target.policy == policy):
            tally.add(action, opened)
    if policy is not None and not tally.cases:
        raise NotFound(f"there are no cases under `{policy}`")
    unknown = [name for name in facts if tally.cases and name not in tally.declared]
    if unknown:
        raise NoSuchFact("; ".join(f"no policy declares `{name}`{_hint(name, tally.declared)}" for name in unknown))
    return compare(tally, by=by or None, at_least=at_least)


class _Source:
    """The actions of a ledger, with the like cases of their policies and, where that was asked for, personal facts."""

    def __init__(self, ledger: PeopleReader, facts: Collection[str], reveal: bool) -> None:
        self._ledger, self._facts, self._reveal = ledger, facts, reveal
        self._known: dict[tuple[str | None, str | None], LikeCases] = {}
        self._opened = OrderedDict[str, Mapping[str, Any]]()

    def actions(self, since: datetime | None) -> Iterator[tuple[Action, Mapping[str, Any]]]:
        """Each action, with the personal facts of the case that it is about."""
        found = read_actions(self._ledger, since=since)
        if not (self._reveal and self._facts):
            yield from ((action, _NONE) for action in found)
            return
        for action, entry in zip(found, self._ledger.records(since=since), strict=False):
            case = action
            while not case.ends_contact and case.target is not None:
                case = case.target
            if case is action:
                self._opened[action.id] = self._personal(entry.opened)
                if len(self._opened) > _AT_HAND:
                    self._opened.popitem(last=False)
            opened = self._opened.get(case.id)
            yield action, self._personal(self._ledger.record(case.id).opened) if opened is None else opened

    def _personal(self, opened: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: opened[f"facts.{name}"] for name in self._facts if f"facts.{name}" in opened}

    def like_cases(self, action: Action) -> LikeCases:
        """Those of the text of the policy, in its currency."""
        key = action.digest, action.currency
        if key not in self._known:
            model = self._ledger.policy_of(self._ledger.record(action.id)).model
            private = [name for name in self._facts if name in model.facts and _is_private(model.facts[name])]
            if private and not self._reveal:
                names = ", ".join(f"`{name}`" for name in private)
                verb, them = ("is", "it") if len(private) == 1 else ("are", "them")
                raise NotAllowed(f"{names} {verb} personal; add --reveal to compare by {them}")
            self._known[key] = LikeCases(model)
        return self._known[key]


def _is_private(fact: Any) -> bool:
    return bool(fact.personal or fact.mask)


def _hint(name: str, declared: Collection[str]) -> str:
    near = closest(name, (*sorted(declared), *DIMENSIONS))
    return f"; did you mean `{near}`?" if near else ""
