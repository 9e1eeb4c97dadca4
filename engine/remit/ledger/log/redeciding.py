"""Deciding a record again, from nothing but what it holds and the text of its policy: the same, bit for bit (law 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from remit.core.views import MEANING
from remit.decision.decision import Decision
from remit.errors import NotAllowed, RemitError
from remit.language import words
from remit.language.fast_dataclass import dataclass
from remit.language.identities import has_words, is_plain_id
from remit.language.values import Unknown
from remit.ledger.asking import Decider
from remit.ledger.log.canonical import NONSENSE, encode
from remit.ledger.log.entry import Entry
from remit.ledger.policy_library import Library
from remit.ledger.recorded_facts import read_plain, read_quantity, request_again
from remit.ledger.stores.store import Row, Session

__all__ = ["Redeciding", "Redecision", "read_balance", "redecide"]


@dataclass(frozen=True, slots=True)
class Redecision:
    """The ``decision`` of ``entry`` taken again. ``same`` is true where it equals the recorded one, byte for byte;
    ``differences`` names the parts that do not."""

    entry: Entry
    decision: Decision
    same: bool
    differences: tuple[str, ...]


def redecide(entry: Entry, policy: Decider) -> Redecision:
    """Decide a record again by ``policy``, whose text came from the ledger."""
    body = entry.body
    if body.get("decision") is None:
        raise NotAllowed(f"{entry.id} is {words.a(entry.kind)}: no decision was taken")
    request = request_again(entry, policy.model)
    requester = (body.get("requester") or {}).get("role")
    read = entry.read(reveal=True)
    history = {name: _history(policy, name, value) for name, value in read["history"].items()}
    balances = {name: read_balance(each) for name, each in read["balances"].items()}
    at = datetime.fromisoformat(read.get("requested", body["recorded"]))
    meaning = body.get("meaning", 1)
    decide = policy.decide if meaning == MEANING and _is_plain(policy, request) else _deciding(policy, meaning)
    decision = decide(request, balances=balances, history=history, requester=requester, at=at, personal=read.get("personal"))
    now, then = decision.to_dict(), body["decision"]
    differences = tuple(name for name in sorted({*now, *then}) if encode(now.get(name)) != encode(then.get(name)))
    return Redecision(entry, decision, encode(now) == encode(then), differences)


class Redeciding:
    """Decides all that was decided again, a page of the log at a time."""

    def __init__(self) -> None:
        self._library = Library()  # of its own: every text comes from the ledger

    def take(self, session: Session, page: Sequence[Row]) -> Iterator[tuple[int, str]]:
        """The number of each record that does not come out the same, and why; ``page`` as
        :func:`remit.ledger.log.verifying.verify` has them. What was erased cannot be decided again and is passed over."""
        between = (page[0][0], page[-1][0])
        private: dict[int, str] = dict(session.rows("SELECT seq, facts FROM private WHERE seq BETWEEN ? AND ?", between))
        for seq, *_, text in page:
            try:
                entry = Entry.read_from(text, private.get(seq))
                if entry.body.get("decision") is None or (entry.body.get("apart") and seq not in private):
                    continue
                again = redecide(entry, self._library.of(session, entry.body))
            except (RemitError, *NONSENSE) as error:
                yield seq, f"record {seq} cannot be decided again ({error})"
            else:
                if not again.same:
                    yield seq, f"record {seq} comes out otherwise: {', '.join(again.differences)}"


def _is_plain(policy: Decider, request: Mapping[str, Any]) -> bool:
    facts = (request["facts"].get(name) for name, fact in policy.model.facts.items() if fact.is_id)
    ids = (request["employee"]["id"], request["case"], *facts)
    return (
        all(is_plain_id(each) for each in ids if each is not None)
        and has_words(request["story"] or "none")
        and not policy.model.reads_requested
        and not any(fact.zone for fact in policy.model.facts.values())  # which may have changed its clocks since
    )


def _deciding(policy: Decider, meaning: int) -> Callable[..., Decision]:
    """By definition, as the laws were, and with the ids and stories that were taken, when the record was made."""
    from remit.deciding.policy import reference_decision  # needed for old records only

    return partial(reference_decision, policy.model, strict=False, meaning=meaning)


def read_balance(plain: Mapping[str, Any]) -> dict[str, Any]:
    """A balance as a decision reads it, from what its record says."""
    if "missing" in plain:
        return {"used": Unknown(frozenset(plain["missing"]))}
    out = {"used": read_quantity(plain["used"])}
    if "until" in plain:
        out["until"] = date.fromisoformat(plain["until"])
    return out


def _history(policy: Decider, name: str, plain: Any) -> Any:
    if isinstance(plain, Mapping):
        return Unknown(frozenset(plain["missing"]))
    return read_plain(policy.model.facts, {name: plain}).get(name)
