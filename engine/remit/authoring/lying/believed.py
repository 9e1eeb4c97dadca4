"""What can be lied about.

A fact is believed where its weakest source is somebody's word (:attr:`remit.policy.model.Fact.weakest_source`). What a system
or a document says cannot be lied about. Nor can the past, which the ledger knows; but it is the past of whoever is named. So
where the id by which a history is kept is believed, naming somebody else changes it, and only that does. The day of the
incident has no source in a policy: it is believed where anything is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from remit.policy.model import Model

__all__ = ["Believed", "believed"]

#: What can be lied about; of a history, the believed ids of which another must be named.
Believed: TypeAlias = Mapping[str, tuple[str, ...]]


def believed(model: Model) -> Believed:
    """All that is believed in requests under ``model``, by name: facts, and ``occurred``."""
    taken = {name for name, fact in model.facts.items() if fact.weakest_source == "stated" and fact.history is None}
    found: dict[str, tuple[str, ...]] = dict.fromkeys(taken, ())
    found.update(_histories(model, taken))
    if taken:
        found["occurred"] = ()
    return MappingProxyType({name: found[name] for name in (*model.facts, "occurred") if name in found})


def _histories(model: Model, taken: set[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, fact in model.facts.items():
        keys = tuple(each for each in fact.history.per if each in taken) if fact.history is not None else ()
        if keys:
            yield name, keys
