"""What is said of a decision afterwards: somebody above the employee reviews it, the employee may dispute the review once, and
the dispute is answered. Nothing of it changes a decision or a balance."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from remit.errors import NotAllowed, Problem, RequestError
from remit.language.identities import identity
from remit.language.locales.messages import Message
from remit.language.locales.record_words import a_kind
from remit.language.suggestions import closest
from remit.ledger.arguments import FLAG, TEXT, TEXTS, WORDS, expect, maybe
from remit.ledger.arguments import words as said
from remit.ledger.ledger_writer import Writer
from remit.ledger.log.entry import Entry
from remit.ledger.policy_library import Library
from remit.ledger.quality.review_rights import refuse_answer, refuse_review
from remit.ledger.refunds import CLOSED
from remit.ledger.resolving import find, parts_of, refuse_resolved, standing_on
from remit.ledger.stores.store import Session
from remit.ledger.transaction import Core, OperationKey, Turn

__all__ = ["CAUSES", "RESULTS", "VERDICTS", "Reviews", "refuse_verdict", "tag_problems"]

#: Verdict -> what it says.
VERDICTS: Final[Mapping[str, str]] = {
    "agree": "a reviewer would have done the same",
    "praise": "well done, and worth saying so",
    "coach": "something to talk about with the employee",
    "policy": "the policy should change, not the employee",
}
#: What lies behind a verdict to coach or to change the policy -> in words. They are what goes wrong in practice: staff give too
#: much to avoid a conflict or too little from fear, send up what they could decide or must because their limit is too low,
#: treat like cases differently, decide on wrong facts, overlook who claims again and again, or meet what no rule covers.
CAUSES: Final[Mapping[str, str]] = {
    "too_much": Message("more than the case called for"),
    "too_little": Message("less than the case called for, or a refusal that the policy did not ask for"),
    "needless_escalation": Message("sent up, though they could have decided it"),
    "lack_of_authority": Message("sent up, because the limit is too low"),
    "unlike_treatment": Message("like cases were treated differently"),
    "wrong_facts": Message("decided on wrong or missing facts"),
    "repeat_claims": Message("a customer who claims again and again"),
    "no_rule": Message("no rule covers it"),
}
#: What becomes of a dispute -> in words.
RESULTS: Final[Mapping[str, str]] = {
    "accepted": Message("accepted"),
    "partly": Message("partly accepted"),
    "rejected": Message("rejected"),
}

_TAG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_MOST_TAGS: Final = 10


class Reviews(Writer):
    """The methods by which decisions are reviewed."""

    def review(
        self,
        record: str,
        *,
        verdict: str,
        employee: Mapping[str, Any],
        note: str | None = None,
        cause: str | None = None,
        tags: Collection[str] = (),
        shared: bool = False,
        key: str | None = None,
    ) -> Entry:
        """Say what ``employee``, a reviewer, thinks of what somebody did.

        ``verdict`` is ``agree``, ``praise``, ``coach`` (which needs a ``note``) or ``policy`` (the policy should change).
        ``cause`` says what lies behind the last two: ``too_much``, ``too_little``, ``needless_escalation``,
        ``lack_of_authority``, ``unlike_treatment``, ``wrong_facts``, ``repeat_claims`` or ``no_rule``.
        ``tags`` are short words to find it by; they are in the log itself, so they name nobody. ``shared``: the team may read
        the story and the praise.

        Anyone above the employee may: in a higher role (at the top of the ladder, their peers, and the owner), and by a roster
        also their manager and those whom it names (``reviews``). Nobody reviews what they did themselves, and nobody reviews a
        record twice. A review can be reviewed. Raises :class:`remit.errors.NotAllowed` and :class:`remit.RequestError`.
        """
        expect(
            verdict=(verdict, TEXT),
            note=(note, maybe(WORDS)),
            cause=(cause, maybe(TEXT)),
            tags=(tags, TEXTS),
            shared=(shared, FLAG),
        )
        refuse_verdict(verdict, note, cause, tags, shared)
        who = self._who(employee)
        more: dict[str, Any] = {"verdict": verdict}
        more |= {"cause": cause} if cause is not None else {}
        more |= {"tags": sorted(set(tags))} if tags else {}
        more |= {"shared": True} if shared else {}
        use = self._key(key, "review", record, employee, note, more)
        return self._run(lambda core: _reviewing(core, self._library, record, who, more, note, use))

    def dispute(self, review: str, *, employee: Mapping[str, Any], text: str, key: str | None = None) -> Entry:
        """Say in words (``text``) what is wrong with a review: the employee whose decision was reviewed may, once. Raises
        :class:`remit.errors.NotAllowed` for anybody else."""
        who, why = self._who(employee), said(text, "text")
        use = self._key(key, "dispute", review, employee, text)
        return self._run(lambda core: _disputing(core, review, who, why, use))

    def answer_dispute(
        self, dispute: str, *, result: str, employee: Mapping[str, Any], note: str, key: str | None = None
    ) -> Entry:
        """Answer a dispute, with the reason in ``note``: ``result`` is ``accepted`` (the verdict no longer counts), ``partly``
        or ``rejected``. Anyone who may review the decision may answer, but for whoever disputes it; the reviewer may
        accept, wholly or in part, and leaves it to somebody else to reject. Raises :class:`remit.errors.NotAllowed` and
        :class:`remit.RequestError`."""
        who, why = self._who(employee), said(note, "note")
        expect(result=(result, TEXT))
        if result not in RESULTS:
            raise RequestError([_unknown("result", result, RESULTS)])
        use = self._key(key, "answer", dispute, employee, result, note)
        return self._run(lambda core: _answering(core, self._library, dispute, who, result, why, use))


def refuse_verdict(verdict: Any, note: str | None, cause: Any, tags: Collection[str] = (), shared: bool = False) -> None:
    """Raises :class:`remit.RequestError` with all that is wrong with a review."""
    problems = [_unknown("verdict", verdict, VERDICTS)] if verdict not in VERDICTS else []
    if cause is not None and cause not in CAUSES:
        problems.append(_unknown("cause", cause, CAUSES))
    elif cause is not None and verdict in ("agree", "praise"):
        problems.append(
            Problem(
                "request/cause",
                Message("the verdict `{verdict}` has no cause", verdict=verdict),
                path="cause",
                hint=Message("leave it out"),
            )
        )
    if verdict == "coach" and not (note or "").strip():
        hint = Message("say what you would have done, and why")
        problems.append(Problem("request/missing", Message("the verdict `coach` needs a note"), path="note", hint=hint))
    if shared and verdict != "praise":
        problems.append(
            Problem(
                "request/shared", Message("only praise is shared with the team"), path="shared", hint=Message("leave it out")
            )
        )
    problems += tag_problems(tags)
    if problems:
        raise RequestError(problems)


def tag_problems(tags: Collection[str]) -> list[Problem]:
    """What is wrong with the tags of a review."""
    many = Message("there are {count} tags; at most {most} are kept", count=len(tags), most=_MOST_TAGS)
    found = [Problem("request/tags", many, path="tags")] if len(tags) > _MOST_TAGS else []
    hint = Message("write lowercase letters, digits and hyphens, at most 40")
    bad = (tag for tag in tags if not _TAG.fullmatch(tag))
    return found + [Problem("request/tags", Message("`{tag}` is no tag", tag=tag[:60]), path="tags", hint=hint) for tag in bad]


def _unknown(what: str, given: Any, known: Mapping[str, str]) -> Problem:
    near = closest(str(given), list(known))
    hint = f"did you mean `{near}`?" if near else f"there are {', '.join(known)}"
    return Problem(f"request/{what}", f"there is no {what} `{str(given)[:60]}`", path=what, hint=hint)


def _reviewing(
    core: Core,
    library: Library,
    record: str,
    employee: Mapping[str, Any],
    more: Mapping[str, Any],
    note: str | None,
    key: OperationKey | None,
) -> Callable[[Session], Entry]:
    """The work of ``review``."""

    def work(session: Session) -> Entry:
        turn, _ = Turn.take(core, session, key)
        target = find(session, record)
        who, step = refuse_review(core, library, session, target, employee)
        parts = {**parts_of(target, who), "reviewed": target.body["employee"], "step": step, **more}
        entry = turn.append("review", parts, {"note": note} if note else None)
        turn.resolve(target.seq, step)
        return entry

    return work


def _disputing(
    core: Core, review: str, employee: Mapping[str, Any], text: str, key: OperationKey | None
) -> Callable[[Session], Entry]:
    """The work of ``dispute``."""

    def work(session: Session) -> Entry:
        turn, _ = Turn.take(core, session, key)
        target = _find_kind(session, review, "review")
        who = standing_on(core, target, employee)
        reviewed = target.body["reviewed"]
        if identity(who.id) != identity(reviewed["id"]):
            raise NotAllowed(
                Message(
                    "{record} is about what {who} did: only they dispute it, not {other}",
                    record=target.id,
                    who=reviewed["id"],
                    other=who.id,
                )
            )
        refuse_resolved(session, target, CLOSED)
        entry = turn.append("dispute", {**parts_of(target, who), "reviewed": reviewed}, {"reason": text})
        turn.resolve(target.seq, CLOSED)
        return entry

    return work


def _answering(
    core: Core,
    library: Library,
    dispute: str,
    employee: Mapping[str, Any],
    result: str,
    note: str,
    key: OperationKey | None,
) -> Callable[[Session], Entry]:
    """The work of ``answer_dispute``."""

    def work(session: Session) -> Entry:
        turn, _ = Turn.take(core, session, key)
        target = _find_kind(session, dispute, "dispute")
        who = refuse_answer(core, library, session, target, employee, result)
        parts = {**parts_of(target, who), "reviewed": target.body["reviewed"], "result": result}
        entry = turn.append("answer", parts, {"note": note})
        turn.resolve(target.seq, CLOSED)
        return entry

    return work


def _find_kind(session: Session, record: str, kind: str) -> Entry:
    target = find(session, record)
    if target.kind != kind:
        raise NotAllowed(
            Message("{record} is {kind}, not {wanted}", record=target.id, kind=a_kind(target.kind), wanted=a_kind(kind))
        )
    return target
