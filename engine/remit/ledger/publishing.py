"""Which texts of policies a ledger goes by: one for each id and version, put there on record.

A policy that the ledger has never seen is published by its first use, so that a new desk can begin at once. From then on a
changed text, or another version, decides nothing here until somebody publishes it: a local copy with other limits is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from remit.errors import NotAllowed, NotPublished, PolicyError, Problem, RequestError
from remit.language import words
from remit.ledger.caps.past_counts import count_past
from remit.ledger.log.entry import Entry
from remit.ledger.people.roster import Roster
from remit.ledger.people.standing import Standing
from remit.ledger.policy_library import Library
from remit.ledger.stores.store import Query, Row, Session
from remit.ledger.transaction import Core, OperationKey, Turn, fetch
from remit.policy.model import Model

__all__ = ["ROLE", "ROSTERS", "pointer", "publishing", "publishing_roster", "refuse_altered", "texts_query", "use_text"]

#: The role of who publishes, on record. It is on no ladder.
ROLE: Final = "publisher"

#: The id under which the texts of rosters stand among those of policies. No policy can have it.
ROSTERS: Final = "@roster"

_ROSTERS: Final = "SELECT name FROM ledger WHERE name < 'a' ORDER BY name"
#: The texts of other policies; of each, the newest comes last.
_OTHERS: Final = "SELECT id, digest FROM policy WHERE id <> ? AND id <> ? ORDER BY seq"
_TEXTS: Final = "SELECT digest, version, seq FROM policy WHERE id = ? ORDER BY seq"


def texts_query(model: Model) -> Query:
    """What asks for the texts that the ledger has of a policy: digest, version, and the record that put each there."""
    return _TEXTS, (model.id,)


def use_text(core: Core, session: Session, model: Model, found: Sequence[Row], seq: int) -> None:
    """See to it that the ledger has this text, whose first use is record ``seq``. Raises :class:`remit.errors.NotPublished`."""
    if any(digest == model.digest for digest, *_ in found):
        return
    if found:
        _refuse_another(model, found)
        versions = ", ".join(version for _, version, _ in found)
        raise NotPublished(
            f"version {model.version} of `{model.id}` is not published in this ledger, which has {versions}: "
            "publish it (`remit publish FILE`), or try it without a record (`remit ask --no-ledger`)"
        )
    if core.staff:
        raise NotPublished(
            f"`{model.id}` is not published in this ledger: {core.staff.publishers()} may publish it (`remit publish FILE`); "
            "to try it without a record, `remit ask --no-ledger`"
        )
    _refuse_disagreeing(session, model)
    _put(session, model.digest, model.id, model.version, seq, model.text)


def _refuse_disagreeing(session: Session, model: Model) -> None:
    """Raises :class:`remit.errors.NotPublished` where a cap or a claim is shared with another policy of the ledger, in its
    newest version, that counts something else under this name."""
    if not any(cap.shared for cap in model.caps) and not any(claim.shared for claim in model.claims):
        return
    from remit.policy.versions import disagreeing  # reads YAML: only where something is shared

    newest: dict[str, str] = dict(session.rows(_OTHERS, (model.id, ROSTERS)))
    problems = list(disagreeing(model, [Library.read(session, digest).model for digest in newest.values()]))
    if problems:
        told = "; ".join(problem.message for problem in problems)
        raise NotPublished(f"version {model.version} of `{model.id}` cannot be published in this ledger: {told}")


def publishing(core: Core, library: Library, model: Model, by: str, key: OperationKey | None) -> Callable[[Session], Entry]:
    """The work of ``publish``: the text is in the ledger, who put it there is on record, and its new histories count what was
    before. What is there already gives the record that put it there."""

    def work(session: Session) -> Entry:
        turn, (found,) = Turn.take(core, session, key, texts_query(model))
        who = _publisher(core, by)
        for digest, _, seq in found:
            if digest == model.digest and (entry := fetch(session, seq)) is not None:
                entry.repeated = True
                return entry
        _refuse_another(model, found)
        _refuse_leaving(model, (library.get(session, digest).model for digest, *_ in found))
        _refuse_disagreeing(session, model)
        policy = {"id": model.id, "version": model.version, "digest": model.digest}
        entry = turn.append("publish", {**who, "policy": policy})
        _put(session, model.digest, model.id, model.version, turn.head.seq, model.text)
        turn.key = None  # it is that of the record of publishing
        count_past(turn, library, model, [digest for digest, *_ in found])
        return entry

    return work


def _refuse_leaving(model: Model, before: Iterable[Model]) -> None:
    """Raises :class:`remit.errors.NotPublished` where a version leaves out a currency in which earlier ones counted for all:
    what was paid in it would be owed again."""
    known = model.currencies or (model.currency,)
    for old in before:
        gone = [code for code in old.currencies if code not in known]
        if gone:
            told = words.listing(gone, comma=False)
            raise NotPublished(
                f"version {model.version} of `{model.id}` is not in {told}, in which version {old.version} was: what was given "
                f"in it would not count any more; keep {told} under `currencies`"
            )


def publishing_roster(core: Core, roster: Roster, by: str, key: OperationKey | None) -> Callable[[Session], Entry]:
    """The work of ``publish`` for a roster: from this record on it says who may do what. What is in force already gives the
    record that put it there."""

    def work(session: Session) -> Entry:
        turn, (found, rosters) = Turn.take(core, session, key, (_TEXTS, (ROSTERS,)), (_ROSTERS, ()))
        who = _publisher(core, by, roster)
        today = core.time().astimezone(ZoneInfo(roster.timezone)).date()
        if not any(person.publishes and person.works_on(today) for person in roster.people.values()):
            raise NotAllowed(f"nobody on this roster who publishes works here on {today}, so that it could not be changed")
        if core.roster == roster.digest and (entry := fetch(session, int(rosters[-1][0]))) is not None:
            entry.repeated = True
            return entry
        if any(roster.version in (version, "") or roster.digest == digest for digest, version, _ in found):
            raise NotPublished(
                f"version {roster.version} of the roster was published in this ledger already: give each a version of its own"
            )
        told = {"roster": roster.name, "version": roster.version, "digest": roster.digest}
        entry = turn.append("publish", {**who, "published": told})
        seq = turn.head.seq
        _put(session, roster.digest, ROSTERS, roster.version, seq, roster.text)
        session.put("INSERT INTO ledger (name, value) VALUES (?, ?)", pointer(seq, roster.digest))
        return entry

    return work


def refuse_altered(roster: Roster) -> None:
    """Raises :class:`remit.RequestError` where a roster is not what its text says: it is the text that counts from then on."""
    from remit.ledger.people.roster_file import read_roster  # reads YAML: only where a roster is published

    try:
        same = read_roster(roster.text) == roster
    except PolicyError:
        same = False
    if not same:
        message, hint = "this roster is not the one that its text says", "load it with `remit.load_roster`"
        raise RequestError([Problem("request/roster", message, path="what", hint=hint)])


def pointer(seq: int, digest: str) -> tuple[str, str]:
    """The row of ``ledger`` that says which roster is in force from record ``seq`` on. Its name is all digits: in every order
    of text it comes before the names of the other rows, and after those of the rosters before it."""
    return f"{seq:015}", digest


def _publisher(core: Core, by: str, roster: Roster | None = None) -> dict[str, Any]:
    """Who publishes, as a record has it. Whoever publishes the first roster must be one of its publishers."""
    if core.staff:
        standing = core.staff.with_right("publish", by, core.time())
        return replace(standing, role=ROLE).recorded()
    found = roster.find(by) if roster is not None else None
    if roster is not None and (found is None or not found.publishes):
        may = roster.who(lambda person: person.publishes)
        raise NotAllowed(f"{by} is nobody on this roster who publishes; {may} may put it into the ledger")
    return Standing(by, ROLE).recorded()


def _refuse_another(model: Model, found: Sequence[Row]) -> None:
    if any(version == model.version for _, version, _ in found):
        raise NotPublished(
            f"version {model.version} of `{model.id}` is in this ledger with another text: a changed policy needs a version of "
            "its own; give it one and publish it, or try it without a record (`remit ask --no-ledger`)"
        )


def _put(session: Session, *row: Any) -> None:
    session.put("INSERT INTO policy (digest, id, version, seq, text) VALUES (?, ?, ?, ?, ?)", row)
