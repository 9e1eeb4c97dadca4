"""Notes about customers, which staff choose to record: "likes a quiet room". A note decides nothing and counts in nothing.

Its text, and the id of the customer, stand apart from the log behind commitments, so they go when the person is erased. A note
that was taken back (by who wrote it, or somebody above them) shows nowhere, and its text is erased at once where whoever takes
it back may remove private facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from unicodedata import category

from remit.errors import NotAllowed, Problem, RequestError
from remit.language.identities import has_words, refuse_id
from remit.language.locales.messages import ARole, Message
from remit.language.suggestions import closest
from remit.ledger.caps.statements import RECORDED
from remit.ledger.caps.tally import Counter, charge, read_uses, uses_queries
from remit.ledger.caps.windows import Span
from remit.ledger.log.entry import Entry
from remit.ledger.log.private_facts import customer_series
from remit.ledger.people.standing import Standing
from remit.ledger.policy_library import Library
from remit.ledger.publishing import ROSTERS
from remit.ledger.refunds import VOIDED
from remit.ledger.resolving import find, refuse_resolved, same_person, voiding
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, OperationKey, Turn
from remit.policy.model import Model

__all__ = ["note_text", "noting", "taking_back"]

#: A note is one line at the counter, not a file on somebody.
_LONGEST: Final = 200

#: Control characters, formats, halves of characters, and separators of lines.
_UNSEEN: Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))

_POLICIES: Final = "SELECT digest FROM policy WHERE id <> ? ORDER BY seq DESC"


def note_text(fact: Any, value: Any, text: Any) -> str:
    """The text of a note, without blanks around it. Raises :class:`remit.RequestError` with all that is wrong."""
    problems: list[Problem] = []
    if not isinstance(fact, str) or not fact.strip():
        problems.append(Problem("request/type", "`fact` is the name of a fact, such as `guest.id`", path="fact"))
    if not isinstance(value, str):
        problems.append(Problem("request/type", "`value` is the id of a customer, as text", path="value"))
    else:
        try:
            refuse_id(value)
        except ValueError as error:
            problems.append(Problem("request/id", str(error), path="value"))
    note = text.strip() if isinstance(text, str) else ""
    problems += _wrong(note)
    if problems:
        raise RequestError(problems)
    return note


def _wrong(note: str) -> Iterator[Problem]:
    unseen = next((char for char in note if category(char) in _UNSEEN), None)
    if unseen is not None:
        message = Message("a note has a character in it that cannot be seen (U+{code})", code=f"{ord(unseen):04X}")
        yield Problem("request/note", message, path="text", hint=Message("write it as one line of plain text"))
    elif not has_words(note):
        hint = Message('such as "likes a quiet room"')
        yield Problem("request/note", Message("a note says something in words"), path="text", hint=hint)
    if len(note) > _LONGEST:
        message = Message("a note has at most {most} characters, and this one has {count}", most=_LONGEST, count=len(note))
        yield Problem("request/note", message, path="text", hint=Message("write what the next person at the counter needs"))


def noting(
    core: Core,
    library: Library,
    fact: str,
    value: str,
    text: str,
    employee: Mapping[str, Any],
    key: OperationKey | None,
    known: Sequence[str] = (),
) -> Callable[[Session], Entry]:
    """The work of ``note``. ``known`` are facts by which customers are known though the ledger does not say so yet."""

    def work(session: Session) -> Entry:
        series = customer_series(core.secret, fact, value, "note")
        counters = [Counter(series, Span(None))]
        turn, found = Turn.take(core, session, key, *uses_queries(counters))
        (use,) = read_uses(session, counters, found)
        who = core.staff.standing(employee, core.time())
        if fact not in known:
            _refuse_unknown(session, library, fact)
        said = {"kind": RECORDED, "name": fact, "series": series.hex(), "number": use.number + 1, "amount": 1}
        entry = turn.append("note", {**who.recorded(), "charges": [said]}, {f"facts.{fact}": value, "note": text})
        charge(session, turn.head.at, turn.head.seq, [(series, use, 1)])
        return entry

    return work


def _refuse_unknown(session: Session, library: Library, fact: str) -> None:
    """Raises :class:`remit.RequestError` where the ledger has policies, and none knows its customers by ``fact``: nobody would
    see the note."""
    known: dict[str, None] = {}
    for model in _policies(session, library):
        if fact in model.customer_facts:
            return
        known |= dict.fromkeys(model.customer_facts)
    if not known:
        return
    near = closest(fact, list(known))
    hint = Message("did you mean `{near}`?", near=near) if near else Message("there are {names}", names=tuple(known))
    message = Message("no policy of this ledger knows its customers by `{fact}`", fact=fact[:60])
    raise RequestError([Problem("request/note", message, path="fact", hint=hint)])


def _policies(session: Session, library: Library) -> Iterator[Model]:
    """The policies of the ledger, those that were published last first."""
    for (digest,) in session.rows(_POLICIES, (ROSTERS,)):
        yield library.get(session, digest).model


def taking_back(
    core: Core,
    library: Library,
    record: str,
    employee: Mapping[str, Any],
    reason: str,
    key: OperationKey | None,
    part: Mapping[str, Any] | None = None,
) -> Callable[[Session], Entry]:
    """The work of ``void``: of a grant (:func:`remit.ledger.resolving.voiding`), or of a note, which then shows nowhere any
    more, and whose text goes."""
    grant = voiding(core, library, record, employee, reason, key, part)

    def work(session: Session) -> Entry:
        target = find(session, record)
        if target.kind != "note":
            return grant(session)
        turn, _ = Turn.take(core, session, key)
        if part is not None:
            raise NotAllowed(Message("{record} is a note: it is taken back as a whole, so leave out `part`", record=target.id))
        refuse_resolved(session, target, VOIDED)
        who = core.staff.standing(employee, core.time())
        _refuse_other(session, library, target, who)
        giver = {name: target.body["employee"][name] for name in ("id", "role")}
        parts: dict[str, Any] = {"of": target.id, **who.recorded(), "giver": giver}
        # The customer's id goes with the reason, which may be about them: who erases them finds both.
        apart = {name: value for name, value in target.opened.items() if name.startswith("facts.")}
        if target.opened and session.may_erase():
            parts["erased"] = {"fact": "note", "records": [[target.seq, target.seq]]}
            session.put("DELETE FROM private WHERE seq = ?", (target.seq,))
        entry = turn.append("void", parts, {**apart, "reason": reason})
        turn.resolve(target.seq, VOIDED)
        return entry

    return work


def _refuse_other(session: Session, library: Library, note: Entry, who: Standing) -> None:
    """Whoever wrote a note may take it back, somebody in a role above theirs on the ladder of a policy here (at the top, their
    peers), and whoever may erase. Raises :class:`remit.errors.NotAllowed`."""
    if same_person(who, note) or (who.person is not None and who.person.erases):
        return
    for model in _policies(session, library):
        if {who.role, note.role} <= set(model.ladder):
            needed = min(model.rank(str(note.role)) + 1, len(model.ladder) - 1)
            if model.rank(who.role) >= needed:
                return
    told = {"record": note.id, "who": note.employee, "role": ARole(str(note.role)), "mine": ARole(who.role)}
    raise NotAllowed(
        Message(
            "{record} was written by {who}, {role}: they may take it back themselves, or somebody in a role above theirs; "
            "not {mine}",
            **told,
        )
    )
