"""Situations, and what differs in them, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from remit.authoring.boundaries import bare
from remit.authoring.differences.changes import ChangeLine
from remit.decision.detail import Quantity
from remit.language import words
from remit.policy.model import Fact, Model

__all__ = ["Differs", "Fate", "goes_without_saying", "lines", "roles_said", "situation", "written"]


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of asking for ``amount``, or for anything at all where that is ``None``."""

    amount: Quantity | None
    said: str


#: For a role, an aspect (``owed``, ``limit``, or the ``outcome`` of asking for an amount) and a remedy; or a value
#: that is ``shown``: before and after.
Differs: TypeAlias = dict[tuple[str, str, str], tuple[Any, Any]]

_ASPECTS: Final = ("owed", "shown", "limit", "outcome")


def situation(model: Model, facts: Mapping[str, Any]) -> str:
    """``Guest tier gold, incident severity 3``; without what goes without saying: defaults, and nothing in the past."""
    told = {name: value for name, value in facts.items() if not goes_without_saying(model.facts.get(name), value)}
    return words.capital(", ".join(_fact(name, value) for name, value in told.items())) or "Usually"


def goes_without_saying(fact: Fact | None, value: Any) -> bool:
    """Whether it is what holds where nothing is said: the default, or nothing in the past."""
    if fact is None:
        return False
    return bool(value == fact.default) if fact.default is not None else fact.history is not None and not bare(value)


def _fact(name: str, value: Any) -> str:
    if value is None:
        return f"{words.name(name)} not told"
    if isinstance(value, bool):
        return f"{words.name(name)}: {words.value(value)}"
    return f"{words.name(name)} {written(value)}"


def written(value: Any) -> str:
    """The value of a fact as people say it."""
    return words.listing(map(written, value)) or "none" if isinstance(value, list | tuple) else words.value(value)


def lines(old: Model, new: Model, differs: Differs) -> Iterator[ChangeLine]:
    """What differs, rights first; roles for which the same differs together."""
    common = [role for role in new.ladder if role in old.ladder]
    groups: dict[tuple[str, str, Any, Any], list[str]] = {}
    for (role, aspect, remedy), (was, now) in differs.items():
        groups.setdefault((aspect, remedy, was, now), []).append(role)
    refused: dict[tuple[str, str, str], list[str]] = {}
    for (aspect, remedy, was, now), roles in sorted(groups.items(), key=lambda item: _ASPECTS.index(item[0][0])):
        title = words.in_sentence(new.shows[remedy] if aspect == "shown" else new.remedies[remedy].title)
        who = roles_said(new, roles, common)
        if aspect == "owed":
            yield ChangeLine(
                "the customer" if roles == common else f"the customer, through {who},", f"is owed {title}", *_both(was, now)
            )
        elif aspect == "shown":
            yield ChangeLine("the answer" if roles == common else f"the answer to {who}", f"shows {title}", was, now)
        elif aspect == "limit" and set(roles) <= set(groups.get(("owed", remedy, was, now), ())):
            continue  # what is owed may be given
        elif aspect == "limit":
            yield ChangeLine(who, f"may give {title}", *_both(was, now))
        elif now.amount is not None:
            yield ChangeLine(who, f"asking for {words.amount(new.remedies[remedy].title, now.amount)}", was.said, now.said)
        else:
            refused.setdefault((who, was.said, now.said), []).append(title)
    for (who, before, after), titles in refused.items():
        yield ChangeLine(who, f"asking for {words.listing(titles, 'or')}", before, after)


def _both(was: Any, now: Any) -> tuple[str, str]:
    return words.quantity(was), words.quantity(now)


def roles_said(model: Model, roles: Sequence[str], common: Sequence[str]) -> str:
    """Who has it, of those whose roles both policies know (``common``): ``everyone``, ``a supervisor and above``."""
    if list(roles) == list(common):
        return "everyone"
    if len(roles) > 1 and list(roles) == list(common[common.index(roles[0]) :]):
        return f"{words.the(model.ladder, roles[0])} and above"
    return words.listing(words.the(model.ladder, role) for role in roles)
